// Rules that say what an answer is worth: each kind on answers that fit and that do not, schemas, and what is no rule.

import TestSupport
import Testing

@testable import Kernel

@Suite struct RewardRuleTests {
    private func score(
        _ rule: String, _ answer: String, reference: String = ""
    ) throws -> Double {
        try RewardRule(rule).score(
            of: JudgedText(prompt: "p", answer: answer, reference: reference))
    }

    @Test(arguments: [
        ("exact", " Paris\n", "Paris", 1), ("exact", "paris", "Paris", 0),
        ("number", "It is 1,234.50 in all.", "1234.5", 1), ("number", "3 and then 4.", "4", 1),
        ("number", "-7", "7", 0), ("number", "none", "4", 0), ("number", "4", "none", 0),
        ("number", "a range 3-5", "5", 1), ("number", "v1.2.3", "3", 1),
        ("regex ^\\d{3}$", "123", "", 1), ("regex ^\\d{3}$", "1234", "", 0),
        ("length 4..8", "你好世界", "", 1), ("length 4..8", "ab", "", 0.5),
        ("length 4..8", "abcdefghij", "", 0.75), ("length 0..2", "abcdef", "", 0),
        ("tags think,answer", "<think>a</think> b <answer>c</answer>", "", 1),
        ("tags think,answer", "<answer>c</answer><think>a</think>", "", 0),
        ("tags think", "<think>a</think><think>", "", 0), ("tags think", "<think>a", "", 0),
        ("json", " {\"a\": [1, 2]} ", "", 1), ("json", "{\"a\": }", "", 0), ("json", "", "", 0),
    ]) func kindsJudge(_ rule: String, _ answer: String, _ reference: String, _ wanted: Double)
        throws
    {
        #expect(try score(rule, answer, reference: reference) == wanted)
    }

    @Test(arguments: [
        "", "nothing", "exact now", "regex", "regex (", "length", "length 3", "length 5..2",
        "length a..b", "length ..", "tags", "tags ,", "command",
    ]) func whatIsNoRuleIsRefused(_ text: String) {
        #expect(throws: RewardRule.Fault.self) { try RewardRule(text) }
    }

    @Test func programsJudgeElsewhere() throws {
        let rule = try RewardRule("command python3 score.py --fast")
        #expect(rule.command == "python3 score.py --fast")
        #expect(try RewardRule("exact").command == nil)
    }

    // MARK: - Schemas

    private static let person = #"""
        {"type": "object", "required": ["name", "age"], "additionalProperties": false,
         "properties": {"name": {"type": "string", "minLength": 1, "pattern": "^[A-Z]"},
           "age": {"type": "integer", "minimum": 0, "exclusiveMaximum": 150},
           "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 2},
           "more": {"anyOf": [{"type": "null"}, {"const": 3}]}}}
        """#

    @Test(arguments: [
        (#"{"name": "Ann", "age": 3}"#, true), (#"{"name": "Ann", "age": 3.0}"#, true),
        (#"{"name": "ann", "age": 3}"#, false), (#"{"name": "", "age": 3}"#, false),
        (#"{"name": "Ann", "age": 150}"#, false), (#"{"name": "Ann", "age": -1}"#, false),
        (#"{"name": "Ann", "age": true}"#, false), (#"{"name": "Ann"}"#, false),
        (#"{"name": "Ann", "age": 3, "x": 1}"#, false), ("[]", false),
        (#"{"name": "Ann", "age": 3, "tags": ["a", "b"]}"#, true),
        (#"{"name": "Ann", "age": 3, "tags": ["c"]}"#, false),
        (#"{"name": "Ann", "age": 3, "tags": ["a", "a", "a"]}"#, false),
        (#"{"name": "Ann", "age": 3, "more": null}"#, true),
        (#"{"name": "Ann", "age": 3, "more": 3}"#, true),
        (#"{"name": "Ann", "age": 3, "more": 4}"#, false),
    ]) func schemasJudge(_ answer: String, _ fits: Bool) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/schema.json"
        try AtomicFile.write(Array(Self.person.utf8), to: path)
        var rule = try RewardRule("json \(path)")
        try rule.readFile()
        let text = JudgedText(prompt: "", answer: answer, reference: "")
        #expect(rule.score(of: text) == (fits ? 1 : 0))
    }

    /// A word that is not known would be passed over, and the schema be looser than it reads.
    @Test(arguments: [
        #"{"type": "string", "format": "email"}"#, #"{"properties": {"a": {"$ref": "b"}}}"#, "3",
        #"{"pattern": "("}"#, #"{"items": 1}"#,
    ]) func unknownWordsAreRefused(_ schema: String) throws {
        let value = try JSONValue(parsing: schema, source: "schema")
        #expect(throws: KernelError.self) { try JSONSchema(value) }
    }
}
