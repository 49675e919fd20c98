// Every key of adapter_config.json is honoured, refused by name, harmless or told: nothing is passed over.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct AdapterKeysTests {
    private static let plain: JSONObject = [
        "peft_type": "LORA", "r": 5, "lora_alpha": 7, "target_modules": ["q_proj", "v_proj"],
    ]

    private func describe(_ changes: JSONObject) throws(KernelError) -> AdapterDescription {
        var object = Self.plain
        for (key, value) in changes { object[key] = value }
        return try AdapterDescription(.object(object), source: "a/adapter_config.json")
    }

    private func refusal(_ changes: JSONObject) -> KernelError? {
        do throws(KernelError) {
            _ = try describe(changes)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["pissa", "PiSSA", "pissa_niter_16", "olora", "corda", "lora_ga"])
    func startsThatChangeTheBaseAreRefused(_ word: String) throws {
        let error = try #require(refusal(["init_lora_weights": .string(word)]))
        #expect(error.place == "a/adapter_config.json, init_lora_weights")
        #expect(
            error.why?.description.contains("\"\(word)\" changes the weights of the base") == true)
        #expect(
            error.hint?.description.contains("path_initial_model_for_weight_conversion") == true)
    }

    @Test func otherStartsAreAsPEFTHasThem() throws {
        for value in [JSONValue.bool(true), false, .null, "gaussian", "orthogonal", "eva", "mica"] {
            #expect(refusal(["init_lora_weights": value]) == nil)
        }
        let loftq = try #require(
            refusal(["init_lora_weights": "loftq", "loftq_config": ["loftq_bits": 4]]))
        #expect(loftq.hint?.description.contains("Merge it") == true)
        #expect(
            refusal(["init_lora_weights": "new_start"])?.why?.description.contains("is not known")
                == true)
        #expect(
            refusal(["init_lora_weights": 3])?.why?.description.contains("expected true, false")
                == true)
    }

    @Test(arguments: [
        "use_qalora", "lora_bias", "fan_in_fan_out", "alora_invocation_tokens",
        "use_bdlora", "kasa_config", "velora_config", "monteclora_config", "arrow_config",
        "layer_replication", "target_parameters", "trainable_token_indices", "use_something_new",
        "something_config",
    ])
    func methodsAreRefusedByName(_ key: String) throws {
        let switches = ["use_qalora", "lora_bias", "fan_in_fan_out"]
        let lists = ["alora_invocation_tokens", "target_parameters", "trainable_token_indices"]
        let value: JSONValue =
            switches.contains(key) || key == "use_something_new"
            ? true : lists.contains(key) ? [1, 2] : ["size": 4]
        let error = try #require(refusal([key: value]))
        #expect(error.what == "cannot use this adapter")
        #expect(error.place == "a/adapter_config.json, \(key)")
        for off in [JSONValue.null, false] where !lists.contains(key) {
            #expect(refusal([key: off]) == nil, "\(key): \(off)")
        }
    }

    /// PEFT makes the method with its defaults of an empty object.
    @Test func emptyObjectOfAMethodIsTheMethod() {
        #expect(refusal(["kasa_config": [:]])?.place?.hasSuffix("kasa_config") == true)
        #expect(refusal(["something_config": [:]]) == nil)
    }

    @Test func keysOfAnotherTypeAreErrors() {
        for (key, value) in [
            ("use_dora", "true"), ("r", "5"), ("r", 5.5), ("r", 0), ("lora_alpha", "7"),
            ("lora_alpha", 0), ("lora_dropout", "0.1"), ("use_rslora", 1), ("bias", true),
            ("bias", "some"), ("modules_to_save", "norm"), ("modules_to_save", [1]),
            ("target_modules", [true]), ("target_modules", 3), ("rank_pattern", [1]),
            ("rank_pattern", ["q_proj": "9"]), ("rank_pattern", ["q_proj": 0]),
            ("alpha_pattern", ["q_proj": -1]), ("layers_to_transform", ["one"]),
            ("layers_pattern", 3), ("ensure_weight_tying", "yes"), ("peft_type", 3),
            ("base_model_name_or_path", 1), ("use_rslora", "false"),
        ] as [(String, JSONValue)] {
            let error = refusal([key: value])
            #expect(error?.kind == .badData, "\(key): \(value)")
            #expect(error?.place?.contains(key) == true, "\(key): \(error?.place ?? "accepted")")
        }
    }

    /// All fields of LoraConfig in PEFT 0.21 that change nothing, at values that PEFT writes.
    @Test func harmlessKeysAreNotTold() throws {
        let description = try describe([
            "auto_mapping": ["base_model_class": "LlamaForCausalLM"], "peft_version": "0.21.2",
            "revision": "main", "inference_mode": true, "megatron_core": "megatron.core",
            "megatron_config": ["tp": 2], "runtime_config": ["ephemeral_gpu_offload": true],
            "loftq_config": ["loftq_bits": 4], "eva_config": ["rho": 2.0],
            "corda_config": ["verbose": true], "lora_ga_config": ["stable_gamma": 16],
            "qalora_group_size": 16, "task_type": "CAUSAL_LM", "bias": "none",
        ])
        #expect(description.notes.isEmpty)
    }

    /// Python writes NaN and Infinity; they stop nothing where nobody reads them.
    @Test func numbersThatAreNotFiniteStopOnlyWhatReadsThem() throws {
        func text(_ key: String, _ number: String) -> String {
            var members = [
                "peft_type": "\"LORA\"", "r": "5", "lora_alpha": "7",
                "target_modules": "[\"q_proj\"]",
            ]
            members[key] = number
            return "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ",") + "}"
        }
        let folder = try TemporaryFolder()
        for number in ["NaN", "Infinity", "-Infinity"] {
            for key in ["eva_config", "qalora_group_size", "note"] {
                let value = key == "eva_config" ? "{\"rho\": \(number)}" : number
                _ = try folder.file("adapter_config.json", text(key, value))
                #expect(try AdapterFile.describe(folder.path).rank == 5)
            }
            for key in ["r", "lora_alpha", "lora_dropout", "layers_to_transform"] {
                _ = try folder.file("adapter_config.json", text(key, number))
                let error = try #require(throws: KernelError.self) {
                    try AdapterFile.describe(folder.path)
                }
                #expect(error.place?.hasSuffix(key) == true, "\(key): \(number)")
            }
            for key in ["rank_pattern", "alpha_pattern"] {
                _ = try folder.file("adapter_config.json", text(key, "{\"q_proj\": \(number)}"))
                #expect(throws: KernelError.self, "\(key): \(number)") {
                    try AdapterFile.describe(folder.path)
                }
            }
        }
    }

    @Test func unknownKeysAreTold() throws {
        let notes = try describe([
            "shiny": true, "dull": false, "none": .null, "empty": [], "other": 3, "text": "",
        ]).notes
        #expect(notes == ["Keys of the adapter's configuration that are not known: shiny, other."])
        #expect(
            try describe(["task_type": "SEQ_CLS"]).notes.first?.description.contains("SEQ_CLS")
                == true)
    }

    @Test func absentLayersAreThoseOfPEFT() throws {
        #expect(
            try describe(["target_modules": .null]).targets.chosen == .names(["q_proj", "v_proj"]))
        #expect(try describe(["target_modules": "all-linear"]).targets.chosen == .allLinear)
    }

    // MARK: - In a model

    private func applied(
        _ changes: JSONObject, _ family: String = "llama"
    ) throws -> AppliedAdapter {
        try describe(changes).applied(to: TinyModel.weights(family))
    }

    private func refusal(_ changes: JSONObject, in family: String) throws -> KernelError {
        let weights = try TinyModel.weights(family)
        let description = try describe(changes)
        return try #require(throws: KernelError.self) { try description.applied(to: weights) }
    }

    @Test func refusalsInAModelNameTheReason() throws {
        for (changes, family, word) in [
            (
                ["target_modules": ["q_proj", "embed_tokens"]], "llama",
                "LoRA on model.embed_tokens"
            ),
            (["target_modules": ["lm_head"]], "llama", "LoRA on lm_head"),
            (["target_modules": "(q|v)_proj"], "llama", "it matches no layer"),
            (["target_modules": ".*self_attn"], "llama", "no linear layer"),
            (["target_modules": ["norm"]], "llama", "no linear layer"),
            (["target_modules": ["c_attn"]], "llama", "it matches no layer: found c_attn"),
            (["target_modules": #"(a)\1"#], "llama", "regular expression"),
            (["exclude_modules": "("], "llama", "regular expression"),
            (["rank_pattern": ["(": 3]], "llama", "regular expression"),
            (["layers_to_transform": [7]], "llama", "it matches no layer"),
            (["modules_to_save": ["model"]], "llama", "nearly the whole model"),
            (["modules_to_save": ["mlp", "up_proj"]], "llama", "lies inside of"),
            (["modules_to_save": ["proj"]], "llama", "the adapter lies as well"),
            (["bias": "all"], "llama-biases", "biases trained beside"),
        ] as [(JSONObject, String, String)] {
            let error = try refusal(changes, in: family)
            #expect(error.why?.description.contains(word) == true, "\(word): \(error)")
            #expect(error.place?.hasPrefix("a/adapter_config.json, ") == true)
        }
    }

    @Test func namesThatTheModelLacksAreTold() throws {
        let notes = try applied([
            "target_modules": ["q_proj", "c_attn"], "modules_to_save": ["score", "model.norm"],
        ]).notes
        #expect(notes.count == 2)
        #expect(
            notes.first?.description.contains("score") == true
                && notes.last?.description.contains("c_attn") == true)
    }

    /// What the first version wrote of a shared table goes on meaning it.
    @Test func sharedTableOfTheFirstVersionStaysShared() throws {
        let first: JSONObject = [
            "modules_to_save": ["embed_tokens"], "target_parameters": .null,
            "megatron_core": "megatron.core",
        ]
        let old = try applied(first, "qwen2-tied")
        #expect(
            old.weights.spec.head.isTied && old.notes.first?.description.contains("0.1") == true)
        #expect(old.method.trainableNames == ["model.embed_tokens.weight"])
        var peft = first
        for key in ["corda_config", "eva_config", "qalora_group_size"] { peft[key] = .null }
        #expect(try !applied(peft, "qwen2-tied").weights.spec.head.isTied)
    }
}
