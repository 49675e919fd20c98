// What answers on each side, and how tokens are drawn. It reports which source cannot answer and what is out of
// range; the fields for it are in ChatSettings+Form.swift.

import Kernel
import Panels

/// What answers and how.
struct ChatSettings: Equatable, Sendable {
    /// Which weights answer.
    enum Source: String, CaseIterable, Sendable {
        case base
        case adapter
        case currentRun = "current run"
    }

    /// What answers on one side.
    struct Answerer: Equatable, Sendable {
        var source: Source = .base
        /// The adapter's folder; empty when there is none.
        var adapterPath = ""
    }

    var answerers = Sided(Answerer())
    /// Whether a run of this process has weights to answer with.
    var hasRun = false
    var sampling = SamplingSettings()

    subscript(side: ChatSide) -> Answerer {
        get { answerers[side] }
        set { answerers[side] = newValue }
    }

    /// Why a source cannot answer on a side now; nil when it can.
    func obstacle(to source: Source, _ side: ChatSide) -> String? {
        switch source {
        case .base: nil
        case .adapter:
            answerers[side].adapterPath.isEmpty
                ? tr("no adapter is chosen; give its folder in ^T") : nil
        case .currentRun: hasRun ? nil : tr("no run of this session has weights yet")
        }
    }

    /// The source of a side as a request names it; nil when it cannot answer.
    func requestSource(_ side: ChatSide) -> ChatRequest.Source? {
        let answerer = answerers[side]
        guard obstacle(to: answerer.source, side) == nil else { return nil }
        return switch answerer.source {
        case .base: .base
        case .adapter: .adapter(path: answerer.adapterPath)
        case .currentRun: .currentRun
        }
    }

    /// The next source of a side that can answer.
    mutating func turnSource(_ side: ChatSide) {
        let all = Source.allCases
        let index = all.firstIndex(of: answerers[side].source) ?? 0
        let next = (1...all.count).map { all[(index + $0) % all.count] }
        answerers[side].source = next.first { obstacle(to: $0, side) == nil } ?? .base
    }

    /// Gives side B something to compare A with: the base for what was tuned, and the other way round.
    mutating func oppose() {
        if answerers.b.adapterPath.isEmpty { answerers.b.adapterPath = answerers.a.adapterPath }
        if answerers.a.source != .base {
            answerers.b.source = .base
        } else {
            answerers.b.source = hasRun ? .currentRun : .adapter
        }
    }

    /// What stops a question from being asked of these sides; nil when nothing does.
    func problem(_ sides: [ChatSide]) -> String? {
        for side in sides {
            if let obstacle = obstacle(to: answerers[side].source, side) {
                return sides.count > 1 ? "\(side.letter): \(obstacle)" : obstacle
            }
        }
        return sampling.issues().first.map { "\($0.field) \(tr($0.message))" }
    }

    /// What a side has over the base, in short.
    func shortName(_ side: ChatSide) -> String {
        switch answerers[side].source {
        case .base: tr("base")
        case .adapter: Self.lastParts(of: answerers[side].adapterPath)
        case .currentRun: tr("current run")
        }
    }

    /// The name of a folder; a checkpoint with the run that it belongs to.
    private static func lastParts(of path: String) -> String {
        let parts = path.split(separator: "/")
        let isCheckpoint = parts.count > 1 && parts.last?.hasPrefix("checkpoint-") == true
        return parts.suffix(isCheckpoint ? 2 : 1).joined(separator: "/")
    }

    /// What would answer now, as far as this tab knows.
    func name(_ side: ChatSide, model: String) -> String {
        let model = PathText.lastPart(of: model)
        guard !model.isEmpty else { return tr("no model") }
        return switch answerers[side].source {
        case .base: model
        case .adapter: model + " + " + Self.lastParts(of: answerers[side].adapterPath)
        case .currentRun: tr("{1} + the current run", model)
        }
    }
}
