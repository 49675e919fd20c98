// Finds where records begin and end in the bytes of a dataset file, without parsing them.
// Only structure is looked at: strings, nesting, quotes, lines. What is inside may still be wrong.

/// The bytes of one record and the line it starts in.
struct RecordSpan: Sendable, Equatable {
    /// Where the bytes are in the file.
    var range: Range<Int>
    /// The line of the first byte, counted from 1.
    var line: Int
}

/// Why the boundaries of a file cannot be found.
struct BoundaryFailure: Error, Equatable {
    /// The line of the fault, counted from 1.
    var line: Int
    /// The byte of the fault.
    var offset: Int
    /// Expected and found, in words.
    var reason: Sentence
    /// What the user can do, when that is known.
    var hint: Sentence?
}

/// The scanners, one for each layout.
enum RecordBoundaries {
    /// The length of a UTF-8 byte order mark at the start: 3 or 0.
    static func markLength(_ bytes: UnsafeRawBufferPointer) -> Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// What to do about a file that ends too early.
    static let cutOffHint: Sentence = "The file may be cut off: compare its size with the original"

    /// White space of JSON.
    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    // MARK: - Lines

    /// The lines that hold more than white space, without their line ends (LF or CR LF); in plain
    /// text a byte order mark at the start is a character of it.
    static func lines(
        _ bytes: UnsafeRawBufferPointer, keepsMark: Bool = false
    ) -> [RecordSpan] {
        var spans: [RecordSpan] = []
        var start = keepsMark ? 0 : markLength(bytes)
        var line = 1
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            var last = end
            if last > start && bytes[last - 1] == 0x0D { last -= 1 }
            if bytes[start..<last].contains(where: { !isSpace($0) }) {
                spans.append(RecordSpan(range: start..<last, line: line))
            }
            start = end + 1
            line += 1
        }
        return spans
    }

    // MARK: - Elements of a JSON array

    /// The elements of one top-level JSON array.
    static func elements(
        _ bytes: UnsafeRawBufferPointer
    ) throws(BoundaryFailure) -> [RecordSpan] {
        var cursor = ByteCursor(bytes: bytes, position: markLength(bytes))
        cursor.skipSpace()
        guard cursor.take(UInt8(ascii: "[")) else { throw cursor.failure("expected \"[\"") }
        var spans: [RecordSpan] = []
        cursor.skipSpace()
        if !cursor.take(UInt8(ascii: "]")) {
            repeat {
                cursor.skipSpace()
                spans.append(try cursor.element())
            } while cursor.take(UInt8(ascii: ","))
            guard cursor.take(UInt8(ascii: "]")) else {
                let isEnd = cursor.position == bytes.count
                throw cursor.failure(
                    isEnd
                        ? "the array is not closed after record \(spans.count)"
                        : "expected \",\" or \"]\" after record \(spans.count)",
                    hint: isEnd ? cutOffHint : nil)
            }
        }
        cursor.skipSpace()
        guard cursor.position == bytes.count else {
            throw cursor.failure("something follows the closing \"]\"")
        }
        return spans
    }

    // MARK: - CSV (RFC 4180)

    /// The rows of a CSV text; a line break inside quotes does not end one.
    static func rows(_ bytes: UnsafeRawBufferPointer) throws(BoundaryFailure) -> [RecordSpan] {
        var spans: [RecordSpan] = []
        var start = markLength(bytes)
        var line = 1
        var startLine = 1
        var quotes = QuoteState()
        for position in start...bytes.count {
            let isEnd = position == bytes.count
            let byte = isEnd ? 0x0A : bytes[position]
            quotes.pass(byte)
            guard byte == 0x0A else { continue }
            if isEnd && quotes.isOpen {
                throw BoundaryFailure(
                    line: startLine, offset: start, reason: "a quoted field is not closed")
            }
            line += 1
            if quotes.isOpen { continue }
            var last = position
            if last > start && bytes[last - 1] == 0x0D { last -= 1 }
            if last > start { spans.append(RecordSpan(range: start..<last, line: startLine)) }
            start = position + 1
            startLine = line
        }
        return spans
    }

    /// The bytes of the fields of one CSV row, without their quotes.
    static func fields(
        of row: UnsafeRawBufferPointer, maximum: Int
    ) throws(RecordFault) -> [[UInt8]] {
        var fields: [[UInt8]] = []
        var field: [UInt8] = []
        var position = 0
        while true {
            field.removeAll(keepingCapacity: true)
            if position < row.count && row[position] == 0x22 {
                position += 1
                while true {
                    guard position < row.count else {
                        throw RecordFault(.unreadable, "a quoted field is not closed")
                    }
                    let byte = row[position]
                    position += 1
                    if byte != 0x22 {
                        field.append(byte)
                    } else if position < row.count && row[position] == 0x22 {
                        field.append(byte)
                        position += 1
                    } else {
                        break
                    }
                }
            }
            while position < row.count && row[position] != 0x2C {
                field.append(row[position])
                position += 1
            }
            guard fields.count < maximum else {
                throw RecordFault(.unreadable, "more than \(maximum) fields in one row")
            }
            fields.append(field)
            guard position < row.count else { return fields }
            position += 1
        }
    }
}

/// Whether a CSV scanner stands inside a quoted field.
private struct QuoteState {
    var isOpen = false
    private var atFieldStart = true
    private var justClosed = false

    /// A quote opens a field only at its start, or when doubled inside one; elsewhere it is text.
    @inline(__always)
    mutating func pass(_ byte: UInt8) {
        if byte == 0x22 {
            let closes = isOpen
            isOpen = !isOpen && (atFieldStart || justClosed)
            justClosed = closes
            atFieldStart = false
        } else {
            justClosed = false
            atFieldStart = !isOpen && (byte == 0x2C || byte == 0x0A)
        }
    }
}
