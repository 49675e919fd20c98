// Runs of one process behind each other: whoever hears of an end may start the next at once.

import Foundation
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Workbench

@Suite final class RunControllerTests {
    private let root = NSTemporaryDirectory() + "run-controller-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func plan(_ name: String) -> TrainingPlan {
        var plan = TrainingPlan()
        plan.model.path = root + "/model"
        plan.encoding.template = "chatml"
        plan.data.folder = root
        plan.data.names = [root + "/data.json"]
        plan.duration.stepsMax = 2
        plan.output.folder = "\(root)/\(name)"
        return plan
    }

    /// The ends of runs, in order.
    private final class Ends: Sendable {
        let words = Mutex<[String]>([])
        let next = Mutex<[TrainingPlan]>([])
        let controller = Mutex<RunController?>(nil)

        func hear(_ event: TrainingEvent) {
            switch event {
            case .finished(let result):
                note("done " + (result.folder as NSString).lastPathComponent)
            case .failed(let error): note("failed \(error.kind.rawValue)")
            default: break
            }
        }

        private func note(_ word: String) {
            words.withLock { $0.append(word) }
            let plan = next.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            guard let plan else { return }
            controller.withLock { $0 }?.start(plan)
        }
    }

    @Test func theNextRunStartsWhereTheEndOfTheLastIsHeard() async throws {
        try TinyModels.make(in: root + "/model")
        let records = ["red", "green", "blue", "cat"].map {
            ["instruction": "Say \($0)", "input": "", "output": $0]
        }
        try JSONSerialization.data(withJSONObject: records)
            .write(to: URL(fileURLWithPath: root + "/data.json"))
        let ends = Ends()
        let controller = RunController { ends.hear($0) }
        ends.controller.withLock { $0 = controller }
        var broken = plan("b")
        broken.model.path = root + "/nowhere"
        ends.next.withLock { $0 = [broken, plan("c"), plan("d")] }
        controller.start(plan("a"))
        for _ in 0..<6000 where ends.words.withLock({ $0.count }) < 4 {
            try await Task.sleep(for: .milliseconds(10))
        }
        controller.finish()
        ends.controller.withLock { $0 = nil }
        let words = ends.words.withLock { $0 }
        #expect(words.count == 4 && words[0] == "done a", "\(words)")
        #expect(words[1].hasPrefix("failed ") && words[1] != "failed temporary", "\(words)")
        #expect(Array(words.suffix(2)) == ["done c", "done d"])
        for name in ["a", "c", "d"] {
            #expect(FileManager.default.fileExists(atPath: "\(root)/\(name)/adapter_config.json"))
        }
    }
}
