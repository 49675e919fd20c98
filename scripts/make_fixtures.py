#!/usr/bin/env python3
"""Writes Tests/KernelTests/Fixtures/families: tiny models and what transformers computes with them.

    <venv of Benchmarks/peers/setup.sh>/bin/python scripts/make_fixtures.py [FAMILY ...]

A reference is not regenerated to make a test pass: it changes only when a family is added.
"""
import json
import sys

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType
from gguf.quants import dequantize, quantize
from safetensors.torch import save_file
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
import transformers

from fixture_models import (FAMILIES, FIXTURES, LLAMA3_SCALING, VERSIONS, generator, rope, samples,
                            short, shorts, start, summed_loss, tiny_model, tiny_sequences,
                            write_json)

OUT = FIXTURES / "families"


def logits_of(model, ids):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def greedy(model, prompt, count):
    """Greedy tokens through the key/value cache, and the smallest lead of a chosen token."""
    ids, lead, cache, piece = [], float("inf"), None, list(prompt)
    with torch.no_grad():
        for _ in range(count):
            answer = model(input_ids=torch.tensor([piece]), past_key_values=cache, use_cache=True)
            cache, best = answer.past_key_values, answer.logits[0, -1].topk(2)
            lead = min(lead, float(best.values[0] - best.values[1]))
            piece = [int(best.indices[0])]
            ids += piece
    return {"prompt": list(prompt), "ids": ids, "smallest_lead": short(lead, 4)}


def sequence_logits(model, sequences):
    return [[shorts(row) for row in logits_of(model, ids)] for ids, _ in sequences]


def reference(family, model):
    sequences = tiny_sequences(family)
    model.zero_grad()
    total, count = summed_loss(model, sequences)
    (total / count).backward()
    return {
        "about": f"{family}: fp32, eager attention; loss = sum over trained tokens / their count",
        "versions": VERSIONS,
        "ids": [ids for ids, _ in sequences],
        "labels": [labels for _, labels in sequences],
        "logits": sequence_logits(model, sequences),
        "trained_tokens": count,
        "loss": short((total / count).detach(), 9),
        "gradients": [samples(n, p.grad) for n, p in model.named_parameters()],
        "greedy": greedy(model, sequences[0][0][:7], 24),
    }


def flat_config(config):
    """The same configuration in the layout of transformers 4: rotary fields at the top."""
    config = json.loads(json.dumps(config))
    parameters = config.pop("rope_parameters")
    config["rope_theta"] = parameters.pop("rope_theta")
    config["rope_scaling"] = None if parameters["rope_type"] == "default" else parameters
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.51.3"
    return config


def write_folder(name, config, state, shards=1):
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", config)
    state = {k: v.contiguous().clone() for k, v in state.items()}
    if shards == 1:
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        return
    names, place = sorted(state), {}
    for index in range(shards):
        file = f"model-{index + 1:05}-of-{shards:05}.safetensors"
        part = names[index::shards]
        save_file({k: state[k] for k in part}, folder / file, metadata={"format": "pt"})
        place.update({k: file for k in part})
    size = sum(v.numel() * v.element_size() for v in state.values())
    write_json(folder / "model.safetensors.index.json",
               {"metadata": {"total_size": size}, "weight_map": dict(sorted(place.items()))})


def stored_weights(model):
    tied = model.config.tie_word_embeddings
    return {k: v.detach() for k, v in model.state_dict().items()
            if not (tied and k == "lm_head.weight")}


def write_families(only):
    for family in FAMILIES:
        if only and family not in only:
            continue
        model = tiny_model(family)
        config = json.loads(model.config.to_json_string(use_diff=False))
        config = {k: config[k] for k in sorted(config) if k in KEPT_FIELDS}
        config.update(architectures=[type(model).__name__], dtype="float32",
                      transformers_version=VERSIONS["transformers"])
        weights = stored_weights(model)
        write_folder(family, config, weights)
        write_json(OUT / family / "config.v4.json", flat_config(config))
        found = reference(family, model)
        write_json(OUT / family / "reference.json", found)
        check_reload(family, found)
        print(family, sum(v.numel() for v in weights.values()), "weights, loss", found["loss"],
              "lead", found["greedy"]["smallest_lead"], "different tokens",
              len(set(found["greedy"]["ids"])))
        if family == "llama":
            write_folder("llama-sharded", config, weights, shards=2)
            half = {k: v.to(torch.bfloat16) for k, v in weights.items()}
            write_folder("llama-bf16", dict(config, dtype="bfloat16"), half)
            model.load_state_dict({k: v.float() for k, v in half.items()}, strict=False)
            sequences = tiny_sequences(family)
            write_json(OUT / "llama-bf16" / "reference.json", {
                "about": "weights of llama rounded to bf16, computed in fp32",
                "versions": VERSIONS, "ids": [ids for ids, _ in sequences],
                "logits": sequence_logits(model, sequences)})


KEPT_FIELDS = {
    "model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
    "num_attention_heads", "num_key_value_heads", "head_dim", "hidden_act", "attention_bias",
    "mlp_bias", "max_position_embeddings", "rms_norm_eps", "rope_parameters", "sliding_window",
    "use_sliding_window", "max_window_layers", "layer_types", "tie_word_embeddings",
    "bos_token_id", "eos_token_id", "pad_token_id", "initializer_range", "attention_dropout",
    "use_cache", "hidden_activation", "query_pre_attn_scalar", "attn_logit_softcapping",
    "final_logit_softcapping",
}


def check_reload(family, found):
    """Both layouts of the folder, as transformers reads them, must give the recorded logits."""
    folder = OUT / family
    for file in ("config.json", "config.v4.json"):
        fields = json.loads((folder / file).read_text())
        config = transformers.AutoConfig.for_model(**fields)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            folder, config=config, dtype=torch.float32, attn_implementation="eager").eval()
        for ids, rows in zip(found["ids"], found["logits"]):
            error = (logits_of(model, ids) - torch.tensor(rows)).abs().max()
            assert error < 1e-5, (family, file, error)


def interleaved(rows, heads):
    """Rows (heads, 2, half) of the folder → (heads, half, 2), as the llama architecture stores."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, 2, half, -1).swapaxes(1, 2).reshape(rows.shape)


def gguf_name(name, architecture):
    if architecture == "gemma2":
        for old, new in [("post_attention_layernorm", "post_attention_norm"),
                         ("pre_feedforward_layernorm", "ffn_norm"),
                         ("post_feedforward_layernorm", "post_ffw_norm")]:
            name = name.replace(old, new)
    for old, new in [("model.layers.", "blk."), ("model.embed_tokens", "token_embd"),
                     ("model.norm", "output_norm"), ("lm_head", "output"),
                     ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
                     ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"),
                     ("self_attn.q_norm", "attn_q_norm"), ("self_attn.k_norm", "attn_k_norm"),
                     ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"),
                     ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"),
                     ("mlp.down_proj", "ffn_down")]:
        name = name.replace(old, new)
    return name


def write_gguf(family, architecture, kind):
    """One GGUF without a vocabulary, and the logits of the weights as a reader decodes them."""
    model = tiny_model(family)
    config = model.config
    quantization = GGMLQuantizationType[kind]
    path = OUT / "gguf" / f"{family}-{kind}.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, architecture)
    head_width = getattr(config, "head_dim", None)
    head_width = head_width or config.hidden_size // config.num_attention_heads
    writer.add_name(f"tiny {family}")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    if architecture == "llama":
        writer.add_rope_dimension_count(head_width)
    if architecture in ("qwen3", "gemma2"):
        writer.add_key_length(head_width)
        writer.add_value_length(head_width)
    if architecture == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
        writer.add_sliding_window(config.sliding_window)
    writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("no_vocab")
    writer.add_bos_token_id(config.bos_token_id)
    writer.add_eos_token_id(config.eos_token_id)
    writer.add_file_type({"F32": LlamaFileType.ALL_F32, "F16": LlamaFileType.MOSTLY_F16,
                          "Q8_0": LlamaFileType.MOSTLY_Q8_0}[kind])
    writer.add_quantization_version(2)
    if config.rope_parameters["rope_type"] == "llama3":
        plain = ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")[0]
        theta = config.rope_parameters["rope_theta"]
        unscaled = theta ** -(torch.arange(0, head_width, 2, dtype=torch.float64) / head_width)
        writer.add_tensor("rope_freqs.weight", (unscaled / plain.double()).float().numpy())
    decoded = {}
    for name, value in stored_weights(model).items():
        value = value.numpy()
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(
            name.split(".")[-2])
        moved = interleaved(value, heads) if heads and architecture == "llama" else value
        if value.ndim == 1 or kind == "F32":
            # llama.cpp's Gemma has the gain where the folder has the gain less one.
            gain = 1 if architecture == "gemma2" and value.ndim == 1 else 0
            writer.add_tensor(gguf_name(name, architecture), (moved + gain).astype(np.float32))
            decoded[name] = torch.from_numpy(value)
            continue
        packed = quantize(moved, quantization)
        writer.add_tensor(gguf_name(name, architecture), packed, raw_dtype=quantization)
        # Rows are packed one by one, so the order of rows does not change a value.
        decoded[name] = torch.from_numpy(dequantize(quantize(value, quantization), quantization))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    model.load_state_dict({k: v.float() for k, v in decoded.items()}, strict=False)
    sequences = tiny_sequences(family)
    write_json(path.with_suffix(".json"), {
        "about": f"{family} as GGUF, {kind} matrices decoded to fp32, computed in fp32",
        "versions": VERSIONS, "ids": [ids for ids, _ in sequences],
        "logits": sequence_logits(model, sequences),
        "greedy": greedy(model, sequences[0][0][:7], 24),
        "tensors": [samples(n, v, 8) for n, v in decoded.items()]})
    print(path.name, path.stat().st_size)


def write_rotary():
    """Inverse frequencies and the attention factor of each kind of rotary scaling."""
    yarn = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}
    cases = {
        "default": rope(10_000.0),
        "linear": rope(10_000.0, {"rope_type": "linear", "factor": 4.0}),
        "dynamic": rope(10_000.0, {"rope_type": "dynamic", "factor": 2.0}),
        "llama3": rope(500_000.0, dict(LLAMA3_SCALING, original_max_position_embeddings=8192)),
        "llama3-tiny": rope(10_000.0, LLAMA3_SCALING),
        "yarn": rope(1_000_000.0, yarn),
        "yarn-tuned": rope(10_000.0, dict(yarn, beta_fast=16.0, beta_slow=2.0,
                                          attention_factor=1.25)),
    }
    rows = {}
    for name, parameters in cases.items():
        maximum = 256 if name.startswith("yarn") else 64
        config = transformers.LlamaConfig(hidden_size=128, num_attention_heads=2, head_dim=64,
                                          max_position_embeddings=maximum,
                                          rope_parameters=parameters)
        for length in ([32, 64, 200] if name == "dynamic" else [None]):
            if name == "default":
                frequencies = transformers.models.llama.modeling_llama.LlamaRotaryEmbedding(
                    config).inv_freq
                factor = 1.0
            else:
                frequencies, factor = ROPE_INIT_FUNCTIONS[parameters["rope_type"]](
                    config, "cpu", seq_len=length)
            rows[name if length is None else f"{name}-{length}"] = {
                "head_dim": 64, "max_position_embeddings": maximum, "sequence_length": length,
                "rope_parameters": parameters, "attention_factor": short(factor, 9),
                "inverse_frequencies": shorts(frequencies, 9)}
    write_json(OUT / "rotary.json", {"versions": VERSIONS, **rows})


def main():
    start()
    only = sys.argv[1:]
    write_families(only)
    for family, architecture, kind in [("llama", "llama", "F32"), ("llama", "llama", "Q8_0"),
                                       ("llama3-rope", "llama", "F16"),
                                       ("qwen2-tied", "qwen2", "F32"),
                                       ("qwen2-tied", "qwen2", "Q8_0"),
                                       ("qwen3", "qwen3", "Q8_0"),
                                       ("gemma2", "gemma2", "F32")]:
        if not only or family in only:
            write_gguf(family, architecture, kind)
    if not only:
        write_rotary()


if __name__ == "__main__":
    main()
