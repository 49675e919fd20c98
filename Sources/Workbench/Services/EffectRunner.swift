// Performs what the interface asks for, off its thread, and answers with messages. The requests of each
// tab are performed in Requests/; here stand those of the whole interface, and what they share.

import Foundation
import Kernel
import Panels
import Synchronization

/// Turns effects into work: queues, services and the numbers of the newest questions.
final class EffectRunner: Sendable {
    let queue: MessageQueue
    let files = DispatchQueue(label: "files")
    /// Reports over whole data sets, which may take long.
    let data = DispatchQueue(label: "data")
    /// Looking for models and opening many of them.
    let models = DispatchQueue(label: "models")
    /// Checking the disk before a run: this must not wait for long curves.
    let starts = DispatchQueue(label: "starts")
    let records: RecordPreviewService
    let runs: RunController
    /// The run of another process that is shown, if there is one.
    let remote = Mutex<RemoteRunClient?>(nil)
    /// Folders of runs that were started or shown here: lists have them wherever they are.
    let seen = Mutex<[String]>([])
    let chat: ChatService
    let exports: ExportService
    let evaluations: EvaluationService
    let paths: Paths
    let folders: [String]
    let speeds: SpeedMemory
    /// The number of the newest question which models fit.
    let fittings = Atomic<Int>(0)
    /// The number of the newest report that was asked for, or given up; older ones end.
    let inspections = Atomic<Int>(0)
    /// The number of the newest data to watch.
    let watches = Atomic<Int>(0)
    /// The number of the newest estimate that was asked for; older ones are not computed.
    let estimates = Atomic<Int>(0)
    /// The newest report by its question, so that an estimate knows the number of records.
    let reports = Mutex<(question: TrainingPlan, report: DataReport)?>(nil)

    /// Messages to the interface; the log takes them first.
    struct MessageQueue: Sendable {
        let queue: EventQueue<AppMessage>
        let log: SessionLog?

        func post(_ message: AppMessage) {
            log?.note(message)
            queue.post(message)
        }
    }

    /// `folders` are further places to look for models in.
    init(
        queue: EventQueue<AppMessage>, paths: Paths, folders: [String], log: SessionLog? = nil,
        port: SessionServer? = nil
    ) {
        let queue = MessageQueue(queue: queue, log: log)
        (self.queue, self.paths, self.folders) = (queue, paths, folders)
        runs = RunController(port: port) { queue.post(.train(.training($0))) }
        chat = ChatService(runs: runs) { queue.post(.chat(.event($0, $1))) }
        exports = ExportService { queue.post(.export(.event($0))) }
        records = RecordPreviewService { queue.post(.dataset(.record($0, index: $1, $2))) }
        speeds = SpeedMemory { RunStore(finder: RunFinder(paths)).listing().runs }
        evaluations = EvaluationService { queue.post(.evaluate($0)) }
    }

    func perform(_ effect: Effect) {
        switch effect {
        case .model(let request): perform(request)
        case .dataset(let request): perform(request)
        case .params(let request): perform(request)
        case .train(let request): perform(request)
        case .chat(let request): perform(request)
        case .export(let request): perform(request)
        case .runs(let request): perform(request)
        case .evaluate(let request): perform(request)
        case .lookAtStart(let question):
            starts.async { [self] in
                queue.post(.startSeen(question, StartLook.facts(question)))
            }
        case .completePath(let question):
            answer { _ in .pathCompleted(PathCompletion.answer(question)) }
        case .keepSetting(let key, let value):
            answer { runner in
                let path = runner.paths.settingsFile
                let fault = Self.fault { () throws(KernelError) in
                    try SettingsFile.keep(key, value, path: path)
                }
                return fault.map { .failure($0) }
                    ?? .settingKept(key: key, value: value, path: path)
            }
        case .writeText(let text, let path): write(path) { text }
        case .keepLine(let line): files.async { [self] in queue.log?.keep(line) }
        // These belong to the terminal, and so to the main thread: the session performs them.
        case .useMouse, .ring, .detach, .copy: break
        // The work is ended when the terminal has been given back: see `finish`.
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

    /// Saves the run of this process, if there is one, after its step.
    func saveOwnRun() { runs.perform(.saveNow) }

    /// Watches a run of another process instead of the one before.
    func watch(_ new: RemoteRunClient?) {
        let old = remote.withLock { remote in
            defer { remote = new }
            return remote
        }
        old?.leave()
        new?.start()
    }

    // MARK: - Answering

    /// Does work on the queue of files and posts the result.
    func answer(_ body: @escaping @Sendable (EffectRunner) -> AppMessage) {
        files.async { [self] in queue.post(body(self)) }
    }

    /// Writes a text that is made on the queue of files.
    func write(_ path: String, _ text: @escaping @Sendable () -> String) {
        answer { _ in
            let fault = Self.fault { () throws(KernelError) in
                try AtomicFile.write(Array(text().utf8), to: HomePath.expanded(path))
            }
            return .fileWritten(path: path, fault)
        }
    }

    /// The error of the work; nil when it succeeded.
    static func fault(_ body: () throws(KernelError) -> Void) -> KernelError? {
        do throws(KernelError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    static func result<Value>(
        _ body: () throws(KernelError) -> Value
    ) -> Result<Value, KernelError> {
        Result { () throws(KernelError) in try body() }
    }
}
