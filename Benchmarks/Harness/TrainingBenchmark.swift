// One training case: Workbench and its peers in turn, the proof that all did the same work, and only
// then the rows.

/// The rows of one case.
struct TrainingBenchmark: Benchmark {
    let one: TrainingCase

    var name: String { one.key }
    var keys: [String] {
        ["speed", "memory", "start", "loss"].map(key)
            + one.peers.flatMap { [key("speed.\($0.rawValue)"), key("loss.\($0.rawValue)")] }
            + (one.peak == nil ? [] : [key("share"), key("share.all")])
            + (one.stepsAgainst == nil ? [] : [key("step")])
    }

    func measure(_ setup: Setup) throws -> [Figure] {
        let twin = try one.stepsAgainst.map { try run(.workbench($0), setup) }
        let ours = try run(.workbench(one.plan), setup)
        try LossCheck.checkFirst(ours, is: one.set.firstLoss, within: one.firstLossWithin)
        var theirs: [(peer: PeerTrainer, outcome: TrainingOutcome)] = []
        for peer in one.peers where peer.problem(setup.peers) == nil {
            theirs.append((peer, try run(.peer(peer), setup)))
        }
        let reference = theirs.first { $0.peer == one.reference }
        if let reference {
            try LossCheck.check(
                ours, against: reference.outcome, named: reference.peer.name,
                within: one.lossWithin)
        }
        let best = theirs.max {
            ($0.outcome.speed.median ?? 0) < ($1.outcome.speed.median ?? 0)
        }
        var rows = [
            row("speed", "real tokens", .tokensPerSecond, ours, best, \.speed)
        ]
        // Without any peer there is nothing to list.
        rows += one.peers.filter { best != nil && $0 != best?.peer }.map { peer in
            row(
                "speed.\(peer.rawValue)", "– beside \(peer.name)", .tokensPerSecond, ours,
                theirs.first { $0.peer == peer }, missing: peer.problem(setup.peers), \.speed)
        }
        rows += [
            row("memory", "peak memory", .mebibytes, ours, best) {
                Samples(values: [$0.peakMebibytes])
            },
            row("start", "first step done", .seconds, ours, best) {
                Samples(values: [$0.firstStepSeconds])
            },
            row("loss", "mean loss", .loss, ours, reference, meanLoss),
        ]
        rows += theirs.filter { $0.peer != one.reference && $0.outcome.meanLoss != nil }.map {
            row("loss.\($0.peer.rawValue)", "– beside \($0.peer.name)", .loss, ours, $0, meanLoss)
        }
        if let twin {
            rows.append(
                Figure(
                    key: key("step"), group: one.group, title: "step", unit: .seconds,
                    samples: ours.stepSeconds,
                    peer: PeerSamples(name: "own LoRA bf16", samples: twin.stepSeconds)))
        }
        return try rows + shares(ours, setup)
    }

    private func meanLoss(_ outcome: TrainingOutcome) -> Samples {
        Samples(values: [outcome.meanLoss].compactMap(\.self))
    }

    private func key(_ row: String) -> String { "\(one.key).\(row)" }

    private func run(_ trainer: Trainer, _ setup: Setup) throws -> TrainingOutcome {
        let request = TrainingRequest(
            trainer: trainer, set: one.set, steps: setup.options.isQuick ? 2 : 6, rate: one.rate)
        return try setup.trainings.outcome(request, setup)
    }

    private func row(
        _ name: String, _ title: String, _ unit: Figure.Unit, _ ours: TrainingOutcome,
        _ theirs: (peer: PeerTrainer, outcome: TrainingOutcome)?, missing: String? = nil,
        _ samples: (TrainingOutcome) -> Samples
    ) -> Figure {
        var peer = PeerSamples(name: "–", problem: missing ?? Peers.absence)
        if let theirs {
            peer = PeerSamples(name: theirs.peer.name, samples: samples(theirs.outcome))
        }
        return Figure(
            key: key(name), group: one.group, title: title, unit: unit, samples: samples(ours),
            peer: peer)
    }

    /// The part of the machine's fastest product that the training reaches; nothing where that is
    /// not known.
    private func shares(_ ours: TrainingOutcome, _ setup: Setup) throws -> [Figure] {
        guard let precision = one.peak, let peak = try setup.gemmPeak().rates(precision),
            let most = peak.samples.values.max()
        else { return [] }
        func row(_ name: String, _ title: String, _ head: TrainingOutcome.HeadTokens) -> Figure {
            Figure(
                key: key(name), group: one.group, title: title, unit: .percent,
                samples: Samples(
                    values: ours.gigaflops(head: head).values.map { $0 / most * 100 }))
        }
        return [
            row("share", "share of the fastest product", .labelled),
            row("share.all", "– with the head for all tokens", .all),
        ]
    }
}
