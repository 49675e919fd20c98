#!/usr/bin/env python3
"""Writes Tests/KernelTests/Fixtures/schedules/schedules.json from transformers.get_scheduler.

Run by hand with torch and transformers installed: python3 scripts/make_schedule_fixture.py
The fixture is the reference: it is never regenerated to make a test pass.
"""
import json
import pathlib

import torch
import transformers

BASE, TOTAL, LAST = 2e-4, 20, 24
CASES = [
    ("linear", 0, {}), ("linear", 4, {}),
    ("constant", 4, {}), ("constant_with_warmup", 4, {}),
    ("cosine", 0, {}), ("cosine", 3, {}), ("cosine", 3, {"num_cycles": 1.5}),
    ("cosine_with_restarts", 2, {}), ("cosine_with_restarts", 2, {"num_cycles": 3}),
    ("polynomial", 4, {}), ("polynomial", 4, {"power": 2.0, "lr_end": 1e-5}),
    ("inverse_sqrt", 0, {}), ("inverse_sqrt", 4, {}), ("inverse_sqrt", 4, {"timescale": 9}),
    ("cosine_with_min_lr", 4, {"min_lr": 2e-5}), ("cosine_with_min_lr", 0, {"min_lr_rate": 0.25}),
    ("cosine_warmup_with_min_lr", 4, {"min_lr_rate": 0.1}),
    ("cosine_warmup_with_min_lr", 4, {"min_lr": 2e-5, "warmup_lr_rate": 0.2}),
    ("warmup_stable_decay", 2, {}),
    ("warmup_stable_decay", 4, {"num_stable_steps": 6, "num_decay_steps": 8, "min_lr_ratio": 0.1,
                                "decay_type": "linear", "warmup_type": "cosine"}),
    ("warmup_stable_decay", 4, {"num_stable_steps": 4, "num_decay_steps": 12,
                                "decay_type": "1-sqrt", "warmup_type": "1-sqrt"}),
]


def rates(name, warmup, kwargs):
    kwargs = dict(kwargs)
    if name == "warmup_stable_decay":  # LLaMA-Factory's defaults for the two lengths
        rest = TOTAL - warmup
        kwargs.setdefault("num_stable_steps", rest // 3)
        kwargs.setdefault("num_decay_steps", rest - rest // 3)
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=BASE)
    schedule = transformers.get_scheduler(
        name, optimizer, num_warmup_steps=warmup, num_training_steps=TOTAL,
        scheduler_specific_kwargs=kwargs)
    values = []
    for _ in range(LAST + 1):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return values


def main():
    cases = [{"name": n, "warmup": w, "arguments": k, "rates": rates(n, w, k)} for n, w, k in CASES]
    made = f"transformers {transformers.__version__}, torch {torch.__version__}"
    head = {"madeBy": f"scripts/make_schedule_fixture.py, {made}", "baseRate": BASE,
            "totalSteps": TOTAL}
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    text = json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
    root = pathlib.Path(__file__).resolve().parent.parent
    target = root / "Tests/KernelTests/Fixtures/schedules/schedules.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


if __name__ == "__main__":
    main()
