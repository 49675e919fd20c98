// From an English text to the reader's. English is the key; what a catalogue does not have stays
// English. Sentences of the kernel bring their key and their values.

import Kernel
import Panels

/// An English text in the reader's language, with values in the places `{1}`, `{2}`.
func tr(_ english: String, _ values: any CustomStringConvertible...) -> String {
    Wording.fill(Translation.of(english, in: .current), values.map(\.description))
}

/// The same as text to show. Where both would do, plain text is preferred.
@_disfavoredOverload
func tr(_ english: String, _ values: any CustomStringConvertible...) -> DisplayText {
    DisplayText(Wording.fill(Translation.of(english, in: .current), values.map(\.description)))
}

/// A sentence of the kernel in the reader's language.
func tr(_ sentence: Sentence) -> String { Translation.of(sentence, in: .current) }

/// Marks an English text that is translated later, where it is shown.
func phrase(_ english: String) -> String { english }

/// The same as a sentence.
func phrase(_ english: Sentence) -> Sentence { english }

/// Looks texts up.
enum Translation {
    /// The entry of an English text, or the text itself.
    static func of(_ english: String, in language: Language) -> String {
        switch language {
        case .english: english
        case .chinese: Chinese.entries[english] ?? english
        }
    }

    /// A sentence with the entries of its key and of the sentences in it.
    static func of(_ sentence: Sentence, in language: Language) -> String {
        Wording.fill(
            of(sentence.key, in: language),
            sentence.values.map { value in
                switch value {
                case .text(let text): text
                case .sentence(let inner): of(inner, in: language)
                }
            })
    }
}
