//! Writing an object and all that it refers to. CPython: Modules/_pickle.c, from `save_none` on.
//!
//! - here: which way an object is written, and what was written before
//! - `atoms`: numbers, texts, bytes; `containers`: tuples, lists, dicts, sets
//! - `global`: what is found by its name; `reduce`: what `__reduce_ex__` says
//! - `output`: where it goes

mod atoms;
mod containers;
mod global;
mod output;
mod reduce;

use std::collections::HashSet;

use lasti_vm::builtins as types;
use lasti_vm::dict::Dict;
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::{Exc, PyResult, Ref, Vm};
use output::Output;

use super::buffer::PICKLE_BUFFER;
use super::names::{table, type_name};
use super::opcodes as op;
use super::pickler::Pickler;
use super::pickling_error;

/// Up to so many containers within one another, nobody looks for cycles in fast mode.
const FAST_NESTING_LIMIT: usize = 50;

/// What the user of a pickler wants to be asked.
#[derive(Default)]
pub(super) struct Hooks {
    pub(super) persistent_id: Option<Obj>,
    pub(super) reducer_override: Option<Obj>,
}

/// One dump.
pub(super) struct Job<'a> {
    vm: &'a Vm,
    pickler: &'a Pickler,
    hooks: Hooks,
    out: Output,
    protocol: u8,
    binary: bool,
    /// The containers that are being written in fast mode, beyond the limit.
    fast_seen: HashSet<u64>,
    fast_nesting: usize,
    /// `copyreg.dispatch_table`, once it was needed.
    reducers: Option<Ref<Dict>>,
    /// `copyreg._extension_registry`, once it was needed.
    extensions: Option<Ref<Dict>>,
}

impl<'a> Job<'a> {
    pub(super) fn new(vm: &'a Vm, pickler: &'a Pickler, hooks: Hooks) -> Self {
        Self {
            vm,
            pickler,
            hooks,
            out: Output::new(pickler.write.get()),
            protocol: pickler.protocol.get(),
            binary: pickler.binary.get() != 0,
            fast_seen: HashSet::new(),
            fast_nesting: 0,
            reducers: None,
            extensions: None,
        }
    }

    /// What other modules have registered for types.
    fn reducers(&mut self) -> PyResult<Ref<Dict>> {
        if let Some(known) = &self.reducers {
            return Ok(known.clone());
        }
        let found = table(self.vm, "copyreg", "dispatch_table")?;
        Ok(self.reducers.insert(found).clone())
    }

    /// The codes that other modules have registered for names.
    fn extensions(&mut self) -> PyResult<Ref<Dict>> {
        if let Some(known) = &self.extensions {
            return Ok(known.clone());
        }
        let found = table(self.vm, "copyreg", "_extension_registry")?;
        Ok(self.extensions.insert(found).clone())
    }

    /// Writes a whole pickle.
    pub(super) fn dump(&mut self, object: &Obj) -> PyResult<()> {
        if self.protocol >= 2 {
            self.out.bytes(&[op::PROTO, self.protocol]);
            if self.protocol >= 4 {
                self.out.begin_framing();
            }
        }
        self.save(object)?;
        self.out.byte(op::STOP);
        self.out.commit();
        Ok(())
    }

    /// Gives the file the rest.
    pub(super) fn flush(&mut self) -> PyResult<()> {
        self.out.flush(self.vm)
    }

    /// The pickle, where there is no file.
    pub(super) fn written(&self) -> &[u8] {
        self.out.written()
    }

    /// Writes an object.
    fn save(&mut self, object: &Obj) -> PyResult<()> {
        self.out.boundary(self.vm)?;
        if self.hooks.persistent_id.is_some() && self.save_persistent(object)? {
            return Ok(());
        }
        self.save_itself(object)
    }

    /// Writes an object that has no persistent id.
    fn save_itself(&mut self, object: &Obj) -> PyResult<()> {
        if self.save_atom(object)? || self.save_known(object)? {
            return Ok(());
        }
        if let Some(text) = object.downcast_exact::<Str>() {
            return self.save_str(text);
        }
        if object.is_exact(&types::BYTES) {
            return self.save_bytes(object);
        }
        self.vm.check_native_stack()?;
        let ty = object.ty();
        if ty.is(&types::DICT) {
            self.save_dict(object)
        } else if ty.is(&types::LIST) {
            self.save_list(object)
        } else if ty.is(&types::TUPLE) {
            self.save_tuple(object)
        } else if ty.is(&types::SET) {
            self.save_set(object)
        } else if ty.is(&types::FROZENSET) {
            self.save_frozenset(object)
        } else if ty.is(&types::BYTEARRAY) {
            self.save_bytearray(object)
        } else if ty.is(&PICKLE_BUFFER) {
            self.save_pickle_buffer(object)
        } else {
            self.save_other(object)
        }
    }

    /// Writes a reference to an object that was written before; false if it was not.
    #[inline]
    fn save_known(&mut self, object: &Obj) -> PyResult<bool> {
        let number = self.pickler.memo.borrow().get(object);
        match number {
            None => Ok(false),
            Some(number) => self.get(number).map(|()| true),
        }
    }

    fn is_known(&self, object: &Obj) -> bool {
        self.pickler.memo.borrow().get(object).is_some()
    }

    fn get(&mut self, number: usize) -> PyResult<()> {
        if !self.binary {
            self.out.byte(op::GET);
            self.out.bytes(format!("{number}\n").as_bytes());
            return Ok(());
        }
        self.numbered(number, op::BINGET, op::LONG_BINGET, "LONG_BINGET")
    }

    fn numbered(&mut self, number: usize, short: u8, long: u8, name: &str) -> PyResult<()> {
        if let Ok(number) = u8::try_from(number) {
            self.out.bytes(&[short, number]);
        } else if let Ok(number) = u32::try_from(number) {
            let [a, b, c, d] = number.to_le_bytes();
            self.out.bytes(&[long, a, b, c, d]);
        } else {
            return Err(pickling_error(self.vm, &format!("memo id too large for {name}")));
        }
        Ok(())
    }

    /// Remembers the object, which is complete or at least there for the reader.
    fn memoize(&mut self, object: &Obj) -> PyResult<()> {
        if self.pickler.fast.get() != 0 {
            return Ok(());
        }
        let number = {
            let mut memo = self.pickler.memo.borrow_mut();
            let number = memo.len();
            memo.set(object, number);
            number
        };
        if self.protocol >= 4 {
            self.out.byte(op::MEMOIZE);
            return Ok(());
        }
        if !self.binary {
            self.out.byte(op::PUT);
            self.out.bytes(format!("{number}\n").as_bytes());
            return Ok(());
        }
        self.numbered(number, op::BINPUT, op::LONG_BINPUT, "LONG_BINPUT")
    }

    /// Writes an object's persistent id; false if it has none.
    fn save_persistent(&mut self, object: &Obj) -> PyResult<bool> {
        let Some(persistent_id) = self.hooks.persistent_id.clone() else { return Ok(false) };
        let id = self.vm.call(&persistent_id, std::slice::from_ref(object))?;
        if self.vm.is_none(&id) {
            return Ok(false);
        }
        if self.binary {
            self.out.boundary(self.vm)?;
            self.save_itself(&id)?;
            self.out.byte(op::BINPERSID);
            return Ok(true);
        }
        let text = self.vm.str(&id)?;
        if !text.is_ascii() {
            return Err(pickling_error(self.vm, "persistent IDs in protocol 0 must be ASCII strings"));
        }
        self.out.byte(op::PERSID);
        self.out.bytes(text.as_bytes());
        self.out.byte(b'\n');
        Ok(true)
    }

    /// Runs `write` on a container; in fast mode, nothing that contains itself is written for ever.
    fn guarded(&mut self, object: &Obj, write: impl FnOnce(&mut Self) -> PyResult<()>) -> PyResult<()> {
        if self.pickler.fast.get() == 0 {
            return write(self);
        }
        self.fast_nesting += 1;
        let watched = self.fast_nesting >= FAST_NESTING_LIMIT;
        if watched && !self.fast_seen.insert(object.id()) {
            return Err(self.vm.value_error(format!(
                "fast mode: can't pickle cyclic objects including object type {} at {:#x}",
                object.ty().tp_name(),
                object.id()
            )));
        }
        write(self)?;
        self.fast_nesting -= 1;
        if watched {
            self.fast_seen.remove(&object.id());
        }
        Ok(())
    }

    /// Adds to an exception what of `object` was being written.
    #[cold]
    fn noted(&self, error: Exc, object: &Obj, what: &str) -> Exc {
        let note = type_name(self.vm, object).and_then(|name| {
            let note = Str::new(&format!("when serializing {name} {what}")).into_obj();
            self.vm.call_method_named(error.exception().as_obj(), "add_note", &[note])
        });
        note.err().unwrap_or(error)
    }

    /// [`Self::save`] of a part of `whole`.
    fn save_part(&mut self, whole: &Obj, part: &Obj, what: &str) -> PyResult<()> {
        self.save(part).map_err(|error| self.noted(error, whole, what))
    }
}
