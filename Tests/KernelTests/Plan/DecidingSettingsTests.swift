// Which settings decide a run: those that differ from the defaults, by their paths, and no others.

import Testing

@testable import Kernel

struct DecidingSettingsTests {
    private func lines(_ change: (inout TrainingPlan) -> Void) throws -> [String] {
        var plan = TrainingPlan()
        change(&plan)
        return try DecidingSettings.lines(of: plan)
    }

    @Test func aPlanOfDefaultsHasNoLine() throws {
        #expect(try lines { _ in }.isEmpty)
    }

    @Test func whatDiffersStandsByItsPath() throws {
        let found = try lines {
            $0.seed = 7
            $0.optimizer.learningRate = 1e-3
            $0.data.names = ["a", "b"]
            $0.encoding.rowsAreOpen = true
            $0.encoding.packing = true
        }
        #expect(
            found == [
                #"data.names is absent"#, #"data.names.0="a""#, #"data.names.1="b""#,
                "encoding.packing=true", "encoding.rowsAreOpen=true",
                "optimizer.learningRate=0.001", "seed=7",
            ])
    }

    @Test func aDefaultThatIsTakenAwayIsALine() throws {
        #expect(
            try lines { $0.encoding.enablesThinking = nil }
                == ["encoding.enablesThinking is absent"])
    }

    @Test func foldersLogsSamplesAndSavingDecideNothing() throws {
        let found = try lines {
            $0.output.folder = "elsewhere"
            $0.logging.interval = .init(3)
            $0.samples.prompts = ["hi"]
            $0.checkpointing.keptMax = 2
        }
        #expect(found.isEmpty)
    }

    @Test func theBestModelAtTheEndDecides() throws {
        #expect(
            try lines { $0.checkpointing.loadsBest = true } == ["checkpointing.loadsBest=true"])
    }
}
