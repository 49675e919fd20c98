// Presets of the user's own: plans in a folder, one file each, without model, data and run folder. They
// are read and written like plan files, so that they can be made and shared as such.

import Foundation
import Kernel

/// A plan that was saved under a name to start from.
struct UserPreset: Equatable, Sendable {
    var name: String
    var plan: TrainingPlan

    /// What is wrong with a name for a preset; nil when nothing is.
    static func problem(_ name: String) -> String? {
        if name.isEmpty { return tr("a preset needs a name") }
        if name.hasPrefix(".") || name.contains("/") || name.utf8.count > 100
            || name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        {
            return tr("a name has no / and no dot in front, and at most 100 bytes")
        }
        return Preset.named(name) == nil ? nil : tr("a preset of the program has this name")
    }

    /// The preset as the form takes it.
    var preset: Preset { Preset(self) }
}

/// What the folder of presets holds.
struct PresetListing: Equatable, Sendable {
    var presets: [UserPreset] = []
    /// Files that are no presets, each with the reason.
    var faults: [String] = []
}

/// The folder of the user's presets.
struct PresetStore: Sendable {
    private static let ending = ".yaml"
    private static let most = 500

    let folder: String

    init(_ paths: Paths) { folder = paths.presets }

    /// All presets by name.
    func list() -> PresetListing {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var listing = PresetListing()
        let files = names.filter { $0.hasSuffix(Self.ending) && !$0.hasPrefix(".") }.sorted()
        for file in files.prefix(Self.most) {
            let path = "\(folder)/\(file)"
            do throws(KernelError) {
                let reading = try PlanFile.read(path: path)
                // A preset has no model and no data: issues of the plan itself are no fault.
                let own = reading.plan.issues()
                let fault = reading.issues.first {
                    $0.severity == .error && !own.contains($0)
                }
                if let fault {
                    listing.faults.append("\(file): \(fault.field): \(fault.message)")
                    continue
                }
                listing.presets.append(
                    UserPreset(name: String(file.dropLast(Self.ending.count)), plan: reading.plan))
            } catch {
                listing.faults.append("\(file): \(error.why ?? error.what)")
            }
        }
        return listing
    }

    /// Writes a preset; one of the same name is replaced.
    func keep(_ preset: UserPreset) throws(KernelError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw KernelError(
                .cannotCreate, "cannot make the folder", at: folder,
                because: Sentence(verbatim: error.localizedDescription))
        }
        let yaml = PlanFile.yaml(for: preset.plan.asPreset)
        try AtomicFile.write(Array(yaml.utf8), to: path(preset.name))
    }

    /// Removes a preset.
    func delete(_ name: String) throws(KernelError) {
        let path = path(name)
        guard unlink(path) == 0 else {
            throw KernelError(
                .inputOutput, "cannot delete the preset", at: path,
                because: Sentence(verbatim: String(cString: strerror(errno))))
        }
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)\(Self.ending)" }
}

extension TrainingPlan {
    /// The plan without what a preset leaves to the user.
    var asPreset: TrainingPlan { keepingOwn(of: TrainingPlan()) }

    /// The plan with the model, the data and the folder of another one, and what depends on them.
    func keepingOwn(of other: TrainingPlan) -> TrainingPlan {
        var plan = keepingSubject(of: other)
        plan.data.probabilities = other.data.probabilities
        plan.checkpointing.resumesFrom = other.checkpointing.resumesFrom
        return plan
    }

    /// The plan with the model, the data and the folder of another one.
    func keepingSubject(of other: TrainingPlan) -> TrainingPlan {
        var plan = self
        plan.model.path = other.model.path
        plan.model.adapters = other.model.adapters
        plan.preference.referencePath = other.preference.referencePath
        plan.preference.referenceAdapters = other.preference.referenceAdapters
        plan.data.names = other.data.names
        plan.data.evaluationNames = other.data.evaluationNames
        plan.data.folder = other.data.folder
        plan.output = other.output
        plan.encoding.template = other.encoding.template
        return plan
    }
}
