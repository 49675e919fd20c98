"""Ids of texts as the program and Hugging Face's tokenizers see them: normalizers, ways of cutting words and flags
of added tokens drawn together, over texts of every script. Steps that the program refuses must be refused.

    python check_tokenizers.py --program .build/release/workbench --out DIR [--seed N] [--only WORD]
"""
import unicodedata

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from common import Refused, WORDS, start

ROUNDS = 60
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SPLITS = {
    "gpt2": None,
    "smollm": pre_tokenizers.Digits(individual_digits=True),
    "llama3": pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
    "qwen2": pre_tokenizers.Split(Regex(LLAMA3.replace("{1,3}", "")), "isolated"),
}
STEPS = {
    "NFC": normalizers.NFC(), "NFD": normalizers.NFD(), "NFKC": normalizers.NFKC(), "NFKD": normalizers.NFKD(),
    "Lowercase": normalizers.Lowercase(), "StripAccents": normalizers.StripAccents(),
    "Replace": normalizers.Replace("``", '"'),
}
REFUSED = {
    "Strip": normalizers.Strip(), "Prepend": normalizers.Prepend("x"), "Nmt": normalizers.Nmt(),
    "Replace regex": normalizers.Replace(Regex(r"\s+"), " "), "BertNormalizer": normalizers.BertNormalizer(),
}
PLAIN = [p for p in range(0x20, 0x3000) if unicodedata.category(chr(p)) != "Cn"]
ODD = [p for p in range(0x80, 0x30000) if unicodedata.decomposition(chr(p)) or unicodedata.combining(chr(p))]


def made(world, split, steps, added):
    raw = Tokenizer(models.BPE())
    if len(steps) == 1:
        raw.normalizer = steps[0]
    elif steps:
        raw.normalizer = normalizers.Sequence(steps)
    cut = SPLITS[split]
    bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=split in ("gpt2", "smollm"))
    raw.pre_tokenizer = pre_tokenizers.Sequence([cut, bytes_only]) if cut else bytes_only
    raw.decoder = decoders.ByteLevel()
    raw.post_processor = processors.ByteLevel(trim_offsets=False)
    # The program's merges never build a special token, whatever surrounds it: none is a word of the vocabulary.
    texts = [text(world).replace("Wort", "").replace("ＷＩＤＥ", "") for _ in range(9)]
    raw.train_from_iterator([" ".join(WORDS)] * 9 + texts, trainers.BpeTrainer(
        vocab_size=600, show_progress=False, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    raw.add_tokens(added)
    return raw


def text(world):
    """Words, rare characters and marks, numbers, blanks and spelled tokens."""
    draw = world.random
    parts = []
    for _ in range(draw.randint(3, 40)):
        kind = draw.randrange(9)
        if kind < 3:
            parts.append(" " + draw.choice(WORDS))
        elif kind == 3:
            parts.append("".join(chr(draw.choice(PLAIN)) for _ in range(draw.randint(1, 5))))
        elif kind == 4:
            parts.append(draw.choice("aeoAE가の") + "".join(chr(draw.choice(ODD)) for _ in range(draw.randint(1, 4))))
        elif kind == 5:
            parts.append(draw.choice(["\n", "  ", "\t", "\r\n", "\u3000", "\u00a0", " \n "]))
        elif kind == 6:
            parts.append(str(draw.randrange(10 ** draw.randint(1, 8))))
        elif kind == 7:
            parts.append(draw.choice(["<|endoftext|>", "<a>", "<b>", "Wort", "ＷＩＤＥ", "<|end", "``x``"]))
        else:
            parts.append(draw.choice(["it's", "WE'LL", "ﬁne", "Ⅷ", "½", "㋿", "İ", "ẞ", "👩\u200d💻", "'S"]))
    return "".join(parts)


def tokens(world):
    draw = world.random
    flag = lambda: draw.random() < 0.4
    return [AddedToken(name, special=flag(), lstrip=flag(), rstrip=flag(), single_word=flag(), normalized=flag())
            for name in draw.sample(["<a>", "<b>", "Wort", "ＷＩＤＥ"], draw.randint(0, 3))]


def differing(world, folder, raw, lines):
    """The first line whose ids differ, with both."""
    for line in lines:
        mine = list(map(int, world.run("tokenize", "--model", folder, "--no-bos", "--quiet", text=line).split()))
        theirs = raw.encode(line, add_special_tokens=False).ids
        if mine != theirs:
            return f"{line!r}: {mine} / {theirs}"
    return "only the whole text differs"


def check(world):
    draw = world.random
    for number in range(ROUNDS):
        split = draw.choice(list(SPLITS))
        names = draw.sample(list(STEPS), draw.choice([0, 1, 1, 1, 2, 3]))
        name = f"{number} {split}: {', '.join(names) or 'as it is'}"
        added = tokens(world)
        raw = made(world, split, [STEPS[step] for step in names], added)
        if not world.wants(name):
            continue
        folder = world.out / str(number)
        folder.mkdir(exist_ok=True)
        raw.save(str(folder / "tokenizer.json"))
        lines = [text(world) for _ in range(40)]
        whole = "\n".join(lines)
        theirs = raw.encode(whole, add_special_tokens=False).ids
        try:
            mine = list(map(int, world.run("tokenize", "--model", folder, "--no-bos", "--quiet", text=whole).split()))
        except Refused as refusal:
            world.row(name, "WRONG", str(refusal))
            continue
        if mine == theirs:
            world.row(name, "equal", f"{len(mine)} ids, {len(added)} added tokens")
        else:
            world.row(name, "WRONG", differing(world, folder, raw, lines))
    for name, step in REFUSED.items():
        if not world.wants(name):
            continue
        folder = world.out / name.replace(" ", "-")
        folder.mkdir(exist_ok=True)
        made(world, "gpt2", [step], []).save(str(folder / "tokenizer.json"))
        try:
            world.run("tokenize", "--model", folder, text="a")
            world.row(name, "WRONG", "was read")
        except Refused as refusal:
            right = name.split()[0] in str(refusal)
            world.row(name, "refused" if right else "WRONG", str(refusal))


start(check)
