//! The text: columns, the exception table, nested code objects in `dis`'s order.

use std::fmt;

use crate::code_object::CodeObject;
use crate::constant::Const;
use crate::repr::CodeRepr;

use super::instruction::{Instruction, Positions};
use super::line_starts::NO_LINE;
use super::{Disassembly, Options};

const OPNAME_WIDTH: usize = 20;
const ARG_WIDTH: usize = 5;
/// No more code objects than this are shown in one text. Code objects of a file may share those nested in
/// them level by level, so that their number is exponential in the file's length.
const MAX_CODE_OBJECTS: usize = 1 << 20;

/// Writes a code object and all that are nested in it: `dis.dis(code)`.
///
/// # Errors
/// Only those of `out`.
pub fn write(code: &CodeObject, options: &Options, out: &mut impl fmt::Write) -> fmt::Result {
    write_one(code, options, out)?;
    // Not by recursion: how deep a file nests its code objects is for the file to say.
    let mut open = vec![code.consts.iter()];
    let mut shown = 1;
    while let Some(constants) = open.last_mut() {
        match constants.next() {
            Some(Const::Code(_)) if shown == MAX_CODE_OBJECTS => {
                return writeln!(out, "\nMore code objects are nested here: {shown} have been shown.");
            }
            Some(Const::Code(code)) => {
                shown += 1;
                writeln!(out, "\nDisassembly of {}:", CodeRepr(code))?;
                write_one(code, options, out)?;
                open.push(code.consts.iter());
            }
            Some(_) => {}
            None => drop(open.pop()),
        }
    }
    Ok(())
}

/// Writes a code object without those nested in it: `dis.disassemble(code)`.
///
/// # Errors
/// Only those of `out`.
pub fn write_one(code: &CodeObject, options: &Options, out: &mut impl fmt::Write) -> fmt::Result {
    let disassembly = Disassembly::new(code, options.specialized);
    let columns = Columns::new(&disassembly, *options);
    for instruction in disassembly.instructions() {
        columns.write_instruction(&instruction, out)?;
    }
    write_exception_table(&disassembly, out)?;
    disassembly.faults().iter().try_for_each(|fault| writeln!(out, "Malformed: {fault}"))
}

fn write_exception_table(disassembly: &Disassembly<'_>, out: &mut impl fmt::Write) -> fmt::Result {
    if disassembly.handlers().is_empty() {
        return Ok(());
    }
    writeln!(out, "ExceptionTable:")?;
    let label = |at| disassembly.labels().at_unit(at).unwrap_or(0);
    for entry in disassembly.handlers() {
        let (start, end, target) = (label(entry.start), label(entry.end), label(entry.target));
        let lasti = if entry.lasti { " lasti" } else { "" };
        writeln!(out, "  L{start} to L{end} -> L{target} [{}]{lasti}", entry.depth)?;
    }
    Ok(())
}

/// The width of each column that the code object decides on. Width 0: no such column.
struct Columns {
    source: usize,
    label: usize,
    offset: usize,
    show_positions: bool,
    show_caches: bool,
}

impl Columns {
    fn new(disassembly: &Disassembly<'_>, options: Options) -> Self {
        let Options { show_caches, show_offsets, show_positions, .. } = options;
        let code = disassembly.code;
        let source = if show_positions { positions_width(code) } else { disassembly.line_starts.width() };
        let last_offset = code.code.len().saturating_sub(2);
        let offset = if show_offsets { digits(last_offset).max(4) } else { 0 };
        Self { source, label: 4 + digits(disassembly.labels().len()), offset, show_positions, show_caches }
    }

    fn write_instruction(&self, instruction: &Instruction<'_>, out: &mut impl fmt::Write) -> fmt::Result {
        if self.source > 0 && instruction.starts_line && instruction.offset.0 > 0 {
            out.write_char('\n')?;
        }
        if self.source > 0 {
            self.write_source(instruction, out)?;
        }
        match instruction.label {
            Some(label) => {
                let padding = self.label.saturating_sub(2 + digits(label));
                write!(out, "{:padding$}L{label}:", "")?;
            }
            None => write!(out, "{:1$}", "", self.label)?,
        }
        self.write_offset(instruction.offset.0, out)?;
        let opname = instruction.opname();
        let Some(arg) = instruction.arg else {
            writeln!(out, "     {opname}")?;
            return self.write_caches(instruction, out);
        };
        // A long name runs over into the argument's column.
        let excess = opname.len().saturating_sub(OPNAME_WIDTH);
        let arg_width = ARG_WIDTH.saturating_sub(excess);
        write!(out, "     {opname:OPNAME_WIDTH$} {arg:arg_width$}")?;
        if !instruction.argument.is_empty() {
            write!(out, " ({})", instruction.argument)?;
        }
        out.write_char('\n')?;
        self.write_caches(instruction, out)
    }

    fn write_source(&self, instruction: &Instruction<'_>, out: &mut impl fmt::Write) -> fmt::Result {
        let width = self.source;
        if self.show_positions {
            return write!(out, "{:width$} ", instruction.positions.to_string());
        }
        match instruction.line_number {
            _ if !instruction.starts_line => write!(out, "{:width$} ", ""),
            Some(line) => write!(out, "{line:width$} "),
            None => write!(out, "{NO_LINE:>width$} "),
        }
    }

    fn write_offset(&self, offset: u32, out: &mut impl fmt::Write) -> fmt::Result {
        let width = self.offset;
        if width == 0 { Ok(()) } else { write!(out, " {offset:width$}  ") }
    }

    fn write_caches(&self, instruction: &Instruction<'_>, out: &mut impl fmt::Write) -> fmt::Result {
        if !self.show_caches {
            return Ok(());
        }
        let mut at = instruction.offset.code_unit();
        for entry in instruction.cache_info() {
            for index in 0..entry.units {
                at = at.plus(1);
                if self.source > 0 && self.show_positions {
                    write!(out, "{:1$} ", instruction.positions.to_string(), self.source)?;
                } else if self.source > 0 {
                    write!(out, "{:1$} ", "", self.source)?;
                }
                write!(out, "{:1$}", "", self.label)?;
                self.write_offset(at.byte_offset().0, out)?;
                write!(out, "     {:OPNAME_WIDTH$} {:ARG_WIDTH$}", "CACHE", 0)?;
                if index == 0 {
                    write!(out, " ({}: {})", entry.name, entry.value)?;
                }
                out.write_char('\n')?;
            }
        }
        Ok(())
    }
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// The width of the column of positions; 0 if none is known.
fn positions_width(code: &CodeObject) -> usize {
    let mut known = false;
    let mut width = 0;
    for entry in code.line_table().entries().map_while(Result::ok) {
        let positions = Positions::from(entry.location);
        known |= positions != Positions::default();
        // The three separators are counted even where there are none.
        let parts = positions.parts();
        width = width.max(parts.iter().map(|part| part.map_or(1, |part| part.to_string().len())).sum());
    }
    if known { 1 + NO_LINE.len().max(3 + width) } else { 0 }
}

impl Positions {
    fn parts(self) -> [Option<i64>; 4] {
        [
            self.line.map(i64::from),
            self.column.map(i64::from),
            self.end_line.map(i64::from),
            self.end_column.map(i64::from),
        ]
    }
}

impl fmt::Display for Positions {
    /// `LINE:COLUMN-END_LINE:END_COLUMN`, `?` for what is unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str(NO_LINE);
        }
        for (part, after) in self.parts().into_iter().zip([":", "-", ":", ""]) {
            match part {
                Some(part) => write!(f, "{part}{after}")?,
                None => write!(f, "?{after}")?,
            }
        }
        Ok(())
    }
}
