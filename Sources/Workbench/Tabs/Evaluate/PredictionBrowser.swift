// The answers of one evaluation beside those of the records: a list in some order, filtered by words, and
// the selected one in full with the words that differ. It does not draw.

import Kernel
import Panels

/// Looking through answers.
struct PredictionBrowser: Equatable, Sendable {
    /// What the list is sorted by.
    enum Order: CaseIterable, Sendable {
        case file, worstBleu, bestBleu, worstRouge, bestRouge

        var words: String {
            switch self {
            case .file: tr("as in the file")
            case .worstBleu: tr("lowest BLEU-4 first")
            case .bestBleu: tr("highest BLEU-4 first")
            case .worstRouge: tr("lowest ROUGE-L first")
            case .bestRouge: tr("highest ROUGE-L first")
            }
        }
    }

    enum Action: Equatable, Sendable {
        case key(Key)
        case orderPressed, filterPressed, fullPressed, sidePressed, backPressed
    }

    /// What scrolls.
    enum Side: Int { case list, text }

    private(set) var predictions: [Prediction]
    let title: String
    /// Which evaluation of the session it is.
    var place = 0
    var list = ListState(visibleRows: 16)
    private(set) var order = Order.file
    private(set) var filter = ""
    /// What is being typed for the filter.
    private(set) var input: InputDialog?
    /// Places of the answers that are shown, in order.
    private(set) var shown: [Int] = []
    /// The selected answer and its words.
    private(set) var current: (index: Int, difference: WordDifference)?
    private(set) var text = TextViewState()
    /// Whether the text has the keys.
    private(set) var readsText = false
    /// Whether the text has the whole tab.
    private(set) var isFull = false
    private(set) var isClosed = false
    private var area = Size(80, 21)
    private var isScrolled = false

    init(_ predictions: [Prediction], title: String) {
        (self.predictions, self.title) = (predictions, title)
        arrange()
    }

    static func == (a: Self, b: Self) -> Bool {
        a.predictions == b.predictions && a.list == b.list && a.order == b.order
            && a.filter == b.filter && a.input == b.input && a.text == b.text
            && a.readsText == b.readsText && a.isFull == b.isFull && a.place == b.place
    }

    /// Takes further answers of the same evaluation; the same one stays selected.
    mutating func take(_ predictions: [Prediction]) {
        self.predictions = predictions
        arrange()
    }

    /// Sets the size of the tab.
    mutating func fit(to size: Size) {
        let places = Places(isFull: isFull, in: Rect(size))
        list.visibleRows = max(1, places.listRows)
        text.fit(to: places.text.size)
        // With another size the beginning of a text that was not scrolled could be out of sight.
        if !isScrolled { text.home() }
        area = size
    }

    mutating func update(_ action: Action) {
        switch action {
        case .key(let key): pressed(key)
        case .orderPressed:
            let all = Order.allCases
            order = all[((all.firstIndex(of: order) ?? 0) + 1) % all.count]
            arrange()
        case .filterPressed:
            input = InputDialog(
                title: tr("Which answers?"),
                lines: [tr("Words that occur in question, answer or reference.")], text: filter)
        case .fullPressed:
            isFull.toggle()
            readsText = isFull
            fit(to: area)
        case .sidePressed: readsText.toggle()
        case .backPressed:
            if isFull {
                update(.fullPressed)
            } else if readsText {
                readsText = false
            } else {
                isClosed = true
            }
        }
    }

    private mutating func pressed(_ key: Key) {
        if var dialog = input {
            switch dialog.handle(key) {
            case .open: input = dialog
            case .cancelled: input = nil
            case .accepted(let words):
                (input, filter) = (nil, words)
                arrange()
            }
            return
        }
        if key.pane(focused: readsText ? Side.text : .list) == .text {
            isScrolled = text.handle(key) || isScrolled
        } else if list.handle(key, count: shown.count) {
            read()
        }
    }

    /// The rows of keys that work here now.
    func keys() -> [KeyBinding<Action>] {
        typealias Row = KeyBinding<Action>
        return [
            Row(.enter, isFull ? tr("beside the list") : tr("alone"), .fullPressed),
            Row(.character("o"), tr("order"), .orderPressed),
            Row(.character("/"), tr("filter…"), .filterPressed),
            Row(
                [.tab, .backtab], readsText ? tr("the list") : tr("scroll the text"), .sidePressed,
                disabledReason: isFull ? tr("the text stands alone") : nil),
            Row([.escape, .control("c")], tr("back"), .backPressed),
        ]
    }

    // MARK: - What is shown

    /// Filters and sorts anew.
    private mutating func arrange() {
        let before = current?.index
        // Whole pages are pasted by mistake, and there may be many answers.
        let words = filter.prefix(1024).lowercased().split(separator: " ").prefix(32)
        shown = predictions.indices.filter { index in
            let one = predictions[index]
            let text = words.isEmpty ? "" : "\(one.prompt) \(one.answer) \(one.label)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
        func sort(_ score: (TextScores) -> Double, falls: Bool) {
            shown = shown.sorted { a, b in
                let (one, other) = (score(predictions[a].scores), score(predictions[b].scores))
                return one == other ? a < b : falls ? one > other : one < other
            }
        }
        switch order {
        case .file: break
        case .worstBleu: sort(\.bleu4, falls: false)
        case .bestBleu: sort(\.bleu4, falls: true)
        case .worstRouge: sort(\.rougeL, falls: false)
        case .bestRouge: sort(\.rougeL, falls: true)
        }
        let row = before.flatMap { shown.firstIndex(of: $0) } ?? list.selection
        list.select(row, count: shown.count)
        read()
    }

    /// Opens the text of the selected answer at its beginning.
    private mutating func read() {
        guard let row = list.selected(of: shown.count) else {
            current = nil
            text.setLines([])
            return
        }
        let index = shown[row]
        guard current?.index != index else { return }
        let one = predictions[index]
        let difference = WordDifference(one.answer, one.label)
        current = (index, difference)
        text.setLines(PredictionText.lines(one, difference, theme: .standard))
        isScrolled = false
        text.home()
    }
}
