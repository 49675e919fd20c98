// What a settings file asks for as a whole. LLaMA-Factory's files for training, chat and merging hold the same
// keys; which of them a file is decides whether `workbench train` may train by it.

import Kernel

/// What is to be done by a file.
enum PlanPurpose: Sendable, Equatable {
    /// It says `do_train: true`.
    case trains
    /// It does not mention training, and nothing rules it out.
    case trainsUnasked
    /// It says `do_eval: true` and does not mention training.
    case evaluates
    /// It forbids training and asks for nothing else.
    case nothing
    /// It is a chat file, recognised by this key; nil when it names neither data nor a folder to write.
    case chats(key: String?)
    /// It is an export file, recognised by this key.
    case exports(key: String)
    /// It asks for answers beside those of the records.
    case predicts

    init(_ document: SettingDocument) {
        func isOn(_ key: String) -> Bool? {
            document.node(key).flatMap { node in try? Bool(setting: node) }
        }
        if isOn("do_predict") == true, isOn("do_train") != true {
            self = .predicts
            return
        }
        if isOn("do_eval") == true, isOn("do_train") != true {
            self = .evaluates
            return
        }
        switch isOn("do_train") {
        case true?: self = .trains
        case false?: self = .nothing
        case nil: self = Self.unasked(document)
        }
        if self == .nothing {
            let other = Self.unasked(document)
            if other != .trainsUnasked { self = other }
        }
    }

    /// The description of a file that does not state whether it trains.
    private static func unasked(_ document: SettingDocument) -> PlanPurpose {
        if let key = ExportKeys.own.first(where: document.has) { return .exports(key: key) }
        if let key = InferenceKeys.engine.first(where: document.has) { return .chats(key: key) }
        let learns = document.has(any: "dataset", "eval_dataset", "output_dir", "stage")
        if !learns, document.has("model_name_or_path") { return .chats(key: nil) }
        return .trainsUnasked
    }

    /// Throws unless `workbench train` may go by the file.
    func checkTraining(_ file: String?) throws(KernelError) {
        let name = file.map(HeadlessCommand.quoted) ?? "FILE.yaml"
        let anyway = "To train by it all the same, add do_train=true."
        switch self {
        case .trains, .trainsUnasked, .evaluates: return
        case .nothing:
            throw KernelError(
                .configuration, "the plan does not train", at: file ?? "the command line",
                because: "do_train is false, and so is do_eval",
                hint: "Set do_train=true to train, or do_eval=true to measure the held-out loss; "
                    + "workbench chat \(name) talks with the model.")
        case .predicts:
            throw KernelError(
                .configuration, "this is a file for predictions, not for training",
                at: file ?? "the command line",
                because: "do_predict is true, and do_train is not",
                hint: "workbench evaluate \(name) generates the answers and compares them.")
        case .chats(let key):
            throw KernelError(
                .configuration, "this is a file for chat, not for training",
                at: file ?? "the command line",
                because: key.map { "it holds \($0), and do_train is not true" }
                    ?? "it names no dataset, no output_dir and no stage, and do_train is not true",
                hint: "workbench chat \(name) talks with the model. \(anyway)")
        case .exports(let key):
            throw KernelError(
                .configuration, "this is a file for an export, not for training",
                at: file ?? "the command line",
                because: "it holds \(key), and do_train is not true",
                hint: "workbench export \(name) writes the merged model. \(anyway)")
        }
    }

    /// Throws where the interface would take a file of another kind for a training plan.
    func checkOpening(_ file: String) throws(KernelError) {
        let name = HeadlessCommand.quoted(file)
        func refusal(_ what: Sentence, _ why: Sentence, _ hint: Sentence) -> KernelError {
            KernelError(.configuration, what, at: file, because: why, hint: hint)
        }
        switch self {
        case .trains, .trainsUnasked, .evaluates, .nothing, .chats(key: nil): return
        case .chats(let key?):
            throw refusal(
                "this is a file for chat, not a training plan",
                "it holds \(key), and do_train is not true",
                "workbench chat \(name) talks with the model; here choose the model in its tab, and "
                    + "set in the Chat tab how it answers.")
        case .exports(let key):
            throw refusal(
                "this is a file for an export, not a training plan",
                "it holds \(key), and do_train is not true",
                "workbench export \(name) writes the merged model; the Export tab asks for the same "
                    + "values.")
        case .predicts:
            throw refusal(
                "this is a file for predictions, not a training plan",
                "do_predict is true, and do_train is not",
                "workbench evaluate \(name) generates the answers and compares them; the Evaluate tab "
                    + "asks for the same values.")
        }
    }

    /// The interface's remark on a plan that may be a short chat file.
    var openingRemark: PlanIssue? {
        guard self == .chats(key: nil) else { return nil }
        return PlanIssue(
            field: "dataset",
            message: "not given, nor output_dir or stage: taken for the beginning of a training "
                + "plan; workbench chat takes the same file.", severity: .warning)
    }

    /// The remark that comes before all others.
    var remark: PlanIssue? {
        guard self == .trainsUnasked else { return nil }
        return .note(
            "do_train", "not given: workbench train trains all the same; LLaMA-Factory would not.")
    }
}
