// What the README.md of a base says about its licence and languages, in the front matter that model hubs
// read. Only plain lines are understood: what is written in another way is left out.
import Foundation

/// Facts of a base's model card.
struct BaseCard: Equatable {
    var license: String?
    var licenseName: String?
    var licenseLink: String?
    var languages: [String] = []

    private static let sizeLimit = 4 << 20

    /// The card in a model folder; empty when there is none.
    init(folder: String) {
        let file = try? MappedFile(path: "\(folder)/README.md")
        let bytes = file.map { Array($0.bytes.prefix(Self.sizeLimit)) } ?? []
        self.init(text: String(decoding: bytes, as: UTF8.self))
    }

    init(text: String) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else {
            return
        }
        var list: String?
        for line in lines[1..<end] {
            if line.hasPrefix("- ") || line.hasPrefix("  - ") {
                let item = Self.plain(line.drop { $0 == " " }.dropFirst(2))
                if list == "language", let item { languages.append(item) }
                continue
            }
            guard let colon = line.firstIndex(of: ":"), !line.hasPrefix(" "), !line.hasPrefix("#")
            else { continue }
            let key = String(line[..<colon])
            let value = Self.plain(line[line.index(after: colon)...])
            list = value == nil ? key : nil
            switch key {
            case "license": license = value
            case "license_name": licenseName = value
            case "license_link": licenseLink = value
            case "language": if let value { languages = Self.items(value) }
            default: break
            }
        }
    }

    /// A scalar without its quotes; nil when there is none.
    private static func plain(_ text: Substring) -> String? {
        var text = text.trimmingCharacters(in: .whitespaces)
        for quote in ["\"", "'"]
        where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            text = String(text.dropFirst().dropLast())
        }
        return text.isEmpty || text == "|" || text == ">" ? nil : text
    }

    /// "[en, zh]" or one word.
    private static func items(_ text: String) -> [String] {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return [text] }
        return text.dropFirst().dropLast().split(separator: ",").compactMap { plain($0) }
    }
}
