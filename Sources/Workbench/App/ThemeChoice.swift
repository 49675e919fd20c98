// Which themes the interface has and which comes first: the built-in ones, and a file of the user's.
// It does not know how many colours the terminal shows.

import Foundation
import Kernel
import Panels

/// The themes of a session, the chosen one first.
enum ThemeChoice {
    /// Longer files are no themes.
    private static let bytesMax = 65_536

    /// The word that lets the terminal's background choose.
    static let automatic = "auto"

    /// The theme for a light or a dark background.
    static func automaticName(isLight: Bool) -> String { isLight ? "light" : "default" }

    /// Whether a choice leaves the theme to the terminal's background.
    static func isAutomatic(_ choice: String?) -> Bool {
        choice.map { $0.isEmpty || $0 == automatic } ?? true
    }

    /// The theme to begin with: by `COLORFGBG` until the terminal answers. It names the colours of
    /// text and background by number, the background last; 7 and those from 9 on are light.
    static func automaticName(environment: [String: String]) -> String {
        let last = environment["COLORFGBG"]?.split(separator: ";").last.flatMap { Int($0) }
        return automaticName(isLight: last.map { $0 == 7 || (9...15).contains($0) } ?? false)
    }

    /// `choice` is a name or the path of a file; nil, empty and `auto` choose nothing. `own` are the
    /// themes of the user's folder. Roles that a file leaves out look as in the theme `default`.
    static func themes(
        _ choice: String?, own: [Theme] = []
    ) throws(KernelError) -> [Theme] {
        let all = Theme.builtin + own
        guard let choice, !isAutomatic(choice) else { return all }
        if let chosen = all.first(where: { $0.name == choice }) {
            return [chosen] + all.filter { $0.name != choice }
        }
        return [try theme(fromFile: HomePath.expanded(choice))] + all
    }

    /// The themes of a folder by their names; those that cannot be read are reported apart.
    static func own(in folder: String) -> (themes: [Theme], faults: [KernelError]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var themes: [Theme] = []
        var faults: [KernelError] = []
        for name in names.sorted().prefix(200) where name.hasSuffix(".theme") {
            do throws(KernelError) {
                themes.append(try theme(fromFile: folder + "/" + name))
            } catch {
                faults.append(error)
            }
        }
        return (themes, faults)
    }

    /// What a built-in theme is for; empty for others.
    static func summary(_ name: String) -> String {
        switch name {
        case "default": tr("the terminal's own colours")
        case "dark": tr("calm, for dark terminals")
        case "light": tr("dark ink on paper")
        case "contrast": tr("the strongest contrasts")
        case "deuteranopia": tr("blue and orange")
        case "tritanopia": tr("teal and red")
        case "dusk": tr("warm and low, for dark rooms")
        case "mono": tr("no colours")
        default: ""
        }
    }

    private static func theme(fromFile path: String) throws(KernelError) -> Theme {
        let names = Theme.builtin.map(\.name).joined(separator: ", ")
        let hint: Sentence = "Built in are \(names); files are written like those in themes/."
        var name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        // Two themes of one name could not be told apart when F2 goes through them.
        if Theme.builtin.contains(where: { $0.name == name }) { name += " (file)" }
        let bytes: [UInt8]
        do throws(KernelError) {
            bytes = try BoundedFile.read(path, limit: bytesMax)
        } catch {
            var error = error
            error.what = "cannot read the theme: \(error.what)"
            error.hint = hint
            throw error
        }
        do throws(ThemeFile.Invalid) {
            return try ThemeFile.parse(
                String(decoding: bytes, as: UTF8.self), name: name, base: .standard)
        } catch {
            throw KernelError(
                .configuration, "cannot read the theme", at: path,
                because: Sentence(verbatim: error.description),
                hint: hint)
        }
    }
}
