// Trainings of one call: each is run once, however many rows compare with it.

/// Runs trainings and remembers what they came to.
final class TrainingRuns {
    private var known: [TrainingRequest: TrainingOutcome] = [:]

    /// The outcome of a training, run now unless it was before.
    func outcome(_ request: TrainingRequest, _ setup: Setup) throws -> TrainingOutcome {
        if let outcome = known[request] { return outcome }
        let outcome = try request.run(setup)
        known[request] = outcome
        return outcome
    }
}

extension TrainingRequest {
    /// Runs the training, whether it was before or not.
    func run(_ setup: Setup) throws -> TrainingOutcome {
        switch trainer {
        case .workbench(let changes):
            try WorkbenchTraining(request: self, changes: changes).run(setup)
        case .peer(let peer): try PeerTraining(request: self, peer: peer).run(setup)
        }
    }
}
