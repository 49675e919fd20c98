// The scanner that the other rules stand on: what it takes for code and what not.

import Testing

struct CodeScannerTests {
    @Test(arguments: [
        ("let a = b // c!", "let a = b "),
        ("a /* x /* y */ z */ b", "a  b"),
        (#"f("it's! // no")"#, #"f("")"#),
        (#"f("a \(b("c!") + d) e") + g"#, #"f("b("") + d") + g"#),
        (##"f(#"a " \(b) "#) + c"##, ##"f("") + c"##),
        (##"f(#"a \#(b) "#)"##, ##"f("b")"##),
        (#"f("\"") + x!"#, #"f("") + x!"#),
    ])
    func blanksCommentsAndStrings(text: String, code: String) {
        #expect(CodeScanner.code(of: text) == code)
    }

    @Test func keepsLineNumbers() {
        let text = "a\n/* b\nc */ d\nlet e = \"\"\"\n  f! \\\n  g\n  \"\"\"\nh"
        let lines = CodeScanner.code(of: text).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 8 && lines.last == "h" && !lines.contains { $0.contains("f!") })
    }

    @Test(arguments: [
        ("import Foundation", ["Foundation"]), ("@testable import Kernel", ["Kernel"]),
        ("@_spi(x) public import struct Foundation.URL", ["Foundation"]),
        ("// import Kernel\nlet x = \"import Panels\"", []),
    ])
    func readsImports(text: String, modules: [String]) {
        #expect(SourceFile(path: "x.swift", text: text).imports == modules)
    }
}
