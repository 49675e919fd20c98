// What decides a run's result, as digests: a checkpoint is gone on from only where they are the same.
// Beside them stands what they were made of, so that a refusal names the setting, file or thread count.

import Foundation

/// What must be the same for a resumed run to end with the same bytes.
public struct RunIdentity: Sendable, Equatable, Codable {
    /// What the digests were made of, for messages only.
    public struct Details: Sendable, Equatable, Codable {
        /// The deciding settings by their keys.
        public var settings: [String: String] = [:]
        /// Threads that computed: sums are taken in another order with another number of them.
        public var threads: Int
        /// The matmul backend and its dtype.
        public var products: String
        /// Steps of the whole run.
        public var steps: Int
        /// Digests of the files of data sets and of the tokenizer, by path.
        public var files: [String: String] = [:]

        public init(threads: Int, products: String, steps: Int) {
            (self.threads, self.products, self.steps) = (threads, products, steps)
        }
    }

    /// SHA-256 over the lines of `DecidingSettings`, the steps, threads and products, behind its form.
    public var planDigest: String
    /// SHA-256 over all encoded examples in order.
    public var dataDigest: String
    /// Shape, storage and a sample of the base's bytes.
    public var baseDigest: String
    /// Nil in checkpoints of earlier versions.
    public var details: Details?

    public init(
        planDigest: String, dataDigest: String, baseDigest: String, details: Details? = nil
    ) {
        (self.planDigest, self.dataDigest, self.baseDigest) = (planDigest, dataDigest, baseDigest)
        self.details = details
    }

    /// Throws unless a run of this identity continues exactly from a checkpoint of another one.
    func checkResume(of saved: RunIdentity, at path: String) throws(KernelError) {
        let isSamePlan = saved.planDigest == planDigest || meansTheSame(saved)
        let isSame =
            isSamePlan && saved.dataDigest == dataDigest && saved.baseDigest == baseDigest
        if isSame { return }
        var difference = Difference()
        if !isSamePlan { difference.comparePlans(saved, self) }
        difference.compareData(saved, self)
        if saved.baseDigest != baseDigest {
            let hasReference = (saved.baseDigest + baseDigest).contains("+")
            difference.changes.append(
                hasReference
                    ? "weights of the base or of the reference" : "the base model's weights")
        }
        difference.hints.append(
            difference.hints.isEmpty
                ? "Undo the change, or start anew with another output_dir."
                : "Or start anew with another output_dir.")
        throw KernelError(
            .configuration, "cannot resume exactly from this checkpoint", at: path,
            because:
                "changed since it was written: \(difference.changes.joined(separator: ", "))",
            hint: Sentence.joined(difference.hints, separator: " "))
    }
}

extension RunIdentity {
    /// What digests of plans begin with: another form hashed something else.
    private static let digestForm = "settings-\(DecidingSettings.version):"

    /// Whether an identity with a digest of the first form, which hashed a whole plan and so changed with
    /// every new setting, tells the same settings by their names.
    private func meansTheSame(_ saved: RunIdentity) -> Bool {
        guard !saved.planDigest.contains(":"), planDigest.hasPrefix(Self.digestForm),
            let old = saved.details, let new = details, !old.settings.isEmpty
        else { return false }
        return old.threads == new.threads && old.products == new.products && old.steps == new.steps
            && old.settings.allSatisfy { new.settings[$0.key] ?? $0.value == $0.value }
    }
}

/// What differs between two identities, in words.
private struct Difference {
    var changes: [String] = []
    var hints: [Sentence] = []

    mutating func comparePlans(_ saved: RunIdentity, _ now: RunIdentity) {
        guard let old = saved.details, let new = now.details else {
            // An earlier version did not write down what the digest was made of.
            return changes.append("settings, or the number of threads")
        }
        let before = changes.count
        for key in old.settings.keys.sorted() {
            guard let was = old.settings[key], let isNow = new.settings[key], was != isNow
            else { continue }
            changes.append(
                "\(key.escapedForDisplay) (\(Self.short(was)) → \(Self.short(isNow)))")
        }
        if old.threads != new.threads {
            changes.append("threads (\(old.threads) → \(new.threads))")
            hints.append("Go on with --threads \(old.threads).")
        }
        if old.products != new.products {
            changes.append("products (\(Self.short(old.products)) → \(new.products))")
            hints.append("Go on where products are computed as before (--backend, --isa).")
        }
        // The number of steps follows from the data and the settings; alone it is the cause.
        if changes.count == before {
            changes.append(
                old.steps == new.steps ? "settings" : "steps (\(old.steps) → \(new.steps))")
        }
    }

    mutating func compareData(_ saved: RunIdentity, _ now: RunIdentity) {
        guard saved.dataDigest != now.dataDigest else { return }
        let (old, new) = (saved.details?.files ?? [:], now.details?.files ?? [:])
        let files = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
        guard !files.isEmpty, !old.isEmpty else { return changes.append("the data") }
        for file in files.prefix(5) {
            let name = file.escapedForDisplay
            changes.append(
                old[file] == nil ? "\(name) (new)" : new[file] == nil ? "\(name) (gone)" : name)
        }
        if files.count > 5 { changes.append("\(files.count - 5) other files") }
    }

    /// What a checkpoint says of itself may be anybody's words.
    private static func short(_ text: String) -> String {
        (text.count > 60 ? text.prefix(60) + "…" : text).escapedForDisplay
    }
}

extension RunIdentity {
    /// The digests of what decides a run's result. Output folder, logging and saving do not.
    /// `settings` names a plan's settings for messages.
    init(
        _ plan: TrainingPlan, data: LoadedDataset, base: PreparedModel,
        reference: ReferenceModel?, steps: Int,
        settings: (TrainingPlan) -> [String: String]
    ) throws(KernelError) {
        let products = MatmulBackend(plan.precision)
        var hash = SHA256()
        let lines =
            try DecidingSettings.lines(of: plan) + [
                "steps=\(steps)", "threads=\(Parallel.threadCount)",
                "products=\(Self.name(of: products))",
            ]
        Array(lines.joined(separator: "\n").utf8).withUnsafeBytes { hash.update($0) }
        var details = Details(
            threads: Parallel.threadCount, products: Self.name(of: products), steps: steps)
        details.settings = settings(DecidingSettings.deciding(plan))
        for path in Self.files(of: plan, base: base) {
            details.files[path] = Self.mark(of: path)
        }
        self.init(
            planDigest: Self.digestForm + hash.finish().description,
            dataDigest: data.training.inspection.digest.description,
            baseDigest: try Self.weightsDigest(of: base.folder) + Self.digest(of: reference),
            details: details)
    }

    private static func name(of products: MatmulBackend) -> String {
        switch products {
        case .tiles(.float32): "own tiles"
        case .tiles(.bfloat16): "own tiles in bf16"
        case .library(.openBLAS): "OpenBLAS"
        case .library(.oneDNN(.float32)): "oneDNN"
        case .library(.oneDNN(.bfloat16)): "oneDNN in bf16"
        }
    }

    private static func weightsDigest(of folder: ModelFolder) -> String {
        var weights = SHA256()
        for entry in folder.weights.entries {
            Array("\(entry.name) \(entry.dtype.rawValue) \(entry.shape)".utf8).withUnsafeBytes {
                weights.update($0)
            }
            // The ends of every tensor: a re-quantized or re-trained base differs there at once.
            let bytes = folder.weights.bytes(of: entry)
            weights.update(UnsafeRawBufferPointer(rebasing: bytes.prefix(256)))
            weights.update(UnsafeRawBufferPointer(rebasing: bytes.suffix(256)))
        }
        return weights.finish().description
    }

    /// The digests of a reference and its adapters behind that of the base; nothing without one.
    private static func digest(of reference: ReferenceModel?) throws(KernelError) -> String {
        guard let reference else { return "" }
        var digests = [weightsDigest(of: reference.folder)]
        for adapter in reference.adapters {
            for file in try DiskCalls.names(in: adapter).sorted()
            where file.hasSuffix(".safetensors") {
                digests.append(Self.mark(of: "\(adapter)/\(file)") ?? "")
            }
        }
        return digests.map { "+" + $0 }.joined()
    }

    /// The files that the encoded examples were made of.
    private static func files(of plan: TrainingPlan, base: PreparedModel) -> [String] {
        var paths: [String] = []
        if let catalog = try? DatasetCatalog(directory: plan.data.folder) {
            for name in plan.data.names {
                guard let entry = try? catalog.entry(named: name) else { continue }
                paths += (try? catalog.files(of: entry)) ?? []
            }
        }
        let tokenizer = "\(base.folder.path)/tokenizer.json"
        return FileManager.default.fileExists(atPath: tokenizer) ? paths + [tokenizer] : paths
    }

    /// Files up to this size are read whole for their mark; of larger ones the ends are.
    private static let wholeBytesMax = 1 << 26

    private static func mark(of path: String) -> String? {
        guard let file = try? MappedFile(path: path) else { return nil }
        var hash = SHA256()
        hash.update([file.bytes.count])
        if file.bytes.count <= wholeBytesMax {
            hash.update(file.bytes)
        } else {
            hash.update(UnsafeRawBufferPointer(rebasing: file.bytes.prefix(1 << 20)))
            hash.update(UnsafeRawBufferPointer(rebasing: file.bytes.suffix(1 << 20)))
        }
        return hash.finish().description
    }
}
