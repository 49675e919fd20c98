// Which role what is said has, tab by tab: what failed is an error, what went well a success, what matters
// less is dim. A theme gives the roles their colours, the widgets' pictures the roles of their parts.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct RoleTests {
    /// Texts that a screen shows, each of them somewhere in one role alone.
    private func expect(
        _ frame: Frame, _ rows: [(text: String, role: Role)],
        _ place: SourceLocation = #_sourceLocation
    ) {
        for (text, role) in rows {
            let found = RolePalette.roles(of: text, in: frame)
            #expect(
                !found.isEmpty, "\(text) is not shown\n\(frame.text)", sourceLocation: place)
            // Blanks between words may lie outside of what is styled.
            let isSo = found.contains { roles in
                zip(text.unicodeScalars, roles).allSatisfy { $0.0 == " " || $0.1 == role }
            }
            let first = found.first?.map { $0?.rawValue ?? "none" } ?? []
            #expect(isSo, "\(text): not \(role) but \(Set(first))", sourceLocation: place)
        }
    }

    private func chat(_ name: String) throws -> Frame {
        let state = try #require(ChatSamples.states.first { $0.name == name }).state
        return TabPicture.roleFrame(of: state, ChatSamples.rules, Size(100, 40))
    }

    private func train(_ name: String) throws -> Frame {
        let state = try #require(TrainSamples.states.first { $0.name == name }).state
        return TabPicture.roleFrame(of: state, TrainSamples.rules)
    }

    private func export(_ name: String) throws -> Frame {
        let state = try #require(ExportSamples.states.first { $0.name == name }).state
        return TabPicture.roleFrame(of: state, ExportSamples.rules, Size(100, 40))
    }

    @Test func models() {
        let robot = AppRobot(AppState(), size: Size(100, 30))
        robot.press("↓")
        expect(
            robot.roleFrame,
            [
                ("NAME", .heading), ("Family", .label), ("596 049 920", .value),
                ("fail", .error), ("ok ", .success), ("Checks: 1 of 2 failed", .heading),
            ])
        robot.press("e").type("/models/没有").press("Enter")
        expect(robot.roleFrame, [("there is no model", .error)])
    }

    @Test func dataSets() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: Size(120, 40))
        robot.press("2")
        expect(robot.roleFrame, [("the file does not exist", .error)])
        robot.press("p", "↓")
        expect(robot.roleFrame, [("left out", .error)])
    }

    @Test func parameters() {
        var plan = Fixture.readyPlan
        plan.output.folder = ""
        plan.data.names = []
        let robot = AppRobot(AppState(plan: plan), size: Size(120, 40))
        robot.press("3", "/").type("output_dir").press("Enter")
        expect(robot.roleFrame, [("give a folder for the run's files", .error)])
    }

    @Test func conversations() throws {
        expect(
            try chat("streaming"),
            [
                ("you", .speakerUser), ("SmolLM2-135M + 客服-03@700", .speakerModel),
                ("q4_1 · LoRA r8", .dim), ("Order 88213, what now?", .text),
                ("74 tokens · 40.0 tok/s", .dim),
            ])
        expect(
            try chat("failed"),
            [("✗ cannot open the adapter", .error), ("^G asks again.", .dim)])
        expect(try chat("thinking"), [("▸ thought", .accent)])
        expect(try chat("thoughts"), [("I have no clock.", .dim)])
        expect(try chat("compared"), [("reference", .heading), ("nats a token", .value)])
        expect(try chat("again"), [("Another try.", .text)])
        expect(try chat("tools"), [("function 2 has no name", .error)])
    }

    @Test func trainings() throws {
        expect(
            try train("running"),
            [
                ("▸ training", .accent), (" train", .dim), ("ema 0.9", .dim), ("◆", .plotEval),
                ("1.0650", .plotSmooth), ("1.0461", .plotEval), ("2.0e-4", .value),
            ])
        expect(try train("failed"), [("✗ failed", .error), ("cannot read the weights", .error)])
        expect(try train("finished"), [("✓ finished", .success)])
        expect(try train("idle"), [("Curves, numbers and events appear", .dim)])
        expect(try train("preparing"), [("Encoding 客服对话", .value)])
        expect(try train("cursor"), [("┊", .plotCursor)])
    }

    @Test func exports() throws {
        expect(
            try export("failed"),
            [("cannot write the export", .error), ("Formats, marked with Space", .heading)])
        expect(
            try export("finished"),
            [("✓ 8 of 8 greedy answers equal", .success), ("ollama create", .code)])
        expect(try export("parts"), [("✗", .error)])
    }

    @Test func lines() {
        let frame = LogSamples.robot(Size(100, 30)).roleFrame
        expect(
            frame,
            [
                ("error", .error), ("info", .success), ("export failed", .error),
                ("run begins", .text),
            ])
    }

    @Test func chips() throws {
        let rows: [(String, Role)] = [
            ("running", .accent), ("preparing", .dim), ("stopping", .warning),
            ("finished", .success), ("failed", .error),
        ]
        for (name, role) in rows {
            let state = try #require(TrainSamples.states.first { $0.name == name }).state
            let style = try #require(RunStatus(state).chip(RolePalette.theme)?.spans.first).style
            #expect(RolePalette.role(of: style) == role, "\(name)")
        }
        let idle = RunStatus(TrainTab.State())
        #expect(idle.chip(RolePalette.theme) == nil)
    }

    /// Letters tell lines apart where colours do not, and each has a colour of its own.
    @Test func comparedCurves() {
        var plot = RunPlot()
        plot.subjects = ["sft-01", "客服-03"].enumerated().map { index, name in
            RunPlot.Subject(name: name, curve: RunSamples.curve(1 + Double(index) / 2, to: 600))
        }
        let frame = plot.frame(Size(80, 24), theme: RolePalette.theme)
        let rows = ["a━", "b━"].map { RolePalette.roles(of: $0, in: frame).first?.last ?? nil }
        #expect(rows[0] != rows[1])
        #expect(
            rows.allSatisfy { $0 == .plotSmooth || $0?.rawValue.hasPrefix("plotOther") == true })
    }

    /// The rule of this suite finds what it is for.
    @Test func aPaletteTellsRolesApart() {
        #expect(Set(RolePalette.letters.values).count == Role.allCases.count)
        var frame = RolePalette.theme.frame(Size(10, 1))
        frame.put("中 bad", at: Point(1, 0), style: RolePalette.theme[.error])
        #expect(
            RolePalette.roles(of: "bad", in: frame).first == [.error, .error, .error])
        #expect(RolePalette.roles(of: "good", in: frame).isEmpty)
        for role in Role.allCases {
            #expect(RolePalette.role(of: RolePalette.theme[role].with(.bold)) == role)
        }
        #expect(RolePalette.role(of: Style(.indexed(3))) == nil)
    }
}
