// The language that the interface uses: which there are, which one a user gets, and the one in
// use while an event is taken or a picture is drawn. It holds no texts.

import Panels

/// A language of the interface.
enum Language: String, CaseIterable, Sendable {
    case english = "en"
    /// Simplified.
    case chinese = "zh"

    /// What the user asks for.
    enum Choice: String, CaseIterable, Sendable {
        /// By the locale.
        case auto
        case en
        case zh
    }

    /// The language of the texts that `tr` gives; AppProgram sets it around update and view.
    @TaskLocal static var current: Language = .english

    /// The name in the language itself.
    var name: String {
        switch self {
        case .english: "English"
        case .chinese: "简体中文"
        }
    }

    /// The one after it.
    var next: Language {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// The language of a choice; `auto` takes the locale's, as far as the terminal can show it.
    init(_ choice: Choice, environment: [String: String], isUTF8: Bool) {
        switch choice {
        case .en: self = .english
        case .zh: self = .chinese
        case .auto: self = isUTF8 && Self.isChinese(environment) ? .chinese : .english
        }
    }

    /// The first variable that is set decides, as in the C library.
    private static func isChinese(_ environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.lowercased().hasPrefix("zh") ?? false
    }

    /// Runs a closure in a language, the words of the widgets included.
    func speaking<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Self.$current.withValue(self) {
            let translator = Wording.Translator { Translation.of($0, in: self) }
            return try Wording.$translator.withValue(translator) { try body() }
        }
    }
}
