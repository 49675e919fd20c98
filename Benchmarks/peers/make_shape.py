"""Writes a GGUF file with the shape of a known model and seeded random 4-bit weights.

Speed and memory depend on shapes alone, so this measures larger models without a download. The
tokenizer is the sample model's; a larger vocabulary is filled up with tokens that no text has.

    make_shape.py qwen2.5-0.5b|llama-3.2-1b|llama-2-7b|four-layers SAMPLE.gguf OUT.gguf

four-layers has SmolLM2-135M's shape with 4 of its 30 layers, for cost against length.
"""

import sys

import gguf
import numpy as np

# hidden, inner, layers, heads, key-value heads, vocabulary, tied head, RoPE base, architecture
SHAPES = {
    "qwen2.5-0.5b": (896, 4864, 24, 14, 2, 151936, True, 1e6, "qwen2"),
    "llama-3.2-1b": (2048, 8192, 16, 32, 8, 128256, True, 5e5, "llama"),
    "four-layers": (576, 1536, 4, 9, 3, 49152, True, 1e5, "llama"),
    "llama-2-7b": (4096, 11008, 32, 32, 32, 49152, False, 1e4, "llama"),
}


def blocks(rng, rows, columns, kind):
    """Random rows as Q4_0 or Q8_0 blocks with a spread of about 0.02."""
    count = rows * columns // 32
    payload, scale = (16, 0.0043) if kind == gguf.GGMLQuantizationType.Q4_0 else (32, 0.00027)
    out = np.empty((count, 2 + payload), dtype=np.uint8)
    out[:, :2] = np.frombuffer(np.float16(scale).tobytes(), dtype=np.uint8)
    out[:, 2:] = rng.integers(0, 256, size=(count, payload), dtype=np.uint8)
    return out.reshape(rows, -1)


def main(name, sample, path):
    hidden, inner, layers, heads, shared, vocabulary, tied, base, arch = SHAPES[name]
    rng = np.random.default_rng(7)
    writer = gguf.GGUFWriter(path, arch)
    writer.add_name(name)
    writer.add_context_length(32768)
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(inner)
    writer.add_block_count(layers)
    writer.add_head_count(heads)
    writer.add_head_count_kv(shared)
    writer.add_rope_freq_base(base)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(hidden // heads)
    writer.add_vocab_size(vocabulary)
    fields = gguf.GGUFReader(sample).fields
    extra = vocabulary - len(fields["tokenizer.ggml.tokens"].data)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(fields["tokenizer.ggml.pre"].contents())
    writer.add_token_list(
        fields["tokenizer.ggml.tokens"].contents() + [f"<|unused_{i}|>" for i in range(extra)]
    )
    unused = int(gguf.TokenType.UNUSED)
    writer.add_token_types(fields["tokenizer.ggml.token_type"].contents() + [unused] * extra)
    writer.add_token_merges(fields["tokenizer.ggml.merges"].contents())
    for key in ("bos", "eos", "unknown", "padding"):
        getattr(writer, f"add_{ {'unknown': 'unk', 'padding': 'pad'}.get(key, key)}_token_id")(
            int(fields[f"tokenizer.ggml.{key}_token_id"].contents())
        )
    writer.add_chat_template(fields["tokenizer.chat_template"].contents())

    q4, q8 = gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q8_0

    def matrix(label, rows, columns, kind=q4):
        writer.add_tensor(label, blocks(rng, rows, columns, kind), raw_dtype=kind)

    def vector(label, count, value):
        writer.add_tensor(label, np.full(count, value, dtype=np.float32))

    narrow = hidden // heads * shared
    matrix("token_embd.weight", vocabulary, hidden, q8)
    if not tied:
        matrix("output.weight", vocabulary, hidden, q8)
    vector("output_norm.weight", hidden, 1)
    for layer in range(layers):
        part = f"blk.{layer}."
        vector(part + "attn_norm.weight", hidden, 1)
        vector(part + "ffn_norm.weight", hidden, 1)
        for label, rows in (("q", hidden), ("k", narrow), ("v", narrow)):
            matrix(f"{part}attn_{label}.weight", rows, hidden)
            if arch == "qwen2":
                vector(f"{part}attn_{label}.bias", rows, 0)
        matrix(part + "attn_output.weight", hidden, hidden)
        matrix(part + "ffn_gate.weight", inner, hidden)
        matrix(part + "ffn_up.weight", inner, hidden)
        matrix(part + "ffn_down.weight", hidden, inner)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in SHAPES:
        sys.exit(__doc__)
    main(*sys.argv[1:])
