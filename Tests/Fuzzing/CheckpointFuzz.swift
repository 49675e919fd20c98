// Broken checkpoints: one file of a good one is damaged and, but for the manifest, listed again as it now is, so
// that the damage reaches the file's own reader. What is taken must be a state that a run can go on from.
import Foundation
import Synchronization

@testable import Kernel

/// A good checkpoint and what it goes on with.
struct CheckpointSample: Sendable {
    /// The files of the folder by their names.
    var files: [String: [UInt8]]
    var step: Int
    var totalSteps: Int
    /// Lines of the run's log up to the checkpoint.
    var log: [UInt8]
    /// A fresh model and optimizer for a thread.
    var makeTarget: @Sendable () throws -> (model: TunedModel, optimizer: any Optimizer)
}

extension FuzzReader {
    /// All files of a checkpoint; the first byte of an input says which it is.
    static func checkpoint(_ sample: CheckpointSample) throws -> FuzzReader {
        let names = sample.files.keys.sorted()
        let seeds = names.enumerated().map { index, name in
            [UInt8(index)] + (sample.files[name] ?? [])
        }
        let longest = (seeds.map(\.count).max() ?? 0) + 4_096
        let mutator = TextMutator(
            seeds,
            words: TextMutator.json + [
                "\"version\":1", "\"schema\":2", "\"step\":", "lossSum", "rateFactor",
                "\"bestStep\":0", "optimizerSteps", "F32", "BF16", "data_offsets", "[0,4]",
                "lora_A.weight", "\"r\":", "lora_alpha", "all-linear", "log_history",
                "\"max_steps\":", "sha256", "../x", "unloggedLosses",
            ], longest: longest)
        let trial = CheckpointTrial(sample, names)
        return FuzzReader(
            "checkpoints", longest: longest, reaches: ["badData", "configuration"]
        ) {
            mutator.mutant(&$0)
        } read: { bytes in
            trial.verdict(bytes)
        }
    }
}

/// A checkpoint folder a thread, in which one file at a time is damaged.
private final class CheckpointTrial: Sendable {
    private struct Target: @unchecked Sendable {
        // Of one thread alone.
        let model: TunedModel
        let optimizer: any Optimizer
        let identity: RunIdentity
        let manifest: FolderManifest
    }

    private let sample: CheckpointSample
    private let names: [String]
    private let scratch: FuzzScratch
    private let targets = Mutex<[String: Target]>([:])

    init(_ sample: CheckpointSample, _ names: [String]) {
        (self.sample, self.names) = (sample, names)
        scratch = FuzzScratch { folder in
            let path = "\(folder)/checkpoint-\(sample.step)"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            for (name, bytes) in sample.files {
                try FuzzScratch.write(bytes, to: "\(path)/\(name)")
            }
        }
    }

    private func target(_ path: String) throws -> Target {
        if let known = targets.withLock({ $0[path] }) { return known }
        struct Saved: Decodable { var identity: RunIdentity }
        let state = sample.files[Checkpoint.stateName] ?? []
        let saved = try JSONDecoder().decode(Saved.self, from: Data(state))
        let (model, optimizer) = try sample.makeTarget()
        let target = Target(
            model: model, optimizer: optimizer, identity: saved.identity,
            manifest: try FolderManifest(reading: path))
        targets.withLock { $0[path] = target }
        return target
    }

    func verdict(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        do {
            let path = "\(try scratch.folder())/checkpoint-\(sample.step)"
            let target = try target(path)
            let name = names[Int(bytes.first ?? 0) % names.count]
            let content = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
            try FuzzScratch.write(content, to: "\(path)/\(name)")
            if name != FolderManifest.name {
                var manifest = target.manifest
                manifest.files[name] = .init(
                    bytes: content.count, sha256: SHA256.digest(of: content).description)
                try FuzzScratch.write(
                    Array(manifest.text.utf8), to: "\(path)/\(FolderManifest.name)")
            }
            defer {
                for kept in [name, FolderManifest.name] {
                    try? FuzzScratch.write(sample.files[kept] ?? [], to: "\(path)/\(kept)")
                }
            }
            return read(path, target)
        } catch {
            return .wrong("\(error)")
        }
    }

    private func read(_ path: String, _ target: Target) -> Verdict {
        judged { () throws(KernelError) in
            let state = try Checkpoint.load(
                path, into: target.model, optimizer: target.optimizer, identity: target.identity,
                totalSteps: sample.totalSteps)
            if let fault = state.fault(totalSteps: sample.totalSteps) { return fault.description }
            guard state.step == sample.step else { return "step \(state.step)" }
            for parameter in target.model.parameters.parameters
            where !parameter.value.values.allSatisfy(\.isFinite) {
                return "\(parameter.name) holds NaN or infinity"
            }
            return try history(path)
        }
    }

    /// The log is put right by the history of trainer_state.json, whatever that says.
    private func history(_ path: String) throws(KernelError) -> String? {
        let file = "\(path)/\(MetricsLog.stateName)"
        guard try DiskCalls.isThere(file) else { return nil }
        let json = try JSONValue(contentsOf: file)
        let recorded = (json["log_history"]?.array ?? []).compactMap(\.object)
        return sample.log.withUnsafeBytes { log in
            let repair = RunLogRepair(
                log, upTo: sample.step, recorded: recorded, total: json["max_steps"]?.integer)
            for line in repair.text {
                guard let json = try? JSONValue(parsing: line, source: "line"),
                    let step = json["current_steps"]?.integer, (0...sample.step).contains(step)
                else { return "a line of the log: \(line)" }
            }
            _ = repair.history(recorded, upTo: sample.step)
            return repair.notes(path).map(\.description).first { !isClean($0) }
        }
    }
}
