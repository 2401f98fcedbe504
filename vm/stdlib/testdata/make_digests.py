"""Writes digests.txt: CPython 3.14's library as digests, of each module's source and of its marshalled code.

    python3.14 vm/stdlib/testdata/make_digests.py

A line for each module: its name, then the first 16 hexadecimal digits of the SHA-256 of its source and of
its code. Modules are compiled under the path that lasti-stdlib gives them. The frozen ones come last, with
the name and path under which CPython freezes them.

Imports little: marshal tells apart strings that are interned, and a class that exists has interned its name.
"""

import hashlib
import marshal
import os
import sys
import warnings

ROOT = "/<stdlib>"
FROZEN = {
    "_frozen_importlib": "importlib._bootstrap",
    "_frozen_importlib_external": "importlib._bootstrap_external",
    "zipimport": "zipimport",
}
LEFT_OUT = {"test", "idlelib", "turtledemo", "site-packages", "dist-packages", "lib-dynload", "__pycache__"}


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def line(name, source, path):
    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    # A second reference, as py_compile holds one: marshal then enters the code object in its table.
    held = [code]
    return f"{name} {digest(source)} {digest(marshal.dumps(held[0]))}\n"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    warnings.simplefilter("ignore")
    library = os.path.dirname(os.__file__)
    lines = {}
    for folder, folders, files in os.walk(library):
        folders[:] = set(folders) - LEFT_OUT
        for file in files:
            path = os.path.join(folder, file)
            if file.endswith(".py") and os.path.exists(path):
                inner = os.path.relpath(path, library)
                name = inner.removesuffix(".py").replace(os.sep, ".").removesuffix(".__init__")
                lines[name] = line(name, read(path), f"{ROOT}/{inner}")
    frozen = []
    for name, origin in FROZEN.items():
        source = read(os.path.join(library, origin.replace(".", os.sep) + ".py"))
        frozen.append(line(name, source, f"<frozen {origin}>"))
    version = ".".join(map(str, sys.version_info[:3]))
    text = f"# CPython {version}, by make_digests.py\n" + "".join(lines[name] for name in sorted(lines))
    with open(os.path.join(os.path.dirname(__file__), "digests.txt"), "w") as file:
        file.write(text + "# frozen\n" + "".join(frozen))


main()
