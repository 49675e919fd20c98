// Whatever a file says, no error carries a control character or a change of direction to a screen.

import Kernel
import Testing

struct KernelErrorTests {
    @Test func noPartCarriesControls() {
        let text = "a\u{1B}[31m\u{85}\u{202E}\u{7}\u{9B}\u{E0041}b\nc é 中 😀"
        let clean = "a\\u{1B}[31m\\u{85}\\u{202E}\\u{7}\\u{9B}\\u{E0041}b\nc é 中 😀"
        let error = KernelError(.badData, text, at: text, because: text, hint: text)
        #expect([error.what, error.place, error.why, error.hint].allSatisfy { $0 == clean })
    }

    @Test func escapingTwiceIsEscapingOnce() {
        let error = KernelError(.badData, "x", because: "\u{1B}")
        #expect(KernelError(.badData, "x", because: error.why).why == "\\u{1B}")
    }
}
