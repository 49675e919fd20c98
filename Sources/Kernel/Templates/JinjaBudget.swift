// What a template may use up, counted by the work that is done: values visited and compared,
// characters scanned and copied, bytes written, depth. Data of the user's own raise the limits.

/// What a template may use up.
public struct JinjaLimits: Sendable, Equatable {
    /// Statements, expressions and values that are visited; 32 bytes of text are one.
    public var steps = 1_000_000
    /// Bytes of the result, and of any single string on the way.
    public var outputBytes = 4 << 20
    /// Bytes of all strings made on the way.
    public var madeBytes = 32 << 20

    /// The usual limits.
    public init() {}
}

/// Counts the work of one rendering.
struct JinjaBudget {
    /// How deep evaluation may nest: macros that call themselves end here, not the stack.
    static let depthMax = 400
    /// How deep values may nest: what the JSON reader lets through, and what expressions add.
    static let nestingMax = 128 + JinjaParser.depthMax

    let steps: Int
    let textBytes: Int
    let madeBytes: Int
    private(set) var spent = 0
    private(set) var made = 0

    /// - Parameter inputBytes: the size of the data, by which all limits grow.
    init(_ limits: JinjaLimits, inputBytes: Int) {
        let bytes = min(inputBytes, 1 << 32)
        steps = limits.steps + bytes
        textBytes = limits.outputBytes + 4 * bytes
        madeBytes = limits.madeBytes + 16 * bytes
    }

    /// Counts steps; a reason when there were too many.
    mutating func spend(_ count: Int) -> Sentence? {
        let (total, overflows) = spent.addingReportingOverflow(count)
        spent = overflows ? .max : total
        return spent <= steps ? nil : "more work than \(steps) steps"
    }

    /// Counts the bytes of a new string; a reason when there are too many.
    mutating func make(_ bytes: Int) -> Sentence? {
        guard bytes <= textBytes else { return "a string of more than \(textBytes) bytes" }
        made += bytes
        guard made <= madeBytes else { return "more than \(madeBytes) bytes of strings" }
        return spend(bytes / 32)
    }
}
