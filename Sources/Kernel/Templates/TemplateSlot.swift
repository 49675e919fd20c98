// One slot of a chat template: literal text, the content, and tokens named by their role.
// It knows no tokenizer; ChatEncoder turns it into ids.

/// What stands around the content of a turn, parsed from a compact notation: `{{content}}` and
/// `{{idx}}` inside of text, `⟨bos⟩`, `⟨eos⟩` and `⟨tok X⟩` for single tokens.
public struct TemplateSlot: Sendable, Equatable, ExpressibleByStringLiteral {
    /// One element; each is encoded by itself, so merges never cross from one to the next.
    public enum Element: Sendable, Equatable {
        /// Text with placeholders.
        case text(String)
        /// The tokenizer's start of text, nothing when it has none.
        case bos
        /// The end of text as the template resolves it.
        case eos
        /// The one token with this text.
        case token(String)
    }

    /// The elements in order.
    public var elements: [Element]

    /// A slot in the compact notation.
    public init(_ notation: String) {
        elements = []
        var rest = notation[...]
        while let open = rest.firstIndex(of: "⟨"),
            let close = rest[open...].firstIndex(of: "⟩")
        {
            if rest.startIndex < open { elements.append(.text(String(rest[..<open]))) }
            let name = rest[rest.index(after: open)..<close]
            elements.append(Self.element(named: name))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { elements.append(.text(String(rest))) }
    }

    /// A slot in the compact notation.
    public init(stringLiteral notation: String) { self.init(notation) }

    private static func element(named name: Substring) -> Element {
        switch name {
        case "bos": .bos
        case "eos": .eos
        default: .token(String(name.hasPrefix("tok ") ? name.dropFirst(4) : name))
        }
    }
}
