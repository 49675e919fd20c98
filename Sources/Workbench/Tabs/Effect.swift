// What the interface asks the world to do. Updates only describe effects; Services/ performs them on
// background queues and answers with AppMail. Nothing here touches a file or a tensor.

import Kernel

/// A wish of the interface, performed outside of `update`.
enum Effect: Equatable, Sendable {
    /// Looks for models in the models folder and the places that other tools use.
    case findModels
    /// Opens a model and runs its checks.
    case inspectModel(path: String)
    /// Tells which models fit for the method of a plan.
    case fitModels([String], TrainingPlan)
    /// Lists what `dataset_info.json` of a folder defines.
    case listDatasets(folder: String)
    /// Encodes the plan's datasets and reports on them.
    case inspectData(TrainingPlan)
    /// Gives up the report that is being made.
    case cancelInspection
    /// Looks now and then whether the files of data sets change.
    case watchData(DatasetTab.WatchedData)
    /// How a file could be read as a data set.
    case proposeDataset(path: String, folder: String)
    /// Writes an entry into dataset_info.json.
    case writeDataset(DatasetDefinition)
    /// One record as the model sees it.
    case viewRecord(TrainingPlan, index: Int)
    /// Steps and memory that a plan would take.
    case estimate(TrainingPlan)
    /// What the disk says to a start of a plan.
    case lookAtStart(StartQuestion)
    case savePlan(TrainingPlan, path: String)
    /// Reads a plan file, without taking it.
    case readPlan(path: String)
    /// The user's presets.
    case listPresets
    case keepPreset(UserPreset)
    case deletePreset(name: String)
    /// What a typed path could become.
    case completePath(PathQuestion)
    /// Hands text to the terminal's clipboard.
    case copy(String)
    /// Writes one key into the settings file of the interface.
    case keepSetting(key: String, value: String)
    case startRun(TrainingPlan)
    case controlRun(RunCommand)
    /// Watches and steers a run of another process; its mail carries the number.
    case attachRun(folder: String, number: Int)
    /// Leaves that run to its process.
    case leaveRun
    /// What the folder of the run that was resumed says of its earlier parts.
    case readHistory(folder: String)
    /// All runs with their plans and notes.
    case listRuns
    /// What the log of a run says.
    case readCurve(folder: String)
    case saveNotes(RunNotes, folder: String)
    /// Moves a run into the trash beside it.
    case discardRun(folder: String)
    case restoreRun(place: String, folder: String)
    /// Every step of a run as a table.
    case writeCurves(TrainCurves, path: String)
    case writeText(String, path: String)
    /// Writes a line of the interface's own into the log of the session.
    case keepLine(LogLine)
    case chat(ChatRequest)
    case cancelChat
    /// Forgets the conversation's cache.
    case resetChat
    /// Runs and checkpoints that can answer.
    case findAnswerers
    /// The conversations that were saved.
    case listChats
    case saveChat(ChatDocument, name: String, replaces: Bool)
    case loadChat(name: String)
    case deleteChat(name: String)
    /// Adds a record to a file of training data.
    case addRecord(JSONValue, path: String)
    /// How large an export would be, and what the disk takes.
    case measureExport(ExportQuestion)
    case export(ExportRequest)
    case cancelExport
    case evaluate(EvaluationRequest)
    case cancelEvaluation
    /// Takes clicks and the wheel, or leaves them to the terminal.
    case useMouse(Bool)
    case ring
    /// Gives the terminal back to the shell and goes on without; the note is told there.
    case detach(note: String)
    case quit
}
