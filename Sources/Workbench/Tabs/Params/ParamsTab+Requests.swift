// What Params asks for and what it is answered, as values, and how the log tells of replies.
// Requests/ParamsRequests.swift of Services performs them, Replies/ParamsReplies.swift of App takes the answers.

import Kernel

extension ParamsTab {
    /// Work that the tab asks for.
    enum Request: Equatable, Sendable {
        /// Steps and memory that a plan would take.
        case estimate(TrainingPlan)
        case savePlan(TrainingPlan, path: String)
        /// Reads a plan file, without taking it.
        case readPlan(path: String)
        /// The user's presets.
        case listPresets
        case keepPreset(UserPreset)
        case deletePreset(name: String)
    }

    /// Answers to requests.
    enum Reply: Equatable, Sendable {
        /// Answers `estimate`.
        case estimated(TrainingPlan, Result<PlanEstimate, KernelError>)
        /// Answers `savePlan`.
        case planSaved(path: String, Result<TrainingPlan, KernelError>)
        /// Answers `readPlan`.
        case planRead(path: String, Result<PlanReading<TrainingPlan>, KernelError>)
        /// Answers `listPresets`, `keepPreset` and `deletePreset`.
        case presetsListed(PresetListing)
    }
}

extension LogLine {
    /// The line of a reply to Params; nil when it only brings what was asked for.
    init?(_ reply: ParamsTab.Reply) {
        switch reply {
        case .planSaved(let path, let result):
            self.init(
                result, .program, phrase("plan saved"), phrase("workbench failed"), path,
                level: .info)
        case .planRead(let path, let result):
            self.init(result, .program, phrase("plan read"), phrase("plan cannot be read"), path)
        case .estimated, .presetsListed: return nil
        }
    }
}
