//! The library's place on `sys.path`: a path entry finder for its directory, which is also the loader of its modules.

use crate::builtins::{IMPORT_ERROR, builtin_type};
use crate::bytes::Bytes;
use crate::errors::PyResult;
use crate::object::{Obj, Payload, Ref};
use crate::sequence::List;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;
use crate::vm::config::{Config, Library, LibraryModule};

/// The finder for one directory of the library, and the loader of what is in it.
pub(crate) struct LibraryImporter {
    /// The directory; none for the whole library, as a finder on `sys.meta_path`.
    directory: Option<String>,
}

impl Payload for LibraryImporter {
    fn class() -> &'static TypeObject {
        &LIBRARY_IMPORTER
    }
}

builtin_type!(/** The library's path entry finder and loader. */ LIBRARY_IMPORTER, "LibraryImporter", LibraryImporter);

pub(super) fn library(vm: &Vm) -> PyResult<&'static dyn Library> {
    match Config::get().stdlib {
        Some(library) => Ok(library),
        None => Err(vm.error(&IMPORT_ERROR, "there is no library")),
    }
}

/// The hook: a finder for the library's directories, an ImportError for others.
fn hook(vm: &Vm, _: &Obj, path: &Obj) -> PyResult {
    if let (Some(library), Some(path)) = (Config::get().stdlib, path.downcast::<Str>()) {
        let directory = path.to_string_lossy();
        let inside = directory.strip_prefix(library.root());
        if inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Ok(Ref::new(LibraryImporter { directory: Some(directory.into_owned()) }).into_obj());
        }
    }
    Err(vm.error(&IMPORT_ERROR, "not a directory of the library"))
}

static HOOK: NativeDef = NativeDef::new(
    "library_path_hook",
    "($module, path, /)",
    "A finder for a directory of the library.",
    NativeCall::One(hook),
);

/// Puts the hook first on `sys.path_hooks`.
pub(super) fn install(vm: &Vm) -> PyResult<()> {
    let hooks = vm.interp().sys().get_str(vm, &vm.names().path_hooks)?;
    if let Some(hooks) = hooks.as_ref().and_then(|hooks| hooks.downcast::<List>()) {
        hooks.items.insert(0, crate::function::NativeFunction::new(&HOOK, None, None).into_obj());
    }
    Ok(())
}

/// Puts a finder for the whole library on `sys.meta_path`: for an interpreter without the modules that finding files
/// takes.
pub(super) fn install_without_files(vm: &Vm) -> PyResult<()> {
    let finders = vm.interp().sys().get_str(vm, &vm.names().meta_path)?;
    if let Some(finders) = finders.as_ref().and_then(|finders| finders.downcast::<List>()) {
        finders.items.push(Ref::new(LibraryImporter { directory: None }).into_obj());
    }
    Ok(())
}

fn find_spec(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let importer = vm.receiver::<LibraryImporter>(object)?;
    let name = vm.str_argument("find_spec", "1", &args[0])?.to_string_lossy();
    let Some(module) = library(vm)?.find(&name) else { return Ok(vm.none()) };
    let place = module.path.strip_suffix("/__init__.py").unwrap_or(module.path);
    let lies_in = place.rsplit_once('/').map_or("", |(front, _)| front);
    if importer.directory.as_deref().is_some_and(|directory| directory != lies_in) {
        return Ok(vm.none());
    }
    let Some(bootstrap) = vm.interp().importlib().get() else { return Ok(vm.none()) };
    let make = vm.getattr_named(bootstrap, "ModuleSpec")?;
    let path = Str::new(module.path).into_obj();
    let spec = vm.call_with(
        &make,
        crate::call::Args::new(
            &[args[0].clone(), object.clone(), path, vm.bool(module.is_package)],
            &[vm.intern("origin").into_obj(), vm.intern("is_package").into_obj()],
        ),
    )?;
    // Where a module lies is asked of importlib's external half, which is only there where files are.
    if importer.directory.is_some() {
        vm.setattr(&spec, &vm.intern("has_location"), &vm.bool(true))?;
    }
    if module.is_package {
        let locations = List::new(vec![Str::new(place).into_obj()]).into_obj();
        vm.setattr(&spec, &vm.intern("submodule_search_locations"), &locations)?;
    }
    Ok(spec)
}

fn module_named(vm: &Vm, name: &Obj) -> PyResult<LibraryModule> {
    let text = vm.str_argument("find", "1", name)?.to_string_lossy();
    match library(vm)?.find(&text) {
        Some(module) => Ok(module),
        None => {
            let error = vm.error(&IMPORT_ERROR, &format!("the library has no module '{text}'"));
            crate::builtins::exceptions::set_field(error.exception(), "name", name);
            Err(error)
        }
    }
}

fn create_module(vm: &Vm, _: &Obj, _: &Obj) -> PyResult {
    Ok(vm.none())
}

fn code_of(vm: &Vm, name: &Obj) -> PyResult {
    let module = module_named(vm, name)?;
    let optimize = Config::get().flags.optimize;
    if optimize == 0 {
        return crate::modules::marshal::load(vm, &(module.code)());
    }
    // The code that is kept is that without optimization.
    let source = crate::modules::builtins::running::Source::Bytes((module.source)().into_bytes());
    let options = lasti_compile::Options { optimize, ..lasti_compile::Options::default() };
    Ok(vm.compile(&source, module.path, &options)?.into_obj())
}

fn exec_module(vm: &Vm, _: &Obj, module: &Obj) -> PyResult {
    let name = vm.getattr(module, &vm.names().__name__)?;
    let code = code_of(vm, &name)?;
    let namespace = vm.getattr(module, &vm.names().__dict__)?;
    let (Some(code), Some(namespace)) =
        (code.downcast::<crate::code::Code>(), namespace.downcast::<crate::dict::Dict>())
    else {
        return Err(vm.type_error("a module runs its code in its dictionary"));
    };
    let builtins = &vm.names().__builtins__;
    if namespace.get_str(vm, builtins)?.is_none() {
        namespace.set_str(vm, builtins, vm.interp().builtins().as_obj().clone())?;
    }
    let file = &vm.names().__file__;
    if namespace.get_str(vm, file)?.is_none() {
        namespace.set_str(vm, file, get_filename(vm, module, &name)?)?;
    }
    crate::eval::run_module_code(vm, code, namespace)?;
    Ok(vm.none())
}

fn get_code(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    code_of(vm, name)
}

fn get_source(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Ok(Str::new(&(module_named(vm, name)?.source)()).into_obj())
}

fn is_package(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Ok(vm.bool(module_named(vm, name)?.is_package))
}

fn get_filename(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    Ok(Str::new(module_named(vm, name)?.path).into_obj())
}

fn get_data(vm: &Vm, _: &Obj, path: &Obj) -> PyResult {
    let text = vm.str_argument("get_data", "1", path)?.to_string_lossy();
    match library(vm)?.contents(&text) {
        Some(contents) => Ok(Bytes::new(&contents).into_obj()),
        None => Err(vm.os_error_for(libc::ENOENT, Some(path), None)),
    }
}

/// What `importlib.resources` gets of a package; nothing for other modules.
fn get_resource_reader(vm: &Vm, _: &Obj, name: &Obj) -> PyResult {
    let module = module_named(vm, name)?;
    match module.path.rsplit_once('/') {
        Some((directory, _)) if module.is_package => Ok(super::resources::at(directory)),
        _ => Ok(vm.none()),
    }
}

fn invalidate_caches(vm: &Vm, _: &Obj) -> PyResult {
    Ok(vm.none())
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let importer = vm.receiver::<LibraryImporter>(object)?;
    let directory = importer.directory.as_deref().unwrap_or_default();
    Ok(Str::new(&format!("LibraryImporter('{directory}')")).into_obj())
}

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "find_spec",
        "($self, fullname, target=None)",
        "The spec of a module in this directory.",
        NativeCall::Positional(1, 3, find_spec),
    ),
    NativeDef::new(
        "create_module",
        "($self, spec)",
        "The module is made in the usual way.",
        NativeCall::One(create_module),
    ),
    NativeDef::new("exec_module", "($self, module)", "Run the module's code.", NativeCall::One(exec_module)),
    NativeDef::new("get_code", "($self, fullname)", "The module's code.", NativeCall::One(get_code)),
    NativeDef::new("get_source", "($self, fullname)", "The module's source.", NativeCall::One(get_source)),
    NativeDef::new("get_filename", "($self, fullname)", "The module's path.", NativeCall::One(get_filename)),
    NativeDef::new(
        "get_data",
        "($self, path)",
        "What is in a file of the library.",
        NativeCall::One(get_data),
    ),
    NativeDef::new(
        "get_resource_reader",
        "($self, fullname)",
        "The package's directory, for importlib.resources.",
        NativeCall::One(get_resource_reader),
    ),
    NativeDef::new(
        "is_package",
        "($self, fullname)",
        "Whether the module is a package.",
        NativeCall::One(is_package),
    ),
    NativeDef::new(
        "invalidate_caches",
        "($self)",
        "Nothing is cached.",
        NativeCall::NoArgs(invalidate_caches),
    ),
];

pub(crate) fn init(vm: &Vm) {
    super::resources::init(vm);
    TypeBuilder::new(vm, &LIBRARY_IMPORTER)
        .module("_frozen_importlib_external")
        .flags(TypeFlags::DISALLOW_INSTANTIATION)
        .slots(|slots| slots.repr.set(Some(repr)))
        .methods(METHODS)
        .ready();
}
