#!/usr/bin/env python3
"""Flips operators and constants of the kernel and tells which flips no test caught.

All flips are compiled into a copy of the repository at once, each behind a number that an environment variable
chooses, so that one build serves them all:

    flips.py plant COPY --seed 1 --count 50     # writes the flips into the copy and builds its tests
    flips.py run COPY --out flips.json          # runs the tests once for each flip
    flips.py report flips.json                  # the survivors with file, line, before and after

COPY must be a copy that nobody needs: its sources are changed. A flip that does not compile does not count; the next
one of the seed takes its place. An operator becomes one of its own, of the same precedence, that does what the old one
did or the flipped one: `a + b` is `a ∁ b`, and ∁ subtracts where it is chosen. How to read a report stands in
CONTRIBUTING.md.
"""

import argparse
import json
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import time

FOLDERS = ["Ops", "Optim", "Data", "Tuning"]
# Reached only where a library is installed that the tests do not need.
LEFT_OUT = ["OneDNN.swift"]
VARIABLE = "WORKBENCH_FLIP"

# What an operator becomes, and the group whose precedence it has.
OPERATORS = {
    "+": ("-", "AdditionPrecedence"), "-": ("+", "AdditionPrecedence"),
    "*": ("/", "MultiplicationPrecedence"), "/": ("*", "MultiplicationPrecedence"),
    "<": ("<=", "ComparisonPrecedence"), "<=": ("<", "ComparisonPrecedence"),
    ">": (">=", "ComparisonPrecedence"), ">=": (">", "ComparisonPrecedence"),
    "==": ("!=", "ComparisonPrecedence"), "!=": ("==", "ComparisonPrecedence"),
    "&&": ("||", "LogicalConjunctionPrecedence"), "||": ("&&", "LogicalDisjunctionPrecedence"),
    "+=": ("-=", "AssignmentPrecedence"), "-=": ("+=", "AssignmentPrecedence"),
}
TOKENS = re.compile(
    r"(?P<op>(?<= )(?:\+=|-=|<=|>=|==|!=|&&|\|\||[-+*/<>])(?= ))"
    r"|(?P<call>(?<![\w.])(?:min|max)(?=\())"
    r"|(?P<flag>(?<![\w.`])(?:true|false)\b)"
    r"|(?P<number>(?<![\w.$#])\d+(?:\.\d+)?(?![\w.]|e-|\s*:(?!\s*\?)))"
)
# Lines whose words are no expressions: declarations, patterns, conditions of compilation.
DECLARATION = re.compile(
    r"^\s*(?:@|#|import\b|case\b|extension\b|(?:public |private |fileprivate |static |final )*"
    r"(?:func|init|struct|enum|class|protocol|typealias|infix|prefix)\b)|\bwhere\b.*[{]\s*$")


def blank_comments_and_strings(text):
    """The text with comments and the insides of strings as blanks; places stay."""
    out, index, state = [], 0, None
    while index < len(text):
        rest = text[index:index + 3]
        if state is None and rest.startswith("//"):
            state = "line"
        elif state is None and rest.startswith('"""'):
            state, index = '"""', index + 3
            out.append("   ")
            continue
        elif state is None and rest.startswith('"'):
            state, index = '"', index + 1
            out.append(" ")
            continue
        elif state in ('"', '"""') and rest.startswith("\\"):
            out.append("  ")
            index += 2
            continue
        elif state in ('"', '"""') and text.startswith(state, index):
            out.append(" " * len(state))
            index, state = index + len(state), None
            continue
        elif state == "line" and text[index] == "\n":
            state = None
        keep = state is None or text[index] == "\n"
        out.append(text[index] if keep else " ")
        index += 1
    return "".join(out)


def sites(root, folders):
    """All places that could be flipped, in the order of the files."""
    found = []
    for folder in folders:
        base = os.path.join(root, "Sources/Kernel", folder)
        for name in sorted(os.listdir(base)):
            if not name.endswith(".swift") or name in LEFT_OUT:
                continue
            path = os.path.join("Sources/Kernel", folder, name)
            with open(os.path.join(root, path), encoding="utf-8") as file:
                text = file.read()
            code = blank_comments_and_strings(text)
            start = 0
            for number, line in enumerate(code.split("\n"), 1):
                if not DECLARATION.search(line):
                    for match in TOKENS.finditer(line):
                        found.append({
                            "path": path, "folder": folder, "line": number,
                            "offset": start + match.start(), "before": match.group(),
                            "kind": match.lastgroup, "text": text.split("\n")[number - 1].strip(),
                        })
                start += len(line) + 1
    return found


def after(site):
    """What a site says when it is flipped."""
    before = site["before"]
    if site["kind"] == "op":
        return OPERATORS[before][0]
    if site["kind"] == "call":
        return "max" if before == "min" else "min"
    if site["kind"] == "flag":
        return "false" if before == "true" else "true"
    return str(int(before) + 1) if "." not in before else str(float(before) * 2)


def symbol(number):
    """The operator of a flip: one mathematical character each, those that look like others left out."""
    return chr(0x2200 + number)


def planted(site, number):
    """What stands in the copy instead."""
    if site["kind"] == "op":
        return symbol(number)
    if site["kind"] == "call":
        return f"Flip.{site['before']}"
    return f"(Flip.isOn({number}) ? {after(site)} : {site['before']})"


def operator_source(site, number):
    """The declaration of one operator."""
    old, (new, group), name = site["before"], OPERATORS[site["before"]], symbol(number)
    chosen = f"Flip.isOn({number})"
    head = f"infix operator {name} : {group}\n"

    def function(generic, a, b, result, where="", body=None):
        body = body or f"{chosen} ? a {new} b : a {old} b"
        return (f"@inline(__always) func {name} {generic}(a: {a}, b: {b}) -> {result} {where}"
                f"{{ {body} }}\n")

    if old in ("+", "-"):
        sign = f"{chosen} == {'true' if old == '+' else 'false'} ? 0 - b : b"
        lines = function("<T: AdditiveArithmetic>", "T", "T", "T")
        lines += function("<P: _Pointer>", "P", "Int", "P", body=f"a.advanced(by: {sign})")
        if old == "-":
            lines += function(
                "<P: _Pointer>", "P", "P", "Int",
                body=f"{chosen} ? b.distance(to: a) + 1 : b.distance(to: a)")
        return head + lines
    if old in ("*", "/"):
        return head + function("<T: FloatingPoint>", "T", "T", "T") + function(
            "<T: BinaryInteger>", "T", "T", "T")
    if old in ("&&", "||"):
        body = f"{chosen} ? try a {new} b() : try a {old} b()"
        return head + (
            f"@inline(__always) func {name} (a: Bool, b: @autoclosure () throws -> Bool) rethrows "
            f"-> Bool {{ {body} }}\n")
    if old in ("==", "!="):
        lines = function("<T: Equatable>", "T", "T", "Bool")
        lines += function("<T>", "T?", "_OptionalNilComparisonType", "Bool")
        return head + lines
    if old in ("+=", "-="):
        sign = f"{chosen} == {'true' if old == '+=' else 'false'} ? 0 - b : b"
        return head + (
            f"@inline(__always) func {name} <T: AdditiveArithmetic>(a: inout T, b: T) "
            f"{{ if {chosen} {{ a {new} b }} else {{ a {old} b }} }}\n"
            f"@inline(__always) func {name} <P: _Pointer>(a: inout P, b: Int) "
            f"{{ a = a.advanced(by: {sign}) }}\n")
    return head + function("<T: Comparable>", "T", "T", "Bool")


def switch_source(chosen):
    lines = [
        "// Written by scripts/operator-flips: which flip is on, and the operators of all.",
        "import Foundation", "", "enum Flip {",
        f"    static let number = getenv(\"{VARIABLE}\").flatMap {{ Int(String(cString: $0)) }} ?? -1",
        "    @inline(__always) static func isOn(_ flip: Int) -> Bool { number == flip }",
        "    static func min<T: Comparable>(_ flip: Int, _ a: T, _ b: T) -> T {",
        "        isOn(flip) ? Swift.max(a, b) : Swift.min(a, b)", "    }",
        "    static func max<T: Comparable>(_ flip: Int, _ a: T, _ b: T) -> T {",
        "        isOn(flip) ? Swift.min(a, b) : Swift.max(a, b)", "    }", "}", "",
    ]
    return "\n".join(lines) + "\n".join(
        operator_source(site, number) for number, site in chosen if site["kind"] == "op")


def write(root, originals, chosen):
    """Puts the chosen flips into the copy's sources."""
    for path, text in originals.items():
        places = sorted(
            ((n, s) for n, s in chosen if s["path"] == path), key=lambda x: -x[1]["offset"])
        for number, site in places:
            end = site["offset"] + len(site["before"])
            new = planted(site, number)
            if site["kind"] == "call":
                end, new = end + 1, f"{new}({number}, "
            text = text[:site["offset"]] + new + text[end:]
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(root, "Sources/Kernel/Flip.swift"), "w", encoding="utf-8") as file:
        file.write(switch_source(chosen))


def plant(options):
    root = os.path.abspath(options.copy)
    if subprocess.run(["git", "-C", root, "status", "--porcelain", "Sources"],
                      capture_output=True, text=True).stdout.strip():
        sys.exit("the copy's sources are changed already: take a fresh copy")
    waiting = sites(root, options.folders)
    random.Random(options.seed).shuffle(waiting)
    print(f"{len(waiting)} places in {', '.join(options.folders)}")
    originals = {}
    for site in waiting:
        with open(os.path.join(root, site["path"]), encoding="utf-8") as file:
            originals[site["path"]] = file.read()
    chosen = list(enumerate(waiting[:options.count]))
    waiting = waiting[options.count:]
    dropped = 0
    while True:
        write(root, originals, chosen)
        build = run_swift(options, root, ["swift", "build", "--target", "Kernel"])
        if build.returncode == 0:
            break
        bad = set()
        for path, line in re.findall(r"/(Sources/Kernel/\S+\.swift):(\d+):\d+: error", build.stdout):
            bad |= {n for n, s in chosen if s["path"] == path and abs(s["line"] - int(line)) <= 2}
        if not bad:
            sys.exit(build.stdout[-4000:])
        dropped += len(bad)
        print(f"{len(bad)} do not compile: "
              + ", ".join(f"{s['path']}:{s['line']} {s['before']}" for n, s in chosen if n in bad))
        fresh = [(n, waiting.pop(0)) for n in sorted(bad) if waiting]
        chosen = [(n, s) for n, s in chosen if n not in bad] + fresh
    build = run_swift(options, root, ["swift", "build", "--build-tests"])
    if build.returncode != 0:
        sys.exit(build.stdout[-4000:])
    with open(os.path.join(root, "flips.json"), "w", encoding="utf-8") as file:
        json.dump({"seed": options.seed, "dropped": dropped,
                   "flips": [dict(s, number=n, after=after(s)) for n, s in sorted(
                       chosen, key=lambda x: x[0])]}, file, indent=1)
    print(f"{len(chosen)} flips planted, {dropped} did not compile")


def descendants(number):
    """A process and all that it has started, the youngest first."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    parents.setdefault(int(file.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
            except OSError:
                pass
    found = [number]
    for parent in found:
        found += parents.get(parent, [])
    return list(reversed(found))


def run_swift(options, root, command, environment=None, limit=None):
    """Runs a command in the copy; output of both kinds in one text. A run beyond `limit` seconds is ended."""
    words = shlex.split(options.through) + command
    process = subprocess.Popen(
        words, cwd=root, text=True, errors="replace", stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env=dict(os.environ, **(environment or {})), start_new_session=True)
    try:
        out, _ = process.communicate(timeout=limit)
        return subprocess.CompletedProcess(words, process.returncode, out)
    except subprocess.TimeoutExpired:
        # The tests run in a session of their own: all that came of the command ends by its number.
        for number in descendants(process.pid):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.communicate()
        return subprocess.CompletedProcess(words, -1, "timed out")


def suites(root, folder):
    """The suites of a folder of the kernel's tests, as a filter."""
    base = os.path.join(root, "Tests/KernelTests", folder)
    names = []
    for name in sorted(os.listdir(base)) if os.path.isdir(base) else []:
        with open(os.path.join(base, name), encoding="utf-8") as file:
            names += re.findall(r"\b(?:struct|class) (\w+Tests)\b", file.read())
    return "KernelTests.(" + "|".join(names) + ")/" if names else None


def run(options):
    root = os.path.abspath(options.copy)
    with open(os.path.join(root, "flips.json"), encoding="utf-8") as file:
        plan = json.load(file)
    if options.out and os.path.exists(options.out):
        with open(options.out, encoding="utf-8") as file:
            plan = json.load(file)
    everything = [options.then] + [x for s in options.skip for x in ("--skip", s)]
    tests = lambda words: ["swift", "test", "--skip-build", "--filter"] + words
    limits = {}

    def outcome(flip, words):
        key = " ".join(words)
        if key not in limits:
            begin = time.monotonic()
            clean = run_swift(options, root, tests(words), {VARIABLE: "-1"})
            if clean.returncode != 0:
                sys.exit("without a flip these tests fail: " + key + "\n" + clean.stdout[-3000:])
            limits[key] = 120 + 5 * (time.monotonic() - begin)
        result = run_swift(options, root, tests(words), {VARIABLE: str(flip)}, limits[key])
        if result.returncode == 0:
            return None
        failed = re.findall(r"Test (\S+?)\(.*recorded an issue", result.stdout)
        return failed[0] if failed else "crash" if result.returncode > 0 else "no end"

    def keep():
        if options.out:
            with open(options.out, "w", encoding="utf-8") as file:
                json.dump(plan, file, indent=1)

    # The tests of the folder first, for all flips; then all tests, for those that are left.
    for flip in plan["flips"]:
        if "near" in flip:
            continue
        near = suites(root, flip["folder"])
        flip["near"] = outcome(flip["number"], [near]) if near else None
        print(line(flip, flip["near"] or "passes the tests of its folder"), flush=True)
        keep()
    for flip in plan["flips"]:
        if "caught" in flip:
            continue
        flip["caught"] = flip["near"] or outcome(flip["number"], everything)
        if not flip["near"]:
            print(line(flip, flip["caught"] or "SURVIVES"), flush=True)
        keep()
    report_plan(plan)


def line(flip, by):
    return (f"{flip['number']:3} {by:48} {flip['path']}:{flip['line']} "
            f"{flip['before']} -> {flip['after']}")


def report_plan(plan):
    tried = [flip for flip in plan["flips"] if "caught" in flip]
    left = [flip for flip in tried if not flip["caught"]]
    for flip in left:
        print(f"{flip['path']}:{flip['line']}: {flip['before']} -> {flip['after']}\n    {flip['text']}")
    share = 100 * len(left) / max(1, len(tried))
    print(f"seed {plan['seed']}: {len(left)} of {len(tried)} flips survived ({share:.0f} %), "
          f"{plan['dropped']} did not compile")
    return share


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("plant", help="write flips into a copy and build it")
    one.add_argument("copy")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--count", type=int, default=50)
    one.add_argument("--folders", nargs="+", default=FOLDERS)
    one.set_defaults(act=plant)
    two = commands.add_parser("run", help="run the tests once for each flip")
    two.add_argument("copy")
    two.add_argument("--out", help="where outcomes are kept; a run that was ended goes on from there")
    two.add_argument(
        "--then", default="KernelTests", help="the tests for those that the tests of the folder let pass")
    two.add_argument(
        "--skip", nargs="*", default=["PowerCutTests", "FailedCallTests"],
        help="suites that are left out of them: they try disks, not results")
    two.set_defaults(act=run)
    for command in (one, two):
        command.add_argument(
            "--through", default="nice -n 10", help="what stands in front of every swift command")
    three = commands.add_parser("report", help="tell the survivors")
    three.add_argument("out")
    three.set_defaults(act=lambda o: sys.exit(
        1 if report_plan(json.load(open(o.out, encoding="utf-8"))) > 10 else 0))
    options = parser.parse_args()
    options.act(options)


if __name__ == "__main__":
    main()
