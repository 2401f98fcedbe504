//! Scanners: one match after the other, by the code that looks for tokens and by `finditer`.

use std::cell::Cell;

use lasti_vm::object::{Payload, Visitor};
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::engine::{Attempt, Kind};
use super::matches;
use super::pattern::{Pattern, Range};

struct Scanner {
    pattern: Ref<Pattern>,
    range: Range,
    /// Where the next match is looked for; `None` after the last.
    start: Cell<Option<usize>>,
    must_advance: Cell<bool>,
}

impl Payload for Scanner {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &SCANNER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.pattern.as_obj());
        self.range.subject.traverse(visitor);
    }
}

lasti_vm::builtin_type!(/** `_sre.SRE_Scanner` */ SCANNER, "SRE_Scanner", Scanner);

pub(super) fn new(pattern: &Ref<Pattern>, range: Range) -> Obj {
    let start = Cell::new(Some(range.pos));
    Ref::new(Scanner { pattern: pattern.clone(), range, start, must_advance: Cell::new(false) }).into_obj()
}

fn step(vm: &Vm, object: &Obj, kind: Kind) -> PyResult {
    let scanner = vm.receiver::<Scanner>(object)?;
    let Some(start) = scanner.start.get() else { return Ok(vm.none()) };
    let Range { subject, pos, endpos } = &scanner.range;
    let attempt = Attempt { start, end: *endpos, kind, must_advance: scanner.must_advance.get() };
    let Some(found) = scanner.pattern.run(vm, subject, attempt)? else {
        scanner.start.set(None);
        return Ok(vm.none());
    };
    let (start, end) = found.whole();
    scanner.must_advance.set(start == end);
    scanner.start.set(Some(end));
    Ok(matches::new(&scanner.pattern, subject, found, *pos, *endpos))
}

const METHODS: &[NativeDef] = &[
    NativeDef::new("match", "($self, /)", "", NativeCall::NoArgs(|vm, object| step(vm, object, Kind::Match))),
    NativeDef::new(
        "search",
        "($self, /)",
        "",
        NativeCall::NoArgs(|vm, object| step(vm, object, Kind::Search)),
    ),
];

const PROPERTIES: &[Property] = &[Property::new("pattern", "", |vm, object| {
    Ok(vm.receiver::<Scanner>(object)?.pattern.as_obj().clone())
})
.member()];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &SCANNER)
        .module("_sre")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
