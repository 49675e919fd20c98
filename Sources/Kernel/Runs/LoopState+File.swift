// How the loop's state stands in a checkpoint: every field is written, null where there is no value, and
// must be there again. What no run can have reached is refused before it steers one.

extension LoopState: Codable {
    private enum Key: String, CodingKey {
        case schema, step, tokensSeen, lossSum, elapsedSeconds, bestEvaluationLoss, bestStep
        case evaluationsWithoutGain, evaluatedStep, unloggedLosses, unloggedValues
        case remembered
        case rateChangedAfter
        /// Checkpoints call it by its first name.
        case learningRateScale = "rateFactor"
    }

    public init(from decoder: any Swift.Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        isComplete = values.contains(.schema)
        if isComplete, try values.decode(Int.self, forKey: .schema) != 2 {
            throw DecodingError.dataCorruptedError(
                forKey: .schema, in: values, debugDescription: "unknown schema of the state")
        }
        let complete = isComplete
        func optional<Value: Decodable>(_ key: Key) throws -> Value? {
            complete
                ? try values.decode(Value?.self, forKey: key)
                : try values.decodeIfPresent(Value.self, forKey: key)
        }
        step = try values.decode(Int.self, forKey: .step)
        tokensSeen = try values.decode(Int.self, forKey: .tokensSeen)
        lossSum = try values.decode(Double.self, forKey: .lossSum)
        elapsedSeconds = try values.decode(Double.self, forKey: .elapsedSeconds)
        bestEvaluationLoss = try optional(.bestEvaluationLoss)
        bestStep = try optional(.bestStep)
        evaluationsWithoutGain = try values.decode(Int.self, forKey: .evaluationsWithoutGain)
        evaluatedStep = try optional(.evaluatedStep)
        // Objectives that measure more than a loss have a field of their own; others leave it out.
        let more = try values.decodeIfPresent([String: [Double]].self, forKey: .unloggedValues)
        for (name, series) in more ?? [:] { unlogged[MetricKey(rawValue: name)] = series }
        let losses = try values.decode([Double].self, forKey: .unloggedLosses)
        if !losses.isEmpty { unlogged[.loss] = losses }
        // Those that remember nothing leave it out as well.
        for sum in try values.decodeIfPresent([RememberedSum].self, forKey: .remembered) ?? [] {
            remembered.add(MetricKey(rawValue: sum.metric), sum.sum, weight: sum.weight)
        }
        learningRateScale = try optional(.learningRateScale)
        rateChangedAfter = try optional(.rateChangedAfter)
    }

    public func encode(to encoder: any Swift.Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(2, forKey: .schema)
        try values.encode(step, forKey: .step)
        try values.encode(tokensSeen, forKey: .tokensSeen)
        try values.encode(lossSum, forKey: .lossSum)
        try values.encode(elapsedSeconds, forKey: .elapsedSeconds)
        try values.encode(bestEvaluationLoss, forKey: .bestEvaluationLoss)
        try values.encode(bestStep, forKey: .bestStep)
        try values.encode(evaluationsWithoutGain, forKey: .evaluationsWithoutGain)
        try values.encode(evaluatedStep, forKey: .evaluatedStep)
        try values.encode(unlogged[.loss] ?? [], forKey: .unloggedLosses)
        let more = unlogged.filter { $0.key != .loss }.map { ($0.key.rawValue, $0.value) }
        if !more.isEmpty {
            try values.encode(
                Dictionary(uniqueKeysWithValues: more), forKey: .unloggedValues)
        }
        let sums = remembered.means.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            RememberedSum(metric: $0.key.rawValue, sum: $0.value.sum, weight: $0.value.weight)
        }
        if !sums.isEmpty { try values.encode(sums, forKey: .remembered) }
        try values.encode(learningRateScale, forKey: .learningRateScale)
        try values.encode(rateChangedAfter, forKey: .rateChangedAfter)
    }
}

/// A sum over the steps of a run, as checkpoints have it.
private struct RememberedSum: Codable {
    var metric: String
    var sum: Double
    var weight: Int
}

extension LoopState {
    /// Tokens beyond this are more than any machine reads.
    private static let tokensMax = 1 << 53
    /// A thousand years.
    private static let secondsMax = 3.2e10

    /// The first field that no run of so many steps can have reached, with its value; nil when all are right.
    func fault(totalSteps: Int) -> Sentence? {
        func outside(_ name: String, _ value: some CustomStringConvertible, _ range: String)
            -> Sentence
        {
            "\(name) is \(value), expected \(range)"
        }
        guard (0...totalSteps).contains(step) else {
            return outside("step", step, "0 to \(totalSteps)")
        }
        guard (0...Self.tokensMax).contains(tokensSeen) else {
            return outside("tokensSeen", tokensSeen, "0 to 2^53")
        }
        guard lossSum.isFinite else { return outside("lossSum", lossSum, "a finite number") }
        guard (0...Self.secondsMax).contains(elapsedSeconds) else {
            return outside("elapsedSeconds", elapsedSeconds, "0 to 3.2e10")
        }
        guard (bestStep == nil) == (bestEvaluationLoss == nil) else {
            return "bestStep and bestEvaluationLoss do not go together"
        }
        if let bestEvaluationLoss, !bestEvaluationLoss.isFinite {
            return outside("bestEvaluationLoss", bestEvaluationLoss, "a finite number")
        }
        for (name, value) in [
            ("bestStep", bestStep), ("evaluatedStep", evaluatedStep),
            ("rateChangedAfter", rateChangedAfter),
        ] {
            if let value, !(0...step).contains(value) {
                return outside(name, value, "0 to \(step)")
            }
        }
        // An evaluation may be asked for more than once at a step, but not without end.
        guard (0...Self.tokensMax).contains(evaluationsWithoutGain) else {
            return outside("evaluationsWithoutGain", evaluationsWithoutGain, "0 to 2^53")
        }
        for (key, series) in unlogged {
            guard series.count <= step, series.allSatisfy(\.isFinite) else {
                let name = key == .loss ? "unloggedLosses" : "unloggedValues"
                return "\(name) holds \(series.count) numbers, expected up to \(step) finite ones"
            }
        }
        for (key, mean) in remembered.means {
            guard mean.sum.isFinite, (0...Self.tokensMax).contains(mean.weight) else {
                return
                    "remembered holds \(mean.sum) of \(mean.weight) for \(key.rawValue), expected a finite sum and a count"
            }
        }
        guard (learningRateScale == nil) == (rateChangedAfter == nil) else {
            return "rateFactor and rateChangedAfter do not go together"
        }
        if let learningRateScale, !(learningRateScale.isFinite && learningRateScale > 0) {
            return outside("rateFactor", learningRateScale, "a finite number above 0")
        }
        return nil
    }
}
