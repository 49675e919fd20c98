// What can be measured, as data: one row for each metric. All that logs, reads, prints, plots or compares metrics
// walks the rows. It does not know how anything is measured or drawn.

/// The name of a metric: the field of trainer_log.jsonl and of events that holds its value.
public struct MetricKey: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }
}

/// One metric.
public struct Metric: Sendable, Equatable {
    /// What its numbers are, and so how they are spelled.
    public enum Unit: Sendable {
        /// A loss, in nats.
        case nats
        case number
        /// Something a second.
        case perSecond
        /// Whole numbers.
        case bytes, count
    }

    /// What measures it.
    public struct Phases: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let step = Phases(rawValue: 1)
        public static let evaluation = Phases(rawValue: 2)
    }

    /// What a line of the log has for the steps since the line before.
    public enum Summary: Sendable { case mean, last }

    public var key: MetricKey
    /// The name in titles, in English.
    public var title: String
    /// The name in legends and beside numbers, in English.
    public var label: String
    public var unit: Unit
    public var phases: Phases
    public var summary: Summary
    /// The name in trainer_state.json's log_history, as in transformers.
    public var historyName: String
    /// Whether log_history has it.
    public var isInHistory: Bool
    /// The name after `plot --metric`.
    public var plotName: String
    /// Whether it has a plot.
    public var isPlotted: Bool
    /// Whether its plot is logarithmic unless asked otherwise: values differ by orders of magnitude.
    public var isLogarithmic: Bool
    /// Whether it stands beside the loss in a line of the log, as in LLaMA-Factory's, or behind the totals.
    public var isLeading: Bool
    /// How the command line prints it with a step, as a format of one number; nil when it does not.
    public var printed: String?
    /// Whether its last value tells one finished run from another.
    public var isResult: Bool
    /// The field that logs of other programs have in its place.
    public var foreignName: String?

    /// The defaults are those of a metric that an objective adds.
    public init(
        _ key: MetricKey, _ title: String? = nil, label: String? = nil, unit: Unit = .number,
        phases: Phases = [.step, .evaluation], summary: Summary = .mean,
        historyName: String? = nil, isInHistory: Bool = true, plotName: String? = nil,
        isPlotted: Bool = true,
        isLogarithmic: Bool = false, isLeading: Bool = false, printed: String? = nil,
        isResult: Bool = true, foreignName: String? = nil
    ) {
        self.key = key
        self.title = title ?? key.rawValue
        self.label = label ?? key.rawValue
        self.unit = unit
        self.phases = phases
        self.summary = summary
        self.historyName = historyName ?? key.rawValue
        self.isInHistory = isInHistory
        self.plotName = plotName ?? key.rawValue
        self.isPlotted = isPlotted
        self.isLogarithmic = isLogarithmic
        self.isLeading = isLeading
        self.printed = printed
        self.isResult = isResult
        self.foreignName = foreignName
    }

    /// The field that holds it in what an evaluation writes, also in log_history.
    public var evaluationName: String { Self.evaluationPrefix + historyName }
    /// What the names of measures of an evaluation begin with.
    public static let evaluationPrefix = "eval_"

    /// A value as files and events hold it: whole numbers without a point, what is not finite as null.
    public func json(_ value: Double) -> JSONValue {
        guard unit == .bytes || unit == .count, let whole = Int(exactly: value) else {
            return .number(value)
        }
        return .integer(whole)
    }
}

// MARK: - Metrics of every run

extension MetricKey {
    public static let loss: MetricKey = "loss"
    public static let learningRate: MetricKey = "lr"
    public static let gradientNorm: MetricKey = "grad_norm"
    public static let tokensPerSecond: MetricKey = "tokens_per_second"
    public static let trainedTokens: MetricKey = "trained_tokens"
    public static let memory: MetricKey = "memory_bytes"
}

extension Metric {
    /// Mean loss of a trained token in a step, of a labelled one in an evaluation.
    public static let loss = Metric(
        .loss, "Loss", unit: .nats, isLeading: true, printed: "loss %.4f")

    /// What every run measures. Their order is that of files, tables and plots.
    public static let common: [Metric] = [
        loss,
        Metric(
            .learningRate, "Learning rate", label: "lr", phases: .step, summary: .last,
            historyName: "learning_rate", isLeading: true, printed: "lr %.3g", isResult: false),
        // Euclidean norm of all gradients before clipping.
        Metric(
            .gradientNorm, "Gradient norm", label: "|grad|", phases: .step, summary: .last,
            isLogarithmic: true, printed: "grad norm %.3f", isResult: false),
        // Real (never padding) tokens a second in the step.
        Metric(
            .tokensPerSecond, "Tokens/s", label: "tok/s", unit: .perSecond, phases: .step,
            summary: .last, isInHistory: false, plotName: "tokens",
            printed: "%.0f tokens/s", foreignName: "throughput"),
        // Tokens with a label in the step.
        Metric(
            .trainedTokens, "Trained tokens", label: "trained", unit: .count, phases: .step,
            summary: .last, isPlotted: false, isResult: false),
        // Bytes that the process held after the step.
        Metric(
            .memory, "Memory", label: "memory", unit: .bytes, phases: .step, summary: .last,
            isInHistory: false, plotName: "memory"),
    ]
}
