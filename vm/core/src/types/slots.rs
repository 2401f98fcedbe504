//! The slots of a type: native functions behind operators and protocols.
//!
//! CPython: Include/cpython/object.h, `PyTypeObject` and its method suites. One table for all: what CPython splits
//! into number, sequence and mapping methods is told apart here where it can be told apart in Python:
//! `sq_concat`, `sq_repeat` and their in-place forms are tried after the number protocol.

use std::cell::Cell;

use crate::call::Args;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::TypeObject;
use crate::vm::Vm;

/// `operation(self)`
pub type UnaryFn = fn(&Vm, &Obj) -> PyResult;
/// `operation(left, right)`; `NotImplemented` if it is not for these types. Called with the slot's type on either side.
pub type BinaryFn = fn(&Vm, &Obj, &Obj) -> PyResult;
/// `pow(base, exponent, modulus or None)`
pub type TernaryFn = fn(&Vm, &Obj, &Obj, &Obj) -> PyResult;
/// Truth, containment.
pub type InquiryFn = fn(&Vm, &Obj) -> PyResult<bool>;
/// `len(self)`
pub type LenFn = fn(&Vm, &Obj) -> PyResult<usize>;
/// `hash(self)`; never -1.
pub type HashFn = fn(&Vm, &Obj) -> PyResult<i64>;
/// A comparison; `NotImplemented` if it is not for these types.
pub type CompareFn = fn(&Vm, &Obj, &Obj, CompareOp) -> PyResult;
/// `getattr(self, name)`
pub type GetAttrFn = fn(&Vm, &Obj, &Ref<Str>) -> PyResult;
/// `setattr(self, name, value)`; `delattr` without a value.
pub type SetAttrFn = fn(&Vm, &Obj, &Ref<Str>, Option<&Obj>) -> PyResult<()>;
/// `self[key] = value`; `del self[key]` without a value.
pub type SetItemFn = fn(&Vm, &Obj, &Obj, Option<&Obj>) -> PyResult<()>;
/// `self(*args, **kwargs)`
pub type CallFn = fn(&Vm, &Obj, Args<'_>) -> PyResult;
/// `type.__new__(type, *args, **kwargs)`
pub type NewFn = fn(&Vm, &TypeObject, Args<'_>) -> PyResult;
/// `self.__init__(*args, **kwargs)`
pub type InitFn = fn(&Vm, &Obj, Args<'_>) -> PyResult<()>;
/// `descriptor.__get__(instance, owner)`
pub type DescrGetFn = fn(&Vm, &Obj, Option<&Obj>, Option<&Obj>) -> PyResult;
/// `descriptor.__set__(instance, value)`; `__delete__` without a value.
pub type DescrSetFn = fn(&Vm, &Obj, &Obj, Option<&Obj>) -> PyResult<()>;
/// The next item; `None` at the end. `StopIteration` may also be raised.
pub type IterNextFn = fn(&Vm, &Obj) -> PyResult<Option<Obj>>;
/// `send(value)` for generators and their like.
pub type SendFn = fn(&Vm, &Obj, &Obj) -> PyResult<Sent>;
/// The memory of an object; see [`crate::buffer`].
pub type BufferFn = fn(&Vm, &Obj) -> PyResult<crate::buffer::Buffer>;
/// `__del__`; what it raises is reported as unraisable.
pub type FinalizeFn = fn(&Vm, &Obj);

/// What sending into an iterator brought.
#[derive(Debug)]
pub enum Sent {
    /// It yielded.
    Yielded(Obj),
    /// It returned.
    Returned(Obj),
}

/// A rich comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CompareOp {
    /// `<`
    Lt = 0,
    /// `<=`
    Le = 1,
    /// `==`
    Eq = 2,
    /// `!=`
    Ne = 3,
    /// `>`
    Gt = 4,
    /// `>=`
    Ge = 5,
}

impl CompareOp {
    /// The operations by their numbers in `COMPARE_OP`.
    pub const ALL: [Self; 6] = [Self::Lt, Self::Le, Self::Eq, Self::Ne, Self::Gt, Self::Ge];

    /// The operation with sides swapped.
    pub const fn swapped(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            Self::Eq | Self::Ne => self,
        }
    }

    /// What the operation says of an ordering.
    pub const fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        }
    }

    /// The operator as it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)*) => {
        /// The table of slots. An empty one is inherited from the base type when the type is made ready.
        #[derive(Default)]
        pub struct Slots {
            $($(#[$doc])* pub $name: Cell<Option<$kind>>,)*
        }

        impl Slots {
            /// No slot filled.
            pub const EMPTY: Self = Self { $($name: Cell::new(None),)* };

            /// Fills the empty slots from `base`.
            pub(crate) fn inherit(&self, base: &Self) {
                $(if self.$name.get().is_none() { self.$name.set(base.$name.get()); })*
            }
        }
    };
}

/// Slots for unary operators, by name.
pub type Unaries = Cell<Option<UnaryFn>>;
/// Slots for binary operators, by name.
pub type Binaries = Cell<Option<BinaryFn>>;

slots! {
    /// `repr(self)`
    repr: UnaryFn,
    /// `str(self)`
    str: UnaryFn,
    /// `hash(self)`
    hash: HashFn,
    /// `self(...)`
    call: CallFn,
    /// `self.name`
    getattro: GetAttrFn,
    /// `self.name = value`, `del self.name`
    setattro: SetAttrFn,
    /// Comparisons.
    richcompare: CompareFn,
    /// `iter(self)`
    iter: UnaryFn,
    /// `next(self)`
    iternext: IterNextFn,
    /// `__get__`
    descr_get: DescrGetFn,
    /// `__set__`, `__delete__`
    descr_set: DescrSetFn,
    /// `__init__`
    init: InitFn,
    /// `__new__`
    new: NewFn,
    /// `__del__`
    finalize: FinalizeFn,
    /// `bool(self)`
    nb_bool: InquiryFn,
    /// `-self`
    nb_negative: UnaryFn,
    /// `+self`
    nb_positive: UnaryFn,
    /// `abs(self)`
    nb_absolute: UnaryFn,
    /// `~self`
    nb_invert: UnaryFn,
    /// `int(self)`
    nb_int: UnaryFn,
    /// `float(self)`
    nb_float: UnaryFn,
    /// `operator.index(self)`
    nb_index: UnaryFn,
    /// `+`
    nb_add: BinaryFn,
    /// `-`
    nb_subtract: BinaryFn,
    /// `*`
    nb_multiply: BinaryFn,
    /// `%`
    nb_remainder: BinaryFn,
    /// `divmod()`
    nb_divmod: BinaryFn,
    /// `**`, `pow()`
    nb_power: TernaryFn,
    /// `<<`
    nb_lshift: BinaryFn,
    /// `>>`
    nb_rshift: BinaryFn,
    /// `&`
    nb_and: BinaryFn,
    /// `^`
    nb_xor: BinaryFn,
    /// `|`
    nb_or: BinaryFn,
    /// `//`
    nb_floor_divide: BinaryFn,
    /// `/`
    nb_true_divide: BinaryFn,
    /// `@`
    nb_matrix_multiply: BinaryFn,
    /// `+=`
    nb_inplace_add: BinaryFn,
    /// `-=`
    nb_inplace_subtract: BinaryFn,
    /// `*=`
    nb_inplace_multiply: BinaryFn,
    /// `%=`
    nb_inplace_remainder: BinaryFn,
    /// `**=`
    nb_inplace_power: TernaryFn,
    /// `<<=`
    nb_inplace_lshift: BinaryFn,
    /// `>>=`
    nb_inplace_rshift: BinaryFn,
    /// `&=`
    nb_inplace_and: BinaryFn,
    /// `^=`
    nb_inplace_xor: BinaryFn,
    /// `|=`
    nb_inplace_or: BinaryFn,
    /// `//=`
    nb_inplace_floor_divide: BinaryFn,
    /// `/=`
    nb_inplace_true_divide: BinaryFn,
    /// `@=`
    nb_inplace_matrix_multiply: BinaryFn,
    /// `len(self)`
    length: LenFn,
    /// `self[key]`
    getitem: BinaryFn,
    /// `self[key] = value`, `del self[key]`
    setitem: SetItemFn,
    /// `item in self`
    contains: fn(&Vm, &Obj, &Obj) -> PyResult<bool>,
    /// `self + other` for sequences
    sq_concat: BinaryFn,
    /// `self * n` for sequences
    sq_repeat: fn(&Vm, &Obj, i64) -> PyResult,
    /// `self += other` for sequences
    sq_inplace_concat: BinaryFn,
    /// `self *= n` for sequences
    sq_inplace_repeat: fn(&Vm, &Obj, i64) -> PyResult,
    /// `self.__await__()`
    am_await: UnaryFn,
    /// `self.__aiter__()`
    am_aiter: UnaryFn,
    /// `self.__anext__()`
    am_anext: UnaryFn,
    /// `self.send(value)` without an exception for the return value
    am_send: SendFn,
    /// The memory of `self`
    buffer: BufferFn,
}
