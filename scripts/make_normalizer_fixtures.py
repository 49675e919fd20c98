#!/usr/bin/env python3
"""Writes Tests/KernelTests/Fixtures/text/normalizers.json: what the normalizers of `tokenizers` make of texts.

Each entry has a normalizer as tokenizer.json has it, and a result for each text, null where
it is the text itself. Needs: pip install tokenizers==0.23.3
"""
import json
import pathlib
import random
import unicodedata

from tokenizers import normalizers as n

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/KernelTests/Fixtures/text/normalizers.json"
FORMS = {
    "NFC": n.NFC(), "NFD": n.NFD(), "NFKC": n.NFKC(), "NFKD": n.NFKD(),
    "Lowercase": n.Lowercase(), "StripAccents": n.StripAccents(),
}
random.seed(12)


def special(point):
    char = chr(point)
    return unicodedata.combining(char) or unicodedata.decomposition(char) or char != char.lower()


points = [p for p in range(0x110000) if not 0xD800 <= p < 0xE000]
odd = [p for p in points if special(p) and (not 0xAC00 <= p < 0xD7A4 or p % 97 == 0)]
texts = [
    "", "plain text", "Crème BRÛLÉE, ﬁne", "ｶﾞｷﾞ ＡＢＣ １２３　㍿ ㋿ ①", "ΑΣ ΣΑΣ İstanbul ẞ", "한국어 각",
    "a\u0301\u0323\u0328 \u0344 \u1E9B\u0323", "\u0301x", "½ ² Ⅷ ﷺ ǆ", "नमस्ते \u0915\u093c", "ab aab aaab\n\taaaa",
    "\U0001D15E \U0002F800 \U00011938 \uA7F2 \u0BCA", "🇩🇪 👩\u200d💻 \ufeff",
]
# Everything that a form may change, in stretches that keep marks beside letters.
for start in range(0, len(odd), 400):
    texts.append("".join(map(chr, odd[start:start + 400])))
for _ in range(60):
    texts.append("".join(
        chr(random.choice(odd)) if random.random() < 0.7 else chr(random.randrange(0x41, 0x250)) for _ in range(12)))

steps = [{"type": name} for name in FORMS]
steps.append({"type": "Replace", "pattern": {"String": "aa"}, "content": "b"})
steps.append({"type": "Sequence", "normalizers": [
    {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]})


def made(step):
    if step["type"] == "Sequence":
        return n.Sequence([made(part) for part in step["normalizers"]])
    if step["type"] == "Replace":
        return n.Replace(step["pattern"]["String"], step["content"])
    return FORMS[step["type"]]


def result(step, text):
    """The result; null where it is the text again."""
    found = made(step).normalize_str(text)
    return None if found == text else found


OUT.write_text(json.dumps({
    "texts": texts,
    "steps": [{"normalizer": step, "results": [result(step, t) for t in texts]} for step in steps],
}, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
