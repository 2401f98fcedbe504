//! Calls and returns.

use smallvec::SmallVec;

use super::{object, objects, release_range};
use crate::builtins as types;
use crate::builtins::async_generator::Request;
use crate::call::Args;
use crate::descriptors::MethodDescriptor;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::eval::call::{
    Words, clear_slots, code_of, frame_at_hand, leave_frame, make_frame, push_frame, push_frame_at_hand,
};
use crate::eval::{
    Exit, Fp, Ip, Sp, fail, instrument, next, next_or_raise, next_releasing, op, raise_pending, specialize,
};
use crate::frame::{Frame, FrameFlags, Owner};
use crate::function::{Function, Method, NativeFunction};
use crate::generator::Generator;
use crate::object::dealloc::dealloc;
use crate::object::obj::{keep, own, release};
use crate::object::{Obj, Object, Value};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{TypeData, lookup};
use crate::vm::Vm;

/// What a callable is called in messages. CPython: `_PyObject_FunctionStr`.
pub(super) fn describe(vm: &Vm, callable: &Obj) -> String {
    let names = vm.names();
    let qualname = vm.find_attr(callable, &names.__qualname__).ok().flatten();
    let Some(qualname) =
        qualname.and_then(|name| name.downcast::<Str>().map(|name| name.to_string_lossy().into_owned()))
    else {
        return vm.str_text(callable).unwrap_or_else(|_| "function".to_owned());
    };
    let module = vm.find_attr(callable, &names.__module__).ok().flatten();
    match module
        .and_then(|module| module.downcast::<Str>().map(|module| module.to_string_lossy().into_owned()))
    {
        Some(module) if module != "builtins" => format!("{module}.{qualname}()"),
        _ => format!("{qualname}()"),
    }
}

/// Makes `frame` the running one.
#[inline(always)]
pub(in crate::eval) unsafe fn enter(vm: &Vm, frame: Fp) -> (Ip, Sp) {
    vm.frame.set(frame);
    vm.recursion_left.set(vm.recursion_left.get() - 1);
    ((*frame).ip.add(1), (*frame).sp)
}

op! {
    /// CALL (callable self_or_NULL args … -- result)
    fn call(ip, sp, fp, vm, oparg) {
        if specialize::due(ip.add(1)) && specialize::call(ip, sp, fp, vm, oparg) {
            return specialize::redo(ip, sp, fp, vm, oparg);
        }
        call_generic(ip, sp, fp, vm, oparg)
    }
}

op! {
    /// CALL on any callable.
    fn call_generic(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        let place = sp.sub(oparg as usize + 2);
        if is_function(place) {
            let frame = enter_function(vm, fp, place, oparg as usize);
            if frame.is_null() {
                return raise_pending(ip, sp, fp, vm);
            }
            next!((*frame).ip.add(1), (*frame).sp, frame, vm);
        }
        next_or_raise!(ip, ip.add(4), sp, call_native_at(vm, place, oparg as usize), fp, vm)
    }
}

/// Whether a Python function is called; a bound method is taken apart first.
#[inline(always)]
pub(in crate::eval) unsafe fn is_function(place: Sp) -> bool {
    let callable = *place;
    if !callable.is_int() && std::ptr::eq((*callable.header()).ty(), &raw const types::FUNCTION) {
        return true;
    }
    is_method_of_function(place)
}

#[inline(never)]
unsafe fn is_method_of_function(place: Sp) -> bool {
    if (*place.add(1)).is_null()
        && let Some(method) = object(place).downcast_exact::<Method>()
    {
        unbind(place, method);
    }
    object(place).downcast_exact::<Function>().is_some()
}

/// Calls what is no Python function; its words are replaced by the result.
#[inline(never)]
pub(in crate::eval) unsafe fn call_native_at(vm: &Vm, place: Sp, count: usize) -> Sp {
    match call_native(vm, place, count) {
        Ok(result) => {
            let with_self = usize::from(!(*place.add(1)).is_null());
            release_range(place.add(2 - with_self), count + with_self);
            release(*place);
            *place = result.into_value();
            place.add(1)
        }
        Err(error) => fail(vm, error),
    }
}

/// Puts a bound method's function and self in its place.
unsafe fn unbind(place: Sp, method: &Method) {
    let (function, receiver) = (method.function.clone(), method.receiver.clone());
    let bound = *place;
    *place = function.into_value();
    *place.add(1) = receiver.into_value();
    release(bound);
}

/// Calls what is no Python function; the arguments stay on the stack.
#[inline(never)]
unsafe fn call_native(vm: &Vm, place: Sp, count: usize) -> PyResult {
    vm.check_native_stack()?;
    let callable = object(place);
    let with_self = usize::from(!(*place.add(1)).is_null());
    let args = objects(place.add(2 - with_self), count + with_self);
    if let Some(function) = callable.downcast_exact::<NativeFunction>() {
        return match &function.receiver {
            Some(receiver) => function.def.invoke(vm, receiver, Args::positional_only(args)),
            None => function.def.invoke(vm, callable, Args::positional_only(args)),
        };
    }
    if let Some(method) = callable.downcast_exact::<crate::descriptors::MethodDescriptor>()
        && let Some((receiver, rest)) = args.split_first()
        && receiver.is_instance_of(method.owner)
    {
        return method.def.invoke(vm, receiver, Args::positional_only(rest));
    }
    vm.call_with(callable, Args::positional_only(args))
}

/// Makes the frame for a Python function whose words are on the stack, and makes it the running one. Null if it
/// failed.
#[inline(never)]
unsafe fn enter_function(vm: &Vm, fp: Fp, place: Sp, count: usize) -> Fp {
    let with_self = usize::from(!(*place.add(1)).is_null());
    let function = own_word(place);
    let words = Words { first: place.add(2 - with_self), positional: count + with_self, owned: true };
    match make_frame(vm, fp, function, &words, &[]) {
        Ok(frame) => {
            (*fp).sp = place;
            (*fp).return_offset = 4;
            enter(vm, frame);
            frame
        }
        Err(error) => fail(vm, error).cast(),
    }
}

/// The word at `place`, made an owned one.
unsafe fn own_word(place: Sp) -> Value {
    let value = *place;
    if !value.is_counted() {
        *place = own(value);
    }
    *place
}

op! {
    /// CALL_PY_EXACT_ARGS: a Python function, no defaults or keywords needed. Cache: the function's version.
    fn call_py_exact_args(ip, sp, fp, vm, oparg) {
        let count = oparg as usize;
        let place = sp.sub(count + 2);
        let callable = *place;
        if callable.is_int() || !std::ptr::eq((*callable.header()).ty(), &raw const types::FUNCTION) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let function = &*callable.header().cast::<Object<Function>>();
        if function.version() != specialize::read_u32(ip, 2) || vm.recursion_left.get() <= 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let code = code_of(function);
        let with_self = usize::from(!(*place.add(1)).is_null());
        let given = count + with_self;
        if !code.plain || given != code.argcount as usize {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        if !frame_at_hand(vm, code) {
            return call_py_general(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        (*fp).sp = place;
        (*fp).return_offset = 4;
        let frame = push_frame_at_hand(vm, fp, keep(callable), code);
        let (args, locals) = (place.add(2 - with_self), Frame::locals(frame));
        let mut i = 0;
        while i < given {
            locals.add(i).write_volatile(*args.add(i));
            i += 1;
        }
        clear_slots(frame, code, given);
        let (ip, sp) = enter(vm, frame);
        next!(ip, sp, frame, vm)
    }
}

op! {
    /// CALL_PY_GENERAL: a Python function, whatever its parameters.
    fn call_py_general(ip, sp, fp, vm, oparg) {
        let place = sp.sub(oparg as usize + 2);
        let callable = *place;
        if callable.is_int() || !std::ptr::eq((*callable.header()).ty(), &raw const types::FUNCTION) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        let frame = enter_function(vm, fp, place, oparg as usize);
        if frame.is_null() {
            return raise_pending(ip, sp, fp, vm);
        }
        next!((*frame).ip.add(1), (*frame).sp, frame, vm)
    }
}

op! {
    /// CALL_ALLOC_AND_ENTER_INIT: a class of Python code whose `__new__` is `object`'s and whose `__init__` is a
    /// Python function. Cache: the class's version.
    fn call_alloc_and_enter_init(ip, sp, fp, vm, oparg) {
        let count = oparg as usize;
        let place = sp.sub(count + 2);
        let callable = *place;
        if callable.is_int() || !(*place.add(1)).is_null() || !std::ptr::eq((*callable.header()).ty(), &raw const types::TYPE) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let class = &*callable.header().cast::<Object<TypeData>>();
        if class.version() != specialize::read_u32(ip, 2) || vm.recursion_left.get() <= 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        // The version says that this is a function.
        let init = lookup::lookup_borrowed(vm, class, &vm.names().__init__);
        let code = code_of(&*init.header().cast::<Object<Function>>());
        if !code.plain || code.argcount as usize != count + 1 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        (*fp).return_offset = 4;
        let instance = types::object_methods::allocate(class);
        let frame = push_frame(vm, fp, own(init), code);
        (*frame).flags = FrameFlags::INIT;
        let locals = Frame::locals(frame);
        locals.write_volatile(own(instance));
        let mut i = 0;
        while i < count {
            locals.add(i + 1).write_volatile(*place.add(2 + i));
            i += 1;
        }
        clear_slots(frame, code, count + 1);
        *place = instance;
        (*fp).sp = place.add(1);
        let (ip, sp) = enter(vm, frame);
        release(callable);
        next!(ip, sp, frame, vm)
    }
}

op! {
    /// CALL_BUILTIN_FAST, CALL_BUILTIN_O, …: a native function of a module, or one bound to its object.
    fn call_native_function(ip, sp, fp, vm, oparg) {
        let place = sp.sub(oparg as usize + 2);
        let callable = *place;
        if callable.is_int() || !std::ptr::eq((*callable.header()).ty(), &raw const types::BUILTIN_FUNCTION) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(4), sp, call_native_function_at(vm, place, oparg as usize), fp, vm)
    }
}

#[inline(never)]
unsafe fn call_native_function_at(vm: &Vm, place: Sp, count: usize) -> Sp {
    let callable = object(place);
    let function = &*(*place).header().cast::<Object<NativeFunction>>();
    let with_self = usize::from(!(*place.add(1)).is_null());
    let first = place.add(2 - with_self);
    let args = objects(first, count + with_self);
    let receiver = function.receiver.as_ref().unwrap_or(callable);
    finish_native(
        vm,
        function.def.invoke(vm, receiver, Args::positional_only(args)),
        place,
        first,
        args.len(),
    )
}

/// Puts a native call's result in the place of its words.
#[inline(always)]
unsafe fn finish_native(vm: &Vm, result: PyResult, place: Sp, first: Sp, count: usize) -> Sp {
    match result {
        Ok(result) => {
            let callable = *place;
            *place = result.into_value();
            release_range(first, count);
            release(callable);
            place.add(1)
        }
        Err(error) => fail(vm, error),
    }
}

op! {
    /// CALL_METHOD_DESCRIPTOR_FAST, …: a native type's method, on an instance.
    fn call_method_descriptor(ip, sp, fp, vm, oparg) {
        let place = sp.sub(oparg as usize + 2);
        let callable = *place;
        if callable.is_int() || (*place.add(1)).is_null() || !std::ptr::eq((*callable.header()).ty(), &raw const types::METHOD_DESCRIPTOR) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(4), sp, call_method_descriptor_at(vm, place, oparg as usize), fp, vm)
    }
}

#[inline(never)]
unsafe fn call_method_descriptor_at(vm: &Vm, place: Sp, count: usize) -> Sp {
    let method = &*(*place).header().cast::<Object<MethodDescriptor>>();
    let receiver = object(place.add(1));
    let first = place.add(1);
    let result = if receiver.is_instance_of(method.owner) {
        method.def.invoke(vm, receiver, Args::positional_only(objects(place.add(2), count)))
    } else {
        vm.call_with(object(place), Args::positional_only(objects(first, count + 1)))
    };
    finish_native(vm, result, place, first, count + 1)
}

op! {
    /// CALL_LIST_APPEND: the result is dropped by the POP_TOP behind.
    fn call_list_append(ip, sp, fp, vm, oparg) {
        let place = sp.sub(3);
        let (callable, list) = (*place, *place.add(1));
        if callable.0 & !3 != specialize::append_method(vm)
            || list.is_null()
            || list.is_int()
            || !std::ptr::eq((*list.header()).ty(), &raw const types::LIST)
        {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        if !(&*list.header().cast::<Object<List>>()).items.push_within(*sp.sub(1)) {
            return call_method_descriptor(ip, sp, fp, vm, oparg);
        }
        *place = types::NONE.value();
        next_releasing!(ip.add(4), place.add(1), fp, vm, list, callable)
    }
}

op! {
    /// CALL_LEN
    fn call_len(ip, sp, fp, vm, oparg) {
        let place = sp.sub(3);
        let argument = *sp.sub(1);
        let callable = *place;
        if !(*place.add(1)).is_null() || argument.is_int() || callable.0 & !3 != specialize::len_function(vm) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        let ty = (*argument.header()).ty();
        let length = if std::ptr::eq(ty, &raw const types::LIST) {
            (&*argument.header().cast::<Object<List>>()).items.len()
        } else if std::ptr::eq(ty, &raw const types::TUPLE) {
            (&*argument.header().cast::<Object<Tuple>>()).items().len()
        } else if std::ptr::eq(ty, &raw const types::STR) {
            (&*argument.header().cast::<Object<Str>>()).char_len()
        } else {
            return call_native_function(ip, sp, fp, vm, oparg);
        };
        *place = Value::int(length as i64);
        next_releasing!(ip.add(4), place.add(1), fp, vm, argument, callable)
    }
}

op! {
    /// CALL_BUILTIN_CLASS: makes an instance of a builtin type.
    fn call_builtin_class(ip, sp, fp, vm, oparg) {
        let place = sp.sub(oparg as usize + 2);
        let callable = *place;
        if callable.is_int()
            || !(*place.add(1)).is_null()
            || !std::ptr::eq((*callable.header()).ty(), &raw const types::TYPE)
        {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(4), sp, call_class_at(vm, place, oparg as usize), fp, vm)
    }
}

#[inline(never)]
unsafe fn call_class_at(vm: &Vm, place: Sp, count: usize) -> Sp {
    let first = place.add(2);
    let result = match vm.check_native_stack() {
        Ok(()) => {
            crate::types::class::type_call(vm, object(place), Args::positional_only(objects(first, count)))
        }
        Err(error) => Err(error),
    };
    finish_native(vm, result, place, first, count)
}

op! {
    /// CALL_ISINSTANCE: `isinstance(x, class)`, where that needs no asking.
    fn call_isinstance(ip, sp, fp, vm, oparg) {
        let place = sp.sub(4);
        let (callable, argument, class) = (*place, *sp.sub(2), *sp.sub(1));
        if !(*place.add(1)).is_null() || callable.0 & !3 != specialize::isinstance_function(vm) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        if class.is_int()
            || !std::ptr::eq((*class.header()).ty(), &raw const types::TYPE)
            || !object(sp.sub(2)).is_instance_of(&*class.header().cast::<Object<TypeData>>())
        {
            return call_native_function(ip, sp, fp, vm, oparg);
        }
        *place = types::TRUE.value();
        if callable.is_counted() {
            // Not the last reference: the interpreter has one.
            (*callable.header()).decref();
        }
        next_releasing!(ip.add(4), place.add(1), fp, vm, class, argument)
    }
}

op! {
    /// CALL_TYPE_1: `type(x)`.
    fn call_type_1(ip, sp, fp, vm, oparg) {
        let place = sp.sub(3);
        let (callable, argument) = (*place, *sp.sub(1));
        if !(*place.add(1)).is_null() || !callable.is(types::TYPE.value()) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        *place = object(sp.sub(1)).ty().to_obj().into_value();
        next_releasing!(ip.add(4), place.add(1), fp, vm, argument)
    }
}

op! {
    /// CALL_STR_1: `str(x)`.
    fn call_str_1(ip, sp, fp, vm, oparg) {
        let place = sp.sub(3);
        if !(*place.add(1)).is_null() || !(*place).is(types::STR.value()) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(4), sp, call_native_at(vm, place, 1), fp, vm)
    }
}

op! {
    /// CALL_TUPLE_1: `tuple(x)`.
    fn call_tuple_1(ip, sp, fp, vm, oparg) {
        let place = sp.sub(3);
        if !(*place.add(1)).is_null() || !(*place).is(types::TUPLE.value()) {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(4), sp, call_native_at(vm, place, 1), fp, vm)
    }
}

op! {
    /// CALL_KW (callable self_or_NULL args … names -- result)
    fn call_kw(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        let place = sp.sub(oparg as usize + 3);
        if is_function(place) {
            let frame = enter_function_kw(vm, fp, sp, place, oparg as usize);
            if frame.is_null() {
                return raise_pending(ip, sp, fp, vm);
            }
            next!((*frame).ip.add(1), (*frame).sp, frame, vm);
        }
        next_or_raise!(ip, ip.add(4), sp, call_native_kw(vm, sp, place, oparg as usize), fp, vm)
    }
}

/// The names of CALL_KW, if they are what they should be.
unsafe fn keyword_names<'a>(vm: &Vm, sp: Sp, count: usize) -> PyResult<&'a Tuple> {
    match object(sp.sub(1)).downcast::<Tuple>() {
        Some(names) if names.len() <= count => Ok(names),
        _ => Err(vm.system_error("CALL_KW needs a tuple of at most as many names as there are arguments")),
    }
}

#[inline(never)]
unsafe fn enter_function_kw(vm: &Vm, fp: Fp, sp: Sp, place: Sp, count: usize) -> Fp {
    let names = match keyword_names(vm, sp, count) {
        Ok(names) => names,
        Err(error) => return fail(vm, error).cast(),
    };
    let with_self = usize::from(!(*place.add(1)).is_null());
    let function = own_word(place);
    let words =
        Words { first: place.add(2 - with_self), positional: count + with_self - names.len(), owned: true };
    match make_frame(vm, fp, function, &words, names.items()) {
        Ok(frame) => {
            release(*sp.sub(1));
            (*fp).sp = place;
            (*fp).return_offset = 4;
            enter(vm, frame);
            frame
        }
        Err(error) => fail(vm, error).cast(),
    }
}

#[inline(never)]
pub(in crate::eval) unsafe fn call_native_kw(vm: &Vm, sp: Sp, place: Sp, count: usize) -> Sp {
    let with_self = usize::from(!(*place.add(1)).is_null());
    let args = objects(place.add(2 - with_self), count + with_self);
    let result = keyword_names(vm, sp, count)
        .and_then(|names| vm.call_with(object(place), Args::new(args, names.items())));
    match result {
        Ok(result) => {
            release_range(place.add(2 - with_self), count + with_self + 1);
            release(*place);
            *place = result.into_value();
            place.add(1)
        }
        Err(error) => fail(vm, error),
    }
}

op! {
    /// CALL_FUNCTION_EX (callable NULL args kwargs_or_NULL -- result)
    fn call_function_ex(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        if is_plain_callable(sp.sub(4)) {
            let frame = enter_function_ex(vm, fp, sp);
            if frame.is_null() {
                return raise_pending(ip, sp, fp, vm);
            }
            next!((*frame).ip.add(1), (*frame).sp, frame, vm);
        }
        next_or_raise!(ip, ip.add(1), sp, call_unpacked_at(vm, sp), fp, vm)
    }
}

/// Whether a Python function is called, or a bound method of one.
#[inline(always)]
unsafe fn is_plain_callable(place: Sp) -> bool {
    let callable = *place;
    if callable.is_int() {
        return false;
    }
    let ty = (*callable.header()).ty();
    std::ptr::eq(ty, &raw const types::FUNCTION)
        || std::ptr::eq(ty, &raw const types::METHOD)
            && (&*callable.header().cast::<Object<Method>>()).function.is_exact(&types::FUNCTION)
}

/// Makes the frame for a Python function that is called with unpacked arguments, and makes it the running one. Null if
/// it failed.
#[inline(never)]
unsafe fn enter_function_ex(vm: &Vm, fp: Fp, sp: Sp) -> Fp {
    let place = sp.sub(4);
    let callable = object(place);
    let mut all: SmallVec<[Obj; 8]> = SmallVec::new();
    let function = match callable.downcast_exact::<Method>() {
        Some(method) => {
            all.push(method.receiver.clone());
            method.function.value()
        }
        None => callable.value(),
    };
    let frame = unpack_arguments(vm, sp, all).and_then(|(all, names)| {
        let words =
            Words { first: all.as_ptr().cast::<Value>(), positional: all.len() - names.len(), owned: false };
        make_frame(vm, fp, function, &words, &names)
    });
    match frame {
        Ok(frame) => {
            (*fp).sp = place;
            (*fp).return_offset = 1;
            release(*sp.sub(1));
            release(*sp.sub(2));
            release(*place);
            enter(vm, frame);
            frame
        }
        Err(error) => fail(vm, error).cast(),
    }
}

#[inline(never)]
pub(in crate::eval) unsafe fn call_unpacked_at(vm: &Vm, sp: Sp) -> Sp {
    match call_unpacked(vm, sp) {
        Ok(result) => {
            let place = sp.sub(4);
            release(*sp.sub(1));
            release(*sp.sub(2));
            release(*place);
            *place = result.into_value();
            place.add(1)
        }
        Err(error) => fail(vm, error),
    }
}

unsafe fn call_unpacked(vm: &Vm, sp: Sp) -> PyResult {
    let (all, names) = unpack_arguments(vm, sp, SmallVec::new())?;
    vm.call_with(object(sp.sub(4)), Args::new(&all, &names))
}

/// Arguments, or the names of those that are keywords'.
type Unpacked = SmallVec<[Obj; 8]>;

/// The arguments of CALL_FUNCTION_EX, behind those in `all`; and the names of the last ones.
unsafe fn unpack_arguments(vm: &Vm, sp: Sp, mut all: Unpacked) -> PyResult<(Unpacked, Unpacked)> {
    let callable = object(sp.sub(4));
    let args = object(sp.sub(2));
    match args.downcast::<Tuple>() {
        Some(tuple) => all.extend(tuple.items().iter().cloned()),
        None => {
            if args.ty().slots.iter.get().is_none() && args.ty().slots.getitem.get().is_none() {
                return Err(vm.type_error(format!(
                    "{} argument after * must be an iterable, not {}",
                    describe(vm, callable),
                    args.ty().name()
                )));
            }
            all.extend(vm.collect(args)?);
        }
    }
    let mut names = Unpacked::new();
    if !(*sp.sub(1)).is_null() {
        let Some(kwargs) = object(sp.sub(1)).downcast::<Dict>() else {
            return Err(vm.system_error("keywords must be a dict"));
        };
        let mut position = 0;
        while let Some((name, value)) = kwargs.next(&mut position) {
            if name.downcast::<Str>().is_none() {
                return Err(vm.type_error("keywords must be strings"));
            }
            names.push(name);
            all.push(value);
        }
    }
    Ok((all, names))
}

op! {
    /// RETURN_VALUE (value -- ) Leaves the frame.
    fn return_value(ip, sp, fp, vm, oparg) {
        let value = *sp.sub(1);
        let value = keep(value);
        if (*fp).flags != FrameFlags::NONE || !(*fp).object.is_null() || vm.stack.is_first(fp.cast()) {
            return return_special(ip, sp.sub(1), fp, vm, value);
        }
        // Finalizers that run now must not find the frame: they see its caller.
        vm.frame.set((*fp).prev);
        // The stack holds nothing else: the verifier knows.
        let locals = Frame::locals(fp);
        let mut at = sp.sub(1);
        while at > locals {
            at = at.sub(1);
            let local = *at;
            if local.is_counted() && (*local.header()).decref() {
                return return_burying(at, value, fp, vm, local.0);
            }
        }
        return_to_caller(fp, vm, value)
    }
}

/// Goes on in the caller of an ordinary function's frame, which is empty.
#[inline(always)]
unsafe fn return_to_caller(fp: Fp, vm: &Vm, value: Value) -> Exit {
    let (caller, function, namespace) = ((*fp).prev, (*fp).function, (*fp).namespace);
    vm.stack.pop_within(fp.cast());
    vm.recursion_left.set(vm.recursion_left.get() + 1);
    let sp = (*caller).sp;
    *sp = value;
    let ip = (*caller).ip.add((*caller).return_offset as usize);
    next_releasing!(ip, sp.add(1), caller, vm, function, namespace)
}

/// The rest of RETURN_VALUE where a local is torn down: those below `at` are still to be released.
#[inline(never)]
unsafe fn return_burying(mut at: Sp, value: Value, fp: Fp, vm: &Vm, dead: u64) -> Exit {
    dealloc(Value(dead).header());
    let locals = Frame::locals(fp);
    while at > locals {
        at = at.sub(1);
        release(*at);
    }
    return_to_caller(fp, vm, value)
}

/// Returns from a frame that is more than an ordinary function's.
#[inline(never)]
unsafe fn return_special(ip: Ip, sp: Sp, fp: Fp, vm: &Vm, value: Value) -> Exit {
    if (*fp).flags.has(FrameFlags::CALLBACK) {
        return crate::eval::callback::returned(ip, sp, fp, vm, value);
    }
    let flags = (*fp).flags;
    if flags == FrameFlags::ENTRY && (*fp).object.is_null() && !vm.stack.is_first(fp.cast()) {
        leave_plain(vm, fp, sp);
        vm.registers.result.set(value);
        return Exit::Returned;
    }
    (*fp).ip = ip;
    (*fp).sp = sp;
    let (caller, finish) = ((*fp).prev, (*fp).finish_offset);
    leave(vm, fp);
    if flags.has(FrameFlags::ENTRY) {
        vm.registers.result.set(value);
        return Exit::Returned;
    }
    if flags.has(FrameFlags::INIT) {
        let sp = (*caller).sp;
        if value != types::NONE.value() {
            return init_returned(caller, vm, value);
        }
        next!((*caller).ip.add((*caller).return_offset as usize), sp, caller, vm);
    }
    if flags.has(FrameFlags::GENERATOR) {
        let sp = (*caller).sp;
        let to = (*caller).ip.add(usize::from(finish));
        if flags.has(FrameFlags::REQUEST) {
            return request_returned(caller, vm, value);
        }
        if flags.has(FrameFlags::FOR_LOOP) {
            if instrument::is_trapped(to.sub(1)) {
                // END_FOR tells somebody of the end.
                *sp = value;
                next!(to.sub(1), sp.add(1), caller, vm);
            }
            release(value);
            next!(to, sp, caller, vm);
        }
        *sp = value;
        next!(to, sp.add(1), caller, vm);
    }
    let sp = (*caller).sp;
    *sp = value;
    next!((*caller).ip.add((*caller).return_offset as usize), sp.add(1), caller, vm)
}

/// An async generator ended that SEND had entered by a request: that raises where the request is awaited.
#[cold]
#[inline(never)]
unsafe fn request_returned(caller: Fp, vm: &Vm, value: Value) -> Exit {
    release(value);
    let sp = (*caller).sp;
    let request = &*(*sp.sub(1)).header().cast::<Object<Request>>();
    let error = request.returned(vm);
    crate::eval::unwind::raise((*caller).ip, sp, caller, vm, error)
}

/// `__init__` returned something.
#[cold]
unsafe fn init_returned(caller: Fp, vm: &Vm, value: Value) -> Exit {
    let value = Obj::from_owned(value);
    let error = vm.type_error(format!("__init__() should return None, not '{}'", value.ty().name()));
    drop(value);
    crate::eval::unwind::raise((*caller).ip, (*caller).sp, caller, vm, error)
}

/// [`leave`] of a frame with its stack down to `sp` that is no generator's, has no object, and is not the first of its chunk.
#[inline(always)]
pub(in crate::eval) unsafe fn leave_plain(vm: &Vm, fp: Fp, sp: Sp) {
    vm.frame.set((*fp).prev);
    let locals = Frame::locals(fp);
    let mut at = sp;
    while at > locals {
        at = at.sub(1);
        release(*at);
    }
    release((*fp).namespace);
    release((*fp).function);
    vm.stack.pop_within(fp.cast());
    vm.recursion_left.set(vm.recursion_left.get() + 1);
}

/// Empties a frame that returned or raised, and makes its caller the running one.
pub(in crate::eval) unsafe fn leave(vm: &Vm, fp: Fp) {
    let caller = (*fp).prev;
    let flags = (*fp).flags;
    if flags.has(FrameFlags::GENERATOR) {
        let generator = Generator::of_frame(fp);
        vm.handling.set((*generator.handling.get()).outer);
        vm.frame.set(caller);
        vm.recursion_left.set(vm.recursion_left.get() + 1);
        (*fp).prev = std::ptr::null_mut();
        // The frame is within the generator: keep it while it is cleared.
        let generator = generator.to_ref();
        generator.finish();
        drop(generator);
        return;
    }
    // As in RETURN_VALUE: what runs while the frame is emptied must not find it.
    vm.frame.set(caller);
    leave_frame(fp);
    vm.recursion_left.set(vm.recursion_left.get() + 1);
    if (*fp).owner == Owner::Thread {
        vm.stack.pop(fp.cast());
    }
}
