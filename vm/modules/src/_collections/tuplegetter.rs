//! `_tuplegetter`: the attributes of named tuples.

use lasti_vm::builtins::sequence::Shown;
use lasti_vm::call::Args;
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use crate::iterator::iterator_type;

pub(crate) struct TupleGetter {
    index: i64,
    doc: ObjCell,
}

iterator_type!(/** `_collections._tuplegetter` */ TUPLE_GETTER, "_tuplegetter", TupleGetter, [doc]);

static METHODS: &[NativeDef] = &[NativeDef::new("__reduce__", "($self, /)", "", NativeCall::NoArgs(reduce))];

static PROPERTIES: &[Property] = &[Property::new("__doc__", "", get_doc).with_setter(set_doc).member()];

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "_tuplegetter", 2, 2)?;
    let index = vm.index_i64(&args[0])?;
    Ok(Ref::new_in(ty, TupleGetter { index, doc: ObjCell::new(Some(args[1].clone())) }).into_obj())
}

fn get_doc(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(vm.receiver::<TupleGetter>(object)?.doc.get()))
}

fn set_doc(vm: &Vm, object: &Obj, doc: Option<&Obj>) -> PyResult<()> {
    vm.receiver::<TupleGetter>(object)?.doc.set(doc.cloned());
    Ok(())
}

fn descr_get(vm: &Vm, object: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let getter = vm.receiver::<TupleGetter>(object)?;
    let Some(instance) = instance.filter(|instance| !vm.is_none(instance)) else { return Ok(object.clone()) };
    let Some(tuple) = instance.downcast::<Tuple>() else {
        return Err(vm.type_error(format!(
            "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
            getter.index,
            instance.ty().name()
        )));
    };
    usize::try_from(getter.index)
        .ok()
        .and_then(|index| tuple.items().get(index).cloned())
        .ok_or_else(|| vm.index_error("tuple index out of range"))
}

fn descr_set(vm: &Vm, _: &Obj, _: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let message = if value.is_some() { "can't set attribute" } else { "can't delete attribute" };
    Err(vm.error(&lasti_vm::builtins::ATTRIBUTE_ERROR, message))
}

fn reduce(vm: &Vm, object: &Obj) -> PyResult {
    let getter = vm.receiver::<TupleGetter>(object)?;
    let args = Tuple::new(vec![Int::new(getter.index), vm.or_none(getter.doc.get())]);
    Ok(Tuple::new(vec![object.ty().to_obj(), args.into_obj()]).into_obj())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let getter = vm.receiver::<TupleGetter>(object)?;
    let mut text = Shown::new(&format!("{}({}, ", object.ty().name(), getter.index));
    text.repr(vm, &vm.or_none(getter.doc.get()))?;
    text.text(")");
    Ok(text.finish().into_obj())
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !TUPLE_GETTER.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &TUPLE_GETTER)
            .module("_collections")
            .slots(|slots| {
                slots.new.set(Some(new));
                slots.descr_get.set(Some(descr_get));
                slots.descr_set.set(Some(descr_set));
                slots.repr.set(Some(repr));
            })
            .methods(METHODS)
            .properties(PROPERTIES)
            .ready();
    }
    module.add_type(vm, &TUPLE_GETTER)
}
