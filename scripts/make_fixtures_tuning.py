#!/usr/bin/env python3
"""Writes Fixtures/parity/tiny: short trainings of the tiny models by PEFT and torch.

    <venv of Benchmarks/peers/setup.sh>/bin/python scripts/make_fixtures_tuning.py [ADAPTER ...]

Every optimizer step has two micro-batches of two sequences, padded at the right. The loss of a step
is the sum over its trained tokens divided by their count, as the Trainer of transformers has it.
Nothing is drawn at random while training: no dropout, no noise, data in order.
"""
import copy
import json
import sys

import numpy as np
import torch
from peft import IA3Config, LoraConfig, PeftModel, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from transformers.optimization import Adafactor
from transformers import get_cosine_schedule_with_warmup
from transformers.trainer_pt_utils import get_parameter_names

from fixture_models import (FIXTURES, VERSIONS, VOCABULARY, generator, samples, short, shorts,
                            start, tiny_model, write_json)

OUT = FIXTURES / "parity" / "tiny"
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
STEPS, MICRO_BATCHES, BATCH = 10, 2, 2
PAD = 0
# What the Trainer exempts from weight decay: biases, and the gains of norms.
NOT_DECAYED = [r"bias", r"layernorm", r"rmsnorm", r"(?:^|\.)norm(?:$|\.)", r"_norm(?:$|\.)"]


def data():
    """Sequences of 6 to 24 tokens that repeat a motif, so that there is something to learn."""
    rng, rows = generator("tuning data"), []
    for _ in range(STEPS * MICRO_BATCHES * BATCH):
        length, masked = int(rng.integers(6, 25)), int(rng.integers(1, 5))
        motif = rng.integers(3, 40, 3).tolist()
        ids = [motif[i % 3] if rng.random() < 0.8 else int(rng.integers(3, VOCABULARY))
               for i in range(length)]
        rows.append({"ids": ids, "labels": [-100] * masked + ids[masked:]})
    return rows


def padded(rows):
    longest = max(len(row["ids"]) for row in rows)
    gap = [longest - len(row["ids"]) for row in rows]
    return (torch.tensor([r["ids"] + [PAD] * n for r, n in zip(rows, gap)]),
            torch.tensor([[1] * len(r["ids"]) + [0] * n for r, n in zip(rows, gap)]),
            torch.tensor([r["labels"] + [-100] * n for r, n in zip(rows, gap)]))


def train(model, rows, optimizer, clip, schedule=None, steps=STEPS):
    """Runs the steps in order and returns one record for each."""
    trained = [p for group in optimizer.param_groups for p in group["params"]]
    records = []
    for step in range(steps):
        first = step * MICRO_BATCHES * BATCH
        batches = [padded(rows[first + i * BATCH:first + (i + 1) * BATCH])
                   for i in range(MICRO_BATCHES)]
        tokens = sum(int((labels[:, 1:] != -100).sum()) for *_, labels in batches)
        total, rate = 0.0, optimizer.param_groups[0]["lr"]
        for ids, mask, labels in batches:
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1]
            loss = torch.nn.functional.cross_entropy(
                logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1),
                ignore_index=-100, reduction="sum") / tokens
            loss.backward()
            total += loss.item()
        norm = float(torch.nn.utils.clip_grad_norm_(trained, clip))
        optimizer.step()
        optimizer.zero_grad()
        if schedule:
            schedule.step()
        records.append({"step": step + 1, "loss": short(total, 9), "gradient_norm": short(norm, 9),
                        "learning_rate": short(rate, 9), "trained_tokens": tokens})
    return records


def adamw(model, rate):
    decayed = set(get_parameter_names(model, [torch.nn.LayerNorm], NOT_DECAYED))
    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    return torch.optim.AdamW(
        [{"params": [p for n, p in trained if n in decayed], "weight_decay": 0.01},
         {"params": [p for n, p in trained if n not in decayed], "weight_decay": 0.0}],
        lr=rate, betas=(0.9, 0.999), eps=1e-8)


def answer(model, rows):
    with torch.no_grad():
        ids = torch.tensor([rows[0]["ids"]])
        return shorts(model(input_ids=ids, use_cache=False).logits[0, -1])


def finals(model):
    return [samples(n, p) for n, p in model.named_parameters() if p.requires_grad]


def settings(model, rows, optimizer, **more):
    names = {id(p): n for n, p in model.named_parameters()}
    plain = [sorted(names[id(p)] for p in g["params"]) for g in optimizer.param_groups
             if g.get("weight_decay") == 0]
    return dict(versions=VERSIONS, optimizer=type(optimizer).__name__,
                not_decayed=sum(plain, []), last_logits_before=answer(model, rows), **more)


def save_adapter(model, folder):
    """PEFT's own layout, less its model card, with the fields in a fixed order."""
    copy.deepcopy(model).float().save_pretrained(folder)
    (folder / "README.md").unlink()
    config = json.loads((folder / "adapter_config.json").read_text())
    for key in ("target_modules", "feedforward_modules"):
        if key in config:
            config[key] = sorted(config[key])
    write_json(folder / "adapter_config.json", dict(sorted(config.items())))


def lora(**options):
    return LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM",
                      target_modules=TARGETS, **options)


def write_adapter(rows, name, base, config, clip, rate):
    model = tiny_model(base)
    model.name_or_path = base
    model = get_peft_model(model, config)
    with torch.no_grad():
        for key, parameter in sorted(model.named_parameters()):
            if "lora_A" in key:
                noise = generator(f"adapter {key}").standard_normal(tuple(parameter.shape))
                parameter.copy_(torch.from_numpy(noise / parameter.shape[1] ** 0.5).float())
    save_adapter(model, OUT / f"{name}-start")
    model.double()
    optimizer = adamw(model, rate)
    facts = settings(model, rows, optimizer, base=base, weight_decay=0.01, clip=clip)
    if isinstance(config, LoraConfig):
        facts.update(rank=4, alpha=8, rank_stabilized=config.use_rslora)
    steps = train(model, rows, optimizer, clip)
    save_adapter(model, OUT / f"{name}-end")
    adapted = answer(model, rows)
    reread = PeftModel.from_pretrained(tiny_model(base), OUT / f"{name}-end").eval()
    assert np.allclose(answer(reread, rows), adapted, rtol=0, atol=1e-5)
    merged = reread.double().merge_and_unload()
    write_json(OUT / f"{name}.json", {
        "about": "an adapter by PEFT; it lies in the folders as it was before and after",
        **facts, "steps": steps, "last_logits_after": adapted,
        "last_logits_merged": answer(merged, rows)})
    report(name, steps)


def write_loraplus(rows):
    """From the same start as `lora`: B at 16 times the rate of A."""
    model = PeftModel.from_pretrained(tiny_model("llama"), OUT / "lora-start", is_trainable=True).double()
    optimizer = create_loraplus_optimizer(model, torch.optim.AdamW, lr=1e-3, loraplus_lr_ratio=16,
                                          loraplus_weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8)
    facts = settings(model, rows, optimizer, base="llama", start="lora-start", rank=4, alpha=8, ratio=16,
                     weight_decay=0.01, clip=6.0)
    steps = train(model, rows, optimizer, 6.0)
    model.base_model.model.name_or_path = "llama"
    save_adapter(model, OUT / "loraplus-end")
    adapted = answer(model, rows)
    write_json(OUT / "loraplus.json", {
        "about": "LoRA+ by PEFT's create_loraplus_optimizer; learning_rate is that of A", **facts,
        "steps": steps, "last_logits_after": adapted,
        "last_logits_merged": answer(copy.deepcopy(model).merge_and_unload(), rows)})
    report("loraplus", steps)


def write_full(rows, name, family, rate, layers=None):
    """All parameters, or with `layers` only those of that many last blocks."""
    model = tiny_model(family).double()
    if layers:
        kept = range(model.config.num_hidden_layers - layers, model.config.num_hidden_layers)
        for key, parameter in model.named_parameters():
            parameter.requires_grad = any(f"layers.{i}." in key for i in kept)
    optimizer = adamw(model, rate)
    schedule = get_cosine_schedule_with_warmup(optimizer, 2, STEPS)
    facts = settings(model, rows, optimizer, base=family, weight_decay=0.01, clip=1.0,
                     schedule="cosine to 0 over 10 steps, 2 of them linear warm-up from 0")
    steps = train(model, rows, optimizer, 1.0, schedule)
    write_json(OUT / f"{name}.json", {
        "about": "everything trains" if not layers else f"the last {layers} block(s) train",
        **facts, "steps": steps, "last_logits_after": answer(model, rows), "final": finals(model)})
    report(name, steps)


def write_momentum(rows):
    model = tiny_model("llama").double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    facts = settings(model, rows, optimizer, base="llama", momentum=0.9, dampening=0,
                     nesterov=False, weight_decay=0, clip=1.0)
    facts.pop("not_decayed")
    steps = train(model, rows, optimizer, 1.0, steps=5)
    write_json(OUT / "sgd.json", {
        "about": "everything trains, stochastic gradient descent", **facts, "steps": steps,
        "last_logits_after": answer(model, rows), "final": finals(model)})
    report("sgd", steps)


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of arXiv 2302.06675: decay beside the step, the sign of a mean as the step."""

    def __init__(self, groups, lr, betas):
        super().__init__(groups, dict(lr=lr, betas=betas, weight_decay=0.0))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for value in group["params"]:
                mean = self.state[value].setdefault("exp_avg", torch.zeros_like(value))
                update = torch.sign(torch.lerp(value.grad, mean, beta1))
                value.sub_(group["lr"] * (update + group["weight_decay"] * value))
                mean.lerp_(value.grad, 1 - beta2)


def write_lion(rows):
    model = tiny_model("llama").double()
    groups = adamw(model, 1e-3).param_groups
    optimizer = Lion([{"params": g["params"], "weight_decay": 10 * g["weight_decay"]} for g in groups],
                     lr=1e-3, betas=(0.9, 0.99))
    schedule = get_cosine_schedule_with_warmup(optimizer, 2, STEPS)
    facts = settings(model, rows, optimizer, base="llama", betas=[0.9, 0.99], weight_decay=0.1, clip=1.0,
                     schedule="cosine to 0 over 10 steps, 2 of them linear warm-up from 0")
    steps = train(model, rows, optimizer, 1.0, schedule)
    write_json(OUT / "lion.json", {
        "about": "everything trains, Lion", **facts, "steps": steps,
        "last_logits_after": answer(model, rows), "final": finals(model)})
    report("lion", steps)


def write_adafactor(rows):
    model = tiny_model("llama").double()
    groups = adamw(model, 3e-3).param_groups
    optimizer = Adafactor(
        [{"params": g["params"], "weight_decay": 10 * g["weight_decay"]} for g in groups],
        lr=3e-3, scale_parameter=False, relative_step=False)
    schedule = get_cosine_schedule_with_warmup(optimizer, 2, STEPS)
    facts = settings(model, rows, optimizer, base="llama", weight_decay=0.1, clip=1.0,
                     schedule="cosine to 0 over 10 steps, 2 of them linear warm-up from 0")
    steps = train(model, rows, optimizer, 1.0, schedule)
    write_json(OUT / "adafactor.json", {
        "about": "everything trains, Adafactor as transformers' Trainer makes it", **facts, "steps": steps,
        "last_logits_after": answer(model, rows), "final": finals(model)})
    report("adafactor", steps)


def report(name, steps):
    print(name, [(round(s["loss"], 3), round(s["gradient_norm"], 3)) for s in steps])


def main():
    start()
    only = sys.argv[1:]
    rows = data()
    # Some steps are clipped, some not.
    for name, base, config, clip, rate in [
            ("lora", "llama", lora(), 6.0, 1e-2),
            ("rslora", "llama", lora(use_rslora=True), 1.0, 1e-3),
            ("dora", "llama", lora(use_dora=True), 6.0, 1e-2),
            ("dora-biases", "qwen2-tied", lora(use_dora=True, use_rslora=True), 1.0, 3e-3),
            ("ia3", "llama", IA3Config(task_type="CAUSAL_LM"), 6.0, 3e-2),
            ("ia3-biases", "llama-biases", IA3Config(
                task_type="CAUSAL_LM", target_modules=TARGETS,
                feedforward_modules=["up_proj", "down_proj"]), 1.0, 1e-2)]:
        if not only or name in only:
            write_adapter(rows, name, base, config, clip, rate)
    if not only or "loraplus" in only:
        write_loraplus(rows)
    if "adafactor" in only:
        write_adafactor(rows)
    if only:
        return
    write_json(OUT / "data.json", {
        "about": "rows in order: step s has rows 4s…4s+3, micro-batches of two, padding id 0",
        "rows": rows})
    write_full(rows, "full", "llama", 5e-3)
    write_full(rows, "full-qwen2-tied", "qwen2-tied", 5e-3)
    write_full(rows, "freeze", "llama", 1e-2, layers=1)
    write_momentum(rows)
    write_lion(rows)
    write_adafactor(rows)


if __name__ == "__main__":
    main()
