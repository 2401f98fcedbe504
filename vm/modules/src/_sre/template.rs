//! Replacement templates: literal text and groups by turns, as `re` parsed them.

use lasti_vm::bytes::Bytes;
use lasti_vm::object::{Payload, Visitor};
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::types::{TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_wtf8::Wtf8Buf;

use super::matches::Match;
use super::pattern::Pattern;

/// A compiled replacement.
pub(super) struct Template {
    /// What comes before the first group.
    pub(super) literal: Obj,
    /// Groups, each with the text behind it if there is any.
    pub(super) items: Vec<(usize, Option<Obj>)>,
}

impl Payload for Template {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TEMPLATE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.literal);
        for (_, literal) in &self.items {
            visitor.visit_option(literal.as_ref());
        }
    }
}

lasti_vm::builtin_type!(/** `_sre.SRE_Template` */ TEMPLATE, "SRE_Template", Template);

/// `_sre.template(pattern, template)`
pub(super) fn make(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [_, template] = args else { return Ok(vm.none()) };
    let Some(list) = template.downcast::<List>() else {
        return Err(vm.bad_argument("template", "2", "list", template));
    };
    let parts = list.items.to_vec();
    let [literal, rest @ ..] = &*parts else { return Err(vm.type_error("invalid template")) };
    if rest.len() % 2 != 0 {
        return Err(vm.type_error("invalid template"));
    }
    let mut items = Vec::with_capacity(rest.len() / 2);
    for pair in rest.chunks_exact(2) {
        let (index, literal) = (&pair[0], &pair[1]);
        if index.as_int().is_none() {
            return Err(vm.type_error("an integer is required"));
        }
        let index =
            usize::try_from(vm.size_argument(index)?).map_err(|_| vm.type_error("invalid template"))?;
        let empty = literal.downcast::<Str>().is_some_and(|text| text.is_empty())
            || literal.downcast::<Bytes>().is_some_and(|bytes| bytes.as_slice().is_empty());
        items.push((index, (!empty).then(|| literal.clone())));
    }
    Ok(Ref::new(Template { literal: literal.clone(), items }).into_obj())
}

/// The template of a replacement, as `re` compiles and keeps it.
pub(super) fn compile(vm: &Vm, pattern: &Ref<Pattern>, text: &Obj) -> PyResult<Ref<Template>> {
    let compile = vm.getattr_named(&vm.import_module("re")?, "_compile_template")?;
    let compiled = match vm.call(&compile, &[pattern.as_obj().clone(), text.clone()]) {
        Ok(compiled) => compiled,
        // What can't be hashed can't be looked up: a str or bytes of the same text can.
        Err(error) if error.is(&lasti_vm::builtins::TYPE_ERROR) => {
            let text = match text.downcast::<Str>() {
                Some(subclass) if !text.is_exact(&lasti_vm::builtins::STR) => {
                    Str::from_wtf8(subclass.as_wtf8()).into_obj()
                }
                None if !text.is_exact(&lasti_vm::builtins::BYTES) => match vm.try_buffer(text)? {
                    Some(buffer) => Bytes::new(&buffer.to_vec()).into_obj(),
                    None => return Err(error),
                },
                _ => return Err(error),
            };
            vm.call(&compile, &[pattern.as_obj().clone(), text])?
        }
        Err(error) => return Err(error),
    };
    compiled.into_ref::<Template>().map_err(|other| {
        vm.runtime_error(format!("the result of compiling a replacement string is {}", other.ty().tp_name()))
    })
}

impl Template {
    /// The replacement of a match.
    pub(super) fn expand(&self, vm: &Vm, found: &Match) -> PyResult {
        if self.items.is_empty() {
            return Ok(self.literal.clone());
        }
        let mut parts = vec![self.literal.clone()];
        for (group, literal) in &self.items {
            if *group >= found.count() {
                return Err(vm.index_error("no such group"));
            }
            let text = found.text(vm, *group, &vm.none())?;
            if !vm.is_none(&text) {
                parts.push(text);
            }
            parts.extend(literal.clone());
        }
        join(vm, self.literal.downcast::<Str>().is_none(), &parts)
    }
}

/// All parts as one: str, or bytes.
pub(super) fn join(vm: &Vm, bytes: bool, parts: &[Obj]) -> PyResult {
    if bytes {
        let mut joined = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if part.downcast::<Bytes>().is_none() && part.ty().slots.buffer.get().is_none() {
                return Err(vm.type_error(format!(
                    "sequence item {index}: expected a bytes-like object, {} found",
                    part.ty().tp_name()
                )));
            }
            joined.extend_from_slice(&vm.bytes_like(part)?);
        }
        return Ok(match parts {
            [only] if only.is_exact(&lasti_vm::builtins::BYTES) => only.clone(),
            _ => Bytes::new(&joined).into_obj(),
        });
    }
    if let [only] = parts
        && only.is_exact(&lasti_vm::builtins::STR)
    {
        return Ok(only.clone());
    }
    let mut joined = Wtf8Buf::new();
    for (index, part) in parts.iter().enumerate() {
        let Some(text) = part.downcast::<Str>() else {
            return Err(vm.type_error(format!(
                "sequence item {index}: expected str instance, {} found",
                part.ty().tp_name()
            )));
        };
        joined.push_wtf8(text.as_wtf8());
    }
    Ok(Str::from_wtf8(&joined).into_obj())
}

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &TEMPLATE).module("_sre").flags(TypeFlags::DISALLOW_INSTANTIATION).ready();
}
