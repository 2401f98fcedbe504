"""Writes what `python3.14 -m dis` prints for shapes.py, and shapes.pyc.

    python3.14 server/cli/tests/dis/make_expected.py
"""

import os
import pathlib
import py_compile
import re
import subprocess
import sys

assert sys.version_info[:2] == (3, 14), "run me with CPython 3.14"

os.chdir(pathlib.Path(__file__).parent)
for suffix, options in {"": [], ".COPS": ["-COPS"]}.items():
    run = subprocess.run([sys.executable, "-m", "dis", *options, "shapes.py"], capture_output=True, check=True)
    text = re.sub(r" at 0x[0-9a-f]+", " at 0x0", run.stdout.decode())
    pathlib.Path(f"shapes{suffix}.txt").write_text(text, encoding="utf-8")
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
py_compile.compile("shapes.py", "shapes.pyc", doraise=True, invalidation_mode=mode)
