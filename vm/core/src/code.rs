//! `Code`: the payload of code objects: constants and names as Python objects, and what running needs.

#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use lasti_code::linetable::LineTableWriter;
use lasti_code::verify::VerifyError;
use lasti_code::{CodeFlags, CodeObject, Const, Opcode, VerifiedCode};
use rustc_hash::FxHashMap;

use crate::bytes::Bytes;
use crate::errors::PyResult;
use crate::eval::instrument::{Instrumentation, Unit};
use crate::iterators::Slice;
use crate::number::{Complex, Float, Int};
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::Tuple;
use crate::set::Set;
use crate::text::Str;
use crate::types::TypeObject;
use crate::vm::{Interp, Vm};

/// A code object.
pub struct Code {
    data: Arc<CodeObject>,
    verified: OnceCell<VerifiedCode>,
    pub(crate) consts: Box<[Obj]>,
    /// Some of the constants are objects that no compiler writes: the data has `...` in their place.
    pub(crate) foreign: bool,
    pub(crate) names: Box<[Ref<Str>]>,
    pub(crate) localsplusnames: Box<[Ref<Str>]>,
    name: Ref<Str>,
    qualname: Ref<Str>,
    filename: ObjCell,
    /// The execution copy, for a frame that is about to run; null if it must be made, or brought up to what is traced.
    pub(crate) exec: Cell<*mut u16>,
    /// The execution copy; null before the first run.
    pub(crate) units: Cell<*mut u16>,
    /// What is trapped in the execution copy; null if nothing ever was.
    pub(crate) instrumentation: Cell<*mut Instrumentation>,
    /// The traps, one for each code unit: part of the instrumentation.
    pub(crate) traps: Cell<*const Cell<Unit>>,
    /// Whether a frame begins with a RESUME of which no debugger is to be told.
    pub(crate) begins_plainly: Cell<bool>,
    /// Its place in the list of code objects with an execution copy.
    pub(crate) place: Cell<usize>,
    /// How many words a frame of this code needs: localsplus and value stack.
    pub(crate) frame_words: u32,
    pub(crate) nlocalsplus: u32,
    pub(crate) argcount: u32,
    /// Whether all parameters can be passed by position, nothing else can be passed, and variables are in slots.
    pub(crate) plain: bool,
    /// Whether calling it runs it: it is no generator's, coroutine's or async generator's code.
    pub(crate) runs: bool,
}

impl Code {
    /// The code object for `data`.
    pub fn new(vm: &Vm, data: &Arc<CodeObject>) -> Ref<Self> {
        Converter { vm, known: FxHashMap::default() }.code(data)
    }

    /// The code object for `data`, whose constants are known as objects.
    pub(crate) fn with_consts(data: &Arc<CodeObject>, consts: &[Obj], foreign: bool) -> Ref<Self> {
        assemble(data, consts.into(), foreign)
    }

    /// The bytecode that runs: specialised instructions among it. Before the first run, the bytecode itself.
    pub fn adaptive_bytes(&self) -> Vec<u8> {
        if self.units.get().is_null() {
            return self.data.code.to_vec();
        }
        // SAFETY: the execution copy is a boxed slice of this length, and nothing runs meanwhile.
        let units = unsafe { std::slice::from_raw_parts(self.units.get(), self.data.code.len() / 2) };
        let mut units = units.to_vec();
        crate::eval::instrument::show_beneath(self, &mut units);
        units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
    }

    /// The code object as plain data.
    pub fn data(&self) -> &Arc<CodeObject> {
        &self.data
    }

    /// The flags.
    #[inline]
    pub fn flags(&self) -> CodeFlags {
        self.data.flags
    }

    /// `co_name`
    pub fn name(&self) -> &Ref<Str> {
        &self.name
    }

    /// `co_qualname`
    pub fn qualname(&self) -> &Ref<Str> {
        &self.qualname
    }

    /// `co_filename`
    pub fn filename(&self) -> Ref<Str> {
        self.filename.get_as().unwrap_or_else(|| Interp::get().intern(""))
    }

    /// Sets `co_filename`, here and in the code within that has the same one: for code from a file that moved.
    pub(crate) fn set_filename(&self, filename: &Ref<Str>) {
        let old = self.filename();
        if old.same_text(filename) {
            return;
        }
        self.filename.set(filename.as_obj().clone());
        for inner in self.consts.iter().filter_map(|constant| constant.downcast::<Self>()) {
            if inner.filename().same_text(&old) {
                inner.set_filename(filename);
            }
        }
    }

    /// The names that instructions refer to by number, interned.
    #[inline]
    pub fn names(&self) -> &[Ref<Str>] {
        &self.names
    }

    /// The constants.
    pub fn consts(&self) -> &[Obj] {
        &self.consts
    }

    /// `__doc__` of a function with this code.
    pub(crate) fn docstring(&self) -> Option<Obj> {
        if self.data.flags.contains(CodeFlags::HAS_DOCSTRING) { self.consts.first().cloned() } else { None }
    }

    /// Makes sure that the code may be run: the verifier's word for it. Functions are made of such code only.
    pub fn verify(&self, vm: &Vm) -> PyResult<&VerifiedCode> {
        if let Some(verified) = self.verified.get() {
            return Ok(verified);
        }
        let verified = match VerifiedCode::new(self.data.clone()) {
            // Nothing relies on the lines: such code runs, as in CPython.
            Err(VerifyError::LineTable(_) | VerifyError::LineTableLength { .. }) => {
                let mut lines = LineTableWriter::new(self.data.firstlineno);
                lines.push((self.data.code.len() / 2) as u32, None);
                let data = CodeObject { linetable: lines.finish().into(), ..(*self.data).clone() };
                VerifiedCode::new(Arc::new(data))
            }
            // As in CPython, what is no opcode raises where it would run.
            Err(VerifyError::UnknownOpcode { .. }) => {
                let mut code = self.data.code.to_vec();
                for unit in code.chunks_exact_mut(2).filter(|unit| Opcode::from_u8(unit[0]).is_none()) {
                    unit.copy_from_slice(&[Opcode::RaiseVarargs as u8, 0]);
                }
                VerifiedCode::new(Arc::new(CodeObject { code: code.into(), ..(*self.data).clone() }))
            }
            verified => verified,
        };
        match verified {
            Ok(verified) => Ok(self.verified.get_or_init(|| verified)),
            Err(error) => Err(vm.system_error(format!(
                "code object '{}' can't be run: {error}",
                self.name.to_string_lossy()
            ))),
        }
    }

    /// What the verifier found; none before [`Self::verify`].
    pub(crate) fn verified(&self) -> Option<&VerifiedCode> {
        self.verified.get()
    }
}

impl Payload for Code {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &crate::builtins::CODE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        for constant in &self.consts {
            visitor.visit(constant);
        }
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if !self.instrumentation.get().is_null() {
            // SAFETY: it was a box, and no frame runs the code any more.
            drop(unsafe { Box::from_raw(self.instrumentation.get()) });
        }
        if !self.units.get().is_null() {
            Interp::get().tracing.remove_code(self.place.get());
            let units = std::ptr::slice_from_raw_parts_mut(self.units.get(), self.data.code.len() / 2);
            // SAFETY: the execution copy was a boxed slice of this length, and no frame runs it any more.
            drop(unsafe { Box::from_raw(units) });
        }
    }
}

/// Makes objects of constants; what the compiler shared stays shared.
struct Converter<'a> {
    vm: &'a Vm,
    known: FxHashMap<usize, Obj>,
}

impl Converter<'_> {
    fn code(&mut self, data: &Arc<CodeObject>) -> Ref<Code> {
        assemble(data, data.consts.iter().map(|constant| self.constant(constant)).collect(), false)
    }

    fn constant(&mut self, constant: &Const) -> Obj {
        match constant {
            Const::None => self.vm.none(),
            Const::Bool(bool) => self.vm.bool(*bool),
            Const::Ellipsis => self.vm.ellipsis(),
            Const::Int(lasti_code::Int::Small(int)) => Int::new(*int),
            Const::Int(lasti_code::Int::Big(int)) => Int::from_big((**int).clone()),
            Const::Float(float) => Float::new(*float),
            Const::Complex(real, imag) => Complex::new(*real, *imag),
            Const::Str(text) if text.is_interned() => name(text).into_obj(),
            Const::Str(text) => {
                self.shared(text.as_bytes().as_ptr() as usize, text.as_bytes().is_empty(), |_| {
                    Str::from_wtf8(text.as_wtf8()).into_obj()
                })
            }
            Const::Bytes(bytes) => {
                self.shared(bytes.as_ptr() as usize, bytes.is_empty(), |_| Bytes::new(bytes).into_obj())
            }
            Const::Tuple(items) => self.shared(items.as_ptr() as usize, items.is_empty(), |this| {
                Tuple::new(items.iter().map(|item| this.constant(item)).collect()).into_obj()
            }),
            Const::FrozenSet(set) => {
                let frozen = Set::new_in(&crate::builtins::FROZENSET);
                for element in set.iter() {
                    let element = self.constant(element);
                    // Constants are hashable, and compare without Python code.
                    let _ = frozen.add(self.vm, &element);
                }
                frozen.into_obj()
            }
            Const::Slice(parts) => {
                let [start, stop, step] = [0, 1, 2].map(|part| self.constant(&parts[part]));
                Slice::new(start, stop, step).into_obj()
            }
            Const::Code(code) => {
                self.shared(Arc::as_ptr(code) as usize, false, |this| this.code(code).into_obj())
            }
        }
    }

    /// The object made of the shared data at `address`.
    fn shared(&mut self, address: usize, empty: bool, make: impl FnOnce(&mut Self) -> Obj) -> Obj {
        if empty {
            // Empty data has no address of its own.
            return make(self);
        }
        if let Some(known) = self.known.get(&address) {
            return known.clone();
        }
        let made = make(self);
        self.known.insert(address, made.clone());
        made
    }
}

/// The object of a constant.
pub(crate) fn constant(vm: &Vm, constant: &Const) -> Obj {
    Converter { vm, known: FxHashMap::default() }.constant(constant)
}

fn name(text: &lasti_code::Str) -> Ref<Str> {
    Interp::get().intern_wtf8(text.as_wtf8())
}

fn assemble(data: &Arc<CodeObject>, consts: Box<[Obj]>, foreign: bool) -> Ref<Code> {
    let names = data.names.iter().map(name).collect();
    let localsplusnames: Box<[Ref<Str>]> = data.localsplusnames.iter().map(name).collect();
    let nlocalsplus = localsplusnames.len() as u32;
    Ref::new(Code {
        verified: OnceCell::new(),
        consts,
        foreign,
        names,
        localsplusnames,
        name: name(&data.name),
        qualname: name(&data.qualname),
        filename: ObjCell::new(Some(name(&data.filename).into_obj())),
        exec: Cell::new(std::ptr::null_mut()),
        units: Cell::new(std::ptr::null_mut()),
        instrumentation: Cell::new(std::ptr::null_mut()),
        traps: Cell::new(std::ptr::null()),
        begins_plainly: Cell::new(false),
        place: Cell::new(0),
        // One word more for what `throw()` and `send()` push.
        frame_words: nlocalsplus + data.stacksize + 1,
        nlocalsplus,
        plain: data.flags.contains(CodeFlags::OPTIMIZED)
            && data.kwonlyargcount == 0
            && !data.flags.intersects(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS),
        runs: !data
            .flags
            .intersects(CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR),
        argcount: data.argcount,
        data: data.clone(),
    })
}
