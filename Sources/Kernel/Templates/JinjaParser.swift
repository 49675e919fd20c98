// Builds the tree of statements from the pieces of a template. Expressions are in another file.
// What chat templates do not need is refused by name: imports, includes, blocks of inheritance.

/// Parses one template.
struct JinjaParser {
    static let depthMax = 64
    private let pieces: [JinjaPiece]
    private var at = 0
    /// How many loops are around, up to the next macro: `break` and `continue` need one.
    private var loops = 0
    /// Whether unknown filters and tests wait until they are met, as they do below `if`.
    private var isSoft = false
    /// What macros around may read: `caller`, `varargs`, `kwargs`.
    private var reads: Set<String> = []

    private init(_ pieces: [JinjaPiece]) { self.pieces = pieces }

    static func parse(_ source: String) throws(JinjaFailure) -> [JinjaStatement] {
        var parser = JinjaParser(try JinjaLexer.pieces(of: source))
        let (body, end) = try parser.body(until: [], depth: 0)
        precondition(end == nil, "a body without an end tag ends with the template")
        return body
    }

    /// Statements up to one of the end tags, which is returned with its tokens.
    private mutating func body(
        until ends: Set<String>, depth: Int
    ) throws(JinjaFailure) -> ([JinjaStatement], end: JinjaExpressionParser?) {
        var result: [JinjaStatement] = []
        while at < pieces.count {
            let piece = pieces[at]
            at += 1
            switch piece {
            case .text(let text):
                result.append(JinjaStatement(line: 0, kind: .text(text)))
            case .output(let tokens, let line):
                var parser = JinjaExpressionParser(tokens, line: line)
                let value = try parser.tuple()
                try finish(&parser)
                result.append(JinjaStatement(line: line, kind: .output(value)))
            case .tag(let tokens, let line):
                var parser = JinjaExpressionParser(tokens, line: line)
                let name = try parser.takeName()
                if ends.contains(name) { return (result, parser) }
                guard depth < Self.depthMax else {
                    throw JinjaFailure(line: line, reason: "blocks nested \(depth) deep")
                }
                let kind = try statement(name, &parser, depth)
                result.append(JinjaStatement(line: line, kind: kind))
            }
        }
        guard ends.isEmpty else {
            let wanted = ends.sorted().joined(separator: " or ")
            throw JinjaFailure(
                line: lastLine, reason: "the end of the template, expected \(wanted)")
        }
        return (result, nil)
    }

    private var lastLine: Int {
        pieces.reversed().lazy.compactMap { piece in
            switch piece {
            case .text: nil
            case .output(_, let line), .tag(_, let line): line
            }
        }.first ?? 1
    }

    /// Ends a tag: nothing may be left, and no filter or test unknown.
    private mutating func finish(_ parser: inout JinjaExpressionParser) throws(JinjaFailure) {
        try parser.expectEnd()
        reads.formUnion(parser.reads)
        if !isSoft, let unknown = parser.unknown.first {
            throw parser.failure("\(unknown), which does not exist")
        }
    }

    /// Ends a tag that opens a body.
    private mutating func begin(_ parser: inout JinjaExpressionParser) throws(JinjaFailure) {
        _ = parser.take(symbol: ":")
        try finish(&parser)
    }

    /// Statements up to an end tag that nothing follows.
    private mutating func closed(
        by end: String, _ depth: Int
    ) throws(JinjaFailure) -> [JinjaStatement] {
        let softness = isSoft
        isSoft = false
        defer { isSoft = softness }
        let (body, tag) = try body(until: [end], depth: depth + 1)
        try tag?.expectEnd()
        return body
    }

    // MARK: - Statements

    private mutating func statement(
        _ name: String, _ parser: inout JinjaExpressionParser, _ depth: Int
    ) throws(JinjaFailure) -> JinjaStatement.Kind {
        switch name {
        case "if": return try branch(&parser, depth)
        case "for": return try loop(&parser, depth)
        case "set": return try assignment(&parser, depth)
        case "print":
            var values = [try parser.expression()]
            while parser.take(symbol: ",") { values.append(try parser.expression()) }
            try finish(&parser)
            return .output(.join(values))
        case "with":
            let values = try parser.assignments()
            try begin(&parser)
            return .with(values, try closed(by: "endwith", depth))
        case "filter":
            let filters = try parser.filters(startsInline: true)
            try begin(&parser)
            return .filter(filters ?? .captured, try closed(by: "endfilter", depth))
        case "macro":
            let name = try parser.takeTargetName()
            let parameters = try parser.parameters()
            let macro = try macro(name, parameters, &parser, "endmacro", depth)
            return .macro(macro)
        case "call":
            let parameters = parser.isAt(symbol: "(") ? try parser.parameters() : []
            let call = try parser.expression()
            guard case .call = call else { throw parser.failure("a call block without a call") }
            return .call(call, caller: try macro("", parameters, &parser, "endcall", depth))
        case "generation":
            return .scope(try macro("", [], &parser, "endgeneration", depth))
        case "break", "continue":
            try finish(&parser)
            guard loops > 0 else { throw parser.failure("\(name) outside of a loop") }
            return name == "break" ? .stop : .skip
        case "import", "from", "include", "extends", "block", "autoescape", "do":
            throw parser.failure("the statement \"\(name)\", which is not supported")
        default: throw parser.failure("the statement \"\(name)\"")
        }
    }

    private mutating func macro(
        _ name: String, _ parameters: [(name: String, otherwise: JinjaExpression?)],
        _ parser: inout JinjaExpressionParser, _ end: String, _ depth: Int
    ) throws(JinjaFailure) -> JinjaMacro {
        try begin(&parser)
        let (around, outside) = (loops, reads)
        loops = 0
        reads = []
        let body = try closed(by: end, depth)
        let own = reads
        loops = around
        reads = outside.union(own)
        return JinjaMacro(name, parameters, body, reads: own)
    }

    private mutating func branch(
        _ parser: inout JinjaExpressionParser, _ depth: Int
    ) throws(JinjaFailure) -> JinjaStatement.Kind {
        let softness = isSoft
        isSoft = true
        defer { isSoft = softness }
        var branches: [(condition: JinjaExpression, body: [JinjaStatement])] = []
        var condition = try parser.tuple(allowsChoice: false)
        try begin(&parser)
        while true {
            let (body, end) = try body(until: ["elif", "else", "endif"], depth: depth + 1)
            branches.append((condition, body))
            guard var tag = end else { return .branch(branches, otherwise: []) }
            if tag.name == "elif" {
                condition = try tag.tuple(allowsChoice: false)
                try begin(&tag)
                continue
            }
            if tag.name == "endif" {
                try tag.expectEnd()
                return .branch(branches, otherwise: [])
            }
            try begin(&tag)
            let (otherwise, last) = try self.body(until: ["endif"], depth: depth + 1)
            try last?.expectEnd()
            return .branch(branches, otherwise: otherwise)
        }
    }

    private mutating func loop(
        _ parser: inout JinjaExpressionParser, _ depth: Int
    ) throws(JinjaFailure) -> JinjaStatement.Kind {
        let target = try parser.target(endsAt: "in")
        guard !target.holds("loop") else { throw parser.failure("loop as the name of a loop") }
        try parser.expect(name: "in")
        let sequence = try parser.tuple(allowsChoice: false, endsAt: "recursive")
        let condition = parser.take(name: "if") ? try parser.expression() : nil
        let isRecursive = parser.take(name: "recursive")
        try begin(&parser)
        let softness = isSoft
        isSoft = false
        defer { isSoft = softness }
        loops += 1
        let (body, end) = try body(until: ["else", "endfor"], depth: depth + 1)
        loops -= 1
        var otherwise: [JinjaStatement] = []
        if var tag = end, tag.name == "else" {
            try begin(&tag)
            otherwise = try closed(by: "endfor", depth)
        } else {
            try end?.expectEnd()
        }
        return .loop(
            JinjaLoop(
                target, in: sequence, if: condition, isRecursive: isRecursive, body: body,
                otherwise: otherwise))
    }

    private mutating func assignment(
        _ parser: inout JinjaExpressionParser, _ depth: Int
    ) throws(JinjaFailure) -> JinjaStatement.Kind {
        let target = try parser.target(allowsMembers: true)
        if parser.take(symbol: "=") {
            let value = try parser.tuple()
            try finish(&parser)
            return .set(target, value)
        }
        let filters = try parser.filters(startsInline: false)
        try begin(&parser)
        return .setBlock(target, filters: filters, try closed(by: "endset", depth))
    }
}

extension JinjaTarget {
    /// Whether a name is set.
    func holds(_ name: String) -> Bool {
        switch self {
        case .name(let own): own == name
        case .member: false
        case .tuple(let targets): targets.contains { $0.holds(name) }
        }
    }
}
