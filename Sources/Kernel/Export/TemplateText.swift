// A built-in chat template written in other programs' languages: Jinja for transformers, Go's
// text/template for Ollama. It knows the texts of special tokens, no tokenizer.

/// Writes a chat template as source text.
struct TemplateText {
    let template: ChatTemplate
    /// The text of the token that starts a text; empty when there is none.
    let bos: String
    /// The text that ends an answer.
    let eos: String

    private enum Piece {
        case text(String)
        case content
    }

    /// The slot as literal text and content; nil when it numbers its turns, which neither language does.
    private func pieces(_ slot: TemplateSlot) -> [Piece]? {
        var pieces: [Piece] = []
        for element in slot.elements {
            switch element {
            case .bos: pieces.append(.text(bos))
            case .eos: pieces.append(.text(eos))
            case .token(let name): pieces.append(.text(name))
            case .text(let text):
                if text.contains("{{idx}}") { return nil }
                var rest = text[...]
                while let place = rest.firstRange(of: "{{content}}") {
                    pieces.append(.text(String(rest[..<place.lowerBound])))
                    pieces.append(.content)
                    rest = rest[place.upperBound...]
                }
                pieces.append(.text(String(rest)))
            }
        }
        return pieces.filter { if case .text("") = $0 { false } else { true } }
    }

    // MARK: - Jinja

    /// The template for tokenizer_config.json; nil when it cannot be written.
    var jinja: String? {
        guard let prefix = expression(template.prefix, content: ""),
            let system = expression(template.system, content: "system"),
            let user = expression(template.user, content: "content"),
            let assistant = expression(template.assistant, content: "content"),
            let observation = expression(template.observation, content: "content")
        else { return nil }
        var text = "{% if messages[0]['role'] == 'system' %}"
        text += "{% set system = messages[0]['content'] %}{% set turns = messages[1:] %}"
        text += "{% else %}{% set system = \(Self.quoted(template.defaultSystem)) %}"
        text += "{% set turns = messages %}{% endif %}{{ \(prefix) }}"
        let isInside = template.systemPlace == .insideFirstUser
        if !isInside { text += "{% if system %}{{ \(system) }}{% endif %}" }
        text += "{% for message in turns %}{% set content = message['content'] %}"
        if isInside {
            text += "{% if loop.first and system %}"
            text += "{% set content = \(system) + content %}{% endif %}"
        }
        text += "{% if message['role'] == 'user' %}{{ \(user) }}"
        text += "{% elif message['role'] == 'assistant' %}{{ \(assistant) }}"
        text += "{% elif message['role'] == 'tool' %}{{ \(observation) }}{% endif %}{% endfor %}"
        return text
    }

    private func expression(_ slot: TemplateSlot, content: String) -> String? {
        guard let pieces = pieces(slot) else { return nil }
        let parts = pieces.map { piece in
            switch piece {
            case .text(let text): Self.quoted(text)
            case .content: content
            }
        }
        return parts.isEmpty ? "''" : parts.joined(separator: " + ")
    }

    private static func quoted(_ text: String) -> String {
        var result = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "'": result += "\\'"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "'"
    }

    // MARK: - Go

    /// The template for an Ollama Modelfile; nil when it cannot be written.
    ///
    /// - Parameter addsBOS: whether the runtime puts the start of text in front by itself.
    func ollama(addsBOS: Bool) -> String? {
        var plain = self
        if addsBOS { plain = TemplateText(template: template, bos: "", eos: eos) }
        guard let prefix = plain.action(template.prefix, content: ""),
            let system = plain.action(template.system, content: "{{ $.System }}"),
            let user = plain.action(template.user, content: "{{ .Content }}"),
            let assistant = plain.action(template.assistant, content: "{{ .Content }}")
        else { return nil }
        let turns = { (user: String) in
            "{{ range .Messages }}{{ if eq .Role \"user\" }}\(user)"
                + "{{ else if eq .Role \"assistant\" }}\(assistant){{ end }}{{ end }}"
        }
        switch template.systemPlace {
        case .ownTurn:
            return prefix + "{{ if .System }}\(system){{ end }}" + turns(user)
        case .insideFirstUser:
            let inner = "{{ if and $first $.System }}\(system){{ end }}{{ $first = false }}"
            guard let first = plain.action(template.user, content: inner + "{{ .Content }}") else {
                return nil
            }
            return prefix + "{{ $first := true }}" + turns(first)
        }
    }

    private func action(_ slot: TemplateSlot, content: String) -> String? {
        pieces(slot)?.map { piece in
            switch piece {
            case .text(let text): text.replacing("{{", with: "{{ \"{{\" }}")
            case .content: content
            }
        }.joined()
    }
}
