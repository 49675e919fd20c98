"""Faults from outside, on the program as it is shipped: faults.py PROGRAM [--minutes N] [--only PART]

kill    SIGKILL before every call on the run's folder
fail    every such call failed once with each errno, and writes cut short
fsize   a limit for the size of files (ulimit -f), of all sizes
disk    a tmpfs of all sizes, and of few inodes (needs root; else left out, and said)

After each: no signal that was not ours, no hang, an exit code of sysexits.h, a reason where the run did not go on,
no visible half of a checkpoint or result; then the same command ends with the same files as the undisturbed run, and
leaves nothing hidden behind. When the time is short, trials are left out evenly, and the number is told."""
import argparse
import collections
import errno
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import tiny

HERE = os.path.dirname(os.path.abspath(__file__))
CODES = {0, 65, 66, 69, 70, 73, 74, 75, 77, 78}
ERRNOS = ["ENOSPC", "EIO", "EDQUOT", "EROFS", "EMFILE", "EACCES", "ENOMEM", "EINTR"]
# What passes, what names a process, and what went before.
PASSING = {
    "elapsed_time", "remaining_time", "throughput", "tokens_per_second", "memory_bytes", "elapsedSeconds",
    "train_runtime", "train_samples_per_second", "train_steps_per_second", "train_tokens_per_second", "eval_runtime",
    "seconds", "process", "first_step"}


class Bench:
    def __init__(self, program, scratch):
        self.program, self.scratch = program, scratch
        self.folder = f"{scratch}/out/run"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(("LD_", "XDG_"))}
        self.environment.update(HOME=f"{scratch}/home", LC_ALL="C.UTF-8")
        for name in ("home", "out"):
            os.makedirs(f"{scratch}/{name}", exist_ok=True)
        tiny.make_model(f"{scratch}/model")
        tiny.make_data(f"{scratch}/data")
        self.shim = f"{scratch}/shim.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.shim, f"{HERE}/shim.c", "-ldl"], check=True)

    def train(self, kind, steps=3, folder=None, limits=None, **shim):
        """Runs to the end; answers the exit status (negative: a signal, None: it hung) and all that was said."""
        environment = dict(self.environment)
        if shim:
            environment.update(LD_PRELOAD=self.shim, FAULT_UNDER="/out/run", **shim)

        def before():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if limits:
                limits()

        words = [self.program, "train", "--threads", "1", *tiny.plan(kind, self.scratch, folder or self.folder, steps)]
        process = subprocess.Popen(
            words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=before)
        try:
            text = process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None, "it hung"
        return process.returncode, text.decode("utf-8", "replace")

    def clear(self):
        shutil.rmtree(f"{self.scratch}/out", ignore_errors=True)
        os.makedirs(f"{self.scratch}/out")


def files(folder):
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = f"{top}/{name}"
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = file.read()
    return found


def lasting(value):
    if isinstance(value, dict):
        return {key: lasting(item) for key, item in value.items() if key not in PASSING}
    return [lasting(item) for item in value] if isinstance(value, list) else value


def picture(folder):
    """All that must be equal after the same training."""
    found = {}
    for name, data in files(folder).items():
        if os.path.basename(name) in (".lock", "manifest.json", "control.sock"):
            continue
        found[name] = hashlib.sha256(data).hexdigest()
        try:
            if name.endswith(".jsonl"):
                found[name] = [lasting(json.loads(line)) for line in data.splitlines()]
            elif name.endswith(".json") and not name.endswith("adapter_config.json"):
                found[name] = lasting(json.loads(data))
        except ValueError:
            pass
    return found


def without_older(found):
    """A picture with the newest checkpoint only."""
    steps = [int(name.split("/")[0][11:]) for name in found if name.startswith("checkpoint-")]
    newest = f"checkpoint-{max(steps, default=0)}/"
    return {name: value for name, value in found.items() if name.startswith(newest) or "checkpoint-" not in name}


def visible_halves(folder):
    """What looks whole and is not."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    for name in names:
        if not name.startswith("checkpoint-"):
            continue
        found = files(f"{folder}/{name}")
        try:
            listed = json.loads(found.pop("manifest.json"))["files"]
            whole = set(listed) == set(found) and all(
                hashlib.sha256(found[item]).hexdigest() == entry["sha256"] for item, entry in listed.items())
        except (KeyError, ValueError):
            whole = False
        if not whole:
            yield name
    if "adapter_config.json" in names and "adapter_model.safetensors" not in names:
        yield "adapter_config.json"
    if "config.json" in names and "model.safetensors" not in names:
        yield "config.json"


def hidden(folder):
    for top, folders, names in os.walk(folder):
        for name in folders + names:
            if name.endswith(".tmp") or name.startswith(".deleted-"):
                yield os.path.relpath(f"{top}/{name}", folder)


class Campaign:
    """One kind of fault: trials within a time, judged alike, counted."""

    def __init__(self, name, bench, seconds):
        self.name, self.bench, self.seconds = name, bench, seconds
        self.trials = self.left_out = 0
        self.faults, self.codes = [], collections.Counter()

    def within(self, trials):
        """The trials in an order that is spread evenly, as long as there is time."""
        end = time.monotonic() + self.seconds
        spread = sorted(range(len(trials)), key=lambda index: index * 0.6180339887498949 % 1)
        for done, index in enumerate(spread):
            if time.monotonic() > end:
                self.left_out = len(trials) - done
                return
            yield trials[index]

    def judge(self, where, kind, status, text, wanted, is_killed=False, give=None, steps=3):
        bench, found = self.bench, []
        self.trials += 1
        self.codes[status] += 1
        if status is None:
            found.append("it hung")
        elif status < 0 and not (is_killed and status == -9):
            found.append(f"signal {-status}")
        elif status >= 0 and status not in CODES:
            found.append(f"exit code {status}")
        elif status > 0 and not any(word in text for word in ("cannot", "full", "why", "failed")):
            found.append("no reason is told")
        if "overwrite_output_dir" in text.replace("set overwrite_output_dir: true.", "") and status:
            found.append("it advises to delete")
        found += [f"{name} is half there" for name in visible_halves(bench.folder)]
        if not is_killed:
            found += [f"{name} is left" for name in hidden(f"{bench.scratch}/out")]
        if give:
            give()
        again, words = bench.train(kind, steps)
        if again != 0:
            found.append(f"the same command ends with {again}: {words[-300:]}")
        else:
            now = picture(bench.folder)
            if status == 0 and "checkpoint failed" in text:
                # Told, and the run went on: which older checkpoints there are is another matter now.
                now, wanted = without_older(now), without_older(wanted)
            if now != wanted:
                names = sorted(name for name in set(now) | set(wanted) if now.get(name) != wanted.get(name))
                found.append(f"it ends otherwise: {names}")
            found += [f"{name} is left in the end" for name in hidden(f"{bench.scratch}/out")]
        if found:
            self.faults.append(f"{kind}, {where}: {found}")
            print("FAULT", self.faults[-1], flush=True)

    def tell(self):
        print(json.dumps(dict(
            part=self.name, trials=self.trials, left_out=self.left_out, faults=len(self.faults),
            ends={str(key): value for key, value in self.codes.items()})), flush=True)
        return len(self.faults)


def undisturbed(bench, kind, steps=3):
    bench.clear()
    status, text = bench.train(kind, steps)
    if status != 0:
        sys.exit(f"the undisturbed run ends with {status}: {text}")
    return picture(bench.folder)


def calls(bench, kind):
    bench.clear()
    trace = f"{bench.scratch}/trace"
    if os.path.exists(trace):
        os.unlink(trace)
    bench.train(kind, FAULT_TRACE=trace)
    with open(trace) as file:
        return file.read()


def kill(bench, seconds):
    campaign = Campaign("kill", bench, seconds)
    trials, wanted = [], {}
    for kind in tiny.KINDS:
        wanted[kind] = undisturbed(bench, kind)
        trials += [(kind, number) for number in range(1, len(calls(bench, kind)) + 1)]
    for kind, number in campaign.within(trials):
        bench.clear()
        status, text = bench.train(kind, FAULT_AT=str(number), FAULT_DO="kill")
        campaign.judge(f"killed before call {number}", kind, status, text, wanted[kind], is_killed=True)
    return campaign.tell()


def fail(bench, seconds):
    campaign = Campaign("fail", bench, seconds)
    trials, wanted = [], {}
    for kind in tiny.KINDS:
        wanted[kind] = undisturbed(bench, kind)
        for number, letter in enumerate(calls(bench, kind), 1):
            trials += [(kind, number, letter, name) for name in ERRNOS]
            if letter == "w":
                trials.append((kind, number, letter, "short"))
    for kind, number, letter, name in campaign.within(trials):
        bench.clear()
        code = "short" if name == "short" else str(getattr(errno, name))
        status, text = bench.train(kind, FAULT_AT=str(number), FAULT_DO=code)
        campaign.judge(f"call {number} ({letter}) failed with {name}", kind, status, text, wanted[kind])
    return campaign.tell()


def fsize(bench, seconds):
    campaign = Campaign("fsize", bench, seconds)
    wanted = undisturbed(bench, "adapter")
    for size in campaign.within(list(range(0, 2_000, 100)) + list(range(2_048, 24_000, 512))):
        bench.clear()
        status, text = bench.train(
            "adapter", limits=lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
        campaign.judge(f"files of at most {size} bytes", "adapter", status, text, wanted)
    return campaign.tell()


def disk(bench, seconds):
    if os.geteuid() != 0:
        print("disk: left out, mounting a tmpfs needs root")
        return 0
    campaign = Campaign("disk", bench, seconds)
    wanted = undisturbed(bench, "adapter")
    used = sum(len(data) // 4096 + 1 for data in files(bench.folder).values()) * 4
    place = f"{bench.scratch}/out"
    trials = [f"size={size}k" for size in range(4, used + 60, 4)]
    trials += [f"size=64m,nr_inodes={count}" for count in range(2, 60)]
    for options in campaign.within(trials):
        bench.clear()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True)
        try:
            status, text = bench.train("adapter")

            def give():
                subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=4000", place], check=True)

            campaign.judge(f"tmpfs, {options}", "adapter", status, text, wanted, give=give)
        finally:
            subprocess.run(["umount", "-l", place], check=True)
    return campaign.tell()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program")
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--only", choices=["kill", "fail", "fsize", "disk"])
    chosen = options.parse_args()
    parts = {"kill": (kill, 0.3), "fail": (fail, 0.5), "fsize": (fsize, 0.08), "disk": (disk, 0.12)}
    if chosen.only:
        parts = {chosen.only: (parts[chosen.only][0], 1.0)}
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        bench = Bench(os.path.abspath(chosen.program), scratch)
        faults = sum(part(bench, chosen.minutes * 60 * share) for part, share in parts.values())
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
