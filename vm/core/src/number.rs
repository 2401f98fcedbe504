//! `Int`, `Float`, `Complex`: the payloads. Their methods as Python sees them are in `builtins`.

use std::borrow::Cow;

use malachite_bigint::BigInt;

use crate::object::{Obj, Payload, Ref, Value};
use crate::types::TypeObject;

/// An int that is not a small int word: one beyond 62 bits, a bool, or an instance of a subclass.
pub struct Int(Repr);

enum Repr {
    Small(i64),
    Big(BigInt),
}

/// The number of an int object.
#[derive(Clone, Copy, Debug)]
pub enum IntView<'a> {
    /// Fits 64 bits.
    Small(i64),
    /// Does not.
    Big(&'a BigInt),
}

impl IntView<'_> {
    /// The number as a big integer.
    pub fn to_big(&self) -> Cow<'_, BigInt> {
        match self {
            Self::Small(int) => Cow::Owned(BigInt::from(*int)),
            Self::Big(int) => Cow::Borrowed(int),
        }
    }

    /// Whether the number is 0.
    pub fn is_zero(&self) -> bool {
        matches!(self, Self::Small(0))
    }

    /// Whether the number is below 0.
    pub fn is_negative(&self) -> bool {
        match self {
            Self::Small(int) => *int < 0,
            Self::Big(int) => int.sign() == malachite_bigint::Sign::Minus,
        }
    }
}

impl Int {
    /// For the two bools.
    pub(crate) const fn constant(int: i64) -> Self {
        Self(Repr::Small(int))
    }

    /// An int object.
    #[inline(always)]
    #[allow(clippy::new_ret_no_self, reason = "a small int has no payload")]
    pub fn new(int: i64) -> Obj {
        if Value::fits(int) {
            Obj::from_owned(Value::int(int))
        } else {
            Ref::new(Self(Repr::Small(int))).into_obj()
        }
    }

    /// An int object.
    pub fn from_big(int: BigInt) -> Obj {
        match i64::try_from(&int) {
            Ok(small) => Self::new(small),
            Err(_) => Ref::new(Self(Repr::Big(int))).into_obj(),
        }
    }

    /// An int object.
    pub fn from_u64(int: u64) -> Obj {
        match i64::try_from(int) {
            Ok(small) => Self::new(small),
            Err(_) => Self::from_big(BigInt::from(int)),
        }
    }

    /// An int object.
    pub fn from_usize(int: usize) -> Obj {
        Self::from_u64(int as u64)
    }

    /// An instance of a subclass of int.
    pub fn new_in(ty: &TypeObject, int: IntView<'_>) -> Ref<Self> {
        let repr = match int {
            IntView::Small(int) => Repr::Small(int),
            IntView::Big(int) => Repr::Big(int.clone()),
        };
        Ref::new_in(ty, Self(repr))
    }

    /// The number.
    pub fn view(&self) -> IntView<'_> {
        match &self.0 {
            Repr::Small(int) => IntView::Small(*int),
            Repr::Big(int) => IntView::Big(int),
        }
    }
}

impl Payload for Int {
    fn class() -> &'static TypeObject {
        &crate::builtins::INT
    }
}

impl Obj {
    /// The number, if the object is an int (a bool or of a subclass, too).
    #[inline(always)]
    pub fn as_int(&self) -> Option<IntView<'_>> {
        if self.value().is_int() {
            return Some(IntView::Small(self.value().as_int()));
        }
        // The reference is a word within `self`, and the payload does not change.
        self.downcast::<Int>().map(|int| match &int.0 {
            Repr::Small(int) => IntView::Small(*int),
            Repr::Big(int) => IntView::Big(int),
        })
    }

    /// The number, if the object is an int within 64 bits.
    #[inline(always)]
    pub fn as_i64(&self) -> Option<i64> {
        match self.as_int()? {
            IntView::Small(int) => Some(int),
            IntView::Big(_) => None,
        }
    }

    /// Whether the type is exactly int.
    #[inline(always)]
    pub fn is_exact_int(&self) -> bool {
        self.value().is_int() || self.is_exact(&crate::builtins::INT)
    }

    /// The number, if the object is a float (of a subclass, too).
    #[inline(always)]
    pub fn as_f64(&self) -> Option<f64> {
        self.downcast::<Float>().map(|float| float.0)
    }
}

/// A float.
pub struct Float(pub f64);

impl Float {
    /// A float object.
    #[inline(always)]
    #[allow(clippy::new_ret_no_self, reason = "reads as the others do")]
    pub fn new(float: f64) -> Obj {
        Ref::new(Self(float)).into_obj()
    }

    /// The word of a float object, if there is memory for it at hand.
    #[inline(always)]
    pub(crate) fn try_new(float: f64) -> Option<Value> {
        crate::object::heap::allocate_free(Self(float))
    }
}

impl Payload for Float {
    fn class() -> &'static TypeObject {
        &crate::builtins::FLOAT
    }
}

/// A complex number.
pub struct Complex {
    /// The real part.
    pub real: f64,
    /// The imaginary part.
    pub imag: f64,
}

impl Complex {
    /// A complex object.
    #[allow(clippy::new_ret_no_self, reason = "reads as the others do")]
    pub fn new(real: f64, imag: f64) -> Obj {
        Ref::new(Self { real, imag }).into_obj()
    }
}

impl Payload for Complex {
    fn class() -> &'static TypeObject {
        &crate::builtins::COMPLEX
    }
}
