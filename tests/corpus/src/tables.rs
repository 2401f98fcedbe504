//! The tables of code objects as text, in the form that `facts.py` writes.

use std::fmt::Write;
use std::sync::Arc;

use lasti_code::CodeObject;
use lasti_code::linetable::Location;

/// The code object and all in its constants, each before those it holds.
pub fn walk(code: &Arc<CodeObject>) -> Vec<Arc<CodeObject>> {
    let mut found = Vec::new();
    let mut pending = vec![Arc::clone(code)];
    while let Some(code) = pending.pop() {
        let children: Vec<_> = code.children().cloned().collect();
        pending.extend(children.into_iter().rev());
        found.push(code);
    }
    found
}

/// What `co_lines()`, `co_positions()` and the exception table yield, for a code object and all in it.
pub fn tables(code: &Arc<CodeObject>) -> String {
    let mut out = String::new();
    for code in walk(code) {
        // Writing to a string can't fail.
        let _ = write_tables(&mut out, &code);
    }
    out
}

fn write_tables(out: &mut String, code: &CodeObject) -> std::fmt::Result {
    writeln!(out, "code {} {}", code.qualname, code.firstlineno)?;
    let lines: Vec<_> = code
        .line_table()
        .lines()
        .map(|range| format!("({}, {}, {})", range.start, range.end, none_or(range.line)))
        .collect();
    writeln!(out, "lines [{}]", lines.join(", "))?;
    let positions: Vec<_> = code.line_table().positions().map(position).collect();
    writeln!(out, "positions [{}]", positions.join(", "))?;
    for entry in code.exception_table().entries().map_while(Result::ok) {
        writeln!(
            out,
            "handler {} {} {} {} {}",
            entry.start.byte_offset(),
            entry.end.byte_offset(),
            entry.target.byte_offset(),
            entry.depth,
            if entry.lasti { "True" } else { "False" }
        )?;
    }
    Ok(())
}

fn position(location: Option<Location>) -> String {
    let Some(Location { line, end_line, column, end_column }) = location else {
        return "(None, None, None, None)".into();
    };
    format!("({line}, {end_line}, {}, {})", none_or(column), none_or(end_column))
}

fn none_or(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "None".into(), |value| value.to_string())
}
