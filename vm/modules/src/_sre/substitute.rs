//! `sub` and `subn`.

use lasti_vm::{Obj, PyResult, Ref, Vm};

use super::matches;
use super::pattern::{Pattern, for_each_match};
use super::subject::Units;
use super::template::{self, Template};

/// What takes a match's place.
enum Replacement {
    Literal(Obj),
    Template(Ref<Template>),
    /// What it returns for the match.
    Function(Obj),
}

impl Replacement {
    fn of(vm: &Vm, pattern: &Ref<Pattern>, object: &Obj) -> PyResult<Self> {
        if vm.is_callable(object) {
            return Ok(Self::Function(object.clone()));
        }
        if Units::of(vm, object).is_ok_and(|units| !units.has_backslash()) {
            return Ok(Self::Literal(object.clone()));
        }
        let template = template::compile(vm, pattern, object)?;
        Ok(if template.items.is_empty() {
            Self::Literal(template.literal.clone())
        } else {
            Self::Template(template)
        })
    }
}

/// The string with matches replaced, and how many were; all for a `count` of 0.
pub(super) fn substitute(
    vm: &Vm,
    pattern: &Ref<Pattern>,
    replacement: &Obj,
    string: &Obj,
    count: isize,
) -> PyResult<(Obj, usize)> {
    let replacement = Replacement::of(vm, pattern, replacement)?;
    let subject = pattern.subject(vm, string)?;
    let length = subject.units().len();
    let mut parts = Vec::new();
    let (mut last, mut done) = (0, 0_usize);
    if count >= 0 {
        for_each_match(vm, pattern, &subject, (0, length), |found| {
            let (start, end) = found.whole();
            if last < start {
                parts.push(subject.slice(last, start));
            }
            let part = match &replacement {
                Replacement::Literal(literal) => literal.clone(),
                Replacement::Function(function) => {
                    let found = matches::new(pattern, &subject, found, 0, length);
                    vm.call(function, &[found])?
                }
                Replacement::Template(template) => {
                    let found = matches::new(pattern, &subject, found, 0, length);
                    template.expand(vm, vm.receiver::<matches::Match>(&found)?)?
                }
            };
            if !vm.is_none(&part) {
                parts.push(part);
            }
            last = end;
            done += 1;
            Ok(count == 0 || done < count as usize)
        })?;
    }
    if last < length {
        parts.push(subject.slice(last, length));
    }
    let bytes = subject.is_bytes();
    drop(subject);
    Ok((template::join(vm, bytes, &parts)?, done))
}
