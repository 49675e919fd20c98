// A measured figure: samples of Workbench and of the peer that does the same, and what they come
// to. Pure values.

import Foundation

/// Samples of one quantity.
struct Samples: Encodable, Equatable {
    var values: [Double] = []

    /// The middle value, or the mean of the two in the middle; nil without samples.
    var median: Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// What a peer reached, or why it was not measured.
struct PeerSamples: Encodable, Equatable {
    let name: String
    var samples = Samples()
    var problem: String?
}

/// One row of the table.
struct Figure: Encodable, Equatable {
    /// How a figure is written.
    enum Unit: String, Encodable {
        case tokensPerSecond = "tokens/s"
        case bytes = "bytes"
        case mebibytes = "MiB"
        case seconds = "s"
        case milliseconds = "ms"
        case loss = "nats"
        case percent = "%"
        case gigaflops = "GFLOP/s"
        case millionsPerSecond = "million/s"
        case ratio = "×"

        /// The number without its unit.
        func text(_ value: Double) -> String {
            let digits =
                switch self {
                case .tokensPerSecond, .milliseconds, .gigaflops, .millionsPerSecond: 1
                case .seconds, .percent, .ratio: 2
                case .bytes: 0
                case .mebibytes: value < 100 ? 1 : 0
                case .loss: 3
                }
            return String(format: "%.\(digits)f", value)
        }
    }

    /// The name in thresholds: "lora.gguf.speed".
    let key: String
    /// The heading it stands under.
    let group: String
    let title: String
    let unit: Unit
    var samples = Samples()
    /// Nil where there is nothing to compare with.
    var peer: PeerSamples?

    /// The median divided by the peer's median.
    var ratio: Double? {
        guard let ours = samples.median, let theirs = peer?.samples.median, theirs != 0 else {
            return nil
        }
        return ours / theirs
    }
}
