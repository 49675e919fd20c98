// The curve of a run of a million steps in the Runs tab: how long until it is drawn, read from the log, and how
// long a key takes that draws it anew.

import Foundation

/// A long run's curve.
struct InterfacePlotBenchmark: Benchmark {
    let name = "interface.plot"
    let keys = ["interface.plot.read", "interface.plot.key"]
    private static let steps = 1_000_000
    private static let run = "million"

    func measure(_ setup: Setup) throws -> [Figure] {
        let folder = setup.scratch.file("home") + "/.local/share/workbench/runs/\(Self.run)"
        try write(to: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var (read, key) = (Samples(), Samples())
        for round in 1...(setup.options.isQuick ? 1 : 3) {
            let times = try open(setup)
            read.values.append(times.read)
            key.values += times.keys.map { $0 * 1000 }
            setup.say("plot of \(Self.steps) steps, round \(round): \(times.read) s, \(times.keys)")
        }
        let group = "Interface, a run of a million steps"
        return [
            Figure(key: keys[0], group: group, title: "until drawn", unit: .seconds, samples: read),
            Figure(
                key: keys[1], group: group, title: "drawn anew by a key", unit: .milliseconds,
                samples: key),
        ]
    }

    /// A log as a training writes it, the loss falling with noise.
    private func write(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(#"{"state": "done"}"#.utf8)
            .write(to: URL(fileURLWithPath: "\(folder)/workbench_run.json"))
        let path = "\(folder)/trainer_log.jsonl"
        try Data().write(to: URL(fileURLWithPath: path))
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw BenchmarkError("cannot write \(path)")
        }
        defer { try? file.close() }
        var noise: UInt64 = 1
        for start in stride(from: 1, through: Self.steps, by: 10_000) {
            var text = ""
            for step in start..<start + 10_000 {
                noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let share = Double(step) / Double(Self.steps)
                let loss = 1 + 2 / (1 + 40 * share) + Double(noise >> 40) / Double(1 << 24) * 0.3
                text +=
                    #"{"current_steps": \#(step), "total_steps": \#(Self.steps), "loss": \#(loss), "#
                text +=
                    #""lr": 0.0001, "epoch": \#(share * 3), "elapsed_time": "2:00:0\#(step % 10)", "#
                text +=
                    #""total_tokens": \#(step * 720), "grad_norm": 0.75, "tokens_per_second": 535.5}"#
                text += "\n"
            }
            try file.write(contentsOf: Data(text.utf8))
        }
    }

    /// Marks the run and looks at its curve twice more. Seconds.
    private func open(_ setup: Setup) throws -> (read: Double, keys: [Double]) {
        let terminal = try InterfaceScreen.open(setup, [])
        defer { _ = terminal.end() }
        _ = try terminal.time(of: InterfaceScreen.firstFrame)
        _ = try terminal.time(of: [], pause: 0.5)
        _ = try terminal.type("\u{1B}7")
        _ = try terminal.time(of: [Self.run], pause: 0.5)
        let marked = try terminal.type(" ")
        // The legend comes with the curve.
        let drawn = try terminal.time(of: ["a━ \(Self.run)"], timeout: 60) - marked
        var keys: [Double] = []
        for _ in 1...4 {
            _ = try terminal.time(of: [], pause: 0.3)
            let typed = try terminal.type("L")
            keys.append(try terminal.time(of: ["┤"]) - typed)
        }
        return (drawn, keys)
    }
}
