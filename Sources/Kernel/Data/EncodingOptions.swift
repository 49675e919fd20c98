// The settings of data preparation, as a value: what is read, how it is cut and labelled.
// Plain fields with the defaults of LLaMA-Factory; knows no plan and no file.

/// Which datasets a run uses and where they are.
public struct DatasetSelection: Sendable, Equatable {
    /// The folder of `dataset_info.json`.
    public var directory: String
    /// Names or typed paths for training.
    public var training: [String]
    /// Names or typed paths for evaluation; these sets are always joined whole.
    public var evaluation: [String]
    /// How several training sets become one.
    public var mixing: DatasetMixing
    /// The chance of each training set when interleaving; empty: they take turns.
    public var probabilities: [Double]

    /// A selection of datasets.
    public init(
        directory: String, training: [String], evaluation: [String] = [],
        mixing: DatasetMixing = .concatenate, probabilities: [Double] = []
    ) {
        self.directory = directory
        self.training = training
        self.evaluation = evaluation
        self.mixing = mixing
        self.probabilities = probabilities
    }
}

/// How much of the training set is held out for evaluation.
public enum ValidationShare: Sendable, Equatable {
    /// Nothing is held out.
    case none
    /// A share between 0 and 1; the count is rounded up.
    case fraction(Double)
    /// So many examples.
    case count(Int)

    /// The meaning of `val_size`: above 1 a count, between 0 and 1 a share; nil for anything else.
    public init?(value: Double) {
        if value == 0 {
            self = .none
        } else if value > 0 && value < 1 {
            self = .fraction(value)
        } else if value > 1, value < 0x1p53 {
            self = .count(Int(value))
        } else {
            return nil
        }
    }

    /// How many of `total` examples are held out.
    public func count(of total: Int) -> Int {
        switch self {
        case .none: 0
        case .fraction(let share): min(total, Int((share * Double(total)).rounded(.up)))
        case .count(let count): min(total, count)
        }
    }
}

/// What happens to records that cannot be used.
public enum BrokenRecordPolicy: String, Sendable, Equatable, CaseIterable {
    /// They are left out, counted and listed.
    case skip
    /// The first one stops the preparation.
    case stop
}

/// What happens to examples longer than the cutoff.
public enum OverlongPolicy: String, Sendable, Equatable, CaseIterable {
    /// They are cut.
    case cut
    /// They are left out, counted and listed.
    case drop
}

/// Everything that decides how records become token ids.
public struct EncodingOptions: Sendable, Equatable {
    /// What the records are read for.
    public var objective = DataObjective.supervised
    /// The most tokens of one example; at least 2, for a prediction needs two.
    public var cutoffLength = 2048
    /// At most this many records of each dataset.
    public var samplesMax: Int?
    /// How much of the training set is held out.
    public var validation = ValidationShare.none
    /// Whether prompts are trained too.
    public var trainOnPrompt = false
    /// Whether only the last answer of a conversation is trained.
    public var maskHistory = false
    /// Whether special tokens written in records stay plain text; else they become their ids.
    public var splitsSpecialTokens = false
    /// Whether pre-training texts are joined into full blocks.
    public var packsTexts = true
    /// Whether conversations to train on share rows of up to the cutoff length.
    public var packsConversations = false
    /// Whether conversations of a row see those before them.
    public var opensRows = false
    /// What happens to records that cannot be used.
    public var brokenRecords = BrokenRecordPolicy.skip
    /// What happens to examples longer than the cutoff.
    public var overlong = OverlongPolicy.cut
    /// The seed of `num_samples`, of the validation split and of interleaving.
    public var seed: UInt64 = 42
    /// Bounds on one record.
    public var limits = RecordLimits()

    /// The defaults.
    public init() {}

    /// Throws when the options contradict each other or the template.
    func check(efficientEOS: Bool) throws(KernelError) {
        guard cutoffLength >= 2 else {
            throw KernelError(
                .configuration, "the cutoff length is too small", at: "cutoff_len",
                because: "expected at least 2, found \(cutoffLength)")
        }
        if trainOnPrompt && maskHistory {
            throw KernelError(
                .configuration, "mask_history is incompatible with train_on_prompt",
                hint: "Choose one of them")
        }
        if trainOnPrompt && efficientEOS && objective == .supervised {
            throw KernelError(
                .configuration, "this chat template does not support train_on_prompt",
                because: "its answers do not end with an end-of-text token of their own",
                hint: "Choose another template, or leave train_on_prompt off")
        }
        if let samplesMax, samplesMax < 1 {
            throw KernelError(
                .configuration, "too few samples are asked for", at: "max_samples",
                because: "expected at least 1, found \(samplesMax)")
        }
        let isSensible =
            switch validation {
            case .none: true
            case .fraction(let share): share > 0 && share < 1
            case .count(let count): count > 0
            }
        guard isSensible else {
            throw KernelError(
                .configuration, "the validation size is out of range", at: "val_size",
                because: "expected a share between 0 and 1, or a count")
        }
    }
}
