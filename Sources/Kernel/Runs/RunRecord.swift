// A run as its folder tells it, for lists: read from small files and the end of the log, within bounds. Files
// of other programs, torn lines and missing pieces give less, never an error. It asks no process.

import Foundation

/// What a folder says of the run in it.
public struct RunRecord: Sendable, Equatable {
    public var folder: String
    /// The run's own name, or the last part of its folder.
    public var name: String
    public var state: RunState
    /// The process that works on it now.
    public var process: Int32?
    /// The last step that the folder knows of; a live run may be further.
    public var step: Int?
    public var totalSteps: Int?
    /// The newest value of each metric in the log's lines of steps.
    public var values: [MetricKey: Double] = [:]
    /// The lowest held-out loss.
    public var bestEvaluationLoss: Double?
    /// The last step whose state is on disk.
    public var savedStep: Int?
    /// The base model's name.
    public var model: String?
    /// lora, freeze or full.
    public var method: String?
    /// Why it failed.
    public var fault: Sentence?
    /// Seconds since 1970 when something was last written.
    public var changedSeconds: Double

    /// The newest loss in the log.
    public var loss: Double? { values[.loss] }

    /// What the folder tells; nil when it holds no run.
    public init?(folder: String) {
        let log = "\(folder)/\(RunLogLine.fileName)"
        let status = Self.object("\(folder)/\(RunStatusFile.name)")
        let lock = RunLock.status(of: folder)
        let holder: RunLock.Holder? = if case .held(let holder) = lock { holder } else { nil }
        // The lock is written by every process that looks in, also by a start that is refused: it is no change of the
        // run while other files tell when it was written.
        let written = [RunStatusFile.name, RunLogLine.fileName, "trainer_state.json"]
            .compactMap { Self.changed("\(folder)/\($0)") }
        let times = written.isEmpty ? [Self.changed("\(folder)/\(RunLock.name)") ?? 0] : written
        // A lock alone is a run that never began, unless somebody holds it.
        guard
            status != nil || holder != nil || Self.changed(log) != nil
                || Self.changed("\(folder)/trainer_state.json") != nil
        else { return nil }
        self.folder = folder
        name = (folder as NSString).lastPathComponent
        changedSeconds = times.max() ?? 0
        process = holder?.process
        state = Self.state(status, lock, folder)
        readLog(log)
        if let status { read(status) } else { readForeign() }
    }

    /// Together: what is said and whether somebody is there.
    private static func state(
        _ status: JSONObject?, _ lock: RunLock.Status, _ folder: String
    ) -> RunState {
        let said = status?["state"]?.string.flatMap { RunState(rawValue: $0) }
        if case .held(let holder) = lock {
            if holder.purpose == .evaluates { return .evaluating }
            return said == .paused ? .paused : .training
        }
        if let said, !said.isLive { return said }
        if case .unknown = lock { return .unknown }
        if said != nil { return .lost }
        // A folder of an earlier version or another program: results are written at the end only.
        return changed("\(folder)/trainer_state.json") == nil ? .lost : .done
    }

    private mutating func read(_ status: JSONObject) {
        name = Self.text(status["name"]) ?? name
        model = Self.text(status["model"])
        method = Self.text(status["method"])
        totalSteps = status["total_steps"]?.integer ?? totalSteps
        savedStep = status["saved_step"]?.integer
        // A process that died right after a save did not come to say so.
        if state == .lost, let newest = Checkpoint.list(in: folder).first?.step {
            savedStep = max(savedStep ?? 0, newest)
        }
        bestEvaluationLoss = status["best_eval_loss"]?.double ?? bestEvaluationLoss
        if state == .failed {
            fault = Self.text(status["error"], atMost: Self.faultMax).map {
                Sentence($0, parts: status["error_parts"])
            }
        }
        // The log is cut back when a run continues; while it continues, the larger is the newer.
        step = [step, status["step"]?.integer].compactMap(\.self).max()
    }

    private mutating func readForeign() {
        if let adapter = Self.object("\(folder)/adapter_config.json") {
            method = "lora"
            model = Self.text(adapter["base_model_name_or_path"])
                .map { ($0 as NSString).lastPathComponent }
        }
        if let all = Self.object("\(folder)/all_results.json") {
            bestEvaluationLoss = bestEvaluationLoss ?? all["eval_loss"]?.double
        }
    }

    // MARK: - The log

    /// The end of a log that is looked at; a torn first or last line is passed over.
    private static let logBytesMax = 1 << 18

    private mutating func readLog(_ path: String) {
        guard let bytes = Self.bytes(path, fromEnd: Self.logBytesMax) else { return }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            guard let entry = try? JSONValue(parsing: text, source: path),
                let found = RunLogLine(entry)
            else { continue }
            switch found {
            case .step(let record):
                note(record.step, of: entry)
                values.merge(record.values.filter { !$0.value.isNaN }) { $1 }
            case .evaluation(let record):
                note(record.step, of: entry)
                if record.loss < bestEvaluationLoss ?? .infinity {
                    bestEvaluationLoss = record.loss
                }
            case .other where entry["event"] == nil:
                if let step = entry["current_steps"]?.integer { note(step, of: entry) }
            // Lines of events name steps that need not have been done.
            case .rate, .other: break
            }
        }
    }

    private mutating func note(_ step: Int, of line: JSONValue) {
        self.step = step
        totalSteps = line["total_steps"]?.integer ?? totalSteps
    }

    // MARK: - Files

    private static let fileBytesMax = 1 << 16
    private static let textMax = 200
    private static let faultMax = 2_000

    private static func text(_ value: JSONValue?, atMost length: Int = textMax) -> String? {
        value?.string.map { String($0.prefix(length)) }
    }

    private static func object(_ path: String) -> JSONObject? {
        guard let bytes = bytes(path, fromEnd: fileBytesMax + 1), bytes.count <= fileBytesMax
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return (try? JSONValue(parsing: text, source: path))?.object
    }

    /// The last bytes of a plain file; pipes, devices and folders have none.
    private static func bytes(_ path: String, fromEnd limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        let size = Int(status.st_size)
        var bytes = [UInt8](repeating: 0, count: min(size, limit))
        let count = pread(descriptor, &bytes, bytes.count, off_t(max(0, size - limit)))
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }

    private static func changed(_ path: String) -> Double? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }
}
