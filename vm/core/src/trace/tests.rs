//! A hook that writes down what it is told.

use std::sync::{Arc, Mutex};

use lasti_code::{CodeUnitIdx, Opcode};

use super::{Activation, Event, Hook, install, interrupt, legacy, plant, watch_all, watch_code};
use crate::code::Code;
use crate::dict::Dict;
use crate::errors::{BaseException, PyResult};
use crate::generator::Generator;
use crate::object::{Obj, Ref};
use crate::testing::with_vm;
use crate::vm::{Interp, Vm};

type OnInstruction = Box<dyn Fn(&Vm, &Activation<'_>, usize) -> PyResult<()> + Send + Sync>;

/// Writes down each call.
#[derive(Default)]
struct Recorder {
    log: Mutex<Vec<String>>,
    /// The opcodes to plant in code with a name, when it is ready.
    plan: Vec<(&'static str, Opcode)>,
    /// Called at each planted instruction, with how many there were before.
    on_instruction: Option<OnInstruction>,
}

impl Recorder {
    fn note(&self, text: String) -> usize {
        let mut log = self.log.lock().unwrap();
        log.push(text);
        log.len() - 1
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

fn name(frame: &Activation<'_>) -> String {
    frame.code().name().to_string_lossy().into_owned()
}

impl Hook for Recorder {
    fn code_ready(&self, vm: &Vm, code: &Ref<Code>) {
        let name = code.name().to_string_lossy();
        let wanted: Vec<Opcode> =
            self.plan.iter().filter(|(known, _)| *known == name).map(|&(_, opcode)| opcode).collect();
        if !wanted.is_empty() {
            plant(vm, code, &units(code, &wanted));
        }
    }

    fn instruction(&self, vm: &Vm, frame: Activation<'_>, jumped: bool) -> PyResult<()> {
        let line = frame.line().unwrap_or(0);
        let count = self.note(format!("{} {line}{}", name(&frame), if jumped { " jumped" } else { "" }));
        self.on_instruction.as_ref().map_or(Ok(()), |then| then(vm, &frame, count))
    }

    fn started(&self, _: &Vm, frame: Activation<'_>) -> PyResult<()> {
        self.note(format!("started {}", name(&frame)));
        Ok(())
    }

    fn resumed(&self, _: &Vm, frame: Activation<'_>, throw: bool) -> PyResult<()> {
        self.note(format!("resumed {}{}", name(&frame), if throw { " throw" } else { "" }));
        Ok(())
    }

    fn returned(&self, vm: &Vm, frame: Activation<'_>, value: &Obj) -> PyResult<()> {
        self.note(format!("returned {} {}", name(&frame), vm.repr_text(value)?));
        Ok(())
    }

    fn yielded(&self, vm: &Vm, frame: Activation<'_>, value: &Obj) -> PyResult<()> {
        self.note(format!("yielded {} {}", name(&frame), vm.repr_text(value)?));
        Ok(())
    }

    fn raised(
        &self,
        _: &Vm,
        frame: Activation<'_>,
        exception: &Ref<BaseException>,
        again: bool,
    ) -> PyResult<()> {
        let ty = exception.as_obj().ty().name();
        self.note(format!("raised {} {ty}{}", name(&frame), if again { " again" } else { "" }));
        Ok(())
    }

    fn caught(
        &self,
        _: &Vm,
        frame: Activation<'_>,
        exception: &Ref<BaseException>,
        _: CodeUnitIdx,
    ) -> PyResult<()> {
        self.note(format!("caught {} {}", name(&frame), exception.as_obj().ty().name()));
        Ok(())
    }

    fn unwound(&self, _: &Vm, frame: Activation<'_>, exception: &Ref<BaseException>) -> PyResult<()> {
        self.note(format!("unwound {} {}", name(&frame), exception.as_obj().ty().name()));
        Ok(())
    }

    fn gone(&self, _: &Vm, _: &Generator, id: u64) {
        self.note(format!("gone {}", if id > 0 { "known" } else { "unknown" }));
    }

    fn safepoint(&self, _: &Vm, frame: Activation<'_>) -> PyResult<()> {
        self.note(format!("safepoint {}", name(&frame)));
        Ok(())
    }
}

/// The first code units of all instructions with these opcodes; those of their `EXTENDED_ARG`s, if they have some.
fn units(code: &Code, opcodes: &[Opcode]) -> Vec<CodeUnitIdx> {
    let bytes = &code.data().code;
    let mut found = Vec::new();
    let (mut at, mut start) = (0, 0);
    while 2 * at < bytes.len() {
        let opcode = Opcode::from_u8(bytes[2 * at]).unwrap();
        at += 1 + usize::from(opcode.caches());
        if opcode != Opcode::ExtendedArg {
            if opcodes.contains(&opcode) {
                found.push(CodeUnitIdx(start as u32));
            }
            start = at;
        }
    }
    found
}

/// Runs a program under a recorder; returns what it noted. `before` is called with the program's code.
fn record(
    vm: &Vm,
    recorder: Recorder,
    source: &str,
    before: impl FnOnce(&Ref<Code>),
) -> (Vec<String>, PyResult<Ref<Dict>>) {
    let compiled = lasti_compile::compile(source, "<test>", &lasti_compile::Options::default()).unwrap();
    let code = Code::new(vm, &compiled.code);
    if vm.interp().builtins().get_str(vm, &vm.intern("range")).unwrap().is_none() {
        crate::modules::start(vm).unwrap();
    }
    let recorder = Arc::new(recorder);
    install(vm, recorder.clone());
    before(&code);
    let globals = Dict::new();
    let result = crate::eval::run_module_code(vm, &code, &globals);
    watch_all(vm, &[]);
    Interp::get().tracing.set_hook(None);
    (recorder.taken(), result.map(|_| globals))
}

fn planted(name: &'static str, opcode: Opcode) -> Recorder {
    Recorder { plan: vec![(name, opcode)], ..Recorder::default() }
}

fn inner(code: &Code, name: &str) -> Ref<Code> {
    let codes = code.consts().iter().filter_map(|constant| constant.downcast::<Code>());
    codes.into_iter().find(|code| code.name().to_string_lossy() == name).unwrap().clone()
}

fn int(vm: &Vm, globals: &Dict, name: &str) -> Option<i64> {
    globals.get_str(vm, &vm.intern(name)).unwrap().and_then(|value| value.as_i64())
}

#[test]
fn jumps_back_to_planted_instructions_are_told_apart() {
    with_vm(|vm| {
        let source = "def f(n):\n    for i in n: i + 1\nf([1, 2])\n";
        let (log, result) = record(vm, planted("f", Opcode::ForIter), source, |_| ());
        result.unwrap();
        assert_eq!(log, ["f 2", "f 2 jumped", "f 2 jumped"]);
    });
}

#[test]
fn extended_arguments_belong_to_their_instruction() {
    with_vm(|vm| {
        let many: Vec<String> = (0..300).map(|i| format!("    x{i} = {i}")).collect();
        let source = format!("def f():\n{}\n    return x299\nresult = f()\n", many.join("\n"));
        let recorder = Recorder::default();
        let (log, result) = record(vm, recorder, &source, |code| {
            let code = inner(code, "f");
            let last = units(&code, &[Opcode::StoreFast]).pop().unwrap();
            assert_eq!(code.data().code[2 * last.0 as usize], Opcode::ExtendedArg as u8);
            // The unit of the opcode begins no instruction.
            plant(vm, &code, &[last, CodeUnitIdx(last.0 + 1)]);
        });
        assert_eq!(int(vm, &result.unwrap(), "result"), Some(299));
        assert_eq!(log, ["f 301"]);
    });
}

#[test]
fn specialised_instructions_stay_so_beneath() {
    with_vm(|vm| {
        let source = "def f(n):\n    s = 0\n    for i in range(n): s = s + i\n    return s\nresult = f(50)\n";
        let mut code = None;
        let (log, result) =
            record(vm, planted("f", Opcode::BinaryOp), source, |whole| code = Some(inner(whole, "f")));
        assert_eq!(int(vm, &result.unwrap(), "result"), Some(1225));
        assert_eq!(log.len(), 50);
        let code = code.unwrap();
        let at = units(&code, &[Opcode::BinaryOp])[0].0 as usize;
        assert_eq!(code.adaptive_bytes()[2 * at], Opcode::BinaryOpAddInt as u8);
        plant(vm, &code, &[]);
        assert_eq!(code.adaptive_bytes()[2 * at], Opcode::BinaryOpAddInt as u8);
    });
}

#[test]
fn plans_change_while_frames_run() {
    with_vm(|vm| {
        let source = "def f(n):\n    for i in range(n):\n        a = -i\n        b = ~i\n    return 7\nresult = f(3)\n";
        let change: OnInstruction = Box::new(|vm, frame, count| {
            // The first time the other one is planted instead; the second time none.
            let opcodes: &[Opcode] = if count == 0 { &[Opcode::UnaryInvert] } else { &[] };
            plant(vm, &frame.code(), &units(&frame.code(), opcodes));
            Ok(())
        });
        let recorder = Recorder { on_instruction: Some(change), ..planted("f", Opcode::UnaryNegative) };
        let (log, result) = record(vm, recorder, source, |_| ());
        assert_eq!(int(vm, &result.unwrap(), "result"), Some(7));
        assert_eq!(log, ["f 3", "f 4"]);
    });
}

#[test]
fn suspended_and_recursive_frames_are_reached() {
    with_vm(|vm| {
        let source = "
def g():
    yield 1
    x = -1
    yield x
def f(n):
    if n: f(n - 1)
    return -n
a = g()
next(a)
f(2)
next(a)
";
        // The generator's code is planted when it is suspended already.
        let late: OnInstruction = Box::new(|vm, frame, count| {
            if count == 0 {
                let generator = frame.globals().get_str(vm, &vm.intern("a")).unwrap().unwrap();
                let code =
                    crate::builtins::generator::code(generator.downcast::<Generator>().unwrap()).to_ref();
                plant(vm, &code, &units(&code, &[Opcode::StoreFast]));
            }
            Ok(())
        });
        let recorder = Recorder { on_instruction: Some(late), ..planted("f", Opcode::UnaryNegative) };
        let (log, result) = record(vm, recorder, source, |_| ());
        result.unwrap();
        assert_eq!(log, ["f 8", "f 8", "f 8", "g 4"]);
    });
}

#[test]
fn watched_events() {
    with_vm(|vm| {
        let source = "
def g():
    try:
        yield 1
    except ValueError:
        yield 2
def f():
    try:
        raise KeyError
    finally:
        x = 1
a = g()
next(a)
a.throw(ValueError)
try:
    f()
except KeyError:
    pass
";
        let all = [
            Event::PyStart,
            Event::PyResume,
            Event::PyReturn,
            Event::PyYield,
            Event::Raise,
            Event::Reraise,
            Event::ExceptionHandled,
            Event::PyUnwind,
            Event::PyThrow,
        ];
        let (log, result) = record(vm, Recorder::default(), source, |_| watch_all(vm, &all));
        result.unwrap();
        assert_eq!(
            log,
            [
                "started <module>",
                "started g",
                "yielded g 1",
                "resumed g throw",
                "raised g ValueError",
                "caught g ValueError",
                "yielded g 2",
                "started f",
                "raised f KeyError",
                "caught f KeyError",
                "raised f KeyError again",
                "caught f KeyError",
                "raised f KeyError again",
                "unwound f KeyError",
                "caught <module> KeyError",
                "returned <module> None",
            ]
        );
    });
}

#[test]
fn single_code_objects_are_watched_on_and_off() {
    with_vm(|vm| {
        let source = "def f(): return -1\ndef g(): return 2\nf(); g(); f(); g()\n";
        let off: OnInstruction = Box::new(|vm, frame, count| {
            if count > 0 {
                watch_code(vm, &frame.code(), &[]);
            }
            Ok(())
        });
        let recorder = Recorder {
            on_instruction: Some(off),
            plan: vec![("f", Opcode::ReturnValue)],
            ..Recorder::default()
        };
        let (log, result) = record(vm, recorder, source, |code| {
            watch_code(vm, &inner(code, "f"), &[Event::PyStart, Event::PyReturn]);
        });
        result.unwrap();
        // At the return the watch ends: it is not told any more.
        assert_eq!(log, ["started f", "f 1", "f 1"]);
    });
}

#[test]
fn an_error_of_the_debugger_is_raised_in_the_frame() {
    with_vm(|vm| {
        let source = "def f():\n    try:\n        return -one\n    except RuntimeError:\n        return 3\none = 1\nresult = f()\n";
        let fail: OnInstruction = Box::new(|vm, _, _| Err(vm.runtime_error("no")));
        let recorder = Recorder { on_instruction: Some(fail), ..planted("f", Opcode::UnaryNegative) };
        let (log, result) = record(vm, recorder, source, |_| ());
        assert_eq!(int(vm, &result.unwrap(), "result"), Some(3));
        assert_eq!(log, ["f 3"]);
    });
}

#[test]
fn what_the_debugger_runs_is_not_told() {
    with_vm(|vm| {
        let source = "def g(x): return -x\ndef f(): return ~5\nresult = f()\ng(1)\n";
        let call: OnInstruction = Box::new(|vm, frame, count| {
            if count == 0 {
                let g = frame.globals().get_str(vm, &vm.intern("g"))?.unwrap();
                vm.call(&g, &[crate::number::Int::new(1)])?;
            }
            Ok(())
        });
        let plan = vec![("f", Opcode::ReturnValue), ("g", Opcode::UnaryNegative)];
        let recorder = Recorder { on_instruction: Some(call), plan, ..Recorder::default() };
        let (log, result) = record(vm, recorder, source, |_| ());
        assert_eq!(int(vm, &result.unwrap(), "result"), Some(-6));
        assert_eq!(log, ["f 2", "g 1"]);
    });
}

#[test]
fn a_generator_with_an_id_that_goes_is_told_of() {
    with_vm(|vm| {
        let source = "def g():\n    x = -one\n    yield x\none = 1\na = g()\nnext(a)\ndel a\n";
        let id: OnInstruction = Box::new(|_, frame, _| {
            assert!(frame.id().is_none());
            let id = frame.give_id();
            assert_eq!(frame.id(), Some(id));
            Ok(())
        });
        let recorder = Recorder { on_instruction: Some(id), ..planted("g", Opcode::UnaryNegative) };
        let (log, result) = record(vm, recorder, source, |_| ());
        result.unwrap();
        assert_eq!(log, ["g 2", "gone known"]);
    });
}

#[test]
fn an_interrupt_is_attended_to_once() {
    with_vm(|vm| {
        let source = "def f(n):\n    for i in range(n): i\nf(3)\n";
        let ask: OnInstruction = Box::new(|_, _, count| {
            if count == 0 {
                interrupt();
            }
            Ok(())
        });
        let recorder = Recorder { on_instruction: Some(ask), ..planted("f", Opcode::GetIter) };
        let (log, result) = record(vm, recorder, source, |_| ());
        result.unwrap();
        assert_eq!(log, ["f 2", "safepoint f"]);
    });
}

#[test]
fn it_works_beside_a_trace_function() {
    with_vm(|vm| {
        let source = "
events = 0
def t(frame, event, arg):
    global events
    events += 1
    return t
def f(n):
    for i in n:
        -i
    return 1
";
        let recorder = Arc::new(planted("f", Opcode::UnaryNegative));
        let compiled = lasti_compile::compile(source, "<test>", &lasti_compile::Options::default()).unwrap();
        let code = Code::new(vm, &compiled.code);
        install(vm, recorder.clone());
        let globals = Dict::new();
        crate::eval::run_module_code(vm, &code, &globals).unwrap();
        let get = |name: &str| globals.get_str(vm, &vm.intern(name)).unwrap().unwrap();
        legacy::set_trace(vm, vm, Some(get("t")));
        let numbers: Vec<Obj> = (1..3).map(crate::number::Int::new).collect();
        vm.call(&get("f"), &[crate::sequence::Tuple::new(numbers).into_obj()]).unwrap();
        legacy::set_trace(vm, vm, None);
        Interp::get().tracing.set_hook(None);
        assert_eq!(recorder.taken(), ["f 9", "f 9"]);
        // A call, lines 8 9 8 9 8 10, a return.
        assert_eq!(int(vm, &globals, "events"), Some(8));
    });
}
