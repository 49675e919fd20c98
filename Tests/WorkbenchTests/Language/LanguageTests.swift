// Which language a person gets, how texts are looked up and filled, and switching while it runs.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct LanguageTests {
    @Test(arguments: [
        (["LANG": "zh_CN.UTF-8"], true, Language.chinese),
        (["LANG": "en_US.UTF-8"], true, .english),
        (["LC_ALL": "", "LC_MESSAGES": "zh_CN", "LANG": "de_DE"], true, .chinese),
        (["LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"], true, .english), ([:], true, .english),
        (["LANG": "zh_CN.UTF-8"], false, .english),
    ])
    func theLocaleDecides(environment: [String: String], isUTF8: Bool, language: Language) {
        #expect(Language(.auto, environment: environment, isUTF8: isUTF8) == language)
        #expect(Language(.en, environment: environment, isUTF8: isUTF8) == .english)
        #expect(Language(.zh, environment: environment, isUTF8: isUTF8) == .chinese)
    }

    @Test func textsAreFilled() {
        #expect(tr("saved {1}", "a{2}b") == "saved a{2}b")
        #expect(Wording.fill("{2} {1} {3} {", ["a", "b"]) == "b a {3} {")
        Language.chinese.speaking {
            #expect(tr("saved {1}", "x") == "已保存 x")
            let text: DisplayText = tr("saved {1}", "\u{1B}[31m")
            #expect(text.string == "已保存 ␛[31m")
            #expect(tr("nobody translated this {1}", 3) == "nobody translated this 3")
        }
    }

    @Test func sentencesAreTranslatedByTheirKeys() {
        let range: Sentence = "must be between \(1) and \(65_536), is \(0)."
        #expect(tr(range) == "must be between 1 and 65536, is 0.")
        Language.chinese.speaking {
            #expect(tr(range) == "必须在 1 与 65536 之间，现为 0。")
            #expect(
                tr("must be more than \("{2}"), is \(-1.0)." as Sentence) == "必须大于 {2}，现为 -1.0。")
            #expect(tr("Reading the model" as Sentence) == "正在读取模型")
            #expect(tr("\(45) samples were cut to the cutoff length.") == "45 个样本被截到最大长度。")
            #expect(tr(Sentence(verbatim: "Reading the model")) == "Reading the model")
            let error = KernelError(
                .missingInput, "there is no model", at: "/m (1)/x",
                because: "the path does not exist",
                hint: "Give a folder with config.json and model.safetensors, or a .gguf file")
            #expect(
                tr(error.sentence)
                    == "没有这个模型（/m (1)/x）：路径不存在。请指定含 config.json 和 model.safetensors 的文件夹，或 .gguf 文件"
            )
            #expect(tr("Sample prompt \(2) is left out: \(error)").hasPrefix("样例提示词 2 被忽略：没有这个模型"))
            #expect(tr("of nobody (\(1)): odd" as Sentence) == "of nobody (1): odd")
        }
    }

    @Test func theInterfaceSwitchesWhileItRuns() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        #expect(robot.sees("1 Model"))
        robot.press("F3")
        #expect(robot.state.language == .chinese)
        #expect(robot.sees("1 模型") && robot.sees("语言：简体中文"))
        robot.press("3")
        #expect(robot.sees("微调方法") && robot.sees("训练轮数"))
        robot.press("F3")
        #expect(robot.sees("Method") && robot.sees("Epochs"))
    }

    @Test func settingsNameALanguage() throws {
        #expect(SettingsFile.setting("language", to: "zh", in: "") == "language: zh\n")
        let text = "# mine\ntheme: dark # calm\nlanguage: en\nthreads: 2"
        #expect(
            SettingsFile.setting("language", to: "zh", in: text)
                == "# mine\ntheme: dark # calm\nlanguage: zh\nthreads: 2")
        #expect(
            SettingsFile.setting("mouse", to: "on", in: text) == text + "\nmouse: \"on\"\n")
    }
}
