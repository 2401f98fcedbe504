//! The builtin types, functions and constants: one file for each type or small group.
//!
//! A type's payload is defined with the code that needs it (`number`, `text`, `sequence` …, or here); what
//! Python sees of it, slots, methods and attributes, is here. Each file has an `init` that completes its types with a
//! [`TypeBuilder`](crate::types::TypeBuilder); `init` below calls them in the order in which they need each other.

pub(crate) mod arguments;
pub(crate) mod async_generator;
mod bool;
mod build_class;
pub(crate) mod builtins_mapping;
mod bytes;
pub(crate) mod callable_iterator;
pub(crate) mod classes;
mod code_object;
mod complex;
pub(crate) mod coroutine;
mod descriptors;
pub mod dict;
pub(crate) mod enumerate;
pub mod exceptions;
pub(crate) mod float;
pub(crate) mod frame;
mod frame_locals;
pub(crate) mod function;
pub(crate) mod function_wrappers;
pub(crate) mod generator;
pub(crate) mod generic_alias;
pub(crate) mod int;
pub mod list;
pub(crate) mod map;
pub(crate) mod mapping_proxy;
pub mod memoryview;
mod method;
pub(crate) mod module_object;
pub mod namespace;
mod object;
pub(crate) mod object_methods;
mod percent;
pub(crate) mod property;
pub(crate) mod range;
mod recursion;
pub mod sequence;
pub mod sequence_iterators;
pub mod set;
mod singletons;
pub(crate) mod slice;
pub(crate) mod str;
pub(crate) mod super_object;
pub(crate) mod template;
pub mod text_error;
mod tuple;
mod type_annotations;
mod type_bases;
mod type_object;
pub(crate) mod typing;
pub(crate) mod union_type;
pub(crate) mod weakref;
pub(crate) mod zip;

pub use crate::types::class::layout::{attribute_dict, drop_attributes};
pub(crate) use build_class::BUILD_CLASS;
pub use callable_iterator::callable_iterator;
pub(crate) use code_object::constant as code_constant;
pub use exceptions::types::*;
pub(crate) use function_wrappers::{class_method, static_method};
pub use generic_alias::class_getitem_def;
pub use mapping_proxy::make as mapping_proxy;
pub use object::iter_self;
pub(crate) use singletons::{ELLIPSIS, FALSE, NONE, NOT_IMPLEMENTED, TRUE};
pub use singletons::{ELLIPSIS_TYPE, NONE_TYPE, NOT_IMPLEMENTED_TYPE};

use crate::buffer::ByteArray;
use crate::bytes::Bytes;
use crate::code::Code;
use crate::descriptors::{
    ClassMethodDescriptor, GetSet, Member, MethodDescriptor, MethodWrapper, WrapperDescriptor,
};
use crate::dict::Dict;
use crate::function::{CellObject, Function, Method, NativeFunction};
use crate::iterators::{ListIter, Range, RangeIter, Slice, TupleIter};
use crate::module::Module;
use crate::number::{Complex, Float, Int};
use crate::object::weak::WeakRef;
use crate::object::{Obj, Payload};
use crate::sequence::{List, Tuple};
use crate::set::Set;
use crate::text::Str;
use crate::types::{TypeData, TypeObject};
use crate::vm::Vm;

/// Defines the static type object of a payload; with `on`, that of another type's payload.
#[macro_export]
macro_rules! builtin_type {
    ($(#[$doc:meta])* $static:ident, $name:literal, $payload:ty) => {
        $(#[$doc])*
        #[allow(unreachable_pub, reason = "types that nothing else names are public, too")]
        pub static $static: $crate::types::TypeObject = {
            static NATIVE: $crate::object::Native = $crate::object::Native::of::<$payload>();
            $crate::types::TypeData::builtin(&NATIVE, $name, &raw const $static)
        };
    };
    ($(#[$doc:meta])* $static:ident, $name:literal, native $native:expr) => {
        $(#[$doc])*
        #[allow(unreachable_pub, reason = "types that nothing else names are public, too")]
        pub static $static: $crate::types::TypeObject = {
            static NATIVE: $crate::object::Native = $native;
            $crate::types::TypeData::builtin(&NATIVE, $name, &raw const $static)
        };
    };
    ($(#[$doc:meta])* $static:ident, $name:literal, native $native:expr, on $solid:expr) => {
        $(#[$doc])*
        #[allow(unreachable_pub, reason = "types that nothing else names are public, too")]
        pub static $static: $crate::types::TypeObject = {
            static NATIVE: $crate::object::Native = $native;
            $crate::types::TypeData::builtin_on(&NATIVE, $name, &raw const $solid)
        };
    };
    ($(#[$doc:meta])* $static:ident, $name:literal, $payload:ty, on $solid:expr) => {
        $(#[$doc])*
        #[allow(unreachable_pub, reason = "types that nothing else names are public, too")]
        pub static $static: $crate::types::TypeObject = {
            static NATIVE: $crate::object::Native = $crate::object::Native::of::<$payload>();
            $crate::types::TypeData::builtin_on(&NATIVE, $name, &raw const $solid)
        };
    };
}
pub(crate) use builtin_type;

/// The payload of `object` and of classes without a builtin base but that: nothing.
pub struct Plain;

impl Payload for Plain {
    fn class() -> &'static TypeObject {
        &OBJECT
    }
}

builtin_type!(/** `object` */ OBJECT, "object", Plain);
builtin_type!(/** `type` */ TYPE, "type", TypeData);
builtin_type!(/** `int` */ INT, "int", Int);
builtin_type!(/** `bool` */ BOOL, "bool", Int, on INT);
builtin_type!(/** `float` */ FLOAT, "float", Float);
builtin_type!(/** `complex` */ COMPLEX, "complex", Complex);
builtin_type!(/** `str` */ STR, "str", native Str::NATIVE);
builtin_type!(/** `bytearray` */ BYTEARRAY, "bytearray", ByteArray);
builtin_type!(/** `bytes` */ BYTES, "bytes", native Bytes::NATIVE);
builtin_type!(/** `tuple` */ TUPLE, "tuple", native Tuple::NATIVE);
builtin_type!(/** `list` */ LIST, "list", List);
builtin_type!(/** `dict` */ DICT, "dict", Dict);
builtin_type!(/** `set` */ SET, "set", Set);
builtin_type!(/** `frozenset` */ FROZENSET, "frozenset", Set, on SET);
builtin_type!(/** `slice` */ SLICE, "slice", Slice);
builtin_type!(/** `range` */ RANGE, "range", Range);
builtin_type!(/** `list_iterator` */ LIST_ITERATOR, "list_iterator", ListIter);
builtin_type!(/** `tuple_iterator` */ TUPLE_ITERATOR, "tuple_iterator", TupleIter);
builtin_type!(/** `range_iterator` */ RANGE_ITERATOR, "range_iterator", RangeIter);
builtin_type!(/** `weakref.ReferenceType` */ WEAKREF, "ReferenceType", WeakRef);
builtin_type!(/** `module` */ MODULE, "module", Module);
builtin_type!(/** `code` */ CODE, "code", Code);
builtin_type!(/** `function` */ FUNCTION, "function", Function);
builtin_type!(/** `builtin_function_or_method` */ BUILTIN_FUNCTION, "builtin_function_or_method", NativeFunction);
builtin_type!(/** `method` */ METHOD, "method", Method);
builtin_type!(/** `cell` */ CELL, "cell", CellObject);
builtin_type!(/** `method_descriptor` */ METHOD_DESCRIPTOR, "method_descriptor", MethodDescriptor);
builtin_type!(/** `classmethod_descriptor` */ CLASS_METHOD_DESCRIPTOR, "classmethod_descriptor", ClassMethodDescriptor);
builtin_type!(/** `getset_descriptor` */ GETSET_DESCRIPTOR, "getset_descriptor", GetSet);
builtin_type!(/** `member_descriptor` */ MEMBER_DESCRIPTOR, "member_descriptor", Member);
builtin_type!(/** `wrapper_descriptor` */ WRAPPER_DESCRIPTOR, "wrapper_descriptor", WrapperDescriptor);
builtin_type!(/** `super` */ SUPER, "super", super_object::Super);
builtin_type!(/** `method-wrapper` */ METHOD_WRAPPER, "method-wrapper", MethodWrapper);

/// `iter(object)` for an object that only has `__getitem__`.
pub(crate) fn sequence_iterator(object: &Obj) -> Obj {
    object::sequence_iterator(object)
}

/// Completes all builtin types.
pub(crate) fn init(vm: &Vm) {
    object::init(vm);
    type_object::init(vm);
    descriptors::init(vm);
    function::init(vm);
    method::init(vm);
    module_object::init(vm);
    property::init(vm);
    function_wrappers::init(vm);
    super_object::init(vm);
    generic_alias::init(vm);
    union_type::init(vm);
    mapping_proxy::init(vm);
    singletons::init(vm);
    exceptions::init(vm);
    tuple::init(vm);
    list::init(vm);
    dict::init(vm);
    builtins_mapping::init(vm);
    set::init(vm);
    slice::init(vm);
    range::init(vm);
    sequence_iterators::init(vm);
    callable_iterator::init(vm);
    enumerate::init(vm);
    zip::init(vm);
    map::init(vm);
    int::init(vm);
    bool::init(vm);
    float::init(vm);
    complex::init(vm);
    str::init(vm);
    bytes::init(vm);
    memoryview::init(vm);
    crate::types::slotdefs::buffer::init(vm);
    template::init(vm);
    code_object::init(vm);
    generator::init(vm);
    coroutine::init(vm);
    async_generator::init(vm);
    frame::init(vm);
    frame_locals::init(vm);
    namespace::init_type(vm);
    typing::init(vm);
    weakref::init_types(vm);
    crate::modules::init(vm);
    let generic = [
        &LIST,
        &DICT,
        &SET,
        &FROZENSET,
        &TUPLE,
        &WEAKREF,
        &BASE_EXCEPTION_GROUP,
        &enumerate::ENUMERATE,
        &crate::generator::GENERATOR,
        &crate::generator::COROUTINE,
        &crate::generator::ASYNC_GENERATOR,
    ];
    generic_alias::make_generic(vm, &generic);
}
