//! Running a program from its start to its end. CPython: Python/pylifecycle.c, Modules/main.c.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::code::Code;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::interactive;
use crate::module::Module;
use crate::modules::builtins::running::Source;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::paths::from_system;
use crate::sequence::List;
use crate::text::Str;
use crate::vm::Vm;
use crate::vm::config::Config;

/// The exit code of a program whose last output could not be written.
const LOST_OUTPUT: u8 = 120;
/// The exit code where there is nothing to run.
const NO_FILE: u8 = 2;

/// What is to be run.
#[derive(Clone, Debug)]
pub enum Main {
    /// A source: `-c`.
    Command(String),
    /// A module of the library or of `sys.path`: `-m`.
    Module(OsString),
    /// A file, or a directory or archive with a module `__main__`.
    File(PathBuf),
    /// The source on standard input.
    Input,
}

/// Runs a program and returns its exit code. What it raises is shown on standard error.
pub fn run(vm: &Vm, main: &Main) -> u8 {
    let result = start(vm).and_then(|dict| run_and_inspect(vm, main, &dict));
    let (code, interrupted) = match result {
        Ok(code) => (code.into(), false),
        Err(error) => {
            let interrupted = error.is(&crate::builtins::KEYBOARD_INTERRUPT);
            (crate::modules::excepthook::end_of_program(vm, error.exception()), interrupted)
        }
    };
    if !crate::modules::finish(vm) {
        return LOST_OUTPUT;
    }
    if interrupted && Config::get().takes_signals {
        // Whoever started the program sees that Ctrl-C ended it.
        lasti_system::signal::die_of(2);
    }
    (code & 0xFF) as u8
}

/// Brings up the modules that every program needs; returns the namespace of `__main__`.
fn start(vm: &Vm) -> PyResult<Ref<Dict>> {
    let config = Config::get();
    crate::modules::start(vm)?;
    crate::import::start(vm)?;
    if config.takes_signals {
        crate::modules::signal::start(vm)?;
    }
    crate::modules::sys::start_streams(vm)?;
    let main = Module::new(vm, "__main__", None)?;
    let names = vm.names();
    let modules = vm.interp().modules();
    modules.set_str(vm, &names.__main__, main.as_obj().clone())?;
    if let Some(builtins) = modules.get_str(vm, &names.builtins)? {
        main.dict.set_str(vm, &names.__builtins__, builtins)?;
    }
    if let Some(importlib) = modules.get_str(vm, &vm.intern("_frozen_importlib"))? {
        main.dict.set_str(vm, &names.__loader__, vm.getattr_named(&importlib, "BuiltinImporter")?)?;
    }
    if !config.warnoptions.is_empty() {
        // Options that say nothing sensible are told by the module itself.
        vm.import_module("warnings")?;
    }
    if config.stdlib.is_some() && !config.flags.no_site {
        vm.import_module("site")?;
    }
    Ok(main.dict.clone())
}

/// Runs the program, and what is typed after it if that is asked for.
fn run_and_inspect(vm: &Vm, main: &Main, namespace: &Ref<Dict>) -> PyResult<u8> {
    interactive::header(vm, main)?;
    let is_typed = matches!(main, Main::Input) && interactive::is_interactive();
    let result = run_main(vm, main, namespace);
    let flags = &Config::get().flags;
    if is_typed || Config::get().stdlib.is_none() {
        return result;
    }
    if flags.inspect > 0
        && interactive::is_interactive()
        && let Err(error) = result
    {
        // Even an exit does not end it.
        crate::modules::excepthook::print(vm, error.exception());
        return interactive::after(vm, namespace).map(Option::unwrap_or_default);
    }
    let code = result?;
    Ok(interactive::after(vm, namespace)?.unwrap_or(code))
}

fn run_main(vm: &Vm, main: &Main, namespace: &Ref<Dict>) -> PyResult<u8> {
    if let Main::File(file) = main
        && let Some(importer) = importer_of(vm, file)?
    {
        // A directory or an archive: it is where its module is looked for.
        drop(importer);
        insert_path(vm, from_system(file.as_os_str().as_bytes()).into_obj())?;
        return run_module(vm, &vm.names().__main__.as_obj().clone(), false);
    }
    if !Config::get().flags.safe_path {
        let first = first_path(main);
        vm.interp().first_path.set(first.clone());
        insert_path(vm, first)?;
    }
    match main {
        Main::Command(source) => run_command(vm, source, namespace),
        Main::Module(name) => run_module(vm, from_system(name.as_bytes()).as_obj(), true),
        Main::File(file) => run_file(vm, file, namespace),
        Main::Input if interactive::is_interactive() => interactive::run_input(vm, namespace),
        Main::Input => run_input(vm, namespace),
    }
}

/// Puts a directory first on `sys.path`.
fn insert_path(vm: &Vm, entry: Obj) -> PyResult<()> {
    match vm.interp().sys().get_str(vm, &vm.names().path)? {
        Some(path) => vm.call_method_named(&path, "insert", &[Int::new(0), entry]).map(|_| ()),
        None => Ok(()),
    }
}

/// What `sys.path` begins with: the script's directory, the current one for a module, nothing for a command.
fn first_path(main: &Main) -> Obj {
    let directory = match main {
        Main::Command(_) | Main::Input => PathBuf::new(),
        Main::Module(_) => std::env::current_dir().unwrap_or_default(),
        Main::File(file) => {
            let real = file.canonicalize().unwrap_or_else(|_| file.clone());
            real.parent().map(Path::to_path_buf).unwrap_or_default()
        }
    };
    from_system(directory.as_os_str().as_bytes()).into_obj()
}

/// The importer of a path that modules can be in; none for a plain file.
fn importer_of(vm: &Vm, file: &Path) -> PyResult<Option<Obj>> {
    if Config::get().stdlib.is_none() {
        return Ok(None);
    }
    let Some(hooks) = vm.interp().sys().get_str(vm, &vm.names().path_hooks)? else { return Ok(None) };
    let Some(hooks) = hooks.downcast::<List>() else { return Ok(None) };
    let path = from_system(file.as_os_str().as_bytes()).into_obj();
    for hook in hooks.items.to_vec() {
        match vm.call(&hook, std::slice::from_ref(&path)) {
            Ok(importer) => {
                if let Some(cache) = vm.interp().sys().get_str(vm, &vm.names().path_importer_cache)? {
                    vm.setitem(&cache, &path, &importer)?;
                }
                return Ok(Some(importer));
            }
            Err(error) if error.is(&crate::builtins::IMPORT_ERROR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Runs a module as `__main__`, by the library's `runpy`.
fn run_module(vm: &Vm, name: &Obj, alter_argv: bool) -> PyResult<u8> {
    let runpy = vm.import_module("runpy")?;
    let run = vm.getattr_named(&runpy, "_run_module_as_main")?;
    vm.call(&run, &[name.clone(), vm.bool(alter_argv)])?;
    Ok(0)
}

fn compile_and_run(vm: &Vm, source: &Source<'_>, name: &str, namespace: &Ref<Dict>) -> PyResult<()> {
    let options = lasti_compile::Options {
        optimize: Config::get().flags.optimize,
        ..lasti_compile::Options::default()
    };
    let code: Ref<Code> = vm.compile(source, name, &options)?;
    crate::eval::run_module_code(vm, &code, namespace).map(|_| ())
}

fn run_command(vm: &Vm, source: &str, namespace: &Ref<Dict>) -> PyResult<u8> {
    let source = Str::new(&format!("{}\n", dedent(source)));
    let options = lasti_compile::Options {
        optimize: Config::get().flags.optimize,
        ..lasti_compile::Options::default()
    };
    let name = "<string>";
    let code: Ref<Code> = vm.compile(&Source::Text(&source), name, &options)?;
    if Config::get().stdlib.is_some() {
        // So that tracebacks can show its lines.
        let linecache = vm.import_module("linecache")?;
        let args = [code.as_obj().clone(), source.into_obj(), Str::new(name).into_obj()];
        vm.call_method_named(&linecache, "_register_code", &args)?;
    }
    crate::eval::run_module_code(vm, &code, namespace)?;
    Ok(0)
}

/// The source without the indentation that all its lines have. Blank lines do not count.
fn dedent(source: &str) -> String {
    let mut common: Option<&str> = None;
    for line in source.split('\n') {
        let body = line.trim_start_matches([' ', '\t']);
        if body.is_empty() {
            continue;
        }
        let indent = &line[..line.len() - body.len()];
        common = Some(match common {
            None => indent,
            Some(common) => {
                let same = common.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
                &common[..same]
            }
        });
    }
    let common = common.unwrap_or_default();
    if common.is_empty() {
        return source.to_owned();
    }
    let line = |line: &'_ str| -> String {
        match line.strip_prefix(common) {
            Some(rest) if !rest.trim_start_matches([' ', '\t']).is_empty() => rest.to_owned(),
            _ => String::new(),
        }
    };
    source.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn run_input(vm: &Vm, namespace: &Ref<Dict>) -> PyResult<u8> {
    let mut source = Vec::new();
    let read = vm.allow_threads(|| std::io::stdin().lock().read_to_end(&mut source));
    read.map_err(|error| vm.io_error(&error, None))?;
    compile_and_run(vm, &Source::Bytes(source), "<stdin>", namespace)?;
    Ok(0)
}

fn run_file(vm: &Vm, file: &Path, namespace: &Ref<Dict>) -> PyResult<u8> {
    let source = match std::fs::read(file) {
        Ok(source) if !file.is_dir() => source,
        read => {
            let error = read.err().unwrap_or_else(|| std::io::Error::from_raw_os_error(libc::EISDIR));
            let errno = error.raw_os_error().unwrap_or(0);
            let reason = crate::builtins::exceptions::strerror(errno);
            let executable = &Config::get().executable;
            let (executable, file) = (executable.display(), file.display());
            let text = format!("{executable}: can't open file '{file}': [Errno {errno}] {reason}\n");
            crate::modules::sys::write_stderr(vm, &text)?;
            return Ok(NO_FILE);
        }
    };
    let names = vm.names();
    let name = from_system(file.as_os_str().as_bytes());
    let shown = name.to_string_lossy().into_owned();
    let set = namespace.get_str(vm, &names.__file__)?.is_none();
    if set {
        namespace.set_str(vm, &names.__file__, name.as_obj().clone())?;
        namespace.set_str(vm, &vm.intern("__cached__"), vm.none())?;
    }
    let compiled = lasti_code::pyc::looks_like_pyc(&source);
    set_loader(vm, namespace, &name, compiled)?;
    let result = if compiled {
        run_pyc(vm, &source, namespace)
    } else {
        let source = if Config::get().skip_first_line { without_first_line(source) } else { source };
        compile_and_run(vm, &Source::File(source), &shown, namespace)
    };
    result?;
    Ok(0)
}

/// The source with an empty first line.
fn without_first_line(source: Vec<u8>) -> Vec<u8> {
    let start = source.iter().position(|&byte| byte == b'\n').unwrap_or(source.len());
    source[start..].to_vec()
}

/// The loader that `__main__` would have if it were imported.
fn set_loader(vm: &Vm, namespace: &Ref<Dict>, name: &Ref<Str>, compiled: bool) -> PyResult<()> {
    let modules = vm.interp().modules();
    let Some(external) = modules.get_str(vm, &vm.intern("_frozen_importlib_external"))? else {
        return Ok(());
    };
    let class =
        vm.getattr_named(&external, if compiled { "SourcelessFileLoader" } else { "SourceFileLoader" })?;
    let loader = vm.call(&class, &[vm.names().__main__.as_obj().clone(), name.as_obj().clone()])?;
    namespace.set_str(vm, &vm.names().__loader__, loader)
}

fn run_pyc(vm: &Vm, bytes: &[u8], namespace: &Ref<Dict>) -> PyResult<()> {
    let bad = |message: &str| vm.runtime_error(message);
    if bytes.get(..4) != Some(&lasti_code::pyc::MAGIC[..]) {
        return Err(bad("Bad magic number in .pyc file"));
    }
    let code = crate::modules::marshal::load(vm, bytes.get(16..).unwrap_or_default())?;
    match code.downcast::<Code>() {
        Some(code) => crate::eval::run_module_code(vm, code, namespace).map(|_| ()),
        None => Err(bad("Bad code object in .pyc file")),
    }
}
