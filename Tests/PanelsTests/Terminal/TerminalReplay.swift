// A terminal for tests: takes bytes, keeps the cells they make, and knows exactly what
// ncurses and CursesTerminal may send. Everything else is a fault, with the bytes around it.

import TestSupport

@testable import Panels

/// The cells that a stream of bytes leaves on a terminal of some size.
struct TerminalReplay {
    let size: Size
    /// Base and marks of each cell; empty behind a wide one.
    private(set) var cells: [[Unicode.Scalar]]
    /// What may not have been sent; the first such.
    private(set) var fault: String?
    /// Sequences taken, by their final byte.
    private(set) var sequences: [Character: Int] = [:]
    private(set) var bells = 0
    /// Whether bytes beyond ASCII are allowed.
    private let isUTF8: Bool
    private var (x, y) = (0, 0)
    private var isWrapping = false
    private var last: Unicode.Scalar = " "
    /// The rows that scroll.
    private var region: Range<Int>

    init(_ size: Size, isUTF8: Bool) {
        (self.size, self.isUTF8, region) = (size, isUTF8, 0..<size.height)
        cells = Array(repeating: [" "], count: size.width * size.height)
    }

    /// A row as text without the blanks at its end, as `Frame.text(ofRow:)`.
    func text(ofRow row: Int) -> String {
        var text = String(
            String.UnicodeScalarView(
                cells[row * size.width..<(row + 1) * size.width].joined()))
        while text.last == " " { text.removeLast() }
        return text
    }

    mutating func take(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count, fault == nil {
            let byte = bytes[index]
            switch byte {
            case 0x1B: index = escape(bytes, index)
            case 0x07: (bells, index) = (bells + 1, index + 1)
            case 0x08: (x, index, isWrapping) = (max(0, x - 1), index + 1, false)
            case 0x0A:
                if y + 1 == region.upperBound {
                    _ = scroll(region, by: 1)
                } else {
                    y = min(size.height - 1, y + 1)
                }
                (index, isWrapping) = (index + 1, false)
            case 0x0D: (x, index, isWrapping) = (0, index + 1, false)
            case 0x0F: index += 1
            default: index = text(bytes, index)
            }
        }
    }

    private mutating func fail(_ what: String, _ bytes: [UInt8], _ index: Int) -> Int {
        let around = bytes[max(0, index - 40)..<min(bytes.count, index + 40)]
        fault = fault ?? "\(what) in \(String(decoding: around, as: UTF8.self).debugDescription)"
        return bytes.count
    }

    // MARK: - Text

    private mutating func text(_ bytes: [UInt8], _ index: Int) -> Int {
        var end = index
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != 0x7F { end += 1 }
        guard end > index else { return fail("a control", bytes, index) }
        if let hidden = HiddenBytes.first(in: bytes[index..<end]) {
            return fail("\(hidden.what)", bytes, index + hidden.offset)
        }
        let text = String(decoding: bytes[index..<end], as: UTF8.self)
        if !isUTF8, bytes[index..<end].contains(where: { $0 >= 0x80 }) {
            return fail("no ASCII", bytes, index)
        }
        for scalar in text.unicodeScalars { put(scalar) }
        return end
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let columns = TextWidth.columns(of: scalar)
        guard columns > 0 else {
            // A mark belongs to the cell written last.
            let at = y * size.width + (isWrapping ? x : x - 1)
            let base = at >= 0 && cells[at].isEmpty ? at - 1 : at
            if cells.indices.contains(base) { cells[base].append(scalar) }
            return
        }
        if isWrapping || x + columns > size.width {
            (x, y, isWrapping) = (0, min(size.height - 1, y + 1), false)
        }
        let at = y * size.width + x
        if cells[at].isEmpty, x > 0 { cells[at - 1] = [" "] }
        cells[at] = [scalar]
        last = scalar
        if columns == 2 { cells[at + 1] = [] }
        if x + columns < size.width, cells[at + columns].isEmpty { cells[at + columns] = [" "] }
        isWrapping = x + columns >= size.width
        x = min(size.width - 1, x + columns)
    }

    // MARK: - Sequences

    private mutating func escape(_ bytes: [UInt8], _ index: Int) -> Int {
        guard index + 1 < bytes.count else { return fail("ESC at the end", bytes, index) }
        switch bytes[index + 1] {
        case UInt8(ascii: "["): return control(bytes, index)
        case UInt8(ascii: "]"): return string(bytes, index)
        case UInt8(ascii: "("), UInt8(ascii: ")"):
            guard index + 2 < bytes.count, [0x42, 0x30].contains(bytes[index + 2]) else {
                return fail("a character set", bytes, index)
            }
            return index + 3
        case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "7"), UInt8(ascii: "8"):
            return index + 2
        case UInt8(ascii: "M"):
            if y == region.lowerBound { _ = scroll(region, by: -1) } else { y = max(0, y - 1) }
            return index + 2
        default: return fail("an ESC", bytes, index)
        }
    }

    /// The question for the background and the title are all that may be asked and set.
    private mutating func string(_ bytes: [UInt8], _ index: Int) -> Int {
        var end = index + 2
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != 0x7F { end += 1 }
        let body = String(decoding: bytes[index + 2..<end], as: UTF8.self)
        let isTitle = body.hasPrefix("2;") && HiddenBytes.first(in: body.utf8) == nil
        guard isTitle || body == "11;?", end < bytes.count else {
            return fail("a string", bytes, index)
        }
        if bytes[end] == 0x07 { return end + 1 }
        guard bytes[end] == 0x1B, end + 1 < bytes.count, bytes[end + 1] == 0x5C else {
            return fail("the end of a string", bytes, end)
        }
        return end + 2
    }

    private static let modes: Set = [1, 7, 12, 25, 1000, 1002, 1004, 1006, 1049, 2004, 2026]
    private static let looks = Set(0...9).union(21...25).union([27, 29]).union(30...49).union(
        90...107)

    private mutating func control(_ bytes: [UInt8], _ index: Int) -> Int {
        var end = index + 2
        while end < bytes.count, 0x20...0x3F ~= bytes[end] { end += 1 }
        guard end < bytes.count, end - index < 40 else { return fail("a CSI", bytes, index) }
        var body = String(decoding: bytes[index + 2..<end], as: UTF8.self)
        let isPrivate = body.hasPrefix("?")
        if isPrivate { body.removeFirst() }
        let parts = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        guard body.isEmpty || !parts.contains(nil) else { return fail("parameters", bytes, index) }
        let numbers = parts.compactMap(\.self)
        let final = Character(Unicode.Scalar(bytes[end]))
        guard isPrivate ? mode(final, numbers) : command(final, numbers) else {
            return fail("CSI \(final)", bytes, index)
        }
        sequences[final, default: 0] += 1
        return end + 1
    }

    private func mode(_ final: Character, _ numbers: [Int]) -> Bool {
        // The cursor's shape on the console.
        if final == "c" { return [[0], [1], [8]].contains(numbers) }
        return "hl".contains(final) && !numbers.isEmpty
            && numbers.allSatisfy { Self.modes.contains($0) }
    }

    private mutating func command(_ final: Character, _ numbers: [Int]) -> Bool {
        let first = numbers.first ?? 1
        switch final {
        case "H" where numbers.count <= 2:
            return move(numbers.count > 1 ? numbers[1] - 1 : 0, first - 1)
        case "G" where numbers.count <= 1: return move(first - 1, y)
        case "d" where numbers.count <= 1: return move(x, first - 1)
        case "A" where numbers.count <= 1: return move(x, y - first)
        case "B" where numbers.count <= 1: return move(x, y + first)
        case "C" where numbers.count <= 1: return move(x + first, y)
        case "D" where numbers.count <= 1: return move(x - first, y)
        case "J" where [[], [0], [2]].contains(numbers):
            let start = numbers == [2] ? 0 : y * size.width + x
            for at in start..<cells.count { cells[at] = [" "] }
        case "K" where [[], [0], [1]].contains(numbers):
            let row = y * size.width
            for at in numbers == [1] ? row...row + x : row + x...row + size.width - 1 {
                cells[at] = [" "]
            }
        case "X" where numbers.count == 1 && x + first <= size.width:
            for at in y * size.width + x..<y * size.width + x + first { cells[at] = [" "] }
        case "b" where numbers.count == 1 && first <= size.width:
            for _ in 0..<first { put(last) }
        case "P" where numbers.count <= 1 && x + first <= size.width:
            let (from, to) = (y * size.width + x, (y + 1) * size.width)
            cells.replaceSubrange(from..<from + first, with: [])
            cells.insert(contentsOf: Array(repeating: [" "], count: first), at: to - first)
        case "@" where numbers.count <= 1 && x + first <= size.width:
            let (from, to) = (y * size.width + x, (y + 1) * size.width)
            cells.replaceSubrange(to - first..<to, with: [])
            cells.insert(contentsOf: Array(repeating: [" "], count: first), at: from)
        case "r" where numbers.count == 2:
            let rows = numbers[0] - 1..<max(numbers[0], numbers[1])
            guard rows.lowerBound >= 0, rows.upperBound <= size.height else { return false }
            region = rows
            return move(0, 0)
        case "S" where numbers.count <= 1: return scroll(region, by: first)
        case "T" where numbers.count <= 1: return scroll(region, by: -first)
        case "M" where numbers.count <= 1 && region.contains(y):
            return scroll(y..<region.upperBound, by: first)
        case "L" where numbers.count <= 1 && region.contains(y):
            return scroll(y..<region.upperBound, by: -first)
        case "m": return isLook(numbers)
        case "h", "l": return [[4], [34]].contains(numbers)
        case "t": return [[22, 0, 0], [23, 0, 0]].contains(numbers)
        default: return false
        }
        isWrapping = false
        return true
    }

    /// Moves the rows up, or down by less than nothing; what comes in is blank.
    private mutating func scroll(_ rows: Range<Int>, by count: Int) -> Bool {
        guard 1...rows.count ~= abs(count) else { return false }
        let width = size.width
        let blank = Array(repeating: [Unicode.Scalar(" ")], count: abs(count) * width)
        var kept = Array(cells[rows.lowerBound * width..<rows.upperBound * width])
        kept = count > 0 ? kept.dropFirst(blank.count) + blank : blank + kept.dropLast(blank.count)
        cells.replaceSubrange(rows.lowerBound * width..<rows.upperBound * width, with: kept)
        return true
    }

    private mutating func move(_ column: Int, _ row: Int) -> Bool {
        guard 0..<size.width ~= column, 0..<size.height ~= row else { return false }
        (x, y, isWrapping) = (column, row, false)
        return true
    }

    private func isLook(_ numbers: [Int]) -> Bool {
        var rest = numbers[...]
        while let code = rest.popFirst() {
            guard Self.looks.contains(code) else { return false }
            guard code == 38 || code == 48 else { continue }
            let count = rest.popFirst() == 5 ? 1 : 3
            guard rest.count >= count, rest.prefix(count).allSatisfy({ 0...255 ~= $0 }) else {
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
