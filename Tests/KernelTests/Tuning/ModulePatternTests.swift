// Regular expressions over module paths against what Python's re answers, and the bound on their work.

import Testing

@testable import Kernel
import TestSupport

@Suite struct ModulePatternTests {
    private static let path = "model.layers.11.self_attn.q_proj"

    /// Answers of re.fullmatch with the path of layer 11's query.
    @Test(arguments: [
        (#".*\.(q|v)_proj"#, true), (#".*\.(k|v)_proj"#, false), (#"(q|v)_proj"#, false),
        (#".*\.1\..*"#, false), (#".*\.1\d\..*q_proj$"#, true), (#"^model\.layers\.11\..+"#, true),
        (#".*\.[01]{2}\.self_attn\.[qkv]_proj"#, true), (#".*\.[0-9]{3,}\..*"#, false),
        (#"model.layers.[^2-9]+.self_attn.\w+"#, true), (#".*?q_pro.?j?"#, true),
        (#"^(?!.*(?:mlp|vision)).*(?:q_proj|k_proj).*"#, true), (#"^(?!.*self).*"#, false),
        (#"(?=.*attn)model.*"#, true),
        (#"(?:.*?(?:text).*?)|(?:\bmodel\.layers\.[\d]{1,}\..*)"#, true),
        (#".*\bq_proj"#, true), (#".*\bproj"#, false), (#"(?P<a>model)(\.\w+){4}"#, true),
        (#"(\w+\.?)*"#, true), (#"((\w*)*\.?)*x"#, false), (#".*\.\S+\D"#, true), ("", false),
        (#"model{1}.*"#, true), (#"model{,}.*"#, true), (#"model{x}.*"#, false), ("|.*", true),
        (#".*[]_]proj"#, true), (#".*[^]_]proj"#, false), (#"[a-z.]*[\d]+[a-z._-]*"#, true),
    ])
    func answersAsPython(_ text: String, _ isMatch: Bool) throws {
        #expect(try ModulePattern(text).matches(Self.path) == isMatch)
    }

    @Test func keysOfRanksMatchAtAnyDot() throws {
        #expect(try ModulePattern("q_proj").matchesEnd(of: Self.path))
        #expect(try ModulePattern("self_attn.q_proj").matchesEnd(of: Self.path))
        #expect(try ModulePattern(#"^model\.layers\.11\..*"#).matchesEnd(of: Self.path))
        #expect(try !ModulePattern("^self_attn.q_proj").matchesEnd(of: Self.path))
        #expect(try !ModulePattern("proj").matchesEnd(of: Self.path))
    }

    @Test(arguments: [
        "(", ")", "a)", "[a", "a**", "*a", "(?<=a)b", #"(a)\1"#, "(?i)a", "a*+", "(?>a)", "a\\",
        "[z-a]", "a{3,2}", #"\p"#, String(repeating: "(", count: 200),
    ])
    func whatIsNotSupportedIsRefused(_ text: String) {
        #expect(throws: ModulePattern.Refusal.self) { try ModulePattern(text) }
    }

    /// 400 random expressions, half of which match one of the paths.
    @Test func randomExpressionsAnswerAsPython() throws {
        let recorded = try Fixture.json("adapters/expressions.json")
        let paths = try (recorded.member("paths").array ?? []).compactMap(\.string)
        let rows = try recorded.member("expressions").array ?? []
        #expect(rows.count == 400 && paths.count == 3)
        for row in rows {
            let pair = try #require(row.array)
            let text = try #require(pair.first?.string)
            let answers = try #require(pair.last?.array).compactMap(\.bool)
            let pattern = try ModulePattern(text)
            #expect(try paths.map { try pattern.matches($0) } == answers, "\(text)")
        }
    }

    /// Whatever the text, there is an answer or a refusal.
    @Test func randomTextsAreAnsweredOrRefused() {
        let letters = Array("()[]{}|*+?\\.^$ab1,-!=:P<>_dwbAZ")
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = ForwardContext.mix(state)
            return Int(state % UInt64(bound))
        }
        var matched = 0
        for _ in 0..<4_000 {
            let text = String((0..<next(14)).map { _ in letters[next(letters.count)] })
            do throws(ModulePattern.Refusal) {
                if try ModulePattern(text).matches("ab.b1_a") { matched += 1 }
            } catch {
                #expect(!error.why.description.isEmpty)
            }
        }
        #expect(matched > 0)
    }

    /// A pattern that backtracking would not finish in years, and one whose work is bounded.
    @Test func noPatternTakesLong() throws {
        let path = String(repeating: "a", count: 60)
        #expect(try !ModulePattern("(a*)*(a*)*(a|aa)*(a|a)*b").matches(path))
        #expect(throws: ModulePattern.Refusal.self) {
            try ModulePattern("((((a{0,90000}){90000}){90000}){90000})*b").matches(path)
        }
    }
}
