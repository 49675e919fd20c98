// How a metric reads on a screen: its names in the reader's language, its values as people spell them, and which of
// them are plotted. The table in Kernel defines which metrics there are.

import Kernel
import Panels

extension Metric {
    /// The name in titles.
    var heading: DisplayText { DisplayText(tr(title)) }
    /// The name beside a number.
    var word: String { tr(label) }
    /// The name in the legend of a plot, whose axis has no unit.
    var legend: DisplayText { unit == .bytes ? "MiB" : DisplayText(word) }

    /// Whether it measures how fast a run goes and what it takes, not how well it learns.
    var isOfPace: Bool { unit == .perSecond || unit == .bytes }

    /// A value on the axis of a plot: bytes count in MiB.
    func plotted(_ value: Double) -> Double { unit == .bytes ? value / 1_048_576 : value }

    /// A value as people read it; nothing when it was not measured.
    func text(_ value: Double) -> String {
        switch unit {
        case .nats: NumberText.loss(value)
        case .number: NumberText.number(value)
        case .perSecond: NumberText.rate(value)
        case .bytes: Int(exactly: value).map { NumberText.bytes($0) } ?? ""
        case .count: Int(exactly: value).map { NumberText.short($0) } ?? ""
        }
    }

    /// A value in full, for tables that other programs read; nothing for what is no number.
    func cell(_ value: Double) -> String { value.isFinite ? json(value).text() : "" }
}

extension Metrics {
    /// What is plotted beside the loss of every run.
    static let plotted: [Metric] = Metric.common.filter { $0.isPlotted && $0.key != .loss }

    /// The value of a metric on the axis of its plot; NaN, which is a gap, where it was not measured.
    static func plotted(_ key: MetricKey, _ record: some Measured) -> Double {
        row(key).plotted(record[key])
    }

    /// What is plotted beside the loss of a run that measured these.
    static func beside(_ measured: Set<MetricKey>) -> [Metric] {
        let others = rows(of: measured).filter { row in
            row.isPlotted && row.key != .loss && !plotted.contains { $0.key == row.key }
        }
        return plotted + others
    }
}
