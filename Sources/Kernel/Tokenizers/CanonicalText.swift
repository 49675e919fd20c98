// Unicode's normalization forms over UTF-8: C, D, KC and KD. The tables are our own, since
// Foundation composes characters beyond the BMP by their low 16 bits (U+20041 U+0301 became "Á").
// It knows no tokenizer. Time grows with n log n, however many marks follow each other.

/// Text in a normalization form.
enum CanonicalText {
    /// Form C: composed.
    static func composed(_ text: String, by table: CanonicalTable = .shared) -> String {
        var text = text
        return text.withUTF8 { bytes in
            composed(bytes, by: table).map { String(decoding: $0, as: UTF8.self) }
        }
            ?? text
    }

    /// Form D: taken apart; form KD with `compatibly`, where ligatures and letters of other widths
    /// become plain ones.
    static func decomposed(
        _ text: String, compatibly: Bool = false, by table: CanonicalTable = .shared
    ) -> String {
        Self.text(of: parts(of: text, compatibly, table))
    }

    /// Form KC: taken apart as in KD, then composed.
    static func compatiblyComposed(
        _ text: String, by table: CanonicalTable = .shared
    ) -> String {
        var marks = parts(of: text, true, table)
        compose(&marks, table)
        return Self.text(of: marks)
    }

    /// Form C of valid UTF-8; nil when it is in form C already.
    static func composed(
        _ bytes: UnsafeBufferPointer<UInt8>, by table: CanonicalTable = .shared
    ) -> [UInt8]? {
        var output: [UInt8]?
        var copied = 0
        /// Where the last character began that could stand at the beginning of a changed stretch.
        var starter = 0
        var at = 0
        while at < bytes.count {
            let (point, width) = scalar(bytes, at)
            guard table.mayChange(point) else {
                starter = at
                at += width
                continue
            }
            var pending: [Mark] = []
            var end = starter
            repeat {
                let (point, width) = scalar(bytes, end)
                // The first character was passed already; later ones end the stretch when nothing
                // can reach over them.
                if end >= at, end > starter, !table.mayChange(point) { break }
                decompose(point, into: &pending, false, table)
                end += width
            } while end < bytes.count
            order(&pending, from: 0)
            compose(&pending, table)
            var result = output ?? []
            result += bytes[copied..<starter]
            for mark in pending { append(mark.point, to: &result) }
            output = result
            (copied, starter, at) = (end, end, end)
        }
        guard var result = output else { return nil }
        result += bytes[copied...]
        return result
    }

    // MARK: - Steps

    /// A character with its combining class.
    private struct Mark {
        var point: UInt32
        var order: UInt8
    }

    /// A text taken apart, its marks in order.
    private static func parts(
        of text: String, _ compatibly: Bool, _ table: CanonicalTable
    ) -> [Mark] {
        var marks: [Mark] = []
        marks.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            decompose(scalar.value, into: &marks, compatibly, table)
        }
        order(&marks, from: 0)
        return marks
    }

    private static func text(of marks: [Mark]) -> String {
        var view = String.UnicodeScalarView()
        for mark in marks { append(mark.point, to: &view) }
        return String(view)
    }

    private static func decompose(
        _ point: UInt32, into marks: inout [Mark], _ compatibly: Bool, _ table: CanonicalTable
    ) {
        // Most text has no parts at all.
        if point < 0x80 { return marks.append(Mark(point: point, order: 0)) }
        if let syllable = Hangul.parts(of: point) {
            for part in syllable { marks.append(Mark(point: part, order: 0)) }
        } else if let (first, second) = table.decompositions[point] {
            // Only the first of two can come apart again.
            decompose(first, into: &marks, compatibly, table)
            if second != 0 { marks.append(Mark(point: second, order: table.order(of: second))) }
        } else if compatibly, let parts = table.compatible[point] {
            for part in parts { decompose(part, into: &marks, compatibly, table) }
        } else {
            marks.append(Mark(point: point, order: table.order(of: point)))
        }
    }

    /// Brings each run of marks into the order of their classes; equal ones keep theirs.
    private static func order(_ marks: inout [Mark], from start: Int) {
        var begin = start
        while begin < marks.count {
            guard marks[begin].order != 0 else {
                begin += 1
                continue
            }
            var end = begin + 1
            var isOrdered = true
            while end < marks.count, marks[end].order != 0 {
                if marks[end].order < marks[end - 1].order { isOrdered = false }
                end += 1
            }
            if !isOrdered {
                let sorted = marks[begin..<end].enumerated().sorted {
                    ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
                }
                for (index, mark) in sorted.enumerated() { marks[begin + index] = mark.element }
            }
            begin = end
        }
    }

    private static func compose(_ marks: inout [Mark], _ table: CanonicalTable) {
        var starter: Int?
        var count = 0
        var last: UInt8 = 0
        for mark in marks {
            if let place = starter {
                // Blocked by a mark between them of at least its class.
                let isAdjacent = place == count - 1
                let isFree = isAdjacent || (mark.order != 0 && last < mark.order)
                if isFree, let whole = table.composition(marks[place].point, mark.point) {
                    marks[place].point = whole
                    continue
                }
            }
            if mark.order == 0 { starter = count }
            last = mark.order
            marks[count] = mark
            count += 1
        }
        marks.removeLast(marks.count - count)
    }

    // MARK: - UTF-8

    private static func scalar(
        _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int
    ) -> (UInt32, width: Int) {
        let lead = UInt32(bytes[at])
        if lead < 0x80 { return (lead, 1) }
        let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard at + width <= bytes.count else { return (0xFFFD, bytes.count - at) }
        var point = lead & (0x7F >> UInt32(width))
        for i in 1..<width { point = point << 6 | UInt32(bytes[at + i]) & 0x3F }
        return (point, width)
    }

    private static func append(_ point: UInt32, to bytes: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(point) else { return }
        if let units = UTF8.encode(scalar) { bytes += units }
    }

    private static func append(_ point: UInt32, to view: inout String.UnicodeScalarView) {
        if let scalar = Unicode.Scalar(point) { view.append(scalar) }
    }
}
