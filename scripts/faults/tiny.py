"""A random llama of two layers over bytes with a ChatML template, a small set of records, and plans of four kinds of
training: everything that a run needs to be over in a tenth of a second."""
import json
import os
import random
import struct

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
HIDDEN, INNER, LAYERS, HEADS, KEY_VALUE, ROWS = 32, 64, 2, 4, 2, 264
TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def alphabet():
    """The characters by which byte-level BPE writes bytes."""
    spare, names = 256, []
    for byte in range(256):
        if 33 <= byte <= 126 or 161 <= byte <= 255 and byte != 173:
            names.append(chr(byte))
        else:
            names.append(chr(spare))
            spare += 1
    return names


def weights(source):
    def numbers(*shape, scale=0.25, base=0.0):
        count = 1
        for size in shape:
            count *= size
        return shape, [base + scale * source.uniform(-1, 1) for _ in range(count)]

    yield "model.embed_tokens.weight", numbers(ROWS, HIDDEN)
    narrow = HIDDEN // HEADS * KEY_VALUE
    for layer in range(LAYERS):
        for name, rows, columns in [
            ("self_attn.q_proj", HIDDEN, HIDDEN), ("self_attn.k_proj", narrow, HIDDEN),
            ("self_attn.v_proj", narrow, HIDDEN), ("self_attn.o_proj", HIDDEN, HIDDEN),
            ("mlp.gate_proj", INNER, HIDDEN), ("mlp.up_proj", INNER, HIDDEN), ("mlp.down_proj", HIDDEN, INNER),
        ]:
            yield f"model.layers.{layer}.{name}.weight", numbers(rows, columns)
        for name in ("input_layernorm", "post_attention_layernorm"):
            yield f"model.layers.{layer}.{name}.weight", numbers(HIDDEN, scale=0.1, base=1)
    yield "model.norm.weight", numbers(HIDDEN, scale=0.1, base=1)
    yield "lm_head.weight", numbers(ROWS, HIDDEN)


def write_json(path, value):
    with open(path, "w") as file:
        json.dump(value, file)


def make_model(folder):
    os.makedirs(folder, exist_ok=True)
    write_json(f"{folder}/config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": HIDDEN,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KEY_VALUE, "head_dim": HIDDEN // HEADS, "vocab_size": ROWS,
        "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "attention_bias": False,
        "mlp_bias": False, "tie_word_embeddings": False, "bos_token_id": 257, "eos_token_id": 258, "pad_token_id": 256,
    })
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    write_json(f"{folder}/tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "pre_tokenizer": level,
        "post_processor": None, "decoder": level,
        "added_tokens": [
            {"id": 256 + index, "content": text, "special": True, "normalized": False, "single_word": False,
             "lstrip": False, "rstrip": False} for index, text in enumerate(SPECIAL)],
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "merges": [],
                  "vocab": {text: byte for byte, text in enumerate(alphabet())}},
    })
    write_json(f"{folder}/tokenizer_config.json", {
        "bos_token": SPECIAL[1], "eos_token": SPECIAL[2], "pad_token": SPECIAL[0], "chat_template": TEMPLATE})
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (shape, values) in weights(random.Random(1)):
        piece = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(f"{folder}/model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def make_data(folder):
    os.makedirs(folder, exist_ok=True)
    source = random.Random(5)

    def words():
        return "".join(source.choice("abcdefghijklmno ") for _ in range(source.randint(5, 40)))

    write_json(f"{folder}/tiny.json", [
        {"instruction": words(), "input": "", "output": words()} for _ in range(24)])
    write_json(f"{folder}/dataset_info.json", {"tiny": {"file_name": "tiny.json"}})


KINDS = {
    "adapter": dict(lora_rank=2, lora_alpha=4, lora_dropout=0.1, val_size=0.1, eval_strategy="steps", eval_steps=2,
                    sample_prompts="[hi]", sample_max_new_tokens=2, save_total_limit=3),
    "best": dict(lora_rank=2, lora_alpha=4, val_size=0.2, eval_strategy="steps", eval_steps=1,
                 load_best_model_at_end="true", save_total_limit=1),
    "full": dict(finetuning_type="full", packing="true", weight_decay=0.1, gradient_accumulation_steps=2,
                 save_total_limit=2),
    "quantized": dict(lora_rank=2, lora_alpha=4, quantization_bit=4, quantization_type="nf4", neftune_noise_alpha=5,
                      save_total_limit=1),
}


def plan(kind, scratch, folder, steps):
    """A plan as key=value words for `workbench train`."""
    words = dict(
        model_name_or_path=f"{scratch}/model", stage="sft", do_train="true", finetuning_type="lora",
        dataset_dir=f"{scratch}/data", dataset="tiny", template="chatml", cutoff_len=64, output_dir=folder,
        logging_steps=1, save_steps=1, per_device_train_batch_size=2, gradient_accumulation_steps=1,
        learning_rate="1e-2", max_steps=steps, seed=7)
    words.update(KINDS[kind])
    return [f"{key}={value}" for key, value in words.items()]
