// Methods of strings. Those of text that is marked as safe keep the mark, and escape what they
// put in, as MarkupSafe does.

extension JinjaMethods {
    /// Refuses before the work when the result would be too large.
    static func replaced(
        _ text: String, _ part: String, _ other: String, _ limit: Int,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        try interpreter.scan(text.utf8.count + part.utf8.count)
        var count =
            part.isEmpty
            ? text.unicodeScalars.count + 1 : PythonText.places(of: part, in: text).count
        if limit >= 0 { count = min(count, limit) }
        let (growth, overflows) = count.multipliedReportingOverflow(by: other.utf8.count)
        let (total, sumOverflows) = growth.addingReportingOverflow(text.utf8.count)
        try interpreter.make(overflows || sumOverflows ? .max : total)
        try interpreter.spend(count)
        return PythonText.replacing(text, part, with: other, limit: limit)
    }

    static func call(
        _ name: String, _ text: String, _ isMarkup: Bool, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        try interpreter.scan(text.utf8.count)
        // Python takes most of these by their places only.
        let takesNames = ["split", "rsplit", "splitlines", "format"].contains(name)
        if !takesNames, let argument = arguments.named.keys.first {
            throw interpreter.failure("the argument \(argument) of \(name), given by name")
        }
        func made(_ text: String) throws(JinjaFailure) -> JinjaValue {
            try interpreter.make(text.utf8.count)
            return isMarkup ? .markup(text) : .string(text)
        }
        func parts(_ parts: [String]) throws(JinjaFailure) -> JinjaValue {
            try interpreter.make(text.utf8.count)
            return try interpreter.list(parts.map { isMarkup ? .markup($0) : .string($0) })
        }
        /// A string argument that is put in: escaped where the text is marked as safe.
        func put(_ value: JinjaValue) throws(JinjaFailure) -> String {
            guard let text = value.text else {
                throw interpreter.failure("\(value.kindName) as an argument of \(name)")
            }
            return isMarkup && !value.isMarkup ? PythonText.escaped(text) : text
        }
        func needed(_ argument: String) throws(JinjaFailure) -> String {
            guard let text = try arguments.text(argument, interpreter) else {
                throw interpreter.failure("\(name) without its argument \(argument)")
            }
            return text
        }
        switch name {
        case "strip":
            return try made(
                PythonText.stripped(text, .both, try arguments.text("chars", interpreter)))
        case "lstrip":
            return try made(
                PythonText.stripped(text, .left, try arguments.text("chars", interpreter)))
        case "rstrip":
            return try made(
                PythonText.stripped(text, .right, try arguments.text("chars", interpreter)))
        case "upper": return try made(PythonText.upper(text))
        case "lower": return try made(PythonText.lower(text))
        case "capitalize": return try made(PythonText.capitalized(text))
        case "title": return try made(PythonText.titled(text))
        case "swapcase": return try made(PythonText.caseSwapped(text))
        case "zfill":
            let width = try arguments.integer("width", interpreter) ?? 0
            try interpreter.make(max(width, 0))
            return try made(PythonText.zeroFilled(text, to: width))
        case "center", "ljust", "rjust":
            let width = try arguments.integer("width", interpreter)
            let fill = try put(try arguments.take("fillchar", interpreter) ?? .string(" "))
            guard let width, fill.unicodeScalars.count == 1 else {
                throw interpreter.failure(
                    "\(name) without a width, or with more than one character")
            }
            try interpreter.make(max(width, 0))
            return try made(
                PythonText.padded(
                    text, to: width, name == "center" ? .both : name == "ljust" ? .right : .left,
                    fill))
        case "startswith", "endswith":
            return .bool(try meets(name, text, &arguments, interpreter))
        case "split", "rsplit":
            let separator = try arguments.text("sep", interpreter)
            let limit = try arguments.integer("maxsplit", interpreter) ?? -1
            let isForward = name == "split"
            guard let separator else {
                try interpreter.scan(8 * text.utf8.count)
                return try parts(
                    isForward
                        ? PythonText.splitAtSpaces(text, limit: limit)
                        : PythonText.splitAtSpacesFromEnd(text, limit: limit))
            }
            guard !separator.isEmpty else { throw interpreter.failure("a split at nothing") }
            return try parts(
                isForward
                    ? PythonText.split(text, at: separator, limit: limit)
                    : PythonText.splitFromEnd(text, at: separator, limit: limit))
        case "splitlines":
            let keepsEnds = try arguments.flag("keepends", interpreter)
            return try parts(PythonText.lines(of: text, keepsEnds: keepsEnds))
        case "partition", "rpartition":
            let separator = try needed("sep")
            guard !separator.isEmpty else { throw interpreter.failure("a partition at nothing") }
            let isForward = name == "partition"
            let cut =
                isForward
                ? PythonText.split(text, at: separator, limit: 1)
                : PythonText.splitFromEnd(text, at: separator, limit: 1)
            var three = isForward ? [text, "", ""] : ["", "", text]
            if cut.count == 2 { three = [cut[0], separator, cut[1]] }
            try interpreter.make(text.utf8.count)
            return .tuple(JinjaList(three.map { isMarkup ? .markup($0) : .string($0) }))
        case "replace":
            let old = try needed("old")
            let new = try put(try arguments.needed("new", interpreter))
            let limit = try arguments.integer("count", interpreter) ?? -1
            let result = try replaced(text, old, new, limit, interpreter)
            return isMarkup ? .markup(result) : .string(result)
        case "removeprefix", "removesuffix":
            let part = try needed("affix")
            let isPrefix = name == "removeprefix"
            let holds =
                isPrefix
                ? PythonText.starts(text, with: part) : PythonText.ends(text, with: part)
            guard holds else { return try made(text) }
            let rest =
                isPrefix
                ? text.utf8.dropFirst(part.utf8.count) : text.utf8.dropLast(part.utf8.count)
            return try made(String(decoding: rest, as: UTF8.self))
        case "join":
            let items = try interpreter.items(of: try arguments.needed("iterable", interpreter))
            var result = ""
            for (index, item) in items.enumerated() {
                if index > 0 { result += text }
                result += try put(item)
                try interpreter.make(text.utf8.count + (item.text?.utf8.count ?? 0))
                guard result.utf8.count <= interpreter.textBytesMax else {
                    throw interpreter.failure("a join that is too long")
                }
            }
            return isMarkup ? .markup(result) : .string(result)
        case "count", "find", "rfind", "index", "rindex":
            return .integer(try place(name, text, &arguments, interpreter))
        case "format":
            let result = try JinjaFormat.braces(text, &arguments, escapes: isMarkup, interpreter)
            return isMarkup ? .markup(result) : .string(result)
        default: return PythonText.belongs(text, to: name).map { .bool($0) }
        }
    }

    private static func meets(
        _ name: String, _ text: String, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        let wanted = try arguments.needed("prefix", interpreter)
        let text = try part(of: text, &arguments, interpreter).text
        func meets(_ part: JinjaValue) throws(JinjaFailure) -> Bool {
            guard let part = part.text else {
                throw interpreter.failure("\(part.kindName) as an argument of \(name)")
            }
            guard let text else { return false }
            return name == "startswith"
                ? PythonText.starts(text, with: part) : PythonText.ends(text, with: part)
        }
        guard case .tuple(let list) = wanted else { return try meets(wanted) }
        for item in list.items where try meets(item) { return true }
        return false
    }

    /// The part of a text that the arguments `start` and `end` name, and where it starts; nil when
    /// the start lies beyond the end.
    private static func part(
        of text: String, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> (text: String?, start: Int) {
        let start = try arguments.integer("start", interpreter)
        let end = try arguments.integer("end", interpreter)
        guard start != nil || end != nil else { return (text, 0) }
        try interpreter.make(text.utf8.count)
        let scalars = text.unicodeScalars
        let count = scalars.count
        func place(_ index: Int) -> Int { index < 0 ? max(index, -count) + count : index }
        let (from, to) = (place(start ?? 0), min(place(end ?? count), count))
        guard from <= to else { return (nil, from) }
        let part = scalars.dropFirst(from).prefix(to - from)
        return (String(String.UnicodeScalarView(part)), from)
    }

    private static func place(
        _ name: String, _ text: String, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Int {
        guard let wanted = try arguments.needed("sub", interpreter).text else {
            throw interpreter.failure("\(name) of something that is no string")
        }
        let (part, start) = try part(of: text, &arguments, interpreter)
        try interpreter.scan(text.utf8.count + wanted.utf8.count)
        if name == "count" {
            guard let part else { return 0 }
            if wanted.isEmpty { return part.unicodeScalars.count + 1 }
            return PythonText.places(of: wanted, in: part).count
        }
        let isForward = name == "find" || name == "index"
        var found: Int?
        if let part {
            let byte =
                isForward
                ? PythonText.places(of: wanted, in: part, limit: 1).first
                : wanted.isEmpty
                    ? part.utf8.count
                    : PythonText.lastPlaces(of: wanted, in: part, limit: 1).first
            found = byte.map {
                start + String(decoding: part.utf8.prefix($0), as: UTF8.self).unicodeScalars.count
            }
        }
        if let found { return found }
        guard name.hasSuffix("find") else { throw interpreter.failure("no such part to \(name)") }
        return -1
    }
}
