// What the interface learns of files, and how it reads typed paths.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct InspectionTests {
    @Test func dataSetsTellTheirFormat() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let catalog = #"""
            {"plain": {"file_name": "a.json"},
             "chats": {"file_name": "a.json", "formatting": "sharegpt"},
             "api": {"file_name": "a.json", "formatting": "openai"},
             "texts": {"file_name": "a.json", "columns": {"prompt": "text"}},
             "better": {"file_name": "a.json", "ranking": true,
                        "columns": {"prompt": "p", "chosen": "c", "rejected": "r"}},
             "lost": {"file_name": "none.json"}}
            """#
        try Data(catalog.utf8).write(to: folder.appending(path: "dataset_info.json"))
        try Data("[]".utf8).write(to: folder.appending(path: "a.json"))
        let sets = try Inspection.datasets(in: folder.path)
        #expect(
            sets.map { [$0.name, $0.format] } == [
                ["plain", "alpaca"], ["chats", "sharegpt"], ["api", "openai"], ["texts", "text"],
                ["better", "alpaca pairs"], ["lost", ""],
            ])
        #expect(sets.map { $0.problem == nil } == [true, true, true, true, true, false])
    }

    @Test func typedPathsMayBeginAtHome() {
        let home = NSHomeDirectory()
        #expect(HomePath.expanded("~/models/a.gguf") == home + "/models/a.gguf")
        #expect(HomePath.expanded("~") == home)
        for path in ["models/~a", "/~", "", "identity"] {
            #expect(HomePath.expanded(path) == path)
        }
        var plan = TrainingPlan()
        plan.model.path = "~/m"
        plan.model.adapters = ["~/a", "b"]
        plan.data.folder = "~/data"
        plan.data.names = ["identity", "~/x.json"]
        plan.data.evaluationNames = ["~/y.json"]
        plan.output.folder = "~/runs/1"
        plan.checkpointing.resumesFrom = "~/runs/0"
        let full = plan.withFullPaths
        #expect(full.model.path == home + "/m" && full.model.adapters == [home + "/a", "b"])
        #expect(full.data.folder == home + "/data" && full.output.folder == home + "/runs/1")
        #expect(full.data.names == ["identity", home + "/x.json"])
        #expect(full.data.evaluationNames == [home + "/y.json"])
        #expect(full.checkpointing.resumesFrom == home + "/runs/0")
        let request = ExportRequest(
            modelPath: "~/m", adapterPath: "~/a", template: nil, folder: "~/out", format: .gguf,
            dtype: "q8_0", shardGigabytes: 5)
        #expect(request.withFullPaths.folder == home + "/out")
        #expect(request.withFullPaths.adapterPath == home + "/a")
        let question = ChatRequest(
            id: 1, modelPath: "~/m", template: nil, source: .adapter(path: "~/a"), messages: [],
            sampling: SamplingSettings())
        #expect(question.withFullPaths.source == .adapter(path: home + "/a"))
        #expect(question.withFullPaths.modelPath == home + "/m")
    }
}
