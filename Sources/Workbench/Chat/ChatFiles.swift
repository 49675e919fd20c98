// What the interface learns of conversations and records on disk. Values only; Services/ fills them.

import Kernel
import Panels

/// A saved conversation as a list shows it.
struct ChatFile: Equatable, Sendable {
    /// The name that it was saved under.
    var name: String
    var bytes: Int
    /// Seconds since it was written.
    var ageSeconds: Double
}

/// A run or a checkpoint that can answer over a base.
struct TrainedFolder: Equatable, Sendable {
    var path: String
    /// "support@700".
    var name: String
    /// The base that it was trained on, according to its run.
    var model: String
}

/// Where a record was written.
struct AddedRecord: Equatable, Sendable {
    /// How many records the file has now.
    var count: Int
    /// The name in dataset_info.json.
    var dataset: String
    /// The lines to add by hand; nil when it stands in dataset_info.json.
    var missingEntry: String?
}

/// Answers to the effects on conversations and records.
enum ChatFileEvent: Equatable, Sendable {
    case answerersFound([TrainedFolder])
    case listed(Result<[ChatFile], KernelError>)
    case saved(name: String, KernelError?)
    case loaded(name: String, Result<ChatDocument, KernelError>)
    case deleted(name: String, KernelError?)
    case recordAdded(path: String, Result<AddedRecord, KernelError>)

    /// What is shown for a few seconds; nil when the tab itself shows it.
    var notice: (text: String, role: Role)? {
        switch self {
        case .listed(.success), .answerersFound: nil
        case .listed(.failure(let error)), .saved(_, let error?), .loaded(_, .failure(let error)),
            .deleted(_, let error?), .recordAdded(_, .failure(let error)):
            (tr(error.sentence), .error)
        case .saved(let name, nil): (tr("saved {1}", name), .success)
        case .loaded(let name, .success): (tr("opened {1}", name), .success)
        case .deleted(let name, nil): (tr("deleted {1}", name), .success)
        case .recordAdded(let path, .success(let record)):
            if let entry = record.missingEntry {
                (
                    tr(
                        "record {1} in {2}; add to dataset_info.json: {3}", record.count, path,
                        entry), .warning
                )
            } else {
                (
                    tr("record {1} in {2}, data set {3}", record.count, path, record.dataset),
                    .success
                )
            }
        }
    }
}
