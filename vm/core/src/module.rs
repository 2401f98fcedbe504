//! `Module`: the payload of modules. Attribute access on modules is in `builtins/module`.

use crate::builtins as types;
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::function::NativeFunction;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::text::Str;
use crate::types::{NativeDef, TypeObject};
use crate::vm::{Interp, Vm};

/// A module.
pub struct Module {
    /// `__dict__`
    pub dict: Ref<Dict>,
}

impl Module {
    /// A module with its name set and the attributes that all modules have.
    pub fn new(vm: &Vm, name: &str, doc: Option<&str>) -> PyResult<Ref<Self>> {
        let module = Ref::new(Self { dict: Dict::new() });
        let names = vm.names();
        let doc = doc.map_or_else(|| vm.none(), |doc| Str::new(doc).into_obj());
        module.dict.set_str(vm, &names.__name__, vm.intern(name).into_obj())?;
        module.dict.set_str(vm, &names.__doc__, doc)?;
        for name in [&names.__package__, &names.__loader__, &names.__spec__] {
            module.dict.set_str(vm, name, vm.none())?;
        }
        Ok(module)
    }

    /// `__name__`, if it is a str.
    pub fn name_of(module: &Obj) -> Option<String> {
        let dict = &module.downcast::<Self>()?.dict;
        let name = &Interp::get().names().__name__;
        let mut position = 0;
        while let Some((key, value)) = dict.next(&mut position) {
            if key.is(name.as_obj()) {
                return value.downcast::<Str>().map(|name| name.to_string_lossy().into_owned());
            }
        }
        None
    }
}

impl Payload for Module {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &types::MODULE
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(self.dict.as_obj());
    }
}

/// A module written in Rust: how it is made when it is imported. Its file is named as Python names the module.
pub struct NativeModule {
    /// Its full name.
    pub name: &'static str,
    /// `__doc__`
    pub doc: &'static str,
    /// Its functions.
    pub functions: &'static [NativeDef],
    /// Adds types and constants.
    pub fill: fn(&Vm, &Ref<Module>) -> PyResult<()>,
}

impl NativeModule {
    /// Makes the module.
    pub fn make(&self, vm: &Vm) -> PyResult<Ref<Module>> {
        let module = Module::new(vm, self.name, if self.doc.is_empty() { None } else { Some(self.doc) })?;
        let name = vm.intern(self.name).into_obj();
        Module::add_functions_of(&module, vm, &name, self.functions)?;
        (self.fill)(vm, &module)?;
        Ok(module)
    }
}

impl Module {
    /// Sets an attribute while the module is made.
    pub fn add(&self, vm: &Vm, name: &str, value: impl Into<Obj>) -> PyResult<()> {
        self.dict.set_str(vm, &vm.intern(name), value.into())
    }

    /// Adds functions beyond those of [`NativeModule::functions`].
    pub fn add_functions(module: &Ref<Self>, vm: &Vm, functions: &'static [NativeDef]) -> PyResult<()> {
        let name = vm.or_none(module.dict.get_str(vm, &vm.names().__name__)?);
        Self::add_functions_of(module, vm, &name, functions)
    }

    fn add_functions_of(
        module: &Ref<Self>,
        vm: &Vm,
        name: &Obj,
        functions: &'static [NativeDef],
    ) -> PyResult<()> {
        for def in functions {
            let function = NativeFunction::new(def, Some(module.as_obj().clone()), Some(name.clone()));
            module.dict.set_str(vm, &vm.intern(def.name), function.into_obj())?;
        }
        Ok(())
    }

    /// Adds a type under its own name.
    pub fn add_type(&self, vm: &Vm, ty: &TypeObject) -> PyResult<()> {
        self.add(vm, &ty.name(), ty.to_obj())
    }
}
