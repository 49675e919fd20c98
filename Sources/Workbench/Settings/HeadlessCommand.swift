// A plan as a command line: with a file, or with every setting as a word of its own. `workbench train` reads
// back the same plan.

import Kernel

/// The command that does the same run without the interface.
enum HeadlessCommand {
    /// Trains by a file.
    static func line(file: String) -> String { "workbench train " + quoted(file) }

    /// Trains without a file.
    static func line(for plan: TrainingPlan) -> String {
        (["workbench", "train"] + words(for: plan)).map(quoted).joined(separator: " ")
    }

    /// The settings of a plan as `key=value`: those that a written file has, without empty ones.
    static func words(for plan: TrainingPlan) -> [String] {
        let table = TrainingKeys.table
        return table.sections.flatMap(\.rows).compactMap { row in
            guard case .honoured(_, let text) = row.meaning, !row.isAlias else { return nil }
            let value = text(plan)
            guard value != text(table.blank) || row.isRequired, value != "\"\"" else { return nil }
            return "\(row.name)=\(value)"
        }
    }

    /// A word as a shell takes it.
    static func quoted(_ word: String) -> String {
        let plain = "/._-+=,:@%~"
        let isPlain = word.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                || plain.unicodeScalars.contains($0)
        }
        // A tilde inside quotes stays a tilde; the program spells it out itself.
        if isPlain, !word.isEmpty { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
