//! Code objects as Python sees them. CPython: Objects/codeobject.c.

use std::cell::Cell;
use std::sync::Arc;

use lasti_code::{CodeFlags, CodeObject, Const, LocalKind, Names, Opcode};

use super::object::iter_self;
use super::{CODE, builtin_type};
use crate::bytes::Bytes;
use crate::call::{Args, Signature};
use crate::code::Code;
use crate::errors::PyResult;
use crate::iterators::Slice;
use crate::number::{Complex, Float, Int, IntView};
use crate::object::{Obj, ObjVec, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::set::Set;
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// The iterators over a code object's tables: the entries are known when one is made.
pub(crate) struct CodeIter {
    entries: ObjVec,
    next: Cell<usize>,
}

impl Payload for CodeIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &LINE_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.entries.traverse(visitor);
    }
}

builtin_type!(/** `line_iterator` */ LINE_ITERATOR, "line_iterator", CodeIter);
builtin_type!(/** `positions_iterator` */ POSITIONS_ITERATOR, "positions_iterator", CodeIter, on LINE_ITERATOR);

fn entries(ty: &TypeObject, entries: Vec<Obj>) -> Obj {
    Ref::new_in(ty, CodeIter { entries: ObjVec::new(entries), next: Cell::new(0) }).into_obj()
}

fn next_entry(vm: &Vm, iterator: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<CodeIter>(iterator)?;
    let entry = iterator.entries.get(iterator.next.get());
    if entry.is_some() {
        iterator.next.set(iterator.next.get() + 1);
    }
    Ok(entry)
}

fn data<'a>(vm: &Vm, code: &'a Obj) -> PyResult<&'a Arc<CodeObject>> {
    Ok((**vm.receiver::<Code>(code)?).data())
}

fn number(vm: &Vm, code: &Obj, get: impl FnOnce(&CodeObject) -> u32) -> PyResult {
    Ok(Int::new(get(data(vm, code)?).into()))
}

/// The names of the slots of a kind, as a tuple.
fn slot_names(vm: &Vm, code: &Obj, kind: LocalKind) -> PyResult {
    let code = vm.receiver::<Code>(code)?;
    let kinds = &code.data().localspluskinds;
    let names = code.localsplusnames.iter().zip(kinds.iter());
    let names = names.filter(|(_, bits)| LocalKind::from_bits_retain(**bits).contains(kind));
    Ok(Tuple::new(names.map(|(name, _)| name.as_obj().clone()).collect()).into_obj())
}

static PROPERTIES: &[Property] = &[
    Property::new("co_argcount", "", |vm, code| number(vm, code, |data| data.argcount)).member(),
    Property::new("co_posonlyargcount", "", |vm, code| number(vm, code, |data| data.posonlyargcount))
        .member(),
    Property::new("co_kwonlyargcount", "", |vm, code| number(vm, code, |data| data.kwonlyargcount)).member(),
    Property::new("co_stacksize", "", |vm, code| number(vm, code, |data| data.stacksize)).member(),
    Property::new("co_flags", "", |vm, code| number(vm, code, |data| data.flags.bits())).member(),
    Property::new("co_names", "", |vm, code| {
        let names = &vm.receiver::<Code>(code)?.names;
        Ok(Tuple::new(names.iter().map(|name| name.as_obj().clone()).collect()).into_obj())
    })
    .member(),
    Property::new("co_filename", "", |vm, code| Ok(vm.receiver::<Code>(code)?.filename().into_obj()))
        .member(),
    Property::new("co_name", "", |vm, code| Ok(vm.receiver::<Code>(code)?.name().as_obj().clone())).member(),
    Property::new("co_qualname", "", |vm, code| Ok(vm.receiver::<Code>(code)?.qualname().as_obj().clone()))
        .member(),
    Property::new("co_firstlineno", "", |vm, code| Ok(Int::new(data(vm, code)?.firstlineno.into()))).member(),
    Property::new("co_linetable", "", |vm, code| Ok(Bytes::new(&data(vm, code)?.linetable).into_obj()))
        .member(),
    Property::new("co_exceptiontable", "", |vm, code| {
        Ok(Bytes::new(&data(vm, code)?.exceptiontable).into_obj())
    })
    .member(),
    Property::new("co_consts", "", |vm, code| {
        Ok(Tuple::from_slice(vm.receiver::<Code>(code)?.consts()).into_obj())
    })
    .member(),
    Property::new("co_code", "", |vm, code| Ok(Bytes::new(&data(vm, code)?.code).into_obj())),
    Property::new("_co_code_adaptive", "", |vm, code| {
        Ok(Bytes::new(&vm.receiver::<Code>(code)?.adaptive_bytes()).into_obj())
    }),
    Property::new("co_nlocals", "", |vm, code| Ok(Int::from_usize(data(vm, code)?.varnames().count()))),
    Property::new("co_varnames", "", |vm, code| slot_names(vm, code, LocalKind::LOCAL)),
    Property::new("co_cellvars", "", |vm, code| slot_names(vm, code, LocalKind::CELL)),
    Property::new("co_freevars", "", |vm, code| slot_names(vm, code, LocalKind::FREE)),
    Property::new("co_lnotab", "", lnotab),
];

/// The line table in the form that CPython had up to 3.9. CPython: `decode_linetable`.
fn lnotab(vm: &Vm, code: &Obj) -> PyResult {
    vm.warn_deprecated("co_lnotab is deprecated, use co_lines instead.")?;
    let data = data(vm, code)?;
    let (mut table, mut line, mut at) = (Vec::new(), data.firstlineno, 0);
    for range in data.line_table().lines() {
        let Some(new) = range.line.filter(|new| *new != line) else { continue };
        let mut bytes = range.start.0 - at;
        while bytes > 255 {
            table.extend([255, 0]);
            bytes -= 255;
        }
        let mut delta = new - line;
        while !(-128..=127).contains(&delta) {
            let part = delta.clamp(-128, 127);
            table.extend([bytes as u8, part as i8 as u8]);
            delta -= part;
            bytes = 0;
        }
        table.extend([bytes as u8, delta as i8 as u8]);
        (line, at) = (new, range.start.0);
    }
    Ok(Bytes::new(&table).into_obj())
}

fn lines(vm: &Vm, code: &Obj) -> PyResult {
    let lines = data(vm, code)?.line_table().lines().map(|range| {
        let line = vm.or_none(range.line.map(|line| Int::new(line.into())));
        Tuple::new(vec![Int::new(range.start.0.into()), Int::new(range.end.0.into()), line]).into_obj()
    });
    Ok(entries(&LINE_ITERATOR, lines.collect()))
}

fn positions(vm: &Vm, code: &Obj) -> PyResult {
    let ranges = !crate::vm::config::Config::get().flags.no_debug_ranges;
    let positions = data(vm, code)?.line_table().positions().map(|location| {
        let column =
            |column: Option<u32>| vm.or_none(column.filter(|_| ranges).map(|column| Int::new(column.into())));
        let items = match location {
            Some(at) => vec![
                Int::new(at.line.into()),
                Int::new(if ranges { at.end_line } else { at.line }.into()),
                column(at.column),
                column(at.end_column),
            ],
            None => vec![vm.none(); 4],
        };
        Tuple::new(items).into_obj()
    });
    Ok(entries(&POSITIONS_ITERATOR, positions.collect()))
}

/// Where the code branches: the branch, where it goes on if not taken, where if taken. CPython: `branchesiter_next`.
fn branches(vm: &Vm, code: &Obj) -> PyResult {
    let mut branches = Vec::new();
    for instruction in data(vm, code)?.units().instructions() {
        let (at, end) = (i64::from(instruction.at.0), i64::from(instruction.end().0));
        let oparg = i64::from(instruction.arg);
        let triple = match instruction.opcode() {
            // A NOT_TAKEN follows these.
            Some(
                Opcode::PopJumpIfFalse
                | Opcode::PopJumpIfTrue
                | Opcode::PopJumpIfNone
                | Opcode::PopJumpIfNotNone,
            ) => [at, end + 1, end + oparg],
            // The loop's end skips END_FOR and POP_ITER.
            Some(Opcode::ForIter) => [at, end, end + oparg + 2],
            Some(Opcode::EndAsyncFor) => [end - oparg, end - oparg + 2, end],
            _ => continue,
        };
        branches.push(Tuple::new(triple.iter().map(|unit| Int::new(unit * 2)).collect()).into_obj());
    }
    Ok(entries(&LINE_ITERATOR, branches))
}

fn varname_from_oparg(vm: &Vm, code: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<1> = Signature::new("_varname_from_oparg", ["oparg"], 1);
    let [oparg] = args.bind(vm, &SIGNATURE)?;
    let index = match oparg {
        Some(oparg) => usize::try_from(vm.c_int_argument(oparg)?).ok(),
        None => None,
    };
    let code = vm.receiver::<Code>(code)?;
    match index.and_then(|index| code.localsplusnames.get(index)) {
        Some(name) => Ok(name.as_obj().clone()),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

/// What `code(...)` and `replace` make a code object of.
struct Parts<'a> {
    /// Arguments, positional-only and keyword-only ones, locals, stack size, flags, first line.
    numbers: [i32; 7],
    /// Bytecode, line table, exception table.
    tables: [lasti_code::Bytes; 3],
    consts: &'a [Obj],
    /// Names, variables, free variables, cells.
    names: [Vec<Ref<Str>>; 4],
    /// File name, name, qualified name.
    texts: [Ref<Str>; 3],
    /// The slots' kinds that the new code keeps if its variables stay the same.
    kept: Option<&'a CodeObject>,
}

fn plain(text: &Str, interned: bool) -> lasti_code::Str {
    lasti_code::Str::from_wtf8(text.as_wtf8(), interned || text.is_interned())
}

fn plain_names(names: impl Iterator<Item = lasti_code::Str>) -> Names {
    let items: Vec<Const> = names.map(Const::Str).collect();
    Names::try_from(lasti_code::Tuple::from(items)).unwrap_or_default()
}

impl Parts<'_> {
    /// CPython: `PyUnstable_Code_NewWithPosOnlyArgs` and `_PyCode_Validate`.
    fn build(&self, vm: &Vm) -> PyResult<Ref<Code>> {
        let fault = |message: &str| Err(vm.value_error(format!("code: {message}")));
        let [argcount, posonly, kwonly, nlocals, stacksize, flags, firstlineno] = self.numbers;
        if argcount < posonly || posonly < 0 || kwonly < 0 || stacksize < 0 || flags < 0 {
            return Err(vm.system_error("bad argument to internal function"));
        }
        let [code, linetable, exceptiontable] = &self.tables;
        if code.len() % 2 != 0 {
            return fault("co_code is malformed");
        }
        let flags = CodeFlags::from_bits_retain(flags as u32);
        let [names, varnames, freevars, cellvars] = &self.names;
        let starred = [CodeFlags::VARARGS, CodeFlags::VARKEYWORDS];
        let parameters = argcount as usize
            + kwonly as usize
            + starred.iter().filter(|&&flag| flags.contains(flag)).count();
        if parameters > varnames.len() {
            return fault("co_varnames is too small");
        }
        if nlocals as usize != varnames.len() {
            return fault("co_nlocals != len(co_varnames)");
        }
        let mut slots: Vec<(&Ref<Str>, LocalKind)> = varnames
            .iter()
            .enumerate()
            .map(|(slot, name)| {
                let (argcount, posonly, kwonly) = (argcount as usize, posonly as usize, kwonly as usize);
                let kind = if slot < posonly {
                    LocalKind::ARG_POS
                } else if slot < argcount {
                    LocalKind::ARG_POS | LocalKind::ARG_KW
                } else if slot < argcount + kwonly {
                    LocalKind::ARG_KW
                } else if slot < parameters {
                    let star = slot == argcount + kwonly && flags.contains(CodeFlags::VARARGS);
                    LocalKind::ARG_VAR | if star { LocalKind::ARG_POS } else { LocalKind::ARG_KW }
                } else {
                    LocalKind::empty()
                };
                (name, LocalKind::LOCAL | kind)
            })
            .collect();
        for cell in cellvars {
            match slots.iter_mut().take(varnames.len()).find(|(name, _)| name.same_text(cell)) {
                Some((_, kind)) => *kind |= LocalKind::CELL,
                None => slots.push((cell, LocalKind::CELL)),
            }
        }
        slots.extend(freevars.iter().map(|name| (name, LocalKind::FREE)));
        let localsplusnames = plain_names(slots.iter().map(|(name, _)| plain(name, true)));
        let kinds: Vec<u8> = slots.iter().map(|(_, kind)| kind.bits()).collect();
        // A slot's kind says more than the names do: unchanged slots stay as they are.
        let kept = self.kept.filter(|kept| {
            let visible = |kind: &u8| kind & !LocalKind::HIDDEN.bits();
            kept.localsplusnames == localsplusnames
                && kept.localspluskinds.iter().map(visible).eq(kinds.iter().map(visible))
        });
        let mut foreign = false;
        let consts = self.consts.iter().map(|object| match constant(vm, object) {
            Err(error) if error.is(&super::TYPE_ERROR) => {
                foreign = true;
                Ok(Const::Ellipsis)
            }
            constant => constant,
        });
        let consts = consts.collect::<PyResult<Vec<_>>>()?;
        let [filename, name, qualname] = &self.texts;
        let data = CodeObject {
            argcount: argcount as u32,
            posonlyargcount: posonly as u32,
            kwonlyargcount: kwonly as u32,
            stacksize: stacksize as u32,
            flags,
            code: code.clone(),
            consts: consts.into(),
            names: plain_names(names.iter().map(|name| plain(name, true))),
            localspluskinds: kept.map_or_else(|| kinds.into(), |kept| kept.localspluskinds.clone()),
            localsplusnames,
            filename: plain(filename, false),
            name: plain(name, true),
            qualname: plain(qualname, true),
            firstlineno,
            linetable: linetable.clone(),
            exceptiontable: exceptiontable.clone(),
        };
        Ok(Code::with_consts(&Arc::new(data), self.consts, foreign))
    }
}

/// A constant as plain data.
pub(crate) fn constant(vm: &Vm, object: &Obj) -> PyResult<Const> {
    vm.check_native_stack()?;
    let all = |items: &[Obj]| items.iter().map(|item| constant(vm, item)).collect::<PyResult<Vec<_>>>();
    if vm.is_none(object) {
        return Ok(Const::None);
    }
    if object.is(&vm.ellipsis()) {
        return Ok(Const::Ellipsis);
    }
    if object.is_exact(&super::BOOL) {
        return Ok(Const::Bool(vm.is_true(object)?));
    }
    if object.is_exact_int()
        && let Some(int) = object.as_int()
    {
        return Ok(Const::Int(match int {
            IntView::Small(int) => lasti_code::Int::Small(int),
            IntView::Big(int) => lasti_code::Int::from(int.clone()),
        }));
    }
    if let Some(float) = object.downcast_exact::<Float>() {
        return Ok(Const::Float(float.0));
    }
    if let Some(complex) = object.downcast_exact::<Complex>() {
        return Ok(Const::Complex(complex.real, complex.imag));
    }
    if let Some(text) = object.downcast_exact::<Str>() {
        return Ok(Const::Str(plain(text, false)));
    }
    if let Some(bytes) = object.downcast_exact::<Bytes>() {
        return Ok(Const::Bytes(bytes.as_slice().to_vec().into()));
    }
    if let Some(tuple) = object.downcast_exact::<Tuple>() {
        return Ok(Const::Tuple(all(tuple.items())?.into()));
    }
    if object.is_exact(&super::FROZENSET)
        && let Some(set) = object.downcast::<Set>()
    {
        return Ok(Const::FrozenSet(all(&set.elements())?.into_iter().collect()));
    }
    if let Some(slice) = object.downcast_exact::<Slice>() {
        let parts = [constant(vm, &slice.start)?, constant(vm, &slice.stop)?, constant(vm, &slice.step)?];
        return Ok(Const::Slice(Arc::new(parts)));
    }
    if let Some(code) = object.downcast_exact::<Code>().filter(|code| !code.foreign) {
        return Ok(Const::Code(code.data().clone()));
    }
    Err(vm.type_error(format!("code: a constant can't be of type '{}'", object.ty().name())))
}

fn name_tuple(vm: &Vm, tuple: &Obj) -> PyResult<Vec<Ref<Str>>> {
    let items = tuple.downcast::<Tuple>().map(|tuple| tuple.items()).unwrap_or_default();
    items
        .iter()
        .map(|item| match item.downcast::<Str>() {
            Some(name) if item.is_exact(&super::STR) => Ok(vm.intern_str(name)),
            Some(name) => Ok(vm.interp().intern_wtf8(name.as_wtf8())),
            None => Err(vm.system_error("non-string found in code slot")),
        })
        .collect()
}

fn expect(vm: &Vm, function: &str, argument: &str, value: &Obj, ty: &TypeObject) -> PyResult<()> {
    if value.is_instance_of(ty) {
        Ok(())
    } else {
        Err(vm.bad_argument(function, argument, &ty.name(), value))
    }
}

fn byte_table(value: &Obj) -> lasti_code::Bytes {
    value.downcast::<Bytes>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default().into()
}

/// The parameters of `code(...)`, in order; the kinds tell which check a value goes through.
const PARAMETERS: [(&str, Kind); 18] = [
    ("co_argcount", Kind::Number(0)),
    ("co_posonlyargcount", Kind::Number(1)),
    ("co_kwonlyargcount", Kind::Number(2)),
    ("co_nlocals", Kind::Number(3)),
    ("co_stacksize", Kind::Number(4)),
    ("co_flags", Kind::Number(5)),
    ("co_code", Kind::Table(0)),
    ("co_consts", Kind::Consts),
    ("co_names", Kind::Names(0)),
    ("co_varnames", Kind::Names(1)),
    ("co_filename", Kind::Text(0)),
    ("co_name", Kind::Text(1)),
    ("co_qualname", Kind::Text(2)),
    ("co_firstlineno", Kind::Number(6)),
    ("co_linetable", Kind::Table(1)),
    ("co_exceptiontable", Kind::Table(2)),
    ("co_freevars", Kind::Names(2)),
    ("co_cellvars", Kind::Names(3)),
];

#[derive(Clone, Copy)]
enum Kind {
    Number(usize),
    Table(usize),
    Consts,
    Names(usize),
    Text(usize),
}

impl<'a> Parts<'a> {
    /// Checks one argument and puts it in its place.
    fn put(&mut self, vm: &Vm, function: &str, argument: &str, kind: Kind, value: &'a Obj) -> PyResult<()> {
        match kind {
            Kind::Number(place) => self.numbers[place] = vm.c_int_argument(value)?,
            Kind::Table(place) => {
                expect(vm, function, argument, value, &super::BYTES)?;
                self.tables[place] = byte_table(value);
            }
            Kind::Consts => {
                expect(vm, function, argument, value, &super::TUPLE)?;
                self.consts = value.downcast::<Tuple>().map(|tuple| (**tuple).items()).unwrap_or_default();
            }
            Kind::Names(place) => {
                expect(vm, function, argument, value, &super::TUPLE)?;
                self.names[place] = name_tuple(vm, value)?;
            }
            Kind::Text(place) => self.texts[place] = vm.str_argument(function, argument, value)?.clone(),
        }
        Ok(())
    }
}

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "code", 16, 18)?;
    let empty = Str::new("");
    let mut parts = Parts {
        numbers: [0; 7],
        tables: Default::default(),
        consts: &[],
        names: Default::default(),
        texts: [empty.clone(), empty.clone(), empty],
        kept: None,
    };
    for (place, (value, (_, kind))) in args.iter().zip(PARAMETERS).enumerate() {
        parts.put(vm, "code", &(place + 1).to_string(), kind, value)?;
    }
    let numbers = [("argcount", 0), ("posonlyargcount", 1), ("kwonlyargcount", 2), ("nlocals", 3)];
    for (name, place) in numbers {
        if parts.numbers[place] < 0 {
            return Err(vm.value_error(format!("code: {name} must not be negative")));
        }
    }
    Ok(parts.build(vm)?.into_obj())
}

fn replace(vm: &Vm, code: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature<18> = Signature::new(
        "replace",
        {
            let mut names = [""; 18];
            let mut at = 0;
            while at < 18 {
                names[at] = PARAMETERS[at].0;
                at += 1;
            }
            names
        },
        0,
    )
    .keyword_only(0);
    let bound = args.bind(vm, &SIGNATURE)?;
    let code = vm.receiver::<Code>(code)?;
    let data = code.data();
    let of_kind = |kind: LocalKind| -> Vec<Ref<Str>> {
        let slots = code.localsplusnames.iter().zip(data.localspluskinds.iter());
        slots
            .filter(|(_, bits)| LocalKind::from_bits_retain(**bits).contains(kind))
            .map(|(name, _)| name.clone())
            .collect()
    };
    let varnames = of_kind(LocalKind::LOCAL);
    let mut parts = Parts {
        numbers: [
            data.argcount as i32,
            data.posonlyargcount as i32,
            data.kwonlyargcount as i32,
            varnames.len() as i32,
            data.stacksize as i32,
            data.flags.bits() as i32,
            data.firstlineno,
        ],
        tables: [data.code.clone(), data.linetable.clone(), data.exceptiontable.clone()],
        consts: code.consts(),
        names: [code.names.to_vec(), varnames, of_kind(LocalKind::FREE), of_kind(LocalKind::CELL)],
        texts: [code.filename(), code.name().clone(), code.qualname().clone()],
        kept: Some(data),
    };
    for (value, (name, kind)) in bound.into_iter().zip(PARAMETERS) {
        let Some(value) = value else { continue };
        parts.put(vm, "replace", &format!("'{name}'"), kind, value)?;
        if let Kind::Number(place) = kind
            && parts.numbers[place] < 0
        {
            return Err(vm.value_error(format!("{name} must be a positive integer")));
        }
    }
    Ok(parts.build(vm)?.into_obj())
}

fn repr(vm: &Vm, code: &Obj) -> PyResult {
    let payload = vm.receiver::<Code>(code)?;
    let head = format!("<code object {} at {:#x}, file \"", payload.name().to_string_lossy(), code.id());
    let line = match payload.data().firstlineno {
        0 => -1,
        line => line,
    };
    Ok(Str::new(&head).concat(&payload.filename()).concat(&Str::new(&format!("\", line {line}>"))).into_obj())
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    let (Some(left), Some(right)) = (left.downcast::<Code>(), right.downcast::<Code>()) else {
        return Ok(vm.not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(vm.not_implemented());
    }
    let mut equal = left.is(right) || left.data() == right.data();
    if equal && !left.is(right) && (left.foreign || right.foreign) {
        for (one, other) in left.consts().iter().zip(right.consts()) {
            equal = equal && vm.eq(one, other)?;
        }
    }
    Ok(vm.bool(equal == (op == CompareOp::Eq)))
}

fn hash(vm: &Vm, code: &Obj) -> PyResult<i64> {
    let hash = data(vm, code)?.stable_hash() as i64;
    Ok(if hash == -1 { -2 } else { hash })
}

static METHODS: &[NativeDef] = &[
    NativeDef::new("co_lines", "", "", NativeCall::NoArgs(lines)),
    NativeDef::new("co_positions", "", "", NativeCall::NoArgs(positions)),
    NativeDef::new("co_branches", "", "", NativeCall::NoArgs(branches)),
    NativeDef::new(
        "_varname_from_oparg",
        "($self, /, oparg)",
        "(internal-only) Return the local variable name for the given oparg.\n\nWARNING: this method is for internal use only and may change or go away.",
        NativeCall::Full(varname_from_oparg),
    ),
    NativeDef::new(
        "replace",
        "($self, /, **changes)",
        "Return a copy of the code object with new values for the specified fields.",
        NativeCall::Full(replace),
    ),
    NativeDef::new(
        "__replace__",
        "($self, /, **changes)",
        "The same as replace().",
        NativeCall::Full(replace),
    ),
];

pub(super) fn init(vm: &Vm) {
    for ty in [&LINE_ITERATOR, &POSITIONS_ITERATOR] {
        TypeBuilder::new(vm, ty)
            .slots(|slots| {
                slots.iter.set(Some(iter_self));
                slots.iternext.set(Some(next_entry));
            })
            .ready();
    }
    TypeBuilder::new(vm, &CODE)
        .flags(TypeFlags::WEAKREFABLE)
        .doc("code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n      flags, codestring, constants, names, varnames, filename, name,\n      qualname, firstlineno, linetable, exceptiontable, freevars=(),\n      cellvars=(), /)\n--\n\nCreate a code object.  Not for mere mortals.")
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
        })
        .properties(PROPERTIES)
        .methods(METHODS)
        .ready();
}
