// What a look at the disk finds before a run: folders with runs and with other things, missing models and data,
// and the room that checkpoints and result take, held against what a run really writes.

import Foundation
import Kernel
import TestSupport
import Testing

@testable import Workbench

@Suite final class StartLookTests {
    private let root = NSTemporaryDirectory() + "start-look-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func plan(_ name: String) throws -> TrainingPlan {
        try TinyModels.make(in: root + "/model")
        let records = (1...8).map { ["instruction": "Say \($0)", "output": "it is \($0)"] }
        try JSONSerialization.data(withJSONObject: records)
            .write(to: URL(fileURLWithPath: root + "/data.json"))
        var plan = TrainingPlan()
        plan.model.path = root + "/model"
        plan.encoding.template = "chatml"
        plan.data.folder = root
        plan.data.names = [root + "/data.json"]
        plan.duration.stepsMax = 4
        plan.batching.microBatchSize = 1
        plan.batching.accumulationSteps = 1
        plan.checkpointing.interval = .init(2)
        plan.output.folder = "\(root)/\(name)"
        return plan
    }

    private func train(_ plan: TrainingPlan) throws {
        let environment = TrainingRun.Environment(
            now: { 0 }, idleWait: {}, observers: [], planText: PlanFile.yaml(for: plan))
        try TrainingRun(plan, control: RunControl(), environment: environment).run()
    }

    private func facts(_ plan: TrainingPlan, taken: [String] = []) -> StartFacts {
        StartLook.facts(StartQuestion(purpose: .start, plan: plan, taken: taken, steps: 4))
    }

    @Test func foldersAreToldByWhatTheyHold() throws {
        let plan = try plan("run-1")
        #expect(facts(plan).content == .nothing && facts(plan).faults.isEmpty)
        try FileManager.default.createDirectory(
            atPath: plan.output.folder, withIntermediateDirectories: true)
        // A start that was refused leaves a lock, which is nothing to lose.
        try Data().write(to: URL(fileURLWithPath: plan.output.folder + "/.lock"))
        #expect(facts(plan).content == .nothing)
        try train(plan)
        #expect(facts(plan).content == .run(name: "run-1", state: .done))
        #expect(facts(plan).freeFolder == root + "/run-2")
        #expect(facts(plan, taken: [root + "/run-2/"]).freeFolder == root + "/run-3")
        // A run that only measures leaves the run in its folder as it is.
        var measuring = plan
        measuring.trains = false
        #expect(facts(measuring).content == .nothing)
        var model = plan
        model.output.folder = plan.model.path
        guard case .files(let names) = facts(model).content else {
            Issue.record("\(facts(model).content)")
            return
        }
        #expect(names.contains("config.json"))
        model.output.folder = root + "/data.json"
        #expect(facts(model).content == .files(["data.json"]))
        #expect(facts(model).faults.map(\.field) == ["output_dir"])
        var template = plan
        template.encoding.template = "llama9"
        #expect(facts(template).faults.map(\.field) == ["template"])
        #expect(template.places != plan.places)
    }

    @Test func aRefusedResumeIsNoNewsOfTheRun() throws {
        var plan = try plan("run-1")
        try train(plan)
        let before = try #require(RunRecord(folder: plan.output.folder))
        plan.optimizer.learningRate *= 2
        #expect(throws: KernelError.self) { try self.train(plan) }
        let after = try #require(RunRecord(folder: plan.output.folder))
        #expect(after == before && after.state == .done)
    }

    @Test func whatIsNotThereIsNamed() throws {
        let good = try plan("run-1")
        func fields(_ change: (inout TrainingPlan) -> Void) -> [String] {
            var plan = good
            change(&plan)
            return facts(plan).faults.map(\.field)
        }
        #expect(fields { $0.model.path = root + "/nothing" } == ["model_name_or_path"])
        #expect(fields { $0.model.adapters = [root + "/nothing"] } == ["adapter_name_or_path"])
        #expect(fields { $0.data.names = ["identity"] } == ["dataset"])
        #expect(fields { $0.data.names = [root + "/none.json"] } == ["dataset"])
        #expect(fields { $0.data.evaluationNames = [root + "/none.json"] } == ["eval_dataset"])
        try Data().write(to: URL(fileURLWithPath: root + "/empty.json"))
        #expect(fields { $0.data.names = [root + "/empty.json"] } == ["dataset"])
    }

    @Test(arguments: ["lora", "full"])
    func theNeedIsWhatTheRunWrites(method: String) throws {
        var plan = try plan("run-1")
        if method == "full" { plan.tuning.method = .full }
        try train(plan)
        let need = facts(plan).neededBytes
        let written = try bytes(plan.output.folder)
        // Small files are reckoned with generously; nothing is forgotten.
        let tokenizer = method == "full" ? 3 * 9 << 20 : 3 << 17
        #expect(need >= written && need - written <= tokenizer)
        // More checkpoints take more, unless old ones go.
        plan.checkpointing.interval = .init(1)
        let all = facts(plan).neededBytes
        plan.checkpointing.keptMax = 1
        let few = facts(plan).neededBytes
        #expect(all > need && few == need)
        plan.checkpointing.savesOnlyModel = true
        #expect(facts(plan).neededBytes < few)
    }

    private func bytes(_ folder: String) throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: folder).reduce(0) { sum, name in
            let facts = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return facts[.type] as? FileAttributeType == .typeRegular
                ? sum + (facts[.size] as? Int ?? 0) : sum
        }
    }
}
