// Reads a regular expression of Python into parts, from left to right. It matches nothing.

extension ModulePattern {
    /// Reads the expression from left to right.
    struct Parser {
        private let text: [UInt32]
        private var position = 0
        private var depth = 0

        init(_ text: String) { self.text = text.unicodeScalars.map(\.value) }

        mutating func parse() throws(Refusal) -> Node {
            let node = try choice()
            guard position == text.count else { throw Refusal(why: "it closes a group too many") }
            return node
        }

        private var next: Character? {
            guard position < text.count, let scalar = Unicode.Scalar(text[position]) else {
                return nil
            }
            return Character(scalar)
        }

        private mutating func take(_ word: String) -> Bool {
            let letters = word.unicodeScalars.map(\.value)
            guard text[position...].starts(with: letters) else { return false }
            position += letters.count
            return true
        }

        private mutating func choice() throws(Refusal) -> Node {
            var nodes = [try sequence()]
            while take("|") { nodes.append(try sequence()) }
            return nodes.count == 1 ? nodes[0] : .choice(nodes)
        }

        private mutating func sequence() throws(Refusal) -> Node {
            var nodes: [Node] = []
            while let letter = next, letter != "|", letter != ")" {
                nodes.append(try quantified(try atom()))
            }
            return nodes.count == 1 ? nodes[0] : .sequence(nodes)
        }

        private mutating func quantified(_ node: Node) throws(Refusal) -> Node {
            guard let (least, most) = try counts() else { return node }
            // Lazy or not is the same for a match of the whole; possessive is not.
            if next == "+" { throw Refusal(why: "possessive repetition is not supported") }
            if !take("?"), try counts() != nil { throw Refusal(why: "it repeats a repetition") }
            return .repeated(node, least, most)
        }

        private mutating func counts() throws(Refusal) -> (Int, Int?)? {
            if take("*") { return (0, nil) }
            if take("+") { return (1, nil) }
            if take("?") { return (0, 1) }
            guard next == "{" else { return nil }
            let start = position
            position += 1
            let least = number()
            let hasComma = take(",")
            let most = hasComma ? number() : least
            guard take("}"), least != nil || hasComma else {
                position = start
                return nil
            }
            guard (least ?? 0) <= (most ?? .max) else {
                throw Refusal(why: "a repetition's least is above its most")
            }
            return (least ?? 0, most)
        }

        private mutating func number() -> Int? {
            var value: Int?
            while position < text.count, (0x30...0x39).contains(text[position]) {
                value = min((value ?? 0) * 10 + Int(text[position] - 0x30), 100_000)
                position += 1
            }
            return value
        }

        private mutating func atom() throws(Refusal) -> Node {
            let letter = text[position]
            switch next {
            case "(": return try group()
            case "[": return .letter(try letters())
            case "\\": return try escape()
            case "*", "+", "?": throw Refusal(why: "it repeats nothing")
            default: position += 1
            }
            switch letter {
            case 0x2E: return .letter(.any)
            case 0x5E: return .start
            case 0x24: return .end
            default: return .letter(Letters(ranges: [letter...letter]))
            }
        }

        private mutating func group() throws(Refusal) -> Node {
            position += 1
            depth += 1
            defer { depth -= 1 }
            guard depth <= 100 else { throw Refusal(why: "its groups are nested too deeply") }
            var wanted: Bool?
            if take("?=") {
                wanted = true
            } else if take("?!") {
                wanted = false
            } else if take("?P<") {
                while let letter = next, letter != ">" {
                    guard letter.isLetter || letter.isNumber || letter == "_" else { break }
                    position += 1
                }
                guard take(">") else { throw Refusal(why: "a group's name is not closed") }
            } else if !take("?:"), next == "?" {
                throw Refusal(
                    why: "groups with (?… other than (?: (?P<name> (?= (?! are not supported")
            }
            let node = try choice()
            guard take(")") else { throw Refusal(why: "a group is not closed") }
            return wanted.map { .ahead(node, isWanted: $0) } ?? node
        }

        private mutating func escape() throws(Refusal) -> Node {
            position += 1
            guard position < text.count else { throw Refusal(why: "it ends with a backslash") }
            switch next {
            case "b"?, "B"?:
                defer { position += 1 }
                return .wordBoundary(isWanted: next == "b")
            case "A"?:
                position += 1
                return .start
            case "Z"?:
                position += 1
                return .end
            default: return .letter(try escapedLetters())
            }
        }

        /// What follows a backslash, in a class or outside of one.
        private mutating func escapedLetters() throws(Refusal) -> Letters {
            guard position < text.count, let letter = next else {
                throw Refusal(why: "it ends with a backslash")
            }
            let value = text[position]
            position += 1
            switch letter {
            case "d": return .digit
            case "D": return .digit.opposite
            case "w": return .word
            case "W": return .word.opposite
            case "s": return .space
            case "S": return .space.opposite
            default:
                guard !letter.isLetter, !letter.isNumber else {
                    throw Refusal(why: "\\\(letter) is not supported")
                }
                return Letters(ranges: [value...value])
            }
        }

        private mutating func letters() throws(Refusal) -> Letters {
            position += 1
            let isNegated = take("^")
            var ranges: [ClosedRange<UInt32>] = []
            var isFirst = true
            while isFirst || next != "]" {
                guard position < text.count else { throw Refusal(why: "a class is not closed") }
                isFirst = false
                let low = try oneOfClass()
                guard low.ranges.count == 1, let first = low.ranges.first, first.count == 1,
                    !low.isNegated, next == "-", position + 1 < text.count,
                    text[position + 1] != 0x5D
                else {
                    guard !low.isNegated else {
                        throw Refusal(why: "\\D, \\W and \\S in a class are not supported")
                    }
                    ranges += low.ranges
                    continue
                }
                position += 1
                let high = try oneOfClass()
                guard high.ranges.count == 1, let last = high.ranges.first, last.count == 1,
                    !high.isNegated, first.lowerBound <= last.upperBound
                else { throw Refusal(why: "a class has a bad range") }
                ranges.append(first.lowerBound...last.upperBound)
            }
            position += 1
            return Letters(ranges: ranges, isNegated: isNegated)
        }

        private mutating func oneOfClass() throws(Refusal) -> Letters {
            if take("\\") { return try escapedLetters() }
            defer { position += 1 }
            return Letters(ranges: [text[position]...text[position]])
        }
    }
}
