// A program of one tab, so that the robot can play it: its key rows first, then the tab itself, as
// the shell routes them. The tab stands below an empty row and above the hints.

import Panels
import TestSupport

@testable import Workbench

/// What a tab is, as closures over its state.
struct TabRules<State: Sendable, Action: Sendable>: Sendable {
    var update: @Sendable (inout State, Action) -> [Workbench.Effect]
    var keys: @Sendable (State) -> [KeyBinding<Action>]
    var view: @Sendable (State, Rect, inout Frame, Theme) -> Void
    var key: @Sendable (Key) -> Action
    /// What the tab is told about its size.
    var fitted: @Sendable (Size) -> Action?
}

/// A program of one tab.
struct TabApp<State: Sendable, Action: Sendable>: App {
    typealias Message = Action
    typealias Effect = Workbench.Effect

    var state: State
    let rules: TabRules<State, Action>
    /// Why the last key did nothing.
    private(set) var refusal: String?
    let isFinished = false

    init(_ state: State, _ rules: TabRules<State, Action>) {
        (self.state, self.rules) = (state, rules)
    }

    mutating func update(_ event: Event<Action>) -> [Workbench.Effect] {
        switch event {
        case .message(let action): return rules.update(&state, action)
        case .resize(let size):
            guard let action = rules.fitted(Self.area(in: size).size) else { return [] }
            return rules.update(&state, action)
        case .key(let key):
            refusal = nil
            switch KeyMap(rules.keys(state)).match(key) {
            case .action(let action): return rules.update(&state, action)
            case .disabled(let reason):
                refusal = reason
                return []
            case nil: return rules.update(&state, rules.key(key))
            }
        case .shown, .hidden, .tick, .closing: return []
        }
    }

    func view(in size: Size) -> Frame {
        var frame = Theme.standard.frame(size)
        rules.view(state, Self.area(in: size), &frame, .standard)
        StatusBar(hints: rules.keys(state).map(\.hint))
            .render(in: frame.area.row(size.height - 1), on: &frame, theme: .standard)
        return frame
    }

    /// Where the tab stands.
    static func area(in size: Size) -> Rect { Rect(0, 1, size.width, size.height - 3) }
}

/// Promises that every picture of a tab keeps.
enum TabPicture {
    static let snapshotSizes = [Size(80, 24), Size(120, 40)]
    /// From the least to the largest screen that is promised, odd ones between.
    static let sizes: [Size] = [20, 33, 40, 59, 80, 99, 100, 121, 300].flatMap { width in
        [5, 6, 9, 12, 16, 24, 41, 100].map { Size(width, $0) }
    }

    /// What is wrong with a frame; nil when every promise holds.
    static func fault(of frame: Frame, drawnIn area: Rect) -> String? {
        for y in 0..<frame.size.height {
            for x in 0..<frame.size.width {
                let cell = frame[x, y]
                let next = x + 1 < frame.size.width ? frame[x + 1, y].glyph.width : -1
                if cell.glyph.width == 2, next != 0 { return "cut wide glyph at \(x),\(y)" }
                if cell.glyph.width == 0, x == 0 || frame[x - 1, y].glyph.width != 2 {
                    return "lonely half of a glyph at \(x),\(y)"
                }
                if !area.contains(Point(x, y)), cell.glyph != .blank {
                    return "drawn outside of the tab at \(x),\(y)"
                }
                for scalar in cell.glyph.scalars where scalar.properties.generalCategory == .control
                {
                    return "control \(scalar.value) at \(x),\(y)"
                }
            }
        }
        if let cursor = frame.cursor, !frame.area.contains(cursor) { return "cursor outside" }
        return nil
    }

    /// A tab that fills a screen, in the theme that tells roles.
    static func roleFrame<State, Action>(
        of state: State, _ rules: TabRules<State, Action>, _ size: Size = Size(100, 30)
    ) -> Frame {
        var frame = RolePalette.theme.frame(size)
        var state = state
        if let action = rules.fitted(size) { _ = rules.update(&state, action) }
        rules.view(state, frame.area, &frame, RolePalette.theme)
        return frame
    }

    /// Draws a tab in a part of a screen of each size and tells the first fault.
    static func fault<State, Action>(
        of state: State, _ rules: TabRules<State, Action>
    ) -> String? {
        for size in sizes {
            var frame = Frame(size: size)
            var state = state
            let area = Rect(1, 1, size.width - 2, size.height - 2)
            if let action = rules.fitted(area.size) { _ = rules.update(&state, action) }
            rules.view(state, area, &frame, .standard)
            if let fault = fault(of: frame, drawnIn: area) {
                return "\(size.width)×\(size.height): \(fault)\n\(frame.text)"
            }
        }
        return nil
    }
}
