// String functions with Python's results, by code points: searching, splitting, stripping.
// They know nothing of templates; what changes letters is in the file beside this one.

/// Python's string functions.
enum PythonText {
    enum Side { case left, right, both }

    /// By code points: letters that look the same may differ.
    static func isEqual(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
    }

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
        guard !part.isEmpty else { return [0] }
        return places(of: Array(part.utf8), in: text, limit, isBackward: false)
    }

    /// The same from the end, the last one first; the part is not empty.
    static func lastPlaces(of part: String, in text: String, limit: Int) -> [Int] {
        places(of: part.utf8.reversed(), in: text, limit, isBackward: true)
    }

    /// Every byte is looked at once, whatever the part: what was matched is not forgotten.
    private static func places(
        of pattern: [UInt8], in text: String, _ limit: Int, isBackward: Bool
    ) -> [Int] {
        let borders = Self.borders(pattern)
        var text = text
        return text.withUTF8 { bytes in
            var result: [Int] = []
            var matched = 0
            for step in bytes.indices {
                guard result.count < limit else { break }
                let at = isBackward ? bytes.count - 1 - step : step
                while matched > 0, pattern[matched] != bytes[at] { matched = borders[matched - 1] }
                if pattern[matched] == bytes[at] { matched += 1 }
                if matched == pattern.count {
                    result.append(isBackward ? at : at + 1 - matched)
                    matched = 0
                }
            }
            return result
        }
    }

    private static func borders(_ pattern: [UInt8]) -> [Int] {
        var borders = [Int](repeating: 0, count: pattern.count)
        var length = 0
        for at in pattern.indices.dropFirst() {
            while length > 0, pattern[length] != pattern[at] { length = borders[length - 1] }
            if pattern[length] == pattern[at] { length += 1 }
            borders[at] = length
        }
        return borders
    }

    // MARK: - Splitting

    /// `split` at a separator that is not empty.
    static func split(_ text: String, at separator: String, limit: Int) -> [String] {
        let places = self.places(of: separator, in: text, limit: limit < 0 ? .max : limit)
        return cut(text, places, separator.utf8.count)
    }

    /// `rsplit` at a separator that is not empty.
    static func splitFromEnd(_ text: String, at separator: String, limit: Int) -> [String] {
        let places = lastPlaces(of: separator, in: text, limit: limit < 0 ? .max : limit)
        return cut(text, places.reversed(), separator.utf8.count)
    }

    private static func cut(_ text: String, _ places: [Int], _ length: Int) -> [String] {
        guard !places.isEmpty else { return [text] }
        let bytes = text.utf8
        var result: [String] = []
        var start = bytes.startIndex
        var offset = 0
        for place in places {
            let end = bytes.index(start, offsetBy: place - offset)
            result.append(String(text[start..<end]))
            start = bytes.index(end, offsetBy: length)
            offset = place + length
        }
        result.append(String(text[start...]))
        return result
    }

    /// `split` at runs of white space.
    static func splitAtSpaces(_ text: String, limit: Int = -1) -> [String] {
        var result: [String] = []
        var rest = text.unicodeScalars.drop(while: isSpace)
        while !rest.isEmpty {
            guard limit < 0 || result.count < limit else { return result + [String(rest)] }
            let word = rest.prefix { !isSpace($0) }
            result.append(String(word))
            rest = rest[word.endIndex...].drop(while: isSpace)
        }
        return result
    }

    /// `rsplit` at runs of white space.
    static func splitAtSpacesFromEnd(_ text: String, limit: Int) -> [String] {
        var result: [String] = []
        var rest = stripped(text, .right).unicodeScalars[...]
        while !rest.isEmpty {
            guard limit < 0 || result.count < limit else {
                return [String(rest)] + result.reversed()
            }
            var word = String.UnicodeScalarView()
            while let last = rest.last, !isSpace(last) {
                word.append(last)
                rest.removeLast()
            }
            result.append(String(String.UnicodeScalarView(word.reversed())))
            while let last = rest.last, isSpace(last) { rest.removeLast() }
        }
        return result.reversed()
    }

    /// `splitlines`
    static func lines(of text: String, keepsEnds: Bool = false) -> [String] {
        let ends: Set<Unicode.Scalar> = [
            "\n", "\r", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}",
            "\u{2029}",
        ]
        let scalars = text.unicodeScalars
        var result: [String] = []
        var start = scalars.startIndex
        var at = start
        while at < scalars.endIndex {
            guard ends.contains(scalars[at]) else {
                at = scalars.index(after: at)
                continue
            }
            var next = scalars.index(after: at)
            if scalars[at] == "\r", next < scalars.endIndex, scalars[next] == "\n" {
                next = scalars.index(after: next)
            }
            result.append(String(scalars[start..<(keepsEnds ? next : at)]))
            start = next
            at = next
        }
        if start < scalars.endIndex { result.append(String(scalars[start...])) }
        return result
    }

    /// `replace` of a part; an empty one stands between all characters.
    static func replacing(
        _ text: String, _ part: String, with other: String, limit: Int = -1
    ) -> String {
        guard part.isEmpty else {
            return split(text, at: part, limit: limit).joined(separator: other)
        }
        var result = ""
        var left = limit < 0 ? Int.max : limit
        for scalar in text.unicodeScalars {
            if left > 0 {
                result += other
                left -= 1
            }
            result.unicodeScalars.append(scalar)
        }
        return left > 0 ? result + other : result
    }
}
