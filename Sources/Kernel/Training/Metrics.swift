// The table of all metrics, and values by their names. A name that no row declares is a metric as well: logs of
// other programs and of later versions have some, and an objective may measure what it has no row for.

/// The rows of all stages.
public enum Metrics {
    /// Every declared row, in the order of files, tables and plots. The rows of an objective stand in its own file
    /// and come behind those of every run.
    public static let all: [Metric] = Metric.common

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
    private static let places = Dictionary(
        uniqueKeysWithValues: all.enumerated().map { ($0.element.key, $0.offset) })
    private static let byEvaluationName = Dictionary(
        uniqueKeysWithValues: all.map { ($0.evaluationName, $0.key) })

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

    // MARK: - Reading

    /// Undeclared metrics that are read from one object at most, and the bytes of their names.
    private static let othersMax = 64
    private static let nameBytesMax = 64
    /// Whole numbers beyond this are none of a run.
    private static let wholeMax = Double(1 << 48)

    /// The measures among the members of an object, but for those that are `facts`. Null is what was not finite.
    /// In an evaluation only names with its prefix are measures.
    public static func values(
        in object: JSONObject, of phase: Metric.Phases, except facts: Set<String>
    ) -> [MetricKey: Double] {
        var values: [MetricKey: Double] = [:]
        var others = 0
        for (name, member) in object where !facts.contains(name) {
            guard let value = member.double ?? (member == .null ? .nan : nil),
                let key = key(named: name, phase)
            else { continue }
            if let row = byKey[key] {
                let isWhole = row.unit == .bytes || row.unit == .count
                if isWhole, !(0...wholeMax).contains(value) { continue }
            } else {
                guard others < othersMax, name.utf8.count <= nameBytesMax else { continue }
                others += 1
            }
            values[key] = value
        }
        return values
    }

    private static func key(named name: String, _ phase: Metric.Phases) -> MetricKey? {
        guard phase == .evaluation else {
            return byKey[MetricKey(rawValue: name)]?.key ?? MetricKey(rawValue: name)
        }
        if let key = byEvaluationName[name] { return key }
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
