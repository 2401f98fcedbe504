//! Writers: rows to lines.

use lasti_vm::builtins::TYPE_ERROR;
use lasti_vm::call::Args;
use lasti_vm::object::{Payload, Visitor};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::dialect::{self, Dialect, Quoting};
use super::error;

pub(super) struct Writer {
    /// Called with each line.
    write: Obj,
    dialect: Ref<Dialect>,
}

impl Payload for Writer {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &WRITER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.write);
        visitor.visit(self.dialect.as_obj());
    }
}

lasti_vm::builtin_type!(/** `_csv.writer` */ WRITER, "writer", Writer);

/// `_csv.writer(fileobj, dialect='excel', **fmtparams)`
pub(super) fn writer(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let positional = args.positional();
    lasti_vm::call::check_count(vm, "writer", positional.len(), 1, 2)?;
    let dialect = dialect::make(vm, positional.get(1), args.keywords())?;
    let write = vm.find_attr(&positional[0], &vm.intern("write"))?.filter(|write| vm.is_callable(write));
    let Some(write) = write else { return Err(vm.type_error("argument 1 must have a \"write\" method")) };
    Ok(Ref::new(Writer { write, dialect }).into_obj())
}

/// A line under way.
struct Line<'a> {
    vm: &'a Vm,
    dialect: &'a Dialect,
    text: Wtf8Buf,
    fields: usize,
}

impl Line<'_> {
    fn add(&mut self, field: &Wtf8, null: bool, mut quoted: bool) -> PyResult<()> {
        let dialect = self.dialect;
        let unquotable = dialect.quoting == Quoting::None || null && dialect.quoting.tells_null();
        if field.is_empty() && dialect.delimiter.to_char() == Some(' ') && dialect.skip_space {
            if unquotable {
                return Err(error(
                    self.vm,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if self.fields > 0 {
            self.text.push(dialect.delimiter);
        }
        let mut body = Wtf8Buf::with_capacity(field.len());
        for c in field.code_points() {
            let special = c == dialect.delimiter
                || Some(c) == dialect.escape
                || Some(c) == dialect.quote
                || matches!(c.to_char(), Some('\n' | '\r'))
                || dialect.terminator.as_wtf8().code_points().any(|end| end == c);
            if special {
                let mut escaped = false;
                if dialect.quoting == Quoting::None {
                    escaped = true;
                } else {
                    if Some(c) == dialect.quote {
                        if dialect.double_quote {
                            body.push(c);
                        } else {
                            escaped = true;
                        }
                    } else if Some(c) == dialect.escape {
                        escaped = true;
                    }
                    quoted |= !escaped;
                }
                if escaped {
                    let Some(escape) = dialect.escape else {
                        return Err(error(self.vm, "need to escape, but no escapechar set"));
                    };
                    body.push(escape);
                }
            }
            body.push(c);
        }
        let quote = dialect.quote.filter(|_| quoted);
        self.text.extend(quote);
        self.text.push_wtf8(&body);
        self.text.extend(quote);
        self.fields += 1;
        Ok(())
    }
}

fn writerow(vm: &Vm, object: &Obj, row: &Obj) -> PyResult {
    let writer = vm.receiver::<Writer>(object)?;
    let dialect: &Dialect = &writer.dialect;
    let fields = match vm.iter(row) {
        Ok(fields) => fields,
        Err(error_raised) if error_raised.is(&TYPE_ERROR) => {
            return Err(error(vm, &format!("iterable expected, not {}", row.ty().tp_name())));
        }
        Err(error_raised) => return Err(error_raised),
    };
    let mut line = Line { vm, dialect, text: Wtf8Buf::new(), fields: 0 };
    let mut last_null = false;
    while let Some(field) = vm.next(&fields)? {
        let null = vm.is_none(&field);
        let quoted = match dialect.quoting {
            Quoting::All => true,
            Quoting::NonNumeric => !is_number(&field),
            Quoting::Strings => field.downcast::<Str>().is_some(),
            Quoting::NotNull => !null,
            Quoting::Minimal | Quoting::None => false,
        };
        last_null = null;
        if null {
            line.add(Wtf8::new(""), true, quoted)?;
        } else {
            line.add(vm.str(&field)?.as_wtf8(), false, quoted)?;
        }
    }
    // A row of one empty field would be an empty line.
    if line.fields > 0 && line.text.is_empty() {
        if dialect.quoting == Quoting::None || last_null && dialect.quoting.tells_null() {
            return Err(error(vm, "single empty field record must be quoted"));
        }
        line.fields -= 1;
        line.add(Wtf8::new(""), false, true)?;
    }
    line.text.push_wtf8(dialect.terminator.as_wtf8());
    vm.call(&writer.write, &[Str::from_wtf8(&line.text).into_obj()])
}

/// Whether an object has a number's operations.
fn is_number(object: &Obj) -> bool {
    let slots = &object.ty().slots;
    slots.nb_index.get().is_some() || slots.nb_int.get().is_some() || slots.nb_float.get().is_some()
}

fn writerows(vm: &Vm, object: &Obj, rows: &Obj) -> PyResult {
    vm.for_each(rows, |row| writerow(vm, object, &row).map(|_| true))?;
    Ok(vm.none())
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "writerow",
        "($self, row, /)",
        "Construct and write a CSV record from an iterable of fields.\n\nNon-string elements will be converted to string.",
        NativeCall::One(writerow),
    ),
    NativeDef::new(
        "writerows",
        "($self, rows, /)",
        "Construct and write a series of iterables to a csv file.\n\nNon-string elements will be converted to string.",
        NativeCall::One(writerows),
    ),
];

const PROPERTIES: &[Property] =
    &[Property::new("dialect", "", |vm, object| Ok(vm.receiver::<Writer>(object)?.dialect.as_obj().clone()))
        .member()];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &WRITER)
        .doc("CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.\n")
        .module("_csv")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
