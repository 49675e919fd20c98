// Where runs are looked for, how they are called by name, and the orders of lists.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct RunFinderTests {
    /// A data folder of a user with runs in it; removed at the end.
    private final class Home {
        let path = NSTemporaryDirectory() + "/finder-" + UUID().uuidString
        var paths: Paths { Paths(environment: ["XDG_DATA_HOME": path], home: path) }

        func run(_ folder: String, _ status: String, seconds: Int) throws {
            let folder = "\(path)/\(folder)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            let file = "\(folder)/workbench_run.json"
            try Data(status.utf8).write(to: URL(fileURLWithPath: file))
            var times = [
                timeval(tv_sec: seconds, tv_usec: 0), timeval(tv_sec: seconds, tv_usec: 0),
            ]
            #expect(utimes(file, &times) == 0)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func home() throws -> Home {
        let home = Home()
        try home.run("workbench/runs/run-1", #"{"state": "done", "step": 8}"#, seconds: 100)
        try home.run(
            "workbench/runs/run-2",
            #"{"state": "training", "name": "zeta", "step": 9, "best_eval_loss": 1.5}"#,
            seconds: 300)
        try home.run("elsewhere/deep/er/run-3", #"{"state": "failed"}"#, seconds: 200)
        // Checkpoints look like runs and belong to one.
        try home.run("workbench/runs/group/checkpoint-5", "{}", seconds: 900)
        return home
    }

    @Test func runsAreFoundNewestFirstAndOnce() throws {
        let home = try home()
        let own = RunFinder(home.paths).find().filter { $0.folder.hasPrefix(home.path) }
        #expect(own.map(\.name) == ["zeta", "run-1"])
        #expect(own.map(\.state) == [.lost, .done])
        let more = ["\(home.path)/elsewhere", "\(home.path)/workbench/runs/run-1/"]
        let all = RunFinder(home.paths, more: more).find().filter {
            $0.folder.hasPrefix(home.path)
        }
        #expect(all.map(\.name) == ["zeta", "run-3", "run-1"])
    }

    @Test func foldersWithTooManyNamesAreTold() throws {
        let home = try home()
        for number in 3..<9 {
            try home.run("workbench/runs/run-\(number)", #"{"state": "done"}"#, seconds: 1)
        }
        let finder = RunFinder(home.paths, namesMax: 5)
        let found = finder.search()
        let runs = "\(home.path)/workbench/runs"
        #expect(found.cut.filter { $0.hasPrefix(home.path) } == [runs])
        #expect(finder.remark(onCut: runs).contains("\(runs) holds more than 5 names"))
        #expect(found.runs.count { $0.folder.hasPrefix(home.path) } < 8)
        let whole = RunFinder(home.paths).search()
        #expect(whole.cut.isEmpty && whole.runs.count { $0.folder.hasPrefix(home.path) } == 8)
    }

    @Test func runsAreCalledByNameOrFolder() throws {
        let home = try home()
        let finder = RunFinder(home.paths)
        #expect(finder.run(named: "zeta")?.folder == "\(home.path)/workbench/runs/run-2")
        #expect(finder.run(named: "run-2")?.name == "zeta")
        #expect(finder.run(named: "\(home.path)/elsewhere/deep/er/run-3/")?.state == .failed)
        #expect(finder.run(named: "nothing of this name") == nil)
    }

    @Test func listsAreSorted() throws {
        let home = try home()
        let runs = RunFinder(home.paths, more: ["\(home.path)/elsewhere"]).find().filter {
            $0.folder.hasPrefix(home.path)
        }
        func names(_ order: RunOrder) -> [String] { order.sorted(runs).map(\.name) }
        #expect(names(.name) == ["run-1", "run-3", "zeta"])
        #expect(names(.step) == ["zeta", "run-1", "run-3"])
        #expect(names(.eval).first == "zeta")
        #expect(names(.state) == ["zeta", "run-3", "run-1"])
    }
}
