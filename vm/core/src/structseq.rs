//! Struct sequences: tuples whose items have names, such as `sys.flags` and `os.stat_result`.
//!
//! Fields beyond the visible ones can be read by name only; an instance keeps them in a tuple in its dictionary word.
//! CPython: Objects/structseq.c.

use std::sync::{Mutex, PoisonError};

use crate::builtins::TUPLE;
use crate::call::{Args, Signature};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Native, Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{
    Getter, NativeCall, NativeDef, Property, TypeBuilder, TypeData, TypeFlags, TypeObject, instance,
};
use crate::vm::Vm;

/// A type of struct sequences.
pub struct StructSeq {
    /// The module that the type is in.
    pub module: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// Names and docstrings of the fields; visible fields without a name have "".
    pub fields: &'static [(&'static str, &'static str)],
    /// How many of the first fields are items of the tuple.
    pub visible: usize,
    /// Whether Python may make instances.
    pub callable: bool,
}

static NATIVE: Native = Tuple::NATIVE;

/// The types that were made, and what they are of.
static MADE: Mutex<Vec<(&'static TypeObject, &'static StructSeq)>> = Mutex::new(Vec::new());

/// What an instance's dictionary holds the invisible fields under.
const HIDDEN: &str = "";

impl StructSeq {
    /// The type object, made the first time.
    pub fn ty(&'static self, vm: &Vm) -> &'static TypeObject {
        let known = {
            let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
            made.iter().find(|(_, of)| std::ptr::eq(*of, self)).map(|(ty, _)| *ty)
        };
        if let Some(known) = known {
            return known;
        }
        // Types live as long as the process.
        let ty: &'static TypeObject =
            Box::leak(Box::new(TypeData::builtin_on(&NATIVE, self.name, &raw const TUPLE)));
        MADE.lock().unwrap_or_else(PoisonError::into_inner).push((ty, self));
        self.complete(vm, ty);
        ty
    }

    fn complete(&'static self, vm: &Vm, ty: &'static TypeObject) {
        let properties: &'static [Property] = Box::leak(
            self.fields
                .iter()
                .zip(GETTERS)
                .filter(|((name, _), _)| !name.is_empty())
                .map(|(&(name, doc), &get)| Property::new(name, doc, get).member())
                .collect(),
        );
        let unnamed = self.fields.iter().filter(|(name, _)| name.is_empty()).count();
        let matched = self.fields[..self.visible].iter().filter(|(name, _)| !name.is_empty());
        let matched = matched.map(|&(name, _)| vm.intern(name).into_obj()).collect();
        if self.visible < self.fields.len() {
            ty.set_dict_offset(-8);
        }
        let mut builder = TypeBuilder::new(vm, ty)
            .module(self.module)
            .doc(self.doc)
            .base(&TUPLE)
            .slots(|slots| {
                slots.repr.set(Some(repr));
                slots.new.set(Some(new));
                slots.setattro.set(Some(setattro));
            })
            .methods(METHODS)
            .properties(properties)
            .attribute("n_sequence_fields", Int::from_usize(self.visible))
            .attribute("n_fields", Int::from_usize(self.fields.len()))
            .attribute("n_unnamed_fields", Int::from_usize(unnamed))
            .attribute("__match_args__", Tuple::new(matched).into_obj());
        if !self.callable {
            builder = builder.flags(TypeFlags::DISALLOW_INSTANTIATION);
        }
        builder.ready();
    }

    /// An instance with the values of the fields in order; fields left out at the end are None.
    pub fn make(&'static self, vm: &Vm, values: Vec<Obj>) -> PyResult {
        make(vm, self.ty(vm), self, values)
    }

    fn qualified(&self) -> String {
        format!("{}.{}", self.module, self.name)
    }
}

fn make(vm: &Vm, ty: &TypeObject, of: &StructSeq, mut values: Vec<Obj>) -> PyResult {
    values.resize_with(of.fields.len(), || vm.none());
    let hidden = values.split_off(of.visible);
    let made = Tuple::new_in(ty, values).into_obj();
    if !hidden.is_empty() {
        instance::set(vm, &made, ty, &vm.intern(HIDDEN), Tuple::new(hidden).into_obj())?;
    }
    Ok(made)
}

/// What the object's type was made of.
fn definition(ty: &TypeObject) -> Option<&'static StructSeq> {
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.iter().find(|(known, _)| ty.is_subtype_of(known)).map(|(_, of)| *of)
}

fn hidden(vm: &Vm, object: &Obj) -> PyResult<Option<Ref<Tuple>>> {
    let hidden = instance::get(vm, object, object.ty(), &vm.intern(HIDDEN))?;
    Ok(hidden.and_then(|hidden| hidden.into_ref::<Tuple>().ok()))
}

fn get<const I: usize>(vm: &Vm, object: &Obj) -> PyResult {
    let items = vm.receiver::<Tuple>(object)?;
    if let Some(item) = items.items().get(I) {
        return Ok(item.clone());
    }
    let hidden = hidden(vm, object)?;
    Ok(vm.or_none(hidden.and_then(|hidden| hidden.items().get(I - items.len()).cloned())))
}

macro_rules! getters {
    ($($index:literal)*) => { &[$(get::<$index>),*] };
}

/// One for each field that a type can have.
static GETTERS: &[Getter] =
    getters!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);

fn setattro(vm: &Vm, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
    let descriptor = crate::types::lookup::lookup(vm, object.ty(), name);
    match descriptor.as_ref().and_then(|descriptor| descriptor.ty().slots.descr_set.get()) {
        Some(set) => set(vm, &vm.or_none(descriptor), object, value),
        None => Err(vm.no_attribute(object, name)),
    }
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let items = vm.receiver::<Tuple>(object)?;
    let Some(of) = definition(object.ty()) else { return Ok(vm.repr(object)?.into_obj()) };
    let mut text = format!("{}(", of.qualified());
    let named = of.fields.iter().filter(|(name, _)| !name.is_empty());
    for (index, (item, (name, _))) in items.items().iter().zip(named).enumerate() {
        if index != 0 {
            text.push_str(", ");
        }
        text.push_str(name);
        text.push('=');
        text.push_str(&vm.repr_text(item)?);
    }
    text.push(')');
    Ok(Str::new(&text).into_obj())
}

static NEW: Signature<2> = Signature::new("structseq", ["sequence", "dict"], 1);

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(sequence), dict] = args.bind(vm, &NEW)? else {
        return Err(vm.type_error("structseq() missing required argument 'sequence' (pos 1)"));
    };
    let Some(of) = definition(ty) else { return Err(vm.type_error("not a struct sequence")) };
    let Ok(mut values) = vm.collect(sequence) else {
        return Err(vm.type_error("constructor requires a sequence"));
    };
    let (least, most) = (of.visible, of.fields.len());
    if !(least..=most).contains(&values.len()) {
        let (bound, count) = match values.len() {
            _ if least == most => ("", least),
            given if given < least => ("at least ", least),
            _ => ("at most ", most),
        };
        let article = if bound.is_empty() { "a " } else { "an " };
        return Err(vm.type_error(format!(
            "{}() takes {article}{bound}{count}-sequence ({}-sequence given)",
            of.qualified(),
            values.len()
        )));
    }
    if let Some(dict) = dict.filter(|dict| !vm.is_none(dict)) {
        let Some(dict) = dict.downcast::<Dict>() else {
            return Err(vm.type_error(format!("{}() takes a dict as second arg, if any", of.qualified())));
        };
        for (name, _) in &of.fields[values.len()..] {
            let value = dict.get_str(vm, &vm.intern(name))?;
            values.push(vm.or_none(value));
        }
    }
    make(vm, ty, of, values)
}

fn invisible(vm: &Vm, object: &Obj) -> PyResult<Ref<Dict>> {
    let dict = Dict::new();
    if let (Some(of), Some(hidden)) = (definition(object.ty()), hidden(vm, object)?) {
        for ((name, _), value) in of.fields[of.visible..].iter().zip(hidden.items()) {
            dict.set_str(vm, &vm.intern(name), value.clone())?;
        }
    }
    Ok(dict)
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let items = Tuple::from_slice(vm.receiver::<Tuple>(object)?.items());
    let state = Tuple::new(vec![items.into_obj(), invisible(vm, object)?.into_obj()]);
    Ok(Tuple::new(vec![object.ty().to_obj(), state.into_obj()]).into_obj())
}

fn replace(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    if !args.positional().is_empty() {
        return Err(vm.type_error("__replace__() takes no positional arguments"));
    }
    let Some(of) = definition(object.ty()) else { return Err(vm.type_error("not a struct sequence")) };
    if of.fields.iter().any(|(name, _)| name.is_empty()) {
        return Err(vm.type_error(format!(
            "__replace__() is not supported for {} because it has unnamed field(s)",
            of.qualified()
        )));
    }
    let mut values = vm.receiver::<Tuple>(object)?.items().to_vec();
    if let Some(hidden) = hidden(vm, object)? {
        values.extend(hidden.items().iter().cloned());
    }
    let mut unknown = Vec::new();
    for (name, value) in args.keywords() {
        let text = vm.str_text(name)?;
        match of.fields.iter().position(|(known, _)| *known == text) {
            Some(index) => values[index] = value.clone(),
            None => unknown.push(format!("'{text}'")),
        }
    }
    if !unknown.is_empty() {
        return Err(vm.type_error(format!("Got unexpected field name(s): [{}]", unknown.join(", "))));
    }
    make(vm, object.ty(), of, values)
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("__reduce__", "", "", NativeCall::NoArgs(reduce)),
    NativeDef::new(
        "__replace__",
        "",
        "Return a copy of the structure with new values for the specified fields.",
        NativeCall::Full(replace),
    ),
];
