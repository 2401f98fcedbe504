//! Readers: lines to rows.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use lasti_vm::builtins::iter_self;
use lasti_vm::call::Args;
use lasti_vm::number::{Float, Int};
use lasti_vm::object::{Payload, Visitor};
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::types::{Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

use super::dialect::{self, Dialect, Quoting};
use super::{FIELD_LIMIT, error};

/// Where in a row a reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    AfterEscapedNewline,
    InField,
    InQuotes,
    EscapedInQuotes,
    QuoteInQuotes,
    EatNewline,
}

pub(super) struct Reader {
    input: Obj,
    dialect: Ref<Dialect>,
    line: Cell<i64>,
}

impl Payload for Reader {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &READER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.input);
        visitor.visit(self.dialect.as_obj());
    }
}

lasti_vm::builtin_type!(/** `_csv.reader` */ READER, "reader", Reader);

/// A row under way.
struct Parser<'a> {
    vm: &'a Vm,
    dialect: &'a Dialect,
    state: State,
    fields: Vec<Obj>,
    field: Wtf8Buf,
    length: i64,
    unquoted: bool,
    limit: i64,
}

/// `_csv.reader(iterable, dialect='excel', **fmtparams)`
pub(super) fn reader(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let positional = args.positional();
    lasti_vm::call::check_count(vm, "reader", positional.len(), 1, 2)?;
    let input = vm.iter(&positional[0])?;
    let dialect = dialect::make(vm, positional.get(1), args.keywords())?;
    Ok(Ref::new(Reader { input, dialect, line: Cell::new(0) }).into_obj())
}

impl Parser<'_> {
    fn add(&mut self, c: CodePoint) -> PyResult<()> {
        if self.length >= self.limit {
            return Err(error(self.vm, &format!("field larger than field limit ({})", self.limit)));
        }
        self.length += 1;
        self.field.push(c);
        Ok(())
    }

    fn save(&mut self) -> PyResult<()> {
        let quoting = self.dialect.quoting;
        let text = Str::from_wtf8(&std::mem::take(&mut self.field));
        let empty = self.length == 0;
        let field = if self.unquoted && empty && quoting.tells_null() {
            self.vm.none()
        } else if self.unquoted && !empty && matches!(quoting, Quoting::NonNumeric | Quoting::Strings) {
            let float = self.vm.call(&lasti_vm::builtins::FLOAT.to_obj(), &[text.into_obj()])?;
            Float::new(self.vm.float(&float)?)
        } else {
            text.into_obj()
        };
        self.fields.push(field);
        self.length = 0;
        self.unquoted = true;
        Ok(())
    }

    /// At the end of a field by a newline, or by the end of the line.
    fn end_of_line(&mut self, c: Option<CodePoint>) -> PyResult<()> {
        self.save()?;
        self.state = if c.is_some() { State::EatNewline } else { State::StartRecord };
        Ok(())
    }

    /// One character, or the end of the line.
    fn feed(&mut self, c: Option<CodePoint>) -> PyResult<()> {
        let dialect = self.dialect;
        let newline = c.is_none_or(|c| matches!(c.to_char(), Some('\n' | '\r')));
        let is_quote = c.is_some() && c == dialect.quote && dialect.quoting != Quoting::None;
        let is_escape = c.is_some() && c == dialect.escape;
        let is_delimiter = c == Some(dialect.delimiter);
        match self.state {
            State::StartRecord if c.is_none() => {}
            State::StartRecord if newline => self.state = State::EatNewline,
            State::StartRecord | State::StartField => {
                self.state = State::StartField;
                match c {
                    _ if newline => self.end_of_line(c)?,
                    _ if is_quote => {
                        self.unquoted = false;
                        self.state = State::InQuotes;
                    }
                    _ if is_escape => self.state = State::Escaped,
                    Some(c) if c.to_char() == Some(' ') && dialect.skip_space => {}
                    _ if is_delimiter => self.save()?,
                    Some(c) => {
                        self.add(c)?;
                        self.state = State::InField;
                    }
                    None => {}
                }
            }
            State::Escaped => {
                let ends = c.is_some() && newline;
                self.add(c.unwrap_or(CodePoint::from_char('\n')))?;
                self.state = if ends { State::AfterEscapedNewline } else { State::InField };
            }
            State::AfterEscapedNewline if c.is_none() => {}
            State::AfterEscapedNewline | State::InField => match c {
                _ if newline => self.end_of_line(c)?,
                _ if is_escape => self.state = State::Escaped,
                _ if is_delimiter => {
                    self.save()?;
                    self.state = State::StartField;
                }
                Some(c) => {
                    self.add(c)?;
                    self.state = State::InField;
                }
                None => {}
            },
            State::InQuotes => match c {
                _ if is_escape => self.state = State::EscapedInQuotes,
                _ if is_quote => {
                    self.state = if dialect.double_quote { State::QuoteInQuotes } else { State::InField };
                }
                Some(c) => self.add(c)?,
                None => {}
            },
            State::EscapedInQuotes => {
                self.add(c.unwrap_or(CodePoint::from_char('\n')))?;
                self.state = State::InQuotes;
            }
            State::QuoteInQuotes => match c {
                Some(c) if is_quote => {
                    self.add(c)?;
                    self.state = State::InQuotes;
                }
                _ if is_delimiter => {
                    self.save()?;
                    self.state = State::StartField;
                }
                _ if newline => self.end_of_line(c)?,
                Some(c) if !dialect.strict => {
                    self.add(c)?;
                    self.state = State::InField;
                }
                _ => {
                    let shown = |c: CodePoint| c.to_char_lossy();
                    let quote = dialect.quote.map_or('"', shown);
                    let message = format!("'{}' expected after '{quote}'", shown(dialect.delimiter));
                    return Err(error(self.vm, &message));
                }
            },
            State::EatNewline => match c {
                None => self.state = State::StartRecord,
                Some(_) if newline => {}
                Some(_) => {
                    return Err(error(
                        self.vm,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            },
        }
        Ok(())
    }
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let reader = vm.receiver::<Reader>(object)?;
    let mut parser = Parser {
        vm,
        dialect: &reader.dialect,
        state: State::StartRecord,
        fields: Vec::new(),
        field: Wtf8Buf::new(),
        length: 0,
        unquoted: true,
        limit: FIELD_LIMIT.load(Ordering::Relaxed),
    };
    loop {
        let Some(line) = vm.next(&reader.input)? else {
            if parser.length == 0 && parser.state != State::InQuotes {
                return Ok(None);
            }
            if reader.dialect.strict {
                return Err(error(vm, "unexpected end of data"));
            }
            parser.save()?;
            break;
        };
        let Some(text) = line.downcast::<Str>() else {
            return Err(error(
                vm,
                &format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    line.ty().tp_name()
                ),
            ));
        };
        reader.line.set(reader.line.get() + 1);
        for c in text.as_wtf8().code_points() {
            parser.feed(Some(c))?;
        }
        parser.feed(None)?;
        if parser.state == State::StartRecord {
            break;
        }
    }
    Ok(Some(List::new(parser.fields).into_obj()))
}

const PROPERTIES: &[Property] = &[
    Property::new("dialect", "", |vm, object| Ok(vm.receiver::<Reader>(object)?.dialect.as_obj().clone()))
        .member(),
    Property::new("line_num", "", |vm, object| Ok(Int::new(vm.receiver::<Reader>(object)?.line.get())))
        .member(),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &READER)
        .doc("CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n")
        .module("_csv")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(iter_self));
            slots.iternext.set(Some(next));
        })
        .properties(PROPERTIES)
        .ready();
}
