// Every call to the disk failed once, with each errno: the run goes on or says why not, what was good stays
// good, and the same command ends as if nothing had been.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite(.serialized) struct FailedCallTests {
    private static let codes = [ENOSPC, EIO, EDQUOT, EROFS, EMFILE, EACCES, ENOMEM, EINTR]

    @Test(arguments: FaultRecipe.allCases) func oneFailedCallHarmsNothing(recipe: FaultRecipe)
        throws
    {
        let trial = try FaultTrial(recipe, steps: 2)
        let (tiny, whole) = (trial.tiny, trial.whole)
        // As a run that was killed when its first step was saved: it reads, cuts back, prunes and writes.
        var disk = SimulatedDisk(folders: trial.journal.folders)
        for (number, change) in trial.journal.changes.enumerated()
        where (trial.journal.saved(after: number) ?? 0) < 1 {
            disk.apply(change)
        }
        let base = try #require(disk.seen["run"])
        try base.write(to: tiny.path("base"))
        var trials: [(DiskCall, Int, Int32)] = []
        for call in DiskCall.allCases {
            let counter = NthCall(call, 0, 0, part: "/run")
            try reset(tiny)
            _ = DiskCalls.hasty.failing(counter.fate).during { tiny.run() }
            for number in 1..<max(2, counter.calls + 1) {
                for code in Self.codes { trials.append((call, number, code)) }
            }
        }
        let wanted = min(trials.count, FaultBudget.of(50, .max))
        var (faults, done) = ([String](), 0)
        for index in 0..<wanted {
            let (call, number, code) = trials[index * trials.count / wanted]
            try reset(tiny)
            let failure = NthCall(call, number, code, part: "/run")
            let outcome = DiskCalls.hasty.failing(failure.fate).during { tiny.run() }
            guard failure.hasStruck else { continue }
            done += 1
            let fault = try DiskCalls.hasty.during { try judge(tiny, outcome, whole) }
            if !fault.isEmpty { faults.append("\(call) \(number) errno \(code): \(fault)") }
        }
        tellFaults("failed calls \(recipe): \(done) of \(trials.count), \(faults.count) faults")
        #expect(faults.count == 0, "\(faults.prefix(3))")
    }

    private func reset(_ tiny: TinyRun) throws {
        try? FileManager.default.removeItem(atPath: tiny.folder)
        try FileManager.default.copyItem(atPath: tiny.path("base"), toPath: tiny.folder)
    }

    private func judge(_ tiny: TinyRun, _ outcome: RunOutcome, _ whole: Picture) throws -> String {
        for (path, _) in Checkpoint.list(in: tiny.folder) {
            do throws(KernelError) { try Checkpoint.verify(path) } catch {
                return "half a checkpoint is visible: \(error)"
            }
        }
        if tiny.checkpoints().isEmpty { return "no checkpoint is left" }
        let isTold =
            outcome.error != nil || !outcome.notices.isEmpty
            || outcome.events.contains { if case .checkpointFailed = $0 { true } else { false } }
        if let error = outcome.error, error.what.description.isEmpty || error.why == nil {
            return "no reason is told: \(error)"
        }
        if outcome.error?.description.contains("overwrite_output_dir") == true {
            return "it advises to delete: \(outcome.error?.description ?? "")"
        }
        if outcome.error == nil {
            let names = try DiskCalls.names(in: tiny.folder)
            let isClean = !names.contains { $0.hasSuffix(".tmp") || $0.hasPrefix(".deleted") }
            if try Picture(tiny.folder) == whole, isClean { return "" }
        }
        if !isTold { return "another end, and nothing was told" }
        let again = tiny.run()
        if let error = again.error { return "it does not go on: \(error)" }
        let names = try DiskCalls.names(in: tiny.folder)
        if let left = names.first(where: { $0.hasSuffix(".tmp") || $0.hasPrefix(".deleted") }) {
            return "\(left) is left"
        }
        let found = try Picture(tiny.folder)
        return found == whole ? "" : "it ends otherwise: \(found.difference(whole))"
    }
}
