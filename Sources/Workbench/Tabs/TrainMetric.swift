// What is plotted beside the loss, each in a small plot of its own: learning rate, gradient norm,
// speed, memory.

import Kernel
import Panels

/// A measurement of each step beside the loss.
enum TrainMetric: String, CaseIterable, Sendable {
    case rate, gradient, speed, memory

    /// The name in titles.
    var title: DisplayText {
        switch self {
        case .rate: tr("Learning rate")
        case .gradient: tr("Gradient norm")
        case .speed: tr("Tokens/s")
        case .memory: tr("Memory")
        }
    }

    /// The name in legend and readout.
    var name: DisplayText {
        switch self {
        case .rate: "lr"
        case .gradient: tr("|grad|")
        case .speed: tr("tok/s")
        case .memory: "MiB"
        }
    }

    /// Its value in a step; NaN, which is a gap, when it was not measured.
    func value(_ record: StepRecord) -> Double {
        switch self {
        case .rate: record.learningRate
        case .gradient: record.gradientNorm
        case .speed: record.tokensPerSecond
        case .memory: record.memoryBytes.map { Double($0) / 1_048_576 } ?? .nan
        }
    }

    /// Its value in a step as people read it; nothing when it was not measured.
    func text(_ record: StepRecord) -> String {
        switch self {
        case .rate, .gradient: Readout.number(value(record))
        case .speed: Readout.rate(record.tokensPerSecond)
        case .memory: record.memoryBytes.map { Figures.bytes($0) } ?? ""
        }
    }

    /// Norms differ by orders of magnitude.
    var isLogarithmic: Bool { self == .gradient }
}
