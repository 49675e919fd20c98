// What the interface takes while nothing happens and while a run trains: bytes to the terminal, and
// processor time of the terminal proxy and of the session's first thread, which draws. Steps are too uneven to show
// half a percent; processor time is not.

import Foundation

/// The interface at rest, and on the Train tab of a run.
struct InterfaceBenchmark: Benchmark {
    let name = "interface"
    let keys = [
        "interface.idle.bytes", "interface.idle.cpu", "interface.live.bytes", "interface.cost",
    ]

    func measure(_ setup: Setup) throws -> [Figure] {
        var (idle, idleShare, live, cost) = (Samples(), Samples(), Samples(), Samples())
        for round in 1...(setup.options.isQuick ? 1 : 3) {
            let rest = try atRest(setup)
            idle.values.append(rest.bytesPerMinute)
            idleShare.values.append(rest.share)
            let run = try training(setup)
            live.values.append(run.bytesPerMinute / 60)
            cost.values.append(run.share)
            setup.say(
                "interface, round \(round): idle \(rest.bytesPerMinute) bytes/min, \(rest.share) %; live \(run.bytesPerMinute / 60) bytes/s, \(run.share) %"
            )
        }
        let group = "Interface, 80 × 24"
        return [
            Figure(
                key: keys[0], group: group, title: "idle, a minute", unit: .bytes, samples: idle),
            Figure(
                key: keys[1], group: group, title: "idle, of one core", unit: .percent,
                samples: idleShare),
            Figure(
                key: keys[2], group: group, title: "Train tab, a second", unit: .bytes,
                samples: live),
            Figure(
                key: keys[3], group: group, title: "drawing a run, of all cores", unit: .percent,
                samples: cost),
        ]
    }

    /// What one stretch of time came to; `share` in percent.
    private typealias Stretch = (bytesPerMinute: Double, share: Double)

    /// Half a minute with nothing to do.
    private func atRest(_ setup: Setup) throws -> Stretch {
        let terminal = try InterfaceScreen.open(setup, [])
        defer { _ = terminal.end() }
        _ = try terminal.time(of: InterfaceScreen.firstFrame)
        _ = try terminal.time(of: [], pause: 1)
        return try stretch(of: terminal, cores: 1) { $0 > (setup.options.isQuick ? 5 : 30) }
    }

    /// Steps of the run: one pass over the sample set, as a user starts it.
    private static let plannedSteps = 60

    /// The first steps of a run, from the second one on; adapter over the sample set.
    private func training(_ setup: Setup) throws -> Stretch {
        setup.scratch.remove("run")
        let steps = setup.options.isQuick ? 4 : 12
        let file = setup.scratch.file("interface.json")
        let request = TrainingRequest(
            trainer: .workbench(["bf16": "auto"]), set: .sample, steps: Self.plannedSteps)
        let plan = try WorkbenchTraining(request: request, changes: ["bf16": "auto"]).plan(setup)
        try JSONEncoder().encode(plan).write(to: URL(fileURLWithPath: file))
        let terminal = try InterfaceScreen.open(
            setup, ["--plan", file, "--threads", "\(setup.options.threads)"])
        defer { _ = terminal.end() }
        _ = try terminal.time(of: InterfaceScreen.firstFrame)
        _ = try terminal.time(of: [], pause: 1)
        _ = try terminal.type("S")
        let log = setup.scratch.file("run") + "/trainer_log.jsonl"
        func lines() -> Int {
            (FileManager.default.contents(atPath: log) ?? Data()).count { $0 == 0x0A }
        }
        _ = try stretch(of: terminal, cores: 1) { _ in lines() >= 2 }
        return try stretch(of: terminal, cores: setup.options.threads) { _ in lines() >= steps }
    }

    /// Reads the terminal until `isOver`, given the seconds so far.
    private func stretch(
        of terminal: PseudoTerminal, cores: Int, until isOver: (Double) -> Bool
    ) throws -> Stretch {
        let (began, before) = (Clock.seconds, terminal.drawingSeconds())
        var bytes = 0
        while !isOver(Clock.seconds - began) {
            guard Clock.seconds - began < 300 else {
                throw BenchmarkError("the run of the interface did not go on for five minutes")
            }
            bytes += try terminal.byteCount(within: 0.25)
        }
        let seconds = Clock.seconds - began
        let used = terminal.drawingSeconds() - before
        return (Double(bytes) / seconds * 60, 100 * used / seconds / Double(cores))
    }
}
