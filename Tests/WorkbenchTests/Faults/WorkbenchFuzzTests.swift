// Damaged inputs for the readers of the program itself: settings, sockets, folders of runs, and what the
// interface keeps. How many are tried FuzzTrial decides.
import Foundation
import Testing

@testable import Fuzzing
@testable import Workbench

@Suite(.serialized) struct WorkbenchFuzzTests {
    private static let all: [@Sendable () -> FuzzReader] =
        [
            { .yamlPlan }, { .jsonPlan }, { .wire }, { .runFolder() }, { .conversation },
            { .tools },
            { .theme },
        ] + SettingsFileKind.allCases.map { kind in { .settingsFile(kind) } }

    static let readers = FuzzTrial.chosen(all.map { $0().name })

    private static func reader(_ name: String) throws -> FuzzReader {
        try #require(all.lazy.map { $0() }.first { $0.name == name })
    }

    @Test(arguments: readers)
    func damagedInputsAreRefusedOrReadWithinBounds(_ name: String) throws {
        for complaint in try FuzzTrial.complaints(of: try Self.reader(name), few: 2_000) {
            Issue.record("\(complaint)")
        }
    }

    @Test func anInputDependsOnItsNumberAlone() throws {
        for name in Self.readers {
            let reader = try Self.reader(name)
            let inputs = (0..<50).map(reader.input)
            #expect((0..<50).reversed().map(reader.input) == inputs.reversed())
            #expect(Set(inputs).count > 30, "\(name)")
        }
    }
}
