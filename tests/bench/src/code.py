"""CPython's side of `lasti-bench code`: one round for each line read from standard input.

Arguments: a folder, and where to write the .pyc files of all Python files in it, one after the other.
Writes for each round the seconds that loading and compiling took.
"""

import marshal
import os
import struct
import sys
import time
import warnings

warnings.simplefilter("ignore")
sources, codes = [], []
with open(sys.argv[2], "wb") as out:
    for folder, folders, names in os.walk(sys.argv[1]):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not name.endswith(".py") or not os.path.exists(path):
                continue
            with open(path, "rb") as file:
                source = file.read()
            try:
                code = marshal.dumps(compile(source, path, "exec", dont_inherit=True))
            except (SyntaxError, ValueError):
                continue
            sources.append((source, path))
            codes.append(code)
            for data in (path.encode(), source, code):
                out.write(struct.pack("<I", len(data)) + data)
print("ready", flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    for code in codes:
        marshal.loads(code)
    loaded = time.perf_counter()
    for source, path in sources:
        compile(source, path, "exec", dont_inherit=True)
    compiled = time.perf_counter()
    print(loaded - start, compiled - loaded, flush=True)
