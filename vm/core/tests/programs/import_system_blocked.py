"""The import statement goes on when `sys.modules` no longer has the import system; the library has resources."""
import importlib
import importlib.resources
import sys

kept = sys.modules["_frozen_importlib"]
sys.modules["_frozen_importlib"] = None
try:
    import colorsys
    import wave
    print(colorsys.__name__, wave.__name__)
    try:
        import _frozen_importlib
    except ImportError as error:
        print(error)
finally:
    sys.modules["_frozen_importlib"] = kept

place = importlib.resources.files("pydoc_data") / "_pydoc.css"
print(place.name, place.is_file(), place.is_dir(), place.read_bytes()[:4], len(place.read_text()) > 100)
print(sorted(one.name for one in importlib.resources.files("pydoc_data").iterdir() if one.is_file())[:2])
with importlib.resources.as_file(place) as path:
    print(path.name.endswith("_pydoc.css"), path.read_bytes() == place.read_bytes())
with place.open("r", encoding="utf-8") as stream:
    print(repr(stream.readline()[:4]))
missing = importlib.resources.files("pydoc_data").joinpath("none", "at", "all")
print(missing.is_file(), missing.is_dir(), missing.name)
try:
    missing.read_bytes()
except FileNotFoundError as error:
    print(type(error).__name__)
