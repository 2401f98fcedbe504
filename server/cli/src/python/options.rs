//! What the arguments say. CPython: Python/initconfig.c, Python/getopt.c.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use lasti_vm::program::Main;
use lasti_vm::vm::config::Flags;

use super::{Refused, absolute, usage};

/// What is asked for.
pub(super) enum Asked {
    /// A text to show.
    Text(String),
    /// A program.
    Run(Box<Options>),
}

/// A program, and how it is to be run.
pub(super) struct Options {
    pub(super) main: Main,
    /// The file as it was given.
    pub(super) file: Option<OsString>,
    /// The program's arguments.
    pub(super) rest: Vec<OsString>,
    pub(super) flags: Flags,
    pub(super) unbuffered: bool,
    pub(super) skip_first_line: bool,
    /// The values of `-W`.
    pub(super) warnings: Vec<OsString>,
    /// The values of `-X`: names, and what follows `=`.
    pub(super) xoptions: Vec<(OsString, Option<OsString>)>,
    pub(super) check_hash_based_pycs: &'static str,
}

impl Options {
    fn empty() -> Self {
        Self {
            main: Main::Input,
            file: None,
            rest: Vec::new(),
            flags: Flags::default(),
            unbuffered: false,
            skip_first_line: false,
            warnings: Vec::new(),
            xoptions: Vec::new(),
            check_hash_based_pycs: "default",
        }
    }

    /// The last value of an option `-X`.
    #[allow(clippy::option_option, reason = "an option may be there without a value")]
    pub(super) fn xoption(&self, name: &str) -> Option<Option<&OsStr>> {
        self.xoptions.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_deref())
    }
}

/// Reads the arguments; the first is the program's own name.
pub(super) fn parse(arguments: &[OsString]) -> Result<Asked, Refused> {
    let mut options = Options::empty();
    let mut versions = 0;
    let mut left = arguments.get(1..).unwrap_or_default().iter();
    let mut main = None;
    'arguments: while let Some(argument) = left.next() {
        let bytes = argument.as_bytes();
        match bytes {
            b"-" => {
                options.file = Some(argument.clone());
                main = Some(Main::Input);
                break;
            }
            b"--" => {
                if let Some(file) = left.next() {
                    main = Some(file_to_run(&mut options, file));
                }
                break;
            }
            [b'-', b'-', name @ ..] => match long(name, &mut left, &mut options)? {
                Some(Long::Text(text)) => return Ok(Asked::Text(text)),
                Some(Long::Version) => versions += 1,
                None => {}
            },
            [b'-', letters @ ..] => {
                for (at, &letter) in letters.iter().enumerate() {
                    let behind = &letters[at + 1..];
                    if matches!(letter, b'c' | b'm' | b'W' | b'X') {
                        let value = if behind.is_empty() {
                            left.next().cloned().ok_or_else(|| {
                                let letter = char::from(letter);
                                Refused::usage(&format!("Argument expected for the -{letter} option"))
                            })?
                        } else {
                            OsString::from_vec(behind.to_vec())
                        };
                        match letter {
                            b'c' => main = Some(Main::Command(value.to_string_lossy().into_owned())),
                            b'm' => main = Some(Main::Module(value)),
                            b'W' => options.warnings.push(value),
                            _ => options.xoptions.push(xoption(&value)),
                        }
                        if main.is_some() {
                            break 'arguments;
                        }
                        continue 'arguments;
                    }
                    match letter {
                        b'V' => versions += 1,
                        b'h' | b'?' => return Ok(Asked::Text(usage::long())),
                        _ => switch(letter, &mut options)?,
                    }
                }
            }
            _ => {
                main = Some(file_to_run(&mut options, argument));
                break;
            }
        }
    }
    if versions > 0 {
        return Ok(Asked::Text(usage::version(versions > 1)));
    }
    options.rest = left.cloned().collect();
    options.main = match main {
        Some(main) => main,
        None => Main::Input,
    };
    Ok(Asked::Run(Box::new(options)))
}

fn file_to_run(options: &mut Options, file: &OsStr) -> Main {
    options.file = Some(file.to_owned());
    if file == "-" { Main::Input } else { Main::File(absolute(PathBuf::from(file))) }
}

fn xoption(value: &OsStr) -> (OsString, Option<OsString>) {
    let bytes = value.as_bytes();
    match bytes.iter().position(|&byte| byte == b'=') {
        Some(at) => {
            (OsStr::from_bytes(&bytes[..at]).to_owned(), Some(OsStr::from_bytes(&bytes[at + 1..]).to_owned()))
        }
        None => (value.to_owned(), None),
    }
}

/// An option of one letter without a value.
fn switch(letter: u8, options: &mut Options) -> Result<(), Refused> {
    let flags = &mut options.flags;
    match letter {
        b'b' => flags.bytes_warning += 1,
        b'B' => flags.dont_write_bytecode = true,
        b'd' => flags.debug += 1,
        b'E' => flags.ignore_environment = true,
        b'i' => {
            flags.inspect += 1;
            flags.interactive += 1;
        }
        b'I' => {
            flags.isolated = true;
            flags.ignore_environment = true;
            flags.no_user_site = true;
            flags.safe_path = true;
        }
        b'J' => return Err(Refused { text: "-J is reserved for Jython\n".to_owned(), code: 2 }),
        b'O' => flags.optimize = flags.optimize.saturating_add(1),
        b'P' => flags.safe_path = true,
        b'q' => flags.quiet = true,
        // Hashes have a fixed key whatever is asked for.
        b'R' | b't' => {}
        b's' => flags.no_user_site = true,
        b'S' => flags.no_site = true,
        b'u' => options.unbuffered = true,
        b'v' => flags.verbose += 1,
        b'x' => options.skip_first_line = true,
        _ => return Err(Refused::usage(&format!("Unknown option: -{}", char::from(letter)))),
    }
    Ok(())
}

enum Long {
    Text(String),
    Version,
}

/// An option of two dashes.
fn long<'a>(
    name: &[u8],
    left: &mut impl Iterator<Item = &'a OsString>,
    options: &mut Options,
) -> Result<Option<Long>, Refused> {
    match name {
        b"help" => Ok(Some(Long::Text(usage::long()))),
        b"help-env" => Ok(Some(Long::Text(usage::environment()))),
        b"help-xoptions" => Ok(Some(Long::Text(usage::xoptions()))),
        b"help-all" => {
            Ok(Some(Long::Text([usage::long(), usage::environment(), usage::xoptions()].join("\n"))))
        }
        b"version" => Ok(Some(Long::Version)),
        b"check-hash-based-pycs" => {
            let value = left
                .next()
                .ok_or_else(|| Refused::usage("Argument expected for the --check-hash-based-pycs option"))?;
            options.check_hash_based_pycs = match value.as_bytes() {
                b"always" => "always",
                b"never" => "never",
                b"default" => "default",
                _ => {
                    return Err(Refused::usage(
                        "--check-hash-based-pycs must be one of 'default', 'always', or 'never'",
                    ));
                }
            };
            Ok(None)
        }
        _ => {
            let name = String::from_utf8_lossy(name);
            Err(Refused::usage(&format!("Unknown option: --{name}")))
        }
    }
}
