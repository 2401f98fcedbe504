//! Running a program from its source to its end.

use crate::code::Code;
use crate::errors::PyResult;
use crate::module::Module;
use crate::object::Ref;
use crate::text::Str;
use crate::vm::Vm;

/// Runs a program's source as `__main__` and returns its exit code. What it raises is shown on standard error.
pub fn run_source(vm: &Vm, source: &[u8], name: &str) -> u8 {
    let result = start(vm).and_then(|()| run_main(vm, source, name));
    let code = match result {
        Ok(()) => 0,
        Err(error) => crate::modules::excepthook::end_of_program(vm, error.exception()),
    };
    crate::modules::finish(vm);
    (code & 0xFF) as u8
}

/// Brings up the modules that every program needs.
fn start(vm: &Vm) -> PyResult<()> {
    crate::modules::start(vm)?;
    crate::import::start(vm)
}

fn run_main(vm: &Vm, source: &[u8], name: &str) -> PyResult<()> {
    let options = lasti_compile::Options {
        optimize: crate::vm::config::Config::get().flags.optimize,
        ..lasti_compile::Options::default()
    };
    let names = vm.names();
    let main = Module::new(vm, "__main__", None)?;
    vm.interp().modules().set_str(vm, &names.__main__, main.as_obj().clone())?;
    main.dict.set_str(vm, &names.__file__, Str::new(name).into_obj())?;
    if let Some(builtins) = vm.interp().modules().get_str(vm, &names.builtins)? {
        main.dict.set_str(vm, &names.__builtins__, builtins)?;
    }
    let source = crate::modules::builtins::running::Source::Bytes(source.to_vec());
    let code: Ref<Code> = vm.compile(&source, name, &options)?;
    crate::eval::run_module_code(vm, &code, &main.dict)?;
    Ok(())
}
