//! `property`. CPython: Objects/descrobject.c, `propertyobject`.

use std::cell::Cell;

use super::{builtin_type, object_methods};
use crate::call::{Args, Signature};
use crate::errors::{Exc, PyResult};
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// A `property` object.
pub struct PropertyObject {
    get: ObjCell,
    set: ObjCell,
    delete: ObjCell,
    doc: ObjCell,
    /// The name it was given in a class.
    name: ObjCell,
    /// Whether the docstring is the getter's.
    doc_of_getter: Cell<bool>,
}

impl PropertyObject {
    /// `fget`
    pub(crate) fn getter(&self) -> Option<Obj> {
        self.get.get()
    }

    fn cells(&self) -> [&ObjCell; 5] {
        [&self.get, &self.set, &self.delete, &self.doc, &self.name]
    }
}

impl Payload for PropertyObject {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &PROPERTY
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in self.cells() {
            cell.traverse(visitor);
        }
    }

    fn clear(&self) {
        for cell in self.cells() {
            drop(cell.take());
        }
    }
}

builtin_type!(/** `property` */ PROPERTY, "property", PropertyObject);

fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<PropertyObject>> {
    vm.receiver::<PropertyObject>(object)
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    let empty = PropertyObject {
        get: ObjCell::empty(),
        set: ObjCell::empty(),
        delete: ObjCell::empty(),
        doc: ObjCell::empty(),
        name: ObjCell::empty(),
        doc_of_getter: Cell::new(false),
    };
    Ok(Ref::new_in(ty, empty).into_obj())
}

fn init_property(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature<4> = Signature::new("property", ["fget", "fset", "fdel", "doc"], 0);
    if args.all().len() > 4 {
        return Err(
            vm.type_error(format!("property() takes at most 4 arguments ({} given)", args.all().len()))
        );
    }
    let property = receiver(vm, object)?;
    let [get, set, delete, doc] =
        args.bind(vm, &SIGNATURE)?.map(|value| value.filter(|value| !vm.is_none(value)).cloned());
    property.get.set(get.clone());
    property.set.set(set);
    property.delete.set(delete);
    property.doc.set(None);
    property.name.set(None);
    property.doc_of_getter.set(false);
    let mut doc = doc;
    if doc.is_none()
        && let Some(get) = get
    {
        doc = vm.find_attr(&get, &vm.names().__doc__)?.filter(|doc| !vm.is_none(doc));
        property.doc_of_getter.set(doc.is_some());
    }
    if object.is_exact(&PROPERTY) {
        property.doc.set(doc);
        return Ok(());
    }
    // Instances of subclasses have it as an attribute, which the class's own docstring would hide.
    match vm.setattr(object, &vm.names().__doc__, &vm.or_none(doc)) {
        Err(error) if property.doc_of_getter.get() || !error.is(&super::ATTRIBUTE_ERROR) => Err(error),
        _ => Ok(()),
    }
}

/// The name for messages: the one given in a class, or the getter's.
fn name_of(vm: &Vm, property: &PropertyObject) -> PyResult<Option<Obj>> {
    if let Some(name) = property.name.get() {
        return Ok(Some(name));
    }
    match property.get.get() {
        Some(get) => vm.find_attr(&get, &vm.names().__name__),
        None => Ok(None),
    }
}

#[cold]
fn lacks(vm: &Vm, property: &PropertyObject, object: &Obj, what: &str) -> PyResult<Exc> {
    let class = vm.repr_text(object.ty().qualname_obj(vm).as_obj())?;
    let message = match name_of(vm, property)? {
        Some(name) => format!("property {} of {class} object has no {what}", vm.repr_text(&name)?),
        None => format!("property of {class} object has no {what}"),
    };
    Ok(vm.error(&super::ATTRIBUTE_ERROR, &message))
}

fn descr_get(vm: &Vm, object: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(instance) = instance else { return Ok(object.clone()) };
    let property = receiver(vm, object)?;
    match property.get.get() {
        Some(get) => vm.call(&get, std::slice::from_ref(instance)),
        None => Err(lacks(vm, property, instance, "getter")?),
    }
}

fn descr_set(vm: &Vm, object: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let property = receiver(vm, object)?;
    match value {
        Some(value) => match property.set.get() {
            Some(set) => vm.call(&set, &[instance.clone(), value.clone()])?,
            None => return Err(lacks(vm, property, instance, "setter")?),
        },
        None => match property.delete.get() {
            Some(delete) => vm.call(&delete, std::slice::from_ref(instance))?,
            None => return Err(lacks(vm, property, instance, "deleter")?),
        },
    };
    Ok(())
}

/// A copy with one function replaced. CPython: `property_copy`.
fn copy(vm: &Vm, object: &Obj, get: Option<&Obj>, set: Option<&Obj>, delete: Option<&Obj>) -> PyResult {
    let property = receiver(vm, object)?;
    let choose = |new: Option<&Obj>, old: &ObjCell| {
        vm.or_none(new.filter(|new| !vm.is_none(new)).cloned().or_else(|| old.get()))
    };
    let get = choose(get, &property.get);
    // A docstring that came from the getter comes from the new one again.
    let doc = if property.doc_of_getter.get() && !vm.is_none(&get) { None } else { property.doc.get() };
    let args = [get, choose(set, &property.set), choose(delete, &property.delete), vm.or_none(doc)];
    let made = vm.call(&object.ty().to_obj(), &args)?;
    if let Some(made) = made.downcast::<PropertyObject>() {
        made.name.set(property.name.get());
    }
    Ok(made)
}

fn getter(vm: &Vm, object: &Obj, function: &Obj) -> PyResult {
    copy(vm, object, Some(function), None, None)
}

fn setter(vm: &Vm, object: &Obj, function: &Obj) -> PyResult {
    copy(vm, object, None, Some(function), None)
}

fn deleter(vm: &Vm, object: &Obj, function: &Obj) -> PyResult {
    copy(vm, object, None, None, Some(function))
}

fn set_name_method(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "property.__set_name__")?;
    let [_, name] = args.all() else {
        return Err(vm.type_error(format!(
            "__set_name__() takes 2 positional arguments but {} were given",
            args.all().len()
        )));
    };
    receiver(vm, object)?.name.set(name.clone());
    Ok(vm.none())
}

fn get_fget(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(receiver(vm, object)?.get.get()))
}

fn get_fset(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(receiver(vm, object)?.set.get()))
}

fn get_fdel(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(receiver(vm, object)?.delete.get()))
}

fn get_doc(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(receiver(vm, object)?.doc.get()))
}

fn set_doc(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    receiver(vm, object)?.doc.set(value.cloned());
    Ok(())
}

fn get_name(vm: &Vm, object: &Obj) -> PyResult {
    match name_of(vm, receiver(vm, object)?)? {
        Some(name) => Ok(name),
        None => Err(vm.no_attribute(object, &vm.names().__name__)),
    }
}

fn set_name(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    receiver(vm, object)?.name.set(value.cloned());
    Ok(())
}

fn get_is_abstract(vm: &Vm, object: &Obj) -> PyResult {
    let property = receiver(vm, object)?;
    for cell in [&property.get, &property.set, &property.delete] {
        if let Some(function) = cell.get()
            && object_methods::is_abstract(vm, &function)?
        {
            return Ok(vm.bool(true));
        }
    }
    Ok(vm.bool(false))
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "getter",
        "($self, object, /)",
        "Descriptor to obtain a copy of the property with a different getter.",
        NativeCall::One(getter),
    ),
    NativeDef::new(
        "setter",
        "($self, object, /)",
        "Descriptor to obtain a copy of the property with a different setter.",
        NativeCall::One(setter),
    ),
    NativeDef::new(
        "deleter",
        "($self, object, /)",
        "Descriptor to obtain a copy of the property with a different deleter.",
        NativeCall::One(deleter),
    ),
    NativeDef::new(
        "__set_name__",
        "($self, owner, name, /)",
        "__set_name__(owner, name)\n\nMethod to set name of a property.",
        NativeCall::Full(set_name_method),
    ),
];

static PROPERTIES: &[Property] = &[
    Property::new("fget", "", get_fget).member(),
    Property::new("fset", "", get_fset).member(),
    Property::new("fdel", "", get_fdel).member(),
    Property::new("__doc__", "", get_doc).with_setter(set_doc).member(),
    Property::new("__name__", "", get_name).with_setter(set_name),
    Property::new("__isabstractmethod__", "", get_is_abstract),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &PROPERTY)
        .doc("property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_property));
            slots.descr_get.set(Some(descr_get));
            slots.descr_set.set(Some(descr_set));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
