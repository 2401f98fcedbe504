//! What CPython knows of each code point for `str`'s methods: predicates, case mappings, digits.
//!
//! The tables are made from CPython itself, since its version of Unicode decides. Names, decompositions and
//! the like belong to `unicodedata` and are not here.

mod tables;

pub use tables::UNIDATA_VERSION;
use tables::{BLOCKS, INDEX, RECORDS, SHIFT, TEXTS, ZEROS};

/// How a code point changes under one case mapping.
#[derive(Clone, Copy)]
enum Case {
    /// To the code point at this distance.
    Delta(i32),
    /// To several characters: an index into `TEXTS`.
    Text(u8),
}

struct Record {
    flags: u16,
    lower: Case,
    upper: Case,
    title: Case,
    fold: Case,
}

const ALPHA: u16 = 1;
const DECIMAL: u16 = 1 << 1;
const DIGIT: u16 = 1 << 2;
const NUMERIC: u16 = 1 << 3;
const SPACE: u16 = 1 << 4;
const PRINTABLE: u16 = 1 << 5;
const LOWER: u16 = 1 << 6;
const UPPER: u16 = 1 << 7;
const TITLE: u16 = 1 << 8;
const ID_START: u16 = 1 << 9;
const ID_CONTINUE: u16 = 1 << 10;
const CASE_IGNORABLE: u16 = 1 << 11;
const CASED: u16 = 1 << 12;

fn record(code_point: u32) -> &'static Record {
    let code_point = code_point.min(0x0010_FFFF);
    let block = BLOCKS[((code_point >> SHIFT) as usize).min(BLOCKS.len() - 1)];
    let within = code_point & ((1 << SHIFT) - 1);
    &RECORDS[INDEX[((u32::from(block) << SHIFT) | within) as usize] as usize]
}

fn has(code_point: u32, flags: u16) -> bool {
    record(code_point).flags & flags != 0
}

macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident = $flags:expr;)*) => {
        $($(#[$doc])* #[inline] pub fn $name(code_point: u32) -> bool { has(code_point, $flags) })*
    };
}

predicates! {
    /// A letter (`str.isalpha`).
    is_alpha = ALPHA;
    /// A digit of a decimal number system (`str.isdecimal`).
    is_decimal = DECIMAL;
    /// A digit (`str.isdigit`).
    is_digit = DIGIT;
    /// Something with a numeric value (`str.isnumeric`).
    is_numeric = NUMERIC;
    /// A letter or something with a numeric value (`str.isalnum`).
    is_alnum = ALPHA | DECIMAL | DIGIT | NUMERIC;
    /// White space (`str.isspace`).
    is_space = SPACE;
    /// What `repr` shows unescaped (`str.isprintable`).
    is_printable = PRINTABLE;
    /// Lower case.
    is_lower = LOWER;
    /// Upper case.
    is_upper = UPPER;
    /// What may begin an identifier.
    is_id_start = ID_START;
    /// What may stand within an identifier.
    is_id_continue = ID_CONTINUE;
    /// What `str.title` continues a word after.
    is_cased = CASED;
    /// What is looked through when a final sigma is decided.
    is_case_ignorable = CASE_IGNORABLE;
}

/// A titlecase letter, which is neither upper nor lower case.
#[inline]
pub fn is_title(code_point: u32) -> bool {
    record(code_point).flags & (TITLE | UPPER) == TITLE
}

/// What a line ends with, for `str.splitlines`.
pub fn is_line_break(code_point: u32) -> bool {
    matches!(code_point, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

/// The value of a digit of any decimal number system.
pub fn decimal_value(code_point: u32) -> Option<u8> {
    if code_point < 0x80 {
        return (code_point as u8 as char).to_digit(10).map(|digit| digit as u8);
    }
    let above = ZEROS.partition_point(|&zero| zero <= code_point);
    let distance = code_point - ZEROS.get(above.checked_sub(1)?)?;
    (distance < 10).then_some(distance as u8)
}

/// The characters that one code point becomes.
#[derive(Clone, Copy, Debug)]
pub enum Mapped {
    /// One code point, which may be a surrogate.
    One(u32),
    /// Several characters.
    Many(&'static str),
}

fn mapped(code_point: u32, case: Case) -> Mapped {
    match case {
        Case::Delta(delta) => Mapped::One(code_point.wrapping_add_signed(delta)),
        Case::Text(index) => Mapped::Many(TEXTS[index as usize]),
    }
}

/// The full lowercase mapping, without regard to the context.
pub fn to_lower(code_point: u32) -> Mapped {
    mapped(code_point, record(code_point).lower)
}

/// The full uppercase mapping.
pub fn to_upper(code_point: u32) -> Mapped {
    mapped(code_point, record(code_point).upper)
}

/// The full titlecase mapping.
pub fn to_title(code_point: u32) -> Mapped {
    mapped(code_point, record(code_point).title)
}

/// The full case folding.
pub fn to_folded(code_point: u32) -> Mapped {
    mapped(code_point, record(code_point).fold)
}
