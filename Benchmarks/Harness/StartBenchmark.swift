// How long a user waits for the first sign of work: the first step of a training, the first words of
// an answer. Both from the start of the process, with files in the page cache.

/// The first step on the sample set, beside PEFT's script.
struct FirstStepBenchmark: Benchmark {
    let name = "start.training"
    var keys: [String] { [name] }

    func measure(_ setup: Setup) throws -> [Figure] {
        var ours = Samples()
        var theirs = Samples()
        let peer = PeerTrainer.loraAutocast
        let problem = peer.problem(setup.peers)
        for _ in 1...(setup.options.isQuick ? 1 : 5) {
            // Measured anew each time, past the memory of trainings.
            let request = TrainingRequest(
                trainer: .workbench(["bf16": true]), set: .sample, steps: 1)
            let own = try request.run(setup)
            try LossCheck.checkFirst(own, is: request.set.firstLoss, within: 0.01)
            ours.values.append(own.firstStepSeconds)
            guard problem == nil else { continue }
            let other = try TrainingRequest(trainer: .peer(peer), set: .sample, steps: 1).run(setup)
            try LossCheck.check(own, against: other, named: peer.name, within: 0.005)
            theirs.values.append(other.firstStepSeconds)
        }
        return [
            Figure(
                key: name, group: "Start to first result",
                title: "first step of lora-sft.yaml's set, bf16", unit: .seconds, samples: ours,
                peer: PeerSamples(name: peer.name, samples: theirs, problem: problem))
        ]
    }
}

/// The first words of an answer in a chat.
struct FirstTokenBenchmark: Benchmark {
    let name = "start.chat"
    var keys: [String] { [name] }

    func measure(_ setup: Setup) throws -> [Figure] {
        var times = Samples()
        let command = setup.workbench([
            "chat", "--model", setup.options.model, "--prompt", "What is the capital of France?",
            "--greedy", "--max-new-tokens", "8", "--quiet", "--threads",
            "\(setup.options.threads)",
        ])
        // The first call brings the file into the page cache.
        for round in 0...(setup.options.isQuick ? 3 : 10) {
            let outcome = try setup.run(command, timeout: 60)
            guard let seconds = outcome.firstByteSeconds else {
                throw BenchmarkError("workbench chat answered nothing")
            }
            if round > 0 { times.values.append(seconds * 1000) }
        }
        return [
            Figure(
                key: name, group: "Start to first result", title: "first token of chat, Q4_1",
                unit: .milliseconds, samples: times)
        ]
    }
}
