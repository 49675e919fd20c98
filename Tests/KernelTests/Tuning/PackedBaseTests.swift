// Adapters over packed bases: they learn, and the base stays in its packed bytes while they do.

import Testing

@testable import Kernel
import TestSupport

@Suite struct PackedBaseTests {
    struct Base: Sendable, CustomTestStringConvertible {
        var name: String
        var quantization: Quantizer
        var format: String
        /// Bits of a weight in the linear layers, scales included, at most. Rows have 32 or 64 columns.
        var bitsMax: Double
        var testDescription: String { format + " of " + name }
    }

    @Test(arguments: [
        // A float scale for a row of 32 columns is one bit more a weight.
        Base(name: "llama", quantization: .int8, format: "int8", bitsMax: 9),
        // Half a group of 64: 4 bytes of scale and minimum beside 16 bytes of nibbles.
        Base(name: "llama", quantization: .int4, format: "int4", bitsMax: 5),
        Base(name: "llama", quantization: .nf4, format: "nf4", bitsMax: 5.2),
        Base(name: "gguf/llama-Q8_0.gguf", quantization: .fromFile, format: "q8_0", bitsMax: 8.5),
        Base(name: "gguf/qwen3-Q8_0.gguf", quantization: .fromFile, format: "q8_0", bitsMax: 8.5),
        Base(name: "llama-bf16", quantization: .fromFile, format: "bf16", bitsMax: 16),
    ])
    func learnsOverPackedBytes(_ base: Base) throws {
        let weights = try ModelWeights(
            ModelFolder(path: Fixture.path("families/" + base.name)),
            quantization: base.quantization)
        #expect(weights.formatName == base.format)
        let linears = weights.matrices.filter { $0.key.hasPrefix("model.layers.") }
        let elements = linears.values.reduce(0) { $0 + $1.rows * $1.columns }
        let bytes = linears.values.reduce(0) { $0 + $1.byteCount }
        #expect(
            Double(8 * bytes) / Double(elements) <= base.bitsMax,
            "\(bytes) bytes of \(elements) weights")
        let before = linears.mapValues { $0.decoded() }

        let model = TinyModel.adapted(weights, filled: false)
        let optimizer = AdamW(model.parameters)
        // The same rows again and again must become likely.
        let same = Array(try TinyModel.rows().prefix(4))
        let run = ParityRun(
            model, optimizer, .constant(1e-2), clip: 1,
            rows: Array(repeating: same, count: 12).flatMap { $0 })
        let losses = (0..<12).map { run.step($0).loss }
        #expect(losses[11] < 0.8 * losses[0], "\(losses)")
        #expect(losses.allSatisfy { $0.isFinite })

        #expect(linears.mapValues { $0.decoded() } == before)
        #expect(linears.values.reduce(0) { $0 + $1.byteCount } == bytes)
        #expect(model.weights.byteCount == weights.byteCount)
    }
}
