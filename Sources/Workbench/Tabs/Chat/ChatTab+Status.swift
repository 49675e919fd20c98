// The line of measurements under the message: how fast the sides answered, how words are drawn, and how
// full the context is. Numbers are the engine's.

import Kernel
import Panels

extension ChatTab {
    static func viewStatus(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard !area.isEmpty else { return }
        let left = viewContext(state, in: area, on: &frame, theme: theme)
        var x = left.x + 1
        for (text, role) in parts(state) {
            // A part that does not fit is left out as a whole, the first one is cut.
            guard x == left.x + 1 || x + text.width + 3 <= left.right else { continue }
            if x > left.x + 1 {
                x = frame.put(" · ", at: Point(x, left.y), style: theme[.dim], in: left)
            }
            let shown = text.truncated(to: left.right - x)
            x = frame.put(shown, at: Point(x, left.y), style: theme[role], in: left)
        }
    }

    private static func parts(_ state: State) -> [(DisplayText, Role)] {
        var parts: [(DisplayText, Role)] = []
        if !state.around.modelPath.isEmpty, let problem = state.settings.problem(state.sides) {
            parts.append((DisplayText(problem), .warning))
        }
        if state.isSplit {
            for side in state.sides {
                if let figures = figures(side, state) {
                    let rate = "\(side.letter) \(NumberText.rate(figures.tokensPerSecond)) tok/s"
                    parts.append((DisplayText(rate), .value))
                }
            }
        } else if let figures = figures(.a, state) {
            parts.append((DisplayText("\(NumberText.rate(figures.tokensPerSecond)) tok/s"), .value))
            let first = tr("first token {1}", NumberText.latency(figures.secondsToFirst)) as String
            parts.append((DisplayText(first), .value))
        }
        parts.append((DisplayText(state.settings.sampling.summary), .dim))
        if !state.tools.isEmpty { parts.append((tr("with tools"), .dim)) }
        if let name = state.fileName {
            let mark = state.kept == state.tree ? "" : "*"
            parts.append((DisplayText(name + mark, invisibles: .dropped), .dim))
        }
        return parts
    }

    private static func figures(_ side: ChatSide, _ state: State) -> AnswerFigures? {
        state.tree.last.flatMap { state.tree[$0].answers[side]?.figures }
    }

    /// The fuller context of the sides, at the right; answers the room that is left.
    private static func viewContext(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) -> Rect {
        let found = state.sides.compactMap { side in
            state.tree.path.reversed().lazy.compactMap { state.tree[$0].answers[side]?.figures }
                .first
        }.filter { $0.contextLimit > 0 }
        guard let full = found.max(by: { $0.contextTokens < $1.contextTokens }) else {
            return area
        }
        let share = Double(full.contextTokens) / Double(full.contextLimit)
        let label = tr("context {1}/{2}", full.contextTokens, full.contextLimit) as DisplayText
        let width = label.width + 12
        guard area.width >= width + 20 else { return area }
        let (rest, place) = area.splitRight(width)
        Gauge(fraction: share, label: label, role: share >= 0.9 ? .warning : .gauge)
            .render(in: place, on: &frame, theme: theme)
        return rest
    }
}
