// Normalization against Unicode's own test file, and where Foundation's was wrong.

import Foundation
import Testing

@testable import Kernel

@Suite struct CanonicalTextTests {
    private static let file = "/usr/share/unicode/NormalizationTest.txt.bz2"
    private static var hasFile: Bool { FileManager.default.fileExists(atPath: file) }

    private func text(_ points: [UInt32]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: points.compactMap(Unicode.Scalar.init))
        return String(view)
    }

    private func points(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    /// Foundation composed U+10041 U+0301 to U+00C1, by its low 16 bits.
    @Test(
        arguments: [
            ([0x10041, 0x301], [0x10041, 0x301]), ([0x1003C, 0x338], [0x1003C, 0x338]),
            ([0x20041, 0x301], [0x20041, 0x301]), ([0x61, 0xF73, 0x301], [0xE1, 0xF71, 0xF72]),
            ([0x110BA, 0x110B9, 0x110BA], [0x110BA, 0x110BA, 0x110B9]),
            ([0x11099, 0x110BA], [0x1109A]), ([0x1D157, 0x1D165], [0x1D157, 0x1D165]),
            ([0x1D15E], [0x1D157, 0x1D165]), ([0x2F800], [0x4E3D]),
            ([0x1100, 0x1161, 0x11A8], [0xAC01]),
            ([0xAC00, 0x11A7], [0xAC00, 0x11A7]), ([0xAC01, 0x11A8], [0xAC01, 0x11A8]),
            ([0x212B], [0xC5]), ([0x958], [0x915, 0x93C]), ([0x308, 0x61], [0x308, 0x61]),
            ([0x61, 0x328, 0x301], [0x105, 0x301]), ([0x344], [0x308, 0x301]), ([], []),
        ] as [([UInt32], [UInt32])])
    func composes(_ source: [UInt32], _ expected: [UInt32]) {
        #expect(points(CanonicalText.composed(text(source))) == expected)
    }

    /// Every line of Unicode's file, the first part also as all that stands in one long text.
    @Test(
        .enabled(
            if: hasFile, "unicode-data is not installed: scripts/install-dependencies.sh tests"))
    func everyLineOfUnicodesTest() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import bz2,sys;sys.stdout.buffer.write(bz2.open('\(Self.file)').read())",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        var (listed, isPart1, count): (Set<UInt32>, Bool, Int) = ([], false, 0)
        var (all, allComposed) = ("", "")
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("@") { isPart1 = line.hasPrefix("@Part1") }
            let columns = line.split(separator: ";", omittingEmptySubsequences: false)
            guard columns.count >= 5, !line.hasPrefix("#"), !line.hasPrefix("@") else { continue }
            let forms = columns.prefix(5).map { column in
                column.split(separator: " ").compactMap { UInt32($0, radix: 16) }
            }
            if isPart1 { listed.formUnion(forms[0]) }
            for i in 0..<3 {
                #expect(points(CanonicalText.composed(text(forms[i]))) == forms[1], "\(line)")
                #expect(points(CanonicalText.decomposed(text(forms[i]))) == forms[2], "\(line)")
            }
            for i in 3..<5 {
                #expect(points(CanonicalText.composed(text(forms[i]))) == forms[3], "\(line)")
                #expect(points(CanonicalText.decomposed(text(forms[i]))) == forms[4], "\(line)")
            }
            for form in forms {
                let source = text(form)
                #expect(points(CanonicalText.compatiblyComposed(source)) == forms[3], "\(line)")
                #expect(
                    points(CanonicalText.decomposed(source, compatibly: true)) == forms[4],
                    "\(line)")
            }
            // Nothing joins a line break.
            all += text(forms[0]) + "\n"
            allComposed += text(forms[1]) + "\n"
            count += 1
        }
        #expect(count > 18_000)
        #expect(CanonicalText.composed(all).utf8.elementsEqual(allComposed.utf8))
        for point in UInt32(0)..<0x110000 where !listed.contains(point) {
            guard Unicode.Scalar(point) != nil else { continue }
            let one = text([point])
            if points(CanonicalText.composed(one)) != [point]
                || points(CanonicalText.compatiblyComposed(one)) != [point]
                || points(CanonicalText.decomposed(one, compatibly: true)) != [point]
            {
                // Characters of a newer Unicode than the tables' stay as they are.
                Issue.record("U+\(String(point, radix: 16)) changes")
            }
        }
    }

    /// Hugging Face's tokenizers know Unicode 9.0: later characters stay as they are there.
    @Test func tokenizersLeaveYoungerCharactersAlone() {
        let era = text([0x32FF])
        #expect(CanonicalText.compatiblyComposed(era) == "令和")
        #expect(CanonicalText.compatiblyComposed(era, by: .tokenizers) == era)
        #expect(CanonicalText.compatiblyComposed("㍻ﬁ", by: .tokenizers) == "平成fi")
        // U+1DF8 came with class 214 in Unicode 14: unknown, it stands where it is.
        let marks = text([0x61, 0x301, 0x1DF8])
        #expect(points(CanonicalText.decomposed(marks)) == [0x61, 0x1DF8, 0x301])
        #expect(points(CanonicalText.decomposed(marks, by: .tokenizers)) == [0x61, 0x301, 0x1DF8])
    }

    @Test func aMillionMarksTakeNoTime() {
        let marks = String(repeating: "\u{301}\u{323}", count: 500_000)
        var done = ""
        let time = processorSeconds { done = CanonicalText.composed("a" + marks) }
        #expect(done.unicodeScalars.count == 1_000_000)
        #expect(points(String(done.unicodeScalars.prefix(3))) == [0x1EA1, 0x323, 0x323])
        // About 2 s in debug alone; sorting by exchange would take hours.
        #expect(time < 60)
    }
}
