//! SyntaxError: where in which source.

use super::base::{self, field, this};
use super::types::SYNTAX_ERROR;
use crate::call::Args;
use crate::errors::{Exc, PyResult};
use crate::number::Int;
use crate::object::{Obj, ObjCell};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{Property, TypeObject};
use crate::vm::Vm;

const MSG: usize = 0;
const FILENAME: usize = 1;
const LINENO: usize = 2;
const OFFSET: usize = 3;
const TEXT: usize = 4;
const END_LINENO: usize = 5;
const END_OFFSET: usize = 6;
const PRINT_FILE_AND_LINE: usize = 7;
const METADATA: usize = 8;

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    base::init(vm, object, args)?;
    let exception = this(vm, object)?;
    let args = args.positional();
    let set = |index: usize, value: Option<&Obj>| {
        if let Some(cell) = exception.fields.get(index) {
            cell.set(value.cloned());
        }
    };
    if let Some(message) = args.first() {
        set(MSG, Some(message));
    }
    if let [_, place] = args {
        let place = vm.collect(place)?;
        if !(4..=7).contains(&place.len()) {
            let (bound, count) = if place.len() < 4 { ("least", 4) } else { ("most", 7) };
            return Err(
                vm.type_error(format!("function takes at {bound} {count} arguments ({} given)", place.len()))
            );
        }
        for (index, part) in [FILENAME, LINENO, OFFSET, TEXT].into_iter().enumerate() {
            set(part, place.get(index));
        }
        set(END_LINENO, place.get(4));
        set(END_OFFSET, place.get(5));
        set(METADATA, place.get(6));
        if place.len() == 5 {
            return Err(vm.type_error("end_offset must be provided when end_lineno is provided"));
        }
    }
    Ok(())
}

fn str(vm: &Vm, object: &Obj) -> PyResult {
    let exception = this(vm, object)?;
    let field = |index: usize| exception.fields.get(index).and_then(ObjCell::get);
    let message = vm.str(&vm.or_none(field(MSG)))?;
    let filename = field(FILENAME)
        .and_then(|name| name.downcast::<Str>().map(|name| name.to_string_lossy().into_owned()))
        .map(|name| name.rsplit('/').next().unwrap_or_default().to_owned());
    let line = field(LINENO).filter(Obj::is_exact_int).and_then(|line| line.as_i64());
    let message = message.to_string_lossy().into_owned();
    let text = match (filename, line) {
        (None, None) => return Ok(vm.str(&vm.or_none(field(MSG)))?.into_obj()),
        (Some(filename), Some(line)) => format!("{message} ({filename}, line {line})"),
        (Some(filename), None) => format!("{message} ({filename})"),
        (None, Some(line)) => format!("{message} (line {line})"),
    };
    Ok(Str::new(&text).into_obj())
}

static FIELDS: &[Property] = &[
    field::<MSG>("msg", "exception msg"),
    field::<FILENAME>("filename", "exception filename"),
    field::<LINENO>("lineno", "exception lineno"),
    field::<OFFSET>("offset", "exception offset"),
    field::<TEXT>("text", "exception text"),
    field::<END_LINENO>("end_lineno", "exception end lineno"),
    field::<END_OFFSET>("end_offset", "exception end offset"),
    field::<PRINT_FILE_AND_LINE>("print_file_and_line", "exception print_file_and_line"),
    field::<METADATA>("_metadata", "exception private metadata"),
];

pub(super) fn customize(ty: &TypeObject) -> super::Additions {
    if !ty.is(&SYNTAX_ERROR) {
        return (&[], &[]);
    }
    ty.slots.init.set(Some(init));
    ty.slots.str.set(Some(str));
    (FIELDS, &[])
}

/// How much source `traceback` looks at for a misspelled keyword.
const LOOKED_AT: usize = 1024;

/// The line where the last statement began before the one with the error, as far as that can be told from outside the
/// parser; 0: from the beginning of the source on, which is looked at where it is not too long.
fn last_statement(source: &str, error_line: usize) -> usize {
    let before: Vec<&str> = source.lines().take(error_line).collect();
    if before.iter().map(|line| line.len() + 1).sum::<usize>() <= LOOKED_AT {
        return 0;
    }
    let begins =
        |line: &&str| line.chars().next().is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '@'));
    let above = &before[..before.len() - 1];
    above.iter().rposition(begins).map_or(0, |index| index + 1)
}

impl Vm {
    /// [`Self::syntax_error`], with what `traceback` needs to find misspelled keywords.
    #[cold]
    pub(crate) fn syntax_error_in(&self, error: &lasti_compile::SyntaxError, source: &str) -> Exc {
        let raised = self.syntax_error(error);
        if let Some(cell) = raised.exception().fields.get(METADATA)
            && raised.is(&SYNTAX_ERROR)
        {
            let line = error.lineno.and_then(|line| usize::try_from(line).ok()).unwrap_or_default();
            let parts =
                vec![Int::from_usize(last_statement(source, line)), Int::new(0), Str::new(source).into_obj()];
            cell.set(Tuple::new(parts).into_obj());
        }
        raised
    }

    /// The exception for what the compiler says of a source.
    #[cold]
    pub fn syntax_error(&self, error: &lasti_compile::SyntaxError) -> Exc {
        use lasti_compile::ErrorKind;
        let ty = match error.kind {
            ErrorKind::SyntaxError => &super::types::SYNTAX_ERROR,
            ErrorKind::IndentationError => &super::types::INDENTATION_ERROR,
            ErrorKind::TabError => &super::types::TAB_ERROR,
            ErrorKind::IncompleteInputError => &super::types::INCOMPLETE_INPUT_ERROR,
            ErrorKind::MemoryError => return self.error(&super::types::MEMORY_ERROR, &error.msg),
            ErrorKind::RecursionError => return self.error(&super::types::RECURSION_ERROR, &error.msg),
            ErrorKind::UnicodeDecodeError => {
                // The compiler says it in words; the object is not at hand.
                return self.error(&super::types::UNICODE_ERROR, &error.msg);
            }
        };
        let message = Str::new(&error.msg).into_obj();
        let number = |number: Option<i32>| self.or_none(number.map(|number| Int::new(number.into())));
        let text = match &error.text {
            Some(text) => Some(text.clone()),
            // What only compiling finds: the line is that of the file, if there is one of this name.
            None => error.lineno.and_then(|line| crate::sources::line_of_file(&error.filename, line)),
        };
        let text = text.map(|text| Str::new(&text).into_obj());
        let place = vec![
            Str::new(&error.filename).into_obj(),
            number(error.lineno),
            number(error.offset),
            self.or_none(text),
            number(error.end_lineno),
            number(error.end_offset),
        ];
        if error.lineno.is_none() {
            let exception = self.error_with(ty, vec![message]);
            if let Some(cell) = exception.exception().fields.get(FILENAME) {
                cell.set(place[0].clone());
            }
            return exception;
        }
        self.error_with(ty, vec![message, Tuple::new(place).into_obj()])
    }
}
