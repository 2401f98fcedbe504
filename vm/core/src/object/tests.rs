//! Counting, tearing down, collecting.

use crate::dict::Dict;
use crate::object::gc::{self, Generation};
use crate::object::weak::WeakRef;
use crate::object::{Obj, Ref};
use crate::sequence::{List, Tuple};
use crate::testing::with_vm;
use crate::text::Str;

#[test]
fn references_are_counted() {
    with_vm(|vm| {
        let text = Str::new("a text of some length").into_obj();
        assert_eq!(text.ref_count(), 1);
        let list = List::new(vec![text.clone(), text.clone()]);
        assert_eq!(text.ref_count(), 3);
        let tuple = Tuple::new(vec![text.clone(), list.into_obj()]);
        assert_eq!(text.ref_count(), 4);
        let dict = Dict::new();
        dict.set(vm, &text, tuple.into_obj()).unwrap();
        assert_eq!(text.ref_count(), 5);
        drop(dict);
        assert_eq!(text.ref_count(), 1);
    });
}

#[test]
fn a_deep_nest_goes_without_a_deep_stack() {
    with_vm(|_| {
        let mut nest = List::new(Vec::new()).into_obj();
        for _ in 0..1_000_000 {
            nest = List::new(vec![nest]).into_obj();
        }
        drop(nest);
    });
}

#[test]
fn cycles_are_collected_and_what_is_held_stays() {
    with_vm(|vm| {
        gc::collect(vm, Generation::Full);
        let held = List::new(Vec::new());
        let lost = List::new(Vec::new());
        lost.items.push(lost.as_obj().clone());
        lost.items.push(held.as_obj().clone());
        held.items.push(held.as_obj().clone());
        let weak = WeakRef::new(&crate::builtins::WEAKREF, held.as_obj(), None);
        assert!(weak.is_none(), "lists can't be referred to weakly");
        drop(lost);
        assert_eq!(gc::collect(vm, Generation::Young), 1);
        assert_eq!(held.as_obj().ref_count(), 2);
        drop(held.items.pop());
        assert_eq!(gc::collect(vm, Generation::Full), 0);
    });
}

#[test]
fn a_dictionary_keeps_its_order_through_growth_and_removal() {
    with_vm(|vm| {
        let dict = Dict::new();
        let key = |i: i64| crate::number::Int::new(i * 7919);
        for i in 0..1000 {
            dict.set(vm, &key(i), crate::number::Int::new(i)).unwrap();
        }
        for i in (0..1000).step_by(3) {
            assert!(dict.remove(vm, &key(i)).unwrap().is_some());
        }
        let left: Vec<i64> = dict.items().iter().filter_map(|(_, value)| value.as_i64()).collect();
        let expected: Vec<i64> = (0..1000).filter(|i| i % 3 != 0).collect();
        assert_eq!(left, expected);
        assert_eq!(dict.get(vm, &key(7)).unwrap().and_then(|value| value.as_i64()), Some(7));
        assert!(dict.get(vm, &key(9)).unwrap().is_none());
        for i in (0..1000).filter(|i| i % 3 != 0) {
            assert!(dict.remove(vm, &key(i)).unwrap().is_some());
        }
        assert!(dict.is_empty());
    });
}

#[test]
fn strings_know_their_length_and_hash() {
    with_vm(|vm| {
        let text: Ref<Str> = Str::new("naïve café");
        assert_eq!(text.char_len(), 10);
        assert!(!text.is_ascii());
        assert_eq!(text.substring(2, 5).as_str(), Some("ïve"));
        assert_eq!(text.hash(), Str::new("naïve café").hash());
        let one: Obj = Str::new("é").into_obj();
        assert!(one.is(Str::new("é").as_obj()), "short strs are shared");
        assert!(vm.intern("x").is(&vm.intern("x")));
    });
}
