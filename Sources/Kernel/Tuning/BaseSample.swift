// Some numbers of a base model, kept in an adapter's file, so that another base of the same shapes is
// noticed. They lie in the free metadata of safetensors, which PEFT does not read.

/// A few weights of a model, always the same ones.
public struct BaseSample: Sendable, Equatable {
    private static let key = "workbench_base_sample"
    private static let matrixCount = 16
    private static let columnCount = 4

    let values: [Float]

    /// Takes the numbers of a base as its file has them.
    public init(_ weights: ModelWeights) {
        let all = weights.allParameters.filter { $0.shape.count > 1 }
        let count = min(Self.matrixCount, all.count)
        var values: [Float] = []
        for index in 0..<count {
            guard let matrix = weights.matrices[all[index * all.count / count].name] else {
                continue
            }
            let row = matrix.rows / 2
            var floats = [Float](repeating: 0, count: matrix.columns)
            floats.withUnsafeMutableBufferPointer { buffer in
                if let start = buffer.baseAddress {
                    matrix.decode(rows: row..<row + 1, into: start)
                }
            }
            values += floats.prefix(Self.columnCount)
        }
        self.values = values
    }

    /// Reads what an adapter's file says; nil when it says nothing that can be read.
    init?(_ metadata: [(key: String, value: String)]) {
        guard let text = metadata.first(where: { $0.key == Self.key })?.value else { return nil }
        let words = text.split(separator: " ")
        let values = words.compactMap { Float($0) }.filter(\.isFinite)
        guard !values.isEmpty, values.count == words.count, values.count <= 256 else { return nil }
        self.values = values
    }

    var metadata: [(key: String, value: String)] {
        [(Self.key, values.map { "\($0)" }.joined(separator: " "))]
    }

    /// How two samples compare.
    enum Likeness {
        case equal
        /// The same model in another quantization, or trained further.
        case near
        case other
    }

    func likeness(to other: BaseSample) -> Likeness {
        if values == other.values { return .equal }
        guard values.count == other.values.count else { return .other }
        var (product, mine, theirs) = (0.0, 0.0, 0.0)
        for (a, b) in zip(values, other.values) {
            product += Double(a) * Double(b)
            mine += Double(a) * Double(a)
            theirs += Double(b) * Double(b)
        }
        return product > 0.9 * (mine * theirs).squareRoot() ? .near : .other
    }
}
