// How fast the sample model reads a prompt and answers, greedily, beside llama-bench with the same
// file.

import Foundation

/// Prefill and decoding of the quantized file.
struct DecodeBenchmark: Benchmark {
    let name = "decode"
    let keys = ["decode.speed", "decode.prefill", "decode.wall"]

    private static let newTokens = 128
    /// With the template's own tokens, about 500 of SmolLM2's.
    private static let promptCharacters = 2060

    func measure(_ setup: Setup) throws -> [Figure] {
        let article = try SampleRecords().englishText(Self.promptCharacters)
        var speed = Samples()
        var prefill = Samples()
        var wall = Samples()
        var theirSpeed = Samples()
        var theirPrefill = Samples()
        for round in 1...(setup.options.isQuick ? 1 : 5) {
            let (answer, outcome) = try chat(
                "Tell a long story about a ship.", Self.newTokens, setup)
            guard answer["new_tokens"] as? Int == Self.newTokens else {
                throw BenchmarkError("the answer ended before \(Self.newTokens) tokens")
            }
            let (reading, _) = try chat("Summarise this text.\n\n" + article, 1, setup)
            try speed.values.append(number("tokens_per_second", answer))
            wall.values.append(outcome.seconds)
            try prefill.values.append(number("prompt_tokens_per_second", reading))
            var facts = [
                "decode \(speed.values.suffix(1))",
                "prefill of \(reading["prompt_tokens"] ?? "?") tokens \(prefill.values.suffix(1))",
            ]
            if setup.peers.haveDecoding {
                let rates = try llamaBench(setup)
                theirSpeed.values += rates.decode
                theirPrefill.values += rates.prefill
                facts.append("llama.cpp \(rates.decode), \(rates.prefill)")
            }
            setup.say("decode, round \(round), tokens/s: \(facts.joined(separator: "; "))")
        }
        let absence = setup.peers.haveDecoding ? nil : Peers.absence
        func peer(_ samples: Samples) -> PeerSamples {
            PeerSamples(name: "llama.cpp", samples: samples, problem: absence)
        }
        let group = "Answering, Q4_1, greedy"
        return [
            Figure(
                key: keys[0], group: group, title: "decode, 128 tokens", unit: .tokensPerSecond,
                samples: speed, peer: peer(theirSpeed)),
            Figure(
                key: keys[1], group: group, title: "prefill, about 500", unit: .tokensPerSecond,
                samples: prefill, peer: peer(theirPrefill)),
            Figure(
                key: keys[2], group: group, title: "start to end, 128", unit: .seconds,
                samples: wall, peer: nil),
        ]
    }

    /// One answer of the program, as its JSON and as a process.
    private func chat(
        _ prompt: String, _ newTokens: Int, _ setup: Setup
    ) throws -> ([String: Any], ChildProcess.Outcome) {
        let outcome = try setup.run(
            setup.workbench([
                "chat", "--model", setup.options.model, "--prompt", prompt, "--greedy",
                "--max-new-tokens", "\(newTokens)", "--json", "--threads",
                "\(setup.options.threads)",
            ]),
            timeout: 120)
        return (try outcome.object(), outcome)
    }

    private func number(_ name: String, _ object: [String: Any]) throws -> Double {
        guard let value = object[name] as? Double else {
            throw BenchmarkError("the answer has no \(name)")
        }
        return value
    }

    /// Two repetitions of llama-bench, after its own warm-up.
    private func llamaBench(_ setup: Setup) throws -> (prefill: [Double], decode: [Double]) {
        let outcome = try setup.run(
            Command(
                program: "/bin/bash",
                arguments: ["Benchmarks/peers/decode.sh", setup.options.model],
                environment: [
                    "WORKBENCH_PEERS": setup.peers.folder, "REPEATS": "2",
                    "THREADS": "\(setup.options.threads)",
                ]),
            timeout: 300)
        let text = outcome.lines.map(\.text).joined(separator: "\n")
        let tests = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        func rates(_ count: String) -> [Double] {
            let test = tests?.first { ($0[count] as? Int ?? 0) > 0 }
            return test?["samples_ts"] as? [Double] ?? []
        }
        let (prefill, decode) = (rates("n_prompt"), rates("n_gen"))
        guard !prefill.isEmpty, !decode.isEmpty else {
            throw BenchmarkError("llama-bench gave no figures: \(text.prefix(200))")
        }
        return (prefill, decode)
    }
}
