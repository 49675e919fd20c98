#!/usr/bin/env python3
"""Opens what Workbench exported with the programs it was exported for, and prints their answers.

    check_exports.py PATH... [--base DIR] --prompt TEXT [--prompt TEXT] [--tokens 40] [--raw]

PATH is a Hugging Face folder (transformers), a PEFT adapter folder (PEFT over --base), or a GGUF
file (llama.cpp). Prompts are user turns in the model's own chat template, with --raw plain text.
Prints one JSON list, greedy tokens by prompt, to set beside the answers of
`workbench chat --greedy --json`. `leads` are the distances of each chosen logit to the second: two
right programs may part where one is below some 1e-3 (fp32), or 0.5 (quantized activations).
A tensor that is missing, or that nobody asked for, makes the exit status 1.
"""
import argparse
import json
import os
import pathlib
import sys


def rendered(template, prompt, bos, eos):
    """The conversation by the template of the file, in the environment transformers gives it."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message):
        raise ValueError(message)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                                extensions=["jinja2.ext.loopcontrols"])
    environment.globals["raise_exception"] = refuse
    return environment.from_string(template).render(
        messages=[{"role": "user", "content": prompt}], add_generation_prompt=True,
        bos_token=bos, eos_token=eos)


def summary(path, program, answers, missing=(), unexpected=()):
    return {"path": str(path), "program": program, "missing": sorted(missing),
            "unexpected": sorted(unexpected), "answers": answers}


def torch_answers(model, tokenizer, options):
    """Greedy decoding through the cache, independent of the model's generation settings."""
    import torch
    ends = model.generation_config.eos_token_id
    ends = set(ends if isinstance(ends, list) else [ends]) | {tokenizer.eos_token_id}
    answers = []
    for prompt in options.prompt:
        if options.raw:
            asked = tokenizer(prompt).input_ids
        else:
            text = tokenizer.apply_chat_template([{"role": "user", "content": prompt}],
                                                 add_generation_prompt=True, tokenize=False)
            asked = tokenizer(text, add_special_tokens=False).input_ids
        ids, leads, cache, piece = [], [], None, asked
        with torch.no_grad():
            while len(ids) < options.tokens and not (ids and ids[-1] in ends):
                out = model(input_ids=torch.tensor([piece]), past_key_values=cache, use_cache=True)
                cache, best = out.past_key_values, out.logits[0, -1].float().topk(2)
                piece = [int(best.indices[0])]
                ids += piece
                leads.append(float(best.values[0] - best.values[1]))
        answers.append(answer(prompt, asked, ids, leads, ends,
                              lambda x: tokenizer.decode(x, clean_up_tokenization_spaces=False)))
    return answers


def answer(prompt, asked, ids, leads, ends, decode):
    ended = bool(ids) and ids[-1] in ends
    return {"prompt": prompt, "prompt_ids": asked, "ids": ids,
            "text": decode(ids[:-1] if ended else ids), "ended": ended,
            "leads": [round(x, 4) for x in leads]}


def folder(path, options, adapter=None):
    import torch
    import transformers
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(options.threads)
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[options.dtype]
    model, info = transformers.AutoModelForCausalLM.from_pretrained(
        path, dtype=dtype, attn_implementation="eager", output_loading_info=True)
    program, missing, unexpected = f"transformers {transformers.__version__}", *(
        list(info[k]) for k in ("missing_keys", "unexpected_keys"))
    named = path
    if adapter:
        import peft
        from safetensors import safe_open
        model = peft.PeftModel.from_pretrained(model, adapter)
        with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
            stored = set(file.keys())
        wanted = set(peft.get_peft_model_state_dict(model))
        missing, unexpected = missing + list(wanted - stored), unexpected + list(stored - wanted)
        program += f", peft {peft.__version__}"
        named = adapter if (adapter / "tokenizer_config.json").exists() else path
    tokenizer = transformers.AutoTokenizer.from_pretrained(named)
    return summary(adapter or path, program, torch_answers(model.eval(), tokenizer, options),
                   missing, unexpected)


def gguf(path, options):
    import numpy as np
    peers = pathlib.Path(os.environ.get("WORKBENCH_PEERS",
                                        pathlib.Path.home() / ".cache" / "workbench-peers"))
    os.environ.setdefault("LLAMA_CPP_LIB_PATH", str(peers / "llama.cpp" / "bin"))
    import llama_cpp
    model = llama_cpp.Llama(str(path), n_ctx=2048, n_batch=512, n_threads=options.threads,
                            n_threads_batch=options.threads, logits_all=False, verbose=False)

    def text_of(ids):
        return model.detokenize(ids, special=True).decode("utf-8", "replace")

    # A model may have ends of its own beside eos, such as the end of a turn.
    vocabulary = llama_cpp.llama_model_get_vocab(model.model)
    answers = []
    for prompt in options.prompt:
        if options.raw:
            asked = model.tokenize(prompt.encode(), special=True)
        else:
            text = rendered(model.metadata["tokenizer.chat_template"], prompt,
                            text_of([model.token_bos()]), text_of([model.token_eos()]))
            asked = model.tokenize(text.encode(), add_bos=False, special=True)
        model.reset()
        model.eval(asked)
        ids, leads, ended = [], [], False
        while len(ids) < options.tokens and not ended:
            logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits(model.ctx),
                                           (model.n_vocab(),))
            second, best = np.argpartition(logits, -2)[-2:]
            leads.append(float(logits[best] - logits[second]))
            ids.append(int(best))
            ended = llama_cpp.llama_vocab_is_eog(vocabulary, int(best))
            if not ended:
                model.eval([int(best)])
        answers.append(answer(prompt, asked, ids, leads, {ids[-1]} if ended else set(), text_of))
    return summary(path, f"llama-cpp-python {llama_cpp.__version__}", answers)


def check(path, options):
    if path.is_file():
        return gguf(path, options)
    if (path / "adapter_config.json").exists():
        if not options.base:
            sys.exit(f"{path} is an adapter: --base names the folder it belongs to")
        return folder(options.base, options, adapter=path)
    return folder(path, options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    parser.add_argument("--base", type=pathlib.Path)
    parser.add_argument("--prompt", action="append", required=True)
    parser.add_argument("--tokens", type=int, default=40)
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--dtype", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    found = [check(path, options) for path in options.paths]
    print(json.dumps(found, ensure_ascii=False, indent=1))
    sys.exit(any(f["missing"] or f["unexpected"] for f in found))


if __name__ == "__main__":
    main()
