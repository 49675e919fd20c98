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
        let texts = [
            BuiltinThemes.defaultText, BuiltinThemes.darkText, BuiltinThemes.lightText,
            BuiltinThemes.contrastText, BuiltinThemes.deuteranopiaText,
            BuiltinThemes.tritanopiaText, BuiltinThemes.duskText, BuiltinThemes.monoText,
        ]
        #expect(texts.count == Theme.builtin.count)
        for text in texts {
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

    /// Text on the theme's own background has a contrast of 4.5 or more, as WCAG asks of small text.
    @Test(arguments: [Theme.light, .contrast, .deuteranopia, .tritanopia, .dusk])
    func textIsReadable(theme: Theme) throws {
        guard case .rgb = theme[.text].background else {
            Issue.record("\(theme.name) leaves the background to the terminal")
            return
        }
        let frame = theme.frame(Size(1, 1))
        for role in Role.allCases where ![.plotRaw, .gridline, .border].contains(role) {
            var shown = frame
            shown.put("x", at: Point(0, 0), style: theme[role])
            let style = shown[0, 0].style
            let ratio = Self.contrast(style.foreground, style.background)
            #expect(ratio >= 4.5, "\(theme.name) \(role): \(ratio)")
        }
    }

    /// What went well, badly and in between differs in brightness or hue for the eyes it is made for.
    @Test(arguments: [(Theme.deuteranopia, 1), (.tritanopia, 2)])
    func meaningsDifferWithoutSomeColours(theme: Theme, missing: Int) {
        let seen = [Role.success, .warning, .error].map { role -> [Double] in
            var channels = Self.channels(theme[role].foreground)
            // The two channels that such eyes confuse are seen as their mean.
            let pair = missing == 1 ? (0, 1) : (1, 2)
            let mean = (channels[pair.0] + channels[pair.1]) / 2
            (channels[pair.0], channels[pair.1]) = (mean, mean)
            return channels
        }
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let distance = zip(seen[one], seen[other]).reduce(0) { $0 + abs($1.0 - $1.1) }
            #expect(distance > 0.2, "\(theme.name) \(one) \(other): \(distance)")
        }
    }

    private static func channels(_ color: Color) -> [Double] {
        guard case .rgb(let red, let green, let blue) = color else { return [0, 0, 0] }
        return [red, green, blue].map { Double($0) / 255 }
    }

    private static func contrast(_ one: Color, _ other: Color) -> Double {
        let light = [one, other].map { color in
            let linear = channels(color).map {
                $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05
        }.sorted()
        return light[1] / light[0]
    }
}
