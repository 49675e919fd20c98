// Themes parse or say where they do not; meanings survive the loss of colours.

import Foundation
import Testing

@testable import Panels

@Suite struct ThemeTests {
    @Test func parsesStyles() throws {
        let theme = try ThemeFile.parse(
            "# a comment\n\naccent = cyan on 0x102030 bold underline # behind\ndim=240\n", name: "t"
        )
        #expect(
            theme[.accent] == Style(.indexed(6), on: .rgb(16, 32, 48), [.bold, .underline]))
        #expect(theme[.dim] == Style(.indexed(240)))
        #expect(theme[.error] == theme[.text])
    }

    @Test(arguments: [
        ("accent cyan", 1, "expected"), ("\nnope = red", 2, "unknown role"),
        ("dim = blurple", 1, "no colour"), ("dim = red green", 1, "second foreground"),
        ("dim = red on", 1, "needs a colour"), ("dim = 256", 1, "no colour"),
        ("dim = red\ndim = blue", 2, "already set in line 1"), ("dim = 0x12345", 1, "no colour"),
    ])
    func reportsMistakes(text: String, line: Int, words: String) {
        do throws(ThemeFile.Invalid) {
            _ = try ThemeFile.parse(text, name: "bad")
            Issue.record("accepted \(text)")
        } catch {
            #expect(error.issues.map(\.line) == [line])
            #expect(error.description.contains(words))
        }
    }

    @Test func reportsAllMistakes() {
        #expect {
            try ThemeFile.parse("a = 1\nb = 2\ntext = default", name: "bad")
        } throws: { ($0 as? ThemeFile.Invalid)?.issues.map(\.line) == [1, 2] }
    }

    @Test func filesEqualWhatIsCompiledIn() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../themes").standardizedFileURL
        for theme in Theme.builtin {
            let data = try Data(contentsOf: folder.appendingPathComponent(theme.name + ".theme"))
            let parsed = try ThemeFile.parse(
                String(decoding: data, as: UTF8.self), name: theme.name)
            #expect(parsed == theme)
        }
    }

    @Test func builtinThemesNameEveryRole() {
        for text in [BuiltinThemes.defaultText, BuiltinThemes.darkText, BuiltinThemes.monoText] {
            for role in Role.allCases { #expect(text.contains("\n\(role.rawValue) = ")) }
        }
    }

    @Test(arguments: Theme.builtin)
    func meaningsSurviveWithoutColours(theme: Theme) {
        let plain = theme.adapted(to: .monochrome)
        for role in Role.allCases {
            #expect(plain[role].foreground == .standard)
            #expect(plain[role].background == .standard)
        }
        for role: Role in [.selection, .activeTab, .error, .key, .trained] {
            #expect(plain[role] != plain[.text], "\(role) looks like text")
        }
    }

    @Test func coloursFindTheirNearest() {
        #expect(Color.rgb(255, 0, 0).adapted(to: .palette) == .indexed(196))
        #expect(Color.rgb(128, 128, 128).adapted(to: .palette) == .indexed(244))
        #expect(Color.rgb(250, 5, 5).adapted(to: .sixteen) == .indexed(9))
        #expect(Color.indexed(196).adapted(to: .sixteen) == .indexed(9))
        #expect(Color.indexed(3).adapted(to: .sixteen) == .indexed(3))
        #expect(Color.standard.adapted(to: .monochrome) == .standard)
    }
}
