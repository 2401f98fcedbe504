//! Compiling for a frame: see the module above.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use lasti_code::{CodeObject, Opcode};
use lasti_compile::{Mode, Options, compile};
use lasti_engine::EngineError;
use lasti_vm::code::Code;
use lasti_vm::dict::Dict;
use lasti_vm::trace::Activation;
use lasti_vm::{PyResult, Ref, Vm};

use super::names::{Names, Place};

/// Code that is ready to run in frames with certain names.
pub(super) struct Prepared {
    pub(super) code: Ref<Code>,
    /// Its free variables, in the order of its closure, and where they live in the frame that it was prepared for.
    pub(super) free: Vec<(String, Option<Place>)>,
}

/// By the address of the code object, which is kept alive with it: what was prepared for its frames.
type Cache = HashMap<usize, (Arc<CodeObject>, Vec<(String, Rc<Prepared>)>)>;

thread_local! {
    static PREPARED: RefCell<Cache> = RefCell::new(HashMap::new());
}

const NAME: &str = "<debugger>";

/// How many texts a thread keeps the code of, and how long one may be.
const COMPILED: usize = 256;
const LONGEST: usize = 4096;

thread_local! {
    /// What texts compile to: a client asks for the same watches and hovers after every step.
    static CODES: RefCell<HashMap<(Mode, String), Arc<CodeObject>>> = RefCell::new(HashMap::new());
}

/// The code of a text, compiled if it was not lately.
fn compiled(text: &str, mode: Mode) -> Result<Arc<CodeObject>, EngineError> {
    let key = (mode, text.to_owned());
    if let Some(code) = CODES.with(|codes| codes.borrow().get(&key).cloned()) {
        return Ok(code);
    }
    let options = Options { mode, ..Options::default() };
    let code = compile(text, NAME, &options).map_err(|error| syntax(&error))?.code;
    if text.len() <= LONGEST {
        CODES.with(|codes| {
            let mut codes = codes.borrow_mut();
            if codes.len() >= COMPILED {
                codes.clear();
            }
            codes.insert(key, Arc::clone(&code));
        });
    }
    Ok(code)
}

fn syntax(error: &lasti_compile::SyntaxError) -> EngineError {
    let text = error.to_string();
    EngineError::Syntax(text.lines().last().unwrap_or_default().to_owned())
}

/// The code of text by itself: whether it compiles, and which names it sets.
pub(super) fn alone(text: &str, mode: Mode) -> Result<Arc<CodeObject>, EngineError> {
    let text = if mode == Mode::Eval { text.trim_start_matches([' ', '\t']) } else { text };
    compiled(text, mode)
}

/// Runs text with a module's globals.
pub(super) fn in_module(
    vm: &Vm,
    text: &str,
    mode: Mode,
    globals: &Ref<Dict>,
) -> Result<PyResult, EngineError> {
    let text = if mode == Mode::Eval { text.trim_start_matches([' ', '\t']) } else { text };
    let code = Code::new(vm, &compiled(text, mode)?).into_obj();
    let name = if mode == Mode::Eval { "eval" } else { "exec" };
    let run = vm.interp().builtins().get_str(vm, &vm.intern(name)).ok().flatten();
    let run = run.ok_or_else(|| EngineError::Internal(format!("there is no {name}()")))?;
    Ok(vm.call(&run, &[code, globals.as_obj().clone()]))
}

/// Compiles text for a frame of these names.
pub(super) fn prepare(vm: &Vm, text: &str, mode: Mode, names: &Names) -> Result<Prepared, EngineError> {
    let code = alone(text, mode)?;
    let set = names_of(&code, Opcode::StoreName);
    let mut deleted = names_of(&code, Opcode::DeleteName).into_iter();
    if let Some(unknown) =
        deleted.find(|name| !set.contains(name) && !names.places.iter().any(|(known, _)| known == name))
    {
        return Err(EngineError::Raised(format!("NameError: name '{unknown}' is not defined")));
    }
    let known = names.places.iter().map(|(name, _)| name.as_str()).filter(|name| mentions(text, name));
    let mut all: Vec<&str> = known.collect();
    // Names that it sets and the frame does not have are kept beside the frame's.
    all.extend(
        set.iter().map(String::as_str).filter(|name| !names.places.iter().any(|(known, _)| known == name)),
    );
    Ok(of_code(vm, &inner(text, mode, &all)?, names))
}

/// The names of a module's code that it sets, or deletes.
fn names_of(code: &CodeObject, by: Opcode) -> Vec<String> {
    let mut set: Vec<String> = Vec::new();
    for instruction in code.units().instructions() {
        if instruction.opcode() == Some(by)
            && let Some(name) = code.names.get(instruction.arg as usize)
        {
            let name = name.to_string_lossy().into_owned();
            if !set.contains(&name) {
                set.push(name);
            }
        }
    }
    set
}

/// Whether a name stands in a text.
fn mentions(text: &str, name: &str) -> bool {
    let part_of_name = |character: char| character == '_' || character.is_alphanumeric();
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(part_of_name) && !text[at + name.len()..].starts_with(part_of_name)
    })
}

/// [`prepare`] for an expression that sees a function's variables, once for each code object on each thread.
pub(super) fn prepare_once(vm: &Vm, text: &str, frame: &Activation<'_>) -> Result<Rc<Prepared>, EngineError> {
    let code = frame.code();
    let address = Arc::as_ptr(code.data()) as usize;
    let known = PREPARED.with(|cache| {
        let cache = cache.borrow();
        let (_, prepared) = cache.get(&address)?;
        prepared.iter().find(|(known, _)| known == text).map(|(_, prepared)| Rc::clone(prepared))
    });
    if let Some(prepared) = known {
        return Ok(prepared);
    }
    let prepared = Rc::new(prepare(vm, text, Mode::Eval, &Names::of_slots(frame))?);
    PREPARED.with(|cache| {
        let mut cache = cache.borrow_mut();
        let (_, all) = cache.entry(address).or_insert_with(|| (Arc::clone(code.data()), Vec::new()));
        all.push((text.to_owned(), Rc::clone(&prepared)));
    });
    Ok(prepared)
}

/// The thread is at its end: it keeps no objects.
pub(crate) fn forget_prepared() {
    let all = PREPARED.with(|cache| std::mem::take(&mut *cache.borrow_mut()));
    drop(all);
}

fn of_code(vm: &Vm, code: &Arc<CodeObject>, names: &Names) -> Prepared {
    let free = code.freevars().map(|name| name.to_string_lossy().into_owned()).map(|name| {
        let place = names.places.iter().find(|(known, _)| *known == name).map(|(_, place)| place.clone());
        (name, place)
    });
    let free = free.collect();
    Prepared { code: Code::new(vm, code), free }
}

/// The code of the inner function.
fn inner(text: &str, mode: Mode, names: &[&str]) -> Result<Arc<CodeObject>, EngineError> {
    let mut source = String::from("def outer():\n");
    if !names.is_empty() {
        let _ = writeln!(source, " {} = None", names.join(" = "));
    }
    source.push_str(" def inner():\n");
    if !names.is_empty() {
        let _ = writeln!(source, "  nonlocal {}", names.join(", "));
    }
    match mode {
        Mode::Eval => {
            let _ = write!(source, "  return (\n{text}\n)\n");
        }
        _ => indent(text, &mut source),
    }
    let outer = compiled(&source, Mode::Exec)?.children().next().cloned();
    let inner = outer.and_then(|outer| outer.children().next().cloned());
    inner.ok_or_else(|| EngineError::Internal("the expression has no code".into()))
}

/// Indents statements; lines within a string literal stay as they are.
fn indent(text: &str, source: &mut String) {
    let mut within: Option<&str> = None;
    for line in text.lines() {
        if within.is_none() {
            source.push_str("  ");
        }
        source.push_str(line);
        source.push('\n');
        within = open_string(line, within);
    }
}

/// The quotes of the string literal that a line leaves open.
fn open_string<'a>(line: &str, mut within: Option<&'a str>) -> Option<&'a str> {
    let (mut at, mut single) = (0, None);
    let bytes = line.as_bytes();
    while at < bytes.len() {
        let rest = &line.as_bytes()[at..];
        match within {
            _ if rest[0] == b'\\' => at += 2,
            Some(quotes) if rest.starts_with(quotes.as_bytes()) => {
                within = None;
                at += 3;
            }
            Some(_) => at += 1,
            None if single == Some(rest[0]) => {
                single = None;
                at += 1;
            }
            None if single.is_some() => at += 1,
            None if rest[0] == b'#' => return None,
            None if rest.starts_with(b"\"\"\"") => {
                within = Some("\"\"\"");
                at += 3;
            }
            None if rest.starts_with(b"'''") => {
                within = Some("'''");
                at += 3;
            }
            None => {
                single = (rest[0] == b'"' || rest[0] == b'\'').then_some(rest[0]);
                at += 1;
            }
        }
    }
    within
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_indented_but_not_their_strings() {
        let mut source = String::new();
        indent("a = '''x\n  y'''\nif a: # '''\n b\nc = \"\\\"'''\"\nd", &mut source);
        assert_eq!(source, "  a = '''x\n  y'''\n  if a: # '''\n   b\n  c = \"\\\"'''\"\n  d\n");
    }

    #[test]
    fn names_of_the_frame_are_free_and_others_are_not() {
        let code = inner("a + (lambda: b)() + c", Mode::Eval, &["a", "b"]).unwrap();
        let free: Vec<_> = code.freevars().map(|name| name.to_string_lossy().into_owned()).collect();
        assert_eq!(free, ["a", "b"]);
        assert_eq!(
            alone("1 +", Mode::Eval).map(drop),
            Err(EngineError::Syntax("SyntaxError: invalid syntax".into()))
        );
    }
}
