//! Universal newlines: finding and translating `\n`, `\r` and `\r\n`, and `IncrementalNewlineDecoder`.

use std::cell::{Cell, RefCell};

use bitflags::bitflags;
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::number::{Int, IntView};
use lasti_vm::object::{Obj, ObjCell, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};
use malachite_bigint::BigInt;
use num_traits::ToPrimitive;
use rustpython_wtf8::{Wtf8, Wtf8Buf};

bitflags! {
    /// Which ends of lines were seen.
    #[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
    pub(super) struct Seen: u8 {
        const CR = 1;
        const LF = 2;
        const CRLF = 4;
    }
}

impl Seen {
    /// What the attribute `newlines` shows.
    pub(super) fn shown(self, vm: &Vm) -> Obj {
        let mut kinds = [(Self::CR, "\r"), (Self::LF, "\n"), (Self::CRLF, "\r\n")]
            .into_iter()
            .filter(|&(kind, _)| self.contains(kind))
            .map(|(_, text)| Str::new(text).into_obj())
            .collect::<Vec<_>>();
        match kinds.len() {
            0 => vm.none(),
            1 => kinds.remove(0),
            _ => Tuple::new(kinds).into_obj(),
        }
    }
}

/// What is known between two pieces of a text.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Newlines {
    /// Whether all ends become `\n`.
    pub(super) translate: bool,
    /// The last piece ended in `\r`, which is kept back: `\n` may follow.
    pub(super) pending_cr: bool,
    pub(super) seen: Seen,
}

impl Newlines {
    /// The piece, with a `\r` that was kept back before it; translated, if that is wanted.
    pub(super) fn feed(&mut self, text: Wtf8Buf, last: bool) -> Wtf8Buf {
        let mut text = text;
        if self.pending_cr && (last || !text.as_bytes().is_empty()) {
            let mut longer = Wtf8Buf::with_capacity(text.as_bytes().len() + 1);
            longer.push_str("\r");
            longer.push_wtf8(&text);
            text = longer;
            self.pending_cr = false;
        }
        if !last && text.as_bytes().last() == Some(&b'\r') {
            text.truncate(text.as_bytes().len() - 1);
            self.pending_cr = true;
        }
        if text.as_bytes().is_empty() {
            return text;
        }
        if memchr::memchr(b'\r', text.as_bytes()).is_none() {
            if !self.seen.contains(Seen::LF) && memchr::memchr(b'\n', text.as_bytes()).is_some() {
                self.seen |= Seen::LF;
            }
            return text;
        }
        if self.translate {
            return self.translated(&text);
        }
        self.look(text.as_bytes());
        text
    }

    fn look(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while self.seen != Seen::all()
            && let Some(at) = memchr::memchr2(b'\r', b'\n', rest)
        {
            let (kind, length) = end_at(&rest[at..]);
            self.seen |= kind;
            rest = &rest[at + length..];
        }
    }

    fn translated(&mut self, text: &Wtf8) -> Wtf8Buf {
        let mut out = Wtf8Buf::with_capacity(text.as_bytes().len());
        let mut start = 0;
        while let Some(at) = memchr::memchr2(b'\r', b'\n', &text.as_bytes()[start..]) {
            let at = start + at;
            let (kind, length) = end_at(&text.as_bytes()[at..]);
            self.seen |= kind;
            out.push_wtf8(&text[start..at]);
            out.push_str("\n");
            start = at + length;
        }
        out.push_wtf8(&text[start..]);
        out
    }
}

/// The end of a line that the bytes begin with.
fn end_at(bytes: &[u8]) -> (Seen, usize) {
    match bytes {
        [b'\r', b'\n', ..] => (Seen::CRLF, 2),
        [b'\r', ..] => (Seen::CR, 1),
        _ => (Seen::LF, 1),
    }
}

/// `IncrementalNewlineDecoder`
pub(super) struct NewlineDecoder {
    /// The decoder of the bytes; None: the input is text.
    decoder: ObjCell,
    newlines: Cell<Newlines>,
    errors: RefCell<String>,
}

impl Payload for NewlineDecoder {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &NEWLINE_DECODER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.decoder.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.decoder.take());
    }
}

lasti_vm::builtin_type!(
    /** `_io.IncrementalNewlineDecoder` */ NEWLINE_DECODER, "IncrementalNewlineDecoder", NewlineDecoder
);

/// A newline decoder on `decoder`.
pub(super) fn make(decoder: Obj, translate: bool) -> Obj {
    let newlines = Newlines { translate, ..Newlines::default() };
    Ref::new(NewlineDecoder {
        decoder: ObjCell::new(Some(decoder)),
        newlines: Cell::new(newlines),
        errors: RefCell::new("strict".to_owned()),
    })
    .into_obj()
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    let decoder = NewlineDecoder {
        decoder: ObjCell::empty(),
        newlines: Cell::new(Newlines::default()),
        errors: RefCell::new(String::new()),
    };
    Ok(Ref::new_in(ty, decoder).into_obj())
}

static INIT: Signature<3> =
    Signature::new("IncrementalNewlineDecoder", ["decoder", "translate", "errors"], 2);

fn init_slot(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let this = vm.receiver::<NewlineDecoder>(object)?;
    let [Some(decoder), Some(translate), errors] = args.bind(vm, &INIT)? else { return Ok(()) };
    let translate = vm.is_true(translate)?;
    this.decoder.set(decoder.clone());
    let errors = errors.map_or_else(|| Ok("strict".to_owned()), |errors| vm.str_text(errors))?;
    this.errors.replace(errors);
    this.newlines.set(Newlines { translate, ..Newlines::default() });
    Ok(())
}

fn decoder_of(vm: &Vm, this: &NewlineDecoder) -> PyResult {
    this.decoder.get().ok_or_else(|| vm.value_error("IncrementalNewlineDecoder.__init__() not called"))
}

static DECODE: Signature<2> = Signature::new("decode", ["input", "final"], 1);

fn decode(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [Some(input), last] = args.bind(vm, &DECODE)? else { return Ok(vm.none()) };
    let last = last.map_or(Ok(false), |last| vm.is_true(last))?;
    let this = vm.receiver::<NewlineDecoder>(object)?;
    feed(vm, this, input, last)
}

/// Decodes a piece.
fn feed(vm: &Vm, this: &NewlineDecoder, input: &Obj, last: bool) -> PyResult {
    let decoder = decoder_of(vm, this)?;
    let output = if vm.is_none(&decoder) {
        input.clone()
    } else {
        vm.call_method_named(&decoder, "decode", &[input.clone(), vm.bool(last)])?
    };
    let Some(text) = output.downcast::<Str>() else {
        return Err(
            vm.type_error(format!("decoder should return a string result, not '{}'", output.ty().tp_name()))
        );
    };
    let mut newlines = this.newlines.get();
    let plain = !newlines.pending_cr && memchr::memchr(b'\r', text.as_bytes()).is_none();
    if plain {
        if memchr::memchr(b'\n', text.as_bytes()).is_some() {
            newlines.seen |= Seen::LF;
            this.newlines.set(newlines);
        }
        return Ok(output);
    }
    let fed = newlines.feed(text.as_wtf8().to_owned(), last);
    this.newlines.set(newlines);
    Ok(Str::from_wtf8(&fed).into_obj())
}

fn getstate(vm: &Vm, object: &Obj) -> PyResult {
    let this = vm.receiver::<NewlineDecoder>(object)?;
    let decoder = decoder_of(vm, this)?;
    let (kept, flag) = if vm.is_none(&decoder) {
        (Bytes::new(&[]).into_obj(), BigInt::from(0))
    } else {
        let state = vm.call_method_named(&decoder, "getstate", &[])?;
        let Some([kept, flag]) = state.downcast::<Tuple>().map(|state| state.items()) else {
            return Err(vm.type_error("illegal decoder state"));
        };
        let Some(number) = flag.as_int() else { return Err(vm.type_error("illegal decoder state")) };
        (kept.clone(), number.to_big().into_owned())
    };
    let flag = (flag << 1_usize) | BigInt::from(u8::from(this.newlines.get().pending_cr));
    Ok(Tuple::new(vec![kept, Int::from_big(flag)]).into_obj())
}

fn setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let this = vm.receiver::<NewlineDecoder>(object)?;
    let decoder = decoder_of(vm, this)?;
    let Some(state) = state.downcast::<Tuple>() else {
        return Err(vm.type_error("state argument must be a tuple"));
    };
    let [kept, flag] = state.items() else {
        return Err(vm.type_error("setstate(): illegal state argument"));
    };
    let Some(flag) = flag.as_int() else {
        return Err(vm.type_error("setstate(): illegal state argument"));
    };
    let flag: BigInt = match flag {
        IntView::Small(flag) => flag.into(),
        IntView::Big(flag) => flag.clone(),
    };
    let mut newlines = this.newlines.get();
    newlines.pending_cr = (&flag & BigInt::from(1)).to_u8() == Some(1);
    this.newlines.set(newlines);
    if vm.is_none(&decoder) {
        return Ok(vm.none());
    }
    let inner = Tuple::new(vec![kept.clone(), Int::from_big(flag >> 1_usize)]);
    vm.call_method_named(&decoder, "setstate", &[inner.into_obj()])
}

fn reset(vm: &Vm, object: &Obj) -> PyResult {
    let this = vm.receiver::<NewlineDecoder>(object)?;
    let decoder = decoder_of(vm, this)?;
    let newlines = this.newlines.get();
    this.newlines.set(Newlines { translate: newlines.translate, ..Newlines::default() });
    if vm.is_none(&decoder) { Ok(vm.none()) } else { vm.call_method_named(&decoder, "reset", &[]) }
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("decode", "($self, /, input, final=False)", "", NativeCall::Full(decode)),
    NativeDef::new("getstate", "($self, /)", "", NativeCall::NoArgs(getstate)),
    NativeDef::new("setstate", "($self, state, /)", "", NativeCall::One(setstate)),
    NativeDef::new("reset", "($self, /)", "", NativeCall::NoArgs(reset)),
];

static PROPERTIES: &[Property] = &[Property::new("newlines", "", |vm, object| {
    let this = vm.receiver::<NewlineDecoder>(object)?;
    decoder_of(vm, this)?;
    Ok(this.newlines.get().seen.shown(vm))
})];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &NEWLINE_DECODER)
        .doc("IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\nDecodes text in pieces and translates the ends of its lines, remembering which there were.")
        .module("_io")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init_slot));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
