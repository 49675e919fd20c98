// Every setting of a plan reaches the run: some file besides the plan itself reads it. A key that is
// read from a file, checked, written back and then forgotten would be a silent lie.

import Testing

struct SettingUseTests {
    /// Settings that nothing reads yet: each is a fault until it is used, or its key refused.
    static let forgotten: Set<String> = [
        "mixing", "probabilities", "dropsLast", "runName", "toolFormat", "enablesThinking",
        "trains",
        "evaluates",
    ]

    /// The properties of TrainingPlan and its parts that stand for a key: the comment names it in
    /// parentheses.
    private static func properties() throws -> [String] {
        try SourceTree.files(in: "Sources/Kernel/Training", "swift")
            .filter { $0.name.hasPrefix("TrainingPlan") }
            .flatMap { $0.text.matches(of: /\/\/\/ .*\(`.*\).*\n\s+public var (\w+)/) }
            .map { String($0.1) }
    }

    @Test func everySettingIsRead() throws {
        let training = try SourceTree.files(in: "Sources/Kernel/Training", "swift")
            .filter { !$0.name.hasPrefix("TrainingPlan") }
        let tuning = try SourceTree.file("Sources/Kernel/Tuning/TuningChoice.swift")
        let code = (training + [tuning]).map(\.code).joined()
        let properties = try Self.properties()
        #expect(properties.count > 50, "found \(properties.count)")
        for name in properties {
            let isRead = code.contains(try Regex("\\.\(name)\\b").wordBoundaryKind(.simple))
            if Self.forgotten.contains(name) {
                withKnownIssue("\(name) has a key, and nothing reads it") { #expect(isRead) }
            } else {
                #expect(isRead, "\(name) has a key, and nothing reads it")
            }
        }
    }
}
