// The texts that the program's sources hand to `tr`, `phrase` and the widgets' `Wording.of`, read
// from the files as they lie beside the tests. Pieces joined with + count as one text.

import Foundation

/// Texts to translate, as the sources have them.
enum SourceTexts {
    /// A call with a literal text.
    struct Call: Hashable {
        let text: String
        let file: String
    }

    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Sources").standardizedFileURL

    /// Names and texts of all Swift files below some folders of Sources.
    static func files(_ folders: String...) -> [(name: String, text: String)] {
        folders.flatMap { folder in
            let root = sources.appendingPathComponent(folder)
            let paths = FileManager.default.enumerator(atPath: root.path)?.allObjects as? [String]
            return (paths ?? []).filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
                FileManager.default.contents(atPath: root.appendingPathComponent(path).path)
                    .map { (path, String(decoding: $0, as: UTF8.self)) }
            }
        }
    }

    /// All calls whose text is a literal.
    static func calls() -> [Call] {
        files("Workbench", "Panels").flatMap { file in
            calls(in: file.text).map { Call(text: $0, file: file.name) }
        }
    }

    /// The literal texts of calls in a source text.
    static func calls(in source: String) -> [String] {
        let call = /(?:\btr|\bphrase|\bWording\.of)\(\s*"/
        return source.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop(while: \.isWhitespace).hasPrefix("//") ? "" : $0 }
            .joined(separator: "\n")
            .matches(of: call).compactMap { match in
                literal(in: match.0.base[match.range.upperBound...])
            }
    }

    /// The keys that string literals have as sentences, pieces joined with + as one.
    static func keys() -> Set<String> {
        Set(
            files("Kernel", "Panels", "Workbench").filter { !$0.name.contains("Chinese") }
                .flatMap { keys(in: $0.text) })
    }

    /// The keys of the literals in a source text.
    static func keys(in source: String) -> [String] {
        let code = source.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop(while: \.isWhitespace).hasPrefix("//") ? "" : $0 }
            .joined(separator: "\n")
        var rest = Substring(code)
        var keys: [String] = []
        while let quote = rest.firstIndex(of: "\"") {
            rest = rest[rest.index(after: quote)...]
            if rest.hasPrefix("\"\"") {
                // A text of several lines is no sentence.
                rest = rest.dropFirst(2)
                guard let end = rest.firstRange(of: "\"\"\"") else { return keys }
                rest = rest[end.upperBound...]
                continue
            }
            var key = ""
            var count = 0
            read(&key, &count, &rest, &keys)
            keys.append(key)
        }
        return keys
    }

    /// Reads a literal up to its end, and what is joined to it; literals in its values are keys too.
    private static func read(
        _ key: inout String, _ count: inout Int, _ rest: inout Substring, _ keys: inout [String]
    ) {
        while let next = rest.popFirst() {
            if next == "\\", let escaped = rest.popFirst() {
                guard escaped == "(" else {
                    key.append(escaped == "n" ? "\n" : escaped)
                    continue
                }
                let value = value(&rest)
                keys += self.keys(in: value)
                if let separator = value.wholeMatch(of: /verbatim: "(.*)"/) {
                    key += separator.1
                } else {
                    count += 1
                    key += "{\(count)}"
                }
            } else if next == "\"" {
                guard let joined = rest.prefixMatch(of: /\s*\+\s*"/) else { return }
                rest = rest[joined.range.upperBound...]
            } else {
                key.append(next)
            }
        }
    }

    /// The code of a value up to its closing parenthesis.
    private static func value(_ rest: inout Substring) -> String {
        var code = ""
        var depth = 1
        var isText = false
        while let next = rest.popFirst() {
            if next == "\"" { isText.toggle() }
            if !isText || code.hasSuffix("\\") || depth > 1 {
                if next == "(" { depth += 1 }
                if next == ")" { depth -= 1 }
                if depth == 0 { return code }
            }
            code.append(next)
        }
        return code
    }

    /// The text up to the closing quote, and of what is joined to it.
    private static func literal(in source: Substring) -> String? {
        var text = ""
        var rest = source
        while let next = rest.popFirst() {
            if next == "\\", let escaped = rest.popFirst() {
                guard escaped != "(" else { return nil }
                text.append(escaped)
            } else if next == "\"" {
                guard let joined = rest.prefixMatch(of: /\s*\+\s*"/) else { return text }
                rest = rest[joined.range.upperBound...]
            } else {
                text.append(next)
            }
        }
        return nil
    }
}
