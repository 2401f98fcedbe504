"""Profiling by the native profiler `_lsprof`, with the interface of the module `profile`."""

__all__ = ["run", "runctx", "Profile"]

import _lsprof
import importlib.machinery
import importlib.util
import io
import profile as _pyprofile


def run(statement, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    utils = _pyprofile._Utils(Profile)
    return utils.runctx(statement, globals, locals, filename, sort)


run.__doc__ = _pyprofile.run.__doc__
runctx.__doc__ = _pyprofile.runctx.__doc__


class Profile(_lsprof.Profiler):
    """A profiler whose results `pstats` understands.

    Profile(timer=None, timeunit=None, subcalls=True, builtins=True): timer
    is a function that gives the time, in seconds or, if it gives integers,
    in units of timeunit seconds.
    """

    def print_stats(self, sort=-1):
        import pstats
        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal
        with open(file, "wb") as out:
            self.create_stats()
            marshal.dump(self.stats, out)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        entries = self.getstats()
        self.stats = {}
        # By the identity of what was called: who called it.
        callers_of = {}
        for entry in entries:
            callers = callers_of[id(entry.code)] = {}
            calls = entry.callcount
            self.stats[label(entry.code)] = (
                calls - entry.reccallcount, calls, entry.inlinetime, entry.totaltime, callers)
        for entry in entries:
            caller = label(entry.code)
            for called in entry.calls or ():
                callers = callers_of.get(id(called.code))
                if callers is None:
                    continue
                calls = called.callcount
                row = (calls, calls - called.reccallcount, called.inlinetime, called.totaltime)
                if caller in callers:
                    # Two functions may have one label.
                    row = tuple(map(sum, zip(row, callers[caller])))
                callers[caller] = row

    def run(self, cmd):
        import __main__
        namespace = __main__.__dict__
        return self.runctx(cmd, namespace, namespace)

    def runctx(self, cmd, globals, locals):
        with self:
            exec(cmd, globals, locals)
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def label(code):
    """What `pstats` calls a function: file, line and name."""
    if isinstance(code, str):
        # Native functions come last in order.
        return ("~", 0, code)
    return (code.co_filename, code.co_firstlineno, code.co_name)


def _script(path):
    """The code of a script, and the namespace to run it in: that of a new `__main__`."""
    import sys
    with io.open_code(path) as file:
        code = compile(file.read(), path, "exec")
    spec = importlib.machinery.ModuleSpec(name="__main__", loader=None, origin=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["__main__"] = module
    # A script has no spec, as when it is run without a profiler.
    vars(module).update(
        __spec__=None, __file__=path, __name__="__main__", __package__=None, __cached__=None)
    return code, vars(module)


def main():
    import optparse
    import os
    import pstats
    import runpy
    import sys

    usage = "cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ..."
    parser = optparse.OptionParser(usage=usage)
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", default=None,
                      help="Save stats to <outfile>")
    parser.add_option("-s", "--sort", dest="sort", default=2,
                      help="Sort order when printing to stdout, based on pstats.Stats class",
                      choices=sorted(pstats.Stats.sort_arg_dict_default))
    parser.add_option("-m", dest="module", action="store_true", default=False,
                      help="Profile a library module")
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    if options.outfile is not None:
        # The script may change the working directory.
        options.outfile = os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        return parser
    if options.module:
        code = "run_module(modname, run_name='__main__')"
        namespace = {"run_module": runpy.run_module, "modname": args[0]}
    else:
        sys.path.insert(0, os.path.dirname(args[0]))
        code, namespace = _script(args[0])
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as error:
        # Nothing more can be written, not even at the end.
        sys.stdout = None
        sys.exit(error.errno)
    return parser


if __name__ == "__main__":
    main()
