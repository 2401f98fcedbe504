//! Reading stories: what is read, and how faults are told.

use std::path::Path;

use super::{Expectation, Story};

const PROGRAM: &str = "# Title\n```py\na = 1  #@ one first\nb = 2  #@ two\n```\n";

fn story(commands: &str) -> Result<Story, String> {
    let text = format!("{PROGRAM}```dap\n{commands}\n```\n");
    Story::parse(Path::new("s.md"), text).map_err(|error| error.to_string())
}

#[test]
fn a_story_with_all_its_parts() {
    let text = "# Title of it\n\nProse.\n\n```py\na = 1  #@ one\n```\n```py pkg/m.py\nb = 2  #@ two\n```\n\
                ```file data.json\n{}\n```\n```text\nprose\n```\n```dap oracle\n# a comment\nbreak one  # why\n\
                run  → stopped breakpoint @one  # there\n     → x\n```\nMore.\n```dap\nnext -> a\n→ any {\n→ b\n→ c\n→ }\n```\n";
    let story = Story::parse(Path::new("s.md"), text.into()).unwrap();
    assert_eq!(story.title(), "Title of it");
    assert_eq!(story.tags(), ["oracle"]);
    let files: Vec<&str> = story.programs.iter().map(|program| program.name.as_str()).collect();
    assert_eq!(files, ["main.py", "pkg/m.py", "data.json"]);
    let steps: Vec<_> =
        story.steps.iter().map(|step| (step.command.line, step.command.text.as_str())).collect();
    assert_eq!(steps, [(19, "break one"), (20, "run"), (25, "next")]);
    assert_eq!(
        story.steps[1].expectations,
        [Expectation::Line(20, "stopped breakpoint @one".into()), Expectation::Line(21, "x".into())]
    );
    assert_eq!(
        story.steps[2].expectations,
        [Expectation::Line(25, "a".into()), Expectation::Any(vec![(27, "b".into()), (28, "c".into())])]
    );
}

#[test]
fn faults_name_their_line() {
    for (commands, message) in [
        ("brake one", "s.md:7: no command `brake`; there are: launch"),
        ("break three", "s.md:7: no marker `three`; there are: first, one, two"),
        ("run\n\n→ stopped step @here", "s.md:9: no marker `here`; there are: first, one, two"),
        ("stack → main @here", "s.md:7: no marker `here`"),
        ("→ a", "s.md:7: an expectation before any command of this block"),
        ("run →  # nothing", "s.md:7: an arrow with nothing behind it"),
        ("run\n→ any {\nnext", "s.md:8: `any {` is not closed by `→ }` before the next command"),
        ("run\n→ any {", "s.md:8: `any {` is not closed by `→ }`"),
        ("run\n→ any {\n→ }", "s.md:9: nothing in `any { }`"),
        ("run\n→ }", "s.md:8: `}` without `any {`"),
        ("run → any {", "s.md:7: `any {` stands on a line of its own: `→ any {`"),
        ("launch missing.py", "s.md:7: missing.py: No such file or directory"),
        ("launch main.py\nlaunch main.py", "s.md:8: a second `launch`: a story is one session"),
    ] {
        let error = story(commands).unwrap_err();
        assert!(error.starts_with(message), "{commands:?}: {error}");
    }
}

#[test]
fn faults_of_the_whole() {
    for (text, message) in [
        ("", "s.md:1: the story is empty"),
        ("\nNo title\n", "s.md:2: a story begins with its title: `# One sentence`"),
        ("# T\n", "s.md:1: no ```dap block: a story has one or more, with its commands"),
        ("# T\n```dap\nrun\n```\n", "s.md:2: no ```py block, and no `launch` of a program"),
        ("# T\n```dpa\nrun\n```\n", "s.md:2: a block `dpa`: stories have"),
        ("# T\n```py\na\n", "s.md:2: this block is not closed"),
        ("# T\n```py\n#@ a\n```\n```py\n```\n```dap\n```\n", "s.md:6: a second file `main.py`"),
        (
            "# T\n```py\n#@ a\n\n#@ a\n```\n```dap\n```\n",
            "s.md:5: marker `a` is there twice, first on line 1 of",
        ),
        ("# T\n```py\nx #@ \n```\n```dap\n```\n", "s.md:3: a marker without a name: `#@ name`"),
        ("# T\n```py\nx #@ a.b\n```\n```dap\n```\n", "s.md:3: marker `a.b`: letters, digits, `_` and `-`"),
        ("# T\n```py ../x.py\n```\n```dap\n```\n", "s.md:2: `../x.py`: a file of a story lies in its folder"),
        ("# T\n```py a b\n```\n", "s.md:2: a `py` block has at most a file name"),
    ] {
        let error = Story::parse(Path::new("s.md"), text.into()).unwrap_err().to_string();
        assert!(error.starts_with(message), "{text:?}: {error}");
    }
}

#[test]
fn what_a_program_writes_names_no_marker() {
    assert!(story("run → stdout mail me @home").is_ok());
    assert!(story("eval x → 'a @b'").is_ok());
}

/// The stories of the project: what they name is there. What follows is for a server to say.
#[test]
fn every_story_of_the_project_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sessions");
    let mut pending = vec![folder];
    let mut count = 0;
    let mut faults = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                count += 1;
                faults.extend(Story::read(&path).err().map(|error| error.to_string()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(count >= 90, "{count} stories");
}
