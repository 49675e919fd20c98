// Changes one key of the settings file and leaves everything else, comments included, as the user
// wrote it. The result is read before it is written: a file that cannot be changed this way is refused.

import Foundation
import Kernel

extension SettingsFile {
    /// Puts a key with a value into the file, which may be missing.
    static func keep(_ key: String, _ value: String, path: String) throws(KernelError) {
        var text = ""
        do throws(KernelError) {
            text = String(decoding: try BoundedFile.read(path, limit: 1 << 20), as: UTF8.self)
        } catch {
            guard error.kind == .missingInput else { throw error }
        }
        let changed = setting(key, to: value, in: text)
        let document = try SettingDocument(text: changed, name: path)
        let kept = document.entries.last { $0.key == key }?.node.content
        guard kept == .scalar(value) else {
            throw KernelError(
                .configuration, "cannot change the settings file", at: path,
                because: "it has no plain line for \(key)",
                hint: "Write \(key): \(value) into it.")
        }
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw KernelError(
                .inputOutput, "cannot make the folder of the settings file", at: folder,
                because: "\(error.localizedDescription)")
        }
        // A link stays a link: its target is changed.
        try AtomicFile.write(
            Array(changed.utf8), to: (path as NSString).resolvingSymlinksInPath)
    }

    /// The text with the key's line changed, or with one more line.
    static func setting(_ key: String, to value: String, in text: String) -> String {
        let line = "\(key): \(quoted(value))"
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let index = lines.lastIndex(where: { $0.hasPrefix("\(key):") }) {
            lines[index] = line
            return lines.joined(separator: "\n")
        }
        let start = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
        return start + line + "\n"
    }

    /// Plain where YAML would read a word, else between double quotes.
    private static func quoted(_ value: String) -> String {
        let isWord =
            value.first?.isLetter == true && value.allSatisfy { $0.isLetter || "-_".contains($0) }
        // These words are switches in YAML.
        let isSwitch = ["on", "off", "yes", "no", "true", "false", "null"].contains(
            value.lowercased())
        if isWord, !isSwitch { return value }
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}
