//! `builtins`: compile, exec and eval.

use std::sync::Arc;

use lasti_code::linetable::{LineTable, LineTableWriter, Location};
use lasti_code::{CodeFlags, CodeObject, Const};
use lasti_compile::ast::Kind as NodeKind;
use lasti_compile::{CompileFlags, Mode, Options};

use crate::builtins::SYNTAX_WARNING;
use crate::bytes::Bytes;
use crate::call::{Args, Signature, type_for_message};
use crate::code::Code;
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::function::CellObject;
use crate::modules::ast::{self, ONLY_AST, OPTIMIZED_AST, TYPE_COMMENTS};
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;
use crate::vm::config::Config;

/// `PyCF_*` that the compiler has no use for, but that `compile()` accepts.
const IGNORED_FLAGS: i64 = 0x100 | 0x800 | 0x1000 | 0x8000;

/// A source to compile.
pub(crate) enum Source<'a> {
    Text(&'a Str),
    Bytes(Vec<u8>),
    /// What a script's file holds.
    File(Vec<u8>),
}

impl Vm {
    /// Compiles a source, and warns of what is doubtful in it.
    pub(crate) fn compile(
        &self,
        source: &Source<'_>,
        filename: &str,
        options: &Options,
    ) -> PyResult<Ref<Code>> {
        let compiled = match source {
            Source::Text(text) => lasti_compile::compile(self.source_text(text)?, filename, options),
            Source::Bytes(bytes) => lasti_compile::compile_bytes(bytes, filename, options),
            Source::File(bytes) => lasti_compile::compile_file(bytes, filename, options),
        };
        let compiled = match compiled {
            Ok(compiled) => compiled,
            Err(error) => return Err(self.warned_error(source, &error, options)),
        };
        self.warn_of(&compiled.warnings, filename)?;
        let code = if Config::get().flags.no_debug_ranges {
            Arc::new(without_columns(&compiled.code))
        } else {
            compiled.code
        };
        if let Source::Text(text) = source
            && let Some(text) = text.as_str()
        {
            crate::sources::compiled(&code, text);
        }
        Ok(Code::new(self, &code))
    }

    /// Parses a source to the nodes of `_ast`, and warns of what is doubtful in it.
    fn parse(&self, source: &Source<'_>, filename: &str, options: &Options) -> PyResult {
        let tree = match source {
            Source::Text(text) => lasti_compile::parse(self.source_text(text)?, filename, options),
            Source::Bytes(bytes) | Source::File(bytes) => {
                lasti_compile::parse_bytes(bytes, filename, options)
            }
        };
        let tree = match tree {
            Ok(tree) => tree,
            Err(error) => return Err(self.warned_error(source, &error, options)),
        };
        self.warn_of(&tree.warnings, filename)?;
        ast::to_object(self, &tree.node)
    }

    /// A source's error, once what was read before it is warned of; or the warning, where a filter makes it an error.
    fn warned_error(
        &self,
        source: &Source<'_>,
        error: &lasti_compile::SyntaxError,
        options: &Options,
    ) -> Exc {
        let text = match source {
            Source::Text(text) => text.as_str(),
            Source::Bytes(bytes) | Source::File(bytes) => std::str::from_utf8(bytes).ok(),
        };
        let warnings =
            text.map(|text| lasti_compile::warnings_before(text, error, options)).unwrap_or_default();
        match self.warn_of(&warnings, &error.filename) {
            Ok(()) => self.error_in(source, error),
            Err(warning) => warning,
        }
    }

    fn error_in(&self, source: &Source<'_>, error: &lasti_compile::SyntaxError) -> Exc {
        let text = match source {
            Source::Text(text) => text.as_str(),
            Source::Bytes(bytes) | Source::File(bytes) => std::str::from_utf8(bytes).ok(),
        };
        match text {
            Some(text) => self.syntax_error_in(error, text),
            None => self.syntax_error(error),
        }
    }

    /// Compiles the nodes of `_ast`.
    fn compile_tree(&self, tree: &Obj, filename: &str, options: &Options) -> PyResult<Ref<Code>> {
        let tree = ast::from_object(self, tree, tree_kind(options.mode))?;
        let compiled = lasti_compile::compile_tree(tree, filename, options)
            .map_err(|error| ast::tree_error(self, error))?;
        self.warn_of(&compiled.warnings, filename)?;
        Ok(Code::new(self, &compiled.code))
    }

    /// A source's text; a lone surrogate in it is an error, in the codec's words.
    fn source_text<'a>(&self, text: &'a Str) -> PyResult<&'a str> {
        if let Some(text) = text.as_str() {
            return Ok(text);
        }
        let text: Ref<Str> = Str::from_wtf8(text.as_wtf8());
        self.call_method_named(text.as_obj(), "encode", &[])?;
        Err(self.value_error("source has lone surrogates"))
    }

    fn warn_of(&self, warnings: &[lasti_compile::SyntaxWarning], filename: &str) -> PyResult<()> {
        for warning in warnings {
            let category = match warning.category.name() {
                "DeprecationWarning" => &crate::builtins::DEPRECATION_WARNING,
                _ => &SYNTAX_WARNING,
            };
            let line = i64::try_from(warning.lineno).unwrap_or(i64::MAX);
            if let Err(error) = self.warn_explicit(category, &warning.message, filename, line) {
                return Err(if error.is(category) {
                    self.warning_as_error(warning, filename)
                } else {
                    error
                });
            }
        }
        Ok(())
    }

    /// A warning that a filter makes an error is a SyntaxError.
    fn warning_as_error(&self, warning: &lasti_compile::SyntaxWarning, filename: &str) -> Exc {
        let offset = warning.offset.and_then(|offset| i32::try_from(offset).ok());
        self.syntax_error(&lasti_compile::SyntaxError {
            kind: lasti_compile::ErrorKind::SyntaxError,
            // The future is now.
            msg: warning.message.replace(" Such sequences will not work in the future. ", " "),
            filename: filename.to_owned(),
            lineno: i32::try_from(warning.lineno).ok(),
            offset: Some(offset.unwrap_or(1)),
            end_lineno: i32::try_from(warning.lineno).ok(),
            end_offset: Some(offset.unwrap_or(1)),
            text: None,
        })
    }

    /// `os.fspath(object)`: a str or bytes.
    pub fn fspath(&self, object: &Obj) -> PyResult {
        if object.downcast::<Str>().is_some() || object.downcast::<Bytes>().is_some() {
            return Ok(object.clone());
        }
        let Some(path) = self.call_special(object, &self.intern("__fspath__"), &[])? else {
            return Err(self.type_error(format!(
                "expected str, bytes or os.PathLike object, not {}",
                object.ty().name()
            )));
        };
        if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
            return Ok(path);
        }
        Err(self.type_error(format!(
            "expected {}.__fspath__() to return str or bytes, not {}",
            object.ty().name(),
            path.ty().name()
        )))
    }
}

/// The code with lines alone in its linetable, as under `-X no_debug_ranges`.
fn without_columns(code: &CodeObject) -> CodeObject {
    let mut writer = LineTableWriter::new(code.firstlineno);
    for entry in LineTable::new(&code.linetable, code.firstlineno).entries().map_while(Result::ok) {
        let location = entry.location.map(|location| Location {
            end_line: location.line,
            column: None,
            end_column: None,
            ..location
        });
        writer.push(entry.end.0 - entry.start.0, location);
    }
    let consts = code.consts.iter().map(|value| match value {
        Const::Code(inner) => Const::Code(Arc::new(without_columns(inner))),
        other => other.clone(),
    });
    CodeObject { linetable: writer.finish().into(), consts: consts.collect(), ..code.clone() }
}

/// The bytes of a source that is no str.
fn source_bytes(vm: &Vm, source: &Obj) -> PyResult<Option<Vec<u8>>> {
    if let Some(bytes) = source.downcast::<Bytes>() {
        return Ok(Some(bytes.as_slice().to_vec()));
    }
    if !matches!(source.ty().name().as_str(), "bytearray" | "memoryview") {
        return Ok(None);
    }
    let bytes = vm.call(&crate::builtins::BYTES.to_obj(), std::slice::from_ref(source))?;
    Ok(bytes.downcast::<Bytes>().map(|bytes| bytes.as_slice().to_vec()))
}

fn source<'a>(vm: &Vm, object: &'a Obj, function: &str, kinds: &str) -> PyResult<Source<'a>> {
    if let Some(text) = object.downcast::<Str>() {
        return Ok(Source::Text(text));
    }
    match source_bytes(vm, object)? {
        Some(bytes) => Ok(Source::Bytes(bytes)),
        None => Err(vm.type_error(format!("{function}() arg 1 must be a {kinds}"))),
    }
}

/// The class of the trees of a mode.
fn tree_kind(mode: Mode) -> NodeKind {
    match mode {
        Mode::Exec => NodeKind::Module,
        Mode::Single => NodeKind::Interactive,
        Mode::Eval => NodeKind::Expression,
    }
}

/// The `__future__` features in force in the running code.
fn inherited(vm: &Vm) -> CompileFlags {
    let flags = crate::eval::current_code(vm).map_or(0, |code| code.flags().bits());
    CompileFlags::from_bits_truncate(flags & FUTURE_MASK)
}

/// How to compile, by the limits in force.
fn options(vm: &Vm, mode: Mode, optimize: u8, flags: CompileFlags) -> Options {
    Options { mode, optimize, flags, int_digit_limit: Some(vm.interp().int_digit_limit()) }
}

/// The bits that `CO_FUTURE_*` and `PyCF_MASK` share.
const FUTURE_MASK: u32 = 0x1FE_0000;

/// The optimization level that the program runs at.
fn default_level(vm: &Vm) -> PyResult<u8> {
    let flags = vm.interp().sys().get_str(vm, &vm.intern("flags"))?;
    let level = match flags {
        Some(flags) => vm.find_attr(&flags, &vm.intern("optimize"))?,
        None => None,
    };
    Ok(level.and_then(|level| level.as_i64()).and_then(|level| u8::try_from(level).ok()).unwrap_or(0))
}

static COMPILE: Signature<7> = Signature::new(
    "compile",
    ["source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version"],
    3,
)
.keyword_only(6);

fn compile(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(code), Some(filename), Some(mode), flags, dont_inherit, optimize, _] =
        args.bind(vm, &COMPILE)?
    else {
        return Err(vm.type_error("compile() missing required arguments"));
    };
    let filename = vm.fspath(filename)?;
    let filename = vm.decode_path(&filename)?.to_string_lossy().into_owned();
    let Some(mode) = mode.downcast::<Str>() else {
        return Err(vm.type_error(format!(
            "compile() argument 'mode' must be str, not {}",
            type_for_message(vm, mode)
        )));
    };
    let int = |value: Option<&Obj>, default: i64| value.map_or(Ok(default), |value| vm.index_i64(value));
    let flags = int(flags, 0)?;
    let inherit = match dont_inherit {
        Some(dont_inherit) => !vm.is_true(dont_inherit)?,
        None => true,
    };
    let optimize = int(optimize, -1)?;
    let known = i64::from(CompileFlags::all().bits()) | IGNORED_FLAGS | ONLY_AST;
    if flags & !known != 0 {
        return Err(vm.value_error("compile(): unrecognised flags"));
    }
    let optimize = match optimize {
        -1 => default_level(vm)?,
        0..=2 => optimize as u8,
        _ => return Err(vm.value_error("compile(): invalid optimize value")),
    };
    let mode = match mode.as_bytes() {
        b"exec" => Mode::Exec,
        b"eval" => Mode::Eval,
        b"single" => Mode::Single,
        b"func_type" if flags & ONLY_AST != 0 => {
            return Err(vm.not_implemented_error("compile() mode 'func_type' is not supported"));
        }
        b"func_type" => {
            return Err(vm.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        _ if flags & ONLY_AST != 0 => {
            return Err(vm.value_error("compile() mode must be 'exec', 'eval', 'single' or 'func_type'"));
        }
        _ => return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let given = flags;
    let mut flags = CompileFlags::from_bits_truncate(flags as u32);
    if inherit {
        flags |= inherited(vm);
    }
    let is_tree = vm.is_instance(code, &ast::AST.to_obj())?;
    if given & ONLY_AST != 0 {
        let tree = if is_tree {
            ast::to_object(vm, &ast::from_object(vm, code, tree_kind(mode))?)?
        } else {
            if given & TYPE_COMMENTS != 0 {
                return Err(vm.not_implemented_error("compile() does not read type comments"));
            }
            let source = source(vm, code, "compile", "string, bytes or AST object")?;
            vm.parse(&source, &filename, &options(vm, mode, optimize, flags))?
        };
        if given & OPTIMIZED_AST == OPTIMIZED_AST {
            return ast::optimize(vm, &tree, optimize);
        }
        return Ok(tree);
    }
    if is_tree {
        return Ok(vm.compile_tree(code, &filename, &options(vm, mode, optimize, flags))?.into_obj());
    }
    let source = source(vm, code, "compile", "string, bytes or AST object")?;
    Ok(vm.compile(&source, &filename, &options(vm, mode, optimize, flags))?.into_obj())
}

/// What `exec` and `eval` differ in.
struct Kind {
    name: &'static str,
    mode: Mode,
    locals_message: fn(&str) -> String,
    globals_message: fn(&str) -> String,
}

static EXEC: Kind = Kind {
    name: "exec",
    mode: Mode::Exec,
    locals_message: |given| format!("locals must be a mapping or None, not {given}"),
    globals_message: |given| format!("exec() globals must be a dict, not {given}"),
};

static EVAL: Kind = Kind {
    name: "eval",
    mode: Mode::Eval,
    locals_message: |_| "locals must be a mapping".to_owned(),
    globals_message: |_| "globals must be a dict".to_owned(),
};

/// The namespaces to run in: those given, or the running frame's.
fn namespaces(
    vm: &Vm,
    kind: &Kind,
    globals: Option<&Obj>,
    locals: Option<&Obj>,
) -> PyResult<(Ref<Dict>, Option<Obj>)> {
    let given = |value: Option<&Obj>| value.filter(|value| !vm.is_none(value)).cloned();
    let (globals, locals) = (given(globals), given(locals));
    if let Some(locals) = &locals
        && locals.ty().slots.getitem.get().is_none()
    {
        return Err(vm.type_error((kind.locals_message)(&locals.ty().name())));
    }
    let (globals, locals) = match globals {
        Some(globals) => match globals.into_ref::<Dict>() {
            Ok(globals) => (globals, locals),
            Err(other) => return Err(vm.type_error((kind.globals_message)(&other.ty().name()))),
        },
        None => {
            let Some(globals) = crate::eval::current_globals(vm) else {
                return Err(vm.system_error("globals and locals cannot be NULL"));
            };
            let locals = match locals {
                Some(locals) => Some(locals),
                None => Some(crate::eval::current_locals(vm)?),
            };
            (globals, locals)
        }
    };
    let name = &vm.names().__builtins__;
    if globals.get_str(vm, name)?.is_none() {
        globals.set_str(vm, name, vm.interp().builtins().as_obj().clone())?;
    }
    Ok((globals, locals))
}

fn run(
    vm: &Vm,
    kind: &Kind,
    code: &Obj,
    globals: Option<&Obj>,
    locals: Option<&Obj>,
    closure: Option<&Obj>,
) -> PyResult {
    let (globals, locals) = namespaces(vm, kind, globals, locals)?;
    let closure = closure.filter(|closure| !vm.is_none(closure));
    if let Some(code) = code.downcast::<Code>() {
        let closure = check_closure(vm, kind, code, closure)?;
        return crate::eval::run_code(vm, code, &globals, locals.as_ref(), closure.cloned());
    }
    if closure.is_some() {
        return Err(vm.type_error("closure can only be used when source is a code object"));
    }
    let source = source(vm, code, kind.name, "string, bytes or code object")?;
    let source = match source {
        // Blanks before an expression are no indentation.
        Source::Text(text) if kind.mode == Mode::Eval => {
            let skip = text.as_bytes().iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if skip == 0 {
                Source::Text(text)
            } else {
                let trimmed = text.substring(skip, text.char_len());
                return run_source(vm, kind, &Source::Text(&trimmed), &globals, locals.as_ref());
            }
        }
        Source::Bytes(mut bytes) if kind.mode == Mode::Eval => {
            let skip = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            bytes.drain(..skip);
            Source::Bytes(bytes)
        }
        other => other,
    };
    run_source(vm, kind, &source, &globals, locals.as_ref())
}

fn run_source(
    vm: &Vm,
    kind: &Kind,
    source: &Source<'_>,
    globals: &Ref<Dict>,
    locals: Option<&Obj>,
) -> PyResult {
    let options = options(vm, kind.mode, default_level(vm)?, inherited(vm));
    let code = vm.compile(source, "<string>", &options)?;
    crate::eval::run_code(vm, &code, globals, locals, None)
}

/// The closure, if it is what the code's free variables need.
fn check_closure<'a>(
    vm: &Vm,
    kind: &Kind,
    code: &Ref<Code>,
    closure: Option<&'a Obj>,
) -> PyResult<Option<&'a Ref<Tuple>>> {
    let free = code.data().freevars().count();
    if kind.mode == Mode::Eval {
        if free != 0 {
            return Err(vm.type_error("code object passed to eval() may not contain free variables"));
        }
        return Ok(None);
    }
    if free == 0 {
        return match closure {
            None => Ok(None),
            Some(_) => Err(vm.type_error("cannot use a closure with this code object")),
        };
    }
    let cells = closure.and_then(|closure| closure.downcast::<Tuple>()).filter(|cells| {
        cells.len() == free && cells.items().iter().all(|cell| cell.downcast::<CellObject>().is_some())
    });
    match cells {
        Some(cells) => Ok(Some(cells)),
        None => Err(vm.type_error(format!("code object requires a closure of exactly length {free}"))),
    }
}

static EXEC_SIGNATURE: Signature<4> =
    Signature::new("exec", ["source", "globals", "locals", "closure"], 1).positional_only(1).keyword_only(3);

fn exec(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(source), globals, locals, closure] = args.bind(vm, &EXEC_SIGNATURE)? else {
        return Err(vm.type_error("exec() takes at least 1 positional argument (0 given)"));
    };
    run(vm, &EXEC, source, globals, locals, closure)?;
    Ok(vm.none())
}

static EVAL_SIGNATURE: Signature<3> =
    Signature::new("eval", ["source", "globals", "locals"], 1).positional_only(1);

fn eval(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(source), globals, locals] = args.bind(vm, &EVAL_SIGNATURE)? else {
        return Err(vm.type_error("eval() takes at least 1 positional argument (0 given)"));
    };
    run(vm, &EVAL, source, globals, locals, None)
}

const _: () = assert!(CodeFlags::all().bits() & FUTURE_MASK != 0);

fn import(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    crate::import::import_function(vm, args)
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "__import__",
        "($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)",
        "What an import statement calls; programs use importlib.import_module().",
        NativeCall::Full(import),
    ),
    NativeDef::new(
        "compile",
        "($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        "Compile a source into a code object, for exec() or eval().",
        NativeCall::Full(compile),
    ),
    NativeDef::new(
        "eval",
        "($module, source, /, globals=None, locals=None)",
        "The value of an expression, given as text or code.",
        NativeCall::Full(eval),
    ),
    NativeDef::new(
        "exec",
        "($module, source, /, globals=None, locals=None, *, closure=None)",
        "Run statements, given as text or code.",
        NativeCall::Full(exec),
    ),
];
