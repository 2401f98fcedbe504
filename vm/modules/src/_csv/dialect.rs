//! Dialects: what separates and quotes fields.

use lasti_vm::builtins::ATTRIBUTE_ERROR;
use lasti_vm::call::Args;
use lasti_vm::number::Int;
use lasti_vm::object::{Payload, Visitor};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_wtf8::CodePoint;

/// Which fields are quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

impl Quoting {
    pub(super) const NAMES: [&'static str; 6] =
        ["QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC", "QUOTE_NONE", "QUOTE_STRINGS", "QUOTE_NOTNULL"];

    const ALL: [Self; 6] =
        [Self::Minimal, Self::All, Self::NonNumeric, Self::None, Self::Strings, Self::NotNull];

    /// None is told from an empty field.
    pub(super) fn tells_null(self) -> bool {
        matches!(self, Self::Strings | Self::NotNull)
    }
}

/// `_csv.Dialect`
pub(super) struct Dialect {
    pub(super) delimiter: CodePoint,
    pub(super) double_quote: bool,
    pub(super) escape: Option<CodePoint>,
    pub(super) terminator: Ref<Str>,
    pub(super) quote: Option<CodePoint>,
    pub(super) quoting: Quoting,
    pub(super) skip_space: bool,
    pub(super) strict: bool,
}

impl Payload for Dialect {
    fn class() -> &'static TypeObject {
        &DIALECT
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.terminator.as_obj());
    }
}

lasti_vm::builtin_type!(/** `_csv.Dialect` */ DIALECT, "Dialect", Dialect);

const NAMES: [&str; 9] = [
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

/// Delimiter and the other two, as a str or nothing.
fn character(vm: &Vm, name: &str, value: &Obj, or_none: bool) -> PyResult<Option<CodePoint>> {
    if or_none && vm.is_none(value) {
        return Ok(None);
    }
    let none = if or_none { " or None" } else { "" };
    let Some(text) = value.downcast::<Str>() else {
        let ty = value.ty().tp_name();
        return Err(vm.type_error(format!("\"{name}\" must be a unicode character{none}, not {ty}")));
    };
    let length = text.char_len();
    if length != 1 {
        return Err(vm.type_error(format!(
            "\"{name}\" must be a unicode character{none}, not a string of length {length}"
        )));
    }
    Ok(text.as_wtf8().code_points().next())
}

/// `Dialect(dialect, **keywords)`
pub(super) fn make<'a>(
    vm: &Vm,
    base: Option<&'a Obj>,
    keywords: impl Iterator<Item = (&'a Obj, &'a Obj)>,
) -> PyResult<Ref<Dialect>> {
    let mut values: [Option<Obj>; 9] = [const { None }; 9];
    values[0] = base.cloned();
    for (name, value) in keywords {
        let text = name.downcast::<Str>();
        let place =
            NAMES.iter().position(|known| text.is_some_and(|text| text.as_bytes() == known.as_bytes()));
        let Some(place) = place else {
            let name = vm.str_text(name)?;
            return Err(vm.type_error(format!("this function got an unexpected keyword argument '{name}'")));
        };
        values[place] = Some(value.clone());
    }
    of_values(vm, &DIALECT, values)
}

fn of_values(vm: &Vm, ty: &TypeObject, mut values: [Option<Obj>; 9]) -> PyResult<Ref<Dialect>> {
    if let Some(mut base) = values[0].take().filter(|base| !vm.is_none(base)) {
        if base.downcast::<Str>().is_some() {
            base = super::registered(vm, &base)?;
        }
        if values.iter().all(Option::is_none)
            && let Some(dialect) = base.downcast_exact::<Dialect>()
        {
            return Ok(dialect.clone());
        }
        for (value, name) in values.iter_mut().zip(NAMES).skip(1) {
            if value.is_none() {
                *value = match vm.getattr_named(&base, name) {
                    Ok(value) => Some(value),
                    Err(error) if error.is(&ATTRIBUTE_ERROR) => None,
                    Err(error) => return Err(error),
                };
            }
        }
    }
    let [_, delimiter, double_quote, escape, terminator, quote, quoting, skip_space, strict] = values;
    let flag = |value: Option<Obj>, default: bool| value.map_or(Ok(default), |value| vm.is_true(&value));
    let delimiter = match delimiter {
        Some(value) => character(vm, "delimiter", &value, false)?,
        None => None,
    };
    let double_quote = flag(double_quote, true)?;
    let escape = match escape {
        Some(value) => character(vm, "escapechar", &value, true)?,
        None => None,
    };
    let terminator = match terminator {
        None => Str::new("\r\n"),
        Some(value) => value.into_ref::<Str>().map_err(|value| {
            vm.type_error(format!("\"lineterminator\" must be a string, not {}", value.ty().tp_name()))
        })?,
    };
    let no_quote = quote.as_ref().is_some_and(|quote| vm.is_none(quote));
    let quote = match quote {
        Some(value) => character(vm, "quotechar", &value, true)?,
        None => Some(CodePoint::from_char('"')),
    };
    let quoting = match quoting {
        None if no_quote => Quoting::None,
        None => Quoting::Minimal,
        Some(value) if !value.is_exact_int() => {
            let ty = value.ty().tp_name();
            return Err(vm.type_error(format!("\"quoting\" must be an integer, not {ty}")));
        }
        Some(value) => {
            let known = value.as_i64().and_then(|value| usize::try_from(value).ok());
            let known = known.and_then(|value| Quoting::ALL.get(value).copied());
            known.ok_or_else(|| vm.type_error("bad \"quoting\" value"))?
        }
    };
    let skip_space = flag(skip_space, false)?;
    let strict = flag(strict, false)?;
    let delimiter = delimiter.unwrap_or(CodePoint::from_char(','));
    if quoting != Quoting::None && quote.is_none() {
        return Err(vm.type_error("quotechar must be set if quoting enabled"));
    }
    let dialect = Dialect { delimiter, double_quote, escape, terminator, quote, quoting, skip_space, strict };
    check(vm, &dialect)?;
    Ok(Ref::new_in(ty, dialect))
}

/// The characters must be told apart.
fn check(vm: &Vm, dialect: &Dialect) -> PyResult<()> {
    let characters = [
        ("delimiter", Some(dialect.delimiter), true),
        ("escapechar", dialect.escape, !dialect.skip_space),
        ("quotechar", dialect.quote, !dialect.skip_space),
    ];
    for (name, character, space_allowed) in characters {
        let Some(c) = character else { continue };
        let bad = matches!(c.to_char(), Some('\r' | '\n'))
            || c.to_char() == Some(' ') && !space_allowed
            || dialect.terminator.as_wtf8().code_points().any(|other| other == c);
        if bad {
            return Err(vm.value_error(format!("bad {name} value")));
        }
    }
    for (index, (name, character, _)) in characters.iter().enumerate() {
        for (other_name, other, _) in &characters[index + 1..] {
            if character.is_some() && character == other {
                return Err(vm.value_error(format!("bad {name} or {other_name} value")));
            }
        }
    }
    Ok(())
}

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let mut values: [Option<Obj>; 9] = [const { None }; 9];
    let positional = args.positional();
    if positional.len() > NAMES.len() {
        let given = positional.len();
        return Err(vm.type_error(format!("function takes at most 9 arguments ({given} given)")));
    }
    for (value, given) in values.iter_mut().zip(positional) {
        *value = Some(given.clone());
    }
    for (name, given) in args.keywords() {
        let text = name.downcast::<Str>();
        let place =
            NAMES.iter().position(|known| text.is_some_and(|text| text.as_bytes() == known.as_bytes()));
        let Some(place) = place else {
            let name = vm.str_text(name)?;
            return Err(vm.type_error(format!("this function got an unexpected keyword argument '{name}'")));
        };
        values[place] = Some(given.clone());
    }
    Ok(of_values(vm, ty, values)?.into_obj())
}

fn receiver<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<Dialect>> {
    vm.receiver::<Dialect>(object)
}

fn shown(vm: &Vm, character: Option<CodePoint>) -> Obj {
    vm.or_none(character.and_then(|c| Str::from_code_point(c.to_u32())).map(Ref::into_obj))
}

const PROPERTIES: &[Property] = &[
    Property::new("delimiter", "", |vm, object| Ok(shown(vm, Some(receiver(vm, object)?.delimiter)))),
    Property::new("escapechar", "", |vm, object| Ok(shown(vm, receiver(vm, object)?.escape))),
    Property::new("quotechar", "", |vm, object| Ok(shown(vm, receiver(vm, object)?.quote))),
    Property::new("lineterminator", "", |vm, object| Ok(receiver(vm, object)?.terminator.as_obj().clone())),
    Property::new("quoting", "", |vm, object| Ok(Int::new(receiver(vm, object)?.quoting as i64))),
    Property::new("skipinitialspace", "", |vm, object| Ok(vm.bool(receiver(vm, object)?.skip_space)))
        .member(),
    Property::new("doublequote", "", |vm, object| Ok(vm.bool(receiver(vm, object)?.double_quote))).member(),
    Property::new("strict", "", |vm, object| Ok(vm.bool(receiver(vm, object)?.strict))).member(),
];

fn no_pickle(vm: &Vm, object: &Obj) -> lasti_vm::Exc {
    vm.type_error(format!("cannot pickle '{}' instances", object.ty().tp_name().replace("_csv.", "")))
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "__reduce__",
        "",
        "raises an exception to avoid pickling",
        NativeCall::NoArgs(|vm, object| Err(no_pickle(vm, object))),
    ),
    NativeDef::new(
        "__reduce_ex__",
        "",
        "raises an exception to avoid pickling",
        NativeCall::One(|vm, object, _| Err(no_pickle(vm, object))),
    ),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &DIALECT)
        .doc("CSV dialect\n\nThe Dialect type records CSV parsing and generation options.\n")
        .module("_csv")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| slots.new.set(Some(new)))
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
