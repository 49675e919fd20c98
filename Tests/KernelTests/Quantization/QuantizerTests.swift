// The table of base formats: names that files and digests have, and bits that are what a weight takes.

import Testing

@testable import Kernel

@Suite struct QuantizerTests {
    /// A matrix of normally distributed numbers, as a file would have it.
    private func matrix(_ rows: Int, _ columns: Int) throws -> BlockWeight {
        var random = TestRandom(17)
        let values = PackedBytes(count: rows * columns * MemoryLayout<Float>.stride)
        let floats = values.pointer(to: Float.self)
        for (index, value) in random.normal(rows * columns).enumerated() { floats[index] = value }
        return try BlockWeight(
            bytes: UnsafeRawBufferPointer(values.bytes), owner: values, dtype: .f32, rows: rows,
            columns: columns)
    }

    /// Estimates multiply by these bits: within 2 % at 2,048 columns.
    @Test(arguments: Quantizer.allCases) func aWeightTakesItsBits(_ quantizer: Quantizer) throws {
        let weight = try matrix(16, 2048)
        let encoded = try quantizer.encode(weight)
        #expect(encoded.rows == 16 && encoded.columns == 2048)
        guard let bits = quantizer.bitsPerWeight else {
            #expect(encoded === weight)
            return
        }
        let found = Double(8 * encoded.byteCount) / Double(16 * 2048)
        #expect(abs(found / bits - 1) < 0.02, "\(found)")
        #expect(encoded.formatName == (quantizer == .dequantized ? "f32" : quantizer.name))
        // Codes are of so many bits: the rest is scales.
        if let codes = quantizer.bits { #expect((0..<1).contains(found - Double(codes))) }
    }

    @Test func plansAreCodedAsBefore() throws {
        #expect(Quantizer.allCases.map(\.rawValue) == ["fromFile", "none", "int8", "int4", "nf4"])
        #expect(Set(Quantizer.allCases.map(\.name)).count == Quantizer.allCases.count)
        for quantizer in Quantizer.allCases where quantizer != .fromFile {
            var plan = TrainingPlan()
            plan.model.quantization = quantizer
            let line = "model.quantization=\"\(quantizer.rawValue)\""
            #expect(try DecidingSettings.lines(of: plan) == [line])
        }
        for kind in OptimizerKind.allCases where kind != .adamW {
            var plan = TrainingPlan()
            plan.optimizer.kind = kind
            let line = "optimizer.kind=\"\(kind.rawValue)\""
            #expect(try DecidingSettings.lines(of: plan) == [line])
        }
    }

    @Test func theUsualOneOfSomeBitsIsFirst() {
        #expect(Quantizer.withBits(4) == [.nf4, .int4] && Quantizer.withBits(8) == [.int8])
        #expect(Quantizer.withBits(3).isEmpty && Quantizer.smallest == .nf4)
    }
}
