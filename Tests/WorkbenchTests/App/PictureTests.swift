// That every stored picture of the interface is compared by some test, and that those in Chinese are the
// few that are meant to be.

import Foundation
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct PictureTests {
    /// The states that tests picture: the literal names of their calls, and the samples of three tabs.
    private static func pictured() throws -> Set<String> {
        let call = /Picture\.fault\(\s*[\w.]+,\s*"([\w-]+)"/
        let literal = try Snapshot.sources().flatMap { source in
            source.matches(of: call).map { String($0.1) }
        }
        let plots = ["one", "two", "ascii", "rate"].map { "plot-" + $0 }
        let samples =
            TrainSamples.states.map { "Train-" + $0.name }
            + ChatSamples.states.map { "Chat-" + $0.name }
            + ExportSamples.states.map { "Export-" + $0.name }
        return Set(literal + samples + plots)
    }

    @Test func everyStoredPictureIsUsed() throws {
        let pictured = try Self.pictured()
        #expect(pictured.count > 60)
        let allowed = Set(
            pictured.flatMap { ["\($0)-80x24", "\($0)-120x40"] }
                + Picture.inChinese.intersection(pictured).map { $0 + "-80x24-zh" })
        let stored = try Snapshot.stored()
        #expect(stored.filter { !allowed.contains($0) } == [], "pictures that no test compares")
        // Each state has its English picture, but for those that are drawn in Chinese alone.
        for name in pictured.subtracting(["chat", "chat-settings", "export"]) {
            #expect(stored.contains("\(name)-80x24"), "\(name)")
        }
    }

    @Test func whatIsWrongIsTold() {
        var frame = Frame(size: Size(20, 1))
        frame.put("choose the model", at: Point(0, 0), style: .plain)
        #expect(Picture.fault(frame, "no such state", .chinese)?.contains("English") == true)
        frame.put("there is no model", at: Point(0, 0), style: .plain)
        #expect(Picture.fault(frame, "no such state", .chinese) == nil)
    }
}
