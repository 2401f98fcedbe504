"""A document turned into HTML by markdown, with extensions and one of our own."""

import markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import SimpleTagInlineProcessor
from markdown.treeprocessors import Treeprocessor

TEXT = """\
Title: A page
Author: nobody

# First *heading* #

Some `code <b>`, **strong**, _em_, a [link](https://x.org "title"), an image ![alt](a.png), <https://auto.org>
and a line break  \nhere, with an entity &copy; and \\*escaped\\*. HTML abbreviated.[^1] ++inserted++

*[HTML]: Hyper Text Markup Language

> quoted
> > nested

1. one
2. two
    * inner
    * list

        code in it

3. three

Second heading {: #custom .klass }
--------------

| a | b  |
|---|---:|
| 1 | `2`|

```python
def f(x):
    return x < 1
```

term
:   definition

<div markdown="1">
*inside* html
</div>

- - -
[ref]: http://ref.org
[a reference][ref] and "quotes" -- dashes...

[^1]: The note.
"""


class Shout(Treeprocessor):
    def run(self, root):
        for heading in root.iter("h2"):
            heading.text = (heading.text or "").upper()


class Inserted(Extension):
    def extendMarkdown(self, md):
        md.inlinePatterns.register(SimpleTagInlineProcessor(r"()\+\+(.*?)\+\+", "ins"), "ins", 175)
        md.treeprocessors.register(Shout(md), "shout", 5)


print(markdown.markdown(TEXT))
print("=" * 20)
converter = markdown.Markdown(extensions=["extra", "toc", "meta", "smarty", "sane_lists", "admonition", Inserted()])
print(converter.convert(TEXT))
print("=" * 20)
print(converter.Meta, converter.toc)
converter.reset()
print(converter.convert('!!! note "Look"\n    Here.\n'))
print(markdown.markdown("a\n```\nx\n```", extensions=["fenced_code", "codehilite"]))
