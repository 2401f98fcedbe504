"""YAML read and written by PyYAML's own parser."""

import datetime
import io

import yaml

TEXT = """\
# a comment
name: shop
open: yes
hours: {mon: 8:30, tue: [9, 17]}
founded: 1999-12-31
at: 2001-12-14t21:59:43.10-05:00
ratio: 6.02e+23
octal: 0o14
hex: 0xFF
nothing: ~
base: &base
  color: red
  size: 1
item:
  <<: *base
  size: 2
literal: |
  line one
    line two
folded: >-
  joined
  lines

  paragraph
quoted: "tab\\t \\u00e9 \\x41"
single: 'it''s'
? complex key
: value
binary: !!binary R0lGODlhDAAMAIQAAP==
set: !!set {a}
pairs: !!omap [x: 1, y: 2]
list:
- - nested
  - 2
- plain text with: colon
"""
try:
    print(yaml.safe_load(TEXT))
except yaml.YAMLError as error:
    print(error)
data = yaml.safe_load(TEXT.replace("- plain text with: colon", "- plain text"))
for key, value in data.items():
    print(f"{key!r}: {value!r}")
print(data["item"], data["base"] is data["base"])
print(yaml.safe_dump(data, allow_unicode=True))
print(yaml.safe_dump({"b": [1, {"x": None}], "a": "multi\nline", "date": datetime.date(2020, 1, 2)}, default_flow_style=True, sort_keys=True))
print(yaml.dump([1.0, float("inf"), True, "true", "", "1", "- x", "é", "a: b"], default_flow_style=False, width=40, indent=4))
shared = [1, 2]
print(yaml.safe_dump({"one": shared, "two": shared, "long": "word " * 20}, explicit_start=True, version=(1, 1)))
print(list(yaml.safe_load_all("a: 1\n---\n- b\n...\n---\nc\n")), yaml.dump_all([{"a": 1}, [2]]))
for token in list(yaml.scan("a: [1, 'b']"))[:9]:
    print(type(token).__name__, end=" ")
print()
print([str(event) for event in yaml.parse("- &x 1\n- *x")])
print(yaml.compose("a: {b: c}"))


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


class Loader(yaml.SafeLoader):
    pass


def read_point(loader, node):
    return Point(**loader.construct_mapping(node))


Loader.add_constructor("!point", read_point)
Loader.add_implicit_resolver("!percent", __import__("re").compile(r"^\d+%$"), list("0123456789"))
Loader.add_constructor("!percent", lambda loader, node: int(node.value[:-1]) / 100)
yaml.SafeDumper.add_representer(Point, lambda dumper, point: dumper.represent_mapping("!point", vars(point)))
print(yaml.load("[!point {x: 1, y: 2}, 45%]", Loader), yaml.safe_dump([Point(3, 4)]))
stream = io.StringIO()
yaml.dump({"to": "a stream"}, stream)
print(stream.getvalue())
for wrong in ["a: b: c", "[1, 2", "a:\n\t- b", "*unknown", "!!python/object:os.system x", "'open", "{a: 1, a"]:
    try:
        print(yaml.safe_load(wrong))
    except yaml.YAMLError as error:
        print(type(error).__name__, " | ".join(str(error).splitlines()))
