// What the interface knows of a model without opening it: facts, checks, and the template that
// fits. Services/ fills it from the kernel; nothing here reads a file.

import Kernel

/// A model as lists and panes show it.
struct ModelSummary: Equatable, Sendable {
    /// One thing that was looked at before the model is trusted.
    struct Check: Equatable, Sendable {
        /// What was checked: "tokenizer".
        var title: String
        /// Whether it is in order.
        var passed: Bool
        /// What was found, in one sentence.
        var detail: Sentence
    }

    /// The folder or the GGUF file.
    var path: String
    /// The last part of the path, or the name that the file gives itself.
    var name: String
    /// The architecture: "llama", "qwen3".
    var family = ""
    /// Weights; nil while they were not counted.
    var parameters: Int?
    /// Bytes on disk.
    var bytes = 0
    /// How the weights are stored: "safetensors bf16", "GGUF Q4_1".
    var format = ""
    /// Most tokens that it was made for; nil when the file does not say.
    var contextLength: Int?
    /// The template that fits; nil takes the one inside the model.
    var templateName: String?
    /// Why that template, in one sentence.
    var templateReason: Sentence = ""
    /// Whether the model's own template lists tools; nil while that is unknown.
    var knowsTools: Bool?
    /// What was checked; empty in a list that was only found.
    var checks: [Check] = []
    /// Names of projections that can get an adapter: "q_proj".
    var trainableLayers: [String] = []
    /// Why what was found cannot be opened.
    var fault: KernelError?

    /// Checks that failed.
    var failures: [Check] { checks.filter { !$0.passed } }
}
