// The real model as the references had it: GGUF values rounded to bf16, and kept as bf16 rows.

import Foundation
import Testing

@testable import Kernel

/// The weights of the real model, decoded and rounded once for all tests.
enum SampleModel {
    static func weights() throws -> ModelWeights { try shared.get() }

    private static let shared = Result { () throws in
        try ModelWeights(ModelFolder(path: TestModel.path())).roundedToBFloat16()
    }
}

extension ModelWeights {
    /// The same weights rounded to bf16, matrices held as bf16 rows.
    func roundedToBFloat16() throws -> ModelWeights {
        var rounded: [String: any PackedWeight] = [:]
        for (name, matrix) in matrices {
            let bytes = BFloat16Rows(matrix)
            rounded[name] = try BlockWeight(
                bytes: bytes.contents, owner: bytes, dtype: .bf16, rows: matrix.rows,
                columns: matrix.columns)
        }
        return ModelWeights(
            spec: spec, matrices: rounded, vectors: vectors.mapValues(BFloat16Twin.rounded))
    }
}

/// A matrix's rounded values, two bytes each. Written once in `init`, then only read.
private final class BFloat16Rows: @unchecked Sendable {
    let contents: UnsafeRawBufferPointer

    init(_ weight: any PackedWeight) {
        let values = BFloat16Twin.rounded(weight.decoded())
        let memory = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: values.count)
        for (index, value) in values.enumerated() {
            precondition(value.bitPattern & 0xFFFF == 0, "\(value) is no bf16 number")
            memory[index] = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
        }
        contents = UnsafeRawBufferPointer(memory)
    }

    deinit { contents.deallocate() }
}
