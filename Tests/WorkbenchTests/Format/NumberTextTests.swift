// Numbers as people read them, at the borders between units.

import Testing

@testable import Workbench

@Suite struct NumberTextTests {
    @Test func countsAreGrouped() {
        #expect(NumberText.count(0) == "0")
        #expect(NumberText.count(999) == "999")
        #expect(NumberText.count(49_152) == "49 152")
        #expect(NumberText.count(-1_000_000) == "-1 000 000")
        #expect(NumberText.count(.min) == "-9 223 372 036 854 775 808")
    }

    @Test func sizesKeepThreeDigits() {
        #expect(NumberText.bytes(0) == "0 B")
        #expect(NumberText.bytes(1023) == "1023 B")
        #expect(NumberText.bytes(1024) == "1.00 KiB")
        #expect(NumberText.bytes(98_566_144) == "94.0 MiB")
        #expect(NumberText.bytes((1 << 30) - 1) == "1.00 GiB")
        #expect(NumberText.short(134_515_008) == "135M")
        #expect(NumberText.short(1_720_574_976) == "1.72G")
        #expect(NumberText.short(999) == "999")
        #expect(NumberText.short(999_999) == "1.00M")
    }

    @Test func sharesNeverDivideByZero() {
        #expect(NumberText.percent(1, of: 0) == "0 %")
        #expect(NumberText.percent(212, of: 455) == "46.6 %")
        #expect(NumberText.percent(1, of: 2) == "50 %")
    }

    @Test func settingsReadBack() {
        for value in [5e-5, 2e-4, 1e-9, 0, 3, 0.1, -2.5, 1e15, 1.0 / 3e4, -1.25e-7, 2.5e-300] {
            #expect(Double(NumberText.setting(value)) == value)
            #expect(SettingNumber.parse(NumberText.setting(value)) == value)
        }
        let spellings: [(Double, String)] = [
            (3, "3"), (0.05, "0.05"), (0.001, "0.001"), (1.5e-4, "1.5e-4"), (2e-4, "2e-4"),
            (6.25e-5, "6.25e-5"), (-1e-8, "-1e-8"), (1e12, "1e12"),
        ]
        for (value, text) in spellings { #expect(NumberText.setting(value) == text) }
    }
}
