// Colour pairs of ncurses, defined when a style first needs one. Few are used: old versions and
// slow links prefer that. It does not know where a style comes from.

/// The pairs that were defined so far.
struct ColorPairs {
    private struct Pair: Hashable {
        let foreground: Color
        let background: Color
    }

    /// A pair numbered above this is not safe in old versions; a theme needs far fewer.
    private static let countMax = 250

    private let depth: ColorDepth
    private var numbers: [Pair: Int] = [:]

    /// No pairs yet, for a terminal of some depth.
    init(depth: ColorDepth) { self.depth = depth }

    /// The pair of a style; beyond the limit the plain one.
    mutating func number(for style: Style) -> Int {
        guard depth > .monochrome else { return 0 }
        let pair = Pair(
            foreground: style.foreground.adapted(to: depth),
            background: style.background.adapted(to: depth))
        if pair.foreground == .standard && pair.background == .standard { return 0 }
        if let known = numbers[pair] { return known }
        let next = numbers.count + 1
        guard next < min(Self.countMax, Curses.pairCount) else { return 0 }
        numbers[pair] = next
        Curses.definePair(next, index(pair.foreground), index(pair.background))
        return next
    }

    private func index(_ color: Color) -> Int {
        let index: UInt8
        switch color {
        case .standard: return -1
        case .rgb(let red, let green, let blue):
            return Int(red) << 16 | Int(green) << 8 | Int(blue)
        case .indexed(let number): index = number
        }
        if depth == .full, index > 7, let rgb = Color.components(ofPalette: Int(index)) {
            // With 24 bits the numbers above 7 are colours themselves.
            return rgb.0 << 16 | rgb.1 << 8 | rgb.2
        }
        // Eight-colour terminals show bright colours as the plain ones.
        return Curses.colorCount < 16 ? Int(index) % 8 : Int(index)
    }
}
