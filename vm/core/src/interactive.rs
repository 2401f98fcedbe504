//! The interactive mode: statements are read, run and shown one by one. CPython: Python/pythonrun.c
//! (`PyRun_InteractiveLoopObject`), Modules/main.c (`pymain_repl`).
//!
//! On a terminal the library's `_pyrepl` reads them, unless PYTHON_BASIC_REPL is set; elsewhere, and where that one can't
//! be used (`sys._baserepl`), it is done here.

use std::io::Write as _;

use lasti_compile::{CompileFlags, ErrorKind, Mode, Options};

use crate::builtins::exceptions::{field, set_field};
use crate::code::Code;
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::modules::builtins::running::Source;
use crate::modules::excepthook;
use crate::object::{Obj, ObjCell, Ref};
use crate::program::Main;
use crate::text::Str;
use crate::vm::Vm;
use crate::vm::config::Config;

/// The file name of what is typed. That of a statement has its number, as in `<stdin-3>`; tracebacks leave it out.
const FILE: &str = "<stdin>";
/// The bits that `CO_FUTURE_*` and `PyCF_MASK` share.
const FUTURE_MASK: u32 = 0x1FE_0000;

/// Whether somebody types the program in, or an option says so.
pub(crate) fn is_interactive() -> bool {
    Config::get().flags.interactive > 0 || is_terminal()
}

fn is_terminal() -> bool {
    rustix::termios::isatty(std::io::stdin())
}

/// Reads a line from the terminal, behind a prompt; it comes without its newline, and none comes at the input's end.
pub type LineReader = fn(&Vm, &str) -> PyResult<Option<String>>;

impl Vm {
    /// From now on lines are read from the terminal in this way.
    pub fn set_line_reader(&self, reader: LineReader) {
        self.interp().line_reader.set(Some(reader));
    }

    /// How lines are read from the terminal, if both standard input and standard output are one.
    pub(crate) fn line_reader(&self) -> Option<LineReader> {
        let reader = self.interp().line_reader.get()?;
        (is_terminal() && rustix::termios::isatty(std::io::stdout())).then_some(reader)
    }
}

/// A variable of the environment as the program sees it; none where options shut those out.
fn variable(vm: &Vm, name: &str) -> PyResult<Option<String>> {
    if Config::get().flags.ignore_environment {
        return Ok(None);
    }
    let value = crate::modules::sys::environment_variable(vm, name)?;
    Ok(value.filter(|value| !value.is_empty()))
}

/// Shows which version this is.
pub(crate) fn header(vm: &Vm, main: &Main) -> PyResult<()> {
    let flags = &Config::get().flags;
    let shown = flags.verbose > 0 || (matches!(main, Main::Input) && is_interactive());
    if flags.quiet || !shown {
        return Ok(());
    }
    let sys = vm.interp().sys();
    let get = |name: &str| -> PyResult<String> {
        let value = sys.get_str(vm, &vm.intern(name))?;
        value.map_or_else(|| Ok(String::new()), |value| vm.str_text(&value))
    };
    let mut text = format!("Python {} on {}\n", get("version")?, get("platform")?);
    if !flags.no_site {
        text.push_str("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
    }
    show(vm, &text)
}

/// Runs what is typed as the program, from its start.
pub(crate) fn run_input(vm: &Vm, namespace: &Ref<Dict>) -> PyResult<u8> {
    let pyrepl = is_terminal() && variable(vm, "PYTHON_BASIC_REPL")?.is_none();
    if !pyrepl {
        startup(vm, namespace)?;
    }
    run(vm, namespace, pyrepl, true)
}

/// Runs what is typed after a program, if that is asked for; it may have asked for it itself, by PYTHONINSPECT.
pub(crate) fn after(vm: &Vm, namespace: &Ref<Dict>) -> PyResult<Option<u8>> {
    let asked = Config::get().flags.inspect > 0 || variable(vm, "PYTHONINSPECT")?.is_some();
    if !asked || !is_interactive() {
        return Ok(None);
    }
    let pyrepl = is_terminal() && variable(vm, "PYTHON_BASIC_REPL")?.is_none();
    run(vm, namespace, pyrepl, false).map(Some)
}

fn run(vm: &Vm, namespace: &Ref<Dict>, pyrepl: bool, pythonstartup: bool) -> PyResult<u8> {
    if !Config::get().flags.isolated
        && let Some(hook) = vm.interp().sys().get_str(vm, &vm.intern("__interactivehook__"))?
        && let Err(error) = vm.call(&hook, &[])
    {
        show(vm, "Failed calling sys.__interactivehook__\n")?;
        told(vm, error)?;
    }
    if pyrepl {
        let repl = vm.import_module("_pyrepl.main")?;
        let console = vm.getattr_named(&repl, "interactive_console")?;
        let names = [vm.intern("pythonstartup").into_obj()];
        vm.call_with(&console, crate::call::Args::new(&[vm.bool(pythonstartup)], &names))?;
    } else {
        statements(vm, namespace)?;
    }
    Ok(0)
}

/// Runs the file that PYTHONSTARTUP names.
fn startup(vm: &Vm, namespace: &Ref<Dict>) -> PyResult<()> {
    let Some(file) = variable(vm, "PYTHONSTARTUP")? else { return Ok(()) };
    let source = match std::fs::read(&file) {
        Ok(source) => source,
        Err(error) => {
            show(vm, "Could not open PYTHONSTARTUP\n")?;
            return told(vm, vm.io_error(&error, Some(&Str::new(&file).into_obj())));
        }
    };
    let options = Options { optimize: Config::get().flags.optimize, ..Options::default() };
    let code = vm.compile(&Source::File(source), &file, &options);
    match code.and_then(|code| crate::eval::run_module_code(vm, &code, namespace)) {
        Ok(_) => Ok(()),
        Err(error) => told(vm, error),
    }
}

/// Reads and runs statements until the input ends. What they raise is shown; SystemExit is raised.
pub(crate) fn statements(vm: &Vm, namespace: &Ref<Dict>) -> PyResult<()> {
    let sys = vm.interp().sys();
    for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
        if sys.get_str(vm, &vm.intern(name))?.is_none() {
            sys.set_str(vm, &vm.intern(name), Str::new(prompt).into_obj())?;
        }
    }
    let mut typed = Typed { flags: CompileFlags::empty(), count: 0 };
    loop {
        let source = match statement(vm, typed.flags) {
            Ok(Some(source)) => source,
            Ok(None) => return Ok(()),
            Err(error) => {
                told(vm, error)?;
                continue;
            }
        };
        if !source.is_empty()
            && let Err(error) = typed.run(vm, &source, namespace)
        {
            told(vm, error)?;
        }
        flush(vm);
    }
}

fn options(vm: &Vm, flags: CompileFlags) -> Options {
    let int_digit_limit = Some(vm.interp().int_digit_limit());
    Options { mode: Mode::Single, optimize: Config::get().flags.optimize, flags, int_digit_limit }
}

/// What was typed so far.
struct Typed {
    /// The features imported from `__future__`.
    flags: CompileFlags,
    /// How many statements.
    count: usize,
}

impl Typed {
    fn run(&mut self, vm: &Vm, source: &str, namespace: &Ref<Dict>) -> PyResult<()> {
        let options = options(vm, self.flags);
        let source = Str::new(source);
        let is_whole = lasti_compile::parse(&source.to_string_lossy(), FILE, &options).is_ok();
        let name = if is_whole { format!("<stdin-{}>", self.count) } else { FILE.to_owned() };
        self.count += usize::from(is_whole);
        let code: Ref<Code> = vm
            .compile(&Source::Text(&source), &name, &options)
            .map_err(|error| with_line(vm, error, &source.to_string_lossy()))?;
        self.flags |= CompileFlags::from_bits_truncate(code.flags().bits() & FUTURE_MASK);
        // So that tracebacks can show its lines.
        let linecache = vm.import_module("linecache")?;
        let args = [code.as_obj().clone(), source.into_obj(), Str::new(FILE).into_obj()];
        vm.call_method_named(&linecache, "_register_code", &args)?;
        crate::eval::run_module_code(vm, &code, namespace).map(|_| ())
    }
}

/// Adds the line of the source to an error that has none: those of the compiler's later passes, which look for a file.
fn with_line(vm: &Vm, error: Exc, source: &str) -> Exc {
    let exception = error.exception();
    let get = |name: &str| field(exception, exception.as_obj().ty(), name).and_then(ObjCell::get);
    let line = get("lineno").and_then(|line| line.as_i64()).and_then(|line| usize::try_from(line).ok());
    if get("text").is_some_and(|text| vm.is_none(&text))
        && let Some(line) = line.and_then(|line| source.split_inclusive('\n').nth(line.checked_sub(1)?))
    {
        set_field(exception, "text", &Str::new(line).into_obj());
    }
    error
}

/// A statement, as soon as it is whole or can't become right; empty for an empty line, and none where the input ends.
fn statement(vm: &Vm, flags: CompileFlags) -> PyResult<Option<String>> {
    let mut source = String::new();
    loop {
        let line = line(vm, if source.is_empty() { "ps1" } else { "ps2" })?;
        let Some(line) = line else {
            show_raw("\n");
            return Ok(Some(source).filter(|source| !source.is_empty()));
        };
        source.push_str(&line);
        if !line.ends_with('\n') {
            source.push('\n');
        }
        let text = source.trim_start();
        if text.lines().all(|line| matches!(line.trim_start().bytes().next(), None | Some(b'#'))) {
            return Ok(Some(String::new()));
        }
        if is_done(vm, source.strip_suffix('\n').unwrap_or(&source), flags) {
            return Ok(Some(source));
        }
    }
}

/// Whether a statement is whole, or has an error that no further line puts right. As the library's `codeop` has it.
fn is_done(vm: &Vm, source: &str, flags: CompileFlags) -> bool {
    let flags = flags | CompileFlags::ALLOW_INCOMPLETE_INPUT | CompileFlags::DONT_IMPLY_DEDENT;
    let options = options(vm, flags);
    if lasti_compile::parse(source, FILE, &options).is_ok() {
        return true;
    }
    let again = lasti_compile::parse(&format!("{source}\n"), FILE, &options);
    again.is_err_and(|error| error.kind != ErrorKind::IncompleteInputError)
}

/// A line of the input, with its newline; none where it ends.
fn line(vm: &Vm, prompt: &str) -> PyResult<Option<String>> {
    flush(vm);
    let prompt = vm.interp().sys().get_str(vm, &vm.intern(prompt))?;
    let prompt = prompt.map(|prompt| vm.str_text(&prompt)).transpose()?.unwrap_or_default();
    if let Some(read) = vm.line_reader() {
        return Ok(read(vm, &prompt)?.map(|line| line + "\n"));
    }
    show_raw(&prompt);
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        // One byte at a time: what follows the line may be for the program.
        let mut byte = [0];
        match vm.allow_threads(|| rustix::io::read(std::io::stdin(), &mut byte)) {
            Ok(0) => break,
            Ok(_) => line.push(byte[0]),
            Err(rustix::io::Errno::INTR) => vm.check_signals()?,
            // No input any more: it was closed.
            Err(_) => break,
        }
    }
    if line.is_empty() {
        return Ok(None);
    }
    match String::from_utf8(line) {
        Ok(line) => Ok(Some(line)),
        // In the words of the codec.
        Err(error) => {
            let bytes = crate::bytes::Bytes::new(error.as_bytes()).into_obj();
            vm.call_method_named(&bytes, "decode", &[])?;
            Err(vm.value_error("the input is not UTF-8"))
        }
    }
}

/// Shows an error, but for SystemExit, which goes on.
fn told(vm: &Vm, error: Exc) -> PyResult<()> {
    if error.is(&crate::builtins::SYSTEM_EXIT) {
        return Err(error);
    }
    excepthook::print(vm, error.exception());
    flush(vm);
    Ok(())
}

/// Writes to where prompts are written.
fn show_raw(text: &str) {
    // Nobody is left to tell of a failure.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn show(vm: &Vm, text: &str) -> PyResult<()> {
    crate::modules::sys::write_stderr(vm, text)
}

fn flush(vm: &Vm) {
    let sys = vm.interp().sys();
    for name in [&vm.names().stderr, &vm.names().stdout] {
        if let Ok(Some(stream)) = sys.get_str(vm, name)
            && !vm.is_none(&stream)
        {
            // A program may have put something there that can't be flushed.
            let _ = vm.call_method(&stream, &vm.names().flush, &[]);
        }
    }
}

/// `sys._baserepl()`
pub(crate) fn base_repl(vm: &Vm, _: &Obj) -> PyResult {
    let main = vm.interp().modules().get_str(vm, &vm.names().__main__)?;
    let Some(main) = main.and_then(|main| main.downcast::<crate::module::Module>().cloned()) else {
        return Err(vm.runtime_error("lost __main__"));
    };
    statements(vm, &main.dict)?;
    Ok(vm.none())
}
