// What is known about keys that no reader asked for: harmless, told because something is not done here,
// or refused because the result would be another one. A key that is in no row is told as unknown.
// The rows themselves belong to the formats; this file only looks them up.

/// One row of a table of keys that are not read.
struct KeyRow {
    /// What becomes of a key whose value is not one of `harmless`.
    enum Verdict {
        /// Nothing: no value of the key changes a result.
        case nothing
        /// A note: the words follow the keys with their values.
        case told(Sentence)
        /// An error: the words say why.
        case refused(Sentence)
    }

    /// Full names; "general.*" stands for all keys that begin so.
    let names: [String]
    /// Values that change nothing.
    let harmless: [JSONValue]
    let verdict: Verdict

    /// Keys that change nothing, whatever they say.
    static func harmless(_ names: String...) -> KeyRow {
        KeyRow(names: names, harmless: [], verdict: .nothing)
    }

    /// Keys that are told unless they have one of the values.
    static func told(
        _ names: String..., unless harmless: [JSONValue], _ words: Sentence
    ) -> KeyRow {
        KeyRow(names: names, harmless: harmless, verdict: .told(words))
    }

    /// Keys that are refused unless they have one of the values.
    static func refused(
        _ names: String..., unless harmless: [JSONValue], _ words: Sentence
    ) -> KeyRow {
        KeyRow(names: names, harmless: harmless, verdict: .refused(words))
    }
}

/// A format's rows, looked up by name.
struct KeyTable {
    private let rows: [String: KeyRow]
    private let prefixes: [(start: String, row: KeyRow)]

    /// What was found about the keys of one document.
    struct Findings {
        /// For the user: a line for all keys that the same is told of, one for all that are unknown.
        var notes: [Sentence] = []
        /// The first key that must not be passed over, and why.
        var refusal: (key: String, reason: Sentence)?
    }

    private static let listLimit = 8

    init(_ rows: [KeyRow]) {
        var byName: [String: KeyRow] = [:]
        var prefixes: [(String, KeyRow)] = []
        for row in rows {
            for name in row.names {
                if name.hasSuffix("*") {
                    prefixes.append((String(name.dropLast()), row))
                } else {
                    byName[name] = row
                }
            }
        }
        (self.rows, self.prefixes) = (byName, prefixes)
    }

    private func row(of key: String) -> KeyRow? {
        rows[key] ?? prefixes.first { key.hasPrefix($0.start) }?.row
    }

    /// Judges the keys that were not read. `name` is how the table spells a key; `source` begins each note.
    func findings(
        _ unread: [(key: String, value: JSONValue)], source: String,
        name: (String) -> String = { $0 }
    ) -> Findings {
        var findings = Findings()
        var unknown: [String] = []
        // Keys that the same words are about share one line.
        var told: [(words: Sentence, keys: [String])] = []
        for (key, value) in unread {
            guard let row = row(of: name(key)) else {
                unknown.append(key)
                continue
            }
            guard !row.harmless.contains(where: { $0.means(value) }) else { continue }
            let shown = Self.shown(value)
            switch row.verdict {
            case .nothing: break
            case .told(let words):
                let text = "\(key.escapedForDisplay) \(shown)"
                if let place = told.firstIndex(where: { $0.words == words }) {
                    told[place].keys.append(text)
                } else {
                    told.append((words, [text]))
                }
            case .refused(let words):
                if findings.refusal == nil { findings.refusal = (key, "\(shown): \(words)") }
            }
        }
        findings.notes += told.map { words, keys in
            "\(source): \(keys.joined(separator: ", ")): \(words)"
        }
        if !unknown.isEmpty {
            findings.notes.append(
                "\(source): not known here and not used: \(Self.list(unknown))")
        }
        return findings
    }

    /// Some names, the first of many.
    static func list(_ names: [String]) -> String {
        let shown = names.prefix(listLimit).map(\.escapedForDisplay).joined(separator: ", ")
        return names.count > listLimit ? "\(shown) and \(names.count - listLimit) more" : shown
    }

    private static func shown(_ value: JSONValue) -> String {
        let text = value.text()
        return (text.count > 60 ? "\(text.prefix(57))…" : text).escapedForDisplay
    }
}

extension JSONValue {
    /// Whether both say the same: 0 and 0.0 do.
    fileprivate func means(_ other: JSONValue) -> Bool {
        if let one = double, let two = other.double { return one == two }
        return self == other
    }
}
