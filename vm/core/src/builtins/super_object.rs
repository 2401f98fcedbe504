//! `super`: attributes of the classes behind one in an object's MRO. CPython: Objects/typeobject.c, `superobject`.

use super::SUPER;
use crate::call::Args;
use crate::errors::PyResult;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::attributes::{find, object_getattro};
use crate::types::{NewFn, Property, TypeBuilder, TypeData, TypeFlags, TypeObject};
use crate::vm::Vm;

/// A `super` object.
pub struct Super {
    /// `__thisclass__`: the class whose successors are asked.
    class: ObjCell,
    /// `__self__`: what attributes are bound to; nothing in an unbound one.
    object: ObjCell,
    /// `__self_class__`: whose MRO counts.
    object_class: ObjCell,
}

impl Payload for Super {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &SUPER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in [&self.class, &self.object, &self.object_class] {
            cell.traverse(visitor);
        }
    }
}

/// The class whose MRO counts for `super(class, object)`: the object itself if it is a class that derives from
/// `class`, otherwise its type, or its `__class__`. CPython: `supercheck`.
fn object_class(vm: &Vm, class: &Ref<TypeData>, object: &Obj) -> PyResult<Ref<TypeData>> {
    if let Some(ty) = object.downcast::<TypeData>()
        && ty.is_subtype_of(class)
    {
        return Ok(ty.clone());
    }
    if object.ty().is_subtype_of(class) {
        return Ok(object.ty().to_ref());
    }
    if let Some(claimed) = vm.find_attr(object, &vm.names().__class__)?
        && let Some(claimed) = claimed.downcast::<TypeData>()
        && !(**claimed).is(object.ty())
        && claimed.is_subtype_of(class)
    {
        return Ok(claimed.clone());
    }
    let (kind, name) = match object.downcast::<TypeData>() {
        Some(ty) => ("type", ty.tp_name()),
        None => ("instance of", object.ty().tp_name()),
    };
    Err(vm.type_error(format!(
        "super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({}).",
        class.tp_name()
    )))
}

/// The attribute `name` of the classes behind `class` in the MRO of `start`, bound to `object`.
fn find_behind(
    vm: &Vm,
    class: &Ref<TypeData>,
    start: &Ref<TypeData>,
    object: &Obj,
    name: &Ref<Str>,
) -> PyResult<Option<Obj>> {
    if name.as_bytes() == b"__class__" {
        // The `super` object's own class shows.
        return Ok(None);
    }
    let Some(mro) = start.mro() else { return Ok(None) };
    let behind = mro.items().iter().skip_while(|other| !other.is(class.as_obj())).skip(1);
    for base in behind {
        let Some(dict) = base.downcast::<TypeData>().and_then(|base| base.dict()) else { continue };
        let Some(value) = dict.get_str(vm, name)? else { continue };
        let Some(get) = value.ty().slots.descr_get.get() else { return Ok(Some(value)) };
        let instance = if start.as_obj().is(object) { None } else { Some(object) };
        return get(vm, &value, instance, Some(start.as_obj())).map(Some);
    }
    Ok(None)
}

/// The method `name` of the classes behind `class` in the MRO of `object`'s type, unbound, where that is all there
/// is to it.
pub(crate) fn find_method(vm: &Vm, class: &Obj, object: &Obj, name: &Ref<Str>) -> Option<Obj> {
    let ty = object.ty();
    let version = ty.assign_version();
    if version == 0 || !name.is_interned() {
        return None;
    }
    let cache = &vm.interp().super_cache;
    if let Some(method) = cache.find(version, class, name) {
        return Some(method);
    }
    let class_type = class.downcast::<TypeData>()?;
    if object.downcast::<TypeData>().is_some() || !ty.is_subtype_of(class_type) {
        return None;
    }
    let mro = ty.mro()?;
    let behind = mro.items().iter().skip_while(|other| !other.is(class)).skip(1);
    for base in behind {
        let Some(dict) = base.downcast::<TypeData>().and_then(|base| base.dict()) else { continue };
        let Some(value) = dict.get_str(vm, name).ok()? else { continue };
        if !value.ty().has(TypeFlags::METHOD_DESCRIPTOR) || ty.version() != version {
            return None;
        }
        cache.store(version, class, name, &value);
        return Some(value);
    }
    None
}

/// `super(class, object).name`, without making the object. CPython: `_PySuper_Lookup`.
pub(crate) fn lookup(vm: &Vm, class: &Ref<TypeData>, object: &Obj, name: &Ref<Str>) -> PyResult {
    let start = object_class(vm, class, object)?;
    if let Some(value) = find_behind(vm, class, &start, object, name)? {
        return Ok(value);
    }
    let made = make(vm, class.clone(), Some(object.clone()))?;
    object_getattro(vm, made.as_obj(), name)
}

/// `super(class, object).name` for `LOAD_SUPER_ATTR`: `class` may be any object.
pub(crate) fn super_lookup(vm: &Vm, class: &Obj, object: &Obj, name: &Ref<Str>) -> PyResult {
    match class.downcast::<TypeData>() {
        Some(class) => lookup(vm, class, object, name),
        None => Err(wrong_class(vm, class)),
    }
}

fn wrong_class(vm: &Vm, class: &Obj) -> crate::errors::Exc {
    vm.type_error(format!("super() argument 1 must be a type, not {}", class.ty().tp_name()))
}

fn make(vm: &Vm, class: Ref<TypeData>, object: Option<Obj>) -> PyResult<Ref<Super>> {
    let made =
        Ref::new(Super { class: ObjCell::empty(), object: ObjCell::empty(), object_class: ObjCell::empty() });
    fill(vm, &made, class, object)?;
    Ok(made)
}

fn fill(vm: &Vm, made: &Super, class: Ref<TypeData>, object: Option<Obj>) -> PyResult<()> {
    let start = match &object {
        Some(object) => Some(object_class(vm, &class, object)?.into_obj()),
        None => None,
    };
    made.class.set(class.into_obj());
    made.object.set(object);
    made.object_class.set(start);
    Ok(())
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    let payload = Super { class: ObjCell::empty(), object: ObjCell::empty(), object_class: ObjCell::empty() };
    Ok(Ref::new_in(ty, payload).into_obj())
}

fn init_super(vm: &Vm, made: &Obj, args: Args<'_>) -> PyResult<()> {
    let made = vm.receiver::<Super>(made)?;
    args.no_keywords(vm, "super")?;
    let (class, object) = match args.all() {
        [] => {
            let (class, object) = crate::eval::super_arguments(vm)?;
            (class, Some(object))
        }
        [class] => (class.clone(), None),
        [class, object] => (class.clone(), Some(object.clone())),
        more => {
            return Err(vm.type_error(format!("super() expected at most 2 arguments, got {}", more.len())));
        }
    };
    let object = object.filter(|object| !vm.is_none(object));
    match class.clone().into_ref::<TypeData>() {
        Ok(class) => fill(vm, made, class, object),
        Err(class) => Err(wrong_class(vm, &class)),
    }
}

fn getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    let made = vm.receiver::<Super>(object)?;
    if let (Some(class), Some(receiver), Some(start)) =
        (made.class.get_as::<TypeData>(), made.object.get(), made.object_class.get_as::<TypeData>())
        && let Some(value) = find_behind(vm, &class, &start, &receiver, name)?
    {
        return Ok(value);
    }
    match find(vm, object, name)? {
        Some(value) => Ok(value),
        None => Err(vm.no_attribute(object, name)),
    }
}

fn descr_get(vm: &Vm, object: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let made = vm.receiver::<Super>(object)?;
    let Some(instance) = instance.filter(|_| made.object.is_empty()) else { return Ok(object.clone()) };
    let Some(class) = made.class.get_as::<TypeData>() else { return Ok(object.clone()) };
    if object.is_exact(&SUPER) {
        return make(vm, class, Some(instance.clone())).map(Ref::into_obj);
    }
    vm.call(&object.ty().to_obj(), &[class.into_obj(), instance.clone()])
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let made = vm.receiver::<Super>(object)?;
    let class = made.class.get_as::<TypeData>().map_or_else(|| "NULL".to_owned(), |class| class.tp_name());
    let text = match made.object_class.get_as::<TypeData>() {
        Some(start) => format!("<super: <class '{class}'>, <{} object>>", start.tp_name()),
        None => format!("<super: <class '{class}'>, NULL>"),
    };
    Ok(Str::new(&text).into_obj())
}

fn this_class(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(vm.receiver::<Super>(object)?.class.get()))
}

fn receiver(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(vm.receiver::<Super>(object)?.object.get()))
}

fn self_class(vm: &Vm, object: &Obj) -> PyResult {
    Ok(vm.or_none(vm.receiver::<Super>(object)?.object_class.get()))
}

/// Whether `super` is the builtin one, and calling it does what `LOAD_SUPER_ATTR` takes for granted.
pub(crate) fn is_plain(object: &Obj) -> bool {
    let plain: NewFn = new;
    object.is(&SUPER.to_obj()) && SUPER.slots.new.get().is_some_and(|new| std::ptr::fn_addr_eq(new, plain))
}

static PROPERTIES: &[Property] = &[
    Property::new("__thisclass__", "the class invoking super()", this_class).member(),
    Property::new("__self__", "the instance invoking super(); may be None", receiver).member(),
    Property::new("__self_class__", "the type of the instance invoking super(); may be None", self_class)
        .member(),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &SUPER)
        .doc("super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.new.set(Some(new));
            slots.init.set(Some(init_super));
            slots.getattro.set(Some(getattro));
            slots.descr_get.set(Some(descr_get));
        })
        .properties(PROPERTIES)
        .ready();
}
