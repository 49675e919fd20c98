"""What the checks of this folder share: the program as a process, tiny models with a tokenizer, a table.

A check is a file check_NAME.py with a main(world) that adds rows to world.table; run.sh starts each with
--program, --out and --seed. Rows are equal, refused (where a refusal is right), left out (what they need is
not there) or WRONG; one WRONG row makes the exit code 1.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
import torch
import transformers

transformers.logging.disable_progress_bar()
transformers.logging.set_verbosity_error()
torch.set_num_threads(1)

VOCABULARY = 320
WORDS = ("a small program learns to answer questions about rivers, lamps and bread; "
         "two pages of numbers 17 42 305 wait beside the door 小程序 学习 回答").split()


class Refused(Exception):
    """The program said no."""


class World:
    """The program under test, a folder for files, and the rows so far."""

    def __init__(self, options):
        self.program, self.out, self.seed = options.program, pathlib.Path(options.out), options.seed
        self.only, self.rows = options.only, []
        self.out.mkdir(parents=True, exist_ok=True)
        self.random = random.Random(self.seed)
        torch.manual_seed(self.seed)
        (self.out / "home").mkdir(exist_ok=True)

    def run(self, *words, text=""):
        """Standard output of a command; Refused with its error otherwise."""
        done = subprocess.run([self.program, *map(str, words)], input=text, capture_output=True,
                              text=True, timeout=300,
                              env=dict(os.environ, HOME=str(self.out / "home"), LC_ALL="C.UTF-8"))
        if done.returncode:
            raise Refused(f"exit {done.returncode}: {' '.join((done.stderr or done.stdout).split())}")
        return done.stdout

    def logits(self, model, ids, *adapters):
        """The first sixteen logits and logsumexp at every position."""
        words = [word for adapter in adapters for word in ("--adapter", adapter)]
        answer = json.loads(self.run("logits", "--model", model, *words, "--json",
                                     text=" ".join(map(str, ids))))
        return (torch.tensor(answer["first16"], dtype=torch.float64),
                torch.tensor(answer["logsumexp"], dtype=torch.float64))

    def row(self, name, result, note=""):
        self.rows.append((name, result))
        print(f"{name:60} {result:8} {note}"[:600 if result == "WRONG" else 240], flush=True)

    def compare(self, name, mine, theirs, effect=None, bound=5e-4):
        """Logits of the program beside those of a model of torch."""
        first, sums = mine
        gap = max(float((first - theirs[:, :16]).abs().max()),
                  float((sums - theirs.logsumexp(-1)).abs().max()))
        strength = "" if effect is None else f", effect {effect:.2g}"
        self.row(name, "equal" if gap < bound else "WRONG", f"{gap:.1e}{strength}")

    def wants(self, name):
        return self.only in name

    def refuses(self, name, *words, run=None):
        """A row for something that must be refused, with all these words in the error."""
        try:
            run()
            self.row(name, "WRONG", "accepted")
        except Refused as refusal:
            lacking = [word for word in words if word not in str(refusal)]
            self.row(name, "WRONG" if lacking else "refused",
                     f"without {lacking}: {refusal}" if lacking else str(refusal))

    def left_out(self, name, why):
        """What could not be compared here, told by name."""
        self.row(name, "left out", why)


def logits(model, ids):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0].double()


def load(folder, **changes):
    """The model of a folder in float32, with keys of its configuration changed."""
    return transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", **changes).eval()


def greedy(model, ids, count):
    """The likeliest tokens after ids, one by one with a cache."""
    cache, piece, answer = None, list(ids), []
    with torch.no_grad():
        for _ in range(count):
            step = model(input_ids=torch.tensor([piece]), past_key_values=cache, use_cache=True)
            cache, piece = step.past_key_values, [int(step.logits[0, -1].argmax())]
            answer += piece
    return answer


def rope(kind, theta=10000.0, **values):
    """A rotary setting in the spelling of transformers 5."""
    return {"rope_parameters": dict(rope_type=kind, rope_theta=theta, **values)}


def edit(path, change):
    """Changes a JSON file."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content, indent=1))


def edit_tensors(folder, change):
    """Changes the tensors of a model or an adapter in one file."""
    from safetensors.torch import load_file, save_file
    path = next(folder.glob("*.safetensors"))
    tensors = load_file(path)
    change(tensors)
    save_file({name: value.contiguous() for name, value in tensors.items()}, path,
              metadata={"format": "pt"})


def fresh(folder):
    """The folder's path, with nothing there."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def tokenizer():
    """A byte-level BPE with chatml's tokens, trained on a few words."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    raw.train_from_iterator([" ".join(WORDS)] * 20, trainers.BpeTrainer(
        vocab_size=VOCABULARY, show_progress=False,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<|im_start|>", eos_token="<|im_end|>",
        pad_token="<|endoftext|>")


def opened_tokenizer(folder):
    """What tokenizer.json says. AutoTokenizer of transformers 5 puts another word pattern in its place where the
    model is a qwen2."""
    return transformers.PreTrainedTokenizerFast.from_pretrained(folder)


def tiny_model(world, name, kind, **changes):
    """A folder with a seeded model whose logits spread over some units, and its tokenizer."""
    folder = fresh(world.out / "bases" / name)
    settings = dict(vocab_size=VOCABULARY, hidden_size=48, intermediate_size=96, num_hidden_layers=3,
                    num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256,
                    bos_token_id=1, eos_token_id=2, pad_token_id=0, tie_word_embeddings=False)
    model = transformers.AutoModelForCausalLM.from_config(kind(**dict(settings, **changes))).float()
    with torch.no_grad():
        for key, value in model.named_parameters():
            if value.dim() == 1:
                value.add_(0.1 * torch.randn_like(value))
            elif "embed_tokens" not in key:
                value.mul_(4)
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def data_set(world, records=12):
    """A folder with one set of single questions and answers, named d."""
    folder = world.out / "data"
    folder.mkdir(exist_ok=True)
    words = lambda least, most: " ".join(world.random.choices(WORDS, k=world.random.randint(least, most)))
    rows = [{"instruction": words(2, 7), "output": words(2, 9)} for _ in range(records)]
    (folder / "d.json").write_text(json.dumps(rows, ensure_ascii=False))
    (folder / "dataset_info.json").write_text(json.dumps(
        {"d": {"file_name": "d.json", "columns": {"prompt": "instruction", "response": "output"}}}))
    return folder


def start(check):
    """Runs a check by its command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "little"))
    parser.add_argument("--only", default="", help="rows whose name holds this")
    world = World(parser.parse_args())
    began = time.monotonic()
    print(f"seed {world.seed}")
    check(world)
    wrong = [name for name, result in world.rows if result == "WRONG"]
    absent = [name for name, result in world.rows if result == "left out"]
    print(f"{len(world.rows)} rows in {time.monotonic() - began:.0f} s, {len(wrong)} wrong, "
          f"{len(absent)} left out" + "".join(f"\n  {name}" for name in wrong))
    sys.exit(1 if wrong or not world.rows else 0)
