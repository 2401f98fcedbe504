//! `make_scanner`: reads one JSON value.

use lasti_vm::builtins::{FLOAT, INT};
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::number::{Float, Int};
use lasti_vm::object::{Payload, Visitor};
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::{Property, TypeBuilder, TypeObject};
use lasti_vm::{Exc, Obj, PyResult, Ref, Vm};

use super::{decode_error, position, string};

/// What a decoder asks for.
struct Scanner {
    strict: bool,
    object_hook: Obj,
    object_pairs_hook: Obj,
    parse_float: Obj,
    parse_int: Obj,
    parse_constant: Obj,
}

impl Payload for Scanner {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &SCANNER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for object in [
            &self.object_hook,
            &self.object_pairs_hook,
            &self.parse_float,
            &self.parse_int,
            &self.parse_constant,
        ] {
            visitor.visit(object);
        }
    }
}

lasti_vm::builtin_type!(/** `_json.Scanner` */ SCANNER, "Scanner", Scanner);

static NEW: Signature<1> = Signature::new("make_scanner", ["context"], 1);
static CALL: Signature<2> = Signature::new("scan_once", ["string", "idx"], 2);

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(context)] = args.bind(vm, &NEW)? else { return Ok(vm.none()) };
    let get = |name: &str| vm.getattr_named(context, name);
    Ok(Ref::new(Scanner {
        strict: vm.is_true(&get("strict")?)?,
        object_hook: get("object_hook")?,
        object_pairs_hook: get("object_pairs_hook")?,
        parse_float: get("parse_float")?,
        parse_int: get("parse_int")?,
        parse_constant: get("parse_constant")?,
    })
    .into_obj())
}

fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let scanner = vm.receiver::<Scanner>(object)?;
    let [Some(text), Some(index)] = args.bind(vm, &CALL)? else { return Ok(vm.none()) };
    let index = vm.size_argument(index)?;
    let text = super::text_argument(vm, text)?;
    let Ok(index) = usize::try_from(index) else {
        return Err(vm.value_error("idx cannot be negative"));
    };
    if index >= text.char_len() {
        return Err(vm.stop_iteration(Some(Int::from_usize(index))));
    }
    let mut reader =
        Reader { vm, scanner, text, bytes: text.as_bytes(), at: text.byte_offset(index), keys: Dict::new() };
    let begin = reader.at;
    let value = reader.value()?;
    let end = if text.is_ascii() {
        reader.at
    } else {
        index + reader.bytes[begin..reader.at].iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
    };
    Ok(Tuple::new(vec![value, Int::from_usize(end)]).into_obj())
}

/// A place in a text, and what was read there.
struct Reader<'a> {
    vm: &'a Vm,
    scanner: &'a Scanner,
    text: &'a Ref<Str>,
    bytes: &'a [u8],
    at: usize,
    /// Keys that were read, so that equal ones are one object.
    keys: Ref<Dict>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn error(&self, message: &str, at: usize) -> Exc {
        decode_error(self.vm, message, self.text, at)
    }

    /// Nothing that could be a value.
    fn no_value(&self, at: usize) -> Exc {
        self.vm.stop_iteration(Some(Int::from_usize(position(self.text, at))))
    }

    fn deeper(&self, what: &str) -> PyResult<()> {
        self.vm.check_native_stack().map_err(|_| {
            let message = format!(
                "maximum recursion depth exceeded while decoding a JSON {what} from a unicode string"
            );
            self.vm.recursion_error(message)
        })
    }

    fn value(&mut self) -> PyResult {
        match self.peek() {
            Some(b'"') => {
                let (text, end) = string::scan(self.vm, self.text, self.at + 1, self.scanner.strict)?;
                self.at = end;
                Ok(text.into_obj())
            }
            Some(b'{') => {
                self.deeper("object")?;
                self.object()
            }
            Some(b'[') => {
                self.deeper("array")?;
                self.array()
            }
            Some(b'n') if self.word(b"null") => Ok(self.vm.none()),
            Some(b't') if self.word(b"true") => Ok(self.vm.bool(true)),
            Some(b'f') if self.word(b"false") => Ok(self.vm.bool(false)),
            Some(b'N') if self.word(b"NaN") => self.constant("NaN"),
            Some(b'I') if self.word(b"Infinity") => self.constant("Infinity"),
            Some(b'-') if self.word(b"-Infinity") => self.constant("-Infinity"),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &[u8]) -> bool {
        let found = self.bytes[self.at..].starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn constant(&self, name: &str) -> PyResult {
        self.vm.call(&self.scanner.parse_constant, &[self.vm.intern(name).into_obj()])
    }

    /// How many digits follow.
    fn digits(&mut self) -> usize {
        let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn number(&mut self) -> PyResult {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if self.digits() == 0 {
            return Err(self.no_value(start));
        }
        let mut is_float = false;
        if self.peek() == Some(b'.') && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit) {
            is_float = true;
            self.at += 1;
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let before = self.at;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() > 0 {
                is_float = true;
            } else {
                self.at = before;
            }
        }
        // Digits, signs and the like are ASCII.
        let text = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
        if is_float {
            return match text.parse() {
                Ok(float) if self.scanner.parse_float.is(&FLOAT.to_obj()) => Ok(Float::new(float)),
                _ => self.vm.call(&self.scanner.parse_float, &[Str::new(text).into_obj()]),
            };
        }
        match text.parse() {
            Ok(int) if self.scanner.parse_int.is(&INT.to_obj()) => Ok(Int::new(int)),
            _ => self.vm.call(&self.scanner.parse_int, &[Str::new(text).into_obj()]),
        }
    }

    fn array(&mut self) -> PyResult {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(List::new(items).into_obj());
        }
        loop {
            items.push(self.value()?);
            self.skip_space();
            if self.closes(b']', "Illegal trailing comma before end of array")? {
                return Ok(List::new(items).into_obj());
            }
        }
    }

    /// After an item: whether the end comes, or else the next item.
    fn closes(&mut self, bracket: u8, trailing: &str) -> PyResult<bool> {
        let comma = self.at;
        match self.peek() {
            Some(byte) if byte == bracket => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                if self.peek() == Some(bracket) {
                    return Err(self.error(trailing, comma));
                }
                Ok(false)
            }
            _ => Err(self.error("Expecting ',' delimiter", comma)),
        }
    }

    fn key(&mut self) -> PyResult {
        if self.peek() != Some(b'"') {
            return Err(self.error("Expecting property name enclosed in double quotes", self.at));
        }
        let (key, end) = string::scan(self.vm, self.text, self.at + 1, self.scanner.strict)?;
        self.at = end;
        let key = self.keys.set_default(self.vm, key.as_obj(), key.as_obj().clone())?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.error("Expecting ':' delimiter", self.at));
        }
        self.at += 1;
        self.skip_space();
        Ok(key)
    }

    fn object(&mut self) -> PyResult {
        let vm = self.vm;
        let pairs = (!vm.is_none(&self.scanner.object_pairs_hook)).then(Vec::new);
        let (mut pairs, dict) = (pairs, Dict::new());
        self.at += 1;
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                let key = self.key()?;
                let value = self.value()?;
                match &mut pairs {
                    Some(pairs) => pairs.push(Tuple::new(vec![key, value]).into_obj()),
                    None => dict.set(vm, &key, value)?,
                }
                self.skip_space();
                if self.closes(b'}', "Illegal trailing comma before end of object")? {
                    break;
                }
            }
        }
        if let Some(pairs) = pairs {
            return vm.call(&self.scanner.object_pairs_hook, &[List::new(pairs).into_obj()]);
        }
        if vm.is_none(&self.scanner.object_hook) {
            return Ok(dict.into_obj());
        }
        vm.call(&self.scanner.object_hook, &[dict.into_obj()])
    }
}

const PROPERTIES: &[Property] = &[
    Property::new("strict", "strict", |vm, object| Ok(vm.bool(vm.receiver::<Scanner>(object)?.strict)))
        .member(),
    Property::new("object_hook", "object_hook", |vm, object| {
        Ok(vm.receiver::<Scanner>(object)?.object_hook.clone())
    })
    .member(),
    Property::new("object_pairs_hook", "object_pairs_hook", |vm, object| {
        Ok(vm.receiver::<Scanner>(object)?.object_pairs_hook.clone())
    })
    .member(),
    Property::new("parse_float", "parse_float", |vm, object| {
        Ok(vm.receiver::<Scanner>(object)?.parse_float.clone())
    })
    .member(),
    Property::new("parse_int", "parse_int", |vm, object| {
        Ok(vm.receiver::<Scanner>(object)?.parse_int.clone())
    })
    .member(),
    Property::new("parse_constant", "parse_constant", |vm, object| {
        Ok(vm.receiver::<Scanner>(object)?.parse_constant.clone())
    })
    .member(),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &SCANNER)
        .doc("JSON scanner object")
        .module("_json")
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.call.set(Some(call));
        })
        .properties(PROPERTIES)
        .ready();
}
