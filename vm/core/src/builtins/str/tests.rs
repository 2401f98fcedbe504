//! str and int through the interpreter's operations. Their whole behaviour is compared with CPython's by
//! `tests/programs`.

use crate::call::Args;
use crate::errors::PyResult;
use crate::number::Int;
use crate::object::Obj;
use crate::ops::BinaryOp;
use crate::sequence::Tuple;
use crate::testing::with_vm;
use crate::text::Str;
use crate::types::CompareOp;
use crate::vm::Vm;

fn text(text: &str) -> Obj {
    Str::new(text).into_obj()
}

fn shown(vm: &Vm, result: PyResult) -> String {
    match result.and_then(|object| vm.repr_text(&object)) {
        Ok(text) => text,
        Err(error) => {
            let args = error.exception().args();
            let message =
                args.first().map_or(String::new(), |message| vm.str_text(message).unwrap_or_default());
            format!("{}: {message}", error.exception().as_obj().ty().name())
        }
    }
}

/// Calls a method of a builtin type without binding it.
fn method(vm: &Vm, object: &Obj, name: &str, args: &[Obj]) -> String {
    let found = crate::types::lookup::lookup(vm, object.ty(), &vm.intern(name));
    let Some(found) = found else { return format!("no {name}") };
    let def = found.downcast::<crate::descriptors::MethodDescriptor>().map(|method| method.def);
    let Some(def) = def else { return format!("{name} is no method") };
    shown(vm, def.invoke(vm, object, Args::positional_only(args)))
}

#[test]
fn operators_of_str() {
    with_vm(|vm| {
        let add = |a: &Obj, b: &Obj| shown(vm, vm.binary(BinaryOp::Add, a, b));
        assert_eq!(add(&text("a"), &text("é")), "'aé'");
        assert_eq!(add(&text("a"), &Int::new(1)), "TypeError: can only concatenate str (not \"int\") to str");
        let percent = |a: &str, b: &Obj| shown(vm, vm.binary(BinaryOp::Remainder, &text(a), b));
        assert_eq!(percent("%5d|", &Int::new(42)), "'   42|'");
        assert_eq!(percent("%s%s", &text("x")), "TypeError: not enough arguments for format string");
        let pair = Tuple::new(vec![Int::new(7), text("q")]).into_obj();
        assert_eq!(percent("%x-%r", &pair), "\"7-'q'\"");
        assert_eq!(shown(vm, vm.getitem(&text("aéz"), &Int::new(-2))), "'é'");
        assert_eq!(shown(vm, vm.getitem(&text("a"), &Int::new(1))), "IndexError: string index out of range");
        assert_eq!(shown(vm, vm.contains(&text("abc"), &text("bc")).map(|found| vm.bool(found))), "True");
        assert_eq!(shown(vm, vm.compare(&text("a"), &text("b"), CompareOp::Lt)), "True");
        let items = vm.collect(&text("xé\u{1F600}")).unwrap_or_default();
        let items: Vec<String> = items.into_iter().map(|item| shown(vm, Ok(item))).collect();
        assert_eq!(items, ["'x'", "'é'", "'\u{1F600}'"]);
    });
}

#[test]
fn methods_of_str() {
    with_vm(|vm| {
        assert_eq!(method(vm, &text("a b  c"), "replace", &[text(" "), text("")]), "'abc'");
        assert_eq!(method(vm, &text("abc"), "find", &[text("c")]), "2");
        assert_eq!(method(vm, &text("Ab"), "swapcase", &[]), "'aB'");
        assert_eq!(
            method(vm, &text("{}-{0}"), "format", &[Int::new(1)]),
            "ValueError: cannot switch from automatic field numbering to manual field specification"
        );
        assert_eq!(method(vm, &text("{}|{!r}"), "format", &[Int::new(1), text("s")]), "\"1|'s'\"");
    });
}

#[test]
fn operators_of_int() {
    with_vm(|vm| {
        let run = |op: BinaryOp, a: i64, b: i64| shown(vm, vm.binary(op, &Int::new(a), &Int::new(b)));
        assert_eq!(run(BinaryOp::Add, i64::MAX, 1), "9223372036854775808");
        assert_eq!(run(BinaryOp::FloorDivide, -7, 2), "-4");
        assert_eq!(run(BinaryOp::Remainder, -7, 2), "1");
        assert_eq!(run(BinaryOp::FloorDivide, i64::MIN, -1), "9223372036854775808");
        assert_eq!(run(BinaryOp::FloorDivide, 1, 0), "ZeroDivisionError: division by zero");
        assert_eq!(run(BinaryOp::Power, 3, 50), "717897987691852588770249");
        assert_eq!(run(BinaryOp::Power, 2, -2), "0.25");
        assert_eq!(run(BinaryOp::Lshift, 1, 70), "1180591620717411303424");
        assert_eq!(run(BinaryOp::Rshift, -5, 1), "-3");
        assert_eq!(run(BinaryOp::TrueDivide, 1, 3), "0.3333333333333333");
        assert_eq!(shown(vm, vm.power(&Int::new(3), &Int::new(-1), &Int::new(7))), "5");
        assert_eq!(
            shown(vm, vm.int(&text(" -0x1f "))),
            "ValueError: invalid literal for int() with base 10: ' -0x1f '"
        );
    });
}
