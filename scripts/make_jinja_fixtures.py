#!/usr/bin/env python3
"""Writes Tests/KernelTests/Fixtures/text/jinja.golden.json: what Jinja itself makes of templates.

The environment is set as transformers sets it for chat templates.
Needs: pip install jinja2==3.1.6
"""
import json
import pathlib

from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/KernelTests/Fixtures/text"
CONTEXT = {
    "messages": [
        {"role": "system", "content": " Be brief.\n"},
        {"role": "user", "content": "Hi 😀 <b>\"é\"</b>"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHello!  "},
        {"role": "user", "content": "Again?", "name": None},
    ],
    "tools": [{"type": "function", "function": {"name": "add", "args": [1, 2.5, True, None, -3]}}],
    "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True, "n": 7, "x": -2.5,
    "empty": [], "nested": {"a": {"b": [1, [2, "three"]]}, "items": "not the method"},
}
VALUES = [
    "1 + 2 * 3 - 4", "7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 / 2", "2 ~ 3 * 4", "'a' ~ 1 ~ none ~ true", "x, -x, x + n",
    "n == 7.0, true == 1, 'a' == 'a', 'a' != 'b'", "1 < 2 < 3, 1 < 3 < 2, 'a' < 'b', n >= 7, n <= 6",
    "not n, not empty, not not n", "n and 'yes', empty or 'no', none and 1", "'a' if n else 'b'", "'a' if empty", "('a' if empty) is defined",
    "'b' in 'abc', 3 in [1, 2], 3 not in [1, 2], 'a' in {'a': 1}", "[1, 'two', 3.0, none, [true]]", "{'a': 1, 'b': [2]}", "(1, 2)[0]",
    "messages[0].role, messages[-1]['content'], messages[9] is defined", "nested.a.b[1][1]", "nested['items']", "messages[0].missing is defined",
    "messages[1:][0].role, messages[::-1][0].content, messages[:2]|length, messages[1:3]|length", "'hello'[1:3], 'hello'[::-1], 'hello'[-2:], 'hello'[0], 'héllo'[1]",
    "'hello'[10:], 'hello'[-10:2], [1,2,3,4,5][::2], [1,2,3,4,5][4:0:-2]", "messages[0].content|trim", "'xxaxx'|trim('x')", "'  a b '|length, messages|length, nested|length, '😀é'|length",
    "'aB é ß'|upper, 'aB É'|lower, 'hELLO wORLD'|capitalize", "[1, 2, 3]|join(', '), ['a', 'b']|join, 'abc'|join('-')", "missing|default('d'), ''|default('d'), ''|default('d', true), none|d('x')",
    "tools|tojson", "tools[0]|tojson(indent=2)", "messages[1].content|tojson", "[]|tojson(indent=4), {}|tojson", "1.5|tojson, true|tojson, none|tojson, 'a\\n\\t\\\\\"'|tojson",
    "' a '.strip() ~ '|', 'xxa'.lstrip('x'), 'axx'.rstrip('x')", "'abc'.startswith('ab'), 'abc'.endswith('bc'), ''.startswith('')", "'a,b,,c'.split(','), ' a  b '.split(), 'a,b,c'.split(',', 1)",
    "messages[2].content.split('</think>')[-1].lstrip('\\n')", "'aXbX'.replace('X', 'yy'), 'abc'|replace('b', '')", "'ab'.upper() + 'CD'.lower(), 'heLLo'.capitalize()",
    "nested.get('zzz'), nested.get('zzz', 1), nested.get('a').b[0]", "messages[0].items()|list|length", "messages[0].keys()|list, messages[0].values()|list|length",
    "n is defined, zz is defined, zz is undefined, zz is not defined", "none is none, n is none, 'a' is string, n is string, n is number, x is number, x is integer, x is float",
    "messages is iterable, nested is mapping, messages is mapping, messages is sequence, 'a' is iterable, n is iterable", "true is true, false is false, n is true, true is boolean",
    "n is odd, n is even, n is divisibleby 7, n is divisibleby(2), n is eq 7, n is ne(7), n is in [7]", "[1,2,3]|first, [1,2,3]|last, []|first is defined, [3,1]|reverse|list", "'12'|int + 1, 3.9|int, 'q'|int",
    "messages|map(attribute='role')|list", "messages|selectattr('role', 'equalto', 'user')|list|length", "messages|rejectattr('role', 'eq', 'user')|map(attribute='content')|join('/')", "messages|selectattr('name', 'defined')|list|length",
    "range(3)|list, range(1, 7, 2)|list, range(3, 0, -1)|list", "[1] + [2, 3]", "1e3 if true else 10", "1_000 + 1", "'a' 'b'", "'\\x41\\u00e9\\q'", "\"it's\" ~ 'say \"x\"'", "[\"it's\", 'a\"b', 'c\\nd\\\\']", "zz", "[zz]|length", "0.1 + 0.2, 1e-3 if true else 5.0, 100.0 * 10", "'%s' if false else n|string ~ 'x'", "messages|length - 1", "-2|abs if false else -n", "not 1 == 2", "[1, 2] == [1, 2], {'a': 1} == {'a': 1}", "'é' == 'e\\u0301'",
    "dict(a=1, b='c')", "namespace(a=1).a", "'A' < 'a', 'Z' > 'a'", "loop is defined", "true|string, none|string", "messages[0]['role'] == 'system' and messages[0].content|trim|length > 3",
]
BLOCKS = [
    "{% for m in messages %}{{ loop.index }}/{{ loop.index0 }} {{ loop.first }} {{ loop.last }} {{ loop.length }} {{ loop.revindex }} {{ loop.revindex0 }}\n{% endfor %}",
    "{% for m in messages if m.role == 'user' %}\n  {{ m.content }}\n{% else %}none{% endfor %}x", "{% for m in empty %}a{% else %}none{% endfor %}",
    "{%- for m in messages -%}\n  [{{- m.role -}}]\n{%- endfor -%}\n end", "a\n  {% if true %}\n  b\n  {% endif %}\n  c\n", "a\n  {%+ if true %}\n  b{% endif %}\n", "a {# note #} b\n{# line #}\nc", "  {# x #}  y", "{{ 'a' }}\n{{ 'b' }}\n\n", "x\n\n",
    "{% set a = 1 %}{% for i in range(3) %}{% set a = a + i %}{{ a }}{% endfor %}{{ a }}", "{% set ns = namespace(n=0, s='') %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% set ns.s = ns.s ~ i %}{% endfor %}{{ ns.n }} {{ ns.s }}",
    "{% set a, b = 1, 'z' %}{{ a }}{{ b }}", "{% for k, v in messages[0].items() %}{{ k }}={{ v }};{% endfor %}", "{% set t %}in {{ n }}{% endset %}[{{ t }}]",
    "{% if n == 1 %}a{% elif n == 7 %}b{% else %}c{% endif %}", "{% if zz %}a{% elif empty %}b{% else %}c{% endif %}", "{% if n %}{% set q = 5 %}{% endif %}{{ q }}",
    "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{% for i in range(2) %}{% for j in range(2) %}{{ loop.index0 }}{{ i }}{{ j }} {% endfor %}{{ loop.index }};{% endfor %}",
    "{% for m in messages %}{% if loop.previtem is defined %}{{ loop.previtem.role }}>{% endif %}{{ m.role }}{% if not loop.last %},{% endif %}{% endfor %}", "{% for c in 'añ😀' %}<{{ c }}>{% endfor %}", "{% for i in zz %}x{% endfor %}.",
    "{{ '{{ x }}' }} { { % } } {{ '%}' }} {{ \"}}\" }}", "{{ {'a': {'b': 1}}['a']['b'] }}", "é 中 😀\r\nline\rother\n", "{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}{% set sys = messages[0]['content']|trim %}{% else %}{% set rest = messages %}{% endif %}{{ sys }}|{{ rest|length }}",
    "{{ bos_token }}{% for message in messages %}{{ '<|start|>' + message['role'] + '<|end|>\\n\\n' + message['content'] | trim + '<|eot|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start|>assistant<|end|>\\n\\n' }}{% endif %}",
    "{%- if tools %}\n    {{- '<tools>' }}\n    {%- for tool in tools %}\n        {{- \"\\n\" }}\n        {{- tool | tojson }}\n    {%- endfor %}\n    {{- '</tools>\\n' }}\n{%- endif %}\n{%- set ns = namespace(multi=true, last=messages|length - 1) %}\n{%- for message in messages[::-1] %}\n    {%- set index = (messages|length - 1) - loop.index0 %}\n    {%- if ns.multi and message.role == 'user' and not(message.content.startswith('<r>') and message.content.endswith('</r>')) %}\n        {%- set ns.multi = false %}\n        {%- set ns.last = index %}\n    {%- endif %}\n{%- endfor %}\n{{- ns.last }}\n{%- for message in messages %}\n    {%- set content = message.content if message.content is string else '' %}\n    {%- if '</think>' in content %}\n        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}\n    {%- endif %}\n    {{- '[' + message.role + ']' + content }}\n{%- endfor %}\n",
]
REFUSED = [
    "{{ 2 + 3 ~ 4 }}",     "{{ raise_exception('no system here') }}", "{{ 1 / 0 }}", "{{ 'a' + 1 }}", "{{ zz.member }}", "{{ zz['member'] }}", "{% if %}", "{% for %}{% endfor %}", "{% if n %}", "{{ n", "{% endif %}", "{{ 'a }}", "{{ (1 }}", "{{ n | nofilter }}", "{{ n is notest }}", "{{ nofunction() }}", "{{ 1 in n }}", "{% set n.a = 1 %}", "{{ 'a' < 1 }}", "{% unknown %}", "{{ 1 2 }}", "{{ }}", "{{ [1, }}", "{{ 'abc'.nomethod() }}",
]


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    env.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
        x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )

    def refuse(message):
        raise ValueError(message)

    env.globals["raise_exception"] = refuse
    return env


def main():
    env, rows = environment(), []
    sources = BLOCKS[:]
    for value in VALUES:
        sources.append("{{ (" + value + ") }}" if "," not in value else "{{ [" + value + "] }}")
    for source in sources:
        try:
            rows.append({"source": source, "text": env.from_string(source).render(**CONTEXT)})
        except Exception as error:
            raise SystemExit(f"Jinja refuses {source!r}: {error}") from error
    for source in REFUSED:
        try:
            text = env.from_string(source).render(**CONTEXT)
        except Exception:
            rows.append({"source": source, "text": None})
        else:
            raise SystemExit(f"Jinja accepts {source!r}: {text!r}")
    out = {"context": CONTEXT, "rows": rows}
    (OUT / "jinja.golden.json").write_text(json.dumps(out, ensure_ascii=True, indent=1) + "\n")
    print(len(rows))


main()
