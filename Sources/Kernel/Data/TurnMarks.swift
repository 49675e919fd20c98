// What a record says of the training of its parts: marks of ms-swift, axolotl and OpenAI on single
// messages, and marks of whole records that no training on answers can obey. Honoured, or refused
// by name; nothing that says "not to be learned" is learned.

/// Whether one message is to be learned.
struct TurnMarks {
    /// The fields that are looked at.
    static let names: Set<String> = [
        "loss", "train", "training", "weight", "loss_scale", "train_detail", "training_detail",
    ]

    /// Whether the message may be learned; nothing that it says forbids it.
    private(set) var isTrained = true

    /// The marks of a message of this role.
    init(
        _ parts: JSONObject, role: ChatMessage.Role, field: String
    ) throws(RecordFault) {
        // Records without any mark are nearly all.
        guard parts.count > 2 else { return }
        for key in ["train_detail", "training_detail"] where parts[key]?.holdsSomething == true {
            throw RecordFault(
                .unsupported, field: "\(field).\(key)",
                "it says which parts of an answer are trained; only whole answers are")
        }
        for key in ["loss", "train", "training"] {
            guard let flag = try Self.flag(parts[key], field: "\(field).\(key)") else { continue }
            if !flag { isTrained = false }
            if flag, key != "loss", !role.isAnswering {
                throw RecordFault(
                    .unsupported, field: "\(field).\(key)",
                    "it says that a question is trained; only answers are, or all questions with "
                        + "train_on_prompt")
            }
        }
        for key in ["weight", "loss_scale"] {
            guard let value = parts[key], !value.isNull else { continue }
            guard let weight = value.double, weight == 0 || weight == 1 else {
                throw RecordFault(
                    .unsupported, field: "\(field).\(key)",
                    "weights of the loss are not supported: expected 0 or 1, found \(value.text())")
            }
            if weight == 0 { isTrained = false }
        }
    }

    private static func flag(_ value: JSONValue?, field: String) throws(RecordFault) -> Bool? {
        guard let value, !value.isNull else { return nil }
        if let flag = value.bool { return flag }
        if value.double == 0 { return false }
        if value.double == 1 { return true }
        throw RecordFault(
            .unsupported, field: field, "expected true or false, found \(value.text().prefix(60))")
    }
}

extension Columns {
    /// Fields of records whose form was guessed that say what must not be learned, or what the text
    /// goes with: such a record is not what it looks like. An entry of the catalog that names its
    /// columns decides for itself; there they are told as unused.
    func refuseMarks(in fields: RecordFields) throws(RecordFault) {
        let names = style.columns
        let claimed = Set(ColumnNames.keys.compactMap { names[keyPath: $0.1] })
        for (key, value) in fields.object where !claimed.contains(key) {
            if let reason = Self.refusal(key, value) {
                throw RecordFault(.unsupported, field: key, reason)
            }
        }
    }

    private static func refusal(_ key: String, _ value: JSONValue) -> Sentence? {
        guard value.holdsSomething else { return nil }
        switch key {
        case "label", "kto_tag":
            return value.bool == nil
                ? nil : "it marks answers as good or bad (KTO); answers to imitate are trained only"
        case "images", "image", "videos", "video", "audios", "audio":
            return "the record goes with media; only text is trained"
        case "loss", "train":
            return value.bool == false ? "it says that the record is not trained" : nil
        case "loss_scale":
            return value.double == 1
                ? nil : "weights of the loss are not supported: expected 1, found \(value.text())"
        case "chosen":
            return
                "it holds a preferred answer (preference pairs); choose a data set of single answers"
        default:
            return key.hasPrefix("rejected")
                ? "it holds an answer to avoid (preference pairs); choose a data set of single answers"
                : nil
        }
    }
}
