// Checks the disk before a run: model, adapters and data that its plan names, what its folder holds, the
// next free folder, and the room for what it will write. It changes nothing.

import Foundation
import Kernel

/// Answers a StartQuestion.
enum StartLook {
    /// What there is now.
    static func facts(_ question: StartQuestion) -> StartFacts {
        var facts = StartFacts()
        let plan = question.plan.withFullPaths
        if plan.trains { facts.content = content(of: plan.output.folder) }
        let taken = Set(question.taken)
        // The folder is proposed as it was written.
        facts.freeFolder = AppUpdate.freeFolder(after: question.plan.output.folder) { folder in
            taken.contains { PathText.isSame($0, folder) }
                || content(of: HomePath.expanded(folder)) != .nothing
        }
        facts.faults = faults(plan)
        guard facts.faults.isEmpty, let need = need(plan, steps: question.steps) else {
            return facts
        }
        facts.neededBytes = need.totalBytes
        facts.missingBytes = need.shortage(in: plan.output.folder)
        return facts
    }

    /// What a run needs of the disk; nil when its shapes are unknown.
    private static func need(_ plan: TrainingPlan, steps: Int?) -> DiskNeed? {
        do throws(KernelError) {
            let folder = try ModelFolder(path: plan.model.path)
            let weights = try ModelWeights(folder, quantization: .fromFile)
            let tuning = try TuningChoice(plan, weights: weights)
            return DiskNeed(plan, model: folder, tuning: tuning, steps: steps)
        } catch {
            return nil
        }
    }

    // MARK: - What the plan names

    private static func faults(_ plan: TrainingPlan) -> [PlanIssue] {
        var faults: [PlanIssue] = []
        func tried(_ field: String, _ body: () throws(KernelError) -> Void) {
            do throws(KernelError) { try body() } catch {
                faults.append(
                    PlanIssue(field: field, message: error.sentence, severity: .error))
            }
        }
        if !plan.model.path.isEmpty {
            tried("model_name_or_path") { () throws(KernelError) in
                _ = try ModelFolder(path: plan.model.path)
            }
        }
        if plan.trains, isFile(plan.output.folder) {
            faults.append(
                PlanIssue(
                    field: "output_dir", message: "a file of this name is there, not a folder.",
                    severity: .error))
        }
        if let template = plan.encoding.template {
            tried("template") { () throws(KernelError) in _ = try BuiltinTemplates.named(template) }
        }
        for adapter in plan.model.adapters {
            tried("adapter_name_or_path") { () throws(KernelError) in
                _ = try AdapterFile.describe(adapter)
            }
        }
        tried("ref_model") { () throws(KernelError) in
            guard let reference = try ReferenceModel(plan) else { return }
            let weights = try ModelWeights(reference.folder)
            for adapter in plan.preference.referenceAdapters {
                // As the run lays it over: a folder of trained weights serves as well.
                tried("ref_model_adapters") { () throws(KernelError) in
                    _ = try Checkpoint.applied(adapter, to: weights)
                }
            }
        }
        let named = [("dataset", plan.data.names), ("eval_dataset", plan.data.evaluationNames)]
        for (field, names) in named where !names.isEmpty {
            tried(field) { () throws(KernelError) in
                let catalog = try DatasetCatalog(directory: plan.data.folder)
                for name in names { try look(name, catalog) }
            }
        }
        return faults
    }

    private static func look(_ name: String, _ catalog: DatasetCatalog) throws(KernelError) {
        let files = try catalog.files(of: try catalog.entry(named: name))
        var bytes: Int64 = 0
        for file in files {
            var status = stat()
            guard stat(file, &status) == 0 else {
                let why = String(cString: strerror(errno))
                throw KernelError(
                    .missingInput, "cannot read the data set", at: file,
                    because: Sentence(verbatim: why))
            }
            bytes += Int64(status.st_size)
        }
        guard bytes > 0 else {
            throw KernelError(
                .badData, "the data set holds no record", at: name,
                because: files.isEmpty ? "it has no files" : "its files are empty")
        }
    }

    // MARK: - Folders

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && !isFolder.boolValue
    }

    /// The files of a run that began in an empty folder and did not come far.
    private static let trifles = [RunFolder.planName, ControlSocket.name]
    private static let namesMax = 4

    /// What a folder holds; one that is not there holds nothing.
    static func content(of folder: String) -> StartFacts.Content {
        if let run = RunRecord(folder: folder) { return .run(name: run.name, state: run.state) }
        if isFile(folder) { return .files([(folder as NSString).lastPathComponent]) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        if names.contains(where: { $0.hasPrefix("checkpoint-") }) {
            return .run(name: (folder as NSString).lastPathComponent, state: .lost)
        }
        let files = names.filter { !$0.hasPrefix(".") && !trifles.contains($0) }
        return files.isEmpty ? .nothing : .files(Array(files.sorted().prefix(namesMax)))
    }
}
