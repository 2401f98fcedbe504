"""Pages rendered by jinja2: inheritance, macros, filters, tests, loops, escaping, errors, and async rendering."""

import asyncio

from jinja2 import DictLoader, Environment, StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment, SecurityError

TEMPLATES = {
    "base.html": """\
<title>{% block title %}Shop{% endblock %}</title>
{% block body required %}{% endblock %}
{%- block footer %}
<p>{{ footer|default("no footer") }}</p>
{%- endblock %}
""",
    "macros.html": """\
{% macro input(name, value="", kind="text") -%}
<input type="{{ kind }}" name="{{ name }}" value="{{ value }}"{% if caller %}>{{ caller() }}</input>{% else %}>{% endif %}
{%- endmacro %}
""",
    "list.html": """\
{% extends "base.html" %}
{% from "macros.html" import input as field %}
{% block title %}{{ super() }}: {{ items|length }} items{% endblock %}
{% block body %}
<ul>
{% for item in items if (item.price is not none) recursive %}
  <li class="{{ loop.cycle('odd', 'even') }}">{{ loop.index }}/{{ loop.length }} {{ item.name|e }}: \
{{ "%.2f"|format(item.price) }}{% if loop.changed(item.kind) %} ({{ item.kind|upper }}){% endif %}{{ "," if not loop.last }}</li>
{%- if item.parts %}<ul>{{ loop(item.parts) }}</ul>{% endif %}
{% else %}
  <li>none</li>
{% endfor %}
</ul>
{{ field("name", items[0].name) }}
{% call field("other", kind="search") %}inner <b>html</b>{% endcall %}
{% set total = namespace(sum=0) %}
{% for item in items %}{% set total.sum = total.sum + (item.price or 0) %}{% endfor %}
total {{ total.sum|round(1) }}, {{ items|map(attribute="name")|map("lower")|sort|join(" & ") }}
{% for kind, group in items|groupby("kind") %}{{ kind }}={{ group|map(attribute="name")|list }};{% endfor %}
{% filter indent(4, first=True) %}
indented
block
{% endfilter %}
{% include ["missing.html", "part.html"] %}
{% include "missing.html" ignore missing %}
{% endblock %}
""",
    "part.html": "part of {{ items|length }}: {% with a = 1, b = 2 %}{{ a + b }}{% endwith %}",
    "raw.html": "{% raw %}{{ not rendered }}{% endraw %} {# gone #}{{ [1, 2, 3]|sum }} {{ '<i>'|safe }}{{ '<i>' }}",
}


def money(value, currency="EUR"):
    return f"{value:,.2f} {currency}"


environment = Environment(loader=DictLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
environment.filters["money"] = money
environment.tests["cheap"] = lambda value: value < 1
environment.globals["shop"] = "corner"
items = [
    {"name": "<Bolt>", "price": 0.25, "kind": "metal", "parts": [{"name": "head", "price": 0.1, "kind": "metal"}]},
    {"name": "Nut & co", "price": 0.5, "kind": "metal"},
    {"name": "Gift", "price": None, "kind": "other"},
    {"name": "Board", "price": 12, "kind": "wood"},
]
print(environment.get_template("list.html").render(items=items))
print(environment.get_template("raw.html").render())
print(environment.from_string("{{ 1234.5|money }} {{ 9|money('USD') }} {{ 0.5 is cheap }} {{ shop }}").render())
print(environment.from_string(
    "{{ range(10)|batch(4, '-')|list }} {{ 'a b c'|title|replace(' ', '_') }} {{ {'b': 1, 'a': 2}|dictsort }} "
    "{{ 'text'|wordwrap(2) }} {{ [3, 1]|sort(reverse=true)|first }} {{ 7 // 2 ** 2 }} {{ 'x' ~ 1 }} {{ 3 in [1, 2] }} "
    "{{ (x.y.z is defined) if x is defined else 'no x' }} {{ 'abc'[::-1] }} {{ -3|abs }} {{ [1,2]|tojson }} "
    "{{ 'https://x.org'|urlize }} {{ 'a,b'.split(',')|last|center(5) }}|"
).render())


def attempt(make):
    try:
        print(make())
    except Exception as error:
        print(f"{type(error).__name__}: {error}", getattr(error, "lineno", ""))


attempt(lambda: environment.from_string("a\n{% for %}"))
attempt(lambda: environment.from_string("{{ a b }}"))
attempt(lambda: environment.from_string("{% if x %}"))
attempt(lambda: environment.get_template("base.html").render())
attempt(lambda: environment.get_template("none.html"))
attempt(lambda: Environment(undefined=StrictUndefined).from_string("{{ missing + 1 }}").render())
attempt(lambda: SandboxedEnvironment().from_string("{{ ''.__class__.__mro__ }}").render())
attempt(lambda: environment.from_string("line 1\n{{ 1 / zero }}").render(zero=0))
try:
    environment.from_string("line 1\n{{ 1 / zero }}").render(zero=0)
except ZeroDivisionError as error:
    last = error.__traceback__
    while last.tb_next:
        last = last.tb_next
    print(last.tb_lineno, last.tb_frame.f_code.co_name)


async def numbers():
    for number in range(3):
        await asyncio.sleep(0)
        yield number


async def render():
    template = Environment(enable_async=True).from_string(
        "{% for n in numbers() %}{{ loop.index }}:{{ n }} {% endfor %}{{ later() }}"
    )

    async def later():
        return "later"

    print(await template.render_async(numbers=numbers, later=later))
    async for piece in template.generate_async(numbers=numbers, later=later):
        print(repr(piece), end=" ")
    print()


asyncio.run(render())
