// The interface of the measured program in a terminal of its own, with a home of its own that has the
// sample model and nothing else to find.

import Foundation

/// Opens the interface.
enum InterfaceScreen {
    /// What the first frame shows from its top to its bottom row.
    static let firstFrame = [
        "1 Model", "2 Dataset", "3 Params", "4 Train", "5 Chat", "6 Export", "quit",
    ]

    static func open(_ setup: Setup, _ arguments: [String]) throws -> PseudoTerminal {
        let home = setup.scratch.file("home")
        let models = "\(home)/.local/share/workbench/models"
        try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
        let target = URL(fileURLWithPath: setup.options.model)
        let link = "\(models)/\(target.lastPathComponent)"
        if !FileManager.default.fileExists(atPath: link) {
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: target.path)
        }
        var environment = ["HOME": home, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]
        for (name, folder) in [
            ("DATA", ".local/share"), ("CONFIG", ".config"), ("CACHE", ".cache"),
            ("STATE", ".local/state"),
        ] {
            environment["XDG_\(name)_HOME"] = "\(home)/\(folder)"
        }
        return try PseudoTerminal(
            Command(
                program: setup.options.program, arguments: ["ui", "--new"] + arguments,
                environment: environment))
    }
}
