#!/usr/bin/env python3
"""Whether two builds of the program compute the same bits.

    same_bits.py record PROGRAM FILE        runs everything and writes what came of it
    same_bits.py compare PROGRAM FILE       runs everything and compares with FILE; exit 1 at a difference
    --only TEXT                             only what has TEXT in its name

What is kept: loss, gradient norm and every other number of each step as the log has them (JSON keeps all their
digits), the last lines of evaluations and samples, the digests of all files of a result and of its checkpoints but
times, logits and greedy answers of each family, and the digests of its exports. The bits depend on the instruction
set and the number of threads (2), so a file holds for the machine that wrote it: record with the build before a
change and compare with the build after it, on one machine. Nothing but Python's own library is needed.
"""
import argparse
import hashlib
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent.parent / "Tests/KernelTests/Fixtures/families"
FAMILIES = ["llama", "llama3-rope", "llama-biases", "llama-bf16", "llama-sharded", "mistral-window", "qwen2-tied",
            "qwen2-untied", "qwen3"]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LETTERS = [chr(code) for code in range(33, 127)] + ["Ġ", "Ċ"]
# Settings of each short run; what it does not name is BASE's.
BASE = dict(stage="sft", do_train="true", finetuning_type="lora", lora_rank=4, lora_alpha=8, dataset="mixed",
            template="chatml", cutoff_len=96, logging_steps=1, save_steps=2, per_device_train_batch_size=2,
            gradient_accumulation_steps=2, learning_rate="1e-2", max_steps=4, seed=7, lr_scheduler_type="cosine",
            warmup_steps=1, weight_decay=0.01)
RUNS = {
    "lora": {},
    "lora on every family": dict(families=FAMILIES),
    "rslora": dict(use_rslora="true", lora_target="q_proj,down_proj"),
    "lora with trained embeddings": dict(additional_target="embed_tokens,lm_head", model="qwen2-tied"),
    "freeze": dict(finetuning_type="freeze", freeze_trainable_layers=1, freeze_extra_modules="norm"),
    "full": dict(finetuning_type="full", learning_rate="1e-3"),
    "full tied": dict(finetuning_type="full", learning_rate="1e-3", model="qwen3"),
    "int4": dict(quantization_bit=4, quantization_type="int4"),
    "int8": dict(quantization_bit=8),
    "nf4": dict(quantization_bit=4, quantization_type="nf4", double_quantization="true"),
    "gguf base": dict(model="gguf"),
    "gguf base dequantized": dict(model="gguf", finetuning_type="full", learning_rate="1e-3"),
    "bf16": dict(bf16="true", model="mistral-window"),
    "full bf16": dict(bf16="true", finetuning_type="full", learning_rate="1e-3"),
    "pure bf16": dict(pure_bf16="true", finetuning_type="full", learning_rate="1e-3", model="qwen2-untied"),
    "packing": dict(packing="true", model="llama3-rope"),
    "neat packing": dict(neat_packing="true", model="mistral-window"),
    "dropout": dict(lora_dropout=0.2),
    "neftune": dict(neftune_noise_alpha=5),
    "no recompute": dict(disable_gradient_checkpointing="true"),
    "sgd": dict(optim="sgd", finetuning_type="full", learning_rate="1e-2"),
    "sets": dict(dataset="mixed,chats", mix_strategy="interleave_under", interleave_probs="0.3,0.7"),
    "history": dict(dataset="chats", mask_history="true", train_on_prompt="false"),
    "prompt": dict(train_on_prompt="true"),
    "pretraining": dict(stage="pt", dataset="texts", model="qwen3"),
    "evaluations": dict(val_size=0.2, eval_strategy="steps", eval_steps=1, load_best_model_at_end="true",
                        sample_prompts="[hi]", sample_max_new_tokens=4),
    "schedules": dict(lr_scheduler_type="warmup_stable_decay", max_steps=6, max_grad_norm=0.1),
    "openblas": dict(backend="openblas"),
    "base isa": dict(isa="base"),
    "avx2": dict(isa="avx2", bf16="true"),
    "resume": dict(stop_after=2, lora_dropout=0.1, val_size=0.2, eval_strategy="steps", eval_steps=2),
    "resume full": dict(stop_after=2, finetuning_type="full", learning_rate="1e-3", pure_bf16="true"),
    "train on": dict(adapter="lora", max_steps=2),
}
# Numbers that are another each time.
TIMES = ("seconds", "tokens_per_second", "tokensPerSecond", "time", "memory", "elapsed", "eta", "date", "rss",
         "percentage", "speed", "throughput")
EXPORTS = [("safetensors", "auto"), ("safetensors", "bf16"), ("gguf", "fp32"), ("gguf", "fp16"), ("gguf", "bf16"),
           ("gguf", "q8_0"), ("gguf", "q4_0")]


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()[:24]


def write_json(path, value):
    pathlib.Path(path).write_text(json.dumps(value))


def make_tokenizer(folder):
    """One token for each printable letter, with the special tokens behind them: 99 of the 160 rows."""
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    first = len(LETTERS)
    write_json(folder / "tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "pre_tokenizer": level,
        "post_processor": None, "decoder": level,
        "added_tokens": [
            {"id": first + index, "content": text, "special": True, "normalized": False, "single_word": False,
             "lstrip": False, "rstrip": False} for index, text in enumerate(SPECIAL)],
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "merges": [],
                  "vocab": {text: index for index, text in enumerate(LETTERS)}}})
    write_json(folder / "tokenizer_config.json", {
        "bos_token": SPECIAL[1], "eos_token": SPECIAL[2], "pad_token": SPECIAL[0],
        "chat_template": "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + "
                         "'<|im_end|>\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
                         "{% endif %}"})


def make_data(folder):
    folder.mkdir()
    source = random.Random(11)

    def words():
        return "".join(source.choice("abcdefghijklmnopqrst ,.") for _ in range(source.randint(5, 40)))

    write_json(folder / "mixed.json", [
        {"instruction": words(), "input": source.choice(["", words()]), "output": words()} for _ in range(24)])
    write_json(folder / "chats.json", [
        {"conversations": [{"from": who, "value": words()} for who in ["human", "gpt"] * source.randint(1, 3)]}
        for _ in range(16)])
    write_json(folder / "texts.json", [{"text": words() + words()} for _ in range(24)])
    write_json(folder / "dataset_info.json", {
        "mixed": {"file_name": "mixed.json"},
        "chats": {"file_name": "chats.json", "formatting": "sharegpt"},
        "texts": {"file_name": "texts.json", "columns": {"prompt": "text"}}})


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items()
                if not any(word in key.lower() for word in TIMES)}
    return [without_times(item) for item in value] if isinstance(value, list) else value


class World:
    def __init__(self, program, scratch):
        self.program, self.scratch = os.path.realpath(program), scratch
        (scratch / "home").mkdir()
        make_data(scratch / "data")
        self.models = {}
        for family in FAMILIES:
            folder = scratch / "models" / family
            shutil.copytree(FIXTURES / family, folder, ignore=shutil.ignore_patterns("reference.json", "*.v4.json"))
            make_tokenizer(folder)
            self.models[family] = str(folder)
        self.run("export", f"model_name_or_path={self.models['llama']}", f"export_dir={scratch}/gguf",
                 "export_format=gguf", "export_dtype=q8_0")
        self.models["gguf"] = str(next((scratch / "gguf").glob("*.gguf")))

    def run(self, *words, text=""):
        done = subprocess.run(
            [self.program, *map(str, words), "--threads", "2"], input=text, capture_output=True, text=True, timeout=600,
            cwd=self.scratch, env=dict(os.environ, HOME=str(self.scratch / "home"), LC_ALL="C.UTF-8"))
        if done.returncode:
            sys.exit(f"{' '.join(map(str, words))}\nended with {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    # What a run leaves.

    def train(self, name, settings):
        settings = dict(settings)
        if families := settings.pop("families", None):
            return {family: self.train(f"{name} {family}", dict(settings, model=family)) for family in families}
        out = self.scratch / "runs" / name.replace(" ", "-")
        flags = [word for key in ("backend", "isa") if key in settings
                 for word in (f"--{key}", settings.pop(key))]
        stop = settings.pop("stop_after", None)
        values = dict(BASE, model_name_or_path=self.models[settings.pop("model", "llama")],
                      dataset_dir=self.scratch / "data", output_dir=out)
        if before := settings.pop("adapter", None):
            values["adapter_name_or_path"] = self.scratch / "runs" / before
        values.update(settings)
        words = [f"{key}={value}" for key, value in values.items()]
        if stop:
            # As if it had been killed behind a checkpoint.
            self.run("train", *words, *flags)
            for folder in out.glob("checkpoint-*"):
                if int(folder.name.split("-")[1]) > stop:
                    shutil.rmtree(folder)
            for path in out.iterdir():
                if path.is_file() and path.suffix == ".safetensors":
                    path.unlink()
            words.append(f"resume_from_checkpoint={out}/checkpoint-{stop}")
            words.append("overwrite_output_dir=true")
        self.run("train", *words, *flags)
        return self.left(out)

    def left(self, folder):
        files, logs = {}, {}
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.suffix == ".safetensors":
                files[name] = digest(path)
            elif path.suffix == ".jsonl":
                logs[name] = [without_times(json.loads(line)) for line in path.read_text().splitlines()]
        return {"files": files, "logs": logs}

    # What a model says.

    def family(self, name):
        model = self.models[name]
        ids = " ".join(str(1 + 7 * index % 90) for index in range(40))
        said = {
            "logits": self.run("logits", "--model", model, "--json", text=ids),
            "greedy": self.run("chat", "--model", model, "--greedy", "--max-new-tokens", "24", "--prompt", "ab, c?",
                               "--quiet")}
        exports = {}
        for kind, dtype in EXPORTS:
            out = self.scratch / "exports" / name / f"{kind}-{dtype}"
            words = [f"model_name_or_path={model}", f"export_dir={out}", f"export_format={kind}"]
            words.append(f"export_dtype={dtype}")
            adapter = self.scratch / "runs" / f"lora-on-every-family-{name}"
            words += [f"adapter_name_or_path={adapter}"] if adapter.exists() else []
            self.run("export", *words)
            exports[f"{kind} {dtype}"] = {
                str(path.relative_to(out)): digest(path) for path in sorted(out.rglob("*"))
                if path.suffix in (".safetensors", ".gguf", ".json")}
        said["exports"] = exports
        return said


def everything(program, only):
    with tempfile.TemporaryDirectory(prefix="same-bits-") as scratch:
        # The same folder for both builds: paths stand in some files.
        world, found = World(program, pathlib.Path(scratch)), {}
        for name, settings in RUNS.items():
            if only in name or name == "lora":
                found[f"run {name}"] = world.train(name, settings)
                print(f"run {name}", flush=True)
        for name in FAMILIES + ["gguf"]:
            if only in name:
                found[f"family {name}"] = world.family(name)
                print(f"family {name}", flush=True)
        text = json.dumps(found, ensure_ascii=False).replace(scratch, "SCRATCH")
        return json.loads(text)


def differences(old, new, place=""):
    if isinstance(old, dict) and isinstance(new, dict):
        for key in list(old) + [key for key in new if key not in old]:
            yield from differences(old.get(key), new.get(key), f"{place} / {key}" if place else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new)):
            yield from differences(one, other, f"{place}[{index}]")
    elif old != new:
        yield f"{place}: {str(old)[:120]} -> {str(new)[:120]}"


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("what", choices=["record", "compare"])
    words.add_argument("program")
    words.add_argument("file", type=pathlib.Path)
    words.add_argument("--only", default="")
    options = words.parse_args()
    found = everything(options.program, options.only)
    if options.what == "record":
        options.file.write_text(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    old = json.loads(options.file.read_text())
    if options.only:
        old = {key: value for key, value in old.items() if key in found}
    lines = list(differences(old, found))
    print("\n".join(lines[:200]) or f"all bits of {len(found)} runs and families are the same")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
