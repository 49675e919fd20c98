// A theme gives every role a style. It is a value that widgets are drawn with; where it was read
// from and what the terminal can show are settled before.

/// Styles for all roles.
public struct Theme: Equatable, Sendable {
    /// The name by which the user chooses it.
    public var name: String
    private var styles: [Role: Style]

    /// A theme; roles that are left out look like plain text.
    public init(name: String, styles: [Role: Style]) {
        self.name = name
        self.styles = styles
    }

    /// The style of a role; roles without their own lie over ordinary text.
    public subscript(role: Role) -> Style {
        get { styles[role] ?? styles[.text] ?? .plain }
        set { styles[role] = newValue }
    }

    /// The theme as a terminal of few colours shows it.
    ///
    /// Without colours the meanings move into attributes, so that nothing is lost but beauty.
    public func adapted(to depth: ColorDepth) -> Theme {
        var theme = self
        for role in Role.allCases {
            var style = self[role]
            if depth == .monochrome {
                style.attributes.formUnion(Self.monochromeAttributes[role] ?? [])
            }
            style.foreground = style.foreground.adapted(to: depth)
            style.background = style.background.adapted(to: depth)
            theme[role] = style
        }
        return theme
    }

    /// A blank frame in the style of ordinary text.
    public func frame(_ size: Size) -> Frame { Frame(size: size, style: self[.text]) }

    /// What carries the meaning of a role where there are no colours.
    private static let monochromeAttributes: [Role: Attributes] = [
        .dim: .dim, .accent: .bold, .title: .bold, .focusBorder: .bold, .selection: .reverse,
        .inactiveSelection: .underline, .heading: .bold, .activeTab: .reverse, .key: .bold,
        .badge: .reverse, .warning: .underline, .error: [.bold, .underline], .input: .underline,
        .placeholder: .dim, .plotRaw: .dim, .plotSmooth: .bold, .gridline: .dim, .trained: .bold,
        .masked: .dim, .special: .underline, .speakerUser: .bold, .speakerModel: .bold,
        .speakerSystem: .dim, .border: .dim,
    ]
}
