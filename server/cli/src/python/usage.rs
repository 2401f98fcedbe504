//! What `-h` and its kin show.

/// The first line, and where to find more.
pub(super) fn short() -> String {
    format!("{FIRST}Try `lasti -h' for more information.\n")
}

const FIRST: &str = "usage: lasti [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";

pub(super) fn version(details: bool) -> String {
    let version = lasti_vm::version();
    if details {
        format!("Python {version} (lasti {}) [rustc]\n", env!("CARGO_PKG_VERSION"))
    } else {
        format!("Python {version}\n")
    }
}

pub(super) fn long() -> String {
    format!(
        "{FIRST}       lasti dap [option] ...              (a debug server)
       lasti script [option] ... stories   (debug sessions as tests)
       lasti dis [option] ... [file]       (bytecode)
Options (and environment variables with the same effect):
-b     : warn about str(bytes) and comparing bytes with str or int
         (-bb: errors)
-B     : write no .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : the program is this text (ends the options)
-d     : set sys.flags.debug; also PYTHONDEBUG=x
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : show this text and exit (also -? or --help)
-i     : go on with what is typed after the program; also PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run a module of the library as a script (ends the options)
-O     : leave out assert statements and what depends on __debug__;
         also PYTHONOPTIMIZE=x
-OO    : the same, and leave out docstrings
-P     : put no potentially unsafe path first on sys.path; also
         PYTHONSAFEPATH
-q     : don't show the version where statements are typed
-s     : leave the user's site directory off sys.path; also PYTHONNOUSERSITE=x
-S     : don't import site at the start
-u     : don't buffer stdout and stderr; also PYTHONUNBUFFERED=x
-v     : tell of imports; also PYTHONVERBOSE=x
-V     : show the version of Python and exit (also --version);
         twice: with that of Lasti
-W arg : control warnings: action:message:category:module:lineno;
         also PYTHONWARNINGS=arg
-x     : skip the first line of the source
-X opt : an option of the implementation
--check-hash-based-pycs always|default|never:
         whether .pyc files with a hash are compared with their sources
--help-env: the environment variables
--help-xoptions: the options of -X
--help-all: all of it

Arguments:
file   : a script, or a directory or archive with a module __main__
-      : the script is read from stdin (the default; statement by statement
         where that is a terminal)
arg ...: the program's arguments in sys.argv[1:]

Subcommands; a script of that name is given as ./dis:
dis    : show bytecode
"
    )
}

pub(super) fn environment() -> String {
    "Environment variables:
PYTHONPATH      : directories put before the library on sys.path, with ':' between
PYTHONHOME      : sys.prefix and sys.base_prefix
PYTHONIOENCODING: encoding[:errors] of stdin, stdout and stderr
PYTHONBREAKPOINT: what breakpoint() calls; 0: nothing
PYTHONSTARTUP   : a file that is run before what is typed
PYTHON_BASIC_REPL: statements are read line by line, without the library's
                  editor
LASTI_STDLIB    : a CPython's lib/python3.14, in place of the embedded library;
                  not ignored under -E and -I

With an option of the same effect:
PYTHONDEBUG (-d), PYTHONDEVMODE (-X dev), PYTHONDONTWRITEBYTECODE (-B),
PYTHONINSPECT (-i),
PYTHONINTMAXSTRDIGITS (-X int_max_str_digits=N), PYTHONNOUSERSITE (-s),
PYTHONOPTIMIZE (-O), PYTHONPYCACHEPREFIX (-X pycache_prefix),
PYTHONSAFEPATH (-P), PYTHONUNBUFFERED (-u), PYTHONUTF8 (-X utf8),
PYTHONVERBOSE (-v), PYTHONWARNDEFAULTENCODING (-X warn_default_encoding),
PYTHONWARNINGS (-W), PYTHON_CPU_COUNT (-X cpu_count=N)
"
    .to_owned()
}

pub(super) fn xoptions() -> String {
    "Options of -X:
-X cpu_count=N: what os.cpu_count() says; also PYTHON_CPU_COUNT
-X dev : development mode; also PYTHONDEVMODE
-X impl=cpython: sys.implementation.name is 'cpython', for programs that
         look at it
-X int_max_str_digits=N: limit the size of int<->str conversions;
         0: no limit; also PYTHONINTMAXSTRDIGITS
-X pycache_prefix=PATH: keep .pyc files in a tree of their own;
         also PYTHONPYCACHEPREFIX
-X stdlib=DIR: a CPython's lib/python3.14, in place of the embedded library,
         here and in the program's children; -X stdlib=: the embedded one;
         also LASTI_STDLIB
-X utf8[=0|1]: the UTF-8 mode; also PYTHONUTF8
-X warn_default_encoding: warn where a file's encoding is not said;
         also PYTHONWARNDEFAULTENCODING
"
    .to_owned()
}
