//! What is searched: a str as code points that are found by their number, or the bytes of a bytes-like object.

use std::cell::RefCell;
use std::rc::Rc;

use lasti_vm::buffer::Buffer;
use lasti_vm::bytes::Bytes;
use lasti_vm::object::Visitor;
use lasti_vm::text::Str;
use lasti_vm::{Obj, PyResult, Ref, Vm};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

use super::engine::{self, Attempt, Found, Kind};

/// A string with its units.
pub(super) struct Subject {
    pub(super) object: Obj,
    units: Units,
}

#[derive(Clone)]
pub(super) enum Units {
    /// A str of ASCII: its bytes are its code points.
    Ascii(Ref<Str>),
    /// A str whose code points are below 256.
    Latin(Rc<[u8]>),
    /// Any other str.
    Points(Rc<[u32]>),
    Bytes(Ref<Bytes>),
    /// Another bytes-like object, exported for as long as it is searched.
    Buffer(Rc<Buffer>),
}

/// The decoded text that was used last, by the str's address, hash and length: repeated searches in one long str
/// that is not ASCII decode it once.
struct Decoded {
    id: u64,
    hash: i64,
    length: usize,
    units: DecodedUnits,
}

#[derive(Clone)]
enum DecodedUnits {
    Latin(Rc<[u8]>),
    Points(Rc<[u32]>),
}

/// Longer texts are not kept.
const KEPT: usize = 1 << 24;

thread_local! {
    static DECODED: RefCell<Option<Decoded>> = const { RefCell::new(None) };
}

impl From<DecodedUnits> for Units {
    fn from(units: DecodedUnits) -> Self {
        match units {
            DecodedUnits::Latin(bytes) => Self::Latin(bytes),
            DecodedUnits::Points(points) => Self::Points(points),
        }
    }
}

fn decode(text: &Ref<Str>) -> DecodedUnits {
    let (id, hash, length) = (text.as_obj().id(), text.hash(), text.char_len());
    let known = DECODED.with_borrow(|decoded| {
        let decoded = decoded.as_ref()?;
        let same = (decoded.id, decoded.hash, decoded.length) == (id, hash, length);
        same.then(|| decoded.units.clone())
    });
    if let Some(units) = known {
        return units;
    }
    let points: Vec<u32> = text.as_wtf8().code_points().map(CodePoint::to_u32).collect();
    let bytes: Option<Vec<u8>> = points.iter().map(|&point| u8::try_from(point).ok()).collect();
    let units = match bytes {
        Some(bytes) => DecodedUnits::Latin(bytes.into()),
        None => DecodedUnits::Points(points.into()),
    };
    let kept = (length <= KEPT).then(|| Decoded { id, hash, length, units: units.clone() });
    DECODED.set(kept);
    units
}

impl Units {
    /// The units of a str or bytes-like object.
    pub(super) fn of(vm: &Vm, object: &Obj) -> PyResult<Self> {
        if let Some(text) = object.downcast::<Str>() {
            return Ok(if text.is_ascii() { Self::Ascii(text.clone()) } else { decode(text).into() });
        }
        if let Some(bytes) = object.downcast::<Bytes>() {
            return Ok(Self::Bytes(bytes.clone()));
        }
        match vm.try_buffer(object) {
            Ok(Some(buffer)) if buffer.layout.is_c_contiguous() => Ok(Self::Buffer(Rc::new(buffer))),
            _ => Err(vm.type_error(format!(
                "expected string or bytes-like object, got '{}'",
                object.ty().tp_name()
            ))),
        }
    }

    pub(super) fn is_bytes(&self) -> bool {
        matches!(self, Self::Bytes(_) | Self::Buffer(_))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Ascii(text) => text.char_len(),
            Self::Latin(bytes) => bytes.len(),
            Self::Points(points) => points.len(),
            Self::Bytes(bytes) => bytes.as_slice().len(),
            Self::Buffer(buffer) => buffer.len(),
        }
    }

    /// `object[start..end]`, where these are the object's units.
    pub(super) fn slice(&self, object: &Obj, start: usize, end: usize) -> Obj {
        let length = self.len();
        let (start, end) = (start.min(length), end.min(length));
        let range = start..end.max(start);
        if range == (0..length) && (object.is_exact(&lasti_vm::builtins::STR) || is_exact_bytes(object)) {
            return object.clone();
        }
        match self {
            Self::Ascii(text) => text.substring(range.start, range.end).into_obj(),
            Self::Latin(bytes) => text_of(bytes[range].iter().map(|&byte| u32::from(byte))),
            Self::Points(points) => text_of(points[range].iter().copied()),
            Self::Bytes(bytes) => Bytes::new(&bytes.as_slice()[range]).into_obj(),
            Self::Buffer(buffer) => buffer
                .read(|bytes| Some(Bytes::new(bytes.get(range).unwrap_or_default()).into_obj()))
                .unwrap_or_else(|| Bytes::new(&[]).into_obj()),
        }
    }

    /// Whether there is a backslash.
    pub(super) fn has_backslash(&self) -> bool {
        match self {
            Self::Ascii(text) => text.as_bytes().contains(&b'\\'),
            Self::Latin(bytes) => bytes.contains(&b'\\'),
            Self::Points(points) => points.contains(&u32::from(b'\\')),
            Self::Bytes(bytes) => bytes.as_slice().contains(&b'\\'),
            Self::Buffer(buffer) => buffer.read(|bytes| bytes.contains(&b'\\')),
        }
    }
}

fn is_exact_bytes(object: &Obj) -> bool {
    object.is_exact(&lasti_vm::builtins::BYTES)
}

fn text_of(points: impl Iterator<Item = u32>) -> Obj {
    let mut text = Wtf8Buf::new();
    for point in points.filter_map(CodePoint::from_u32) {
        text.push(point);
    }
    Str::from_wtf8(&text).into_obj()
}

impl Subject {
    /// The object to be searched; `bytes` says what the pattern was compiled from, if it was compiled from anything.
    pub(super) fn new(vm: &Vm, object: &Obj, bytes: Option<bool>) -> PyResult<Self> {
        let units = Units::of(vm, object)?;
        match (units.is_bytes(), bytes) {
            (true, Some(false)) => Err(vm.type_error("cannot use a string pattern on a bytes-like object")),
            (false, Some(true)) => Err(vm.type_error("cannot use a bytes pattern on a string-like object")),
            _ => Ok(Self { object: object.clone(), units }),
        }
    }

    pub(super) fn units(&self) -> &Units {
        &self.units
    }

    pub(super) fn is_bytes(&self) -> bool {
        self.units.is_bytes()
    }

    /// The bytes, if each is a character.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match &self.units {
            Units::Ascii(text) => Some(text.as_bytes()),
            Units::Bytes(bytes) => Some(bytes.as_slice()),
            Units::Latin(_) | Units::Points(_) | Units::Buffer(_) => None,
        }
    }

    /// Positions within the length.
    pub(super) fn bounds(&self, start: isize, end: isize) -> (usize, usize) {
        let length = self.units.len();
        let clamp = |position: isize| usize::try_from(position).unwrap_or(0).min(length);
        (clamp(start), clamp(end))
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> Obj {
        self.units.slice(&self.object, start, end)
    }

    /// Runs `code`, with that many groups.
    pub(super) fn run(
        &self,
        vm: &Vm,
        code: &[u32],
        groups: usize,
        mut attempt: Attempt,
    ) -> PyResult<Option<Found>> {
        if attempt.start > attempt.end {
            if attempt.kind != Kind::Match {
                return Ok(None);
            }
            // Where nothing is left, an empty match is possible.
            attempt.end = attempt.start;
        }
        let found = match &self.units {
            Units::Ascii(text) => engine::over_bytes(vm, text.as_bytes(), code, groups, attempt),
            Units::Latin(bytes) => engine::over_bytes(vm, bytes, code, groups, attempt),
            Units::Points(points) => engine::over_points(vm, points, code, groups, attempt),
            Units::Bytes(bytes) => engine::over_bytes(vm, bytes.as_slice(), code, groups, attempt),
            Units::Buffer(buffer) => buffer
                .read(|bytes| Some(engine::over_bytes(vm, bytes, code, groups, attempt)))
                .unwrap_or(Ok(None)),
        }?;
        if let Some(found) = &found
            && found.spans.iter().flatten().any(|(start, end)| start > end)
        {
            return Err(vm.system_error(
                "The span of capturing group is wrong, please report a bug for the re module.",
            ));
        }
        Ok(found)
    }

    pub(super) fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit(&self.object);
        match &self.units {
            Units::Ascii(text) => visitor.visit(text.as_obj()),
            Units::Bytes(bytes) => visitor.visit(bytes.as_obj()),
            Units::Latin(_) | Units::Points(_) | Units::Buffer(_) => {}
        }
    }
}
