//! The `struct` module's formats: reading them, packing and unpacking values.
//!
//! Native sizes and alignments are those of C on 64-bit Unix (`long` has eight bytes).

mod half;
mod parse;
mod value;

pub use parse::{Field, Format};
pub use value::{Unpacked, Value};

use std::ops::Range;

use crate::error::{Error, Result, reserve};

/// The part of a buffer that `unpack_from` reads or `pack_into` writes.
fn part(size: usize, len: usize, offset: isize, into: bool) -> Result<Range<usize>> {
    let start = if offset < 0 {
        let Some(start) = len.checked_sub(offset.unsigned_abs()) else {
            return Err(Error::structure(format!("offset {offset} out of range for {len}-byte buffer")));
        };
        if len - start < size {
            let what = if into { "no space to pack" } else { "not enough data to unpack" };
            return Err(Error::structure(format!("{what} {size} bytes at offset {offset}")));
        }
        start
    } else {
        offset.unsigned_abs()
    };
    if len < start || len - start < size {
        let (function, doing) = if into { ("pack_into", "packing") } else { ("unpack_from", "unpacking") };
        return Err(Error::structure(format!(
            "{function} requires a buffer of at least {} bytes for {doing} {size} bytes at offset {start} \
             (actual buffer size is {len})",
            start as u128 + size as u128
        )));
    }
    Ok(start..start + size)
}

impl Format {
    /// `pack`.
    pub fn pack(&self, values: &[Value<'_>]) -> Result<Vec<u8>> {
        self.check_count(values.len(), "pack")?;
        let mut out = reserve(Some(self.size()))?;
        out.resize(self.size(), 0);
        self.write(values, &mut out)?;
        Ok(out)
    }

    /// `pack_into`.
    pub fn pack_into(&self, buffer: &mut [u8], offset: isize, values: &[Value<'_>]) -> Result<()> {
        self.check_count(values.len(), "pack_into")?;
        let part = part(self.size(), buffer.len(), offset, true)?;
        let out = &mut buffer[part];
        out.fill(0);
        self.write(values, out)
    }

    /// Refuses a wrong number of values.
    pub fn check_count(&self, given: usize, function: &str) -> Result<()> {
        let expected = self.count();
        if given == expected {
            return Ok(());
        }
        Err(Error::structure(format!("{function} expected {expected} items for packing (got {given})")))
    }

    fn write(&self, values: &[Value<'_>], out: &mut [u8]) -> Result<()> {
        let mut values = values.iter();
        for field in self.fields() {
            if let Some(value) = values.next() {
                field.pack(*value, &mut out[field.offset..field.offset + field.size])?;
            }
        }
        Ok(())
    }

    /// `unpack`.
    pub fn unpack<'b>(&self, buffer: &'b [u8]) -> Result<Vec<Unpacked<'b>>> {
        if buffer.len() != self.size() {
            return Err(Error::structure(format!("unpack requires a buffer of {} bytes", self.size())));
        }
        Ok(self.read(buffer))
    }

    /// `unpack_from`.
    pub fn unpack_from<'b>(&self, buffer: &'b [u8], offset: isize) -> Result<Vec<Unpacked<'b>>> {
        Ok(self.read(&buffer[part(self.size(), buffer.len(), offset, false)?]))
    }

    /// `iter_unpack`.
    pub fn iter_unpack<'b>(&self, buffer: &'b [u8]) -> Result<impl Iterator<Item = Vec<Unpacked<'b>>>> {
        let size = self.size();
        if size == 0 {
            return Err(Error::structure("cannot iteratively unpack with a struct of length 0"));
        }
        if !buffer.len().is_multiple_of(size) {
            return Err(Error::structure(format!(
                "iterative unpacking requires a buffer of a multiple of {size} bytes"
            )));
        }
        Ok(buffer.chunks_exact(size).map(|chunk| self.read(chunk)))
    }

    fn read<'b>(&self, buffer: &'b [u8]) -> Vec<Unpacked<'b>> {
        self.fields().map(|field| field.unpack(&buffer[field.offset..field.offset + field.size])).collect()
    }
}
