// The template language against Jinja itself (scripts/make_jinja_fixtures.py), against attacks, and
// within its budgets.

import Foundation
import Testing

@testable import Kernel

struct JinjaLanguageTests {
    @Test func resultsAreThoseOfJinja() throws {
        let golden = try TextFixtures.json("jinja.golden.json")
        let context = try #require(golden["context"]?.object)
        let values = Dictionary(uniqueKeysWithValues: context.map { ($0.key, $0.value) })
        let rows = try #require(golden["rows"]?.array)
        #expect(rows.count >= 353)
        for row in rows {
            let source = try #require(row["source"]?.string)
            if let text = row["text"]?.string {
                do {
                    let rendered = try JinjaTemplate(source).render(values, date: Self.date)
                    #expect(
                        rendered.unicodeScalars.elementsEqual(text.unicodeScalars),
                        "\(source): \(rendered.debugDescription) for \(text.debugDescription)")
                } catch {
                    Issue.record("\(source): \(error)")
                }
            } else {
                #expect(throws: KernelError.self, "\(source)") {
                    try JinjaTemplate(source).render(values, date: Self.date)
                }
            }
        }
    }

    /// The date of the recorded rows.
    private static let date = TemplateDate(
        year: 2026, month: 11, day: 30, hour: 16, minute: 5, second: 9)

    @Test func theDateIsWhatIsHandedIn() throws {
        let template = try JinjaTemplate("Today: {{ strftime_now('%d %b %Y, %A') }}")
        #expect(try template.render([:], date: Self.date) == "Today: 30 Nov 2026, Monday")
        let error = try #require(throws: KernelError.self) { try template.render([:]) }
        #expect(error.description.contains("no date was given"))
        let leap = TemplateDate(year: 2024, month: 12, day: 31)
        let days = try JinjaTemplate("{{ strftime_now('%j %a %-m %e') }}").render([:], date: leap)
        #expect(days == "366 Tue 12 31")
    }

    /// What a filter, test or method does not know is refused, whoever it is.
    /// These hand their arguments on.
    private static let handingOn = [
        "format", "map", "select", "reject", "selectattr", "rejectattr",
    ]

    @Test(arguments: JinjaFilters.names.subtracting(handingOn).sorted())
    func noFilterPassesOverAnArgument(name: String) throws {
        for value in ["'ab'", "[1, 2]", "{'a': 1}", "1.5", "zz", "messages"] {
            for call in ["zork=1", "1, 1, 1, 1, 1, 1, 1"] {
                let source = "{{ \(value)|\(name)(\(call))\(Self.rest(name)) }}"
                #expect(throws: KernelError.self, "\(source)") {
                    try JinjaTemplate(source).render(["messages": [["role": "user"]]])
                }
            }
        }
    }

    private static func rest(_ name: String) -> String {
        ["unique", "batch", "slice"].contains(name) ? "|list" : ""
    }

    /// Those that are words; the others are operators.
    @Test(arguments: JinjaTests.names.filter { $0.first?.isLetter == true }.sorted())
    func noTestPassesOverAnArgument(name: String) throws {
        for value in ["'ab'", "[1, 2]", "{'a': 1}", "1", "zz", "none"] {
            #expect(throws: KernelError.self, "\(name) \(value)") {
                try JinjaTemplate("{{ \(value) is \(name)([1], 1, 1) }}").render([:])
            }
            #expect(throws: KernelError.self, "\(name) \(value)") {
                try JinjaTemplate("{{ \(value) is \(name)(zork=1) }}").render([:])
            }
        }
    }

    @Test(arguments: [
        "upper", "strip", "split", "rsplit", "replace", "startswith", "find", "title", "zfill",
        "join", "partition", "splitlines", "count", "isdigit", "removeprefix", "center",
    ])
    func noMethodPassesOverAnArgument(name: String) throws {
        for call in ["zork=1", "'a', 1, 1, 1, 1"] {
            #expect(throws: KernelError.self, "\(name)(\(call))") {
                try JinjaTemplate("{{ 'abc'.\(name)(\(call)) }}").render([:])
            }
        }
    }

    /// Values that hold one another many times, and long strings: each end of the work is counted.
    @Test(arguments: [
        "{{ range(-9223372036854775807-1) }}", "{{ range(0, 9, -9223372036854775807-1)|list }}",
        "{{ range(0, 9223372036854775807) }}", "{{ (-9223372036854775807-1) // -1 }}",
        "{{ (-9223372036854775807-1)|abs }}", "{{ -(-9223372036854775807-1) }}",
    ])
    func numbersAtTheEdgeDoNotTrap(source: String) throws {
        do {
            _ = try JinjaTemplate(source).render([:])
        } catch {
            #expect(error.kind == .badData)
        }
    }

    @Test(arguments: [
        "n.a == n.b", "n.a != n.b", "n.a in [n.b]", "n.a is eq(n.b)", "n.a", "n.a|tojson",
        "raise_exception(n.a)", "['a', 'b']|join(n.a)", "n.a ~ 'x'", "n.a|string",
        "[n.a, n.b]|sort", "'%s' % [n.a]", "n.a|upper", "n.a < n.b", "[[n.a, 1], [n.b, 1]]|max",
    ])
    func sharedValuesAreWorkEachTime(expression: String) throws {
        let source =
            "{% set n = namespace(a=[1], b=[1]) %}{% for i in range(60) %}"
            + "{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}{% endfor %}"
        let error = try #require(throws: KernelError.self) {
            try JinjaTemplate(source + "{{ \(expression) }}").render([:])
        }
        #expect(error.description.contains("more work than"), "\(error)")
    }

    @Test(arguments: [
        "s[1]", "s|length", "'y' in s", "s == t", "s < t", "s.find('y')", "s|trim('y')|length",
        "s.count('y')", "s.startswith('y', 5)", "s.isdigit()", "{s: 1}", "s|int(1)",
    ])
    func longStringsAreWorkEachTime(expression: String) throws {
        let source =
            "{% set n = namespace(s='x') %}{% for i in range(22) %}{% set n.s = n.s ~ n.s %}"
            + "{% endfor %}{% set s = n.s %}{% set t = s ~ '' %}"
            + "{% for i in range(100000) %}{% set q = \(expression) %}{% endfor %}"
        #expect(throws: KernelError.self) { try JinjaTemplate(source).render([:]) }
    }

    @Test func nestedListsAreWrittenOnce() throws {
        for depth in [24, 30, 60] {
            let list =
                String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
            #expect(try JinjaTemplate("{{ \(list)|tojson }}").render([:]) == list)
            #expect(try JinjaTemplate("{{ \(list) }}").render([:]) == list)
        }
    }

    @Test func partsAreFoundInTimeThatGrowsWithTheText() throws {
        let source =
            "{% set n = namespace(s='x') %}{% for i in range(21) %}{% set n.s = n.s ~ n.s %}"
            + "{% endfor %}{% set p = n.s[:99999] ~ 'y' %}"
        let template = try JinjaTemplate(
            source + "{{ p in n.s }}{{ n.s.split(p)|length }}{{ n.s.rfind(p) }}"
                + "{{ n.s|replace(p, '') == n.s }}")
        #expect(try template.render([:]) == "False1-1True")
    }

    /// Long conversations of the user's own are no attack.
    @Test func theBudgetGrowsWithTheData() throws {
        let long = String(repeating: "word ", count: 1_000_000)
        let messages = JSONValue.array(
            (0..<4).map { _ in ["role": "user", "content": .string(long)] })
        let template = try JinjaTemplate(
            "{% for m in messages %}{{ m.role }}: {{ m.content.strip()|replace('a', 'b') }}\n{% endfor %}"
        )
        #expect(try template.render(["messages": messages]).utf8.count > 19_000_000)
    }

    @Test func macrosThatCallThemselvesEnd() throws {
        let error = try #require(throws: KernelError.self) {
            try JinjaTemplate("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").render([:])
        }
        #expect(error.description.contains("nested more than"))
        let loop = "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}"
        #expect(throws: KernelError.self) { try JinjaTemplate(loop).render([:]) }
    }

    @Test func integersBeyondIntStayAsTheyAre() throws {
        let big = JSONValue.bigInteger("123456789012345678901234567890")
        let text = try JinjaTemplate("{{ x }} {{ x|tojson }} {{ x is integer }}").render(["x": big])
        let digits = "123456789012345678901234567890"
        #expect(text == "\(digits) \(digits) True")
        #expect(throws: KernelError.self) { try JinjaTemplate("{{ x + 1 }}").render(["x": big]) }
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
        "messages|selectattr('__class__')|list", "'{0.__class__}'.format(1)",
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
        "import", "include", "extends", "from", "block", "autoescape", "do",
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
        let time = processorSeconds {
            #expect(throws: KernelError.self) { try template.render([:]) }
        }
        #expect(time < 10, "\(time) s")
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
