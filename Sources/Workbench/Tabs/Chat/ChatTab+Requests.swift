// What Chat asks for and what it is answered, as values, and how the log tells of replies.
// Requests/ChatRequests.swift of Services performs them, Replies/ChatReplies.swift of App takes the answers.

import Kernel

extension ChatTab {
    /// Work that the tab asks for.
    enum Request: Equatable, Sendable {
        /// Generates an answer, or scores one.
        case ask(ChatRequest)
        case cancelChat
        /// Drops the conversation's KV cache.
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
    }

    /// Answers to requests.
    enum Reply: Equatable, Sendable {
        /// An event of the `ask` of this number.
        case event(Int, ChatEvent)
        /// Answers all others.
        case chatFiles(ChatFileEvent)
    }
}

extension LogLine {
    /// The line of a reply to Chat; nil when it only brings what was asked for.
    init?(_ reply: ChatTab.Reply) {
        switch reply {
        case .event(_, .failed(let error)):
            self.init(fault: error, .chat, phrase("chat failed"))
        case .event(_, .finished(let figures)):
            self.init(
                .debug, .chat, phrase("answered"),
                [
                    "tokens": "\(figures.tokens)",
                    "tok/s": NumberText.rate(figures.tokensPerSecond),
                ])
        case .event(_, .noted(let text)):
            self.init(.info, .chat, phrase("note"), ["note": text])
        case .chatFiles(.saved(let name, let error)), .chatFiles(.deleted(let name, let error)):
            self.init(
                error.map { .failure($0) } ?? .success(()), .chat, phrase("written"),
                phrase("chat failed"), name, level: .info)
        case .chatFiles(.recordAdded(let path, let result)):
            self.init(
                result, .chat, phrase("written"), phrase("chat failed"), path, level: .info)
        case .chatFiles(.loaded(_, .failure(let error))),
            .chatFiles(.listed(.failure(let error))):
            self.init(fault: error, .chat, phrase("chat failed"))
        case .event, .chatFiles(.answerersFound), .chatFiles(.loaded), .chatFiles(.listed):
            return nil
        }
    }
}
