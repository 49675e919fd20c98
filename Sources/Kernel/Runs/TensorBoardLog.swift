// What a run measures as TensorBoard's event files, with transformers' tags: train/loss at each line of the log,
// eval/loss at each evaluation, the plan as text. A resumed run writes a new file beside the old ones, and tells
// readers to drop what they have of the steps that it does again.

import Foundation

extension Reporter {
    static let tensorBoard = Reporter(name: "tensorboard") { (setup) throws(KernelError) in
        try TensorBoardLog(setup)
    }
}

/// Writes one event file.
final class TensorBoardLog: RunObserver {
    private static let prefix = "events.out.tfevents."

    /// The file's path.
    let path: String
    private let host: RunHost
    private let file: AppendQueue
    private var cadence: LogCadence
    private var lastStep: Int

    /// Begins a file. Throws when its folder cannot be made or the file not be written.
    init(_ setup: ReportSetup) throws(KernelError) {
        (host, cadence, lastStep) = (setup.host, setup.cadence, setup.firstStep)
        let folder = try Self.folder(setup)
        try DiskCalls.makeFolder(folder, what: "cannot create the folder of the report")
        path = try Self.freePath(in: folder, host)
        file = AppendQueue(path, what: "the event file")
        var version = event(step: 0)
        version.add(Event.fileVersion, "brain.Event:2")
        try write([version])
        if setup.firstStep > 0 {
            var session = ProtobufWriter()
            session.add(Session.status, Session.start)
            var purge = event(step: setup.firstStep + 1)
            purge.add(Event.session, session)
            try write([purge])
        }
        try write([event(step: 0, [Self.text("args", setup.planText.asCode)])])
    }

    func observe(_ event: TrainingEvent) throws(KernelError) {
        switch event {
        case .stepFinished(let step):
            lastStep = step.step
            guard let values = cadence.take(step) else { return }
            var summary = Metrics.rows(of: values.keys).compactMap { row in
                values[row.key].map { Self.scalar("train/\(row.historyName)", $0) }
            }
            summary.append(Self.scalar("train/epoch", step.epoch))
            summary.append(Self.scalar("train/num_input_tokens_seen", Double(step.tokensSeen)))
            try write([self.event(step: step.step, summary)])
        case .evaluated(let record):
            var summary = record.rows.map { row in
                Self.scalar("eval/\(row.historyName)", record[row.key])
            }
            summary.append(Self.scalar("eval/runtime", record.seconds))
            try write([self.event(step: record.step, summary)])
        case .checkpointSaved: try file.synchronize()
        case .finished(let result):
            guard let loss = result.meanLoss else { return try file.flush() }
            let summary = [
                Self.scalar("train/train_loss", loss),
                Self.scalar("train/train_runtime", result.elapsedSeconds),
            ]
            try write([self.event(step: lastStep, summary)])
        case .failed: try file.flush()
        default: break
        }
    }

    // MARK: - Places

    /// `logging_dir`, else a folder below `runs` that is named after the moment and the machine; a resumed run takes the
    /// one with the newest file, so that its curves continue.
    private static func folder(_ setup: ReportSetup) throws(KernelError) -> String {
        if let folder = setup.plan.logging.reportFolder, !folder.isEmpty { return folder }
        let runs = "\(setup.folder)/runs"
        if setup.firstStep > 0, let newest = try newest(in: runs) { return newest }
        let stamp = stamp(setup.host.wallClock() + Double(setup.host.zoneSeconds))
        return "\(runs)/\(stamp)_\(plain(setup.host.name))"
    }

    private static func newest(in runs: String) throws(KernelError) -> String? {
        guard try DiskCalls.isThere(runs) else { return nil }
        var found: (seconds: Int, name: String)?
        for name in try DiskCalls.names(in: runs) {
            // What is no folder holds no files.
            let files = (try? DiskCalls.names(in: "\(runs)/\(name)")) ?? []
            let seconds = files.filter { $0.hasPrefix(prefix) }.compactMap {
                Int($0.dropFirst(prefix.count).prefix { $0 != "." })
            }.max()
            guard let seconds, (seconds, name) > (found ?? (-1, "")) else { continue }
            found = (seconds, name)
        }
        return found.map { "\(runs)/\($0.name)" }
    }

    /// A name that no file has: a process may begin several files in a second.
    private static func freePath(in folder: String, _ host: RunHost) throws(KernelError) -> String {
        let seconds = Int(exactly: host.wallClock().rounded(.down)) ?? 0
        var number = 0
        while true {
            let path =
                "\(folder)/\(prefix)\(seconds).\(plain(host.name)).\(host.process).\(number)"
            guard try DiskCalls.isThere(path) else { return path }
            number += 1
        }
    }

    /// Sep01_14-03-59, as transformers names the folder.
    static func stamp(_ localSeconds: Double) -> String {
        var seconds = time_t(exactly: localSeconds.rounded(.down)) ?? 0
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        return months[Int(parts.tm_mon)]
            + String(
                format: "%02d_%02d-%02d-%02d", parts.tm_mday, parts.tm_hour, parts.tm_min,
                parts.tm_sec)
    }

    /// A host's name as a part of a file's name.
    private static func plain(_ name: String) -> String {
        let kept = name.unicodeScalars.map { scalar in
            scalar.isASCII && scalar.properties.isAlphabetic
                || ("0"..."9").contains(scalar) || ".-_".unicodeScalars.contains(scalar)
                ? Character(scalar) : "_"
        }
        return kept.isEmpty ? "localhost" : String(String(kept).prefix(64))
    }

    // MARK: - Messagess

    /// The fields of tensorflow.Event.
    private enum Event {
        static let (wallTime, step, fileVersion, summary, session) = (1, 2, 3, 5, 7)
    }

    /// The fields of tensorflow.SessionLog; its status START makes readers drop events from its step on.
    private enum Session { static let (status, start) = (1, 1) }

    /// The fields of tensorflow.Summary.Value, and those below it that a text has.
    private enum Value {
        static let (tag, simple, tensor, metadata) = (1, 2, 8, 9)
        static let (pluginData, pluginName) = (1, 1)
        static let (dtype, shape, dimension, size, strings) = (1, 2, 2, 1, 8)
        static let stringType = 7
    }

    private func event(step: Int, _ values: [ProtobufWriter] = []) -> ProtobufWriter {
        var event = ProtobufWriter()
        event.add(Event.wallTime, host.wallClock())
        event.add(Event.step, step)
        guard !values.isEmpty else { return event }
        var summary = ProtobufWriter()
        for value in values { summary.add(1, value) }
        event.add(Event.summary, summary)
        return event
    }

    private static func scalar(_ tag: String, _ number: Double) -> ProtobufWriter {
        var value = ProtobufWriter()
        value.add(Value.tag, tag)
        value.add(Value.simple, Float(number))
        return value
    }

    /// A text of one paragraph of Markdown or more, under the tag that readers look for.
    private static func text(_ tag: String, _ text: String) -> ProtobufWriter {
        var (plugin, metadata) = (ProtobufWriter(), ProtobufWriter())
        plugin.add(Value.pluginName, "text")
        metadata.add(Value.pluginData, plugin)
        var (dimension, shape, tensor) = (ProtobufWriter(), ProtobufWriter(), ProtobufWriter())
        dimension.add(Value.size, 1)
        shape.add(Value.dimension, dimension)
        tensor.add(Value.dtype, Value.stringType)
        tensor.add(Value.shape, shape)
        tensor.add(Value.strings, text)
        var value = ProtobufWriter()
        value.add(Value.tag, "\(tag)/text_summary")
        value.add(Value.tensor, tensor)
        value.add(Value.metadata, metadata)
        return value
    }

    private func write(_ events: [ProtobufWriter]) throws(KernelError) {
        for event in events { try file.append(TFRecord.framed(event.bytes)) }
    }
}

extension String {
    /// As a block of code in Markdown.
    fileprivate var asCode: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
            .joined(separator: "\n")
    }
}
