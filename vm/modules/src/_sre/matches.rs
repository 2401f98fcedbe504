//! `re.Match`.

use lasti_vm::builtins::class_getitem_def;
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::{ObjCell, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_wtf8::Wtf8Buf;

use super::engine::Found;
use super::pattern::{Pattern, first};
use super::subject::{Subject, Units};
use super::template;

/// A match.
pub(super) struct Match {
    string: Obj,
    /// The string's units; `None` for an object whose memory is exported only while it is looked at.
    units: Option<Units>,
    pub(super) pattern: Ref<Pattern>,
    found: Found,
    pos: usize,
    endpos: usize,
    regs: ObjCell,
}

impl Payload for Match {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &MATCH
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.string);
        match &self.units {
            Some(Units::Ascii(text)) => visitor.visit(text.as_obj()),
            Some(Units::Bytes(bytes)) => visitor.visit(bytes.as_obj()),
            _ => {}
        }
        visitor.visit(self.pattern.as_obj());
        self.regs.traverse(visitor);
    }
}

lasti_vm::builtin_type!(/** `re.Match` */ MATCH, "Match", Match);

/// A match object.
pub(super) fn new(pattern: &Ref<Pattern>, subject: &Subject, found: Found, pos: usize, endpos: usize) -> Obj {
    let units = match subject.units() {
        Units::Buffer(_) => None,
        units => Some(units.clone()),
    };
    Ref::new(Match {
        string: subject.object.clone(),
        units,
        pattern: pattern.clone(),
        found,
        pos,
        endpos,
        regs: ObjCell::empty(),
    })
    .into_obj()
}

impl Match {
    /// The text of a group, or `default`. The group exists.
    pub(super) fn text(&self, vm: &Vm, group: usize, default: &Obj) -> PyResult {
        let Some((start, end)) = self.found.spans.get(group).copied().flatten() else {
            return Ok(default.clone());
        };
        match &self.units {
            Some(units) => Ok(units.slice(&self.string, start, end)),
            None => Ok(Units::of(vm, &self.string)?.slice(&self.string, start, end)),
        }
    }

    /// How many groups, with the whole match as the first.
    pub(super) fn count(&self) -> usize {
        self.found.spans.len()
    }

    /// The number of the group that `index` is the number or the name of.
    fn group(&self, vm: &Vm, index: &Obj) -> PyResult<usize> {
        let number = if index.as_int().is_some() || index.ty().slots.nb_index.get().is_some() {
            vm.index_clamped(index)?
        } else {
            let found = match &self.pattern.group_index {
                Some(names) => names.get(vm, index)?,
                None => None,
            };
            found.and_then(|number| number.as_i64()).unwrap_or(-1)
        };
        usize::try_from(number)
            .ok()
            .filter(|&number| number < self.count())
            .ok_or_else(|| vm.index_error("no such group"))
    }

    /// Where a group begins and ends; -1 if it took no part.
    fn span(&self, group: usize) -> (Obj, Obj) {
        match self.found.spans.get(group).copied().flatten() {
            Some((start, end)) => (Int::from_usize(start), Int::from_usize(end)),
            None => (Int::new(-1), Int::new(-1)),
        }
    }

    fn pair(&self, group: usize) -> Obj {
        let (start, end) = self.span(group);
        Tuple::new(vec![start, end]).into_obj()
    }

    fn last_index(&self) -> Option<usize> {
        Some(self.found.last_index).filter(|&index| index > 0)
    }
}

fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Match>> {
    vm.receiver::<Match>(object)
}

fn group(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "Match.group")?;
    let found = receiver(vm, object)?;
    match args.all() {
        [] => found.text(vm, 0, &vm.none()),
        [index] => getitem(vm, object, index),
        all => {
            let texts = all.iter().map(|index| getitem(vm, object, index)).collect::<PyResult<Vec<_>>>()?;
            Ok(Tuple::new(texts).into_obj())
        }
    }
}

fn getitem(vm: &Vm, object: &Obj, index: &Obj) -> PyResult {
    let found = receiver(vm, object)?;
    found.text(vm, found.group(vm, index)?, &vm.none())
}

static GROUPS: Signature<1> = Signature::new("groups", ["default"], 0);
static GROUPDICT: Signature<1> = Signature::new("groupdict", ["default"], 0);
static EXPAND: Signature<1> = Signature::new("expand", ["template"], 1);

fn groups(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let found = receiver(vm, object)?;
    let [default] = args.bind(vm, &GROUPS)?;
    let default = vm.or_none(default.cloned());
    let texts = (1..found.count()).map(|group| found.text(vm, group, &default)).collect::<PyResult<_>>()?;
    Ok(Tuple::new(texts).into_obj())
}

fn groupdict(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let found = receiver(vm, object)?;
    let [default] = args.bind(vm, &GROUPDICT)?;
    let default = vm.or_none(default.cloned());
    let texts = Dict::new();
    if let Some(names) = &found.pattern.group_index {
        for (name, _) in names.items() {
            let text = found.text(vm, found.group(vm, &name)?, &default)?;
            texts.set(vm, &name, text)?;
        }
    }
    Ok(texts.into_obj())
}

/// The group that the only argument means, 0 without one.
fn group_argument(vm: &Vm, found: &Match, args: &[Obj]) -> PyResult<usize> {
    args.first().map_or(Ok(0), |index| found.group(vm, index))
}

fn start(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let found = receiver(vm, object)?;
    Ok(found.span(group_argument(vm, found, args)?).0)
}

fn end(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let found = receiver(vm, object)?;
    Ok(found.span(group_argument(vm, found, args)?).1)
}

fn span(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let found = receiver(vm, object)?;
    Ok(found.pair(group_argument(vm, found, args)?))
}

fn expand(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let found = receiver(vm, object)?;
    let [Some(text)] = args.bind(vm, &EXPAND)? else { return Ok(vm.none()) };
    template::compile(vm, &found.pattern, text)?.expand(vm, found)
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let found = receiver(vm, object)?;
    let (start, end) = found.found.whole();
    let text = found.text(vm, 0, &vm.none())?;
    let mut shown =
        Wtf8Buf::from_string(format!("<{} object; span=({start}, {end}), match=", object.ty().tp_name()));
    shown.push_wtf8(first(&vm.repr(&text)?, 50).as_wtf8());
    shown.push_str(">");
    Ok(Str::from_wtf8(&shown).into_obj())
}

fn copy(_: &Vm, object: &Obj) -> PyResult {
    Ok(object.clone())
}

fn deepcopy(_: &Vm, object: &Obj, _: &Obj) -> PyResult {
    Ok(object.clone())
}

fn regs(vm: &Vm, object: &Obj) -> PyResult {
    let found = receiver(vm, object)?;
    if let Some(regs) = found.regs.get() {
        return Ok(regs);
    }
    let regs = Tuple::new((0..found.count()).map(|group| found.pair(group)).collect()).into_obj();
    found.regs.set(regs.clone());
    Ok(regs)
}

fn lastgroup(vm: &Vm, object: &Obj) -> PyResult {
    let found = receiver(vm, object)?;
    let names = found.pattern.index_group.as_ref();
    let name = names.zip(found.last_index()).and_then(|(names, index)| names.items().get(index).cloned());
    Ok(vm.or_none(name))
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "group",
        "",
        "group([group1, ...]) -> str or tuple.\n    Return subgroup(s) of the match by indices or names.\n    For 0 returns the entire match.",
        NativeCall::Full(group),
    ),
    NativeDef::new(
        "start",
        "($self, group=0, /)",
        "Return index of the start of the substring matched by group.",
        NativeCall::Positional(0, 1, start),
    ),
    NativeDef::new(
        "end",
        "($self, group=0, /)",
        "Return index of the end of the substring matched by group.",
        NativeCall::Positional(0, 1, end),
    ),
    NativeDef::new(
        "span",
        "($self, group=0, /)",
        "For match object m, return the 2-tuple (m.start(group), m.end(group)).",
        NativeCall::Positional(0, 1, span),
    ),
    NativeDef::new(
        "groups",
        "($self, /, default=None)",
        "Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not participate in the match.",
        NativeCall::Full(groups),
    ),
    NativeDef::new(
        "groupdict",
        "($self, /, default=None)",
        "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match.",
        NativeCall::Full(groupdict),
    ),
    NativeDef::new(
        "expand",
        "($self, /, template)",
        "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.",
        NativeCall::Full(expand),
    ),
    NativeDef::new("__copy__", "($self, /)", "", NativeCall::NoArgs(copy)),
    NativeDef::new("__deepcopy__", "($self, memo, /)", "", NativeCall::One(deepcopy)),
    class_getitem_def("Matches are generic over the type of string which was matched (str or bytes)"),
];

const PROPERTIES: &[Property] = &[
    Property::new("string", "The string passed to match() or search().", |vm, object| {
        Ok(receiver(vm, object)?.string.clone())
    })
    .member(),
    Property::new("re", "The regular expression object.", |vm, object| {
        Ok(receiver(vm, object)?.pattern.as_obj().clone())
    })
    .member(),
    Property::new(
        "pos",
        "The index into the string at which the RE engine started looking for a match.",
        |vm, object| Ok(Int::from_usize(receiver(vm, object)?.pos)),
    )
    .member(),
    Property::new(
        "endpos",
        "The index into the string beyond which the RE engine will not go.",
        |vm, object| Ok(Int::from_usize(receiver(vm, object)?.endpos)),
    )
    .member(),
    Property::new("lastindex", "The integer index of the last matched capturing group.", |vm, object| {
        Ok(vm.or_none(receiver(vm, object)?.last_index().map(Int::from_usize)))
    }),
    Property::new("lastgroup", "The name of the last matched capturing group.", lastgroup),
    Property::new("regs", "", regs),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &MATCH)
        .doc("The result of re.match() and re.search().\nMatch objects always have a boolean value of True.")
        .module("re")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| {
            slots.repr.set(Some(repr));
            slots.getitem.set(Some(getitem));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
