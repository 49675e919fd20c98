// A linear layer with one output over the last hidden state of a sequence: the score of a reward model. It knows no
// files and no objective.

/// The score of rows after the final norm: w · x + b, in fp32.
public final class ValueHead {
    /// (1, C).
    let weight: Parameter
    /// (1).
    let bias: Parameter

    /// The names of both parameters, as TRL's value head has them.
    static let weightName = "v_head.summary.weight"
    static let biasName = "v_head.summary.bias"
    /// The share of its inputs that training drops (TRL's summary_dropout_prob).
    static let dropout: Float = 0.1

    init(weight: Parameter, bias: Parameter) { (self.weight, self.bias) = (weight, bias) }

    /// What it adds to the parameters of a model with so many channels.
    static func parameters(hiddenSize: Int) -> [ParameterSpec] {
        var weight = ParameterSpec(name: weightName, shape: [1, hiddenSize])
        var bias = ParameterSpec(name: biasName, shape: [1], group: .vectors)
        (weight.start, bias.start) = (.uniform, .zeros)
        return [weight, bias]
    }

    /// Scores of the rows of x (n, C). `slopes` gives the derivative of the loss by each score where the tape
    /// records; it is called once, and its gradients are added at once.
    func scores(_ x: Value, on tape: Tape, slopes: ([Double]) -> [Double]) -> [Double] {
        let (rows, columns) = (x.tensor, weight.columns)
        let w = weight.value.pointer
        let scores = (0..<rows.rows).map { r in
            var sum = Double(bias.value.pointer[0])
            for c in 0..<columns { sum += Double(rows.row(r)[c]) * Double(w[c]) }
            return sum
        }
        guard tape.isRecording else { return scores }
        let dX = x.requiresGrad ? Tensor(rows.rows, columns, in: tape.arena) : nil
        for (r, slope) in slopes(scores).enumerated() {
            let slope = Float(slope)
            bias.gradient.pointer[0] += slope
            for c in 0..<columns {
                weight.gradient.pointer[c] += slope * rows.row(r)[c]
                dX?.row(r)[c] = slope * w[c]
            }
        }
        if let dX { x.addGradient(dX) }
        return scores
    }
}
