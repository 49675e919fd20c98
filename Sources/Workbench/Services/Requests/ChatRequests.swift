// Performs the requests of Chat, off the thread of the interface, and posts the replies.

import Kernel

extension EffectRunner {
    func perform(_ request: ChatTab.Request) {
        switch request {
        case .ask(let request): chat.ask(request.withFullPaths)
        case .cancelChat: chat.cancel()
        case .resetChat: chat.reset()
        case .findAnswerers:
            answer { .chat(.chatFiles(.answerersFound(TrainedFolders($0.paths).find()))) }
        case .listChats:
            answerFiles { store in
                .listed(Self.result { () throws(KernelError) in try store.list() })
            }
        case .saveChat(let document, let name, let replaces):
            answerFiles { store in
                .saved(
                    name: name,
                    Self.fault { () throws(KernelError) in
                        try store.save(document, name, replaces: replaces)
                    })
            }
        case .loadChat(let name):
            answerFiles { store in
                .loaded(name: name, Self.result { () throws(KernelError) in try store.load(name) })
            }
        case .deleteChat(let name):
            answerFiles { store in
                .deleted(
                    name: name, Self.fault { () throws(KernelError) in try store.delete(name) })
            }
        case .addRecord(let record, let path):
            answerFiles { _ in
                .recordAdded(
                    path: path,
                    Self.result { () throws(KernelError) in
                        try RecordFolder.add(record, to: HomePath.expanded(path))
                    })
            }
        }
    }

    private func answerFiles(_ body: @escaping @Sendable (ChatStore) -> ChatFileEvent) {
        answer { .chat(.chatFiles(body(ChatStore($0.paths)))) }
    }
}
