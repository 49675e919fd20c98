// Which model answered and how, as the engine describes the weights that it computed with; never what a form
// asked for. It is kept with the answer, also in files.

import Kernel

/// The origin of an answer.
struct AnswerStamp: Equatable, Sendable {
    /// What was laid over the base or took its place.
    struct Tuned: Equatable, Sendable {
        /// The run or the folder.
        var name: String
        /// "LoRA r8", "trained weights".
        var kind: String
        /// The step that the numbers are of, where it is known.
        var step: Int?
        /// A mark of the numbers themselves.
        var fingerprint: String
    }

    /// The base model's folder or file.
    var model: String
    /// How its weights are stored: "q4_1".
    var format: String
    /// Nil for the base alone.
    var tuned: Tuned?
    /// The template that the conversation was written with.
    var template: String
    var sampling: SamplingSettings

    /// "SmolLM2 + support@700"; for the base alone, that it is the base.
    var title: String {
        guard let tuned else { return tr("{1} (base)", model) }
        guard let step = tuned.step else { return "\(model) + \(tuned.name)" }
        return "\(model) + \(tuned.name)@\(step)"
    }

    /// Everything else, in a line.
    var details: String {
        var parts = [format]
        if let tuned { parts += [tr(tuned.kind), "#" + tuned.fingerprint] }
        return (parts + [template, sampling.summary]).joined(separator: " · ")
    }
}

extension SamplingSettings {
    /// How tokens were or will be drawn, in a few words.
    var summary: String {
        if isGreedy || temperature == 0 { return tr("greedy") }
        var parts = ["T \(NumberText.setting(temperature))"]
        if topP != 1 { parts.append("top-p \(NumberText.setting(topP))") }
        if topK != 0 { parts.append("top-k \(topK)") }
        if minP != 0 { parts.append("min-p \(NumberText.setting(minP))") }
        if repetitionPenalty != 1 {
            parts.append(tr("repetition {1}", NumberText.setting(repetitionPenalty)))
        }
        return (parts + ["seed \(seed)"]).joined(separator: " ")
    }
}
