//! Names that the interpreter itself looks up, interned once.

use crate::object::Ref;
use crate::text::Str;

macro_rules! names {
    ($($name:ident)*) => {
        /// Interned names.
        #[allow(non_snake_case, missing_docs, reason = "each is the name it holds")]
        pub struct Names {
            $(pub $name: Ref<Str>,)*
            /// `return`
            pub return_: Ref<Str>,
        }

        impl Names {
            pub(crate) fn new(mut intern: impl FnMut(&'static str) -> Ref<Str>) -> Self {
                Self { $($name: intern(stringify!($name)),)* return_: intern("return") }
            }
        }
    };
}

names! {
    __abs__ __add__ __aenter__ __aexit__ __aiter__ __all__ __and__ __anext__ __annotate__ __annotate_func__ __annotations__
    __annotations_cache__ __args__ __await__ __bases__ __bool__ __buffer__ __build_class__ __builtins__ __bytes__ __call__ __cause__
    __class__ __class_getitem__ __classcell__ __classdict__ __classdictcell__ __complex__ __contains__ __context__ __copy__
    __debug__ __del__ __delattr__ __delete__ __delitem__ __dict__ __dir__ __divmod__ __doc__ __enter__ __eq__
    __exit__ __file__ __firstlineno__ __float__ __floor__ __floordiv__ __format__ __ge__ __get__ __getattr__
    __getattribute__ __getitem__ __getnewargs__ __getnewargs_ex__ __getstate__ __gt__ __hash__ __iadd__ __iand__ __ifloordiv__
    __ilshift__ __imatmul__ __imod__ __import__ __imul__ __index__ __init__ __init_subclass__ __instancecheck__ __int__
    __invert__ __ior__ __ipow__ __irshift__ __isabstractmethod__ __isub__ __iter__ __itruediv__ __ixor__ __le__
    __len__ __length_hint__ __loader__ __lshift__ __lt__ __main__ __match_args__ __matmul__ __missing__ __mod__
    __module__ __mro_entries__ __mul__ __name__ __ne__ __neg__ __new__ __next__ __notes__ __objclass__ __or__
    __orig_bases__ __package__ __parameters__ __path__ __pos__ __pow__ __prepare__ __qualname__ __radd__ __rand__
    __rdivmod__ __reduce__ __reduce_ex__ __release_buffer__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__ __rmul__
    __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __self__ __set__
    __set_name__ __setattr__ __setitem__ __setstate__ __sizeof__ __slotnames__ __slots__ __spec__ __static_attributes__ __str__
    __sub__ __subclasscheck__ __subclasshook__ __suppress_context__ __text_signature__ __traceback__ __truediv__ __trunc__
    __type_params__ __typing_subst__ __weakref__ __wrapped__ __xor__ __ceil__ __kwdefaults__ __defaults__ __code__ __globals__ __closure__
    _abc_impl _fields _find_and_load _initializing _handle_fromlist _fix_up_module _showwarnmsg builtins sys close send throw copy
    fromlist get items keys level mro name obj path msg values write flush read readline readlines stdin stdout stderr
    encoding errors end file sep metaclass default key reverse start args value code excepthook displayhook ps1 ps2
    last_exc last_type last_value last_traceback modules meta_path path_hooks path_importer_cache argv executable
    warnoptions mode buffering newline closefd opener f_trace call line exception opcode append extend add c_call
    c_return c_exception
    call_soon get_debug cancel result done get_loop _loop _asyncio_future_blocking add_done_callback context get_event_loop
    is_running call_exception_handler message future task source_traceback discard
}
