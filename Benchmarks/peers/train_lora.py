#!/usr/bin/env python3
"""Fine-tunes with PyTorch and PEFT, the loop a user would write instead, and measures it.

    train_lora.py --model DIR --data alpaca.json --dtype bf16 --out result.json

--mode lora: an adapter on every linear layer; qlora: the same over a base in NF4, its scales
quantized too (bitsandbytes); full: all weights.
fp32: all of it. bf16: base weights bf16, adapter fp32 (full: all weights and their AdamW bf16).
amp: the base bf16, what is trained fp32, under autocast to bf16, which is what `bf16: true` means
to the Trainer. Prompts are masked, micro-batches padded to their longest row. Rates count warm
steps only; `real` leaves padding out, `trained` are labelled tokens. `other_cores` is what the rest
of the machine used meanwhile: compare only results where it is alike and small.
"""
import argparse
import contextlib
import json
import os
import pathlib
import random
import resource
import statistics
import time

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TICKS = os.sysconf("SC_CLK_TCK")


def seconds_since_start():
    """Since the process began, interpreter and imports included."""
    began = int(pathlib.Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19]) / TICKS
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began


def other_seconds():
    """CPU seconds used on this machine by everything but this process."""
    fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:8]]
    own = os.times()
    return (sum(fields[:3]) + sum(fields[5:7])) / TICKS - own.user - own.system


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--mode", choices=["lora", "qlora", "full"], default="lora")
    parser.add_argument("--dtype", choices=["fp32", "bf16", "amp"], default="fp32")
    parser.add_argument("--attention", default="sdpa")
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--in-order", action="store_true", help="records as the file has them")
    for name, value in [("batch", 4), ("accumulation", 4), ("steps", 8), ("warmup", 2),
                        ("cutoff", 512), ("rank", 8), ("alpha", 16), ("threads", 2), ("seed", 42)]:
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--rate", type=float, default=1e-4)
    return parser.parse_args()


def encoded(tokenizer, path, cutoff):
    """Alpaca records as (ids, labels): the reply and its end are trained, the prompt is not."""
    rows = []
    for record in json.loads(path.read_text(encoding="utf-8")):
        user = "\n".join(filter(None, [record["instruction"], record.get("input", "")]))
        prompt = tokenizer.apply_chat_template([{"role": "user", "content": user}],
                                               add_generation_prompt=True, tokenize=False)
        asked = tokenizer(prompt, add_special_tokens=False).input_ids
        reply = tokenizer(record["output"] + tokenizer.eos_token + "\n",
                          add_special_tokens=False).input_ids
        rows.append(((asked + reply)[:cutoff], ([-100] * len(asked) + reply)[:cutoff]))
    return rows


def main():
    options = parse()
    import peft
    import torch
    import transformers
    imported = seconds_since_start()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    transformers.logging.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    is_wide = options.dtype == "fp32" or (options.dtype == "amp" and options.mode == "full")
    dtype, more = torch.float32 if is_wide else torch.bfloat16, {}
    if options.mode == "qlora":
        more = {"device_map": {"": "cpu"}, "quantization_config": transformers.BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype)}
    model = transformers.AutoModelForCausalLM.from_pretrained(
        options.model, attn_implementation=options.attention, dtype=dtype, **more)
    model.config.use_cache = False
    if options.checkpointing:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    if options.mode != "full":
        if options.checkpointing:
            model.enable_input_require_grads()
        model = peft.get_peft_model(model, peft.LoraConfig(
            r=options.rank, lora_alpha=options.alpha, lora_dropout=0.0, bias="none",
            task_type="CAUSAL_LM", target_modules=TARGETS))
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    total_steps = options.warmup + options.steps
    optimizer = torch.optim.AdamW(trained, lr=options.rate, weight_decay=0.0)
    schedule = transformers.get_cosine_schedule_with_warmup(optimizer, 0, total_steps)
    rows = encoded(tokenizer, options.data, options.cutoff)
    if not options.in_order:
        random.Random(options.seed).shuffle(rows)
    forward = torch.compile(model, dynamic=True) if options.compile else model

    def context():
        if options.dtype == "amp":
            return torch.autocast("cpu", dtype=torch.bfloat16)
        return contextlib.nullcontext()

    def padded(chosen):
        longest = max(len(ids) for ids, _ in chosen)
        gaps = [longest - len(ids) for ids, _ in chosen]
        pad = tokenizer.pad_token_id
        return (torch.tensor([ids + [pad] * n for (ids, _), n in zip(chosen, gaps)]),
                torch.tensor([[1] * len(ids) + [0] * n for (ids, _), n in zip(chosen, gaps)]),
                torch.tensor([labels + [-100] * n for (_, labels), n in zip(chosen, gaps)]))

    ready, first, place, records, taken = seconds_since_start(), None, 0, [], []
    for step in range(total_steps):
        began, others = time.perf_counter(), other_seconds()
        batches = []
        for _ in range(options.accumulation):
            batches.append(padded([rows[(place + i) % len(rows)] for i in range(options.batch)]))
            place += options.batch
        tokens = torch.tensor(sum(int((labels[:, 1:] != -100).sum()) for *_, labels in batches))
        loss_of_step = 0.0
        for ids, mask, labels in batches:
            with context():
                loss = forward(input_ids=ids, attention_mask=mask, labels=labels,
                               num_items_in_batch=tokens).loss
            loss.backward()
            loss_of_step += loss.item()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        elapsed = time.perf_counter() - began
        first = first or seconds_since_start()
        records.append((elapsed, sum(int(mask.sum()) for _, mask, _ in batches),
                        sum(ids.numel() for ids, *_ in batches), other_seconds() - others))
        taken.append({"seconds": elapsed, "tokens": records[-1][1], "trained_tokens": int(tokens),
                      "loss": loss_of_step})
        print(f"step {step + 1} of {total_steps}: loss {loss_of_step:.4f}, "
              f"{records[-1][1] / elapsed:.1f} tokens/s", flush=True)

    warm = records[options.warmup:]
    seconds = sum(r[0] for r in warm)
    result = {
        **{k: v for k, v in vars(options).items() if k not in ("out", "data", "model")},
        "data": options.data.name, "torch": torch.__version__,
        "transformers": transformers.__version__, "peft": peft.__version__,
        "trained_parameters": sum(p.numel() for p in trained),
        "real_tokens_per_second": round(sum(r[1] for r in warm) / seconds, 2),
        "real_tokens_per_second_median": round(statistics.median(r[1] / r[0] for r in warm), 2),
        "padded_tokens_per_second": round(sum(r[2] for r in warm) / seconds, 2),
        "step_seconds_median": round(statistics.median(r[0] for r in warm), 3),
        "other_cores": round(sum(r[3] for r in warm) / seconds, 3),
        "peak_resident_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "seconds_to_imported": round(imported, 2), "seconds_to_ready": round(ready, 2),
        "seconds_to_first_step_done": round(first, 2),
        "taken": taken,
    }
    text = json.dumps(result, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
