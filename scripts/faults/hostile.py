"""Hostile strings by seed, and the judge of what a terminal was sent. Every string has its number in front, `@17@`, so that
what was shown can be counted; no string holds a sequence that the program itself may send."""
import random
import re

# Codes of the program's own styles, of the line of progress, and of curses on xterm-256color.
STYLE = rb"\x1b\[(?:0|[1-9]|2[1-57-9]|3[0-79]|4[0-79]|9[0-7]|10[0-7]|[34]8;5;\d{1,3}|[34]8;2;\d{1,3};\d{1,3};\d{1,3}|;)*m"
PROGRESS = rb"\r\x1b\[K"
MODES = rb"(?:1|7|12|25|1000|1002|1004|1006|1049|2004|2026)"
CURSES = (
    rb"\x1b\[\?%s(?:;%s)*[hl]|\x1b\[[34]*[hl]|\x1b\[2[23];0;0t|\x1b\]11;\?\x1b\\|\x1b\([B0]|\x1b\)0|\x1b[=>78M]|\x1b\[[012]?[JK]|[\r\b\x0f]"
    % (MODES, MODES))
MOVES = re.compile(rb"\x1b\[(\d{0,4})(?:;(\d{0,4}))?([HGdABCDXPLMSTrb@])")
TITLE = re.compile(rb"\x1b\]2;([^\x07\x1b]*)\x07")
# Controls, format characters, separators of lines, fillers, and the plane of tags but for selectors of variants.
HIDDEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]")
FLOOD = re.compile("[\u0300-\u036f\u0489\u20dd\ufe00-\ufe0f\u1ab0\U000e0100-\U000e01ef]{9}")
NUMBER = re.compile(rb"@(\d+)@")


class Strings:
    def __init__(self, seed):
        self.random, self.count = random.Random(seed), 0

    def text(self, most=400):
        """The next one: several pieces, one in five hundred long."""
        source = self.random
        found = "".join(self.piece() for _ in range(source.randint(1, 5)))
        if source.randrange(500) == 0:
            found *= source.randint(10, 60)
            most *= 10
        self.count += 1
        return f"@{self.count}@" + found[:most].replace("@", "a").replace("\r\x1b[K", "\r\x1b[6n")

    def texts(self, count, most=400):
        return [self.text(most) for _ in range(count)]

    def name(self, most=60):
        """One that a file may be called."""
        return self.text(most).replace("/", "|").replace("\0", "\1")

    def bytes(self, most=200):
        """One that is no UTF-8, for arguments and names."""
        found = self.text(most).encode()
        return found + self.random.choice(BROKEN).replace(b"\0", b"\1")

    def piece(self):
        source = self.random
        kind = source.randrange(12)
        if kind < 2:
            start = source.choice(["\x1b[", "\x9b"])
            numbers = ";".join(str(source.choice([0, 1, 2, 25, 1049, 99999])) for _ in range(source.randint(0, 2)))
            return f"{start}7777;{numbers}" + chr(source.randint(0x40, 0x7E))
        if kind == 2:
            start = source.choice(["\x1b]", "\x1bP", "\x1b_", "\x1bX", "\x1b^", "\x90", "\x98", "\x9d", "\x9e", "\x9f"])
            body = source.choice(["0;OWNED", "52;c;T1dORUQ=", "8;;http://OWNED/", "4;1;?", "+q544e", "Gi=1;AAAA", "777;notify;x;y"])
            return start + body + source.choice(["\x07", "\x1b\\", "\x9c", ""])
        if kind == 3:
            return "".join(chr(source.randrange(0x20)) for _ in range(source.randint(1, 6)))
        if kind == 4:
            return "".join(chr(source.randint(0x7F, 0xA0)) for _ in range(source.randint(1, 6)))
        if kind == 5:
            return "".join(source.choice(DIRECTIONS) for _ in range(source.randint(1, 4)))
        if kind == 6:
            return "".join(chr(source.choice(INVISIBLE)) for _ in range(source.randint(1, 6)))
        if kind == 7:
            count = source.randint(40, 300) if source.randrange(10) == 0 else source.randint(1, 12)
            return source.choice("aж中 ") + source.choice("\u0301\u0300\u0489\u20dd\ufe0f\U000e0100\u1ab0") * count
        if kind == 8:
            return source.choice(JOINED)
        if kind == 9:
            return "".join(self.any() for _ in range(source.randint(1, 6)))
        if kind == 10:
            return "".join(chr(source.randint(0x20, 0x7E)) for _ in range(source.randint(0, 20)))
        return source.choice(FAMOUS)

    def any(self):
        while True:
            value = self.random.randrange(0x110000)
            if not 0xD800 <= value < 0xE000:
                return chr(value)


DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
INVISIBLE = [
    *range(0xE0000, 0xE0080), *range(0xE0080, 0xE0100), *range(0xFE00, 0xFE10), *range(0x200B, 0x200E), 0x2028, 0x2029,
    *range(0x2060, 0x2070), 0xFEFF, 0xAD, 0x34F, 0x115F, 0x1160, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFFF0, 0xFFFE),
    *range(0xE000, 0xE010), *range(0x1D173, 0x1D17B), *range(0x13430, 0x13440)]
JOINED = ["中文测试", "한국어", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪🇯🇵", "❤️‍🔥", "1️⃣", "e\u0301\u0302", "नमस्ते", "กำ้", "ﷺ", "𒐫", "꧅", "｡ｶﾞ"]
FAMOUS = [
    "\x1b]52;c;T1dORUQ=\x07", "\x1b]0;OWNED\x07", "\x1b]8;;http://OWNED\x07x\x1b]8;;\x07", "\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[21t",
    "\x1bP+q544e\x1b\\", "\x1b[7777;7777H", "\x1b[7777A", "\x1bc", "\x1b#8", "\x1b[3g", "\x1b[201~rm -rf x\n", "\x1b_Gi=1;AAAA\x1b\\",
    "\x1b]1337;File=:AA\x07", "\x1b[!p", "\x1b[31;7777m\x9b31m", "\r\nworkbench: fake", "\b\b\b", "\x0e\x0f", "\x05", "\x18\x1a",
    "\t\x0b\x0c", "\0\0", "\u202egnp.exe\u202c", "\x1b[?5h", "\x1b[?47l"]
BROKEN = [
    b"\xc0\x9b[m", b"\xe0\x80\x9b", b"\xf0\x80\x80\x9b", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xff\xfe", b"\xe4\xba",
    b"\xc2\x1b]0;x\x07", b"\x80\x9b\x9d\x90", b"\x9b31m", b"\xf0\x9f\x98"]


class Judge:
    """Takes what came from the terminal; counts the strings in it, and what may not be there."""

    def __init__(self):
        self.strings = self.bytes = self.escapes = 0
        self.leaks = []

    def take(self, data, where, own, size=None):
        """`own` is what the program may send there; with `size` also what curses may, within the screen."""
        self.bytes += len(data)
        self.strings += len({found.group(1) for found in NUMBER.finditer(data)})
        faults = []
        rest = re.sub(rb"|".join(own), self.blank, data) if own else data
        if size:
            rest = TITLE.sub(lambda found: b" " + found.group(1) + b" ", rest)
            rest = MOVES.sub(lambda found: self.moved(found, size, faults), rest)
        try:
            text = rest.decode()
        except UnicodeDecodeError as error:
            faults.append(("no UTF-8", rest[max(0, error.start - 40):error.start + 40]))
            text = rest.decode("utf-8", "replace")
        for pattern in (HIDDEN, FLOOD):
            for found in pattern.finditer(text):
                faults.append((repr(found.group()[:1]), text[max(0, found.start() - 40):found.start() + 40]))
        for what, around in faults[:3]:
            print(f"LEAK {where}: {what} in {around!r}", flush=True)
        self.leaks += faults
        return len(faults)

    def blank(self, found):
        self.escapes += found.group()[:1] == b"\x1b"
        return b" "

    def moved(self, found, size, faults):
        self.escapes += 1
        first, second, final = found.groups()
        rows, columns = size
        least = max(rows, columns) if final in b"XPLMSTb@ABCDGd" else rows
        if int(first or 1) > least or int(second or 1) > (rows if final == b"r" else columns):
            faults.append(("a place outside of the screen", found.group()))
        return b" "
