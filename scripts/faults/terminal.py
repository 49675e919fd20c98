"""Hostile text on a terminal, on the program as it is shipped: terminal.py PROGRAM [--strings N] [--seed N] [--only PART]

Names of files, models, runs and data sets, keys and values of settings, records, templates, tokens, answers, logs and arguments
hold sequences that steer terminals. Commands and the interface run in a pseudo terminal, and each byte that they send is judged:
nothing but their own sequences, text, line feeds and tabs may come. Counted are the strings whose number came out."""
import argparse
import collections
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
import tty

import hostile
import tiny


class Room:
    """A folder with a model, and pseudo terminals for commands."""

    def __init__(self, program, scratch, seed):
        self.program, self.scratch = program, scratch
        self.strings, self.judge = hostile.Strings(seed), hostile.Judge()
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(("LD_", "XDG_", "LC_", "LANG"))}
        self.environment.update(
            HOME=f"{scratch}/home", XDG_DATA_HOME=f"{scratch}/xdg", LC_ALL="C.UTF-8", TERM="xterm-256color")
        os.makedirs(f"{scratch}/home")
        os.makedirs(f"{scratch}/xdg/workbench/runs")
        tiny.make_model(f"{scratch}/model")
        tiny.make_data(f"{scratch}/data")
        self.commands = 0
        self.codes = collections.Counter()

    def plan(self, **more):
        words = dict(word.split("=", 1) for word in tiny.plan("adapter", self.scratch, f"{self.scratch}/out", 2))
        words.update(more)
        return [f"{key}={value}" for key, value in words.items() if value is not None]

    def run(self, where, words, own=(hostile.PROGRESS,), keys=(), size=None, seconds=60, typed=b"", calm=0.1):
        """Runs to the end, with keys pressed whenever it is calm; judges all that came. Answers it."""
        master, slave = pty.openpty()
        tty.setraw(slave)
        rows, columns = size or (50, 200)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        process = os.fork()
        if process == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            if not size:
                reader, writer = os.pipe()
                os.write(writer, typed)
                os.close(writer)
                os.dup2(reader, 0)
            else:
                os.dup2(slave, 0)
            os.dup2(slave, 1)
            os.dup2(slave, 2)
            os.closerange(3, 100)
            os.chdir(self.scratch)
            os.execve(self.program, [self.program, *words], self.environment)
        os.close(slave)
        pieces, keys, end = [], list(keys), time.monotonic() + seconds
        while time.monotonic() < end:
            if not select.select([master], [], [], calm if keys else 1)[0]:
                if keys:
                    os.write(master, keys.pop(0))
                continue
            try:
                piece = os.read(master, 1 << 16)
            except OSError:
                break
            if not piece:
                break
            pieces.append(piece)
        else:
            os.kill(process, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        os.close(master)
        self.commands += 1
        self.codes[status] += 1
        data = b"".join(pieces)
        if status < 0:
            print(f"FAULT {where}: signal {-status}, last {data[-300:]!r}", flush=True)
            self.judge.leaks.append((where, status))
        own = [*own, hostile.STYLE, hostile.CURSES] if size else own
        self.judge.take(data, where, own, size)
        return data


def write(path, value, **options):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(value if isinstance(value, str) else json.dumps(value, **options))


def records(room, wanted):
    """Questions and answers, as the model sees them: thousands in a record."""
    strings, each = room.strings, 4_000
    for first in range(0, wanted, each * 20):
        write(f"{room.scratch}/data/hostile.jsonl", "".join(
            json.dumps({"instruction": "\n".join(strings.texts(each // 2)), "input": "", "output": " ".join(strings.texts(each // 2))},
                       ensure_ascii=index % 2 == 0).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n"
            for index in range(20)))
        write(f"{room.scratch}/data/dataset_info.json", {"hostile": {"file_name": "hostile.jsonl"}})
        for index in range(min(20, (wanted - first + each - 1) // each)):
            words = ["--json"] if index % 10 == 9 else []
            room.run("record", ["data", *words, "--record", str(index), *room.plan(dataset="hostile")])


def settings(room, wanted):
    """Keys that are none, and values that are none: a line of complaint each."""
    strings, each = room.strings, 4_000
    for _ in range(0, wanted, each):
        plan = dict(word.split("=", 1) for word in room.plan())
        plan.update({strings.text(): 1 for _ in range(each - 10)})
        plan.update(finetuning_type=strings.text(), template=strings.text(), optim=strings.text(), lr_scheduler_type=strings.text())
        write(f"{room.scratch}/plan.json", plan)
        room.run("settings", ["train", f"{room.scratch}/plan.json"])
        write(f"{room.scratch}/plan.yaml", "a: [" + strings.text() + "\n")
        room.run("settings, no YAML", ["train", f"{room.scratch}/plan.yaml"])


def models(room, wanted):
    """Folders of models with hostile names and configurations, well and broken."""
    strings, each = room.strings, 300
    plain = json.load(open(f"{room.scratch}/model/config.json"))
    for turn in range(0, wanted, 2 * each):
        place = f"{room.scratch}/models-{turn}"
        for index in range(each):
            folder = f"{place}/{strings.name()}"
            try:
                os.makedirs(folder.encode() if index % 7 else folder.encode() + strings.random.choice(hostile.BROKEN).replace(b"/", b"|"))
            except OSError:
                continue
            broken = dict(plain, **{strings.random.choice(["model_type", "hidden_act", "rope_scaling", "vocab_size", "x"]): strings.text()})
            if os.path.isdir(folder):
                write(f"{folder}/config.json", broken)
                for name in ("tokenizer.json", "model.safetensors"):
                    os.symlink(f"{room.scratch}/model/{name}", f"{folder}/{name}")
        room.run("models", ["models", place])
        room.run("models, JSON", ["models", "--json", place])
    for index in range(max(1, wanted // 2_000)):
        # Keys and tokens that nobody reads are told by name.
        folder = f"{room.scratch}/strange"
        write(f"{folder}/config.json", dict(plain, **{strings.text(): index for _ in range(500)}))
        write(f"{folder}/generation_config.json", {strings.text(): index for _ in range(500)})
        for name in ("tokenizer.json", "model.safetensors", "tokenizer_config.json"):
            if not os.path.exists(f"{folder}/{name}"):
                os.symlink(f"{room.scratch}/model/{name}", f"{folder}/{name}")
        room.run("notes", ["chat", "--model", folder, "--prompt", strings.text(), "--max-new-tokens", "20"])
        said = json.dumps(strings.text())
        write(f"{folder}/tokenizer_config.json", {"chat_template": "{# <|im_start|> #}{{ raise_exception(" + said + ") }}"})
        room.run("template", ["data", "--record", "0", *room.plan(dataset="hostile", model_name_or_path=folder, template=None)])
        os.unlink(f"{folder}/tokenizer_config.json")


def answers(room, wanted):
    """Answers and tokens of a model whose tokens are hostile."""
    strings = room.strings
    folder = f"{room.scratch}/talker"
    tiny.make_model(folder)
    config = json.load(open(f"{folder}/config.json"))
    config["max_position_embeddings"] = 40_000
    write(f"{folder}/config.json", config)
    vocabulary = json.load(open(f"{folder}/tokenizer.json"))
    done = 0
    while done < wanted:
        names = strings.texts(5, 60)
        # The random model has rows for 264 tokens: bytes, three marks, and these.
        vocabulary["added_tokens"] = vocabulary["added_tokens"][:3] + [
            dict(vocabulary["added_tokens"][0], id=259 + index, content=text, special=False) for index, text in enumerate(names)]
        write(f"{folder}/tokenizer.json", vocabulary)
        sampling = ["--temperature", "4", "--top-k", "0", "--top-p", "1", "--seed", str(done)]
        for words in ([], ["--json"]):
            room.run("answer", ["chat", *words, "--model", folder, "--template", "chatml", "--system", strings.name(),
                                "--prompt", strings.name(), "--max-new-tokens", "1500", *sampling])
        typed = "".join(strings.random.choice(names) for _ in range(3_000)).replace("\n", " ").encode()[:60_000].decode("utf-8", "ignore").encode()
        before = room.judge.strings
        data = room.run("tokens", ["tokenize", "--json", "--model", folder], typed=typed)
        # The same few texts again and again: each token that was printed is a string of its own.
        count = len(hostile.NUMBER.findall(data))
        room.judge.strings = before + count
        done += count
        if not count:
            sys.exit(f"no token came out: {data[-500:]!r}")


def runs(room, wanted):
    """Folders of runs whose files are a stranger's."""
    strings, each = room.strings, 500
    place = f"{room.scratch}/xdg/workbench/runs"
    for _ in range(0, wanted, each * 5):
        for index in range(each):
            folder = f"{place}/{strings.name()}"
            try:
                write(f"{folder}/workbench_run.json", dict(
                    state=strings.random.choice(["failed", "done", "stopped", strings.text()]), name=strings.text(), model=strings.text(),
                    method=strings.text(), fault=strings.text(), error=strings.text(), note=strings.text(), tags=strings.texts(2)))
                write(f"{folder}/notes.json", dict(note=strings.text(), tags=strings.texts(2)))
                write(f"{folder}/trainer_log.jsonl", "".join(
                    json.dumps(dict(current_steps=step, total_steps=9, loss=1 / step, event=strings.text())) + "\n" for step in range(1, 9)))
            except OSError:
                continue
            if index % 25 == 0:
                room.run("run", ["runs", "show", folder])
                room.run("run, control", ["runs", "control", folder, strings.text().replace("\0", "")])
                room.run("curve", ["plot", "--once", folder], own=[hostile.STYLE])
                room.run("curve, JSON", ["plot", "--once", "--json", folder])
        room.run("runs", ["runs"])
        room.run("runs, JSON", ["runs", "--json"])


def arguments(room, wanted):
    """Words of the command line, also such as are no UTF-8."""
    strings, each = room.strings, 40
    commands = ["", "train", "chat", "data", "export", "evaluate", "models", "runs", "plot", "tokenize", "score", "logits", "attach", "paths", "man"]
    for index in range(0, wanted, each):
        words = [strings.bytes().replace(b"\0", b"") for _ in range(each)]
        command = commands[index // each % len(commands)]
        first = [b"--" + words[0], b"-" + words[0], words[0], b"dataset=" + words[0]][index // each // len(commands) % 4]
        room.run(f"arguments of {command}", [*([command] if command else []), first, b" ".join(words[1:]), *words[1:4]])


def data(room, wanted):
    """Data sets with hostile names, columns and faults."""
    strings, each = room.strings, 100
    for turn in range(0, wanted, each):
        names = strings.texts(each, 80)
        write(f"{room.scratch}/data/columns.json", [
            {"instruction": "a", "output": "b", names[index]: names[index]} for index in range(0, 60)] + [names[61], {names[62]: 1}, 5])
        os.makedirs(f"{room.scratch}/data", exist_ok=True)
        file = strings.name(40) + ".json"
        with open(f"{room.scratch}/data/{file}", "wb") as output:
            output.write(b'[{"instruction": "' + strings.bytes() + b'"}, {"' + strings.bytes() + b'": 1,]')
        write(f"{room.scratch}/data/dataset_info.json", {
            "hostile": {"file_name": "hostile.jsonl"}, "columns": {"file_name": "columns.json"}, names[63]: {"file_name": file},
            names[64]: {"hf_hub_url": names[65]}, names[66]: {"file_name": names[67]}, "odd": {"file_name": "columns.json", names[68]: names[69]},
            "mapped": {"file_name": "columns.json", "columns": {"prompt": names[70], "response": names[71]}}})
        for name in ["columns", names[63], names[64], names[66], "odd", "mapped", names[72]]:
            # An argument ends at a NUL.
            room.run("data set", ["data", *room.plan(dataset=name.split("\0")[0].replace(",", ""), eval_strategy=None, val_size=None)])
        plain = room.plan(dataset="columns", val_size=None, eval_strategy=None, eval_steps=None)
        room.run("training", ["train", *plain, "overwrite_output_dir=true", "sample_prompts=" + json.dumps([names[73]]).replace("\\u0000", "")])
        name = names[74].replace("\0", "").replace("\n", " ")
        room.run("training, JSON", ["train", "--json", *plain, "overwrite_output_dir=true", f"run_name={name}"])


def screens(room, wanted):
    """The interface with all this in it: every tab, and long records paged through."""
    strings = room.strings
    pages = max(100, min(1_000, wanted // 60))
    lines = strings.texts(40 * pages, 120)
    write(f"{room.scratch}/data/hostile.jsonl", "".join(
        json.dumps({"instruction": "\n".join(lines[index:index + 40]), "input": "", "output": "x"}) + "\n" for index in range(0, len(lines), 40)))
    write(f"{room.scratch}/data/dataset_info.json", {"hostile": {"file_name": "hostile.jsonl"}, strings.text(60): {"file_name": "columns.json"}})
    plan = dict(word.split("=", 1) for word in room.plan(dataset="hostile"))
    write(f"{room.scratch}/plan.json", dict(plan, run_name=strings.text(60)))
    write(f"{room.scratch}/xdg/workbench/chats/{strings.name(40)}.json", {
        "version": 1, "name": strings.text(60), "system": strings.text(),
        "messages": [{"role": role, "content": "\n".join(strings.texts(100, 80))} for role in ["user", "assistant"] * 10]})
    tab, back, down, up, right = lambda number: b"\x1b%d" % number, b"\x1b", b"\x1b[6~", b"\x1b[5~", b"\x1b[C"
    wheel = b"\x1b[<65;30;20M"
    for size in ((40, 140), (24, 80), (60, 220)):
        keys = [tab(2)] + [right, right, wheel] * (pages // 3)
        keys += [tab(1)] + [down] * 12 + [b"j"] * 3 + [tab(7)] + [down] * 30 + [b"j", b" ", b"j", b" "]
        keys += [tab(3)] + [down] * 4 + [b"v", back, b"/", back, tab(4), b"L", back, b"v", b"x", tab(6), b"j", b"j", back, tab(8), b"j", back]
        # A stranger's conversation; then the Logs tab, where letters are keys again.
        keys += [tab(5), b"\x1bo", b"\r"] + [up] * 20 + [back, tab(9)] + [b"k"] * 5 + [b"?", down, back, b"q", b"y", b"q", b"y"]
        room.run("interface", ["ui", "--new", "--plan", f"{room.scratch}/plan.json", "--models", f"{room.scratch}/models-0"],
                 keys=keys, size=size, seconds=200, calm=0.12)


PARTS = {"records": (records, 0.7), "settings": (settings, 0.15), "answers": (answers, 0.1), "models": (models, 0.005), "runs": (runs, 0.02),
         "arguments": (arguments, 0.01), "data": (data, 0.001), "screens": (screens, 0.02)}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program")
    options.add_argument("--strings", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", choices=list(PARTS))
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="terminal-") as scratch:
        room = Room(os.path.abspath(chosen.program), scratch, chosen.seed)
        for name, (part, share) in PARTS.items():
            if chosen.only not in (None, name):
                continue
            judge, start = room.judge, time.monotonic()
            before = judge.strings, judge.bytes, len(judge.leaks), room.commands
            part(room, int(chosen.strings * share))
            print(json.dumps(dict(
                part=name, strings=judge.strings - before[0], bytes=judge.bytes - before[1], leaks=len(judge.leaks) - before[2],
                commands=room.commands - before[3], seconds=round(time.monotonic() - start))), flush=True)
        print(json.dumps(dict(
            strings=room.judge.strings, bytes=room.judge.bytes, leaks=len(room.judge.leaks), own_sequences=room.judge.escapes,
            ends={str(key): value for key, value in room.codes.items()})))
    sys.exit(1 if room.judge.leaks or (chosen.only is None and room.judge.strings < chosen.strings) else 0)


if __name__ == "__main__":
    main()
