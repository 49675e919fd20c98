// What comes back from the world: answers to effects and events of runs. Answers that can be
// overtaken carry their question, so that a stale one is told from the one that is waited for.

import Kernel

/// A message from a background queue to the interface.
enum AppMail: Equatable, Sendable {
    /// Answers `findModels`.
    case modelsFound([ModelSummary], remarks: [String] = [])
    /// Answers `inspectModel`.
    case modelInspected(path: String, Result<ModelSummary, KernelError>)
    /// Answers `fitModels`.
    case modelFits(TrainingPlan, [String: ModelFit])
    /// Answers `listDatasets`.
    case datasetsListed(folder: String, Result<[DatasetSummary], KernelError>)
    /// Answers `inspectData`.
    case dataInspected(TrainingPlan, Result<DataReport, KernelError>)
    /// How far `inspectData` is.
    case dataProgress(TrainingPlan, DatasetTab.LoadFraction)
    /// Files of the watched data changed.
    case dataChanged
    /// Answers `proposeDataset`.
    case datasetProposed(path: String, Result<DatasetProposal, KernelError>)
    /// Answers `writeDataset`.
    case datasetWritten(DatasetDefinition, KernelError?)
    /// Answers `viewRecord`.
    case record(TrainingPlan, index: Int, Result<RecordPreview, KernelError>)
    /// Answers `estimate`.
    case estimated(TrainingPlan, Result<PlanEstimate, KernelError>)
    /// Answers `lookAtStart`.
    case startSeen(StartQuestion, StartFacts)
    /// Answers `savePlan`.
    case planSaved(path: String, Result<TrainingPlan, KernelError>)
    /// Answers `readPlan`.
    case planRead(path: String, Result<PlanReading<TrainingPlan>, KernelError>)
    /// Answers `listPresets`, `keepPreset` and `deletePreset`.
    case presetsListed(PresetListing)
    /// Answers `completePath`.
    case pathCompleted(PathAnswer)
    /// Answers `copy`: whether the terminal was given the text.
    case copied(Bool)
    /// Answers `keepSetting`.
    case settingKept(key: String, value: String, path: String)
    case training(TrainingEvent)
    /// From the run of another process that was the so-manieth to be shown.
    case remote(Int, RemoteEvent)
    /// A terminal came whose person reads this language, by its locale or because it was asked for.
    case terminalSpeaks(Language, isAsked: Bool)
    /// Answers `readHistory`.
    case historyRead(folder: String, Result<RunCurve, KernelError>)
    /// Answers `listRuns`.
    case runsListed(RunListing)
    /// How far a long log is read that `readCurve` asked for.
    case curveProgress(folder: String, fraction: Double)
    /// Answers `readCurve`.
    case curveRead(folder: String, Result<RunCurve, KernelError>)
    /// Answers `saveNotes`.
    case notesSaved(folder: String, KernelError?)
    /// Answers `discardRun` with the place in the trash.
    case runDiscarded(folder: String, Result<String, KernelError>)
    /// Answers `restoreRun`.
    case runRestored(folder: String, KernelError?)
    /// Answers `writeCurves` and `writeText`.
    case fileWritten(path: String, KernelError?)
    /// An event of the request of this number.
    case chat(Int, ChatEvent)
    case chatFiles(ChatFileEvent)
    /// Answers `measureExport`.
    case exportMeasured(ExportQuestion, Result<ExportSizes, KernelError>)
    case export(ExportEvent)
    case evaluation(EvaluationMail)
    /// Something worth a line for a few seconds.
    case notice(String)
    /// Something failed that belongs to no tab.
    case failure(KernelError)
}

extension AppMail {
    /// Whether what the plan names may be there now, or not any more.
    var changesPlaces: Bool {
        switch self {
        case .modelsFound, .datasetsListed, .dataChanged, .datasetWritten, .runDiscarded,
            .runRestored,
            .training(.finished), .training(.failed), .remote(_, .lost),
            .remote(_, .told(.finished)),
            .remote(_, .told(.failed)), .export(.finished):
            true
        default: false
        }
    }
}
