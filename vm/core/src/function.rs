//! Callables: Python functions, native functions, bound methods; and the cells of closures. Their attributes as
//! Python sees them are in `builtins/function`.

use std::cell::Cell;

use crate::builtins as types;
use crate::code::Code;
use crate::dict::Dict;
use crate::object::{Obj, ObjCell, Payload, Ref, Visitor};
use crate::sequence::List;
use crate::types::{NativeDef, TypeObject};
use crate::vm::Interp;

/// A function made by `def` or `lambda`.
pub struct Function {
    /// `__code__`
    pub code: ObjCell,
    /// `__globals__`: a dict.
    pub globals: Ref<Dict>,
    /// `__builtins__`: a dict.
    pub builtins: Ref<Dict>,
    /// `__name__`
    pub name: ObjCell,
    /// `__qualname__`
    pub qualname: ObjCell,
    /// `__defaults__`: a tuple or nothing.
    pub defaults: ObjCell,
    /// `__kwdefaults__`: a dict or nothing.
    pub kwdefaults: ObjCell,
    /// `__closure__`: a tuple of cells or nothing.
    pub closure: ObjCell,
    /// `__doc__`
    pub doc: ObjCell,
    /// `__annotations__`: a dict once it is known.
    pub annotations: ObjCell,
    /// `__annotate__`
    pub annotate: ObjCell,
    /// `__module__`
    pub module: ObjCell,
    /// `__type_params__`: a tuple or nothing.
    pub type_params: ObjCell,
    /// A list of the code that `__code__` was before, for frames that still run it; or nothing.
    former_code: ObjCell,
    /// Stands for code, defaults and closure together, for inline caches; 0: none given.
    version: Cell<u32>,
}

impl Function {
    /// A function as `MAKE_FUNCTION` makes it.
    pub(crate) fn make(
        code: &Ref<Code>,
        globals: Ref<Dict>,
        builtins: Ref<Dict>,
        module: Option<Obj>,
    ) -> Ref<Self> {
        Ref::new(Self {
            code: ObjCell::new(Some(code.as_obj().clone())),
            globals,
            builtins,
            name: ObjCell::new(Some(code.name().as_obj().clone())),
            qualname: ObjCell::new(Some(code.qualname().as_obj().clone())),
            defaults: ObjCell::empty(),
            kwdefaults: ObjCell::empty(),
            closure: ObjCell::empty(),
            doc: ObjCell::new(code.docstring()),
            annotations: ObjCell::empty(),
            annotate: ObjCell::empty(),
            module: ObjCell::new(module),
            type_params: ObjCell::empty(),
            former_code: ObjCell::empty(),
            version: Cell::new(0),
        })
    }

    /// A number that stands for what a call of the function needs, as long as it stays.
    pub(crate) fn assign_version(&self) -> u32 {
        if self.version.get() == 0 {
            self.version.set(Interp::get().next_function_version());
        }
        self.version.get()
    }

    #[inline(always)]
    pub(crate) fn version(&self) -> u32 {
        self.version.get()
    }

    /// What calls of the function were specialised for is void: code, defaults or closure change.
    pub fn modified(&self) {
        self.version.set(0);
    }

    /// Replaces the code. Frames rely on the function to keep the code that they run, so the old one stays.
    pub(crate) fn set_code(&self, code: &Ref<Code>) {
        let Some(old) = self.code.replace(Some(code.as_obj().clone())) else { return };
        match self.former_code.get_as::<List>() {
            Some(former) if former.items.slice().iter().any(|known| known.is(&old)) => {}
            Some(former) => former.items.push(old),
            None => self.former_code.set(List::new(vec![old]).into_obj()),
        }
        self.modified();
    }

    fn cells(&self) -> [&ObjCell; 12] {
        [
            &self.code,
            &self.name,
            &self.qualname,
            &self.defaults,
            &self.kwdefaults,
            &self.closure,
            &self.doc,
            &self.annotations,
            &self.annotate,
            &self.module,
            &self.type_params,
            &self.former_code,
        ]
    }
}

impl Payload for Function {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::FUNCTION
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.globals.as_obj());
        visitor.visit(self.builtins.as_obj());
        for cell in self.cells() {
            cell.traverse(visitor);
        }
    }

    fn clear(&self) {
        // Names and code stay: a finalizer may still call the function.
        for cell in
            [&self.defaults, &self.kwdefaults, &self.closure, &self.annotations, &self.annotate, &self.module]
        {
            drop(cell.take());
        }
        self.modified();
    }
}

/// `builtin_function_or_method`: a native function, bound to its module or to an instance.
pub struct NativeFunction {
    /// What is called.
    pub def: &'static NativeDef,
    /// `__self__`
    pub receiver: Option<Obj>,
    /// `__module__`: a str.
    pub module: Option<Obj>,
}

impl NativeFunction {
    /// A native function bound to `receiver`.
    pub fn new(def: &'static NativeDef, receiver: Option<Obj>, module: Option<Obj>) -> Ref<Self> {
        Ref::new(Self { def, receiver, module })
    }
}

impl Payload for NativeFunction {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::BUILTIN_FUNCTION
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit_option(self.receiver.as_ref());
        visitor.visit_option(self.module.as_ref());
    }
}

/// `method`: a callable bound to an object.
pub struct Method {
    /// `__func__`
    pub function: Obj,
    /// `__self__`
    pub receiver: Obj,
}

impl Method {
    /// `function` bound to `receiver`.
    pub fn new(function: Obj, receiver: Obj) -> Ref<Self> {
        Ref::new(Self { function, receiver })
    }
}

impl Payload for Method {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::METHOD
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.function);
        visitor.visit(&self.receiver);
    }
}

/// A cell: a variable that several functions share.
pub struct CellObject {
    /// What the variable holds.
    pub contents: ObjCell,
}

impl CellObject {
    /// A cell.
    pub fn new(contents: Option<Obj>) -> Ref<Self> {
        Ref::new(Self { contents: ObjCell::new(contents) })
    }
}

impl Payload for CellObject {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::CELL
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.contents.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.contents.take());
    }
}
