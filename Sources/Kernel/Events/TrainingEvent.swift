// What a run reports: values only, in the order things happened.
// The command line prints them, the interface plots them, the metrics log keeps them.

/// One optimizer step as it was measured.
public struct StepRecord: Measured, Sendable, Equatable {
    /// Steps done, from 1.
    public var step: Int
    public var totalSteps: Int
    /// Epochs done, fractional.
    public var epoch: Double
    public var values: [MetricKey: Double]
    /// Real (never padding) tokens in this step.
    public var tokens: Int
    /// Real tokens since the start of the run, resumed parts included.
    public var tokensSeen: Int
    /// Seconds this session of the run has taken so far, pauses excluded.
    public var elapsedSeconds: Double
    /// Seconds until the end at the pace so far; nil before the first step.
    public var remainingSeconds: Double?

    public init(
        step: Int, totalSteps: Int, epoch: Double, values: [MetricKey: Double], tokens: Int,
        tokensSeen: Int, elapsedSeconds: Double, remainingSeconds: Double?
    ) {
        self.step = step
        self.totalSteps = totalSteps
        self.epoch = epoch
        self.values = values
        self.tokens = tokens
        self.tokensSeen = tokensSeen
        self.elapsedSeconds = elapsedSeconds
        self.remainingSeconds = remainingSeconds
    }
}

/// One evaluation on held-out samples.
public struct EvaluationRecord: Measured, Sendable, Equatable {
    public var step: Int
    public var epoch: Double
    public var values: [MetricKey: Double]
    /// Labelled tokens.
    public var tokens: Int
    public var seconds: Double

    public init(
        step: Int, epoch: Double, values: [MetricKey: Double], tokens: Int, seconds: Double
    ) {
        self.step = step
        self.epoch = epoch
        self.values = values
        self.tokens = tokens
        self.seconds = seconds
    }

    /// An evaluation that measured the loss alone.
    public init(step: Int, epoch: Double, loss: Double, tokens: Int, seconds: Double) {
        self.init(step: step, epoch: epoch, values: [.loss: loss], tokens: tokens, seconds: seconds)
    }
}

/// The answer to one of the plan's prompts with the weights of a step.
public struct SampleRecord: Sendable, Equatable {
    public var step: Int
    public var epoch: Double
    public var prompt: String
    public var answer: String
    public var newTokens: Int
    /// Why the answer ends where it does.
    public var ending: GenerationResult.Ending
    public var seconds: Double

    public init(
        step: Int, epoch: Double, prompt: String, answer: String, newTokens: Int,
        ending: GenerationResult.Ending, seconds: Double
    ) {
        (self.step, self.epoch, self.prompt, self.answer) = (step, epoch, prompt, answer)
        (self.newTokens, self.ending, self.seconds) = (newTokens, ending, seconds)
    }
}

/// What a run is about to do, known once model and data are ready.
public struct RunSummary: Sendable, Equatable {
    public var modelName: String
    public var family: String
    public var parameters: Int
    public var trainableParameters: Int
    public var template: String
    public var examples: Int
    public var evaluationExamples: Int
    public var totalSteps: Int
    /// The step the run resumes from; 0 for a new run.
    public var firstStep: Int
    public var folder: String
    /// What the run is called: the plan's name for it, or the last part of its folder.
    public var name: String
    /// Peak bytes that the run is expected to take.
    public var memoryBytes: Int?
    /// The best evaluation before this start, and its step.
    public var bestEvaluationLoss: Double?
    public var bestStep: Int?

    public init(
        modelName: String, family: String, parameters: Int, trainableParameters: Int,
        template: String,
        examples: Int, evaluationExamples: Int, totalSteps: Int, firstStep: Int, folder: String,
        name: String? = nil, memoryBytes: Int? = nil
    ) {
        self.modelName = modelName
        self.family = family
        self.parameters = parameters
        self.trainableParameters = trainableParameters
        self.template = template
        self.examples = examples
        self.evaluationExamples = evaluationExamples
        self.totalSteps = totalSteps
        self.firstStep = firstStep
        self.folder = folder
        self.memoryBytes = memoryBytes
        self.name = name ?? folder.split(separator: "/").last.map(String.init) ?? folder
    }
}

extension RunSummary {
    /// A run that trains nothing yet.
    init(_ plan: TrainingPlan, base: PreparedModel, folder: String, evaluationExamples: Int) {
        self.init(
            modelName: base.folder.path.split(separator: "/").last.map(String.init) ?? "",
            family: base.folder.config.modelType, parameters: base.folder.parameterCount,
            trainableParameters: 0, template: base.templateName, examples: 0,
            evaluationExamples: evaluationExamples, totalSteps: 0, firstStep: 0, folder: folder,
            name: plan.output.runName)
    }
}

/// How a run ended.
public struct RunResult: Sendable, Equatable {
    public enum Ending: String, Sendable, Codable {
        case completed, stopped, earlyStopped
        /// Nothing was to be trained: held-out loss was measured.
        case evaluated
    }
    public var ending: Ending
    public var steps: Int
    /// Mean loss over all steps; nil when no step was done.
    public var meanLoss: Double?
    public var elapsedSeconds: Double
    public var tokensSeen: Int
    public var folder: String

    public init(
        ending: Ending, steps: Int, meanLoss: Double?, elapsedSeconds: Double, tokensSeen: Int,
        folder: String
    ) {
        (self.ending, self.steps, self.meanLoss) = (ending, steps, meanLoss)
        (self.elapsedSeconds, self.tokensSeen, self.folder) = (elapsedSeconds, tokensSeen, folder)
    }
}

/// Everything that a run reports.
public enum TrainingEvent: Sendable, Equatable {
    /// Work before the first step: "Reading the model", with a fraction when known.
    case preparing(Sentence, fraction: Double?)
    case prepared(RunSummary)
    case stepFinished(StepRecord)
    case evaluated(EvaluationRecord)
    case sampled(SampleRecord)
    case checkpointSaved(path: String, step: Int)
    /// The user changed the learning rate.
    case rateChanged(RateRecord)
    /// A checkpoint failed; the run continues.
    case checkpointFailed(KernelError)
    case paused(step: Int)
    case resumed(step: Int)
    case notice(Sentence)
    case finished(RunResult)
    case failed(KernelError)
}
