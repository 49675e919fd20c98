// Numbers as people read them, at the borders between units.

import Testing

@testable import Workbench

@Suite struct FiguresTests {
    @Test func countsAreGrouped() {
        #expect(Figures.count(0) == "0")
        #expect(Figures.count(999) == "999")
        #expect(Figures.count(49_152) == "49 152")
        #expect(Figures.count(-1_000_000) == "-1 000 000")
        #expect(Figures.count(.min) == "-9 223 372 036 854 775 808")
    }

    @Test func sizesKeepThreeDigits() {
        #expect(Figures.bytes(0) == "0 B")
        #expect(Figures.bytes(1023) == "1023 B")
        #expect(Figures.bytes(1024) == "1.00 KiB")
        #expect(Figures.bytes(98_566_144) == "94.0 MiB")
        #expect(Figures.bytes((1 << 30) - 1) == "1.00 GiB")
        #expect(Figures.short(134_515_008) == "135M")
        #expect(Figures.short(1_720_574_976) == "1.72G")
        #expect(Figures.short(999) == "999")
        #expect(Figures.short(999_999) == "1.00M")
    }

    @Test func sharesNeverDivideByZero() {
        #expect(Figures.percent(1, of: 0) == "0 %")
        #expect(Figures.percent(212, of: 455) == "46.6 %")
        #expect(Figures.percent(1, of: 2) == "50 %")
    }

    @Test func settingsReadBack() {
        for value in [5e-5, 2e-4, 1e-9, 0, 3, 0.1, -2.5, 1e15, 1.0 / 3e4, -1.25e-7, 2.5e-300] {
            #expect(Double(Figures.setting(value)) == value)
            #expect(SettingNumber.parse(Figures.setting(value)) == value)
        }
        let spellings: [(Double, String)] = [
            (3, "3"), (0.05, "0.05"), (0.001, "0.001"), (1.5e-4, "1.5e-4"), (2e-4, "2e-4"),
            (6.25e-5, "6.25e-5"), (-1e-8, "-1e-8"), (1e12, "1e12"),
        ]
        for (value, text) in spellings { #expect(Figures.setting(value) == text) }
    }
}
