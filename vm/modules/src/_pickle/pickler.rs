//! `Pickler`: its settings and attributes; `dump` and `dumps`.

use std::cell::{Cell, RefCell};

use lasti_vm::builtins::{BUILTIN_FUNCTION, OBJECT};
use lasti_vm::bytes::Bytes;
use lasti_vm::dict::Dict;
use lasti_vm::inspect::class_attribute;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell, Object, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Args, PyResult, Ref, Signature, Vm};

use super::memo::WrittenMemo;
use super::proxies::PicklerMemoProxy;
use super::save::{Hooks, Job};
use super::{HIGHEST_PROTOCOL, pickling_error};

/// What is used where no protocol is asked for.
const DEFAULT_PROTOCOL: u8 = 5;

/// The payload of `Pickler`: how it writes, and what it has written.
pub(super) struct Pickler {
    pub(super) memo: RefCell<WrittenMemo>,
    /// The `write` method of the file; empty where nobody called `__init__`.
    pub(super) write: ObjCell,
    persistent_id: ObjCell,
    pub(super) dispatch_table: ObjCell,
    pub(super) buffer_callback: ObjCell,
    pub(super) protocol: Cell<u8>,
    /// Whether it writes binary opcodes. Python can change it.
    pub(super) binary: Cell<i32>,
    /// Whether nothing is remembered. Python can change it.
    pub(super) fast: Cell<i32>,
    pub(super) fix_imports: Cell<bool>,
    running: Cell<bool>,
}

impl Default for Pickler {
    fn default() -> Self {
        Self {
            memo: RefCell::default(),
            write: ObjCell::empty(),
            persistent_id: ObjCell::empty(),
            dispatch_table: ObjCell::empty(),
            buffer_callback: ObjCell::empty(),
            protocol: Cell::new(DEFAULT_PROTOCOL),
            binary: Cell::new(1),
            fast: Cell::new(0),
            fix_imports: Cell::new(false),
            running: Cell::new(false),
        }
    }
}

impl Payload for Pickler {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &PICKLER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.memo.borrow().traverse(visitor);
        for cell in self.cells() {
            cell.traverse(visitor);
        }
    }

    fn clear(&self) {
        self.forget();
    }
}

lasti_vm::builtin_type!(/** `_pickle.Pickler` */ PICKLER, "Pickler", Pickler);

impl Pickler {
    fn cells(&self) -> [&ObjCell; 4] {
        [&self.write, &self.persistent_id, &self.dispatch_table, &self.buffer_callback]
    }

    /// Gives up all that it refers to.
    fn forget(&self) {
        self.set_memo(WrittenMemo::default());
        for cell in self.cells() {
            drop(cell.take());
        }
    }

    pub(super) fn set_memo(&self, memo: WrittenMemo) {
        let old = self.memo.replace(memo);
        drop(old);
    }

    fn set_protocol(&self, vm: &Vm, protocol: Option<&Obj>, fix_imports: Option<&Obj>) -> PyResult<()> {
        let protocol = match protocol.filter(|protocol| !vm.is_none(protocol)) {
            None => DEFAULT_PROTOCOL,
            Some(given) => {
                let Some(given) = vm.index(given)?.as_i64() else {
                    return Err(vm.overflow_error("Python int too large to convert to C long"));
                };
                match u8::try_from(given) {
                    _ if given < 0 => HIGHEST_PROTOCOL,
                    Ok(given) if given <= HIGHEST_PROTOCOL => given,
                    _ => {
                        return Err(vm.value_error(format!("pickle protocol must be <= {HIGHEST_PROTOCOL}")));
                    }
                }
            }
        };
        let fix_imports = fix_imports.map_or(Ok(true), |fix| vm.is_true(fix))?;
        self.protocol.set(protocol);
        self.binary.set((protocol > 0).into());
        self.fix_imports.set(fix_imports && protocol < 3);
        Ok(())
    }

    fn set_file(&self, vm: &Vm, file: &Obj) -> PyResult<()> {
        match vm.find_attr(file, &vm.names().write)? {
            Some(write) => self.write.set(write),
            None => return Err(vm.type_error("file must have a 'write' attribute")),
        }
        Ok(())
    }

    fn set_buffer_callback(&self, vm: &Vm, callback: Option<&Obj>) -> PyResult<()> {
        let callback = callback.filter(|callback| !vm.is_none(callback));
        if callback.is_some() && self.protocol.get() < 5 {
            return Err(vm.value_error("buffer_callback needs protocol >= 5"));
        }
        self.buffer_callback.set(callback.cloned());
        Ok(())
    }

    fn check_idle(&self, vm: &Vm) -> PyResult<()> {
        if self.running.get() { Err(vm.runtime_error("Pickler object is already used")) } else { Ok(()) }
    }
}

static INIT: Signature<4> =
    Signature::new("Pickler", ["file", "protocol", "fix_imports", "buffer_callback"], 1);
static DUMP: Signature<5> =
    Signature::new("dump", ["obj", "file", "protocol", "fix_imports", "buffer_callback"], 2).keyword_only(3);
static DUMPS: Signature<4> =
    Signature::new("dumps", ["obj", "protocol", "fix_imports", "buffer_callback"], 1).keyword_only(2);

pub(super) fn dump_function(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(object), Some(file), protocol, fix_imports, callback] = args.bind(vm, &DUMP)? else {
        return Ok(vm.none());
    };
    let pickler = Pickler::default();
    pickler.set_protocol(vm, protocol, fix_imports)?;
    pickler.set_file(vm, file)?;
    pickler.set_buffer_callback(vm, callback)?;
    let mut job = Job::new(vm, &pickler, Hooks::default());
    job.dump(object)?;
    job.flush()?;
    Ok(vm.none())
}

pub(super) fn dumps_function(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(object), protocol, fix_imports, callback] = args.bind(vm, &DUMPS)? else {
        return Ok(vm.none());
    };
    let pickler = Pickler::default();
    pickler.set_protocol(vm, protocol, fix_imports)?;
    pickler.set_buffer_callback(vm, callback)?;
    let mut job = Job::new(vm, &pickler, Hooks::default());
    job.dump(object)?;
    Ok(Bytes::new(job.written()).into_obj())
}

fn new(_: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    Ok(Ref::new_in(ty, Pickler::default()).into_obj())
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let this = vm.receiver::<Pickler>(object)?;
    let [Some(file), protocol, fix_imports, callback] = args.bind(vm, &INIT)? else { return Ok(()) };
    this.check_idle(vm)?;
    if !this.write.is_empty() {
        this.forget();
    }
    this.set_protocol(vm, protocol, fix_imports)?;
    this.set_file(vm, file)?;
    this.set_buffer_callback(vm, callback)?;
    this.fast.set(0);
    if this.dispatch_table.is_empty() {
        // A class may have one for all its instances.
        this.dispatch_table.set(vm.find_attr(object, &vm.intern("dispatch_table"))?);
    }
    Ok(())
}

/// The hooks that the pickler's class, or somebody else, has set.
fn hooks(vm: &Vm, object: &Obj, this: &Pickler) -> PyResult<Hooks> {
    if object.is_exact(&PICKLER) {
        return Ok(Hooks { persistent_id: this.persistent_id.get(), reducer_override: None });
    }
    let name = vm.intern("persistent_id");
    let persistent_id = vm.getattr(object, &name)?;
    let is_own = persistent_id.is_exact(&BUILTIN_FUNCTION)
        && match (class_attribute(vm, object.ty(), &name), class_attribute(vm, &PICKLER, &name)) {
            (Some(found), Some(own)) => found.is(&own),
            _ => false,
        };
    Ok(Hooks {
        persistent_id: (!is_own).then_some(persistent_id),
        reducer_override: vm.find_attr(object, &vm.intern("reducer_override"))?,
    })
}

fn dump(vm: &Vm, object: &Obj, what: &Obj) -> PyResult {
    let this = vm.receiver::<Pickler>(object)?;
    if this.write.is_empty() {
        let name = object.ty().tp_name();
        return Err(pickling_error(vm, &format!("Pickler.__init__() was not called by {name}.__init__()")));
    }
    this.check_idle(vm)?;
    this.running.set(true);
    let result = dump_with(vm, object, this, what);
    this.running.set(false);
    result.map(|()| vm.none())
}

fn dump_with(vm: &Vm, object: &Obj, this: &Pickler, what: &Obj) -> PyResult<()> {
    let mut job = Job::new(vm, this, hooks(vm, object, this)?);
    job.dump(what)?;
    job.flush()
}

fn clear_memo(vm: &Vm, object: &Obj) -> PyResult {
    vm.receiver::<Pickler>(object)?.set_memo(WrittenMemo::default());
    Ok(vm.none())
}

fn sizeof(vm: &Vm, object: &Obj) -> PyResult {
    let memo = vm.receiver::<Pickler>(object)?.memo.borrow().len();
    Ok(Int::from_usize(size_of::<Object<Pickler>>() + memo * size_of::<(Obj, usize)>()))
}

/// `persistent_id` is an attribute of its own, so that a bound method of the pickler itself can be set.
fn getattro(vm: &Vm, object: &Obj, name: &Ref<Str>) -> PyResult {
    if name.as_bytes() == b"persistent_id"
        && let Some(set) = vm.receiver::<Pickler>(object)?.persistent_id.get()
    {
        return Ok(set);
    }
    match OBJECT.slots.getattro.get() {
        Some(get) => get(vm, object, name),
        None => Err(vm.no_attribute(object, name)),
    }
}

fn setattro(vm: &Vm, object: &Obj, name: &Ref<Str>, value: Option<&Obj>) -> PyResult<()> {
    if name.as_bytes() == b"persistent_id" {
        vm.receiver::<Pickler>(object)?.persistent_id.set(value.cloned());
        return Ok(());
    }
    match OBJECT.slots.setattro.get() {
        Some(set) => set(vm, object, name, value),
        None => Err(vm.no_attribute(object, name)),
    }
}

/// Sets an attribute that is a C int.
fn set_int(vm: &Vm, cell: &Cell<i32>, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    let Some(value) = vm.index(value)?.as_i64() else {
        return Err(vm.overflow_error("Python int too large to convert to C long"));
    };
    if i32::try_from(value).is_err() {
        vm.warn(&lasti_vm::builtins::RUNTIME_WARNING, "Truncation of value to int", 1)?;
    }
    // The rest is cut off, as the warning says.
    cell.set(value as i32);
    Ok(())
}

fn set_memo(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let this = vm.receiver::<Pickler>(object)?;
    let Some(value) = value else { return Err(vm.type_error("attribute deletion is not supported")) };
    let memo = if let Some(proxy) = value.downcast::<PicklerMemoProxy>() {
        match proxy.pickler() {
            Some(pickler) => pickler.memo.borrow().clone(),
            None => WrittenMemo::default(),
        }
    } else if let Some(dict) = value.downcast::<Dict>() {
        let mut memo = WrittenMemo::default();
        for (_, entry) in dict.items() {
            let Some([number, object]) =
                entry.downcast::<Tuple>().and_then(|pair| <&[Obj; 2]>::try_from(pair.items()).ok())
            else {
                return Err(vm.type_error("'memo' values must be 2-item tuples"));
            };
            let number = vm.index_i64(number)?;
            memo.set(object, usize::try_from(number).unwrap_or(usize::MAX));
        }
        memo
    } else {
        return Err(vm.type_error(format!(
            "'memo' attribute must be a PicklerMemoProxy object or dict, not {}",
            value.ty().tp_name()
        )));
    };
    this.set_memo(memo);
    Ok(())
}

fn set_dispatch_table(vm: &Vm, object: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let this = vm.receiver::<Pickler>(object)?;
    if value.is_none() && this.dispatch_table.is_empty() {
        let name = vm.intern("dispatch_table");
        return Err(vm.attribute_error("dispatch_table", object, &name));
    }
    this.dispatch_table.set(value.cloned());
    Ok(())
}

static PROPERTIES: &[Property] = &[
    Property::new("bin", "", |vm, object| Ok(Int::new(vm.receiver::<Pickler>(object)?.binary.get().into())))
        .with_setter(|vm, object, value| set_int(vm, &vm.receiver::<Pickler>(object)?.binary, value))
        .member(),
    Property::new("fast", "", |vm, object| Ok(Int::new(vm.receiver::<Pickler>(object)?.fast.get().into())))
        .with_setter(|vm, object, value| set_int(vm, &vm.receiver::<Pickler>(object)?.fast, value))
        .member(),
    Property::new("dispatch_table", "", |vm, object| {
        let table = vm.receiver::<Pickler>(object)?.dispatch_table.get();
        table.ok_or_else(|| vm.no_attribute(object, &vm.intern("dispatch_table")))
    })
    .with_setter(set_dispatch_table)
    .member(),
    Property::new("memo", "", |vm, object| Ok(PicklerMemoProxy::make(vm.receiver::<Pickler>(object)?)))
        .with_setter(set_memo),
];

static METHODS: &[NativeDef] = &[
    NativeDef::new("persistent_id", "($self, obj, /)", "", NativeCall::One(|vm, _, _| Ok(vm.none()))),
    NativeDef::new(
        "dump",
        "($self, obj, /)",
        "Write a pickled representation of the given object to the open file.",
        NativeCall::One(dump),
    ),
    NativeDef::new(
        "clear_memo",
        "($self, /)",
        "Clears the pickler's \"memo\".\n\nThe memo is the data structure that remembers which objects the\npickler has already seen, so that shared or recursive objects are\npickled by reference and not by value.  This method is useful when\nre-using picklers.",
        NativeCall::NoArgs(clear_memo),
    ),
    NativeDef::new(
        "__sizeof__",
        "($self, /)",
        "Returns size in memory, in bytes.",
        NativeCall::NoArgs(sizeof),
    ),
];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &PICKLER)
        .doc("This takes a binary file for writing a pickle data stream.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nThe *file* argument must have a write() method that accepts a single\nbytes argument. It can thus be a file object opened for binary\nwriting, an io.BytesIO instance, or any other custom object that meets\nthis interface.\n\nIf *fix_imports* is True and protocol is less than 3, pickle will try\nto map the new Python 3 names to the old module names used in Python\n2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are\nserialized into *file* as part of the pickle stream.\n\nIf *buffer_callback* is not None, then it can be called any number\nof times with a buffer view.  If the callback returns a false value\n(such as None), the given buffer is out-of-band; otherwise the\nbuffer is serialized in-band, i.e. inside the pickle stream.\n\nIt is an error if *buffer_callback* is not None and *protocol*\nis None or smaller than 5.")
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
