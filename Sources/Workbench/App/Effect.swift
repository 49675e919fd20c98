// What the interface asks the world to do. Updates only describe effects; Running/ performs them on
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

/// What the user can ask of the run that trains now.
enum RunCommand: Equatable, Sendable {
    case pause, resume, stop, saveNow, evaluateNow
    /// Another learning rate from the next step on.
    case changeRate(RateChange)
}

/// What to write from a base and an adapter (or a trained model folder).
struct ExportRequest: Equatable, Sendable {
    typealias Format = ExportPlan.Format

    var modelPath: String
    var adapterPath: String?
    var template: String?
    /// Whether the template was only suggested for the base: the adapter's own goes before it.
    var templateYields = false
    var folder: String
    var format: Format
    /// fp32, bf16, fp16, q8_0, q4_0.
    var dtype: String
    /// Largest shard in GB, for safetensors.
    var shardGigabytes: Int
    /// Whether an earlier export in the folder may be replaced.
    var replaces = false
}

/// How an export is going.
enum ExportEvent: Equatable, Sendable {
    case progress(stage: String, fraction: Double)
    case finished(ExportOutcome)
    case failed(KernelError)
}

/// What an export wrote and how its check came out.
struct ExportOutcome: Equatable, Sendable {
    var folder: String
    /// Name and bytes of each file.
    var files: [(name: String, bytes: Int)]
    /// "Greedy tokens equal, largest logit difference 0.0003".
    var verification: String
    var verified: Bool
    /// Lines to copy: how to use the result elsewhere.
    var usage: [String]
    /// Remarks: fallbacks, what could not be carried over.
    var notes: [String] = []

    /// Bytes of all files.
    var byteCount: Int { files.reduce(0) { $0 + $1.bytes } }

    static func == (a: Self, b: Self) -> Bool {
        a.folder == b.folder && a.verification == b.verification && a.verified == b.verified
            && a.usage == b.usage && a.notes == b.notes
            && a.files.map(\.name) == b.files.map(\.name)
            && a.files.map(\.bytes) == b.files.map(\.bytes)
    }
}
