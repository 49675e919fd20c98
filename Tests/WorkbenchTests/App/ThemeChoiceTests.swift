// Which theme comes first, by name and by file, and what is said of files that are none.

import Foundation
import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct ThemeChoiceTests {
    @Test func namesPutABuiltInThemeFirst() throws {
        #expect(try ThemeChoice.themes(nil) == Theme.builtin)
        #expect(try ThemeChoice.themes("") == Theme.builtin)
        #expect(
            try ThemeChoice.themes("mono").map(\.name) == ["mono"]
                + Theme.builtin.map(\.name).dropLast())
    }

    @Test func filesAddATheme() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "dark.theme").path
        try Data("accent = 0xFF0000 bold\n".utf8).write(to: URL(fileURLWithPath: path))
        let themes = try ThemeChoice.themes(path)
        #expect(themes.map(\.name) == ["dark (file)"] + Theme.builtin.map(\.name))
        #expect(themes[0][.accent].foreground == .rgb(255, 0, 0))
        #expect(themes[0][.dim] == Theme.standard[.dim])
    }

    @Test func faultsNameTheLineAndTheBuiltInThemes() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "bad.theme").path
        try Data("text = default\nacent = red\n".utf8).write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: KernelError.self) { try ThemeChoice.themes(path) }
        #expect(error.kind == .configuration && error.place == path)
        #expect(error.why?.description.hasPrefix("line 2: ") == true)
        let missing = try #require(throws: KernelError.self) { try ThemeChoice.themes("drak") }
        #expect(missing.kind == .missingInput)
        #expect(missing.hint?.description.contains("default, dark, light") == true)
    }

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
