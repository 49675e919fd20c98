"""Chat templates beside transformers: templates in the manner of public models over random conversations, tools and
options; the rows of the project's own fixture; built-in templates beside what their exports make in transformers.

    python check_templates.py --program .build/release/workbench --out DIR [--seed N] [--only WORD]
"""
import json
import pathlib
import warnings

import transformers
from transformers.utils import chat_template_utils

from common import Refused, WORDS, data_set, fresh, opened_tokenizer, start, tiny_model

warnings.filterwarnings("ignore")
CONVERSATIONS = 6
FIXTURE = pathlib.Path(__file__).resolve().parents[2] / "Tests/KernelTests/Fixtures/text/jinja.golden.json"
BUILTIN = ["default", "empty", "alpaca", "vicuna", "chatml", "qwen", "smollm", "smollm2", "llama3", "llama2"]

HEAD = "{% if messages[0].role == 'system' %}{% set first = messages[0].content %}" \
    "{% set rest = messages[1:] %}{% else %}{% set first = '' %}{% set rest = messages %}{% endif %}"
TEMPLATES = {
    "plain turns": """{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content']
        + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""",
    "headers": HEAD + """{{ bos_token }}{% if first %}<|head|>system<|end|>\n\n{{ first | trim }}<|eot|>{% endif %}
{%- for message in rest %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) and not tools %}
        {{- raise_exception('roles must alternate') }}
    {%- endif %}
    {{- '<|head|>' ~ message.role ~ '<|end|>\\n\\n' ~ message.content | trim ~ '<|eot|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|head|>assistant<|end|>\\n\\n' }}{% endif %}""",
    "instructions": HEAD + """{{ bos_token }}{% for m in rest %}{% if m.role == 'user' %}
{{- '[INST] ' + (('<<SYS>>\\n' + first + '\\n<</SYS>>\\n\\n') if loop.first and first else '') + m.content + ' [/INST]' }}
{%- elif m.role == 'assistant' %}{{ ' ' + m.content | trim + ' ' + eos_token }}{% else %}{{ '{' ~ m.role ~ '}' }}
{%- endif %}{% endfor %}""",
    "tools and calls": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
    {{- '# Tools\\n<tools>' }}
    {%- for tool in tools %}{{- '\\n' }}{{- tool | tojson }}{%- endfor %}
    {{- '\\n</tools><|im_end|>\\n' }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(searching=true, last=messages | length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages | length - 1) - loop.index0 %}
    {%- if ns.searching and message.role == 'user' and message.content is string
        and not (message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.searching = false %}{%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' }}
    {%- elif message.role == 'assistant' %}
        {%- set thought = '' %}
        {%- if message.reasoning_content is string %}{%- set thought = message.reasoning_content %}
        {%- elif '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or thought) %}
            {{- '<|im_start|>assistant\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}{{- '<|im_start|>assistant\\n' + content }}
        {%- endif %}
        {%- for call in message.tool_calls or [] %}
            {%- if (loop.first and content) or not loop.first %}{{- '\\n' }}{%- endif %}
            {%- if call.function %}{%- set call = call.function %}{%- endif %}
            {{- '<tool_call>\\n{"name": "' ~ call.name ~ '", "arguments": ' }}
            {%- if call.arguments is string %}{{- call.arguments }}{%- else %}{{- call.arguments | tojson }}{%- endif %}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}{{- '<|im_start|>user' }}{%- endif %}
        {{- '\\n<tool_response>\\n' + content + '\\n</tool_response>' }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}{{- '<|im_end|>\\n' }}{%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}""",
    "macros over a schema": """{%- macro kind(spec) -%}
    {%- if spec.type == 'array' -%}{{ kind(spec['items']) ~ '[]' }}
    {%- elif spec.type is iterable and spec.type is not string -%}{{ spec.type | join(' | ') }}
    {%- elif spec.enum -%}{{ '"' + spec.enum | join('" | "') + '"' }}
    {%- elif spec.type == 'object' and spec.properties -%}
        {{ '{' }}{%- for name, part in spec.properties | dictsort -%}
            {{ name }}{{ '' if name in spec.required | default([]) else '?' }}: {{ kind(part) }}
            {%- if not loop.last %}, {% endif -%}
        {%- endfor -%}{{ '}' }}
    {%- else -%}{{ spec.type | default('any', true) }}{%- endif -%}
{%- endmacro -%}
{{- bos_token }}{% for tool in tools or [] %}{% set f = tool.function %}
// {{ f.description | default('no words', true) | indent(3) }}
type {{ f.name }} = (_: {{ kind(f.parameters) }}) => any;
{% endfor %}{% for message in messages | selectattr('role', 'in', ['user', 'assistant', 'system']) -%}
{{ loop.cycle('>', '<') }} {{ message.role | upper | replace('S', 'z', 1) }}{{ message.content | trim | truncate(40) }}
{{ '%03d|%-8s|' | format(loop.index, message.role) }}{% if not loop.last %}--{% endif %}
{% endfor %}{{ messages | map(attribute='role') | unique | sort | join(',') }}""",
    "namespaces, filters and tests": """{% set ns = namespace(count=0, names=[]) %}
{%- for message in messages if message.content -%}
    {%- set ns.count = ns.count + message.content | length -%}
    {%- set ns.names = ns.names + [message.role] -%}
    {%- if loop.previtem is defined and loop.previtem.role == message.role %}!{% endif -%}
    {%- set parts = message.content.split() -%}
    {{ loop.index }}/{{ loop.length }} {{ parts | first | default('none', true) }} {{ parts[-1:] }} {{ parts | length }}
    {{- ' ' ~ (message.content[:5] | tojson) ~ ' ' ~ message.content[::-1][:4] | e }}
    {%- if message.content is mapping %}map{% elif message.content is string %}str{% endif %}
{% else %}nobody{% endfor -%}
{{ ns.count }} {{ ns.names | groupby(attribute='0') | list | length }} {{ ns.names | batch(2) | list }} {{ ns.names[-1] in ('user', 'tool') }}
{%- set table = dict(a=1, b=[none, true, 1.5]) %} {{ table | tojson(indent=2) }} {{ table.items() | list }}
{%- filter trim %}  {{ (7 / 2) | round(1) }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 2 ** 10 }} {{ '%.2f' % 3.14159 }} {% endfilter %}
{%- call(x) wrap() if false else '' %}{% endcall %}""",
    "blocks and generation": """{% for message in messages %}{% if message.role == 'assistant' %}A: {% generation %}{{ message.content }}{% endgeneration %}
{% else %}{{ message.role[0] | upper }}: {{ message.content }}
{% endif %}{% endfor %}{% raw %}{{ not this }}{% endraw %}{% set words %}{% for m in messages %}{{ m.role[:1] }}{% endfor %}{% endset %}[{{ words }}]
{%- with a = 1, b = messages | length %}{{ a + b }}{% endwith %}{% for i in range(9) %}{% if i is odd %}{% continue %}{% endif %}{% if i > 5 %}{% break %}{% endif %}{{ i }}{% endfor %}
{{ strftime_now('%d %b %Y') }}""",
}
TEMPLATES["namespaces, filters and tests"] = TEMPLATES["namespaces, filters and tests"].replace(
    "\n{%- call(x) wrap() if false else '' %}{% endcall %}", "")


def words(world, most=8):
    odd = ["<|im_end|>", "{{ x }}", "{% if %}", "</think>", "<think>", "\\n", "'", '"', "&<>", "  ", "\n", "é", "\u2028"]
    return " ".join(world.random.choices(WORDS + odd, k=world.random.randint(1, most)))


def conversation(world, with_tools):
    pick = world.random.random
    talk = [dict(role="system", content=words(world))] if pick() < 0.5 else []
    for _ in range(world.random.randint(1, 4)):
        talk.append(dict(role="user", content=words(world)))
        answer = dict(role="assistant", content=words(world))
        if pick() < 0.3:
            answer["content"] = f"<think>\n{words(world)}\n</think>\n\n{answer['content']}"
        elif pick() < 0.2:
            answer["reasoning_content"] = words(world)
        if with_tools and pick() < 0.5:
            calls = [dict(type="function", function=dict(
                name="f", arguments=dict(q=words(world), n=world.random.randint(-5, 5), x=0.5)))
                for _ in range(world.random.randint(1, 2))]
            talk += [dict(answer, tool_calls=calls, content=world.random.choice(["", None, "So: "])),
                     *[dict(role="tool", content=words(world), name="f") for _ in calls]]
            answer = dict(role="assistant", content=words(world))
        talk.append(answer)
    if pick() < 0.5:
        talk.pop()
    return talk


def tools(world):
    part = lambda: world.random.choice([
        dict(type="string"), dict(type="integer", description=words(world, 3)), dict(type="boolean"),
        dict(type="string", enum=["a", "b c"]), dict(type="array", items=dict(type="number")),
        dict(type=["string", "null"]), dict(type="object", properties=dict(z=dict(type="string")))])
    return [dict(type="function", function=dict(
        name=f"f{number}", description=words(world), parameters=dict(
            type="object", required=["b"], properties=dict(b=part(), a=part()))))
        for number in range(world.random.randint(1, 3))]


def render(world, folder, given, *more):
    return json.loads(world.run("render", "--model", folder, "--json", *more,
                                text=json.dumps(given)))["text"]


def compare(world, row, cases):
    """One row over pairs of calls: the program's text and transformers' of the same; both may refuse."""
    wrong, refused = [], 0
    for mine, theirs in cases:
        try:
            wanted = theirs()
        except Exception as fault:
            wanted = None
            refused += 1
            reason = repr(fault)
        try:
            found = mine()
        except Refused as refusal:
            if wanted is not None:
                wrong.append(f"refused: {refusal}")
            continue
        if wanted is None:
            wrong.append(f"accepted, where transformers says {reason}")
        elif found != wanted:
            place = next((i for i, (a, b) in enumerate(zip(found, wanted)) if a != b),
                         min(len(found), len(wanted)))
            wrong.append(f"at {place}: {found[place:place + 40]!r}, wanted {wanted[place:place + 40]!r}")
    world.row(row, "WRONG" if wrong else "equal",
              f"{len(wrong)} of {len(cases)}: {wrong[0]}" if wrong
              else f"{len(cases)} texts" + (f", {refused} refused by both" if refused else ""))


def own_templates(world, folder):
    """Templates over random conversations as a model's own."""
    tokenizer = opened_tokenizer(folder)
    for name, source in TEMPLATES.items():
        if not world.wants(name):
            continue
        (folder / "chat_template.jinja").write_text(source)
        cases = []
        for number in range(CONVERSATIONS):
            with_tools = number % 2 == 1
            given = dict(messages=conversation(world, with_tools))
            if with_tools:
                given["tools"] = tools(world)
            if number % 3 == 0:
                given["enable_thinking"] = world.random.random() < 0.5
            prompts = number % 3 != 1
            more = dict(given)
            messages, listed = more.pop("messages"), more.pop("tools", None)
            cases.append((
                lambda given=given, prompts=prompts: render(
                    world, folder, given, *([] if prompts else ["--no-prompt"])),
                lambda messages=messages, listed=listed, more=more, prompts=prompts:
                tokenizer.apply_chat_template(
                    messages, tools=listed, chat_template=source, tokenize=False,
                    add_generation_prompt=prompts, **more)))
        compare(world, f"own template: {name}", cases)


def fixture(world, folder):
    """The fixture's rows, some of them, over a conversation of this seed."""
    rows = json.loads(FIXTURE.read_text())
    chosen = world.random.sample(rows["rows"], 80)
    for place in range(0, len(chosen), 20):
        name = f"fixture: rows {place + 1} to {place + 20} of the draw"
        if not world.wants(name):
            continue
        cases = []
        for row in chosen[place:place + 20]:
            # Dates are those of the fixture's clock, and an undefined name is the fixture's own.
            if "strftime_now" in row["source"]:
                continue
            given = dict(rows["context"], messages=[
                dict(role="system", content=words(world)), dict(role="user", content=words(world)),
                dict(role="assistant", content=f"<think>{words(world)}</think>\n\nHello!"),
                dict(role="user", content="Again?", name="")])

            def theirs(source=row["source"], given=given):
                template = chat_template_utils._compile_jinja_template(source)
                return template.render(documents=None, pad_token="<|endoftext|>", **given)

            def mine(source=row["source"], given=given):
                (folder / "chat_template.jinja").write_text(source)
                return render(world, folder, given)
            cases.append((mine, theirs))
        compare(world, name, cases)


def builtin(world, folder):
    """What a record becomes, beside transformers' text of an export with the same template."""
    path = folder / "chat_template.jinja"
    path.unlink(missing_ok=True)
    talks = []
    for _ in range(CONVERSATIONS):
        turns = [dict(role="system", content="Mind the " + " ".join(world.random.choices(WORDS, k=3)))] \
            if world.random.random() < 0.6 else []
        for _ in range(world.random.randint(1, 3)):
            turns += [dict(role=role, content=" ".join(world.random.choices(
                WORDS, k=world.random.randint(1, 6)))) for role in ("user", "assistant")]
        talks.append(turns)
    data = fresh(world.out / "talks")
    data.mkdir()
    (data / "d.json").write_text(json.dumps([dict(messages=talk) for talk in talks]))
    (data / "dataset_info.json").write_text(json.dumps({"d": {
        "file_name": "d.json", "formatting": "sharegpt", "columns": {"messages": "messages"},
        "tags": dict(role_tag="role", content_tag="content", user_tag="user",
                     assistant_tag="assistant", system_tag="system")}}))
    for name in BUILTIN:
        if not world.wants(f"built-in template: {name}"):
            continue
        target = fresh(world.out / "written")
        world.run("export", f"model_name_or_path={folder}", f"export_dir={target}",
                  f"template={name}")
        other = opened_tokenizer(target)
        if not other.chat_template:
            world.left_out(f"built-in template: {name}", "the export has no template of its own")
            continue

        def mine(number):
            return json.loads(world.run(
                "data", f"model_name_or_path={folder}", f"dataset_dir={data}", "dataset=d",
                f"template={name}", "cutoff_len=2000", "--record", number, "--json"))["text"]

        def own(number):
            return render(world, target, talks[number], "--no-prompt")
        theirs = lambda number: other.apply_chat_template(talks[number], tokenize=False)
        compare(world, f"built-in template: {name}, exported", [
            (lambda number=number: own(number), lambda number=number: theirs(number))
            for number in range(len(talks))])
        compare(world, f"built-in template: {name}, records", [
            (lambda number=number: mine(number), lambda number=number: theirs(number))
            for number in range(len(talks))])


def main(world):
    folder = tiny_model(world, "m", transformers.LlamaConfig, max_position_embeddings=2048)
    own_templates(world, folder)
    fixture(world, folder)
    builtin(world, folder)


if __name__ == "__main__":
    start(main)
