"""Exports opened by the programs they are for: merged folders in transformers, adapters in PEFT, GGUF files in gguf's
reader and in llama.cpp, their metadata beside llama.cpp's converter; quantized files as bases.

    python check_exports.py --program .build/release/workbench --out DIR [--seed N] [--only WORD]
"""
import itertools
import json
import warnings

import gguf
import numpy
import peft
import torch
import transformers

import llama
from common import (
    Refused, VOCABULARY, data_set, edit_tensors, fresh, greedy, load, logits, opened_tokenizer,
    rope, start, tiny_model)

warnings.filterwarnings("ignore")
Llama, Mistral = transformers.LlamaConfig, transformers.MistralConfig
Qwen2, Qwen3 = transformers.Qwen2Config, transformers.Qwen3Config
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
SHORT = dict(original_max_position_embeddings=64)
SIZES = dict(hidden_size=64, intermediate_size=96)
NOT_IN_LLAMA = "llama.cpp does not apply it to this family, which the export notes"
# Name: kind, settings, and of its GGUF files nothing, why llama.cpp answers otherwise, or the words of a refusal.
MODELS = {
    "llama": (Llama, {}, None),
    "llama, tied": (Llama, dict(tie_word_embeddings=True), None),
    "llama, biases": (Llama, dict(attention_bias=True, mlp_bias=True), None),
    "llama, odd sizes": (Llama, dict(hidden_size=60, intermediate_size=97, num_attention_heads=3,
                                     num_key_value_heads=1, head_dim=22), None),
    "llama, large epsilon": (Llama, dict(rms_norm_eps=1e-2), None),
    "llama, more rows": (Llama, dict(vocab_size=VOCABULARY + 32), None),
    "llama, llama3": (Llama, rope("llama3", 5e5, factor=8.0, low_freq_factor=1.0,
                                  high_freq_factor=4.0, **SHORT), None),
    "llama, linear": (Llama, rope("linear", factor=2.5), None),
    "llama, yarn": (Llama, rope("yarn", 2e4, factor=4.0, **SHORT), None),
    "llama, yarn, attention": (Llama, rope("yarn", factor=4.0, attention_factor=1.37, **SHORT), None),
    "llama, yarn, betas": (Llama, rope("yarn", factor=8.0, beta_fast=24.0, beta_slow=2.0, **SHORT),
                           ["beta"]),
    "mistral": (Mistral, dict(sliding_window=None), None),
    "mistral, window": (Mistral, dict(sliding_window=8), NOT_IN_LLAMA),
    "qwen2": (Qwen2, {}, None),
    "qwen2, tied": (Qwen2, dict(tie_word_embeddings=True), None),
    "qwen2, window": (Qwen2, dict(use_sliding_window=True, sliding_window=8, max_window_layers=1),
                      ["window"]),
    "qwen2, yarn": (Qwen2, rope("yarn", 1e6, factor=4.0, **SHORT), None),
    "qwen3": (Qwen3, dict(head_dim=16), None),
    "qwen3, tied": (Qwen3, dict(head_dim=32, tie_word_embeddings=True), None),
}
FLOATS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
KINDS = {"fp32": "F32", "fp16": "F16", "bf16": "BF16", "q8_0": "Q8_0", "q4_0": "Q4_0"}
SAMPLING = dict(temperature=0.6, top_p=0.9, top_k=33, repetition_penalty=1.05, do_sample=True)


def gap(one, other):
    return float((one - other).abs().max())


def export(world, name, model, *words, adapter=None):
    folder = fresh(world.out / "exports" / name.replace(", ", "_").replace(" ", "_"))
    more = [f"adapter_name_or_path={adapter}"] if adapter else []
    world.run("export", f"model_name_or_path={model}", f"export_dir={folder}", "template=chatml",
              *more, *words)
    return folder


def made_adapter(world, base, **options):
    """An adapter of PEFT with values in both matrices."""
    folder = fresh(world.out / "adapter")
    model = peft.get_peft_model(load(base), peft.LoraConfig(**dict(
        dict(r=6, lora_alpha=9, target_modules=ALL, task_type="CAUSAL_LM"), **options)))
    with torch.no_grad():
        for value in model.parameters():
            if value.requires_grad:
                value.add_(0.05 * torch.randn_like(value))
    model.save_pretrained(folder)
    return folder


# ---- GGUF by gguf's reader

PARTS = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
WHOLE = {
    "token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}


def folder_name(name):
    """A tensor's name in folders; None for what folders do not have."""
    if name in WHOLE:
        return WHOLE[name]
    block, layer, *rest = name.split(".")
    return f"model.layers.{layer}.{PARTS[rest[0]]}.{rest[1]}" if block == "blk" else None


def heads_of(name, config):
    """How many heads' rows a tensor has that llama.cpp keeps in pairs; None for others."""
    if config.model_type not in ("llama", "mistral"):
        return None
    part = name.split(".")[2:3]
    return {"attn_q": config.num_attention_heads,
            "attn_k": config.num_key_value_heads}.get(part[0] if part else "")


def in_pairs(values, heads):
    """Rows of half and half as rows of pairs, head by head."""
    rows = values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:])
    return rows.swapaxes(1, 2).reshape(values.shape)


def in_halves(values, heads):
    rows = values.reshape(heads, values.shape[0] // heads // 2, 2, *values.shape[1:])
    return rows.swapaxes(1, 2).reshape(values.shape)


def numbers_of(path, base):
    """The model of torch with the numbers of a GGUF file."""
    model = load(base)
    values = model.state_dict()
    for tensor in gguf.GGUFReader(path).tensors:
        if not (name := folder_name(tensor.name)):
            continue
        numbers = torch.tensor(gguf.quants.dequantize(tensor.data, tensor.tensor_type)
                               .astype(numpy.float32)).reshape(values[name].shape)
        heads = heads_of(tensor.name, model.config)
        values[name].copy_(in_halves(numbers, heads) if heads else numbers)
    return model


def tensors_row(world, row, path, merged, kind):
    """Every tensor of a GGUF file is what gguf's own encoder makes of the merged float32 folder."""
    values = {key: value.numpy() for key, value in load(merged).state_dict().items()}
    config = transformers.AutoConfig.from_pretrained(merged)
    wrong, kinds, seen = [], {}, set()
    for tensor in gguf.GGUFReader(path).tensors:
        if not (name := folder_name(tensor.name)):
            continue
        seen.add(name)
        kinds[tensor.tensor_type.name] = kinds.get(tensor.tensor_type.name, 0) + 1
        numbers, heads = values[name], heads_of(tensor.name, config)
        numbers = in_pairs(numbers, heads) if heads else numbers
        theirs = gguf.quants.quantize(numpy.ascontiguousarray(numbers), tensor.tensor_type)
        if tensor.data.tobytes() != theirs.tobytes():
            wrong.append(tensor.name)
    expected = set(values) - ({"lm_head.weight"} if config.tie_word_embeddings else set())
    wrong += sorted(expected ^ seen)
    # Rows that blocks do not divide are kept in another type; otherwise most matrices are of the kind.
    usual = max(kinds, key=lambda key: kinds[key] if key != "F32" else 0) if kind != "F32" else "F32"
    divides = all(size % 32 == 0 for size in (config.hidden_size, config.intermediate_size))
    if divides and usual != kind:
        wrong.append(f"most are {usual}")
    world.row(row, "WRONG" if wrong else "equal", f"{kinds} {wrong or ''}")


def metadata_rows(world, row, path, merged, base):
    """Metadata against the configuration and against the converter's file."""
    mine = {key: field.contents() for key, field in gguf.GGUFReader(path).fields.items()
            if not key.startswith("GGUF.")}
    config = transformers.AutoConfig.from_pretrained(base)
    kind = "llama" if config.model_type == "mistral" else config.model_type
    tokens = opened_tokenizer(base)
    expected = {
        "general.architecture": kind, f"{kind}.block_count": config.num_hidden_layers,
        f"{kind}.context_length": config.max_position_embeddings,
        f"{kind}.embedding_length": config.hidden_size,
        f"{kind}.feed_forward_length": config.intermediate_size,
        f"{kind}.attention.head_count": config.num_attention_heads,
        f"{kind}.attention.head_count_kv": config.num_key_value_heads,
        f"{kind}.attention.layer_norm_rms_epsilon": float(numpy.float32(config.rms_norm_eps)),
        f"{kind}.rope.freq_base": float(numpy.float32(config.rope_parameters["rope_theta"])),
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.bos_token_id": tokens.bos_token_id,
        "tokenizer.ggml.eos_token_id": tokens.eos_token_id,
        "tokenizer.ggml.padding_token_id": tokens.pad_token_id,
        "general.sampling.temp": float(numpy.float32(SAMPLING["temperature"])),
        "general.sampling.top_p": float(numpy.float32(SAMPLING["top_p"])),
        "general.sampling.top_k": SAMPLING["top_k"],
        "general.sampling.penalty_repeat": float(numpy.float32(SAMPLING["repetition_penalty"])),
    }
    wrong = {key: (mine.get(key), value) for key, value in expected.items() if mine.get(key) != value}
    words = mine["tokenizer.ggml.tokens"]
    if words[:len(tokens)] != tokens.convert_ids_to_tokens(range(len(tokens))):
        wrong["tokenizer.ggml.tokens"] = "others"
    world.row(f"{row}, metadata", "WRONG" if wrong else "equal",
              str(wrong) if wrong else f"{len(expected)} keys and {len(words)} tokens")
    row += ", metadata beside the converter"
    if not llama.source():
        return world.left_out(row, "LLAMA_SOURCE names no folder of llama.cpp (LLAMA=1 brings it)")
    other = llama.convert(merged, world.out / "converted.gguf")
    reader = gguf.GGUFReader(other)
    theirs = {key: field.contents() for key, field in reader.fields.items()
              if not key.startswith("GGUF.")}
    # llama.cpp does not read yarn_attn_factor for these families; attn_factor, which it reads, is written instead.
    passed = ["general.name", f"{kind}.rope.scaling.yarn_attn_factor"]
    wrong = {key: (mine.get(key), value) for key, value in theirs.items()
             if mine.get(key) != value and key not in passed}
    tensors = {tensor.name: tensor.data for tensor in gguf.GGUFReader(path).tensors}
    for tensor in reader.tensors:
        # The converter computes Llama 3's factors in another order: the last digit may differ.
        near = 1e-6 if tensor.name == "rope_freqs.weight" else 0
        other = tensors.get(tensor.name)
        if other is None or not numpy.allclose(other, tensor.data, rtol=near, atol=0):
            wrong[tensor.name] = "other numbers"
    world.row(row, "WRONG" if wrong else "equal",
              str(wrong) if wrong else f"{len(theirs)} keys, {len(reader.tensors)} tensors")


# ---- The parts

def folders(world, name, base, adapter, ids):
    """Merged folders in each type, and the adapter: in transformers and PEFT. Returns the float32 folder."""
    theirs = peft.PeftModel.from_pretrained(load(base), adapter).eval()
    wanted, answer = logits(theirs, ids), greedy(theirs, ids, 24)
    first = None
    for kind, dtype in FLOATS.items():
        folder = export(world, f"{name}_{kind}", base, f"export_dtype={kind}", adapter=adapter)
        first = first or folder
        opened, facts = transformers.AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
        stored = transformers.AutoConfig.from_pretrained(folder).dtype
        merged = peft.PeftModel.from_pretrained(load(base), adapter).merge_and_unload()
        for value in merged.parameters():
            value.data = value.data.to(dtype).float()
        off = gap(logits(opened.eval(), ids), logits(merged, ids))
        right = off < (5e-4 if kind == "fp32" else 2e-2) and stored == dtype
        right = right and not facts["missing_keys"] and not facts["unexpected_keys"]
        if kind == "fp32":
            right = right and greedy(opened, ids, 24) == answer
        world.row(f"{name}, folder {kind}", "equal" if right else "WRONG",
                  f"{off:.1e} from the rounded merge, {gap(logits(opened, ids), wanted):.1e} from PEFT")
    folder = export(world, f"{name}_adapter", base, "export_format=adapter", adapter=adapter)
    off = gap(logits(peft.PeftModel.from_pretrained(load(base), folder).eval(), ids), wanted)
    world.row(f"{name}, adapter", "equal" if off == 0 else "WRONG", f"{off:.1e}")
    return first, wanted, answer


def files(world, name, base, adapter, ids, merged, wanted, answer, remark):
    """GGUF files of each type."""
    for kind, stored in KINDS.items():
        row = f"{name}, GGUF {kind}"
        words = ["export_format=gguf", f"export_dtype={kind}"]
        if isinstance(remark, list):
            world.refuses(row, *remark, run=lambda: export(
                world, f"{name}_gguf_{kind}", base, *words, adapter=adapter))
            continue
        folder = export(world, f"{name}_gguf_{kind}", base, *words, adapter=adapter)
        path = next(folder.glob("*.gguf"))
        tensors_row(world, row + ", tensors", path, merged, stored)
        mine = world.logits(path, ids)
        world.compare(row + ", read", mine, logits(numbers_of(path, merged), ids))
        if kind == "fp32":
            metadata_rows(world, row, path, merged, base)
        if remark or not llama.llama_cpp:
            world.left_out(row + ", llama.cpp", remark or llama.WHY)
            continue
        peer = llama.Llama(path)
        theirs = peer.logits(ids)
        # llama.cpp rounds activations to the type of the weights, this program does not.
        bound = 1e-3 if kind == "fp32" else 0.5
        off = max(gap(mine[0], theirs[:, :16]), gap(mine[1], theirs.logsumexp(-1)))
        right = off < bound
        note = f"{off:.1e}, {gap(theirs, wanted):.1e} from PEFT"
        if kind == "fp32":
            right = right and gap(theirs, wanted) < 1e-3 and peer.greedy(ids, 24) == answer
        world.row(row + ", llama.cpp", "equal" if right else "WRONG", note)


def merged_exports(world):
    for name, (kind, changes, remark) in MODELS.items():
        if not world.wants(name):
            continue
        base = tiny_model(world, "base", kind, **dict(SIZES, **changes))
        transformers.GenerationConfig(
            bos_token_id=1, eos_token_id=[2, 0], pad_token_id=0, **SAMPLING).save_pretrained(base)
        saved = dict(modules_to_save=["lm_head", "embed_tokens"]) if world.random.random() < 0.3 \
            and not changes.get("tie_word_embeddings") else {}
        adapter = made_adapter(world, base, **saved)
        ids = [world.random.randrange(3, VOCABULARY) for _ in range(world.random.randrange(80, 200))]
        try:
            known = folders(world, name, base, adapter, ids)
            files(world, name, base, adapter, ids, *known, remark)
        except Refused as refusal:
            world.row(name, "WRONG", str(refusal))


def trained_exports(world):
    """Results of runs as other programs open them."""
    data = data_set(world)
    for (name, kind, changes), method in itertools.product([
            ("llama", Llama, {}), ("qwen2, tied", Qwen2, dict(tie_word_embeddings=True)),
            ("qwen3", Qwen3, dict(head_dim=16))], ["full", "freeze", "full, bf16"]):
        row = f"trained {method}: {name}"
        if not world.wants(row):
            continue
        base = tiny_model(world, "base", kind, **dict(SIZES, **changes))
        run = fresh(world.out / "run")
        ids = [world.random.randrange(3, VOCABULARY) for _ in range(60)]
        tuning, _, halves = method.partition(", ")
        try:
            world.run("train", f"model_name_or_path={base}", "stage=sft", "do_train=true",
                      f"finetuning_type={tuning}", f"pure_bf16={str(bool(halves)).lower()}",
                      f"dataset_dir={data}", "dataset=d", "template=chatml", "max_steps=3",
                      "per_device_train_batch_size=4", "learning_rate=5e-3", "save_strategy=no",
                      "logging_steps=1", f"output_dir={run}", "--quiet")
            mine, theirs = world.logits(run, ids), logits(load(run), ids)
            effect = gap(theirs, logits(load(base), ids))
            world.compare(row, mine, theirs, effect)
            path = next(export(world, "trained", run, "export_format=gguf", "export_dtype=fp32")
                        .glob("*.gguf"))
            if not llama.llama_cpp:
                world.left_out(row + ", llama.cpp", llama.WHY)
                continue
            off = gap(llama.Llama(path).logits(ids), theirs)
            world.row(row + ", llama.cpp", "equal" if off < 1e-3 else "WRONG", f"{off:.1e}")
        except Refused as refusal:
            world.row(row, "WRONG", str(refusal))


def quantized_bases(world):
    """GGUF files of every block type as bases, with an adapter of PEFT on them, and merged again."""
    kinds = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K_S", "Q4_K_M", "Q5_K_M", "Q6_K"]
    wide = dict(hidden_size=256, intermediate_size=256, num_hidden_layers=2, max_position_embeddings=64)
    for name, kind, changes in [("llama", Llama, {}), ("qwen2", Qwen2, {}),
                                ("qwen3", Qwen3, dict(head_dim=64))]:
        wanted = [stored for stored in kinds if world.wants(f"base of {stored}: {name}")]
        if not llama.llama_cpp:
            for stored in wanted:
                world.left_out(f"base of {stored}: {name}", llama.WHY)
        if not llama.llama_cpp or not wanted:
            continue
        base = tiny_model(world, "wide", kind, **dict(wide, **changes))
        adapter = made_adapter(world, base)
        plain = next(export(world, "wide", base, "export_format=gguf", "export_dtype=fp32")
                     .glob("*.gguf"))
        ids = [world.random.randrange(3, VOCABULARY) for _ in range(40)]
        for stored in wanted:
            row = f"base of {stored}: {name}"
            path = llama.quantize(plain, world.out / f"{stored}.gguf", stored)
            try:
                bare = numbers_of(path, base)
                world.compare(row, world.logits(path, ids), logits(bare, ids))
                theirs = logits(peft.PeftModel.from_pretrained(bare, adapter).eval(), ids)
                world.compare(row + ", an adapter on it", world.logits(path, ids, adapter), theirs)
                merged = export(world, "again", path, "export_dtype=fp32", adapter=adapter)
                off = gap(logits(load(merged), ids), theirs)
                world.row(row + ", merged", "equal" if off < 5e-4 else "WRONG", f"{off:.1e}")
            except Refused as refusal:
                world.row(row, "WRONG", str(refusal))


def beyond(world):
    """Numbers that a type cannot hold are refused, and nothing is left."""
    base = tiny_model(world, "large", Llama, **SIZES)
    edit_tensors(base, lambda tensors: tensors["model.layers.1.mlp.up_proj.weight"][3].fill_(1e5))
    for words in (["export_dtype=fp16"], ["export_dtype=fp16", "export_format=gguf"],
                  ["export_dtype=q8_0", "export_format=gguf"],
                  ["export_dtype=q4_0", "export_format=gguf"]):
        row = "beyond the type: " + ", ".join(words)
        if world.wants(row):
            number = "1e6" if "q" in words[0] else "1e5"
            if number == "1e6":
                edit_tensors(base, lambda tensors: tensors[
                    "model.layers.1.mlp.up_proj.weight"][3].fill_(1e8))
            world.refuses(row, "up_proj", run=lambda: export(world, "large", base, *words))
            left = (world.out / "exports" / "large")
            if left.exists():
                world.row(row + ", what is left", "WRONG", str(sorted(left.iterdir())))


def main(world):
    merged_exports(world)
    trained_exports(world)
    quantized_bases(world)
    beyond(world)


if __name__ == "__main__":
    start(main)
