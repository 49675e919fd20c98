// LoRA on every linear layer of the sample model in fp32 and bf16: speed, memory, and how long until the
// first step is done, beside PEFT with the same records, batches and steps.

import Foundation

/// Training, the longest part.
struct LoRABenchmark: Benchmark {
    let name = "lora"
    var keys: [String] {
        Case.allCases.flatMap { one in Row.allCases.map { "lora.\(one).\($0)" } }
    }

    /// A quantity of a training.
    private enum Row: CaseIterable {
        case speed, memory, start, loss

        var title: String {
            switch self {
            case .speed: "speed"
            case .memory: "peak memory"
            case .start: "first step done"
            case .loss: "mean loss"
            }
        }

        var unit: Figure.Unit {
            switch self {
            case .speed: .tokensPerSecond
            case .memory: .mebibytes
            case .start: .seconds
            case .loss: .loss
            }
        }
    }

    private static let (batch, accumulation, cutoff, rank) = (4, 4, 512, 8)
    /// No round is begun that would not end within this time.
    private static let secondsMax = 540.0
    private static let timeout = 900.0
    /// The system prompt of the model folder's own chat template, which PEFT's script renders with.
    private static let system =
        "You are a helpful AI assistant named SmolLM, trained by Hugging Face"

    func measure(_ setup: Setup) throws -> [Figure] {
        let steps = setup.options.isQuick ? 2 : 5
        let data = setup.scratch.file("records.json")
        // As many records as the steps take: both programs see each once, in the order of the file.
        try SampleRecords().writeEvenly(steps * Self.batch * Self.accumulation, to: data)
        let cases = Case.allCases.filter { $0 == .gguf || setup.peers.haveModelFolder }
        var ours: [Case: [[Row: Double]]] = [:]
        var theirs: [Precision: [[Row: Double]]] = [:]
        let began = Clock.seconds
        for round in 1...(setup.options.isQuick ? 1 : 3) {
            let roundBegan = Clock.seconds
            for one in cases {
                let result = try train(one, data, steps, setup)
                say(result, "workbench, \(one)", round, setup)
                ours[one, default: []].append(result)
                // The peer runs between ours, so that a change of the machine's mood meets all.
                guard one != .folder, setup.peers.haveTraining else { continue }
                let peer = try trainPeer(one.precision, data, steps, setup)
                say(peer, "PEFT, \(one.precision.rawValue)", round, setup)
                theirs[one.precision, default: []].append(peer)
            }
            let now = Clock.seconds
            if now - began + (now - roundBegan) > Self.secondsMax { break }
        }
        return cases.flatMap { one in
            Row.allCases.map { row in
                figure(row, one, ours[one, default: []], theirs[one.precision, default: []])
            }
        }
    }

    /// In what products are computed; the raw value is what it is called in figures.
    private enum Precision: String {
        case float32 = "fp32"
        case bfloat16 = "bf16"

        /// What the peer's script calls it: `amp` is what `bf16: true` means to the Trainer.
        var peerName: String { self == .float32 ? "fp32" : "amp" }
    }

    /// A model as it lies on the disk, and a precision.
    private enum Case: String, CaseIterable {
        case gguf, folder, bf16

        var precision: Precision { self == .bf16 ? .bfloat16 : .float32 }

        func path(_ setup: Setup) -> String {
            self == .gguf ? setup.options.model : setup.peers.modelFolder
        }
    }

    private func figure(
        _ row: Row, _ one: Case, _ ours: [[Row: Double]], _ theirs: [[Row: Double]]
    ) -> Figure {
        var peer = PeerSamples(
            name: "PEFT", samples: Samples(values: theirs.compactMap { $0[row] }))
        if theirs.isEmpty { peer.problem = Peers.absence }
        let source = one == .gguf ? "GGUF file" : "folder"
        return Figure(
            key: "lora.\(one).\(row)",
            group: "LoRA r=8, \(one.precision.rawValue), from the \(source)",
            title: row.title, unit: row.unit,
            samples: Samples(values: ours.compactMap { $0[row] }), peer: peer)
    }

    private func say(_ result: [Row: Double], _ who: String, _ round: Int, _ setup: Setup) {
        let facts = Row.allCases.compactMap { row in
            result[row].map { "\(row.title) \(row.unit.text($0)) \(row.unit.rawValue)" }
        }
        setup.say("lora, round \(round), \(who): \(facts.joined(separator: ", "))")
    }

    // MARK: - Workbench

    /// One run by a settings file, as a user starts it, judged by the lines it prints.
    private func train(
        _ one: Case, _ data: String, _ steps: Int, _ setup: Setup
    ) throws -> [Row: Double] {
        setup.scratch.remove("run")
        let plan: [String: Any] = [
            "model_name_or_path": one.path(setup), "stage": "sft", "do_train": true,
            "finetuning_type": "lora", "lora_rank": Self.rank, "lora_alpha": 2 * Self.rank,
            "lora_dropout": 0.0, "lora_target": "all", "dataset": data,
            "cutoff_len": Self.cutoff, "packing": false, "output_dir": setup.scratch.file("run"),
            "per_device_train_batch_size": Self.batch,
            "gradient_accumulation_steps": Self.accumulation, "max_steps": steps,
            "learning_rate": 1e-4, "lr_scheduler_type": "cosine", "warmup_steps": 0,
            "weight_decay": 0.0, "save_strategy": "no", "logging_steps": 1, "seed": 42,
            "disable_shuffling": true, "default_system": Self.system,
            "bf16": one.precision == .bfloat16,
        ]
        let file = setup.scratch.file("plan.json")
        try JSONSerialization.data(withJSONObject: plan).write(to: URL(fileURLWithPath: file))
        let outcome = try setup.run(
            setup.workbench(["train", file, "--json", "--threads", "\(setup.options.threads)"]),
            timeout: Self.timeout)
        let lines = try outcome.lines.map { ($0.seconds, try ChildProcess.Outcome.object($0.text)) }
        let done = lines.filter { $0.1["event"] as? String == "step" }
        guard done.count == steps, let first = done.first, let last = done.last else {
            throw BenchmarkError("\(done.count) of \(steps) steps were reported")
        }
        func sum(_ name: String, _ steps: [(Double, [String: Any])]) -> Double {
            steps.reduce(0) { $0 + ($1.1[name] as? Double ?? .nan) }
        }
        return [
            .speed: sum("tokens", Array(done.dropFirst())) / (last.0 - first.0),
            .memory: outcome.peakMebibytes, .start: first.0,
            .loss: sum("loss", done) / Double(steps),
        ]
    }

    // MARK: - PEFT

    /// The same with Benchmarks/peers/train_lora.py. Memory and start are seen from outside, as
    /// ours; the speed is its own figure, which counts the same steps and no padding.
    private func trainPeer(
        _ precision: Precision, _ data: String, _ steps: Int, _ setup: Setup
    ) throws -> [Row: Double] {
        let result = setup.scratch.file("peer.json")
        setup.scratch.remove("peer.json")
        let numbers = [
            ("batch", Self.batch), ("accumulation", Self.accumulation), ("steps", steps - 1),
            ("warmup", 1), ("cutoff", Self.cutoff), ("rank", Self.rank), ("alpha", 2 * Self.rank),
            ("threads", setup.options.threads),
        ]
        let outcome = try setup.run(
            Command(
                program: setup.peers.python,
                arguments: [
                    "Benchmarks/peers/train_lora.py", "--model", setup.peers.modelFolder,
                    "--data", data, "--in-order", "--dtype", precision.peerName, "--out",
                    result,
                ] + numbers.flatMap { ["--\($0.0)", "\($0.1)"] },
                // Its best: huge pages for malloc make PyTorch some 5 to 20 % faster.
                environment: [
                    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "PYTHONDONTWRITEBYTECODE": "1",
                    "HF_HUB_OFFLINE": "1",
                ]),
            timeout: Self.timeout)
        let facts = try ChildProcess.Outcome.object(
            String(contentsOfFile: result, encoding: .utf8))
        guard let speed = facts["real_tokens_per_second"] as? Double,
            let losses = facts["losses"] as? [Double], losses.count == steps,
            let first = outcome.lines.first(where: { $0.text.hasPrefix("step 1 of ") })
        else { throw BenchmarkError("train_lora.py gave no figures") }
        return [
            .speed: speed, .memory: outcome.peakMebibytes, .start: first.seconds,
            .loss: losses.reduce(0, +) / Double(steps),
        ]
    }
}
