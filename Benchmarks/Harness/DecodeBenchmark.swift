// How fast the sample model reads a prompt and answers, greedily, in the types that GGUF files come
// in, beside llama-bench with the same files.

import Foundation

/// Prefill and decoding of each type of file.
struct DecodeBenchmark: Benchmark {
    let name = "decode"
    var keys: [String] {
        Self.types.flatMap { ["decode.\($0).speed", "decode.\($0).prefill"] } + ["decode.wall"]
    }

    /// As llama.cpp calls them; the first one is the sample model's own.
    private static let types = ["Q4_1", "Q4_0", "Q4_K_M", "Q8_0", "BF16"]
    private static let newTokens = 128
    /// With the template's own tokens, about 500 of SmolLM2's.
    private static let promptCharacters = 2060

    /// Rates of one type, in tokens a second.
    private struct Rates {
        var decode = Samples()
        var prefill = Samples()
        /// The whole call of the decode row, in seconds.
        var wall = Samples()
    }

    func measure(_ setup: Setup) throws -> [Figure] {
        let article = try SampleRecords().englishText(Self.promptCharacters)
        let files = Self.types.map { type in
            (type: type, path: type == "Q4_1" ? setup.options.model : setup.peers.file(of: type))
        }.filter { FileManager.default.fileExists(atPath: $0.path) }
        var ours: [String: Rates] = [:]
        var theirs: [String: Rates] = [:]
        for round in 1...(setup.options.isQuick ? 1 : 5) {
            for (type, path) in files {
                try measure(path, article, setup, &ours[type, default: Rates()])
                guard setup.peers.haveDecoding else { continue }
                try measureLlamaCpp(path, setup, &theirs[type, default: Rates()])
            }
            setup.say("decode, round \(round) done")
        }
        return figures(ours, theirs, setup)
    }

    private func figures(
        _ ours: [String: Rates], _ theirs: [String: Rates], _ setup: Setup
    ) -> [Figure] {
        let absence = setup.peers.haveDecoding ? nil : Peers.absence
        // A user may choose the file by its speed: prefill is compared with the fastest one's.
        let best = theirs.max { ($0.value.prefill.median ?? 0) < ($1.value.prefill.median ?? 0) }
        func group(_ type: String) -> String { "Answering, \(type), greedy" }
        var rows = Self.types.flatMap { type in
            let problem = ours[type] == nil ? setup.peers.missing(type) : absence
            let (own, other) = (ours[type] ?? Rates(), theirs[type] ?? Rates())
            return [
                Figure(
                    key: "decode.\(type).speed", group: group(type),
                    title: "decode, \(Self.newTokens) tokens", unit: .tokensPerSecond,
                    samples: own.decode,
                    peer: PeerSamples(
                        name: "llama.cpp", samples: other.decode, problem: problem)),
                Figure(
                    key: "decode.\(type).prefill", group: group(type),
                    title: "prefill, about 500", unit: .tokensPerSecond, samples: own.prefill,
                    peer: PeerSamples(
                        name: "llama.cpp \(best?.key ?? "")",
                        samples: best?.value.prefill ?? Samples(), problem: problem)),
            ]
        }
        rows.append(
            Figure(
                key: "decode.wall", group: "Answering, start to end",
                title: "\(Self.types[0]), \(Self.newTokens) tokens", unit: .seconds,
                samples: ours[Self.types[0]]?.wall ?? Samples()))
        return rows
    }

    private func measure(
        _ path: String, _ article: String, _ setup: Setup, _ rates: inout Rates
    ) throws {
        let (answer, outcome) = try chat(
            path, "Tell a long story about a ship.", Self.newTokens, setup)
        guard answer["new_tokens"] as? Int == Self.newTokens else {
            throw BenchmarkError("\(path): the answer ended before \(Self.newTokens) tokens")
        }
        let (reading, _) = try chat(path, "Summarise this text.\n\n" + article, 1, setup)
        try rates.decode.values.append(number("tokens_per_second", answer))
        rates.wall.values.append(outcome.seconds)
        try rates.prefill.values.append(number("prompt_tokens_per_second", reading))
    }

    /// One answer of the program, as its JSON and as a process.
    private func chat(
        _ model: String, _ prompt: String, _ newTokens: Int, _ setup: Setup
    ) throws -> ([String: Any], ChildProcess.Outcome) {
        let outcome = try setup.run(
            setup.workbench([
                "chat", "--model", model, "--prompt", prompt, "--greedy",
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

    /// One repetition of llama-bench, after its own warm-up.
    private func measureLlamaCpp(
        _ path: String, _ setup: Setup, _ rates: inout Rates
    ) throws {
        let outcome = try setup.run(
            Command(
                program: "/bin/bash",
                arguments: ["Benchmarks/peers/decode.sh", path],
                environment: [
                    "WORKBENCH_PEERS": setup.peers.folder, "REPEATS": "1",
                    "THREADS": "\(setup.options.threads)",
                ]),
            timeout: 300)
        let text = outcome.lines.map(\.text).joined(separator: "\n")
        let tests = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        func samples(_ count: String) -> [Double] {
            let test = tests?.first { ($0[count] as? Int ?? 0) > 0 }
            return test?["samples_ts"] as? [Double] ?? []
        }
        let (prefill, decode) = (samples("n_prompt"), samples("n_gen"))
        guard !prefill.isEmpty, !decode.isEmpty else {
            throw BenchmarkError("llama-bench gave no figures: \(text.prefix(200))")
        }
        rates.prefill.values += prefill
        rates.decode.values += decode
    }
}
