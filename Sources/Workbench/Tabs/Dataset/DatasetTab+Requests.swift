// What Dataset asks for and what it is answered, as values, and how the log tells of replies.
// Requests/DatasetRequests.swift of Services performs them, Replies/DatasetReplies.swift of App takes the answers.

import Kernel

extension DatasetTab {
    /// Work that the tab asks for.
    enum Request: Equatable, Sendable {
        /// Lists what `dataset_info.json` of a folder defines.
        case listDatasets(folder: String)
        /// Encodes the plan's datasets and reports on them.
        case inspectData(TrainingPlan)
        /// Gives up the report that is being made.
        case cancelInspection
        /// Checks at intervals whether the files of data sets change.
        case watchData(WatchedData)
        /// How a file could be read as a data set.
        case proposeDataset(path: String, folder: String)
        /// Writes an entry into dataset_info.json.
        case writeDataset(DatasetDefinition)
        /// One record as the model sees it.
        case viewRecord(TrainingPlan, index: Int)
    }

    /// Answers to requests.
    enum Reply: Equatable, Sendable {
        /// Answers `listDatasets`.
        case datasetsListed(folder: String, Result<[DatasetSummary], KernelError>)
        /// Answers `inspectData`.
        case dataInspected(TrainingPlan, Result<DataReport, KernelError>)
        /// How far `inspectData` is.
        case dataProgress(TrainingPlan, LoadFraction)
        /// Files of the watched data changed.
        case dataChanged
        /// Answers `proposeDataset`.
        case datasetProposed(path: String, Result<DatasetProposal, KernelError>)
        /// Answers `writeDataset`.
        case datasetWritten(DatasetDefinition, KernelError?)
        /// Answers `viewRecord`.
        case record(TrainingPlan, index: Int, Result<RecordPreview, KernelError>)

        /// Whether files that the plan names may have come or gone.
        var changesPlaces: Bool {
            switch self {
            case .datasetsListed, .dataChanged, .datasetWritten: true
            case .dataInspected, .dataProgress, .datasetProposed, .record: false
            }
        }
    }
}

extension LogLine {
    /// The line of a reply to Dataset; nil when it only brings what was asked for.
    init?(_ reply: DatasetTab.Reply) {
        switch reply {
        case .datasetsListed(let folder, let result):
            self.init(result, .data, phrase("data sets listed"), phrase("no data sets"), folder)
        case .dataInspected(let plan, let result):
            let names = plan.data.names.joined(separator: ",")
            self.init(result, .data, phrase("data read"), phrase("data cannot be read"), names)
        case .dataChanged: self.init(.info, .data, phrase("data changed"))
        case .datasetProposed(_, .failure(let error)):
            self.init(fault: error, .data, phrase("data cannot be read"))
        case .datasetWritten(let definition, let error):
            self.init(
                error.map { .failure($0) } ?? .success(()), .data, phrase("data set added"),
                phrase("data set not added"), definition.name, level: .info)
        case .datasetProposed(_, .success), .dataProgress, .record: return nil
        }
    }
}
