// Short micro-batches in one fresh process after another: whether all of them run at one speed.

/// The short set in bf16, six processes.
struct ProcessesBenchmark: Benchmark {
    let name = "processes"
    let keys = ["processes.speed", "processes.handoff", "processes.spread"]
    private static let group = "LoRA r=8, bf16, short set, fresh processes"

    func measure(_ setup: Setup) throws -> [Figure] {
        let request = TrainingRequest(
            trainer: .workbench(["bf16": true]), set: .short,
            steps: setup.options.isQuick ? 3 : 6)
        var (speeds, handOffs) = (Samples(), Samples())
        for _ in 0..<(setup.options.isQuick ? 2 : 6) {
            if let rate = HandOff.millions() { handOffs.values.append(rate) }
            guard let median = try request.run(setup).speed.median else { continue }
            speeds.values.append(median)
        }
        let least = speeds.values.min() ?? 0
        let spread = (speeds.values.max() ?? 0) / max(least, .leastNonzeroMagnitude)
        return [
            Figure(
                key: keys[0], group: Self.group, title: "median of each process",
                unit: .tokensPerSecond, samples: speeds),
            Figure(
                key: keys[1], group: Self.group, title: "a cache line changes processors",
                unit: .millionsPerSecond, samples: handOffs),
            Figure(
                key: keys[2], group: Self.group, title: "most over least", unit: .ratio,
                samples: Samples(values: [spread])),
        ]
    }
}
