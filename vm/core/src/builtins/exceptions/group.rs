//! BaseExceptionGroup and ExceptionGroup: making, splitting and joining groups.

use std::collections::HashSet;

use super::base::{self, read_only_field, this};
use super::types::{BASE_EXCEPTION, BASE_EXCEPTION_GROUP, EXCEPTION, EXCEPTION_GROUP};
use crate::call::Args;
use crate::errors::{BaseException, PyResult};
use crate::object::{Obj, ObjCell, Ref};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeData, TypeFlags, TypeObject};
use crate::vm::Vm;

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;
/// How the exceptions were shown when the group was made, where they did not come in a list or tuple: what came may
/// have changed since.
const SHOWN: usize = 2;

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    const NAME: &str = "BaseExceptionGroup.__new__()";
    let given = args.positional();
    let [message, exceptions] = given else {
        return Err(vm.type_error(format!("{NAME} takes exactly 2 arguments ({} given)", given.len())));
    };
    if message.downcast::<Str>().is_none() {
        let given = if vm.is_none(message) { "None".to_owned() } else { message.ty().name() };
        return Err(vm.type_error(format!("{NAME} argument 1 must be str, not {given}")));
    }
    let listed = exceptions.downcast::<List>().is_some() || exceptions.downcast::<Tuple>().is_some();
    if !listed && !is_sequence(exceptions) {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let shown = if listed { None } else { Some(vm.repr(exceptions)?.into_obj()) };
    let items = vm.collect(exceptions)?;
    if items.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut ordinary = true;
    for (index, item) in items.iter().enumerate() {
        if !item.is_instance_of(&BASE_EXCEPTION) {
            return Err(
                vm.value_error(format!("Item {index} of second argument (exceptions) is not an exception"))
            );
        }
        ordinary &= item.is_instance_of(&EXCEPTION);
    }
    let ty = if ty.is(&BASE_EXCEPTION_GROUP) && ordinary { &EXCEPTION_GROUP } else { ty };
    if !ordinary && ty.is_subtype_of(&EXCEPTION) {
        return Err(vm.type_error(if ty.is(&EXCEPTION_GROUP) {
            "Cannot nest BaseExceptions in an ExceptionGroup".to_owned()
        } else {
            format!("Cannot nest BaseExceptions in '{}'", ty.name())
        }));
    }
    let group = base::make(ty, given);
    for (index, value) in
        [(MESSAGE, Some(message.clone())), (EXCEPTIONS, Some(Tuple::new(items).into_obj())), (SHOWN, shown)]
    {
        if let Some(cell) = group.fields.get(index) {
            cell.set(value);
        }
    }
    Ok(group.into_obj())
}

fn is_sequence(object: &Obj) -> bool {
    let ty = object.ty();
    ty.slots.getitem.get().is_some()
        && !object.is_instance_of(&crate::builtins::DICT)
        && !ty.has(TypeFlags::MAPPING)
}

/// A group with `message` of `exceptions`.
pub(crate) fn create(vm: &Vm, message: &str, exceptions: Vec<Obj>) -> PyResult {
    let args = [Str::new(message).into_obj(), List::new(exceptions).into_obj()];
    vm.call(&BASE_EXCEPTION_GROUP.to_obj(), &args)
}

/// Whether `object` is a group.
pub(crate) fn is_group(object: &Obj) -> bool {
    object.is_instance_of(&BASE_EXCEPTION_GROUP)
}

/// The exceptions directly in a group.
pub(crate) fn exceptions(group: &BaseException) -> Vec<Obj> {
    let items = group.fields.get(EXCEPTIONS).and_then(ObjCell::get_as::<Tuple>);
    items.map(|items| items.items().to_vec()).unwrap_or_default()
}

fn str(vm: &Vm, object: &Obj) -> PyResult {
    let group = this(vm, object)?;
    let message = vm.str_text(&vm.or_none(group.fields.first().and_then(ObjCell::get)))?;
    let count = exceptions(group).len();
    let plural = if count == 1 { "" } else { "s" };
    Ok(Str::new(&format!("{message} ({count} sub-exception{plural})")).into_obj())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let group = this(vm, object)?;
    let field = |index: usize| group.fields.get(index).and_then(ObjCell::get);
    let message = vm.repr_text(&vm.or_none(field(MESSAGE)))?;
    let shown = match field(SHOWN) {
        Some(shown) => vm.str_text(&shown)?,
        None if group.args().get(1).is_some_and(|given| given.downcast::<List>().is_some()) => {
            vm.repr_text(List::new(exceptions(group)).as_obj())?
        }
        None => vm.repr_text(&vm.or_none(field(EXCEPTIONS)))?,
    };
    Ok(Str::new(&format!("{}({message}, {shown})", object.ty().name())).into_obj())
}

fn class_getitem(vm: &Vm, class: &Obj, item: &Obj) -> PyResult {
    Ok(crate::builtins::generic_alias::make(vm, class.clone(), item))
}

fn derive(vm: &Vm, object: &Obj, exceptions: &Obj) -> PyResult {
    let message = base::get_field::<MESSAGE>(vm, object)?;
    vm.call(&BASE_EXCEPTION_GROUP.to_obj(), &[message, exceptions.clone()])
}

/// What the parts of a group are chosen by.
enum Matcher<'a> {
    /// An exception class or a tuple of such.
    Class(&'a Obj),
    /// A function.
    Predicate(&'a Obj),
    /// The leaves with these addresses.
    Leaves(&'a HashSet<u64>),
}

impl<'a> Matcher<'a> {
    fn new(vm: &Vm, value: &'a Obj) -> PyResult<Self> {
        let is_class = |value: &Obj| {
            value.downcast::<TypeData>().is_some_and(|class| class.is_subtype_of(&BASE_EXCEPTION))
        };
        if vm.is_callable(value) && value.downcast::<TypeData>().is_none() {
            return Ok(Self::Predicate(value));
        }
        let classes = value.downcast::<Tuple>();
        if is_class(value) || classes.is_some_and(|classes| classes.items().iter().all(is_class)) {
            return Ok(Self::Class(value));
        }
        Err(vm.type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }

    fn matches(&self, vm: &Vm, exception: &Obj) -> PyResult<bool> {
        match self {
            Self::Class(class) => Ok(crate::builtins::exceptions::matches(exception.ty(), class)),
            Self::Predicate(function) => {
                let result = vm.call(function, std::slice::from_ref(exception))?;
                vm.is_true(&result)
            }
            Self::Leaves(leaves) => Ok(!is_group(exception) && leaves.contains(&exception.id())),
        }
    }
}

/// The parts of `exception` that match and those that don't.
fn split_by(vm: &Vm, exception: &Obj, matcher: &Matcher<'_>, rest_too: bool) -> PyResult<[Option<Obj>; 2]> {
    vm.check_native_stack()?;
    if matcher.matches(vm, exception)? {
        return Ok([Some(exception.clone()), None]);
    }
    if !is_group(exception) {
        return Ok([None, Some(exception.clone())]);
    }
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for inner in exceptions(this(vm, exception)?) {
        let [inner_matched, inner_rest] = split_by(vm, &inner, matcher, rest_too)?;
        matched.extend(inner_matched);
        rest.extend(inner_rest);
    }
    let matched = subset(vm, exception, matched)?;
    let rest = if rest_too { subset(vm, exception, rest)? } else { None };
    Ok([matched, rest])
}

/// A group like `original` of some of its exceptions; none for none.
fn subset(vm: &Vm, original: &Obj, exceptions: Vec<Obj>) -> PyResult<Option<Obj>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let derived = vm.call_method_named(original, "derive", &[List::new(exceptions).into_obj()])?;
    if !is_group(&derived) {
        return Err(vm.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (from, to) = (this(vm, original)?, this(vm, &derived)?);
    to.traceback.set(from.traceback.get());
    to.context.set(from.context.get());
    to.cause.set(from.cause.get());
    to.suppress_context.set(true);
    if let Some(notes) = vm.find_attr(original, &vm.names().__notes__)?
        && (notes.downcast::<List>().is_some() || is_sequence(&notes))
    {
        let copy = List::new(vm.collect(&notes)?).into_obj();
        vm.setattr(&derived, &vm.names().__notes__, &copy)?;
    }
    Ok(Some(derived))
}

fn split(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let matcher = Matcher::new(vm, value)?;
    let [matched, rest] = split_by(vm, object, &matcher, true)?;
    Ok(Tuple::new(vec![vm.or_none(matched), vm.or_none(rest)]).into_obj())
}

fn subgroup(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let matcher = Matcher::new(vm, value)?;
    let [matched, _] = split_by(vm, object, &matcher, false)?;
    Ok(vm.or_none(matched))
}

fn collect_leaves(vm: &Vm, exception: &Obj, leaves: &mut HashSet<u64>) -> PyResult<()> {
    vm.check_native_stack()?;
    if !is_group(exception) {
        leaves.insert(exception.id());
        return Ok(());
    }
    for inner in exceptions(this(vm, exception)?) {
        collect_leaves(vm, &inner, leaves)?;
    }
    Ok(())
}

/// Splits what is being handled into what `except* class` catches and the rest; None for none. An exception that is
/// no group is caught in a group of its own. CPython: `_PyEval_ExceptionGroupMatch`.
pub(crate) fn match_group(vm: &Vm, exception: &Obj, class: &Obj) -> PyResult<(Obj, Obj)> {
    if vm.is_none(exception) {
        return Ok((vm.none(), vm.none()));
    }
    if crate::builtins::exceptions::matches(exception.ty(), class) {
        if is_group(exception) {
            return Ok((exception.clone(), vm.none()));
        }
        let wrapped = create(vm, "", vec![exception.clone()])?;
        if let (Some(group), Some(frame)) =
            (wrapped.downcast::<BaseException>(), crate::eval::current_frame(vm))
        {
            let lasti = crate::frame::lasti_of(&frame);
            let traceback = crate::traceback::Traceback::new(None, frame.into_obj(), lasti);
            group.traceback.set(traceback.into_obj());
        }
        return Ok((wrapped, vm.none()));
    }
    if !is_group(exception) {
        return Ok((vm.none(), exception.clone()));
    }
    let pair = vm.call_method_named(exception, "split", std::slice::from_ref(class))?;
    let Some(parts) = pair.downcast::<Tuple>() else {
        return Err(vm.type_error(format!(
            "{}.split must return a tuple, not {}",
            exception.ty().name(),
            pair.ty().name()
        )));
    };
    match parts.items() {
        [matched, rest, ..] => Ok((matched.clone(), rest.clone())),
        parts => Err(vm.type_error(format!(
            "{}.split must return a 2-tuple, got tuple of size {}",
            exception.ty().name(),
            parts.len()
        ))),
    }
}

/// What is raised behind the `except*` clauses of a `try`: `original` was caught, `raised` are the exceptions that
/// the clauses raised and the part that none took; None among them counts for nothing. None: nothing is raised.
///
/// CPython: `_PyExc_PrepReraiseStar`.
pub(crate) fn prepare_reraise_star(vm: &Vm, original: &Obj, raised: &[Obj]) -> PyResult {
    let [first, ..] = raised else { return Ok(vm.none()) };
    if !is_group(original) && !vm.is_none(first) {
        return Ok(first.clone());
    }
    let mut new = Vec::new();
    let mut leaves = HashSet::new();
    for exception in raised.iter().filter(|exception| !vm.is_none(exception)) {
        if same_origin(vm, exception, original)? {
            collect_leaves(vm, exception, &mut leaves)?;
        } else {
            new.push(exception.clone());
        }
    }
    let [again, _] = split_by(vm, original, &Matcher::Leaves(&leaves), false)?;
    if new.is_empty() {
        return Ok(vm.or_none(again));
    }
    new.extend(again);
    if new.len() == 1 {
        return Ok(new.swap_remove(0));
    }
    create(vm, "", new)
}

/// Whether both groups come from the same `raise`: one is a part of the other, raised again.
fn same_origin(vm: &Vm, one: &Obj, other: &Obj) -> PyResult<bool> {
    if !is_group(one) || !is_group(other) {
        return Ok(false);
    }
    let (one, other) = (this(vm, one)?, this(vm, other)?);
    let same = |a: Option<Obj>, b: Option<Obj>| match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    };
    Ok(same(one.traceback.get(), other.traceback.get())
        && same(one.cause.get(), other.cause.get())
        && same(one.context.get(), other.context.get()))
}

static FIELDS: &[Property] = &[
    read_only_field::<MESSAGE>("message", "exception message"),
    read_only_field::<EXCEPTIONS>("exceptions", "nested exceptions"),
];

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "__class_getitem__",
        "($type, object, /)",
        "Exception groups are generic over the type of their contained exceptions",
        NativeCall::One(class_getitem),
    )
    .class_method(),
    NativeDef::new("derive", "($self, excs, /)", "", NativeCall::One(derive)),
    NativeDef::new("split", "($self, matcher_value, /)", "", NativeCall::One(split)),
    NativeDef::new("subgroup", "($self, matcher_value, /)", "", NativeCall::One(subgroup)),
];

pub(super) fn customize(ty: &TypeObject) -> super::Additions {
    if !ty.is(&BASE_EXCEPTION_GROUP) {
        return (&[], &[]);
    }
    ty.slots.new.set(Some(new));
    ty.slots.str.set(Some(str));
    ty.slots.repr.set(Some(repr));
    (FIELDS, METHODS)
}

/// `ExceptionGroup`, the one builtin type with two bases. After its bases.
pub(super) fn init_exception_group(vm: &Vm) {
    let ty: &'static TypeObject = &EXCEPTION_GROUP;
    TypeBuilder::new(vm, ty)
        .base(&BASE_EXCEPTION_GROUP)
        .flags(TypeFlags::BASETYPE | TypeFlags::EXCEPTION | TypeFlags::WEAKREFABLE)
        .attribute("__module__", vm.intern("builtins").into_obj())
        .ready();
    ty.set_bases(Tuple::new(vec![BASE_EXCEPTION_GROUP.to_obj(), EXCEPTION.to_obj()]));
    EXCEPTION.add_subclass(ty);
    let line: [&TypeObject; 5] =
        [ty, &BASE_EXCEPTION_GROUP, &EXCEPTION, &BASE_EXCEPTION, &crate::builtins::OBJECT];
    let mro: Ref<Tuple> = Tuple::new(line.map(|class| class.to_obj()).to_vec());
    ty.set_mro(mro);
    ty.modified();
}
