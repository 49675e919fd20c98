// The settings of preference stages.

/// Settings of preference stages.
public struct PreferenceSettings: Sendable, Equatable, Codable {
    /// The kind of loss (`pref_loss`, sigmoid).
    public var loss = PairLoss.sigmoid
    /// How closely the model stays to the reference (`pref_beta`, 0.1).
    public var beta = 0.1
    /// The chance that a pair is labelled the wrong way round (`dpo_label_smoothing`, 0).
    public var labelSmoothing = 0.0
    /// How much of the mean token loss of the preferred answer is added (`pref_ftx`, 0).
    public var supervisedWeight = 0.0
    /// How much the loss of `bco_pair` counts beside the loss, of both the weighted mean (`pref_bco_weight`, 0).
    public var classifierWeight = 0.0
    /// The margin that SimPO wants between rewards (`simpo_gamma`, 0.5).
    public var targetMargin = 0.5
    /// How sharply DiscoPOP changes from one loss to the other (`discopop_tau`, 0.05).
    public var modulation = 0.05
    /// The weight of an answer's tokens beyond the length of the shorter answer (`ld_alpha`); nil counts all alike
    /// (Liu et al. 2024, LD-DPO, arXiv 2409.06411).
    public var excessWeight: Double?

    /// The weight of the loss of good answers (`kto_chosen_weight`, 1).
    public var desirableWeight = 1.0
    /// The weight of the loss of bad answers (`kto_rejected_weight`, 1).
    public var undesirableWeight = 1.0

    /// A model of its own as the reference (`ref_model`); nil takes the model before training.
    public var referencePath: String?
    /// Adapters over that model, in order (`ref_model_adapters`).
    public var referenceAdapters: [String] = []
    /// How its weights are held (`ref_model_quantization_bit`).
    public var referenceQuantization = Quantizer.fromFile

    /// Whether a mean of earlier rewards takes part.
    var usesBaseline: Bool {
        loss.usesBaseline || loss.usesReference && classifierWeight > 0
    }

    public init() {}
}
