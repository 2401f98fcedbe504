//! Imports.

use super::{name, object};
use crate::eval::{Fp, Sp, fail, next_or_raise, op, value_op};
use crate::vm::Vm;

value_op! {
    /// IMPORT_NAME (level fromlist -- module)
    fn import_name(vm, fp, args, oparg) pops 2, caches 0, {
        let name = name(fp, oparg);
        let globals = (&*(*fp).globals).to_ref();
        let builtins = (&*(*fp).builtins).to_ref();
        let import = crate::builtins::builtins_mapping::get(vm, &builtins, &vm.names().__import__)?;
        let Some(import) = import else {
            return Err(vm.error(&crate::builtins::IMPORT_ERROR, "__import__ not found"));
        };
        let namespace = (*fp).namespace;
        let locals = if namespace.is_null() { vm.none() } else { crate::object::Obj::from_value(namespace) };
        vm.call(&import, &[name.as_obj().clone(), globals.into_obj(), locals, args[1].clone(), args[0].clone()])
    }
}

op! {
    /// IMPORT_FROM (module -- module value)
    fn import_from(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        next_or_raise!(ip, ip.add(1), sp, push_imported(sp, fp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn push_imported(sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Sp {
    match vm.import_from(object(sp.sub(1)), name(fp, oparg)) {
        Ok(value) => {
            *sp = value.into_value();
            sp.add(1)
        }
        Err(error) => fail(vm, error),
    }
}
