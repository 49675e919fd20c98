// The small JSON files of results, and all_results.json, which several commands add to. What another one
// wrote there is never lost because it could not be read once.

import Foundation

/// Writes files of results.
enum ResultFile {
    static let allName = "all_results.json"

    /// Writes an object as transformers does: four spaces, keys in order.
    static func write(_ values: JSONObject, as name: String, to folder: String) throws(KernelError)
    {
        let text = JSONValue.object(values).text(JSONStyle(indent: 4, sortsKeys: true)) + "\n"
        try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(name)")
    }

    /// Writes a file of results of its own, and the same numbers among those of all_results.json. Returns
    /// what the user should know.
    static func add(
        _ values: JSONObject, as name: String, to folder: String
    ) throws(KernelError) -> [Sentence] {
        try write(values, as: name, to: folder)
        return try addToAll(values, in: folder)
    }

    /// Puts numbers among those of all_results.json, as transformers does. Returns what the user should know.
    static func addToAll(
        _ values: JSONObject, in folder: String
    ) throws(KernelError) -> [Sentence] {
        let path = "\(folder)/\(allName)"
        var notes: [Sentence] = []
        var all = JSONObject()
        do throws(KernelError) {
            let json = try JSONValue(contentsOf: path)
            guard let object = json.object else {
                throw KernelError(.badData, "expected an object", at: path)
            }
            all = object
        } catch  where error.kind == .missingInput {
        } catch  where error.kind == .badData {
            let aside = try setAside(path)
            notes.append(
                "\(path) was damaged: it is kept as \(aside.lastPathPart), and a new one was begun. "
                    + "\(error.why ?? error.what)")
        }
        for (key, value) in values { all[key] = value }
        try write(all, as: allName, to: folder)
        return notes
    }

    /// Gives a damaged file a name of its own.
    private static func setAside(_ path: String) throws(KernelError) -> String {
        var aside = path + ".damaged"
        var number = 2
        while try DiskCalls.isThere(aside) {
            aside = "\(path).damaged-\(number)"
            number += 1
        }
        guard DiskCalls.repeating({ DiskCalls.current.rename(path, aside) }) == 0 else {
            throw KernelError.system("cannot set the damaged file aside", path: path, code: errno)
        }
        return aside
    }
}
