// A tiny model and data on disk, looked at as the interface does: cut records with what was cut, the
// records to look at, the check list, and the fit.

import Foundation
import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct InspectionModelTests {
    private static func plan(_ records: [String], cutoff: Int) throws -> (TrainingPlan, String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try TinyModels.make(in: folder + "/model")
        try (records.joined(separator: "\n") + "\n").write(
            toFile: folder + "/data.jsonl", atomically: true, encoding: .utf8)
        var plan = TrainingPlan()
        plan.model.path = folder + "/model"
        plan.encoding.template = "chatml"
        plan.encoding.cutoffLength = cutoff
        plan.data.folder = folder
        plan.data.names = [folder + "/data.jsonl"]
        return (plan, folder)
    }

    private static func record(_ question: String, _ answer: String) -> String {
        #"{"instruction": "\#(question)", "output": "\#(answer)"}"#
    }

    @Test func aCutRecordShowsWhatIsCutAtItsPlace() throws {
        let long = String(repeating: "x", count: 200)
        let (plan, folder) = try Self.plan([Self.record(long, "kept")], cutoff: 64)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let record = try Inspection.previewer(plan).preview(0)
        #expect(record.kept.count == 64)
        // The question loses its end, the answer behind it stays and is trained.
        let gap = try #require(record.gaps.first)
        #expect(record.gaps.count == 1)
        #expect(record.pieces[gap.position].isCut && !record.pieces[gap.position - 1].isCut)
        #expect(record.pieces.count { $0.isCut } == gap.count)
        #expect(record.kept.filter(\.isTrained).map(\.text).joined().hasPrefix("kept"))
        #expect(record.rendered.contains(long))
        let rows = RecordText(record: record, showsIDs: false, theme: .mono).rows(width: 70)
            .map(\.string)
        #expect(rows.contains { $0.contains("\(gap.count) tokens are cut here") })
        #expect(rows.contains { $0.contains("here it goes on") })
        #expect(rows.last?.hasPrefix("▌ kept") == true)
    }

    @Test func anUncutRecordHasNoGap() throws {
        let (plan, folder) = try Self.plan([Self.record("你好", "ok")], cutoff: 64)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let record = try Inspection.previewer(plan).preview(0)
        #expect(record.gaps.isEmpty && record.kept == record.pieces)
        #expect(record.rendered.contains("你好"))
    }

    @Test func theReportLeadsToEveryRecordToLookAt() throws {
        let long = String(repeating: "y", count: 300)
        let (plan, folder) = try Self.plan(
            [
                Self.record("a", "b"), "{broken", Self.record("a", "b"), Self.record(long, "c"),
                Self.record("d", ""),
            ], cutoff: 64)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let report = try Inspection.data(plan, control: LoadControl())
        let found = report.findings
        func indices(_ kind: DataReport.Finding.Kind) -> [Int?] {
            found.filter { $0.kind == kind }.map(\.index)
        }
        #expect(indices(.invalid).contains(1))
        #expect(indices(.cut) == [3])
        #expect(indices(.repeated) == [2])
        #expect(report.empty == indices(.empty).count)
        #expect(report.empty == 0 ? indices(.invalid).contains(4) : indices(.empty) == [4])
    }

    @Test(arguments: [(0.0, 10, 20), (0.2, 8, 16), (3.0, 7, 14)])
    func stepsAreCountedBesideHeldOutRecords(share: Double, records: Int, steps: Int) throws {
        var (plan, folder) = try Self.plan(
            (1...10).map { Self.record("question \($0)", "answer \($0)") }, cutoff: 64)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        plan.data.validationSize = share
        plan.duration.epochs = 2
        plan.batching.microBatchSize = 1
        plan.batching.accumulationSteps = 1
        plan.output.folder = folder + "/run"
        let report = try Inspection.data(plan, control: LoadControl())
        #expect(report.records == records && report.heldOut == 10 - records)
        let estimate = try Inspection.estimate(plan, report: report)
        #expect(estimate.steps == steps && estimate.stepsPerEpoch == records)
        #expect(estimate.tokensPerEpoch == report.tokens)
        // The run says the same.
        var told: RunSummary?
        var seen = 0
        let listener = RunListener { event in
            if case .prepared(let summary) = event { told = summary }
            if case .finished(let result) = event { seen = result.tokensSeen }
        }
        let environment = TrainingRun.Environment(
            now: { 0 }, idleWait: {}, observers: [listener], planText: "")
        try TrainingRun(plan, control: RunControl(), environment: environment).run()
        #expect(told?.totalSteps == steps && told?.examples == records)
        #expect(estimate.tokens == Double(seen))
        // Another part is another question; the records that are shown stay.
        var other = plan
        other.data.validationSize = 0.5
        #expect(other.dataQuestion != plan.dataQuestion)
        #expect(other.recordQuestion == plan.recordQuestion)
    }

    @Test func theReportTellsOfTheContextAndOfSetsToEvaluateOn() throws {
        let long = String(repeating: "x", count: 600)
        var (plan, folder) = try Self.plan(
            [Self.record("a", "b"), Self.record("c", "d"), Self.record("e", long)], cutoff: 4096)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let limit = try ModelFolder(path: plan.model.path).config.maximumPositions
        try (Self.record("c", "d") + "\n" + Self.record("g", "h") + "\n").write(
            toFile: folder + "/held.jsonl", atomically: true, encoding: .utf8)
        plan.data.evaluationNames = [folder + "/held.jsonl"]
        var report = try Inspection.data(plan, control: LoadControl())
        #expect(report.beyondContext == report.rowLengths.count { $0 > limit })
        #expect(report.beyondContext == 1 && report.alsoTrained == 1 && report.heldOut == 2)
        #expect(report.records == 3 && report.evaluationFault == nil)
        // The same in the tab.
        func shown(_ report: DataReport) -> String {
            var frame = Frame(size: Size(90, 20))
            ReportPane(report: report, cutoff: 64).render(
                in: frame.area, on: &frame, theme: .mono)
            return frame.text
        }
        #expect(shown(report).contains("1 records, longer than the model's context"))
        #expect(shown(report).contains("1 held-out records are trained on"))
        // A set to evaluate on that cannot be read costs no report on the rest.
        plan.data.evaluationNames = [folder + "/none.jsonl"]
        report = try Inspection.data(plan, control: LoadControl())
        #expect(report.records == 3 && report.evaluationFault != nil)
        #expect(shown(report).contains("cannot be read"))
        plan.data.names = [folder + "/none.jsonl"]
        #expect(throws: KernelError.self) { try Inspection.data(plan, control: LoadControl()) }
    }

    @Test func aReportThatIsGivenUpEnds() throws {
        let (plan, folder) = try Self.plan([Self.record("a", "b")], cutoff: 64)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(throws: KernelError.self) {
            try Inspection.data(plan, control: LoadControl(isCancelled: { true }))
        }
    }

    @Test func aModelIsCheckedAndFits() throws {
        let (plan, folder) = try Self.plan([], cutoff: 64)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let summary = try Inspection.summary(plan.model.path, checks: true)
        #expect(summary.checks.map(\.title).contains("padding"))
        #expect(summary.checks.first { $0.title == "padding" }?.detail == "<|endoftext|>")
        #expect(summary.checks.first { $0.title == "end of text" }?.passed == true)
        #expect([.fits, .tight].contains(Inspection.fit(plan.model.path, plan)))
        #expect(Inspection.fit(folder + "/nothing", plan) == .unknown)
    }
}
