// JSON: what is accepted, what is refused and where, exact numbers, limits, writing, speed.
import Foundation
import Kernel
import Testing

@testable import Fuzzing

@Suite struct JSONValueTests {
    private func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws -> JSONValue {
        try JSONValue(parsing: text, source: "test", limits: limits)
    }

    @Test func readsEveryKindOfValue() throws {
        let text = #"{"a":[1,-2.5e2,true,false,null,"x"],"b":{"c":{}},"d":[]}"#
        let expected: JSONValue = [
            "a": [1, -250.0, true, false, .null, "x"], "b": ["c": [:]], "d": [],
        ]
        #expect(try parse(text) == expected)
        #expect(try parse(" \t\r\n" + text + "\n") == expected)
        #expect(try parse("\u{FEFF}" + text) == expected)
    }

    @Test func keepsTheOrderOfKeys() throws {
        let value = try parse(#"{"z":1,"a":2,"m":3}"#)
        #expect(value.object.map { Array($0.keys) } == ["z", "a", "m"])
        #expect(value.text() == #"{"z":1,"a":2,"m":3}"#)
    }

    private static let numbers: [(String, JSONValue)] = [
        // 2^53 + 1 is the first integer that a Double cannot hold.
        ("9007199254740993", JSONValue.integer(9_007_199_254_740_993)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .bigInteger("9223372036854775808")),
        (
            "1000000000000000019884624838656",
            .bigInteger("1000000000000000019884624838656")
        ),
        ("0", .integer(0)), ("-0", .integer(0)), ("1e3", .number(1_000)), ("1.0", .number(1)),
        ("1e-05", .number(1e-5)), ("0.1", .number(0.1)), ("-1E+2", .number(-100)),
        ("5e-324", .number(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
    ]

    @Test(arguments: numbers)
    func readsNumbersExactly(text: String, expected: JSONValue) throws {
        #expect(try parse(text) == expected)
        #expect(try parse("[\(text)]") == .array([expected]))
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "{]", "[}", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "[1 2]", "1 2", "[]]", "tru", "TRUE", "nul",
        "NaN", "Infinity", "-Infinity", "01", "-", "-a", "1.", ".5", "1e", "1e+", "+1", "0x10",
        "1e400", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "\"\u{0}\"", "// x\n1",
        "\u{FEFF}",
        "[1]\u{0}",
    ])
    func refusesWhatIsNotJSON(text: String) throws {
        let error = try #require(throws: KernelError.self) { try parse(text) }
        #expect(error.kind == .badData)
        #expect(error.place?.hasPrefix("test, line 1, byte ") == true)
    }

    @Test func saysTheLineAndTheByte() throws {
        let error = try #require(throws: KernelError.self) { try parse("{\n \"a\": 1,\n x\n}") }
        #expect(error.place == "test, line 3, byte 12")
        #expect(error.why == "expected a string, found \"x\"")
    }

    @Test func decodesEscapes() throws {
        #expect(
            try parse(#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00""#) == "\"\\/\u{8}\u{C}\n\r\tAé😀")
        #expect(try parse(#""é😀""#) == "é😀")
        #expect(try parse(#""\u0000""#) == "\u{0}")
    }

    @Test(arguments: [
        #""\ud800""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud800x""#, #""\ud800\n""#,
    ])
    func halvesOfSurrogatePairsAreRefusedOrReplaced(text: String) throws {
        let error = try #require(throws: KernelError.self) { try parse(text) }
        #expect(error.why == "the escape is half of a surrogate pair")
        var lenient = JSONLimits()
        lenient.replacesLoneSurrogates = true
        #expect(try parse(text, limits: lenient).string?.hasPrefix("\u{FFFD}") == true)
    }

    @Test func refusesBytesThatAreNotUTF8() throws {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] {
            for escape: [UInt8] in [[], [0x5C, 0x6E]] {
                let text = [0x22] + escape + bytes + [0x22]
                let error = text.withUnsafeBytes { units in
                    #expect(throws: KernelError.self) {
                        try JSONValue(parsing: units, source: "test")
                    }
                }
                #expect(error?.why == "the string is not UTF-8")
            }
        }
    }

    @Test func refusesDuplicateKeysAtAnyDepth() throws {
        for text in [#"{"a":1,"a":1}"#, #"[{"b":{"a":1,"\u0061":2}}]"#] {
            let error = try #require(throws: KernelError.self) { try parse(text) }
            #expect(error.why == "the key \"a\" occurs twice")
        }
    }

    @Test func boundsDepthAndSize() throws {
        let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(try parse(deep(128)).array?.count == 1)
        let error = try #require(throws: KernelError.self) { try parse(deep(129)) }
        #expect(error.why == "nested deeper than 128")
        let bomb = String(repeating: "{\"a\":", count: 1_000_000)
        #expect(throws: KernelError.self) { try parse(bomb) }
        var small = JSONLimits()
        small.bytes = 4
        #expect(throws: KernelError.self) { try parse("[1,2]", limits: small) }
        #expect(try parse("[12]", limits: small) == [12])
    }

    @Test func writesIndentedAndSorted() throws {
        let value: JSONValue = ["b": [1, 2.0], "a": ["é": "\u{1}\"\\\n"], "c": [], "d": [:]]
        #expect(value.text() == #"{"b":[1,2.0],"a":{"é":"\u0001\"\\\n"},"c":[],"d":{}}"#)
        let style = JSONStyle(indent: 2, sortsKeys: true, escapesNonASCII: true)
        let lines = [
            "{", #"  "a": {"#, #"    "\u00e9": "\u0001\"\\\n""#, "  },", #"  "b": ["#, "    1,",
            "    2.0", "  ],", #"  "c": [],"#, #"  "d": {}"#, "}",
        ]
        #expect(value.text(style) == lines.joined(separator: "\n"))
        #expect(JSONValue.string("😀").text(style) == #""\ud83d\ude00""#)
        #expect(JSONValue.number(.nan).text() == "null")
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var numbers = SeededNumbers(seed: 5)
        for _ in 0..<2_000 {
            let value = randomValue(&numbers, depth: 0)
            for style in [JSONStyle.compact, .pretty, JSONStyle(escapesNonASCII: true)] {
                #expect(try parse(value.text(style)) == value)
            }
        }
    }

    private func randomValue(_ numbers: inout SeededNumbers, depth: Int) -> JSONValue {
        switch numbers.below(depth < 4 ? 8 : 6) {
        case 0: return .null
        case 1: return .bool(numbers.below(2) == 0)
        case 2: return .integer(Int(truncatingIfNeeded: numbers.next()) >> numbers.below(64))
        case 3:
            let number = Double(bitPattern: numbers.next())
            return .number(number.isFinite ? number : 0.5)
        case 4: return .bigInteger("1\(numbers.next())0000000000")
        case 5: return .string(randomText(&numbers))
        case 6:
            return .array(
                (0..<numbers.below(5)).map { _ in randomValue(&numbers, depth: depth + 1) })
        default:
            var members = JSONObject()
            for _ in 0..<numbers.below(5) {
                members[randomText(&numbers)] = randomValue(&numbers, depth: depth + 1)
            }
            return .object(members)
        }
    }

    private func randomText(_ numbers: inout SeededNumbers) -> String {
        var text = ""
        for _ in 0..<numbers.below(9) {
            let value = UInt32(truncatingIfNeeded: numbers.next()) >> UInt32(11 + numbers.below(16))
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    /// A tokenizer of a large vocabulary is such a file; optimised it takes a tenth of a second.
    @Test func readsTenMegabytesQuickly() throws {
        var text = #"{"model":{"vocab":{"#
        var count = 0
        while text.utf8.count < 10_000_000 {
            text += "\"token\(count)\":\(count),"
            count += 1
        }
        text += #""end":0}}}"#
        var value = JSONValue.null
        let elapsed = try processorSeconds { value = try parse(text) }
        #expect(value["model"]?["vocab"]?.object?.count == count + 1)
        #expect(elapsed < 2, "\(elapsed) s")
    }
}
