// What an answer is worth, as data: one row for each kind of rule. Settings, checks and metrics walk the rows; what a kind
// looks at is its own function. Rules know texts, no model.

/// What a rule judges.
public struct JudgedText: Sendable, Equatable {
    /// What was asked, as the model read it.
    public var prompt: String
    /// What it answered.
    public var answer: String
    /// The answer that the record has.
    public var reference: String

    public init(prompt: String, answer: String, reference: String) {
        (self.prompt, self.answer, self.reference) = (prompt, answer, reference)
    }
}

/// A kind of rule.
public struct RewardKind: Sendable {
    typealias Score = @Sendable (JudgedText) -> Double

    /// Its name in settings files (`reward_funcs`).
    public let name: String
    /// What stands behind the name; nil where nothing does.
    public let argument: String?
    /// What gives the full reward of 1.
    public let help: String
    /// The rule for an argument; nil for rules that another program judges.
    let make: @Sendable (String) throws(RewardRule.Fault) -> Score?
    /// The rule of the file that the argument names; nil where it names none.
    var read: (@Sendable (String) throws(KernelError) -> Score)?

    /// All of them, in the order of lists.
    public static let all: [RewardKind] = [
        .exact, .number, .pattern, .length, .tags, .json, .command,
    ]

    /// The mean of what it gave, beside the reward as a whole.
    var metric: MetricKey { MetricKey(rawValue: "rewards/\(name)") }
}

/// One rule of a plan: a kind, and what it looks for.
public struct RewardRule: Sendable {
    /// What is wrong with the text of a rule.
    public struct Fault: Error {
        public let why: Sentence
    }

    public let kind: RewardKind
    /// What stands behind the kind's name.
    public let argument: String
    private var score: RewardKind.Score?

    /// "kind" or "kind argument", as settings files have it.
    public init(_ text: String) throws(Fault) {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let name = words.first, let kind = RewardKind.all.first(where: { $0.name == name })
        else {
            let known = RewardKind.all.map(\.name).formattedList("and")
            throw Fault(
                why: "\(text.escapedForDisplay) is no rule: there are \(known)")
        }
        argument = words.count > 1 ? String(words[1]).trimmingSpaces : ""
        if kind.argument == nil, !argument.isEmpty {
            throw Fault(why: "\(kind.name) takes nothing behind its name")
        }
        self.kind = kind
        score = try kind.make(argument)
    }

    /// Reads the file that the rule names, if it names one.
    mutating func readFile() throws(KernelError) {
        if let read = kind.read, !argument.isEmpty { score = try read(argument) }
    }

    /// The command of a rule that another program judges.
    public var command: String? { score == nil ? argument : nil }

    /// What an answer is worth by this rule, mostly 0 to 1; 0 of a rule that another program judges.
    func score(of text: JudgedText) -> Double { score?(text) ?? 0 }
}

extension StringProtocol {
    /// Without blanks and line breaks at both ends.
    var trimmingSpaces: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
