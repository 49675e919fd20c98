// How a cell looks: two colours and attributes. Plain values; which role has which style is the
// theme's business, how a colour is sent to the terminal is the terminal's.

/// A colour, from the terminal's own to 24 bits.
public enum Color: Hashable, Sendable {
    /// The terminal's own foreground or background.
    case standard
    /// An entry of the 256-colour palette; 0–15 are the terminal's named colours.
    case indexed(UInt8)
    /// Red, green and blue.
    case rgb(UInt8, UInt8, UInt8)
}

/// Weight and shape of text.
public struct Attributes: OptionSet, Hashable, Sendable {
    /// One bit per attribute.
    public let rawValue: UInt8
    /// Takes the bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Heavier or brighter.
    public static let bold = Attributes(rawValue: 1)
    /// Fainter.
    public static let dim = Attributes(rawValue: 2)
    /// Foreground and background exchanged.
    public static let reverse = Attributes(rawValue: 4)
    /// Underlined.
    public static let underline = Attributes(rawValue: 8)
    /// Slanted.
    public static let italic = Attributes(rawValue: 16)
}

/// Foreground, background and attributes of a cell.
public struct Style: Hashable, Sendable {
    /// The colour of the glyph.
    public var foreground: Color
    /// The colour behind it.
    public var background: Color
    /// Weight and shape.
    public var attributes: Attributes

    /// A style; everything left out is the terminal's own.
    public init(
        _ foreground: Color = .standard, on background: Color = .standard,
        _ attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's own colours, no attributes.
    public static let plain = Style()

    /// This style with further attributes.
    public func with(_ more: Attributes) -> Style {
        Style(foreground, on: background, attributes.union(more))
    }

    /// This style on another background.
    public func on(_ background: Color) -> Style { Style(foreground, on: background, attributes) }

    /// This style with the colours that it leaves open taken from another.
    func onto(_ base: Style) -> Style {
        Style(
            foreground == .standard ? base.foreground : foreground,
            on: background == .standard ? base.background : background, attributes)
    }

    /// This style with `top` laid over it: the colours that it sets, its attributes added.
    public func overlaid(with top: Style) -> Style {
        Style(
            top.foreground == .standard ? foreground : top.foreground,
            on: top.background == .standard ? background : top.background,
            attributes.union(top.attributes))
    }
}
