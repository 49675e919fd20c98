// GGUF files as models: metadata in which values are wrong, though each part of the file is sound. The
// configuration, the notes and the tokenizer that they give are right, or refused in clean words.
import Foundation

@testable import Kernel

extension FuzzReader {
    /// The file as it is opened, mapped from memory without a disk.
    static let ggufModel = FuzzReader(
        "GGUF models", longest: 1 << 16, reaches: ["badData", "unavailable"]
    ) { numbers in
        GGUFModelMutation.mutant(&numbers)
    } read: { bytes in
        judged { () throws(KernelError) in
            let file = try MemoryFile.shared.open(bytes)
            let config = try ModelConfig(gguf: file)
            for note in try ModelConfig.notes(gguf: file) where !isClean(note.description) {
                return "a note with controls: \(note)"
            }
            guard isSound(config) else { return "\(config)" }
            let loaded = try TokenizerLoader.load(gguf: file, path: "model.gguf")
            let tokenizer = loaded.tokenizer
            for allowSpecial in [false, true] {
                let ids = tokenizer.encodeWhole("abb ab<s> é\n", allowSpecial: allowSpecial)
                guard ids.allSatisfy({ (0..<tokenizer.vocabularySize).contains($0) }) else {
                    return "ids \(ids) of \(tokenizer.vocabularySize)"
                }
            }
            return nil
        }
    }
}

private enum GGUFModelMutation {
    static let seed: GGUFRecipe = {
        var numbers = SeededNumbers(seed: 1)
        var recipe = GGUFRecipe(&numbers)
        (recipe.pairs, recipe.tensors) = ([], [])
        func list(_ texts: [String]) -> [UInt8] {
            GGUFRecipe.array(
                8, count: UInt64(texts.count), texts.flatMap { GGUFRecipe.string($0) })
        }
        recipe.add("general.architecture", 8, GGUFRecipe.string("llama"))
        for (name, value) in [
            ("block_count", 2), ("embedding_length", 8), ("feed_forward_length", 16),
            ("attention.head_count", 2), ("attention.head_count_kv", 1), ("context_length", 64),
            ("rope.dimension_count", 4), ("vocab_size", 6),
        ] {
            recipe.add("llama.\(name)", 4, GGUFRecipe.little(UInt32(value)))
        }
        let epsilon = GGUFRecipe.little(Float(1e-5).bitPattern)
        recipe.add("llama.attention.layer_norm_rms_epsilon", 6, epsilon)
        recipe.add("llama.rope.freq_base", 6, GGUFRecipe.little(Float(10_000).bitPattern))
        recipe.add("llama.rope.scaling.type", 8, GGUFRecipe.string("yarn"))
        recipe.add("llama.rope.scaling.factor", 6, GGUFRecipe.little(Float(2).bitPattern))
        recipe.add(
            "llama.rope.scaling.original_context_length", 4, GGUFRecipe.little(UInt32(32)))
        recipe.add("tokenizer.ggml.model", 8, GGUFRecipe.string("gpt2"))
        recipe.add("tokenizer.ggml.pre", 8, GGUFRecipe.string("smollm"))
        recipe.add("tokenizer.ggml.tokens", 9, list(["<s>", "</s>", "a", "b", "ab", "Ġ"]))
        let types = [3, 3, 1, 1, 1, 1].flatMap { GGUFRecipe.little(Int32($0)) }
        recipe.add("tokenizer.ggml.token_type", 9, GGUFRecipe.array(5, count: 6, types))
        recipe.add("tokenizer.ggml.merges", 9, list(["a b"]))
        for (name, id) in [("bos", 0), ("eos", 1), ("padding", 1), ("unknown", 0)] {
            recipe.add("tokenizer.ggml.\(name)_token_id", 4, GGUFRecipe.little(UInt32(id)))
        }
        recipe.add("tokenizer.ggml.add_bos_token", 7, [0])
        let table = GGUFRecipe.Tensor(
            name: Array("token_embd.weight".utf8), dimensions: [8, 6], type: 0, byteCount: 192)
        recipe.tensors = [table]
        return recipe
    }()

    static let keys =
        [
            "rope.scaling.attn_factor", "rope.scaling.yarn_beta_fast", "rope.scaling.yarn_log_mul",
            "attention.sliding_window", "attention.causal", "attention.scale", "expert_count",
            "attention.key_length", "attention.value_length", "logit_scale",
        ].map { "llama.\($0)" } + [
            "tokenizer.chat_template", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.scores",
            "tokenizer.ggml.add_eos_token", "general.sampling.temp", "general.name",
            "general.file_type",
        ]

    static let texts = [
        "llama", "qwen2", "qwen3", "mistral", "gemma", "linear", "none", "yarn", "longrope", "gpt2",
        "default", "llama-bpe", "qwen2", "a b", "a  b", "é", "\u{202E}x\u{1B}[2J", "\u{85}", "",
        "Ã",
    ]

    static let types: [(code: UInt32, size: Int)] = [
        (0, 1), (1, 1), (2, 2), (3, 2), (4, 4), (5, 4), (6, 4), (7, 1), (10, 8), (11, 8), (12, 8),
    ]

    static func mutant(_ numbers: inout SeededNumbers) -> [UInt8] {
        var recipe = seed
        for _ in 0..<1 + numbers.below(3) {
            let place = numbers.below(recipe.pairs.count)
            switch numbers.below(8) {
            case 0: recipe.pairs.remove(at: place)
            case 1: recipe.pairs.swapAt(place, numbers.below(recipe.pairs.count))
            case 2:
                recipe.pairs.append(value(numbers.pick(keys), &numbers))
            case 3:
                let words = (0..<numbers.below(9)).map { _ in numbers.pick(texts) }
                recipe.pairs[place].type = 9
                recipe.pairs[place].payload = GGUFRecipe.array(
                    8, count: UInt64(words.count), words.flatMap { GGUFRecipe.string($0) })
            case 4 where !recipe.pairs[place].payload.isEmpty:
                let offset = numbers.below(recipe.pairs[place].payload.count)
                recipe.pairs[place].payload[offset] ^= 1 << UInt8(numbers.below(8))
            default:
                let key = String(decoding: recipe.pairs[place].key, as: UTF8.self)
                recipe.pairs[place] = value(key, &numbers)
            }
            if recipe.pairs.isEmpty { return recipe.bytes() }
        }
        return recipe.bytes()
    }

    private static func value(
        _ key: String, _ numbers: inout SeededNumbers
    ) -> GGUFRecipe.Pair {
        let key = Array(key.utf8)
        if numbers.below(3) == 0 {
            return .init(key: key, type: 8, payload: GGUFRecipe.string(numbers.pick(texts)))
        }
        let type = numbers.pick(types)
        let numbersOfFiles: [UInt64] = [
            0, 1, 2, 3, 6, 7, 255, 1 << 15, 1 << 16, 1 << 31, 1 << 32 - 1, 1 << 62, 1 << 63, .max,
            UInt64(Float.nan.bitPattern), Double.infinity.bitPattern, UInt64(Float(0.5).bitPattern),
        ]
        let payload = GGUFRecipe.little(numbers.pick(numbersOfFiles)).prefix(type.size)
        return .init(key: key, type: type.code, payload: Array(payload))
    }
}

/// Files that exist in memory only, one for each thread that asks.
final class MemoryFile: @unchecked Sendable {
    static let shared = MemoryFile()
    private let key = pthread_key_t.made()

    /// Opens the bytes as a file of their own.
    func open(_ bytes: UnsafeRawBufferPointer) throws(KernelError) -> GGUFFile {
        let descriptor: Int32
        if let kept = pthread_getspecific(key) {
            descriptor = Int32(Int(bitPattern: kept))
        } else {
            var name = Array("/dev/shm/fuzz-XXXXXX".utf8CString)
            descriptor = mkstemp(&name)
            precondition(descriptor > 0 && unlink(name) == 0, "no memory file")
            pthread_setspecific(key, UnsafeRawPointer(bitPattern: Int(descriptor)))
        }
        let isWritten =
            ftruncate(descriptor, bytes.count) == 0
            && pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count
        precondition(isWritten, "the memory file cannot be written")
        return try GGUFFile(path: "/proc/self/fd/\(descriptor)", keepsUnread: true)
    }
}

extension pthread_key_t {
    fileprivate static func made() -> pthread_key_t {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no key")
        return key
    }
}
