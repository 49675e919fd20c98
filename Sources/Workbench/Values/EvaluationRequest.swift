// What to evaluate and on what, as a value: the command and the interface ask with it. Services/ performs it;
// nothing here touches a file.

import Kernel

/// What to evaluate and on what.
struct EvaluationRequest: Equatable, Sendable {
    var modelPath: String
    /// All but the last are folded into the base.
    var adapters: [String] = []
    var template: String?
    /// Whether the template was only suggested for the base: the adapter's own goes before it.
    var templateYields = false
    /// The system text of records without one; nil leaves it to the adapter's run and the template.
    var system: String?
    /// The type that prompts are computed in; the loss is float32 always.
    var type = InferenceType.auto
    var plan: EvaluationPlan
    /// Whether to move the folder of results out of the way of an earlier one: name-2, name-3, …
    var takesFreshFolder = false
}
