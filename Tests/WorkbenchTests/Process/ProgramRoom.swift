// A folder of its own with a tiny model and data, in which the built program runs under a shell's words: limits,
// redirections and signals are the shell's, as they are for people and batch systems.

import Foundation
import TestSupport
import Testing

@testable import Workbench

/// Runs the program in a folder that is removed at the end.
final class ProgramRoom {
    let root = "/tmp/program-\(UUID().uuidString.prefix(8))"

    /// How a command ended: its exit code (128 + n after signal n), and what it said.
    struct Ending {
        var code: Int32
        var out: String
        var err: String
        var isLate = false
    }

    init() throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// A model folder `m` and a data set `d.json`; the words of a small training on them.
    func training(_ more: String = "") throws -> String {
        try TinyModels.make(in: "\(root)/m")
        let record = #"{"instruction": "Say it.", "output": "It is said."}"#
        try Data("[\((0..<8).map { _ in record }.joined(separator: ","))]".utf8)
            .write(to: URL(fileURLWithPath: "\(root)/d.json"))
        return
            "train --threads 1 model_name_or_path=m dataset=\(root)/d.json template=chatml stage=sft "
            + "finetuning_type=lora lora_rank=2 cutoff_len=64 per_device_train_batch_size=2 "
            + "logging_steps=1 output_dir=out report_to=none " + more
    }

    /// Runs a line of bash in the folder; `$wb` is the program. It is killed after `seconds`.
    func run(
        _ line: String, seconds: Int = 120, _ environment: [String: String?] = [:]
    ) throws -> Ending {
        let names = (out: "\(root)/.out", err: "\(root)/.err")
        var variables = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": root, "LC_ALL": "C.UTF-8",
            "wb": TerminalRoom.program,
        ]
        for (name, value) in environment { variables[name] = value }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, name) in [(Int32(1), names.out), (2, names.err)] {
            posix_spawn_file_actions_addopen(
                &actions, descriptor, name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        // Threads of a pool block signals; a person's shell does not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let script = "cd '\(root)' || exit 99\n\(line)"
        let words = ["timeout", "-k", "2", "\(seconds)", "bash", "--norc", "-c", script]
        var arguments = words.map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var child: pid_t = 0
        let fault = posix_spawnp(&child, "timeout", &actions, &attributes, &arguments, &settings)
        try #require(fault == 0)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
        func text(_ name: String) -> String {
            String(decoding: FileManager.default.contents(atPath: name) ?? Data(), as: UTF8.self)
        }
        return Ending(
            code: code, out: text(names.out), err: text(names.err), isLate: code == 124)
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(root)/\(path)")
    }
}
