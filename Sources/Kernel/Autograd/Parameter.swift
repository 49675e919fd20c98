// A trainable matrix with its gradient, and what is known of it before memory is laid out.
// Where it lies is decided in ParameterStore.swift.

/// A named trainable (rows, columns) matrix; vectors are one row.
public final class Parameter {
    /// The value in its type.
    enum Stored {
        case float32(Tensor)
        /// With `pure_bf16`: matrices of the base that train.
        case bfloat16(BFloat16Matrix)
    }

    public let name: String
    let stored: Stored
    public let gradient: Tensor
    /// The shape in files: one dimension for vectors.
    public let shape: [Int]
    /// What it is stepped with.
    public let group: ParameterGroup

    init(_ spec: ParameterSpec, stored: Stored, gradient: Tensor) {
        name = spec.name
        shape = spec.shape
        group = spec.group
        self.stored = stored
        self.gradient = gradient
    }

    var rows: Int { gradient.rows }
    var columns: Int { gradient.columns }
    var count: Int { gradient.count }

    /// The value as it lies in memory: of adapters, norms and biases always, of matrices in runs that
    /// train them in fp32. Ask `decode` where it may be bf16.
    public var value: Tensor {
        guard case .float32(let tensor) = stored else {
            preconditionFailure("\(name) is stored as bf16")
        }
        return tensor
    }

    /// The type of the value.
    var dtype: DType {
        switch stored {
        case .float32: .f32
        case .bfloat16: .bf16
        }
    }

    /// Copies rows of the value into the top of `panel`.
    func decode(_ range: Range<Int>, into panel: Tensor) {
        switch stored {
        case .float32(let tensor): panel.rows(0..<range.count).copy(from: tensor.rows(range))
        case .bfloat16(let matrix): PackedMatmul.decode(matrix, range, into: panel)
        }
    }
}

/// What a parameter will be, before memory is laid out.
public struct ParameterSpec: Equatable, Sendable {
    public var name: String
    public var shape: [Int]
    public var group: ParameterGroup
    /// The type of its value and of what an optimizer keeps an element; gradients are fp32 always.
    public var dtype = Precision.float32
    /// What its value is before training.
    public var start = Start.base

    /// Where the values of a parameter come from.
    public enum Start: Equatable, Sendable {
        /// The base's weight of the same name.
        case base
        case zeros, ones
        /// U(−1/√K, 1/√K), K being the columns: PEFT's Kaiming initialization of A.
        case uniform
        /// The length of each row of the weight on which the adapter lies.
        case rowNorms
    }

    public init(name: String, shape: [Int], group: ParameterGroup = .matrices) {
        self.name = name
        self.shape = shape
        self.group = group
    }

    public var count: Int { shape.reduce(1, *) }
    /// Bytes of one buffer that has a number for each element, in the parameter's type.
    public var byteCount: Int {
        switch dtype {
        case .float32: count * MemoryLayout<Float>.stride
        case .bfloat16: count * MemoryLayout<UInt16>.stride
        }
    }
    var rows: Int { shape.count > 1 ? shape[0] : 1 }
    var columns: Int { shape.last ?? 1 }
}
