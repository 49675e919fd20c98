// Damaged checkpoints: bits, bytes, pages, cuts, longer files, exchanged and missing ones. Each is found, or the
// checkpoint means exactly what it meant before.

import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel
import TestSupport

@Suite(.serialized) struct CorruptionTests {
    @Test(arguments: [FaultRecipe.best, .full]) func everyDamageIsFound(recipe: FaultRecipe) throws
    {
        let tiny = try recipe.tiny(steps: 2)
        let outcome = DiskCalls.hasty.during { tiny.run() }
        try #require(outcome.error == nil)
        let folder = tiny.path("run/checkpoint-2")
        let names = try DiskCalls.names(in: folder).sorted()
        let good = try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try contents("\(folder)/\($0)")) })
        let manifest = try FolderManifest(reading: folder)
        var numbers = SeededNumbers(seed: 7)
        let trials = FaultBudget.of(500, 51_000)
        var (found, same, missed) = (0, 0, [String]())
        for trial in 0..<trials {
            let name = names[numbers.below(names.count)]
            let old = good[name] ?? []
            let bad = damaged(old, good, names, &numbers)
            guard bad != old else { continue }
            let path = "\(folder)/\(name)"
            if let bad {
                try Data(bad).write(to: URL(fileURLWithPath: path))
            } else {
                try FileManager.default.removeItem(atPath: path)
            }
            if let verified = try? Checkpoint.verify(folder) {
                // A blank between two words of the manifest changes nothing.
                if name == FolderManifest.name, verified == manifest {
                    same += 1
                } else {
                    missed.append("\(trial): \(name)")
                }
            } else {
                found += 1
            }
            try Data(old).write(to: URL(fileURLWithPath: path))
        }
        tellFaults(
            "damage \(recipe): \(found) found, \(same) without meaning, \(missed.count) missed")
        #expect(missed.count == 0, "\(missed.prefix(3))")
        #expect(found > trials / 2)
        try Checkpoint.verify(folder)
    }

    /// The result of a run: its weights, and the list of them.
    @Test(arguments: [FaultRecipe.best, .full]) func everyDamageOfAResultIsFound(
        recipe: FaultRecipe
    ) throws {
        let tiny = try recipe.tiny(steps: 2)
        let outcome = DiskCalls.hasty.during { tiny.run() }
        try #require(outcome.error == nil)
        let folder = tiny.folder
        let weights = try #require(
            DiskCalls.names(in: folder).first { $0.hasSuffix(".safetensors") })
        let names = [weights, FolderManifest.resultName]
        let good = try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try contents("\(folder)/\($0)")) })
        func check() throws(KernelError) {
            try FolderManifest.checkIfThere(folder) { _ in [weights] }
        }
        try check()
        var numbers = SeededNumbers(seed: 11)
        var found = 0
        for trial in 0..<FaultBudget.of(300, 10_000) {
            let name = names[numbers.below(8) == 0 ? 1 : 0]
            let old = good[name] ?? []
            guard let bad = damaged(old, good, names, &numbers), bad != old else { continue }
            try Data(bad).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            do throws(KernelError) {
                try check()
                // A blank between two words of the list changes nothing.
                let text = String(decoding: bad, as: UTF8.self).filter { !$0.isWhitespace }
                let was = String(decoding: old, as: UTF8.self).filter { !$0.isWhitespace }
                #expect(name == FolderManifest.resultName && text == was, "\(trial): \(name)")
            } catch {
                found += 1
            }
            try Data(old).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        #expect(found > 200)
        try check()
    }

    /// Nil: the file is gone.
    private func damaged(
        _ old: [UInt8], _ all: [String: [UInt8]], _ names: [String],
        _ numbers: inout SeededNumbers
    ) -> [UInt8]? {
        var bytes = old
        let at = numbers.below(max(1, bytes.count))
        switch numbers.below(12) {
        case 0..<6: bytes[at] ^= 1 << UInt8(numbers.below(8))
        case 6: bytes[at] = UInt8(truncatingIfNeeded: numbers.next())
        case 7:
            let page = at / 4_096 * 4_096
            for index in page..<min(bytes.count, page + 4_096) { bytes[index] = 0 }
        case 8: bytes.removeLast(bytes.count - at)
        case 9: bytes += [UInt8](repeating: 0, count: 1 + numbers.below(9))
        case 10: bytes = all[names[numbers.below(names.count)]] ?? []
        default: return nil
        }
        return bytes
    }
}
