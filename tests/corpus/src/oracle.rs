//! CPython's side: runs `facts.py` and reads what it writes.

use std::io::{self, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What CPython says of one source.
pub struct Facts {
    /// The source's bytes.
    pub source: Vec<u8>,
    /// The marshalled code object; empty if the source does not compile.
    pub marshalled: Vec<u8>,
    /// Its tables as text.
    pub tables: String,
    /// Its disassembly, or the exception that compiling raised.
    pub disassembly: String,
}

/// A running CPython.
pub struct Oracle {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts CPython on these files.
    pub fn start(python: &str, optimize: u8, files: &[PathBuf]) -> io::Result<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/facts.py");
        let mut child = Command::new(python)
            .args([script, &optimize.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let output = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let paths: String = files.iter().map(|path| format!("{}\n", path.display())).collect();
        // Written on the side: the pipe holds fewer paths than there are.
        std::thread::spawn(move || input.write_all(paths.as_bytes()));
        Ok(Self { child, output })
    }

    /// What it says of the next file.
    pub fn next_facts(&mut self) -> io::Result<Facts> {
        Ok(Facts {
            source: self.section()?,
            marshalled: self.section()?,
            tables: String::from_utf8_lossy(&self.section()?).into_owned(),
            disassembly: String::from_utf8_lossy(&self.section()?).into_owned(),
        })
    }

    fn section(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.output.read_exact(&mut length)?;
        let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
        self.output.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
