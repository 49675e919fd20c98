// A question with a field: what its keys do, what it says about a wrong answer, how it looks.

import Testing

@testable import Panels

@Suite struct InputDialogTests {
    private let dialog = InputDialog(
        title: "Learning rate", lines: ["A number is the new peak."], placeholder: "1e-4")

    @Test func textIsTypedAndAccepted() {
        var dialog = dialog
        for letter in "2e-x" { #expect(dialog.handle(.character(letter)) == .open) }
        #expect(dialog.handle(.enter) == .accepted("2e-x"))
        dialog.problem = "No number."
        #expect(dialog.handle(.backspace) == .open && dialog.problem == nil)
        #expect(dialog.handle(.character("5")) == .open && dialog.text == "2e-5")
        #expect(dialog.handle(.escape) == .cancelled && dialog.handle(.control("c")) == .cancelled)
    }

    @Test func everySizeDraws() {
        var dialog = dialog
        dialog.problem = "No number."
        for width in [0, 1, 5, 20, 44, 80] {
            for height in [0, 1, 3, 5, 24] {
                var frame = Frame(size: Size(width, height))
                dialog.render(in: frame.area, on: &frame, theme: .standard)
                #expect(brokenPromise(of: frame) == nil, "\(width)×\(height)")
            }
        }
    }
}
