// What must hold, read from thresholds.json, and the verdict on a figure.

import Foundation

/// A bound on a figure's median or on its ratio to the peer's.
struct Threshold: Decodable, Equatable {
    /// What is bounded.
    enum Quantity: String, Decodable { case median, ratio }

    /// Whether the bound holds; `unjudged` says why nobody knows.
    enum Verdict: Equatable {
        case holds
        case fails
        case unjudged(String)
    }

    /// The key of the figure.
    let figure: String
    let of: Quantity
    let atLeast: Double?
    let atMost: Double?

    /// The bounds in a file; each names one side at least.
    static func read(_ path: String) throws -> [Threshold] {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw BenchmarkError("\(path) cannot be read: call this in the repository's folder")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            let thresholds = try decoder.decode([Threshold].self, from: data)
            for threshold in thresholds where threshold.atLeast == nil && threshold.atMost == nil {
                throw BenchmarkError("\(path): \(threshold.figure) has no bound")
            }
            return thresholds
        } catch let error as DecodingError {
            throw BenchmarkError("\(path): \(error)")
        }
    }

    /// "≥ 1.4" or "≤ 150".
    var text: String {
        [("≥", atLeast), ("≤", atMost)]
            .compactMap { sign, bound in bound.map { String(format: "%@ %g", sign, $0) } }
            .joined(separator: " ")
    }

    /// The verdict on the figure with this key, nil when it was not measured.
    func verdict(on measured: Figure?) -> Verdict {
        guard let measured else { return .unjudged("not measured") }
        let value =
            switch of {
            case .median: measured.samples.median
            case .ratio: measured.ratio
            }
        guard let value else { return .unjudged(measured.peer?.problem ?? "not measured") }
        return value >= (atLeast ?? -.infinity) && value <= (atMost ?? .infinity) ? .holds : .fails
    }
}
