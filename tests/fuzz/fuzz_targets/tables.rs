//! Linetables and exception tables: any bytes give entries or one error, and what decodes encodes to what
//! decodes the same.
#![no_main]

use lasti_code::CodeUnitIdx;
use lasti_code::exception_table::{ExceptionTable, encode_exception_table};
use lasti_code::linetable::{LineTable, LineTableWriter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i32, u32, &[u8])| {
    let (firstlineno, at, bytes) = input;
    let table = LineTable::new(bytes, firstlineno);
    let _ = table.lines().count();
    let _ = table.location_at(CodeUnitIdx(at));
    if let Ok(entries) = table.entries().collect::<Result<Vec<_>, _>>() {
        // A table with only one of two columns is nothing that a compiler writes.
        if entries.iter().filter_map(|e| e.location).all(|l| l.column.is_some() == l.end_column.is_some()) {
            let mut writer = LineTableWriter::new(firstlineno);
            for entry in &entries {
                writer.push(entry.end.0 - entry.start.0, entry.location);
            }
            let written = writer.finish();
            let again = LineTable::new(&written, firstlineno);
            assert!(again.positions().eq(table.positions()));
        }
    }
    let table = ExceptionTable::new(bytes);
    let found = table.handler(CodeUnitIdx(at));
    if let Ok(entries) = table.entries().collect::<Result<Vec<_>, _>>() {
        let again = encode_exception_table(&entries);
        let decoded: Result<Vec<_>, _> = ExceptionTable::new(&again).entries().collect();
        assert_eq!(decoded.as_ref(), Ok(&entries));
        if entries.is_sorted_by_key(|entry| entry.start) && entries.windows(2).all(|two| two[0].end <= two[1].start) {
            assert_eq!(found, entries.iter().find(|entry| entry.guards(CodeUnitIdx(at))).copied());
        }
    }
});
