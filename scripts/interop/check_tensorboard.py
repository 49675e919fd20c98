"""Event files (`report_to: tensorboard`) as the tensorboard package reads them, beside the log of the same run: every
scalar of every step, the plan as text, runs that were stopped, resumed and torn, and files of a folder of one's own.

    python check_tensorboard.py --program .build/release/workbench --out DIR [--seed N] [--only WORD]
"""
import json
import math
import shutil
import struct

import transformers

from common import Refused, data_set, fresh, start, tiny_model

# Fields of a line of the log and transformers' names for them.
NAMES = {"loss": "loss", "lr": "learning_rate", "grad_norm": "grad_norm",
         "tokens_per_second": "tokens_per_second", "trained_tokens": "trained_tokens",
         "memory_bytes": "memory_bytes", "epoch": "epoch", "total_tokens": "num_input_tokens_seen"}


def accumulated(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=True)
    return events.Reload()


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def same(one, other):
    return one == other or math.isnan(one) and math.isnan(other)


def differences(log, events):
    """What the event files have otherwise than the log."""
    wanted = {}
    for line in log:
        if "event" in line:
            continue
        step = line["current_steps"]
        if "eval_loss" in line:
            wanted.setdefault("eval/loss", []).append((step, line["eval_loss"]))
            continue
        for field, name in NAMES.items():
            if field in line:
                wanted.setdefault("train/" + name, []).append((step, line[field]))
    tags = set(events.Tags()["scalars"]) - {"train/train_loss", "train/train_runtime", "eval/runtime"}
    found = [f"tags {sorted(tags ^ set(wanted))}"] if tags != set(wanted) else []
    for tag in tags & set(wanted):
        read = [(point.step, point.value) for point in events.Scalars(tag)]
        if len(read) != len(wanted[tag]) or not all(
                a[0] == b[0] and same(a[1], single(b[1])) for a, b in zip(read, wanted[tag])):
            found.append(f"{tag}: {read[:4]}… instead of {wanted[tag][:4]}…")
    return found


def lines(folder):
    return [json.loads(line) for line in (folder / "trainer_log.jsonl").read_text().splitlines()]


def main(world):
    try:
        import tensorboard  # noqa: F401
    except ImportError:
        return world.left_out("event files", "the tensorboard package is not installed")
    base = tiny_model(world, "llama", transformers.LlamaConfig)
    data = data_set(world, 24)

    def train(folder, **more):
        options = dict(model_name_or_path=base, dataset_dir=data, dataset="d", template="chatml", stage="sft",
                       do_train="true", finetuning_type="lora", lora_rank=4, cutoff_len=64,
                       per_device_train_batch_size=2, gradient_accumulation_steps=1, max_steps=12, save_steps=4,
                       logging_steps=2, learning_rate="1e-3", val_size=0.2, eval_strategy="steps", eval_steps=3,
                       output_dir=folder, report_to="tensorboard")
        options.update(more)
        world.run("train", *[f"{key}={value}" for key, value in options.items()], "--quiet")

    def judged(row, folder, where, runs=1):
        events = accumulated(where)
        wrong = differences(lines(folder), events)
        texts = events.Tags()["tensors"]
        if "args/text_summary" not in texts:
            wrong.append(f"texts {texts}")
        else:
            plan = events.Tensors("args/text_summary")[0].tensor_proto.string_val[0].decode()
            if f"model_name_or_path: {base}" not in plan:
                wrong.append(f"the plan reads {plan[:80]}")
        files = sorted(where.glob("events.out.tfevents.*"))
        if len(files) != runs:
            wrong.append(f"{len(files)} files")
        world.row(row, "WRONG" if wrong else "equal", str(wrong or f"{len(events.Tags()['scalars'])} scalars"))

    def only_run(folder):
        found = list((folder / "runs").iterdir())
        assert len(found) == 1, found
        return found[0]

    folder = fresh(world.out / "whole")
    train(folder)
    judged("a whole run", folder, only_run(folder))

    folder = fresh(world.out / "own")
    own = fresh(world.out / "boards")
    train(folder, logging_dir=own, logging_steps=1, logging_first_step="true")
    judged("a folder of one's own", folder, own)

    # A run that is killed after steps that no checkpoint has: the log is cut back, the events must be as well.
    folder = fresh(world.out / "resumed")
    train(folder, logging_steps=1)
    for name in ("checkpoint-8", "checkpoint-12"):
        shutil.rmtree(folder / name)
    train(folder, logging_steps=1)
    judged("a resumed run", folder, only_run(folder), runs=2)

    folder = fresh(world.out / "torn")
    train(folder, logging_steps=1)
    shutil.rmtree(folder / "checkpoint-12")
    first = next(only_run(folder).iterdir())
    first.write_bytes(first.read_bytes()[:-7])
    train(folder, logging_steps=1)
    judged("a torn end, resumed", folder, only_run(folder), runs=2)

    folder = fresh(world.out / "evaluated")
    train(folder, do_train="false", do_eval="true")
    events = accumulated(only_run(folder))
    loss = json.loads((folder / "eval_results.json").read_text())["eval_loss"]
    read = [(point.step, point.value) for point in events.Scalars("eval/loss")]
    world.row("a run that only evaluates", "equal" if read == [(0, single(loss))] else "WRONG", str(read))

    folder = fresh(world.out / "silent")
    train(folder, report_to="none")
    world.row("no report", "WRONG" if (folder / "runs").exists() else "equal")
    world.refuses("a reporter that nobody knows", "report_to", "tensorbord",
                  run=lambda: train(fresh(world.out / "refused"), report_to="tensorbord"))


if __name__ == "__main__":
    start(main)
