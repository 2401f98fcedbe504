//! Values as text. Containers are written here, so that a long one costs no more than what is shown of it; other
//! objects by their own `repr`, which may fail, and is cut.

use lasti_vm::dict::Dict;
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::set::Set;
use lasti_vm::text::Str;
use lasti_vm::{Exc, Obj, Vm, builtins, inspect};

/// Whether a text may be made by the program's own code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    /// It may.
    Runs,
    /// What has a `__repr__` of its own is shown as what has none.
    Rests,
}

/// The text of a value.
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) cut: bool,
}

/// How deep containers are shown in each other.
const DEPTH: usize = 8;

struct Writer<'a> {
    vm: &'a Vm,
    code: Code,
    limit: usize,
    text: String,
    cut: bool,
    open: Vec<u64>,
}

/// `repr(value)`, at most about `limit` bytes of it.
pub(crate) fn shown(vm: &Vm, value: &Obj, limit: usize, code: Code) -> Shown {
    let mut writer = Writer { vm, code, limit, text: String::new(), cut: false, open: Vec::new() };
    writer.value(value);
    let Writer { mut text, mut cut, .. } = writer;
    if text.len() > limit {
        let mut end = limit;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        cut = true;
    }
    if cut {
        text.push('…');
    }
    Shown { text, cut }
}

/// The name of a value's type.
pub(crate) fn type_name(vm: &Vm, value: &Obj) -> String {
    value.ty().display_name(vm).unwrap_or_else(|_| value.ty().name())
}

/// The last line of an exception's traceback.
pub(crate) fn last_line(vm: &Vm, error: &Exc) -> String {
    let exception = error.exception().as_obj();
    let name = type_name(vm, exception);
    let name = name.strip_prefix("__main__.").unwrap_or(&name);
    match text_of(vm, exception) {
        text if text.is_empty() => name.to_owned(),
        text => format!("{name}: {text}"),
    }
}

/// `str(value)`; if that fails, what it failed with.
pub(crate) fn text_of(vm: &Vm, value: &Obj) -> String {
    vm.str_text(value)
        .unwrap_or_else(|error| format!("<{} in __str__>", error.exception().as_obj().ty().name()))
}

impl Writer<'_> {
    fn full(&mut self) -> bool {
        self.cut |= self.text.len() > self.limit;
        self.cut
    }

    fn value(&mut self, value: &Obj) {
        if self.full() {
            return;
        }
        if let Some(list) = value.downcast_exact::<List>() {
            return self.items(value, "[", list.items.copy_range(0..self.limit), list.items.len(), "]");
        }
        if let Some(tuple) = value.downcast_exact::<Tuple>() {
            let end = if tuple.len() == 1 { ",)" } else { ")" };
            let items = tuple.items()[..tuple.len().min(self.limit)].to_vec();
            return self.items(value, "(", items, tuple.len(), end);
        }
        if let Some(dict) = value.downcast_exact::<Dict>() {
            return self.dict(value, dict);
        }
        if let Some(set) = value.downcast_exact::<Set>().filter(|set| !set.is_empty()) {
            let mut position = 0;
            let elements = std::iter::from_fn(|| set.next(&mut position).map(|(element, _)| element));
            let elements: Vec<Obj> = elements.take(self.limit).collect();
            return self.items(value, "{", elements, set.len(), "}");
        }
        if let Some(text) = value.downcast_exact::<Str>().filter(|text| text.char_len() > self.limit) {
            let start = text.substring(0, self.limit);
            self.cut = true;
            return self.own_repr(start.as_obj());
        }
        self.own_repr(value);
    }

    /// Whether a container is to be entered: not twice, and not too deep.
    fn enter(&mut self, value: &Obj, otherwise: &str) -> bool {
        let enters = !self.open.contains(&value.id()) && self.open.len() < DEPTH;
        if enters {
            self.open.push(value.id());
        } else {
            self.text.push_str(otherwise);
        }
        enters
    }

    fn items(&mut self, value: &Obj, begin: &str, items: Vec<Obj>, count: usize, end: &str) {
        if !self.enter(value, &format!("{begin}...{}", end.trim_start_matches(','))) {
            return;
        }
        self.text.push_str(begin);
        let all = items.len() == count;
        for (index, item) in items.into_iter().enumerate() {
            if self.full() {
                break;
            }
            if index > 0 {
                self.text.push_str(", ");
            }
            self.value(&item);
        }
        self.cut |= !all;
        self.text.push_str(end);
        self.open.pop();
    }

    fn dict(&mut self, value: &Obj, dict: &Dict) {
        if !self.enter(value, "{...}") {
            return;
        }
        self.text.push('{');
        let (mut position, mut first) = (0, true);
        while let Some((key, item)) = dict.next(&mut position) {
            if self.full() {
                break;
            }
            if !std::mem::take(&mut first) {
                self.text.push_str(", ");
            }
            self.value(&key);
            self.text.push_str(": ");
            self.value(&item);
        }
        self.text.push('}');
        self.open.pop();
    }

    fn own_repr(&mut self, value: &Obj) {
        if self.code == Code::Rests && runs_code(self.vm, value) {
            let name = type_name(self.vm, value);
            self.text.push_str(&format!("<{name} object at {:#x}>", value.id()));
            return;
        }
        match self.vm.repr(value) {
            // Lone surrogates are escapes already: `repr` writes them so.
            Ok(text) => self.text.push_str(&text.to_string_lossy()),
            Err(error) => {
                let line = last_line(self.vm, &error);
                self.text.push_str(&format!("<{} object: {line}>", type_name(self.vm, value)));
            }
        }
    }
}

/// Whether a `__repr__` of the program's would run.
fn runs_code(vm: &Vm, value: &Obj) -> bool {
    let ty = value.ty();
    if !ty.is_heap() {
        // Subclasses of containers are heap types; containers themselves are written here.
        return value.is_instance_of(&builtins::BASE_EXCEPTION);
    }
    inspect::class_attribute(vm, ty, &vm.names().__repr__)
        .is_none_or(|repr| repr.ty().is_heap() || repr.is_exact(&builtins::FUNCTION))
}
