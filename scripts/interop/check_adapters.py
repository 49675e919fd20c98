"""Adapters in both directions: what PEFT wrote as the program reads it, what the program trained as PEFT reads
it, over options on models with and without a head of their own.

    python check_adapters.py --program .build/release/workbench --out DIR [--seed N] [--only WORD]
"""
import itertools
import warnings

import peft
import torch
import transformers

from common import Refused, data_set, fresh, load, logits, start, tiny_model, VOCABULARY

warnings.filterwarnings("ignore")
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

# What lies where.
TARGETS = {
    "all": dict(target_modules=ALL),
    "all-linear": dict(target_modules="all-linear"),
    "expression": dict(target_modules=r".*\.[02]\.(self_attn|mlp)\.(q|v|up)_proj"),
    "paths": dict(target_modules=["model.layers.1.self_attn.q_proj", "mlp.down_proj"]),
    "one layer": dict(target_modules=ALL, layers_to_transform=[1]),
    "excluded": dict(target_modules=ALL, exclude_modules=["k_proj", "2.mlp.up_proj"]),
    "ranks": dict(target_modules=ALL, rank_pattern={"q_proj": 6, "1.mlp.up_proj": 1},
                  alpha_pattern={"v_proj": 9}),
    "ranks, stabilized": dict(target_modules=ALL, use_rslora=True,
                              rank_pattern={r"layers\.0\..*": 2}),
    "DoRA": dict(target_modules=ALL, use_dora=True, use_rslora=True),
    "DoRA, ranks": dict(target_modules=ALL, use_dora=True, rank_pattern={"q_proj": 6}),
    "IA3": dict(kind=peft.IA3Config, target_modules=None),
    "IA3, all": dict(kind=peft.IA3Config, target_modules=ALL,
                     feedforward_modules=["o_proj", "up_proj"]),
}
# What the program trains: the method, and its layers.
METHODS = {
    "LoRA": dict(finetuning_type="lora"), "DoRA": dict(finetuning_type="lora", use_dora="true"),
    "DoRA, dropout": dict(finetuning_type="lora", use_dora="true", lora_dropout=0.3),
    "IA3": dict(finetuning_type="ia3"),
}
# What is trained whole.
SAVED = {
    "nothing": None, "norm": ["norm"], "final norm": ["model.norm"], "embedding": ["embed_tokens"],
    "head": ["lm_head"], "both": ["embed_tokens", "lm_head"],
    "one output": ["layers.1.self_attn.o_proj"], "an MLP": ["layers.0.mlp"],
}
REFUSED = {
    **{f"start {word}": dict(init_lora_weights=word) for word in ("pissa", "pissa_niter_2", "olora")},
    "bias of the adapter": dict(lora_bias=True),
    "aLoRA": dict(alora_invocation_tokens=[5, 6]), "rows": dict(trainable_token_indices=[4, 9]),
    "on the embedding": dict(target_modules=["q_proj", "embed_tokens"]),
    "on the head": dict(target_modules=["q_proj", "lm_head"]),
}


def made_by_peft(world, folder, base, **options):
    """An adapter with values everywhere, and the logits that PEFT gives after opening it."""
    fresh(folder)
    options = dict(options)
    kind = options.pop("kind", peft.LoraConfig)
    settings = dict(target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    if kind is peft.LoraConfig:
        settings.update(r=4, lora_alpha=5)
    else:
        options.pop("ensure_weight_tying", None)
    model = peft.get_peft_model(load(base), kind(**dict(settings, **options)))
    with torch.no_grad():
        for value in model.parameters():
            if value.requires_grad:
                value.add_((0.3 if kind is peft.IA3Config else 0.05) * torch.randn_like(value))
    model.save_pretrained(folder)
    return logits(peft.PeftModel.from_pretrained(load(base), folder).eval(), world.ids)


def reading(world, bases):
    """PEFT's adapters in the program: logits, and the merged export in transformers for some."""
    for (name, base), (targets, where), (saved, whole) in itertools.product(
            bases.items(), TARGETS.items(), SAVED.items()):
        for tied in ([False, True] if name.startswith("tied") and saved == "embedding" else [False]):
            row = f"read: {name}, {targets}, {saved}" + (", kept tied" if tied else "")
            if not world.wants(row):
                continue
            folder = world.out / "read"
            options = dict(where, modules_to_save=whole, ensure_weight_tying=tied)
            theirs = made_by_peft(world, folder, base, **options)
            effect = float((theirs - logits(load(base), world.ids)).abs().max())
            try:
                world.compare(row, world.logits(base, world.ids, folder), theirs, effect)
                if targets in ("all", "DoRA", "IA3, all"):
                    merged = fresh(world.out / "merged")
                    world.run("export", f"model_name_or_path={base}", f"adapter_name_or_path={folder}",
                              f"export_dir={merged}", "template=chatml", "export_dtype=fp32")
                    opened = logits(load(merged), world.ids)
                    gap = float((opened - theirs).abs().max())
                    world.row(row + ", merged", "equal" if gap < 5e-4 else "WRONG", f"{gap:.1e}")
            except Refused as refusal:
                world.row(row, "WRONG", str(refusal))


def refusing(world, bases):
    for (name, base), (option, changes) in itertools.product(bases.items(), REFUSED.items()):
        row = f"refuse: {name}, {option}"
        if not world.wants(row):
            continue
        folder = world.out / "refuse"
        made_by_peft(world, folder, base, **changes)
        try:
            world.logits(base, world.ids, folder)
            world.row(row, "WRONG", "accepted")
        except Refused as refusal:
            world.row(row, "refused", str(refusal))


def writing(world, bases):
    """The program's own adapters in PEFT: trained, and exported as an adapter."""
    data = data_set(world)
    layers = {"all": "all", "q,v": "q_proj,v_proj", "one layer": "layers.1.mlp.up_proj,1.self_attn.q_proj"}
    whole = {**SAVED, "head and norm": ["lm_head", "norm"]}
    for (name, base), (targets, target), (saved, modules), (method, how) in itertools.product(
            bases.items(), layers.items(), whole.items(), METHODS.items()):
        # Other methods than LoRA with every layer and three sets of whole modules.
        if method != "LoRA" and (targets != "all" or saved not in ("nothing", "both", "norm")):
            continue
        row = f"write: {name}, {targets}, {saved}" + ("" if method == "LoRA" else f", {method}")
        if not world.wants(row):
            continue
        folder = fresh(world.out / "write")
        words = dict(model_name_or_path=base, stage="sft", do_train="true", dataset_dir=data, dataset="d", template="chatml",
                     additional_target=",".join(modules or []), max_steps=3,
                     per_device_train_batch_size=4, learning_rate="5e-3", save_strategy="no",
                     logging_steps=1, output_dir=folder, **how)
        if method == "IA3":
            words.update(ia3_target=target, learning_rate="5e-2")
        else:
            words.update(lora_rank=3, lora_alpha=5, lora_target=target)
        words = [f"{key}={value}" for key, value in words.items() if value != ""]
        try:
            world.run("train", *words, "--quiet")
            mine = world.logits(base, world.ids, folder)
            theirs = logits(peft.PeftModel.from_pretrained(load(base), folder).eval(), world.ids)
            effect = float((theirs - logits(load(base), world.ids)).abs().max())
            world.compare(row, mine, theirs, effect)
            again = fresh(world.out / "again")
            world.run("export", f"model_name_or_path={base}", f"adapter_name_or_path={folder}",
                      f"export_dir={again}", "template=chatml", "export_format=adapter")
            opened = logits(peft.PeftModel.from_pretrained(load(base), again).eval(), world.ids)
            gap = float((opened - theirs).abs().max())
            world.row(row + ", exported", "equal" if gap == 0 else "WRONG", f"{gap:.1e}")
        except (Refused, KeyError) as fault:
            world.row(row, "WRONG", repr(fault))


def main(world):
    bases = {
        "untied llama": tiny_model(world, "llama", transformers.LlamaConfig),
        "tied qwen2": tiny_model(world, "qwen2", transformers.Qwen2Config, tie_word_embeddings=True),
        "tied qwen3": tiny_model(world, "qwen3", transformers.Qwen3Config, tie_word_embeddings=True,
                                 head_dim=16),
        "tied gemma2": tiny_model(world, "gemma2", transformers.Gemma2Config,
                                  tie_word_embeddings=True),
    }
    world.ids = [world.random.randrange(3, VOCABULARY) for _ in range(24)]
    reading(world, bases)
    refusing(world, {name: bases[name] for name in ("untied llama", "tied qwen2")})
    writing(world, bases)


if __name__ == "__main__":
    start(main)
