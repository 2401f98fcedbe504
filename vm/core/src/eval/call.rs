//! Entering functions: making the frame, binding arguments; and leaving frames.
//!
//! CPython: Python/ceval.c, `initialize_locals`, `_PyEvalFramePushAndInit`.

use lasti_code::CodeFlags;

use super::{Fp, exec};
use crate::code::Code;
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::frame::{FRAME_WORDS, Frame, FrameFlags, FrameObject, Owner};
use crate::function::Function;
use crate::object::obj::{own, release};
use crate::object::{Obj, Object, Value};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::vm::Vm;

/// The code of a function, kept alive by it.
#[inline(always)]
pub(super) unsafe fn code_of<'a>(function: &Function) -> &'a Object<Code> {
    match function.code.peek() {
        Some(code) => &*code.value().header().cast::<Object<Code>>(),
        // A function always has code: it is only ever replaced.
        None => std::hint::unreachable_unchecked(),
    }
}

/// A new frame for `function` on the thread's stack, with empty slots. The word `function` is taken over.
#[inline(always)]
pub(super) unsafe fn push_frame(vm: &Vm, caller: Fp, function: Value, code: &Object<Code>) -> Fp {
    let frame = vm.stack.push(FRAME_WORDS + code.frame_words as usize).cast::<Frame>();
    let mut exec = code.exec.get();
    if exec.is_null() {
        exec = exec::make(vm, code);
    }
    fill_frame(frame, caller, function, code, exec)
}

/// Whether [`push_frame_at_hand`] can make a frame: there is room, and the code was run before.
#[inline(always)]
pub(super) unsafe fn frame_at_hand(vm: &Vm, code: &Object<Code>) -> bool {
    !code.exec.get().is_null() && vm.stack.fits(FRAME_WORDS + code.frame_words as usize)
}

/// [`push_frame`] without a call, where [`frame_at_hand`] said so.
#[inline(always)]
pub(super) unsafe fn push_frame_at_hand(vm: &Vm, caller: Fp, function: Value, code: &Object<Code>) -> Fp {
    let frame = vm.stack.push_fitting(FRAME_WORDS + code.frame_words as usize).cast::<Frame>();
    fill_frame(frame, caller, function, code, code.exec.get())
}

#[inline(always)]
unsafe fn fill_frame(frame: Fp, caller: Fp, function: Value, code: &Object<Code>, exec: *mut u16) -> Fp {
    let object = &*function.header().cast::<Object<Function>>();
    (*frame).prev = caller;
    (*frame).ip = exec.sub(1);
    (*frame).consts = code.consts.as_ptr().cast::<Value>();
    (*frame).code = code;
    (*frame).globals = &raw const *object.globals;
    (*frame).builtins = &raw const *object.builtins;
    (*frame).function = function;
    (*frame).namespace = Value::NULL;
    (*frame).object = Value::NULL;
    (*frame).return_offset = 0;
    (*frame).finish_offset = 0;
    (*frame).flags = FrameFlags::NONE;
    (*frame).owner = Owner::Thread;
    (*frame).told = 0;
    let locals = Frame::locals(frame);
    (*frame).sp = locals.add(code.nlocalsplus as usize);
    frame
}

/// Sets the slots from `from` on to NULL.
#[inline(always)]
pub(super) unsafe fn clear_slots(frame: Fp, code: &Object<Code>, from: usize) {
    let locals = Frame::locals(frame);
    let mut at = from;
    while at < code.nlocalsplus as usize {
        locals.add(at).write_volatile(Value::NULL);
        at += 1;
    }
}

/// Raises RecursionError if no more Python frame may be entered.
#[inline(always)]
pub(super) fn check_recursion(vm: &Vm) -> PyResult<()> {
    if vm.recursion_left.get() <= 0 { Err(too_deep(vm)) } else { Ok(()) }
}

#[cold]
fn too_deep(vm: &Vm) -> Exc {
    vm.recursion_error("maximum recursion depth exceeded")
}

/// Parameters' values by slot.
type Bound = smallvec::SmallVec<[Option<Obj>; 12]>;

/// Arguments as words: positional ones, then the values of keywords.
pub(super) struct Words {
    pub(super) first: *const Value,
    pub(super) positional: usize,
    /// Whether the words are taken over; otherwise they are copied.
    pub(super) owned: bool,
}

impl Words {
    #[inline(always)]
    unsafe fn get(&self, index: usize) -> Value {
        let value = *self.first.add(index);
        if self.owned { value } else { own(value) }
    }
}

/// Makes the frame of a call. On success the function's word, and the arguments' if they are owned, are taken
/// over; on failure nothing is (and the caller releases what it has).
pub(super) unsafe fn make_frame(
    vm: &Vm,
    caller: Fp,
    function: Value,
    args: &Words,
    keywords: &[Obj],
) -> PyResult<Fp> {
    check_recursion(vm)?;
    let object = &*function.header().cast::<Object<Function>>();
    let code = code_of(object);
    let argcount = code.argcount as usize;
    if code.plain && keywords.is_empty() && args.positional <= argcount {
        let missing = argcount - args.positional;
        let defaults = if missing == 0 { Some(&[][..]) } else { last_defaults(object, missing) };
        if let Some(defaults) = defaults {
            let frame = push_frame(vm, caller, if args.owned { function } else { own(function) }, code);
            let locals = Frame::locals(frame);
            let mut i = 0;
            while i < args.positional {
                locals.add(i).write_volatile(args.get(i));
                i += 1;
            }
            for default in defaults {
                locals.add(i).write_volatile(own(default.value()));
                i += 1;
            }
            clear_slots(frame, code, argcount);
            return Ok(frame);
        }
    }
    let bound = bind(vm, object, code, args, keywords)?;
    let frame = push_frame(vm, caller, if args.owned { function } else { own(function) }, code);
    let locals = Frame::locals(frame);
    let count = bound.len();
    for (i, value) in bound.into_iter().enumerate() {
        *locals.add(i) = value.map_or(Value::NULL, Obj::into_value);
    }
    clear_slots(frame, code, count);
    if !code.flags().contains(CodeFlags::OPTIMIZED) {
        // A function of a module's code: its variables are the globals.
        (*frame).namespace = own(object.globals.as_obj().value());
    }
    if args.owned {
        for i in 0..args.positional + keywords.len() {
            release(*args.first.add(i));
        }
    }
    Ok(frame)
}

/// The defaults of the last `count` parameters, if there are so many.
unsafe fn last_defaults(function: &Function, count: usize) -> Option<&[Obj]> {
    let defaults = function.defaults.peek()?;
    // `__defaults__` is a tuple or absent.
    let items = (&*defaults.value().header().cast::<Object<Tuple>>()).items();
    items.len().checked_sub(count).map(|from| &items[from..])
}

/// The parameters' values in the order of their slots.
unsafe fn bind(vm: &Vm, function: &Function, code: &Code, args: &Words, keywords: &[Obj]) -> PyResult<Bound> {
    let data = code.data();
    let argcount = data.argcount as usize;
    let kwonly = data.kwonlyargcount as usize;
    let named = argcount + kwonly;
    let has_args = data.flags.contains(CodeFlags::VARARGS);
    let has_kwargs = data.flags.contains(CodeFlags::VARKEYWORDS);
    let total = named + usize::from(has_args) + usize::from(has_kwargs);
    let mut bound: Bound = smallvec::smallvec![None; total];
    let positional = std::slice::from_raw_parts(args.first.cast::<Obj>(), args.positional);
    for (place, value) in bound.iter_mut().zip(&positional[..positional.len().min(argcount)]) {
        *place = Some(value.clone());
    }
    if has_args {
        bound[named] = Some(Tuple::from_slice(positional.get(argcount..).unwrap_or_default()).into_obj());
    }
    let kwargs = has_kwargs.then(Dict::new);
    let values = std::slice::from_raw_parts(args.first.add(args.positional).cast::<Obj>(), keywords.len());
    let posonly = data.posonlyargcount as usize;
    for (name, value) in keywords.iter().zip(values) {
        let Some(text) = name.downcast::<Str>() else {
            return Err(vm.type_error(format!("{}() keywords must be strings", qualname(function))));
        };
        let parameters = &code.localsplusnames[..named];
        let place = parameters
            .iter()
            .skip(posonly)
            .position(|parameter| parameter.as_obj().is(name))
            .or_else(|| parameters.iter().skip(posonly).position(|parameter| parameter.same_text(text)))
            .map(|place| place + posonly);
        match (place, &kwargs) {
            (Some(place), _) if bound[place].is_some() => {
                return Err(vm.type_error(format!(
                    "{}() got multiple values for argument '{}'",
                    qualname(function),
                    text.to_string_lossy()
                )));
            }
            (Some(place), _) => bound[place] = Some(value.clone()),
            (None, Some(kwargs)) => kwargs.set(vm, name, value.clone())?,
            (None, None) => return Err(unexpected(vm, function, code, keywords, text)),
        }
    }
    if args.positional > argcount && !has_args {
        return Err(too_many(vm, function, code, args.positional, &bound));
    }
    let defaults = function.defaults.get_as::<Tuple>();
    let defaults = defaults.as_ref().map_or(&[][..], |defaults| defaults.items());
    if args.positional < argcount {
        let without = argcount - defaults.len().min(argcount);
        let missing: Vec<usize> = (0..without).filter(|&place| bound[place].is_none()).collect();
        if !missing.is_empty() {
            return Err(missing_arguments(vm, function, code, &missing, "positional"));
        }
        for (place, default) in (without..argcount).zip(&defaults[defaults.len() - (argcount - without)..]) {
            if bound[place].is_none() {
                bound[place] = Some(default.clone());
            }
        }
    }
    if kwonly > 0 {
        let kwdefaults = function.kwdefaults.get_as::<Dict>();
        let mut missing = Vec::new();
        for (place, value) in bound.iter_mut().enumerate().take(named).skip(argcount) {
            if value.is_none() {
                let default = match &kwdefaults {
                    Some(kwdefaults) => kwdefaults.get_str(vm, &code.localsplusnames[place])?,
                    None => None,
                };
                match default {
                    Some(default) => *value = Some(default),
                    None => missing.push(place),
                }
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(vm, function, code, &missing, "keyword-only"));
        }
    }
    if let Some(kwargs) = kwargs {
        bound[total - 1] = Some(kwargs.into_obj());
    }
    Ok(bound)
}

fn qualname(function: &Function) -> String {
    function.qualname.get_as::<Str>().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cold]
fn unexpected(vm: &Vm, function: &Function, code: &Code, keywords: &[Obj], name: &Str) -> Exc {
    let posonly = code.data().posonlyargcount as usize;
    let misused: Vec<String> = code.localsplusnames[..posonly]
        .iter()
        .filter(|parameter| {
            keywords
                .iter()
                .any(|keyword| keyword.downcast::<Str>().is_some_and(|keyword| keyword.same_text(parameter)))
        })
        .map(|parameter| parameter.to_string_lossy().into_owned())
        .collect();
    if !misused.is_empty() {
        return vm.type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            qualname(function),
            misused.join(", ")
        ));
    }
    let known: Vec<&[u8]> = code.localsplusnames
        [posonly..(code.data().argcount + code.data().kwonlyargcount) as usize]
        .iter()
        .map(|parameter| parameter.as_bytes())
        .collect();
    let hint = crate::suggest::closest(name.as_bytes(), &known)
        .map(|index| format!(". Did you mean '{}'?", String::from_utf8_lossy(known[index])))
        .unwrap_or_default();
    vm.type_error(format!(
        "{}() got an unexpected keyword argument '{}'{hint}",
        qualname(function),
        name.to_string_lossy()
    ))
}

#[cold]
fn too_many(vm: &Vm, function: &Function, code: &Code, given: usize, bound: &[Option<Obj>]) -> Exc {
    let data = code.data();
    let argcount = data.argcount as usize;
    let kwonly_given = bound[argcount..argcount + data.kwonlyargcount as usize]
        .iter()
        .filter(|value| value.is_some())
        .count();
    let defaults = function.defaults.get_as::<Tuple>().map_or(0, |defaults| defaults.len());
    let (takes, plural) = if defaults > 0 {
        (format!("from {} to {argcount}", argcount - defaults.min(argcount)), true)
    } else {
        (argcount.to_string(), argcount != 1)
    };
    let kwonly = if kwonly_given > 0 {
        format!(
            " positional argument{} (and {kwonly_given} keyword-only argument{})",
            if given == 1 { "" } else { "s" },
            if kwonly_given == 1 { "" } else { "s" }
        )
    } else {
        String::new()
    };
    vm.type_error(format!(
        "{}() takes {takes} positional argument{} but {given}{kwonly} {} given",
        qualname(function),
        if plural { "s" } else { "" },
        if given == 1 && kwonly_given == 0 { "was" } else { "were" }
    ))
}

#[cold]
fn missing_arguments(vm: &Vm, function: &Function, code: &Code, missing: &[usize], kind: &str) -> Exc {
    let names: Vec<String> =
        missing.iter().map(|&place| format!("'{}'", code.localsplusnames[place].to_string_lossy())).collect();
    let list = match names.as_slice() {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
        [] => String::new(),
    };
    vm.type_error(format!(
        "{}() missing {} required {kind} argument{}: {list}",
        qualname(function),
        names.len(),
        if names.len() == 1 { "" } else { "s" }
    ))
}

/// Empties a frame that is left: its object takes the words over if somebody else holds it.
///
/// # Safety
/// The frame does not run any more; its saved `sp` is right.
pub(crate) unsafe fn leave_frame(frame: Fp) {
    let object = (*frame).object;
    if !object.is_null() {
        leave_observed_frame(frame, object);
        return;
    }
    Frame::clear(frame);
}

#[cold]
#[inline(never)]
unsafe fn leave_observed_frame(frame: Fp, object: Value) {
    (*frame).object = Value::NULL;
    if (*object.header()).count() > 1 {
        let observed = &*object.header().cast::<Object<FrameObject>>();
        let back = (*frame).prev;
        if !back.is_null() {
            observed.back.set(FrameObject::of(back).into_obj());
        }
        observed.take_over(frame);
        // The words moved: nothing is left to release.
        (*frame).sp = Frame::locals(frame);
        (*frame).function = Value::NULL;
        (*frame).namespace = Value::NULL;
    } else {
        Frame::clear(frame);
    }
    release(object);
}
