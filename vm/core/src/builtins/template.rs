//! Template strings (PEP 750): `Template`, `Interpolation` and the iterator over a template.
//! CPython: Objects/templateobject.c, Objects/interpolationobject.c.

use std::cell::Cell;

use super::builtin_type;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// The payload of `string.templatelib.Template`: one more string than interpolations.
pub struct Template {
    /// `strings`
    pub strings: Ref<Tuple>,
    /// `interpolations`
    pub interpolations: Ref<Tuple>,
}

impl Template {
    /// A template of parts that fit together.
    pub fn build(_: &Vm, strings: Ref<Tuple>, interpolations: Ref<Tuple>) -> Obj {
        Ref::new(Self { strings, interpolations }).into_obj()
    }

    fn values(&self) -> Vec<Obj> {
        let values = self.interpolations.items().iter();
        values.filter_map(|part| part.downcast::<Interpolation>().map(|part| part.value.clone())).collect()
    }
}

impl Payload for Template {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TEMPLATE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.strings.as_obj());
        visitor.visit(self.interpolations.as_obj());
    }
}

/// The payload of `string.templatelib.Interpolation`.
pub struct Interpolation {
    /// `value`
    pub value: Obj,
    /// `expression`
    pub expression: Obj,
    /// `conversion`: None or one of `s`, `r`, `a`.
    pub conversion: Obj,
    /// `format_spec`
    pub format_spec: Obj,
}

impl Interpolation {
    /// An interpolation of checked parts.
    pub fn build(_: &Vm, value: Obj, expression: Obj, conversion: Obj, format_spec: Obj) -> Obj {
        Ref::new(Self { value, expression, conversion, format_spec }).into_obj()
    }

    fn parts(&self) -> [&Obj; 4] {
        [&self.value, &self.expression, &self.conversion, &self.format_spec]
    }
}

impl Payload for Interpolation {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &INTERPOLATION
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for part in self.parts() {
            visitor.visit(part);
        }
    }
}

/// Strings that are not empty and interpolations, in turn.
pub struct TemplateIter {
    template: Ref<Template>,
    /// Even: the string with half that number is next; odd: an interpolation.
    next: Cell<usize>,
}

impl Payload for TemplateIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TEMPLATE_ITER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.template.as_obj());
    }
}

builtin_type!(/** `string.templatelib.Template` */ TEMPLATE, "Template", Template);
builtin_type!(/** `string.templatelib.Interpolation` */ INTERPOLATION, "Interpolation", Interpolation);
builtin_type!(/** `string.templatelib.TemplateIter` */ TEMPLATE_ITER, "TemplateIter", TemplateIter);

/// `BUILD_INTERPOLATION`
pub(crate) fn interpolation(vm: &Vm, value: &Obj, expression: &Obj, conversion: Obj, spec: Obj) -> PyResult {
    Ok(Interpolation::build(vm, value.clone(), expression.clone(), conversion, spec))
}

/// `BUILD_TEMPLATE`
pub(crate) fn template(vm: &Vm, strings: &Ref<Tuple>, interpolations: &Ref<Tuple>) -> PyResult {
    Ok(Template::build(vm, strings.clone(), interpolations.clone()))
}

fn template_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    if !args.names().is_empty() {
        return Err(vm.type_error("Template.__new__ only accepts *args arguments"));
    }
    let mut strings: Vec<Obj> = Vec::new();
    let mut interpolations = Vec::new();
    let mut after_string = false;
    for part in args.positional() {
        if let Some(text) = part.downcast::<Str>() {
            let joined = match strings.pop() {
                Some(last) if after_string => match last.downcast::<Str>() {
                    Some(last) => last.concat(text).into_obj(),
                    None => part.clone(),
                },
                last => {
                    strings.extend(last);
                    part.clone()
                }
            };
            strings.push(joined);
            after_string = true;
        } else if part.is_exact(&INTERPOLATION) {
            if !after_string {
                strings.push(vm.intern("").into_obj());
            }
            interpolations.push(part.clone());
            after_string = false;
        } else {
            return Err(vm.type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                part.ty().name()
            )));
        }
    }
    if !after_string {
        strings.push(vm.intern("").into_obj());
    }
    Ok(Template::build(vm, Tuple::new(strings), Tuple::new(interpolations)))
}

fn template_repr(vm: &Vm, object: &Obj) -> PyResult {
    let template = vm.receiver::<Template>(object)?;
    let (strings, interpolations) =
        (vm.repr(template.strings.as_obj())?, vm.repr(template.interpolations.as_obj())?);
    let mut text = rustpython_wtf8::Wtf8Buf::from_string("Template(strings=".to_owned());
    text.push_wtf8(strings.as_wtf8());
    text.push_str(", interpolations=");
    text.push_wtf8(interpolations.as_wtf8());
    text.push_str(")");
    Ok(Str::from_wtf8(&text).into_obj())
}

fn template_iter(vm: &Vm, object: &Obj) -> PyResult {
    let template = vm.receiver::<Template>(object)?.clone();
    Ok(Ref::new(TemplateIter { template, next: Cell::new(0) }).into_obj())
}

fn template_next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<TemplateIter>(object)?;
    loop {
        let next = iterator.next.get();
        let parts =
            if next % 2 == 0 { &iterator.template.strings } else { &iterator.template.interpolations };
        let Some(part) = parts.items().get(next / 2) else { return Ok(None) };
        iterator.next.set(next + 1);
        if part.downcast::<Str>().is_none_or(|text| !text.is_empty()) {
            return Ok(Some(part.clone()));
        }
    }
}

/// `left + right`: the strings that meet are joined.
fn template_concat(vm: &Vm, left: &Obj, right: &Obj) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Template>(), right.downcast::<Template>()) else {
        return Err(vm.type_error(format!(
            "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
            right.ty().name()
        )));
    };
    let mut strings = a.strings.items().to_vec();
    let mut more = b.strings.items().iter();
    if let (Some(last), Some(first)) = (strings.pop(), more.next())
        && let (Some(last), Some(first)) = (last.downcast::<Str>(), first.downcast::<Str>())
    {
        strings.push(last.concat(first).into_obj());
    }
    strings.extend(more.cloned());
    let mut interpolations = a.interpolations.items().to_vec();
    interpolations.extend(b.interpolations.items().iter().cloned());
    Ok(Template::build(vm, Tuple::new(strings), Tuple::new(interpolations)))
}

fn template_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let template = vm.receiver::<Template>(object)?;
    let import = vm.builtin("__import__")?;
    let names = Tuple::new(vec![vm.intern("_template_unpickle").into_obj()]).into_obj();
    let module = vm.intern("string.templatelib").into_obj();
    let module = vm.call(&import, &[module, vm.none(), vm.none(), names])?;
    let unpickle = vm.getattr(&module, &vm.intern("_template_unpickle"))?;
    let parts = vec![template.strings.as_obj().clone(), template.interpolations.as_obj().clone()];
    Ok(Tuple::new(vec![unpickle, Tuple::new(parts).into_obj()]).into_obj())
}

static INTERPOLATION_SIGNATURE: Signature<4> =
    Signature::new("Interpolation", ["value", "expression", "conversion", "format_spec"], 1);

fn interpolation_new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let [value, expression, conversion, spec] = args.bind(vm, &INTERPOLATION_SIGNATURE)?;
    let empty = vm.intern("").into_obj();
    let text = |name: &str, given: Option<&Obj>| -> PyResult {
        match given {
            None => Ok(empty.clone()),
            Some(given) => vm.str_argument("Interpolation", name, given).map(|_| given.clone()),
        }
    };
    let expression = text("'expression'", expression)?;
    let conversion = match conversion.filter(|conversion| !vm.is_none(conversion)) {
        None => vm.none(),
        Some(conversion) => {
            let letter = vm.str_argument("Interpolation", "'conversion'", conversion)?;
            if !matches!(letter.as_bytes(), b"s" | b"r" | b"a") {
                return Err(
                    vm.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'")
                );
            }
            conversion.clone()
        }
    };
    let spec = text("'format_spec'", spec)?;
    Ok(Interpolation::build(vm, vm.or_none(value.cloned()), expression, conversion, spec))
}

fn interpolation_repr(vm: &Vm, object: &Obj) -> PyResult {
    let interpolation = vm.receiver::<Interpolation>(object)?;
    let mut text = rustpython_wtf8::Wtf8Buf::from_string("Interpolation(".to_owned());
    for (index, part) in interpolation.parts().into_iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        text.push_wtf8(vm.repr(part)?.as_wtf8());
    }
    text.push_str(")");
    Ok(Str::from_wtf8(&text).into_obj())
}

fn interpolation_reduce(vm: &Vm, object: &Obj) -> PyResult {
    let parts = vm.receiver::<Interpolation>(object)?.parts().map(Obj::clone).to_vec();
    Ok(Tuple::new(vec![INTERPOLATION.to_obj(), Tuple::new(parts).into_obj()]).into_obj())
}

fn class_getitem(vm: &Vm, class: &Obj, item: &Obj) -> PyResult {
    Ok(super::generic_alias::make(vm, class.clone(), item))
}

const CLASS_GETITEM: NativeDef =
    NativeDef::new("__class_getitem__", "($type, object, /)", "See PEP 585", NativeCall::One(class_getitem))
        .class_method();

const TEMPLATE_METHODS: &[NativeDef] =
    &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(template_reduce)), CLASS_GETITEM];

const INTERPOLATION_METHODS: &[NativeDef] = &[
    NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(interpolation_reduce)),
    CLASS_GETITEM,
];

const TEMPLATE_PROPERTIES: &[Property] = &[
    Property::new("strings", "Strings", |vm, object| {
        Ok(vm.receiver::<Template>(object)?.strings.as_obj().clone())
    })
    .member(),
    Property::new("interpolations", "Interpolations", |vm, object| {
        Ok(vm.receiver::<Template>(object)?.interpolations.as_obj().clone())
    })
    .member(),
    Property::new("values", "Values of interpolations", |vm, object| {
        Ok(Tuple::new(vm.receiver::<Template>(object)?.values()).into_obj())
    }),
];

const INTERPOLATION_PROPERTIES: &[Property] = &[
    Property::new("value", "Value", |vm, object| Ok(vm.receiver::<Interpolation>(object)?.value.clone()))
        .member(),
    Property::new("expression", "Expression", |vm, object| {
        Ok(vm.receiver::<Interpolation>(object)?.expression.clone())
    })
    .member(),
    Property::new("conversion", "Conversion", |vm, object| {
        Ok(vm.receiver::<Interpolation>(object)?.conversion.clone())
    })
    .member(),
    Property::new("format_spec", "Format specifier", |vm, object| {
        Ok(vm.receiver::<Interpolation>(object)?.format_spec.clone())
    })
    .member(),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &TEMPLATE)
        .doc("Template object")
        .module("string.templatelib")
        .slots(|slots| {
            slots.new.set(Some(template_new));
            slots.repr.set(Some(template_repr));
            slots.iter.set(Some(template_iter));
            slots.sq_concat.set(Some(template_concat));
        })
        .methods(TEMPLATE_METHODS)
        .properties(TEMPLATE_PROPERTIES)
        .ready();
    let names = ["value", "expression", "conversion", "format_spec"];
    let names = names.into_iter().map(|name| vm.intern(name).into_obj()).collect();
    TypeBuilder::new(vm, &INTERPOLATION)
        .doc("Interpolation object")
        .module("string.templatelib")
        .slots(|slots| {
            slots.new.set(Some(interpolation_new));
            slots.repr.set(Some(interpolation_repr));
        })
        .methods(INTERPOLATION_METHODS)
        .properties(INTERPOLATION_PROPERTIES)
        .attribute("__match_args__", Tuple::new(names).into_obj())
        .ready();
    TypeBuilder::new(vm, &TEMPLATE_ITER)
        .doc("Template iterator object")
        .module("string.templatelib")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.iter.set(Some(super::object::iter_self));
            slots.iternext.set(Some(template_next));
        })
        .ready();
}
