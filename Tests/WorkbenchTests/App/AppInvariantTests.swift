// What every picture keeps, in both languages, in a dark, a light and a colourless theme, from a
// sliver to a wall: rows of exact width, no half of a wide character, the cursor and clicks inside.

import Kernel
import Panels
import TestSupport
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
            let row = Picture.englishRow(of: robot.frame)
            #expect(row == nil, "\(tab)")
        }
        // The rule finds what it is for.
        state.language = .english
        let english = AppRobot(state, size: Size(120, 40)).frame
        #expect(Picture.englishRow(of: english) != nil)
    }

    // MARK: - Roles

    /// Every cell has the colour of a role: nothing is drawn in a colour that no theme can change, and
    /// no two roles are mixed in one cell.
    @Test(arguments: AppState.Tab.allCases)
    func everyCellHasARole(tab: AppState.Tab) {
        for keys in [[], ["?"], ["^P"], ["F2"], ["e"], ["p"], ["Enter"], ["^T"], ["/"], ["t"]] {
            let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: Size(100, 30))
            robot.press("Alt-\(tab.digit)")
            for key in keys { robot.press(key) }
            let frame = robot.roleFrame
            let strange = (0..<frame.size.height).flatMap { y in
                (0..<frame.size.width).filter { x in
                    let style = frame[x, y].style
                    return RolePalette.role(of: style) == nil || style.background != .standard
                }.map { Point($0, y) }
            }
            #expect(strange.isEmpty, "\(tab) \(keys)")
        }
    }

    /// Where the person is stands out once: one tab is open, and one row of the list in focus is
    /// selected, over all of its width.
    @Test(arguments: [AppState.Tab.model, .dataset, .runs])
    func oneRowIsSelected(tab: AppState.Tab) throws {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: Size(100, 30))
        for key in ["", "↓"] {
            robot.press("Alt-\(tab.digit)")
            if !key.isEmpty { robot.press(key) }
            let frame = robot.roleFrame
            let rows = (0..<30).map { y in
                (0..<100).filter { RolePalette.role(of: frame[$0, y].style) == .selection }
            }
            let selected = rows.filter { !$0.isEmpty }
            #expect(selected.count == 1, "\(tab)")
            let columns = try #require(selected.first)
            #expect(columns.count > 20 && columns.last == (columns.first ?? 0) + columns.count - 1)
            let open = (0..<100).filter {
                RolePalette.role(of: frame[$0, 0].style) == .activeTab
            }
            #expect(open.count >= 3 && open.last == (open.first ?? 0) + open.count - 1)
        }
    }
}
