"""Short runs beside loops of PyTorch in float64: labels, losses, gradient norms, rates and final weights, over tuning
methods, optimizers, schedules, accumulation and templates' options; half of the runs draw all of them by chance.

    python check_training.py --program .build/release/workbench --out DIR [--seed N] [--only WORD]
"""
import json
import math
import warnings

import peft
import torch
import transformers
from peft.optimizers import create_loraplus_optimizer
from safetensors.torch import load_file

from common import Refused, WORDS, fresh, load, opened_tokenizer, start, tiny_model

warnings.filterwarnings("ignore")
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
RECORDS = 18
BASES = {
    "llama": (transformers.LlamaConfig, {}), "qwen2": (transformers.Qwen2Config, {}),
    "tied llama": (transformers.LlamaConfig, dict(tie_word_embeddings=True)),
    "qwen3": (transformers.Qwen3Config, dict(head_dim=16)),
    "mistral": (transformers.MistralConfig, dict(sliding_window=8)),
}
# Settings as LLaMA-Factory's files spell them; what is absent is USUAL.
USUAL = dict(
    finetuning_type="lora", per_device_train_batch_size=3, gradient_accumulation_steps=2, max_steps=6,
    learning_rate=2e-3, lr_scheduler_type="linear", warmup_steps=0, max_grad_norm=1.0,
    weight_decay=0.0, adam_beta1=0.9, adam_beta2=0.999, adam_epsilon=1e-8, optim="adamw_torch",
    cutoff_len=512, mask_history=False, train_on_prompt=False)
LORA = dict(r=5, alpha=7, targets=ALL)
RUNS = {
    "LoRA": {}, "LoRA, odd alpha": dict(lora=dict(r=13, alpha=0.37)),
    "LoRA, stabilized": dict(lora=dict(r=7, alpha=3, rs=True)),
    "LoRA, two layers": dict(lora=dict(targets=["q_proj", "v_proj"])),
    "LoRA, with a head": dict(lora=dict(saved=["lm_head"])),
    "LoRA, with embedding and head": dict(lora=dict(saved=["embed_tokens", "lm_head"])),
    "LoRA, tied, with the embedding": dict(base="tied llama", lora=dict(saved=["embed_tokens"])),
    "LoRA, with biases": dict(base="qwen2"), "LoRA, with norms of heads": dict(base="qwen3"),
    "LoRA, with a window": dict(base="mistral"), "LoRA, decay": dict(weight_decay=0.3),
    "LoRA, SGD": dict(optim="sgd", learning_rate=0.3),
    "LoRA, Lion": dict(optim="lion_32bit", learning_rate=3e-4, adam_beta2=0.99, weight_decay=0.1),
    "LoRA+": dict(loraplus_lr_ratio=16, learning_rate=3e-4, weight_decay=0.1),
    "LoRA+, SGD": dict(loraplus_lr_ratio=4, optim="sgd", learning_rate=0.1),
    "full": dict(finetuning_type="full"), "full, tied": dict(finetuning_type="full", base="tied llama"),
    "full, biases, decay": dict(finetuning_type="full", base="qwen2", weight_decay=0.5),
    "full, norms of heads, decay": dict(finetuning_type="full", base="qwen3", weight_decay=0.2),
    "full, SGD": dict(finetuning_type="full", optim="sgd", learning_rate=0.05),
    "full, SGD with momentum": dict(finetuning_type="full", optim="sgd", learning_rate=0.02,
                                    optim_args="momentum=0.9", weight_decay=0.1),
    "full, Lion": dict(finetuning_type="full", optim="lion_32bit", learning_rate=1e-4),
    "full, other betas": dict(finetuning_type="full", adam_beta1=0.8, adam_beta2=0.95,
                              adam_epsilon=1e-4),
    "full, clipped hard": dict(finetuning_type="full", optim="sgd", learning_rate=1.0,
                               max_grad_norm=0.05),
    "full, not clipped": dict(finetuning_type="full", optim="sgd", learning_rate=0.05,
                              max_grad_norm=0.0),
    "full, recomputed": dict(finetuning_type="full", gradient_checkpointing=True),
    "full, last layers frozen not": dict(finetuning_type="freeze", freeze_trainable_layers=2),
    "freeze, first layer": dict(finetuning_type="freeze", freeze_trainable_layers=-1),
    "freeze, MLP of the last": dict(finetuning_type="freeze", freeze_trainable_layers=1,
                                    freeze_trainable_modules="mlp"),
    "freeze, with the norm": dict(finetuning_type="freeze", freeze_trainable_layers=1,
                                  freeze_extra_modules="embed_tokens,norm", weight_decay=0.1),
    "one record a step": dict(finetuning_type="full", per_device_train_batch_size=1,
                              gradient_accumulation_steps=1),
    "all records a step": dict(finetuning_type="full", per_device_train_batch_size=18,
                               gradient_accumulation_steps=1, max_steps=3),
    "many small batches": dict(finetuning_type="full", per_device_train_batch_size=1,
                               gradient_accumulation_steps=9),
    "history without loss": dict(mask_history=True), "loss on prompts": dict(train_on_prompt=True),
    "cut short": dict(cutoff_len=40), "cut short, history": dict(cutoff_len=33, mask_history=True),
    "cut short, prompts": dict(cutoff_len=50, train_on_prompt=True),
}
SCHEDULES = {
    "linear": {}, "cosine": {}, "constant": {}, "constant_with_warmup": {}, "polynomial": {},
    "inverse_sqrt": {}, "cosine_with_restarts": dict(num_cycles=2),
    "cosine_with_min_lr": dict(min_lr_rate=0.2),
    "warmup_stable_decay": dict(num_decay_steps=4, num_stable_steps=3),
}


# ---- Records and their labels, as LLaMA-Factory makes them of ChatML

def conversations(world):
    words = lambda most: " ".join(world.random.choices(WORDS, k=world.random.randint(1, most)))
    records = []
    for _ in range(RECORDS):
        turns = [dict(role="system", content=words(5))] if world.random.random() < 0.4 else []
        for _ in range(world.random.randint(1, 3)):
            turns += [dict(role="user", content=words(9)), dict(role="assistant", content=words(10))]
        records.append(dict(messages=turns))
    return records


def written(world, records):
    folder = world.out / "data"
    folder.mkdir(exist_ok=True)
    (folder / "d.json").write_text(json.dumps(records, ensure_ascii=False))
    (folder / "dataset_info.json").write_text(json.dumps({"d": {
        "file_name": "d.json", "formatting": "sharegpt", "columns": {"messages": "messages"},
        "tags": dict(role_tag="role", content_tag="content", user_tag="user",
                     assistant_tag="assistant", system_tag="system")}}))
    return folder


def shares(source, target, room):
    """How much of a question and of an answer is kept where both do not fit."""
    if target * 2 < room:
        most = room
    elif source * 2 < room:
        most = room - source
    else:
        most = int(room * (target / (source + target)))
    kept = min(most, target)
    return min(max(room - kept, 0), source), kept


def example(record, encode, options):
    """Ids and labels of a conversation."""
    turns = list(record["messages"])
    system = ""
    if turns[0]["role"] == "system":
        system = f"<|im_start|>system\n{turns.pop(0)['content']}<|im_end|>\n"
    pairs = []
    for question, answer in zip(turns[::2], turns[1::2]):
        pairs.append((
            encode(f"{system}<|im_start|>user\n{question['content']}<|im_end|>\n"
                   "<|im_start|>assistant\n"), encode(f"{answer['content']}<|im_end|>\n")))
        system = ""
    if options["mask_history"]:
        pairs.reverse()
    pieces, total = [], 0
    for place, (source, target) in enumerate(pairs):
        if total >= options["cutoff_len"]:
            break
        left, right = shares(len(source), len(target), options["cutoff_len"] - total)
        source, target = source[:left], target[:right]
        total += left + right
        silent = options["mask_history"] and place > 0
        labels = (source if options["train_on_prompt"] else [-100] * left) \
            + ([-100] * right if silent else target)
        pieces.append((source + target, labels))
    if options["mask_history"]:
        pieces.reverse()
    return ([i for ids, _ in pieces for i in ids], [i for _, labels in pieces for i in labels])


# ---- The loop

def sum_of_losses(model, ids, labels):
    scores = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, :-1]
    return torch.nn.functional.cross_entropy(
        scores, torch.tensor(labels[1:]), ignore_index=-100, reduction="sum")


def groups(model, options):
    """Parameters with and without decay, as transformers parts them: no norms, no biases."""
    parts = {True: [], False: []}
    for name, value in model.named_parameters():
        if value.requires_grad:
            parts["norm" not in name and not name.endswith("bias")].append(value)
    return [dict(params=parts[True], weight_decay=options["weight_decay"]),
            dict(params=parts[False], weight_decay=0.0)]


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of arXiv 2302.06675."""

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


def optimizer_of(model, options):
    """The optimizer that transformers, or PEFT for LoRA+, makes of the options."""
    betas = (options["adam_beta1"], options["adam_beta2"])
    momentum = float(options.get("optim_args", "momentum=0").partition("=")[2])
    kind, more = {
        "sgd": (torch.optim.SGD, dict(momentum=momentum)),
        "lion_32bit": (Lion, dict(betas=betas)),
        "adamw_torch": (torch.optim.AdamW, dict(betas=betas, eps=options["adam_epsilon"])),
    }[options["optim"]]
    if options.get("loraplus_lr_ratio"):
        return create_loraplus_optimizer(
            model, kind, lr=options["learning_rate"], loraplus_lr_ratio=options["loraplus_lr_ratio"],
            loraplus_weight_decay=options["weight_decay"], **more)
    return kind(groups(model, options), lr=options["learning_rate"], **more)


def train(model, examples, options):
    """Losses, norms and rates of each step; changes the model."""
    model = model.double().train()
    optimizer = optimizer_of(model, options)
    schedule = transformers.get_scheduler(
        options["lr_scheduler_type"], optimizer, options["warmup_steps"], options["max_steps"],
        options.get("lr_scheduler_kwargs"))
    size = options["per_device_train_batch_size"] * options["gradient_accumulation_steps"]
    trained = [value for value in model.parameters() if value.requires_grad]
    losses, norms, rates, place = [], [], [], 0
    for _ in range(options["max_steps"]):
        # A step ends with the epoch.
        part = examples[place:place + size]
        place = (place + size) if place + size < len(examples) else 0
        count = sum(label != -100 for _, labels in part for label in labels[1:])
        loss = sum(sum_of_losses(model, *one) for one in part) / count
        loss.backward()
        limit = options["max_grad_norm"] or math.inf
        norms.append(float(torch.nn.utils.clip_grad_norm_(trained, limit)))
        losses.append(float(loss.detach()))
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return losses, norms, rates


def prepared(world, base, options, shape):
    """The model of torch and what the program's command says beside the options."""
    model = load(base)
    if options["finetuning_type"] == "lora":
        shape = dict(LORA, **shape)
        saved = shape.get("saved")
        tied = model.config.tie_word_embeddings and saved == ["embed_tokens"]
        config = peft.LoraConfig(
            r=shape["r"], lora_alpha=shape["alpha"], target_modules=shape["targets"],
            use_rslora=shape.get("rs", False), modules_to_save=saved, task_type="CAUSAL_LM",
            ensure_weight_tying=tied)
        first = fresh(world.out / "start")
        model = peft.get_peft_model(model, config)
        with torch.no_grad():
            for name, value in model.named_parameters():
                if "lora_B" in name:
                    value.add_(0.02 * torch.randn_like(value))
        model.save_pretrained(first)
        model = peft.PeftModel.from_pretrained(load(base), first, is_trainable=True)
        return model, dict(
            adapter_name_or_path=first, lora_rank=shape["r"], lora_alpha=shape["alpha"],
            lora_target=",".join(shape["targets"]), use_rslora=shape.get("rs", False),
            additional_target=",".join(saved or []))
    if options["finetuning_type"] == "freeze":
        layers, count = options["freeze_trainable_layers"], model.config.num_hidden_layers
        chosen = range(count - layers, count) if layers > 0 else range(-layers)
        module = options.get("freeze_trainable_modules", "")
        extra = [{"norm": "model.norm", "embed_tokens": "embed_tokens"}[word]
                 for word in options.get("freeze_extra_modules", "").split(",") if word]
        for name, value in model.named_parameters():
            value.requires_grad_(
                any(f"layers.{layer}." in name for layer in chosen) and module in name
                or any(word in name for word in extra))
    return model, {}


def apart(mine, theirs):
    return max((abs(a - b) / max(abs(b), 1e-12) for a, b in zip(mine, theirs)), default=math.inf)


def run(world, row, data, records, bases, changes):
    """One run of both sides, and its rows."""
    if not world.wants(row):
        return
    changes = dict(changes)
    base, shape = bases[changes.pop("base", "llama")], changes.pop("lora", {})
    options = dict(USUAL, **changes)
    encode = lambda text: tokenizer_of(base)(text, add_special_tokens=False).input_ids
    examples = [example(record, encode, options) for record in records]
    # Records without a trained token are left out by both.
    examples = [one for one in examples if any(label != -100 for label in one[1])]
    model, more = prepared(world, base, options, shape)
    folder = fresh(world.out / "run")
    words = dict(options, **more, model_name_or_path=base, stage="sft", do_train=True, dataset="d",
                 dataset_dir=data, template="chatml", disable_shuffling=True, logging_steps=1,
                 save_strategy="no", output_dir=folder)
    if "lr_scheduler_kwargs" in words:
        words["lr_scheduler_kwargs"] = json.dumps(words["lr_scheduler_kwargs"])
    spell = lambda value: str(value).lower() if isinstance(value, bool) else value
    try:
        world.run("train", *[f"{key}={spell(value)}" for key, value in words.items()
                             if value != ""], "--quiet")
    except Refused as refusal:
        return world.row(row, "WRONG", str(refusal))
    log = [json.loads(line) for line in (folder / "trainer_log.jsonl").read_text().splitlines()]
    losses, norms, rates = train(model, examples, options)
    loss = apart([step["loss"] for step in log], losses)
    norm = apart([step["grad_norm"] for step in log], norms)
    rate = max(abs(step["lr"] - one) for step, one in zip(log, rates)) / options["learning_rate"]
    is_adapter = isinstance(model, peft.PeftModel)
    mine = load_file(folder / ("adapter_model.safetensors" if is_adapter else "model.safetensors"))
    theirs = peft.get_peft_model_state_dict(model) if is_adapter else model.state_dict()
    if not is_adapter and model.config.tie_word_embeddings:
        theirs.pop("lm_head.weight")
    names = set(mine) ^ set(theirs)
    # AdamW takes its whole step in either direction where a gradient is nearly nothing.
    off = max(float((mine[name] - theirs[name]).abs().max())
              / (float(theirs[name].abs().max()) + 1e-9) for name in mine if name in theirs)
    right = loss < 2e-4 and norm < 1e-3 and rate < 1e-9 and off < 1e-2 and not names
    right = right and len(log) == len(losses)
    world.row(row, "equal" if right else "WRONG",
              f"loss {loss:.1e}, norm {norm:.1e}, rate {rate:.1e}, weights {off:.1e}, "
              f"{losses[0]:.3f} to {losses[-1]:.3f}"
              + (f", names {sorted(names)[:2]}" if names else "")
              + (f", {len(log)} steps of {len(losses)}" if len(log) != len(losses) else ""))


_tokenizers = {}


def tokenizer_of(base):
    if base not in _tokenizers:
        _tokenizers[base] = opened_tokenizer(base)
    return _tokenizers[base]


def drawn(world):
    """All options by chance."""
    pick, chance = world.random.choice, world.random.random
    steps, name = world.random.randint(4, 12), pick(list(SCHEDULES))
    options = dict(
        finetuning_type=pick(["lora", "lora", "full", "freeze"]), base=pick(list(BASES)),
        per_device_train_batch_size=world.random.randint(1, 5),
        gradient_accumulation_steps=world.random.randint(1, 4), max_steps=steps,
        lr_scheduler_type=name, warmup_steps=world.random.randint(0, 3),
        max_grad_norm=pick([0.0, 0.1, 1.0]), weight_decay=pick([0.0, 0.05, 0.4]),
        learning_rate=round(10 ** world.random.uniform(-4, -2.5), 6),
        mask_history=chance() < 0.3, cutoff_len=pick([30, 48, 512]))
    options["train_on_prompt"] = chance() < 0.3 and not options["mask_history"]
    if SCHEDULES[name]:
        options["lr_scheduler_kwargs"] = SCHEDULES[name]
    part = chance()
    if part < 0.2:
        options.update(optim="sgd", learning_rate=0.03)
    elif part < 0.35:
        options.update(optim="lion_32bit", adam_beta2=pick([0.999, 0.99]),
                       learning_rate=options["learning_rate"] / 10)
    else:
        options.update(adam_beta1=pick([0.9, 0.8]), adam_beta2=pick([0.999, 0.95]))
    if options["finetuning_type"] == "freeze":
        options["freeze_trainable_layers"] = pick([1, 2, 3, -1])
    if options["finetuning_type"] == "lora":
        options["lora"] = dict(
            r=world.random.randint(1, 9), alpha=pick([1, 4, 7.5, 16]), rs=chance() < 0.3,
            targets=sorted(world.random.sample(ALL, world.random.randint(1, 7))))
        if chance() < 0.3:
            options["loraplus_lr_ratio"] = pick([2.0, 16.0])
    return options


def labels(world, data, records, bases):
    """Every record as `workbench data` shows it."""
    base = bases["llama"]
    encode = lambda text: tokenizer_of(base)(text, add_special_tokens=False).input_ids
    for cutoff in (512, 64, 40, 17):
        for flags in ({}, dict(mask_history=True), dict(train_on_prompt=True)):
            options = dict(USUAL, cutoff_len=cutoff, **flags)
            row = f"labels: {cutoff} tokens" + "".join(f", {flag}" for flag in flags)
            if not world.wants(row):
                continue
            wrong = []
            for number, record in enumerate(records):
                ids, marks = example(record, encode, options)
                words = [f"{key}={str(options[key]).lower()}"
                         for key in ("cutoff_len", "mask_history", "train_on_prompt")]
                try:
                    shown = json.loads(world.run(
                        "data", f"model_name_or_path={base}", f"dataset_dir={data}", "dataset=d",
                        "template=chatml", *words, "--record", number, "--json"))
                    if (shown["ids"], shown["labels"]) != (ids, marks):
                        wrong.append(number)
                except Refused:
                    if any(label != -100 for label in marks):
                        wrong.append(number)
            world.row(row, "WRONG" if wrong else "equal", f"{len(records)} records {wrong or ''}")


def main(world):
    bases = {name: tiny_model(world, name, kind, **changes)
             for name, (kind, changes) in BASES.items()}
    records = conversations(world)
    data = written(world, records)
    for row, changes in RUNS.items():
        run(world, row, data, records, bases, changes)
    for name, more in SCHEDULES.items():
        changes = dict(finetuning_type="freeze", freeze_trainable_layers=1, max_steps=12,
                       lr_scheduler_type=name, warmup_steps=world.random.randint(1, 4),
                       per_device_train_batch_size=2, gradient_accumulation_steps=1)
        run(world, f"schedule {name}", data, records, bases,
            dict(changes, **(dict(lr_scheduler_kwargs=more) if more else {})))
    for number in range(30):
        options = drawn(world)
        run(world, f"drawn {number}: " + " ".join(
            str(value) for value in options.values()), data, records, bases, options)
    labels(world, data, records, bases)


if __name__ == "__main__":
    start(main)
