// The fastest matrix products of this machine in the shapes of training: the limit that a training's
// share is taken of.

import Foundation

/// What gemm_peak.py measured.
struct GemmPeak: Decodable {
    /// In what a product is computed; the raw value is what it is called in figures.
    enum Precision: String, CaseIterable { case fp32, bf16 }

    private let versions: [String: String]
    private let fp32: [String: [Double]]
    private let bf16: [String: [Double]]

    /// Measures with PyTorch where it is installed, and with OpenBLAS.
    init(_ setup: Setup) throws {
        let python = setup.peers.haveTraining ? setup.peers.python : "/usr/bin/python3"
        let outcome = try setup.run(
            Command(
                program: python,
                arguments: [
                    "Benchmarks/peers/gemm_peak.py", "--threads", "\(setup.options.threads)",
                    "--rounds", setup.options.isQuick ? "1" : "5",
                ], environment: ["PYTHONDONTWRITEBYTECODE": "1"]),
            timeout: 120)
        let text = outcome.lines.map(\.text).joined()
        guard let peak = try? JSONDecoder().decode(GemmPeak.self, from: Data(text.utf8)) else {
            throw BenchmarkError("Benchmarks/peers/gemm_peak.py gave no figures: \(text)")
        }
        self = peak
    }

    /// GFLOP/s of the faster library, one value for each round; nil where none computes that way.
    func rates(_ precision: Precision) -> (library: String, samples: Samples)? {
        (precision == .fp32 ? fp32 : bf16)
            .map { (library: $0.key, samples: Samples(values: $0.value)) }
            .max { ($0.samples.median ?? 0) < ($1.samples.median ?? 0) }
    }

    /// The libraries that were asked and their versions.
    var libraries: [String] { versions.map { "\($0.key): \($0.value)" }.sorted() }
}

/// The limits themselves, as rows.
struct GemmPeakBenchmark: Benchmark {
    let name = "peak"
    let keys = GemmPeak.Precision.allCases.map { "peak.\($0)" }

    func measure(_ setup: Setup) throws -> [Figure] {
        let peak = try setup.gemmPeak()
        return GemmPeak.Precision.allCases.compactMap { precision in
            peak.rates(precision).map { rates in
                Figure(
                    key: "peak.\(precision)", group: "Fastest matrix product",
                    title: "\(precision), \(rates.library)", unit: .gigaflops,
                    samples: rates.samples)
            }
        }
    }
}
