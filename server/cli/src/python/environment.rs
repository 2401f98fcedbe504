//! What the environment variables say, and how they go together with the options.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use lasti_vm::vm::config::{DEFAULT_MAX_STR_DIGITS, Flags};

use super::Refused;
use super::options::Options;

/// What is done otherwise by CPython, and not at all by Lasti.
const UNSUPPORTED: &[&str] = &["importtime", "tracemalloc", "perf", "perf_jit", "showalloccount"];

/// The variables `PYTHON…`; as if none were set where an option says so.
#[derive(Default)]
pub(super) struct Environment {
    ignored: bool,
    /// `PYTHONPATH`, split.
    pub(super) path: Vec<OsString>,
    /// `PYTHONHOME`
    pub(super) home: Option<OsString>,
    pub(super) unbuffered: bool,
}

/// What neither is a flag nor a path.
pub(super) struct Settings {
    pub(super) warnoptions: Vec<OsString>,
    pub(super) implementation: &'static str,
    pub(super) pycache_prefix: Option<OsString>,
    pub(super) cpu_count: Option<i64>,
    pub(super) int_max_str_digits: usize,
    pub(super) stdio_encoding: String,
    pub(super) stdio_errors: String,
}

impl Environment {
    /// Reads what is there from the start.
    pub(super) fn read(options: &Options) -> Result<Self, Refused> {
        for name in UNSUPPORTED {
            if options.xoption(name).is_some() {
                return Err(Refused::unsupported(&format!("-X {name}")));
            }
        }
        let mut environment = Self { ignored: options.flags.ignore_environment, ..Self::default() };
        if let Some(path) = environment.get("PYTHONPATH") {
            environment.path = path
                .as_bytes()
                .split(|&byte| byte == b':')
                .map(|part| OsStr::from_bytes(part).to_owned())
                .collect();
        }
        environment.home = environment.get("PYTHONHOME");
        environment.unbuffered = environment.number("PYTHONUNBUFFERED") > 0;
        Ok(environment)
    }

    /// A variable that is set to something.
    fn get(&self, name: &str) -> Option<OsString> {
        if self.ignored {
            return None;
        }
        std::env::var_os(name).filter(|value| !value.is_empty())
    }

    /// A variable that counts: 1 for what is no number.
    fn number(&self, name: &str) -> i64 {
        let Some(value) = self.get(name) else { return 0 };
        value.to_str().and_then(|text| text.trim().parse().ok()).filter(|&number| number >= 0).unwrap_or(1)
    }

    /// Flags that a variable sets as well.
    pub(super) fn apply(&self, flags: &mut Flags) {
        flags.debug = flags.debug.max(self.number("PYTHONDEBUG"));
        flags.inspect = flags.inspect.max(self.number("PYTHONINSPECT"));
        flags.verbose = flags.verbose.max(self.number("PYTHONVERBOSE"));
        let optimize = u8::try_from(self.number("PYTHONOPTIMIZE")).unwrap_or(u8::MAX);
        flags.optimize = flags.optimize.max(optimize);
        flags.dont_write_bytecode |= self.number("PYTHONDONTWRITEBYTECODE") > 0;
        flags.no_user_site |= self.number("PYTHONNOUSERSITE") > 0;
        flags.safe_path |= self.get("PYTHONSAFEPATH").is_some();
        flags.no_debug_ranges |= self.get("PYTHONNODEBUGRANGES").is_some();
        flags.dev_mode |= self.get("PYTHONDEVMODE").is_some_and(|value| value != "0");
        flags.warn_default_encoding |= self.get("PYTHONWARNDEFAULTENCODING").is_some();
    }

    /// What is made of options and variables together; sets the flags that go with it.
    pub(super) fn settings(&self, options: &Options, flags: &mut Flags) -> Result<Settings, Refused> {
        flags.dev_mode |= options.xoption("dev").is_some();
        flags.warn_default_encoding |= options.xoption("warn_default_encoding").is_some();
        flags.no_debug_ranges |= options.xoption("no_debug_ranges").is_some();
        let locale = locale();
        flags.utf8_mode = self.utf8_mode(options, &locale)?;
        let mut warnoptions: Vec<OsString> = Vec::new();
        if flags.dev_mode {
            warnoptions.push("default".into());
        }
        if let Some(variable) = self.get("PYTHONWARNINGS") {
            let parts = variable.as_bytes().split(|&byte| byte == b',').filter(|part| !part.is_empty());
            warnoptions.extend(parts.map(|part| OsStr::from_bytes(part).to_owned()));
        }
        warnoptions.extend(options.warnings.iter().cloned());
        match flags.bytes_warning {
            0 => {}
            1 => warnoptions.push("default::BytesWarning".into()),
            _ => warnoptions.push("error::BytesWarning".into()),
        }
        let (stdio_encoding, stdio_errors) = self.stdio(flags.utf8_mode, &locale);
        Ok(Settings {
            warnoptions,
            implementation: implementation(options)?,
            pycache_prefix: match options.xoption("pycache_prefix") {
                Some(value) => value.map(OsStr::to_owned).filter(|value| !value.is_empty()),
                None => self.get("PYTHONPYCACHEPREFIX"),
            },
            cpu_count: self.cpu_count(options)?,
            int_max_str_digits: self.int_max_str_digits(options)?,
            stdio_encoding,
            stdio_errors,
        })
    }

    /// PEP 540.
    fn utf8_mode(&self, options: &Options, locale: &str) -> Result<bool, Refused> {
        match options.xoption("utf8") {
            None => {}
            Some(None) => return Ok(true),
            Some(Some(value)) => match value.as_bytes() {
                b"1" => return Ok(true),
                b"0" => return Ok(false),
                _ => return Err(Refused::fatal("invalid -X utf8 option value")),
            },
        }
        match self.get("PYTHONUTF8").as_deref().map(OsStr::as_bytes) {
            None => Ok(matches!(locale, "C" | "POSIX")),
            Some(b"1") => Ok(true),
            Some(b"0") => Ok(false),
            Some(_) => Err(Refused::fatal("invalid PYTHONUTF8 environment variable value")),
        }
    }

    /// Encoding and error handler of the standard streams.
    fn stdio(&self, utf8_mode: bool, locale: &str) -> (String, String) {
        let lenient = utf8_mode || matches!(locale, "C" | "POSIX" | "C.UTF-8" | "C.utf8" | "UTF-8");
        let default = if lenient { "surrogateescape" } else { "strict" };
        let Some(given) = self.get("PYTHONIOENCODING") else {
            return ("utf-8".to_owned(), default.to_owned());
        };
        let given = given.to_string_lossy().into_owned();
        let (encoding, errors) = given.split_once(':').unwrap_or((&given, ""));
        let errors = match (encoding, errors) {
            ("", "") => default,
            (_, "") => "strict",
            (_, errors) => errors,
        };
        let encoding = if encoding.is_empty() { "utf-8" } else { encoding };
        (encoding.to_owned(), errors.to_owned())
    }

    fn cpu_count(&self, options: &Options) -> Result<Option<i64>, Refused> {
        let given = match options.xoption("cpu_count") {
            Some(value) => value.map(OsStr::to_owned).or_else(|| Some(OsString::new())),
            None => self.get("PYTHON_CPU_COUNT"),
        };
        let Some(given) = given else { return Ok(None) };
        if given == "default" {
            return Ok(None);
        }
        match given.to_str().and_then(|text| text.parse().ok()).filter(|&count: &i64| count > 0) {
            Some(count) => Ok(Some(count)),
            None => Err(Refused::fatal(
                "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0",
            )),
        }
    }

    fn int_max_str_digits(&self, options: &Options) -> Result<usize, Refused> {
        let limit = |given: Option<&OsStr>| {
            let number = given.and_then(OsStr::to_str).and_then(|text| text.parse::<usize>().ok());
            number.filter(|&number| number == 0 || number >= 640)
        };
        if let Some(given) = options.xoption("int_max_str_digits") {
            return limit(given).ok_or_else(|| {
                Refused::fatal("-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.")
            });
        }
        match self.get("PYTHONINTMAXSTRDIGITS") {
            Some(given) => limit(Some(&given)).ok_or_else(|| {
                Refused::fatal("PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.")
            }),
            None => Ok(DEFAULT_MAX_STR_DIGITS),
        }
    }
}

/// What `sys.implementation.name` says: programs that ask for CPython's name can be given it.
fn implementation(options: &Options) -> Result<&'static str, Refused> {
    match options.xoption("impl") {
        None => Ok("lasti"),
        Some(Some(value)) if value == "cpython" => Ok("cpython"),
        Some(Some(value)) if value == "lasti" => Ok("lasti"),
        Some(_) => Err(Refused::usage("-X impl must be 'cpython' or 'lasti'")),
    }
}

/// The locale that the environment asks for.
fn locale() -> String {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let found = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    found.map_or_else(|| "C".to_owned(), |locale| locale.to_string_lossy().into_owned())
}
