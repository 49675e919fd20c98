// One training of Workbench by a settings file, as a user starts it, judged by the lines it prints.

import Foundation

/// A training of the measured program.
struct WorkbenchTraining {
    let request: TrainingRequest
    let changes: [String: PlanValue]

    private static let timeout = 900.0
    /// The system prompt of the model folder's own chat template, which PEFT's script renders with.
    private static let system =
        "You are a helpful AI assistant named SmolLM, trained by Hugging Face"

    /// Runs it to its end.
    func run(_ setup: Setup) throws -> TrainingOutcome {
        setup.scratch.remove("run")
        let file = setup.scratch.file("plan.json")
        let plan = try plan(setup).merging(changes) { $1 }
        try JSONEncoder().encode(plan).write(to: URL(fileURLWithPath: file))
        let outcome = try setup.run(
            setup.workbench(["train", file, "--json", "--threads", "\(setup.options.threads)"]),
            timeout: Self.timeout)
        let events = try outcome.lines.map {
            ($0.seconds, try ChildProcess.Outcome.object($0.text))
        }
        let done = events.filter { $0.1["event"] as? String == "step" }
        guard done.count == request.steps, let first = done.first else {
            throw BenchmarkError("\(done.count) of \(request.steps) steps were reported")
        }
        var steps: [TakenStep] = []
        var before = 0.0
        for (time, event) in done {
            guard let tokens = event["tokens"] as? Int, let loss = event["loss"] as? Double,
                let trained = event["trained_tokens"] as? Int
            else { throw BenchmarkError("a step was reported without tokens or loss") }
            // From line to line, by our clock: what the program says of itself is not believed.
            steps.append(
                TakenStep(
                    seconds: time - before, tokens: tokens, trainedTokens: trained, loss: loss))
            before = time
        }
        let evaluation = events.last { $0.1["event"] as? String == "eval" }
        return TrainingOutcome(
            steps: steps, peakMebibytes: outcome.peakMebibytes, firstStepSeconds: first.0,
            evaluationLoss: evaluation?.1["eval_loss"] as? Double)
    }

    /// What all trainings have in common.
    func plan(_ setup: Setup) throws -> [String: PlanValue] {
        // The folder has the weights that the peers train.
        let model = setup.peers.haveModelFolder ? setup.peers.modelFolder : setup.options.model
        return [
            "model_name_or_path": .text(model), "stage": "sft", "do_train": true,
            "finetuning_type": "lora", "lora_rank": .integer(PeerTraining.rank),
            "lora_alpha": .integer(2 * PeerTraining.rank), "lora_dropout": 0.0,
            "lora_target": "all", "dataset": .text(try request.set.file(setup)),
            "cutoff_len": .integer(TrainingSet.cutoff), "packing": false,
            "output_dir": .text(setup.scratch.file("run")),
            "per_device_train_batch_size": .integer(TrainingSet.batch),
            "gradient_accumulation_steps": .integer(request.set.accumulation),
            "max_steps": .integer(request.steps), "learning_rate": .number(request.rate),
            "lr_scheduler_type": "cosine", "warmup_steps": 0, "weight_decay": 0.0,
            "save_strategy": "no", "logging_steps": 1, "seed": 42, "disable_shuffling": true,
            "default_system": .text(Self.system),
        ]
    }
}
