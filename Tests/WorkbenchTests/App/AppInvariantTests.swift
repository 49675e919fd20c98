// What every picture keeps, in both languages, in a dark, a light and a colourless theme, from a
// sliver to a wall: rows of exact width, no half of a wide character, the cursor and clicks inside.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct AppInvariantTests {
    struct Look: CustomTestStringConvertible {
        let language: Language
        let theme: String
        var testDescription: String { "\(language.rawValue) \(theme)" }
    }

    static let looks = Language.allCases.flatMap { language in
        ["dark", "light", "mono"].map { Look(language: language, theme: $0) }
    }

    @Test(arguments: looks)
    func everyPictureIsWhole(look: Look) throws {
        var start = AppState(plan: Fixture.readyPlan)
        start.language = look.language
        start.themeIndex = try #require(start.themes.firstIndex { $0.name == look.theme })
        for tab in AppState.Tab.allCases {
            var cases = [[], ["F1"], ["^P"], ["F2"], ["e"], ["p"], ["Enter"], ["^T"]]
            if tab == .runs {
                let marked = ["Space", "↓", "Space"]
                cases += [marked, marked + ["d"], marked + ["e", "x"], ["/"], ["t"], ["D"]]
            }
            if tab == .logs {
                cases += [["F5", "l", "/"], ["S", "Enter"], ["l", "l", "l", "w"]]
            }
            for keys in cases {
                let robot = AppRobot(start)
                robot.press("Alt-\(tab.digit)")
                #expect(tab != .runs || robot.sees("sft-02"))
                for key in keys { robot.press(key) }
                for size in [
                    Size(20, 5), Size(40, 10), Size(59, 13), Size(60, 16), Size(81, 24),
                    Size(100, 30), Size(300, 100),
                ] {
                    robot.send(.resize(size))
                    let frame = robot.frame
                    #expect(frame.size == size)
                    let fault = TabPicture.fault(of: frame, drawnIn: frame.area)
                    #expect(fault == nil, "\(tab) \(keys) \(size)\n\(frame.text)")
                    #expect(
                        frame.targets.allSatisfy { frame.area.intersection($0.area) == $0.area })
                }
            }
        }
    }

    /// Whoever is lost finds help and the way out, whatever the tab has to say.
    @Test(arguments: Language.allCases)
    func helpAndQuitStayInSight(language: Language) throws {
        for isTraining in [false, true] {
            var start = AppState(plan: Fixture.readyPlan)
            start.language = language
            for width in [80, 81, 100, 120] {
                let robot = AppRobot(start, size: Size(width, 24))
                if isTraining { robot.press("S") }
                for tab in AppState.Tab.allCases where tab != .chat {
                    robot.press("Alt-\(tab.digit)")
                    let last = robot.frame.text(ofRow: 23)
                    let (help, quit) = language.speaking { ("? " + tr("help"), "q " + tr("quit")) }
                    #expect(last.contains(help) && last.contains(quit), "\(tab) \(width) \(last)")
                }
            }
        }
    }

    /// Chinese is said wherever English is: no word of the tab bar, the hints or the titles is left.
    @Test func chineseScreensHoldNoEnglishSentence() {
        var state = AppState(plan: Fixture.readyPlan)
        state.language = .chinese
        let robot = AppRobot(state, size: Size(120, 40))
        for tab in AppState.Tab.allCases {
            robot.press("Alt-\(tab.digit)")
            for row in 0..<40 {
                // What the made-up world says of its files stays as it is.
                let text = robot.frame.text(ofRow: row)
                    .replacing("the file's chat template is", with: "")
                    .replacing("the file does not exist", with: "")
                #expect(
                    !text.contains(/\b(?:the|and|with|from|press|next|choose|what|is)\b/),
                    "\(tab) \(text)")
            }
        }
    }
}
