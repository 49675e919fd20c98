// The meanings that colours have. Widgets ask for roles; only a theme knows colours.

/// What a piece of the screen means, independent of its colour.
public enum Role: String, CaseIterable, Sendable {
    /// Ordinary text; also the background of the screen.
    case text
    /// What matters less.
    case dim
    /// What should be noticed.
    case accent
    /// Titles of panes.
    case title
    /// Borders of panes without focus.
    case border
    /// The border of the pane with focus.
    case focusBorder
    /// The selected row where the focus is.
    case selection
    /// The selected row where the focus is not.
    case inactiveSelection
    /// Column headings and section names.
    case heading
    /// Names of fields.
    case label
    /// Values.
    case value
    /// Text that can be edited.
    case input
    /// What stands in an empty field.
    case placeholder
    /// The open tab.
    case activeTab
    /// The other tabs.
    case tab
    /// A key in a hint.
    case key
    /// A short mark with a background.
    case badge
    /// Something went well.
    case success
    /// Something to look at.
    case warning
    /// Something failed.
    case error
    /// The filled part of a gauge.
    case gauge
    /// The status line.
    case status
    /// Raw measurements in a plot.
    case plotRaw
    /// Smoothed measurements in a plot.
    case plotSmooth
    /// Held-out measurements in a plot.
    case plotEval
    /// Further lines of a plot.
    case plotOther
    /// The second, third and fourth of several further lines; letters tell them apart too.
    case plotOther2, plotOther3, plotOther4
    /// Guides of a plot.
    case gridline
    /// The cursor of a plot.
    case plotCursor
    /// Tokens that carry loss.
    case trained
    /// Tokens that carry none.
    case masked
    /// Special tokens.
    case special
    /// What the user said.
    case speakerUser
    /// What the model said.
    case speakerModel
    /// What the system said.
    case speakerSystem
    /// Code in prose.
    case code
}
