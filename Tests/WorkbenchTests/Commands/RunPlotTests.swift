// Plots of runs as text: what is drawn at which size, what is told as numbers, and logs that grow.

import Foundation
import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct RunPlotTests {
    private static func plot(_ names: [String], _ change: (inout RunPlot) -> Void = { _ in })
        -> RunPlot
    {
        var plot = RunPlot()
        plot.subjects = names.enumerated().map { index, name in
            RunPlot.Subject(name: name, curve: RunSamples.curve(1 + Double(index) / 2, to: 600))
        }
        change(&plot)
        return plot
    }

    @Test(arguments: [Size(80, 24), Size(120, 40)])
    func aRunAndSeveralAreDrawnAsTheTabsDo(size: Size) {
        for (name, plot) in [
            ("one", Self.plot(["sft-01"])), ("two", Self.plot(["sft-01", "客服-03"])),
            ("ascii", Self.plot(["sft-01"]) { $0.isASCII = true }),
            (
                "rate",
                Self.plot(["sft-01", "sft-02"]) {
                    ($0.metric, $0.axis) = (Metrics.row(.learningRate), .epoch)
                }
            ),
        ] {
            let frame = plot.frame(size, theme: .standard)
            #expect(Picture.fault(frame, "plot-\(name)") == nil)
            if name == "ascii" {
                #expect(frame.text.unicodeScalars.allSatisfy { $0.isASCII }, "\(frame.text)")
            }
        }
    }

    @Test func everyMeasurementIsDrawnAtEverySize() {
        for metric in Metrics.all {
            for size in [Size(1, 1), Size(20, 5), Size(41, 13), Size(300, 80)] {
                for names in [["a"], ["a", "b", "c"]] {
                    let plot = Self.plot(names) { ($0.metric, $0.isLogarithmic) = (metric, true) }
                    #expect(plot.frame(size, theme: .mono).size == size)
                }
            }
        }
        // The samples do not measure memory.
        let memory = Self.plot(["a"]) { $0.metric = Metrics.row(.memory) }.frame(
            Size(80, 24), theme: .mono)
        #expect(memory.text.contains("This was not measured."))
        var empty = RunPlot()
        empty.subjects = [RunPlot.Subject(name: "none")]
        #expect(empty.frame(Size(80, 24), theme: .mono).text.contains("No step was finished."))
    }

    @Test func aLiveRunIsShownAgainstItsPlan() {
        var plot = Self.plot(["a"])
        plot.subjects[0].curve = RunSamples.curve(1, to: 300)
        let ended = plot.frame(Size(80, 24), theme: .mono).text
        plot.subjects[0].isLive = true
        // The plan is 600 steps: the tick stands only where the whole range is shown.
        let live = plot.frame(Size(80, 24), theme: .mono).text
        #expect(live.contains(" 600") && !ended.contains(" 600"), "\(live)\n\(ended)")
    }

    @Test func numbersAreThoseOfTheLog() throws {
        let plot = Self.plot(["a"]) { $0.axis = .tokens }
        let points = plot.points(plot.subjects[0])
        let record = plot.subjects[0].curve.steps[1]
        #expect(points.count == 60 && points[1]["step"] == 20)
        #expect(points[1]["x"]?.double == Double(record.tokensSeen))
        #expect(points[1]["loss"]?.double == record.loss)
        // The first mean is the first value itself.
        let first = try #require(points[0]["ema"]?.double)
        #expect(abs(first - (points[0]["loss"]?.double ?? 0)) < 1e-12)
        #expect(plot.points(plot.subjects[0], from: 58).count == 2)
        let held = plot.heldPoints(plot.subjects[0])
        #expect(held.count == 6 && held[0]["step"] == 100)
        #expect(held[0]["x"]?.double == Double(plot.subjects[0].curve.steps[9].tokensSeen))
        let rate = Self.plot(["a"]) { $0.metric = Metrics.row(.learningRate) }
        #expect(rate.heldPoints(rate.subjects[0]).isEmpty)
        #expect(rate.points(rate.subjects[0])[0]["ema"] == nil)
        let line = RunPlot.line(points[1], withName: true)
        #expect(line.hasPrefix("a  step 20  loss "), "\(line)")
        #expect(RunPlot.line(points[1], withName: false).hasPrefix("step 20  loss "))
    }

    @Test func aGrowingLogIsReadOnceAndAShorterOneAnew() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("plot-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("trainer_log.jsonl")
        func line(_ step: Int) -> String { #"{"current_steps": \#(step), "loss": 2}"# + "\n" }
        var reader = RunCurveReader(folder: folder.path)
        func hasMore() throws -> Bool { try reader.read() }
        #expect(try !hasMore())
        try Data((line(1) + line(2) + #"{"current"#).utf8).write(to: file)
        #expect(try hasMore())
        #expect(reader.curve.steps.map(\.step) == [1, 2] && reader.curve.damagedLines == 0)
        #expect(try !hasMore())
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data((#"_steps": 3, "loss": 1}"# + "\n").utf8))
        try handle.close()
        #expect(try hasMore())
        #expect(reader.curve.steps.map(\.step) == [1, 2, 3])
        // Another file in its place, and the same one cut back.
        try Data((line(1) + line(5) + line(6) + line(7)).utf8).write(to: file, options: .atomic)
        #expect(try hasMore())
        #expect(reader.curve.steps.map(\.step) == [1, 5, 6, 7])
        truncate(file.path, off_t(line(1).utf8.count))
        #expect(try hasMore())
        #expect(reader.curve.steps.map(\.step) == [1])
    }

    /// Any number that the log of a run has can be plotted; what neither it nor the table has is refused.
    @Test func metricsAreFoundByTheirNames() throws {
        var log = RunPlot.Subject(name: "dpo")
        for step in 1...3 {
            var record = TrainSamples.record(step)
            record.values["rewards/margins"] = Double(step) / 4
            log.curve.add(record)
        }
        func named(_ word: String) throws(KernelError) -> Metric {
            try RunFollower.metric(named: word, in: [log])
        }
        #expect(try named("loss") == .loss && named("memory") == Metrics.row(.memory))
        #expect(try named("grad_norm") == Metrics.row(.gradientNorm))
        let margin = try named("rewards/margins")
        var plot = RunPlot(metric: margin)
        plot.subjects = [log]
        let points = plot.points(log)
        #expect(points.map { $0["rewards/margins"]?.double } == [0.25, 0.5, 0.75])
        let picture = plot.frame(Size(80, 24), theme: .mono).text
        #expect(picture.contains("Reward margin") && !picture.contains("not measured"))
        let error = #expect(throws: KernelError.self) { try named("rubbish") }
        #expect(error?.why?.description.contains("tokens, memory,") == true)
    }

    @Test func whatCannotBePlottedIsRefused() {
        for words in [
            [], Array(repeating: "a", count: 9), ["a", "--smoothing", "0.5"],
            ["a", "--width", "3"], ["a", "--height", "1000"],
            ["a", "--x", "mars"],
        ] {
            #expect(throws: (any Error).self, "\(words)") { try PlotCommand.parse(words) }
        }
        #expect(throws: Never.self) {
            try PlotCommand.parse(["a", "b", "--once", "--metric", "grad_norm", "--json"])
        }
    }
}
