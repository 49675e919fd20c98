// Compares a frame with a stored picture: its text and its cursor, or the roles of its cells under the
// text. It reports and asserts nothing. RECORD_SNAPSHOTS=1 writes the picture and still reports a
// difference. Colours are no part of a picture: which role has which is checked by the themes' tests.

import Foundation
import Panels

/// Stored pictures of frames.
public enum Snapshot {
    /// Nil when the frame's text and cursor equal the stored picture, else what differs.
    public static func difference(
        _ frame: Frame, named name: String, testFile: String = #filePath
    ) -> String? {
        compare(describe(frame), name, testFile)
    }

    /// Nil when text and roles of a frame that was drawn in `RolePalette.theme` equal the stored
    /// picture, else what differs.
    public static func roleDifference(
        _ frame: Frame, named name: String, testFile: String = #filePath
    ) -> String? {
        compare(RolePalette.picture(of: frame), name, testFile)
    }

    /// The names of all stored pictures of the test target that a file belongs to.
    public static func stored(testFile: String = #filePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder(of: testFile).path)
            .filter { !$0.hasPrefix(".") }
            .map { $0.hasSuffix(".txt") ? String($0.dropLast(4)) : $0 }.sorted()
    }

    /// The Swift sources of the test target that a file belongs to, one text each.
    public static func sources(testFile: String = #filePath) throws -> [String] {
        let root = folder(of: testFile).deletingLastPathComponent()
        return try FileManager.default.subpathsOfDirectory(atPath: root.path)
            .filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOf: root.appendingPathComponent($0), encoding: .utf8) }
    }

    /// The rows behind bars, and the cursor.
    public static func describe(_ frame: Frame) -> String {
        var lines = ["\(frame.size.width)x\(frame.size.height)"]
        for y in 0..<frame.size.height { lines.append("|" + frame.text(ofRow: y)) }
        if let cursor = frame.cursor { lines.append("cursor \(cursor.x) \(cursor.y)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The pictures of a test target lie together, whatever folder the test is in.
    private static func folder(of testFile: String) -> URL {
        var folder = URL(fileURLWithPath: testFile).deletingLastPathComponent()
        while folder.pathComponents.count > 2,
            folder.deletingLastPathComponent().lastPathComponent != "Tests"
        { folder.deleteLastPathComponent() }
        return folder.appendingPathComponent("Snapshots")
    }

    private static func compare(_ picture: String, _ name: String, _ testFile: String) -> String? {
        let folder = folder(of: testFile)
        let file = folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            do {
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
                try Data(picture.utf8).write(to: file, options: .atomic)
                return "recorded \(name); look at it, then run again without RECORD_SNAPSHOTS"
            } catch {
                return "cannot record \(name): \(error)"
            }
        }
        guard let data = FileManager.default.contents(atPath: file.path) else {
            return "no picture \(name); record it with RECORD_SNAPSHOTS=1\n\(picture)"
        }
        let stored = String(decoding: data, as: UTF8.self)
        return stored == picture ? nil : report(name, stored, picture)
    }

    /// The lines that differ, the stored one first.
    private static func report(_ name: String, _ stored: String, _ found: String) -> String {
        let old = stored.split(separator: "\n", omittingEmptySubsequences: false)
        let new = found.split(separator: "\n", omittingEmptySubsequences: false)
        var lines = ["\(name) differs:"]
        for index in 0..<max(old.count, new.count) {
            let (left, right) = (
                index < old.count ? old[index] : "", index < new.count ? new[index] : ""
            )
            if left != right { lines += ["line \(index + 1)", "- \(left)", "+ \(right)"] }
        }
        return lines.prefix(40).joined(separator: "\n")
    }
}
