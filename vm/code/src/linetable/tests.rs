//! Tables that CPython made, faults, and round trips.

use proptest::prelude::*;

use super::*;

#[expect(clippy::unnecessary_wraps, reason = "positions are compared as tables give them")]
fn at(line: i32, end_line: i32, column: u32, end_column: u32) -> Option<Location> {
    Some(Location { line, end_line, column: Some(column), end_column: Some(end_column) })
}

fn encode(firstlineno: i32, runs: &[(u32, Option<Location>)]) -> Vec<u8> {
    let mut writer = LineTableWriter::new(firstlineno);
    for &(units, location) in runs {
        writer.push(units, location);
    }
    writer.finish()
}

/// `co_linetable` of a function that has every form: its `return [...]` spans lines (long), its cleanup
/// has no position (none).
///
/// ```python
/// def f(a):
///     x = (a +
///         1)
///
///     return [
///         i for i in x if i]
/// ```
const FUNCTION: &[u8] = b"\x80\x00\xd8\x09\x0a\xd8\x08\x09\xf5\x03\x01\x0a\x0a\x80\x41\xf1\x08\x00\x14\x15\xf3\x03\x01\x0c\x1b\xd9\x13\x14\x88\x61\x9b\x01\x8f\x01\x88\x01\x91\x31\xf1\x03\x01\x0c\x1b\xf0\x00\x01\x05\x1b\xf9\xf2\x00\x01\x0c\x1b";

#[test]
fn lines_are_co_lines() {
    let lines: Vec<_> =
        LineTable::new(FUNCTION, 1).lines().map(|range| (range.start.0, range.end.0, range.line)).collect();
    let expected = [
        (0, 2, Some(1)),
        (2, 4, Some(2)),
        (4, 6, Some(3)),
        (6, 20, Some(2)),
        (20, 24, Some(6)),
        (24, 32, Some(5)),
        (32, 68, Some(6)),
        (68, 74, Some(5)),
        (74, 78, None),
        (78, 84, Some(5)),
    ];
    assert_eq!(lines, expected);
}

#[test]
fn positions_are_co_positions() {
    let positions: Vec<_> = LineTable::new(FUNCTION, 1).positions().collect();
    assert_eq!(positions.len(), 42);
    assert_eq!(positions[..4], [at(1, 1, 0, 0), at(2, 2, 9, 10), at(3, 3, 8, 9), at(2, 3, 9, 9)]);
    assert_eq!(positions[36..40], [at(5, 6, 4, 26), None, None, at(5, 6, 11, 26)]);
    let table = LineTable::new(FUNCTION, 1);
    for (unit, location) in positions.into_iter().enumerate() {
        assert_eq!(table.location_at(CodeUnitIdx(unit as u32)), location);
    }
    assert_eq!(table.location_at(CodeUnitIdx(42)), None);
}

#[test]
fn a_table_without_columns_has_lines_only() {
    // x = 1, three empty lines, y = x; under -X no_debug_ranges.
    let table = LineTable::new(b"\xe8\x03\xe8\x02\xe8\x00\xe8\x08\xea\x00", 1);
    let line = |line| Some(Location { line, end_line: line, column: None, end_column: None });
    let expected = [line(0), line(1), line(1), line(5), line(5), line(5), line(5)];
    assert_eq!(table.positions().collect::<Vec<_>>(), expected);
}

#[test]
fn decoded_tables_encode_to_the_same_bytes() {
    let entries: Vec<_> = LineTable::new(FUNCTION, 1)
        .entries()
        .map(|entry| entry.map(|entry| (entry.end.0 - entry.start.0, entry.location)).unwrap())
        .collect();
    assert_eq!(encode(1, &entries), FUNCTION);
}

#[test]
fn each_position_takes_its_shortest_form() {
    let cases: [(Option<Location>, &[u8]); 9] = [
        (at(10, 10, 79, 94), b"\xc8\x7f"),
        (at(10, 10, 79, 95), b"\xd0\x4f\x5f"),
        (at(10, 10, 80, 81), b"\xd0\x50\x51"),
        (at(12, 12, 127, 127), b"\xe0\x7f\x7f"),
        (at(12, 12, 128, 129), b"\xf0\x04\x00\x41\x02\x42\x02"),
        (at(13, 13, 0, 1), b"\xf0\x06\x00\x01\x02"),
        (at(9, 10, 0, 1), b"\xf0\x03\x01\x01\x02"),
        (Some(Location { line: 9, end_line: 9, column: None, end_column: None }), b"\xe8\x03"),
        (None, b"\xf8"),
    ];
    for (location, bytes) in cases {
        assert_eq!(encode(10, &[(1, location)]), bytes, "{location:?}");
    }
    assert_eq!(encode(1, &[(20, None)]), b"\xff\xff\xfb");
}

#[test]
fn faults_are_named_with_their_place() {
    let cases: [(&[u8], &str); 5] = [
        (b"\x80\x00\x00", "linetable byte 2: no entry begins here (bit 7 is clear)"),
        (
            b"\x80\x00\xf0\x00",
            "linetable byte 2: the entry that begins here is cut short or holds a number beyond 32 bits",
        ),
        (
            b"\xe8\x7f\x7f\x7f\x7f\x7f\x7f\x7f",
            "linetable byte 0: the entry that begins here is cut short or holds a number beyond 32 bits",
        ),
        (b"\xe8\x7e\x7f\x7f\x7f\x7f\x03\xe8\x02", "linetable byte 0: the line is out of range"),
        (
            b"\x80",
            "linetable byte 0: the entry that begins here is cut short or holds a number beyond 32 bits",
        ),
    ];
    for (bytes, message) in cases {
        let faults: Vec<_> = LineTable::new(bytes, 1).entries().filter_map(Result::err).collect();
        assert_eq!(faults.iter().map(ToString::to_string).collect::<Vec<_>>(), [message]);
    }
}

/// Positions with both columns or none, as compilers make them.
fn locations() -> impl Strategy<Value = Option<Location>> {
    let small = (0..1000i32, 0..3u32, proptest::option::of((0..300u32, 0..300u32)));
    let any = (1..i32::MAX / 2, 0..1u32 << 30, proptest::option::of((0..u32::MAX, 0..u32::MAX)));
    proptest::option::of(prop_oneof![small, any].prop_map(|(line, lines, columns)| Location {
        line,
        end_line: line + lines as i32,
        column: columns.map(|(column, _)| column),
        end_column: columns.map(|(_, end_column)| end_column),
    }))
}

proptest! {
    #[test]
    fn what_is_encoded_decodes(runs in proptest::collection::vec((1..30u32, locations()), 0..20)) {
        let bytes = encode(1, &runs);
        let expected: Vec<_> =
            runs.iter().flat_map(|&(units, location)| std::iter::repeat_n(location, units as usize)).collect();
        prop_assert_eq!(LineTable::new(&bytes, 1).positions().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200), first in any::<i32>()) {
        let table = LineTable::new(&bytes, first);
        let faults = table.entries().filter(Result::is_err).count();
        prop_assert!(faults <= 1);
        prop_assert!(table.lines().count() <= table.positions().count());
    }
}
