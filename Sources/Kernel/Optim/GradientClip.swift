// Clipping by the global norm. It does not change gradients: it gives the factor for the optimizer's pass.

/// Global-norm clipping, as torch.nn.utils.clip_grad_norm_.
public enum GradientClip {
    /// The norm of all gradients, and the factor that brings it down to `maximum` (0: never clips).
    public static func measure(_ parameters: ParameterStore, maximum: Double) -> (
        norm: Double, scale: Double
    ) {
        let norm = Elementwise.sumOfSquares(parameters.gradients).squareRoot()
        guard maximum > 0 else { return (norm, 1) }
        return (norm, min(1, maximum / (norm + 1e-6)))
    }
}
