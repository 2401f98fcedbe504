//! `_string`: what `string.Formatter` needs of the templates of `str.format`. CPython: Objects/unicodeobject.c,
//! `_string_methods`.

use std::cell::Cell;

use lasti_text::template::{Access, Key, Parser, split_name};
use lasti_vm::builtins::iter_self;
use lasti_vm::builtins::text_error::OrRaise;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::{Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule =
    NativeModule { name: "_string", doc: "string helper module", functions: FUNCTIONS, fill };

fn fill(vm: &Vm, _: &Ref<Module>) -> PyResult<()> {
    for (ty, next) in
        [(&FORMATTER_ITERATOR, formatter_next as NextFn), (&FIELD_NAME_ITERATOR, field_name_next)]
    {
        if !ty.has(TypeFlags::READY) {
            TypeBuilder::new(vm, ty)
                .flags(TypeFlags::DISALLOW_INSTANTIATION)
                .slots(|slots| {
                    slots.iter.set(Some(iter_self));
                    slots.iternext.set(Some(next));
                })
                .ready();
        }
    }
    Ok(())
}

type NextFn = fn(&Vm, &Obj) -> PyResult<Option<Obj>>;

macro_rules! part_iterator {
    ($(#[$doc:meta])* $payload:ident, $static:ident, $name:literal) => {
        $(#[$doc])*
        struct $payload {
            text: Ref<Str>,
            /// Where the next part begins, in bytes.
            at: Cell<usize>,
        }

        impl Payload for $payload {
            const GC: bool = true;

            fn class() -> &'static TypeObject {
                &$static
            }

            fn traverse(&self, visitor: &mut Visitor<'_>) {
                visitor.visit(self.text.as_obj());
            }
        }

        lasti_vm::builtin_type!($(#[$doc])* $static, $name, $payload);
    };
}

part_iterator!(/** `formatteriterator`: the pieces of a template. */ Pieces, FORMATTER_ITERATOR, "formatteriterator");
part_iterator!(/** `fieldnameiterator`: the steps of a field's name. */ Steps, FIELD_NAME_ITERATOR, "fieldnameiterator");

fn text(vm: &Vm, given: &Obj) -> PyResult<Ref<Str>> {
    match given.downcast::<Str>() {
        Some(text) => Ok(text.clone()),
        None => Err(vm.type_error(format!("expected str, got {}", given.ty().name()))),
    }
}

fn formatter_parser(vm: &Vm, _: &Obj, template: &Obj) -> PyResult {
    Ok(Ref::new(Pieces { text: text(vm, template)?, at: Cell::new(0) }).into_obj())
}

/// Literal text, field name, specification and conversion of the next piece.
fn formatter_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let pieces = vm.receiver::<Pieces>(object)?;
    let wtf8 = pieces.text.as_wtf8();
    let end = wtf8.len();
    let mut parser = Parser::part(wtf8.as_bytes(), pieces.at.get()..end);
    let Some(piece) = parser.next() else { return Ok(None) };
    let piece = match piece.or_raise(vm) {
        Ok(piece) => piece,
        Err(error) => {
            pieces.at.set(end);
            return Err(error);
        }
    };
    pieces.at.set(parser.position());
    let part = |range: std::ops::Range<usize>| Str::from_wtf8(&wtf8[range]).into_obj();
    let mut parts = vec![part(piece.literal)];
    match piece.field {
        None => parts.extend([vm.none(), vm.none(), vm.none()]),
        Some(field) => {
            parts.push(part(field.name));
            parts.push(part(field.spec));
            parts.push(match field.conversion.and_then(Str::from_code_point) {
                Some(conversion) => conversion.into_obj(),
                None => vm.none(),
            });
        }
    }
    Ok(Some(Tuple::new(parts).into_obj()))
}

fn key(text: &Ref<Str>, key: Key) -> Obj {
    match key {
        Key::Index(index) => Int::from_usize(index),
        Key::Name(range) => Str::from_wtf8(&text.as_wtf8()[range]).into_obj(),
    }
}

fn field_name_split(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let text = text(vm, name)?;
    let end = text.as_bytes().len();
    let (first, accesses) = split_name(text.as_bytes(), 0..end).or_raise(vm)?;
    let at = accesses.position();
    let first = key(&text, first);
    let steps = Ref::new(Steps { text, at: Cell::new(at) });
    Ok(Tuple::new(vec![first, steps.into_obj()]).into_obj())
}

/// Whether the next step is an attribute, and its name or key.
fn field_name_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let steps = vm.receiver::<Steps>(object)?;
    let bytes = steps.text.as_bytes();
    let mut accesses = lasti_text::template::Accesses::from_position(bytes, steps.at.get());
    let Some(access) = accesses.next() else { return Ok(None) };
    steps.at.set(accesses.position());
    let (is_attribute, part) = match access.or_raise(vm)? {
        Access::Attribute(range) => (true, Str::from_wtf8(&steps.text.as_wtf8()[range]).into_obj()),
        Access::Item(item) => (false, key(&steps.text, item)),
    };
    Ok(Some(Tuple::new(vec![vm.bool(is_attribute), part]).into_obj()))
}

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "formatter_parser",
        "($module, string, /)",
        "parse the argument as a format string",
        NativeCall::One(formatter_parser),
    ),
    NativeDef::new(
        "formatter_field_name_split",
        "($module, string, /)",
        "split the argument as a field name",
        NativeCall::One(field_name_split),
    ),
];
