#!/usr/bin/env python3
"""Losses of preference pairs and their derivatives by TRL's own functions, in float64.

Usage: make_pair_loss_fixture.py TRL_FOLDER > Tests/KernelTests/Fixtures/parity/pair-losses.json

TRL_FOLDER is the folder `trl` of the wheel trl 0.19.1, unpacked (`pip download --no-deps trl==0.19.1`). The functions
are cut out of the trainers, so only torch is needed. ORPO's loss is put together as LLaMA-Factory does it: the
loss of the preferred answer and beta times that of the odds ratio.
"""

import ast
import dataclasses
import json
import sys
import types
from pathlib import Path

import torch
import torch.nn.functional as F

POINTS = [
    # log p of chosen and rejected answer, of the model and of the reference
    (-12.5, -14.0, -13.0, -13.5),
    (-40.0, -22.5, -31.0, -30.0),
    (-3.25, -90.0, -4.0, -60.5),
    (-0.75, -0.5, -0.6, -0.8),
    (-7.0, -7.0, -7.0, -7.0),
]
SETTINGS = [(0.1, 0.0, 0.5, 0.05), (0.7, 0.2, 1.4, 0.3)]  # beta, smoothing, gamma, tau


def function(folder, file, name):
    """The method of a trainer as a plain function."""
    tree = ast.parse((Path(folder) / "trainer" / file).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            node.decorator_list = []
            module = ast.Module([node], [])
            names = {
                "torch": torch, "F": F,
                "FDivergenceType": types.SimpleNamespace(
                    ALPHA_DIVERGENCE=types.SimpleNamespace(value="alpha"),
                    JS_DIVERGENCE=types.SimpleNamespace(value="js")),
            }
            exec(compile(module, file, "exec"), names)
            return names[name]
    raise SystemExit(f"no {name} in {file}")


def moments(folder):
    """TRL's running mean, which goes on from case to case; in float64 as all else here."""
    tree = ast.parse((Path(folder) / "trainer" / "utils.py").read_text())
    node = next(n for n in tree.body if getattr(n, "name", "") == "RunningMoments")
    source = ast.unparse(node).replace(".float()", "")
    names = {"torch": torch, "dataclass": dataclasses.dataclass, "Accelerator": object,
             "dataclasses": dataclasses}
    exec(source, names)
    return names["RunningMoments"](types.SimpleNamespace(use_distributed=False))


def trainer(loss, beta, smoothing, gamma, tau):
    return types.SimpleNamespace(
        accelerator=types.SimpleNamespace(device="cpu"), loss_type=loss, beta=beta,
        label_smoothing=smoothing, simpo_gamma=gamma, reference_free=False,
        f_divergence_type="reverse_kl", f_divergence_params=None,
        args=types.SimpleNamespace(discopop_tau=tau))


def main(folder):
    dpo = function(folder, "dpo_trainer.py", "dpo_loss")
    cpo = function(folder, "cpo_trainer.py", "cpo_loss")
    odds = function(folder, "orpo_trainer.py", "odds_ratio_loss")
    smoothed = ["sigmoid", "robust", "exo_pair", "simpo", "cpo"]
    others = ["hinge", "ipo", "nca_pair", "sppo_hard", "apo_zero", "apo_down", "discopop", "bco_pair",
              "orpo"]
    cases = []
    for loss in smoothed + others:
        for beta, smoothing, gamma, tau in SETTINGS:
            running = moments(folder)
            smoothing = smoothing if loss in smoothed else 0.0
            for point in POINTS:
                c, r = (torch.tensor([x], dtype=torch.float64, requires_grad=True) for x in point[:2])
                refs = [torch.tensor([x], dtype=torch.float64) for x in point[2:]]
                own = trainer("sigmoid" if loss == "cpo" else loss, beta, smoothing, gamma, tau)
                if loss in ("simpo", "cpo"):
                    value = cpo(own, c, r)[0]
                elif loss == "orpo":
                    value = -c - odds(own, c, r)[0]
                else:
                    own.running = running
                    value = dpo(own, c, r, *refs)[0]
                value.sum().backward()
                baseline = {"baseline": running.mean} if loss == "bco_pair" else {}
                cases.append({
                    **baseline,
                    "loss": loss, "beta": beta, "smoothing": smoothing, "gamma": gamma, "tau": tau,
                    "logps": list(point), "value": value.item(),
                    "slope": [c.grad.item(), r.grad.item() if r.grad is not None else 0.0]})
    print("[" + ",\n".join(json.dumps(case) for case in cases) + "]")


main(sys.argv[1])
