#!/usr/bin/env python3
"""Writes Fixtures/parity/packing.json: losses of packed rows by transformers.

    <venv of Benchmarks/peers/setup.sh>/bin/python scripts/make_packing_fixture.py

Each row holds several conversations end to end; positions begin at 0 in each. `open` is the loss
with LLaMA-Factory's plain packing, whose attention mask is 1 over the whole row; `neat` the loss of
the conversations one by one. Both are the sum over all trained tokens divided by their count, in
float64.
"""
import torch

from fixture_models import (FIXTURES, VERSIONS, VOCABULARY, generator, short, start, summed_loss,
                            tiny_model, write_json)

FAMILIES = ["llama", "mistral-window", "qwen3"]


def rows():
    rng, result = generator("packing data"), []
    for count in (2, 3, 1):
        parts = []
        for _ in range(count):
            length, masked = int(rng.integers(5, 14)), int(rng.integers(0, 4))
            ids = rng.integers(3, VOCABULARY, length).tolist()
            parts.append({"ids": ids, "labels": [-100] * masked + ids[masked:]})
        result.append(parts)
    return result


def open_loss(model, data):
    """LLaMA-Factory's plain packing: one row, one mask of ones, positions from 0 in each part."""
    total, count = 0.0, 0
    for parts in data:
        ids = torch.tensor([[t for part in parts for t in part["ids"]]])
        targets = torch.tensor([t for part in parts for t in part["labels"]][1:])
        positions = torch.tensor([[p for part in parts for p in range(len(part["ids"]))]])
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), position_ids=positions,
                       use_cache=False).logits[0, :-1]
        total += torch.nn.functional.cross_entropy(
            logits, targets, ignore_index=-100, reduction="sum").item()
        count += int((targets != -100).sum())
    return {"loss": short(total / count, 9), "trained_tokens": count}


def neat_loss(model, data):
    """Each conversation by itself."""
    total, count = summed_loss(
        model, [(part["ids"], part["labels"]) for parts in data for part in parts])
    return {"loss": short(total / count, 9), "trained_tokens": int(count)}


def main():
    start()
    data, cases = rows(), []
    for family in FAMILIES:
        model = tiny_model(family).double().eval()
        model.set_attn_implementation("eager")
        with torch.no_grad():
            cases.append({"base": family, "open": open_loss(model, data),
                          "neat": neat_loss(model, data)})
    write_json(FIXTURES / "parity" / "packing.json",
               {"versions": VERSIONS, "rows": data, "cases": cases})


if __name__ == "__main__":
    main()
