//! `lasti dis`: what `python3.14 -m dis` does, for `.pyc` files too. It reads, compiles and prints; the
//! text itself is made by [`lasti_code::disassemble`].

use std::fmt;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use lasti_code::CodeObject;
use lasti_code::disassemble::{self, Options};
use lasti_code::pyc::{self, PycError};
use lasti_compile::source::{Origin, decode};
use lasti_compile::{SyntaxError, SyntaxWarning, compile_bytes};

/// Show the bytecode of a Python program, as `python3.14 -m dis` does.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the command line")]
pub(crate) struct Arguments {
    /// Show inline caches.
    #[arg(short = 'C', long)]
    show_caches: bool,
    /// Show instruction offsets.
    #[arg(short = 'O', long)]
    show_offsets: bool,
    /// Show instruction positions.
    #[arg(short = 'P', long)]
    show_positions: bool,
    /// Show specialized bytecode.
    #[arg(short = 'S', long)]
    specialized: bool,
    /// A program to read instead of a file.
    #[arg(short = 'c', value_name = "CODE", conflicts_with = "infile", allow_hyphen_values = true)]
    code: Option<String>,
    /// A source file or a .pyc file; `-` is standard input.
    #[arg(default_value = "-", value_name = "infile")]
    infile: PathBuf,
}

/// Runs the subcommand. Exit codes: 0, and 1 for what cannot be read, compiled or written.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match disassemble(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has seen enough, as `head` does.
        Err(Failure::Write(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell if this cannot be written either.
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Why there is no disassembly.
enum Failure {
    Read { name: String, error: io::Error },
    Pyc { name: String, error: PycError },
    Syntax(SyntaxError),
    Write(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { name, error } => write!(f, "lasti dis: cannot read {name}: {error}"),
            Self::Pyc { name, error } => write!(f, "lasti dis: cannot load {name}: {error}"),
            Self::Syntax(error) => error.fmt(f),
            Self::Write(error) => write!(f, "lasti dis: cannot write the disassembly: {error}"),
        }
    }
}

fn disassemble(arguments: &Arguments) -> Result<(), Failure> {
    let code = match &arguments.code {
        Some(source) => compile(source.as_bytes(), "<string>")?,
        None => load(&arguments.infile)?,
    };
    let options = Options {
        show_caches: arguments.show_caches,
        show_offsets: arguments.show_offsets,
        show_positions: arguments.show_positions,
        specialized: arguments.specialized,
    };
    print(&code, options).map_err(Failure::Write)
}

fn load(infile: &Path) -> Result<Arc<CodeObject>, Failure> {
    let from_input = infile.as_os_str() == "-";
    let name = if from_input { "<stdin>".into() } else { infile.to_string_lossy() };
    let bytes = if from_input {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(infile)
    };
    let bytes = bytes.map_err(|error| Failure::Read { name: name.to_string(), error })?;
    if pyc::looks_like_pyc(&bytes) {
        let loaded = pyc::read(&bytes).map_err(|error| Failure::Pyc { name: name.to_string(), error })?;
        return Ok(loaded.1);
    }
    compile(&bytes, &name)
}

/// Compiles, and tells on standard error what CPython warns of.
fn compile(source: &[u8], name: &str) -> Result<Arc<CodeObject>, Failure> {
    // CPython looks a line up in the file, if there is one, where it shows what is wrong with it.
    let text = decode(source, name, Origin::Bytes).ok().filter(|_| !name.starts_with('<'));
    let line = |number: usize| text.as_deref()?.split('\n').nth(number.checked_sub(1)?);
    let compiled = compile_bytes(source, name, &lasti_compile::Options::default()).map_err(|mut error| {
        let number = error.lineno.and_then(|number| usize::try_from(number).ok());
        if error.text.is_none() {
            error.text = number.and_then(line).map(|line| format!("{line}\n"));
        }
        Failure::Syntax(error)
    })?;
    for SyntaxWarning { category, message, lineno, .. } in &compiled.warnings {
        let line = line(*lineno).map(|line| format!("  {}\n", line.trim())).unwrap_or_default();
        let _ = write!(io::stderr(), "{name}:{lineno}: {}: {message}\n{line}", category.name());
    }
    Ok(compiled.code)
}

fn print(code: &CodeObject, options: Options) -> io::Result<()> {
    let mut out = Text { out: BufWriter::new(io::stdout().lock()), error: None };
    match disassemble::write(code, &options, &mut out) {
        Ok(()) => out.out.flush(),
        // The text itself never fails, only where it goes to.
        Err(fmt::Error) => Err(out.error.unwrap_or_else(|| ErrorKind::Other.into())),
    }
}

/// Writes text to a byte stream and keeps the error that [`fmt::Error`] cannot carry.
struct Text<W> {
    out: W,
    error: Option<io::Error>,
}

impl<W: Write> fmt::Write for Text<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}
