// Plans to start from, each a few changes of the defaults with the reason in its summary.
// A preset names no model and no data: those are the user's.

import Kernel

/// A plan to start from.
struct Preset: Sendable {
    /// A short name for lists and the command line: "quick".
    var name: String
    /// The name shown to people.
    var title: String
    /// When to take it, in one sentence.
    var summary: String
    private let change: @Sendable (inout TrainingPlan) -> Void

    init(
        _ name: String, _ title: String, _ summary: String,
        change: @escaping @Sendable (inout TrainingPlan) -> Void
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.change = change
    }

    /// A preset of the user's own.
    init(_ own: UserPreset) {
        self.init(own.name, own.name, phrase("a preset of your own")) { plan in
            plan = own.plan.keepingOwn(of: plan)
        }
    }

    /// The preset's plan for the model, the data and the folder of `plan`; the rest is the preset's.
    func applied(to plan: TrainingPlan = TrainingPlan()) -> TrainingPlan {
        var result = TrainingPlan().keepingSubject(of: plan)
        result.computeType = plan.computeType
        change(&result)
        return result
    }

    /// The preset of a name, or nil.
    static func named(_ name: String) -> Preset? { all.first { $0.name == name } }

    /// All presets, the usual one first.
    static let all: [Preset] = [
        Preset("quick", "LoRA, small and quick", "A first run that ends in minutes.") { plan in
            lora(&plan, rank: 8, rate: 2e-4)
            plan.encoding.cutoffLength = 512
            plan.data.samplesMax = 200
            plan.duration.epochs = 1
            plan.batching.microBatchSize = 2
            plan.batching.accumulationSteps = 4
            plan.logging.interval = .init(1)
        },
        Preset("lora", "LoRA, thorough", "The usual fine-tuning of a chat model.") { plan in
            lora(&plan, rank: 16, rate: 1e-4)
            if plan.data.evaluationNames.isEmpty { plan.data.validationSize = 0.05 }
            plan.evaluation.cadence = .steps
            plan.evaluation.interval = .init(100)
            plan.checkpointing.interval = .init(100)
        },
        Preset("qlora", "QLoRA, least memory", "When the model barely fits.") { plan in
            lora(&plan, rank: 16, rate: 1e-4)
            plan.model.quantization = .nf4
            plan.batching.microBatchSize = 1
            plan.gradientCheckpointing = .on
        },
        Preset("full", "Full, all weights", "Small models with much data.") { plan in
            usual(&plan)
            plan.tuning.method = .full
            plan.optimizer.learningRate = 1e-5
            plan.optimizer.weightDecay = 0.01
        },
        Preset("freeze", "Freeze, last blocks", "Between LoRA and full: two blocks train.") {
            plan in
            usual(&plan)
            plan.tuning.method = .freeze
            plan.optimizer.learningRate = 2e-5
        },
        Preset("pretrain", "Pre-training on text", "Plain text goes on where the model ended.") {
            plan in
            usual(&plan)
            plan.stage = .pretraining
            plan.tuning.method = .full
            plan.optimizer.learningRate = 1e-5
        },
    ]

    private static func usual(_ plan: inout TrainingPlan) {
        plan.batching.microBatchSize = 1
        plan.batching.accumulationSteps = 8
        plan.schedule.kind = .cosine
        plan.schedule.warmupRatio = 0.1
        plan.logging.interval = .init(5)
        plan.checkpointing.interval = .init(500)
    }

    private static func lora(_ plan: inout TrainingPlan, rank: Int, rate: Double) {
        usual(&plan)
        plan.tuning.method = .lora
        plan.tuning.lora.rank = rank
        plan.optimizer.learningRate = rate
    }
}
