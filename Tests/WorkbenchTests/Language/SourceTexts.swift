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
