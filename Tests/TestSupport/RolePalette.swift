// A theme in which every role has a colour of its own, so that a frame tells which role each cell was
// drawn in; and a letter for each role, for pictures. It knows no widget.

import Panels

/// Roles made visible in a frame.
public enum RolePalette {
    /// Every role in a colour that no other role has, without attributes.
    public static let theme = Theme(
        name: "roles",
        styles: Dictionary(
            uniqueKeysWithValues: roles.enumerated().map { ($1, Style(color($0))) }))
    private static let roles = Role.allCases

    /// The role that a cell of a frame in `theme` was drawn in; nil for a colour of no role.
    public static func role(of style: Style) -> Role? {
        guard case .indexed(let index) = style.foreground, index >= firstColor,
            Int(index - firstColor) < roles.count
        else { return nil }
        return roles[Int(index - firstColor)]
    }

    /// The roles of the cells in which `text` stands, row by row and once for each place; empty when
    /// the frame does not show it.
    public static func roles(of text: String, in frame: Frame) -> [[Role?]] {
        var found: [[Role?]] = []
        let wanted = Array(text.unicodeScalars)
        for y in 0..<frame.size.height {
            // The scalars of a row, each with its column.
            var row: [(scalar: Unicode.Scalar, column: Int)] = []
            for x in 0..<frame.size.width where frame[x, y].glyph.width > 0 {
                row += frame[x, y].glyph.scalars.map { ($0, x) }
            }
            guard row.count >= wanted.count, !wanted.isEmpty else { continue }
            for start in 0...(row.count - wanted.count) {
                let part = row[start..<start + wanted.count]
                guard part.elementsEqual(wanted, by: { $0.scalar == $1 }) else { continue }
                found.append(part.map { role(of: frame[$0.column, y].style) })
            }
        }
        return found
    }

    /// The rows of a frame, each with the letters of its roles under it where it has any, then what the
    /// letters mean. `·` stands for ordinary text, `?` for a colour of no role.
    public static func picture(of frame: Frame) -> String {
        var lines = ["\(frame.size.width)x\(frame.size.height)"]
        var used: Set<Role> = []
        var attributes: [String] = []
        for y in 0..<frame.size.height {
            lines.append("|" + frame.text(ofRow: y))
            var grid = ""
            for x in 0..<frame.size.width {
                let role = role(of: frame[x, y].style)
                grid.append(role.map { letters[$0, default: "?"] } ?? "?")
                if let role, role != .text { used.insert(role) }
            }
            while grid.last == "·" { grid.removeLast() }
            if !grid.isEmpty { lines.append(" " + grid) }
            attributes += attributeRuns(of: frame, row: y)
        }
        if let cursor = frame.cursor { lines.append("cursor \(cursor.x) \(cursor.y)") }
        lines += attributes
        let legend = Role.allCases.filter(used.contains).map {
            "\(letters[$0, default: "?"]) \($0.rawValue)"
        }
        return (lines + legend).joined(separator: "\n") + "\n"
    }

    /// What was added to the roles of a row: bold, reverse and the like.
    private static func attributeRuns(of frame: Frame, row y: Int) -> [String] {
        let names: [(Attributes, String)] = [
            (.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline"),
            (.italic, "italic"),
        ]
        var runs: [String] = []
        var x = 0
        while x < frame.size.width {
            let start = x
            let attributes = frame[x, y].style.attributes
            while x < frame.size.width, frame[x, y].style.attributes == attributes { x += 1 }
            guard !attributes.isEmpty else { continue }
            let words = names.filter { attributes.contains($0.0) }.map(\.1)
            runs.append("row \(y), \(start)-\(x - 1): " + words.joined(separator: " "))
        }
        return runs
    }

    private static let firstColor: UInt8 = 100
    private static func color(_ index: Int) -> Color { .indexed(firstColor + UInt8(index)) }

    /// The letter of each role, no letter twice.
    public static let letters: [Role: Character] = [
        .text: "·", .dim: "d", .accent: "a", .title: "t", .border: "b", .focusBorder: "f",
        .selection: "s", .inactiveSelection: "i", .heading: "h", .label: "l", .value: "v",
        .input: "n", .placeholder: "p", .activeTab: "A", .tab: "T", .key: "k", .badge: "B",
        .success: "S", .warning: "w", .error: "e", .gauge: "g", .status: "u", .plotRaw: "R",
        .plotSmooth: "M", .plotEval: "E", .plotOther: "O", .plotOther2: "2", .plotOther3: "3",
        .plotOther4: "4", .gridline: "G", .plotCursor: "C", .trained: "Y", .masked: "N",
        .special: "X", .speakerUser: "U", .speakerModel: "L", .speakerSystem: "Z", .code: "c",
    ]
}
