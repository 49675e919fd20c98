// BlockWeight against its naive twin on every instruction set, and what it refuses.

import Microkernels
import Testing

@testable import Kernel

/// The kinds that weights are stored in.
let weightKinds: [DType] = [
    .f32, .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q4_K, .q5_K, .q6_K,
]
/// The instruction sets of this machine.
let levels = Array(Int32(0)...mk_level_max())
/// The same for products.
let productLevels = Array(Int32(0)...mk_dot_level_max())

/// Random rows of a kind whose scales are finite and of the size that weights have.
private func randomRows(_ dtype: DType, rows: Int, columns: Int, seed: UInt64 = 7) -> [UInt8] {
    var random = TestRandom(seed)
    if !dtype.isQuantized {
        let values = random.normal(rows * columns)
        switch dtype {
        case .f16: return values.flatMap { littleEndian(Float16($0).bitPattern) }
        case .bf16: return values.flatMap { littleEndian(UInt16($0.bitPattern >> 16)) }
        default: return values.flatMap { littleEndian($0.bitPattern) }
        }
    }
    var bytes = random.bytes(rows * columns / dtype.blockLength * dtype.blockBytes)
    for block in stride(from: 0, to: bytes.count, by: dtype.blockBytes) {
        let scales =
            dtype == .q6_K
            ? [208] : [DType.q4_1, .q5_1, .q4_K, .q5_K].contains(dtype) ? [0, 2] : [0]
        for offset in scales {
            let scale = littleEndian(Float16(Float(random.normal(1)[0]) * 0.01).bitPattern)
            bytes.replaceSubrange(block + offset..<block + offset + 2, with: scale)
        }
    }
    return bytes
}

private func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

@Suite struct BlockWeightTests {
    @Test(arguments: weightKinds, [1, 2])
    func decodesLikeTheTwin(dtype: DType, blocks: Int) throws {
        let columns = dtype.isQuantized ? blocks * dtype.blockLength : 96 * blocks + 5
        let bytes = randomRows(dtype, rows: 6, columns: columns)
        let owner = TestBytes(bytes)
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 6, columns: columns)
        let expected = bits(DecodeTwin.decode(bytes, as: dtype))
        for level in levels {
            var values = [Float](repeating: .nan, count: 6 * columns + 1)
            weight.decode(rows: 0..<6, into: &values, level: level)
            #expect(values.removeLast().isNaN, "wrote beyond the rows")
            #expect(bits(values) == expected, "level \(level)")
            var part = [Float](repeating: 0, count: 2 * columns)
            weight.decode(rows: 3..<5, into: &part, level: level)
            #expect(bits(part) == Array(expected[3 * columns..<5 * columns]), "level \(level)")
        }
    }

    @Test(arguments: [DType.f32, .f16, .bf16], [1, 3, 17, 31, 32, 33, 127])
    func decodesAnyNumberOfColumns(dtype: DType, columns: Int) throws {
        let bytes = randomRows(dtype, rows: 5, columns: columns)
        let owner = TestBytes(bytes)
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 5, columns: columns)
        let expected = DecodeTwin.decode(bytes, as: dtype)
        var random = TestRandom(3)
        let x = random.normal(columns)
        for level in levels {
            var values = [Float](repeating: .nan, count: 5 * columns)
            weight.decode(rows: 0..<5, into: &values, level: level)
            #expect(bits(values) == bits(expected), "level \(level)")
        }
        for level in productLevels { expectProducts(of: weight, equal: expected, x, level) }
    }

    @Test(arguments: weightKinds, [1, 2, 3, 18])
    func multipliesLikeTheTwin(dtype: DType, blocks: Int) throws {
        let columns = max(dtype.blockLength, 32) * blocks
        let bytes = randomRows(dtype, rows: 9, columns: columns)
        let owner = TestBytes(bytes)
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 9, columns: columns)
        var random = TestRandom(5)
        let x = random.normal(columns)
        for level in productLevels {
            expectProducts(of: weight, equal: DecodeTwin.decode(bytes, as: dtype), x, level)
        }
    }

    /// A part of the work may begin and end at any row.
    @Test(arguments: weightKinds, [1, 2, 3, 18])
    func aRunOfRowsHasTheBitsOfSingleOnes(dtype: DType, blocks: Int) throws {
        let columns = max(dtype.blockLength, 32) * blocks
        let owner = TestBytes(randomRows(dtype, rows: 11, columns: columns))
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 11, columns: columns)
        var random = TestRandom(8)
        let x = random.normal(columns)
        for level in productLevels {
            let single = (0..<11).flatMap { products(weight, $0..<$0 + 1, x, level) }
            #expect(bits(products(weight, 0..<11, x, level)) == bits(single), "level \(level)")
            #expect(bits(products(weight, 2..<9, x, level)) == bits(Array(single[2..<9])))
        }
    }

    /// Three blocks of equal code bytes; scales: the least subnormal, one, the largest.
    private func extremeBlocks(_ dtype: DType, fill: UInt8) -> [UInt8] {
        var bytes = [UInt8](repeating: fill, count: 3 * dtype.blockBytes)
        let hasMinimum = [DType.q4_1, .q5_1, .q4_K, .q5_K].contains(dtype)
        for (block, pattern) in [UInt16(0x0001), 0x3c00, 0x7bff].enumerated() {
            for offset in dtype == .q6_K ? [208] : hasMinimum ? [0, 2] : [0] {
                let start = block * dtype.blockBytes + offset
                bytes.replaceSubrange(start..<start + 2, with: littleEndian(pattern))
            }
        }
        return bytes
    }

    /// Codes at both ends of their range meet vectors at both ends of theirs.
    @Test(arguments: weightKinds.filter(\.isQuantized), [UInt8(0), 0x7f, 0x80, 0xff])
    func extremeCodesAndVectors(dtype: DType, fill: UInt8) throws {
        let columns = 3 * dtype.blockLength
        let bytes = (0..<5).flatMap { _ in extremeBlocks(dtype, fill: fill) }
        let owner = TestBytes(bytes)
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 5, columns: columns)
        let values = DecodeTwin.decode(bytes, as: dtype)
        let reach = [UInt8(0), 0x7f, 0x80, 0xff].flatMap {
            DecodeTwin.decode(extremeBlocks(dtype, fill: $0), as: dtype).map(abs)
        }
        var random = TestRandom(6)
        let normal = random.normal(columns)
        for factor: Float in [0, 1, -1e25, 1e-30, 1e-37, 0x1p-146] {
            for level in productLevels {
                for x in [normal.map { $0 * factor }, normal.map { _ in factor }] {
                    expectProducts(
                        of: weight, equal: values, x, level, reach: reach.max() ?? 0)
                }
            }
        }
    }

    @Test(arguments: weightKinds, [Float.nan, .infinity, -.infinity])
    func whatIsNotFiniteStaysSo(dtype: DType, bad: Float) throws {
        let columns = max(2 * dtype.blockLength, 70)
        let bytes = randomRows(
            dtype, rows: 6, columns: columns / dtype.blockLength * dtype.blockLength)
        let owner = TestBytes(bytes)
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 6,
            columns: columns / dtype.blockLength * dtype.blockLength)
        var x = [Float](repeating: 1, count: weight.columns)
        x[weight.columns - 1] = bad
        for level in productLevels {
            #expect(products(weight, 0..<6, x, level).allSatisfy { !$0.isFinite }, "level \(level)")
        }
    }

    @Test func everyHalfFloatDecodes() throws {
        let all = (0...UInt16.max).flatMap { littleEndian($0) }
        let owner = TestBytes(all, offset: 0)
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: .f16, rows: 1, columns: 65_536)
        for level in levels {
            var values = [Float](repeating: 0, count: 65_536)
            weight.decode(rows: 0..<1, into: &values, level: level)
            let wrong = values.indices.filter { index in
                let expected = Float(Float16(bitPattern: UInt16(index)))
                return expected.isNaN
                    ? !values[index].isNaN : values[index].bitPattern != expected.bitPattern
            }
            #expect(wrong.isEmpty, "level \(level)")
        }
    }

    @Test(arguments: [DType.f32, .q4_1])
    func permutedRowsComeFromWhereTheyLie(dtype: DType) throws {
        let columns = 64
        let order: [Int32] = [4, 2, 0, 5, 3, 1, 6]
        let bytes = randomRows(dtype, rows: 7, columns: columns)
        let owner = TestBytes(bytes)
        let plain = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 7, columns: columns)
        let permuted = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 7, columns: columns,
            rowPermutation: order)
        let rows = plain.decoded()
        let expected = order.flatMap { rows[Int($0) * columns..<(Int($0) + 1) * columns] }
        #expect(permuted.decoded() == expected)
        var random = TestRandom(5)
        expectProducts(of: permuted, equal: expected, random.normal(columns), mk_dot_level())
    }

    @Test func gathersRowsByNumber() throws {
        let bytes = randomRows(.q8_0, rows: 5, columns: 32)
        let owner = TestBytes(bytes)
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: .q8_0, rows: 5, columns: 32)
        let all = weight.decoded()
        var rows = [Float](repeating: 0, count: 4 * 32)
        weight.decode(rowIDs: [4, 0, 4, 2], into: &rows)
        let expected: [Float] = [4, 0, 4, 2].flatMap { (row: Int) in all[row * 32..<(row + 1) * 32]
        }
        #expect(rows == expected)
    }

    @Test func keepsItsOwnerAlive() throws {
        weak var seen: TestBytes?
        var weight: BlockWeight?
        do {
            let owner = TestBytes([0, 0, 128, 63], offset: 0)
            seen = owner
            weight = try BlockWeight(
                bytes: owner.view, owner: owner, dtype: .f32, rows: 1, columns: 1)
        }
        #expect(seen != nil)
        #expect(weight?.decoded() == [1])
        weight = nil
        #expect(seen == nil)
    }

    @Test func refusesWhatDoesNotFit() throws {
        let owner = TestBytes([UInt8](repeating: 0, count: 40))
        func error(_ dtype: DType, _ rows: Int, _ columns: Int) -> KernelError? {
            #expect(throws: KernelError.self) {
                try BlockWeight(
                    bytes: owner.view, owner: owner, dtype: dtype, rows: rows, columns: columns)
            }
        }
        #expect(error(.q4_1, 2, 33)?.why == "q4_1 rows are multiples of 32 columns")
        #expect(error(.q4_1, 3, 32)?.why == "expected 60 bytes, found 40")
        #expect(error(.f32, Int.max / 2, 32)?.why == "expected more bytes, found 40")
        #expect(error(.f32, 1, Int.max)?.kind == .badData)
        #expect(error(.i64, 1, 5)?.what == "cannot use a i64 tensor as a weight")
        #expect(error(.f32, -1, 5)?.kind == .badData)
    }
}
