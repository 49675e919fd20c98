// What the settings of a run with an adapter train: modules by the ends of their paths, a head of its own,
// and what is told when an adapter that is there decides.

import Testing

@testable import Kernel
import TestSupport

@Suite struct TuningChoiceTests {
    private func choice(
        _ family: String = "llama", _ change: (inout TrainingPlan) -> Void
    ) throws -> TuningChoice {
        var plan = TrainingPlan()
        change(&plan)
        return try TuningChoice(plan, weights: TinyModel.weights(family))
    }

    private func whole(_ modules: [String], _ family: String = "llama") throws -> Set<String> {
        try choice(family) { $0.tuning.lora.additionalTargets = modules }.method.trainableNames
    }

    @Test func normMeansEveryNormAsInPEFT() throws {
        let inside = ["input_layernorm", "post_attention_layernorm"]
        let all = (0..<2).flatMap { layer in inside.map { "model.layers.\(layer).\($0).weight" } }
        #expect(try whole(["norm"]) == Set(all + ["model.norm.weight"]))
        #expect(try whole(["model.norm"]) == ["model.norm.weight"])
        #expect(try whole(["input_layernorm"]).count == 2)
        #expect(try whole(["norm"], "qwen3").count == 9)
    }

    private func isAdapted(_ path: String, _ choice: TuningChoice) -> Bool {
        choice.weights.layout.linears.contains {
            $0.path.hasSuffix(path) && choice.method.adapter?.factor(of: $0) != nil
        }
    }

    /// Layers that train whole get no adapter, as PEFT leaves them without one.
    @Test func wholeModulesHaveNoAdapter() throws {
        let one = try choice { $0.tuning.lora.additionalTargets = ["layers.1.self_attn.o_proj"] }
        #expect(one.method.trainableNames == ["model.layers.1.self_attn.o_proj.weight"])
        #expect(!isAdapted("layers.1.self_attn.o_proj", one))
        #expect(isAdapted("layers.0.self_attn.o_proj", one))
        let biased = try whole(["o_proj"], "llama-biases")
        #expect(biased.contains("model.layers.0.self_attn.o_proj.bias") && biased.count == 4)
    }

    @Test func layersByTheEndsOfTheirPaths() throws {
        let one = try choice { $0.tuning.lora.targets = ["layers.1.mlp.up_proj", "q_proj"] }
        #expect(!isAdapted("layers.0.mlp.up_proj", one) && isAdapted("layers.1.mlp.up_proj", one))
        #expect(isAdapted("layers.0.self_attn.q_proj", one))
        #expect(!isAdapted("layers.0.self_attn.k_proj", one))
    }

    @Test func headOfATiedModelBecomesItsOwn() throws {
        let one = try choice("qwen2-tied") { $0.tuning.lora.additionalTargets = ["lm_head"] }
        #expect(!one.weights.spec.head.isTied && one.method.trainableNames == ["lm_head.weight"])
        #expect(one.notes.first?.description.contains("a head of its own") == true)
        let both = try choice("qwen2-tied") {
            $0.tuning.lora.additionalTargets = ["embed_tokens", "lm_head"]
        }
        #expect(both.method.trainableNames.count == 2)
        #expect(try choice { $0.tuning.lora.additionalTargets = ["lm_head"] }.notes.isEmpty)
    }

    @Test func settingsThatFitNothingAreRefused() throws {
        func refusal(_ change: (inout TrainingPlan) -> Void) throws -> KernelError {
            var plan = TrainingPlan()
            change(&plan)
            let weights = try TinyModel.weights()
            return try #require(throws: KernelError.self) {
                try TuningChoice(plan, weights: weights)
            }
        }
        let unknown = try refusal { $0.tuning.lora.additionalTargets = ["nothing"] }
        #expect(
            unknown.place == "nothing" && unknown.hint?.description.contains("model.norm") == true)
        let layer = try refusal { $0.tuning.lora.targets = ["q_proj", "c_attn"] }
        #expect(layer.place == "lora_target" && layer.why?.description.contains("c_attn") == true)
        let head = try refusal { $0.tuning.lora.targets = ["lm_head"] }
        #expect(head.why?.description.contains("LoRA on lm_head") == true)
        let all = try refusal { $0.tuning.lora.additionalTargets = ["layers"] }
        #expect(all.why?.description.contains("nearly the whole model") == true)
    }

    @Test func anAdapterThatDecidesIsTold() throws {
        let start = try Fixture.path("parity/tiny/lora-start")
        let other = try choice {
            $0.model.adapters = [start]
            ($0.tuning.lora.rank, $0.tuning.lora.alpha) = (16, 32)
            $0.tuning.lora.targets = ["q_proj"]
            $0.tuning.lora.additionalTargets = ["norm"]
        }
        let note = try #require(other.notes.first)
        for word in [
            "lora_rank 4 instead of 16", "lora_alpha 8.0 instead of 32.0", "lora_target",
            "additional_target", "create_new_adapter",
        ] { #expect(note.description.contains(word), "\(word)") }
        #expect(other.method.adapter?.rank == 4 && other.notes.count == 1)
        let same = try choice {
            $0.model.adapters = [start]
            $0.tuning.lora.rank = 4
        }
        #expect(same.notes.isEmpty)
    }

    /// Trains as PEFT does where the adapter cut the tie: the table of the head stays at the base's.
    @Test func cutTieTrainsOneTableOnly() throws {
        let start = try Fixture.path("adapters/embedding-on-tied")
        let choice = try choice("qwen2-tied") { $0.model.adapters = [start] }
        let model = TunedModel(
            choice.weights, method: choice.method, arena: Arena(reserving: 1 << 28))
        try AdapterFile.load(start, into: model)
        guard case .packed(let head) = model.decoder.head.base else {
            Issue.record("the head trains")
            return
        }
        #expect(head === choice.weights.matrices["model.embed_tokens.weight"])
        #expect(choice.method.trainableNames == ["model.embed_tokens.weight"])
    }
}
