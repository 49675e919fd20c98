// Trainings of one call: each is run once, however many rows compare with it.

/// Runs trainings and remembers what they came to.
final class TrainingRuns {
    private var known: [TrainingRequest: TrainingOutcome] = [:]

    /// The outcome of a training, run now unless it was before.
    func outcome(_ request: TrainingRequest, _ setup: Setup) throws -> TrainingOutcome {
        if let outcome = known[request] { return outcome }
        let outcome =
            switch request.trainer {
            case .workbench(let changes):
                try WorkbenchTraining(request: request, changes: changes).run(setup)
            case .peer(let peer):
                try PeerTraining(request: request, peer: peer).run(setup)
            }
        known[request] = outcome
        return outcome
    }
}
