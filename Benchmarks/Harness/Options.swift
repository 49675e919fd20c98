// What the benchmarks are told on their command line. Few enough words to read them by hand.

import Foundation

/// The settings of one call.
struct Options {
    /// A call that is wrong.
    struct Misuse: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// The program that is measured.
    var program = ".build/release/workbench"
    /// The GGUF file that it trains and talks to.
    var model: String
    /// Where Benchmarks/peers/setup.sh put the others.
    var peers: String
    /// What must hold.
    var thresholds = "Benchmarks/thresholds.json"
    /// Where tables and samples are kept.
    var results = "Benchmarks/results"
    /// Threads of every program.
    var threads = ProcessInfo.processInfo.activeProcessorCount
    /// Part of the name of the benchmarks to run; all without it.
    var filter: String?
    /// One small round of each.
    var isQuick = false
    /// Only the help was asked for.
    var wantsHelp = false

    /// What --help prints.
    static let help = """
        Measures the built program and, where they are installed, its peers. About 30 minutes.

        USAGE: benchmarks [options], in the repository's folder

          --quick            one small round of each: a look, not a result
          --filter NAME      only the benchmarks with this in their name: screen, interface, start.chat,
                             start.training, decode, accuracy, peak, processes, qlora, long.bf16,
                             long.fp32, short.bf16, short.fp32, full.bf16
          --program PATH     the program to measure (.build/release/workbench)
          --model PATH       the GGUF file (the sample model that `make model` fetches)
          --peers PATH       the peers' folder ($WORKBENCH_PEERS, ~/.cache/workbench-peers)
          --threads N        threads of every program (all cores)
          --thresholds PATH  what must hold (Benchmarks/thresholds.json)
          --results PATH     where results are kept (Benchmarks/results)

        Exit codes: 0 all holds, 1 a threshold or a measurement failed, 64 the call is wrong.
        """

    init(arguments: [String], environment: [String: String]) throws(Misuse) {
        let home = environment["HOME"] ?? "."
        let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        model =
            (data ?? "\(home)/.local/share") + "/workbench/models/SmolLM2-135M-Instruct.Q4_1.gguf"
        let named = environment["WORKBENCH_PEERS"].flatMap { $0.isEmpty ? nil : $0 }
        peers = named ?? "\(home)/.cache/workbench-peers"
        var words = arguments[...]
        while let word = words.popFirst() {
            switch word {
            case "--quick": isQuick = true
            case "--help", "-h": wantsHelp = true
            case "--filter": filter = try Self.value(of: word, &words)
            case "--program": program = try Self.value(of: word, &words)
            case "--model": model = try Self.value(of: word, &words)
            case "--peers": peers = try Self.value(of: word, &words)
            case "--thresholds": thresholds = try Self.value(of: word, &words)
            case "--results": results = try Self.value(of: word, &words)
            case "--threads":
                let text = try Self.value(of: word, &words)
                guard let number = Int(text), number > 0 else {
                    throw Misuse("--threads \(text): a number above zero is needed")
                }
                threads = number
            default: throw Misuse("\(word) is no option; --help lists them")
            }
        }
    }

    private static func value(
        of word: String, _ words: inout ArraySlice<String>
    ) throws(Misuse) -> String {
        guard let value = words.popFirst(), !value.isEmpty else {
            throw Misuse("\(word) needs a value")
        }
        return value
    }
}
