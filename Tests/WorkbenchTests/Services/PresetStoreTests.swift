// Own presets on disk, completion of paths, and the speed that earlier runs tell.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct PresetShelfTests {
    private static func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }

    @Test func presetsAreKeptListedAndDeleted() throws {
        let home = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let store = try PresetStore(Paths(environment: ["HOME": home]))
        #expect(store.folder == home + "/.config/workbench/presets")
        #expect(store.list() == PresetListing())
        var plan = Fixture.readyPlan
        plan.tuning.lora.rank = 33
        plan.computeType = .automatic
        try store.keep(UserPreset(name: "客服 1", plan: plan.asPreset))
        let kept = try #require(store.list().presets.first)
        #expect(kept.name == "客服 1")
        #expect(kept.plan == plan.asPreset)
        #expect(kept.preset.applied(to: Fixture.readyPlan) == plan)
        let path = store.folder + "/broken.yaml"
        try "pissa_init: true\n".write(toFile: path, atomically: true, encoding: .utf8)
        let listing = store.list()
        #expect(listing.presets.count == 1)
        #expect(listing.faults.count == 1 && listing.faults[0].contains("pissa_init"))
        try store.delete("客服 1")
        #expect(store.list().presets.isEmpty)
        #expect(throws: KernelError.self) { try store.delete("客服 1") }
    }

    @Test func pathsAreCompletedAsAShellDoes() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["plan-a.yaml", "plan-b.yaml", "plan-c.txt", ".hidden.yaml", "模型.yaml"] {
            try "".write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        try FileManager.default.createDirectory(
            atPath: "\(folder)/plans", withIntermediateDirectories: true)
        func ask(_ text: String) -> PathAnswer {
            PathCompletion.answer(
                PathQuestion(asker: .params, text: folder + "/" + text, endings: [".yaml"]))
        }
        #expect(ask("pl").completed == folder + "/plan")
        #expect(ask("pl").names == ["plan-a.yaml", "plan-b.yaml", "plans/"])
        #expect(ask("plan-b").completed == folder + "/plan-b.yaml")
        #expect(ask("plans").completed == folder + "/plans/")
        #expect(ask("模").completed == folder + "/模型.yaml")
        #expect(ask("").count == 4 && ask(".h").count == 1)
        #expect(ask("zz").count == 0 && ask("zz").completed == folder + "/zz")
        #expect(ask("nowhere/x").count == 0)
    }

    @Test func speedsComeFromTheNewestRunOfTheSameKind() throws {
        let sample = try #require(RunSamples.listing.get().runs.first)
        func run(_ rate: Double?, _ change: (inout TrainingPlan) -> Void) -> RunEntry {
            var entry = sample
            var plan = Fixture.readyPlan
            change(&plan)
            (entry.plan, entry.record.values[.tokensPerSecond]) = (plan, rate)
            return entry
        }
        let runs = [
            run(9) { $0.model.path = "/models/other" }, run(nil) { _ in },
            run(8) { $0.tuning.method = .full }, run(700) { _ in }, run(5) { _ in },
        ]
        let speed = SpeedMemory.speed(for: Fixture.readyPlan, among: runs)
        #expect(speed?.tokensPerSecond == 700)
        var plan = Fixture.readyPlan
        plan.model.path = "/models/new"
        #expect(SpeedMemory.speed(for: plan, among: runs) == nil)
        var estimate = Fixture.estimate
        (estimate.tokensPerEpoch, estimate.speed) = (61_000, speed)
        #expect(estimate.tokens == 183_000)
        #expect(estimate.seconds.map { Int($0.rounded()) } == 261)
    }
}
