// The prompts of sample_prompts in the forms in which people give them: a list in a file, lines of a form or
// of the command line. Commas belong to the prompts here.

import Kernel

/// Reads and shows sample prompts.
enum SamplePrompts {
    /// Takes a list of texts, or a text with a prompt on each line.
    static func read(_ node: SettingNode) throws(SettingMismatch) -> [String] {
        switch node.content {
        case .null: return []
        case .list(let nodes):
            var prompts: [String] = []
            for item in nodes { prompts.append(try String(setting: item)) }
            return prompts
        case .scalar(let text): return lines(text)
        case .mapping:
            throw SettingMismatch(expected: "a list of texts, or one text a line", found: node)
        }
    }

    /// The lines of a text that hold something, without blanks around them.
    static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map {
            String(
                $0.trimmingPrefix(while: \.isWhitespace).reversed()
                    .trimmingPrefix(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }
}
