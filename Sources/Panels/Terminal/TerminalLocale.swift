// Which characters a terminal shows, by the variables of its user. It reads variables only, so that
// the terminal of another process can be judged as well.

import Foundation

/// What the locale of a terminal can show.
public enum TerminalLocale: Equatable, Sendable {
    case utf8
    /// ASCII and nothing certain beyond: another encoding, or a C locale that was asked for.
    case ascii

    /// The first variable that is set decides, as in the C library. Nothing set at all, as in containers and
    /// under init, says nothing about the terminal: current ones show UTF-8.
    public init(environment: [String: String]) {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        guard let name = names.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty })
        else {
            self = .utf8
            return
        }
        if name == "C" || name == "POSIX" {
            self = .ascii
        } else if let codeset = Self.named(in: name) ?? Self.installed(name) {
            self = Self.isUTF8(codeset) ? .utf8 : .ascii
        } else {
            self = .utf8
        }
    }

    /// The encoding in a locale's name: `GBK` of `zh_CN.GBK`, `euro` of `de_DE@euro`.
    private static func named(in name: String) -> String? {
        if let dot = name.firstIndex(of: ".") {
            return String(name[name.index(after: dot)...].prefix { $0 != "@" })
        }
        return name.hasSuffix("@euro") ? "ISO-8859-15" : nil
    }

    /// The encoding of a locale that this machine knows.
    private static func installed(_ name: String) -> String? {
        guard let locale = newlocale(1 << LC_CTYPE, name, nil) else { return nil }
        defer { freelocale(locale) }
        return nl_langinfo_l(nl_item(CODESET), locale).map { String(cString: $0) }
    }

    private static func isUTF8(_ codeset: String) -> Bool {
        codeset.lowercased().filter { $0.isLetter || $0.isNumber } == "utf8"
    }
}

extension TerminalLocale {
    /// Text as it may be sent to a terminal of this locale. Bytes of UTF-8 would be other characters there, and
    /// some of them controls: what has no ASCII stand-in is written out, as in `\u{4F60}`.
    public func shown(_ text: String) -> String {
        guard self == .ascii, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            let stand = ASCIIFallback.scalar(for: scalar, isDim: false)
            if stand != "?" || scalar == "?" {
                result.unicodeScalars.append(stand)
            } else {
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            }
        }
        return result
    }
}
