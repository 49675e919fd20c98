// Broken JSON texts, model configurations and adapter settings: refused in clean words or read as they
// stand, within bounds.
@testable import Kernel

extension FuzzReader {
    /// Any JSON text: what is read is written and read again as the same.
    static let json = FuzzReader(
        "json", longest: 16_384,
        reaches: ["syntax", "tooDeep", "duplicateKey", "encoding", "number"]
    ) { numbers in
        jsonMutator.mutant(&numbers)
    } read: { text in
        do throws(JSONFailure) {
            let value = try JSONValue.parse(text, limits: JSONLimits())
            var written = value.text()
            let again = written.withUTF8 { units in
                try? JSONValue.parse(UnsafeRawBufferPointer(units), limits: JSONLimits())
            }
            return again == value ? .accepted : .wrong("written as \(written.prefix(200))")
        } catch {
            guard (0...text.count).contains(error.offset) else {
                return .wrong("offset \(error.offset) of \(text.count)")
            }
            return .refused("\(error.kind)")
        }
    }

    private static let jsonMutator = TextMutator(
        [
            #"{"a":[1,-2.5e2,true,false,null,"x"],"b":{"c":{}},"d":[],"é中":"\u00e9\n\ud83d\ude00"}"#,
            #"[[[[]]],{"k":{"k":{"k":0.1}}},-0,1e-7,123456789012345678901234567890]"#,
            #""only a text""#, "12",
        ].map { Array($0.utf8) },
        words: TextMutator.json, longest: 16_384)

    /// config.json of a model: what is accepted is a shape that can be computed with.
    static func modelConfig(_ seeds: [[UInt8]]) -> FuzzReader {
        let keys = [
            "rope_scaling", "\"rope_parameters\":{", "rope_type", "yarn", "llama3", "linear",
            "dynamic", "factor", "layer_types", "sliding_attention", "full_attention",
            "use_sliding_window", "max_window_layers", "\"sliding_window\":", "eos_token_id",
            "tie_word_embeddings", "partial_rotary_factor", "mistral", "qwen2", "qwen3", "llama",
            "\"head_dim\":", "attention_bias", "attn_logit_softcapping", "quantization_config",
        ]
        let mutator = TextMutator(seeds, words: TextMutator.json + keys, longest: 16_384)
        return FuzzReader("model configuration", longest: 16_384, reaches: ["badData"]) {
            mutator.mutant(&$0)
        } read: { text in
            judged { () throws(KernelError) in
                let json = try JSONValue(parsing: text, source: "config.json", limits: .ofModels)
                var notes: [Sentence] = []
                let config = try ModelConfig(json: json, source: "config.json", notes: &notes)
                for note in notes where !isClean(note.description) {
                    return "a note with controls: \(note)"
                }
                return isSound(config) ? nil : "\(config)"
            }
        }
    }

    /// adapter_config.json: places are found, or refused, in a small model.
    static func adapterConfig(_ seeds: [[UInt8]], in model: ModelConfig) -> FuzzReader {
        let keys = [
            "all-linear", "q_proj", "\"target_modules\":\"", ".*", "(?:", "a*", "(a|b)+", "[a-z]",
            "\\\\d+", "{1,3}", "^", "$", "(", ")", "layers_to_transform", "layers_pattern",
            "exclude_modules", "rank_pattern", "alpha_pattern", "modules_to_save", "lm_head",
            "embed_tokens", "norm", "use_dora", "use_rslora", "init_lora_weights", "pissa",
            "model.layers.0.self_attn.q_proj", "LOHA",
        ]
        let mutator = TextMutator(seeds, words: TextMutator.json + keys, longest: 16_384)
        let spec = model.network
        return FuzzReader("adapter settings", longest: 16_384, reaches: ["badData"]) {
            mutator.mutant(&$0)
        } read: { text in
            judged { () throws(KernelError) in
                let json = try JSONValue(parsing: text, source: "adapter_config.json")
                let adapter = try AdapterDescription(json, source: "adapter_config.json")
                for note in adapter.notes where !isClean(note.description) {
                    return "a note with controls: \(note)"
                }
                guard adapter.rank > 0, adapter.alpha > 0, adapter.alpha.isFinite else {
                    return "rank \(adapter.rank), alpha \(adapter.alpha)"
                }
                do throws(AdapterPlacement.Fault) {
                    let placement = try AdapterPlacement(
                        adapter.settings, targets: adapter.targets,
                        inputScaled: adapter.inputScaled, saved: adapter.savedModules, in: spec)
                    return placement.shape.modules.isEmpty ? "no place, and no refusal" : nil
                } catch {
                    return isClean(error.why.description)
                        ? nil : "a reason with controls: \(error.why)"
                }
            }
        }
    }
}

/// Whether a text may reach a screen: no control character but a line end, no change of direction.
func isClean(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A }
        && text.unicodeScalars.allSatisfy {
            !(0x80...0x9F).contains($0.value) && !(0x202A...0x202E).contains($0.value)
                && !(0x2066...0x2069).contains($0.value)
        }
}

/// The verdict on a reader that throws operating errors, whose words must be clean; `body` says what is
/// wrong with what it read, nil when nothing is.
func judged(_ body: () throws(KernelError) -> String?) -> Verdict {
    judged(body) { $0.map { .wrong($0) } ?? .accepted }
}

/// The same for what was read; `then` judges it. `shown` is how the words of an error reach a screen.
func judged<Value>(
    _ body: () throws(KernelError) -> Value, shown: (String) -> String = { $0 },
    then: (Value) -> Verdict
) -> Verdict {
    do throws(KernelError) {
        return then(try body())
    } catch {
        guard isClean(shown(error.description)) else {
            return .wrong("an error with controls: \(error)")
        }
        guard error.kind != .internalFault else { return .wrong("\(error)") }
        return .refused(error.kind.rawValue)
    }
}

/// Whether the sizes of a configuration can be computed with.
func isSound(_ config: ModelConfig) -> Bool {
    let network = config.network
    return network.vocabularySize > 0 && config.maximumPositions > 0 && !network.layers.isEmpty
        && network.finalNorm.epsilon.isFinite && network.finalNorm.epsilon > 0
        && network.rotary.theta.isFinite && network.rotary.headDimension > 0
        && network.layers.allSatisfy { layer in
            let shape = layer.attention.shape
            return shape.heads > 0 && shape.keyValueHeads > 0 && shape.headDimension > 0
                && shape.heads % shape.keyValueHeads == 0 && shape.scale.isFinite
        }
}
