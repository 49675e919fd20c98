// Decoding and encoding against bytes and numbers from ggml's Python package; see the fixture's
// script, scripts/make_quantization_fixture.py.

import Foundation
import Microkernels
import Testing

@testable import Kernel

private struct BlockFixtures: Decodable {
    struct Decoding: Decodable {
        var columns: Int
        var bytes: Data
        var values: Data
    }
    struct Encoding: Decodable {
        var columns: Int
        var rows: Int
        var values: Data
        var bytes: Data
    }
    var decode: [String: Decoding]
    var encode: [String: Encoding]

    static func load() throws -> BlockFixtures {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/quantization/blocks", withExtension: "json"))
        return try JSONDecoder().decode(BlockFixtures.self, from: Data(contentsOf: url))
    }
}

private func floats(_ data: Data) -> [Float] {
    stride(from: 0, to: data.count, by: 4).map { at in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[at + $1]) << (8 * UInt32($1)) })
    }
}

@Suite struct ReferenceBlockTests {
    @Test(arguments: weightKinds.filter { $0 != .f32 })
    func decodesTheReferenceBytes(dtype: DType) throws {
        let fixtures = try BlockFixtures.load()
        let fixture = try #require(fixtures.decode[dtype.rawValue])
        let expected = bits(floats(fixture.values))
        let bytes = [UInt8](fixture.bytes)
        #expect(expected.count == fixture.columns)
        #expect(bits(DecodeTwin.decode(bytes, as: dtype)) == expected)
        let owner = TestBytes(bytes)
        let weight = try BlockWeight(
            bytes: owner.view, owner: owner, dtype: dtype, rows: 1, columns: fixture.columns)
        for level in levels {
            var values = [Float](repeating: 0, count: fixture.columns)
            weight.decode(rows: 0..<1, into: &values, level: level)
            #expect(bits(values) == expected, "level \(level)")
        }
    }

    @Test(arguments: BlockEncoder.supported.filter { $0 != .f32 })
    func encodesTheReferenceBytes(dtype: DType) throws {
        let fixtures = try BlockFixtures.load()
        let fixture = try #require(fixtures.encode[dtype.rawValue])
        let values = floats(fixture.values)
        #expect(values.count == fixture.rows * fixture.columns && fixture.rows > 0)
        for level in levels {
            #expect(try encode(values, dtype, level) == [UInt8](fixture.bytes), "level \(level)")
        }
    }
}

/// Encodes one row with the loops of one instruction set.
func encode(_ values: [Float], _ dtype: DType, _ level: Int32) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: dtype.byteCount(of: values.count) ?? 0)
    let written = try values.withUnsafeBufferPointer { values in
        try bytes.withUnsafeMutableBytes {
            try BlockEncoder.encode(dtype: dtype, row: values, into: $0, level: level)
        }
    }
    #expect(written == bytes.count)
    return bytes
}
