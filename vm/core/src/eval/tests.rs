//! Small programs, run to their end.

use crate::code::Code;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::object::Ref;
use crate::testing::with_vm;
use crate::vm::Vm;

/// Runs a program and returns its namespace.
fn run(vm: &Vm, source: &str) -> PyResult<Ref<Dict>> {
    let compiled = lasti_compile::compile(source, "<test>", &lasti_compile::Options::default()).unwrap();
    let code = Code::new(vm, &compiled.code);
    let globals = Dict::new();
    super::run_module_code(vm, &code, &globals)?;
    Ok(globals)
}

fn int(vm: &Vm, globals: &Dict, name: &str) -> Option<i64> {
    globals.get_str(vm, &vm.intern(name)).unwrap().and_then(|value| value.as_i64())
}

#[test]
fn functions_loops_and_closures() {
    with_vm(|vm| {
        let globals = run(
            vm,
            "
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

def counter():
    count = 0
    def step(by=1, *, twice=False, **rest):
        nonlocal count
        count = count + by
        if twice:
            count = count + by
        return count
    return step

result = fib(20)
step = counter()
step()
step(5)
counted = step(by=10, twice=True)
total = 0
items = [1, 2, 3, 4]
for item in items:
    total += item
first, *middle, last = items
while total < 100:
    total = total + total
",
        )
        .unwrap();
        assert_eq!(int(vm, &globals, "result"), Some(6765));
        assert_eq!(int(vm, &globals, "counted"), Some(26));
        assert_eq!(int(vm, &globals, "total"), Some(160));
        assert_eq!(int(vm, &globals, "last"), Some(4));
    });
}

#[test]
fn generators_and_exceptions() {
    with_vm(|vm| {
        let globals = run(
            vm,
            "
def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1

def doubled(source):
    for value in source:
        yield value + value

def chained(n):
    yield from numbers(n)
    yield 1000

total = 0
for value in doubled(numbers(10)):
    total += value
for value in chained(3):
    total += value

def fail(depth):
    if depth < 1:
        missing
    fail(depth - 1)
caught = 0
try:
    fail(5)
except:
    caught = 1
finally:
    caught = caught + 10
",
        )
        .unwrap();
        assert_eq!(int(vm, &globals, "total"), Some(90 + 1003));
        assert_eq!(int(vm, &globals, "caught"), Some(11));
    });
}

#[test]
fn deep_recursion_raises() {
    with_vm(|vm| {
        let globals = run(
            vm,
            "
depth = 0
def deeper():
    global depth
    depth = depth + 1
    deeper()
try:
    deeper()
except:
    pass
",
        )
        .unwrap();
        assert_eq!(int(vm, &globals, "depth"), Some(999));
    });
}

#[test]
fn the_interpreters_own_modules_are_made() {
    with_vm(|vm| {
        for result in [crate::modules::builtins::make(vm), crate::modules::sys::make(vm)] {
            if let Err(error) = result {
                let text: Vec<String> =
                    error.exception().args().iter().map(|arg| vm.str_text(arg).unwrap_or_default()).collect();
                panic!("{} {text:?}", error.exception().as_obj().ty().name());
            }
        }
    });
}
