// The runs that are killed, cut and failed, and how many times: seconds within `swift test`, minutes with
// FAULTS=1 (`make faults`).

import Foundation
import Testing

@testable import Kernel
import TestSupport

/// How much is tried.
enum FaultBudget {
    static let isLarge = ProcessInfo.processInfo.environment["FAULTS"].map { !$0.isEmpty } ?? false

    static func of(_ small: Int, _ large: Int) -> Int { isLarge ? large : small }
}

/// Four kinds of training that between them use every part of a checkpoint.
enum FaultRecipe: String, CaseIterable, CustomTestStringConvertible {
    /// An adapter with dropout.
    case adapter
    /// Evaluations, samples, the best model at the end, old checkpoints deleted.
    case best
    /// The whole model, packed, with weight decay.
    case full
    /// An adapter on a 4-bit base, with noise on the embeddings.
    case quantized

    var testDescription: String { rawValue }

    func tiny(steps: Int) throws -> TinyRun {
        let tiny = try TinyRun {
            $0.duration.stepsMax = steps
            $0.checkpointing.interval = .init(1)
            $0.tuning.lora.rank = 2
            switch self {
            case .adapter: $0.tuning.lora.dropout = 0.1
            case .best:
                $0.checkpointing.loadsBest = true
                $0.checkpointing.keptMax = 2
                $0.samples.prompts = ["Say red"]
                $0.samples.newTokensMax = 2
            case .full:
                $0.tuning.method = .full
                $0.encoding.packing = true
                $0.optimizer.weightDecay = 0.1
                $0.checkpointing.keptMax = 3
            case .quantized:
                $0.model.quantization = .nf4
                $0.tuning.neftuneAlpha = 5
                $0.checkpointing.keptMax = 1
            }
        }
        if self == .best { tiny.evaluate(every: 1) }
        return tiny
    }

    /// The file whose bytes are the result.
    var result: String { self == .full ? "model.safetensors" : "adapter_model.safetensors" }
}

/// One recipe's run, written down from the first call to the last, and the judge of what is found later.
final class FaultTrial {
    let recipe: FaultRecipe
    let tiny: TinyRun
    let journal: DiskJournal
    let whole: Picture
    private var verdicts: [SHA256.Digest: String] = [:]
    /// States that were new, and therefore gone on from.
    private(set) var resumed = 0

    init(_ recipe: FaultRecipe, steps: Int) throws {
        self.recipe = recipe
        let tiny = try recipe.tiny(steps: steps)
        let journal = DiskJournal(tiny.path("disk"))
        (self.tiny, self.journal) = (tiny, journal)
        try FileManager.default.createDirectory(
            atPath: tiny.path("disk"), withIntermediateDirectories: true)
        let outcome = journal.calls().during {
            tiny.run(
                in: "disk/run",
                hear: { event in
                    if case .checkpointSaved(_, let step) = event { journal.mark(step) }
                })
        }
        if let error = outcome.error { throw error }
        whole = try Picture(tiny.path("disk/run"))
    }

    /// What is wrong with a disk on which the checkpoint of `saved` was said to be safe; empty: nothing.
    /// `full`: also when a disk that looks the same was judged before.
    func fault(_ disk: DiskTree, saved: Int?, full: Bool) throws -> String {
        let key = Self.key(disk)
        if !full, let known = verdicts[key] { return known }
        resumed += 1
        let folder = tiny.path("cut/run")
        try? FileManager.default.removeItem(atPath: tiny.path("cut"))
        try disk.write(to: tiny.path("cut"))
        let text = try DiskCalls.hasty.during { try judge(folder, saved) }
        verdicts[key] = text
        return text
    }

    private func judge(_ folder: String, _ saved: Int?) throws -> String {
        var newest = -1
        for (path, step) in Checkpoint.list(in: folder) {
            do throws(KernelError) { try Checkpoint.verify(path) } catch {
                return "half a checkpoint is visible: \(error)"
            }
            newest = max(newest, step)
        }
        if let saved, newest < saved {
            return "checkpoint \(saved) is lost, the newest is \(newest)"
        }
        let result = "\(folder)/\(recipe.result)"
        let mark = recipe == .full ? "config.json" : AdapterFile.configName
        if try DiskCalls.isThere("\(folder)/\(mark)"), try !DiskCalls.isThere(result) {
            return "half a result is visible"
        }
        if try DiskCalls.isThere(result), (try? SafetensorsFile(path: result)) == nil {
            return "a damaged result is visible"
        }
        let outcome = tiny.run(in: "cut/run")
        if let error = outcome.error { return "it does not go on: \(error)" }
        let names = try DiskCalls.names(in: folder)
        if let left = names.first(where: { $0.hasSuffix(".tmp") || $0.hasPrefix(".deleted") }) {
            return "\(left) is left"
        }
        let found = try Picture(folder)
        return found == whole ? "" : "it ends otherwise: \(found.difference(whole))"
    }

    /// All that is visible, and which hidden names there are: what is in those is swept unread.
    private static func key(_ disk: DiskTree) -> SHA256.Digest {
        var hash = SHA256()
        func add(_ tree: DiskTree, _ path: String, isVisible: Bool) {
            switch tree {
            case .file(let bytes):
                Array("\(path) \(bytes.count)\n".utf8).withUnsafeBytes { hash.update($0) }
                if isVisible { bytes.withUnsafeBytes { hash.update($0) } }
            case .folder(let entries):
                for (name, tree) in entries.sorted(by: { $0.key < $1.key }) {
                    let isHidden = name.hasSuffix(".tmp") || name.hasPrefix(".deleted")
                    if isHidden {
                        Array("\(path)/hidden\n".utf8).withUnsafeBytes { hash.update($0) }
                    } else {
                        add(tree, "\(path)/\(name)", isVisible: isVisible)
                    }
                }
            }
        }
        add(disk, "", isVisible: true)
        return hash.finish()
    }
}

/// Says at once what a campaign did, also when the next one is ended from outside.
func tellFaults(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
