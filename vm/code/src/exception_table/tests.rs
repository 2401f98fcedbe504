//! A table that CPython made, faults, and round trips.

use proptest::prelude::*;

use super::*;

/// `co_exceptiontable` of
///
/// ```python
/// try:
///     f()
/// except E as e:
///     g()
/// finally:
///     h()
/// ```
const TRY: &[u8] = b"\x82\x07\x12\x00\x92\x07\x2a\x03\x99\x07\x25\x03\xa0\x05\x2d\x00\xa5\x05\x2a\x03\xaa\x03\x2d\x00\xad\x09\x36\x03";

fn entry(start: u32, end: u32, target: u32, depth: u32, lasti: bool) -> ExceptionEntry {
    ExceptionEntry {
        start: CodeUnitIdx(start),
        end: CodeUnitIdx(end),
        target: CodeUnitIdx(target),
        depth,
        lasti,
    }
}

fn all(bytes: &[u8]) -> Vec<ExceptionEntry> {
    ExceptionTable::new(bytes).entries().collect::<Result<_, _>>().unwrap()
}

#[test]
fn entries_are_cpythons() {
    let expected = [
        entry(2, 9, 18, 0, false),
        entry(18, 25, 42, 1, true),
        entry(25, 32, 37, 1, true),
        entry(32, 37, 45, 0, false),
        entry(37, 42, 42, 1, true),
        entry(42, 45, 45, 0, false),
        entry(45, 54, 54, 1, true),
    ];
    assert_eq!(all(TRY), expected);
    assert_eq!(encode_exception_table(&expected), TRY);
}

#[test]
fn a_handler_guards_from_its_start_up_to_its_end() {
    let table = ExceptionTable::new(TRY);
    let target = |unit| table.handler(CodeUnitIdx(unit)).map(|entry| entry.target.0);
    assert_eq!([1, 2, 8, 9, 17, 18].map(target), [None, Some(18), Some(18), None, None, Some(42)]);
    assert_eq!([53, 54, u32::MAX].map(target), [Some(54), None, None]);
}

#[test]
fn large_tables_are_searched_as_small_ones() {
    let entries: Vec<_> =
        (0..5000).map(|i| entry(i * 7, i * 7 + 1 + i % 7, i % 300, i % 9, i % 2 == 0)).collect();
    let bytes = encode_exception_table(&entries);
    for at in (0..36_000).step_by(5) {
        let expected = entries.iter().find(|entry| entry.guards(CodeUnitIdx(at))).copied();
        assert_eq!(ExceptionTable::new(&bytes).handler(CodeUnitIdx(at)), expected, "{at}");
    }
}

#[test]
fn faults_are_named_with_their_place() {
    let cases: [(&[u8], &str); 4] = [
        (b"\x00", "exception table byte 0: no entry begins here (bit 7 is clear)"),
        (
            b"\x82\x07\x12",
            "exception table byte 0: the entry that begins here is cut short or holds a number beyond 32 bits",
        ),
        (
            b"\x82\x07\x12\x00\xc1\x7f\x7f\x7f\x7f\x7f\x3f\x00\x00\x00",
            "exception table byte 4: the entry that begins here is cut short or holds a number beyond 32 bits",
        ),
        // Bit 7 within the entry.
        (
            b"\x82\x87\x12\x00",
            "exception table byte 0: the entry that begins here is cut short or holds a number beyond 32 bits",
        ),
    ];
    for (bytes, message) in cases {
        let fault = ExceptionTable::new(bytes).entries().find_map(Result::err).unwrap();
        assert_eq!(fault.to_string(), message);
    }
    assert_eq!(ExceptionTable::new(cases[1].0).handler(CodeUnitIdx(3)), None);
}

proptest! {
    #[test]
    fn what_is_encoded_decodes(
        numbers in proptest::collection::vec((any::<u16>(), any::<u16>(), any::<u32>(), 0..1u32 << 31, any::<bool>()), 0..20)
    ) {
        let entries: Vec<_> = numbers
            .into_iter()
            .map(|(start, length, target, depth, lasti)| {
                entry(u32::from(start), u32::from(start) + u32::from(length), target, depth, lasti)
            })
            .collect();
        prop_assert_eq!(all(&encode_exception_table(&entries)), entries);
    }

    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..100), at in any::<u32>()) {
        let table = ExceptionTable::new(&bytes);
        if let Some(entry) = table.handler(CodeUnitIdx(at)) {
            prop_assert!(entry.guards(CodeUnitIdx(at)));
        }
        if let Ok(entries) = table.entries().collect::<Result<Vec<_>, _>>() {
            prop_assert_eq!(all(&encode_exception_table(&entries)), entries);
        }
    }
}
