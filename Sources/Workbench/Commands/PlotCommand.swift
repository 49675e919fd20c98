// workbench plot: the curves of runs as text, once or for as long as they go on.

import ArgumentParser
import Foundation
import Kernel
import Panels

extension PlotAxis: ExpressibleByArgument {}

struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Plot the curves of runs as text.",
        discussion: """
            One run is drawn with its raw measurements, their mean and its held-out losses; several are laid \
            over each other, a letter each. Without --once it follows runs that are under way and ends with \
            them, or at Ctrl-C; where no terminal reads, it then writes a line for each new point.
            """)

    @Argument(help: ArgumentHelp("Names of runs or their folders.", valueName: "run"))
    var words: [String]
    @Flag(help: "Draw what there is and leave.")
    var once = false
    @Option(
        help: """
            What is plotted: loss, lr, grad_norm, tokens (a second), memory (MiB), or another number that \
            the log has.
            """)
    var metric = Metric.loss.plotName
    @Option(help: "What x counts: step, epoch, time or tokens.")
    var x = PlotAxis.step
    @Option(
        help: "How much of the past the mean keeps: 0 (no mean), 0.6, 0.8, 0.9, 0.95, 0.98 or 0.99."
    )
    var smoothing = TrainCurves.strengths[3]
    @Flag(help: "Draw y logarithmically; the gradient norm is so anyway, and linear with this.")
    var log = false
    @Option(help: "Columns; those of the terminal unless given, else 80.")
    var width: Int?
    @Option(help: "Rows; those of the terminal unless given, else 24.")
    var height: Int?
    @Flag(help: "Draw with ASCII alone; so it is anyway in a locale without UTF-8.")
    var ascii = false
    @OptionGroup var answer: AnswerOptions

    mutating func validate() throws {
        guard !words.isEmpty, words.count <= RunOverlay.most else {
            throw ValidationError("give one to \(RunOverlay.most) runs.")
        }
        guard TrainCurves.strengths.contains(smoothing) else {
            let known = TrainCurves.strengths.map { NumberText.setting($0) }
            throw ValidationError("smoothing is one of \(known.joined(separator: ", ")).")
        }
        if let width, !(20...1000).contains(width) {
            throw ValidationError("width must be between 20 and 1000, is \(width).")
        }
        if let height, !(5...500).contains(height) {
            throw ValidationError("height must be between 5 and 500, is \(height).")
        }
    }

    func run() throws {
        try reportAndExit(json: answer.json) {
            let paths = try RunsCommand.paths
            let isDrawn = !answer.json && (once || (Output.isTerminal && !answer.plain))
            var follower = try RunFollower(
                words.map { word throws(KernelError) in try RunsCommand.record(word, paths) },
                isDrawn: isDrawn)
            try follower.read()
            let environment = ProcessInfo.processInfo.environment
            var plot = RunPlot()
            (plot.axis, plot.smoothing) = (x, smoothing)
            plot.isLogarithmic = log
            plot.isASCII = ascii || !CursesTerminal.showsUTF8(environment)
            plot.subjects = follower.subjects
            plot.metric = try RunFollower.metric(named: metric, in: plot.subjects)
            warn(follower)
            let depth = Output.isTerminal ? ColorDepth(environment: environment) : .monochrome
            let sheet = PlotSheet(width: width, height: height, depth: depth)
            if isDrawn { sheet.draw(plot, over: 0) } else { follower.tell(plot, json: answer.json) }
            var drawn = sheet.rows
            while !once, plot.subjects.contains(where: \.isLive) {
                usleep(500_000)
                guard try follower.read() else { continue }
                plot.subjects = follower.subjects
                guard isDrawn else {
                    follower.tell(plot, json: answer.json)
                    continue
                }
                sheet.draw(plot, over: drawn)
                drawn = sheet.rows
            }
        }
    }

    private func warn(_ follower: RunFollower) {
        guard !answer.quiet, !answer.json else { return }
        for subject in follower.subjects where subject.curve.damagedLines > 0 {
            Output.note(
                "\(subject.name): \(subject.curve.damagedLines) lines of its log are damaged.")
        }
        for subject in follower.subjects where subject.curve.leavesMetricsOut {
            Output.note(
                "\(subject.name): its log has more than \(RunCurve.othersMax) metrics that are not known; "
                    + "the others are left out.")
        }
        for subject in follower.subjects where subject.curve.everyNth > 1 {
            Output.note(
                "\(subject.name): the log is very long, one step in \(subject.curve.everyNth) is drawn."
            )
        }
    }
}

/// Runs and what is new in them.
struct RunFollower {
    private var readers: [RunCurveReader]
    private let folders: [String]
    private(set) var subjects: [RunPlot.Subject]
    /// How many points of each were printed.
    private var told: [(steps: Int, held: Int)]

    /// A drawing needs no more steps than a screen shows; a listing line by line needs all.
    init(_ records: [RunRecord], isDrawn: Bool) {
        folders = records.map(\.folder)
        let most = isDrawn ? RunCurveIntake.stepsDrawn : nil
        readers = folders.map { RunCurveReader(folder: $0, stepsMax: most) }
        subjects = records.map { RunPlot.Subject(name: $0.name, isLive: $0.state.isLive) }
        told = records.map { _ in (0, 0) }
    }

    /// Reads what was written since; false when nothing is different.
    @discardableResult
    mutating func read() throws(KernelError) -> Bool {
        var hasChanged = false
        for index in folders.indices {
            // Asked first: what a run wrote before its end is read after it.
            let isLive = RunRecord(folder: folders[index])?.state.isLive ?? false
            let hasMore = try readers[index].read()
            hasChanged = hasChanged || hasMore || isLive != subjects[index].isLive
            subjects[index].isLive = isLive
            subjects[index].curve = readers[index].curve
        }
        return hasChanged
    }

    /// The metric that the user names: one that every run may have, or one that the log of a run here has.
    static func metric(
        named word: String, in subjects: [RunPlot.Subject]
    ) throws(KernelError) -> Metric {
        if let known = Metrics.named(word) { return known }
        let others = subjects.reduce(into: Set<MetricKey>()) { $0.formUnion($1.curve.others) }
        let key = MetricKey(rawValue: word)
        if others.contains(key) { return Metrics.row(key) }
        let names =
            Metrics.all.filter(\.isPlotted).map(\.plotName) + others.map(\.rawValue).sorted()
        throw KernelError(
            .configuration, "there is no such metric", at: "--metric \(ErrorReport.visible(word))",
            because: "known are \(ErrorReport.visible(names.joined(separator: ", ")))")
    }

    /// Writes the points that were not printed yet, a line each.
    mutating func tell(_ plot: RunPlot, json: Bool) {
        for (index, subject) in subjects.enumerated() {
            // A run that goes on from a checkpoint has a shorter log than before.
            let steps = min(told[index].steps, subject.curve.steps.count)
            let held = min(told[index].held, subject.curve.evaluations.count)
            told[index] = (subject.curve.steps.count, subject.curve.evaluations.count)
            let points = plot.points(subject, from: steps) + plot.heldPoints(subject, from: held)
            for point in points {
                if json {
                    Output.json(.object(point))
                } else {
                    Output.text(RunPlot.line(point, withName: subjects.count > 1) + "\n")
                }
            }
        }
    }
}

/// Where a plot is drawn on lines of the terminal, again in the same place when asked.
struct PlotSheet {
    var width: Int?
    var height: Int?
    var depth: ColorDepth

    /// Columns and rows now; a row is left for the shell's prompt.
    var size: Size {
        let terminal = Output.terminalSize
        return Size(
            width ?? max(20, terminal?.width ?? 80),
            height ?? max(5, terminal.map { $0.height - 1 } ?? 24))
    }
    var rows: Int { size.height }

    /// Draws over so many rows that were drawn before.
    func draw(_ plot: RunPlot, over rows: Int) {
        let frame = plot.frame(size, theme: Theme.standard.adapted(to: depth))
        let lines = depth == .monochrome ? frame.text.lines : frame.linesWithEscapes
        guard rows > 0 else { return Output.drawing(lines.map { $0 + "\n" }.joined()) }
        Output.drawing(
            "\u{1B}[\(rows)A\r" + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
    }
}

extension String {
    /// Its lines, empty ones too.
    fileprivate var lines: [String] {
        split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
