//! Tracebacks in CPython's text, made without the program's help: nothing is imported into it. What is rare or needs a wider
//! view (syntax errors, groups, lines that are not plain text) is left to the library.
//! CPython: Lib/traceback.py, `TracebackException.format`.

use lasti_code::CodeUnitIdx;
use lasti_code::linetable::Location;
use lasti_vm::code::Code;
use lasti_vm::errors::BaseException;
use lasti_vm::sequence::List;
use lasti_vm::text::Str;
use lasti_vm::trace::Activation;
use lasti_vm::traceback::Traceback;
use lasti_vm::{Obj, Ref, Vm, builtins, suggest};

use super::excerpt;
use crate::state::Shared;
use crate::walk::code_facts;

/// How often an entry is shown that repeats itself.
const REPEATS: usize = 3;
/// What stands between an exception and its cause.
const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
/// What stands between an exception and its context.
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// Who makes a text.
pub(super) struct Maker<'a> {
    pub(super) shared: &'a Shared,
    pub(super) vm: &'a Vm,
}

impl Maker<'_> {
    /// An exception that was raised in the innermost of these frames, and what led to it. None: the library is to be asked.
    pub(super) fn whole(&self, frames: &[Activation<'_>], exception: &Ref<BaseException>) -> Option<String> {
        let mut parts = vec![self.raised(frames, exception)?];
        let mut seen = vec![exception.as_obj().id()];
        let mut at = exception.clone();
        loop {
            let unseen = |other: &Obj| !seen.contains(&other.id());
            let (next, between) = match at.cause.get().filter(unseen) {
                Some(cause) => (cause, CAUSE),
                None if at.suppress_context.get() => break,
                None => match at.context.get().filter(unseen) {
                    Some(context) => (context, CONTEXT),
                    None => break,
                },
            };
            at = next.into_ref().ok()?;
            seen.push(at.as_obj().id());
            parts.push(between.to_owned());
            parts.push(self.alone(&at, usize::MAX)?);
        }
        parts.reverse();
        Some(parts.concat())
    }

    /// An exception with the traceback that it has, the last so many entries of it.
    pub(super) fn alone(&self, exception: &Ref<BaseException>, most: usize) -> Option<String> {
        let mut entries = Vec::new();
        let mut next = exception.traceback.get();
        while let Some(traceback) = next.and_then(|next| next.into_ref::<Traceback>().ok()) {
            next = traceback.next.get();
            entries.push(traceback);
        }
        let entries = &entries[entries.len().saturating_sub(most)..];
        let mut stack = Stack::default();
        for entry in entries {
            let code = entry.code()?;
            let at = u32::try_from(entry.lasti.get()).ok().map(|offset| CodeUnitIdx(offset / 2));
            stack.add(self.entry(&code, at, entry.line())?);
        }
        let last = self.last_lines(exception, entries.last().map(|entry| entry.frame.clone()))?;
        Some(stack.ended() + &last)
    }

    fn raised(&self, frames: &[Activation<'_>], exception: &Ref<BaseException>) -> Option<String> {
        let mut stack = Stack::default();
        for frame in frames.iter().rev() {
            let line = frame.line().and_then(|line| i32::try_from(line).ok());
            stack.add(self.entry(&frame.code(), frame.instruction(), line)?);
        }
        Some(stack.ended() + &self.last_lines(exception, frames.first().map(Activation::object))?)
    }

    fn entry(&self, code: &Ref<Code>, at: Option<CodeUnitIdx>, line: Option<i32>) -> Option<Entry> {
        let file = code.filename().to_string_lossy().into_owned();
        let line = line?;
        if file.starts_with('<') {
            return None;
        }
        let name = code.name().to_string_lossy().into_owned();
        let head = format!("  File \"{file}\", line {line}, in {name}\n");
        let Some(Location { end_line, column, end_column, .. }) =
            at.and_then(|at| code.data().line_table().location_at(at))
        else {
            return Some(Entry { head, lines: String::new() });
        };
        let source = code_facts(self.shared, self.vm, code, None).source;
        let lines: Vec<String> = {
            let mut state = self.shared.state();
            let mut text = |line: i32| state.sources.line(source, u32::try_from(line).ok()?);
            (line..=end_line.max(line)).map(|line| text(line).unwrap_or_default()).collect()
        };
        let lines = excerpt::shown(&lines, column.zip(end_column))?;
        Some(Entry { head, lines })
    }

    /// The type, the message and the notes. `frame`: the one that raised it.
    fn last_lines(&self, exception: &Ref<BaseException>, frame: Option<Obj>) -> Option<String> {
        let vm = self.vm;
        let object = exception.as_obj();
        if [&builtins::SYNTAX_ERROR, &builtins::BASE_EXCEPTION_GROUP]
            .iter()
            .any(|ty| object.is_instance_of(ty))
        {
            return None;
        }
        let mut message = vm.str_text(object).unwrap_or_else(|_| "<exception str() failed>".to_owned());
        message.push_str(&self.hint(object, frame.as_ref())?);
        let ty = object.ty().to_obj();
        let name = vm.str_text(&vm.getattr_named(&ty, "__qualname__").ok()?).ok()?;
        let module = vm.getattr_named(&ty, "__module__").ok()?;
        let module = match module.downcast::<Str>() {
            Some(module) => module.to_string_lossy().into_owned(),
            None => "<unknown>".to_owned(),
        };
        let name =
            if matches!(&*module, "__main__" | "builtins") { name } else { format!("{module}.{name}") };
        let mut lines = if message.is_empty() { format!("{name}\n") } else { format!("{name}: {message}\n") };
        if let Some(notes) = vm.find_attr(object, &vm.intern("__notes__")).ok()? {
            for note in notes.downcast_exact::<List>()?.items.to_vec() {
                lines.push_str(&note.downcast_exact::<Str>()?.to_string_lossy());
                lines.push('\n');
            }
        }
        Some(lines)
    }

    /// What may have been meant, where a name is not known.
    fn hint(&self, exception: &Obj, frame: Option<&Obj>) -> Option<String> {
        let vm = self.vm;
        let attribute = exception.is_instance_of(&builtins::ATTRIBUTE_ERROR);
        let none = Some(String::new());
        if exception.is_instance_of(&builtins::IMPORT_ERROR) {
            // The library looks into the module.
            return if self.is_none(exception, "name_from")? { none } else { None };
        }
        if !attribute && !exception.is_instance_of(&builtins::NAME_ERROR)
            || self.is_none(exception, "name")?
        {
            return none;
        }
        let name = vm.getattr_named(exception, "name").ok()?;
        let name = name.downcast_exact::<Str>()?;
        if !name.as_bytes().is_ascii() {
            return None;
        }
        let names = if attribute { self.attributes(exception, name, frame)? } else { self.names(frame?)? };
        let names: Vec<&Ref<Str>> = names.iter().filter_map(|name| name.downcast::<Str>()).collect();
        let bytes: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let own = if attribute { None } else { self.own_attribute(frame?, name) };
        let meant = own.or_else(|| {
            suggest::closest(name.as_bytes(), &bytes).map(|index| names[index].to_string_lossy().into_owned())
        });
        let mut hint = meant.as_ref().map(|meant| format!(". Did you mean: '{meant}'?")).unwrap_or_default();
        if !attribute && self.is_library(name)? {
            let (begin, or) = if meant.is_some() { (" ", "Or did") } else { (". ", "Did") };
            hint.push_str(&format!("{begin}{or} you forget to import '{}'?", name.to_string_lossy()));
        }
        Some(hint)
    }

    fn is_none(&self, object: &Obj, name: &str) -> Option<bool> {
        let value = self.vm.find_attr(object, &self.vm.intern(name)).ok()?;
        Some(value.is_none_or(|value| self.vm.is_none(&value)))
    }

    /// The names that an object has, for somebody who does not look for private ones.
    fn attributes(&self, exception: &Obj, name: &Ref<Str>, frame: Option<&Obj>) -> Option<Vec<Obj>> {
        let vm = self.vm;
        let object = vm.getattr_named(exception, "obj").ok()?;
        let dir = vm.getattr_named(&vm.import_module("builtins").ok()?, "dir").ok()?;
        let names = vm.collect(&vm.call(&dir, std::slice::from_ref(&object)).ok()?).ok()?;
        let own = frame.is_some_and(|frame| self.variable(frame, "self").is_some_and(|own| own.is(&object)));
        let all = own || name.as_bytes().starts_with(b"_");
        let public =
            |name: &Obj| name.downcast::<Str>().is_some_and(|name| !name.as_bytes().starts_with(b"_"));
        Some(names.into_iter().filter(|name| all || public(name)).collect())
    }

    /// The names that a frame sees.
    fn names(&self, frame: &Obj) -> Option<Vec<Obj>> {
        let mut names = Vec::new();
        for namespace in ["f_locals", "f_globals", "f_builtins"] {
            names.extend(self.vm.collect(&self.vm.getattr_named(frame, namespace).ok()?).ok()?);
        }
        Some(names)
    }

    /// The name with `self.` before it, if that is what was forgotten.
    fn own_attribute(&self, frame: &Obj, name: &Ref<Str>) -> Option<String> {
        let own = self.variable(frame, "self")?;
        let found = self.vm.find_attr(&own, name).ok().flatten();
        found.map(|_| format!("self.{}", name.to_string_lossy()))
    }

    fn variable(&self, frame: &Obj, name: &str) -> Option<Obj> {
        let variables = self.vm.getattr_named(frame, "f_locals").ok()?;
        self.vm.getitem(&variables, Str::new(name).as_obj()).ok()
    }

    fn is_library(&self, name: &Ref<Str>) -> Option<bool> {
        let sys = self.vm.import_module("sys").ok()?;
        let names = self.vm.getattr_named(&sys, "stdlib_module_names").ok()?;
        self.vm.contains(&names, name.as_obj()).ok()
    }
}

/// An entry of a traceback.
struct Entry {
    /// The file, the line and the function.
    head: String,
    lines: String,
}

/// The entries so far.
#[derive(Default)]
struct Stack {
    text: String,
    last: String,
    repeated: usize,
}

impl Stack {
    fn add(&mut self, entry: Entry) {
        if entry.head != self.last {
            self.end_repeats();
            self.last.clone_from(&entry.head);
        }
        self.repeated += 1;
        if self.repeated <= REPEATS {
            self.text.push_str(&entry.head);
            self.text.push_str(&entry.lines);
        }
    }

    fn end_repeats(&mut self) {
        let more = self.repeated.saturating_sub(REPEATS);
        if more > 0 {
            let plural = if more > 1 { "s" } else { "" };
            self.text.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
        }
        self.repeated = 0;
    }

    /// The stack's text.
    fn ended(mut self) -> String {
        self.end_repeats();
        if self.text.is_empty() {
            self.text
        } else {
            format!("Traceback (most recent call last):\n{}", self.text)
        }
    }
}
