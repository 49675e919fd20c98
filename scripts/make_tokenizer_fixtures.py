#!/usr/bin/env python3
"""Writes Tests/KernelTests/Fixtures/text/: tiny tokenizers and what the reference makes of strings.

For each pre-tokenizer a tokenizer.json trained on a few sentences, and the ids that the `tokenizers`
package yields for the strings of strings.json, with special tokens allowed and not.
Needs: pip install tokenizers==0.23.3
"""
import json
import pathlib
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers as pre
from tokenizers import processors, trainers

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/KernelTests/Fixtures/text"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")

TEXT = """The workbench trains a small model at home. It's not a toy: they've measured it, and we'll
measure again; don't guess. The learning rate is 0.0003, the rank 8, the batch 16. In 2026 the
machine had 2 cores, 24 GiB and 1234567890 bytes more. def step(x):\n    return x ** 2 + 1\n\n\n
for (int i = 0; i < n; ++i) { y[i] += w[i] * x[i]; }\n\t\tindented twice, I'm told; he'd said so.
Die Straße nach Köln ist länger als die nach Bonn. Le garçon naïf a mangé une crêpe à l'été.
Быстрая лисица прыгает через ленивую собаку. Η γρήγορη αλεπού πηδάει πάνω από το σκυλί.
模型在家里训练，数据也在家里。今天天气很好，我们去公园。語言模型は日本語も話します。한국어도 조금 합니다.
שלום עולם. مرحبا بالعالم. नमस्ते दुनिया। สวัสดีชาวโลก 😀 👍🏽 👩‍💻 1½ ² Ⅷ ٣ ३
"""
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
ODD = [
    AddedToken("<think>", special=False, normalized=False),
    AddedToken("<left>", special=True, lstrip=True, normalized=False),
    AddedToken("<right>", special=True, rstrip=True, normalized=False),
    AddedToken("word", special=False, single_word=True, normalized=False),
    AddedToken("<|im_", special=False, normalized=False),
    # Outside the byte alphabet: the reference decodes added tokens such as "\u00e9" to a lone byte.
    AddedToken("\u304c\u304f", special=False, normalized=True),
    AddedToken("<norm>", special=True, normalized=True),
]


def trained(splitter, name):
    made = Tokenizer(models.BPE(ignore_merges=name == "llama3"))
    if name == "qwen2":
        made.normalizer = normalizers.NFC()
    made.pre_tokenizer = splitter
    made.decoder = decoders.ByteLevel()
    alphabet = sorted(pre.ByteLevel.alphabet())
    if name == "smollm":  # this family lacks bytes that no text of its corpus had
        alphabet = [c for c in alphabet if c not in "\u0142\u0143\u00f1"]
    trainer = trainers.BpeTrainer(
        vocab_size=620, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(TEXT.split("\n") + [TEXT] * 3, trainer)
    byte_level = processors.ByteLevel(trim_offsets=False)
    if name == "llama3":
        bos = processors.TemplateProcessing(
            single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", 0)]
        )
        made.post_processor = processors.Sequence([byte_level, bos])
    else:
        made.post_processor = byte_level
    if name in ("qwen2", "gpt2"):
        made.add_tokens(ODD)
    if name == "llama3":  # a word that no merge can build: taken whole only because merges yield
        data = json.loads(made.to_str())
        data["model"]["vocab"]["\u0120workbenches"] = len(data["model"]["vocab"])
        made = Tokenizer.from_str(json.dumps(data))
    return made


def splitters():
    use = dict(add_prefix_space=False, trim_offsets=True)
    pattern = lambda p: pre.Sequence(
        [pre.Split(Regex(p), "isolated"), pre.ByteLevel(use_regex=False, **use)]
    )
    return {
        "gpt2": pre.ByteLevel(use_regex=True, **use),
        "smollm": pre.Sequence([pre.Digits(individual_digits=True), pre.ByteLevel(**use)]),
        "llama3": pattern(LLAMA3),
        "qwen2": pattern(QWEN2),
    }


def strings():
    dice = random.Random(20261121)
    pick = lambda items, low, high: "".join(dice.choice(items) for _ in range(dice.randint(low, high)))
    code_points = [c for c in range(0x20, 0x110000) if not 0xD800 <= c <= 0xDFFF]
    common = [c for c in code_points if c < 0x3100 or 0x4E00 <= c < 0x9FFF or 0xAC00 <= c < 0xFB00]
    spaces = [" ", "  ", "\t", "\n", "\r\n", "\r", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\x0b", "\x0c"]
    words = ["a", "The", "model", "naïve", "été", "中", "文", "한", "word", "'s", "12", "x1", ".", "...", "!?", "-", "_", "'", "\u0301", "<", "|"]
    shorts = ["'s", "'S", "'t", "'T", "'re", "'RE", "'rE", "'ve", "'VE", "'m", "'ll", "'LL", "'lL", "'d", "'D", "'\u017f", "'\u212a", "'x", "''s", "'", "'l", "'r", "'v"]
    specials = SPECIAL + ["<think>", "<left>", "<right>", "word", "<|im_", "\u304c\u304f", "\u304b\u3099\u304f", "<norm>", "<|im_start", "im_end|>", "<|", "|>"]
    emoji = ["😀", "👩‍💻", "🇫🇷", "👍🏽", "❤️", "🏳️‍🌈", "👨‍👩‍👧‍👦", "1️⃣", "\u200d", "\ufe0f"]
    nfc = ["e\u0301", "A\u030a", "\u212b", "\u1100\u1161\u11a8", "\u0958", "\ufb01", "a\u0323\u0307", "a\u0307\u0323", "\u2126", "\u0344", "\u1e9b\u0323", "か\u3099", "\U0001d15e", "q\u0307\u0323"]
    unit = ["\U0001e5f1", "\U00011de0", "\U00016ff4", "\U000323af", "\u0378", "\U0010ffff", "\ue000", "\ufeff", "\u200b", "\x00", "\x7f", "\u1c89", "½", "²", "Ⅷ", "٣", "३", "三", "〇", "𝟘", "①"]
    made = ["", " ", "\n", "a", "word", "The workbenches of 12345678 words", "sword words word_ word", "  <left>  <right>  x", "x<right>\n\n y <left>z", "workbenches workbenches"]
    made += ["we" + s + pick(["", " ", "a", "9", "!"], 1, 1) for s in shorts]
    made += ["'" + w for w in words[:8]] + [" " + s + "x" for s in shorts[:8]]
    made += [pick(spaces, 1, 6) + dice.choice(words) + pick(spaces, 0, 5) for _ in range(50)]
    made += [pick(words + spaces[:3], 3, 14) for _ in range(60)]
    made += [pick("0123456789 .,-eE٣½", 1, 14) for _ in range(30)]
    made += [pick(specials + words[:8] + [" ", "\n"], 2, 9) for _ in range(60)]
    made += [pick(emoji + [" ", "a"], 1, 6) for _ in range(20)]
    made += [pick(nfc + [" ", "a", "1"], 1, 6) for _ in range(30)]
    made += [pick(unit + [" ", "a", "1", "!"], 1, 8) for _ in range(40)]
    made += ["".join(map(chr, dice.choices(common, k=dice.randint(1, 9)))) for _ in range(40)]
    made += ["".join(map(chr, dice.choices(code_points, k=dice.randint(1, 6)))) for _ in range(20)]
    made += [line for line in TEXT.split("\n") if line]
    made += ["a" * 60, "ab" * 40, "=" * 70, "中文" * 20, " " * 40 + "x", "\n" * 30, " \n" * 20, "the" * 15]
    return made


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    texts = strings()
    write = lambda name, value: (OUT / name).write_text(
        json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n"
    )
    write("strings.json", texts)
    for name, splitter in splitters().items():
        made = trained(splitter, name)
        data = json.loads(made.to_str())
        write(f"{name}.tokenizer.json", data)
        encode = lambda text: made.encode(text, add_special_tokens=False).ids
        allowed = [encode(text) for text in texts]
        made.encode_special_tokens = True
        plain = [encode(text) for text in texts]
        decoded = [made.decode(ids, skip_special_tokens=False) for ids in allowed]
        # Ids in any order give broken UTF-8 on purpose.
        dice, size = random.Random(7), made.get_vocab_size()
        loose = [[dice.randrange(size) for _ in range(12)] for _ in range(60)]
        write(
            f"{name}.golden.json",
            {
                "allowed": allowed,
                "plain": [ids if ids != allowed[i] else None for i, ids in enumerate(plain)],
                "decoded": [text if text != texts[i] else None for i, text in enumerate(decoded)],
                "loose": loose,
                "looseText": [made.decode(ids, skip_special_tokens=False) for ids in loose],
                "looseSkipped": [made.decode(ids, skip_special_tokens=True) for ids in loose],
            },
        )


main()
