// Conversations and records on disk, in a folder of the test's own.

import Foundation
import Testing

@testable import Kernel
@testable import Workbench

@Suite final class ChatShelfTests {
    private let root: String

    init() throws {
        root = NSTemporaryDirectory() + "chat-shelf-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private var store: ChatStore {
        ChatStore(Paths(environment: ["XDG_DATA_HOME": root], home: "/"))
    }

    @Test func conversationsAreSavedListedReadAndDeleted() throws {
        #expect(try store.list().isEmpty)
        let state = ChatSamples.compared
        var document = ChatDocument()
        document.tree = state.tree
        try store.save(document, "包裹 1", replaces: false)
        #expect(throws: KernelError.self) { try store.save(document, "包裹 1", replaces: false) }
        document.system = "new"
        try store.save(document, "包裹 1", replaces: true)
        #expect(try store.list().map(\.name) == ["包裹 1"])
        #expect(try store.load("包裹 1") == document)
        #expect(throws: KernelError.self) { try store.load("../runs") }
        try Data("{".utf8).write(to: URL(fileURLWithPath: "\(root)/workbench/chats/torn.json"))
        #expect(throws: KernelError.self) { try store.load("torn") }
        try store.delete("包裹 1")
        #expect(try store.list().map(\.name) == ["torn"])
        #expect(throws: KernelError.self) { try store.delete("包裹 1") }
        // A list is shown by the tab itself, without a notice.
        #expect(ChatFileEvent.listed(.success(try store.list())).notice == nil)
    }

    @Test func whatRunsHaveLeftCanAnswer() throws {
        let paths = Paths(environment: ["XDG_DATA_HOME": root], home: "/")
        for folder in ["a", "a/checkpoint-8", "a/checkpoint-16", "untrained"] {
            let path = "\(paths.runs)/\(folder)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/trainer_state.json"))
            guard folder != "untrained" else { continue }
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/adapter_config.json"))
        }
        let found = TrainedFolders(paths).find().filter { $0.path.hasPrefix(root) }
        #expect(found.map(\.name) == ["a", "a@16", "a@8"])
        #expect(found.last?.path == "\(paths.runs)/a/checkpoint-8")
    }

    @Test func recordsCanBeTrainedOn() throws {
        let path = "\(root)/data/pairs.jsonl"
        let messages = [
            ChatLine(speaker: .system, text: "s"), ChatLine(speaker: .user, text: "你好\n吗"),
        ]
        let record = TrainingRecord.json(messages, answer: "<think>x</think>好")
        #expect(try RecordFolder.add(record, to: path) == AddedRecord(count: 1, dataset: "pairs"))
        // Another program's last line has no end.
        let other =
            #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(other.utf8))
        try handle.close()
        #expect(try RecordFolder.add(record, to: path).count == 3)
        let catalog = try DatasetCatalog(directory: "\(root)/data")
        #expect(catalog.entries.map(\.name) == ["pairs"] && catalog.defects.isEmpty)
        let dataset = try OpenDataset(named: "pairs", in: catalog, for: .supervised)
        #expect(dataset.count == 3)
        guard case .chat(let example) = try dataset.example(at: 0) else {
            Issue.record("no conversation")
            return
        }
        #expect(example.system == "s")
        #expect(example.messages == [ChatMessage(.user, "你好\n吗"), ChatMessage(.assistant, "好")])
    }

    @Test func aListOfDataSetsIsKeptAsItIs() throws {
        let list = "\(root)/dataset_info.json"
        try Data(#"{"mine": {"file_name": "pairs.jsonl"}, "b": {"file_name": "b.json"}}"#.utf8)
            .write(to: URL(fileURLWithPath: list))
        let record = TrainingRecord.json([ChatLine(speaker: .user, text: "a")], answer: "b")
        let added = try RecordFolder.add(record, to: "\(root)/pairs.jsonl")
        #expect(added == AddedRecord(count: 1, dataset: "mine"))
        // The name is taken by other data.
        #expect(try RecordFolder.add(record, to: "\(root)/b.jsonl").missingEntry != nil)
        #expect(try RecordFolder.add(record, to: "\(root)/c.jsonl").missingEntry == nil)
        let names = try DatasetCatalog(directory: root).entries.map(\.name)
        #expect(names == ["mine", "b", "c"])
        try Data("broken".utf8).write(to: URL(fileURLWithPath: list))
        #expect(try RecordFolder.add(record, to: "\(root)/d.jsonl").missingEntry != nil)
        #expect(throws: KernelError.self) { try RecordFolder.add(record, to: "\(root)/x.json") }
    }

    @Test func theTabSavesOpensAndExports() {
        var state = ChatSamples.answered("我的 a/b", "好", ChatSamples.ready)
        func press(_ keys: String...) -> [Workbench.Effect] {
            keys.flatMap { ChatTab.update(&state, .key(AppRobot.key($0))) }
        }
        _ = ChatTab.update(&state, .savePressed)
        let saved = press("Enter")
        guard case .chat(.saveChat(let document, let name, let replaces)) = saved.first else {
            Issue.record("nothing was saved")
            return
        }
        #expect(name == "我的 a b" && !replaces && document.tree == state.tree)
        _ = ChatTab.update(&state, .filesTold(.saved(name: name, nil)))
        // What was saved is given up without a question.
        #expect(ChatTab.update(&state, .newPressed) == [.chat(.resetChat)] && state.tree.isEmpty)
        #expect(ChatTab.update(&state, .openPressed) == [.chat(.listChats)])
        _ = ChatTab.update(&state, .filesTold(.listed(.success(ChatSamples.files))))
        #expect(press("↓", "Enter") == [.chat(.loadChat(name: "order 88213"))])
        _ = ChatTab.update(&state, .filesTold(.loaded(name: name, .success(document))))
        #expect(state.tree == document.tree && state.fileName == name)
        _ = ChatTab.update(&state, .recordPressed)
        #expect(
            press("Enter") == [
                .chat(
                    .addRecord(
                        TrainingRecord.json(
                            [ChatLine(speaker: .user, text: "我的 a/b")], answer: "好"),
                        path: "data/chat-records.jsonl"))
            ])
        _ = ChatTab.update(&state, .filesTold(.listed(.success(ChatSamples.files))))
        #expect(press("D", "y") == [.chat(.deleteChat(name: "包裹显示已签收"))])
    }
}
