"""contextvars; tokens of sources; opcodes."""
import _opcode
import io
import tokenize
from contextvars import Context, ContextVar, Token, copy_context


def shown(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, str(error).partition(" at 0x")[0])


level = ContextVar("level", default=0)
name = ContextVar("name")
shown(name.get)
token = name.set("outer")
context = copy_context()


def inner():
    level.set(level.get() + 1)
    name.set("inner")
    return level.get(), name.get()


print(context.run(inner), level.get(), name.get(), context[name], dict(context.items()) == {level: 1, name: "inner"})
print(token.old_value is Token.MISSING, token.var is name, len(context), Context().get(name, "none"))
shown(context.run, context.run, print)
shown(context.run, name.reset, token)
name.reset(token)
shown(name.reset, token)
shown(name.get)
with level.set(5):
    print(level.get())
print(level.get())
shown(lambda: context["level"])

source = 'if x:\n    y = f"{a!r:>{b}}"  # c\n\nz\n'
for found in tokenize.generate_tokens(io.StringIO(source).readline):
    print(tokenize.tok_name[found.type], repr(found.string), found.start, found.end)
for text in ("(1,\n", "'''a\n", "if 1:\n  a\n b\n"):
    try:
        list(tokenize.generate_tokens(io.StringIO(text).readline))
    except Exception as error:
        print(type(error).__name__, error.args[:1])

print([_opcode.stack_effect(op, 2) for op in (46, 51, 52, 250)], _opcode.has_jump(257), _opcode.get_nb_ops()[0])
shown(_opcode.stack_effect, 300)
