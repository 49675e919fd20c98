// The Jinja subset against Jinja itself (scripts/make_jinja_fixtures.py), against attacks, and
// within its budgets.

import Foundation
import Testing

@testable import Kernel

struct JinjaTests {
    @Test func resultsAreThoseOfJinja() throws {
        let golden = try TextFixtures.json("jinja.golden.json")
        let context = try #require(golden["context"]?.object)
        let values = Dictionary(uniqueKeysWithValues: context.map { ($0.key, $0.value) })
        let rows = try #require(golden["rows"]?.array)
        #expect(rows.count >= 130)
        for row in rows {
            let source = try #require(row["source"]?.string)
            if let text = row["text"]?.string {
                do {
                    let rendered = try JinjaTemplate(source).render(values)
                    #expect(
                        rendered.unicodeScalars.elementsEqual(text.unicodeScalars),
                        "\(source): \(rendered.debugDescription) for \(text.debugDescription)")
                } catch {
                    Issue.record("\(source): \(error)")
                }
            } else {
                #expect(throws: KernelError.self, "\(source)") {
                    try JinjaTemplate(source).render(values)
                }
            }
        }
    }

    /// Attempts to reach the host: each is refused, or prints nothing of it.
    @Test(arguments: [
        "''.__class__", "''.__class__.__mro__[1].__subclasses__()", "[].__class__.__base__",
        "{}.__class__", "messages.__class__", "messages.__init__.__globals__", "self",
        "self.__init__.__globals__", "self._TemplateReference__context", "config", "config.items()",
        "request.application", "cycler.__init__.__globals__.os.popen('id').read()",
        "joiner.__init__.__globals__", "namespace.__init__.__globals__['os']", "lipsum.__globals__",
        "get_flashed_messages.__globals__", "url_for.__globals__", "raise_exception.__globals__",
        "''|attr('__class__')", "''['__class__']", "()|attr('__class__')|attr('__base__')",
        "''['__cla' ~ 'ss__']", "messages|map(attribute='__class__')|list",
        "messages|selectattr('__class__')|list", "'%s'|format(1)", "'{0.__class__}'.format(1)",
        "''.format_map({})", "range.__self__", "loop.__class__", "dict.__base__",
        "open('/etc/passwd')",
        "eval('1')", "exec('1')", "__import__('os')", "import_module('os')", "os.system('id')",
        "environ", "env.loader", "caller()", "varargs", "kwargs", "x.mro()", "messages.append(1)",
        "messages.pop()", "strftime_now.__globals__",
    ])
    func payloadsAreInert(payload: String) throws {
        let context: [String: JSONValue] = ["messages": [["role": "user", "content": "hi"]]]
        let text: String
        do {
            text = try JinjaTemplate("{{ \(payload) }}").render(context)
        } catch {
            #expect(error.kind == .badData)
            return
        }
        #expect(["", "[]", "[Undefined]"].contains(text), "\(payload) printed \(text)")
    }

    @Test(arguments: [
        "import", "include", "extends", "macro", "call", "from", "block", "filter", "with",
        "generation", "raw", "autoescape", "do",
    ])
    func unsupportedStatementsAreNamed(name: String) throws {
        let error = try #require(throws: KernelError.self) {
            try JinjaTemplate("a\n{% \(name) x %}")
        }
        #expect(error.description.contains("\"\(name)\", which is not supported"))
        #expect(error.place == "chat template, line 2")
    }

    @Test(arguments: [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(100000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}",
        "{% set n = namespace(s='xxxxxxxx') %}{% for a in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(s='xxxxxxxx') %}{% for a in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        "{% set n = namespace(s=[1]) %}{% for a in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(s=[1]) %}{% for a in range(99) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}",
        "{% set n = namespace(s=[1]) %}{% for a in range(50000) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s }}",
        "{% set n = namespace(s='xx') %}{% for a in range(99) %}{% set n.s = n.s.replace('x', 'xx') %}{% endfor %}",
        "{% set n = namespace(s='xx') %}{% for a in range(99) %}{% set n.s = n.s|replace('x', n.s) %}{% endfor %}",
        "{% set n = namespace(s=['x']) %}{% for a in range(99) %}{% set n.s = [n.s|join, n.s|join] %}{% endfor %}",
        "{{ range(1000000000) }}",
        "{{ range(100000)|list|join('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') }}",
        "{{ 9223372036854775807 + 1 }}", "{{ -9223372036854775807 - 2 }}",
        "{{ 4611686018427387904 * 4 }}",
        "{% set s %}{% for a in range(100000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endset %}",
    ])
    func budgetsEndRunawayTemplates(source: String) throws {
        let template = try JinjaTemplate(source)
        let clock = ContinuousClock()
        let time = clock.measure { #expect(throws: KernelError.self) { try template.render([:]) } }
        #expect(time < .seconds(10), "\(time)")
    }

    @Test func deepAndLongSourcesAreRefused() {
        let many = 100_000
        let sources = [
            String(repeating: "(", count: many), String(repeating: "[", count: many),
            "{{ " + String(repeating: "(", count: many),
            "{{ " + String(repeating: "[", count: many),
            "{{ 1" + String(repeating: "+1", count: many) + " }}",
            "{{ a" + String(repeating: ".a", count: many) + " }}",
            "{{ a" + String(repeating: "|trim", count: many) + " }}",
            "{{ a" + String(repeating: " if a", count: many) + " }}",
            "{{ 1" + String(repeating: " or 1", count: many) + " }}",
            "{{ " + String(repeating: "{'a':", count: many),
            String(repeating: "{% if a %}", count: many),
            String(repeating: "{% for a in b %}", count: many),
            String(repeating: "x", count: JinjaTemplate.sourceBytesMax + 1),
        ]
        for source in sources.dropFirst(2) {
            #expect(throws: KernelError.self, "\(source.prefix(20))") { try JinjaTemplate(source) }
        }
        for source in sources.prefix(2) {
            #expect(throws: Never.self) { try JinjaTemplate(source).render([:]) }
        }
    }

    @Test func manySignsAndNegationsAreFlat() throws {
        let signs = String(repeating: "-", count: 10_001)
        #expect(try JinjaTemplate("{{ " + signs + "1 }}").render([:]) == "-1")
        let nots = String(repeating: "not ", count: 10_001)
        #expect(try JinjaTemplate("{{ " + nots + "1 }}").render([:]) == "False")
    }

    @Test func theMessageOfARefusalIsShownWithoutControls() throws {
        let error = try #require(throws: KernelError.self) {
            try JinjaTemplate("\n{{ raise_exception('no \u{1B}[2J') }}").render([:])
        }
        #expect(error.description.contains("no "))
        #expect(!error.description.contains("\u{1B}"))
        #expect(error.place == "chat template, line 2")
    }
}
