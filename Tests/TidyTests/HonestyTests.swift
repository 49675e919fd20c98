// Tests that can fail, and fail again: none ends early without having said why, none measures time by the
// clock, and every random number comes from a seed.

import Testing

struct HonestyTests {
    private static func tests() throws -> [SourceFile] {
        // The patterns themselves are code with such words.
        try SourceTree.files(in: "Tests", "swift").filter { !$0.path.hasPrefix("Tests/TidyTests") }
    }

    /// A test that leaves where its data do not fit passes without having looked at anything. A condition of
    /// the machine belongs into `.enabled(if:)`, one of the arguments into the list of the arguments.
    @Test func noTestReturnsBeforeItAsserts() throws {
        let files = try Self.tests()
        #expect(files.count > 200)
        for file in files where file.text.contains("@Test") {
            for place in TestBodies.earlyReturns(in: file.code) {
                Issue.record("\(file.path):\(place.line): \(place.text)")
            }
        }
    }

    /// What else a machine does changes how long something takes: work is counted, or measured as the thread's
    /// own processor time.
    @Test func noTestReadsTheClock() throws {
        try expectNone(Rule.clock)
    }

    /// A failure that cannot be repeated cannot be mended.
    @Test func everyGeneratorIsSeeded() throws {
        try expectNone(Rule.unseeded)
    }

    private func expectNone(_ rule: Regex<Substring>) throws {
        for file in try Self.tests() {
            for line in SourceFile.lines(file.code) where line.text.contains(rule) {
                Issue.record("\(file.path):\(line.number): \(line.text)")
            }
        }
    }
}

struct HonestyRuleTests {
    @Test(arguments: [
        "@Test func a() { guard x else { return }\n#expect(y) }",
        "@Test func a() {\n    guard\n        let x = y\n    else { return }\n}",
        "@Test(arguments: [f({ 1 })]) func a() throws { if x { return } }",
        "@Test func a() { for x in y { if z { return } } }",
        "@Test func a() { return\n #expect(y) }",
        "@Test func a() { switch x {\n case 1: return\n default: #expect(y) } }",
    ])
    func earlyReturnsAreFound(code: String) {
        #expect(TestBodies.earlyReturns(in: code).count == 1)
    }

    @Test(arguments: [
        "@Test func a() { guard x else { Issue.record(y)\n return }\n#expect(y) }",
        "@Test func a() { guard x else {\n    #expect(z)\n    return\n} }",
        "@Test func a() { run { guard x else { return } } }",
        "@Test func a() { let f = { (x: Int) in if x > 0 { return } }\n f(1) }",
        "@Test func a() { func g() { if x { return } }\n g() }",
        "@Test func a() { #expect(y.map { return $0 } == z) }",
        "func helper() { guard x else { return } }",
        "@Test func a() { #expect(x) }\nfunc b() { if x { return } }",
        "@Test func a() { #expect(f(returnValue) == returned) }",
    ])
    func othersAreNot(code: String) {
        #expect(TestBodies.earlyReturns(in: code) == [])
    }

    @Test func theLineIsTold() {
        let code = "\n@Test func a() {\n    guard x else { return }\n}\n"
        #expect(
            TestBodies.earlyReturns(in: code) == [
                EarlyReturn(line: 3, text: "guard x else { return }")
            ])
    }

    @Test(arguments: [
        "let clock = ContinuousClock()", "SuspendingClock().now", "DispatchTime.now()", "Date()",
        "Date.now", "ProcessInfo.processInfo.systemUptime", "clock_gettime(CLOCK_MONOTONIC, &t)",
        "CFAbsoluteTimeGetCurrent()",
    ])
    func clocksAreFound(line: String) { #expect(line.contains(Rule.clock)) }

    @Test(arguments: [
        "clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t)", "updated(x)",
        "Date(timeIntervalSince1970: 3)",
        "let clock = WallTime()",
    ])
    func countsAreNoClocks(line: String) { #expect(!line.contains(Rule.clock)) }

    @Test(arguments: [
        "var r = SystemRandomNumberGenerator()", "Int.random(in: 0..<4)", "a.shuffled()",
        "a.shuffle()", "a.randomElement()", "Bool.random()", "Float.random(in: f(1)...2)",
    ])
    func unseededOnesAreFound(line: String) { #expect(line.contains(Rule.unseeded)) }

    @Test(arguments: [
        "Int.random(in: 0..<4, using: &r)", "a.shuffled(using: &r)", "a.randomElement(using: &r)",
        "Bool.random(using: &r)", "Float.random(in: f(1)...2, using: &r)", "random(x)",
    ])
    func seededOnesAreNot(line: String) { #expect(!line.contains(Rule.unseeded)) }
}
