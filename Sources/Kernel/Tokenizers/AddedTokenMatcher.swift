// Finds added tokens in text, leftmost and longest first, with their flags obeyed.
// It knows neither merges nor normalization.

/// A stretch of bytes under one rule of trust.
struct TrustSpan: Equatable {
    /// Where the stretch ends; it begins where its predecessor ends.
    var end: Int
    /// Whether special tokens are matched inside.
    var isTrusted: Bool
}

/// Text as bytes with its stretches of trust.
struct MarkedText {
    var bytes: [UInt8] = []
    var spans: [TrustSpan] = []

    mutating func append(_ more: some Sequence<UInt8>, isTrusted: Bool) {
        bytes.append(contentsOf: more)
        spans.append(TrustSpan(end: bytes.count, isTrusted: isTrusted))
    }
}

/// A part of a text between or at added tokens.
enum TextSegment: Equatable {
    case token(Int)
    case text(Range<Int>)
}

/// A set of added tokens as a trie.
struct AddedTokenMatcher: Sendable {
    private let tokens: [AddedToken]
    /// Next node by node · 256 + byte.
    private let edges: [Int: Int]
    /// Index into `tokens` where a token ends at the node, else -1.
    private let terminals: [Int]
    private let startsToken: [Bool]
    /// For texts in which the plain search would take too long; nil when every token is short.
    private let bounded: LongestMatches?
    /// Up to this length of a token the plain search is bounded anyway.
    private static let shortTokenMax = 64

    /// Whether there is nothing to find.
    var isEmpty: Bool { tokens.isEmpty }

    /// A matcher for the tokens; of equal contents the last counts, empty ones never match.
    init(_ tokens: [AddedToken]) {
        var edges: [Int: Int] = [:]
        var terminals = [-1]
        var startsToken = [Bool](repeating: false, count: 256)
        for (index, token) in tokens.enumerated() where !token.content.isEmpty {
            var node = 0
            for byte in token.content.utf8 {
                if node == 0 { startsToken[Int(byte)] = true }
                let edge = node * 256 + Int(byte)
                if let next = edges[edge] {
                    node = next
                } else {
                    terminals.append(-1)
                    edges[edge] = terminals.count - 1
                    node = terminals.count - 1
                }
            }
            terminals[node] = index
        }
        self.tokens = tokens
        self.edges = edges
        self.terminals = terminals
        self.startsToken = startsToken
        let length = tokens.reduce(0) { max($0, $1.content.utf8.count) }
        bounded =
            length > Self.shortTokenMax
            ? LongestMatches(tokens.map { Array($0.content.utf8) }) : nil
    }

    /// Cuts a range of the text at its added tokens. No token is matched across a boundary of trust:
    /// what a user types can neither complete a special token nor eat into one.
    func segments(of text: MarkedText, in range: Range<Int>) -> [TextSegment] {
        var result: [TextSegment] = []
        var done = range.lowerBound
        var begin = range.lowerBound
        for span in text.spans where span.end > begin && begin < range.upperBound {
            let end = min(span.end, range.upperBound)
            match(text.bytes, begin..<end, span.isTrusted, within: range, &done, &result)
            begin = end
        }
        if done < range.upperBound { result.append(.text(done..<range.upperBound)) }
        return result
    }

    private func match(
        _ bytes: [UInt8], _ part: Range<Int>, _ isTrusted: Bool, within range: Range<Int>,
        _ done: inout Int, _ result: inout [TextSegment]
    ) {
        var search = Search(self, bytes, part)
        var at = part.lowerBound
        while at < part.upperBound {
            guard startsToken[Int(bytes[at])], let (end, token) = search.longest(at) else {
                at += 1
                continue
            }
            let start = at
            at = end
            if start < done || token.isSpecial && !isTrusted { continue }
            if token.isSingleWord, !WordBoundary.isFree(bytes, start..<end, within: range) {
                continue
            }
            var left = start
            var right = end
            if token.stripsLeft {
                left = WordBoundary.startOfSpace(bytes, endingAt: start, from: done)
            }
            if token.stripsRight {
                right = WordBoundary.endOfSpace(bytes, startingAt: end, to: range.upperBound)
            }
            if done < left { result.append(.text(done..<left)) }
            result.append(.token(token.id))
            done = right
        }
    }

    /// Finds the longest token at places of one stretch of text: by walking the trie, and once that
    /// took more steps than the stretch is long, by an automaton that sees each byte once.
    private struct Search {
        private let matcher: AddedTokenMatcher
        private let bytes: [UInt8]
        private let part: Range<Int>
        private var stepsLeft: Int
        private var found: [Int32]?

        init(_ matcher: AddedTokenMatcher, _ bytes: [UInt8], _ part: Range<Int>) {
            (self.matcher, self.bytes, self.part) = (matcher, bytes, part)
            stepsLeft = matcher.bounded == nil ? .max : part.count * 4
        }

        /// The longest token at a place, and where it ends.
        mutating func longest(_ start: Int) -> (Int, AddedToken)? {
            if stepsLeft < 0, found == nil {
                found = matcher.bounded?.patterns(in: bytes, part)
            }
            if let found {
                let index = Int(found[start - part.lowerBound])
                guard index >= 0 else { return nil }
                let token = matcher.tokens[index]
                return (start + token.content.utf8.count, token)
            }
            var node = 0
            var best: (Int, AddedToken)?
            var at = start
            while at < part.upperBound, let next = matcher.edges[node * 256 + Int(bytes[at])] {
                node = next
                at += 1
                if matcher.terminals[node] >= 0 {
                    best = (at, matcher.tokens[matcher.terminals[node]])
                }
            }
            stepsLeft -= at - start
            return best
        }
    }
}

/// Looks at the characters around a match.
enum WordBoundary {
    /// Whether neither neighbour of the range is a letter, mark, digit or connector.
    static func isFree(_ bytes: [UInt8], _ match: Range<Int>, within range: Range<Int>) -> Bool {
        if let scalar = scalar(bytes, endingAt: match.lowerBound, from: range.lowerBound),
            isWord(scalar)
        {
            return false
        }
        if let scalar = scalar(bytes, startingAt: match.upperBound, to: range.upperBound),
            isWord(scalar)
        {
            return false
        }
        return true
    }

    /// Where the white space that ends at `end` begins.
    static func startOfSpace(_ bytes: [UInt8], endingAt end: Int, from start: Int) -> Int {
        var at = end
        while let scalar = scalar(bytes, endingAt: at, from: start),
            scalar.properties.isWhitespace
        {
            at -= UTF8.width(scalar)
        }
        return at
    }

    /// Where the white space that begins at `start` ends.
    static func endOfSpace(_ bytes: [UInt8], startingAt start: Int, to end: Int) -> Int {
        var at = start
        while let scalar = scalar(bytes, startingAt: at, to: end), scalar.properties.isWhitespace {
            at += UTF8.width(scalar)
        }
        return at
    }

    private static func scalar(
        _ bytes: [UInt8], startingAt start: Int, to end: Int
    ) -> Unicode.Scalar? {
        guard start < end else { return nil }
        return String(decoding: bytes[start..<min(start + 4, end)], as: UTF8.self)
            .unicodeScalars.first
    }

    private static func scalar(
        _ bytes: [UInt8], endingAt end: Int, from start: Int
    ) -> Unicode.Scalar? {
        var at = end - 1
        while at > start, bytes[at] & 0xC0 == 0x80 { at -= 1 }
        return at >= start ? scalar(bytes, startingAt: at, to: end) : nil
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic || scalar.properties.isJoinControl { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
            return true
        default: return false
        }
    }
}
