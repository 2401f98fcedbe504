//! `_thread._local`: attributes that each thread has its own of.
//!
//! The object keeps a dictionary for each thread that used it; a thread knows the objects that it has one in, and
//! takes its own out when it ends. CPython: Modules/_threadmodule.c, `localobject`.

use std::cell::RefCell;

use crate::builtins::{OBJECT, WEAKREF, builtin_type};
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::weak::WeakRef;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::{TypeBuilder, TypeFlags, TypeObject, lookup};
use crate::vm::Vm;

/// Attributes that each thread has its own of.
pub(crate) struct Local {
    /// What `__init__` is called with in each thread: values, and names of the last of them.
    arguments: RefCell<(Vec<Obj>, Vec<Obj>)>,
    dicts: RefCell<Vec<(u64, Ref<Dict>)>>,
}

impl Payload for Local {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &LOCAL
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        let arguments = self.arguments.borrow();
        for object in arguments.0.iter().chain(&arguments.1) {
            visitor.visit(object);
        }
        for (_, dict) in self.dicts.borrow().iter() {
            visitor.visit(dict.as_obj());
        }
    }

    fn clear(&self) {
        let arguments = self.arguments.take();
        let dicts = self.dicts.take();
        drop((arguments, dicts));
    }
}

builtin_type!(/** `_thread._local` */ LOCAL, "_local", Local);

impl Local {
    fn find(&self, ident: u64) -> Option<Ref<Dict>> {
        self.dicts.borrow().iter().find(|(of, _)| *of == ident).map(|(_, dict)| dict.clone())
    }

    fn remove(&self, ident: u64) -> Option<Ref<Dict>> {
        let mut dicts = self.dicts.borrow_mut();
        let place = dicts.iter().position(|(of, _)| *of == ident)?;
        Some(dicts.swap_remove(place).1)
    }

    fn add(&self, vm: &Vm, object: &Obj) -> Ref<Dict> {
        let dict = Dict::new();
        self.dicts.borrow_mut().push((vm.ident(), dict.clone()));
        if let Some(reference) = WeakRef::new(&WEAKREF, object, None) {
            let mut known = vm.locals.borrow_mut();
            // Now and then, those that are gone are forgotten.
            let gone: Vec<_> = if known.len() == known.capacity() {
                let (gone, kept) =
                    std::mem::take(&mut *known).into_iter().partition(|one| one.get().is_none());
                *known = kept;
                gone
            } else {
                Vec::new()
            };
            known.push(reference);
            drop(known);
            drop(gone);
        }
        dict
    }
}

/// The calling thread's attributes; made and initialised the first time.
fn dict_of(vm: &Vm, object: &Obj) -> PyResult<Ref<Dict>> {
    let local = vm.receiver::<Local>(object)?;
    if let Some(dict) = local.find(vm.ident()) {
        return Ok(dict);
    }
    let dict = local.add(vm, object);
    if let Some(init) = object.ty().slots.init.get()
        && has_own_init(object.ty())
    {
        let (values, names) = {
            let arguments = local.arguments.borrow();
            (arguments.0.clone(), arguments.1.clone())
        };
        if let Err(error) = init(vm, object, Args::new(&values, &names)) {
            drop(local.remove(vm.ident()));
            return Err(error);
        }
    }
    Ok(dict)
}

fn has_own_init(ty: &TypeObject) -> bool {
    match (ty.slots.init.get(), OBJECT.slots.init.get()) {
        (Some(own), Some(plain)) => !std::ptr::fn_addr_eq(own, plain),
        (own, _) => own.is_some(),
    }
}

/// A thread takes its attributes out everywhere.
pub(crate) fn thread_ends(vm: &Vm) {
    // What goes may run code that uses such objects again, but not for ever.
    for _ in 0..16 {
        let known = vm.locals.take();
        if known.is_empty() {
            return;
        }
        for reference in known {
            let Some(object) = reference.get() else { continue };
            let dict = object.downcast::<Local>().and_then(|local| local.remove(vm.ident()));
            drop(dict);
        }
    }
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    if !args.is_empty() && !has_own_init(ty) {
        return Err(vm.type_error("Initialization arguments are not supported"));
    }
    let arguments = (args.all().to_vec(), args.names().to_vec());
    let local = Local { arguments: RefCell::new(arguments), dicts: RefCell::default() };
    let object = Ref::new_in(ty, local);
    object.add(vm, object.as_obj());
    Ok(object.into_obj())
}

fn is_dict_name(vm: &Vm, name: &Ref<Str>) -> bool {
    name.is(&vm.names().__dict__) || name.as_bytes() == b"__dict__"
}

fn getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    let dict = dict_of(vm, object)?;
    if is_dict_name(vm, name) {
        return Ok(dict.into_obj());
    }
    let ty = object.ty();
    let found = lookup::lookup(vm, ty, name);
    if let Some(descriptor) = &found
        && let (Some(get), Some(_)) =
            (descriptor.ty().slots.descr_get.get(), descriptor.ty().slots.descr_set.get())
    {
        return get(vm, descriptor, Some(object), Some(&ty.to_obj()));
    }
    if let Some(value) = dict.get_str(vm, name)? {
        return Ok(value);
    }
    match found {
        Some(descriptor) => match descriptor.ty().slots.descr_get.get() {
            Some(get) => get(vm, &descriptor, Some(object), Some(&ty.to_obj())),
            None => Ok(descriptor),
        },
        None => Err(vm.no_attribute(object, name)),
    }
}

fn setattro(vm: &Vm, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
    let dict = dict_of(vm, object)?;
    if is_dict_name(vm, name) {
        let message = format!("'{}' object attribute '__dict__' is read-only", object.ty().tp_name());
        return Err(vm.attribute_error(&message, object, name));
    }
    if let Some(descriptor) = lookup::lookup(vm, object.ty(), name)
        && let Some(set) = descriptor.ty().slots.descr_set.get()
    {
        return set(vm, &descriptor, object, value);
    }
    match value {
        Some(value) => dict.set_str(vm, name, value.clone()),
        None => match dict.remove_str(vm, name)? {
            Some(_) => Ok(()),
            None => Err(vm.no_attribute(object, name)),
        },
    }
}

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &LOCAL)
        .module("_thread")
        .doc("_local()\n--\n\nThread-local data")
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.getattro.set(Some(getattro));
            slots.setattro.set(Some(setattro));
        })
        .ready();
}
