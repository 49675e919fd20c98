// Regular expressions over the paths of modules, in Python's syntax, as PEFT's settings hold them. A match
// carries the set of all places that can be reached, so nothing is tried twice and no pattern takes long.
// What would need more than sets (references back, atomic groups, flags) is refused by name.

/// A regular expression over a module's path.
struct ModulePattern {
    /// One part of an expression.
    indirect enum Node {
        case letter(Letters)
        case sequence([Node])
        case choice([Node])
        case repeated(Node, Int, Int?)
        case start
        case end
        case wordBoundary(isWanted: Bool)
        case ahead(Node, isWanted: Bool)
    }

    /// Which characters stand at a place.
    struct Letters {
        var ranges: [ClosedRange<UInt32>]
        var isNegated = false

        func contains(_ letter: UInt32) -> Bool {
            ranges.contains { $0.contains(letter) } != isNegated
        }
    }

    /// Why an expression cannot be used.
    struct Refusal: Error {
        var why: Sentence
    }

    /// Longest expression that is read.
    private static let lengthMax = 16_384
    /// Most work for one path, in parts visited: real expressions take some hundreds.
    private static let workMax = 100_000

    private let root: Node
    /// One set of letters for every place, when the expression is that simple: names and whole paths are,
    /// and some adapters have one for each of hundreds of layers.
    private let letters: [Letters]?

    init(_ text: String) throws(Refusal) {
        guard text.utf8.count <= Self.lengthMax else {
            throw Refusal(why: "it is longer than \(Self.lengthMax) bytes")
        }
        var parser = Parser(text)
        root = try parser.parse()
        letters = Self.letters(of: root)
    }

    private static func letters(of node: Node) -> [Letters]? {
        switch node {
        case .letter(let letters): return [letters]
        case .sequence(let nodes):
            var found: [Letters] = []
            for node in nodes {
                guard case .letter(let letters) = node else { return nil }
                found.append(letters)
            }
            return found
        default: return nil
        }
    }

    /// Whether the whole path matches.
    func matches(_ path: String) throws(Refusal) -> Bool { try matches(path, atParts: false) }

    /// Whether the path, or what follows one of its dots, matches: how PEFT finds the keys of
    /// `rank_pattern` and `alpha_pattern`.
    func matchesEnd(of path: String) throws(Refusal) -> Bool { try matches(path, atParts: true) }

    private func matches(_ path: String, atParts: Bool) throws(Refusal) -> Bool {
        let text = path.unicodeScalars.map(\.value)
        if let letters {
            let start = text.count - letters.count
            guard start == 0 || atParts && start > 0 && text[start - 1] == 0x2E else {
                return false
            }
            return zip(letters, text[start...]).allSatisfy { $0.contains($1) }
        }
        var run = Run(text: text, workLeft: Self.workMax)
        var starts = [Bool](repeating: false, count: run.text.count + 1)
        starts[0] = true
        if atParts {
            for (index, letter) in run.text.enumerated() where letter == 0x2E {
                starts[index + 1] = true
            }
        }
        return try run.ends(of: root, from: starts)[run.text.count]
    }
}

// MARK: - Matching

extension ModulePattern {
    /// One path being matched. Places are the boundaries between letters, 0 to the length.
    private struct Run {
        let text: [UInt32]
        var workLeft: Int

        /// The places where the node can end when it starts at one of `starts`.
        mutating func ends(of node: Node, from starts: [Bool]) throws(Refusal) -> [Bool] {
            workLeft -= 1
            guard workLeft > 0 else { throw Refusal(why: "it takes too long to match") }
            var result = [Bool](repeating: false, count: starts.count)
            switch node {
            case .letter(let letters):
                for place in text.indices where starts[place] && letters.contains(text[place]) {
                    result[place + 1] = true
                }
            case .sequence(let nodes):
                result = starts
                for node in nodes { result = try ends(of: node, from: result) }
            case .choice(let nodes):
                for node in nodes {
                    let more = try ends(of: node, from: starts)
                    for place in more.indices where more[place] { result[place] = true }
                }
            case .repeated(.letter(let letters), 0, nil):
                result = starts
                for place in text.indices where result[place] && letters.contains(text[place]) {
                    result[place + 1] = true
                }
            case .repeated(let node, let least, let most):
                result = try repeated(node, least, most, from: starts)
            case .start: result[0] = starts[0]
            case .end: result[text.count] = starts[text.count]
            case .wordBoundary(let isWanted):
                for place in starts.indices
                where starts[place] && isWordBoundary(place) == isWanted { result[place] = true }
            case .ahead(let node, let isWanted):
                for place in starts.indices where starts[place] {
                    var one = [Bool](repeating: false, count: starts.count)
                    one[place] = true
                    result[place] = try ends(of: node, from: one).contains(true) == isWanted
                }
            }
            return result
        }

        private mutating func repeated(
            _ node: Node, _ least: Int, _ most: Int?, from starts: [Bool]
        ) throws(Refusal) -> [Bool] {
            var front = starts
            for _ in 0..<least {
                guard front.contains(true) else { return front }
                front = try ends(of: node, from: front)
            }
            var result = front
            var turn = least
            while front.contains(true), most.map({ turn < $0 }) ?? true {
                turn += 1
                let next = try ends(of: node, from: front)
                front = zip(next, result).map { $0 && !$1 }
                for place in front.indices where front[place] { result[place] = true }
            }
            return result
        }

        private func isWordBoundary(_ place: Int) -> Bool {
            let before = place > 0 && Letters.word.contains(text[place - 1])
            let after = place < text.count && Letters.word.contains(text[place])
            return before != after
        }
    }
}

extension ModulePattern.Letters {
    static let digit = Self(ranges: [0x30...0x39])
    static let word = Self(
        ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = Self(ranges: [0x09...0x0D, 0x20...0x20])
    static let any = Self(ranges: [0x0A...0x0A], isNegated: true)

    var opposite: Self { Self(ranges: ranges, isNegated: !isNegated) }
}
