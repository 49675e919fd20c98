// Completes typed paths as a shell does: the names of one folder that begin with what was typed. Only
// names are read, within a bound; nothing is opened.

import Foundation

/// Finds what a path could become.
enum PathCompletion {
    /// Entries of a folder that are looked at.
    private static let entriesMax = 20_000
    /// Names that are listed.
    private static let namesMax = 24

    static func answer(_ question: PathQuestion) -> PathAnswer {
        let text = question.text
        if text == "~" {
            return PathAnswer(question: question, completed: "~/", names: ["~/"], count: 1)
        }
        let cut = text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex
        let (head, start) = (String(text[..<cut]), String(text[cut...]))
        let folder = head.isEmpty ? "." : HomePath.expanded(head)
        let names = entries(in: folder).filter { $0.hasPrefix(start) }
            .filter { !$0.hasPrefix(".") || start.hasPrefix(".") }
            .compactMap { name -> String? in
                if isFolder("\(folder)/\(name)") { return name + "/" }
                let fits =
                    question.endings.isEmpty || question.endings.contains { name.hasSuffix($0) }
                return fits ? name : nil
            }.sorted()
        let common = names.dropFirst().reduce(names.first ?? start) {
            $0.commonPrefix(with: $1)
        }
        return PathAnswer(
            question: question, completed: head + common,
            names: Array(names.prefix(namesMax)), count: names.count)
    }

    private static func entries(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < entriesMax, let entry = readdir(stream) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
