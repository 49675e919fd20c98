// What the program reports, line by line: runs, evaluations, exports, answers, refusals, faults. It follows
// the end until the user scrolls up; level, source and search narrow it. It keeps no file.

import Foundation
import Kernel
import Panels

/// The tab of the log.
enum LogsTab {
    /// What is being typed.
    enum Typing: Equatable, Sendable { case search, path }

    struct State: Equatable, Sendable {
        var book = LogBook()
        /// The least level that is shown.
        var level = LogLine.Level.info
        /// The only source that is shown; nil shows all.
        var source: LogLine.Source?
        /// The number of the selected line; nil follows the end.
        var selected: Int?
        /// Lines that came since following ended.
        var newCount = 0
        var list = ListState(visibleRows: 18)
        /// What is searched for; empty for nothing.
        var search = ""
        /// Which of how many matches is selected; nil until one was looked for.
        var match: Match?
        var typing: Typing?
        var input: InputDialog?
        /// The selected line in full; nil while it is closed.
        var detail: TextViewState?
        /// The tab's columns and rows.
        var size = Size(80, 21)
        /// Where the session keeps its log; nil when nowhere.
        var path: String?
    }

    /// A place among matches, from 1.
    struct Match: Equatable, Sendable {
        var place: Int
        var count: Int
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: moving, typing, the line in full.
        case key(Key)
        case followPressed, levelPressed, sourcePressed
        case searchPressed, searchCleared
        /// The next match, or with -1 the previous one.
        case matchPressed(by: Int)
        case linePressed, writePressed
        case fitted(Size)
    }

    /// Whether every key belongs to what lies over the list.
    static func isModal(_ state: State) -> Bool { state.input != nil || state.detail != nil }

    /// The lines that level and source let through, oldest first.
    static func shown(_ state: State) -> [LogLine] {
        state.book.lines.filter { line in
            line.level.rawValue >= state.level.rawValue
                && (state.source == nil || line.source == state.source)
        }
    }

    /// The row of the selection among the lines that are shown.
    static func row(_ state: State, among lines: [LogLine]) -> Int {
        guard let selected = state.selected else { return max(0, lines.count - 1) }
        // The next line takes the place of one that is filtered out or gone.
        return lines.firstIndex { $0.number >= selected } ?? max(0, lines.count - 1)
    }

    /// Takes a new line.
    static func add(_ line: LogLine, at time: WallTime, to state: inout State) {
        state.book.add(line, at: time)
        if state.selected != nil { state.newCount += 1 }
    }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key): return pressed(key, &state)
        case .followPressed:
            let lines = shown(state)
            select(state.selected == nil ? lines.last?.number : nil, &state)
        case .levelPressed:
            let all = LogLine.Level.allCases
            state.level = all[(state.level.rawValue + 1) % all.count]
            state.match = nil
        case .sourcePressed:
            let present = LogLine.Source.allCases.filter { source in
                state.book.lines.contains { $0.source == source }
            }
            let next = state.source.flatMap { present.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            state.source = next < present.count ? present[next] : nil
            state.match = nil
        case .searchPressed:
            state.typing = .search
            state.input = InputDialog(
                title: tr("Search the log"), lines: [tr("n and N go on to the next match.")],
                text: state.search)
        case .searchCleared: (state.search, state.match) = ("", nil)
        case .matchPressed(let step): find(by: step, &state)
        case .linePressed: openLine(&state)
        case .writePressed:
            state.typing = .path
            state.input = InputDialog(
                title: tr("Write these lines to a file"),
                lines: [tr("Those that level and source let through.")],
                text: "workbench-log.txt")
        case .fitted(let size):
            state.size = size
            state.list.visibleRows = Places(in: Rect(size)).list.height
            state.detail?.fit(to: Places.detailText(in: Rect(size)).size)
            if state.detail?.follows == true { state.detail?.home() }
        }
        return []
    }

    // MARK: - Keys

    private static func pressed(_ key: Key, _ state: inout State) -> [Effect] {
        if state.input != nil { return typed(key, &state) }
        if var detail = state.detail {
            switch key {
            case .escape, .enter, .control("c"), .character("q"): state.detail = nil
            default:
                _ = detail.handle(key)
                state.detail = detail
            }
            return []
        }
        let lines = shown(state)
        guard !lines.isEmpty else { return [] }
        let before = row(state, among: lines)
        state.list.select(before, count: lines.count)
        switch key {
        case .mouse(let mouse) where mouse.kind == .wheelUp:
            state.list.move(by: -3, count: lines.count)
        case .mouse(let mouse) where mouse.kind == .wheelDown:
            state.list.move(by: 3, count: lines.count)
        default: guard state.list.handle(key, count: lines.count) else { return [] }
        }
        let after = state.list.selection
        // Going down to the end follows it again.
        let isAtEnd = after == lines.count - 1 && after >= before && key != .row(after)
        select(isAtEnd ? nil : lines[after].number, &state)
        return []
    }

    private static func typed(_ key: Key, _ state: inout State) -> [Effect] {
        guard var input = state.input, let typing = state.typing else { return [] }
        switch input.handle(key) {
        case .open: state.input = input
        case .cancelled: (state.input, state.typing) = (nil, nil)
        case .accepted(let text):
            if typing == .path, text.isEmpty {
                input.problem = tr("give a file")
                state.input = input
                return []
            }
            (state.input, state.typing) = (nil, nil)
            if typing == .path { return [.writeText(file(state), path: text)] }
            (state.search, state.match) = (text, nil)
            if !text.isEmpty { find(by: 0, &state) }
        }
        return []
    }

    /// Selects a line by its number, or follows the end.
    private static func select(_ number: Int?, _ state: inout State) {
        if number == nil || state.selected == nil { state.newCount = 0 }
        state.selected = number
    }

    // MARK: - Search

    /// Whether a line has what is searched for, upper and lower case alike.
    static func matches(_ line: LogLine, _ search: String) -> Bool {
        !search.isEmpty
            && "\(line.source.word) \(line.text)".range(of: search, options: .caseInsensitive)
                != nil
    }

    /// Goes to the next match in a direction and begins anew at the ends; 0 takes the line itself too.
    private static func find(by step: Int, _ state: inout State) {
        let lines = shown(state)
        let hits = lines.indices.filter { matches(lines[$0], state.search) }
        let here = row(state, among: lines)
        let next: Int? =
            switch step {
            case 0: hits.last { $0 <= here } ?? hits.last
            case 1...: hits.first { $0 > here } ?? hits.first
            default: hits.last { $0 < here } ?? hits.last
            }
        guard let next, let place = hits.firstIndex(of: next) else {
            state.match = Match(place: 0, count: 0)
            return
        }
        state.match = Match(place: place + 1, count: hits.count)
        state.list.select(next, count: lines.count)
        select(lines[next].number, &state)
    }

    // MARK: - Lines

    private static func openLine(_ state: inout State) {
        let lines = shown(state)
        guard lines.indices.contains(row(state, among: lines)) else { return }
        let line = lines[row(state, among: lines)]
        var detail = TextViewState()
        let text = "\(line.time.stamp)  \(line.level.word)  \(line.source.word)\n\n\(line.text)"
        detail.setLines(DisplayText.lines(text).map { StyledLine($0) })
        detail.fit(to: Places.detailText(in: Rect(state.size)).size)
        detail.home()
        state.detail = detail
    }

    /// The lines that are shown, as a file has them.
    private static func file(_ state: State) -> String {
        shown(state).map { line in
            let text = DisplayText.lines(line.text).map(\.string).joined(separator: "\n    ")
            return "\(line.time.stamp) \(line.level.word) \(line.source.word): \(text)\n"
        }.joined()
    }
}
