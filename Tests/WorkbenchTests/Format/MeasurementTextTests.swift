// Spellings of measurements: units change where they should, and what is no number says so.

import Kernel
import Testing

@testable import Workbench

@Suite struct MeasurementTextTests {
    @Test(
        arguments: [
            (0, "0 s"), (42.4, "42 s"), (59.6, "1m00s"), (641, "10m41s"), (7380, "2h03m"),
            (273_600, "3d04h"), (.nan, "—"), (-1, "—"), (.infinity, "—"),
        ] as [(Double, String)])
    func duration(seconds: Double, text: String) { #expect(NumberText.duration(seconds) == text) }

    @Test(
        arguments: [(42, "0:42"), (723.9, "12:03"), (3723, "1:02:03"), (.nan, "—")]
            as [(Double, String)])
    func clock(seconds: Double, text: String) { #expect(NumberText.clock(seconds) == text) }

    @Test(
        arguments: [
            (1.5e-4, "1.5e-4"), (0, "0"), (0.79, "0.79"), (12.345, "12.3"), (2e6, "2.0e6"),
            (.nan, "NaN"),
            (-.infinity, "-inf"),
        ] as [(Double, String)])
    func number(value: Double, text: String) { #expect(NumberText.number(value) == text) }

    @Test func rates() {
        #expect(NumberText.rate(41.24) == "41.2" && NumberText.rate(11_884) == "11.9k")
        #expect(NumberText.rate(.infinity) == "—" && NumberText.latency(0.0921) == "92 ms")
        #expect(NumberText.latency(1.44) == "1.4 s" && NumberText.loss(1.17404) == "1.1740")
    }
}
