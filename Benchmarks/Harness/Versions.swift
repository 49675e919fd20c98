// Which peers stood beside the program: names and versions, as their packages tell them.

import Foundation

/// Version by name; empty without peers.
struct Versions: Encodable, Equatable {
    private(set) var byName: [String: String] = [:]

    private static let packages = [
        "torch", "transformers", "peft", "bitsandbytes", "llama_cpp_python",
    ]

    /// Asks the packages of the peers' Python, without importing them.
    init(_ setup: Setup) {
        let program = """
            import importlib.metadata as m, json, sys
            def version(name):
                try: return m.version(name)
                except m.PackageNotFoundError: return None
            print(json.dumps({n: version(n) for n in sys.argv[1:] if version(n)}))
            """
        let command = Command(
            program: setup.peers.python, arguments: ["-c", program] + Self.packages,
            environment: ["PYTHONPATH": setup.peers.bitsAndBytes])
        guard FileManager.default.isExecutableFile(atPath: setup.peers.python),
            let outcome = try? setup.run(command, timeout: 60),
            let versions = try? outcome.object() as? [String: String]
        else { return }
        byName = versions
    }

    /// "peft 0.21.2, torch 2.13.0"; llama.cpp is the one inside its Python package.
    var text: String {
        guard !byName.isEmpty else { return "not installed" }
        return byName.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }

    func encode(to encoder: any Encoder) throws { try byName.encode(to: encoder) }
}
