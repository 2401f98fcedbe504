//! `Unpickler`: its settings and attributes; `load` and `loads`.

use std::cell::{Cell, RefCell};

use lasti_vm::builtins::OBJECT;
use lasti_vm::bytes::Bytes;
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell, Object, Payload, Visitor};
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Args, PyResult, Ref, Signature, Vm};

use super::load::{Input, Loader, Source};
use super::memo::ReadMemo;
use super::names::{chained, dotted_path, follow, import, renamed};
use super::proxies::UnpicklerMemoProxy;
use super::unpickling_error;

/// The payload of `Unpickler`: how it reads, and what it has read.
pub(super) struct Unpickler {
    pub(super) memo: RefCell<ReadMemo>,
    /// Where it reads; none where nobody called `__init__`, and while it is reading.
    input: RefCell<Option<Input>>,
    persistent_load: ObjCell,
    /// An iterator over the buffers that are not in the pickle.
    pub(super) buffers: ObjCell,
    pub(super) encoding: RefCell<String>,
    pub(super) errors: RefCell<String>,
    pub(super) protocol: Cell<u8>,
    pub(super) fix_imports: Cell<bool>,
    running: Cell<bool>,
}

impl Default for Unpickler {
    fn default() -> Self {
        Self {
            memo: RefCell::default(),
            input: RefCell::new(None),
            persistent_load: ObjCell::empty(),
            buffers: ObjCell::empty(),
            encoding: RefCell::new("ASCII".to_owned()),
            errors: RefCell::new("strict".to_owned()),
            protocol: Cell::new(0),
            fix_imports: Cell::new(true),
            running: Cell::new(false),
        }
    }
}

impl Payload for Unpickler {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &UNPICKLER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.memo.borrow().traverse(visitor);
        if let Some(input) = &*self.input.borrow() {
            input.traverse(visitor);
        }
        self.persistent_load.traverse(visitor);
        self.buffers.traverse(visitor);
    }

    fn clear(&self) {
        self.forget();
    }
}

lasti_vm::builtin_type!(/** `_pickle.Unpickler` */ UNPICKLER, "Unpickler", Unpickler);

impl Unpickler {
    /// Gives up all that it refers to.
    fn forget(&self) {
        self.set_memo(ReadMemo::default());
        let input = self.input.take();
        drop(input);
        drop(self.persistent_load.take());
        drop(self.buffers.take());
    }

    pub(super) fn set_memo(&self, memo: ReadMemo) {
        let old = self.memo.replace(memo);
        drop(old);
    }

    /// Remembers an object under a number.
    #[inline]
    pub(super) fn remember(&self, number: usize, object: Obj) {
        let old = self.memo.borrow_mut().set(number, object);
        drop(old);
    }

    fn configure(&self, vm: &Vm, function: &str, options: [Option<&Obj>; 4]) -> PyResult<()> {
        let [fix_imports, encoding, errors, buffers] = options;
        let fix_imports = fix_imports.map_or(Ok(true), |fix| vm.is_true(fix))?;
        let text = |name: &str, given: Option<&Obj>, default: &str| match given {
            None => Ok(default.to_owned()),
            Some(given) => vm.plain_str_argument(function, name, given),
        };
        self.encoding.replace(text("'encoding'", encoding, "ASCII")?);
        self.errors.replace(text("'errors'", errors, "strict")?);
        let buffers = buffers.filter(|buffers| !vm.is_none(buffers));
        self.buffers.set(buffers.map(|buffers| vm.iter(buffers)).transpose()?);
        self.fix_imports.set(fix_imports);
        Ok(())
    }

    fn check_idle(&self, vm: &Vm) -> PyResult<()> {
        if self.running.get() { Err(vm.runtime_error("Unpickler object is already used")) } else { Ok(()) }
    }

    /// The object of that name in a module: `Unpickler.find_class`.
    pub(super) fn find(&self, vm: &Vm, module: &Obj, name: &Obj) -> PyResult {
        let (Some(module), Some(name)) = (module.downcast::<Str>(), name.downcast::<Str>()) else {
            let wrong = if module.downcast::<Str>().is_some() { name } else { module };
            return Err(vm.type_error(format!("must be str, not {}", wrong.ty().tp_name())));
        };
        vm.audit("pickle.find_class", &[module.as_obj().clone(), name.as_obj().clone()])?;
        let (module, name) = if self.protocol.get() < 3 && self.fix_imports.get() {
            renamed(vm, "", module, name)?.unwrap_or_else(|| (module.clone(), name.clone()))
        } else {
            (module.clone(), name.clone())
        };
        let loaded = import(vm, module.as_obj())?;
        if self.protocol.get() < 4 {
            return vm.getattr(&loaded, &name);
        }
        let path = dotted_path(vm, &name);
        follow(vm, &loaded, &path).or_else(|error| {
            if path.len() == 1 {
                return Err(error);
            }
            let (name, module) = (vm.repr_text(name.as_obj())?, vm.repr_text(module.as_obj())?);
            let message = format!("Can't resolve path {name} on module {module}");
            Err(chained(vm.error(&lasti_vm::builtins::ATTRIBUTE_ERROR, &message), error))
        })
    }
}

static INIT: Signature<5> =
    Signature::new("Unpickler", ["file", "fix_imports", "encoding", "errors", "buffers"], 1).keyword_only(1);
static LOAD: Signature<5> =
    Signature::new("load", ["file", "fix_imports", "encoding", "errors", "buffers"], 1).keyword_only(1);
static LOADS: Signature<5> = Signature::new("loads", ["", "fix_imports", "encoding", "errors", "buffers"], 1)
    .positional_only(1)
    .keyword_only(1);

pub(super) fn load_function(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(file), options @ ..] = args.bind(vm, &LOAD)? else { return Ok(vm.none()) };
    let unpickler = Unpickler::default();
    let mut input = Input::of_file(Source::new(vm, file)?);
    unpickler.configure(vm, "load", options)?;
    Loader::new(vm, &unpickler, None, None).load(&mut input)
}

pub(super) fn loads_function(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(data), options @ ..] = args.bind(vm, &LOADS)? else { return Ok(vm.none()) };
    let unpickler = Unpickler::default();
    let data = match data.downcast::<Bytes>() {
        Some(bytes) => bytes.clone(),
        None => Bytes::new(&vm.contiguous_buffer(data)?.to_vec()),
    };
    unpickler.configure(vm, "loads", options)?;
    Loader::new(vm, &unpickler, None, None).load(&mut Input::of_bytes(data))
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Unpickler::default()).into_obj())
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let this = vm.receiver::<Unpickler>(object)?;
    let [Some(file), options @ ..] = args.bind(vm, &INIT)? else { return Ok(()) };
    this.check_idle(vm)?;
    if this.input.borrow().is_some() {
        this.forget();
    }
    let source = Source::new(vm, file)?;
    this.configure(vm, "Unpickler", options)?;
    this.set_memo(ReadMemo::default());
    this.protocol.set(0);
    let old = this.input.replace(Some(Input::of_file(source)));
    drop(old);
    Ok(())
}

fn load(vm: &Vm, object: &Obj) -> PyResult {
    let this = vm.receiver::<Unpickler>(object)?;
    this.check_idle(vm)?;
    let input = this.input.take();
    let Some(mut input) = input else {
        let name = object.ty().tp_name();
        let message = format!("Unpickler.__init__() was not called by {name}.__init__()");
        return Err(unpickling_error(vm, &message));
    };
    this.running.set(true);
    let result = load_with(vm, object, this, &mut input);
    this.running.set(false);
    let old = this.input.replace(Some(input));
    drop(old);
    result
}

fn load_with(vm: &Vm, object: &Obj, this: &Unpickler, input: &mut Input) -> PyResult {
    let is_plain = object.is_exact(&UNPICKLER);
    let persistent_load = match this.persistent_load.get() {
        Some(set) => Some(set),
        None if is_plain => None,
        None => Some(vm.getattr(object, &vm.intern("persistent_load"))?),
    };
    Loader::new(vm, this, (!is_plain).then_some(object), persistent_load).load(input)
}

#[cold]
pub(super) fn no_persistent_load(vm: &Vm) -> lasti_vm::Exc {
    unpickling_error(
        vm,
        "A load persistent id instruction was encountered, but no persistent_load function was specified.",
    )
}

fn find_class(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    vm.receiver::<Unpickler>(object)?.find(vm, &args[0], &args[1])
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let memo = vm.receiver::<Unpickler>(object)?.memo.borrow().len();
    Ok(Int::from_usize(size_of::<Object<Unpickler>>() + memo * size_of::<Obj>()))
}

/// `persistent_load` is an attribute of its own, so that a bound method of the unpickler itself can be set.
fn getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    if name.as_bytes() == b"persistent_load"
        && let Some(set) = vm.receiver::<Unpickler>(object)?.persistent_load.get()
    {
        return Ok(set);
    }
    match OBJECT.slots.getattro.get() {
        Some(get) => get(vm, object, name),
        None => Err(vm.no_attribute(object, name)),
    }
}

fn setattro(vm: &Vm, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
    if name.as_bytes() == b"persistent_load" {
        vm.receiver::<Unpickler>(object)?.persistent_load.set(value.cloned());
        return Ok(());
    }
    match OBJECT.slots.setattro.get() {
        Some(set) => set(vm, object, name, value),
        None => Err(vm.no_attribute(object, name)),
    }
}

fn set_memo(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let this = vm.receiver::<Unpickler>(object)?;
    let Some(value) = value else { return Err(vm.type_error("attribute deletion is not supported")) };
    let memo = if let Some(proxy) = value.downcast::<UnpicklerMemoProxy>() {
        match proxy.unpickler() {
            Some(unpickler) => unpickler.memo.borrow().clone(),
            None => ReadMemo::default(),
        }
    } else if let Some(dict) = value.downcast::<Dict>() {
        let mut memo = ReadMemo::default();
        for (number, object) in dict.items() {
            if number.as_int().is_none() {
                return Err(vm.type_error("memo key must be integers"));
            }
            let Ok(number) = usize::try_from(vm.index_i64(&number)?) else {
                return Err(vm.value_error("memo key must be positive integers."));
            };
            // The dictionary still has it.
            drop(memo.set(number, object));
        }
        memo
    } else {
        return Err(vm.type_error(format!(
            "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
            value.ty().tp_name()
        )));
    };
    this.set_memo(memo);
    Ok(())
}

static PROPERTIES: &[Property] = &[Property::new("memo", "", |vm, object| {
    Ok(UnpicklerMemoProxy::make(vm.receiver::<Unpickler>(object)?))
})
.with_setter(set_memo)];

static METHODS: &[NativeDef] = &[
    NativeDef::new(
        "persistent_load",
        "($self, pid, /)",
        "",
        NativeCall::One(|vm, _, _| Err(no_persistent_load(vm))),
    ),
    NativeDef::new(
        "load",
        "($self, /)",
        "Load a pickle.\n\nRead a pickled object representation from the open file object given\nin the constructor, and return the reconstituted object hierarchy\nspecified therein.",
        NativeCall::NoArgs(load),
    ),
    NativeDef::new(
        "find_class",
        "($self, module_name, global_name, /)",
        "Return an object from a specified module.\n\nIf necessary, the module will be imported. Subclasses may override\nthis method (e.g. to restrict unpickling of arbitrary classes and\nfunctions).\n\nThis method is called whenever a class or a function object is\nneeded.  Both arguments passed are str objects.",
        NativeCall::Positional(2, 2, find_class),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Returns size in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &UNPICKLER)
        .doc("This takes a binary file for reading a pickle data stream.\n\nThe protocol version of the pickle is detected automatically, so no\nprotocol argument is needed.  Bytes past the pickled object's\nrepresentation are ignored.\n\nThe argument *file* must have two methods, a read() method that takes\nan integer argument, and a readline() method that requires no\narguments.  Both methods should return bytes.  Thus *file* can be a\nbinary file object opened for reading, an io.BytesIO object, or any\nother custom object that meets this interface.\n\nOptional keyword arguments are *fix_imports*, *encoding* and *errors*,\nwhich are used to control compatibility support for pickle stream\ngenerated by Python 2.  If *fix_imports* is True, pickle will try to\nmap the old Python 2 names to the new names used in Python 3.  The\n*encoding* and *errors* tell pickle how to decode 8-bit string\ninstances pickled by Python 2; these default to 'ASCII' and 'strict',\nrespectively.  The *encoding* can be 'bytes' to read these 8-bit\nstring instances as bytes objects.")
        .module("_pickle")
        .flags(TypeFlags::BASETYPE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.init.set(Some(init));
            slots.getattro.set(Some(getattro));
            slots.setattro.set(Some(setattro));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
}
