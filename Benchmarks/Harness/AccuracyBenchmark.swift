// What lower precision costs: twenty steps of our own training in fp32, in bf16, over NF4 and over the 4-bit
// blocks of a GGUF file, with the same records and the same held-out ones.

/// Losses of bf16 and NF4 beside fp32's.
struct AccuracyBenchmark: Benchmark {
    let name = "accuracy"
    let keys = [
        "accuracy.bf16", "accuracy.bf16.eval", "accuracy.nf4.eval", "accuracy.q4_1.eval",
    ]

    func measure(_ setup: Setup) throws -> [Figure] {
        let steps = setup.options.isQuick ? 4 : 20
        func train(_ changes: [String: PlanValue]) throws -> TrainingOutcome {
            let evaluation: [String: PlanValue] = [
                "val_size": 64, "eval_strategy": "steps", "eval_steps": .integer(steps),
            ]
            let plan = changes.merging(evaluation) { $1 }
            return try setup.trainings.outcome(
                TrainingRequest(
                    trainer: .workbench(plan), set: .sample, steps: steps, rate: 1e-3), setup)
        }
        let wide = try train([:])
        let narrow = try train(["bf16": true])
        let quantized = try train(["bf16": true, "quantization_bit": 4])
        // The fp32 weights are what these blocks stand for.
        let blocks = try train(["bf16": true, "model_name_or_path": .text(setup.options.model)])
        let differences = zip(narrow.steps, wide.steps).compactMap { pair -> Double? in
            guard let narrow = pair.0.loss, let wide = pair.1.loss else { return nil }
            return abs(narrow / wide - 1) * 100
        }
        guard differences.count == steps, let most = differences.max() else {
            throw BenchmarkError("\(differences.count) of \(steps) steps can be compared")
        }
        let group = "Accuracy, own runs of \(steps) steps"
        func evaluated(
            _ index: Int, _ title: String, _ outcome: TrainingOutcome
        ) throws -> Figure {
            guard let loss = outcome.evaluationLoss, let base = wide.evaluationLoss else {
                throw BenchmarkError("a training reported no loss of the held-out records")
            }
            return Figure(
                key: keys[index], group: group, title: title, unit: .loss,
                samples: Samples(values: [loss]),
                peer: PeerSamples(name: "own fp32", samples: Samples(values: [base])))
        }
        return [
            Figure(
                key: keys[0], group: group, title: "bf16 beside fp32, largest step loss difference",
                unit: .percent, samples: Samples(values: [most])),
            try evaluated(1, "bf16, held-out loss", narrow),
            try evaluated(2, "NF4 and bf16, held-out loss", quantized),
            try evaluated(3, "Q4_1 blocks and bf16, held-out loss", blocks),
        ]
    }
}
