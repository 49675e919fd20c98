// A line of trainer_log.jsonl with LLaMA-Factory's fields, written and read back, and the same measures as
// transformers' log_history has them. Lines of other programs give less, never an error.

import Foundation

/// What a line of a run's log says.
public enum RunLogLine: Sendable, Equatable {
    case step(StepRecord)
    case evaluation(EvaluationRecord)
    case rate(RateRecord)
    /// A line of another event, or without a measure.
    case other

    /// The log's name in the folder of a run.
    public static let fileName = "trainer_log.jsonl"

    /// The field that marks an evaluation.
    static let evaluationMark = Metric.loss.evaluationName
    /// The fields of a line that are no metrics.
    private static let facts: Set = [
        "current_steps", "total_steps", "epoch", "percentage", "elapsed_time", "remaining_time",
        "throughput", "total_tokens", "event", "factor", "peak_lr",
    ]

    // MARK: - Writing

    /// A step's line; `values` stand for the steps since the line before.
    static func line(_ step: StepRecord, _ values: [MetricKey: Double]) -> JSONObject {
        let rows = Metrics.rows(of: values.keys)
        var line: JSONObject = [
            "current_steps": .integer(step.step), "total_steps": .integer(step.totalSteps),
        ]
        line.add(rows.filter(\.isLeading), values, name: \.key.rawValue)
        line["epoch"] = .number(step.epoch)
        line["percentage"] = percentage(step.step, of: step.totalSteps)
        line["elapsed_time"] = .string(clock(step.elapsedSeconds))
        line["remaining_time"] = .string(clock(step.remainingSeconds ?? 0))
        line["throughput"] = .number(Double(step.tokensSeen) / max(1e-9, step.elapsedSeconds))
        line["total_tokens"] = .integer(step.tokensSeen)
        line.add(rows.filter { !$0.isLeading }, values, name: \.key.rawValue)
        return line
    }

    /// A step's entry of log_history, its keys in order as transformers writes them.
    static func entry(_ step: StepRecord, _ values: [MetricKey: Double]) -> JSONObject {
        var entry: JSONObject = [
            "epoch": .number(step.epoch), "num_input_tokens_seen": .integer(step.tokensSeen),
            "step": .integer(step.step),
        ]
        let rows = Metrics.rows(of: values.keys).filter(\.isInHistory)
        entry.add(rows, values, name: \.historyName)
        return entry.sortedByKey()
    }

    /// An evaluation's line.
    static func line(_ record: EvaluationRecord, totalSteps: Int) -> JSONObject {
        var line: JSONObject = [
            "current_steps": .integer(record.step), "total_steps": .integer(totalSteps),
        ]
        line.add(record.rows, record.values, name: \.evaluationName)
        line["epoch"] = .number(record.epoch)
        line["percentage"] = percentage(record.step, of: totalSteps)
        return line
    }

    /// An evaluation's entry of log_history.
    static func entry(_ record: EvaluationRecord) -> JSONObject {
        var entry: JSONObject = [
            "epoch": .number(record.epoch), "eval_runtime": .number(record.seconds),
            "step": .integer(record.step),
        ]
        entry.add(record.rows, record.values, name: \.evaluationName)
        return entry.sortedByKey()
    }

    /// A change has a line of its own, under the first step that it counts for.
    static func line(_ change: RateRecord) -> JSONObject {
        [
            "event": "learning_rate", "current_steps": .integer(change.firstStep),
            "total_steps": .integer(change.totalSteps), "factor": .number(change.factor),
            "peak_lr": .number(change.peak), "lr": .number(change.rate),
            "percentage": percentage(change.firstStep, of: change.totalSteps),
        ]
    }

    /// A change's entry of log_history.
    static func entry(_ change: RateRecord) -> JSONObject {
        [
            "event": "learning_rate", "factor": .number(change.factor),
            "learning_rate": .number(change.rate), "peak_lr": .number(change.peak),
            "step": .integer(change.firstStep),
        ]
    }

    /// The part of the run that is done, in percent with two decimals.
    static func percentage(_ step: Int, of total: Int) -> JSONValue {
        .number((Double(step) / Double(max(1, total)) * 10_000).rounded() / 100)
    }

    // MARK: - Names

    /// The names of a measure in a line and in log_history, in the order of a line.
    static let names: [(line: String, entry: String)] = {
        var (front, back): ([(line: String, entry: String)], [(line: String, entry: String)])
        (front, back) = ([], [])
        for row in Metrics.all {
            if row.phases.contains(.step), row.isInHistory {
                let name = (line: row.key.rawValue, entry: row.historyName)
                if row.isLeading { front.append(name) } else { back.append(name) }
            }
            if row.phases.contains(.evaluation) {
                front.append((row.evaluationName, row.evaluationName))
            }
        }
        front += [("epoch", "epoch"), ("total_tokens", "num_input_tokens_seen")]
        back += [("event", "event"), ("factor", "factor"), ("peak_lr", "peak_lr")]
        return front + back
    }()

    private static let lineNames = Set(names.map(\.line))
    private static let entryNames = Set(names.map(\.entry))

    /// The fields of a line that an entry of log_history knows; those of undeclared metrics keep their names.
    static func fields(of entry: JSONObject) -> [(name: String, value: JSONValue)] {
        names.compactMap { name in entry[name.entry].map { (name.line, $0) } }
            + entry.filter { name, value in
                !entryNames.contains(name) && name != "step" && name != "eval_runtime"
                    && value.double != nil
            }.map { ($0.key, $0.value) }
    }

    /// The entry of log_history that a line stands for.
    static func entry(of line: JSONObject, step: Int) -> JSONObject {
        var entry: JSONObject = ["step": .integer(step)]
        for name in names { entry[name.entry] = line[name.line] }
        for (name, value) in line
        where !lineNames.contains(name) && !facts.contains(name) && value.double != nil
            && !Metrics.isKnown(MetricKey(rawValue: name))
        {
            entry[name] = value
        }
        return entry
    }

    // MARK: - Reading

    private static let stepReader = MetricReader(of: .step, except: facts)
    private static let evaluationReader = MetricReader(of: .evaluation, except: facts)

    /// What a line says; nil when it is no line of a log. What it does not say of a step is 0, or not measured.
    public init?(_ json: JSONValue) {
        var hasOthers = false
        self.init(json, hasOthers: &hasOthers)
    }

    /// The same; `hasOthers` becomes true when the line has a metric that no row declares.
    public init?(_ json: JSONValue, hasOthers: inout Bool) {
        guard let body = json.object, let step = body["current_steps"]?.integer, step >= 0 else {
            return nil
        }
        let total = body["total_steps"]?.integer ?? 0
        let epoch = body["epoch"]?.double ?? 0
        if let event = body["event"] {
            guard event == "learning_rate" else {
                self = .other
                return
            }
            self = .rate(
                RateRecord(
                    firstStep: step, totalSteps: total, factor: body["factor"]?.double ?? .nan,
                    peak: body["peak_lr"]?.double ?? .nan, rate: body["lr"]?.double ?? .nan))
            return
        }
        if body[Self.evaluationMark]?.double != nil {
            let values = Self.evaluationReader.values(in: body, hasOthers: &hasOthers)
            self = .evaluation(
                EvaluationRecord(step: step, epoch: epoch, values: values, tokens: 0, seconds: 0))
            return
        }
        guard body[MetricKey.loss.rawValue] != nil else {
            self = .other
            return
        }
        var values = Self.stepReader.values(in: body, hasOthers: &hasOthers)
        for (key, name) in Metrics.foreignNames where values[key] == nil {
            values[key] = body[name]?.double
        }
        self = .step(
            StepRecord(
                step: step, totalSteps: total, epoch: epoch, values: values, tokens: 0,
                tokensSeen: body["total_tokens"]?.integer ?? 0,
                elapsedSeconds: Self.seconds(body["elapsed_time"]?.string ?? "") ?? 0,
                remainingSeconds: Self.seconds(body["remaining_time"]?.string ?? "")))
    }

    // MARK: - Times

    /// "h:mm:ss", with days in front beyond 24 hours, as LLaMA-Factory writes it.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds.isFinite ? seconds : 0).rounded())
        let rest = String(
            format: "%d:%02d:%02d", whole % 86_400 / 3600, whole % 3600 / 60, whole % 60)
        switch whole / 86_400 {
        case 0: return rest
        case 1: return "1 day, " + rest
        case let days: return "\(days) days, " + rest
        }
    }

    /// Reads what `clock` writes; nil when it is something else.
    static func seconds(_ text: String) -> Double? {
        var rest = Substring(text)
        var days = 0
        if let comma = rest.firstIndex(of: ",") {
            let words = rest[..<comma].split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, words[1] == "day" || words[1] == "days",
                let count = number(words[0], 1...6), rest[comma...].hasPrefix(", ")
            else { return nil }
            (days, rest) = (count, rest[comma...].dropFirst(2))
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hours = number(parts[0], 1...6),
            let minutes = number(parts[1], 2...2), let seconds = number(parts[2], 2...2)
        else { return nil }
        return Double(days * 86_400 + hours * 3600 + minutes * 60 + seconds)
    }

    private static func number(_ text: Substring, _ digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}

extension JSONObject {
    /// Adds the values of rows under their names.
    mutating func add(
        _ rows: [Metric], _ values: [MetricKey: Double], name: KeyPath<Metric, String>
    ) {
        for row in rows { self[row[keyPath: name]] = values[row.key].map(row.json) }
    }
}
