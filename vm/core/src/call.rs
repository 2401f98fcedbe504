//! Calls: arguments as they are passed, and binding them to a native function's parameters.

use crate::errors::{Exc, PyResult};
use crate::object::Obj;
use crate::text::Str;
use crate::vm::Vm;

/// The arguments of a call: positional values, then the values of the keywords, as in CPython's vectorcall.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    all: &'a [Obj],
    /// The keywords' names: str objects.
    names: &'a [Obj],
}

impl<'a> Args<'a> {
    /// No arguments.
    pub const NONE: Self = Self { all: &[], names: &[] };

    /// Positional arguments.
    #[inline(always)]
    pub const fn positional_only(all: &'a [Obj]) -> Self {
        Self { all, names: &[] }
    }

    /// Positional arguments, then the values of the keywords `names`.
    #[inline(always)]
    pub const fn new(all: &'a [Obj], names: &'a [Obj]) -> Self {
        debug_assert!(names.len() <= all.len());
        Self { all, names }
    }

    /// The positional arguments.
    #[inline(always)]
    pub fn positional(&self) -> &'a [Obj] {
        &self.all[..self.all.len() - self.names.len()]
    }

    /// Names and values of the keyword arguments.
    pub fn keywords(&self) -> impl ExactSizeIterator<Item = (&'a Obj, &'a Obj)> + use<'a> {
        self.names.iter().zip(&self.all[self.all.len() - self.names.len()..])
    }

    /// The names of the keyword arguments.
    #[inline(always)]
    pub fn names(&self) -> &'a [Obj] {
        self.names
    }

    /// All values.
    #[inline(always)]
    pub fn all(&self) -> &'a [Obj] {
        self.all
    }

    /// Whether there are no arguments at all.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The arguments without the first positional one.
    pub fn rest(&self) -> Self {
        Self { all: self.all.get(1..).unwrap_or_default(), names: self.names }
    }

    /// Raises if there are keyword arguments.
    pub fn no_keywords(&self, vm: &Vm, function: &str) -> PyResult<()> {
        if self.names.is_empty() {
            Ok(())
        } else {
            Err(vm.type_error(format!("{function}() takes no keyword arguments")))
        }
    }

    /// Between `min` and `max` positional arguments and no keywords.
    pub fn exactly(&self, vm: &Vm, function: &str, min: usize, max: usize) -> PyResult<&'a [Obj]> {
        self.no_keywords(vm, function)?;
        check_count(vm, function, self.all.len(), min, max)?;
        Ok(self.all)
    }

    /// Binds the arguments to `signature`'s parameters, in CPython's way and words.
    pub fn bind<const N: usize>(&self, vm: &Vm, signature: &Signature<N>) -> PyResult<[Option<&'a Obj>; N]> {
        let mut bound = [None; N];
        let positional = self.positional();
        if !self.names.is_empty() && !signature.variadic && self.all.len() > N {
            return Err(vm.type_error(format!(
                "{}() takes at most {N} {}argument{} ({} given)",
                signature.function,
                if positional.is_empty() { "keyword " } else { "" },
                if N == 1 { "" } else { "s" },
                self.all.len()
            )));
        }
        if positional.len() > signature.max_positional {
            return Err(signature.too_many(vm, positional.len(), self.names.len()));
        }
        for (place, value) in bound.iter_mut().zip(positional) {
            *place = Some(value);
        }
        for (name, value) in self.keywords() {
            let text = name.downcast::<Str>();
            let place = text.and_then(|text| {
                signature
                    .names
                    .iter()
                    .skip(signature.positional_only)
                    .position(|known| known.as_bytes() == text.as_bytes())
            });
            let Some(place) = place else { return Err(signature.unexpected(vm, name)) };
            let place = place + signature.positional_only;
            if bound[place].is_some() {
                return Err(vm.type_error(format!(
                    "argument for {}() given by name ('{}') and position ({})",
                    signature.function,
                    signature.names[place],
                    place + 1
                )));
            }
            bound[place] = Some(value);
        }
        for (place, value) in bound.iter().enumerate().take(signature.required) {
            if value.is_none() {
                return Err(signature.missing(vm, place, positional.len()));
            }
        }
        for (place, value) in bound.iter().enumerate() {
            if value.is_none() && signature.required_keywords.contains(&signature.names[place]) {
                return Err(vm.type_error(format!(
                    "{}() missing required keyword-only argument: '{}'",
                    signature.function, signature.names[place]
                )));
            }
        }
        Ok(bound)
    }
}

/// The parameters of a native function that takes keywords.
pub struct Signature<const N: usize> {
    /// The function's name, for messages.
    pub function: &'static str,
    /// The parameters' names in order; positional-only ones may be "".
    pub names: [&'static str; N],
    /// How many of the first are positional-only.
    pub positional_only: usize,
    /// How many can be passed by position; the rest is keyword-only.
    pub max_positional: usize,
    /// How many of the first have no default.
    pub required: usize,
    /// Keyword-only parameters without a default.
    pub required_keywords: &'static [&'static str],
    /// Whether the function takes any number of positional arguments, which are bound elsewhere.
    pub variadic: bool,
}

impl<const N: usize> Signature<N> {
    /// Parameters that can be passed by position or keyword, the first `required` without default.
    pub const fn new(function: &'static str, names: [&'static str; N], required: usize) -> Self {
        Self {
            function,
            names,
            positional_only: 0,
            max_positional: N,
            required,
            required_keywords: &[],
            variadic: false,
        }
    }

    /// The first `count` parameters are positional-only.
    #[must_use]
    pub const fn positional_only(mut self, count: usize) -> Self {
        self.positional_only = count;
        self
    }

    /// The parameters from number `from` on are keyword-only.
    #[must_use]
    pub const fn keyword_only(mut self, from: usize) -> Self {
        self.max_positional = from;
        self
    }

    /// The function takes any number of positional arguments; only its keywords are bound.
    #[must_use]
    pub const fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    #[cold]
    fn too_many(&self, vm: &Vm, positional: usize, keywords: usize) -> Exc {
        let (given, max, kind) = if self.max_positional < N && keywords == 0 || self.positional_only == N {
            (positional, self.max_positional, if self.max_positional < N { "positional " } else { "" })
        } else {
            (
                positional + keywords,
                N.min(self.max_positional.max(1)),
                if self.max_positional < N { "positional " } else { "" },
            )
        };
        let some_are_limited = self.max_positional < N || self.positional_only == N;
        let bound = if self.required == max && some_are_limited { "exactly" } else { "at most" };
        let plural = if max == 1 { "" } else { "s" };
        if max == 0 {
            return vm.type_error(format!("{}() takes no positional arguments", self.function));
        }
        vm.type_error(format!(
            "{}() takes {bound} {max} {kind}argument{plural} ({given} given)",
            self.function
        ))
    }

    #[cold]
    fn missing(&self, vm: &Vm, place: usize, positional: usize) -> Exc {
        if place < self.positional_only {
            let bound = if self.required < self.max_positional { "at least" } else { "exactly" };
            let plural = if self.required == 1 { "" } else { "s" };
            return vm.type_error(format!(
                "{}() takes {bound} {} positional argument{plural} ({positional} given)",
                self.function, self.required
            ));
        }
        vm.type_error(format!(
            "{}() missing required argument '{}' (pos {})",
            self.function,
            self.names[place],
            place + 1
        ))
    }

    #[cold]
    fn unexpected(&self, vm: &Vm, name: &Obj) -> Exc {
        let Some(text) = name.downcast::<Str>() else { return vm.type_error("keywords must be strings") };
        let known = &self.names[self.positional_only..];
        for known in known {
            // What says that it is equal, but is not the same text.
            match vm.eq(Str::new(known).as_obj(), name) {
                Ok(false) => {}
                Ok(true) => {
                    return vm.type_error(format!("invalid keyword argument for {}()", self.function));
                }
                Err(error) => return error,
            }
        }
        let hint = crate::suggest::closest(text.as_bytes(), known)
            .map(|index| format!(". Did you mean '{}'?", known[index]))
            .unwrap_or_default();
        vm.type_error(format!(
            "{}() got an unexpected keyword argument '{}'{hint}",
            self.function,
            text.to_string_lossy()
        ))
    }
}

/// Raises unless `given` is within the bounds, in CPython's words (Python/getargs.c, `_PyArg_CheckPositional`).
pub fn check_count(vm: &Vm, function: &str, given: usize, min: usize, max: usize) -> PyResult<()> {
    if given >= min && given <= max {
        return Ok(());
    }
    let (bound, count) = if given < min {
        (if min == max { "" } else { "at least " }, min)
    } else {
        (if min == max { "" } else { "at most " }, max)
    };
    let plural = if count == 1 { "" } else { "s" };
    Err(vm.type_error(format!("{function} expected {bound}{count} argument{plural}, got {given}")))
}

/// What messages about a wrong argument call its type: `None` for None itself.
pub(crate) fn type_for_message(vm: &Vm, object: &Obj) -> String {
    if vm.is_none(object) { "None".to_owned() } else { object.ty().name() }
}
