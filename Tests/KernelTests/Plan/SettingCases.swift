// One case for each setting of a plan: another value, and what it needs around it to mean something. What must come of
// it is the tests' business.

@testable import Kernel

/// A setting and a change of it.
struct SettingCase: CustomStringConvertible, Sendable {
    /// The path of the property in a plan: "tuning.lora.rank".
    var description: String
    /// What is so with and without the change.
    var around: @Sendable (inout TrainingPlan, TinyRun) -> Void
    var change: @Sendable (inout TrainingPlan, TinyRun) -> Void
    /// A part of the words with which the change is refused; nil where it is taken.
    var refusal: String?
    /// The folder in which another run has ended before; nil where there was none.
    var earlierRun: String?

    init(
        _ path: String, refusal: String? = nil, earlierRun: String? = nil,
        around: @escaping @Sendable (inout TrainingPlan, TinyRun) -> Void = { _, _ in },
        _ change: @escaping @Sendable (inout TrainingPlan, TinyRun) -> Void
    ) {
        description = path
        self.around = around
        self.change = change
        self.refusal = refusal
        self.earlierRun = earlierRun
    }

    static let all: [SettingCase] =
        plan + model + tuning + tokenLoss + rollout + preference + data + encoding + batching
        + optimizer
        + schedule
        + runs

    private static let plan: [SettingCase] = [
        SettingCase("stage") { plan, tiny in
            plan.stage = .pretraining
        },
        SettingCase("trains", around: evaluates) { plan, _ in plan.trains = false },
        SettingCase("evaluates", around: evaluates) { plan, _ in plan.evaluates = true },
        SettingCase("seed") { plan, _ in plan.seed = 7 },
        SettingCase("dataSeed") { plan, _ in plan.dataSeed = 7 },
        SettingCase("computeType") { plan, _ in plan.computeType = .pureBFloat16 },
        SettingCase("gradientCheckpointing") { plan, _ in plan.gradientCheckpointing = .on },
        SettingCase("samples.prompts") { plan, _ in plan.samples.prompts = ["Say red"] },
        SettingCase("samples.newTokensMax", around: { plan, _ in plan.samples.prompts = ["Say"] }) {
            plan, _ in plan.samples.newTokensMax = 2
        },
    ]

    private static let model: [SettingCase] = [
        SettingCase("model.path") { plan, tiny in plan.model.path = tiny.path("gone") },
        SettingCase("model.adapters") { plan, tiny in plan.model.adapters = [tiny.path("gone")] },
        SettingCase(
            "model.createsNewAdapter", earlierRun: "first",
            around: { plan, tiny in plan.model.adapters = [tiny.path("first")] }
        ) { plan, _ in plan.model.createsNewAdapter = true },
        SettingCase("model.quantization") { plan, _ in plan.model.quantization = .int8 },
    ]

    private static let preference: [SettingCase] = [
        SettingCase("preference.loss", around: pairs) { plan, _ in plan.preference.loss = .hinge },
        SettingCase("preference.beta", around: pairs) { plan, _ in plan.preference.beta = 0.5 },
        SettingCase("preference.labelSmoothing", around: pairs) { plan, _ in
            plan.preference.labelSmoothing = 0.2
        },
        SettingCase("preference.supervisedWeight", around: pairs) { plan, _ in
            plan.preference.supervisedWeight = 0.5
        },
        SettingCase("preference.classifierWeight", around: pairs) { plan, _ in
            plan.preference.classifierWeight = 0.5
        },
        SettingCase("preference.targetMargin", around: simpo) { plan, _ in
            plan.preference.targetMargin = 2
        },
        SettingCase("preference.modulation", around: discopop) { plan, _ in
            plan.preference.modulation = 0.7
        },
        SettingCase("preference.excessWeight", around: pairs) { plan, _ in
            plan.preference.excessWeight = 0.1
        },
        SettingCase("preference.desirableWeight", around: judged) { plan, _ in
            plan.preference.desirableWeight = 2
        },
        SettingCase("preference.undesirableWeight", around: judged) { plan, _ in
            plan.preference.undesirableWeight = 2
        },
        SettingCase("preference.referencePath", around: pairs) { plan, tiny in
            plan.preference.referencePath = tiny.path("other")
        },
        SettingCase("preference.referenceAdapters", around: referred) { plan, tiny in
            plan.preference.referenceAdapters = [tiny.path("adapter")]
        },
        SettingCase("preference.referenceQuantization", around: referred) { plan, _ in
            plan.preference.referenceQuantization = .int8
        },
    ]

    private static let tokenLoss: [SettingCase] = [
        SettingCase("tokenLoss.labelSmoothing") { plan, _ in plan.tokenLoss.labelSmoothing = 0.2 },
        SettingCase("tokenLoss.weighsByProbability") { plan, _ in
            plan.tokenLoss.weighsByProbability = true
        },
        SettingCase("tokenLoss.weighsByEntropy") { plan, _ in
            plan.tokenLoss.weighsByEntropy = true
        },
        SettingCase(
            "tokenLoss.entropyPower", around: { plan, _ in plan.tokenLoss.weighsByEntropy = true }
        ) { plan, _ in plan.tokenLoss.entropyPower = 3 },
        SettingCase("tokenLoss.isAnchored") { plan, _ in plan.tokenLoss.isAnchored = true },
        SettingCase(
            "tokenLoss.anchorWeight", around: { plan, _ in plan.tokenLoss.isAnchored = true }
        ) { plan, _ in plan.tokenLoss.anchorWeight = 0.7 },
        SettingCase("distillation.weight", around: taught) { plan, _ in
            plan.distillation.weight = 0.5
        },
        SettingCase("distillation.interpolation", around: taught) { plan, _ in
            plan.distillation.interpolation = 1
        },
        SettingCase("distillation.temperature", around: taught) { plan, _ in
            plan.distillation.temperature = 3
        },
    ]

    private static let rollout: [SettingCase] = [
        SettingCase("rollout.answers", around: drawn) { plan, _ in plan.rollout.answers = 3 },
        SettingCase("rollout.newTokensMax", around: drawn) { plan, _ in
            plan.rollout.newTokensMax = 5
        },
        SettingCase("rollout.temperature", around: drawn) { plan, _ in
            plan.rollout.temperature = 2
        },
        SettingCase("rollout.topP", around: drawn) { plan, _ in plan.rollout.topP = 0.5 },
        SettingCase("rollout.topK", around: drawn) { plan, _ in plan.rollout.topK = 2 },
        SettingCase("rollout.rules", around: drawn) { plan, _ in
            plan.rollout.rules = ["length 3..9"]
        },
        SettingCase("rollout.weights", around: drawn) { plan, _ in plan.rollout.weights = [3] },
        SettingCase("rollout.timeout", around: judgedElsewhere) { plan, _ in
            plan.rollout.timeout = 0
        },
        SettingCase("group.beta", around: drawnTwice) { plan, _ in plan.group.beta = 1 },
        SettingCase("group.epsilon", around: drawnTwice) { plan, _ in plan.group.epsilon = 1e-6 },
        SettingCase("group.epsilonHigh", around: drawnTwice) { plan, _ in
            plan.group.epsilonHigh = 1e-6
        },
        SettingCase("group.updates", around: drawn) { plan, _ in plan.group.updates = 2 },
        SettingCase("group.averaging", around: drawn) { plan, _ in plan.group.averaging = .drGRPO },
        SettingCase("group.scaling", around: drawn) { plan, _ in plan.group.scaling = .none },
        SettingCase("group.level", around: drawnTwice) { plan, _ in plan.group.level = .sequence },
        SettingCase("group.masksTruncated", around: drawn) { plan, _ in
            plan.group.masksTruncated = true
        },
    ]

    private static let tuning: [SettingCase] = [
        SettingCase("tuning.method") { plan, _ in plan.tuning.method = .full },
        SettingCase("tuning.lora.rank") { plan, _ in plan.tuning.lora.rank = 2 },
        SettingCase("tuning.lora.alpha") { plan, _ in plan.tuning.lora.alpha = 3 },
        SettingCase("tuning.lora.dropout") { plan, _ in plan.tuning.lora.dropout = 0.5 },
        SettingCase("tuning.lora.targets") { plan, _ in plan.tuning.lora.targets = ["q_proj"] },
        SettingCase("tuning.lora.additionalTargets") { plan, _ in
            plan.tuning.lora.additionalTargets = ["lm_head"]
        },
        SettingCase("tuning.lora.isRankStabilized") { plan, _ in
            plan.tuning.lora.isRankStabilized = true
        },
        SettingCase("tuning.lora.isWeightDecomposed") { plan, _ in
            plan.tuning.lora.isWeightDecomposed = true
        },
        SettingCase("tuning.lora.plusRatio") { plan, _ in plan.tuning.lora.plusRatio = 8 },
        SettingCase("tuning.ia3Targets", around: { plan, _ in plan.tuning.method = .ia3 }) {
            plan, _ in plan.tuning.ia3Targets = ["q_proj"]
        },
        SettingCase("tuning.freeze.layers", around: freezes) { plan, _ in
            plan.tuning.freeze.layers = 1
        },
        SettingCase("tuning.freeze.modules", around: freezes) { plan, _ in
            plan.tuning.freeze.modules = ["mlp"]
        },
        SettingCase("tuning.freeze.extraModules", around: freezes) { plan, _ in
            plan.tuning.freeze.extraModules = ["lm_head"]
        },
        SettingCase("tuning.neftuneAlpha") { plan, _ in plan.tuning.neftuneAlpha = 5 },
    ]

    private static let data: [SettingCase] = [
        SettingCase("data.names") { plan, tiny in plan.data.names = [tiny.path("eval.json")] },
        SettingCase("data.evaluationNames", around: measures) { plan, tiny in
            plan.data.evaluationNames = [tiny.path("train.json")]
        },
        SettingCase("data.folder", around: { plan, _ in plan.data.names = ["train.json"] }) {
            plan, tiny in plan.data.folder = tiny.path("gone")
        },
        SettingCase("data.samplesMax") { plan, _ in plan.data.samplesMax = 4 },
        SettingCase("data.validationSize") { plan, _ in
            plan.data.validationSize = 0.5
        },
        SettingCase("data.mixing", around: joins) { plan, _ in plan.data.mixing = .interleaveUnder
        },
        SettingCase(
            "data.probabilities",
            around: { plan, tiny in
                joins(&plan, tiny)
                plan.data.mixing = .interleaveUnder
            }
        ) { plan, _ in plan.data.probabilities = [0.9, 0.1] },
    ]

    private static let encoding: [SettingCase] = [
        SettingCase("encoding.template") { plan, _ in plan.encoding.template = "llama3" },
        SettingCase("encoding.defaultSystem") { plan, _ in plan.encoding.defaultSystem = "Be brief."
        },
        SettingCase("encoding.toolFormat", refusal: "tool_format") { plan, _ in
            plan.encoding.toolFormat = "qwen"
        },
        SettingCase("encoding.enablesThinking", refusal: "enable_thinking") { plan, _ in
            plan.encoding.enablesThinking = false
        },
        SettingCase("encoding.cutoffLength") { plan, _ in plan.encoding.cutoffLength = 40 },
        SettingCase("encoding.trainsOnPrompt") { plan, _ in plan.encoding.trainsOnPrompt = true },
        SettingCase("encoding.masksHistory", around: talks) { plan, _ in
            plan.encoding.masksHistory = true
        },
        SettingCase("encoding.packing") { plan, _ in plan.encoding.packing = true },
        SettingCase("encoding.rowsAreOpen", around: { plan, _ in plan.encoding.packing = true }) {
            plan, _ in plan.encoding.rowsAreOpen = true
        },
        SettingCase("encoding.splitsSpecialTokens", around: talks) { plan, _ in
            plan.encoding.splitsSpecialTokens = true
        },
    ]

    private static let batching: [SettingCase] = [
        SettingCase("batching.microBatchSize") { plan, _ in plan.batching.microBatchSize = 3 },
        SettingCase("batching.accumulationSteps") { plan, _ in plan.batching.accumulationSteps = 1
        },
        SettingCase("batching.dropsLast", around: { plan, _ in plan.duration.stepsMax = nil }) {
            plan, _ in plan.batching.dropsLast = true
        },
        SettingCase("batching.groupsByLength") { plan, _ in plan.batching.groupsByLength = true },
        SettingCase("batching.shuffles") { plan, _ in plan.batching.shuffles = false },
    ]

    private static let optimizer: [SettingCase] = [
        SettingCase("optimizer.kind") { plan, _ in plan.optimizer.kind = .sgd },
        SettingCase("optimizer.learningRate") { plan, _ in plan.optimizer.learningRate = 1e-3 },
        SettingCase("optimizer.weightDecay") { plan, _ in plan.optimizer.weightDecay = 0.5 },
        SettingCase("optimizer.beta1") { plan, _ in plan.optimizer.beta1 = 0.5 },
        SettingCase("optimizer.beta2") { plan, _ in plan.optimizer.beta2 = 0.5 },
        SettingCase("optimizer.epsilon") { plan, _ in plan.optimizer.epsilon = 0.1 },
        SettingCase("optimizer.momentum", around: { plan, _ in plan.optimizer.kind = .sgd }) {
            plan, _ in plan.optimizer.momentum = 0.9
        },
        SettingCase("optimizer.gradientNormMax", around: { plan, _ in plan.optimizer.kind = .sgd })
        {
            plan, _ in plan.optimizer.gradientNormMax = 0.01
        },
        SettingCase("duration.epochs", around: { plan, _ in plan.duration.stepsMax = nil }) {
            plan, _ in plan.duration.epochs = 1
        },
        SettingCase("duration.stepsMax") { plan, _ in plan.duration.stepsMax = 3 },
    ]

    private static let runs: [SettingCase] = [
        SettingCase("evaluation.cadence", around: measures) { plan, _ in
            plan.evaluation.cadence = .never
        },
        SettingCase("evaluation.interval", around: measures) { plan, _ in
            plan.evaluation.interval = .init(1)
        },
        SettingCase("evaluation.batchSize", around: measures) { plan, _ in
            plan.evaluation.batchSize = 1
        },
        SettingCase("evaluation.runsAtStart", around: measures) { plan, _ in
            plan.evaluation.runsAtStart = true
        },
        SettingCase("evaluation.patience", around: worsens) { plan, _ in
            plan.evaluation.patience = 1
        },
        SettingCase("logging.cadence") { plan, _ in plan.logging.cadence = .epoch },
        SettingCase("logging.reports") { plan, _ in plan.logging.reports = ["tensorboard"] },
        SettingCase(
            "logging.reportFolder", around: { plan, _ in plan.logging.reports = ["tensorboard"] }
        ) { plan, tiny in plan.logging.reportFolder = tiny.path("run/boards") },
        SettingCase("logging.interval") { plan, _ in plan.logging.interval = .init(2) },
        SettingCase(
            "logging.recordsFirstStep", around: { plan, _ in plan.logging.interval = .init(3) }
        ) {
            plan, _ in plan.logging.recordsFirstStep = true
        },
        SettingCase("checkpointing.cadence") { plan, _ in plan.checkpointing.cadence = .never },
        SettingCase("checkpointing.interval") { plan, _ in plan.checkpointing.interval = .init(2) },
        SettingCase("checkpointing.keptMax") { plan, _ in plan.checkpointing.keptMax = 1 },
        SettingCase("checkpointing.savesOnlyModel") { plan, _ in
            plan.checkpointing.savesOnlyModel = true
        },
        SettingCase("checkpointing.loadsBest", around: worsens) { plan, _ in
            plan.checkpointing.loadsBest = true
        },
        SettingCase("checkpointing.resumesFrom") { plan, tiny in
            plan.checkpointing.resumesFrom = tiny.path("gone/checkpoint-3")
        },
        SettingCase("output.folder") { plan, tiny in plan.output.folder = tiny.path("elsewhere") },
        SettingCase("output.overwrites", earlierRun: "run") { plan, _ in
            plan.output.overwrites = true
        },
        SettingCase("output.runName") { plan, _ in plan.output.runName = "my run" },
    ]

    private static let schedule: [SettingCase] =
        [
            SettingCase("schedule.kind") { plan, _ in plan.schedule.kind = .cosine },
            SettingCase("schedule.warmupSteps") { plan, _ in plan.schedule.warmupSteps = 3 },
            SettingCase("schedule.warmupRatio") { plan, _ in plan.schedule.warmupRatio = 0.5 },
        ] + [
            curve("cycles", .cosineWithRestarts) { $0.cycles = 2 },
            curve("power", .polynomial) { $0.power = 2 },
            curve("endRate", .polynomial) { $0.endRate = 1e-3 },
            curve("minimumRate", .cosineWithMinimum, around: { _ in }) { $0.minimumRate = 1e-3 },
            curve("minimumRatio", .cosineWithMinimum, around: { _ in }) { $0.minimumRatio = 0.5 },
            curve(
                "warmupRatio", .cosineWarmupWithMinimum, around: { $0.minimumRatio = 0.1 }
            ) { $0.warmupRatio = 0.5 },
            curve("timescale", .inverseSquareRoot) { $0.timescale = 2 },
            curve("stableSteps", .warmupStableDecay, around: stages) { $0.stableSteps = 3 },
            curve("decaySteps", .warmupStableDecay, around: stages) { $0.decaySteps = 3 },
            curve("warmupBend", .warmupStableDecay, around: stages) { $0.warmupBend = .cosine },
            curve("decayBend", .warmupStableDecay, around: stages) { $0.decayBend = .linear },
            curve("floorRatio", .warmupStableDecay, around: stages) { $0.floorRatio = 0.5 },
        ]

    /// A constant of a curve, in a run with a warm-up.
    private static func curve(
        _ name: String, _ kind: ScheduleSettings.Kind,
        around: @escaping @Sendable (inout ScheduleSettings.Arguments) -> Void = { _ in },
        _ change: @escaping @Sendable (inout ScheduleSettings.Arguments) -> Void
    ) -> SettingCase {
        SettingCase(
            "schedule.arguments." + name,
            around: { plan, _ in
                plan.schedule.kind = kind
                plan.schedule.warmupSteps = 3
                around(&plan.schedule.arguments)
            }
        ) { plan, _ in change(&plan.schedule.arguments) }
    }

    @Sendable private static func stages(_ arguments: inout ScheduleSettings.Arguments) {
        (arguments.stableSteps, arguments.decaySteps) = (1, 4)
    }

    // MARK: - What settings need around them

    @Sendable private static func freezes(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.tuning.method = .freeze
    }

    @Sendable private static func measures(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.data.evaluationNames = [tiny.path("eval.json")]
        plan.evaluation.cadence = .steps
        plan.evaluation.interval = .init(3)
    }

    @Sendable private static func pairs(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.stage = .directPreference
        plan.data.names = ["pairs"]
    }

    @Sendable private static func referred(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        pairs(&plan, tiny)
        plan.preference.referencePath = tiny.path("model")
    }

    @Sendable private static func taught(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.stage = .distillation
        plan.preference.referencePath = tiny.path("teacher")
    }

    @Sendable private static func drawn(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.stage = .groupPolicy
        plan.rollout.rules = ["length 0..5"]
        (plan.rollout.answers, plan.rollout.newTokensMax) = (4, 8)
        plan.duration.stepsMax = 2
    }

    @Sendable private static func drawnTwice(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        drawn(&plan, tiny)
        plan.group.updates = 3
    }

    @Sendable private static func judgedElsewhere(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        drawn(&plan, tiny)
        plan.rollout.rules = ["command judge"]
    }

    @Sendable private static func judged(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.stage = .kto
        plan.data.names = ["judged"]
    }

    @Sendable private static func simpo(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        pairs(&plan, tiny)
        plan.preference.loss = .simpo
    }

    @Sendable private static func discopop(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        pairs(&plan, tiny)
        plan.preference.loss = .discopop
    }

    @Sendable private static func evaluates(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.data.evaluationNames = [tiny.path("eval.json")]
        plan.evaluation.cadence = .never
    }

    /// A rate at which what is measured grows.
    @Sendable private static func worsens(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        measures(&plan, tiny)
        plan.evaluation.interval = .init(1)
        plan.optimizer.learningRate = 2
    }

    @Sendable private static func joins(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.data.names.append(tiny.path("eval.json"))
    }

    /// A conversation of two turns whose texts name special tokens.
    @Sendable private static func talks(_ plan: inout TrainingPlan, _ tiny: TinyRun) {
        plan.data.names = [tiny.path("talk.json")]
    }

}
