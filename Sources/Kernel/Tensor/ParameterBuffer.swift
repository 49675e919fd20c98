// Numbers of a run that belong together, one flat piece of each type: bf16 first, fp32 behind it.
// Trained values and each buffer of an optimizer's state lie like this, element upon element.

/// `bfloat16.count` numbers in bf16, then `float32.count` in fp32; either may be none.
public struct ParameterBuffer {
    public let bfloat16: BFloat16Buffer
    /// (1, n).
    public let float32: Tensor

    /// Zeros.
    init(bfloat16: Int, float32: Int, in arena: Arena) {
        self.bfloat16 = BFloat16Buffer(bfloat16, in: arena)
        self.float32 = Tensor(1, float32, in: arena)
        self.bfloat16.clear()
        self.float32.fill(0)
    }

    /// Zeros for each element of another buffer, in its type.
    init(like other: ParameterBuffer) {
        self.init(
            bfloat16: other.bfloat16.count, float32: other.float32.count,
            in: other.float32.storage.arena)
    }

    public var count: Int { bfloat16.count + float32.count }
    /// Bytes of all numbers.
    public var byteCount: Int {
        bfloat16.count * MemoryLayout<UInt16>.stride + float32.count * MemoryLayout<Float>.stride
    }
}
