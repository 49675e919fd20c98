// A question and its answer, with everything before them, as a record to train on. It writes no file.

import Kernel

/// A conversation that ends with an answer, in the messages format.
enum TrainingRecord {
    /// The record; thoughts are left out, as they are from the messages that a model gets.
    static func json(_ messages: [ChatLine], answer: String) -> JSONValue {
        let said = ThoughtText(answer).answer
        let all = messages + [ChatLine(speaker: .assistant, text: said)]
        return [
            "messages": .array(
                all.map {
                    ["role": .string($0.speaker.rawValue), "content": .string($0.text)]
                })
        ]
    }
}
