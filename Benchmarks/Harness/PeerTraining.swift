// One training of a peer by its script in Benchmarks/peers, with the records, sizes and steps that
// Workbench gets. Memory and start are seen from outside, as ours.

import Foundation

/// A training of PyTorch with PEFT, or of llama.cpp.
struct PeerTraining {
    let request: TrainingRequest
    let peer: PeerTrainer

    /// Of every adapter; alpha is twice this.
    static let rank = 8
    private static let timeout = 900.0

    /// Runs it to its end.
    func run(_ setup: Setup) throws -> TrainingOutcome {
        if let problem = peer.problem(setup.peers) { throw BenchmarkError(problem) }
        guard let script = peer.script else { return try runLlamaCpp(setup) }
        return try runPython(mode: script.mode, dtype: script.dtype, setup)
    }

    /// What the scripts write of their steps.
    private struct Facts: Decodable {
        var taken: [TakenStep]
        var peakMebibytes: Double?

        init(_ data: Data?, of script: String) throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            guard let data, let facts = try? decoder.decode(Facts.self, from: data),
                !facts.taken.isEmpty
            else { throw BenchmarkError("Benchmarks/peers/\(script) gave no figures") }
            self = facts
        }
    }

    private func runPython(
        mode: String, dtype: String, _ setup: Setup
    ) throws -> TrainingOutcome {
        let result = setup.scratch.file("peer.json")
        setup.scratch.remove("peer.json")
        let arguments = [
            "model": setup.peers.modelFolder, "data": try request.set.file(setup), "mode": mode,
            "dtype": dtype, "out": result, "batch": "\(TrainingSet.batch)",
            "accumulation": "\(request.set.accumulation)", "steps": "\(request.steps)",
            "warmup": "0", "cutoff": "\(TrainingSet.cutoff)", "rank": "\(Self.rank)",
            "alpha": "\(2 * Self.rank)", "threads": "\(setup.options.threads)",
            "rate": "\(request.rate)",
        ]
        let outcome = try setup.run(
            Command(
                program: setup.peers.python,
                arguments: ["Benchmarks/peers/train_lora.py", "--in-order"]
                    + arguments.flatMap { ["--\($0.key)", $0.value] },
                // Its best: huge pages for malloc make PyTorch some 5 to 20 % faster.
                environment: [
                    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "PYTHONDONTWRITEBYTECODE": "1",
                    "HF_HUB_OFFLINE": "1",
                    "PYTHONPATH": peer == .quantized ? setup.peers.bitsAndBytes : "",
                ]),
            timeout: Self.timeout)
        let facts = try Facts(
            FileManager.default.contents(atPath: result), of: "train_lora.py")
        guard facts.taken.count == request.steps,
            let first = outcome.lines.first(where: { $0.text.hasPrefix("step 1 of ") })
        else { throw BenchmarkError("train_lora.py did not take \(request.steps) steps") }
        return TrainingOutcome(
            steps: facts.taken, peakMebibytes: outcome.peakMebibytes,
            firstStepSeconds: first.seconds)
    }

    /// A step of llama.cpp is one batch of 512 tokens.
    private func runLlamaCpp(_ setup: Setup) throws -> TrainingOutcome {
        let outcome = try setup.run(
            Command(
                program: setup.peers.python,
                arguments: [
                    "Benchmarks/peers/llama_finetune.py", "--program", setup.peers.llamaFinetune,
                    "--model", setup.peers.file(of: "F32"), "--data", try request.set.file(setup),
                    "--batches", "\(request.steps)", "--threads", "\(setup.options.threads)",
                ], environment: ["PYTHONDONTWRITEBYTECODE": "1"]),
            timeout: Self.timeout)
        let text = outcome.lines.map(\.text).joined()
        let facts = try Facts(Data(text.utf8), of: "llama_finetune.py")
        guard let peak = facts.peakMebibytes, let first = facts.taken.first else {
            throw BenchmarkError("Benchmarks/peers/llama_finetune.py told no peak memory")
        }
        return TrainingOutcome(
            steps: facts.taken, peakMebibytes: peak, firstStepSeconds: first.seconds)
    }
}
