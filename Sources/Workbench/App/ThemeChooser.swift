// The themes in a list: each shows as soon as it is under the cursor. Enter keeps it for the session,
// Escape goes back to the one before.

import Panels

/// The list of themes that lies over the tab.
struct ThemeChooser: Equatable, Sendable {
    /// The selection.
    var list: ListState
    /// The theme before the list was opened, and whether it followed the terminal.
    let before: (index: Int, isAutomatic: Bool)

    /// A list at the theme in use.
    init(_ state: AppState) {
        list = ListState(selection: state.themeIndex, visibleRows: state.themes.count)
        before = (state.themeIndex, state.themeIsAutomatic)
    }

    static func == (left: ThemeChooser, right: ThemeChooser) -> Bool {
        left.list == right.list && left.before == right.before
    }

    /// Draws the list at the right, so that most of the tab shows how the theme looks.
    func render(_ themes: [Theme], in area: Rect, on frame: inout Frame, theme: Theme) {
        frame.unmark()
        let rows = themes.map { shown in
            StyledLine([
                Span(DisplayText(shown.name).padded(to: 18), theme[.value]),
                Span(DisplayText(ThemeChoice.summary(shown.name)), theme[.dim]),
            ])
        }
        let wanted = rows.map(\.width).max() ?? 0
        let size = Size(min(area.width, wanted + 3), min(area.height, themes.count + 2))
        let place = Rect(area.right - size.width, area.y, size.width, size.height)
        frame.fill(place, style: theme[.text])
        let inner = Pane(title: tr("Themes"), note: tr("Enter takes it"), isFocused: true)
            .render(in: place, on: &frame, theme: theme)
        Panels.List(rows: rows).render(list, in: inner, on: &frame, theme: theme)
    }
}
