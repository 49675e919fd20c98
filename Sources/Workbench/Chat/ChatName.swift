// Names of saved conversations, which are names of files too. It looks at no disk.

import Kernel

/// What a conversation may be called.
enum ChatName {
    private static let bytesMax = 120

    /// What is wrong with a name; nil when nothing is.
    static func problem(_ name: String) -> Sentence? {
        if name.isEmpty { return phrase("a name is needed") }
        if name.hasPrefix(".") { return phrase("a name must not begin with a dot") }
        if name.utf8.count > bytesMax { return phrase("the name is too long") }
        let isPlain = name.unicodeScalars.allSatisfy {
            $0 != "/" && $0.properties.generalCategory != .control
        }
        return isPlain ? nil : phrase("a name must have no slash and no control characters")
    }

    /// A name made of a question.
    static func suggested(for question: String) -> String {
        var name = ""
        for character in question {
            let isPlain = character != "/" && !character.isNewline && character != "\t"
            let next = isPlain ? character : " "
            if name.utf8.count + next.utf8.count > 48 { break }
            if next == " ", name.isEmpty || name.hasSuffix(" ") { continue }
            if next == ".", name.isEmpty { continue }
            name.append(next)
        }
        while name.hasSuffix(" ") { name.removeLast() }
        return problem(name) == nil ? name : ""
    }
}
