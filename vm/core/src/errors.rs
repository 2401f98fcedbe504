//! Raised exceptions: how Rust code raises, passes on and looks at them.
//!
//! A function that can raise returns [`PyResult`]; the exception is in the `Err`, nothing is kept aside.
//! The exception types' own methods are in `builtins/exceptions`.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::builtins as types;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::TypeObject;
use crate::vm::Vm;

/// What a function returns that can raise.
pub type PyResult<T = Obj> = Result<T, Exc>;

/// A raised exception.
#[derive(Clone, Debug)]
pub struct Exc(Ref<BaseException>);

const _: () = assert!(size_of::<PyResult>() == 16);

impl Exc {
    /// Raises `exception`.
    pub fn new(exception: Ref<BaseException>) -> Self {
        Self(exception)
    }

    /// The exception object.
    pub fn exception(&self) -> &Ref<BaseException> {
        &self.0
    }

    /// The exception object.
    pub fn into_obj(self) -> Obj {
        self.0.into_obj()
    }

    /// Whether it is an instance of `ty`.
    pub fn is(&self, ty: &TypeObject) -> bool {
        self.0.as_obj().is_instance_of(ty)
    }
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The payload of all exceptions.
pub struct BaseException {
    /// `args`: a tuple.
    pub args: ObjCell,
    /// `__traceback__`
    pub traceback: ObjCell,
    /// `__context__`
    pub context: ObjCell,
    /// `__cause__`
    pub cause: ObjCell,
    /// `__suppress_context__`
    pub suppress_context: Cell<bool>,
    /// What the exception's type has beyond that (`errno`, `name`, `value` …): as many as
    /// `builtins/exceptions` says for the type.
    pub fields: Box<[ObjCell]>,
    /// What it is known by; 0: nobody asked.
    id: Cell<u64>,
}

impl BaseException {
    /// A new exception of type `ty`, with `fields` more cells.
    pub fn new_in(ty: &TypeObject, args: Ref<Tuple>, fields: usize) -> Ref<Self> {
        Ref::new_in(
            ty,
            Self {
                args: ObjCell::new(Some(args.into_obj())),
                traceback: ObjCell::empty(),
                context: ObjCell::empty(),
                cause: ObjCell::empty(),
                suppress_context: Cell::new(false),
                fields: (0..fields).map(|_| ObjCell::empty()).collect(),
                id: Cell::new(0),
            },
        )
    }

    /// What the exception is known by: never 0, and no other exception's.
    pub fn give_id(&self) -> u64 {
        if self.id.get() == 0 {
            self.id.set(NEXT_ID.fetch_add(1, Ordering::Relaxed));
        }
        self.id.get()
    }

    /// `args`
    pub fn args(&self) -> Vec<Obj> {
        self.args.get_as::<Tuple>().map(|args| args.items().to_vec()).unwrap_or_default()
    }
}

impl Payload for BaseException {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::BASE_EXCEPTION
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for cell in [&self.args, &self.traceback, &self.context, &self.cause].into_iter().chain(&*self.fields)
        {
            cell.traverse(visitor);
        }
    }

    fn clear(&self) {
        for cell in [&self.args, &self.traceback, &self.context, &self.cause].into_iter().chain(&*self.fields)
        {
            drop(cell.take());
        }
    }
}

macro_rules! raisers {
    ($($name:ident: $ty:ident,)*) => {
        impl Vm {
            $(
                #[doc = concat!("The exception `", stringify!($ty), "` with a message.")]
                #[cold]
                pub fn $name(&self, message: impl AsRef<str>) -> Exc {
                    self.error(&types::$ty, message.as_ref())
                }
            )*
        }
    };
}

raisers! {
    type_error: TYPE_ERROR,
    value_error: VALUE_ERROR,
    index_error: INDEX_ERROR,
    runtime_error: RUNTIME_ERROR,
    overflow_error: OVERFLOW_ERROR,
    zero_division_error: ZERO_DIVISION_ERROR,
    system_error: SYSTEM_ERROR,
    memory_error: MEMORY_ERROR,
    lookup_error: LOOKUP_ERROR,
    buffer_error: BUFFER_ERROR,
    recursion_error: RECURSION_ERROR,
    assertion_error: ASSERTION_ERROR,
    not_implemented_error: NOT_IMPLEMENTED_ERROR,
    unbound_local_error: UNBOUND_LOCAL_ERROR,
    eof_error: EOF_ERROR,
}

impl Vm {
    /// An exception of type `ty` with a message.
    #[cold]
    pub fn error(&self, ty: &TypeObject, message: &str) -> Exc {
        self.error_with(ty, vec![Str::new(message).into_obj()])
    }

    /// An exception of type `ty` with arguments.
    #[cold]
    pub fn error_with(&self, ty: &TypeObject, args: Vec<Obj>) -> Exc {
        let fields = crate::builtins::exceptions::field_count(ty);
        let exception = BaseException::new_in(ty, Tuple::new(args), fields);
        match crate::builtins::exceptions::fill_fields(self, &exception) {
            Ok(()) => Exc::new(exception),
            Err(error) => error,
        }
    }

    /// `KeyError(key)`
    #[cold]
    pub fn key_error(&self, key: &Obj) -> Exc {
        self.error_with(&types::KEY_ERROR, vec![key.clone()])
    }

    /// `StopIteration(value)`, without arguments for `None`.
    #[cold]
    pub fn stop_iteration(&self, value: Option<Obj>) -> Exc {
        let value = value.unwrap_or_else(|| self.none());
        let args = if self.is_none(&value) {
            self.empty_tuple()
        } else {
            Tuple::from_slice(std::slice::from_ref(&value))
        };
        let exception = BaseException::new_in(&types::STOP_ITERATION, args, 1);
        if let Some(field) = exception.fields.first() {
            field.set(value);
        }
        Exc::new(exception)
    }

    /// `NameError`, with the name.
    #[cold]
    pub fn name_error(&self, message: &str, name: &Ref<Str>) -> Exc {
        let error = self.error(&types::NAME_ERROR, message);
        crate::builtins::exceptions::set_name(error.exception(), name);
        error
    }

    /// `AttributeError`, with the object and the name.
    #[cold]
    pub fn attribute_error(&self, message: &str, object: &Obj, name: &Ref<Str>) -> Exc {
        let error = self.error(&types::ATTRIBUTE_ERROR, message);
        crate::builtins::exceptions::set_name_and_object(error.exception(), name, object);
        error
    }

    /// The `AttributeError` of an object that lacks `name`, in CPython's words.
    #[cold]
    pub fn no_attribute(&self, object: &Obj, name: &Ref<Str>) -> Exc {
        let shown = name.to_string_lossy();
        let message = if let Some(ty) = object.downcast::<crate::types::TypeData>() {
            format!("type object '{}' has no attribute '{shown}'", ty.tp_name())
        } else {
            format!("'{}' object has no attribute '{shown}'", object.ty().tp_name())
        };
        self.attribute_error(&message, object, name)
    }
}
