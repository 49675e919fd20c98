// Single records on request: the newest question is answered from data that stay open, and a file that
// changes in between is opened anew.

import Foundation
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Workbench

@Suite struct RecordDeskTests {
    /// Answers as they arrive.
    private final class Answers: Sendable {
        private let list = Mutex<[(index: Int, answer: Result<RecordPreview, KernelError>)]>([])

        func add(_ index: Int, _ answer: Result<RecordPreview, KernelError>) {
            list.withLock { $0.append((index, answer)) }
        }

        /// The answer with such a number, once it is there.
        func wait(for number: Int) throws -> (
            index: Int, answer: Result<RecordPreview, KernelError>
        ) {
            for _ in 0..<2000 {
                if let answer = list.withLock({ $0.count > number ? $0[number] : nil }) {
                    return answer
                }
                usleep(10_000)
            }
            throw KernelError(.temporary, "no answer came")
        }
    }

    private static func write(_ answers: [String], to path: String) throws {
        let lines = answers.map { #"{"instruction": "q", "output": "\#($0)"}"# + "\n" }
        try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func theNewestQuestionIsAnsweredAlsoAfterAChange() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try TinyModels.make(in: folder + "/model")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/data.jsonl"
        try Self.write(["one", "two"], to: file)
        var plan = TrainingPlan()
        plan.model.path = folder + "/model"
        plan.encoding.template = "chatml"
        plan.data.folder = folder
        plan.data.names = [file]

        let answers = Answers()
        let service = RecordPreviewService { _, index, answer in answers.add(index, answer) }
        service.show(plan, 0)
        #expect(try answers.wait(for: 0).answer.get().rendered.contains("one"))
        service.show(plan, 1)
        #expect(try answers.wait(for: 1).answer.get().rendered.contains("two"))
        // Another length and another file: nobody may see the mapped bytes of the old one.
        try Self.write(["three, which is longer"], to: file)
        service.show(plan, 0)
        let changed = try answers.wait(for: 2).answer.get()
        #expect(changed.rendered.contains("three") && changed.count == 1)
        service.show(plan, 1)
        #expect(throws: KernelError.self) { try answers.wait(for: 3).answer.get() }
        service.forget()
        service.show(plan, 0)
        #expect(try answers.wait(for: 4).answer.get().rendered.contains("three"))
    }
}
