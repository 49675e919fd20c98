#!/usr/bin/env python3
"""Writes Fixtures/parity/sample-*.json: what the sample model computes and learns.

    <venv>/bin/python scripts/make_fixtures_sample_model.py DIR/SmolLM2-135M-Instruct

`rows`, the data of both trainings, is an input: two micro-batches of two rows a step, in order.
The adapter starts from a formula instead of a file of 5 MB, so that a test can fill it in itself:
B is zero, and A of the target at place t of TARGETS in layer l is, computed in Double,
    A[i, j] = 0.03 · sin(0.37·i + 0.7·l + (0.11 + 0.05·i + 0.017·t)·j).
The frequency differs from row to row, so that A has full rank.
"""
import argparse
import json
import pathlib

import numpy as np
import torch
import transformers
from peft import LoraConfig, get_peft_model

from fixture_models import FIXTURES, VERSIONS, generator, short, shorts, write_json

OUT = FIXTURES / "parity"
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
RANK, ALPHA, CLIP, PAD = 8, 16, 1.0, 2
SAMPLED = 300
# Trainings amplify rounding: fp32 in torch is ten times as far from these as Workbench is.
PRECISION = {"logits": torch.float32, "full": torch.float64, "lora": torch.float64,
             "dpo": torch.float64, "kto": torch.float64, "rm": torch.float64,
             "token-losses": torch.float64, "divergences": torch.float64, "grpo": torch.float64}
# "Who are you?" after the model's own system prompt.
QUESTION = [1, 9690, 198, 2683, 359, 253, 5356, 5646, 11173, 3365, 3511, 308, 34519, 28, 7018, 411,
            407, 19712, 8182, 2, 198, 1, 4093, 198, 10576, 359, 346, 47, 2, 198, 1, 520, 9531, 198]


def pattern(layer, target, rows, columns):
    i, j = np.arange(rows, dtype=np.float64)[:, None], np.arange(columns, dtype=np.float64)[None]
    angle = 0.37 * i + 0.7 * layer + (0.11 + 0.05 * i + 0.017 * target) * j
    return torch.from_numpy((0.03 * np.sin(angle)).astype(np.float32))


def fill(model):
    for name, parameter in model.named_parameters():
        if "lora_A" in name:
            parts = name.split(".")
            layer = int(parts[parts.index("layers") + 1])
            target = next(t for t, key in enumerate(TARGETS) if key in parts)
            parameter.data = pattern(layer, target, *parameter.shape)
        elif "lora_B" in name:
            assert not parameter.any()


def padded(rows):
    longest = max(len(row["ids"]) for row in rows)
    gap = [longest - len(row["ids"]) for row in rows]
    return (torch.tensor([r["ids"] + [PAD] * n for r, n in zip(rows, gap)]),
            torch.tensor([[1] * len(r["ids"]) + [0] * n for r, n in zip(rows, gap)]),
            torch.tensor([r["labels"] + [-100] * n for r, n in zip(rows, gap)]))


def cross_entropy(logits, labels):
    return torch.nn.functional.cross_entropy(logits, labels, reduction="sum")


def dynamic(logits, labels):
    """DFT: each token's loss by its own probability, which takes no gradient."""
    losses = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
    return (losses.detach().neg().exp() * losses).sum()


def by_entropy(alpha):
    """EAFT: each token's loss by the entropy of its twenty likeliest tokens over 3, to a power."""
    def loss(logits, labels):
        best = logits.detach().topk(20).values.log_softmax(-1)
        entropy = -(best.exp() * best).sum(-1)
        losses = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
        return ((entropy / 3) ** alpha * losses).sum()
    return loss


def smoothed(smoothing):
    def loss(logits, labels):
        return torch.nn.functional.cross_entropy(
            logits, labels, reduction="sum", label_smoothing=smoothing)
    return loss


def train(model, rows, steps, rate, loss_of=cross_entropy):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
    records = []
    for step in range(steps):
        batches = [padded(rows[4 * step + 2 * k:4 * step + 2 * k + 2]) for k in range(2)]
        tokens = sum(int((labels[:, 1:] != -100).sum()) for *_, labels in batches)
        total = 0.0
        for ids, mask, labels in batches:
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1]
            kept = labels[:, 1:] != -100
            loss = loss_of(logits[kept], labels[:, 1:][kept]) / tokens
            loss.backward()
            total += loss.item()
        norm = float(torch.nn.utils.clip_grad_norm_(trained, CLIP))
        optimizer.step()
        optimizer.zero_grad()
        records.append({"step": step + 1, "loss": short(total, 9), "gradient_norm": short(norm, 9),
                        "trained_tokens": tokens})
        print(records[-1], flush=True)
    return records


def adapter_samples(model):
    """Values of the final adapter: [name as PEFT saves it, flat row-major index, value]."""
    named = [(n.replace(".default", ""), p.detach().reshape(-1))
             for n, p in model.named_parameters() if p.requires_grad]
    rng, picked = generator("adapter samples"), []
    for k in range(SAMPLED):
        name, values = named[k * len(named) // SAMPLED]
        place = int(rng.integers(values.numel()))
        picked.append([name, place, short(values[place], 9)])
    return picked


def greedy(model, prompt, count):
    """Greedy tokens, and the lead of each over the second best: a small one may flip."""
    ids = torch.tensor([prompt])
    answer = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids),
                            max_new_tokens=count, do_sample=False, eos_token_id=None,
                            pad_token_id=PAD)
    with torch.no_grad():
        logits = model(input_ids=answer, use_cache=False).logits[0, len(prompt) - 1:-1]
    best = logits.topk(2).values
    return answer[0, len(prompt):].tolist(), shorts(best[:, 0] - best[:, 1], 4)


def logits_of(model, ids):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def adapted(model):
    return get_peft_model(model, LoraConfig(
        r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM",
        target_modules=TARGETS))


def lora(model, rows, steps=20, rate=1e-3):
    model = adapted(model)
    fill(model)
    model.double()
    records = train(model.train(), rows, steps, rate)
    model.eval()
    logits = logits_of(model, QUESTION)
    with model.disable_adapter():
        base = logits_of(model, QUESTION)
    ids, leads = greedy(model, QUESTION, 24)
    return {
        "about": "A[i,j] = 0.03 sin(0.37 i + 0.7 layer + (0.11 + 0.05 i + 0.017 target) j), B = 0",
        "versions": VERSIONS, "targets": TARGETS, "rank": RANK, "alpha": ALPHA,
        "learning_rate": rate, "weight_decay": 0, "clip": CLIP, "steps": records,
        "final": adapter_samples(model),
        "after": {"ids": QUESTION, "first16_of_last": shorts(logits[-1, :16], 9),
                  "logsumexp": shorts(logits.double().logsumexp(-1), 9),
                  "base_logsumexp": shorts(base.double().logsumexp(-1), 9),
                  "greedy": ids, "greedy_leads": leads}}


def pairs_of(rows, count=10, apart=20):
    """Row k is preferred; the answer of row k + 20 to the prompt of row k is rejected."""
    def rejected(k):
        other, start = rows[k + apart], rows[k]["labels"]
        prompt = rows[k]["ids"][:sum(label == -100 for label in start)]
        answer = [label for label in other["labels"] if label != -100]
        return {"ids": prompt + answer, "labels": [-100] * len(prompt) + answer}
    return [(rows[k], rejected(k)) for k in range(count)]


def answers(model, batch):
    """Sum of log p over the labels of each row, their count, the sum of the mean logits."""
    ids, mask, labels = padded(batch)
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1].double()
    labels, kept = labels[:, 1:], labels[:, 1:] != -100
    found = logits.log_softmax(-1).gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    return (found * kept).sum(-1), kept.sum(-1), (logits.mean(-1) * kept).sum(-1).detach()


def preference_steps(model, pairs, beta, rate, steps=5, size=2, smoothing=0, ftx=0, hinge=False):
    fill_again(model)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
    records, log_sigmoid = [], torch.nn.functional.logsigmoid
    for step in range(steps):
        part = pairs[size * step:size * (step + 1)]
        batch = [pair[0] for pair in part] + [pair[1] for pair in part]
        with torch.no_grad(), model.disable_adapter():
            reference = answers(model, batch)[0]
        found, counts, logits = answers(model, batch)
        gain = found - reference
        margin = gain[:size] - gain[size:]
        loss = (torch.relu(1 - beta * margin) if hinge else
                -(1 - smoothing) * log_sigmoid(beta * margin)
                - smoothing * log_sigmoid(-beta * margin))
        loss = (loss - ftx * found[:size] / counts[:size]).mean()
        loss.backward()
        norm = float(torch.nn.utils.clip_grad_norm_(trained, CLIP))
        optimizer.step()
        optimizer.zero_grad()
        values = {
            "loss": loss, "gradient_norm": norm, "rewards/chosen": beta * gain[:size].mean(),
            "rewards/rejected": beta * gain[size:].mean(), "rewards/margins": beta * margin.mean(),
            "accuracy": (margin > 0).double().mean(), "logps/chosen": found[:size].mean(),
            "logps/rejected": found[size:].mean(),
            "logits/chosen": logits[:size].sum() / counts[:size].sum(),
            "logits/rejected": logits[size:].sum() / counts[size:].sum()}
        records.append({"step": step + 1} | {k: short(float(v), 9) for k, v in values.items()})
        print(records[-1], flush=True)
    return records


def fill_again(model):
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.zero_()
    fill(model)
    model.double()


def dpo(model, rows, rate=5e-4, beta=0.1):
    model = adapted(model).train()
    pairs = pairs_of(rows)
    return {
        "about": "row k preferred to its prompt with the answer of row k + 20; two pairs a step",
        "versions": VERSIONS, "targets": TARGETS, "rank": RANK, "alpha": ALPHA, "beta": beta,
        "learning_rate": rate, "weight_decay": 0, "clip": CLIP,
        "steps": preference_steps(model, pairs, beta, rate),
        "label_smoothing": 0.2, "ftx": 0.5,
        "smoothed_steps": preference_steps(
            model, pairs, beta, rate, steps=2, smoothing=0.2, ftx=0.5),
        "hinge_steps": preference_steps(model, pairs, beta, rate, steps=2, hinge=True)}


def judged_of(rows, count=20):
    """Prompt k with its own answer, marked good, or every third with that of row k + 20, marked bad. Each goes with the
    answer of the item before it, the first with that of the last."""
    def parts(row):
        prompt = next(i for i, label in enumerate(row["labels"]) if label != -100)
        return row["ids"][:prompt], [label for label in row["labels"] if label != -100]

    def joined(prompt, answer):
        return {"ids": prompt + answer, "labels": [-100] * len(prompt) + answer}

    good = [k % 3 != 1 for k in range(count)]
    given = [parts(rows[k if good[k] else (k + 20) % len(rows)])[1] for k in range(count)]
    return [(joined(parts(rows[k])[0], given[k]), joined(parts(rows[k])[0], given[k - 1]), good[k])
            for k in range(count)]


def kto(model, rows, rate=2e-3, beta=0.3, size=4, weights=(1.3, 0.6), ftx=0.2):
    model = adapted(model).train()
    fill_again(model)
    items = judged_of(rows)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
    records = []
    for step in range(len(items) // size):
        part = items[size * step:size * (step + 1)]
        good = torch.tensor([item[2] for item in part])
        with torch.no_grad():
            moved = answers(model, [item[1] for item in part])[0]
            with model.disable_adapter():
                moved -= answers(model, [item[1] for item in part])[0]
                reference = answers(model, [item[0] for item in part])[0]
        kl = moved.mean().clamp(min=0)
        found, counts, logits = answers(model, [item[0] for item in part])
        gain = found - reference
        losses = torch.where(good, weights[0] * (1 - torch.sigmoid(beta * (gain - kl))),
                             weights[1] * (1 - torch.sigmoid(beta * (kl - gain))))
        supervised = (-found / counts)[good].mean() / good.sum() * size
        loss = losses.mean() + ftx * supervised
        loss.backward()
        norm = float(torch.nn.utils.clip_grad_norm_(trained, CLIP))
        optimizer.step()
        optimizer.zero_grad()
        rewards = beta * gain.detach()
        values = {"loss": loss, "gradient_norm": norm, "kl": kl,
                  "rewards/margins": rewards[good].mean() - rewards[~good].mean()}
        for name, which in [("chosen", good), ("rejected", ~good)]:
            values |= {f"rewards/{name}": rewards[which].mean(),
                       f"logps/{name}": found[which].mean(),
                       f"logits/{name}": logits[which].sum() / counts[which].sum()}
        records.append({"step": step + 1} | {k: short(float(v), 9) for k, v in values.items()})
        print(records[-1], flush=True)
    return {
        "about": judged_of.__doc__, "versions": VERSIONS, "targets": TARGETS, "rank": RANK,
        "alpha": ALPHA, "beta": beta, "learning_rate": rate, "weight_decay": 0, "clip": CLIP,
        "size": size, "chosen_weight": weights[0], "rejected_weight": weights[1], "ftx": ftx,
        "steps": records}


def rm(model, rows, rate=2e-3, size=2):
    model = adapted(model).train()
    fill_again(model)
    head = torch.nn.Linear(model.config.hidden_size, 1).double()
    places = torch.arange(model.config.hidden_size, dtype=torch.float64)
    head.weight.data = (0.02 * torch.sin(0.3 + 0.11 * places)).float().double()[None]
    head.bias.data.fill_(0.0625)
    pairs = pairs_of(rows)
    trained = [p for p in model.parameters() if p.requires_grad] + list(head.parameters())
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
    records = []
    for step in range(len(pairs) // size):
        part = pairs[size * step:size * (step + 1)]
        ids, mask, _ = padded([pair[0] for pair in part] + [pair[1] for pair in part])
        hidden = model(input_ids=ids, attention_mask=mask, use_cache=False,
                       output_hidden_states=True).hidden_states[-1]
        scores = head(hidden)[..., 0].gather(-1, mask.sum(-1, keepdim=True) - 1)[:, 0]
        margin = scores[:size] - scores[size:]
        loss = -torch.nn.functional.logsigmoid(margin).mean()
        loss.backward()
        norm = float(torch.nn.utils.clip_grad_norm_(trained, CLIP))
        optimizer.step()
        optimizer.zero_grad()
        values = {"loss": loss, "gradient_norm": norm, "scores/chosen": scores[:size].mean(),
                  "scores/rejected": scores[size:].mean(), "scores/margins": margin.mean(),
                  "ranking_accuracy": (margin > 0).double().mean()}
        records.append({"step": step + 1} | {k: short(float(v), 9) for k, v in values.items()})
        print(records[-1], flush=True)
    return {
        "about": "pairs of sample-dpo scored at their last token; w[j] = 0.02 sin(0.3 + 0.11 j) rounded to fp32,"
                 " b = 0.0625; no dropout",
        "versions": VERSIONS, "targets": TARGETS, "rank": RANK, "alpha": ALPHA,
        "learning_rate": rate, "weight_decay": 0, "clip": CLIP, "steps": records}


def token_losses(model, rows, rate=1e-3, alpha=0.7, smoothing=0.1):
    model = adapted(model).train()

    def steps(loss):
        fill_again(model)
        return train(model, rows, 5, rate, loss)
    return {
        "about": "five steps of the adapter of sample-lora with other losses of a token",
        "versions": VERSIONS, "targets": TARGETS, "rank": RANK, "alpha": ALPHA,
        "learning_rate": rate, "weight_decay": 0, "clip": CLIP, "eaft_alpha": alpha,
        "label_smoothing": smoothing, "dft_steps": steps(dynamic),
        "eaft_steps": steps(by_entropy(alpha)), "smoothed_steps": steps(smoothed(smoothing))}


def apart(model):
    """B of every place is a formula as A is, so that the model differs from its base from the start."""
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            i, j = (np.arange(n, dtype=np.float64) for n in parameter.shape)
            values = 0.015 * np.sin(0.3 + 0.13 * i[:, None] + 0.7 * j[None])
            parameter.data = torch.from_numpy(values.astype(np.float32)).double()


def divergence(logits, others, beta, temperature):
    """Of softmax(logits / T) from softmax(others / T), as GKD defines it, without its factor T squared."""
    p, q = (torch.log_softmax(x / temperature, -1) for x in (logits, others))

    def kl(a, b):
        return (a.exp() * (a - b)).sum()
    if beta in (0, 1):
        return kl(p, q) if beta else kl(q, p)
    mixed = torch.logsumexp(torch.stack([p + np.log(1 - beta), q + np.log(beta)]), 0)
    return beta * kl(q, mixed) + (1 - beta) * kl(p, mixed)


def compared(model, rows, loss_of, steps=4, rate=1e-3):
    """Steps whose loss also reads the logits of the base."""
    fill_again(model)
    apart(model)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
    records = []
    for step in range(steps):
        batches = [padded(rows[4 * step + 2 * k:4 * step + 2 * k + 2]) for k in range(2)]
        tokens = sum(int((labels[:, 1:] != -100).sum()) for *_, labels in batches)
        total = 0.0
        for ids, mask, labels in batches:
            kept = labels[:, 1:] != -100

            def logits():
                return model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1][kept]
            with torch.no_grad(), model.disable_adapter():
                others = logits()
            loss = loss_of(logits(), labels[:, 1:][kept], others) / tokens
            loss.backward()
            total += loss.item()
        norm = float(torch.nn.utils.clip_grad_norm_(trained, CLIP))
        optimizer.step()
        optimizer.zero_grad()
        records.append({"step": step + 1, "loss": short(total, 9), "gradient_norm": short(norm, 9),
                        "trained_tokens": tokens})
        print(records[-1], flush=True)
    return records


def divergences(model, rows, rate=1e-3, alpha=0.4):
    model = adapted(model).train()
    terms = {"forward": (0, 1.0, 1.0), "mixed": (0.4, 2.0, 0.7), "reverse": (1, 0.9, 0.5)}
    found = {"asft_steps": compared(model, rows, lambda z, y, t: (
        dynamic(z, y) + alpha * divergence(z, t, 0, 1)))}
    for name, (beta, temperature, weight) in terms.items():
        found[f"{name}_steps"] = compared(model, rows, lambda z, y, t: (
            (1 - weight) * cross_entropy(z, y)
            + weight * temperature ** 2 * divergence(z, t, beta, temperature)))
    return {
        "about": "four steps away from the base, which is the teacher or the anchor",
        "versions": VERSIONS, "targets": TARGETS, "rank": RANK, "alpha": ALPHA,
        "learning_rate": rate, "weight_decay": 0, "clip": CLIP, "asft_alpha": alpha,
        "terms": {name: list(term) for name, term in terms.items()}, **found}


def policy_steps(model, rows, beta, low, high, averaging, level, longest, steps=3, rate=1e-3):
    """Answers to a prompt, half of them those of other rows, drawn by the base; advantages are a formula."""
    fill_again(model)
    apart(model)
    pairs = pairs_of(rows)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
    records = []
    for step in range(steps):
        batch = [row for pair in pairs[2 * step:2 * step + 2] for row in pair]
        worth = [np.sin(1 + 3 * step + k) for k in range(4)]
        ids, mask, labels = padded(batch)
        kept = (labels[:, 1:] != -100).double()

        def tokens():
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1]
            picked = labels[:, 1:].clamp(min=0).unsqueeze(-1)
            return logits.log_softmax(-1).gather(-1, picked).squeeze(-1)
        with torch.no_grad(), model.disable_adapter():
            before = tokens()
        now = tokens()
        gain = now - before
        if level == "sequence":
            gain = ((gain * kept).sum(-1) / kept.sum(-1)).unsqueeze(-1).expand_as(gain)
        ratio = gain.exp()
        advantage = torch.tensor(worth, dtype=torch.float64).unsqueeze(1)
        loss = -torch.min(ratio * advantage, ratio.clamp(1 - low, 1 + high) * advantage)
        gap = before - now
        kl = gap.exp() - gap - 1
        loss = (loss + beta * kl) * kept
        if averaging == "grpo":
            loss = (loss.sum(-1) / kept.sum(-1)).mean()
        elif averaging == "dapo":
            loss = loss.sum() / kept.sum()
        else:
            loss = loss.sum() / (len(batch) * longest)
        stopped = ((ratio < 1 - low) & (advantage < 0)) | ((ratio > 1 + high) & (advantage > 0))
        loss.backward()
        norm = float(torch.nn.utils.clip_grad_norm_(trained, CLIP))
        optimizer.step()
        optimizer.zero_grad()
        records.append({
            "loss": short(loss.item(), 9), "gradient_norm": short(norm, 9),
            "kl": short(float((kl * kept).sum() / kept.sum()), 9),
            "clip_ratio": short(float((stopped * kept).sum() / kept.sum()), 9)})
        print(records[-1], flush=True)
    return records


def grpo(model, rows):
    model = adapted(model).train()
    cases = {
        "token": (0.3, 0.2, 0.2, "grpo", "token"), "wide": (0.05, 0.2, 0.28, "dapo", "token"),
        "full": (0.1, 0.1, 0.1, "dr_grpo", "token"), "sequence": (0.2, 0.02, 0.02, "grpo", "sequence")}
    return {
        "about": "row k and the answer of row k + 20 to its prompt; two prompts a step",
        "versions": VERSIONS, "targets": TARGETS, "rank": RANK, "alpha": ALPHA, "learning_rate": 1e-3,
        "weight_decay": 0, "clip": CLIP, "longest": 40,
        "cases": {name: list(case) for name, case in cases.items()},
        **{f"{name}_steps": policy_steps(model, rows, *case, 40) for name, case in cases.items()}}


def full(model, rows, steps=10, rate=1e-5):
    records = train(model.train(), rows, steps, rate)
    places = [("model.embed_tokens.weight", 1), ("model.layers.0.self_attn.q_proj.weight", 0),
              ("model.layers.15.mlp.down_proj.weight", 3),
              ("model.layers.29.mlp.up_proj.weight", 7)]
    found = dict(model.named_parameters())
    return {
        "about": "every parameter trains, the tied embedding and the norms too",
        "versions": VERSIONS, "learning_rate": rate, "weight_decay": 0, "clip": CLIP,
        "steps": records,
        "final_row_starts": [[n, row, shorts(found[n].detach()[row, :8], 9)] for n, row in places],
        "final_norm_start": shorts(found["model.norm.weight"].detach()[:8], 9)}


def logits(model, rows):
    model.eval()
    texts = ["The capital of France is",
             'def fibonacci(n):\n    """Return the n-th Fibonacci number."""\n'
             "    if n < 2:\n        return n\n    a, b = 0, 1\n"]
    tokenizer = transformers.AutoTokenizer.from_pretrained(model.name_or_path)
    chat = tokenizer.apply_chat_template(
        [{"role": "user", "content": "Give three tips for staying healthy."}],
        add_generation_prompt=True, tokenize=False)
    cases = []
    for text in [texts[0], chat, texts[1]]:
        ids = tokenizer(text, add_special_tokens=False).input_ids
        found = logits_of(model, ids)
        chosen, leads = greedy(model, ids, 40)
        likelihood = torch.nn.functional.cross_entropy(found[:-1], torch.tensor(ids[1:]),
                                                       reduction="none")
        cases.append({
            "prompt": text, "ids": ids, "argmax": found.argmax(-1).tolist(),
            "logsumexp": shorts(found.double().logsumexp(-1), 9),
            "first16": [shorts(row[:16]) for row in found],
            "negative_log_likelihood": shorts(likelihood),
            "greedy": chosen, "greedy_text": tokenizer.decode(chosen), "greedy_leads": leads})
    return {"about": "logits of the sample model in fp32, by position", "versions": VERSIONS,
            "cases": cases}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("model", type=pathlib.Path)
    options.add_argument("parts", nargs="*", default=["logits", "full", "lora", "dpo", "kto", "rm", "token-losses", "divergences", "grpo"])
    options.add_argument("--attention", default="eager")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--out", type=pathlib.Path, default=OUT)
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    transformers.logging.disable_progress_bar()
    rows = json.loads((OUT / "sample-rows.json").read_text())["rows"]
    for part in options.parts:
        model = transformers.AutoModelForCausalLM.from_pretrained(
            options.model, dtype=PRECISION[part], attn_implementation=options.attention)
        write_json(options.out / f"sample-{part}.json",
                   {"lora": lora, "full": full, "logits": logits, "dpo": dpo, "kto": kto, "rm": rm,
                    "token-losses": token_losses, "divergences": divergences, "grpo": grpo}[part](model, rows))


if __name__ == "__main__":
    main()
