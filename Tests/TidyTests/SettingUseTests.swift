// Every setting of a plan reaches the run: some file besides the plan itself reads it. A key that is
// read from a file, checked, written back and then forgotten would be a silent lie.

import Testing

struct SettingUseTests {
    /// Settings that nothing reads yet: each is a fault until it is used, or its key refused.
    static let forgotten: Set<String> = []

    /// Settings that the run reads by another name: a property of the plan that derives from them.
    static let derived = [
        "packing": "packs", "rowsAreOpen": "opensRows", "dataSeed": "shuffleSeed",
        "layers": "trainableLayers",
    ]

    /// Settings that this version refuses or notes by their keys, whatever their value: no run
    /// reads them, because there is nothing that they could change.
    static let answered = [
        "toolFormat": "tool_format", "enablesThinking": "enable_thinking", "computeType": "bf16",
    ]

    /// The properties of TrainingPlan and its parts that stand for a key: the comment names it in
    /// parentheses.
    private static func properties() throws -> [String] {
        try planFiles().flatMap {
            $0.text.matches(of: /\/\/\/ .*\(`.*\).*\n\s+public var (\w+)/)
        }.map { String($0.1) }
    }

    private static func planFiles() throws -> [SourceFile] {
        try SourceTree.files(in: "Sources/Kernel/Training", "swift")
            .filter { $0.name.hasPrefix("TrainingPlan") }
    }

    /// Whether `code` reads a property of this name: `.name`, and no longer word.
    private static func reads(_ code: String, _ name: String) throws -> Bool {
        code.contains(try Regex("\\.\(name)\\b").wordBoundaryKind(.simple))
    }

    @Test func everySettingIsRead() throws {
        let training = try SourceTree.files(in: "Sources/Kernel/Training", "swift")
            .filter { !$0.name.hasPrefix("TrainingPlan") }
        let tuning = try SourceTree.file("Sources/Kernel/Tuning/TuningChoice.swift")
        // Optimizers take their constants themselves.
        let optimizers = try SourceTree.files(in: "Sources/Kernel/Optim", "swift")
        let code = (training + optimizers + [tuning]).map(\.code).joined()
        let properties = try Self.properties()
        #expect(properties.count > 50, "found \(properties.count)")
        for name in properties where Self.answered[name] == nil {
            let isRead = try Self.reads(code, Self.derived[name] ?? name)
            if Self.forgotten.contains(name) {
                withKnownIssue("\(name) has a key, and nothing reads it") { #expect(isRead) }
            } else {
                #expect(isRead, "\(name) has a key, and nothing reads it")
            }
        }
    }

    @Test func derivedPropertiesReadTheirSettings() throws {
        let code = try Self.planFiles().map(\.code).joined(separator: "\n")
        for (setting, name) in Self.derived {
            let body = code.firstRange(of: try Regex("(var|func) \(name)\\b")).map {
                String(code[$0.upperBound...].prefix(240))
            }
            #expect(body?.contains(setting) == true, "\(name) does not read \(setting)")
        }
    }

    @Test func settingsThatNoRunReadsAreAnswered() throws {
        let checks = try SourceTree.file("Sources/Kernel/Training/TrainingPlan+Issues.swift")
        for (setting, key) in Self.answered {
            #expect(try Self.reads(checks.code, setting) || checks.code.contains(setting))
            #expect(checks.text.contains("\"\(key)\""), "\(key) has no answer")
        }
    }
}
