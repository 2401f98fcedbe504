//! Methods of str that take it apart and put strings together: `split`, `partition`, `join`, `replace`.

use lasti_text::replace as text_replace;
use lasti_text::split::{self, Alphabet};

use super::super::arguments::max_count;
use super::super::text_error::OrRaise;
use super::{changed, part, this, unchanged};
use crate::builtins::TYPE_ERROR;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

static SPLIT: Signature<2> = Signature::new("split", ["sep", "maxsplit"], 0);
static RSPLIT: Signature<2> = Signature::new("rsplit", ["sep", "maxsplit"], 0);

/// Separator, if there is one, and limit.
fn arguments<'a>(
    vm: &Vm,
    args: Args<'a>,
    signature: &Signature<2>,
) -> PyResult<(Option<&'a Ref<Str>>, Option<usize>)> {
    let [separator, max] = args.bind(vm, signature)?;
    let max = max.map_or(Ok(-1), |max| vm.size_argument(max))?;
    let separator = match separator.filter(|separator| !vm.is_none(separator)) {
        None => None,
        Some(separator) => match separator.downcast::<Str>() {
            Some(separator) if separator.is_empty() => return Err(vm.value_error("empty separator")),
            Some(separator) => Some(separator),
            None => {
                return Err(vm.type_error(format!("must be str or None, not {}", separator.ty().name())));
            }
        },
    };
    Ok((separator, max_count(max)))
}

fn split(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let text = this(vm, object)?;
    let (separator, max) = arguments(vm, args, &SPLIT)?;
    let parts = match separator {
        None => split::words(text.as_bytes(), Alphabet::Text, max).map(|range| part(text, range)).collect(),
        Some(separator) => {
            split::pieces(text.as_bytes(), separator.as_bytes(), max).map(|range| part(text, range)).collect()
        }
    };
    Ok(List::new(parts).into_obj())
}

fn rsplit(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let text = this(vm, object)?;
    let (separator, max) = arguments(vm, args, &RSPLIT)?;
    let mut parts: Vec<Obj> = match separator {
        None => split::words_from_right(text.as_bytes(), Alphabet::Text, max)
            .map(|range| part(text, range))
            .collect(),
        Some(separator) => split::pieces_from_right(text.as_bytes(), separator.as_bytes(), max)
            .map(|range| part(text, range))
            .collect(),
    };
    parts.reverse();
    Ok(List::new(parts).into_obj())
}

static SPLITLINES: Signature<1> = Signature::new("splitlines", ["keepends"], 0);

fn splitlines(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let text = this(vm, object)?;
    let [keep] = args.bind(vm, &SPLITLINES)?;
    let keep = keep.map_or(Ok(false), |keep| vm.is_true(keep))?;
    let lines = split::lines(text.as_bytes(), Alphabet::Text, keep).map(|range| part(text, range)).collect();
    Ok(List::new(lines).into_obj())
}

fn separator<'a>(vm: &Vm, separator: &'a Obj) -> PyResult<&'a Ref<Str>> {
    match separator.downcast::<Str>() {
        Some(separator) if separator.is_empty() => Err(vm.value_error("empty separator")),
        Some(separator) => Ok(separator),
        None => Err(vm.type_error(format!("must be str, not {}", separator.ty().name()))),
    }
}

fn three_parts(text: &Ref<Str>, separator: &Ref<Str>, at: std::ops::Range<usize>) -> Obj {
    let end = text.as_bytes().len();
    Tuple::new(vec![part(text, 0..at.start), unchanged(separator), part(text, at.end..end)]).into_obj()
}

fn partition(vm: &Vm, object: &Obj, by: &Obj) -> PyResult {
    let (text, separator) = (this(vm, object)?, separator(vm, by)?);
    let empty = || vm.intern("").into_obj();
    Ok(match split::partition(text.as_bytes(), separator.as_bytes()) {
        Some(at) => three_parts(text, separator, at),
        None => Tuple::new(vec![unchanged(text), empty(), empty()]).into_obj(),
    })
}

fn rpartition(vm: &Vm, object: &Obj, by: &Obj) -> PyResult {
    let (text, separator) = (this(vm, object)?, separator(vm, by)?);
    let empty = || vm.intern("").into_obj();
    Ok(match split::rpartition(text.as_bytes(), separator.as_bytes()) {
        Some(at) => three_parts(text, separator, at),
        None => Tuple::new(vec![empty(), empty(), unchanged(text)]).into_obj(),
    })
}

static REPLACE: Signature<3> = Signature::new("replace", ["", "", "count"], 2).positional_only(2);

fn replace(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let text = this(vm, object)?;
    let [Some(from), Some(to), count] = args.bind(vm, &REPLACE)? else { return Ok(unchanged(text)) };
    let from = vm.str_argument("replace", "1", from)?;
    let to = vm.str_argument("replace", "2", to)?;
    let count = count.map_or(Ok(-1), |count| vm.size_argument(count))?;
    let replaced = text_replace::replace_text(text.as_wtf8(), from.as_wtf8(), to.as_wtf8(), max_count(count));
    Ok(changed(text, replaced.or_raise(vm)?))
}

fn join(vm: &Vm, object: &Obj, iterable: &Obj) -> PyResult {
    let separator = this(vm, object)?;
    if iterable.ty().slots.iter.get().is_none() && iterable.ty().slots.getitem.get().is_none() {
        return Err(vm.type_error("can only join an iterable"));
    }
    let items = vm.collect(iterable)?;
    join_items(vm, separator, &items)
}

/// `separator.join(items)`
pub(crate) fn join_items(vm: &Vm, separator: &Ref<Str>, items: &[Obj]) -> PyResult {
    if let [single] = items
        && single.is_exact(&crate::builtins::STR)
    {
        return Ok(single.clone());
    }
    for (index, item) in items.iter().enumerate() {
        if item.downcast::<Str>().is_none() {
            return Err(vm.error(
                &TYPE_ERROR,
                &format!("sequence item {index}: expected str instance, {} found", item.ty().name()),
            ));
        }
    }
    let parts = items.iter().filter_map(|item| item.downcast::<Str>()).map(|part| part.as_wtf8());
    let joined = text_replace::join_text(separator.as_wtf8(), parts).or_raise(vm)?;
    Ok(Str::from_wtf8(&joined).into_obj())
}

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "split",
        "($self, /, sep=None, maxsplit=-1)",
        "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n    The separator used to split the string.\n\n    When set to None (the default value), will split on any whitespace\n    character (including \\n \\r \\t \\f and spaces) and will discard\n    empty strings from the result.\n  maxsplit\n    Maximum number of splits.\n    -1 (the default value) means no limit.\n\nSplitting starts at the front of the string and works to the end.\n\nNote, str.split() is mainly useful for data that has been intentionally\ndelimited.  With natural text that includes punctuation, consider using\nthe regular expression module.",
        NativeCall::Full(split),
    ),
    NativeDef::new(
        "rsplit",
        "($self, /, sep=None, maxsplit=-1)",
        "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n    The separator used to split the string.\n\n    When set to None (the default value), will split on any whitespace\n    character (including \\n \\r \\t \\f and spaces) and will discard\n    empty strings from the result.\n  maxsplit\n    Maximum number of splits.\n    -1 (the default value) means no limit.\n\nSplitting starts at the end of the string and works to the front.",
        NativeCall::Full(rsplit),
    ),
    NativeDef::new(
        "splitlines",
        "($self, /, keepends=False)",
        "Return a list of the lines in the string, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends is given and\ntrue.",
        NativeCall::Full(splitlines),
    ),
    NativeDef::new(
        "partition",
        "($self, sep, /)",
        "Partition the string into three parts using the given separator.\n\nThis will search for the separator in the string.  If the separator is found,\nreturns a 3-tuple containing the part before the separator, the separator\nitself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing the original string\nand two empty strings.",
        NativeCall::One(partition),
    ),
    NativeDef::new(
        "rpartition",
        "($self, sep, /)",
        "Partition the string into three parts using the given separator.\n\nThis will search for the separator in the string, starting at the end. If\nthe separator is found, returns a 3-tuple containing the part before the\nseparator, the separator itself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing two empty strings\nand the original string.",
        NativeCall::One(rpartition),
    ),
    NativeDef::new(
        "replace",
        "($self, old, new, /, count=-1)",
        "Return a copy with all occurrences of substring old replaced by new.\n\n  count\n    Maximum number of occurrences to replace.\n    -1 (the default value) means replace all occurrences.\n\nIf the optional argument count is given, only the first count occurrences are\nreplaced.",
        NativeCall::Full(replace),
    ),
    NativeDef::new(
        "join",
        "($self, iterable, /)",
        "Concatenate any number of strings.\n\nThe string whose method is called is inserted in between each given string.\nThe result is returned as a new string.\n\nExample: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'",
        NativeCall::One(join),
    ),
];
