// Chat files of LLaMA-Factory: what is honoured, told and refused.

import Kernel
import Testing

@testable import Workbench

@Suite("Chat file")
struct ChatPlanTests {
    private func read(_ words: String...) throws -> PlanReading<ChatPlan> {
        try ChatPlan.read(path: nil, assignments: ["model_name_or_path=m"] + words)
    }

    @Test("the shape of LLaMA-Factory's example")
    func example() throws {
        let reading = try read(
            "adapter_name_or_path=a", "template=qwen", "infer_backend=huggingface",
            "trust_remote_code=true", "temperature=0.5", "top_p=0.9", "top_k=20",
            "max_new_tokens=64", "repetition_penalty=1.1", "default_system=Be brief.",
            "do_sample=false", "infer_dtype=float32", "seed=7", "finetuning_type=lora")
        #expect(reading.issues.map(\.field) == ["trust_remote_code"])
        var plan = ChatPlan()
        (plan.modelPath, plan.adapters, plan.template) = ("m", ["a"], "qwen")
        (plan.temperature, plan.topP, plan.topK, plan.seed) = (0.5, 0.9, 20, 7)
        (plan.newTokensMax, plan.repetitionPenalty, plan.samples) = (64, 1.1, false)
        (plan.system, plan.type) = ("Be brief.", .float32)
        #expect(reading.plan == plan)
    }

    @Test(
        "what would change an answer is refused",
        arguments: [
            "quantization_bit=4", "num_beams=4", "skip_special_tokens=false", "rope_scaling=yarn",
            "add_tokens=x", "infer_dtype=float16", "temperatur=1", "tool_format=llama3",
        ])
    func refused(word: String) throws {
        let issues = try read(word).issues
        #expect(issues.map(\.severity) == [.error], "\(issues)")
    }

    @Test(
        "who computes is told once, and so are keys of training",
        arguments: [
            "infer_backend=vllm", "vllm_maxlen=4096", "length_penalty=0.8", "learning_rate=1",
            "use_kv_cache=false", "export_dir=o", "max_length=9", "flash_attn=fa2",
        ])
    func told(word: String) throws {
        #expect(try read(word).issues.map(\.severity) == [.note])
    }

    @Test("beams of one and quantization of none are nothing")
    func silent() throws {
        let words = [
            "num_beams=1", "length_penalty=1.0", "quantization_bit=none", "use_kv_cache=true",
        ]
        for word in words { #expect(try read(word).issues == [], "\(word)") }
    }
}
