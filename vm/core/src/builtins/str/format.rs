//! `str.format`, `str.format_map`, `str.__format__`.
//! CPython: Objects/stringlib/unicode_format.h.

use lasti_text::format::format_str;
use lasti_text::template::{self, Access, AutoNumber, Field, Key, MAX_DEPTH, Parser};
use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::super::text_error::OrRaise;
use super::this;
use crate::call::Args;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

/// What precedes formatting in a replacement field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conversion {
    /// `!s`
    Str,
    /// `!r`
    Repr,
    /// `!a`
    Ascii,
}

impl Conversion {
    /// By the letter after `!`.
    pub fn from_letter(letter: char) -> Option<Self> {
        match letter {
            's' => Some(Self::Str),
            'r' => Some(Self::Repr),
            'a' => Some(Self::Ascii),
            _ => None,
        }
    }
}

impl Vm {
    /// A replacement field's value after its conversion.
    pub fn convert(&self, object: &Obj, conversion: Conversion) -> PyResult {
        Ok(match conversion {
            Conversion::Str => self.str(object)?.into_obj(),
            Conversion::Repr => self.repr(object)?.into_obj(),
            Conversion::Ascii => self.ascii(object)?.into_obj(),
        })
    }
}

/// Where the fields of a template get their values.
enum Source<'a> {
    Arguments(Args<'a>),
    Mapping(&'a Obj),
}

impl Source<'_> {
    fn get(&self, vm: &Vm, key: &Key, template: &Wtf8) -> PyResult {
        match (key, self) {
            (Key::Index(_), Self::Mapping(_)) => {
                Err(vm.value_error("Format string contains positional fields"))
            }
            (Key::Index(index), Self::Arguments(args)) => match args.positional().get(*index) {
                Some(argument) => Ok(argument.clone()),
                None => Err(vm.index_error(format!(
                    "Replacement index {index} out of range for positional args tuple"
                ))),
            },
            (Key::Name(name), Self::Arguments(args)) => {
                let name = &template[name.clone()];
                let found = args.keywords().find(|(known, _)| {
                    known.downcast::<Str>().is_some_and(|known| known.as_bytes() == name.as_bytes())
                });
                match found {
                    Some((_, value)) => Ok(value.clone()),
                    None => Err(vm.key_error(Str::from_wtf8(name).as_obj())),
                }
            }
            (Key::Name(name), Self::Mapping(mapping)) => {
                vm.getitem(mapping, Str::from_wtf8(&template[name.clone()]).as_obj())
            }
        }
    }
}

struct Formatter<'a> {
    vm: &'a Vm,
    template: &'a Wtf8,
    source: Source<'a>,
    numbers: AutoNumber,
}

impl Formatter<'_> {
    fn run(&mut self, parser: Parser<'_>, depth: usize, out: &mut Wtf8Buf) -> PyResult<()> {
        if depth == 0 {
            return Err(self.vm.text_error(&template::too_deep()));
        }
        for piece in parser {
            let piece = piece.or_raise(self.vm)?;
            out.push_wtf8(&self.template[piece.literal]);
            if let Some(field) = piece.field {
                let formatted = self.field(&field, depth)?;
                out.push_wtf8(formatted.as_wtf8());
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &Field, depth: usize) -> PyResult<Ref<Str>> {
        let vm = self.vm;
        let mut value = self.value(field)?;
        if let Some(letter) = field.conversion {
            let conversion = char::from_u32(letter).and_then(Conversion::from_letter);
            let Some(conversion) = conversion else {
                return Err(vm.text_error(&template::unknown_conversion(letter)));
            };
            value = vm.convert(&value, conversion)?;
        }
        if !field.nested {
            if field.spec.is_empty() {
                return vm.format(&value, None);
            }
            let spec = Str::from_wtf8(&self.template[field.spec.clone()]);
            return vm.format(&value, Some(&spec));
        }
        let mut spec = Wtf8Buf::new();
        let parser = Parser::part(self.template.as_bytes(), field.spec.clone());
        self.run(parser, depth - 1, &mut spec)?;
        vm.format(&value, Some(&Str::from_wtf8(&spec)))
    }

    fn value(&mut self, field: &Field) -> PyResult {
        let vm = self.vm;
        let (first, accesses) =
            template::split_name(self.template.as_bytes(), field.name.clone()).or_raise(vm)?;
        let first = match self.source {
            // A mapping has no arguments to number.
            Source::Mapping(_) if matches!(&first, Key::Name(name) if name.is_empty()) => Key::Index(0),
            _ => self.numbers.resolve(first).or_raise(vm)?,
        };
        let mut value = self.source.get(vm, &first, self.template)?;
        for access in accesses {
            value = match access.or_raise(vm)? {
                Access::Attribute(name) => {
                    let name = vm.intern_str(&Str::from_wtf8(&self.template[name]));
                    vm.getattr(&value, &name)?
                }
                Access::Item(Key::Index(index)) => vm.getitem(&value, &Int::from_usize(index))?,
                Access::Item(Key::Name(name)) => {
                    vm.getitem(&value, Str::from_wtf8(&self.template[name]).as_obj())?
                }
            };
        }
        Ok(value)
    }
}

fn run(vm: &Vm, object: &Obj, source: Source<'_>) -> PyResult {
    let template = this(vm, object)?;
    let mut formatter =
        Formatter { vm, template: template.as_wtf8(), source, numbers: AutoNumber::default() };
    let mut out = Wtf8Buf::with_capacity(template.as_bytes().len() + 16);
    formatter.run(Parser::new(template.as_bytes()), MAX_DEPTH, &mut out)?;
    let first = match &formatter.source {
        Source::Arguments(args) => args.positional().first(),
        Source::Mapping(_) => None,
    };
    Ok(same_or_new(&out, [Some(object), first]))
}

/// A text as one of these objects, if that is it, else as a new one: formatting that changes nothing gives what it was
/// given.
pub(super) fn same_or_new<'a>(text: &Wtf8, known: impl IntoIterator<Item = Option<&'a Obj>>) -> Obj {
    let is_it = |object: &&Obj| {
        object.is_exact(&crate::builtins::STR)
            && object.downcast::<Str>().is_some_and(|known| known.as_bytes() == text.as_bytes())
    };
    match known.into_iter().flatten().find(is_it) {
        Some(object) => object.clone(),
        None => Str::from_wtf8(text).into_obj(),
    }
}

fn format(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    run(vm, object, Source::Arguments(args))
}

fn format_map(vm: &Vm, object: &Obj, mapping: &Obj) -> PyResult {
    run(vm, object, Source::Mapping(mapping))
}

fn format_self(vm: &Vm, object: &Obj, spec: &Obj) -> PyResult {
    let text = this(vm, object)?;
    let spec = vm.str_argument("__format__", "", spec)?;
    if spec.is_empty() {
        return Ok(vm.str(object)?.into_obj());
    }
    let formatted = format_str(text.text(), spec.as_wtf8(), &object.ty().name()).or_raise(vm)?;
    Ok(Str::from_wtf8(&formatted).into_obj())
}

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "format",
        "($self, /, *args, **kwargs)",
        "Return a formatted version of the string, using substitutions from args and kwargs.\n\nThe substitutions are identified by braces ('{' and '}').",
        NativeCall::Full(format),
    ),
    NativeDef::new(
        "format_map",
        "($self, mapping, /)",
        "Return a formatted version of the string, using substitutions from mapping.\n\nThe substitutions are identified by braces ('{' and '}').",
        NativeCall::One(format_map),
    ),
    NativeDef::new(
        "__format__",
        "($self, format_spec, /)",
        "Return a formatted version of the string as described by format_spec.",
        NativeCall::One(format_self),
    ),
];
