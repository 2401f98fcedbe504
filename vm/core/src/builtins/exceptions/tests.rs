//! Expected texts are CPython 3.14's.

use super::types::{
    BASE_EXCEPTION_GROUP, EXCEPTION_GROUP, FILE_NOT_FOUND_ERROR, KEY_ERROR, KEYBOARD_INTERRUPT, OS_ERROR,
    SYNTAX_ERROR, TYPE_ERROR, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, VALUE_ERROR,
};
use super::{group, os_error};
use crate::bytes::Bytes;
use crate::call::Args;
use crate::errors::BaseException;
use crate::number::Int;
use crate::object::Obj;
use crate::sequence::{List, Tuple};
use crate::testing::with_vm;
use crate::text::Str;
use crate::types::TypeObject;
use crate::vm::Vm;

fn text(text: &str) -> Obj {
    Str::new(text).into_obj()
}

fn make(vm: &Vm, ty: &TypeObject, args: &[Obj]) -> Obj {
    let new = ty.slots.new.get().expect("exceptions have a constructor");
    let object = new(vm, ty, Args::positional_only(args)).expect("the arguments are right");
    let init = object.ty().slots.init.get().expect("exceptions have an initializer");
    init(vm, &object, Args::positional_only(args)).expect("the arguments are right");
    object
}

fn str_of(vm: &Vm, object: &Obj) -> String {
    vm.str_text(object).expect("exceptions can be shown")
}

#[test]
fn errno_chooses_the_subclass() {
    with_vm(|vm| {
        let error = make(vm, &OS_ERROR, &[Int::new(2), text("No such file or directory"), text("a")]);
        assert!(error.is_exact(&FILE_NOT_FOUND_ERROR));
        assert_eq!(str_of(vm, &error), "[Errno 2] No such file or directory: 'a'");
        let error = vm.os_error_for(libc::ENOENT, Some(&text("a")), Some(&text("b")));
        assert!(error.is(&FILE_NOT_FOUND_ERROR));
        assert_eq!(str_of(vm, error.exception().as_obj()), "[Errno 2] No such file or directory: 'a' -> 'b'");
        assert_eq!(os_error::strerror(libc::EACCES), "Permission denied");
    });
}

#[test]
fn messages() {
    with_vm(|vm| {
        assert_eq!(str_of(vm, &make(vm, &KEY_ERROR, &[text("a")])), "'a'");
        assert_eq!(str_of(vm, &make(vm, &VALUE_ERROR, &[])), "");
        let place = Tuple::new(vec![text("d/f.py"), Int::new(3), Int::new(1), vm.none()]).into_obj();
        assert_eq!(str_of(vm, &make(vm, &SYNTAX_ERROR, &[text("bad"), place])), "bad (f.py, line 3)");
        let bytes = Bytes::new(b"a\xffb").into_obj();
        let decode =
            make(vm, &UNICODE_DECODE_ERROR, &[text("utf-8"), bytes, Int::new(1), Int::new(2), text("why")]);
        assert_eq!(str_of(vm, &decode), "'utf-8' codec can't decode byte 0xff in position 1: why");
        let encode = make(
            vm,
            &UNICODE_ENCODE_ERROR,
            &[text("ascii"), text("aéb"), Int::new(1), Int::new(3), text("why")],
        );
        assert_eq!(str_of(vm, &encode), "'ascii' codec can't encode characters in position 1-2: why");
    });
}

#[test]
fn groups_split_and_join() {
    with_vm(|vm| {
        let (value, ty) = (make(vm, &VALUE_ERROR, &[]), make(vm, &TYPE_ERROR, &[]));
        let list = List::new(vec![value.clone(), ty.clone()]).into_obj();
        let made = make(vm, &BASE_EXCEPTION_GROUP, &[text("m"), list]);
        assert!(made.is_exact(&EXCEPTION_GROUP));
        assert_eq!(str_of(vm, &made), "m (2 sub-exceptions)");
        let interrupt = make(vm, &KEYBOARD_INTERRUPT, &[]);
        let list = List::new(vec![interrupt]).into_obj();
        assert!(make(vm, &BASE_EXCEPTION_GROUP, &[text("m"), list]).is_exact(&BASE_EXCEPTION_GROUP));
        let items = group::exceptions(made.downcast::<BaseException>().expect("a group"));
        assert!(items[0].is(&value) && items[1].is(&ty));
    });
}
