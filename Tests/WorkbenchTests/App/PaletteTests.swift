// The palette, the help that runs what it shows, the list of themes, and the mouse.

import Panels
import Testing

@testable import Workbench

@Suite struct PaletteTests {
    private func robot() -> AppRobot { AppRobot(AppState(plan: Fixture.readyPlan)) }

    @Test func aFewLettersFindACommand() {
        let robot = robot()
        robot.press("^P").type("undo")
        #expect(robot.state.palette?.rows(robot.state).isEmpty == true)
        #expect(robot.sees("nothing fits"))
        robot.press("Esc", "3", ":").type("presets").press("Enter")
        #expect(robot.state.palette == nil)
        #expect(robot.sees("LoRA, thorough"))
    }

    @Test func whatWasDoneComesFirst() throws {
        let robot = robot()
        robot.press("^P").type("export").press("Enter")
        #expect(robot.state.tab == .export)
        robot.press("^P")
        let first = try #require(robot.state.palette?.rows(robot.state).first)
        #expect(first.action == .tabPressed(.export))
        robot.press("Enter", "2", "^P").type("next lang").press("Enter")
        #expect(robot.state.language == .chinese)
        // English finds a command in Chinese too, and so does Chinese.
        robot.press("^P").type("next lang").press("Enter")
        #expect(robot.state.language == .english)
        robot.press("F3", "^P").type("切换语言").press("Enter")
        #expect(robot.state.language == .english)
    }

    @Test func theReflexOfVimQuits() {
        let robot = robot()
        robot.press("3", ":").type("q").press("Enter")
        #expect(robot.program.isFinished)
        #expect(!robot.effects.contains { if case .train(.startRun) = $0 { true } else { false } })
        // An exact name wins over what was done lately.
        let other = self.robot()
        other.press(":").type("commands")
        other.press("Esc", ":").type("help").press("Enter")
        other.press("Esc", ":").type("quit").press("Enter")
        #expect(other.program.isFinished)
    }

    @Test func nothingThatStartsOrDeletesIsFirstForALetterOrTwo() {
        let letters = "abcdefghijklmnopqrstuvwxyzSQRXDEF5".map(String.init)
        let typed = [""] + letters + letters.flatMap { one in letters.map { one + $0 } }
        for tab in ["1", "2", "3", "4", "6", "7", "8"] {
            var state = AppState(plan: Fixture.readyPlan)
            state.train.queue.add(Fixture.readyPlan)
            state.train.queue.isHeld = true
            // What was done lately does not bring it to the front.
            state.recentActions = [.startPressed, .queuePressed, .runResumed]
            let robot = AppRobot(state)
            robot.press("Alt-" + tab)
            for text in typed {
                let palette = CommandPalette(field: TextField.State(text: text))
                guard let first = palette.rows(robot.state).first else { continue }
                let isItsKey = first.entry.key.string == text
                #expect(!first.action.isWeighty || isItsKey, "\(text) in tab \(tab)")
            }
        }
    }

    @Test func disabledCommandsSayWhy() {
        let robot = robot()
        robot.press("3", "^P").type("redo")
        #expect(robot.sees("nothing to redo"))
        robot.press("Enter")
        #expect(robot.state.palette != nil)
        #expect(robot.state.notice?.text == "nothing to redo")
    }

    @Test func scoresPreferStartsOfWords() throws {
        let start = try #require(FuzzyMatch.score("nt", in: "next theme"))
        let inside = try #require(FuzzyMatch.score("nt", in: "untidy"))
        #expect(start > inside)
        #expect(FuzzyMatch.score("zq", in: "next theme") == nil)
        #expect(FuzzyMatch.score("", in: "x") == 0)
        #expect(FuzzyMatch.score("主题", in: "选择主题") != nil)
        let joined = try #require(FuzzyMatch.score("mou", in: "a mouse"))
        let apart = try #require(FuzzyMatch.score("mou", in: "a mild out"))
        #expect(joined > apart)
    }

    @Test func aPasteOfABookIsMatchedByItsFirstLetters() {
        let book = String(repeating: "learning rate ", count: 100_000)
        #expect(FuzzyMatch.score(book, in: "learning_rate") == nil)
        #expect(FuzzyMatch.score("lr" + String(repeating: " ", count: 1_000_000), in: "lr") != nil)
        #expect(FuzzyMatch.score("lr", in: book) != nil)
        #expect(ParamRow.found(book).isEmpty)
        let robot = robot()
        robot.press("3", "/")
        robot.send(.key(.paste(book)))
        robot.type("ZQX")
        #expect(robot.sees("ZQX"))
        let kept = robot.state.params.search?.characters.count ?? 0
        #expect(kept > 49_000 && kept <= 65_536)
    }

    @Test func helpFiltersAndRuns() {
        let robot = robot()
        robot.press("3", "?", "/").type("preset")
        #expect(robot.sees("presets") && !robot.sees("previous tab"))
        robot.press("Enter")
        #expect(robot.state.help == nil)
        #expect(robot.sees("LoRA, thorough"))
        robot.press("Esc", "?", "/").type("redo").press("Enter")
        #expect(robot.state.help != nil && robot.state.notice?.text == "nothing to redo")
        robot.press("Esc", "Esc")
        #expect(robot.state.help == nil)
    }

    @Test func themesShowWhileTheyAreChosen() {
        let robot = robot()
        robot.press("F2", "↓")
        #expect(robot.state.theme.name == "dark" && robot.state.chooser != nil)
        robot.press("j")
        #expect(robot.state.theme.name == "light")
        robot.press("Esc")
        #expect(robot.state.theme.name == "default" && robot.state.chooser == nil)
        robot.press("F2", "End", "Enter")
        #expect(robot.state.theme.name == "mono" && robot.state.chooser == nil)
        robot.press("^P").type("keep this theme").press("Enter")
        #expect(robot.effects.last == .keepSetting(key: "theme", value: "mono"))
        robot.send(.message(.settingKept(key: "theme", value: "mono", path: "s.yaml")))
        #expect(robot.state.keptSettings[.theme] == "mono")
    }

    @Test func anAutomaticThemeFollowsTheTerminal() {
        var state = AppState()
        state.themeIsAutomatic = true
        let robot = AppRobot(state)
        robot.send(.key(.background(red: 250, green: 250, blue: 240)))
        #expect(robot.state.theme.name == "light")
        robot.send(.key(.background(red: 10, green: 10, blue: 60)))
        #expect(robot.state.theme.name == "default")
        robot.press("F2", "↓", "Enter")
        robot.send(.key(.background(red: 250, green: 250, blue: 240)))
        #expect(robot.state.theme.name == "dark")
        #expect(ThemeChoice.automaticName(environment: ["COLORFGBG": "0;15"]) == "light")
        #expect(ThemeChoice.automaticName(environment: ["COLORFGBG": "15;default;0"]) == "default")
        #expect(ThemeChoice.automaticName(environment: [:]) == "default")
    }

    // MARK: - Mouse

    private func click(_ text: String, _ robot: AppRobot) {
        for y in 0..<robot.frame.size.height {
            let row = robot.frame.text(ofRow: y)
            guard let range = row.range(of: text) else { continue }
            let x = TextWidth.columns(of: String(row[..<range.lowerBound]))
            robot.send(.key(.mouse(Mouse(.press, at: Point(x, y)))))
            robot.send(.key(.mouse(Mouse(.release, at: Point(x, y)))))
            return
        }
        Issue.record("\(text) is not on the screen\n\(robot.screen)")
    }

    @Test func clicksAreKeys() {
        let robot = robot()
        click("3 Params", robot)
        #expect(robot.state.tab == .params)
        click("Epochs", robot)
        #expect(ParamsTab.selectedField(robot.state.params)?.key == "num_train_epochs")
        #expect(!robot.state.isTyping)
        click("▸ Epochs", robot)
        #expect(robot.state.isTyping)
        click("Method", robot)
        #expect(!robot.state.isTyping && robot.state.params.form.selection == 2)
        click("presets", robot)
        #expect(robot.sees("LoRA, thorough"))
        click("Freeze, last", robot)
        click("Freeze, last", robot)
        #expect(robot.state.plan.tuning.method == .freeze)
        robot.send(.key(.mouse(Mouse(.wheelDown, at: Point(3, 5)))))
        #expect(robot.state.params.form.selection == 3)
        click("2 Dataset", robot)
        click("对话", robot)
        click("对话", robot)
        #expect(robot.state.plan.data.names == ["identity", "对话"])
        click("Text, special", AppRobot(Self.empty(tab: .dataset)))
    }

    private static func empty(tab: AppState.Tab) -> AppState {
        var state = AppState()
        state.tab = tab
        return state
    }

    @Test func dialogsTakeClicksAndHideWhatIsBelow() {
        let robot = AppRobot()
        robot.press("F5")
        click("3 Params", robot)
        #expect(robot.state.tab == .model && robot.state.question != nil)
        click("close", robot)
        #expect(robot.state.question == nil)
    }

    @Test func theMouseIsOffOverSSH() {
        #expect(MouseChoice.auto.isOn(environment: [:]))
        #expect(!MouseChoice.auto.isOn(environment: ["SSH_TTY": "/dev/pts/1"]))
        #expect(MouseChoice.on.isOn(environment: ["SSH_CONNECTION": "a"]))
        let robot = robot()
        robot.press("^P").type("use the mouse").press("Enter")
        #expect(robot.effects.last == .useMouse(true) && robot.state.usesMouse)
    }

    @Test func theBellRingsOnlyWhenAsked() {
        for rings in [true, false] {
            var state = AppState(plan: Fixture.readyPlan)
            state.rings = rings
            let robot = AppRobot(state)
            robot.press("F5")
            robot.send(.message(.train(.training(.failed(Fixture.brokenError)))))
            #expect(robot.effects.contains(.ring) == rings)
        }
    }

    /// Movement letters move everywhere, and no key is bound that terminals cannot tell apart.
    @Test(arguments: AppState.Tab.allCases)
    func keysAreTold(tab: AppState.Tab) {
        for keys in [[], ["e"], ["p"], ["^T"], ["Enter"]] {
            let robot = robot()
            robot.press("Alt-\(tab.digit)")
            for key in keys { robot.press(key) }
            let map = KeyMap(
                GlobalKeys.tabBindings(robot.state) + GlobalKeys.bindings(robot.state))
            #expect(map.indistinguishable == [])
            for binding in map.bindings {
                for letter in ["j", "k"] {
                    #expect(
                        !binding.keys.contains(.character(Character(letter))), "\(binding.help)")
                }
            }
        }
    }
}
