// Which steps have a line in the log, and what a line says of the steps since the line before: the mean of a loss,
// the newest of a rate. It writes nothing.

/// The steps between two lines.
struct LogCadence {
    /// `logging_steps`.
    let interval: Int
    /// `logging_first_step`.
    let firstStepToo: Bool
    /// Of metrics whose mean is logged, the values since the last line.
    private(set) var unlogged: [MetricKey: [Double]]

    /// `unlogged` is what a checkpoint knows of steps that have no line yet.
    init(every interval: Int, firstStepToo: Bool, unlogged: [MetricKey: [Double]] = [:]) {
        self.interval = max(1, interval)
        self.firstStepToo = firstStepToo
        self.unlogged = unlogged
    }

    /// Takes a step; what its line says when it has one.
    mutating func take(_ step: StepRecord) -> [MetricKey: Double]? {
        for row in step.rows where row.summary == .mean {
            unlogged[row.key, default: []].append(step[row.key])
        }
        let due =
            step.step % interval == 0 || step.step == step.totalSteps
            || (firstStepToo && step.step == 1)
        guard due else { return nil }
        var values = step.values
        for (key, series) in unlogged {
            values[key] = series.reduce(0, +) / Double(series.count)
        }
        unlogged = [:]
        return values
    }
}
