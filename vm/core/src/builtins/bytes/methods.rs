//! Methods that bytes and bytearray have in common: case, padding, splitting, joining, replacing, conversion.

use lasti_text::pad::{self, Justify};
use lasti_text::split::{self, Alphabet};
use lasti_text::{bytes, replace as text_replace, translate as text_translate};

use super::super::arguments::max_count;
use super::super::text_error::OrRaise;
use super::{changed, is_bytearray, make, part, this, unchanged};
use crate::builtins::{BYTEARRAY, BYTES};
use crate::bytes::Bytes;
use crate::call::{Args, Signature};
use crate::errors::PyResult;
use crate::object::Obj;
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{NativeCall, NativeDef};
use crate::vm::Vm;

fn map(vm: &Vm, object: &Obj, map: fn(&[u8]) -> Vec<u8>) -> PyResult {
    Ok(make(object, &map(&this(vm, object)?)))
}

fn ask(vm: &Vm, object: &Obj, is: fn(&[u8]) -> bool) -> PyResult {
    Ok(vm.bool(is(&this(vm, object)?)))
}

/// A method without arguments that gives other bytes or an answer.
macro_rules! simple {
    ($name:literal, $how:ident $function:path, $doc:literal) => {
        NativeDef::new($name, "", $doc, NativeCall::NoArgs(|vm, object| $how(vm, object, $function)))
    };
}

fn justify(vm: &Vm, object: &Obj, function: &str, args: &[Obj], how: Justify) -> PyResult {
    let [width, ..] = args else { return Ok(unchanged(object)) };
    let width = vm.size_argument(width)?;
    let fill = match args.get(1) {
        None => b' ',
        Some(fill) => match crate::buffer::with_bytes_object(fill, <[u8]>::to_vec).as_deref() {
            Some([byte]) => *byte,
            Some(bytes) => {
                return Err(vm.type_error(format!(
                    "{function}(): argument 2 must be a byte string of length 1, not a {} object of length {}",
                    fill.ty().name(),
                    bytes.len()
                )));
            }
            None => return Err(vm.bad_argument(function, "2", "a byte string of length 1", fill)),
        },
    };
    Ok(changed(object, pad::justify_bytes(&this(vm, object)?, how, width, fill).or_raise(vm)?))
}

fn center(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    justify(vm, object, "center", args, Justify::Center)
}

fn ljust(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    justify(vm, object, "ljust", args, Justify::Left)
}

fn rjust(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    justify(vm, object, "rjust", args, Justify::Right)
}

fn zfill(vm: &Vm, object: &Obj, width: &Obj) -> PyResult {
    let width = vm.size_argument(width)?;
    let bytes = this(vm, object)?;
    Ok(changed(object, pad::zfill(&bytes, bytes.len(), width).or_raise(vm)?))
}

static EXPANDTABS: Signature<1> = Signature::new("expandtabs", ["tabsize"], 0);

fn expandtabs(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [size] = args.bind(vm, &EXPANDTABS)?;
    let size = size.map_or(Ok(8), |size| vm.c_int_argument(size))?;
    let expanded = pad::expand_tabs_bytes(&this(vm, object)?, size as isize).or_raise(vm)?;
    Ok(make(object, &expanded))
}

static SPLIT: Signature<2> = Signature::new("split", ["sep", "maxsplit"], 0);
static RSPLIT: Signature<2> = Signature::new("rsplit", ["sep", "maxsplit"], 0);

type SplitArguments<'a> = (Option<std::borrow::Cow<'a, [u8]>>, Option<usize>);

fn split_arguments<'a>(vm: &Vm, args: Args<'a>, signature: &Signature<2>) -> PyResult<SplitArguments<'a>> {
    let [separator, max] = args.bind(vm, signature)?;
    let max = max.map_or(Ok(-1), |max| vm.size_argument(max))?;
    let separator = separator.filter(|separator| !vm.is_none(separator));
    let separator = separator.map(|separator| vm.bytes_like(separator)).transpose()?;
    if separator.as_ref().is_some_and(|separator| separator.is_empty()) {
        return Err(vm.value_error("empty separator"));
    }
    Ok((separator, max_count(max)))
}

fn split(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let _held = super::hold(object);
    let (separator, max) = split_arguments(vm, args, &SPLIT)?;
    let bytes = this(vm, object)?;
    let part = |range| part(object, &bytes, range);
    let parts = match separator {
        None => split::words(&bytes, Alphabet::Bytes, max).map(part).collect(),
        Some(separator) => split::pieces(&bytes, &separator, max).map(part).collect(),
    };
    Ok(List::new(parts).into_obj())
}

fn rsplit(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let _held = super::hold(object);
    let (separator, max) = split_arguments(vm, args, &RSPLIT)?;
    let bytes = this(vm, object)?;
    let part = |range| part(object, &bytes, range);
    let mut parts: Vec<Obj> = match separator {
        None => split::words_from_right(&bytes, Alphabet::Bytes, max).map(part).collect(),
        Some(separator) => split::pieces_from_right(&bytes, &separator, max).map(part).collect(),
    };
    parts.reverse();
    Ok(List::new(parts).into_obj())
}

static SPLITLINES: Signature<1> = Signature::new("splitlines", ["keepends"], 0);

fn splitlines(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [keep] = args.bind(vm, &SPLITLINES)?;
    let keep = keep.map_or(Ok(false), |keep| vm.is_true(keep))?;
    let bytes = this(vm, object)?;
    let lines = split::lines(&bytes, Alphabet::Bytes, keep).map(|range| part(object, &bytes, range));
    Ok(List::new(lines.collect()).into_obj())
}

fn partition(vm: &Vm, object: &Obj, by: &Obj, from_right: bool) -> PyResult {
    let separator = vm.bytes_like(by)?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let bytes = this(vm, object)?;
    let find = if from_right { split::rpartition } else { split::partition };
    let parts = match find(&bytes, &separator) {
        Some(at) => {
            vec![make(object, &bytes[..at.start]), make(object, &separator), make(object, &bytes[at.end..])]
        }
        None if from_right => vec![make(object, &[]), make(object, &[]), unchanged(object)],
        None => vec![unchanged(object), make(object, &[]), make(object, &[])],
    };
    Ok(Tuple::new(parts).into_obj())
}

fn replace(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let [from, to, count @ ..] = args else { return Ok(unchanged(object)) };
    let (from, to) = (vm.bytes_like(from)?, vm.bytes_like(to)?);
    let count = count.first().map_or(Ok(-1), |count| vm.size_argument(count))?;
    let replaced = text_replace::replace_bytes(&this(vm, object)?, &from, &to, max_count(count));
    Ok(changed(object, replaced.or_raise(vm)?))
}

fn join(vm: &Vm, object: &Obj, iterable: &Obj) -> PyResult {
    if iterable.ty().slots.iter.get().is_none() && iterable.ty().slots.getitem.get().is_none() {
        return Err(vm.type_error("can only join an iterable"));
    }
    // The separator can't change its size meanwhile.
    let _held = super::hold(object);
    let items = vm.collect(iterable)?;
    if let [single] = items.as_slice()
        && single.is_exact(&BYTES)
        && !is_bytearray(object)
    {
        return Ok(single.clone());
    }
    let mut parts = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        if item.ty().slots.buffer.get().is_none() {
            return Err(vm.type_error(format!(
                "sequence item {index}: expected a bytes-like object, {} found",
                item.ty().name()
            )));
        }
        parts.push(vm.bytes_like(item)?);
        let changed = iterable.downcast::<List>().is_some_and(|list| list.items.len() != items.len());
        if changed && !item.is_exact(&BYTES) {
            return Err(vm.runtime_error("sequence changed size during iteration"));
        }
    }
    let joined = text_replace::join_bytes(&this(vm, object)?, parts.iter().map(|part| &**part));
    Ok(make(object, &joined.or_raise(vm)?))
}

static TRANSLATE: Signature<2> = Signature::new("translate", ["", "delete"], 1).positional_only(1);

fn translate(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [table, delete] = args.bind(vm, &TRANSLATE)?;
    let table = table.filter(|table| !vm.is_none(table)).map(|table| vm.bytes_like(table)).transpose()?;
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(vm.value_error("translation table must be 256 characters long"));
    }
    let delete = delete.map(|delete| vm.bytes_like(delete)).transpose()?.unwrap_or_default();
    let translated = text_translate::translate_bytes(&this(vm, object)?, table.as_deref(), &delete);
    Ok(make(object, &translated.or_raise(vm)?))
}

fn maketrans(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [from, to] = args else { return Ok(vm.none()) };
    let (from, to) = (vm.bytes_like(from)?, vm.bytes_like(to)?);
    Ok(Bytes::new(&text_translate::make_table(&from, &to).or_raise(vm)?).into_obj())
}

static DECODE: Signature<2> = Signature::new("decode", ["encoding", "errors"], 0);

fn decode(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let [encoding, errors] = args.bind(vm, &DECODE)?;
    let encoding = encoding.map(|name| vm.plain_str_argument("decode", "'encoding'", name)).transpose()?;
    let errors = errors.map(|name| vm.plain_str_argument("decode", "'errors'", name)).transpose()?;
    let bytes = this(vm, object)?;
    let text =
        vm.decode(&bytes, encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"))?;
    Ok(text.into_obj())
}

static HEX: Signature<2> = Signature::new("hex", ["sep", "bytes_per_sep"], 0);

fn hex(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let _held = super::hold(object);
    hex_of(vm, &this(vm, object)?, args)
}

/// `hex(sep, bytes_per_sep)` of bytes.
pub(in crate::builtins) fn hex_of(vm: &Vm, contents: &[u8], args: Args<'_>) -> PyResult {
    let [separator, group] = args.bind(vm, &HEX)?;
    let group = group.map_or(Ok(1), |group| vm.c_int_argument(group))?;
    let separator = match separator {
        None => None,
        Some(separator) => Some(hex_separator(vm, separator)?),
    };
    let text = bytes::hex(contents, separator, group as isize).or_raise(vm)?;
    Ok(Str::new(&text).into_obj())
}

fn hex_separator(vm: &Vm, separator: &Obj) -> PyResult<char> {
    if let Some(text) = separator.downcast::<Str>() {
        return bytes::hex_separator(text.as_wtf8()).or_raise(vm);
    }
    if vm.len(separator)? != 1 {
        return Err(vm.value_error("sep must be length 1."));
    }
    match crate::buffer::with_bytes_object(separator, <[u8]>::to_vec).as_deref() {
        Some([byte]) if byte.is_ascii() => Ok(char::from(*byte)),
        Some(_) => Err(vm.value_error("sep must be ASCII.")),
        None => Err(vm.type_error("sep must be str or bytes.")),
    }
}

fn fromhex(vm: &Vm, class: &Obj, text: &Obj) -> PyResult {
    let parsed = if let Some(text) = text.downcast::<Str>() {
        bytes::from_hex(text.as_wtf8()).or_raise(vm)?
    } else if text.ty().slots.buffer.get().is_some() {
        let given = vm.bytes_like(text)?;
        // What is not ASCII is no digit, whatever it stands for.
        let text: String = given.iter().map(|&byte| char::from(byte)).collect();
        bytes::from_hex(text.as_str().as_ref()).or_raise(vm)?
    } else {
        return Err(vm.bad_argument("fromhex", "", "str or bytes-like", text));
    };
    if class.is(&BYTES.to_obj()) {
        return Ok(Bytes::new(&parsed).into_obj());
    }
    if class.is(&BYTEARRAY.to_obj()) {
        return Ok(crate::buffer::ByteArray::new(parsed).into_obj());
    }
    vm.call(class, &[Bytes::new(&parsed).into_obj()])
}

pub(super) const METHODS: &[NativeDef] = &[
    simple!("capitalize", map bytes::capitalize, "B.capitalize() -> copy of B\n\nReturn a copy of B with only its first character capitalized (ASCII)\nand the rest lower-cased."),
    simple!("lower", map bytes::lower, "B.lower() -> copy of B\n\nReturn a copy of B with all ASCII characters converted to lowercase."),
    simple!("swapcase", map bytes::swapcase, "B.swapcase() -> copy of B\n\nReturn a copy of B with uppercase ASCII characters converted\nto lowercase ASCII and vice versa."),
    simple!("title", map bytes::title, "B.title() -> copy of B\n\nReturn a titlecased version of B, i.e. ASCII words start with uppercase\ncharacters, all remaining cased characters have lowercase."),
    simple!("upper", map bytes::upper, "B.upper() -> copy of B\n\nReturn a copy of B with all ASCII characters converted to uppercase."),
    simple!("isalnum", ask bytes::is_alnum, "B.isalnum() -> bool\n\nReturn True if all characters in B are alphanumeric\nand there is at least one character in B, False otherwise."),
    simple!("isalpha", ask bytes::is_alpha, "B.isalpha() -> bool\n\nReturn True if all characters in B are alphabetic\nand there is at least one character in B, False otherwise."),
    simple!("isascii", ask bytes::is_ascii, "B.isascii() -> bool\n\nReturn True if B is empty or all characters in B are ASCII,\nFalse otherwise."),
    simple!("isdigit", ask bytes::is_digit, "B.isdigit() -> bool\n\nReturn True if all characters in B are digits\nand there is at least one character in B, False otherwise."),
    simple!("islower", ask bytes::is_lower, "B.islower() -> bool\n\nReturn True if all cased characters in B are lowercase and there is\nat least one cased character in B, False otherwise."),
    simple!("isspace", ask bytes::is_space, "B.isspace() -> bool\n\nReturn True if all characters in B are whitespace\nand there is at least one character in B, False otherwise."),
    simple!("istitle", ask bytes::is_title, "B.istitle() -> bool\n\nReturn True if B is a titlecased string and there is at least one\ncharacter in B, i.e. uppercase characters may only follow uncased\ncharacters and lowercase characters only cased ones. Return False\notherwise."),
    simple!("isupper", ask bytes::is_upper, "B.isupper() -> bool\n\nReturn True if all cased characters in B are uppercase and there is\nat least one cased character in B, False otherwise."),
    NativeDef::new("center", "($self, width, fillchar=b' ', /)", "Return a centered string of length width.\n\nPadding is done using the specified fill character.", NativeCall::Positional(1, 2, center)),
    NativeDef::new("ljust", "($self, width, fillchar=b' ', /)", "Return a left-justified string of length width.\n\nPadding is done using the specified fill character.", NativeCall::Positional(1, 2, ljust)),
    NativeDef::new("rjust", "($self, width, fillchar=b' ', /)", "Return a right-justified string of length width.\n\nPadding is done using the specified fill character.", NativeCall::Positional(1, 2, rjust)),
    NativeDef::new("zfill", "($self, width, /)", "Pad a numeric string with zeros on the left, to fill a field of the given width.\n\nThe original string is never truncated.", NativeCall::One(zfill)),
    NativeDef::new("expandtabs", "($self, /, tabsize=8)", "Return a copy where all tab characters are expanded using spaces.\n\nIf tabsize is not given, a tab size of 8 characters is assumed.", NativeCall::Full(expandtabs)),
    NativeDef::new("split", "($self, /, sep=None, maxsplit=-1)", "Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytes.\n    None (the default value) means split on ASCII whitespace characters\n    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit.", NativeCall::Full(split)),
    NativeDef::new("rsplit", "($self, /, sep=None, maxsplit=-1)", "Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytes.\n    None (the default value) means split on ASCII whitespace characters\n    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit.\n\nSplitting is done starting at the end of the bytes and working to the front.", NativeCall::Full(rsplit)),
    NativeDef::new("splitlines", "($self, /, keepends=False)", "Return a list of the lines in the bytes, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends is given and\ntrue.", NativeCall::Full(splitlines)),
    NativeDef::new("partition", "($self, sep, /)", "Partition the bytes into three parts using the given separator.\n\nThis will search for the separator sep in the bytes. If the separator is found,\nreturns a 3-tuple containing the part before the separator, the separator\nitself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing the original bytes\nobject and two empty bytes objects.", NativeCall::One(|vm, object, by| partition(vm, object, by, false))),
    NativeDef::new("rpartition", "($self, sep, /)", "Partition the bytes into three parts using the given separator.\n\nThis will search for the separator sep in the bytes, starting at the end. If\nthe separator is found, returns a 3-tuple containing the part before the\nseparator, the separator itself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing two empty bytes\nobjects and the original bytes object.", NativeCall::One(|vm, object, by| partition(vm, object, by, true))),
    NativeDef::new("replace", "($self, old, new, count=-1, /)", "Return a copy with all occurrences of substring old replaced by new.\n\n  count\n    Maximum number of occurrences to replace.\n    -1 (the default value) means replace all occurrences.\n\nIf the optional argument count is given, only the first count occurrences are\nreplaced.", NativeCall::Positional(2, 3, replace)),
    NativeDef::new("join", "($self, iterable_of_bytes, /)", "Concatenate any number of bytes objects.\n\nThe bytes whose method is called is inserted in between each pair.\n\nThe result is returned as a new bytes object.\n\nExample: b'.'.join([b'ab', b'pq', b'rs']) -> b'ab.pq.rs'.", NativeCall::One(join)),
    NativeDef::new("translate", "($self, table, /, delete=b'')", "Return a copy with each character mapped by the given translation table.\n\n  table\n    Translation table, which must be a bytes object of length 256.\n\nAll characters occurring in the optional argument delete are removed.\nThe remaining characters are mapped through the given translation table.", NativeCall::Full(translate)),
    NativeDef::new("maketrans", "(frm, to, /)", "Return a translation table usable for the bytes or bytearray translate method.\n\nThe returned table will be one where each byte in frm is mapped to the byte at\nthe same position in to.\n\nThe bytes objects frm and to must be of the same length.", NativeCall::Positional(2, 2, maketrans)).static_method(),
    NativeDef::new("decode", "($self, /, encoding='utf-8', errors='strict')", "Decode the bytes using the codec registered for encoding.\n\n  encoding\n    The encoding with which to decode the bytes.\n  errors\n    The error handling scheme to use for the handling of decoding errors.\n    The default is 'strict' meaning that decoding errors raise a\n    UnicodeDecodeError. Other possible values are 'ignore' and 'replace'\n    as well as any other name registered with codecs.register_error that\n    can handle UnicodeDecodeErrors.", NativeCall::Full(decode)),
    NativeDef::new("hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", "Create a string of hexadecimal numbers from a bytes object.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left.\n\n>>> data = b'\\x10\\x20\\x30'\n>>> data.hex()\n'102030'\n>>> data.hex(' ')\n'10 20 30'\n>>> data.hex('-', 2)\n'10-2030'\n>>> data.hex('-', -2)\n'1020-30'", NativeCall::Full(hex)),
    NativeDef::new("fromhex", "($type, string, /)", "Create a bytes object from a string of hexadecimal numbers.\n\nSpaces between two numbers are accepted.\nExample: bytes.fromhex('B9 01EF') -> b'\\\\xb9\\\\x01\\\\xef'.", NativeCall::One(fromhex)).class_method(),
];
