"""Stands where CPython's tests of the import system ask whether `_testmultiphase` is there, which is an extension
module: tests that load it are skipped or fail."""
