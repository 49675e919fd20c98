// Compares a frame with a stored picture: its text, its styles and its cursor. It reports and
// asserts nothing. RECORD_SNAPSHOTS=1 writes the picture and still reports a difference.

import Foundation
import Panels

/// Stored pictures of frames.
public enum Snapshot {
    /// Nil when the frame equals the stored picture, else what differs.
    public static func difference(
        _ frame: Frame, named name: String, testFile: String = #filePath
    ) -> String? {
        var folder = URL(fileURLWithPath: testFile).deletingLastPathComponent()
        // The pictures of a test target lie together, whatever folder the test is in.
        while folder.pathComponents.count > 2,
            folder.deletingLastPathComponent().lastPathComponent != "Tests"
        { folder.deleteLastPathComponent() }
        folder.appendPathComponent("Snapshots")
        let file = folder.appendingPathComponent(name + ".txt")
        let picture = describe(frame)
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

    /// The rows between bars, the cursor, and the runs of cells that are not plain.
    public static func describe(_ frame: Frame) -> String {
        var lines = ["\(frame.size.width)x\(frame.size.height)"]
        for y in 0..<frame.size.height { lines.append("|" + frame.text(ofRow: y)) }
        if let cursor = frame.cursor { lines.append("cursor \(cursor.x) \(cursor.y)") }
        for y in 0..<frame.size.height {
            var x = 0
            while x < frame.size.width {
                let style = frame[x, y].style
                let start = x
                while x < frame.size.width, frame[x, y].style == style { x += 1 }
                if style != .plain { lines.append("\(y):\(start)-\(x - 1) \(describe(style))") }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func describe(_ style: Style) -> String {
        func name(_ color: Color) -> String {
            switch color {
            case .standard: "default"
            case .indexed(let index): "\(index)"
            case .rgb(let red, let green, let blue): "\(red),\(green),\(blue)"
            }
        }
        let names: [(Attributes, String)] = [
            (.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline"),
            (.italic, "italic"),
        ]
        let attributes = names.filter { style.attributes.contains($0.0) }.map(\.1)
        let colors = [name(style.foreground), "on", name(style.background)]
        return (colors + attributes).joined(separator: " ")
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
