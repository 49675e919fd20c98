#!/usr/bin/env python3
"""Writes Tests/KernelTests/Fixtures/text/jinja.golden.json: what Jinja itself makes of templates.

The environment is set as transformers sets it for chat templates; the date is fixed.
Needs: pip install jinja2==3.1.6
"""
import datetime
import json
import pathlib

from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
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
DATE = datetime.datetime(2026, 11, 30, 16, 5, 9)
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


# Every argument of filters and methods, and what else a subset is tempted to pass over.
ARGUMENTS = [
    "{'b': 2, 'a': 1}|tojson(sort_keys=true)", "{'a': 1, 'b': [1]}|tojson(separators=(',', ':'))", "'✓'|tojson(ensure_ascii=true)", "'✓😀'|tojson(true)", "{'a': [1, {}], 'b': {'c': none}}|tojson(indent=1)", "[1]|tojson(indent='--')", "[1, [2]]|tojson(indent=0)", "{1: 2, none: 3, true: 4, 2.5: 5}|tojson", "(1, 2)|tojson", "1e16|tojson", "1e-7|tojson",
    "'banana'.replace('a', 'X', 2)", "'banana'|replace('a', 'X', 2)", "'banana'|replace('', '-', 3)", "' 1 2 3'.split(none, 1)|join(',')", "'a b  c'.split(maxsplit=1)", "'a,b,c'.rsplit(',', 1)", "'a b c'.rsplit(none, 1)", "''|int(1)", "'11'|int(base=2)", "'0x1f'|int(0, 16)", "'1_000'|int", "'3.7'|int", "'q'|int('none')", "'1e3'|float", "'q'|float(2.5)", "[{'age': 1}, {'age': 2}]|join(attribute='age')", "[{'age': 1}, {'age': 2}]|join('-', 'age')", "[{}]|map(attribute='age', default=3)|list", "[{'a': {'b': [5]}}]|map(attribute='a.b.0')|list", "['a', 'b']|map('upper')|list", "[1.256, 2.5]|map('round', 1)|list", "['a b', 'c']|map('replace', 'a', 'x')|list",
    "('a', 'b')|string", "(1,)|string", "()|string", "{'a': 1}.keys is defined", "{'a': 1}.append is defined", "[].append is defined", "''.upper is callable", "messages|selectattr('name')|list", "messages|rejectattr('name')|map(attribute='role')|list", "[0, 1, 2]|select|list", "[0, 1, 2]|reject('odd')|list", "[1, 2, 3]|select('gt', 1)|list", "[1, 'a', none]|select('string')|list", "messages|selectattr('role', 'in', ['user'])|map(attribute='role')|list",
    "[3, 1, 2]|sort", "[3, 1, 2]|sort(reverse=true)", "['b', 'A', 'a']|sort", "['b', 'A', 'a']|sort(case_sensitive=true)", "messages|sort(attribute='role')|map(attribute='role')|list", "messages|sort(attribute='role,content')|map(attribute='content')|list", "{'b': 1, 'A': 2}|dictsort", "{'b': 1, 'A': 2}|dictsort(true)", "{'b': 1, 'a': 2}|dictsort(by='value', reverse=true)", "['a', 'A', 'b', 'a']|unique|list", "['a', 'A', 'b']|unique(case_sensitive=true)|list", "messages|unique(attribute='role')|map(attribute='role')|list", "messages|groupby('role')|map(attribute='grouper')|list", "messages|groupby('role')|map('last')|map('length')|list", "[1, 3, 2]|max, [1, 3, 2]|min, ['b', 'A']|min, []|max is defined", "messages|max(attribute='content')", "[1, 2.5]|sum, [1]|sum(start=5), tools|sum('n', 1) if false else 2", "[[1], [2]]|sum(start=[])", "x|abs, n|abs, 2.5|round, 3.5|round, 2.675|round(2), 1234.5|round(1, 'floor'), 1.21|round(1, 'ceil'), 7|round",
    "'a\\nb\\n\\nc'|indent", "'a\\nb\\n\\nc'|indent(2, true)", "'a\\nb\\n\\nc'|indent('> ', blank=true)", "'%s-%05.1f-%x|%-4d|%r'|format('a', 2.55, 255, 3, 'q')", "'%(a)s'|format(a=1)", "'%d%%' % 5", "'%s %s' % (1, 'b')", "'{} {1} {a!r:>5}'.format(1, 2, a='x') if false else '{0}{1}'.format(1, 'b')", "'{:>6}|{:<4}|{:^5}|{:06.2f}|{:,}|{:x}'.format('a', 1, 'b', 3.14159, 1234567, 255)", "missing|default('d', boolean=true), none|default('d', true)", "'xxaxx'|trim('x'), 'xay'.strip('xy')", "'hello wORLD-foo (bar'|title, 'hello wORLD it\\'s'.title()", "'the quick brown fox'|truncate(9), 'the quick brown fox'|truncate(9, true), 'the quick brown'|truncate(12, false, '…', 0)", "'one two, three_four'|wordcount", "'ab'|center(7), 'ab'.center(5, '*'), 'ab'.ljust(4) ~ '|', 'ab'.rjust(4)", "[1, 2, 3, 4, 5]|batch(2)|list, [1, 2, 3]|batch(2, 'x')|list", "[1, 2, 3, 4, 5]|slice(2)|list, [1, 2, 3]|slice(2, 'x')|list", "'a b&c/d'|urlencode, {'a b': 1}|urlencode",
    "'<'|safe + '<', '<' + '<'|safe, '<'|safe ~ '<', '<&\\'\"'|e, '<'|escape|escape, '<'|safe|forceescape", "'%s'|safe % '<', ('<b>'|safe).upper(), ('a'|safe).replace('a', '<'), ['<'|safe, '<']|join", "'<'|safe * 2, ('<x>'|safe)[1:] + '&', 'a'|e is escaped, 'a' is escaped",
    "'a,b,c'.partition(','), 'a,b,c'.rpartition(','), 'abc'.partition('x')", "'a\\nb\\r\\nc'.splitlines(), 'a\\nb'.splitlines(true)", "'abcabc'.find('c'), 'abcabc'.rfind('c'), 'abc'.find('z'), 'äbc'.index('c'), 'abcabc'.count('bc'), 'abcabc'.find('a', 1)", "'abc'.startswith(('x', 'a')), 'abc'.endswith(('c', 'x')), 'abc'.startswith('b', 1)", "'12'.isdigit(), 'a1'.isalnum(), 'ab'.isalpha(), ' '.isspace(), 'AB'.isupper(), 'ab'.islower(), 'Ab Cd'.istitle()", "'abc'.removeprefix('a'), 'abc'.removesuffix('c'), '-5'.zfill(4), 'aB'.swapcase(), '-'.join(['a', 'b'])", "'ΑΣ ΟΔΟΣ'.lower(), 'ß'.upper(), 'ǆ'.title()",
    "[1, 2, 1].count(1), [1, 2].index(2), (1, 2).index(2)", "{'a': 1}.items(), {'a': 1}.keys(), {'a': 1}.values()", "{'a': 1}|items|list, {1: 'a', 1.0: 'b', true: 'c'}", "nested.get('a').get('b')|length", "messages[0].copy() == messages[0]",
    "range(5)[2], range(5)[-1], range(3), range(0, 6, 2), range(3)|length, 2 in range(3)", "2 ** 10, 2 ** -1, -2 ** 2, 2.0 ** 3", "7 // -2, -7 % 3, 7.5 // 2, -7.5 % 2, 1e16, 1e15, 1e-5, 123456789.125, 1.0", "'a' * 3, 3 * 'a', [1] * 2, 'a' * -1", "1 < 2 < 3 > 2, 1 == 1.0 == true, 'a' < 'b' < 'a'", "[1, 2] < [1, 3], (1, 'a') < (1, 'b'), [] == (), (1,) == (1,)", "-2|abs, -n|string, +n, not not n", "'b' if false, ('b' if false) is undefined", "1 is sameas 1 if false else none is sameas none, true is sameas true", "5 is gt 3, 5 is ge(5), 5 is lt 3, 5 is le 5, 'a' is lower, 'A' is upper, 'upper' is filter, 'defined' is test", "zz is sequence, zz is iterable, zz is mapping, zz|length, zz|list, zz == yy, 'a' in zz", "'a' ~ zz ~ none ~ 1.0 ~ [zz]", "messages.0.role, 'abc'.1, nested.a.b.1.1.0", "'\\a\\b\\f\\v\\101\\0'|tojson, 'a\\\nb'", "0x1F, 0b11, 0o17, 1_0.5e-1", "messages[1:][:1]|map(attribute='role')|first, messages|last|length", "cycler('a', 'b').next(), joiner(', ')()", "dict([('a', 1)], b=2), dict({'x': 1})", "namespace({'a': 1}).a, namespace(a=1)['a']", "'%c%i%e' % ('a', 3.9, 12345.678)", "strftime_now('%d %b %Y'), strftime_now('%Y-%m-%d %H:%M:%S %A %B %j %p %I %-d %e %y %%')",
]
MORE_BLOCKS = [
    "{% for i in [1, 2] %}{% break %}{% else %}e{% endfor %}|{% for i in [1, 2] %}{% if i == 1 %}{% continue %}{% endif %}{% else %}e{% endfor %}", "{% generation %}{{ kwargs }}{{ varargs }}{% endgeneration %}{{ kwargs }}", "{{ true.real }}{{ 2.5.real }}" if False else "{{ true.real }}",
    "{% macro m(a, b='x') %}[{{ a }}{{ b }}{{ varargs }}{{ kwargs }}]{% endmacro %}{{ m(1) }}{{ m(1, 2, 3, k=4) }}{{ m(b=1) }}{{ m.name }}{{ m.arguments }}{{ m }}", "{% macro m(a) %}{% if a > 0 %}{{ a }}{{ m(a - 1) }}{% endif %}{% endmacro %}{{ m(3) }}", "{% macro m() %}{{ x2 }}{% endmacro %}{% set x2 = 1 %}{{ m() }}{% set x2 = 2 %}{{ m() }}", "{% macro m() %}{% set q = 1 %}{{ q }}{% endmacro %}{{ m() }}{{ q is defined }}", "{% macro m() %}<{{ caller(1) }}|{{ caller(2) }}>{% endmacro %}{% call(i) m() %}{{ i }}{{ n }}{% endcall %}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}{% call m() %}{% endcall %}", "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m('<') ~ 1 }}{{ m(*[1, 2]) }}{{ m(**{'a': 3}) }}",
    "{% for m in messages %}{% generation %}{{ m.role }}{% set v = 1 %}{% endgeneration %}{{ v is defined }}{% endfor %}", "{% filter upper|replace('A', '<') %}a{{ n }}b{% endfilter %}", "{% set v | upper | trim %} a{{ n }} {% endset %}[{{ v }}]", "{% set v %}{% set w = 1 %}{% endset %}{{ w is defined }}", "{% with a = 1, b = n %}{{ a }}{{ b }}{% set c = 1 %}{% endwith %}{{ a is defined }}{{ c is defined }}", "{% raw %}{{ x }} {% if %}{% endraw %}|{%- raw -%} a {%- endraw -%} b", "  {% raw %}\n a{% endraw %}\nb", "{% print 1, 'a' %}",
    "{% for i in [1, [2, [3]]] recursive %}{% if i is iterable %}<{{ loop(i) }}>{% else %}{{ i }}{{ loop.depth }}{% endif %}{% endfor %}", "{% for m in messages %}{{ loop.cycle('a', 'b') }}{{ loop.changed(m.role) }}{{ loop.nextitem.role if loop.nextitem is defined }} {% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% set ns = namespace(done=false) %}{% for m in messages if not ns.done %}{{ m.role }}{% set ns.done = true %}{% endfor %}", "{% for m in messages if m.role == 'user' %}{{ loop.index }}/{{ loop.length }}{{ loop.last }} {% endfor %}", "{% for i in [] %}{% else %}e{% for j in [1] %}{{ loop.index }}{% endfor %}{% endfor %}", "{% for i in range(3) %}{% for j in [] %}{% else %}{% if i == 1 %}{% break %}{% endif %}{% endfor %}{{ i }}{% endfor %}", "{% set g = messages|selectattr('name', 'defined') %}{{ g|list|length }}{{ g|list|length }}", "{% set r = [1, 2, 3]|reverse %}{{ r|first }}{{ r|list }}", "{% for g in messages|groupby('role') %}{{ g.grouper }}:{{ g.list|length }} {% endfor %}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.current }}{{ c.next() }}{{ c.next() }}{% set j = joiner('|') %}{{ j() }}{{ j() }}", "{% set ns = namespace(a=1) %}{{ ns }}{% set ns.a, ns.b = 2, 3 %}{{ ns.a }}{{ ns.b }}{{ ns.c is defined }}", "{% if n: %}a{% else: %}b{% endif %}", "{% set a, b = 'xy' %}{{ a }}{{ b }}{% set t = 1, 2 %}{{ t }}", "{{ 1, 2 }}{{ (1) }}", "{% if false %}{{ 1|nofilter }}{% endif %}{{ 1|nofilter if false }}", "{{ 'a' -}}  \n {{- 'b' +}}" if False else "{{ 'a' -}}  \n {{- 'b' }}", "a\n  {%+ if true -%}  \n  b\n  {%- endif +%}\nc", "a {#- x -#} b\n  {#+ y #}\n c",
]
MORE_REFUSED = [
    "{% break %}", "{% macro m() %}{% continue %}{% endmacro %}", "{% for m in messages %}{% generation %}{% break %}{% endgeneration %}{% endfor %}", "{{ messages|selectattr('role')|length }}", "{{ [1]|map('upper')|length }}", "{{ 'a'|upper(1) }}", "{{ 'a'|tojson(sort=1) }}", "{{ [1]|first(2) }}", "{{ 'a'.upper(1) }}", "{{ 'a'|trim('a', 'b') }}", "{{ 1 is defined(2) }}", "{{ 'a'.split(',', 1, 2) }}", "{{ range(1, 2, 3, 4) }}", "{{ range(100001) }}", "{{ dict(1) }}", "{{ [].append(1) }}", "{{ {}.update({}) }}", "{{ [1].sort() }}", "{{ namespace(_a=1) }}", "{% for loop in messages %}{% endfor %}", "{% set true = 1 %}", "{% macro m() %}{% endmacro %}{{ m(1) }}", "{% macro m() %}{% endmacro %}{{ m(k=1) }}", "{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}", "{{ m(a=1, 2) }}", "{{ {[]: 1} }}", "{{ {'a': zz}|tojson }}", "{{ [1]|round }}", "{{ zz + 1 }}", "{{ zz() }}", "{{ zz|upper.x }}", "{{ none.upper() }}", "{{ none|length }}", "{{ 1|list }}", "{{ [1, 'a']|sort }}", "{{ 'a' * 1.5 }}", "{{ bos_token['a':] }}", "{{ empty[::0] }}", "{{ n[1:] }}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% set a, b = [1] %}", "{{ [1](2) }}", "{{ (1 }}{{ 2) }}", "{{ [1)}}", "{{ 'a' is string is defined }}", "{{ '%d' % 'a' }}", "{{ '%s' % () }}", "{{ '{}'.format() }}", "{{ ''.split('') }}", "{{ 5 is divisibleby 0 }}", "{{ 1|nofilter }}", "{% for i in [] %}{{ 1|nofilter }}{% endfor %}", "{{ loop.index }}", "{% for i in [1] %}{{ loop([2]) }}{% endfor %}", "{{ raise_exception() }}", "{% endmacro %}", "{% macro m(a=1, b) %}{% endmacro %}", "{% generation %}", "{{ 012 }}", "{{ a.b.c }}", "{{ 'a'.__class__.x }}", "{{ messages|attr('__class__')|attr('x') }}", "{% do 1 %}", "{% filter length %}ab{% endfilter %}", "{{ [] is filter }}", "{{ '\\x4' }}",
]


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_text"), [], [], body).set_lineno(line)

    def _text(self, caller):
        return caller()


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    env.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
        x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )
    usual = env.globals["namespace"]

    def refuse(message):
        raise ValueError(message)

    def namespace(*args, **kwargs):
        if any(str(name).startswith("_") for name in dict(*args, **kwargs)):
            raise ValueError("a hidden name")
        return usual(*args, **kwargs)

    env.globals["raise_exception"] = refuse
    env.globals["namespace"] = namespace
    env.globals["strftime_now"] = DATE.strftime
    return env


def main():
    env, rows = environment(), []
    sources = BLOCKS + MORE_BLOCKS
    for value in VALUES + ARGUMENTS:
        sources.append("{{ (" + value + ") }}" if "," not in value else "{{ [" + value + "] }}")
    for source in sources:
        try:
            rows.append({"source": source, "text": env.from_string(source).render(**CONTEXT)})
        except Exception as error:
            raise SystemExit(f"Jinja refuses {source!r}: {error}") from error
    for source in REFUSED + MORE_REFUSED:
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
