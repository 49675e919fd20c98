// A conversation line by line: what each line does to it, and what is replied. It reads and prints nothing.

import Foundation
import Kernel

/// A conversation on the command line.
struct ChatConversation {
    /// What became of a line.
    enum Turn {
        /// It asked nothing.
        case nothing
        /// It ends the conversation.
        case left
        /// It was answered, drawn with this seed.
        case answered(Engine.Reply, seed: UInt64)
        /// It has no room in the context; the conversation is as it was before.
        case refused(KernelError)
    }

    let engine: Engine
    let settings: SamplingSettings
    /// The seed of every answer; each draws a new one without it.
    let seed: UInt64?
    let stopTexts: [String]
    /// The messages so far.
    private(set) var messages: [ChatMessage] = []

    init(
        _ engine: Engine, _ settings: SamplingSettings, seed: UInt64?, stopTexts: [String] = []
    ) {
        (self.engine, self.settings, self.seed) = (engine, settings, seed)
        self.stopTexts = stopTexts
    }

    /// Takes a line: a command, or a question that is answered.
    mutating func take(
        _ line: String, isCancelled: () -> Bool, onText: (String) -> Void
    ) throws(KernelError) -> Turn {
        let text = line.trimmingCharacters(in: .whitespaces)
        switch text {
        case "": return .nothing
        case "/exit": return .left
        case "/clear":
            messages = []
            return .nothing
        default: return try ask(text, isCancelled: isCancelled, onText: onText)
        }
    }

    /// Asks a question and keeps it with its answer.
    mutating func ask(
        _ text: String, isCancelled: () -> Bool, onText: (String) -> Void
    ) throws(KernelError) -> Turn {
        var drawn = settings
        drawn.seed = seed ?? UInt64.random(in: 0...(.max))
        let question = messages + [ChatMessage(.user, text)]
        do throws(KernelError) {
            let reply = try engine.reply(
                to: question, drawn, stopTexts: stopTexts, isCancelled: isCancelled,
                onText: onText)
            messages = question + [ChatMessage(.assistant, reply.text)]
            return .answered(reply, seed: drawn.seed)
        } catch {
            guard error.what == Generator.contextIsFull else { throw error }
            var refusal = error
            refusal.hint = "Ask something shorter, or type /clear to start a new conversation."
            return .refused(refusal)
        }
    }
}
