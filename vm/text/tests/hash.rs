//! Hashes of strings and bytes against CPython's under fixed seeds.

mod support;

use lasti_text::Text;
use lasti_text::hash::HashKey;
use support::check;

#[test]
fn hashes_follow_the_seed() {
    check(include_str!("../testdata/hash.tsv"), 60, |case| {
        let key = HashKey::from_seed(case.int(1));
        match case.kind() {
            "str" => key.hash_text(Text::new(&case.text(2))).to_string(),
            "bytes" => key.hash_bytes(&case.bytes(2)).to_string(),
            kind => panic!("unknown kind {kind}"),
        }
    });
}

#[test]
fn seeds_are_numbers_or_random() {
    assert_eq!(HashKey::parse_seed("random"), Ok(None));
    assert_eq!(HashKey::parse_seed(""), Ok(None));
    assert_eq!(HashKey::parse_seed("4294967295"), Ok(Some(u32::MAX)));
    for wrong in ["4294967296", "-1", "+1", "x", " 1"] {
        let error = HashKey::parse_seed(wrong).unwrap_err();
        assert_eq!(
            error.to_string(),
            "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]"
        );
    }
}
