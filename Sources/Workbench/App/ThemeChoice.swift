// Which themes the interface has and which comes first: the built-in ones, and a file of the user's.
// It does not know how many colours the terminal shows.

import Foundation
import Kernel
import Panels

/// The themes of a session, the chosen one first.
enum ThemeChoice {
    /// Longer files are no themes.
    private static let bytesMax = 65_536

    /// `choice` is the name of a built-in theme or the path of a file; nil and empty choose nothing.
    /// Roles that a file leaves out look as in the theme `default`.
    static func themes(_ choice: String?) throws(KernelError) -> [Theme] {
        guard let choice, !choice.isEmpty else { return Theme.builtin }
        if let chosen = Theme.builtin.first(where: { $0.name == choice }) {
            return [chosen] + Theme.builtin.filter { $0.name != choice }
        }
        return [try theme(fromFile: choice)] + Theme.builtin
    }

    private static func theme(fromFile path: String) throws(KernelError) -> Theme {
        let names = Theme.builtin.map(\.name).joined(separator: ", ")
        let hint = "Built in are \(names); files are written like those in themes/."
        var name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        // Two themes of one name could not be told apart when F2 goes through them.
        if Theme.builtin.contains(where: { $0.name == name }) { name += " (file)" }
        let bytes: [UInt8]
        do throws(KernelError) {
            bytes = try BoundedFile.read(path, limit: bytesMax)
        } catch {
            var error = error
            error.what = "cannot read the theme: " + error.what
            error.hint = hint
            throw error
        }
        do throws(ThemeFile.Invalid) {
            return try ThemeFile.parse(
                String(decoding: bytes, as: UTF8.self), name: name, base: .standard)
        } catch {
            throw KernelError(
                .configuration, "cannot read the theme", at: path, because: error.description,
                hint: hint)
        }
    }
}
