// The last line: what is essential stays in sight at every width that holds it, the others go from the
// last on, and none is cut.

import Testing

@testable import Panels

@Suite struct StatusBarTests {
    private static let hints = [
        KeyHint(keys: ["Enter"], help: "edit"), KeyHint(keys: ["d"], help: "default"),
        KeyHint(keys: ["x"], help: "hidden", disabledReason: "not now"),
        KeyHint(keys: ["s"], help: "save as YAML"),
        KeyHint(keys: ["?"], help: "help", isEssential: true),
        KeyHint(keys: ["v"], help: "v"),
        KeyHint(keys: ["q"], help: "quit", isEssential: true),
    ]

    private func row(_ hints: [KeyHint] = hints, width: Int, status: String = "") -> String {
        var frame = Frame(size: Size(width, 1))
        let shown = status.isEmpty ? StyledLine([]) : StyledLine(DisplayText(status), .plain)
        StatusBar(status: shown, hints: hints)
            .render(in: frame.area, on: &frame, theme: .mono)
        return frame.text(ofRow: 0).trimmingPrefix { $0 == " " }.description
    }

    @Test func allHintsStandInTheirOrderWhereThereIsRoom() {
        // One column in front: 10 + 9 + 14 + 6 + 3 + 6 columns and five gaps of two.
        let all = "Enter edit  d default  s save as YAML  ? help  v v  q quit"
        #expect(row(width: 59) == all)
        #expect(row(width: 120) == all)
    }

    @Test func theLastOfTheOthersGoFirst() {
        #expect(row(width: 58) == "Enter edit  d default  s save as YAML  ? help  q quit")
        // The short hint behind the one that does not fit is less important than that.
        #expect(row(width: 53) == "Enter edit  d default  ? help  q quit")
        #expect(row(width: 15) == "? help  q quit")
    }

    @Test func nothingIsCut() {
        for width in 1...70 {
            let text = row(width: width)
            let parts = text.split(separator: "  ")
            #expect(
                parts.allSatisfy { part in
                    Self.hints.contains { "\($0.keys[0]) \($0.help)" == part }
                })
            #expect(width < 15 || text.contains("? help") && text.hasSuffix("q quit"), "\(width)")
        }
    }

    @Test func aStatusInTheSameRowComesFirst() {
        let text = row(width: 41, status: "step 731/1782")
        #expect(text == "step 731/1782  Enter edit  ? help  q quit")
    }
}
