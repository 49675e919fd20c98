// String functions with Python's results, by code points.
// They know nothing of templates.

/// Python's string functions.
enum PythonText {
    enum Side { case left, right, both }

    /// `strip`, `lstrip` and `rstrip`; without characters, white space.
    static func stripped(_ text: String, _ side: Side, _ characters: String? = nil) -> String {
        let set = characters.map { Set($0.unicodeScalars) }
        func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? isSpace(scalar) }
        var view = text.unicodeScalars[...]
        if side != .right { view = view.drop(while: goes) }
        if side != .left {
            while let last = view.last, goes(last) { view.removeLast() }
        }
        return String(view)
    }

    /// White space to Python: Unicode's and four control characters.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }

    static func starts(_ text: String, with part: String) -> Bool {
        text.utf8.starts(with: part.utf8)
    }

    static func ends(_ text: String, with part: String) -> Bool {
        text.utf8.count >= part.utf8.count
            && text.utf8.suffix(part.utf8.count).elementsEqual(part.utf8)
    }

    /// Byte offsets of a part, without overlaps; an empty part is found once at the start.
    static func places(of part: String, in text: String, limit: Int = .max) -> [Int] {
        let (wanted, bytes) = (Array(part.utf8), Array(text.utf8))
        guard !wanted.isEmpty else { return [0] }
        var result: [Int] = []
        var at = 0
        while at + wanted.count <= bytes.count, result.count < limit {
            if bytes[at] == wanted[0], bytes[at..<at + wanted.count].elementsEqual(wanted) {
                result.append(at)
                at += wanted.count
            } else {
                at += 1
            }
        }
        return result
    }

    /// `split` at a separator that is not empty.
    static func split(_ text: String, at separator: String, limit: Int) -> [String] {
        let bytes = Array(text.utf8)
        let places = self.places(of: separator, in: text, limit: limit < 0 ? .max : limit)
        var result: [String] = []
        var start = 0
        for place in places {
            result.append(String(decoding: bytes[start..<place], as: UTF8.self))
            start = place + separator.utf8.count
        }
        return result + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// `split` at runs of white space.
    static func splitAtSpaces(_ text: String) -> [String] {
        text.unicodeScalars.split(whereSeparator: isSpace).map { String($0) }
    }

    /// `replace` of a part that is not empty.
    static func replacing(_ text: String, _ part: String, with other: String) -> String {
        split(text, at: part, limit: -1).joined(separator: other)
    }

    /// `capitalize`
    static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping
            + String(text.unicodeScalars.dropFirst()).lowercased()
    }
}
