//! From text to our code object: parse, check, mend, generate code, convert.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use lasti_code::CodeObject;
use ruff_python_ast::Mod;
use ruff_python_parser::{self as parser, Parsed};
use ruff_source_file::{SourceFile, SourceFileBuilder};
use rustpython_codegen::compile::{CompileOpts, compile_top_with_syntax_warning_handler};
use rustpython_compiler as library;
use rustpython_compiler::CompileError;

use crate::ast::{Node, TreeError, from_source, to_library, validate};
use crate::convert;
use crate::error::{ErrorKind, SyntaxError, explain, look_again, parse_error, warnings_of_parser};
use crate::limits::{self, TooDeep};
use crate::mend::bare_raise::BareRaises;
use crate::mend::columnless::Columnless;
use crate::mend::docstring::Docstrings;
use crate::mend::global_doc;
use crate::mend::long_display::LongDisplays;
use crate::mend::mend_tree;
use crate::mend::semicolon::Semicolons;
use crate::options::{CompileFlags, Mode, Options};
use crate::source::{Origin, decode, from_text};
use crate::warning::{SyntaxWarning, WarningCategory};

/// What a source compiles to.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The code of the whole source.
    pub code: Arc<CodeObject>,
    /// What CPython warns of, in its order.
    pub warnings: Vec<SyntaxWarning>,
}

/// Compiles a source, as CPython 3.14's `compile(source, filename, mode, flags, True, optimize)`.
///
/// A source that nests too deep, or that the compiler library panics over, is an error.
pub fn compile(source: &str, filename: &str, options: &Options) -> Result<Compiled, SyntaxError> {
    compile_text(&from_text(source, filename)?, filename, *options)
}

/// Compiles source bytes, as `compile(bytes, …)`: with a byte order mark or a coding cookie.
pub fn compile_bytes(source: &[u8], filename: &str, options: &Options) -> Result<Compiled, SyntaxError> {
    compile_text(&decode(source, filename, Origin::Bytes)?, filename, *options)
}

/// Compiles what a file holds, as CPython runs a script: errors of the decoder are told as of a file.
pub fn compile_file(source: &[u8], filename: &str, options: &Options) -> Result<Compiled, SyntaxError> {
    compile_text(&decode(source, filename, Origin::File)?, filename, *options)
}

/// What CPython warns of before it finds an error in a source: all that its parser read of it. Empty if the error is
/// none of the syntax.
pub fn warnings_before(source: &str, error: &SyntaxError, options: &Options) -> Vec<SyntaxWarning> {
    if !error.kind.has_position() {
        return Vec::new();
    }
    let found = from_text(source, &error.filename).and_then(|source| {
        guarded(source.len(), &error.filename, || Ok(warnings_of_parser(&source, options)))
    });
    found.unwrap_or_default()
}

/// What a source parses to.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The tree: a `Module`, `Interactive` or `Expression`.
    pub node: Node,
    /// What CPython's tokenizer and parser warn of.
    pub warnings: Vec<SyntaxWarning>,
}

/// Parses a source, as `compile(source, filename, mode, flags | PyCF_ONLY_AST)`.
pub fn parse(source: &str, filename: &str, options: &Options) -> Result<Tree, SyntaxError> {
    parse_text(&from_text(source, filename)?, filename, *options)
}

/// Parses source bytes.
pub fn parse_bytes(source: &[u8], filename: &str, options: &Options) -> Result<Tree, SyntaxError> {
    parse_text(&decode(source, filename, Origin::Bytes)?, filename, *options)
}

fn parse_text(source: &str, filename: &str, options: Options) -> Result<Tree, SyntaxError> {
    guarded(source.len(), filename, || {
        let (node, warnings) = Compilation { source, filename, options }.tree()?;
        Ok(Tree { node, warnings })
    })
}

/// Compiles a syntax tree, as `compile(node, filename, mode, flags, True, optimize)`. The tree must be of the class
/// that goes with the mode, and is checked for what no source could give.
pub fn compile_tree(tree: Node, filename: &str, options: &Options) -> Result<Compiled, TreeError> {
    validate::check(&tree)?;
    let blank = to_library::Blank::new(&tree)?;
    let convert_and_run = || {
        let tree = to_library::convert(tree, &blank)?;
        let source = blank.source();
        Compilation { source: &source, filename, options: *options }.run_tree(&tree, &blank.columnless())
    };
    let run = || Ok(convert_and_run());
    guarded(limits::MAX_DEPTH, filename, run).map_err(TreeError::Syntax)?
}

fn compile_text(source: &str, filename: &str, options: Options) -> Result<Compiled, SyntaxError> {
    guarded(source.len(), filename, || Compilation { source, filename, options }.run())
}

/// Runs the library on enough stack for a source of this length; a panic within becomes an error.
fn guarded<T>(
    source_len: usize,
    filename: &str,
    run: impl FnOnce() -> Result<T, SyntaxError>,
) -> Result<T, SyntaxError> {
    // Nothing outlives the run, so no broken state can be seen.
    let run = || catch_unwind(AssertUnwindSafe(run));
    limits::with_stack(source_len, run).unwrap_or_else(|_| {
        let message = "internal compiler error: the compiler library panicked";
        Err(SyntaxError::bare(ErrorKind::SyntaxError, message, filename))
    })
}

/// The library's code object, what is to be put right in it, and the warnings on the way.
struct Generated {
    code: library::CodeObject,
    docstrings: Docstrings,
    doc_is_global: bool,
    warnings: Vec<SyntaxWarning>,
}

/// One source on its way.
struct Compilation<'a> {
    source: &'a str,
    filename: &'a str,
    options: Options,
}

impl Compilation<'_> {
    /// Compiles on the stack there is.
    fn run(&self) -> Result<Compiled, SyntaxError> {
        let mut displays = LongDisplays::new(self.source);
        loop {
            let Generated { code, docstrings, doc_is_global, warnings: mut later } =
                self.generate(&mut displays)?;
            match convert::convert(code, &displays, &docstrings, &Columnless::default(), doc_is_global) {
                Ok(code) => {
                    let mut warnings = look_again(self.source, self.filename, &self.options)?;
                    warnings.append(&mut later);
                    return Ok(Compiled { code, warnings });
                }
                Err(not_constant) => displays.retry(not_constant),
            }
        }
    }

    /// Compiles a tree on the stack there is.
    fn run_tree(&self, tree: &Mod, columnless: &Columnless) -> Result<Compiled, TreeError> {
        limits::check_tree(tree).map_err(|_| TreeError::TooDeep)?;
        let doc_is_global = global_doc::is_declared(tree, self.source);
        let mut displays = LongDisplays::new(self.source);
        loop {
            let mut mended = tree.clone();
            mend_tree(&mut mended, self.source, &Semicolons::none(), &mut displays);
            let docstrings = Docstrings::new(&mended, self.source, self.options.optimize);
            let source_file = SourceFileBuilder::new(self.filename, self.source).finish();
            let generated = self.code(mended, source_file, docstrings, doc_is_global);
            let Generated { code, docstrings, doc_is_global, warnings } =
                generated.map_err(TreeError::Syntax)?;
            match convert::convert(code, &displays, &docstrings, columnless, doc_is_global) {
                Ok(code) => return Ok(Compiled { code, warnings }),
                Err(not_constant) => displays.retry(not_constant),
            }
        }
    }

    /// CPython's error where the library fails with this one.
    fn wrong(&self, error: &CompileError) -> SyntaxError {
        explain(error, self.source, self.filename, &self.options)
    }

    fn too_deep(&self, error: TooDeep) -> SyntaxError {
        SyntaxError::bare(ErrorKind::RecursionError, error.message, self.filename)
    }

    /// The library's modes.
    fn modes(&self) -> (library::Mode, parser::Mode) {
        match self.options.mode {
            Mode::Exec => (library::Mode::Exec, parser::Mode::Module),
            Mode::Single => (library::Mode::Single, parser::Mode::Module),
            Mode::Eval => (library::Mode::Eval, parser::Mode::Expression),
        }
    }

    fn library_options(&self) -> CompileOpts {
        let Options { optimize, flags, int_digit_limit, .. } = self.options;
        let default = CompileOpts::default();
        let digits = match int_digit_limit {
            None => default.int_max_str_digits,
            Some(0) => usize::MAX,
            Some(limit) => limit,
        };
        CompileOpts {
            optimize,
            allow_top_level_await: flags.contains(CompileFlags::ALLOW_TOP_LEVEL_AWAIT),
            dont_imply_dedent: flags.contains(CompileFlags::DONT_IMPLY_DEDENT),
            future_features: flags.future_features(),
            // The tree's depth is limited by `limits`.
            recursion_limit: usize::MAX,
            int_max_str_digits: digits,
            ..default
        }
    }

    /// The syntax tree, and the bare `raise` statements that it has something else for.
    fn parse(&self, source_file: &SourceFile) -> Result<(Parsed<Mod>, Option<BareRaises>), SyntaxError> {
        let Self { source, filename, options } = *self;
        let (mode, parser_mode) = self.modes();
        let parser_options = parser::ParseOptions::from(parser_mode);
        limits::check_source(source, parser_mode).map_err(|error| self.too_deep(error))?;
        library::pre_parse_source_error(source_file).map_err(|error| self.wrong(&error))?;
        let flufl = options.flags.contains(CompileFlags::FUTURE_BARRY_AS_BDFL);
        let flufl = library::prepare_barry_as_flufl_source(source, parser_options.clone(), flufl);
        let mut parsed = parser::parse(flufl.source(), parser_options.clone());
        let mut bare_raises = None;
        if parsed.is_err() && flufl.diagnostic(parsed.as_ref().err(), source_file).is_none() {
            bare_raises = BareRaises::find(flufl.source(), parser_options.clone());
        }
        if let Some(raises) = &bare_raises {
            parsed = parser::parse(&raises.replaced(flufl.source()), parser_options);
        }
        if let Some(error) = flufl.diagnostic(parsed.as_ref().err(), source_file) {
            return Err(self.wrong(&error));
        }
        let parsed = parsed.map_err(|error| {
            // The library's own search for a message is slow and only needed where ours finds no error.
            parse_error(source, filename, &options)
                .unwrap_or_else(|| self.wrong(&CompileError::from_ruff_parse_error(error, source_file, mode)))
        })?;
        limits::check_tree(parsed.syntax()).map_err(|error| self.too_deep(error))?;
        let digits = self.library_options().int_max_str_digits;
        let error = library::long_decimal_integer_literal_error(source_file, parsed.tokens(), digits)
            .or_else(|| library::unsupported_grammar_error(parsed.syntax(), source_file))
            // It counts one level too many where the innermost is plain text; `look_again` counts right.
            .filter(|error| !error.to_string().ends_with("-string: expressions nested too deeply"));
        if let Some(error) = error {
            return Err(self.wrong(&error));
        }
        Ok((parsed, bare_raises))
    }

    /// The syntax tree as Python sees it.
    fn tree(&self) -> Result<(Node, Vec<SyntaxWarning>), SyntaxError> {
        let Self { source, filename, options } = *self;
        let source_file = SourceFileBuilder::new(filename, source).finish();
        let (parsed, bare_raises) = self.parse(&source_file)?;
        let semicolons = Semicolons::new(source, parsed.tokens());
        let mut tree = parsed.into_syntax();
        if let Some(raises) = bare_raises {
            raises.restore(&mut tree);
        }
        if let Mod::Module(module) = &mut tree {
            semicolons.mend(&mut module.body);
        }
        let warnings = look_again(source, filename, &options)?;
        Ok((from_source::convert(&tree, &source_file, options.mode), warnings))
    }

    fn generate(&self, displays: &mut LongDisplays<'_>) -> Result<Generated, SyntaxError> {
        let Self { source, filename, options } = *self;
        let source_file = SourceFileBuilder::new(filename, source).finish();
        let (parsed, bare_raises) = self.parse(&source_file)?;
        let semicolons = Semicolons::new(source, parsed.tokens());
        let docstrings = Docstrings::new(parsed.syntax(), source, options.optimize);
        let mut tree = parsed.into_syntax();
        let doc_is_global = global_doc::is_declared(&tree, source);
        if let Some(raises) = bare_raises {
            raises.restore(&mut tree);
        }
        mend_tree(&mut tree, source, &semicolons, displays);
        self.code(tree, source_file, docstrings, doc_is_global)
    }

    /// The code of a tree that is mended.
    fn code(
        &self,
        tree: Mod,
        source_file: SourceFile,
        docstrings: Docstrings,
        doc_is_global: bool,
    ) -> Result<Generated, SyntaxError> {
        let (mode, _) = self.modes();
        let mut warnings = Vec::new();
        let mut warn = |location: library::core::SourceLocation, message| {
            let (category, lineno) = (WarningCategory::SyntaxWarning, location.line.get());
            let offset = Some(location.character_offset.get());
            warnings.push(SyntaxWarning { category, message, lineno, offset });
            Ok(())
        };
        let code = compile_top_with_syntax_warning_handler(
            tree,
            source_file,
            mode,
            self.library_options(),
            Some(&mut warn),
        )
        .map_err(|error| self.wrong(&error.into()))?;
        Ok(Generated { code, docstrings, doc_is_global, warnings })
    }
}

#[cfg(test)]
mod tests {
    use lasti_code::{Const, marshal};

    use crate::testing::compiled;

    #[test]
    fn line_ends_of_all_systems_are_one() {
        let unix = compiled("x = 1\nif x:\n    y = \"\"\"a\nb\"\"\"\n");
        let dos = compiled("x = 1\r\nif x:\r\n    y = \"\"\"a\r\nb\"\"\"\r\n");
        let mac = compiled("x = 1\rif x:\r    y = \"\"\"a\rb\"\"\"\r");
        assert_eq!(unix, dos);
        assert_eq!(unix, mac);
    }

    #[test]
    fn format_specifications_nest_three_deep() {
        let compiles = |source| crate::compile(source, "test.py", &crate::Options::default()).is_ok();
        assert!(compiles("f'{a:{b:{c:}}}'") && compiles("t'{a:{b:{c:x}}}'") && compiles("f'{a:{b:{c}}}'"));
        assert!(!compiles("f'{a:{b:{c:{d}}}}'"));
    }

    #[test]
    fn marshalled_code_is_that_of_cpython() {
        // code = compile("def f(a): return a, 'b c'\n", 'test.py', 'exec'); marshal.dumps(code)
        let code = compiled("def f(a): return a, 'b c'\n");
        let bytes = marshal::dumps(&Const::Code(code)).unwrap_or_default();
        let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        expect_test::expect![["e30000000000000000000000000100000000000000f30c0000008000520017007400520123002902630100000000000000000000000200000003000000f30a0000008000560052003302230029017a03622063a9002901da0161730100000026da07746573742e7079da0166720600000001000000730a0000008000901190459018882ff3000000004e29017206000000720300000072070000007205000000da083c6d6f64756c653e7208000000010000007308000000f003010101dc00197207000000"]].assert_eq(&hex);
    }
}
