//! Reads the blob that the build script packed: numbers, texts, contents. What they mean is not known here.
//!
//! The blob is part of the executable and as sound as its machine code, so nothing here can fail; the tests
//! read all of it.

use crate::layout::{DATA_FIELDS, HEADER_FIELDS, MODULE_FIELDS};

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stdlib.blob"));

/// Bytes of a number.
const NUMBER: usize = size_of::<u32>();

/// A number, counted from the start of the blob.
fn number(index: usize) -> usize {
    let bytes = BLOB[index * NUMBER..].first_chunk().expect("the blob's tables are whole");
    u32::from_le_bytes(*bytes) as usize
}

/// Records of the same kind, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// Where the first record begins, in numbers.
    start: usize,
    len: usize,
    fields: usize,
}

impl Table {
    /// The modules that are found on the path.
    pub(crate) fn modules() -> Self {
        Self { start: HEADER_FIELDS, len: number(0), fields: MODULE_FIELDS }
    }

    /// The frozen modules.
    pub(crate) fn frozen() -> Self {
        Self { start: Self::modules().end(), len: number(1), fields: MODULE_FIELDS }
    }

    /// The data files.
    pub(crate) fn data() -> Self {
        Self { start: Self::frozen().end(), len: number(2), fields: DATA_FIELDS }
    }

    fn end(self) -> usize {
        self.start + self.len * self.fields
    }

    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// The record at `index`, which is below the table's length.
    pub(crate) fn record(self, index: usize) -> Record {
        debug_assert!(index < self.len);
        Record { start: self.start + index * self.fields }
    }

    /// How many records at the start have a text for which `is_before` holds.
    pub(crate) fn partition_point(self, text: usize, is_before: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = usize::midpoint(low, high);
            if is_before(self.record(middle).text(text)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The record whose text is `wanted`.
    pub(crate) fn find(self, text: usize, wanted: &str) -> Option<Record> {
        let index = self.partition_point(text, |text| text < wanted);
        let record = (index < self.len).then(|| self.record(index))?;
        (record.text(text) == wanted).then_some(record)
    }
}

/// Fields that belong together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    /// Where it begins, in numbers.
    start: usize,
}

impl Record {
    pub(crate) fn number(self, field: usize) -> usize {
        number(self.start + field)
    }

    /// The text whose offset and length are at `field`.
    pub(crate) fn text(self, field: usize) -> &'static str {
        let start = Table::data().end() * NUMBER + self.number(field);
        let bytes = &BLOB[start..][..self.number(field + 1)];
        std::str::from_utf8(bytes).expect("the blob's texts are UTF-8")
    }

    /// The packed contents whose offset and lengths are at `field`, and their unpacked length.
    fn packed(self, field: usize) -> (&'static [u8], usize) {
        let start = Table::data().end() * NUMBER + number(3) + self.number(field);
        (&BLOB[start..][..self.number(field + 1)], self.number(field + 2))
    }

    /// Unpacked LZ4 contents.
    pub(crate) fn lz4(self, field: usize) -> Vec<u8> {
        let (packed, len) = self.packed(field);
        lz4_flex::block::decompress(packed, len).expect("the blob's code unpacks")
    }

    /// Unpacked DEFLATE contents.
    pub(crate) fn deflate(self, field: usize) -> Vec<u8> {
        let (packed, len) = self.packed(field);
        let mut contents = vec![0; len];
        let unpacked = miniz_oxide::inflate::decompress_slice_iter_to_slice(
            &mut contents,
            std::iter::once(packed),
            false,
            true,
        );
        assert!(unpacked == Ok(len), "the blob's contents unpack");
        contents
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{data, module};

    /// It may grow with the library; a jump is a mistake: contents packed twice, or badly.
    #[test]
    fn the_blob_has_the_size_that_was_measured() {
        let megabytes = BLOB.len() as f64 / 1e6;
        assert!((10.5..12.0).contains(&megabytes), "{megabytes} MB");
    }

    #[test]
    fn contents_end_where_the_blob_ends() {
        let end = |table: Table, field| {
            (0..table.len()).map(move |index| table.record(index).packed(field).0.as_ptr_range().end).max()
        };
        let tables = [
            (Table::modules(), module::CODE),
            (Table::modules(), module::SOURCE),
            (Table::frozen(), module::CODE),
            (Table::frozen(), module::SOURCE),
            (Table::data(), data::CONTENTS),
        ];
        let last = tables.into_iter().filter_map(|(table, field)| end(table, field)).max();
        assert_eq!(last, Some(BLOB.as_ptr_range().end));
    }
}
