// Opens what an export wrote and compares it with the model in memory: greedy tokens and logits of
// one prompt. fp32 is judged by these; of rounded types every weight is judged by what its type may
// lose, and tokens and logits are measured.

import Microkernels

/// How an exported model compares with the one it was made from.
public struct ExportReport: Sendable, Equatable {
    /// Whether greedy decoding gives the same tokens.
    public var tokensEqual: Bool
    /// The largest difference of a logit over the prompt.
    public var largestDifference: Float
    /// Greedy tokens compared.
    public var comparedTokens: Int
    /// Tokens in front of the first that differs.
    public var equalTokens: Int
    /// The most that `largestDifference` may be; nil where the type's rounding decides.
    public var budget: Float?
    /// Of the matrix that lost most: distance over length, and the most that its type may lose.
    public var rounding: Rounding?

    /// What rounding did to the weights.
    public struct Rounding: Sendable, Equatable {
        public var loss: Float
        public var budget: Float
        /// The weight that lost most.
        public var name: String
    }

    /// Whether the export is as good as its type allows.
    public var passes: Bool {
        let isRounded = rounding.map { $0.loss <= $0.budget } ?? true
        return isRounded
            && (budget.map { tokensEqual && largestDifference <= $0 } ?? largestDifference.isFinite)
    }
}

/// Checks exports by reopening them.
public enum ExportCheck {
    /// The largest difference of a logit that fp32 may show: sums run in another order.
    public static let budget: Float = 1e-3
    /// Most logits compared, all positions together.
    private static let logitsMax = 1 << 25

    /// Compares the folder or GGUF file at `path` with `model` on the ids of a prompt.
    public static func compare(
        _ model: TunedModel, withModelAt path: String, dtype: DType, prompt: [Int32],
        tokens: Int = 16
    ) throws(KernelError) -> ExportReport {
        let weights = try ModelWeights(ModelFolder(path: path))
        let written = TunedModel(weights, method: .inference, arena: Arena())
        var report = try compare(
            model, written, prompt: prompt, tokens: tokens, budget: dtype == .f32 ? budget : nil)
        if dtype != .f32 { report.rounding = try rounding(of: model, in: weights, dtype) }
        return report
    }

    // MARK: - Rounding

    /// The most that a matrix may lose, as distance over length: half of the last place of the float
    /// types with room for subnormals; blocks lose about their step over √12, and weights of a
    /// normal distribution are 2 to 4 times smaller than the largest of a block of 32.
    static func roundingBudget(_ dtype: DType) -> Float {
        switch dtype {
        case .f32: 0
        case .bf16: 0x1p-8
        case .f16: 0x1p-10
        case .q8_0: 0.02
        default: 0.2
        }
    }

    private static func rounding(
        of model: TunedModel, in written: ModelWeights, _ dtype: DType
    ) throws(KernelError) -> ExportReport.Rounding {
        let merged = MergedRows(model)
        let panelRows = 256
        var worst = ExportReport.Rounding(loss: 0, budget: roundingBudget(dtype), name: "")
        for weight in merged.weights where weight.shape.count == 2 {
            guard let matrix = written.matrices[weight.name], matrix.rows == weight.rows,
                matrix.columns == weight.columns
            else {
                throw KernelError(
                    .internalFault, "the export lacks a weight of its model", at: weight.name)
            }
            var (distance, length) = (0.0, 0.0)
            for start in stride(from: 0, to: weight.rows, by: panelRows) {
                let rows = start..<min(start + panelRows, weight.rows)
                let expected = Tensor(rows.count, weight.columns, in: model.decoder.arena)
                let found = Tensor(rows.count, weight.columns, in: model.decoder.arena)
                merged.decode(rows, of: weight, into: expected)
                matrix.decode(rows: rows, into: found.pointer)
                length += Elementwise.sumOfSquares(expected)
                mk_axpy(found.pointer, -1, expected.pointer, found.count)
                distance += Elementwise.sumOfSquares(found)
            }
            // A weight of zeros, or NaN, must come back as it is.
            let loss = distance == 0 ? 0 : Float((distance / length).squareRoot())
            if !(loss <= worst.loss) { (worst.loss, worst.name) = (loss, weight.name) }
        }
        return worst
    }

    /// Compares the adapter folder at `path`, over the model's own base, with `model`.
    public static func compare(
        _ model: TunedModel, withAdapterAt path: String, prompt: [Int32], tokens: Int = 16
    ) throws(KernelError) -> ExportReport {
        let applied = try AdapterFile.describe(path).applied(to: model.weights)
        let written = try applied.model(loading: path)
        return try compare(model, written, prompt: prompt, tokens: tokens, budget: budget)
    }

    private static func compare(
        _ model: TunedModel, _ written: TunedModel, prompt: [Int32], tokens: Int, budget: Float?
    ) throws(KernelError) -> ExportReport {
        let (expected, found) = (model.decoder.spec, written.decoder.spec)
        guard expected.vocabularySize == found.vocabularySize else {
            throw KernelError(
                .internalFault, "the export has another vocabulary than its model",
                because: "expected \(expected.vocabularySize) tokens, found \(found.vocabularySize)"
            )
        }
        let ids = try greedy(model, prompt, tokens)
        var batch = PackedBatch()
        let all = prompt + ids
        batch.append(ids: all, labels: [Int32](repeating: -100, count: all.count))
        let rows = Array(prompt.count - 1..<all.count - 1)
        let equal = agreeing(
            ids, model.decoder.logits(batch, rows: rows), written.decoder.logits(batch, rows: rows),
            tie: 2 * (budget ?? 0))
        return ExportReport(
            tokensEqual: equal == ids.count,
            largestDifference: difference(model, written, prompt),
            comparedTokens: ids.count, equalTokens: equal, budget: budget)
    }

    /// How many of the greedy tokens `ids` of one model another one chooses as well, up to the first that it
    /// does not. Logits of both (ids.count, V). Where the first model's logits of both choices are closer
    /// than `tie`, either is right: sums in another order decide.
    static func agreeing(
        _ ids: [Int32], _ expected: Tensor, _ found: Tensor, tie: Float
    ) -> Int {
        ids.enumerated().prefix { row, id in
            let (one, other) = (expected.row(row), found.row(row))
            var best = Int(id)
            for column in 0..<found.columns where other[column] > other[best] { best = column }
            return best == Int(id) || one[Int(id)] - one[best] <= tie
        }.count
    }

    private static func greedy(
        _ model: TunedModel, _ prompt: [Int32], _ count: Int
    ) throws(KernelError) -> [Int32] {
        var settings = SamplingSettings()
        settings.isGreedy = true
        settings.maxNewTokens = count
        let limit = prompt.count + count + 1
        let generator = Generator(model.decoder, contextLimit: limit) { 0 }
        return try generator.generate(prompt, settings, stopIDs: []).ids
    }

    /// The largest difference over the prompt's rows, or over as many, evenly spread, as fit.
    private static func difference(
        _ model: TunedModel, _ written: TunedModel, _ prompt: [Int32]
    ) -> Float {
        var batch = PackedBatch()
        batch.append(ids: prompt, labels: [Int32](repeating: -100, count: prompt.count))
        let count = min(prompt.count, max(1, logitsMax / model.decoder.spec.vocabularySize))
        let rows = (1...count).map { $0 * prompt.count / count - 1 }
        let expected = model.decoder.logits(batch, rows: rows)
        let found = written.decoder.logits(batch, rows: rows)
        var largest: Float = 0
        for row in 0..<rows.count {
            let (one, two) = (expected.row(row), found.row(row))
            for column in 0..<expected.columns {
                let distance = abs(one[column] - two[column])
                // NaN compares as false: it must not look like equality.
                guard distance <= .greatestFiniteMagnitude else { return .infinity }
                largest = max(largest, distance)
            }
        }
        return largest
    }
}
