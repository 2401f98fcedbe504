//! The error handler `namereplace`, which asks `unicodedata` for the characters' names.

use lasti_text::codecs::handlers::backslashes;
use rustpython_wtf8::Wtf8Buf;

use crate::builtins::UNICODE_ENCODE_ERROR;
use crate::builtins::exceptions::field;
use crate::errors::{BaseException, PyResult};
use crate::number::Int;
use crate::object::{Obj, ObjCell};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// The handler as a function of Python: takes the exception, returns replacement and position.
pub(super) static NAME_REPLACE: NativeDef = NativeDef::new(
    "namereplace_errors",
    "",
    "Implements the 'namereplace' error handling, which replaces an unencodable character with a \\N{...} escape sequence.",
    NativeCall::One(handle),
);

fn handle(vm: &Vm, _: &Obj, error: &Obj) -> PyResult {
    let Some(exception) = error.downcast::<BaseException>() else {
        return Err(vm.type_error("codec must pass exception instance"));
    };
    let ty = error.ty();
    if !ty.is_subtype_of(&UNICODE_ENCODE_ERROR) {
        return Err(vm.type_error(format!("don't know how to handle {} in error callback", ty.name())));
    }
    let value = |name: &str| field(exception, ty, name).and_then(ObjCell::get);
    let Some(text) = value("object").and_then(|object| object.into_ref::<Str>().ok()) else {
        return Err(vm.type_error("UnicodeEncodeError 'object' attribute must be str"));
    };
    let position = |name: &str| {
        let position = value(name).and_then(|position| position.as_i64()).unwrap_or(0);
        usize::try_from(position).unwrap_or(0)
    };
    let length = text.char_len();
    let start = position("start").min(length.saturating_sub(1));
    let end = position("end").min(length).max(start);
    let module = vm.import_module("unicodedata")?;
    let name = vm.getattr_named(&module, "name")?;
    let mut replacement = Wtf8Buf::new();
    for c in text.substring(start, end).as_wtf8().code_points() {
        let mut character = Wtf8Buf::new();
        character.push(c);
        match vm.call(&name, &[Str::from_wtf8(&character).into_obj(), vm.none()])?.downcast::<Str>() {
            Some(name) => {
                replacement.push_str("\\N{");
                replacement.push_wtf8(name.as_wtf8());
                replacement.push_str("}");
            }
            None => replacement.push_str(&backslashes(&character)),
        }
    }
    Ok(Tuple::new(vec![Str::from_wtf8(&replacement).into_obj(), Int::from_usize(end)]).into_obj())
}
