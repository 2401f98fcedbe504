//! All native modules, by name in order.

use lasti_vm::module::NativeModule;

/// All native modules, sorted by name.
pub static MODULES: &[&NativeModule] = &[
    &crate::_bisect::MODULE,
    &crate::_codecs::MODULE,
    &crate::_collections::MODULE,
    &crate::_functools::MODULE,
    &crate::_heapq::MODULE,
    &crate::_operator::MODULE,
    &crate::_random::MODULE,
    &crate::_stat::MODULE,
    &crate::_string::MODULE,
    &crate::_struct::MODULE,
    &crate::errno::MODULE,
    &crate::itertools::MODULE,
    &crate::math::MODULE,
    &crate::posix::MODULE,
    &crate::time::MODULE,
    &crate::unicodedata::MODULE,
];
