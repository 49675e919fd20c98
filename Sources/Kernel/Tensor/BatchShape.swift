// The size of a micro-batch as far as memory goes.

/// What of a micro-batch decides how much memory it takes.
public struct BatchShape: Sendable, Equatable {
    /// Tokens of all samples.
    public var tokens: Int
    /// Rows that predict a trained token: what the head reads.
    public var targets: Int
    /// Tokens of the longest sample.
    public var longest: Int
    public var samples: Int

    /// `targets` are all tokens unless told, `longest` as well.
    public init(tokens: Int, targets: Int? = nil, longest: Int? = nil, samples: Int = 1) {
        self.tokens = tokens
        self.targets = targets ?? tokens
        self.longest = longest ?? tokens
        self.samples = samples
    }

    /// Rows that are laid end to end.
    init(_ rows: some Sequence<BatchShape>) {
        self.init(tokens: 0, samples: 0)
        for row in rows {
            tokens += row.tokens
            targets += row.targets
            longest = max(longest, row.longest)
            samples += row.samples
        }
    }

    /// Room for either of two batches; fewer samples take more.
    func covering(_ other: BatchShape?) -> BatchShape {
        guard let other else { return self }
        return BatchShape(
            tokens: max(tokens, other.tokens), targets: max(targets, other.targets),
            longest: max(longest, other.longest), samples: min(samples, other.samples))
    }
}
