// Numbers that are not finite: found where a model answers, then traced to the tensor that holds the first
// one. The weights are looked through only when a result was wrong already.

extension Decoder {
    /// A tensor with a number that is not finite.
    struct NotFinite {
        /// Its name in Hugging Face's files.
        var tensor: String
        /// Whether it is NaN; else it is infinite.
        var isNaN: Bool
    }

    /// The first tensor in the model's order that holds NaN or an infinite number.
    func firstNotFinite() -> NotFinite? {
        var finder = Finder()
        for slot in spec.layout.slots where finder.found == nil {
            switch slot.role {
            case .embedding:
                switch embedding {
                case .packed(let weight): finder.look(slot.weightName, .packed(weight))
                case .trained(let parameter): finder.look(slot.weightName, parameter.numbers)
                }
            case .norm(let norm):
                let weight = slot.layer.flatMap { blocks[$0].norms[norm]?.weight }
                finder.look(slot.weightName, weight)
            case .linear:
                if let projection = projection(slot) { finder.look(slot.path, projection) }
            case .finalNorm: finder.look(slot.weightName, finalNorm.weight)
            case .head: finder.look(slot.path, head)
            }
        }
        return finder.found
    }

    /// The error for a result that is no number: which tensor is to blame, if one is.
    public func notFiniteError(_ when: String = "") -> KernelError {
        guard let found = firstNotFinite() else {
            return KernelError(
                .badData, "the model computes NaN\(when)",
                because: "no weight is NaN or infinite, so its numbers grow beyond float32",
                hint: "Check that the configuration and the weights are of the same model.")
        }
        return KernelError(
            .badData, "the model computes NaN\(when)", at: "tensor \(found.tensor)",
            because: found.isNaN ? "the tensor holds NaN" : "the tensor holds an infinite number",
            hint:
                "The weights are damaged, or a training diverged: fetch the model again, or use an "
                + "earlier checkpoint.")
    }

    /// Looks through weights until one number is not finite.
    private struct Finder {
        private static let panelRows = 64
        private(set) var found: NotFinite?

        mutating func look(_ name: String, _ vector: Vector?) {
            guard found == nil, let vector else { return }
            judge(UnsafeBufferPointer(start: vector.pointer, count: vector.count), name)
        }

        mutating func look(_ path: String, _ projection: Projection) {
            look(path + ".weight", projection.base.numbers)
            look(path + ".bias", projection.bias)
            for parameter in projection.adapter?.parameters ?? [] {
                look(parameter.name, parameter.numbers)
            }
        }

        mutating func look(_ name: String, _ numbers: WeightNumbers) {
            guard found == nil else { return }
            switch numbers {
            case .floats(let tensor):
                for row in 0..<tensor.rows where found == nil {
                    let start = tensor.pointer + row * tensor.stride
                    judge(UnsafeBufferPointer(start: start, count: tensor.columns), name)
                }
            case .packed(let weight):
                let rows = Self.panelRows
                var panel = [Float](repeating: 0, count: rows * weight.columns)
                for start in stride(from: 0, to: weight.rows, by: rows) where found == nil {
                    let range = start..<min(start + rows, weight.rows)
                    panel.withUnsafeMutableBufferPointer { values in
                        guard let target = values.baseAddress else { return }
                        weight.decode(rows: range, into: target)
                        let count = range.count * weight.columns
                        judge(UnsafeBufferPointer(start: target, count: count), name)
                    }
                }
            }
        }

        private mutating func judge(_ values: UnsafeBufferPointer<Float>, _ name: String) {
            guard !values.areFinite, let first = values.first(where: { !$0.isFinite }) else {
                return
            }
            found = NotFinite(tensor: name, isNaN: first.isNaN)
        }
    }
}

extension UnsafeBufferPointer<Float> {
    /// Whether no number is NaN or infinite.
    var areFinite: Bool {
        guard let start = baseAddress else { return true }
        var sums = SIMD8<Float>(repeating: 0)
        let whole = count / 8 * 8
        for index in stride(from: 0, to: whole, by: 8) {
            // Zero times a finite number is zero; times any other it is NaN, and stays NaN in a sum.
            sums +=
                UnsafeRawPointer(start + index).loadUnaligned(as: SIMD8<Float>.self) * 0
        }
        return sums.sum() == 0 && self[whole...].allSatisfy(\.isFinite)
    }
}

extension Tensor {
    /// Whether no number of the tensor is NaN or infinite.
    public var isFinite: Bool {
        (0..<rows).allSatisfy {
            UnsafeBufferPointer(start: pointer + $0 * stride, count: columns).areFinite
        }
    }
}
