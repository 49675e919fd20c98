// The verbs of widget states: selection, editing, scrolling, choosing.

import Testing

@testable import Panels

@Suite struct WidgetStateTests {
    @Test func listKeepsTheSelectionVisible() {
        var state = ListState(visibleRows: 5)
        state.move(by: 7, count: 20)
        #expect(state.selection == 7)
        #expect(state.top(visible: 5, count: 20) == 3)
        state.move(by: -2, count: 20)
        // Inside the page the rows stand still.
        #expect(state.top(visible: 5, count: 20) == 3)
        state.last(count: 20)
        #expect(state.top(visible: 5, count: 20) == 15)
        #expect(state.top(visible: 30, count: 20) == 0)
        state.move(by: 99, count: 3)
        #expect(state.selection == 2)
        #expect(state.selected(of: 0) == nil)
        #expect(state.handle(.character("g"), count: 20) == true)
        #expect(state.selection == 0)
        #expect(state.handle(.enter, count: 20) == false)
    }

    @Test func fieldEditsLikeReadline() {
        var state = TextField.State(text: "one two")
        for key: Key in [.control("w"), .character("中"), .left, .character("x")] {
            #expect(state.handle(key) == true)
        }
        #expect(state.text == "one x中")
        _ = state.handle(.control("u"))
        #expect(state.text == "中")
        _ = state.handle(.control("y"))
        #expect(state.text == "one x中")
        _ = state.handle(.end)
        _ = state.handle(.backspace)
        _ = state.handle(.home)
        _ = state.handle(.delete)
        #expect(state.text == "ne x")
        _ = state.handle(.paste("a\nb"))
        #expect(state.text == "a bne x")
        #expect(state.cursor == 3)
        #expect(state.handle(.enter) == false)
    }

    @Test func marksJoinTheirLetter() {
        var state = TextField.State()
        _ = state.handle(.character("e"))
        _ = state.handle(.character("\u{301}"))
        #expect(state.characters.count == 1)
        #expect(state.cursor == 1)
    }

    @Test func cursorStandsAtTheInsertionPoint() {
        var frame = Frame(size: Size(10, 1))
        var state = TextField.State(text: "中文")
        TextField().render(state, in: frame.area, on: &frame, theme: .standard)
        #expect(frame.cursor == Point(4, 0))
        state.setText("中文字符一二三")
        TextField().render(state, in: frame.area, on: &frame, theme: .standard)
        // Fourteen columns in ten: scrolled by five, half a glyph is a blank.
        #expect(frame.cursor == Point(9, 0))
        #expect(frame.text == " 符一二三")
        var area = TextArea.State(text: "ab\n中")
        TextArea().render(area, in: Rect(2, 0, 8, 1), on: &frame, theme: .standard)
        #expect(frame.cursor == Point(4, 0))
        _ = area.handle(.up)
        #expect(area.line == 0 && area.column == 1)
    }

    @Test func areaEditsLines() {
        var state = TextArea.State(text: "one")
        #expect(state.handle(.enter) == false)
        _ = state.handle(.control("j"))
        _ = state.handle(.paste("two\nthree"))
        #expect(state.text == "one\ntwo\nthree")
        _ = state.handle(.home)
        _ = state.handle(.backspace)
        #expect(state.text == "one\ntwothree")
        #expect(state.column == 3)
        _ = state.handle(.left)
        for _ in 0..<3 { _ = state.handle(.left) }
        #expect(state.line == 0 && state.column == 3)
        _ = state.handle(.right)
        #expect(state.line == 1 && state.column == 0)
        #expect(TextArea().height(TextArea.State(text: "12345"), width: 2) == 3)
    }

    @Test func areaTakesChangesBack() {
        var state = TextArea.State()
        for letter in "one 二三" { _ = state.handle(.character(letter)) }
        _ = state.handle(.paste("\npasted"))
        _ = state.handle(.control("w"))
        #expect(state.text == "one 二三\n")
        _ = state.handle(.control("_"))
        #expect(state.text == "one 二三\npasted" && state.line == 1 && state.column == 6)
        _ = state.handle(.control("_"))
        #expect(state.text == "one 二三")
        _ = state.handle(.control("_"))
        #expect(state.text == "one ")
        _ = state.handle(.left)
        _ = state.handle(.character("x"))
        _ = state.handle(.control("_"))
        #expect(state.text == "one " && state.column == 3)
        for _ in 0..<9 { _ = state.handle(.control("_")) }
        #expect(state.isEmpty)
    }

    @Test func textShowsALine() {
        var state = TextViewState()
        state.fit(to: Size(10, 4))
        for line in 0..<20 { state.append("line \(line)") }
        state.show(line: 5)
        #expect(state.firstPlace(in: Size(10, 4)).line == 5 && !state.follows)
        state.show(line: 99)
        #expect(state.firstPlace(in: Size(10, 4)).line == 16 && state.follows)
    }

    @Test func textFollowsUntilScrolled() {
        var state = TextViewState(linesMax: 80)
        state.fit(to: Size(10, 4))
        for line in 0..<20 { state.append("line \(line)") }
        func first() -> String { state.lines[state.firstPlace(in: Size(10, 4)).line].string }
        #expect(first() == "line 16")
        state.scroll(by: -3)
        #expect(!state.follows)
        state.append("line 20")
        #expect(first() == "line 13")
        state.scroll(by: 99)
        #expect(state.follows)
        #expect(first() == "line 17")
        state.home()
        #expect(first() == "line 0")
        state.scroll(by: -5)
        #expect(first() == "line 0")
        for line in 21..<200 { state.append("line \(line)") }
        #expect(state.lines.count <= 80)
        #expect(state.droppedCount + state.lines.count == 200)
        #expect(state.lines.last?.string == "line 199")
    }

    @Test func scrollingByRowsGoesThroughWrappedLines() {
        var state = TextViewState()
        state.fit(to: Size(4, 2))
        state.append("aaaa bbbb cccc")
        state.append("dddd")
        // Rows: aaaa, bbbb, cccc, dddd; at the end cccc is first.
        #expect(state.firstPlace(in: Size(4, 2)) == TextViewState.Place(line: 0, row: 2))
        state.scroll(by: -1)
        #expect(state.firstPlace(in: Size(4, 2)) == TextViewState.Place(line: 0, row: 1))
        state.scroll(by: 1)
        #expect(state.follows)
    }

    @Test func formAnswersWhatChanged() {
        let fields = FormCase.form.fields
        var state = FormState()
        #expect(state.handle(.right, fields: fields) == .changed(id: "method", value: "full"))
        #expect(state.handle(.left, fields: fields) == .changed(id: "method", value: "freeze"))
        #expect(state.handle(.down, fields: fields) == .used)
        #expect(state.handle(.right, fields: fields) == .changed(id: "rank", value: "17"))
        #expect(state.handle(.character("9"), fields: fields) == .used)
        #expect(state.handle(.character("9"), fields: fields) == .used)
        #expect(state.handle(.character("9"), fields: fields) == .used)
        #expect(state.handle(.enter, fields: fields) == .used)
        #expect(state.problem?.string == "must lie between 1 and 256")
        #expect(state.handle(.backspace, fields: fields) == .used)
        #expect(state.handle(.enter, fields: fields) == .changed(id: "rank", value: "99"))
        #expect(!state.isEditing)
        state.select(id: "rate", in: fields)
        #expect(state.handle(.right, fields: fields) == .changed(id: "rate", value: "2.5e-4"))
        // As settings files spell numbers: no padding of the exponent, no sign for large ones.
        let spellings: [(Double, String)] = [
            (0, "0"), (0.25, "0.25"), (1.5e-4, "1.5e-4"), (-2e-5, "-2e-5"), (6.254e-5, "6.25e-5"),
            (123_456, "1.23e5"), (1e-10, "1e-10"),
        ]
        for (value, text) in spellings { #expect(FormState.short(value) == text) }
        state.select(id: "pack", in: fields)
        #expect(
            state.handle(.character(" "), fields: fields) == .changed(id: "pack", value: "true"))
        state.select(id: "off", in: fields)
        #expect(state.handle(.right, fields: fields) == .unused)
        state.select(id: "path", in: fields)
        #expect(state.handle(.enter, fields: fields) == .used)
        #expect(state.handle(.paste("数据.json"), fields: fields) == .used)
        #expect(state.handle(.escape, fields: fields) == .used)
        #expect(!state.isEditing)
        #expect(state.handle(.up, fields: []) == .unused)
    }

    @Test func dialogDefaultsToTheHarmless() {
        var dialog = Dialog.confirm(title: "Delete?", lines: ["gone for good"], yes: "delete")
        #expect(dialog.handle(.enter) == .chosen(1))
        #expect(dialog.handle(.character("y")) == .chosen(0))
        #expect(dialog.handle(.escape) == .cancelled)
        #expect(dialog.handle(.control("c")) == .cancelled)
        #expect(dialog.handle(.up) == .open)
        #expect(dialog.selection == 0)
        #expect(dialog.handle(.down) == .open)
        #expect(dialog.handle(.character("z")) == .open)
    }
}
