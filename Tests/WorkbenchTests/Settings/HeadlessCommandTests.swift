// The command that the form shows does the same run: its words read back as the same plan, and a shell
// takes each of them as one.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct HeadlessCommandTests {
    private static var odd: TrainingPlan {
        var plan = Fixture.readyPlan
        plan.model.path = "/models/My Models/it's 通义"
        plan.data.names = ["identity", "a b.json"]
        plan.encoding.defaultSystem = "Say \"yes\"; don't $HOME `x`"
        plan.schedule.arguments.power = 2
        plan.model.quantization = .nf4
        plan.gradientCheckpointing = .on
        plan.computeType = .automatic
        plan.optimizer.learningRate = 1.5e-5
        return plan
    }

    @Test(arguments: Preset.all.map(\.name))
    func wordsReadBack(name: String) throws {
        for plan in [Fixture.readyPlan, Self.odd] {
            let plan = try #require(Preset.named(name)).applied(to: plan)
            let reading = try PlanFile.read(assignments: HeadlessCommand.words(for: plan))
            #expect(reading.plan == plan)
            #expect(!reading.issues.contains { $0.field == "" })
        }
    }

    /// A real shell splits the line into the words that were meant.
    @Test func aShellTakesTheLine() throws {
        let words = HeadlessCommand.words(for: Self.odd)
        let line = HeadlessCommand.line(for: Self.odd)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "workbench() { printf '%s\\n' \"$@\"; }; " + line]
        let pipe = Pipe()
        shell.standardOutput = pipe
        try shell.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        #expect(
            String(decoding: said, as: UTF8.self)
                == (["train"] + words + [""]).joined(separator: "\n"))
    }

    @Test func filesAreQuotedWhereTheyMustBe() {
        #expect(HeadlessCommand.line(file: "plan.yaml") == "workbench train plan.yaml")
        #expect(
            HeadlessCommand.line(file: "my plan's.yaml") == "workbench train 'my plan'\\''s.yaml'")
        #expect(HeadlessCommand.quoted("") == "''")
    }
}
