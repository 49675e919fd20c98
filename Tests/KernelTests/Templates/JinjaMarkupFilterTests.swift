// The filters that write or take away marks, with what jinja2 3.1.6 makes of the same expressions.

import Testing

@testable import Kernel

@Suite struct JinjaMarkupFilterTests {
    private func render(_ expression: String) throws -> String {
        try JinjaTemplate("{{ \(expression) }}").render([:])
    }

    @Test(
        arguments: [
            ("1|filesizeformat", "1 Byte"), ("0|filesizeformat", "0 Bytes"),
            ("999|filesizeformat", "999 Bytes"), ("1000|filesizeformat", "1.0 kB"),
            ("1536|filesizeformat(true)", "1.5 KiB"),
            ("1023|filesizeformat(binary=true)", "1023 Bytes"),
            ("123456789|filesizeformat", "123.5 MB"), ("-5|filesizeformat", "-5 Bytes"),
            ("1.9|filesizeformat", "1 Bytes"), ("'2048'|filesizeformat(true)", "2.0 KiB"),
            ("1e30|filesizeformat", "1000000.0 YB"), ("1e27|filesizeformat", "1000.0 YB"),
            ("999949|filesizeformat", "999.9 kB"), ("999950|filesizeformat", "1000.0 kB"),
            ("true|filesizeformat", "1 Byte"),
            ("'<b>a</b>  \\n b<!-- c > d -->e'|striptags", "a be"),
            ("'a < b'|striptags", "a < b"), ("'<p>x'|striptags", "x"),
            ("'x <!-- y'|striptags", "x <!-- y"), ("'a & b <i>c</i>'|striptags", "a & b c"),
            ("('<b>q'|safe)|striptags", "q"), ("5|striptags", "5"),
            ("'a\u{A0}b'|striptags", "a b"), ("''|striptags", ""),
            (
                "{'class':'a b','id':none,'n':3,'q':'\"<'}|xmlattr",
                " class=\"a b\" n=\"3\" q=\"&#34;&lt;\""
            ),
            ("{}|xmlattr", ""), ("{'a':1}|xmlattr(false)", "a=\"1\""), ("{'a':zz}|xmlattr", ""),
            ("{'a&':'<b>'|safe}|xmlattr", " a&amp;=\"<b>\""),
        ])
    func resultsAreThoseOfJinja(expression: String, expected: String) throws {
        #expect(try render(expression) == expected)
    }

    @Test(arguments: [
        "{'a b':1}|xmlattr", "{'a/':1}|xmlattr", "{1:2}|xmlattr", "none|filesizeformat",
        "'x'|filesizeformat", "zz|filesizeformat", "zz|xmlattr", "[1]|xmlattr",
        "'<a>&lt;b&gt;'|striptags", "'&#65;'|striptags", "1|filesizeformat(true, 2)",
        "''|striptags(1)", "'a'|wordwrap", "[1]|random", "'a'|urlize", "1|pprint",
    ])
    func whatIsNotExactIsRefused(expression: String) {
        #expect(throws: KernelError.self) { try render(expression) }
    }

    /// Names and open marks at every place take no time.
    @Test func longTextsOfMarksEnd() throws {
        let text = String(repeating: "<!-- <", count: 20_000)
        #expect(try JinjaTemplate("{{ t|striptags }}").render(["t": .string(text)]).count > 1)
    }
}
