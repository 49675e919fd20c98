// workbench score and workbench logits: how a model rates standard input, number by number.

import ArgumentParser
import Foundation
import Kernel

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Negative log likelihood of standard input, by token and in all.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var start: StartOptions
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            try machine.apply()
            let engine = try model.engine(isQuiet: answer.quiet)
            engine.noteFiles(answer)
            let tokenizer = engine.prepared.tokenizer
            let ids = try start.ids(
                of: Output.standardInput(), tokenizer, allowSpecial: true, model: model.model,
                isQuiet: answer.quiet)
            guard ids.count > 1 else {
                throw KernelError(
                    .badData, "there is nothing to score",
                    because: "the input has \(ids.count) tokens; two are the least")
            }
            var losses: [Double] = []
            try engine.forEachPosition(ids.map { Int32($0) }) { position, logits in
                guard position + 1 < ids.count else { return }
                losses.append(logits.logSumExp - Double(logits.values[ids[position + 1]]))
            }
            let total = losses.reduce(0, +)
            if answer.json {
                Output.json([
                    "ids": .array(ids.map { .integer($0) }),
                    "nll": .array(losses.map { .number($0) }),
                    "total": .number(total), "tokens": .integer(losses.count),
                    "mean": .number(total / Double(losses.count)),
                    "perplexity": .number(exp(total / Double(losses.count))),
                ])
            } else {
                Output.line(
                    String(
                        format: "%d tokens, nll %.6f, mean %.6f, perplexity %.4f", losses.count,
                        total, total / Double(losses.count), exp(total / Double(losses.count))))
            }
        }
    }
}

struct LogitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logits",
        abstract: "Logits of the token ids on standard input, at each position.",
        discussion:
            "Ids are separated by blanks or commas, or are a JSON array. Prints logsumexp, argmax and the first 16 logits."
    )

    @OptionGroup var model: ModelOptions
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            try machine.apply()
            let engine = try model.engine(isQuiet: answer.quiet)
            engine.noteFiles(answer)
            let ids = try Self.ids(
                Output.standardInput(), vocabulary: engine.model.decoder.spec.vocabularySize)
            var positions: [JSONValue] = []
            try engine.forEachPosition(ids) { position, logits in
                let first = logits.values.prefix(16).map { JSONValue.number(Double($0)) }
                if answer.json {
                    positions.append([
                        "position": .integer(position), "logsumexp": .number(logits.logSumExp),
                        "argmax": .integer(logits.best), "first16": .array(Array(first)),
                    ])
                } else {
                    Output.line("\(position)  logsumexp \(logits.logSumExp)  argmax \(logits.best)")
                }
            }
            if answer.json {
                Output.json([
                    "ids": .array(ids.map { .integer(Int($0)) }),
                    "logsumexp": .array(positions.map { $0["logsumexp"] ?? .null }),
                    "argmax": .array(positions.map { $0["argmax"] ?? .null }),
                    "first16": .array(positions.map { $0["first16"] ?? .null }),
                ])
            }
        }
    }

    private static func ids(_ text: String, vocabulary: Int) throws(KernelError) -> [Int32] {
        let separators = CharacterSet(charactersIn: " ,[]\n\t\r")
        var ids: [Int32] = []
        for word in text.components(separatedBy: separators) where !word.isEmpty {
            guard let id = Int32(word), id >= 0, id < vocabulary else {
                throw KernelError(
                    .badData, "not a token id of this model",
                    at: ErrorReport.visible(String(word.prefix(40))),
                    because: "ids are 0 … \(vocabulary - 1)")
            }
            ids.append(id)
        }
        guard !ids.isEmpty else {
            throw KernelError(.badData, "there are no token ids on standard input")
        }
        return ids
    }
}

extension Engine {
    /// Reports what in the model's files is not used here.
    func noteFiles(_ answer: AnswerOptions) {
        guard !answer.quiet else { return }
        for note in prepared.folder.notes { Output.note(note) }
    }

    /// Logits of one position.
    struct PositionLogits {
        var values: [Float]
        var logSumExp: Double
        var best: Int
    }

    /// Runs all ids and visits the logits of each position in order, a block of rows at a time.
    func forEachPosition(_ ids: [Int32], _ body: (Int, PositionLogits) throws -> Void) throws {
        guard ids.count <= prepared.folder.config.maximumPositions else {
            throw KernelError(
                .usage, "the input is longer than the model's context",
                because: "\(ids.count) tokens of at most \(prepared.folder.config.maximumPositions)"
            )
        }
        var batch = PackedBatch()
        batch.append(ids: ids, labels: [Int32](repeating: -100, count: ids.count))
        let stream = model.decoder.stream(batch)
        for start in stride(from: 0, to: ids.count, by: 64) {
            let rows = Array(start..<min(ids.count, start + 64))
            let logits = model.decoder.logits(stream, rows: rows)
            try prepared.folder.checkUnchanged()
            guard logits.isFinite else { throw model.decoder.notFiniteError() }
            for (i, row) in rows.enumerated() {
                let values = logits.rows(i..<i + 1).values
                let best =
                    values.indices.max {
                        values[$0] < values[$1] || (values[$0] == values[$1] && $0 > $1)
                    } ?? 0
                let sum = values.reduce(0.0) { $0 + exp(Double($1) - Double(values[best])) }
                try body(
                    row,
                    PositionLogits(
                        values: values, logSumExp: Double(values[best]) + log(sum), best: best))
            }
        }
    }
}
