"""Files: text and binary, positions, modes, errors."""
import io
import os
import tempfile

folder = tempfile.mkdtemp()
path = os.path.join(folder, "file")


def shown(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as error:
        text = str(error).replace(folder, "FOLDER")
        return f"{type(error).__name__}: {text}"


with open(path, "w", encoding="utf-8") as f:
    print(f.write("héllo\nwörld\r\n"), f.tell(), f.seekable(), f.writable(), f.readable(), f.mode)
    f.writelines(["third\r", "last €"])
print(os.path.getsize(path), f.closed, shown(f.write, "x"))

with open(path, encoding="utf-8") as f:
    print(list(f), f.newlines)
for newline in ("", "\n", "\r", "\r\n"):
    with open(path, encoding="utf-8", newline=newline) as f:
        print(repr(newline), [line for line in f], f.newlines)

with open(path, encoding="utf-8") as f:
    f.read(3)
    cookie = f.tell()
    rest = f.read()
    f.seek(cookie)
    print(cookie, f.read() == rest, f.read(), f.seek(0), f.readline(2), f.readline())
    print(shown(f.seek, 1, 1), shown(f.seek, -1), shown(next, f), shown(f.tell))

with open(path, "rb") as f:
    print(f.read(4), f.tell(), f.peek(2)[:2], f.readline(), f.seek(-3, 2), f.read1(), f.read())
    memory = bytearray(6)
    f.seek(1)
    print(f.readinto(memory), memory, f.readlines()[-1], shown(f.write, b"x"))

with open(path, "r+b") as f:
    print(f.read(2), f.write(b"??"), f.tell(), f.seek(0), f.read(8), f.truncate(5), f.seek(0, 2))
with open(path, "ab", buffering=0) as f:
    print(f, f.tell() == 5) if False else print(f.tell(), f.write(b"more"))
with open(path, "x+b" if not os.path.exists(path) else "rb") as f:
    print(f.read())

for mode in ("", "+", "q", "rw", "rbt", "rr", "U", "wx"):
    print(mode, shown(open, path, mode))
print(shown(open, path, "rb", encoding="utf-8"))
print(shown(open, path, buffering=0))
print(shown(open, path, newline="x"))
print(shown(open, path, encoding="nope"))
print(shown(open, os.path.join(folder, "none")))
print(shown(open, folder))
print(shown(open, path, "x"))
print(shown(open, "a\0b"))
print(shown(open, -1))
print(shown(open, path, closefd=False))
print(shown(open, 1.5))

with open(path, "wb") as f:
    f.write(b"a\xffb")
for errors in ("strict", "replace", "ignore", "surrogateescape", "backslashreplace"):
    with open(path, encoding="utf-8", errors=errors) as f:
        print(errors, ascii(shown(f.read)))

with open(path, "w", encoding="ascii") as f:
    print(shown(f.write, "é"))
    f.reconfigure(errors="xmlcharrefreplace", line_buffering=True)
    f.write("é\n")
    print(os.path.getsize(path), f.line_buffering, f.errors)


class Opener:
    def __init__(self):
        self.calls = []

    def __call__(self, name, flags):
        self.calls.append((os.path.basename(name), flags & os.O_ACCMODE))
        return os.open(name, flags)


opener = Opener()
with open(path, opener=opener) as f:
    print(f.read(), opener.calls)

left = open(path, "w")
left.write("written when it goes")
del left
print(open(path).read())
with open(path, "wb") as f:
    raw = f.detach() if False else f.raw
    print(type(raw).__name__, raw.mode, raw.closefd, raw.readable(), raw.fileno() == f.fileno())
os.remove(path)
os.rmdir(folder)
