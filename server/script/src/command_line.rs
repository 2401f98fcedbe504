//! `lasti script`: its options, and what it prints. The binary mounts [`Arguments`] and gives [`main`] a server
//! and its standard output.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::junit;
use crate::runner::{Options, run};
use crate::server::{ChildServer, ServerFactory};

/// Play scripted debug sessions: Markdown stories with a program, commands, and what must follow each
///
/// Prints the transcript of a single story, or a line for each of several; where a story goes another way, its
/// line and a diff. The exit code is 0 if all went as written, 1 if not, 2 if a story could not be run.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Stories, and folders of stories
    #[arg(required = true, value_name = "FILE")]
    pub paths: Vec<PathBuf>,
    /// Rewrite what is expected, in place, where something else happens
    #[arg(long)]
    pub bless: bool,
    /// Play so many stories at a time
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: u16,
    /// Also write the results to a file, as JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Play them against the debug server that this command line starts, on its standard input and output
    #[arg(long, value_name = "COMMAND LINE")]
    pub server: Option<String>,
    /// Only stories with this word in the fence of their `dap` blocks
    #[arg(long, value_name = "WORD")]
    pub tag: Option<String>,
    /// How long one command of a story may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
    /// Print the transcript of every story
    #[arg(short, long)]
    pub verbose: bool,
}

/// Plays the stories and prints what came of it; the exit code. `own` is the server where no `--server` is given.
pub async fn main(arguments: &Arguments, own: Option<Arc<dyn ServerFactory>>, out: &mut impl Write) -> u8 {
    let factory: Arc<dyn ServerFactory> = match (&arguments.server, own) {
        (Some(line), _) => match ChildServer::from_command_line(line) {
            Some(server) => Arc::new(server),
            None => return fail(out, &format!("--server: no command line: `{line}`")),
        },
        (None, Some(own)) => own,
        (None, None) => return fail(out, "there is no server here: give one with --server"),
    };
    let options = Options {
        bless: arguments.bless,
        jobs: arguments.jobs.into(),
        timeout: Duration::from_secs(arguments.timeout),
        tag: arguments.tag.clone(),
    };
    let single = matches!(arguments.paths.as_slice(), [path] if path.is_file());
    let mut printed = Ok(());
    let report = run(&arguments.paths, &options, factory, |story| {
        let text = story.to_text(single || arguments.verbose);
        if printed.is_ok() {
            printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
    })
    .await;
    if let Some(file) = &arguments.junit
        && let Err(error) = std::fs::write(file, junit::to_xml(&report))
    {
        return fail(out, &format!("--junit: {}: {error}", file.display()));
    }
    if report.stories.is_empty() {
        return fail(out, "no stories: a story is a Markdown file with a ```dap block");
    }
    if !single {
        printed = printed.and_then(|()| writeln!(out, "{}", report.summary()));
    }
    // Whoever closed the output does not read what is wrong with it.
    if printed.is_err() { 2 } else { report.exit_code() }
}

fn fail(out: &mut impl Write, message: &str) -> u8 {
    // The exit code says it too.
    let _ = writeln!(out, "lasti script: {message}");
    2
}
