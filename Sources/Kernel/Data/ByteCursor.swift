// A cursor that passes over JSON in a dataset file by its brackets and strings, without parsing it.
// It knows neither records nor columns.

/// A position in JSON bytes that counts lines.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    var position: Int
    var line = 1

    init(bytes: UnsafeRawBufferPointer, position: Int) {
        self.bytes = bytes
        self.position = position
    }

    func failure(_ reason: Sentence, hint: Sentence? = nil) -> BoundaryFailure {
        BoundaryFailure(line: line, offset: position, reason: reason, hint: hint)
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count && bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while position < bytes.count, RecordBoundaries.isSpace(bytes[position]) {
            if bytes[position] == 0x0A { line += 1 }
            position += 1
        }
    }

    /// Passes over one element, up to the comma or bracket behind it.
    mutating func element() throws(BoundaryFailure) -> RecordSpan {
        let (start, startLine) = (position, line)
        var depth = 0
        scan: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                try skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { break scan }
                depth -= 1
            case UInt8(ascii: ","):
                if depth == 0 { break scan }
            case 0x0A: line += 1
            default: break
            }
            position += 1
        }
        var end = position
        while end > start && RecordBoundaries.isSpace(bytes[end - 1]) { end -= 1 }
        guard end > start else { throw failure("expected a record") }
        return RecordSpan(range: start..<end, line: startLine)
    }

    /// Passes over one object up to its closing brace; nil when none begins here or it has no end.
    mutating func object() -> RecordSpan? {
        let (start, startLine) = (position, line)
        guard position < bytes.count, bytes[position] == UInt8(ascii: "{") else { return nil }
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                guard (try? skipString()) != nil else { return nil }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case 0x0A: line += 1
            default: break
            }
            position += 1
            if depth == 0 { return RecordSpan(range: start..<position, line: startLine) }
        }
        return nil
    }

    private mutating func skipString() throws(BoundaryFailure) {
        let (start, startLine) = (position, line)
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): position += 1
            case 0x0A: line += 1
            default: break
            }
            position += 1
        }
        position = bytes.count
        throw BoundaryFailure(
            line: startLine, offset: start, reason: "a string is not closed",
            hint: RecordBoundaries.cutOffHint)
    }
}
