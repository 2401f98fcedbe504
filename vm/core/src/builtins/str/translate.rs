//! `str.translate` and `str.maketrans`.

use lasti_text::Error;
use lasti_text::translate::{self, Translation};

use super::super::text_error::OrRaise;
use super::this;
use crate::builtins::LOOKUP_ERROR;
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::number::Int;
use crate::object::Obj;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// What stops a translation.
enum Stop {
    Raised(Exc),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What the table says of a code point.
fn translation(vm: &Vm, table: &Obj, c: u32) -> PyResult<Translation> {
    let entry = match vm.getitem(table, &Int::new(c.into())) {
        Ok(entry) => entry,
        Err(error) if error.is(&LOOKUP_ERROR) => return Ok(Translation::Keep),
        Err(error) => return Err(error),
    };
    if vm.is_none(&entry) {
        return Ok(Translation::Delete);
    }
    if let Some(text) = entry.downcast::<Str>() {
        return Ok(Translation::Text(text.as_wtf8().to_owned()));
    }
    if entry.as_int().is_none() {
        return Err(vm.type_error("character mapping must return integer, None or str"));
    }
    let code_point = entry.as_i64().and_then(|int| u32::try_from(int).ok()).unwrap_or(u32::MAX);
    Ok(Translation::CodePoint(code_point))
}

fn translate(vm: &Vm, object: &Obj, table: &Obj) -> PyResult {
    let text = this(vm, object)?;
    let translated =
        translate::translate_text(text.as_wtf8(), |c| translation(vm, table, c).map_err(Stop::Raised));
    match translated {
        Ok(translated) => Ok(Str::from_wtf8(&translated).into_obj()),
        Err(Stop::Raised(error)) => Err(error),
        Err(Stop::Error(error)) => Err(vm.text_error(&error)),
    }
}

fn maketrans(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let table = Dict::new();
    let [from, more @ ..] = args else { return Ok(table.into_obj()) };
    if more.is_empty() {
        let Some(given) = from.downcast_exact::<Dict>() else {
            return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
        };
        for (key, value) in given.items() {
            table.set(vm, &table_key(vm, &key)?, value)?;
        }
        return Ok(table.into_obj());
    }
    let Some(from) = from.downcast::<Str>() else {
        return Err(vm.type_error("first maketrans argument must be a string if there is a second argument"));
    };
    let to = vm.str_argument("maketrans", "2", &more[0])?;
    let delete = more.get(1).map(|delete| vm.str_argument("maketrans", "3", delete)).transpose()?;
    for (from, to) in translate::make_pairs(from.as_wtf8(), to.as_wtf8()).or_raise(vm)? {
        table.set(vm, &Int::new(from.to_u32().into()), Int::new(to.to_u32().into()))?;
    }
    for c in delete.into_iter().flat_map(|delete| delete.as_wtf8().code_points()) {
        table.set(vm, &Int::new(c.to_u32().into()), vm.none())?;
    }
    Ok(table.into_obj())
}

/// A key of a dictionary for translating, as a number.
fn table_key(vm: &Vm, key: &Obj) -> PyResult {
    if let Some(text) = key.downcast::<Str>() {
        if text.char_len() != 1 {
            return Err(vm.value_error("string keys in translatetable must be of length 1"));
        }
        return Ok(Int::new(text.code_point_at(0).unwrap_or(0).into()));
    }
    if key.as_int().is_some() {
        return Ok(key.clone());
    }
    Err(vm.type_error("keys in translate table mustbe strings or integers"))
}

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new("translate", "($self, table, /)", "Replace each character in the string using the given translation table.\n\n  table\n    Translation table, which must be a mapping of Unicode ordinals to\n    Unicode ordinals, strings, or None.\n\nThe table must implement lookup/indexing via __getitem__, for instance a\ndictionary or list.  If this operation raises LookupError, the character is\nleft untouched.  Characters mapped to None are deleted.", NativeCall::One(translate)),
    NativeDef::new("maketrans", "(x, y=<unrepresentable>, z=<unrepresentable>, /)", "Return a translation table usable for str.translate().\n\nIf there is only one argument, it must be a dictionary mapping Unicode\nordinals (integers) or characters to Unicode ordinals, strings or None.\nCharacter keys will be then converted to ordinals.\nIf there are two arguments, they must be strings of equal length, and\nin the resulting dictionary, each character in x will be mapped to the\ncharacter at the same position in y. If there is a third argument, it\nmust be a string, whose characters will be mapped to None in the result.", NativeCall::Positional(1, 3, maketrans)).static_method(),
];
