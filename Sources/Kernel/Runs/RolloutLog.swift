// completions.jsonl: what the model answered while it learned from its own answers, a line an answer with what it was
// worth. A resumed run continues with the lines that it finds, cut back to its step.

import Foundation

/// An answer that a step learned from.
public struct RolloutRecord: Sendable {
    public var step: Int
    public var prompt: String
    public var answer: String
    public var reference: String
    public var tokens: Int
    public var isWhole: Bool
    /// By rule.
    public var scores: [(rule: String, score: Double)]
    public var reward: Double
    public var advantage: Double
}

/// The answers that a run learned from.
final class RolloutLog: RunObserver {
    /// The file's name in the folder of a run.
    static let name = "completions.jsonl"

    private let file: AppendQueue

    /// Drops lines of later steps and torn ones; a run that begins anew begins the file anew.
    init(folder: String, resumedAt step: Int) throws(KernelError) {
        let path = "\(folder)/\(Self.name)"
        file = AppendQueue(path, what: "the file of completions")
        guard step > 0 else {
            try DiskCalls.current.remove(path)
            return
        }
        let found: MappedFile
        do throws(KernelError) {
            found = try MappedFile(path: path)
        } catch  where error.kind == .missingInput {
            return
        }
        var kept: [UInt8] = []
        for line in Data(found.bytes).split(separator: UInt8(ascii: "\n")) {
            let json = try? JSONValue(parsing: String(decoding: line, as: UTF8.self), source: path)
            guard let at = json?["step"]?.integer, at <= step else { continue }
            kept += line
            kept.append(UInt8(ascii: "\n"))
        }
        if kept.count != found.bytes.count { try AtomicFile.write(kept, to: path) }
    }

    /// Brings what could not be written to the disk at the end.
    func observe(_ event: TrainingEvent) throws(KernelError) {
        switch event {
        case .checkpointSaved: try file.synchronize()
        case .finished, .failed: try file.flush()
        default: break
        }
    }

    /// Keeps an answer.
    func append(_ record: RolloutRecord) throws(KernelError) {
        var scores = JSONObject()
        for (rule, score) in record.scores { scores[rule] = .number(score) }
        try file.append(
            [
                "step": .integer(record.step), "prompt": .string(record.prompt),
                "completion": .string(record.answer), "reference": .string(record.reference),
                "tokens": .integer(record.tokens), "is_whole": .bool(record.isWhole),
                "rewards": .object(scores), "reward": .number(record.reward),
                "advantage": .number(record.advantage),
            ])
    }
}
