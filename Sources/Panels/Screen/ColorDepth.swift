// What a terminal can show, and the nearest colour that it can. Distances are plain squares in
// RGB: good enough for the cube of 256 and the sixteen. It does not ask any terminal.

/// How many colours a terminal shows.
public enum ColorDepth: Int, Comparable, Sendable, CaseIterable {
    /// No colours, only attributes.
    case monochrome
    /// The eight or sixteen named colours.
    case sixteen
    /// The palette of 256.
    case palette
    /// 24 bits.
    case full

    /// The colours that the variables of a user's terminal promise; `NO_COLOR` turns colours off. For lines of text:
    /// a full screen asks the terminal database.
    public init(environment: [String: String]) {
        let type = environment["TERM"] ?? ""
        if environment["NO_COLOR"].map({ !$0.isEmpty }) == true || ["", "dumb"].contains(type) {
            self = .monochrome
        } else if ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") {
            self = .full
        } else {
            self = type.contains("256") ? .palette : .sixteen
        }
    }

    /// Fewer colours come first.
    public static func < (left: ColorDepth, right: ColorDepth) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Color {
    /// The nearest colour that a depth offers.
    public func adapted(to depth: ColorDepth) -> Color {
        switch (self, depth) {
        case (.standard, _), (_, .full): self
        case (_, .monochrome): .standard
        case (.rgb(let red, let green, let blue), .palette):
            .indexed(Self.nearestInPalette(Int(red), Int(green), Int(blue)))
        case (.rgb(let red, let green, let blue), .sixteen):
            .indexed(Self.nearestOfSixteen(Int(red), Int(green), Int(blue)))
        case (.indexed(let index), .sixteen) where index > 15:
            Self.components(ofPalette: Int(index)).map {
                .indexed(Self.nearestOfSixteen($0, $1, $2))
            } ?? self
        case (.indexed, _): self
        }
    }

    /// Levels of each axis of the colour cube 16–231.
    private static let cubeLevels = [0, 95, 135, 175, 215, 255]

    private static func nearestInPalette(_ red: Int, _ green: Int, _ blue: Int) -> UInt8 {
        func level(_ value: Int) -> Int {
            cubeLevels.indices.min { abs(cubeLevels[$0] - value) < abs(cubeLevels[$1] - value) }
                ?? 0
        }
        let (r, g, b) = (level(red), level(green), level(blue))
        let cube = 16 + 36 * r + 6 * g + b
        let grey = 232 + min(23, max(0, ((red + green + blue) / 3 - 3) / 10))
        let candidates = [cube, grey]
        let best = candidates.min {
            distance(of: $0, red, green, blue) < distance(of: $1, red, green, blue)
        }
        return UInt8(best ?? cube)
    }

    private static func nearestOfSixteen(_ red: Int, _ green: Int, _ blue: Int) -> UInt8 {
        let best = (0..<16).min {
            distance(of: $0, red, green, blue) < distance(of: $1, red, green, blue)
        }
        return UInt8(best ?? 7)
    }

    private static func distance(of index: Int, _ red: Int, _ green: Int, _ blue: Int) -> Int {
        guard let (r, g, b) = components(ofPalette: index) else { return .max }
        return (r - red) * (r - red) + (g - green) * (g - green) + (b - blue) * (b - blue)
    }

    /// Red, green and blue of a palette entry; the named sixteen as xterm has them.
    static func components(ofPalette index: Int) -> (Int, Int, Int)? {
        switch index {
        case 0..<16:
            let named = [
                (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205),
                (0, 205, 205), (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0),
                (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
            ]
            return named[index]
        case 16..<232:
            let cube = index - 16
            return (cubeLevels[cube / 36], cubeLevels[cube / 6 % 6], cubeLevels[cube % 6])
        case 232..<256:
            return (8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232))
        default: return nil
        }
    }
}
