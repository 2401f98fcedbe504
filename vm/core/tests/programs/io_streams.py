"""Streams in memory, and streams that a program defines."""
import gc
import io
import weakref


def shown(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


b = io.BytesIO(b"one\ntwo\nthree")
print(b.readline(), b.read(2), b.tell(), b.seek(0, 2), b.write(b"!"), b.getvalue())
view = b.getbuffer()
view[0:3] = b"ONE"
print(shown(b.write, b"longer"), shown(b.close), bytes(view[:3]))
view.release()
print(b.truncate(4), b.getvalue(), b.seek(6), b.write(b"x"), b.getvalue())
print(b.__getstate__(), shown(b.seek, -1), shown(b.seek, 0, 5), shown(b.read, "x"))
b.close()
print(shown(b.read), shown(b.getvalue), b.closed)

s = io.StringIO("a\r\nb\rc\nd", newline=None)
print(s.readlines(), s.newlines, s.getvalue())
s = io.StringIO(newline="\r\n")
print(s.write("x\ny"), repr(s.getvalue()), s.seek(1), s.write("€"), repr(s.getvalue()), s.truncate(2))
print(shown(s.seek, 1, 1), shown(s.write, b""), shown(io.StringIO, 3), shown(io.StringIO, "", "x"))
print("to", "a", "stream", sep="-", end="!", file=s)
print(repr(s.getvalue()), s.tell(), s.__getstate__())


class Raw(io.RawIOBase):
    def __init__(self, parts):
        self.parts = list(parts)
        self.written = []

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, memory):
        if not self.parts:
            return 0
        part = self.parts.pop(0)
        if part is None:
            return None
        memory[: len(part)] = part
        return len(part)

    def write(self, data):
        self.written.append(bytes(data))
        return len(data)

    def close(self):
        print("closing")
        super().close()


raw = Raw([b"ab\nc", b"d\n", b"", b"rest"])
reader = io.BufferedReader(raw, 16)
print(reader.readline(), reader.readline(), reader.readline(), reader.read())
raw = Raw([b"x", None])
print(io.BufferedReader(raw).read(5), raw.read(), raw.readall())
raw = Raw([])
writer = io.BufferedWriter(raw, 4)
print([writer.write(data) for data in (b"ab", b"c", b"defghijk", b"l")], raw.written)
writer.flush()
print(raw.written, shown(writer.read), shown(io.BufferedReader, io.BytesIO(), 0))
print(writer.detach() is raw, shown(writer.write, b""), repr(writer))
pair = io.BufferedRWPair(Raw([b"pair"]), raw)
print(pair.read(2), pair.write(b"zz"), pair.peek(1), pair.flush(), raw.written[-1])
pair.close()

text = io.TextIOWrapper(io.BytesIO(), encoding="utf-16", newline="\r\n")
text.write("a\n")
print(text, text.tell(), text.buffer.getvalue() == "a\r\n".encode("utf-16"))
text.seek(0)
print(repr(text.read()), text.detach().closed, shown(text.read), repr(text))

decoder = io.IncrementalNewlineDecoder(None, translate=True)
print([decoder.decode(part) for part in ("a\r", "\nb", "\r", "c")], decoder.newlines, decoder.getstate())

stream = io.StringIO()
stream.attribute = weakref.ref(stream)
print(stream.attribute() is stream, stream.__dict__.keys())
cycle = Raw([])
cycle.me = cycle
del cycle
gc.collect()


class Broken(io.RawIOBase):
    def closed(self):
        raise ValueError


Broken()
print(shown(io.UnsupportedOperation("x").__class__.__mro__[1:3].__repr__))
print(shown(io.RawIOBase().fileno), shown(io.TextIOBase().read), shown(io.BufferedIOBase().write, b""))
print(io.DEFAULT_BUFFER_SIZE, io.BytesIO.__module__, io.open is open)
