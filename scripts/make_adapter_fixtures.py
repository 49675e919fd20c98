#!/usr/bin/env python3
"""Writes Fixtures/adapters: adapters of PEFT with options that change what they mean, and PEFT's logits.

    <venv of Benchmarks/peers/setup.sh>/bin/python scripts/make_adapter_fixtures.py [CASE ...]

Each adapter is written by PEFT over a tiny model of fixture_models.py, opened by PEFT again, and asked
for the logits of the last of a few tokens. What is trained whole is moved away from the base's values.
"""
import json
import re
import sys

import torch
from peft import IA3Config, LoraConfig, PeftModel, get_peft_model

from fixture_models import (FIXTURES, VERSIONS, VOCABULARY, generator, shorts, start, tiny_model,
                            write_json)

OUT = FIXTURES / "adapters"
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LOOKS = r"^(?!.*(?:vision|audio)).*(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|mlp)\.(?:(?:q_proj|up_proj)))"

# name: base, options of LoraConfig
CASES = {
    "norm": ("llama", dict(modules_to_save=["norm"])),
    "norm-of-heads": ("qwen3", dict(modules_to_save=["norm"])),
    "model-norm": ("llama", dict(modules_to_save=["model.norm"])),
    "one-output": ("llama", dict(target_modules=ALL,
                                 modules_to_save=["layers.1.self_attn.o_proj"])),
    "attention-whole": ("llama-biases", dict(target_modules=["up_proj"],
                                             modules_to_save=["layers.0.self_attn"])),
    "embedding-on-tied": ("qwen2-tied", dict(modules_to_save=["embed_tokens"])),
    "head-on-tied": ("qwen2-tied", dict(modules_to_save=["lm_head"])),
    "both-on-tied": ("qwen2-tied", dict(modules_to_save=["embed_tokens", "lm_head"])),
    "kept-tied": ("qwen2-tied", dict(modules_to_save=["embed_tokens"], ensure_weight_tying=True)),
    "embedding-untied": ("llama", dict(modules_to_save=["embed_tokens"])),
    "expression": ("llama", dict(target_modules=r".*\.(q|v)_proj")),
    "expression-looking-ahead": ("llama", dict(target_modules=LOOKS)),
    "all-linear": ("qwen3", dict(target_modules="all-linear")),
    "one-path": ("llama", dict(target_modules=["model.layers.1.self_attn.q_proj", "mlp.up_proj"])),
    "one-layer": ("llama", dict(target_modules=ALL, layers_to_transform=[1])),
    "one-layer-of-a-list": ("llama", dict(target_modules=["k_proj"], layers_to_transform=0,
                                          layers_pattern="layers")),
    "excluded": ("llama", dict(target_modules=ALL, exclude_modules=["down_proj", "0.mlp.up_proj"])),
    "excluded-by-expression": ("llama", dict(target_modules=ALL,
                                             exclude_modules=r".*layers\.0\..*")),
    "ranks": ("llama", dict(target_modules=ALL, rank_pattern={"q_proj": 5, "layers.1.mlp.up_proj": 1},
                            alpha_pattern={r"^model\.layers\.0\..*v_proj": 21, "q_proj": 1})),
    "ranks-stabilized": ("llama", dict(rank_pattern={"v_proj": 7}, alpha_pattern={"v_proj": 2},
                                       use_rslora=True)),
    "bias-without-biases": ("llama", dict(bias="all")),
    "dora": ("llama", dict(target_modules=ALL, use_dora=True)),
    "dora-biases": ("llama-biases", dict(target_modules=ALL, use_dora=True, use_rslora=True,
                                         rank_pattern={"q_proj": 5}, modules_to_save=["norm"])),
    "ia3": ("llama", dict(kind=IA3Config, target_modules=None)),
    "ia3-biases": ("qwen2-tied", dict(kind=IA3Config, target_modules=ALL,
                                      feedforward_modules=["up_proj", "down_proj"],
                                      modules_to_save=["norm"])),
    "ia3-expression": ("llama-biases", dict(
        kind=IA3Config, target_modules=r".*\.(k_proj|o_proj|down_proj)",
        feedforward_modules=r".*layers\.1\..*o_proj", exclude_modules=["0.self_attn.k_proj"])),
}


def ids():
    return torch.tensor([generator("ids of adapters").integers(3, VOCABULARY, 12).tolist()])


def logits(model):
    with torch.no_grad():
        return model(input_ids=ids(), use_cache=False).logits[0, -1].double()


def fill(model):
    """Values for everything that trains: from a stream by name, whole modules near the base's."""
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            if not parameter.requires_grad:
                continue
            noise = torch.from_numpy(
                generator(f"adapters {name}").standard_normal(tuple(parameter.shape))).float()
            if "magnitude" in name or "ia3_" in name:
                parameter.mul_(1 + 0.3 * noise)
            elif "lora_" in name:
                parameter.copy_(noise / parameter.shape[1] ** 0.5)
            else:
                parameter.add_(0.2 * noise)


PATHS = ["model.layers.0.self_attn.q_proj", "model.layers.11.mlp.up_proj", "model.norm"]


def expression(rng, depth=0):
    """A random expression of what the matcher knows, made of pieces of paths."""
    def piece():
        kind = int(rng.integers(0, 12 if depth < 3 else 8))
        if kind < 4:
            return str(rng.choice(["model", "layers", "q_proj", "self_attn", "mlp", "up", "_", "1"]))
        if kind < 8:
            return str(rng.choice([".", r"\.", r"\d", r"\w", r"[a-z_]", r"[^.]", r"[01]", r"\b", ".*",
                                   r"\.\w+", "^", "$", r"\S", r"\D"]))
        inner = expression(rng, depth + 1)
        if kind == 11:
            return f"(?{rng.choice(['=', '!'])}{inner})"
        # Repetitions within repetitions keep Python busy for years.
        is_plain = not any(mark in inner for mark in ("*", "+", "{"))
        return (f"({inner})" if kind % 2 else f"(?:{inner})") + str(
            rng.choice(["", "", "*", "+", "?", "*?", "{2}", "{0,3}", "{1,}"] if is_plain else ["", "?"]))
    parts = ["".join(piece() for _ in range(int(rng.integers(1, 5))))
             for _ in range(int(rng.integers(1, 3)))]
    return "|".join(parts)


def expressions():
    """Expressions with what re.fullmatch says of each path; half of them match one."""
    rng, found = generator("expressions"), {True: [], False: []}
    while min(map(len, found.values())) < 200:
        text = expression(rng)
        if len(text) > 60 or text.count("*") + text.count("+") > 4:
            continue
        try:
            answers = [re.fullmatch(text, path) is not None for path in PATHS]
        except re.error:
            continue
        kind = found[any(answers)]
        if len(kind) < 200 and text not in (".*", ".*|.*"):
            kind.append([text, answers])
    return found[True] + found[False]


def main():
    start()
    only, records = sys.argv[1:], []
    if only:
        records = json.loads((OUT / "cases.json").read_text())["cases"]
    for name, (base, options) in CASES.items():
        if only and name not in only:
            continue
        options = dict(options)
        kind = options.pop("kind", LoraConfig)
        usual = {} if kind is IA3Config else dict(r=3, lora_alpha=4)
        model = tiny_model(base)
        model.name_or_path = base
        config = kind(**dict(dict(usual, target_modules=["q_proj", "v_proj"],
                                  task_type="CAUSAL_LM"), **options))
        model = get_peft_model(model, config)
        fill(model)
        folder = OUT / name
        model.save_pretrained(folder)
        (folder / "README.md").unlink()
        settings = json.loads((folder / "adapter_config.json").read_text())
        for key in ("target_modules", "exclude_modules", "feedforward_modules"):
            if isinstance(settings.get(key), list):
                settings[key] = sorted(settings[key])
        write_json(folder / "adapter_config.json", dict(sorted(settings.items())))
        opened = logits(PeftModel.from_pretrained(tiny_model(base), folder).eval())
        effect = float((opened - logits(tiny_model(base))).abs().max())
        assert effect > 0.05, name
        records = [record for record in records if record["name"] != name]
        records.append({"name": name, "base": base, "effect": round(effect, 3),
                        "logits": shorts(opened)})
        print(name, round(effect, 2))
    if not only:
        write_json(OUT / "expressions.json", {"about": "what Python's re.fullmatch says of the paths",
                                              "paths": PATHS, "expressions": expressions()})
    write_json(OUT / "cases.json", {"about": "logits after the ids, by PEFT with each adapter",
                                    "versions": VERSIONS, "ids": ids()[0].tolist(),
                                    "cases": records})


if __name__ == "__main__":
    main()
