// The arithmetic behind the table of `make bench`: medians, spreads, ratios, verdicts. Nothing is
// timed here.

import Foundation
import Testing

@testable import benchmarks

struct FigureTests {
    @Test(
        arguments: [
            (values: [3], expected: 3), ([9, 1, 5], 5), ([4, 1, 3, 2], 2.5),
        ] as [(values: [Double], expected: Double)])
    func medianIsTheMiddle(values: [Double], expected: Double) {
        #expect(Samples(values: values).median == expected)
    }

    @Test func withoutSamplesThereIsNoMedian() { #expect(Samples().median == nil) }

    @Test(arguments: [
        (180.0, Threshold.Verdict.holds), (160, .holds), (159, .fails),
    ])
    func ratioIsJudged(ours: Double, expected: Threshold.Verdict) {
        let bound = Threshold(figure: "a", of: .ratio, atLeast: 1, atMost: nil)
        #expect(bound.verdict(on: figure([ours], peer: [150, 160, 500])) == expected)
    }

    @Test(arguments: [
        (150.0, Threshold.Verdict.holds), (150.1, .fails), (.nan, .fails),
    ])
    func medianIsJudged(ours: Double, expected: Threshold.Verdict) {
        let bound = Threshold(figure: "a", of: .median, atLeast: nil, atMost: 150)
        #expect(bound.verdict(on: figure([ours], peer: [])) == expected)
    }

    @Test func withoutItsPeerARatioIsNotJudged() {
        let bound = Threshold(figure: "a", of: .ratio, atLeast: 1, atMost: nil)
        #expect(bound.verdict(on: figure([1], peer: [])) == .unjudged(Peers.absence))
        #expect(bound.verdict(on: nil) == .unjudged("not measured"))
    }

    private func figure(_ ours: [Double], peer: [Double]) -> Figure {
        Figure(
            key: "a", group: "g", title: "t", unit: .milliseconds, samples: Samples(values: ours),
            peer: PeerSamples(
                name: "p", samples: Samples(values: peer),
                problem: peer.isEmpty ? Peers.absence : nil))
    }
}

struct ThresholdFileTests {
    private static let path = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Benchmarks/thresholds.json").path

    @Test func eachThresholdNamesAFigure() throws {
        let thresholds = try Threshold.read(Self.path)
        let keys = BenchmarksCommand.all.flatMap(\.keys)
        #expect(Set(keys).count == keys.count)
        #expect(Set(thresholds.map(\.figure)).isSubset(of: keys))
        #expect(thresholds.contains { $0.text == "≤ 100" } && thresholds.count >= 4)
    }

    @Test func aFileThatIsNotThereSaysWhatToDo() {
        let error = #expect(throws: BenchmarkError.self) { try Threshold.read("nowhere.json") }
        #expect(error?.description.contains("repository's folder") == true)
    }
}
