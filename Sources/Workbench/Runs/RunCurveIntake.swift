// Bytes of a log, cut anywhere, become measurements. It holds one line at a time and, when the curve is only
// drawn, no more steps than a screen can show; it does not know where the bytes come from.

import Foundation
import Kernel

/// Takes a log in pieces.
struct RunCurveIntake {
    /// Longer lines do not occur in a log: they count as damaged and are skipped.
    static let lineBytesMax = 1 << 20
    /// Many more steps than a plot has columns.
    static let stepsDrawn = 1 << 16

    private(set) var curve = RunCurve()
    private let stepsMax: Int?
    /// Steps with a line, read or not.
    private var seen = 0
    /// The beginning of a line whose end has not come yet.
    private var rest: [UInt8] = []
    private var isTooLong = false
    /// The newest step's line when it was not read, and whether the curve ends with it for now.
    private var newest: [UInt8] = []
    private var endsWithNewest = false

    /// With `stepsMax` every second, fourth, … step is kept once there are more.
    init(stepsMax: Int? = nil) { self.stepsMax = stepsMax }

    /// Adds the next bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        if endsWithNewest {
            curve.steps.removeLast()
            endsWithNewest = false
        }
        var start = 0
        while start < bytes.count, let base = bytes.baseAddress {
            let left = bytes.count - start
            guard let end = memchr(base + start, 0x0A, left) else {
                keep(UnsafeRawBufferPointer(start: base + start, count: left))
                return
            }
            let count = UnsafeRawPointer(end) - (base + start)
            let piece = UnsafeRawBufferPointer(start: base + start, count: count)
            start += count + 1
            if isTooLong {
                isTooLong = false
            } else if rest.isEmpty {
                take(piece)
            } else {
                keep(piece)
                if !isTooLong {
                    let line = rest
                    rest.removeAll(keepingCapacity: true)
                    line.withUnsafeBytes { take($0) }
                }
                isTooLong = false
            }
        }
    }

    private mutating func keep(_ piece: UnsafeRawBufferPointer) {
        guard !isTooLong else { return }
        guard rest.count + piece.count <= Self.lineBytesMax else {
            isTooLong = true
            rest = []
            curve.damagedLines += 1
            return
        }
        rest.append(contentsOf: piece)
    }

    /// Makes the curve end with the newest step, whether or not it is one of those that are kept.
    mutating func settle() {
        guard !newest.isEmpty, !endsWithNewest else { return }
        let count = curve.steps.count
        newest.withUnsafeBytes { read($0) }
        endsWithNewest = curve.steps.count > count
    }

    /// Takes the bytes behind the last line's end, if they are a whole line: a run may be about to write the rest.
    mutating func takeRest() {
        guard !rest.isEmpty else { return }
        let (line, damaged) = (rest, curve.damagedLines)
        line.withUnsafeBytes { take($0) }
        curve.damagedLines = damaged
    }

    // MARK: - Lines

    private mutating func take(_ line: UnsafeRawBufferPointer) {
        guard !line.isEmpty else { return }
        guard let stepsMax else { return read(line) }
        guard !Self.holds(line, "\"eval_"), !Self.holds(line, "\"event\"") else {
            return read(line)
        }
        seen += 1
        guard seen % curve.everyNth == 0 else {
            newest = Array(line)
            return
        }
        newest = []
        read(line)
        guard curve.steps.count > stepsMax else { return }
        // An odd number of them: the last is among those that go.
        if curve.steps.count % 2 == 1 { newest = Array(line) }
        curve.steps = curve.steps.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        curve.everyNth *= 2
    }

    /// Whether a word is in a line; words begin with a quotation mark, and lines are short.
    private static func holds(_ line: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        var start = 0
        while start + word.utf8CodeUnitCount <= line.count, let base = line.baseAddress,
            let found = memchr(base + start, 0x22, line.count - start)
        {
            start = UnsafeRawPointer(found) - base
            guard start + word.utf8CodeUnitCount <= line.count else { return false }
            if memcmp(base + start, word.utf8Start, word.utf8CodeUnitCount) == 0 { return true }
            start += 1
        }
        return false
    }

    private mutating func read(_ line: UnsafeRawBufferPointer) {
        guard let json = try? JSONValue(parsing: line, source: RunLogLine.fileName),
            RunCurveFile.take(json, into: &curve)
        else {
            curve.damagedLines += 1
            return
        }
    }
}
