"""Tokenizers beside the tokenizers library: word patterns that the program names, normalization, added and special
tokens with their flags, start tokens, texts back from ids; the same tokenizer of a GGUF file, here and in llama.cpp.

    python check_tokens.py --program .build/release/workbench --out DIR [--seed N] [--only WORD]
"""
import json
import unicodedata

import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers import processors, trainers

import llama
from common import Refused, WORDS, fresh, opened_tokenizer, start

TEXTS = 24
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
ENDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*" \
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"


def split(digits):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(ENDS % digits), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


PLAIN = pre_tokenizers.ByteLevel(add_prefix_space=False)
# The words of each family: how texts are cut, what is done to them first, whether whole words skip the merges.
PATTERNS = {
    "gpt2": (PLAIN, None, False),
    "smollm": (pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), PLAIN]), None,
               False),
    "llama3": (split("{1,3}"), None, True), "qwen2": (split(""), normalizers.NFC(), False),
}
REFUSED = {
    "a blank in front": (pre_tokenizers.ByteLevel(add_prefix_space=True), None),
    "blanks at the ends taken off": (PLAIN, normalizers.Strip()),
    "words at every blank": (pre_tokenizers.Whitespace(), None),
    "a letter in front": (PLAIN, normalizers.Prepend("_")),
}
FLAGS = [
    AddedToken("<strip>", lstrip=True, rstrip=True, normalized=False),
    AddedToken("<right>", rstrip=True, normalized=False), AddedToken("<left>", lstrip=True),
    AddedToken("word", single_word=True, normalized=False),
]
PIECES = [
    "don't", "WE'LL", "I'M", "'S", "n't", " ", "  ", "\n", "\r\n", "\t", "\r", "\u00a0", "\u3000", "\u2028", "\u200b",
    "\x85", "\x1c", "é", "e\u0301", "Å", "\u212b", "ſ", "'ſ", "ß", "İ", "中文", "日本語", "한국어", "ไทย", "العربية",
    "हिन्दी", "١٢٣", "½", "²", "Ⅷ", "①", "12345", "3.14", "-7", "007", "🙂", "👨\u200d👩\u200d👧", "🇩🇪", "...",
    "!!", "=>", "{", "}", "_x", "__init__", "#", "\u0300", "\ufeff", "\ufffd", "\u1100\u1161", "\u0e33", "𝒜",
    "\U00010400", "\U0001d15e", "\u00ad", "\u180e", "\u2003", "A", "b", " the", "Hello", "<think>", "</think>",
    "<tool>", "火星", " <strip> ", "<right>  x", "  <left>", "aword", "word", " word ", "wordy", *SPECIAL, *WORDS,
]


def text(world, most=30):
    return "".join(world.random.choices(PIECES, k=world.random.randint(1, most)))


def folder(world, name, pattern, normalizer, skips, flags=(), starts=False):
    """A tiny model with a trained tokenizer, and the tokenizer of the library."""
    raw = Tokenizer(models.BPE(ignore_merges=skips))
    raw.pre_tokenizer, raw.decoder = pattern, decoders.ByteLevel()
    if normalizer:
        raw.normalizer = normalizer
    texts = [text(world, 40) for _ in range(200)] + [" ".join(WORDS)] * 5
    raw.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=700, special_tokens=SPECIAL, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    raw.add_tokens([AddedToken("<think>", normalized=False), AddedToken("</think>", normalized=True),
                    AddedToken("火星"), *flags])
    raw.add_special_tokens([AddedToken("<tool>", special=True)])
    if starts:
        raw.post_processor = processors.TemplateProcessing(
            single="<|im_start|> $A", pair="<|im_start|> $A $B", special_tokens=[("<|im_start|>", 1)])
    path = fresh(world.out / name.replace(", ", "_").replace(" ", "_"))
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token=SPECIAL[1], eos_token=SPECIAL[2], pad_token=SPECIAL[0])
    config = transformers.LlamaConfig(
        vocab_size=len(fast), hidden_size=32, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=1, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    fast.save_pretrained(path)
    return path, raw


def ids(world, model, words, *more):
    return json.loads(world.run("tokenize", "--model", model, "--json", *more, text=words))["ids"]


def pieces(world, model, words):
    return json.loads(world.run(
        "tokenize", "--model", model, "--json", "--no-bos", text=words))["tokens"]


def row(world, name, texts, mine, theirs):
    """One row over all texts; the first that differs is shown."""
    wrong = []
    for words in texts:
        try:
            found, wanted = mine(words), theirs(words)
        except Refused as refusal:
            found, wanted = str(refusal), ""
        if found != wanted:
            wrong.append(f"{words!r}: {found}, wanted {wanted}")
    world.row(name, "WRONG" if wrong else "equal",
              f"{len(wrong)} of {len(texts)}, {wrong[0]}" if wrong else f"{len(texts)} texts")


def records(world, name, path, raw, texts, first):
    """Records of plain text as a run sees them: with the end of text, and a start where the tokenizer has one."""
    data = path / "data"
    data.mkdir(exist_ok=True)
    (data / "t.json").write_text(json.dumps([{"text": words} for words in texts]))
    (data / "dataset_info.json").write_text(json.dumps(
        {"t": {"file_name": "t.json", "columns": {"prompt": "text"}}}))
    number = {words: place for place, words in enumerate(texts)}

    def shown(words):
        return json.loads(world.run(
            "data", f"model_name_or_path={path}", f"dataset_dir={data}", "dataset=t", "stage=pt",
            "template=default", "packing=false", "cutoff_len=4096", "--record", number[words],
            "--json"))["ids"]
    row(world, name + ", records", texts, shown,
        lambda words: first + raw.encode(words, add_special_tokens=False).ids + [2])


def in_gguf(world, name, path, raw, texts, changes_text):
    """The same tokenizer written into a GGUF file."""
    target = fresh(path.parent / (path.name + "_gguf"))
    world.run("export", f"model_name_or_path={path}", f"export_dir={target}", "template=chatml",
              "export_format=gguf", "export_dtype=fp32")
    file = next(target.glob("*.gguf"))
    wanted = lambda words: raw.encode(words, add_special_tokens=False).ids
    row(world, name + ", GGUF", texts, lambda words: ids(world, file, words, "--no-bos"), wanted)
    if not llama.llama_cpp:
        return world.left_out(name + ", llama.cpp", llama.WHY)
    peer = llama.tokenizer(file)
    # llama.cpp does not normalize.
    kept = [words for words in texts
            if not changes_text or unicodedata.normalize("NFC", words) == words]
    row(world, name + ", llama.cpp", kept, peer.tokenize, wanted)


def main(world):
    for (name, (pattern, normalizer, skips)), kind in [
            (item, kind) for item in PATTERNS.items() for kind in ("", ", flags", ", start token")]:
        if not world.wants(name + kind):
            continue
        flags = FLAGS if kind == ", flags" else ()
        path, raw = folder(world, name + kind, pattern, normalizer, skips, flags,
                           kind == ", start token")
        texts = sorted({text(world) for _ in range(TEXTS)})
        fast = opened_tokenizer(path)
        row(world, name + kind, texts, lambda words: ids(world, path, words),
            lambda words: fast(words).input_ids)
        some = texts[::4]
        row(world, name + kind + ", --bos", some, lambda words: ids(world, path, words, "--bos"),
            lambda words: [1] + raw.encode(words, add_special_tokens=False).ids)

        def as_text(words):
            raw.encode_special_tokens = True
            try:
                return raw.encode(words, add_special_tokens=False).ids
            finally:
                raw.encode_special_tokens = False
        row(world, name + kind + ", --no-special", some,
            lambda words: ids(world, path, words, "--no-special", "--no-bos"), as_text)
        # One token after the other, so that a letter of several tokens is none.
        row(world, name + kind + ", back", some, lambda words: pieces(world, path, words),
            lambda words: [raw.decode([one], skip_special_tokens=False)
                           for one in raw.encode(words, add_special_tokens=False).ids])
        records(world, name + kind, path, raw, some, [1] if kind == ", start token" else [])
        if not flags:
            in_gguf(world, name + kind, path, raw, texts[::2], normalizer is not None)
    for name, (pattern, normalizer) in REFUSED.items():
        if world.wants("refused: " + name):
            path, _ = folder(world, name, pattern, normalizer, False)
            world.refuses("refused: " + name, "tokenizer", run=lambda: ids(world, path, "a b"))


if __name__ == "__main__":
    start(main)
