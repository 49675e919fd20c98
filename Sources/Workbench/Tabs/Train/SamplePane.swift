// How the answers to the plan's prompts change over the steps: one prompt at a time, its answers below each
// other, the words that an answer does not share with the one before it marked. It asks nothing of the model.

import Kernel
import Panels

/// The answers of a run, and which of them are looked at.
struct SamplePane: Equatable, Sendable {
    /// Answers that are kept; beyond it the oldest quarter goes.
    static let recordsMax = 4096

    /// All answers in the order of their steps.
    private(set) var records: [SampleRecord] = []
    /// The prompts in the order in which they were first answered.
    private(set) var prompts: [String] = []
    /// Whether it lies over the tab.
    private(set) var isOpen = false
    private var promptIndex = 0
    /// The lines without their looks, for scrolling.
    private var text = TextViewState()

    /// The prompt whose answers are shown; nil while there are none.
    var prompt: String? { prompts.indices.contains(promptIndex) ? prompts[promptIndex] : nil }

    // MARK: - Verbs

    mutating func add(_ record: SampleRecord) {
        records.append(record)
        if records.count > Self.recordsMax { records.removeFirst(Self.recordsMax / 4) }
        settle()
    }

    /// Puts the answers of the earlier parts of a resumed run in front.
    mutating func resume(after step: Int, _ earlier: [SampleRecord]) {
        let known = records
        let before = earlier.filter { old in
            old.step <= step && !known.contains { $0.step == old.step && $0.prompt == old.prompt }
        }
        records = (before + known).suffix(Self.recordsMax)
        settle()
    }

    /// Takes answers from the log of a run that did not arrive here as events.
    mutating func fill(_ logged: [SampleRecord]) {
        let new = logged.filter { !knows($0) }
        records = (records + new).sorted { $0.step < $1.step }.suffix(Self.recordsMax)
        settle()
    }

    /// Whether the answer to a prompt at a step is there.
    func knows(_ record: SampleRecord) -> Bool {
        records.contains { $0.step == record.step && $0.prompt == record.prompt }
    }

    mutating func open() {
        isOpen = true
        text.end()
    }

    mutating func close() { isOpen = false }

    /// Another prompt, the first after the last.
    mutating func move(by count: Int) {
        guard !prompts.isEmpty else { return }
        promptIndex = (promptIndex + count % prompts.count + prompts.count) % prompts.count
        text.end()
        settle()
    }

    mutating func fit(to size: Size) { text.fit(to: size) }

    /// An empty sheet of the same size.
    func cleared() -> SamplePane {
        var fresh = SamplePane()
        fresh.fit(to: text.view)
        return fresh
    }

    mutating func handle(_ key: Key) -> Bool { text.handle(key) }

    private mutating func settle() {
        for record in records where !prompts.contains(record.prompt) {
            prompts.append(record.prompt)
        }
        text.setLines(lines(.mono))
    }

    // MARK: - Picture

    /// The text inside of the pane that fills an area: below the prompt and a rule.
    static func textArea(in area: Rect) -> Rect { area.inset(by: 2, 1).splitTop(3).rest }

    func render(in area: Rect, on frame: inout Frame, theme: Theme) {
        guard isOpen, !area.isEmpty else { return }
        frame.unmark()
        frame.fill(area, style: theme[.text])
        let note: DisplayText =
            prompts.count > 1 ? tr("{1} of {2}, ← → change it", promptIndex + 1, prompts.count) : ""
        Pane(title: tr("Answers to the sample prompts"), note: note, isFocused: true)
            .render(in: area, on: &frame, theme: theme)
        let head = area.inset(by: 2, 1).splitTop(3).top
        guard let prompt else {
            frame.put(
                tr("Nothing was answered yet: that comes with the evaluations and the end."),
                in: head.row(0), style: theme[.dim])
            return
        }
        let rows = DisplayText.lines(prompt).flatMap { TextWrap.rows($0, width: head.width) }
        for (row, line) in rows.prefix(max(0, head.height - 1)).enumerated() {
            frame.put(line, in: head.row(row), style: theme[.speakerUser])
        }
        if head.height == 3 { frame.rule(head.row(2), style: theme[.border]) }
        var styled = text
        styled.setLines(lines(theme))
        TextView().render(styled, in: Self.textArea(in: area), on: &frame, theme: theme)
    }

    /// The answers to the prompt, each under its step, with what is new in it marked.
    private func lines(_ theme: Theme) -> [StyledLine] {
        guard let prompt else { return [] }
        var lines: [StyledLine] = []
        var before: String?
        for record in records where record.prompt == prompt {
            var facts = [tr("{1} tokens", record.newTokens)]
            if record.ending != .stopToken { facts.append(tr("cut")) }
            if before == record.answer { facts.append(tr("as before")) }
            if before != nil { lines.append("") }
            lines.append(
                StyledLine([
                    Span(DisplayText(tr("step {1}", record.step)), theme[.heading]),
                    Span(DisplayText("  " + facts.joined(separator: " · ")), theme[.dim]),
                ]))
            let pieces =
                before.map { WordDifference($0, record.answer).second }
                ?? [.init(text: record.answer, differs: false)]
            lines += PredictionText.marked(pieces, .speakerModel, theme)
            before = record.answer
        }
        return lines
    }
}

extension TrainTab {
    /// What a user does with the samples.
    enum SampleAction: Equatable, Sendable {
        case opened
        case closed
        case moved(by: Int)
        /// This much of the text is visible.
        case fitted(Size)
    }

    static func change(_ action: SampleAction, _ state: inout State) {
        switch action {
        case .opened: state.samples.open()
        case .closed: state.samples.close()
        case .moved(let count): state.samples.move(by: count)
        case .fitted(let size): state.samples.fit(to: size)
        }
    }

    static func sampleKeys(_ state: State) -> [Row] {
        let single = state.samples.prompts.count < 2 ? tr("there is no other prompt") : nil
        return [
            Row([.escape, .character("a"), .control("c")], tr("close"), .samples(.closed)),
            Row(
                [.right, .character("l")], tr("next prompt"), .samples(.moved(by: 1)),
                disabledReason: single),
            Row(
                [.left, .character("h")], tr("previous prompt"), .samples(.moved(by: -1)),
                disabledReason: single),
        ]
    }

    /// An answer in the events, on one line.
    static func sampled(_ record: SampleRecord, _ state: inout State) {
        if state.attachment != nil, state.samples.knows(record) { return }
        state.samples.add(record)
        func short(_ text: String, _ length: Int) -> String {
            let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
            return line.count > length ? line.prefix(length - 1) + "…" : line
        }
        let answer = record.answer.isEmpty ? tr("(an empty answer)") : short(record.answer, 160)
        state.log.add(
            .reply, at: state.curves.last?.elapsedSeconds ?? 0,
            tr("step {1}", record.step) + "  \(short(record.prompt, 60)) → \(answer)")
    }
}
