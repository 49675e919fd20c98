// A norm as the decoder sees it: what it computes and its weight. It does not know where in a block it stands.

/// A norm with its weight, frozen or trained.
final class Norm {
    let spec: NormSpec
    /// The weight as files hold it.
    let weight: Vector

    init(_ spec: NormSpec, weight: Vector) { (self.spec, self.weight) = (spec, weight) }

    /// Whether a backward pass has a gradient to leave here.
    var requiresGrad: Bool { weight.parameter != nil }
    /// Where the gradient of the weight is added up; the gain's gradient is the same.
    var weightGradient: UnsafeMutablePointer<Float>? { weight.parameter?.gradient.pointer }

    /// (1, C): what rows are multiplied by.
    func gain(in arena: Arena) -> Tensor {
        guard spec.gainOffset != 0 else { return weight.values }
        let gain = Tensor(1, weight.count, in: arena, isKept: true)
        for c in 0..<weight.count { gain.pointer[c] = spec.gainOffset + weight.pointer[c] }
        return gain
    }
}
