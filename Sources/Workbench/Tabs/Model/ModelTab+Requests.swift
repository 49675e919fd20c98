// What Model asks for and what it is answered, as values, and how the log tells of replies.
// Requests/ModelRequests.swift of Services performs them, Replies/ModelReplies.swift of App takes the answers.

import Kernel

extension ModelTab {
    /// Work that the tab asks for.
    enum Request: Equatable, Sendable {
        /// Looks for models in the models folder and the places that other tools use.
        case findModels
        /// Opens a model and runs its checks.
        case inspectModel(path: String)
        /// Finds out which models fit in memory for the method of a plan.
        case fitModels([String], TrainingPlan)
    }

    /// Answers to requests.
    enum Reply: Equatable, Sendable {
        /// Answers `findModels`.
        case modelsFound([ModelSummary], remarks: [Sentence] = [])
        /// Answers `inspectModel`.
        case modelInspected(path: String, Result<ModelSummary, KernelError>)
        /// Answers `fitModels`, also while it is under way.
        case modelFits(TrainingPlan, [String: ModelFit])

        /// Whether files that the plan names may have come or gone.
        var changesPlaces: Bool {
            if case .modelsFound = self { true } else { false }
        }
    }
}

extension LogLine {
    /// The line of a reply to Model; nil when it only brings what was asked for.
    init?(_ reply: ModelTab.Reply) {
        switch reply {
        case .modelsFound(let models, let remarks) where !remarks.isEmpty:
            self.init(
                .info, .model, phrase("models found"),
                [
                    "count": "\(models.count)",
                    "note": Sentence.joined(remarks, separator: " ") ?? "",
                ])
        case .modelsFound(let models, _):
            self.init(.debug, .model, phrase("models found"), ["count": "\(models.count)"])
        case .modelInspected(let path, let result):
            self.init(result, .model, phrase("model read"), phrase("model cannot be read"), path)
        case .modelFits: return nil
        }
    }
}
