// What a training showed to the outside: its steps one by one, its memory, its first sign of
// progress. The same for Workbench and for peers; pure values.

/// One optimizer step.
struct TakenStep: Decodable, Equatable {
    var seconds: Double
    /// Tokens that are not padding.
    var tokens: Int
    /// Those of them with a label; nil where a program does not tell.
    var trainedTokens: Int?
    /// Nil where a program does not tell.
    var loss: Double?
}

/// A training that has ended.
struct TrainingOutcome {
    /// All steps in order. The first one warms up: it is left out of speeds.
    var steps: [TakenStep]
    var peakMebibytes: Double
    /// From the start of the process to the end of the first step.
    var firstStepSeconds: Double
    /// Of the held-out records after the last step; nil without any.
    var evaluationLoss: Double?

    private var warm: ArraySlice<TakenStep> { steps.dropFirst() }

    /// Real tokens a second, one value for each warm step.
    var speed: Samples { Samples(values: warm.map { Double($0.tokens) / $0.seconds }) }
    /// One value for each warm step.
    var stepSeconds: Samples { Samples(values: warm.map(\.seconds)) }
    /// Of all steps; nil when one of them has none.
    var meanLoss: Double? {
        let losses = steps.compactMap(\.loss)
        guard losses.count == steps.count, !steps.isEmpty else { return nil }
        return losses.reduce(0, +) / Double(losses.count)
    }

    /// Billions of operations a second by warm step: 4 for each weight of a block's matrices and
    /// each token, and 4 for each weight of the head and each token that it is computed for: forward
    /// and backward to the inputs, 2 each. Attention and adapters count nothing.
    func gigaflops(head: HeadTokens) -> Samples {
        Samples(
            values: warm.compactMap { step in
                let (all, trained) = (Double(step.tokens), step.trainedTokens.map { Double($0) })
                return (head == .all ? all : trained).map { rows in
                    let weights = SampleModel.blockWeights * all + SampleModel.headWeights * rows
                    return 4e-9 * weights / step.seconds
                }
            })
    }

    /// The tokens whose logits count as work.
    enum HeadTokens {
        /// The labelled ones: without the others no loss changes.
        case labelled
        /// Every one, as 4 · N a token has it.
        case all
    }
}

/// Sizes of SmolLM2-135M.
enum SampleModel {
    /// Thirty blocks: q and o 576 × 576, k and v 576 × 192, gate, up and down 576 × 1536.
    static let blockWeights: Double = 30 * 576 * (1152 + 384 + 4608)
    /// The head, tied to the embedding.
    static let headWeights: Double = 49152 * 576
}
