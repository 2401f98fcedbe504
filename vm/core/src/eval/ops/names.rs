//! Names: globals, builtins, the namespaces of modules and class bodies.

use super::{name, object};
use crate::dict::Dict;
use crate::errors::PyResult;
use crate::eval::{Fp, Sp, effect_op, fail, next, next_or_raise, op, specialize, throw, value_op};
use crate::frame::Frame;
use crate::object::obj::{release, share};
use crate::object::{Obj, Ref, Value};
use crate::text::Str;
use crate::vm::Vm;

/// `namespace[name]`, where it may be any mapping.
pub(super) fn in_namespace(vm: &Vm, namespace: &Obj, name: &Ref<Str>) -> PyResult<Option<Obj>> {
    if let Some(dict) = namespace.downcast_exact::<Dict>() {
        return dict.get_str(vm, name);
    }
    match vm.getitem(namespace, name.as_obj()) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is(&crate::builtins::KEY_ERROR) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cold]
fn not_defined(vm: &Vm, name: &Ref<Str>) -> crate::errors::Exc {
    vm.name_error(&format!("name '{}' is not defined", name.to_string_lossy()), name)
}

/// A global or builtin. What subclasses of dict say counts.
unsafe fn global(vm: &Vm, fp: *mut Frame, name: &Ref<Str>) -> PyResult {
    if let Some(value) = in_namespace(vm, &(&*(*fp).globals).to_obj(), name)? {
        return Ok(value);
    }
    builtin(vm, fp, name)
}

unsafe fn builtin(vm: &Vm, fp: *mut Frame, name: &Ref<Str>) -> PyResult {
    match in_namespace(vm, &(&*(*fp).builtins).to_obj(), name)? {
        Some(value) => Ok(value),
        None => Err(not_defined(vm, name)),
    }
}

op! {
    /// LOAD_GLOBAL ( -- value [NULL])
    fn load_global(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        if specialize::due(ip.add(1)) && specialize::load_global(ip, fp, vm, oparg) {
            return specialize::redo(ip, sp, fp, vm, oparg);
        }
        next_or_raise!(ip, ip.add(5), sp, load_global_generic(sp, fp, vm, oparg), fp, vm)
    }
}

#[inline(never)]
unsafe fn load_global_generic(sp: Sp, fp: Fp, vm: &Vm, oparg: u32) -> Sp {
    match global(vm, fp, name(fp, oparg >> 1)) {
        Ok(value) => {
            *sp = value.into_value();
            *sp.add(1) = Value::NULL;
            sp.add(1 + (oparg & 1) as usize)
        }
        Err(error) => fail(vm, error),
    }
}

op! {
    /// LOAD_GLOBAL_MODULE: the module's dictionary has the keys that it had.
    fn load_global_module(ip, sp, fp, vm, oparg) {
        let globals: &Dict = &*(*fp).globals;
        if globals.keys_version() != specialize::read_u16(ip, 3) || globals.keys_version() == 0 {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        match globals.table.peek(specialize::read_u16(ip, 2) as usize) {
            Some((_, Some(value), _)) => {
                *sp = share(value.value());
                *sp.add(1) = Value::NULL;
                next!(ip.add(5), sp.add(1 + (oparg & 1) as usize), fp, vm)
            }
            _ => specialize::deopt(ip, sp, fp, vm, oparg),
        }
    }
}

op! {
    /// LOAD_GLOBAL_BUILTIN: neither the module's nor the builtins' keys changed.
    fn load_global_builtin(ip, sp, fp, vm, oparg) {
        let (globals, builtins): (&Dict, &Dict) = (&*(*fp).globals, &*(*fp).builtins);
        if globals.keys_version() != specialize::read_u16(ip, 3)
            || builtins.keys_version() != specialize::read_u16(ip, 4)
            || globals.keys_version() == 0
            || builtins.keys_version() == 0
        {
            return specialize::deopt(ip, sp, fp, vm, oparg);
        }
        match builtins.table.peek(specialize::read_u16(ip, 2) as usize) {
            Some((_, Some(value), _)) => {
                *sp = share(value.value());
                *sp.add(1) = Value::NULL;
                next!(ip.add(5), sp.add(1 + (oparg & 1) as usize), fp, vm)
            }
            _ => specialize::deopt(ip, sp, fp, vm, oparg),
        }
    }
}

value_op! {
    /// LOAD_NAME ( -- value)
    fn load_name(vm, fp, args, oparg) pops 0, caches 0, {
        let name = name(fp, oparg);
        let namespace = (*fp).namespace;
        if !namespace.is_null() {
            let namespace = Obj::from_value(namespace);
            if let Some(value) = in_namespace(vm, &namespace, name)? {
                return Ok(value);
            }
        }
        match (&*(*fp).globals).get_str(vm, name)? {
            Some(value) => Ok(value),
            None => builtin(vm, fp, name),
        }
    }
}

op! {
    /// LOAD_FROM_DICT_OR_GLOBALS (namespace -- value)
    fn load_from_dict_or_globals(ip, sp, fp, vm, oparg) {
        (*fp).ip = ip;
        let name = name(fp, oparg);
        let value = match in_namespace(vm, object(sp.sub(1)), name) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => global(vm, fp, name),
            Err(error) => Err(error),
        };
        match value {
            Ok(value) => {
                let namespace = *sp.sub(1);
                *sp.sub(1) = value.into_value();
                release(namespace);
                next!(ip.add(1), sp, fp, vm)
            }
            Err(error) => throw!(ip, sp, fp, vm, error),
        }
    }
}

unsafe fn namespace(vm: &Vm, fp: *mut Frame, name: &Ref<Str>, doing: &str) -> PyResult {
    let namespace = (*fp).namespace;
    if namespace.is_null() {
        return Err(vm.system_error(format!("no locals found when {doing} '{}'", name.to_string_lossy())));
    }
    Ok(Obj::from_value(namespace))
}

effect_op! {
    /// STORE_NAME (value -- )
    fn store_name(vm, fp, args, oparg) pops 1, caches 0, {
        let name = name(fp, oparg);
        let namespace = namespace(vm, fp, name, "storing")?;
        match namespace.downcast_exact::<Dict>() {
            Some(dict) => dict.set_str(vm, name, args[0].clone()),
            None => vm.setitem(&namespace, name.as_obj(), &args[0]),
        }
    }
}

effect_op! {
    /// DELETE_NAME ( -- )
    fn delete_name(vm, fp, args, oparg) pops 0, caches 0, {
        let name = name(fp, oparg);
        let namespace = namespace(vm, fp, name, "deleting")?;
        match vm.delitem(&namespace, name.as_obj()) {
            Err(error) if error.is(&crate::builtins::KEY_ERROR) => Err(not_defined(vm, name)),
            result => result,
        }
    }
}

effect_op! {
    /// STORE_GLOBAL (value -- )
    fn store_global(vm, fp, args, oparg) pops 1, caches 0, {
        (&*(*fp).globals).set_str(vm, name(fp, oparg), args[0].clone())
    }
}

effect_op! {
    /// DELETE_GLOBAL ( -- )
    fn delete_global(vm, fp, args, oparg) pops 0, caches 0, {
        let name = name(fp, oparg);
        match (&*(*fp).globals).remove_str(vm, name)? {
            Some(_) => Ok(()),
            None => Err(not_defined(vm, name)),
        }
    }
}

effect_op! {
    /// SETUP_ANNOTATIONS ( -- )
    fn setup_annotations(vm, fp, args, oparg) pops 0, caches 0, {
        let name = &vm.names().__annotations__;
        let namespace = namespace(vm, fp, name, "setting up annotations")?;
        if in_namespace(vm, &namespace, name)?.is_none() {
            vm.setitem(&namespace, name.as_obj(), &Dict::new().into_obj())?;
        }
        Ok(())
    }
}
