// Which rows the form shows and which one the cursor is on: folds and the search. Values are not touched.

import Kernel
import Panels

extension ParamsTab {
    /// The rows from top to bottom.
    static func rows(_ state: State) -> [ParamRow] {
        if let search = state.search, !search.text.allSatisfy(\.isWhitespace) {
            return ParamRow.found(search.text)
        }
        return ParamRow.all(folded: state.folded)
    }

    /// The row under the cursor.
    static func selectedRow(_ state: State) -> ParamRow? {
        let rows = rows(state)
        return rows.indices.contains(state.form.selection) ? rows[state.form.selection] : nil
    }

    /// The field under the cursor.
    static func selectedField(_ state: State) -> ParamField? {
        if case .field(let field)? = selectedRow(state) { field } else { nil }
    }

    /// Puts the cursor on the row of a key, opening what hides it.
    static func show(_ key: String, _ state: inout State) {
        for fold in ParamRow.folds(over: key) { state.folded.remove(fold) }
        let rows = rows(state)
        let index = rows.firstIndex { row in
            switch row {
            case .field(let field): field.owns(key)
            case .missing(let control): control.key == key
            case .heading: false
            }
        }
        if let index { state.form.select(index, count: rows.count) }
    }

    // MARK: - Searching

    static func search(_ field: TextField.State, _ state: inout State) {
        let changed = field.text != state.search?.text
        state.search = field
        if changed { state.form.select(0, count: rows(state).count) }
    }

    /// Leaves the search on the row that was found.
    static func acceptSearch(_ state: inout State) {
        let found = selectedRow(state)?.id
        let hadText = state.search.map { !$0.text.isEmpty } ?? false
        state.search = nil
        if let found, hadText { show(found, &state) }
    }

    static func closeSearch(_ state: inout State) {
        state.search = nil
        state.form.select(0, count: rows(state).count)
    }

    /// Opens everything; when all of it is open, folds what is rare.
    static func turnFolds(_ state: inout State) {
        let row = selectedRow(state)
        state.folded = state.folded.isEmpty ? ParamRow.foldedAtFirst : []
        let rows = rows(state)
        let index = rows.firstIndex { $0.id == row?.id } ?? 0
        state.form.select(index, count: rows.count)
    }
}
