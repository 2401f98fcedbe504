//! Runs programs by Python's command line: what is run, with which arguments, and how it ends.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lasti-command-line-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn lasti_in(folder: &Path, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lasti"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PYTHON") {
            command.env_remove(name);
        }
    }
    let mut child = command
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn lasti(arguments: &[&str]) -> Output {
    lasti_in(&std::env::temp_dir(), arguments, "", &[])
}

/// Exit code, standard output and standard error.
fn all(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn printed(output: &Output) -> String {
    let (code, out, err) = all(output);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    out
}

#[test]
fn a_command_and_its_arguments() {
    let out = printed(&lasti(&["-c", "import sys; print(sys.argv, sys.path[0] == '', __name__)", "-x", "y"]));
    assert_eq!(out, "['-c', '-x', 'y'] True __main__\n");
    assert_eq!(printed(&lasti(&["-Bc", "  if 1:\n    print(__debug__)"])), "True\n");
    assert_eq!(printed(&lasti(&["-OO", "-c", "assert 0; print(__debug__)"])), "False\n");
}

#[test]
fn a_script() {
    let folder = Folder::new("script");
    let script =
        folder.file("sub/script.py", "import sys, beside\nprint(sys.argv, __file__, sys.path[0], beside.x)");
    folder.file("sub/beside.py", "x = 5");
    let out = printed(&lasti_in(&folder.0, &["-B", "sub/script.py", "a", "-c"], "", &[]));
    let (file, directory) = (script.display(), script.parent().unwrap().display());
    assert_eq!(out, format!("['sub/script.py', 'a', '-c'] {file} {directory} 5\n"));
}

#[test]
fn a_module_a_directory_and_an_archive() {
    let folder = Folder::new("module");
    folder.file("package/__init__.py", "");
    folder.file("package/__main__.py", "import sys; print('main', __package__, sys.argv[1:])");
    let run = |arguments: &[&str]| printed(&lasti_in(&folder.0, arguments, "", &[]));
    assert_eq!(run(&["-B", "-m", "package", "x"]), "main package ['x']\n");
    assert_eq!(run(&["-B", "package", "x"]), "main  ['x']\n");
    run(&["-B", "-m", "zipfile", "-c", "archive.zip", "package/__main__.py", "package/"]);
    run(&[
        "-c",
        "import zipfile; f = zipfile.ZipFile('app.zip', 'w'); f.writestr('__main__.py', 'print(__file__)'); f.close()",
    ]);
    let archive = folder.0.join("app.zip");
    assert_eq!(run(&["app.zip"]), format!("{}/__main__.py\n", archive.display()));
}

#[test]
fn standard_input() {
    let folder = Folder::new("input");
    let out =
        printed(&lasti_in(&folder.0, &["-", "a"], "import sys; print(sys.argv, sys.stdin.read())", &[]));
    assert_eq!(out, "['-', 'a'] \n");
    let read = "import sys; print(sys.stdin.readline(), input(), list(sys.stdin))";
    assert_eq!(printed(&lasti_in(&folder.0, &["-c", read], "1\n2\n3\n4", &[])), "1\n 2 ['3\\n', '4']\n");
}

#[test]
fn how_programs_end() {
    assert_eq!(all(&lasti(&["-c", "import sys; sys.exit(3)"])), (Some(3), String::new(), String::new()));
    let (code, _, err) = all(&lasti(&["-c", "raise SystemExit('gone')"]));
    assert_eq!((code, err.as_str()), (Some(1), "gone\n"));
    let (code, _, err) = all(&lasti(&["-c", "1/0"]));
    assert_eq!(code, Some(1));
    assert!(
        err.starts_with(
            "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n    1/0\n"
        ),
        "{err}"
    );
    assert!(err.ends_with("ZeroDivisionError: division by zero\n"), "{err}");
    let out = printed(&lasti(&[
        "-c",
        "import atexit; atexit.register(print, 'end')\nclass A:\n def __del__(self): print('gone')\na = A()",
    ]));
    assert_eq!(out, "end\ngone\n");
}

#[test]
fn what_was_written_is_flushed_or_the_exit_code_tells() {
    let folder = Folder::new("flush");
    let out = printed(&lasti_in(
        &folder.0,
        &["-c", "f = open('kept', 'w'); f.write('kept'); print('out', end='')"],
        "",
        &[],
    ));
    assert_eq!(out, "out");
    assert_eq!(std::fs::read_to_string(folder.0.join("kept")).unwrap(), "kept");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_lasti"))
        .args(["-c", "print('lost')"])
        .env_remove("PYTHONUNBUFFERED")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(120));
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        err,
        "Exception ignored while flushing sys.stdout:\nOSError: [Errno 28] No space left on device\n"
    );
}

#[test]
fn options_and_variables() {
    let flags = "import sys; f = sys.flags; print(f.optimize, f.isolated, f.no_site, f.safe_path, f.dev_mode, f.utf8_mode, sys.warnoptions, sys.dont_write_bytecode)";
    assert_eq!(
        printed(&lasti(&["-I", "-S", "-X", "dev", "-X", "utf8", "-W", "error", "-c", flags])),
        "0 1 1 True True 1 ['default', 'error'] False\n"
    );
    let variables = [
        ("PYTHONOPTIMIZE", "2"),
        ("PYTHONWARNINGS", "ignore,always"),
        ("PYTHONDONTWRITEBYTECODE", "x"),
        ("PYTHONUTF8", "0"),
    ];
    let folder = Folder::new("variables");
    assert_eq!(
        printed(&lasti_in(&folder.0, &["-c", flags], "", &variables)),
        "2 0 0 False False 0 ['ignore', 'always'] True\n"
    );
    let streams = "import sys; print(sys.stdin.encoding, sys.stdout.errors, sys.stdout.write_through)";
    let out = lasti_in(&folder.0, &["-u", "-c", streams], "", &[("PYTHONIOENCODING", "latin-1:replace")]);
    assert_eq!(printed(&out), "latin-1 replace True\n");
    let name = "import sys, platform; print(sys.implementation.name, platform.python_implementation())";
    assert_eq!(printed(&lasti(&["-X", "impl=cpython", "-c", name])), "cpython CPython\n");
    let path =
        lasti_in(&folder.0, &["-c", "import sys; print(sys.path[:3])"], "", &[("PYTHONPATH", "/one:/two")]);
    assert_eq!(printed(&path), "['', '/one', '/two']\n");
}

/// What is typed, and what standard output and standard error get: as CPython has it.
#[test]
fn statements_one_by_one() {
    let folder = Folder::new("interactive");
    let run = |arguments: &[&str], input: &str| all(&lasti_in(&folder.0, arguments, input, &[]));
    let typed = "x = 1\n\nx\nif x:\n  print(2)\n\ny = (3,\n4)\ny\n";
    let (code, out, err) = run(&["-q", "-i"], typed);
    assert_eq!((code, out.as_str()), (Some(0), "1\n2\n(3, 4)\n"));
    assert_eq!(err, ">>> >>> >>> >>> ... ... >>> ... >>> >>> \n");
    // Errors are shown, with the lines that were typed.
    let (code, _, err) = run(&["-qi"], "def f():\n    1/0\n\nf()\n1 +\ndef g(a, a): ...\n");
    assert_eq!(code, Some(0));
    assert_eq!(
        err,
        ">>> ... ... >>> Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n    f()\n    \
         ~^^\n  File \"<stdin>\", line 2, in f\n    1/0\n    ~^~\nZeroDivisionError: division by zero\n>>>   File \
         \"<stdin>\", line 1\n    1 +\n       ^\nSyntaxError: invalid syntax\n>>> ... \n  File \"<stdin-2>\", line 1\n    \
         def g(a, a): ...\n             ^\nSyntaxError: duplicate argument 'a' in function definition\n>>> \n"
    );
    // After a program, whatever became of it; an exit ends only what is typed.
    let (code, out, err) =
        run(&["-i", "-c", "z = 5; raise SystemExit(7)"], "import sys\nz\nsys.exit(3)\nz\n");
    assert_eq!((code, out.as_str()), (Some(3), "5\n"));
    assert!(err.contains("SystemExit: 7\n>>> >>> >>> "), "{err}");
    // What is imported from __future__ is for all that follows.
    let (_, out, _) =
        run(&["-qi"], "from __future__ import annotations\ndef f(x: y): pass\n\nf.__annotations__\n");
    assert_eq!(out, "{'x': 'y'}\n");
    let (code, out, err) = run(&["-i", "-S"], "import sys; sys.ps1 = 'P '\n");
    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert!(err.starts_with("Python 3.14.10 ") && err.ends_with("linux\n>>> P \n"), "{err}");
}

#[test]
fn what_is_refused() {
    let usage = "usage: lasti [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `lasti -h' for more information.\n";
    for (arguments, text) in [
        (&["-Z"][..], "Unknown option: -Z\n"),
        (&["--nothing"], "Unknown option: --nothing\n"),
        (&["-c"], "Argument expected for the -c option\n"),
    ] {
        assert_eq!(all(&lasti(arguments)), (Some(2), String::new(), format!("{text}{usage}")));
    }
    let (code, _, err) = all(&lasti(&["-X", "importtime", "-c", ""]));
    assert_eq!((code, err.as_str()), (Some(2), "lasti: -X importtime is not supported\n"));
    let (code, _, err) = all(&lasti(&["/none.py"]));
    assert_eq!(code, Some(2));
    assert!(err.ends_with(": can't open file '/none.py': [Errno 2] No such file or directory\n"), "{err}");
    let (code, _, err) = all(&lasti(&["-m", "no_such_module"]));
    assert_eq!(code, Some(1));
    assert!(err.ends_with(": No module named no_such_module\n"), "{err}");
    assert_eq!(printed(&lasti(&["-V"])), "Python 3.14.10\n");
}

#[test]
fn a_virtual_environment() {
    let folder = Folder::new("venv");
    let binary = Path::new(env!("CARGO_BIN_EXE_lasti"));
    let home = binary.parent().unwrap();
    folder.file(
        "env/pyvenv.cfg",
        &format!("home = {}\ninclude-system-site-packages = false\n", home.display()),
    );
    folder.file("env/lib/python3.14/site-packages/inside.py", "x = 'inside'");
    folder.file("env/lib/python3.14/site-packages/inside.pth", "import sys; sys.from_pth = 1\n");
    std::fs::create_dir_all(folder.0.join("env/bin")).unwrap();
    let link = folder.0.join("env/bin/lasti");
    std::os::unix::fs::symlink(binary, &link).unwrap();
    let code = "import sys, inside; print(sys.prefix, sys.base_prefix != sys.prefix, inside.x, sys.from_pth, sys.executable)";
    let output = Command::new(&link).args(["-B", "-c", code]).env_remove("PYTHONPATH").output().unwrap();
    let prefix = folder.0.join("env");
    assert_eq!(printed(&output), format!("{} True inside 1 {}\n", prefix.display(), link.display()));
}
