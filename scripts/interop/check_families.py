"""Model folders beside transformers: each family with tied and own heads, rotary scalings, element types, shards
and sizes drawn by chance; files that contradict their configuration; models that must be refused by name.

    python check_families.py --program .build/release/workbench --out DIR [--seed N] [--only WORD]
"""
import itertools
import json
import warnings

import torch
import transformers

from common import (
    Refused, VOCABULARY, edit, edit_tensors, fresh, load, logits, rope, start, tiny_model, tokenizer)

warnings.filterwarnings("ignore")
FAMILIES = {
    "llama": transformers.LlamaConfig, "mistral": transformers.MistralConfig,
    "qwen2": transformers.Qwen2Config, "qwen3": transformers.Qwen3Config,
    "gemma2": transformers.Gemma2Config,
}
SHORT = dict(original_max_position_embeddings=64)
ROPES = {
    "plain": {}, "theta": rope("default", 123456.7), "linear": rope("linear", 7e4, factor=2.5),
    "dynamic": rope("dynamic", factor=2.0),
    "llama3": rope("llama3", 5e5, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, **SHORT),
    "yarn": rope("yarn", 2e4, factor=4.0, **SHORT),
    "yarn, betas": rope("yarn", 1e6, factor=8.0, beta_fast=24.0, beta_slow=2.0, **SHORT),
    "yarn, attention": rope("yarn", factor=4.0, attention_factor=1.37, **SHORT),
    "yarn, mscales": rope("yarn", factor=4.0, mscale=0.7, mscale_all_dim=1.3, **SHORT),
    "yarn, not cut": rope("yarn", factor=4.0, truncate=False, **SHORT),
    "yarn, no length": rope("yarn", factor=4.0),
}
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16, "mixed": None}
WINDOW = dict(use_sliding_window=True, sliding_window=8)
# What a family can be beside the usual; the names say what is unusual.
VARIANTS = {
    "llama, biases": ("llama", dict(attention_bias=True, mlp_bias=True)),
    "llama, attention biases": ("llama", dict(attention_bias=True)),
    "llama, MLP biases": ("llama", dict(mlp_bias=True)),
    "llama, every head its keys": ("llama", dict(num_key_value_heads=4)),
    "llama, one head of keys": ("llama", dict(num_key_value_heads=1)),
    "llama, large epsilon": ("llama", dict(rms_norm_eps=1e-2)),
    "llama, one layer": ("llama", dict(num_hidden_layers=1)),
    "llama, more rows than tokens": ("llama", dict(vocab_size=VOCABULARY + 37)),
    "llama, odd sizes": ("llama", dict(hidden_size=54, intermediate_size=97, num_attention_heads=3,
                                       num_key_value_heads=1, head_dim=22)),
    "mistral, window 8": ("mistral", dict(sliding_window=8)),
    "mistral, window 1": ("mistral", dict(sliding_window=1)),
    "mistral, no window": ("mistral", dict(sliding_window=None)),
    "qwen2, window on the last": ("qwen2", dict(WINDOW, max_window_layers=1)),
    "qwen2, window on all": ("qwen2", dict(WINDOW, max_window_layers=0)),
    "qwen2, window on none": ("qwen2", dict(WINDOW, max_window_layers=3)),
    "qwen2, window switched off": ("qwen2", dict(WINDOW, use_sliding_window=False, max_window_layers=0)),
    "qwen3, biases": ("qwen3", dict(attention_bias=True)),
    "qwen3, window on the last": ("qwen3", dict(WINDOW, max_window_layers=1)),
    "qwen3, wide heads": ("qwen3", dict(head_dim=64)),
    "qwen2, windows listed": ("qwen2", dict(WINDOW, layer_types=[
        "sliding_attention", "full_attention", "sliding_attention"])),
    "llama, gelu": ("llama", dict(hidden_act="gelu_pytorch_tanh")),
    "gemma2, window 8": ("gemma2", dict(sliding_window=8)),
    "gemma2, windows listed": ("gemma2", dict(sliding_window=8, layer_types=[
        "full_attention", "full_attention", "sliding_attention"])),
    "gemma2, no caps": ("gemma2", dict(attn_logit_softcapping=None, final_logit_softcapping=None)),
    "gemma2, low caps": ("gemma2", dict(attn_logit_softcapping=0.7, final_logit_softcapping=1.3)),
    "gemma2, another scale": ("gemma2", dict(query_pre_attn_scalar=33)),
    "gemma2, biases": ("gemma2", dict(attention_bias=True)),
    "gemma2, silu": ("gemma2", dict(hidden_activation="silu")),
}
REFUSED = {
    "another activation": ("llama", dict(hidden_act="gelu"), "hidden_act"),
    "longrope": ("llama", rope("longrope", factor=4.0, short_factor=[1.0] * 6, long_factor=[1.5] * 6,
                               **SHORT), "longrope"),
    "window in the middle": ("qwen2", dict(WINDOW, layer_types=[
        "full_attention", "sliding_attention", "full_attention"]), "layer_types"),
}
FOREIGN = [
    "Gemma", "Gemma2", "Gemma3Text", "Phi", "Phi3", "SmolLM3", "Olmo", "Olmo2", "Granite", "StableLm",
    "Bloom", "GPT2", "GPTNeoX", "Falcon", "Qwen2Moe", "Qwen3Moe", "Mixtral", "Cohere", "Starcoder2",
    "Glm4", "Nemotron", "Helium", "OPT", "Mamba", "Arcee", "Ernie4_5", "SeedOss", "Exaone4", "Apertus",
]


def drawn(world, family):
    """Sizes by chance that the family can have."""
    keys = world.random.choice([1, 2, 3])
    heads, width = keys * world.random.choice([1, 2, 3]), world.random.choice([8, 12, 16, 22, 32])
    own = family != "qwen2" and world.random.random() < 0.5
    return dict(num_attention_heads=heads, num_key_value_heads=keys, head_dim=width,
                hidden_size=heads * 2 * world.random.randrange(4, 13) if own else heads * width,
                intermediate_size=world.random.randrange(33, 160),
                num_hidden_layers=world.random.choice([1, 2, 3]),
                rms_norm_eps=world.random.choice([1e-5, 1e-6, 1e-3]))


def store(folder, kind, is_sharded):
    """Writes the weights of a folder again: in another type, in several files."""
    if kind == "mixed":
        def mix(tensors):
            for place, name in enumerate(sorted(tensors)):
                tensors[name] = tensors[name].to(list(TYPES.values())[place % 3])
        edit_tensors(folder, mix)
    elif kind != "float32" or is_sharded:
        model = load(folder).to(TYPES[kind])
        for file in folder.glob("*.safetensors"):
            file.unlink()
        model.save_pretrained(folder, max_shard_size="60KB" if is_sharded else "1GB")


def compare(world, row, folder, length, effect=None):
    """The program beside transformers on ids drawn for this row."""
    ids = [world.random.randrange(3, VOCABULARY) for _ in range(length)]
    try:
        world.compare(row, world.logits(folder, ids), logits(load(folder), ids),
                      effect and float((logits(load(folder, **effect), ids)
                                        - logits(load(folder), ids)).abs().max()))
    except Refused as refusal:
        world.row(row, "WRONG", str(refusal))


def usual(world):
    """Every family with every scaling and both kinds of heads; types and shards in turn."""
    storage = itertools.cycle(itertools.product(TYPES, (False, True)))
    for (family, kind), tied, (name, scaling) in itertools.product(
            FAMILIES.items(), (False, True), ROPES.items()):
        dtype, is_sharded = next(storage)
        row = ", ".join([family, "tied" if tied else "own head", name, dtype,
                         *(["shards"] if is_sharded and dtype != "mixed" else [])])
        sizes = drawn(world, family)
        if not world.wants(row):
            continue
        folder = tiny_model(world, "usual", kind, tie_word_embeddings=tied, **sizes, **scaling)
        store(folder, dtype, is_sharded)
        if world.random.random() < 0.5:
            spell_as_before(folder)
            row += ", old spelling"
        # What the scaling itself moves, so that a row has something to tell.
        compare(world, row, folder, 200, rope("default") if scaling and name != "dynamic" else None)


def spell_as_before(folder):
    """The configuration as transformers 4 wrote it."""
    def change(config):
        values = config.pop("rope_parameters")
        config["rope_theta"] = values.pop("rope_theta")
        kind = values.pop("rope_type")
        config["rope_scaling"] = None if kind == "default" else dict(values, type=kind)
        config["torch_dtype"] = config.pop("dtype", "float32")
    edit(folder / "config.json", change)


def unusual(world):
    for row, (family, changes) in VARIANTS.items():
        if world.wants(row):
            folder = tiny_model(world, "unusual", FAMILIES[family], **changes)
            compare(world, row, folder, world.random.randrange(30, 200))


def contradicting(world):
    """Files that say more, less or something else than their configuration."""
    head, table = "lm_head.weight", "model.embed_tokens.weight"
    layer = "model.layers.2."

    def another_head(tensors):
        tensors[head] = torch.randn_like(tensors[table])

    def same_head(tensors):
        tensors[head] = tensors[table].clone()

    def renamed(tensors):
        tensors[head] = tensors.pop(table)

    def fourth_layer(tensors):
        for name in [name for name in tensors if name.startswith(layer)]:
            tensors[name.replace(layer, "model.layers.3.")] = tensors[name].clone()

    def tables(tensors):
        tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.randn(6)

    opened = {
        "tied, another head in the file": (dict(tie_word_embeddings=True), another_head),
        "tied, the head once more": (dict(tie_word_embeddings=True), same_head),
        "tied, the table under the head's name": (dict(tie_word_embeddings=True), renamed),
        "a fourth layer of three": ({}, fourth_layer), "rotary tables": ({}, tables),
    }
    for row, (changes, change) in opened.items():
        if world.wants(row):
            folder = tiny_model(world, "odd", FAMILIES["llama"], **changes)
            edit_tensors(folder, change)
            compare(world, row, folder, 40)
    if world.wants(row := "biases without a setting"):
        folder = tiny_model(world, "odd", FAMILIES["llama"], attention_bias=True)
        edit(folder / "config.json", lambda config: config.update(attention_bias=False))
        compare(world, row, folder, 40)
    if world.wants(row := "NaN where nobody reads"):
        folder = tiny_model(world, "odd", FAMILIES["llama"])
        edit(folder / "config.json", lambda config: config.update(
            a_note=float("nan"), another=[float("inf")]))
        compare(world, row, folder, 40)

    refused = {
        "no head": ({}, lambda tensors: tensors.pop(head), [head]),
        "no norm": ({}, lambda tensors: tensors.pop("model.norm.weight"), ["model.norm.weight"]),
        "float64": ({}, lambda tensors: tensors.update(
            {table: tensors[table].double()}), [table, "f64"]),
        "names without model": ({}, lambda tensors: [
            tensors.update({name.removeprefix("model."): tensors.pop(name)})
            for name in list(tensors)], [table]),
    }
    for row, (changes, change, words) in refused.items():
        if world.wants(row):
            folder = tiny_model(world, "odd", FAMILIES["llama"], **changes)
            edit_tensors(folder, change)
            world.refuses(row, *words, run=lambda: world.logits(folder, [5, 6]))


def refusing(world):
    for row, (family, changes, word) in REFUSED.items():
        if world.wants(row):
            folder = tiny_model(world, "refused", FAMILIES[family], **changes)
            world.refuses(row, word, run=lambda: world.logits(folder, [5, 6]))
    settings = {
        "a quantization": ("quantization_config", dict(quant_method="gptq", bits=4)),
        "not causal": ("is_causal", False),
    }
    for row, (key, value) in settings.items():
        if world.wants(row):
            folder = tiny_model(world, "refused", FAMILIES["llama"])
            edit(folder / "config.json", lambda config: config.update({key: value}))
            world.refuses(row, key, run=lambda: world.logits(folder, [5, 6]))
    if world.wants(row := "a text beyond the context"):
        folder = tiny_model(world, "refused", FAMILIES["llama"], max_position_embeddings=16)
        world.refuses(row, "16", run=lambda: world.logits(folder, list(range(3, 30))))
    # A configuration is enough: the family is refused before a weight is looked at.
    for name in FOREIGN:
        kind = getattr(transformers, name + "Config", None)
        if not world.wants(row := "another family: " + name):
            continue
        if kind is None:
            world.left_out(row, "this version of transformers does not have it")
            continue
        folder = fresh(world.out / "foreign")
        kind().save_pretrained(folder)
        tokenizer().save_pretrained(folder)
        (folder / "model.safetensors").write_bytes(
            (world.out / "bases" / "refused" / "model.safetensors").read_bytes())
        written = json.loads((folder / "config.json").read_text())["model_type"]
        world.refuses(row, written, run=lambda: world.logits(folder, [5, 6]))


def main(world):
    tiny_model(world, "refused", FAMILIES["llama"])
    usual(world)
    unusual(world)
    contradicting(world)
    refusing(world)


if __name__ == "__main__":
    start(main)
