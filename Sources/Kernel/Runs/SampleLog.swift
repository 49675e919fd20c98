// samples.jsonl: what the model answered to the plan's prompts, a line an answer. A resumed run continues with
// the lines that it finds, cut back to its step.

import Foundation

/// The answers that a run folder keeps.
public final class SampleLog: RunObserver {
    /// The file's name in the folder of a run.
    public static let name = "samples.jsonl"
    /// A longer file is not of a run.
    static let bytesMax = 1 << 28

    private struct Key: Hashable {
        let step: Int
        let prompt: String
    }

    private let path: String
    private let file: AppendQueue
    private var answered: Set<Key> = []
    /// What the user should know of the file that was found.
    private(set) var notes: [Sentence] = []

    /// Drops lines of later steps and torn ones; a run that begins anew begins the file anew.
    init(folder: String, resumedAt step: Int) throws(KernelError) {
        path = "\(folder)/\(Self.name)"
        file = AppendQueue(path, what: "the file of samples")
        guard step > 0 else {
            try DiskCalls.current.remove(path)
            return
        }
        var (kept, hasChanged, damaged): ([UInt8], Bool, Int) = ([], false, 0)
        let lines = try Self.lines(path)
        for line in lines {
            guard let record = Self.record(line.bytes), record.step <= step else {
                hasChanged = true
                // A line without an end was being written when the run was killed.
                if line.isWhole, Self.record(line.bytes) == nil { damaged += 1 }
                continue
            }
            hasChanged = hasChanged || !line.isWhole
            answered.insert(Key(step: record.step, prompt: record.prompt))
            kept += line.bytes
            kept.append(UInt8(ascii: "\n"))
        }
        if damaged > 0 {
            notes.append(
                "\(damaged) line\(damaged == 1 ? "" : "s") of \(path) could not be read and "
                    + "\(damaged == 1 ? "was" : "were") left out.")
        }
        if hasChanged { try AtomicFile.write(kept, to: path) }
    }

    /// Brings the answers so far to the disk.
    func synchronize() throws(KernelError) { try file.synchronize() }

    /// Whether a prompt was answered with the weights of a step.
    func holds(step: Int, prompt: String) -> Bool {
        answered.contains(Key(step: step, prompt: prompt))
    }

    /// Keeps each answer; what could not be written is written with the next one or at the end.
    public func observe(_ event: TrainingEvent) throws(KernelError) {
        switch event {
        case .sampled(let record): try append(record)
        case .finished, .failed: try file.flush()
        default: break
        }
    }

    private func append(_ record: SampleRecord) throws(KernelError) {
        answered.insert(Key(step: record.step, prompt: record.prompt))
        try file.append(
            [
                "step": .integer(record.step), "epoch": .number(record.epoch),
                "prompt": .string(record.prompt), "answer": .string(record.answer),
                "new_tokens": .integer(record.newTokens),
                "ending": .string(record.ending.rawValue), "seconds": .number(record.seconds),
            ])
    }

    /// All answers in a run's folder, in the order in which they came; a folder without any has none.
    /// Lines that are no answers are passed over: a run may be writing the last one right now.
    public static func read(folder: String) throws(KernelError) -> [SampleRecord] {
        try lines("\(folder)/\(name)").compactMap { record($0.bytes) }
    }

    // MARK: - Lines

    private struct Line {
        var bytes: Data
        var isWhole: Bool
    }

    private static func lines(_ path: String) throws(KernelError) -> [Line] {
        let file: MappedFile
        do throws(KernelError) {
            file = try MappedFile(path: path)
        } catch  where error.kind == .missingInput {
            return []
        }
        guard file.bytes.count <= bytesMax else {
            throw KernelError(
                .badData, "the file of samples is too large", at: path,
                because: "\(file.bytes.count) bytes of at most \(bytesMax)", hint: "Move it away.")
        }
        let bytes = Data(file.bytes)
        try file.checkUnchanged()
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        return lines.map { Line(bytes: $0, isWhole: $0.endIndex < bytes.endIndex) }
    }

    private static func record(_ line: Data) -> SampleRecord? {
        guard
            let json = try? JSONValue(parsing: String(decoding: line, as: UTF8.self), source: name),
            let step = json["step"]?.integer, step >= 0, let prompt = json["prompt"]?.string,
            let answer = json["answer"]?.string
        else { return nil }
        return SampleRecord(
            step: step, epoch: json["epoch"]?.double ?? 0, prompt: prompt, answer: answer,
            newTokens: json["new_tokens"]?.integer ?? 0,
            ending: json["ending"]?.string.flatMap(GenerationResult.Ending.init) ?? .length,
            seconds: json["seconds"]?.double ?? 0)
    }
}
