//! Reading a pickle: a machine with a stack. CPython: Modules/_pickle.c, `load`.
//!
//! - here: the loop over opcodes, stack and marks
//! - `input`: where the opcodes come from; `atoms`: numbers, texts, bytes; `containers`: what others are put into;
//!   `objects`: classes, calls, states

mod atoms;
mod containers;
mod input;
mod objects;

pub(super) use input::{Input, Source};

use lasti_vm::builtins::EOF_ERROR;
use lasti_vm::object::Obj;
use lasti_vm::{Exc, PyResult, Vm};

use super::opcodes as op;
use super::unpickler::Unpickler;
use super::{HIGHEST_PROTOCOL, UNPICKLING_ERROR, unpickling_error};
use input::truncated;

/// One load.
pub(super) struct Loader<'a> {
    vm: &'a Vm,
    unpickler: &'a Unpickler,
    /// The unpickler as an object, if its class may have other methods.
    object: Option<&'a Obj>,
    persistent_load: Option<Obj>,
    stack: Vec<Obj>,
    /// How high the stack was at each mark.
    marks: Vec<usize>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(
        vm: &'a Vm,
        unpickler: &'a Unpickler,
        object: Option<&'a Obj>,
        persistent_load: Option<Obj>,
    ) -> Self {
        Self { vm, unpickler, object, persistent_load, stack: Vec::new(), marks: Vec::new() }
    }

    /// Reads one pickle.
    pub(super) fn load(mut self, input: &mut Input) -> PyResult {
        self.unpickler.protocol.set(0);
        input.end_frame();
        loop {
            let code = match input.byte(self.vm) {
                Ok(code) => code,
                Err(error) if error.is(&UNPICKLING_ERROR) => {
                    return Err(self.vm.error(&EOF_ERROR, "Ran out of input"));
                }
                Err(error) => return Err(error),
            };
            if code == op::STOP {
                break;
            }
            self.step(code, input)?;
        }
        input.skip_used(self.vm)?;
        self.pop()
    }

    fn step(&mut self, code: u8, input: &mut Input) -> PyResult<()> {
        let vm = self.vm;
        match code {
            op::MEMOIZE => {
                let top = self.top()?.clone();
                let number = self.unpickler.memo.borrow().len();
                self.unpickler.remember(number, top);
            }
            op::BINGET => {
                let number = input.byte(vm)?;
                self.get(number.into())?;
            }
            op::SHORT_BINUNICODE => {
                let size = input.byte(vm)?;
                self.push_text(input, size.into())?;
            }
            op::BININT1 => {
                let int = input.byte(vm)?;
                self.push_int(int.into());
            }
            op::BININT2 => {
                let int = u16::from_le_bytes(input.array(vm)?);
                self.push_int(int.into());
            }
            op::BININT => {
                let int = i32::from_le_bytes(input.array(vm)?);
                self.push_int(int.into());
            }
            op::NONE => self.stack.push(vm.none()),
            op::NEWTRUE => self.stack.push(vm.bool(true)),
            op::NEWFALSE => self.stack.push(vm.bool(false)),
            op::BINFLOAT => self.load_binfloat(input)?,
            op::MARK => self.marks.push(self.stack.len()),
            op::EMPTY_DICT | op::EMPTY_LIST | op::EMPTY_SET => self.push_empty(code),
            op::EMPTY_TUPLE => self.stack.push(vm.empty_tuple().into_obj()),
            op::TUPLE1 => self.load_short_tuple(1)?,
            op::TUPLE2 => self.load_short_tuple(2)?,
            op::TUPLE3 => self.load_short_tuple(3)?,
            op::TUPLE => self.load_tuple()?,
            op::APPEND => self.load_append()?,
            op::APPENDS => self.load_appends()?,
            op::SETITEM => self.load_setitem()?,
            op::SETITEMS => self.load_setitems()?,
            op::ADDITEMS => self.load_additems()?,
            op::FROZENSET => self.load_frozenset()?,
            op::LIST => self.load_list()?,
            op::DICT => self.load_dict()?,
            op::BUILD => self.load_build()?,
            op::REDUCE => self.load_reduce()?,
            op::NEWOBJ => self.load_newobj()?,
            op::NEWOBJ_EX => self.load_newobj_ex()?,
            op::STACK_GLOBAL => self.load_stack_global()?,
            op::GLOBAL => self.load_global(input)?,
            op::INST => self.load_inst(input)?,
            op::OBJ => self.load_obj()?,
            op::EXT1 => {
                let code = input.byte(vm)?;
                self.load_extension(code.into())?;
            }
            op::EXT2 => {
                let code = u16::from_le_bytes(input.array(vm)?);
                self.load_extension(code.into())?;
            }
            op::EXT4 => {
                let code = i32::from_le_bytes(input.array(vm)?);
                self.load_extension(code.into())?;
            }
            op::PERSID => self.load_persid(input)?,
            op::BINPERSID => {
                let id = self.pop()?;
                self.push_persistent(&id)?;
            }
            op::LONG_BINGET => {
                let number = u32::from_le_bytes(input.array(vm)?);
                self.get(number as usize)?;
            }
            op::BINPUT => {
                let number = input.byte(vm)?;
                self.put(number.into())?;
            }
            op::LONG_BINPUT => {
                let number = u32::from_le_bytes(input.array(vm)?);
                self.put(number as usize)?;
            }
            op::GET => {
                let line = input.text_line(vm)?;
                let number = atoms::parse_index(vm, line)?;
                self.get(usize::try_from(number).unwrap_or(usize::MAX))
                    .map_err(|error| if number < 0 { self.not_found(&number.to_string()) } else { error })?;
            }
            op::PUT => {
                let line = input.text_line(vm)?;
                self.top()?;
                let number = atoms::parse_index(vm, line)?;
                match usize::try_from(number) {
                    Ok(number) => self.put(number)?,
                    Err(_) => return Err(vm.value_error("negative PUT argument")),
                }
            }
            op::POP => self.load_pop()?,
            op::POP_MARK => {
                let mark = self.mark()?;
                drop(self.stack.split_off(mark));
            }
            op::DUP => {
                let top = self.top()?.clone();
                self.stack.push(top);
            }
            op::PROTO => match input.byte(vm)? {
                protocol if protocol <= HIGHEST_PROTOCOL => self.unpickler.protocol.set(protocol),
                protocol => {
                    return Err(vm.value_error(format!("unsupported pickle protocol: {protocol}")));
                }
            },
            op::FRAME => {
                let size = self.size(input.array(vm)?, "FRAME length exceeds system's maximum of")?;
                input.frame(vm, size)?;
            }
            _ => self.load_atom(code, input)?,
        }
        Ok(())
    }

    /// A size of 64 bits.
    fn size(&self, bytes: [u8; 8], too_large: &str) -> PyResult<usize> {
        isize::try_from(u64::from_le_bytes(bytes))
            .map(|size| size as usize)
            .map_err(|_| self.vm.overflow_error(format!("{too_large} {} bytes", isize::MAX)))
    }

    /// How high the stack was at the last mark: what lies below is out of reach.
    #[inline]
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    fn underflow(&self) -> Exc {
        let message =
            if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling_error(self.vm, message)
    }

    #[inline]
    fn pop(&mut self) -> PyResult {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        self.stack.pop().ok_or_else(|| self.underflow())
    }

    #[inline]
    fn top(&self) -> PyResult<&Obj> {
        match self.stack.last() {
            Some(top) if self.stack.len() > self.fence() => Ok(top),
            _ => Err(self.underflow()),
        }
    }

    /// Takes the last mark: how high the stack was.
    fn mark(&mut self) -> PyResult<usize> {
        self.marks.pop().ok_or_else(|| unpickling_error(self.vm, "could not find MARK"))
    }

    /// What lies above `from`.
    fn above(&mut self, from: usize) -> PyResult<Vec<Obj>> {
        if from < self.fence() || from > self.stack.len() {
            return Err(self.underflow());
        }
        Ok(self.stack.split_off(from))
    }

    #[cold]
    fn not_found(&self, number: &str) -> Exc {
        unpickling_error(self.vm, &format!("Memo value not found at index {number}"))
    }

    #[inline]
    fn get(&mut self, number: usize) -> PyResult<()> {
        let found = self.unpickler.memo.borrow().get(number).cloned();
        match found {
            Some(object) => {
                self.stack.push(object);
                Ok(())
            }
            None => Err(self.not_found(&number.to_string())),
        }
    }

    #[inline]
    fn put(&mut self, number: usize) -> PyResult<()> {
        let top = self.top()?.clone();
        self.unpickler.remember(number, top);
        Ok(())
    }

    fn load_pop(&mut self) -> PyResult<()> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }

    #[cold]
    fn invalid(&self, code: u8) -> Exc {
        let shown = match code {
            b'\'' | b'\\' => format!("\\x{code:02x}"),
            0x20..=0x7E => char::from(code).to_string(),
            _ => format!("\\x{code:02x}"),
        };
        unpickling_error(self.vm, &format!("invalid load key, '{shown}'."))
    }
}
