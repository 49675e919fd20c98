// How soon the interface is there and answers a key, what it holds when idle, and how large the
// program is.

import Foundation

/// The interface in a terminal of 80 × 24, with the sample model and nothing else to find.
struct ScreenBenchmark: Benchmark {
    let name = "screen"
    let keys = [
        "screen.first", "screen.key", "screen.memory", "screen.binary", "screen.stripped",
    ]

    /// F1 as xterm sends it, and what the help shows then.
    private static let (key, answer) = ("\u{1B}OP", "Esc closes")

    func measure(_ setup: Setup) throws -> [Figure] {
        var first = Samples()
        var key = Samples()
        var memory = Samples()
        for _ in 1...(setup.options.isQuick ? 3 : 10) {
            let seen = try start(setup)
            first.values.append(seen.first * 1000)
            key.values.append(seen.key * 1000)
            memory.values.append(seen.memory)
        }
        setup.say("screen, ms: first \(first.median ?? 0), key \(key.median ?? 0)")
        let group = "Interface, 80 × 24"
        var figures = [
            Figure(
                key: keys[0], group: group, title: "first screen", unit: .milliseconds,
                samples: first),
            Figure(
                key: keys[1], group: group, title: "answer to a key", unit: .milliseconds,
                samples: key),
            Figure(
                key: keys[2], group: group, title: "peak memory, idle", unit: .mebibytes,
                samples: memory),
            Figure(
                key: keys[3], group: group, title: "program", unit: .mebibytes,
                samples: Samples(values: [try mebibytes(of: setup.options.program)])),
        ]
        if let stripped = try stripped(setup) {
            figures.append(
                Figure(
                    key: keys[4], group: group, title: "program, stripped", unit: .mebibytes,
                    samples: Samples(values: [stripped])))
        }
        return figures
    }

    /// Opens the interface once, asks for help, closes it. Seconds and MiB.
    private func start(_ setup: Setup) throws -> (first: Double, key: Double, memory: Double) {
        let others = OtherWork()
        let terminal = try InterfaceScreen.open(setup, [])
        let first = try terminal.time(of: InterfaceScreen.firstFrame) - terminal.began
        // What is found later, models for one, must not be taken for the answer.
        _ = try terminal.time(of: [], pause: 0.5)
        let memory = try terminal.peakMebibytes()
        let typed = try terminal.type(Self.key)
        let key = try terminal.time(of: [Self.answer]) - typed
        setup.note(others, childSeconds: terminal.end())
        return (first, key, memory)
    }

    private func mebibytes(of path: String) throws -> Double {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber).map { $0.doubleValue / 1_048_576 } ?? .nan
    }

    /// The size of a stripped copy; nil where binutils are missing.
    private func stripped(_ setup: Setup) throws -> Double? {
        let tool = "/usr/bin/strip"
        guard FileManager.default.isExecutableFile(atPath: tool) else { return nil }
        let copy = setup.scratch.file("stripped")
        _ = try setup.run(
            Command(program: tool, arguments: ["-o", copy, setup.options.program]), timeout: 60)
        defer { setup.scratch.remove("stripped") }
        return try mebibytes(of: copy)
    }
}
