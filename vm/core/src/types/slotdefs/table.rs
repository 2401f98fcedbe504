//! The methods that the slots of builtin types stand for, with their docstrings; and `__new__`.

use super::super::data::{TypeData, TypeFlags, TypeObject};
use super::super::native::{NativeCall, NativeDef};
use super::super::slots::{CompareOp, Slots};
use super::{Wrapper, same};
use crate::call::Args;
use crate::descriptors::WrapperDescriptor;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::NativeFunction;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

/// One method and the slot behind it.
struct Def {
    name: &'static str,
    signature: &'static str,
    doc: &'static str,
    wrapper: fn(&Slots) -> Option<Wrapper>,
}

macro_rules! defs {
    ($($name:literal $signature:literal $doc:literal $slot:ident $wrapper:expr;)*) => {
        &[$(Def { name: $name, signature: $signature, doc: $doc, wrapper: |slots| slots.$slot.get().map($wrapper) },)*]
    };
}

/// In CPython's order, which is the order of the names in a builtin type's `__dict__`; where a name is
/// there twice, the first slot that is filled counts.
static DEFS: &[Def] = defs! {
    "__buffer__" "($self, flags, /)" "Return a buffer object that exposes the underlying memory of the object." buffer Wrapper::Buffer;
    "__repr__" "($self, /)" "Return repr(self)." repr Wrapper::Unary;
    "__hash__" "($self, /)" "Return hash(self)." hash Wrapper::Hash;
    "__call__" "($self, /, *args, **kwargs)" "Call self as a function." call Wrapper::Call;
    "__str__" "($self, /)" "Return str(self)." str Wrapper::Unary;
    "__getattribute__" "($self, name, /)" "Return getattr(self, name)." getattro Wrapper::GetAttribute;
    "__setattr__" "($self, name, value, /)" "Implement setattr(self, name, value)." setattro Wrapper::SetAttr;
    "__delattr__" "($self, name, /)" "Implement delattr(self, name)." setattro Wrapper::DelAttr;
    "__lt__" "($self, value, /)" "Return self<value." richcompare |f| Wrapper::Compare(f, CompareOp::Lt);
    "__le__" "($self, value, /)" "Return self<=value." richcompare |f| Wrapper::Compare(f, CompareOp::Le);
    "__eq__" "($self, value, /)" "Return self==value." richcompare |f| Wrapper::Compare(f, CompareOp::Eq);
    "__ne__" "($self, value, /)" "Return self!=value." richcompare |f| Wrapper::Compare(f, CompareOp::Ne);
    "__gt__" "($self, value, /)" "Return self>value." richcompare |f| Wrapper::Compare(f, CompareOp::Gt);
    "__ge__" "($self, value, /)" "Return self>=value." richcompare |f| Wrapper::Compare(f, CompareOp::Ge);
    "__iter__" "($self, /)" "Implement iter(self)." iter Wrapper::Unary;
    "__next__" "($self, /)" "Implement next(self)." iternext Wrapper::Next;
    "__get__" "($self, instance, owner=None, /)" "Return an attribute of instance, which is of type owner." descr_get Wrapper::DescrGet;
    "__set__" "($self, instance, value, /)" "Set an attribute of instance to value." descr_set Wrapper::DescrSet;
    "__delete__" "($self, instance, /)" "Delete an attribute of instance." descr_set Wrapper::DescrDelete;
    "__init__" "($self, /, *args, **kwargs)" "Initialize self.  See help(type(self)) for accurate signature." init Wrapper::Init;
    "__del__" "($self, /)" "Called when the instance is about to be destroyed." finalize Wrapper::Finalize;
    "__await__" "($self, /)" "Return an iterator to be used in await expression." am_await Wrapper::Unary;
    "__aiter__" "($self, /)" "Return an awaitable, that resolves in asynchronous iterator." am_aiter Wrapper::Unary;
    "__anext__" "($self, /)" "Return a value or raise StopAsyncIteration." am_anext Wrapper::Unary;
    "__add__" "($self, value, /)" "Return self+value." nb_add Wrapper::Binary;
    "__radd__" "($self, value, /)" "Return value+self." nb_add Wrapper::BinaryReflected;
    "__sub__" "($self, value, /)" "Return self-value." nb_subtract Wrapper::Binary;
    "__rsub__" "($self, value, /)" "Return value-self." nb_subtract Wrapper::BinaryReflected;
    "__mul__" "($self, value, /)" "Return self*value." nb_multiply Wrapper::Binary;
    "__rmul__" "($self, value, /)" "Return value*self." nb_multiply Wrapper::BinaryReflected;
    "__mod__" "($self, value, /)" "Return self%value." nb_remainder Wrapper::Binary;
    "__rmod__" "($self, value, /)" "Return value%self." nb_remainder Wrapper::BinaryReflected;
    "__divmod__" "($self, value, /)" "Return divmod(self, value)." nb_divmod Wrapper::Binary;
    "__rdivmod__" "($self, value, /)" "Return divmod(value, self)." nb_divmod Wrapper::BinaryReflected;
    "__pow__" "($self, value, mod=None, /)" "Return pow(self, value, mod)." nb_power Wrapper::Ternary;
    "__rpow__" "($self, value, mod=None, /)" "Return pow(value, self, mod)." nb_power Wrapper::TernaryReflected;
    "__neg__" "($self, /)" "-self" nb_negative Wrapper::Unary;
    "__pos__" "($self, /)" "+self" nb_positive Wrapper::Unary;
    "__abs__" "($self, /)" "abs(self)" nb_absolute Wrapper::Unary;
    "__bool__" "($self, /)" "True if self else False" nb_bool Wrapper::Inquiry;
    "__invert__" "($self, /)" "~self" nb_invert Wrapper::Unary;
    "__lshift__" "($self, value, /)" "Return self<<value." nb_lshift Wrapper::Binary;
    "__rlshift__" "($self, value, /)" "Return value<<self." nb_lshift Wrapper::BinaryReflected;
    "__rshift__" "($self, value, /)" "Return self>>value." nb_rshift Wrapper::Binary;
    "__rrshift__" "($self, value, /)" "Return value>>self." nb_rshift Wrapper::BinaryReflected;
    "__and__" "($self, value, /)" "Return self&value." nb_and Wrapper::Binary;
    "__rand__" "($self, value, /)" "Return value&self." nb_and Wrapper::BinaryReflected;
    "__xor__" "($self, value, /)" "Return self^value." nb_xor Wrapper::Binary;
    "__rxor__" "($self, value, /)" "Return value^self." nb_xor Wrapper::BinaryReflected;
    "__or__" "($self, value, /)" "Return self|value." nb_or Wrapper::Binary;
    "__ror__" "($self, value, /)" "Return value|self." nb_or Wrapper::BinaryReflected;
    "__int__" "($self, /)" "int(self)" nb_int Wrapper::Unary;
    "__float__" "($self, /)" "float(self)" nb_float Wrapper::Unary;
    "__iadd__" "($self, value, /)" "Return self+=value." nb_inplace_add Wrapper::Binary;
    "__isub__" "($self, value, /)" "Return self-=value." nb_inplace_subtract Wrapper::Binary;
    "__imul__" "($self, value, /)" "Return self*=value." nb_inplace_multiply Wrapper::Binary;
    "__imod__" "($self, value, /)" "Return self%=value." nb_inplace_remainder Wrapper::Binary;
    "__ipow__" "($self, value, /)" "Return self**=value." nb_inplace_power Wrapper::Ternary;
    "__ilshift__" "($self, value, /)" "Return self<<=value." nb_inplace_lshift Wrapper::Binary;
    "__irshift__" "($self, value, /)" "Return self>>=value." nb_inplace_rshift Wrapper::Binary;
    "__iand__" "($self, value, /)" "Return self&=value." nb_inplace_and Wrapper::Binary;
    "__ixor__" "($self, value, /)" "Return self^=value." nb_inplace_xor Wrapper::Binary;
    "__ior__" "($self, value, /)" "Return self|=value." nb_inplace_or Wrapper::Binary;
    "__floordiv__" "($self, value, /)" "Return self//value." nb_floor_divide Wrapper::Binary;
    "__rfloordiv__" "($self, value, /)" "Return value//self." nb_floor_divide Wrapper::BinaryReflected;
    "__truediv__" "($self, value, /)" "Return self/value." nb_true_divide Wrapper::Binary;
    "__rtruediv__" "($self, value, /)" "Return value/self." nb_true_divide Wrapper::BinaryReflected;
    "__ifloordiv__" "($self, value, /)" "Return self//=value." nb_inplace_floor_divide Wrapper::Binary;
    "__itruediv__" "($self, value, /)" "Return self/=value." nb_inplace_true_divide Wrapper::Binary;
    "__index__" "($self, /)" "Return self converted to an integer, if self is suitable for use as an index into a list." nb_index Wrapper::Unary;
    "__matmul__" "($self, value, /)" "Return self@value." nb_matrix_multiply Wrapper::Binary;
    "__rmatmul__" "($self, value, /)" "Return value@self." nb_matrix_multiply Wrapper::BinaryReflected;
    "__imatmul__" "($self, value, /)" "Return self@=value." nb_inplace_matrix_multiply Wrapper::Binary;
    "__len__" "($self, /)" "Return len(self)." length Wrapper::Len;
    "__getitem__" "($self, key, /)" "Return self[key]." getitem Wrapper::Binary;
    "__setitem__" "($self, key, value, /)" "Set self[key] to value." setitem Wrapper::SetItem;
    "__delitem__" "($self, key, /)" "Delete self[key]." setitem Wrapper::DelItem;
    "__add__" "($self, value, /)" "Return self+value." sq_concat Wrapper::Concat;
    "__mul__" "($self, value, /)" "Return self*value." sq_repeat Wrapper::Repeat;
    "__rmul__" "($self, value, /)" "Return value*self." sq_repeat Wrapper::Repeat;
    "__contains__" "($self, key, /)" "Return bool(key in self)." contains Wrapper::Contains;
    "__iadd__" "($self, value, /)" "Implement self+=value." sq_inplace_concat Wrapper::Concat;
    "__imul__" "($self, value, /)" "Implement self*=value." sq_inplace_repeat Wrapper::Repeat;
};

/// A builtin type's dictionary: the methods that its own slots stand for, then what `given` has besides. In
/// CPython's order, as far as names in `given` are.
pub(crate) fn with_wrappers(vm: &Vm, ty: &'static TypeObject, given: &Ref<Dict>) -> Ref<Dict> {
    let dict = Dict::new();
    // Exact strs compare without Python code: neither look-up nor setting can raise.
    let has = |dict: &Ref<Dict>, name: &Ref<Str>| !matches!(dict.get_str(vm, name), Ok(None));
    let new = &vm.names().__new__;
    if ty.slots.new.get().is_some() && !ty.has(TypeFlags::DISALLOW_INSTANTIATION) && !has(given, new) {
        let _ = dict.set_str(vm, new, NativeFunction::new(&NEW, Some(ty.to_obj()), None).into_obj());
    }
    for def in DEFS {
        let Some(wrapper) = (def.wrapper)(&ty.slots) else { continue };
        if matches!(wrapper, Wrapper::Hash(hash) if hash as usize == crate::ops::unhashable as *const () as usize)
        {
            continue;
        }
        let name = vm.intern(def.name);
        if has(&dict, &name) {
            continue;
        }
        // A method of that name takes the wrapper's place.
        let value =
            given.get_str(vm, &name).ok().flatten().unwrap_or_else(|| {
                Ref::new(WrapperDescriptor { name: def.name, owner: ty, wrapper }).into_obj()
            });
        let _ = dict.set_str(vm, &name, value);
    }
    for (name, value) in given.items() {
        let _ = dict.set(vm, &name, value);
    }
    dict
}

/// Text signature and docstring of a slot wrapper.
pub(crate) fn doc_of(descriptor: &WrapperDescriptor) -> (&'static str, &'static str) {
    let mut found = DEFS.iter().filter(|def| def.name == descriptor.name);
    let of_sequence = matches!(descriptor.wrapper, Wrapper::Concat(_) | Wrapper::Repeat(_));
    // Where a number's and a sequence's slot share the name, the sequence's comes last.
    let def = if of_sequence { found.next_back() } else { found.next() };
    def.map_or(("", ""), |def| (def.signature, def.doc))
}

static NEW: NativeDef = NativeDef::new(
    "__new__",
    "($type, *args, **kwargs)",
    "Create and return a new object.  See help(type) for accurate signature.",
    NativeCall::Full(call_new),
);

/// The builtin type whose `__new__` the function is.
pub(crate) fn is_new_wrapper(function: &Obj) -> Option<Ref<TypeData>> {
    let function = function.downcast::<NativeFunction>()?;
    if !std::ptr::eq(function.def, &raw const NEW) {
        return None;
    }
    function.receiver.as_ref()?.downcast::<TypeData>().cloned()
}

/// `T.__new__(S, ...)` for a builtin type T: S must derive from T, and its instances must be made as T's are.
fn call_new(vm: &Vm, receiver: &Obj, args: Args<'_>) -> PyResult {
    let Some(ty) = receiver.downcast::<TypeData>() else {
        return Err(vm.system_error("__new__() called with non-type 'self'"));
    };
    let type_name = || ty.tp_name();
    let [first, ..] = args.positional() else {
        return Err(vm.type_error(format!("{}.__new__(): not enough arguments", type_name())));
    };
    let Some(subtype) = first.downcast::<TypeData>() else {
        return Err(vm.type_error(format!(
            "{}.__new__(X): X is not a type object ({})",
            type_name(),
            first.ty().tp_name()
        )));
    };
    if !subtype.is_subtype_of(ty) {
        let (name, sub) = (type_name(), subtype.tp_name());
        return Err(vm.type_error(format!("{name}.__new__({sub}): {sub} is not a subtype of {name}")));
    }
    // The most derived builtin type decides how instances are made.
    let mut native = subtype.clone();
    while native.is_heap() {
        let Some(base) = native.base() else { break };
        native = base;
    }
    let own = ty.slots.new.get();
    if native.slots.new.get().is_none() {
        return Err(vm.type_error(format!("cannot create '{}' instances", subtype.tp_name())));
    }
    if !same(native.slots.new.get(), own) {
        return Err(vm.type_error(format!(
            "{name}.__new__({}) is not safe, use {}.__new__()",
            subtype.tp_name(),
            native.tp_name(),
            name = type_name()
        )));
    }
    match own {
        Some(new) => new(vm, subtype, args.rest()),
        None => Err(vm.type_error(format!("cannot create '{}' instances", subtype.tp_name()))),
    }
}
