// Performs what the interface asks for, off its thread, and answers by mail.

import Foundation
import Kernel
import Panels
import Synchronization

/// The one place where an Effect becomes work.
final class EffectRunner: Sendable {
    private let queue: Outbox
    private let files = DispatchQueue(label: "files")
    /// Reports over whole data sets, which may take long.
    private let data = DispatchQueue(label: "data")
    /// Looking for models and opening many of them.
    private let models = DispatchQueue(label: "models")
    /// Looking at the disk before a run: nobody shall wait for long curves then.
    private let starts = DispatchQueue(label: "starts")
    private let records: RecordPreviewService
    private let runs: RunController
    /// The run of another process that is shown, if there is one.
    private let remote = Mutex<RemoteRunClient?>(nil)
    /// Folders of runs that were started or shown here: lists have them wherever they are.
    private let seen = Mutex<[String]>([])
    private let chat: ChatService
    private let exports: ExportService
    private let evaluations: EvaluationService
    private let paths: Paths
    private let folders: [String]
    private let speeds: SpeedMemory
    /// The number of the newest question which models fit.
    private let fittings = Atomic<Int>(0)
    /// The number of the newest report that was asked for, or given up; older ones end.
    private let inspections = Atomic<Int>(0)
    /// The number of the newest data to watch.
    private let watches = Atomic<Int>(0)
    /// The number of the newest estimate that was asked for; older ones are not computed.
    private let estimates = Atomic<Int>(0)
    /// The newest report by its question, so that an estimate knows the number of records.
    private let reports = Mutex<(question: TrainingPlan, report: DataReport)?>(nil)

    /// Mail on its way to the interface; the log hears it first.
    private struct Outbox: Sendable {
        let queue: EventQueue<AppMail>
        let log: SessionLog?

        func post(_ mail: AppMail) {
            log?.note(mail)
            queue.post(mail)
        }
    }

    /// `folders` are further places to look for models in.
    init(
        queue: EventQueue<AppMail>, paths: Paths, folders: [String], log: SessionLog? = nil,
        port: SessionServer? = nil
    ) {
        let queue = Outbox(queue: queue, log: log)
        (self.queue, self.paths, self.folders) = (queue, paths, folders)
        runs = RunController(port: port) { queue.post(.training($0)) }
        chat = ChatService(runs: runs) { queue.post(.chat($0, $1)) }
        exports = ExportService { queue.post(.export($0)) }
        records = RecordPreviewService { queue.post(.record($0, index: $1, $2)) }
        speeds = SpeedMemory { RunStore(finder: RunFinder(paths)).listing().runs }
        evaluations = EvaluationService { queue.post(.evaluation($0)) }
    }

    func perform(_ effect: Effect) {
        switch effect {
        case .findModels:
            // What is asked of the old list is no longer wanted.
            fittings.add(1, ordering: .relaxed)
            models.async { [self] in
                let (found, remarks) = Inspection.models(ModelFinder(paths), more: folders)
                queue.post(.modelsFound(found, remarks: remarks))
            }
        case .inspectModel(let path):
            onFiles {
                $0.queue.post(
                    .modelInspected(
                        path: path,
                        Self.result { () throws(KernelError) in
                            var summary = try Inspection.summary(
                                HomePath.expanded(path), checks: true)
                            summary.path = path
                            return summary
                        }))
            }
        case .fitModels(let paths, let plan):
            let number = fittings.add(1, ordering: .relaxed).newValue
            models.async { [self] in fit(paths, plan, number) }
        case .listDatasets(let folder):
            onFiles {
                $0.queue.post(
                    .datasetsListed(
                        folder: folder,
                        Self.result { () throws(KernelError) in
                            try Inspection.datasets(in: HomePath.expanded(folder))
                        }))
            }
        case .inspectData(let plan):
            records.forget()
            let number = inspections.add(1, ordering: .relaxed).newValue
            data.async { [self] in inspect(plan, number) }
        case .cancelInspection: inspections.add(1, ordering: .relaxed)
        case .watchData(let watched): watch(watched)
        case .proposeDataset(let path, let folder):
            onFiles {
                $0.queue.post(
                    .datasetProposed(
                        path: path,
                        Self.result { () throws(KernelError) in
                            try DatasetAdding.proposal(path: path, folder: folder)
                        }))
            }
        case .writeDataset(let definition):
            onFiles {
                $0.queue.post(
                    .datasetWritten(
                        definition,
                        Self.fault { () throws(KernelError) in
                            try DatasetAdding.write(definition)
                        }))
            }
        case .viewRecord(let plan, let index): records.show(plan, index)
        case .estimate(let plan):
            let number = estimates.add(1, ordering: .relaxed).newValue
            onFiles { $0.estimate(plan, number) }
        case .lookAtStart(let question):
            starts.async { [self] in
                queue.post(.startSeen(question, StartLook.facts(question)))
            }
        case .savePlan(let plan, let path):
            onFiles {
                $0.queue.post(
                    .planSaved(
                        path: path,
                        Self.result { () throws(KernelError) in
                            try AtomicFile.write(
                                Array(PlanFile.yaml(for: plan).utf8), to: HomePath.expanded(path))
                            return plan
                        }))
            }
        case .readPlan(let path):
            onFiles {
                $0.queue.post(
                    .planRead(
                        path: path,
                        Self.result { () throws(KernelError) in
                            try PlanFile.open(path: HomePath.expanded(path))
                        }))
            }
        case .listPresets, .keepPreset, .deletePreset: onFiles { $0.presets(effect) }
        case .completePath(let question):
            onFiles { $0.queue.post(.pathCompleted(PathCompletion.answer(question))) }
        case .keepSetting(let key, let value):
            onFiles { runner in
                let path = runner.paths.settingsFile
                do throws(KernelError) {
                    try SettingsFile.keep(key, value, path: path)
                    runner.queue.post(.settingKept(key: key, value: value, path: path))
                } catch {
                    runner.queue.post(.failure(error))
                }
            }
        case .startRun(let plan):
            // The run needs the memory more than the tab does.
            records.forget()
            watch(nil)
            let plan = plan.withFullPaths
            note(plan.output.folder)
            runs.start(plan)
        case .controlRun(let command): steered.perform(command)
        case .attachRun(let folder, let number):
            note(folder)
            let queue = queue
            watch(RemoteRunClient(folder: folder) { queue.post(.remote(number, $0)) })
        case .leaveRun: watch(nil)
        case .readHistory(let folder):
            onFiles {
                $0.queue.post(
                    .historyRead(
                        folder: folder,
                        Self.result { () throws(KernelError) in
                            try RunCurveFile.read(folder: folder)
                        }))
            }
        case .listRuns:
            onFiles { runner in
                let finder = RunFinder(runner.paths, more: runner.seen.withLock { $0 })
                runner.queue.post(.runsListed(RunStore(finder: finder).listing()))
            }
        case .readCurve(let folder):
            onFiles { runner in
                runner.queue.post(
                    .curveRead(
                        folder: folder,
                        Self.result { () throws(KernelError) in
                            try RunCurveFile.read(folder: folder) { fraction in
                                runner.queue.post(
                                    .curveProgress(folder: folder, fraction: fraction))
                            }
                        }))
            }
        case .saveNotes(let notes, let folder):
            onFiles {
                $0.queue.post(
                    .notesSaved(
                        folder: folder,
                        Self.fault { () throws(KernelError) in
                            try RunStore.save(notes, in: folder)
                        }))
            }
        case .discardRun(let folder):
            onFiles {
                $0.queue.post(
                    .runDiscarded(
                        folder: folder,
                        Self.result { () throws(KernelError) in try RunTrash.discard(folder) }))
            }
        case .restoreRun(let place, let folder):
            onFiles {
                $0.queue.post(
                    .runRestored(
                        folder: folder,
                        Self.fault { () throws(KernelError) in
                            try RunTrash.restore(place, to: folder)
                        }))
            }
        case .writeCurves(let curves, let path):
            onFiles { $0.write(path) { CurveTable.csv(curves) } }
        case .writeText(let text, let path): onFiles { $0.write(path) { text } }
        case .keepLine(let line): onFiles { $0.queue.log?.keep(line) }
        case .chat(let request): chat.ask(request.withFullPaths)
        case .cancelChat: chat.cancel()
        case .resetChat: chat.reset()
        case .findAnswerers:
            onFiles {
                $0.queue.post(.chatFiles(.answerersFound(TrainedFolders($0.paths).find())))
            }
        case .listChats, .saveChat, .loadChat, .deleteChat, .addRecord:
            onFiles { runner in
                guard let event = ChatStore(runner.paths).perform(effect) else { return }
                runner.queue.post(.chatFiles(event))
            }
        case .measureExport(let question):
            onFiles {
                $0.queue.post(
                    .exportMeasured(
                        question,
                        Self.result { () throws(KernelError) in
                            try Inspection.exportSizes(question)
                        }))
            }
        case .export(let request): exports.start(request.withFullPaths)
        case .cancelExport: exports.cancel()
        case .evaluate(let request): evaluations.start(request.withFullPaths)
        case .cancelEvaluation: evaluations.cancel()
        // The terminal is the main thread's: whoever runs the program performs these.
        case .useMouse, .ring, .detach, .copy: break
        // The work is brought to its end when the terminal has been given back: see `finish`.
        case .quit: break
        }
    }

    /// The endpoint of the run that is under way.
    var endpoint: RunControlEndpoint? { runs.endpoint }

    /// Brings all work that is under way to an orderly end; the program is about to end.
    func finish() {
        watch(nil)
        exports.cancel()
        evaluations.cancel()
        runs.finish()
        exports.finish()
        evaluations.finish()
    }

    /// The run that Train shows: one of another process while there is one.
    /// Saves the run of this process, if there is one, after its step.
    func saveOwnRun() { runs.perform(.saveNow) }

    private var steered: any RunSteering { remote.withLock { $0 } ?? runs }

    private func note(_ folder: String) {
        seen.withLock { seen in
            if !folder.isEmpty, !seen.contains(folder) { seen.append(folder) }
        }
    }

    /// Watches a run of another process instead of the one before.
    private func watch(_ new: RemoteRunClient?) {
        let old = remote.withLock { remote in
            defer { remote = new }
            return remote
        }
        old?.leave()
        new?.start()
    }

    private func fit(_ paths: [String], _ plan: TrainingPlan, _ number: Int) {
        var fits: [String: ModelFit] = [:]
        var toldAt = MonotonicClock.now()
        for path in paths {
            guard fittings.load(ordering: .relaxed) == number else { return }
            fits[path] = Inspection.fit(HomePath.expanded(path), plan)
            guard MonotonicClock.now() - toldAt > 0.3 else { continue }
            toldAt = MonotonicClock.now()
            queue.post(.modelFits(plan, fits))
        }
        queue.post(.modelFits(plan, fits))
    }

    private func inspect(_ plan: TrainingPlan, _ number: Int) {
        let isOvertaken = { [self] in inspections.load(ordering: .relaxed) != number }
        guard !isOvertaken() else { return }
        var toldAt = 0.0
        let control = LoadControl(
            progress: { [self] progress in
                let now = MonotonicClock.now()
                guard now - toldAt > 0.2 else { return }
                toldAt = now
                queue.post(
                    .dataProgress(
                        plan,
                        .init(
                            isEncoding: progress.phase == .encoding, done: progress.done,
                            total: progress.total)))
            }, isCancelled: isOvertaken)
        let result = Self.result { () throws(KernelError) in
            try Inspection.data(plan.withFullPaths, control: control)
        }
        // Nobody waits for the answer to a question that was given up.
        guard !isOvertaken() else { return }
        if case .success(let report) = result {
            reports.withLock { $0 = (plan.dataQuestion, report) }
        }
        queue.post(.dataInspected(plan, result))
    }

    /// Seconds between two looks at the files of data sets.
    private static let watchSeconds = 2.0

    private func watch(_ watched: DatasetTab.WatchedData) {
        let number = watches.add(1, ordering: .relaxed).newValue
        onFiles { runner in
            let watch = DataWatch(
                folder: HomePath.expanded(watched.folder),
                names: watched.names.map(HomePath.expanded))
            runner.look(watch, number)
        }
    }

    /// Looks at the files after a while, until others are to be watched.
    private func look(_ watch: DataWatch, _ number: Int) {
        files.asyncAfter(deadline: .now() + Self.watchSeconds) { [weak self] in
            guard let self, watches.load(ordering: .relaxed) == number else { return }
            var watch = watch
            if watch.hasChanged() {
                reports.withLock { $0 = nil }
                queue.post(.dataChanged)
            }
            look(watch, number)
        }
    }

    private func estimate(_ plan: TrainingPlan, _ number: Int) {
        guard estimates.load(ordering: .relaxed) == number else { return }
        let known = reports.withLock { $0 }
        let report = known?.question == plan.dataQuestion ? known?.report : nil
        let result = Self.result { () throws(KernelError) in
            try Inspection.estimate(
                plan.withFullPaths, report: report,
                speed: speeds.speed(for: plan, now: MonotonicClock.now()))
        }
        queue.post(.estimated(plan, result))
    }

    /// Does something with the user's presets and tells what there are now.
    private func presets(_ effect: Effect) {
        let store = PresetStore(paths)
        let fault = Self.fault { () throws(KernelError) in
            switch effect {
            case .keepPreset(let preset): try store.keep(preset)
            case .deletePreset(let name): try store.delete(name)
            default: break
            }
        }
        if let fault { queue.post(.failure(fault)) }
        queue.post(.presetsListed(store.list()))
    }

    private func write(_ path: String, _ text: () -> String) {
        let fault = Self.fault { () throws(KernelError) in
            try AtomicFile.write(Array(text().utf8), to: HomePath.expanded(path))
        }
        queue.post(.fileWritten(path: path, fault))
    }

    /// What went wrong; nil when nothing did.
    private static func fault(_ body: () throws(KernelError) -> Void) -> KernelError? {
        do throws(KernelError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private func onFiles(_ body: @escaping @Sendable (EffectRunner) -> Void) {
        files.async { [self] in body(self) }
    }

    private static func result<Value>(_ body: () throws(KernelError) -> Value) -> Result<
        Value, KernelError
    > {
        Result { () throws(KernelError) in try body() }
    }
}
