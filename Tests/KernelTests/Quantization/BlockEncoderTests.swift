// Encoded rows: the same bytes on every instruction set, errors within budget, and refusals.

import Microkernels
import Testing

@testable import Kernel

@Suite struct BlockEncoderTests {
    /// What the description of BlockEncoder promises for normally distributed rows.
    @Test(arguments: [
        (DType.f32, 0.0), (.f16, 0.0003), (.bf16, 0.002), (.q8_0, 0.006), (.q4_1, 0.085),
        (.q4_0, 0.095),
    ])
    func roundTripStaysWithinItsBudget(dtype: DType, budget: Double) throws {
        var random = TestRandom(11)
        let row = random.normal(4_096, deviation: 0.03)
        let bytes = try BlockEncoder.encoded(row, as: dtype)
        #expect(bytes.count == dtype.byteCount(of: row.count))
        let error = relativeError(row, DecodeTwin.decode(bytes, as: dtype))
        #expect(error <= budget)
        #expect(error >= budget * 0.5, "the budget of \(dtype) is generous")
    }

    @Test(arguments: BlockEncoder.supported)
    func everyInstructionSetWritesTheSameBytes(dtype: DType) throws {
        var random = TestRandom(12)
        var row: [Float] = []
        for deviation: Float in [1, 1e-3, 1e-7, 0x1p-130, 0, 900] {
            row += random.normal(96, deviation: deviation)
        }
        row += (0..<96).map { Float($0 % 9 - 4) * 0.5 }
        for level in levels {
            #expect(try encode(row, dtype, level) == encode(row, dtype, 0), "level \(level)")
        }
    }

    @Test func halfFloatsRoundToNearestEven() throws {
        var random = TestRandom(13)
        var row = (0..<20_000).map { _ in
            Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
        }
        // Only what fp16 can take: infinities come from infinities.
        row = row.map { abs($0) >= 65_520 && $0.isFinite ? 1 / $0 : $0 }
        row += [
            0x1p-24, 0x1p-25, 0x1.8p-25, 0x1.004p0, 0x1.002p0, 0x1.006p0, 65_519, -0.0, 0x1.ffcp-15,
        ]
        for level in levels {
            let bytes = try encode(row, .f16, level)
            let wrong = row.indices.filter { index in
                let half = Float16(
                    bitPattern: UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8)
                let expected = Float16(row[index])
                return expected.isNaN ? !half.isNaN : half.bitPattern != expected.bitPattern
            }
            #expect(wrong.isEmpty, "level \(level): \(wrong.prefix(5).map { row[$0] })")
        }
    }

    @Test func bfloat16RoundsToNearestEven() throws {
        // 1 + 2⁻⁸ lies halfway between 1 and 1 + 2⁻⁷; 1 + 3 · 2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶.
        let given: [Float] = [
            0x1.01p0, 0x1.03p0, 0x1.010002p0, -0x1.01p0, 0, -0.0, .infinity,
            .greatestFiniteMagnitude, 3.14159,
        ]
        let expected: [Float] = [
            1, 0x1.04p0, 0x1.02p0, -1, 0, -0.0, .infinity, .infinity, 3.140625,
        ]
        #expect(bits(BFloat16Twin.rounded(given)) == bits(expected))
        var random = TestRandom(14)
        let row = given + given + given + random.normal(4_099)
        for level in levels {
            let values = DecodeTwin.decode(try encode(row, .bf16, level), as: .bf16)
            #expect(bits(values) == bits(BFloat16Twin.rounded(row)), "level \(level)")
            let odd = try encode([Float(bitPattern: 0x7f80_0001)], .bf16, level)
            #expect(DecodeTwin.decode(odd, as: .bf16)[0].isNaN)
        }
    }

    @Test func refusesWhatTheFormatCannotHold() throws {
        func error(_ row: [Float], _ dtype: DType) -> KernelError? {
            #expect(throws: KernelError.self) { try BlockEncoder.encoded(row, as: dtype) }
        }
        let zeros = [Float](repeating: 0, count: 32)
        let short = error(Array(zeros.dropLast()), .q4_0)
        #expect(short?.what == "cannot store a row of 31 columns as q4_0")
        #expect(short?.why == "q4_0 needs a multiple of 32 columns")
        for dtype in [DType.q8_0, .q4_0, .q4_1] {
            #expect(
                error(zeros.dropLast() + [.nan], dtype)?.why == "it has a value that is not finite")
            #expect(error([-.infinity] + zeros.dropLast(), dtype)?.kind == .badData)
            let huge = error(zeros.dropLast() + [1e30], dtype)
            #expect(huge?.why == "it has a value beyond the range of fp16 (65,504)")
        }
        #expect(error([65_520], .f16)?.hint == "bf16 and f32 hold it")
        #expect(error(zeros, .q5_1)?.kind == .usage)
        #expect(try BlockEncoder.encoded([], as: .f32).isEmpty)
    }
}
