// Runs that are killed between any two calls, and disks that lose what was not synced: the same command always
// goes on from the newest checkpoint that was said to be saved, and ends with the same bytes.

import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel
import TestSupport

@Suite(.serialized) struct PowerCutTests {
    /// Killed after each change that the run made to the disk, or after some of them, evenly.
    @Test(arguments: FaultRecipe.allCases) func aKillLosesNothing(recipe: FaultRecipe) throws {
        let trial = try FaultTrial(recipe, steps: FaultBudget.of(3, 30))
        let changes = trial.journal.changes
        let points = min(changes.count, FaultBudget.of(75, .max))
        var disk = SimulatedDisk(folders: trial.journal.folders)
        var (faults, next) = ([String](), 0)
        for (number, change) in changes.enumerated() {
            disk.apply(change)
            guard number * points / changes.count >= next else { continue }
            next += 1
            let saved = trial.journal.saved(after: number + 1)
            let fault = try trial.fault(disk.seen, saved: saved, full: next % 20 == 0)
            if !fault.isEmpty { faults.append("killed after change \(number + 1): \(fault)") }
        }
        tellFaults(
            "killed \(recipe): \(next) points, \(trial.resumed) states, \(faults.count) faults")
        #expect(faults.count == 0, "\(faults.prefix(3))")
    }

    @Test(arguments: FaultRecipe.allCases) func aPowerCutLosesNothing(recipe: FaultRecipe) throws {
        let trial = try FaultTrial(recipe, steps: FaultBudget.of(3, 8))
        let changes = trial.journal.changes
        let cuts = FaultBudget.of(75, 2_600)
        var numbers = SeededNumbers(seed: 12)
        var moments = (0..<cuts).map { _ in numbers.below(changes.count) }
        moments.sort()
        var disk = SimulatedDisk(folders: trial.journal.folders)
        var (faults, applied) = ([String](), 0)
        for (index, moment) in moments.enumerated() {
            while applied <= moment {
                disk.apply(changes[applied])
                applied += 1
            }
            let cut: PowerCut =
                switch index % 5 {
                case 0: .after(numbers.below(applied + 1))
                case 1: .entries
                case 2: .bytes
                default: .any(entries: numbers.below(101), sectors: numbers.below(101))
                }
            let found = disk.found(after: cut, &numbers)
            let saved = trial.journal.saved(after: applied)
            let fault = try trial.fault(found, saved: saved, full: index % 50 == 0)
            if !fault.isEmpty {
                faults.append("cut \(index) at change \(applied), \(cut): \(fault)")
            }
        }
        tellFaults(
            "power cut \(recipe): \(cuts) cuts, \(trial.resumed) states, \(faults.count) faults")
        #expect(faults.count == 0, "\(faults.prefix(3))")
    }

    /// The disk of the tests forgets what it should: a file that was renamed before its bytes were synced.
    @Test func theSimulationFindsAMissingSync() throws {
        var disk = SimulatedDisk(folders: [])
        disk.apply(.link(folder: 0, name: "a", node: 1))
        disk.apply(.write(node: 1, offset: 0, bytes: [1, 2, 3]))
        disk.apply(.sync(node: 1))
        disk.apply(.sync(node: 0))
        disk.apply(.link(folder: 0, name: ".a.tmp", node: 2))
        disk.apply(.write(node: 2, offset: 0, bytes: [4, 5, 6, 7]))
        disk.apply(.move(0, ".a.tmp", 0, "a", node: 2))
        var numbers = SeededNumbers(seed: 1)
        #expect(disk.seen == .folder(["a": .file([4, 5, 6, 7])]))
        #expect(disk.found(after: .entries, &numbers) == .folder(["a": .file([1, 2, 3])]))
        #expect(disk.found(after: .bytes, &numbers) == .folder(["a": .file([0, 0, 0, 0])]))
        disk.apply(.sync(node: 2))
        #expect(disk.found(after: .bytes, &numbers) == .folder(["a": .file([4, 5, 6, 7])]))
        #expect(
            disk.found(after: .after(5), &numbers)
                == .folder(["a": .file([1, 2, 3]), ".a.tmp": .file([4, 5, 6, 7])]))
    }

    /// A run without its syncs fails the judge: it can tell.
    @Test func theJudgeFindsARunThatDoesNotSync() throws {
        let tiny = try FaultRecipe.adapter.tiny(steps: 2)
        try FileManager.default.createDirectory(
            atPath: tiny.path("disk"), withIntermediateDirectories: true)
        let journal = DiskJournal(tiny.path("disk"))
        var calls = journal.calls()
        calls.synchronize = { _ in 0 }
        calls.during {
            _ = tiny.run(
                in: "disk/run",
                hear: { event in
                    if case .checkpointSaved(_, let step) = event { journal.mark(step) }
                })
        }
        var disk = SimulatedDisk(folders: journal.folders)
        for change in journal.changes { disk.apply(change) }
        var numbers = SeededNumbers(seed: 3)
        let found = disk.found(after: .bytes, &numbers)
        try found.write(to: tiny.path("cut"))
        #expect(throws: KernelError.self) {
            try Checkpoint.verify(tiny.path("cut/run/checkpoint-2"))
        }
    }
}
