//! Reading a format: byte order, sizes, alignment.

use crate::error::{Error, MAX_SIZE, Result};
use crate::int::Endian;

/// A field of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its character.
    pub code: u8,
    /// Where it begins.
    pub offset: usize,
    /// Its size.
    pub size: usize,
    /// The order of its bytes.
    pub(super) endian: Endian,
}

/// Fields of one kind, one after the other.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: Field,
    count: usize,
}

/// A format that has been read.
#[derive(Clone, Debug)]
pub struct Format {
    runs: Vec<Run>,
    size: usize,
    count: usize,
}

/// A kind's size, which is its alignment too but for the complex ones.
fn size_of(code: u8, native: bool) -> Option<usize> {
    Some(match code {
        b'x' | b'b' | b'B' | b'c' | b's' | b'p' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' if !native => 4,
        b'l' | b'L' | b'q' | b'Q' | b'd' | b'F' => 8,
        b'n' | b'N' | b'P' if native => 8,
        b'D' => 16,
        _ => return None,
    })
}

impl Format {
    /// Reads a format, a string's ASCII.
    pub fn parse(format: &[u8]) -> Result<Self> {
        if format.contains(&0) {
            return Err(Error::structure("embedded null character"));
        }
        let (order, mut rest) = match format {
            [order @ (b'@' | b'=' | b'<' | b'>' | b'!'), rest @ ..] => (*order, rest),
            all => (b'@', all),
        };
        let endian = match order {
            b'<' => Endian::Little,
            b'>' | b'!' => Endian::Big,
            _ => Endian::NATIVE,
        };
        let native = order == b'@';
        let too_long = || Error::structure("total struct size too long");
        let mut read = Self { runs: Vec::new(), size: 0, count: 0 };
        while let [code, tail @ ..] = rest {
            rest = tail;
            if code.is_ascii_whitespace() || *code == 11 {
                continue;
            }
            let mut code = *code;
            let mut count = 1;
            if code.is_ascii_digit() {
                count = usize::from(code - b'0');
                loop {
                    let [next, tail @ ..] = rest else {
                        return Err(Error::structure("repeat count given without format specifier"));
                    };
                    rest = tail;
                    code = *next;
                    if !code.is_ascii_digit() {
                        break;
                    }
                    count = count
                        .checked_mul(10)
                        .and_then(|count| count.checked_add(usize::from(code - b'0')))
                        .filter(|&count| count <= MAX_SIZE)
                        .ok_or_else(too_long)?;
                }
            }
            let size = size_of(code, native).ok_or_else(|| Error::structure("bad char in struct format"))?;
            let alignment = match code {
                _ if !native => 1,
                b'F' | b'D' => size / 2,
                _ => size,
            };
            let offset = read.size.checked_next_multiple_of(alignment).ok_or_else(too_long)?;
            let len = size.checked_mul(count).ok_or_else(too_long)?;
            read.size = offset.checked_add(len).filter(|&size| size <= MAX_SIZE).ok_or_else(too_long)?;
            let (size, count) = match code {
                b'x' => continue,
                b's' | b'p' => (count, 1),
                _ => (size, count),
            };
            read.count += count;
            read.runs.push(Run { first: Field { code, offset, size, endian }, count });
        }
        Ok(read)
    }

    /// The size of the whole (`calcsize`).
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The field of each value.
    pub fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        self.runs.iter().flat_map(|run| {
            (0..run.count).map(|i| Field { offset: run.first.offset + i * run.first.size, ..run.first })
        })
    }
}
