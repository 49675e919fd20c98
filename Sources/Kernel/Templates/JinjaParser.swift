// Builds the tree of statements from the pieces of a template. Expressions are in the file beside
// this one. What chat templates do not need is refused by name: macros, imports, includes, calls.

/// Parses one template.
struct JinjaParser {
    static let depthMax = 64
    private let pieces: [JinjaPiece]
    private var at = 0

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
                let value = try parser.expression()
                try parser.expectEnd()
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

    private mutating func statement(
        _ name: String, _ parser: inout JinjaExpressionParser, _ depth: Int
    ) throws(JinjaFailure) -> JinjaStatement.Kind {
        switch name {
        case "if": return try branch(&parser, depth)
        case "for": return try loop(&parser, depth)
        case "set": return try assignment(&parser, depth)
        case "break", "continue":
            try parser.expectEnd()
            return name == "break" ? .stop : .skip
        case "macro", "call", "import", "from", "include", "extends", "block", "filter", "with",
            "generation", "raw", "autoescape", "do":
            throw parser.failure("the statement \"\(name)\", which is not supported")
        default: throw parser.failure("the statement \"\(name)\"")
        }
    }

    private mutating func branch(
        _ parser: inout JinjaExpressionParser, _ depth: Int
    ) throws(JinjaFailure) -> JinjaStatement.Kind {
        var branches: [(condition: JinjaExpression, body: [JinjaStatement])] = []
        var condition = try parser.expression()
        try parser.expectEnd()
        while true {
            let (body, end) = try body(until: ["elif", "else", "endif"], depth: depth + 1)
            branches.append((condition, body))
            guard var tag = end else { return .branch(branches, otherwise: []) }
            if tag.name == "elif" {
                condition = try tag.expression()
                try tag.expectEnd()
                continue
            }
            try tag.expectEnd()
            if tag.name == "endif" { return .branch(branches, otherwise: []) }
            let otherwise = try closed(by: "endif", depth)
            return .branch(branches, otherwise: otherwise)
        }
    }

    private mutating func loop(
        _ parser: inout JinjaExpressionParser, _ depth: Int
    ) throws(JinjaFailure) -> JinjaStatement.Kind {
        let names = try parser.names()
        try parser.expect(name: "in")
        let sequence = try parser.operand()
        let condition = parser.take(name: "if") ? try parser.expression() : nil
        if parser.take(name: "recursive") { throw parser.failure("a recursive loop") }
        try parser.expectEnd()
        let (body, end) = try body(until: ["else", "endfor"], depth: depth + 1)
        var otherwise: [JinjaStatement] = []
        try end?.expectEnd()
        if end?.name == "else" { otherwise = try closed(by: "endfor", depth) }
        return .loop(
            JinjaLoop(
                names: names, sequence: sequence, condition: condition, body: body,
                otherwise: otherwise))
    }

    private mutating func assignment(
        _ parser: inout JinjaExpressionParser, _ depth: Int
    ) throws(JinjaFailure) -> JinjaStatement.Kind {
        let names = try parser.names()
        if names.count == 1, parser.take(symbol: ".") {
            let member = try parser.takeName()
            try parser.expect(symbol: "=")
            let value = try parser.expression()
            try parser.expectEnd()
            return .set(.member(names[0], member), value)
        }
        if names.count == 1, parser.isAtEnd {
            return .setBlock(names[0], try closed(by: "endset", depth))
        }
        try parser.expect(symbol: "=")
        let value = try parser.tuple()
        try parser.expectEnd()
        return .set(.names(names), value)
    }

    private mutating func closed(
        by end: String, _ depth: Int
    ) throws(JinjaFailure) -> [JinjaStatement] {
        let (body, tag) = try body(until: [end], depth: depth + 1)
        try tag?.expectEnd()
        return body
    }
}
