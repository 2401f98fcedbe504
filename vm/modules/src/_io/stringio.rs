//! `StringIO`: text in memory as a stream. CPython: Modules/_io/stringio.c.

use std::cell::{Cell, RefCell};

use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, Payload};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::bases::TEXT_IO_BASE;
use super::newline::{Newlines, Seen};
use super::{optional_size, size_or_all};

/// The text: as one piece while it is only appended to, and by code points once somebody moves about in it.
enum Text {
    Appended { text: Wtf8Buf, chars: usize },
    Chars(Vec<CodePoint>),
}

/// `StringIO`
pub(super) struct StringIo {
    ok: Cell<bool>,
    closed: Cell<bool>,
    text: RefCell<Text>,
    /// In code points.
    pos: Cell<usize>,
    /// Universal newlines, if they are wanted.
    newlines: Cell<Option<Newlines>>,
    /// The end of a line that reading looks for; empty: any.
    read_newline: RefCell<String>,
    /// Whether reading takes any end of a line.
    universal: Cell<bool>,
    /// Whether writing makes any end of a line `\n`.
    translate: Cell<bool>,
    /// What `\n` is written as, if it is something else.
    write_newline: RefCell<Option<String>>,
    /// The argument `newline`, for the state.
    given_newline: RefCell<Option<String>>,
}

impl StringIo {
    fn empty() -> Self {
        Self {
            ok: Cell::new(false),
            closed: Cell::new(false),
            text: RefCell::new(Text::Appended { text: Wtf8Buf::new(), chars: 0 }),
            pos: Cell::new(0),
            newlines: Cell::new(None),
            read_newline: RefCell::new(String::new()),
            universal: Cell::new(false),
            translate: Cell::new(false),
            write_newline: RefCell::new(None),
            given_newline: RefCell::new(None),
        }
    }

    fn len(&self) -> usize {
        match &*self.text.borrow() {
            Text::Appended { chars, .. } => *chars,
            Text::Chars(chars) => chars.len(),
        }
    }

    fn value(&self) -> Ref<Str> {
        match &*self.text.borrow() {
            Text::Appended { text, .. } => Str::from_wtf8(text),
            Text::Chars(chars) => Str::from_wtf8(&chars.iter().copied().collect::<Wtf8Buf>()),
        }
    }

    /// Calls `f` with the code points.
    fn chars<R>(&self, f: impl FnOnce(&mut Vec<CodePoint>) -> R) -> R {
        let mut text = self.text.borrow_mut();
        if let Text::Appended { text: appended, .. } = &*text {
            let chars = appended.code_points().collect();
            *text = Text::Chars(chars);
        }
        match &mut *text {
            Text::Chars(chars) => f(chars),
            Text::Appended { .. } => f(&mut Vec::new()),
        }
    }

    /// Puts text at the place, as it is.
    fn put(&self, vm: &Vm, new: &Wtf8) -> PyResult<()> {
        let at = self.pos.get();
        if let Text::Appended { text, chars } = &mut *self.text.borrow_mut()
            && *chars == at
        {
            let count = count_chars(new.as_bytes());
            text.push_wtf8(new);
            *chars += count;
            self.pos.set(at + count);
            return Ok(());
        }
        let new: Vec<CodePoint> = new.code_points().collect();
        let Some(end) = at.checked_add(new.len()).filter(|&end| end < isize::MAX as usize / 4) else {
            return Err(vm.overflow_error("new position too large"));
        };
        self.chars(|chars| {
            if end > chars.len() {
                let more = end - chars.len();
                chars.try_reserve(more).map_err(|_| vm.out_of_memory())?;
                chars.resize(end, CodePoint::from('\0'));
            }
            chars[at..end].copy_from_slice(&new);
            Ok(())
        })?;
        self.pos.set(end);
        Ok(())
    }

    /// `write`, with translation.
    fn write(&self, vm: &Vm, new: &Wtf8) -> PyResult<()> {
        let mut decoded = None;
        if let Some(mut newlines) = self.newlines.get() {
            decoded = Some(newlines.feed(new.to_owned(), true));
            self.newlines.set(Some(newlines));
        }
        let new = decoded.as_deref().unwrap_or(new);
        let newline = self.write_newline.borrow().clone();
        match newline {
            Some(newline) => self.put(vm, &new.replace(Wtf8::new("\n"), Wtf8::new(newline.as_str()))),
            None => self.put(vm, new),
        }
    }

    /// Up to `count` characters from the place on.
    fn take(&self, count: Option<usize>) -> Ref<Str> {
        let start = self.pos.get();
        let length = self.len();
        let count = count.unwrap_or(usize::MAX).min(length.saturating_sub(start));
        if count == 0 {
            return Str::new("");
        }
        self.pos.set(start + count);
        if start == 0 && count == length {
            return self.value();
        }
        self.chars(|chars| Str::from_wtf8(&chars[start..start + count].iter().copied().collect::<Wtf8Buf>()))
    }

    /// The length of the line at the place, in code points.
    fn line_length(&self, limit: Option<usize>) -> usize {
        let start = self.pos.get();
        let is = |char: CodePoint, letter: char| char == CodePoint::from(letter);
        let newline: Vec<CodePoint> = self.read_newline.borrow().chars().map(CodePoint::from).collect();
        self.chars(|chars| {
            let rest = chars.get(start..).unwrap_or_default();
            let end = if self.translate.get() {
                rest.iter().position(|&char| is(char, '\n')).map(|at| at + 1)
            } else if self.universal.get() {
                rest.iter().position(|&char| is(char, '\n') || is(char, '\r')).map(|at| {
                    let pair = is(rest[at], '\r') && rest.get(at + 1).is_some_and(|&next| is(next, '\n'));
                    at + if pair { 2 } else { 1 }
                })
            } else {
                rest.windows(newline.len().max(1)).position(|at| at == newline).map(|at| at + newline.len())
            };
            end.unwrap_or(rest.len()).min(limit.unwrap_or(usize::MAX))
        })
    }
}

fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

impl Payload for StringIo {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &STRING_IO
    }
}

lasti_vm::builtin_type!(/** `_io.StringIO` */ STRING_IO, "StringIO", StringIo);

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, StringIo::empty()).into_obj())
}

static INIT: Signature<2> = Signature::new("StringIO", ["initial_value", "newline"], 0);

fn init_slot(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let [initial, newline] = args.bind(vm, &INIT)?;
    start(vm, object, initial, newline)
}

fn start(vm: &Vm, object: &Obj, initial: Option<&Obj>, newline: Option<&Obj>) -> PyResult<()> {
    let stream = vm.receiver::<StringIo>(object)?;
    let newline = match newline {
        None => Some("\n".to_owned()),
        Some(newline) if vm.is_none(newline) => None,
        Some(newline) => match newline.as_str_obj() {
            Some(text) => Some(text.to_string_lossy().into_owned()),
            None => {
                return Err(
                    vm.type_error(format!("newline must be str or None, not {}", newline.ty().name()))
                );
            }
        },
    };
    if !matches!(newline.as_deref(), None | Some("" | "\n" | "\r" | "\r\n")) {
        let shown = newline.as_deref().map(Str::new).map(Ref::into_obj);
        return Err(vm.value_error(format!("illegal newline value: {}", vm.repr_text(&vm.or_none(shown))?)));
    }
    let initial = initial.filter(|initial| !vm.is_none(initial));
    if let Some(initial) = initial
        && initial.as_str_obj().is_none()
    {
        return Err(vm.type_error(format!("initial_value must be str or None, not {}", initial.ty().name())));
    }
    stream.ok.set(false);
    stream.universal.set(newline.as_deref().is_none_or(str::is_empty));
    stream.translate.set(newline.is_none());
    stream.read_newline.replace(newline.clone().unwrap_or_default());
    stream.write_newline.replace(newline.clone().filter(|newline| newline.starts_with('\r')));
    let newlines =
        stream.universal.get().then(|| Newlines { translate: stream.translate.get(), ..Newlines::default() });
    stream.newlines.set(newlines);
    stream.given_newline.replace(newline);
    stream.text.replace(Text::Appended { text: Wtf8Buf::new(), chars: 0 });
    stream.pos.set(0);
    if let Some(initial) = initial.and_then(|initial| initial.as_str_obj()) {
        stream.write(vm, initial.as_wtf8())?;
        stream.pos.set(0);
    }
    stream.closed.set(false);
    stream.ok.set(true);
    Ok(())
}

fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<StringIo>> {
    let stream = vm.receiver::<StringIo>(object)?;
    if !stream.ok.get() {
        return Err(vm.value_error("I/O operation on uninitialized object"));
    }
    if stream.closed.get() {
        return Err(vm.value_error("I/O operation on closed file"));
    }
    Ok(stream)
}

fn yes(vm: &Vm, object: &Obj) -> PyResult {
    this(vm, object).map(|_| vm.bool(true))
}

fn close(vm: &Vm, object: &Obj) -> PyResult {
    let stream = vm.receiver::<StringIo>(object)?;
    stream.closed.set(true);
    stream.text.replace(Text::Appended { text: Wtf8Buf::new(), chars: 0 });
    Ok(vm.none())
}

fn getvalue(vm: &Vm, object: &Obj) -> PyResult {
    Ok(this(vm, object)?.value().into_obj())
}

fn read(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let size = size_or_all(vm, args)?;
    Ok(stream.take(size).into_obj())
}

fn readline(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let limit = size_or_all(vm, args)?;
    let length = stream.line_length(limit);
    Ok(stream.take(Some(length)).into_obj())
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let stream = this(vm, object)?;
    if object.is_exact(&STRING_IO) {
        let length = stream.line_length(None);
        return Ok((length > 0).then(|| stream.take(Some(length)).into_obj()));
    }
    let line = vm.call_method(object, &vm.names().readline, &[])?;
    match line.downcast::<Str>() {
        None => Err(vm.error(
            &lasti_vm::builtins::OS_ERROR,
            &format!("readline() should have returned a str object, not '{}'", line.ty().name()),
        )),
        Some(text) if text.is_empty() => Ok(None),
        Some(_) => Ok(Some(line)),
    }
}

fn tell(vm: &Vm, object: &Obj) -> PyResult {
    Ok(Int::from_usize(this(vm, object)?.pos.get()))
}

fn truncate(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let stream = this(vm, object)?;
    let size = optional_size(vm, args.first())?.unwrap_or(stream.pos.get() as i64);
    let Ok(length) = usize::try_from(size) else {
        return Err(vm.value_error(format!("Negative size value {size}")));
    };
    if length < stream.len() {
        stream.chars(|chars| chars.truncate(length));
    }
    Ok(Int::new(size))
}

fn seek(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let place = vm.index_i64(&args[0])?;
    let whence = args.get(1).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    let stream = this(vm, object)?;
    match whence {
        0 if place < 0 => return Err(vm.value_error(format!("Negative seek position {place}"))),
        0 => stream.pos.set(place as usize),
        1 | 2 if place != 0 => {
            return Err(vm.error(&lasti_vm::builtins::OS_ERROR, "Can't do nonzero cur-relative seeks"));
        }
        1 => {}
        2 => stream.pos.set(stream.len()),
        _ => {
            return Err(vm.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
        }
    }
    Ok(Int::from_usize(stream.pos.get()))
}

fn write(vm: &Vm, object: &Obj, text: &Obj) -> PyResult {
    let stream = vm.receiver::<StringIo>(object)?;
    let Some(text) = text.downcast::<Str>() else {
        return Err(vm.type_error(format!("string argument expected, got '{}'", text.ty().name())));
    };
    this(vm, object)?;
    if !text.is_empty() {
        stream.write(vm, text.as_wtf8())?;
    }
    Ok(Int::from_usize(text.char_len()))
}

fn getstate(vm: &Vm, object: &Obj) -> PyResult {
    let stream = this(vm, object)?;
    let newline = stream.given_newline.borrow().as_deref().map(|newline| Str::new(newline).into_obj());
    let attributes = vm.getattr(object, &vm.names().__dict__)?;
    let attributes = match attributes.downcast::<Dict>() {
        Some(attributes) if !attributes.is_empty() => attributes.copy().into_obj(),
        _ => vm.none(),
    };
    let parts =
        vec![stream.value().into_obj(), vm.or_none(newline), Int::from_usize(stream.pos.get()), attributes];
    Ok(Tuple::new(parts).into_obj())
}

fn setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    if vm.receiver::<StringIo>(object)?.closed.get() {
        this(vm, object)?;
    }
    let items = state.downcast::<Tuple>().map(|state| state.items().to_vec()).unwrap_or_default();
    let [value, newline, place, attributes, ..] = items.as_slice() else {
        return Err(vm.type_error(format!(
            "{}.__setstate__ argument should be 4-tuple, got {}",
            object.ty().tp_name(),
            state.ty().name()
        )));
    };
    start(vm, object, None, Some(newline))?;
    let stream = vm.receiver::<StringIo>(object)?;
    let Some(text) = value.downcast::<Str>() else {
        return Err(vm.type_error(format!("initial_value must be str or None, not {}", value.ty().name())));
    };
    // The value is as it was: its newlines were translated before.
    stream.put(vm, text.as_wtf8())?;
    if place.as_int().is_none() {
        return Err(
            vm.type_error(format!("third item of state must be an integer, got {}", place.ty().name()))
        );
    }
    match usize::try_from(vm.index_i64(place)?) {
        Ok(place) => stream.pos.set(place),
        Err(_) => return Err(vm.value_error("position value cannot be negative")),
    }
    if !vm.is_none(attributes) {
        if attributes.downcast::<Dict>().is_none() {
            return Err(vm.type_error(format!(
                "fourth item of state should be a dict, got a {}",
                attributes.ty().name()
            )));
        }
        let own = vm.getattr(object, &vm.names().__dict__)?;
        vm.call_method_named(&own, "update", std::slice::from_ref(attributes))?;
    }
    Ok(vm.none())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("close", "($self, /)", "Close the IO object.", NativeCall::NoArgs(close)),
    NativeDef::new("getvalue", "($self, /)", "The whole text.", NativeCall::NoArgs(getvalue)),
    NativeDef::new(
        "read",
        "($self, size=-1, /)",
        "Read at most size characters, returned as a string.",
        NativeCall::Positional(0, 1, read),
    ),
    NativeDef::new(
        "readline",
        "($self, size=-1, /)",
        "Read until newline or EOF.",
        NativeCall::Positional(0, 1, readline),
    ),
    NativeDef::new("tell", "($self, /)", "Tell the current file position.", NativeCall::NoArgs(tell)),
    NativeDef::new(
        "truncate",
        "($self, pos=None, /)",
        "Truncate size to pos.",
        NativeCall::Positional(0, 1, truncate),
    ),
    NativeDef::new(
        "seek",
        "($self, pos, whence=0, /)",
        "Change stream position; returns the new one.",
        NativeCall::Positional(1, 2, seek),
    ),
    NativeDef::new("write", "($self, s, /)", "Write string to file.", NativeCall::One(write)),
    NativeDef::new("seekable", "($self, /)", "True if the IO object can be seeked.", NativeCall::NoArgs(yes)),
    NativeDef::new("readable", "($self, /)", "True if the IO object can be read.", NativeCall::NoArgs(yes)),
    NativeDef::new(
        "writable",
        "($self, /)",
        "True if the IO object can be written.",
        NativeCall::NoArgs(yes),
    ),
    NativeDef::new("__getstate__", "($self, /)", "", NativeCall::NoArgs(getstate)),
    NativeDef::new("__setstate__", "($self, state, /)", "", NativeCall::One(setstate)),
];

static PROPERTIES: &[Property] = &[
    Property::new("closed", "", |vm, object| {
        let stream = vm.receiver::<StringIo>(object)?;
        if !stream.ok.get() {
            return Err(vm.value_error("I/O operation on uninitialized object"));
        }
        Ok(vm.bool(stream.closed.get()))
    }),
    Property::new("newlines", "", |vm, object| {
        let seen = this(vm, object)?.newlines.get().map_or(Seen::empty(), |newlines| newlines.seen);
        Ok(seen.shown(vm))
    }),
    Property::new("line_buffering", "", |vm, object| this(vm, object).map(|_| vm.bool(false))),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &STRING_IO)
        .doc("StringIO(initial_value='', newline='\\n')\n--\n\nText I/O implementation using an in-memory buffer.")
        .module("_io")
        .base(&TEXT_IO_BASE)
        .flags(TypeFlags::BASETYPE | TypeFlags::WEAKREFABLE)
        .with_dict()
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_slot));
            slots.iternext.set(Some(next));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
