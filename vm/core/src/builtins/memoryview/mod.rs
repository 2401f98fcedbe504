//! `memoryview`: a window on the memory of another object. Items are read and written by `item`, subscripts are
//! in `subscript`. CPython: Objects/memoryobject.c.

mod item;
mod iter;
mod subscript;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use smallvec::SmallVec;

use super::builtin_type;
use crate::buffer::{Buffer, BufferAccess, Layout};
use crate::bytes::Bytes;
use crate::call::{Args, Signature};
use crate::errors::{Exc, PyResult};
use crate::number::Int;
use crate::object::{Obj, Payload, Ref, Visitor};
use crate::sequence::{List, Tuple};
use crate::text::Str;
use crate::types::{CompareOp, NativeCall, NativeDef, Property, TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

/// The payload of memoryview.
pub struct MemoryView {
    /// The export that all views made from one another share; none once released.
    base: RefCell<Option<Rc<Buffer>>>,
    layout: Layout,
    /// How many exports this view itself has given.
    exports: Cell<usize>,
    hash: Cell<i64>,
}

impl Payload for MemoryView {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &MEMORYVIEW
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        // Views that share an export share one reference to its owner: only a sole one can account for it.
        if let Some(base) = &*self.base.borrow()
            && Rc::strong_count(base) == 1
        {
            visitor.visit(base.owner());
        }
    }

    fn clear(&self) {
        let base = self.base.take();
        drop(base);
    }
}

builtin_type!(/** `memoryview` */ MEMORYVIEW, "memoryview", MemoryView);

impl MemoryView {
    fn make(base: Rc<Buffer>, layout: Layout) -> Obj {
        let view =
            Self { base: RefCell::new(Some(base)), layout, exports: Cell::new(0), hash: Cell::new(-1) };
        Ref::new(view).into_obj()
    }

    /// A view on a new export.
    pub fn of_buffer(buffer: Buffer) -> Obj {
        let layout = buffer.layout.clone();
        Self::make(Rc::new(buffer), layout)
    }

    fn base(&self, vm: &Vm) -> PyResult<Rc<Buffer>> {
        self.base.borrow().clone().ok_or_else(|| released(vm))
    }

    /// Another view on the same memory.
    fn with_layout(&self, vm: &Vm, layout: Layout) -> PyResult {
        Ok(Self::make(self.base(vm)?, layout))
    }

    /// The bytes of all items, in order.
    fn to_vec(&self, vm: &Vm) -> PyResult<Vec<u8>> {
        let base = self.base(vm)?;
        let mut out = Vec::with_capacity(self.layout.size);
        let size = self.layout.item_size;
        base.read_memory(|memory| {
            self.layout.for_each(&mut |at| {
                let item = usize::try_from(at).ok().and_then(|at| memory.get(at..at + size));
                out.extend_from_slice(item.unwrap_or_default());
            });
        });
        Ok(out)
    }
}

#[cold]
fn released(vm: &Vm) -> Exc {
    vm.value_error("operation forbidden on released memoryview object")
}

/// A view that is not released.
fn this<'a>(vm: &Vm, object: &'a Obj) -> PyResult<&'a Ref<MemoryView>> {
    let view = vm.receiver::<MemoryView>(object)?;
    if view.base.borrow().is_none() { Err(released(vm)) } else { Ok(view) }
}

static ACCESS: BufferAccess = BufferAccess {
    read: |owner, f| {
        let base = owner.downcast::<MemoryView>().and_then(|view| view.base.borrow().clone());
        if let Some(base) = base {
            base.read_memory(|memory| f(memory));
        }
    },
    write: |owner, f| {
        let base = owner.downcast::<MemoryView>().and_then(|view| view.base.borrow().clone());
        if let Some(base) = base {
            base.write_memory(|memory| f(memory));
        }
    },
    release: |owner| {
        if let Some(view) = owner.downcast::<MemoryView>() {
            view.exports.set(view.exports.get().saturating_sub(1));
        }
    },
};

fn buffer(vm: &Vm, object: &Obj) -> PyResult<Buffer> {
    let view = this(vm, object)?;
    view.exports.set(view.exports.get() + 1);
    Ok(Buffer::new(object.clone(), &ACCESS, view.layout.clone()))
}

static SIGNATURE: Signature<1> = Signature::new("memoryview", ["object"], 1);

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let [Some(object)] = args.bind(vm, &SIGNATURE)? else { return Ok(vm.none()) };
    of_object(vm, object)
}

fn of_object(vm: &Vm, object: &Obj) -> PyResult {
    if object.downcast::<MemoryView>().is_some() {
        let view = this(vm, object)?;
        return view.with_layout(vm, view.layout.clone());
    }
    match vm.try_buffer(object)? {
        Some(buffer) => Ok(MemoryView::of_buffer(buffer)),
        None => Err(vm.type_error(format!(
            "memoryview: a bytes-like object is required, not '{}'",
            object.ty().name()
        ))),
    }
}

static FROM_FLAGS: Signature<2> = Signature::new("_from_flags", ["object", "flags"], 2);

fn from_flags(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(object), Some(flags)] = args.bind(vm, &FROM_FLAGS)? else { return Ok(vm.none()) };
    let flags = vm.c_int_argument(flags)?;
    let view = of_object(vm, object)?;
    // PyBUF_WRITABLE
    if flags & 1 != 0 && view.downcast::<MemoryView>().is_some_and(|view| view.layout.readonly) {
        return Err(vm.buffer_error("Object is not writable."));
    }
    Ok(view)
}

fn repr(vm: &Vm, object: &Obj) -> PyResult {
    let view = vm.receiver::<MemoryView>(object)?;
    let what = if view.base.borrow().is_none() { "released memory" } else { "memory" };
    Ok(Str::new(&format!("<{what} at {:#x}>", object.id())).into_obj())
}

fn hash(vm: &Vm, object: &Obj) -> PyResult<i64> {
    let view = vm.receiver::<MemoryView>(object)?;
    if view.hash.get() != -1 {
        return Ok(view.hash.get());
    }
    let view = this(vm, object)?;
    if !view.layout.readonly {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    if !matches!(view.layout.format.trim_start_matches('@'), "B" | "b" | "c") {
        return Err(vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    vm.hash(&view.base(vm)?.owner().clone())?;
    let hash = vm.interp().hash_key().hash_bytes(&view.to_vec(vm)?);
    view.hash.set(hash);
    Ok(hash)
}

fn length(vm: &Vm, object: &Obj) -> PyResult<usize> {
    match this(vm, object)?.layout.shape.first() {
        Some(&count) => Ok(count),
        None => Err(vm.type_error("0-dim memory has no length")),
    }
}

fn richcompare(vm: &Vm, left: &Obj, right: &Obj, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(vm.not_implemented());
    }
    let Some(view) = left.downcast::<MemoryView>() else { return Ok(vm.not_implemented()) };
    let answer = |equal: bool| Ok(vm.bool(equal == (op == CompareOp::Eq)));
    let is_released =
        |object: &Obj| object.downcast::<MemoryView>().is_some_and(|view| view.base.borrow().is_none());
    if is_released(left) || is_released(right) {
        return answer(left.is(right));
    }
    let Some(other) = vm.try_buffer(right)? else { return Ok(vm.not_implemented()) };
    if view.layout.shape != other.layout.shape {
        return answer(false);
    }
    let plain = |format: &str| format.trim_start_matches('@').to_owned();
    let (a, b) = (plain(&view.layout.format), plain(&other.layout.format));
    let (ours, theirs) = (view.to_vec(vm)?, other.to_vec());
    if a == b && !matches!(a.as_str(), "f" | "d" | "e" | "?") {
        return answer(ours == theirs);
    }
    let items = |format: &str, size: usize, bytes: &[u8]| -> Option<Vec<Obj>> {
        bytes.chunks(size.max(1)).map(|bytes| item::unpack(vm, format, bytes).ok()).collect()
    };
    let (Some(ours), Some(theirs)) =
        (items(&a, view.layout.item_size, &ours), items(&b, other.layout.item_size, &theirs))
    else {
        return answer(false);
    };
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let equal = vm.compare(ours, theirs, CompareOp::Eq)?;
        if !vm.is_true(&equal)? {
            return answer(false);
        }
    }
    answer(true)
}

fn release(vm: &Vm, object: &Obj) -> PyResult {
    let view = vm.receiver::<MemoryView>(object)?;
    let exports = view.exports.get();
    if exports > 0 && view.base.borrow().is_some() {
        let plural = if exports == 1 { "" } else { "s" };
        return Err(vm.buffer_error(format!("memoryview has {exports} exported buffer{plural}")));
    }
    let base = view.base.take();
    drop(base);
    Ok(vm.none())
}

fn enter(vm: &Vm, object: &Obj) -> PyResult {
    this(vm, object)?;
    Ok(object.clone())
}

fn exit(vm: &Vm, object: &Obj, _: Args<'_>) -> PyResult {
    release(vm, object)
}

fn toreadonly(vm: &Vm, object: &Obj) -> PyResult {
    let view = this(vm, object)?;
    let mut layout = view.layout.clone();
    layout.readonly = true;
    view.with_layout(vm, layout)
}

static TOBYTES: Signature<1> = Signature::new("tobytes", ["order"], 0);

fn tobytes(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let view = this(vm, object)?;
    let [order] = args.bind(vm, &TOBYTES)?;
    let fortran = match order.filter(|order| !vm.is_none(order)) {
        None => false,
        Some(order) => {
            let order = vm.plain_str_argument("tobytes", "'order'", order)?;
            match order.as_str() {
                "C" => false,
                "F" => true,
                "A" => view.layout.is_f_contiguous() && !view.layout.is_c_contiguous(),
                _ => return Err(vm.value_error("order must be 'C', 'F' or 'A'")),
            }
        }
    };
    if fortran && view.layout.shape.len() > 1 {
        let mut turned = view.layout.clone();
        turned.shape.reverse();
        turned.strides.reverse();
        let turned = view.with_layout(vm, turned)?;
        return Ok(Bytes::new(&this(vm, &turned)?.to_vec(vm)?).into_obj());
    }
    Ok(Bytes::new(&view.to_vec(vm)?).into_obj())
}

fn hex(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    super::bytes::hex_of(vm, &this(vm, object)?.to_vec(vm)?, args)
}

fn tolist(vm: &Vm, object: &Obj) -> PyResult {
    let view = this(vm, object)?;
    let format = item::native_format(vm, &view.layout.format)?;
    let bytes = view.to_vec(vm)?;
    let mut items = bytes.chunks(view.layout.item_size.max(1));
    nested(vm, &view.layout.shape, format, &mut items)
}

/// Items as lists in lists; a single item where there is no dimension.
fn nested(vm: &Vm, shape: &[usize], format: &str, items: &mut std::slice::Chunks<'_, u8>) -> PyResult {
    match shape {
        [] => item::unpack(vm, format, items.next().unwrap_or_default()),
        [count, rest @ ..] => {
            let parts = (0..*count).map(|_| nested(vm, rest, format, items)).collect::<PyResult<Vec<_>>>()?;
            Ok(List::new(parts).into_obj())
        }
    }
}

fn count(vm: &Vm, object: &Obj, value: &Obj) -> PyResult {
    let mut count = 0;
    vm.for_each(object, |item| {
        count += i64::from(vm.eq(&item, value)?);
        Ok(true)
    })?;
    Ok(Int::new(count))
}

fn index(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    let [value, bounds @ ..] = args else { return Ok(vm.none()) };
    let length = length(vm, object)?;
    let bound = |bound: Option<&Obj>, default: usize| -> PyResult<usize> {
        let Some(bound) = bound else { return Ok(default) };
        let bound = vm.index_clamped(bound)?;
        Ok(if bound < 0 {
            length.saturating_sub(usize::try_from(bound.unsigned_abs()).unwrap_or(usize::MAX))
        } else {
            usize::try_from(bound).unwrap_or(usize::MAX).min(length)
        })
    };
    let (start, stop) = (bound(bounds.first(), 0)?, bound(bounds.get(1), length)?);
    for index in start..stop {
        let item = vm.getitem(object, &Int::from_usize(index))?;
        if vm.eq(&item, value)? {
            return Ok(Int::from_usize(index));
        }
    }
    Err(vm.value_error("memoryview.index(x): x not found"))
}

static CAST: Signature<2> = Signature::new("cast", ["format", "shape"], 1);

fn cast(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let view = this(vm, object)?;
    let [Some(format), shape] = args.bind(vm, &CAST)? else { return Ok(vm.none()) };
    let format = vm.str_argument("cast", "'format'", format)?.to_string_lossy().into_owned();
    if !view.layout.is_c_contiguous() {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || view.layout.shape.len() != 1) && view.layout.shape.contains(&0) {
        return Err(vm.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let Some(size) = item::size_of(&format) else {
        return Err(vm.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_byte = |format: &str| matches!(format.trim_start_matches('@'), "B" | "b" | "c");
    if item::size_of(&view.layout.format).is_none() {
        return Err(vm.value_error(
            "memoryview: source format must be a native single character format prefixed with an optional '@'",
        ));
    }
    if !is_byte(&view.layout.format) && !is_byte(&format) {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    if !view.layout.size.is_multiple_of(size) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let counts: SmallVec<[usize; 2]> = match shape {
        None => SmallVec::from_slice(&[view.layout.size / size]),
        Some(shape) => shape_argument(vm, view, shape, size)?,
    };
    let mut strides: SmallVec<[isize; 2]> = SmallVec::with_capacity(counts.len());
    let mut stride = size as isize;
    for &count in counts.iter().rev() {
        strides.push(stride);
        stride *= count as isize;
    }
    strides.reverse();
    let layout =
        Layout { format: format.into(), item_size: size, shape: counts, strides, ..view.layout.clone() };
    view.with_layout(vm, layout)
}

fn shape_argument(vm: &Vm, view: &MemoryView, shape: &Obj, size: usize) -> PyResult<SmallVec<[usize; 2]>> {
    let items = if let Some(list) = shape.downcast::<List>() {
        list.items.to_vec()
    } else if let Some(tuple) = shape.downcast::<Tuple>() {
        tuple.items().to_vec()
    } else {
        return Err(vm.type_error("shape must be a list or a tuple"));
    };
    if items.len() > 64 {
        return Err(vm.value_error("memoryview: number of dimensions must not exceed 64"));
    }
    if items.len() > 1 && view.layout.shape.len() != 1 {
        return Err(vm.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    let mut counts = SmallVec::new();
    let mut total = size;
    for item in items {
        if item.as_int().is_none() {
            return Err(vm.type_error("memoryview.cast(): elements of shape must be integers"));
        }
        let count = item.as_i64().and_then(|count| usize::try_from(count).ok()).filter(|&count| count > 0);
        let Some(count) = count else {
            return Err(vm.value_error("memoryview.cast(): elements of shape must be integers > 0"));
        };
        total = total
            .checked_mul(count)
            .ok_or_else(|| vm.value_error("memoryview.cast(): product(shape) > SSIZE_MAX"))?;
        counts.push(count);
    }
    if total != view.layout.size {
        return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    Ok(counts)
}

fn class_getitem(vm: &Vm, class: &Obj, item: &Obj) -> PyResult {
    Ok(super::generic_alias::make(vm, class.clone(), item))
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "release",
        "($self, /)",
        "Release the underlying buffer exposed by the memoryview object.",
        NativeCall::NoArgs(release),
    ),
    NativeDef::new(
        "tobytes",
        "($self, /, order='C')",
        "Return the data in the buffer as a byte string.\n\nOrder can be {'C', 'F', 'A'}. When order is 'C' or 'F', the data of the\noriginal array is converted to C or Fortran order. For contiguous views,\n'A' returns an exact copy of the physical memory. In particular, in-memory\nFortran order is preserved. For non-contiguous views, the data is converted\nto C first. order=None is the same as order='C'.",
        NativeCall::Full(tobytes),
    ),
    NativeDef::new(
        "hex",
        "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
        "Return the data in the buffer as a str of hexadecimal numbers.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left.\n\n>>> data = memoryview(b'\\x10\\x20\\x30')\n>>> data.hex()\n'102030'\n>>> data.hex(' ')\n'10 20 30'\n>>> data.hex('-', 2)\n'10-2030'\n>>> data.hex('-', -2)\n'1020-30'",
        NativeCall::Full(hex),
    ),
    NativeDef::new(
        "tolist",
        "($self, /)",
        "Return the data in the buffer as a list of elements.",
        NativeCall::NoArgs(tolist),
    ),
    NativeDef::new(
        "cast",
        "($self, /, format, shape=<unrepresentable>)",
        "Cast a memoryview to a new format or shape.",
        NativeCall::Full(cast),
    ),
    NativeDef::new(
        "toreadonly",
        "($self, /)",
        "Return a readonly version of the memoryview.",
        NativeCall::NoArgs(toreadonly),
    ),
    NativeDef::new(
        "_from_flags",
        "($type, /, object, flags)",
        "Create a new memoryview object which references the given object.",
        NativeCall::Full(from_flags),
    )
    .class_method(),
    NativeDef::new(
        "count",
        "($self, value, /)",
        "Count the number of occurrences of a value.",
        NativeCall::One(count),
    ),
    NativeDef::new(
        "index",
        "($self, value, start=0, stop=sys.maxsize, /)",
        "Return the index of the first occurrence of a value.\n\nRaises ValueError if the value is not present.",
        NativeCall::Positional(1, 3, index),
    ),
    NativeDef::new("__enter__", "($self, /)", "", NativeCall::NoArgs(enter)),
    NativeDef::new("__exit__", "($self, /, *exc_info)", "", NativeCall::Full(exit)),
    NativeDef::new("__class_getitem__", "($type, object, /)", "See PEP 585", NativeCall::One(class_getitem))
        .class_method(),
];

fn sizes(values: impl Iterator<Item = i64>) -> Obj {
    Tuple::new(values.map(Int::new).collect()).into_obj()
}

const PROPERTIES: &[Property] = &[
    Property::new("obj", "The underlying object of the memoryview.", |vm, object| {
        let base = this(vm, object)?.base(vm)?;
        Ok(base.owner().clone())
    }),
    Property::new(
        "nbytes",
        "The amount of space in bytes that the array would use in\n a contiguous representation.",
        |vm, object| Ok(Int::from_usize(this(vm, object)?.layout.size)),
    ),
    Property::new("readonly", "A bool indicating whether the memory is read only.", |vm, object| {
        Ok(vm.bool(this(vm, object)?.layout.readonly))
    }),
    Property::new("itemsize", "The size in bytes of each element of the memoryview.", |vm, object| {
        Ok(Int::from_usize(this(vm, object)?.layout.item_size))
    }),
    Property::new(
        "format",
        "A string containing the format (in struct module style)\n for each element in the view.",
        |vm, object| Ok(Str::new(&this(vm, object)?.layout.format).into_obj()),
    ),
    Property::new(
        "ndim",
        "An integer indicating how many dimensions of a multi-dimensional\n array the memory represents.",
        |vm, object| Ok(Int::from_usize(this(vm, object)?.layout.shape.len())),
    ),
    Property::new(
        "shape",
        "A tuple of ndim integers giving the shape of the memory\n as an N-dimensional array.",
        |vm, object| Ok(sizes(this(vm, object)?.layout.shape.iter().map(|&count| count as i64))),
    ),
    Property::new(
        "strides",
        "A tuple of ndim integers giving the size in bytes to access\n each element for each dimension of the array.",
        |vm, object| Ok(sizes(this(vm, object)?.layout.strides.iter().map(|&stride| stride as i64))),
    ),
    Property::new("suboffsets", "A tuple of integers used internally for PIL-style arrays.", |vm, object| {
        this(vm, object).map(|_| vm.empty_tuple().into_obj())
    }),
    Property::new("c_contiguous", "A bool indicating whether the memory is C contiguous.", |vm, object| {
        Ok(vm.bool(this(vm, object)?.layout.is_c_contiguous()))
    }),
    Property::new(
        "f_contiguous",
        "A bool indicating whether the memory is Fortran contiguous.",
        |vm, object| Ok(vm.bool(this(vm, object)?.layout.is_f_contiguous())),
    ),
    Property::new("contiguous", "A bool indicating whether the memory is contiguous.", |vm, object| {
        let layout = &this(vm, object)?.layout;
        Ok(vm.bool(layout.is_c_contiguous() || layout.is_f_contiguous()))
    }),
];

pub(super) fn init(vm: &Vm) {
    TypeBuilder::new(vm, &MEMORYVIEW)
        .doc("memoryview(object)\n--\n\nCreate a new memoryview object which references the given object.")
        .flags(TypeFlags::SEQUENCE | TypeFlags::WEAKREFABLE)
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.repr.set(Some(repr));
            slots.hash.set(Some(hash));
            slots.richcompare.set(Some(richcompare));
            slots.length.set(Some(length));
            slots.getitem.set(Some(subscript::getitem));
            slots.setitem.set(Some(subscript::setitem));
            slots.iter.set(Some(iter::iter));
            slots.buffer.set(Some(buffer));
        })
        .methods(METHODS)
        .properties(PROPERTIES)
        .ready();
    iter::init(vm);
}
