#!/usr/bin/env python3
"""Full fine-tuning in fp32 with llama.cpp's own example, measured batch by batch.

    llama_finetune.py --program llama-finetune --model F32.gguf --data alpaca.json [--batches 6]

The example trains on running text: each batch is 512 tokens, all of them labelled, none padding.
Prints one JSON object: the seconds and tokens of each batch, the first one's from the start of the
program, and the peak memory. The tuned model is thrown away.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time

CONTEXT = 512
# A batch begins half a context after the one before.
STRIDE = CONTEXT // 2
DONE = re.compile(rb"data=0*(\d+)/0*(\d+)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--batches", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = "\n\n".join(r["instruction"] + "\n" + r["output"]
                           for r in json.loads(options.data.read_text(encoding="utf-8")))
        # More than four characters a token in English: enough text for the batches, and no end
        # of them to wait for, since the program is stopped after the last one asked for.
        file = pathlib.Path(folder, "text.txt")
        file.write_text(text[:STRIDE * 6 * (options.batches + 4)], encoding="utf-8")
        times = [time.perf_counter()]
        program = subprocess.Popen(
            [options.program, "-m", options.model, "--file", str(file), "-c", str(CONTEXT),
             "-b", str(CONTEXT), "-ub", str(CONTEXT), "-t", str(options.threads), "-epochs", "1",
             "-val-split", "0.0", "-fa", "off", "-lr", "1e-5", "-o",
             str(pathlib.Path(folder, "tuned.gguf"))],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": str(options.threads)})
        said, seen = b"", 0
        while len(times) <= options.batches and (some := os.read(program.stderr.fileno(), 1 << 16)):
            said = (said + some)[-4096:]
            counts = [int(done) for done, _ in DONE.findall(said)]
            if counts and counts[-1] > seen:
                seen = counts[-1]
                times.append(time.perf_counter())
        program.kill()
        program.wait()
        if len(times) <= options.batches:
            raise SystemExit("llama-finetune ended early: " + said[-600:].decode(errors="replace"))
    taken = [{"seconds": b - a, "tokens": CONTEXT} for a, b in zip(times, times[1:])]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"taken": taken, "peak_mebibytes": peak}))


if __name__ == "__main__":
    main()
