//! Which function each slot of a class holds: the builtin base's own where nothing overrides it, otherwise one
//! that calls the method.
//!
//! CPython: `update_one_slot`. Where CPython asks for a slot wrapper in the dictionary of the builtin base, it is
//! enough here that a builtin type's dictionary has the name: the slot of that type is what the name stands for.

use std::cell::Cell;

use super::super::attributes::{object_getattro, object_setattro};
use super::super::data::{TypeData, TypeFlags, TypeObject};
use super::super::slots::{
    BinaryFn, BufferFn, CallFn, DescrGetFn, DescrSetFn, FinalizeFn, GetAttrFn, InitFn, InquiryFn, IterNextFn,
    LenFn, SetAttrFn, SetItemFn, Slots, TernaryFn, UnaryFn,
};
use super::{Wrapper, binary, buffer, generic, same};
use crate::descriptors::WrapperDescriptor;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::{Names, Vm};

/// What a name says about a slot.
enum Found<F> {
    /// The name is nowhere.
    Absent,
    /// A builtin type's slot, or a slot wrapper in a class's dictionary.
    Native(Option<F>),
    /// Something to call.
    Method,
}

/// The first class in the MRO that has `name`, and what it has.
fn provider(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) -> Option<(Ref<TypeData>, Obj)> {
    let classes: Vec<Ref<TypeData>> =
        ty.mro_slice().iter().filter_map(|class| class.downcast::<TypeData>()).cloned().collect();
    for class in classes {
        let value = class.dict().and_then(|dict| dict.get_str(vm, name).ok().flatten());
        if let Some(value) = value {
            return Some((class, value));
        }
    }
    None
}

fn look<F: Copy>(
    vm: &Vm,
    ty: &TypeObject,
    name: &Ref<Str>,
    slot: fn(&Slots) -> &Cell<Option<F>>,
    unwrap: fn(&Wrapper) -> Option<F>,
) -> Found<F> {
    let Some((class, value)) = provider(vm, ty, name) else { return Found::Absent };
    if !class.is_heap() {
        return Found::Native(slot(&class.slots).get());
    }
    if let Some(descriptor) = value.downcast_exact::<WrapperDescriptor>()
        && descriptor.name.as_bytes() == name.as_bytes()
        && ty.is_subtype_of(descriptor.owner)
        && let Some(function) = unwrap(&descriptor.wrapper)
    {
        return Found::Native(Some(function));
    }
    Found::Method
}

/// Decides on one slot, which has one or two names.
fn decide<F: Copy + PartialEq>(
    vm: &Vm,
    ty: &TypeObject,
    names: &[&Ref<Str>],
    slot: fn(&Slots) -> &Cell<Option<F>>,
    unwrap: fn(&Wrapper) -> Option<F>,
    method: Option<F>,
) {
    let mut native: Option<Option<F>> = None;
    for name in names {
        match look(vm, ty, name, slot, unwrap) {
            Found::Absent => {}
            Found::Native(function) if native.is_none_or(|other| other == function) => {
                native = Some(function);
            }
            Found::Native(_) | Found::Method => {
                slot(&ty.slots).set(method);
                return;
            }
        }
    }
    slot(&ty.slots).set(native.flatten());
}

/// Picks one of the interned names.
type NameOf = fn(&Names) -> &Ref<Str>;

/// One slot: its names, and what sets it anew.
struct Update {
    names: NameOf,
    second: Option<NameOf>,
    run: fn(&Vm, &TypeObject, &[&Ref<Str>]),
}

/// The type of function that a wrapper's variant holds.
macro_rules! function_type {
    (Unary) => { UnaryFn };
    (Inquiry) => { InquiryFn };
    (Binary) => { BinaryFn };
    (Concat) => { BinaryFn };
    (Ternary) => { TernaryFn };
    (Len) => { LenFn };
    (Contains) => { fn(&Vm, &Obj, &Obj) -> PyResult<bool> };
    (Repeat) => { fn(&Vm, &Obj, i64) -> PyResult };
    (SetItem) => { SetItemFn };
    (SetAttr) => { SetAttrFn };
    (Call) => { CallFn };
    (Init) => { InitFn };
    (Next) => { IterNextFn };
    (DescrGet) => { DescrGetFn };
    (DescrSet) => { DescrSetFn };
    (Finalize) => { FinalizeFn };
    (Buffer) => { BufferFn };
}

macro_rules! updates {
    ($($name:ident $(/ $second:ident)? => $slot:ident $variant:ident $(| $other:ident)?, $method:expr;)*) => {
        &[$(Update {
            names: |names| &names.$name,
            second: updates!(@second $($second)?),
            run: |vm, ty, names| decide::<function_type!($variant)>(
                vm,
                ty,
                names,
                |slots| &slots.$slot,
                |wrapper| match wrapper {
                    Wrapper::$variant(function) $(| Wrapper::$other(function))? => Some(*function),
                    _ => None,
                },
                $method,
            ),
        },)*]
    };
    (@second) => { None };
    (@second $second:ident) => { Some(|names| &names.$second) };
}

static UPDATES: &[Update] = updates! {
    __repr__ => repr Unary, Some(generic::repr);
    __str__ => str Unary, Some(generic::str);
    __call__ => call Call, Some(generic::call);
    __setattr__ / __delattr__ => setattro SetAttr | DelAttr, Some(generic::setattro);
    __iter__ => iter Unary, Some(generic::iter);
    __next__ => iternext Next, Some(generic::next);
    __get__ => descr_get DescrGet, Some(generic::descr_get);
    __set__ / __delete__ => descr_set DescrSet | DescrDelete, Some(generic::descr_set);
    __init__ => init Init, Some(generic::init);
    __del__ => finalize Finalize, Some(generic::finalize);
    __await__ => am_await Unary, Some(generic::r#await);
    __aiter__ => am_aiter Unary, Some(generic::aiter);
    __anext__ => am_anext Unary, Some(generic::anext);
    __bool__ => nb_bool Inquiry, Some(generic::bool);
    __neg__ => nb_negative Unary, Some(generic::negative);
    __pos__ => nb_positive Unary, Some(generic::positive);
    __abs__ => nb_absolute Unary, Some(generic::absolute);
    __invert__ => nb_invert Unary, Some(generic::invert);
    __int__ => nb_int Unary, Some(generic::int);
    __float__ => nb_float Unary, Some(generic::float);
    __index__ => nb_index Unary, Some(generic::index);
    __add__ / __radd__ => nb_add Binary | BinaryReflected, Some(binary::add);
    __sub__ / __rsub__ => nb_subtract Binary | BinaryReflected, Some(binary::subtract);
    __mul__ / __rmul__ => nb_multiply Binary | BinaryReflected, Some(binary::multiply);
    __mod__ / __rmod__ => nb_remainder Binary | BinaryReflected, Some(binary::remainder);
    __divmod__ / __rdivmod__ => nb_divmod Binary | BinaryReflected, Some(binary::divmod);
    __pow__ / __rpow__ => nb_power Ternary | TernaryReflected, Some(binary::power);
    __lshift__ / __rlshift__ => nb_lshift Binary | BinaryReflected, Some(binary::lshift);
    __rshift__ / __rrshift__ => nb_rshift Binary | BinaryReflected, Some(binary::rshift);
    __and__ / __rand__ => nb_and Binary | BinaryReflected, Some(binary::and);
    __xor__ / __rxor__ => nb_xor Binary | BinaryReflected, Some(binary::xor);
    __or__ / __ror__ => nb_or Binary | BinaryReflected, Some(binary::or);
    __floordiv__ / __rfloordiv__ => nb_floor_divide Binary | BinaryReflected, Some(binary::floor_divide);
    __truediv__ / __rtruediv__ => nb_true_divide Binary | BinaryReflected, Some(binary::true_divide);
    __matmul__ / __rmatmul__ => nb_matrix_multiply Binary | BinaryReflected, Some(binary::matrix_multiply);
    __iadd__ => nb_inplace_add Binary, Some(binary::inplace_add);
    __isub__ => nb_inplace_subtract Binary, Some(binary::inplace_subtract);
    __imul__ => nb_inplace_multiply Binary, Some(binary::inplace_multiply);
    __imod__ => nb_inplace_remainder Binary, Some(binary::inplace_remainder);
    __ipow__ => nb_inplace_power Ternary, Some(binary::inplace_power);
    __ilshift__ => nb_inplace_lshift Binary, Some(binary::inplace_lshift);
    __irshift__ => nb_inplace_rshift Binary, Some(binary::inplace_rshift);
    __iand__ => nb_inplace_and Binary, Some(binary::inplace_and);
    __ixor__ => nb_inplace_xor Binary, Some(binary::inplace_xor);
    __ior__ => nb_inplace_or Binary, Some(binary::inplace_or);
    __ifloordiv__ => nb_inplace_floor_divide Binary, Some(binary::inplace_floor_divide);
    __itruediv__ => nb_inplace_true_divide Binary, Some(binary::inplace_true_divide);
    __imatmul__ => nb_inplace_matrix_multiply Binary, Some(binary::inplace_matrix_multiply);
    __len__ => length Len, Some(generic::length);
    __getitem__ => getitem Binary, Some(generic::getitem);
    __setitem__ / __delitem__ => setitem SetItem | DelItem, Some(generic::setitem);
    __contains__ => contains Contains, Some(generic::contains);
    __buffer__ => buffer Buffer, Some(buffer::buffer);
    // Methods of these names fill the number slots above.
    __add__ => sq_concat Concat, None;
    __mul__ / __rmul__ => sq_repeat Repeat, None;
    __iadd__ => sq_inplace_concat Concat, None;
    __imul__ => sq_inplace_repeat Repeat, None;
};

/// Slots that CPython decides on by more than their methods' presence.
static SPECIAL: &[(NameOf, fn(&Vm, &TypeObject))] = &[
    (|names| &names.__hash__, update_hash),
    (|names| &names.__new__, update_new),
    (|names| &names.__getattribute__, update_getattro),
    (|names| &names.__getattr__, update_getattro),
    (|names| &names.__lt__, update_richcompare),
    (|names| &names.__le__, update_richcompare),
    (|names| &names.__eq__, update_richcompare),
    (|names| &names.__ne__, update_richcompare),
    (|names| &names.__gt__, update_richcompare),
    (|names| &names.__ge__, update_richcompare),
];

fn update_hash(vm: &Vm, ty: &TypeObject) {
    let name = &vm.names().__hash__;
    if let Some((class, value)) = provider(vm, ty, name)
        && class.is_heap()
        && vm.is_none(&value)
    {
        ty.slots.hash.set(Some(crate::ops::unhashable));
        return;
    }
    let unwrap =
        |wrapper: &Wrapper| if let Wrapper::Hash(function) = wrapper { Some(*function) } else { None };
    decide(vm, ty, &[name], |slots| &slots.hash, unwrap, Some(generic::hash));
}

fn update_richcompare(vm: &Vm, ty: &TypeObject) {
    let names = vm.names();
    let all = [&names.__lt__, &names.__le__, &names.__eq__, &names.__ne__, &names.__gt__, &names.__ge__];
    let unwrap = |wrapper: &Wrapper| match wrapper {
        Wrapper::Compare(function, _) => Some(*function),
        _ => None,
    };
    decide(vm, ty, &all, |slots| &slots.richcompare, unwrap, Some(generic::richcompare));
}

fn update_new(vm: &Vm, ty: &TypeObject) {
    let native = provider(vm, ty, &vm.names().__new__).map(|(class, value)| {
        if class.is_heap() {
            // As in CPython: whichever builtin type's `__new__` it is, the base's function stays.
            super::is_new_wrapper(&value).and(ty.base()).and_then(|base| base.slots.new.get())
        } else {
            class.slots.new.get()
        }
    });
    ty.slots.new.set(match native {
        Some(Some(new)) => Some(new),
        Some(None) => Some(generic::new_by_method),
        None => None,
    });
}

fn update_getattro(vm: &Vm, ty: &TypeObject) {
    let names = vm.names();
    let unwrap = |wrapper: &Wrapper| match wrapper {
        Wrapper::GetAttribute(function) => Some(*function),
        _ => None,
    };
    let slot: fn(&Slots) -> &Cell<Option<GetAttrFn>> = |slots| &slots.getattro;
    match provider(vm, ty, &names.__getattr__) {
        Some((class, _)) if class.is_heap() => ty.slots.getattro.set(Some(generic::getattr_hook)),
        _ => decide(vm, ty, &[&names.__getattribute__], slot, unwrap, Some(generic::getattribute)),
    }
}

/// Attribute access that caches may take apart: nothing but object's own.
pub(super) fn note_plain_attributes(ty: &TypeObject) {
    let (get, set): (GetAttrFn, SetAttrFn) = (object_getattro, object_setattro);
    let plain = same(ty.slots.getattro.get(), Some(get)) && same(ty.slots.setattro.get(), Some(set));
    ty.set_flag(TypeFlags::PLAIN_ATTRIBUTES, plain);
}

fn update_one(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) -> bool {
    let names = vm.names();
    let mut known = false;
    for update in UPDATES {
        let first = (update.names)(names);
        let second = update.second.map(|second| second(names));
        if first.same_text(name) || second.is_some_and(|second| second.same_text(name)) {
            run(vm, ty, update, names);
            known = true;
        }
    }
    for (special, run) in SPECIAL {
        if special(names).same_text(name) {
            run(vm, ty);
            known = true;
        }
    }
    known
}

fn run(vm: &Vm, ty: &TypeObject, update: &Update, names: &Names) {
    let first = (update.names)(names);
    match update.second {
        Some(second) => (update.run)(vm, ty, &[first, second(names)]),
        None => (update.run)(vm, ty, &[first]),
    }
}

/// Fills or empties the slots that the method `name` of a class stands for, in it and in its subclasses.
pub(crate) fn update_slot(vm: &Vm, ty: &TypeObject, name: &Ref<Str>) {
    if !ty.is_heap() || !update_one(vm, ty, name) {
        return;
    }
    note_plain_attributes(ty);
    for subclass in ty.subclass_refs() {
        update_slot(vm, &subclass, name);
    }
}

/// Fills the slots of a new class whose other slots were inherited from its only base.
pub(crate) fn update_own_slots(vm: &Vm, ty: &TypeObject) {
    let Some(dict) = ty.dict() else { return };
    for (name, _) in dict.items() {
        if let Some(name) = name.downcast::<Str>()
            && super::is_dunder(name)
        {
            update_one(vm, ty, name);
        }
    }
    note_plain_attributes(ty);
}

/// Fills all slots of a class anew, and those of its subclasses.
pub(crate) fn update_all_slots(vm: &Vm, ty: &TypeObject) {
    let names = vm.names();
    for update in UPDATES {
        run(vm, ty, update, names);
    }
    for (index, (_, run)) in SPECIAL.iter().enumerate() {
        // The comparisons share one slot.
        if index < 5 {
            run(vm, ty);
        }
    }
    // Slots without a method are the first base's that has them.
    let send =
        ty.mro_slice().iter().skip(1).find_map(|class| class.downcast::<TypeData>()?.slots.am_send.get());
    ty.slots.am_send.set(send);
    note_plain_attributes(ty);
    for subclass in ty.subclass_refs() {
        update_all_slots(vm, &subclass);
    }
}
