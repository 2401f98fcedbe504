//! Values that CPython marshalled, hostile bytes, and round trips.

use malachite_bigint::BigInt;
use proptest::prelude::*;

use super::*;
use crate::constant::{Const, Int, Tuple};
use crate::text::Str;

/// The lines of testdata/marshal.txt of a kind: the Python value and CPython's bytes.
fn made_by_cpython(kind: &str) -> Vec<(&'static str, Vec<u8>)> {
    let lines = include_str!("../../testdata/marshal.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|fields| fields[0] == kind)
        .map(|fields| (fields[1], unhex(fields[2])))
        .collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn cpython(value: &str) -> Vec<u8> {
    made_by_cpython("constant").into_iter().find(|(text, _)| *text == value).unwrap().1
}

fn int(value: i64) -> Const {
    Const::Int(value.into())
}

fn error(bytes: &[u8]) -> String {
    loads(bytes).unwrap_err().to_string()
}

#[test]
fn constants_load_with_their_values() {
    let load = |value: &str| loads(&cpython(value)).unwrap();
    assert_eq!(load("None"), Const::None);
    assert_eq!(
        load("(True, False, ...)"),
        Const::Tuple([Const::Bool(true), Const::Bool(false), Const::Ellipsis].into())
    );
    for value in [
        0,
        -5,
        256,
        -6,
        257,
        i64::from(i32::MAX),
        1 << 31,
        -(1 << 31),
        1 << 45,
        -(1 << 60),
        i64::MAX,
        i64::MIN,
    ] {
        let text = match value {
            2_147_483_647 => "2**31 - 1".into(),
            2_147_483_648 => "2**31".into(),
            -2_147_483_648 => "-2**31".into(),
            35_184_372_088_832 => "2**45".into(),
            -1_152_921_504_606_846_976 => "-2**60".into(),
            i64::MAX => "2**63 - 1".into(),
            i64::MIN => "-2**63".into(),
            small => small.to_string(),
        };
        assert_eq!(load(&text), int(value), "{text}");
    }
    let big = |text: &str| Const::Int(Int::from(text.parse::<BigInt>().unwrap()));
    assert_eq!(load("2**64"), big("18446744073709551616"));
    assert_eq!(load("-10**40"), big("-10000000000000000000000000000000000000000"));
    assert_eq!(load("-0.0"), Const::Float(-0.0));
    assert_ne!(load("-0.0"), Const::Float(0.0));
    assert_eq!(load("complex(-2.5, -0.0)"), Const::Complex(-2.5, -0.0));
    assert_eq!(load("'\\u65e5\\u672c'"), Const::Str("日本".into()));
    let Const::Str(lone) = load("'\\ud800'") else { panic!() };
    assert_eq!((lone.as_str(), lone.as_bytes()), (None, &b"\xed\xa0\x80"[..]));
    assert_eq!(load("(1, (2, (3,)))"), {
        let inner = Const::Tuple([int(2), Const::Tuple([int(3)].into())].into());
        Const::Tuple([int(1), inner].into())
    });
    assert_eq!(
        load("slice(None, 'stop', None)"),
        Const::Slice([Const::None, Const::Str("stop".into()), Const::None].into())
    );
}

#[test]
fn constants_dump_to_cpythons_bytes() {
    for (value, bytes) in made_by_cpython("constant") {
        if value == "StopIteration" {
            assert_eq!(error(&bytes), "bad marshal data at byte 0: StopIteration is no constant");
            continue;
        }
        let constant = loads(&bytes).unwrap();
        assert_eq!(dumps(&constant).unwrap(), bytes, "{value}");
    }
}

#[test]
fn graphs_round_trip_through_cpythons_bytes() {
    for kind in ["constant", "general", "cyclic"] {
        for (value, bytes) in made_by_cpython(kind) {
            let graph = Graph::loads(&bytes).unwrap();
            let again = Graph::loads(&graph.dumps().unwrap()).unwrap();
            assert_eq!(shape(&again), shape(&graph), "{value}");
        }
    }
}

/// A graph as text, an object that was shown before as its number.
fn shape(graph: &Graph) -> String {
    fn show(graph: &Graph, id: NodeId, seen: &mut Vec<NodeId>) -> String {
        if let Some(number) = seen.iter().position(|&s| s == id) {
            return format!("#{number}");
        }
        seen.push(id);
        match graph.node(id).unwrap() {
            Node::Container(kind, items) => {
                let items: Vec<_> = items.iter().map(|&item| show(graph, item, seen)).collect();
                format!("{kind:?}[{}]", items.join(" "))
            }
            node => format!("{node:?}"),
        }
    }
    show(graph, graph.root(), &mut Vec::new())
}

#[test]
fn a_list_that_contains_itself_is_a_cycle_in_the_graph() {
    let bytes = made_by_cpython("cyclic").into_iter().find(|(name, _)| *name == "list").unwrap().1;
    let graph = Graph::loads(&bytes).unwrap();
    let Some(Node::Container(Container::List, items)) = graph.node(graph.root()) else { panic!() };
    assert_eq!(items.last(), Some(&graph.root()));
}

#[test]
fn a_dict_ends_at_null_and_a_key_without_a_value_is_dropped() {
    let graph = Graph::loads(b"{NT.0").unwrap();
    assert_eq!(shape(&graph), "Dict[Atom(None) Atom(Bool(true))]");
}

#[test]
fn shared_objects_are_written_once() {
    let shared = Const::Str(Str::new("two words"));
    let twice = Const::Tuple([shared.clone(), shared].into());
    assert_eq!(dumps(&twice).unwrap(), b"\xa9\x02\xfa\x09two wordsr\x01\0\0\0");
    let equal = Const::Tuple([Const::Str("two words".into()), Const::Str("two words".into())].into());
    assert_eq!(dumps(&equal).unwrap(), b"\xa9\x02z\x09two wordsz\x09two words");
    // Interned strings and numbers are what they are worth.
    let names = Const::Tuple([Const::Str(Str::interned("n")), Const::Str(Str::interned("n"))].into());
    assert_eq!(dumps(&names).unwrap(), b"\xa9\x02\xda\x01nr\x01\0\0\0");
    let numbers = Const::Tuple([int(1000), int(1000)].into());
    assert_eq!(dumps(&numbers).unwrap(), b"\xa9\x02\xe9\xe8\x03\0\0r\x01\0\0\0");
    let nans = Const::Tuple([Const::Float(f64::NAN), Const::Float(f64::NAN)].into());
    let Const::Tuple(nans) = loads(&dumps(&nans).unwrap()).unwrap() else { panic!() };
    assert_eq!(nans.len(), 2);
}

#[test]
fn members_of_frozen_sets_are_written_in_the_order_of_their_bytes() {
    let set = |items: &[Const]| Const::FrozenSet(items.iter().cloned().collect());
    let (one, two) = (Const::Str(Str::interned("one")), Const::Str(Str::interned("two")));
    let forth = dumps(&set(&[one.clone(), two.clone()])).unwrap();
    assert_eq!(forth, dumps(&set(&[two, one])).unwrap());
    assert_eq!(forth, b"\xbe\x02\0\0\0\xda\x03one\xda\x03two");
    let mut nested = set(&[int(1), int(2)]);
    for depth in 0..100 {
        nested = set(&[nested.clone(), int(depth)]);
    }
    let bytes = dumps(&nested).unwrap();
    assert_eq!(dumps(&loads(&bytes).unwrap()).unwrap(), bytes);
}

#[test]
fn faults_are_named_with_their_place() {
    let cases: [(&[u8], &str); 21] = [
        (b"", "byte 0: the data ends within an object"),
        (b"i\x01\0", "byte 0: the data ends within an object"),
        (b")\x02N", "byte 3: the data ends within an object"),
        (b"Q", "byte 0: unknown type code 0x51"),
        (b")\x01?", "byte 2: unknown type code 0x3f"),
        (b"s\xff\xff\xff\xff", "byte 0: the length is negative"),
        (b"s\xff\xff\xff\x7fabc", "byte 0: the data ends within an object"),
        (b"(\xff\xff\xff\x7f", "byte 5: the data ends within an object"),
        (b"0", "byte 0: a NULL object stands where only a dict's end may have one"),
        (b")\x010", "byte 2: a NULL object stands where only a dict's end may have one"),
        (b"r\0\0\0\0", "byte 0: reference 0 is to no object before it"),
        (b"r\xff\xff\xff\xff", "byte 0: reference 4294967295 is to no object before it"),
        (b"\xa9\x01r\0\0\0\0", "byte 2: reference 0 is to an object that is not complete"),
        (b"u\x01\0\0\0\xff", "byte 0: the string is not UTF-8"),
        (b"l\x01\0\0\0\0\x80", "byte 0: a digit of the long integer is out of range"),
        (b"l\x02\0\0\0\x01\0\0\0", "byte 0: the long integer is not normalized"),
        (b"l\0\0\0\x80", "byte 0: the data ends within an object"),
        (b"f\x03one", "byte 0: the float's text is not a number"),
        (b"[\0\0\0\0", "byte 0: a list is no constant"),
        (b"{0", "byte 0: a dict is no constant"),
        (b"<\0\0\0\0", "byte 0: a set is no constant"),
    ];
    for (bytes, message) in cases {
        assert_eq!(error(bytes), format!("bad marshal data at {message}"), "{}", bytes.escape_ascii());
    }
    assert_eq!(error(b"NN"), "bad marshal data at byte 1: 1 more bytes follow the object");
}

#[test]
fn a_frozen_set_has_each_member_once() {
    let set = loads(b">\x02\0\0\0i\x01\0\0\0i\x01\0\0\0").unwrap();
    assert_eq!(set, Const::FrozenSet([int(1)].into_iter().collect()));
    assert_ne!(set, Const::FrozenSet([int(1), int(2)].into_iter().collect()));
}

#[test]
fn objects_of_different_kinds_are_never_one_object() {
    let set: crate::constant::FrozenSet = [int(1), int(2)].into_iter().collect();
    let both = Const::Tuple([Const::Tuple(set.as_tuple().clone()), Const::FrozenSet(set)].into());
    assert_eq!(loads(&dumps(&both).unwrap()).unwrap(), both);
    let empty = [
        Const::FrozenSet([].into_iter().collect()),
        Const::Str("".into()),
        Const::Bytes([].into()),
        Const::Tuple(Tuple::default()),
    ];
    let empty = Const::Tuple(empty.into());
    assert_eq!(loads(&dumps(&empty).unwrap()).unwrap(), empty);
}

#[test]
fn nesting_ends_at_the_limit() {
    let nested = |depth: usize| [b")\x01".repeat(depth), b"N".to_vec()].concat();
    let deepest = loads(&nested(MAX_DEPTH)).unwrap();
    assert_eq!(dumps(&deepest).unwrap().len(), 2 * MAX_DEPTH + 1);
    assert_eq!(
        error(&nested(MAX_DEPTH + 1)),
        "bad marshal data at byte 4000: objects nest more than 2000 deep"
    );
    assert_eq!(dumps(&Const::Tuple([deepest].into())), Err(DumpError::TooDeep));
    assert!(Graph::loads(&nested(1_000_000)).is_err());
}

#[test]
fn references_can_not_make_a_constant_explode() {
    // Each tuple holds the one before it twice.
    let mut bytes = b"(\x28\0\0\0\xa9\0".to_vec();
    for index in 0..39u32 {
        bytes.extend(b"\xa9\x02");
        for _ in 0..2 {
            bytes.push(b'r');
            bytes.extend(index.to_le_bytes());
        }
    }
    assert!(error(&bytes).ends_with("holds more than 2**24 items, counting each reference to an item"));
}

#[test]
fn old_types_are_read() {
    assert_eq!(loads(b"I\xfe\xff\xff\xff\xff\xff\xff\xff").unwrap(), int(-2));
    assert_eq!(loads(b"f\x041e-3").unwrap(), Const::Float(0.001));
    assert_eq!(loads(b"x\x031.5\x02-2").unwrap(), Const::Complex(1.5, -2.0));
    assert_eq!(loads(b"z\x01\xe9").unwrap(), Const::Str("é".into()));
}

/// Constants of every kind but code objects.
fn constants() -> impl Strategy<Value = Const> {
    let leaf = prop_oneof![
        Just(Const::None),
        any::<bool>().prop_map(Const::Bool),
        Just(Const::Ellipsis),
        any::<i64>().prop_map(|value| Const::Int(value.into())),
        any::<[i64; 3]>().prop_map(|[a, b, c]| {
            Const::Int((BigInt::from(a) * BigInt::from(b) * BigInt::from(c)).into())
        }),
        any::<u64>().prop_map(|bits| Const::Float(f64::from_bits(bits))),
        (any::<f64>(), any::<f64>()).prop_map(|(real, imag)| Const::Complex(real, imag)),
        (any::<String>(), any::<bool>()).prop_map(|(text, interned)| {
            Const::Str(if interned { Str::interned(text) } else { Str::new(text) })
        }),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(|bytes| Const::Bytes(bytes.into())),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(|items| Const::Tuple(items.into())),
            proptest::collection::hash_set(inner.clone(), 0..6)
                .prop_map(|items| Const::FrozenSet(items.into_iter().collect())),
            proptest::array::uniform3(inner).prop_map(|parts| Const::Slice(parts.into())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_dumped_loads_as_it_was(constant in constants()) {
        let bytes = dumps(&constant).unwrap();
        let loaded = loads(&bytes).unwrap();
        prop_assert_eq!(&loaded, &constant);
        prop_assert_eq!(dumps(&loaded).unwrap(), bytes);
    }

    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(constant) = loads(&bytes) {
            prop_assert_eq!(loads(&dumps(&constant).unwrap()).unwrap(), constant);
        }
        if let Ok(graph) = Graph::loads(&bytes) {
            let again = Graph::loads(&graph.dumps().unwrap()).unwrap();
            prop_assert_eq!(again.dumps().unwrap(), graph.dumps().unwrap());
        }
    }
}
