// The table of all metrics, and values by their names. A name that no row declares is a metric as well: logs of
// other programs and of later versions have some, and an objective may measure what it has no row for.

/// The rows of all stages.
public enum Metrics {
    /// Every declared row, in the order of files, tables and plots. The rows of an objective stand in its own file
    /// and come behind those of every run; objectives that measure the same share a row.
    public static let all: [Metric] = (Metric.common + TrainingStage.allCases.flatMap(\.metrics))
        .reduce(into: []) { rows, row in if !rows.contains(row) { rows.append(row) } }

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
    private static let places = Dictionary(
        uniqueKeysWithValues: all.enumerated().map { ($0.element.key, $0.offset) })
    /// The row of a metric; one without a row is a number under its own name.
    public static func row(_ key: MetricKey) -> Metric { byKey[key] ?? Metric(key) }

    /// Whether a row declares it.
    public static func isKnown(_ key: MetricKey) -> Bool { byKey[key] != nil }

    /// The rows of some keys in the table's order; those that no row declares follow by their names.
    public static func rows(of keys: some Sequence<MetricKey>) -> [Metric] {
        keys.sorted { a, b in
            (places[a] ?? .max, a.rawValue) < (places[b] ?? .max, b.rawValue)
        }.map(row)
    }

    /// The row that a person names: by the word of `plot --metric`, or by its field.
    public static func named(_ word: String) -> Metric? {
        all.first { $0.plotName == word } ?? byKey[MetricKey(rawValue: word)]
    }

    /// The fields of logs of other programs that stand for a metric.
    static let foreignNames: [(key: MetricKey, name: String)] = all.compactMap { row in
        row.foreignName.map { (row.key, $0) }
    }
}

/// Finds the values of metrics among the members of an object; made once for a kind of object.
public struct MetricReader: Sendable {
    private enum Member: Sendable {
        case fact
        case metric(MetricKey, isWhole: Bool)
    }

    /// Undeclared metrics that are read from one object at most, and the bytes of their names.
    private static let othersMax = 64
    private static let nameBytesMax = 64
    /// Whole numbers beyond this are none of a run.
    private static let wholeMax = Double(1 << 48)

    private let members: [String: Member]
    private let isEvaluation: Bool

    /// A reader of what a phase measures, among members of which some are `facts`. In an evaluation only names with
    /// its prefix are measures.
    public init(of phase: Metric.Phases, except facts: Set<String>) {
        isEvaluation = phase == .evaluation
        var members: [String: Member] = [:]
        for row in Metrics.all {
            let name = phase == .evaluation ? row.evaluationName : row.key.rawValue
            members[name] = .metric(row.key, isWhole: row.unit == .bytes || row.unit == .count)
        }
        for name in facts { members[name] = .fact }
        self.members = members
    }

    /// The measures; null is what was not finite. `hasOthers` becomes true when no row declares one of them.
    public func values(in object: JSONObject, hasOthers: inout Bool) -> [MetricKey: Double] {
        var values = [MetricKey: Double](minimumCapacity: Metric.common.count)
        var others = 0
        for (name, member) in object {
            switch members[name] {
            case .fact: continue
            case .metric(let key, let isWhole):
                guard let value = Self.number(member) else { continue }
                if isWhole, !(0...Self.wholeMax).contains(value) { continue }
                values[key] = value
            case nil:
                guard others < Self.othersMax, name.utf8.count <= Self.nameBytesMax,
                    let value = Self.number(member), let key = other(name)
                else { continue }
                others += 1
                hasOthers = true
                values[key] = value
            }
        }
        return values
    }

    /// The measures, whether or not rows declare them.
    public func values(in object: JSONObject) -> [MetricKey: Double] {
        var hasOthers = false
        return values(in: object, hasOthers: &hasOthers)
    }

    private static func number(_ member: JSONValue) -> Double? {
        member.double ?? (member == .null ? .nan : nil)
    }

    private func other(_ name: String) -> MetricKey? {
        guard isEvaluation else { return MetricKey(rawValue: name) }
        guard name.hasPrefix(Metric.evaluationPrefix) else { return nil }
        return MetricKey(rawValue: String(name.dropFirst(Metric.evaluationPrefix.count)))
    }
}

/// Whatever holds values of metrics.
public protocol Measured {
    /// What was measured; a metric without an entry was not.
    var values: [MetricKey: Double] { get set }
}

extension Measured {
    /// The value of a metric; NaN, which is a gap, where it was not measured.
    public subscript(key: MetricKey) -> Double { values[key] ?? .nan }

    /// Mean loss of a token, in nats.
    public var loss: Double {
        get { self[.loss] }
        set { values[.loss] = newValue }
    }

    /// The rows of what was measured, in the table's order.
    public var rows: [Metric] { Metrics.rows(of: values.keys) }
}
