// Where JSON objects begin and end that stand one after the other: each on its line, as usual, or
// over many lines, or several on one. Only structure is looked at.

extension RecordBoundaries {
    /// JSON objects one after the other, over as many lines as they like: the first line says which.
    ///
    /// Objects on lines of their own are cut by lines, so that a broken one costs no other; lines with
    /// several objects are cut between them. Where the first line holds no whole objects and the file
    /// is no row of objects either, each line is a record, right or wrong.
    static func objects(_ bytes: UnsafeRawBufferPointer) -> [RecordSpan] {
        let lines = lines(bytes)
        guard let first = lines.first else { return [] }
        if values(bytes, first.range, line: first.line) == nil,
            let whole = values(bytes, markLength(bytes)..<bytes.count, line: 1)
        {
            return whole
        }
        return lines.flatMap { span -> [RecordSpan] in
            guard holdsNeighbours(bytes, span.range) else { return [span] }
            return values(bytes, span.range, line: span.line) ?? [span]
        }
    }

    /// The objects that fill the range with nothing but white space between them; nil otherwise.
    private static func values(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, line: Int
    ) -> [RecordSpan]? {
        var cursor = ByteCursor(bytes: bytes, position: range.lowerBound)
        cursor.line = line
        var spans: [RecordSpan] = []
        while true {
            cursor.skipSpace()
            guard cursor.position < range.upperBound else { return spans }
            guard let span = cursor.object(), span.range.upperBound <= range.upperBound else {
                return nil
            }
            spans.append(span)
        }
    }

    /// Whether an object may begin right behind another one: "}" and "{" with white space between.
    private static func holdsNeighbours(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) -> Bool {
        var at = range.lowerBound
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "}") else {
                at += 1
                continue
            }
            at += 1
            while at < range.upperBound, isSpace(bytes[at]) { at += 1 }
            if at < range.upperBound, bytes[at] == UInt8(ascii: "{") { return true }
        }
        return false
    }
}
