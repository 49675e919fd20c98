#!/usr/bin/env python3
"""Writes Tests/KernelTests/Fixtures/evaluation/scores.json: BLEU-4 and ROUGE of pairs of texts.

Run by hand with nltk, rouge-chinese and jieba installed: python3 scripts/make_text_score_fixture.py
The words of texts without Chinese characters come from jieba. Chinese characters are words of their
own here, as in the program, so that both can be compared; "words" says which rule a pair was cut by.
The fixture is the reference: it is never regenerated to make a test pass.
"""
import importlib.metadata
import json
import pathlib
import re

import jieba
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
from rouge_chinese import Rouge

HAN = re.compile("[\u4e00-\u9fd5]")
PAIRS = [
    ("The cat sat on the mat.", "The cat sat on the mat."),
    ("The cat sat on the mat.", "A cat was sitting on the mat."),
    ("the the the the", "the cat"),
    ("I am Benchly, an assistant that lives in your terminal.",
     "I am Benchly. I live in the terminal and help with models."),
    ("", "Something was expected."),
    ("Something was said.", ""),
    ("   \n ", "Blank against words"),
    ("", ""),
    ("a", "a"),
    ("a", "b"),
    ("abc", "abd"),
    ("one two three four five", "five four three two one"),
    ("What?\nYes, of course.", "What? Yes, of course!"),
    ("Is it so? Is it? It is", "Is it so?\n\nIt is."),
    ("First line\n\n\nsecond line", "First line\nsecond line"),
    ("\n leading blank", "leading  \t blank"),
    ("wait...... what", "wait ... what"),
    ("dots ....... seven. and .............. fourteen", "dots ...... six ............ twelve"),
    ("Write C++ or C#, not c++11; AT&T said so.", "Write C++ or c#. xAT&Ty did not."),
    ("3.14% of v1.2.3 is foo_bar-baz + 1,000.50", "3.14 % of v1.2 is foo-bar_baz 1000.50%"),
    ("e.g. don't re-use U.S.A. names...", "E.g. do not reuse USA names."),
    ("caf\u00e9 na\u00efve \u00fcber \u2014 \u201cquoted\u201d", "cafe naive uber - \"quoted\""),
    ("def f(x):\n    return x + 1\r\n\r\nprint(f(2))\n", "def f(x):\r\n    return x+1\nprint(f(2))"),
    ("\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440", "\u043f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!"),
    ("\u3053\u3093\u306b\u3061\u306f", "\u3053\u3093\u3070\u3093\u306f"),
    ("\U0001F600 smile \U0001F600", "smile \U0001F600\u200d\U0001F600"),
    ("&& ++ -- %% ## __ a&&b a++b", "&& ++ -- %% ## __ a&b a+b"),
    ("tab\tand\x0bvertical\x0cfeed\u00a0nbsp\u3000wide", "tab and vertical feed nbsp wide"),
    ("A long answer that goes on. " * 12, "A long answer that goes on and on. " * 9),
    ("\u6211\u662f\u5c0f\u53f0\uff0c\u4f4f\u5728\u7ec8\u7aef\u91cc\u3002", "\u6211\u53eb\u5c0f\u53f0\uff0c\u662f\u7ec8\u7aef\u91cc\u7684\u52a9\u624b\u3002"),
    ("\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff1f\u662f\u7684\uff01", "\u4eca\u5929\u7684\u5929\u6c14\u5f88\u597d\u3002\n\u662f\u554a\uff01"),
    ("\u7528Swift 6.3\u5199\u7684\u7a0b\u5e8f", "\u7528 Swift 6.2 \u7f16\u5199\u7684 program"),
    ("\u4f60\u597d\u2026\u2026\u4ed6\u8bf4\u201c\u597d\u5417\uff1f\u201d\u3002", "\u4ed6\u8bf4\uff1a\u201c\u597d\u5417\uff1f\u201d"),
]


def cut(text):
    """jieba's words; each Chinese character one of its own."""
    if not HAN.search(text):
        return list(jieba.cut(text))
    words = []
    for part in re.split("([\u4e00-\u9fd5])", text):
        words += [part] if HAN.fullmatch(part) else list(jieba.cut(part))
    return words


def scores(prediction, label):
    """What LLaMA-Factory does with one pair, each score rounded as there."""
    hypothesis, reference = cut(prediction), cut(label)
    if not " ".join(hypothesis).split() or not " ".join(reference).split():
        rouge = {name: {"f": 0.0} for name in ("rouge-1", "rouge-2", "rouge-l")}
    else:
        rouge = Rouge().get_scores(" ".join(hypothesis), " ".join(reference))[0]
    bleu = sentence_bleu(
        [list(label)], list(prediction), smoothing_function=SmoothingFunction().method3)
    result = {name: round(value["f"] * 100, 4) for name, value in rouge.items()}
    result["bleu-4"] = round(bleu * 100, 4)
    return result


def main():
    pairs = []
    for prediction, label in PAIRS:
        chinese = bool(HAN.search(prediction + label))
        pairs.append({
            "predict": prediction, "label": label, "words": "characters" if chinese else "jieba",
            "cut": cut(prediction), "scores": scores(prediction, label)})
    names = sorted(pairs[0]["scores"])
    mean = {name: sum(pair["scores"][name] for pair in pairs) / len(pairs) for name in names}
    version = importlib.metadata.version
    made = ", ".join(f"{name} {version(name)}" for name in ("nltk", "rouge-chinese", "jieba"))
    head = {"madeBy": f"scripts/make_text_score_fixture.py, {made}", "mean": mean}
    lines = ",\n".join("  " + json.dumps(pair) for pair in pairs)
    root = pathlib.Path(__file__).resolve().parent.parent
    target = root / "Tests/KernelTests/Fixtures/evaluation/scores.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(head)[:-1] + ', "pairs": [\n' + lines + "\n]}\n")


if __name__ == "__main__":
    main()
