"""Writes tests/corpus/expected: what CPython 3.14 says of the programs in tests/programs.

    python3.14 tests/corpus/make_expected.py

For each program and optimisation level N a NAME.N.marshal, NAME.N.tables and NAME.N.dis, as facts.py
gives them. Programs are compiled under their path from the repository's root.
"""

import os
import pathlib
import struct
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
expected = root / "tests/corpus/expected"
programs = sorted(path.relative_to(root) for path in (root / "tests/programs").glob("*.py"))

expected.mkdir(exist_ok=True)
for old in expected.iterdir():
    old.unlink()
os.chdir(root)
for level in (0, 2):
    output = subprocess.run(
        [sys.executable, "tests/corpus/facts.py", str(level)],
        input="".join(f"{path}\n" for path in programs).encode(),
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    ).stdout
    for path in programs:
        for suffix in ("source", "marshal", "tables", "dis"):
            (length,) = struct.unpack_from("<I", output)
            if suffix != "source" and (level == 0 or suffix == "marshal"):
                (expected / f"{path.stem}.{level}.{suffix}").write_bytes(output[4 : 4 + length])
            output = output[4 + length :]
