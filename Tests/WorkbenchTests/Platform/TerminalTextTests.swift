// What reaches a terminal of the program's own: JSON without control characters, usage errors, and text for
// terminals of other encodings than UTF-8.

import ArgumentParser
import Foundation
import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct TerminalTextTests {
    /// Controls of both kinds, DEL, bidirectional overrides, tags, separators, a zero width joiner.
    private static let hostile =
        "a\u{1B}]0;X\u{7}\u{7F}\u{80}\u{9B}31m\u{9F}\u{AD}\u{61C}\u{200D}\u{202E}\u{2028}\u{2029}"
        + "\u{2066}\u{FEFF}\u{E0001}\u{E0041}\u{E007F}z"

    private static func leaks(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { TerminalText.isHidden($0) && $0 != "\n" }
    }

    @Test func printedJSONHasNoControlsAndIsTheSameJSON() throws {
        let value: JSONValue = [
            "na\u{9B}me": .string(Self.hostile), "text": "你好 😀 é", "list": [1, "\u{202E}"],
        ]
        let line = value.line
        #expect(Self.leaks(line).isEmpty && line.contains("\\u009b") && line.contains("你好 😀"))
        #expect(try JSONValue(parsing: line, source: "the line") == value)
        let report = ErrorReport.json(
            KernelError(.badData, "what \(Self.hostile)", at: Self.hostile, because: "\u{9B}"))
        #expect(Self.leaks(report).isEmpty)
        let object = try JSONValue(parsing: report, source: "the report")
        #expect(object["error"]?["where"]?.string == Self.hostile)
        // A million scalars of every kind.
        var random = SplitMix(state: 35)
        for _ in 0..<1000 {
            var text = ""
            for _ in 0..<1000 {
                let value = UInt32.random(in: 0...0x2FFF, using: &random)
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
            let line = JSONValue.string(text).line
            guard Self.leaks(line).isEmpty,
                try JSONValue(parsing: line, source: "the line").string == text
            else {
                Issue.record("\(text.debugDescription)")
                return
            }
        }
    }

    @Test func noCommandsUsageErrorReachesTheTerminalRaw() throws {
        let program = TerminalRoom.program
        let commands = try CommandTree.program().all.dropFirst()
            .filter { $0.subcommands.isEmpty && $0.path.last != "help" }
        #expect(commands.count >= 16)
        for path in [[]] + commands.map({ Array($0.path.dropFirst()) }) {
            for words in [
                ["--\(Self.hostile)"], ["--threads", Self.hostile], [Self.hostile, "-x"],
            ] {
                let process = Process()
                let (out, fault) = (Pipe(), Pipe())
                process.executableURL = URL(fileURLWithPath: program)
                process.arguments = path + words
                process.standardInput = FileHandle.nullDevice
                (process.standardOutput, process.standardError) = (out, fault)
                process.environment = ["HOME": "/nonexistent", "PATH": "/usr/bin:/bin"]
                try process.run()
                let told =
                    fault.fileHandleForReading.readDataToEndOfFile()
                    + out.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                let text = String(decoding: told, as: UTF8.self)
                #expect(process.terminationStatus != 0, "\(path) \(words.count)")
                #expect(
                    !text.isEmpty && Self.leaks(text).isEmpty, "\(path) \(text.debugDescription)")
            }
        }
    }

    @Test(arguments: [
        ([:], true), (["LANG": ""], true), (["LANG": "C"], false), (["LC_ALL": "POSIX"], false),
        (["LANG": "zh_CN.GBK"], false), (["LANG": "zh_CN.UTF-8"], true),
        (["LC_ALL": "C.utf8", "LANG": "C"], true), (["LC_CTYPE": "ja_JP.eucJP"], false),
        (["LANG": "de_DE@euro"], false), (["LANG": "zh_TW.Big5"], false),
        (["LC_ALL": "en_US.ISO-8859-1", "LANG": "en_US.UTF-8"], false),
        (["LANG": "nowhere_NO"], true),
    ])
    func theLocaleSaysWhatATerminalShows(environment: [String: String], isUTF8: Bool) {
        let locale = TerminalLocale(environment: environment)
        #expect((locale == .utf8) == isUTF8)
        // A terminal of another encoding is not drawn on in UTF-8.
        if !isUTF8 { #expect(!CursesTerminal.showsUTF8(environment)) }
    }

    @Test func otherTerminalsGetASCII() {
        let text = "run … 你 ×\u{1B}[0m\n"
        #expect(TerminalLocale.utf8.shown(text) == text)
        let shown = TerminalLocale.ascii.shown(text)
        #expect(shown == "run . \\u{4F60} x\u{1B}[0m\n")
        #expect(shown.utf8.allSatisfy { $0 < 0x80 })
    }
}
