//! `Activation`: a frame as native code looks at it, without a frame object being made.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;

use lasti_code::{CodeObject, CodeUnitIdx, LocalKind};

use super::{Frame, FrameFlags, FrameObject, Owner};
use crate::code::Code;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::CellObject;
use crate::generator::Generator;
use crate::object::{Obj, Object, Ref};
use crate::text::Str;
use crate::vm::Vm;

/// A frame that lives: it runs, called one that does, or is suspended.
#[derive(Clone, Copy)]
pub struct Activation<'a> {
    frame: *mut Frame,
    alive: PhantomData<&'a Vm>,
}

/// One of a frame's variables.
pub struct Variable {
    /// Its place among the frame's slots.
    pub slot: usize,
    /// Its name.
    pub name: Ref<Str>,
    /// Whether it is a parameter, a local, a cell, a free variable; hidden ones belong to an inlined comprehension.
    pub kind: LocalKind,
    /// Its value; through the cell, if it lives in one.
    pub value: Option<Obj>,
}

/// Where a global name was found last: for who looks for the same name in frames of the same code again and again. Like
/// the inline cache of LOAD_GLOBAL, it holds as long as no keys came or went.
#[derive(Clone, Copy, Debug, Default)]
pub struct GlobalPlace {
    globals: u32,
    /// 0 where it is in the globals themselves.
    builtins: u32,
    index: usize,
}

/// Where frames are: two are equal if frames run the same code, and are at the same instruction of it. Of use only
/// while that code, as plain data, is alive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    code: *const CodeObject,
    /// The address of the instruction in the execution copy. Another code object of the same data may come to lie there,
    /// with the same instructions.
    ip: usize,
}

impl Place {
    /// A number that tells many places apart.
    #[inline(always)]
    pub fn hash(self) -> usize {
        self.ip >> 1 ^ self.ip >> 7
    }
}

impl<'a> Activation<'a> {
    /// # Safety
    /// The frame lives as long as `'a`.
    pub(crate) unsafe fn new(frame: *mut Frame) -> Self {
        Self { frame, alive: PhantomData }
    }

    /// The frame that runs on the calling thread.
    pub fn innermost(vm: &'a Vm) -> Option<Self> {
        let frame = vm.frame.get();
        (!frame.is_null()).then_some(Self { frame, alive: PhantomData })
    }

    /// A generator's frame; none if it is over.
    pub fn of_generator(generator: &'a Ref<Generator>) -> Option<Self> {
        let over = generator.state.get() == crate::generator::State::Finished;
        (!over).then(|| Self { frame: generator.frame(), alive: PhantomData })
    }

    /// Whether two are the same frame.
    pub fn is(&self, other: &Activation<'_>) -> bool {
        std::ptr::eq(self.frame, other.frame)
    }

    /// The code that it runs.
    pub fn code(&self) -> Ref<Code> {
        // SAFETY: the frame lives.
        unsafe { Frame::code(self.frame).to_ref() }
    }

    /// That code as plain data, which is borrowed: for who compares it and asks no more of it.
    #[inline]
    pub fn code_data(&self) -> &'a Arc<CodeObject> {
        // SAFETY: the frame lives as long as `'a`, and keeps its code alive.
        unsafe { Frame::code(self.frame).data() }
    }

    /// Where it is, for who looks whether it is there again.
    #[inline(always)]
    pub fn place(&self) -> Place {
        // SAFETY: the frame lives.
        let ip = unsafe { (*self.frame).ip } as usize;
        Place { code: Arc::as_ptr(self.code_data()), ip }
    }

    /// The instruction that was last begun; none before the first.
    pub fn instruction(&self) -> Option<CodeUnitIdx> {
        // SAFETY: the frame lives.
        u32::try_from(unsafe { Frame::instruction(self.frame) }).ok().map(CodeUnitIdx)
    }

    /// The line of that instruction, if it has one.
    pub fn line(&self) -> Option<u32> {
        let at = self.instruction().unwrap_or(CodeUnitIdx(0));
        // SAFETY: the frame lives.
        let code = unsafe { Frame::code(self.frame) };
        let line = crate::eval::instrument::known_line_at(code, at.0 as usize);
        let line = line.unwrap_or_else(|| super::object::line_of(code, at.0));
        u32::try_from(line).ok().filter(|&line| line > 0)
    }

    /// The frame that it was called from, or resumed from.
    #[inline]
    pub fn caller(&self) -> Option<Self> {
        // SAFETY: the frame lives, and with it the frames that called it.
        let caller = unsafe { (*self.frame).prev };
        (!caller.is_null()).then_some(Self { frame: caller, alive: PhantomData })
    }

    /// Whether native code called it, or it is a tool's callback: the caller waits for that, not for this.
    #[inline]
    pub fn entered_natively(&self) -> bool {
        // SAFETY: the frame lives.
        unsafe { (*self.frame).flags.has(FrameFlags::ENTRY.with(FrameFlags::CALLBACK)) }
    }

    /// Whether a `for` loop of the caller resumed it and takes its end, whatever it returns.
    #[inline]
    pub fn resumed_by_loop(&self) -> bool {
        // SAFETY: the frame lives.
        unsafe { (*self.frame).flags.has(FrameFlags::FOR_LOOP) }
    }

    /// The frame object, made now if there was none.
    pub fn object(&self) -> Obj {
        // SAFETY: the frame lives.
        unsafe { FrameObject::of(self.frame) }.into_obj()
    }

    /// What the frame is known by to its end, however often it is suspended: never 0, and never used again. One is given
    /// to it now if it had none.
    pub fn give_id(&self) -> u64 {
        // SAFETY: the frame lives.
        unsafe { FrameObject::of(self.frame) }.give_id()
    }

    /// [`Self::give_id`], if it was given one.
    pub fn id(&self) -> Option<u64> {
        // SAFETY: the frame lives, and owns its object.
        unsafe {
            let object = (*self.frame).object;
            if object.is_null() {
                return None;
            }
            (&*object.header().cast::<Object<FrameObject>>()).id()
        }
    }

    /// The generator, coroutine or async generator whose frame it is.
    pub fn generator(&self) -> Option<Ref<Generator>> {
        // SAFETY: the owner says that the frame lies in a generator.
        unsafe { ((*self.frame).owner == Owner::Generator).then(|| Generator::of_frame(self.frame).to_ref()) }
    }

    /// The globals.
    pub fn globals(&self) -> Ref<Dict> {
        // SAFETY: the frame's function keeps them alive.
        unsafe { (&*(*self.frame).globals).to_ref() }
    }

    /// The builtins.
    pub fn builtins(&self) -> Ref<Dict> {
        // SAFETY: the frame's function keeps them alive.
        unsafe { (&*(*self.frame).builtins).to_ref() }
    }

    /// The value of a name among the globals or builtins. The name is the code's, by its number.
    #[inline]
    pub fn global(&self, vm: &Vm, name: u32, place: &Cell<GlobalPlace>) -> Option<Obj> {
        // SAFETY: the frame's function keeps them alive.
        let (globals, builtins): (&Dict, &Dict) =
            unsafe { (&*(*self.frame).globals, &*(*self.frame).builtins) };
        let known = place.get();
        if known.globals != 0 && known.globals == globals.keys_version() {
            if known.builtins == 0 {
                return globals.value_at(known.index);
            }
            if known.builtins == builtins.keys_version() {
                return builtins.value_at(known.index);
            }
        }
        self.find_global(vm, name, place)
    }

    #[cold]
    #[inline(never)]
    fn find_global(&self, vm: &Vm, name: u32, place: &Cell<GlobalPlace>) -> Option<Obj> {
        let (globals, builtins, code) = (self.globals(), self.builtins(), self.code());
        let name = code.names.get(name as usize)?;
        let plain = [&globals, &builtins].iter().all(|names| names.as_obj().is_exact(&crate::builtins::DICT));
        let found = globals.position(vm, name).ok()?;
        // Versions are given by those that specialise instructions, which count on there being enough.
        if let Some(index) = found {
            if plain {
                place.set(GlobalPlace { globals: globals.keys_version(), builtins: 0, index });
            }
            return globals.value_at(index);
        }
        let index = builtins.position(vm, name).ok()??;
        if plain && builtins.keys_version() != 0 {
            let (globals, builtins) = (globals.keys_version(), builtins.keys_version());
            place.set(GlobalPlace { globals, builtins, index });
        }
        builtins.value_at(index)
    }

    /// The namespace of a module or class body.
    pub fn namespace(&self) -> Option<Obj> {
        // SAFETY: the frame lives.
        let namespace = unsafe { (*self.frame).namespace };
        (!namespace.is_null()).then(|| Obj::from_value(namespace))
    }

    /// All variables in the order of their slots.
    pub fn variables(&self) -> Vec<Variable> {
        let code = self.code();
        let names = code.localsplusnames.iter().enumerate();
        let variable = |(slot, name): (usize, &Ref<Str>)| Variable {
            slot,
            name: name.clone(),
            kind: LocalKind::from_bits_retain(code.data().localspluskinds[slot]),
            value: self.slot(slot, &code),
        };
        names.map(variable).collect()
    }

    /// The value of the variable in a slot, if it has one.
    pub fn variable(&self, slot: usize) -> Option<Obj> {
        let code = self.code();
        if slot < code.localsplusnames.len() { self.slot(slot, &code) } else { None }
    }

    fn slot(&self, slot: usize, code: &Code) -> Option<Obj> {
        // SAFETY: the frame lives, and its code says that it has this slot.
        let value = unsafe { *Frame::locals(self.frame).add(slot) };
        if value.is_null() {
            return None;
        }
        let value = Obj::from_value(value);
        match value.downcast::<CellObject>().filter(|_| super::object::is_cell(code, slot)) {
            Some(cell) => cell.contents.get(),
            None => Some(value),
        }
    }

    /// The cell that a variable lives in, if it does.
    pub fn cell(&self, slot: usize) -> Option<Ref<CellObject>> {
        let code = self.code();
        if slot >= code.localsplusnames.len() || !super::object::is_cell(&code, slot) {
            return None;
        }
        // SAFETY: the frame lives, and its code has this slot.
        let value = unsafe { *Frame::locals(self.frame).add(slot) };
        if value.is_null() { None } else { Obj::from_value(value).into_ref().ok() }
    }

    /// Sets a variable, or its cell's contents. What it was stays alive as long as the frame may still use it.
    pub fn set_variable(&self, slot: usize, value: Obj) {
        self.change_variable(slot, Some(value));
    }

    /// Takes a variable's value away, as `del` does; it is kept alive as by [`Self::set_variable`].
    pub fn delete_variable(&self, slot: usize) {
        self.change_variable(slot, None);
    }

    fn change_variable(&self, slot: usize, value: Option<Obj>) {
        // SAFETY: the frame lives.
        let object = unsafe { FrameObject::of(self.frame) };
        if slot < self.code().localsplusnames.len() {
            super::object::set_variable_of(&object, slot, value);
        }
    }

    /// The object in one word of the value stack, counted from the bottom. Right only where [`Self::value_stack`] is.
    pub fn stacked(&self, place: usize) -> Option<Obj> {
        // SAFETY: the frame lives; its `sp` was saved at the event, and what lies below is initialised.
        unsafe {
            let base = Frame::stack_base(self.frame);
            if place >= usize::try_from((*self.frame).sp.offset_from(base)).unwrap_or(0) {
                return None;
            }
            let word = *base.add(place);
            (!word.is_null()).then(|| Obj::from_value(word))
        }
    }

    /// The words of the value stack, the bottom first; none where there is no object. Right only where the frame is at an
    /// event, calls, or is suspended.
    pub fn value_stack(&self) -> Vec<Option<Obj>> {
        // SAFETY: the frame lives; its `sp` was saved at the event.
        unsafe {
            let mut at = Frame::stack_base(self.frame);
            let mut values = Vec::new();
            while at < (*self.frame).sp {
                values.push((!(*at).is_null()).then(|| Obj::from_value(*at)));
                at = at.add(1);
            }
            values
        }
    }

    /// The code unit that the frame would go on at if it was sent to `line`, which is that line's or the next one's that has
    /// code: by the rules of `frame.f_lineno`, and with their errors. A frame can be sent elsewhere from a planted
    /// instruction, from a safepoint, and while it is suspended.
    pub fn jump_target(&self, vm: &Vm, line: i32) -> PyResult<CodeUnitIdx> {
        // SAFETY: the frame lives.
        let object = unsafe { FrameObject::of(self.frame) };
        super::find_jump(vm, &object, line).map(|jump| CodeUnitIdx(jump.to as u32))
    }

    /// Sends the frame to [`Self::jump_target`]. The debugger is not told of that instruction again.
    pub fn jump(&self, vm: &Vm, line: i32) -> PyResult<()> {
        // SAFETY: the frame lives.
        let object = unsafe { FrameObject::of(self.frame) };
        super::jump_to_line(vm, &object, line)?;
        if self.frame == vm.telling_frame.get() {
            // SAFETY: as above.
            vm.sent_to.set(unsafe { (*self.frame).ip });
        }
        Ok(())
    }
}
