// Whether a model fits on this machine for the chosen method, as lists say it. Services/ computes it from the
// model's shapes and the memory that is free.
import Kernel

/// How a model and the plan's method go together with the memory that is free.
enum ModelFit: Equatable, Sendable {
    case fits, tight
    /// Only with its frozen weights in the smallest format.
    case packed
    case tooLarge
    /// Unknown: the model does not open, or free memory cannot be determined.
    case unknown

    /// The word of the column.
    var word: String {
        switch self {
        case .fits: tr("fits")
        case .tight: tr("tight")
        case .packed: tr("with {1}", Quantizer.smallest.name)
        case .tooLarge: tr("too large")
        case .unknown: "—"
        }
    }

    /// Where it stands when models are sorted by it: what fits comes first.
    var rank: Int {
        switch self {
        case .fits: 0
        case .tight: 1
        case .packed: 2
        case .tooLarge: 3
        case .unknown: 4
        }
    }

    /// The word for an estimate, and for one with the smallest weights where the method allows them.
    init(_ verdict: PlanEstimate.Verdict, packed: PlanEstimate.Verdict?) {
        switch verdict {
        case .fits: self = .fits
        case .tight: self = .tight
        case .unknown: self = .unknown
        case .tooLarge:
            switch packed {
            case .fits, .tight: self = .packed
            case .tooLarge, .unknown, nil: self = .tooLarge
            }
        }
    }
}

extension TrainingPlan {
    /// A plan with only what decides how much memory a model needs: equal for equal fits.
    var fitQuestion: TrainingPlan {
        var question = TrainingPlan()
        question.tuning = tuning
        question.model.quantization = model.quantization
        question.batching.microBatchSize = batching.microBatchSize
        question.encoding.cutoffLength = encoding.cutoffLength
        // Its state depends on its kind and constants such as momentum, never on rate, decay and clipping.
        question.optimizer = optimizer
        question.optimizer.learningRate = TrainingPlan().optimizer.learningRate
        question.optimizer.weightDecay = TrainingPlan().optimizer.weightDecay
        question.optimizer.gradientNormMax = TrainingPlan().optimizer.gradientNormMax
        question.gradientCheckpointing = gradientCheckpointing
        question.computeType = computeType
        return question
    }
}
