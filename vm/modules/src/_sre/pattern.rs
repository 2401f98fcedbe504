//! `re.Pattern`.

use std::cell::{Cell, OnceCell};

use lasti_vm::builtins::class_getitem_def;
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::number::{Int, IntView};
use lasti_vm::object::{Payload, Visitor};
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_sre_engine::SreFlag;
use rustpython_wtf8::Wtf8Buf;

use super::automaton::Automaton;
use super::engine::{Attempt, Found, Kind};
use super::subject::{Subject, Units};
use super::{matches, scanner, substitute, validate};

/// A compiled regular expression.
pub(super) struct Pattern {
    /// What it was compiled from.
    pub(super) source: Obj,
    flags: i32,
    code: Box<[u32]>,
    pub(super) groups: usize,
    /// The groups' numbers by their names, if any has one.
    pub(super) group_index: Option<Ref<Dict>>,
    /// The groups' names by their numbers, or None.
    pub(super) index_group: Option<Ref<Tuple>>,
    /// Whether it was compiled from bytes; `None`: from nothing, and it is for both.
    bytes: Option<bool>,
    /// Made when the pattern was used enough; `None` if there is none for it.
    automaton: OnceCell<Option<Box<Automaton>>>,
    /// How much the pattern was used.
    used: Cell<usize>,
}

/// How much a pattern is used, in characters, before its automaton is made. An attempt counts as [`ATTEMPT`] at least.
const WORN: usize = 2048;
const ATTEMPT: usize = 64;

impl Payload for Pattern {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &PATTERN
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.source);
        visitor.visit_option(self.group_index.as_ref().map(Ref::as_obj));
        visitor.visit_option(self.index_group.as_ref().map(Ref::as_obj));
    }
}

lasti_vm::builtin_type!(/** `re.Pattern` */ PATTERN, "Pattern", Pattern);

impl Pattern {
    /// A string that this pattern can be searched for in.
    pub(super) fn subject(&self, vm: &Vm, object: &Obj) -> PyResult<Subject> {
        Subject::new(vm, object, self.bytes)
    }

    pub(super) fn run(&self, vm: &Vm, subject: &Subject, attempt: Attempt) -> PyResult<Option<Found>> {
        if let Some(bytes) = subject.bytes()
            && let Some(automaton) = self.automaton(attempt)
            && automaton.can_run(bytes, attempt)
        {
            return Ok(automaton.run(bytes, attempt));
        }
        subject.run(vm, &self.code, self.groups, attempt)
    }

    fn automaton(&self, attempt: Attempt) -> Option<&Automaton> {
        if let Some(made) = self.automaton.get() {
            return made.as_deref();
        }
        let length = if attempt.kind == Kind::Search { attempt.end.saturating_sub(attempt.start) } else { 0 };
        let used = self.used.get().saturating_add(length.max(ATTEMPT));
        self.used.set(used);
        if used < WORN {
            return None;
        }
        let make = || self.bytes.and_then(|_| Automaton::new(&self.code, self.groups)).map(Box::new);
        self.automaton.get_or_init(make).as_deref()
    }
}

static COMPILE: Signature<6> =
    Signature::new("compile", ["pattern", "flags", "code", "groups", "groupindex", "indexgroup"], 6);

/// A word of code from an int. CPython: `PyLong_AsUnsignedLong`, and the size of the code.
fn word(vm: &Vm, item: &Obj) -> PyResult<u32> {
    let Some(int) = item.as_int() else { return Err(vm.type_error("an integer is required")) };
    match int {
        IntView::Small(int) if int < 0 => {
            Err(vm.overflow_error("can't convert negative value to unsigned int"))
        }
        IntView::Small(int) => {
            u32::try_from(int).map_err(|_| vm.overflow_error("regular expression code size limit exceeded"))
        }
        IntView::Big(_) if int.is_negative() => {
            Err(vm.overflow_error("can't convert negative value to unsigned int"))
        }
        IntView::Big(int) if int.bits() > 64 => {
            Err(vm.overflow_error("Python int too large to convert to C unsigned long"))
        }
        IntView::Big(_) => Err(vm.overflow_error("regular expression code size limit exceeded")),
    }
}

/// `_sre.compile(pattern, flags, code, groups, groupindex, indexgroup)`
pub(super) fn compile(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(source), Some(flags), Some(code), Some(groups), Some(group_index), Some(index_group)] =
        args.bind(vm, &COMPILE)?
    else {
        return Ok(vm.none());
    };
    let flags = vm.c_int_argument(flags)?;
    let Some(code) = code.downcast::<List>() else {
        return Err(vm.bad_argument("compile", "'code'", "list", code));
    };
    let groups = vm.size_argument(groups)?;
    let Some(group_index) = group_index.downcast::<Dict>() else {
        return Err(vm.bad_argument("compile", "'groupindex'", "dict", group_index));
    };
    let Some(index_group) = index_group.downcast::<Tuple>() else {
        return Err(vm.bad_argument("compile", "'indexgroup'", "tuple", index_group));
    };
    let code = code.items.to_vec().iter().map(|item| word(vm, item)).collect::<PyResult<Box<[u32]>>>()?;
    let bytes = if vm.is_none(source) { None } else { Some(Units::of(vm, source)?.is_bytes()) };
    let groups = usize::try_from(groups).unwrap_or(usize::MAX);
    if !validate::is_valid(vm, &code, groups) {
        return Err(vm.runtime_error("invalid SRE code"));
    }
    let named = !group_index.is_empty();
    Ok(Ref::new(Pattern {
        source: source.clone(),
        flags,
        code,
        groups,
        group_index: named.then(|| group_index.clone()),
        index_group: (named && !index_group.is_empty()).then(|| index_group.clone()),
        bytes,
        automaton: OnceCell::new(),
        used: Cell::new(0),
    })
    .into_obj())
}

fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Pattern>> {
    vm.receiver::<Pattern>(object)
}

/// `string, pos=0, endpos=sys.maxsize`, of which the string must be one for the pattern.
pub(super) struct Range {
    pub(super) subject: Subject,
    pub(super) pos: usize,
    pub(super) endpos: usize,
}

impl Range {
    fn bind(vm: &Vm, pattern: &Pattern, function: &'static str, args: Args<'_>) -> PyResult<Self> {
        let signature = Signature::new(function, ["string", "pos", "endpos"], 1);
        let [Some(string), pos, endpos] = args.bind(vm, &signature)? else {
            return Err(vm.type_error("string is missing"));
        };
        let pos = pos.map_or(Ok(0), |pos| vm.size_argument(pos))?;
        let endpos = endpos.map_or(Ok(isize::MAX), |endpos| vm.size_argument(endpos))?;
        let subject = pattern.subject(vm, string)?;
        let (pos, endpos) = subject.bounds(pos, endpos);
        Ok(Self { subject, pos, endpos })
    }

    fn attempt(&self, kind: Kind) -> Attempt {
        Attempt { start: self.pos, end: self.endpos, kind, must_advance: false }
    }
}

fn once(vm: &Vm, object: &Obj, function: &'static str, kind: Kind, args: Args<'_>) -> PyResult {
    let pattern = receiver(vm, object)?;
    let range = Range::bind(vm, pattern, function, args)?;
    let found = pattern.run(vm, &range.subject, range.attempt(kind))?;
    Ok(match found {
        Some(found) => matches::new(pattern, &range.subject, found, range.pos, range.endpos),
        None => vm.none(),
    })
}

fn py_match(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    once(vm, object, "match", Kind::Match, args)
}

fn fullmatch(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    once(vm, object, "fullmatch", Kind::FullMatch, args)
}

fn search(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    once(vm, object, "search", Kind::Search, args)
}

/// All matches one after the other, until `each` returns false.
pub(super) fn for_each_match(
    vm: &Vm,
    pattern: &Pattern,
    subject: &Subject,
    (start, end): (usize, usize),
    mut each: impl FnMut(Found) -> PyResult<bool>,
) -> PyResult<()> {
    let mut attempt = Attempt { start, end, kind: Kind::Search, must_advance: false };
    while let Some(found) = pattern.run(vm, subject, attempt)? {
        let (start, end) = found.whole();
        attempt.must_advance = start == end;
        attempt.start = end;
        if !each(found)? {
            break;
        }
    }
    Ok(())
}

fn findall(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let pattern = receiver(vm, object)?;
    let Range { subject, pos, endpos } = Range::bind(vm, pattern, "findall", args)?;
    let mut items = Vec::new();
    for_each_match(vm, pattern, &subject, (pos, endpos), |found| {
        let group = |span: &Option<(usize, usize)>| {
            let (start, end) = span.unwrap_or_default();
            subject.slice(start, end)
        };
        items.push(match &*found.spans {
            [whole] => group(whole),
            [_, only] => group(only),
            [_, groups @ ..] => Tuple::new(groups.iter().map(group).collect()).into_obj(),
            [] => vm.none(),
        });
        Ok(true)
    })?;
    Ok(List::new(items).into_obj())
}

static SPLIT: Signature<2> = Signature::new("split", ["string", "maxsplit"], 1);

fn split(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let pattern = receiver(vm, object)?;
    let [Some(string), limit] = args.bind(vm, &SPLIT)? else { return Ok(vm.none()) };
    let limit = limit.map_or(Ok(0), |limit| vm.size_argument(limit))?;
    let subject = pattern.subject(vm, string)?;
    let length = subject.units().len();
    let mut parts = Vec::new();
    let (mut last, mut count) = (0, 0);
    // A negative limit is one that was reached before the first.
    if limit >= 0 {
        for_each_match(vm, pattern, &subject, (0, length), |found| {
            let (start, end) = found.whole();
            parts.push(subject.slice(last, start));
            last = end;
            for span in &found.spans[1..] {
                parts.push(match span {
                    Some((start, end)) => subject.slice(*start, *end),
                    None => vm.none(),
                });
            }
            count += 1;
            Ok(limit == 0 || count < limit)
        })?;
    }
    parts.push(subject.slice(last, length));
    Ok(List::new(parts).into_obj())
}

fn finditer(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let pattern = receiver(vm, object)?;
    let range = Range::bind(vm, pattern, "finditer", args)?;
    let search = vm.getattr_named(&scanner::new(pattern, range), "search")?;
    lasti_vm::builtins::callable_iterator(vm, &search, &vm.none())
}

fn make_scanner(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let pattern = receiver(vm, object)?;
    let range = Range::bind(vm, pattern, "scanner", args)?;
    Ok(scanner::new(pattern, range))
}

static SUB: Signature<3> = Signature::new("sub", ["repl", "string", "count"], 2);
static SUBN: Signature<3> = Signature::new("subn", ["repl", "string", "count"], 2);

fn replaced(vm: &Vm, object: &Obj, signature: &Signature<3>, args: Args<'_>) -> PyResult<(Obj, usize)> {
    let pattern = receiver(vm, object)?;
    let [Some(replacement), Some(string), count] = args.bind(vm, signature)? else {
        return Err(vm.type_error("string is missing"));
    };
    let count = count.map_or(Ok(0), |count| vm.size_argument(count))?;
    substitute::substitute(vm, pattern, replacement, string, count)
}

fn sub(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    Ok(replaced(vm, object, &SUB, args)?.0)
}

fn subn(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let (text, count) = replaced(vm, object, &SUBN, args)?;
    Ok(Tuple::new(vec![text, Int::from_usize(count)]).into_obj())
}

/// Patterns do not change: a copy is the pattern itself.
fn copy(_: &Vm, object: &Obj) -> PyResult {
    Ok(object.clone())
}

fn deepcopy(_: &Vm, object: &Obj, _: &Obj) -> PyResult {
    Ok(object.clone())
}

const FLAG_NAMES: [(SreFlag, &str); 8] = [
    (SreFlag::IGNORECASE, "re.IGNORECASE"),
    (SreFlag::LOCALE, "re.LOCALE"),
    (SreFlag::MULTILINE, "re.MULTILINE"),
    (SreFlag::DOTALL, "re.DOTALL"),
    (SreFlag::UNICODE, "re.UNICODE"),
    (SreFlag::VERBOSE, "re.VERBOSE"),
    (SreFlag::DEBUG, "re.DEBUG"),
    (SreFlag::ASCII, "re.ASCII"),
];

/// The first code points of a text.
pub(super) fn first(text: &Ref<Str>, count: usize) -> Ref<Str> {
    text.substring(0, count.min(text.char_len()))
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let pattern = receiver(vm, object)?;
    let mut flags = pattern.flags;
    let unicode = i32::from(SreFlag::UNICODE.bits());
    let kinds = i32::from((SreFlag::LOCALE | SreFlag::UNICODE | SreFlag::ASCII).bits());
    // For a str that goes without saying.
    if pattern.bytes == Some(false) && flags & kinds == unicode {
        flags &= !unicode;
    }
    let mut names: Vec<String> = Vec::new();
    for (flag, name) in FLAG_NAMES {
        let flag = i32::from(flag.bits());
        if flags & flag != 0 {
            names.push(name.to_owned());
            flags &= !flag;
        }
    }
    if flags != 0 {
        names.push(format!("0x{flags:x}"));
    }
    let mut text = Wtf8Buf::from_string("re.compile(".to_owned());
    text.push_wtf8(first(&vm.repr(&pattern.source)?, 200).as_wtf8());
    if !names.is_empty() {
        text.push_str(", ");
        text.push_str(&names.join("|"));
    }
    text.push_str(")");
    Ok(Str::from_wtf8(&text).into_obj())
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let pattern = receiver(vm, object)?;
    let bytes: Vec<u8> = pattern.code.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let hash = vm.hash(&pattern.source)?
        ^ vm.interp().hash_key().hash_bytes(&bytes)
        ^ i64::from(pattern.flags)
        ^ pattern.bytes.map_or(-1, i64::from)
        ^ pattern.code.len() as i64;
    Ok(if hash == -1 { -2 } else { hash })
}

fn compare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (left.downcast::<Pattern>(), right.downcast::<Pattern>()) else {
        return Ok(vm.not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(vm.not_implemented());
    }
    let equal = a.is(b)
        || a.flags == b.flags && a.bytes == b.bytes && a.code == b.code && vm.eq(&a.source, &b.source)?;
    Ok(vm.bool(equal == (op == CompareOp::Eq)))
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "match",
        "($self, /, string, pos=0, endpos=sys.maxsize)",
        "Matches zero or more characters at the beginning of the string.",
        NativeCall::Full(py_match),
    ),
    NativeDef::new(
        "fullmatch",
        "($self, /, string, pos=0, endpos=sys.maxsize)",
        "Matches against all of the string.",
        NativeCall::Full(fullmatch),
    ),
    NativeDef::new(
        "search",
        "($self, /, string, pos=0, endpos=sys.maxsize)",
        "Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no position in the string matches.",
        NativeCall::Full(search),
    ),
    NativeDef::new(
        "sub",
        "($self, /, repl, string, count=0)",
        "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.",
        NativeCall::Full(sub),
    ),
    NativeDef::new(
        "subn",
        "($self, /, repl, string, count=0)",
        "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.",
        NativeCall::Full(subn),
    ),
    NativeDef::new(
        "findall",
        "($self, /, string, pos=0, endpos=sys.maxsize)",
        "Return a list of all non-overlapping matches of pattern in string.",
        NativeCall::Full(findall),
    ),
    NativeDef::new(
        "split",
        "($self, /, string, maxsplit=0)",
        "Split string by the occurrences of pattern.",
        NativeCall::Full(split),
    ),
    NativeDef::new(
        "finditer",
        "($self, /, string, pos=0, endpos=sys.maxsize)",
        "Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator returns a match object.",
        NativeCall::Full(finditer),
    ),
    NativeDef::new(
        "scanner",
        "($self, /, string, pos=0, endpos=sys.maxsize)",
        "",
        NativeCall::Full(make_scanner),
    ),
    NativeDef::new("__copy__", "($self, /)", "", NativeCall::NoArgs(copy)),
    NativeDef::new("__deepcopy__", "($self, memo, /)", "", NativeCall::One(deepcopy)),
    class_getitem_def("Patterns are generic over the type of string they handle (str or bytes)"),
];

const PROPERTIES: &[Property] = &[
    Property::new("pattern", "The pattern string from which the RE object was compiled.", |vm, object| {
        Ok(receiver(vm, object)?.source.clone())
    })
    .member(),
    Property::new("flags", "The regex matching flags.", |vm, object| {
        Ok(Int::new(receiver(vm, object)?.flags.into()))
    })
    .member(),
    Property::new("groups", "The number of capturing groups in the pattern.", |vm, object| {
        Ok(Int::from_usize(receiver(vm, object)?.groups))
    })
    .member(),
    Property::new("groupindex", "A dictionary mapping group names to group numbers.", |vm, object| {
        Ok(match &receiver(vm, object)?.group_index {
            Some(index) => lasti_vm::builtins::mapping_proxy(index.as_obj().clone()),
            None => Dict::new().into_obj(),
        })
    }),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &PATTERN)
        .doc("Compiled regular expression object.")
        .module("re")
        .flags(TypeFlags::DISALLOW_INSTANTIATION | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(compare));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
