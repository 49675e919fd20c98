"""Tiny seeded models of every supported family, and the small tools the fixture scripts share.

Weights come from NumPy's PCG64 in name order, so they do not depend on torch's generator. They are
scaled so that attention is far from uniform and logits spread over several units: an error in a
mask, a rotation or a norm then moves every figure of a reference.
"""
import hashlib
import json
import pathlib

import numpy as np
import peft
import torch
import transformers

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "Tests" / "KernelTests" / "Fixtures"
VERSIONS = {"torch": torch.__version__, "transformers": transformers.__version__,
            "peft": peft.__version__, "numpy": np.__version__}
VOCABULARY = 160

LLAMA3_SCALING = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                  "high_freq_factor": 4.0, "original_max_position_embeddings": 32}


def rope(theta, scaling=None):
    return dict(scaling or {"rope_type": "default"}, rope_theta=theta)


def common(**changes):
    return dict(dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=64,
                     num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
                     max_position_embeddings=256, rms_norm_eps=1e-5, bos_token_id=1,
                     eos_token_id=2, pad_token_id=0, tie_word_embeddings=False), **changes)


# Sizes differ on purpose: head widths 8, 10, 12 and 16, groups of 1, 2, 3 and 4 query heads.
FAMILIES = {
    "llama": (transformers.LlamaConfig, common(
        rope_parameters=rope(10_000.0), attention_bias=False, mlp_bias=False, head_dim=8)),
    "llama3-rope": (transformers.LlamaConfig, common(
        hidden_size=64, intermediate_size=48, rope_parameters=rope(10_000.0, LLAMA3_SCALING),
        attention_bias=False, mlp_bias=False, head_dim=16, tie_word_embeddings=True)),
    "llama-biases": (transformers.LlamaConfig, common(
        hidden_size=40, intermediate_size=56, num_key_value_heads=4, head_dim=10,
        rope_parameters=rope(10_000.0), attention_bias=True, mlp_bias=True)),
    "mistral-window": (transformers.MistralConfig, common(
        hidden_size=36, num_attention_heads=3, num_key_value_heads=1, head_dim=12,
        num_hidden_layers=3, intermediate_size=44, rope_parameters=rope(1_000_000.0),
        sliding_window=8)),
    "qwen2-tied": (transformers.Qwen2Config, common(
        num_key_value_heads=1, rope_parameters=rope(1_000_000.0), rms_norm_eps=1e-6,
        use_sliding_window=False, tie_word_embeddings=True)),
    "qwen2-untied": (transformers.Qwen2Config, common(
        hidden_size=48, num_attention_heads=4, rope_parameters=rope(1_000_000.0),
        rms_norm_eps=1e-6, use_sliding_window=False)),
    "qwen3": (transformers.Qwen3Config, common(
        num_attention_heads=6, num_key_value_heads=2, head_dim=16, rms_norm_eps=1e-6,
        rope_parameters=rope(1_000_000.0), attention_bias=False, use_sliding_window=False,
        tie_word_embeddings=True)),
    # Caps that bite: scores and logits of these weights spread over several units.
    "gemma2": (transformers.Gemma2Config, common(
        num_hidden_layers=3, head_dim=12, query_pre_attn_scalar=12, rms_norm_eps=1e-6,
        rope_parameters=rope(10_000.0), attention_bias=False, sliding_window=8,
        attn_logit_softcapping=2.0, final_logit_softcapping=1.5, tie_word_embeddings=True)),
}


def generator(label):
    digest = hashlib.sha256(label.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def initial_value(name, shape, rng, family):
    noise = rng.standard_normal(shape)
    if name.endswith("norm.weight"):
        return (0.0 if family == "gemma2" else 1.0) + 0.2 * noise
    if name.endswith("bias"):
        return 0.3 * noise
    if "embed_tokens" in name:
        # Gemma multiplies embeddings by the root of their width.
        return (0.2 if family == "gemma2" else 0.35) * noise
    if "o_proj" in name or "down_proj" in name:
        gain = 3.0  # Against tied embeddings, which pull the answer back to the token just read.
    else:
        gain = 3.0 if "lm_head" in name else 1.8 if "q_proj" in name or "k_proj" in name else 1.2
    return gain * noise / np.sqrt(shape[1])


def tiny_model(family):
    """The model of one family in fp32 with eager attention and its seeded weights."""
    kind, fields = FAMILIES[family]
    model = transformers.AutoModelForCausalLM.from_config(kind(**fields),
                                                          attn_implementation="eager").float()
    rng = generator(f"weights of {family}")
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            value = initial_value(name, tuple(parameter.shape), rng, family).astype(np.float32)
            parameter.copy_(torch.from_numpy(value))
    model.generation_config = transformers.GenerationConfig()
    return model.eval()


def tiny_sequences(family):
    """Two sequences: one with its prompt masked, one trained throughout but for a hole."""
    rng = generator(f"sequences of {family}")
    first, second = (rng.integers(3, VOCABULARY, n).tolist() for n in (23, 14))
    return [(first, [-100] * 9 + first[9:]), (second, second[:5] + [-100] * 3 + second[8:])]


def summed_loss(model, sequences):
    """Sum of the negative log-likelihoods of all trained tokens, and their count."""
    total, count = 0.0, 0
    for ids, labels in sequences:
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, :-1]
        targets = torch.tensor(labels[1:])
        total = total + torch.nn.functional.cross_entropy(logits, targets, ignore_index=-100,
                                                          reduction="sum")
        count += int((targets != -100).sum())
    return total, count


def samples(name, tensor, count=16):
    """Shape, norm and a few values at fixed places of a tensor, indices into the flat row-major."""
    flat = tensor.detach().float().reshape(-1)
    size = min(count, flat.numel())
    places = generator(f"places in {name}").choice(flat.numel(), size, replace=False)
    places = sorted(places.tolist())
    return {"name": name, "shape": list(tensor.shape), "norm": short(flat.double().norm(), 9),
            "indices": places, "values": shorts(flat[places], 9)}


def short(value, digits=7):
    """A float with so many significant digits."""
    return float(f"{float(value):.{digits}g}")


def shorts(tensor, digits=7):
    return [short(x, digits) for x in tensor.tolist()]


def write_json(path, value):
    """JSON with one entry of the outermost object a line: small, and readable in a diff."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in value.items()]
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def start():
    """One thread and deterministic kernels, so that a second run writes the same bytes."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
