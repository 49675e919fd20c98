// Int8Weight, Int4Weight and NF4Weight: exact twins, error budgets, sizes, short groups, refusals.

import Foundation
import Microkernels
import Testing

@testable import Kernel

/// Makes one of our own weights from rows.
enum OwnFormat: String, CaseIterable, CustomTestStringConvertible {
    case int8, int4, nf4
    var testDescription: String { rawValue }

    func quantize(_ values: [Float], columns: Int) throws(KernelError) -> any VectorizedWeight {
        let producer: RowProducer = { rows, destination in
            for index in 0..<rows.count * columns {
                destination[index] = values[rows.lowerBound * columns + index]
            }
        }
        let rows = values.count / columns
        return switch self {
        case .int8: try Int8Weight(rows: rows, columns: columns, producer: producer)
        case .int4: try Int4Weight(rows: rows, columns: columns, producer: producer)
        case .nf4: try NF4Weight(rows: rows, columns: columns, producer: producer)
        }
    }

    var budget: Double {
        switch self {
        case .int8: Double(Int8Weight.relativeErrorBudget)
        case .int4: Double(Int4Weight.relativeErrorBudget)
        case .nf4: Double(NF4Weight.relativeErrorBudget)
        }
    }

    /// What the quantized rows decode to, computed one value at a time.
    func twin(_ values: [Float], columns: Int) -> [Float] {
        switch self {
        case .int8: groups(values, columns, length: columns).flatMap(int8)
        case .int4: groups(values, columns, length: 64).flatMap(int4)
        case .nf4: nf4(groups(values, columns, length: 64))
        }
    }

    private func groups(_ values: [Float], _ columns: Int, length: Int) -> [[Float]] {
        stride(from: 0, to: values.count, by: columns).flatMap { row in
            stride(from: row, to: row + columns, by: length).map {
                Array(values[$0..<min($0 + length, row + columns)])
            }
        }
    }

    private func int8(_ group: [Float]) -> [Float] {
        let scale = (group.map(abs).max() ?? 0) / 127
        return group.map { scale == 0 ? 0 : ($0 * (1 / scale)).rounded(.toNearestOrEven) * scale }
    }

    private func int4(_ group: [Float]) -> [Float] {
        let (low, high) = (group.min() ?? 0, group.max() ?? 0)
        let (scale, minimum) = (Float(Float16((high - low) / 15)), Float(Float16(low)))
        return group.map { value in
            let inverse = scale == 0 ? 0 : 1 / scale
            let code = min(15, max(0, (value - minimum) * inverse)).rounded(.toNearestOrEven)
            return scale * code + minimum
        }
    }

    private func nf4(_ groups: [[Float]]) -> [Float] {
        let absmax = groups.map { $0.map(abs).max() ?? 0 }
        let mean = Float(absmax.reduce(0.0) { $0 + Double($1) } / Double(absmax.count))
        let table = NF4Weight.codeValues
        return groups.indices.flatMap { index -> [Float] in
            let block = index / 256 * 256..<min(index / 256 * 256 + 256, groups.count)
            let scale = (block.map { abs(absmax[$0] - mean) }.max() ?? 0) / 127
            var level = scale == 0 ? 0 : ((absmax[index] - mean) / scale).rounded(.toNearestOrEven)
            if mean + scale * level < 0 { level += 1 }
            let decoded = mean + scale * level
            return groups[index].map { value in
                let q = absmax[index] == 0 ? 0 : value * (1 / absmax[index])
                let nearest = table.indices.min { abs(table[$0] - q) < abs(table[$1] - q) } ?? 0
                return table[nearest] * decoded
            }
        }
    }
}

@Suite struct QuantizedWeightTests {
    @Test(arguments: OwnFormat.allCases, [1, 3, 16, 17, 33, 63, 64, 65, 127, 200, 576])
    func decodesAndMultipliesLikeTheTwin(format: OwnFormat, columns: Int) throws {
        var random = TestRandom(21)
        let values = random.normal(7 * columns, deviation: 0.05)
        let weight = try format.quantize(values, columns: columns)
        let expected = format.twin(values, columns: columns)
        let x = random.normal(columns)
        #expect(
            weight.rows == 7 && weight.columns == columns && weight.formatName == format.rawValue)
        for level in levels {
            var decoded = [Float](repeating: .nan, count: 7 * columns + 1)
            weight.decode(rows: 0..<7, into: &decoded, level: level)
            #expect(decoded.removeLast().isNaN, "wrote beyond the rows")
            #expect(decoded == expected, "level \(level)")
            var part = [Float](repeating: 0, count: columns)
            weight.decode(rows: 5..<6, into: &part, level: level)
            #expect(part == Array(expected[5 * columns..<6 * columns]), "level \(level)")
        }
        for level in productLevels { expectProducts(of: weight, equal: expected, x, level) }
    }

    /// The packing loops choose the same codes on every instruction set.
    @Test(arguments: OwnFormat.allCases)
    func everyInstructionSetPacksTheSameBytes(format: OwnFormat) throws {
        var random = TestRandom(22)
        let columns = 205
        let row =
            random.normal(64) + random.normal(64, deviation: 1e-6)
            + random.normal(77, deviation: 1e-38)
        let packed = levels.map { level -> [UInt8] in
            var bytes = [UInt8](repeating: 0, count: 1_024)
            var scale: Float = 0
            switch format {
            case .int8:
                bytes.withUnsafeMutableBytes {
                    _ = mk_int8_encode(
                        level, row, columns, $0.bindMemory(to: Int8.self).baseAddress, &scale)
                }
            case .int4: _ = mk_rows_encode(level, Int32(MK_ROWS_INT4), row, columns, &bytes)
            case .nf4:
                var absmax = [Float](repeating: 0, count: 4)
                _ = mk_nf4_absmax(level, row, columns, &absmax)
                mk_nf4_encode(level, row, columns, absmax, &bytes)
                scale = absmax[1]
            }
            return bytes + withUnsafeBytes(of: scale) { Array($0) }
        }
        for level in levels { #expect(packed[Int(level)] == packed[0], "level \(level)") }
    }

    @Test(arguments: OwnFormat.allCases)
    func errorStaysWithinItsBudget(format: OwnFormat) throws {
        var random = TestRandom(23)
        for columns in [576, 1_000, 4_096] {
            let values = random.normal(24 * columns, deviation: 0.02)
            let error = relativeError(
                values, try format.quantize(values, columns: columns).decoded())
            #expect(error <= format.budget)
            #expect(error >= format.budget * 0.5, "the budget is generous")
        }
    }

    /// NF4: 4 bits a weight, 8 bits a group of 64, 32 bits for 256 groups, one mean.
    @Test func sizesAreExact() throws {
        let values = [Float](repeating: 0.5, count: 40 * 576)
        #expect(try OwnFormat.int8.quantize(values, columns: 576).byteCount == 40 * 576 + 40 * 4)
        #expect(try OwnFormat.int4.quantize(values, columns: 576).byteCount == 40 * 9 * 36)
        #expect(
            try OwnFormat.nf4.quantize(values, columns: 576).byteCount == 40 * 288 + 360 + 2 * 4 + 4
        )
        // 70 columns: one group of 64 and one of 6, whose codes take six bytes.
        let short = [Float](repeating: 0.5, count: 3 * 70)
        #expect(try OwnFormat.int4.quantize(short, columns: 70).byteCount == 3 * (36 + 4 + 6))
        #expect(
            try OwnFormat.nf4.quantize(short, columns: 70).byteCount == 3 * (32 + 6) + 6 + 4 + 4)
    }

    /// Φ⁻¹ at evenly spaced probabilities up to 0.9677, eight below and seven above an exact zero.
    @Test func codeValuesFollowThePaper() {
        func quantile(_ p: Double) -> Double {
            var (low, high) = (-10.0, 10.0)
            for _ in 0..<100 {
                let middle = (low + high) / 2
                if 0.5 * erfc(-middle / 2.0.squareRoot()) < p {
                    low = middle
                } else {
                    high = middle
                }
            }
            return low
        }
        let outer = (1 - 1 / 30.0 + 1 - 1 / 32.0) / 2
        let positive = (0..<8).map { quantile(outer + (0.5 - outer) * Double($0) / 8) }
        let negative = (0..<7).map { -quantile(outer + (0.5 - outer) * Double($0) / 7) }
        let expected = (negative + [0] + positive.reversed()).map { $0 / quantile(outer) }
        let values = NF4Weight.codeValues
        #expect(values.count == 16 && expected.count == 16)
        for (value, exact) in zip(values, expected) { #expect(abs(Double(value) - exact) < 2e-6) }
        #expect(values[0] == -1 && values[7] == 0 && values[15] == 1)
    }

    @Test(arguments: OwnFormat.allCases)
    func zeroAndConstantRowsAreExact(format: OwnFormat) throws {
        let values = [Float](repeating: 0, count: 130) + [Float](repeating: -0.5, count: 130)
        let decoded = try format.quantize(values, columns: 130).decoded()
        #expect(decoded.prefix(130).allSatisfy { $0 == 0 })
        #expect(decoded.suffix(130).allSatisfy { abs($0 + 0.5) < 0.003 })
    }

    @Test(arguments: OwnFormat.allCases)
    func valuesThatAreNotFiniteAreRefused(format: OwnFormat) {
        for bad: Float in [.nan, .infinity, -.infinity] {
            var values = [Float](repeating: 1, count: 5 * 70)
            values[3 * 70 + 69] = bad
            let error = #expect(throws: KernelError.self) {
                try format.quantize(values, columns: 70)
            }
            #expect(error?.place == "row 3" && error?.why == "it has a value that is not finite")
        }
    }

    @Test func rowsComeInPiecesAndInOrder() throws {
        let columns = 8_192
        let rows = 2 * RowPacking.floatsMax / columns + 3
        var asked: [Range<Int>] = []
        let weight = try Int8Weight(rows: rows, columns: columns) { range, destination in
            asked.append(range)
            for (position, row) in range.enumerated() {
                (destination + position * columns).update(repeating: Float(row + 1), count: columns)
            }
        }
        #expect(asked.map(\.count) == [32, 32, 3] && asked.flatMap(Array.init) == Array(0..<rows))
        let first = stride(from: 0, to: rows * columns, by: columns).map { weight.decoded()[$0] }
        #expect(zip(first, 1...rows).allSatisfy { abs($0 - Float($1)) < 1e-4 })
    }

    @Test func errorsOfTheProducerComeThrough() {
        let failure = KernelError(.inputOutput, "cannot read the shard")
        #expect(throws: failure) {
            try NF4Weight(rows: 2, columns: 64) { (_, _) throws(KernelError) in throw failure }
        }
    }

    @Test(arguments: OwnFormat.allCases)
    func quantizesAnotherWeight(format: OwnFormat) throws {
        var random = TestRandom(25)
        let values = random.normal(40 * 96)
        let source = try OwnFormat.int8.quantize(values, columns: 96)
        let direct = try format.quantize(source.decoded(), columns: 96)
        let weight: any PackedWeight =
            switch format {
            case .int8: try Int8Weight(source)
            case .int4: try Int4Weight(source)
            case .nf4: try NF4Weight(source)
            }
        #expect(weight.decoded() == direct.decoded())
    }
}
