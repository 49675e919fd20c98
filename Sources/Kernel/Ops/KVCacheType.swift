// How a cache keeps the keys and values of a conversation. It does not know the attention over them.

import Microkernels

/// The kind of numbers in a `KVCache`.
public enum KVCacheType: String, Sendable, CaseIterable {
    case f32, bf16
    /// Signed bytes with an fp16 scale for every 32: 8.5 bits a number.
    case q8_0

    private var dtype: DType {
        switch self {
        case .f32: .f32
        case .bf16: .bf16
        case .q8_0: .q8_0
        }
    }

    /// The loops' name.
    var rowKind: Int32 {
        guard let kind = dtype.rowKind else { preconditionFailure("\(self) rows have no loops") }
        return kind
    }

    /// Columns that a head of so many takes: whole blocks.
    func columns(headDimension: Int) -> Int {
        (headDimension + dtype.blockLength - 1) / dtype.blockLength * dtype.blockLength
    }

    /// Bytes of one head of one token.
    func byteCount(headDimension: Int) -> Int {
        columns(headDimension: headDimension) / dtype.blockLength * dtype.blockBytes
    }
}
