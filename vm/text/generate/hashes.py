"""What CPython's hashes are under fixed seeds: testdata/hash.tsv.

    python3.14 vm/text/generate/hashes.py
"""

import os
import subprocess
import sys

from support import Cases

TEXTS = ["", "a", "ab", "hello world", "12345678", "123456789abcdef0", "é", "\xff\xfe", "aé日", "日本語", "\u0100", "a😀", "\ud800", "x" * 100, "\x7f\x80"]


def main():
    if sys.argv[1:]:
        for text in TEXTS:
            print(hash(text), hash(text.encode("utf-8", "surrogatepass")))
        return
    cases = Cases("hash")
    for seed in (0, 1, 42, 4294967295):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        run = [sys.executable, __file__, "child"]
        lines = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
        for text, line in zip(TEXTS, lines, strict=True):
            of_text, of_bytes = line.split()
            cases.add("str", seed, text, of_text)
            cases.add("bytes", seed, text.encode("utf-8", "surrogatepass"), of_bytes)
    cases.write()


main()
