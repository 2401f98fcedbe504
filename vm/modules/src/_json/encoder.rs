//! `make_encoder`: writes objects as JSON.

use lasti_vm::builtins::{FLOAT, INT};
use lasti_vm::call::{Args, Signature};
use lasti_vm::dict::Dict;
use lasti_vm::number::Int;
use lasti_vm::object::{Payload, Visitor};
use lasti_vm::sequence::{List, Tuple};
use lasti_vm::text::Str;
use lasti_vm::types::{Property, TypeBuilder, TypeObject};
use lasti_vm::{Exc, Obj, PyResult, Ref, Vm};
use rustpython_wtf8::Wtf8Buf;

use super::escape;

/// The encoder functions of this module, called without a detour.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fast {
    Ascii,
    Unicode,
}

/// How deep lists and dictionaries may be within each other, where the native stack has room for more: CPython's holds
/// fewer.
const MAX_LEVELS: usize = 100_000;

/// How objects are written.
#[allow(clippy::struct_field_names, reason = "named as Python names them")]
struct Encoder {
    /// The objects that are being written, by their ids; None: nobody looks for cycles.
    markers: Option<Ref<Dict>>,
    default: Obj,
    encoder: Obj,
    fast: Option<Fast>,
    /// None: all on one line.
    indent: Option<Ref<Str>>,
    key_separator: Ref<Str>,
    item_separator: Ref<Str>,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
}

impl Payload for Encoder {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &ENCODER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        visitor.visit_option(self.markers.as_ref().map(Ref::as_obj));
        visitor.visit(&self.default);
        visitor.visit(&self.encoder);
        visitor.visit_option(self.indent.as_ref().map(Ref::as_obj));
        visitor.visit(self.key_separator.as_obj());
        visitor.visit(self.item_separator.as_obj());
    }
}

lasti_vm::builtin_type!(/** `_json.Encoder` */ ENCODER, "Encoder", Encoder);

static NEW: Signature<9> = Signature::new(
    "make_encoder",
    [
        "markers",
        "default",
        "encoder",
        "indent",
        "key_separator",
        "item_separator",
        "sort_keys",
        "skipkeys",
        "allow_nan",
    ],
    9,
);

static CALL: Signature<2> = Signature::new("_iterencode", ["obj", "_current_indent_level"], 2);

/// Which function of this module the encoder is, if it is one.
fn fast(vm: &Vm, encoder: &Obj) -> PyResult<Option<Fast>> {
    let module = vm.import_module("_json")?;
    for (name, fast) in [("encode_basestring_ascii", Fast::Ascii), ("encode_basestring", Fast::Unicode)] {
        if vm.find_attr(&module, &vm.intern(name))?.is_some_and(|function| function.is(encoder)) {
            return Ok(Some(fast));
        }
    }
    Ok(None)
}

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    let [
        Some(markers),
        Some(default),
        Some(encoder),
        Some(indent),
        Some(key_separator),
        Some(item_separator),
        Some(sort_keys),
        Some(skip_keys),
        Some(allow_nan),
    ] = args.bind(vm, &NEW)?
    else {
        return Ok(vm.none());
    };
    let key_separator = vm.str_argument("make_encoder", "5", key_separator)?.clone();
    let item_separator = vm.str_argument("make_encoder", "6", item_separator)?.clone();
    let (sort_keys, skip_keys) = (vm.is_true(sort_keys)?, vm.is_true(skip_keys)?);
    let allow_nan = vm.is_true(allow_nan)?;
    let markers = match markers.downcast::<Dict>() {
        Some(markers) => Some(markers.clone()),
        None if vm.is_none(markers) => None,
        None => {
            return Err(vm.type_error(format!(
                "make_encoder() argument 1 must be dict or None, not {}",
                markers.ty().tp_name()
            )));
        }
    };
    let indent = match indent.downcast::<Str>() {
        Some(indent) => Some(indent.clone()),
        None if vm.is_none(indent) => None,
        None => return Err(vm.bad_argument("make_encoder", "4", "str", indent)),
    };
    Ok(Ref::new(Encoder {
        markers,
        default: default.clone(),
        encoder: encoder.clone(),
        fast: fast(vm, encoder)?,
        indent,
        key_separator,
        item_separator,
        sort_keys,
        skip_keys,
        allow_nan,
    })
    .into_obj())
}

fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let encoder = vm.receiver::<Encoder>(object)?;
    let [Some(value), Some(level)] = args.bind(vm, &CALL)? else { return Ok(vm.none()) };
    let level = usize::try_from(vm.size_argument(level)?).unwrap_or(0);
    let mut writer = Writer { vm, encoder, out: Wtf8Buf::new() };
    writer.value(value, level)?;
    Ok(Tuple::new(vec![Str::from_wtf8(&writer.out).into_obj()]).into_obj())
}

struct Writer<'a> {
    vm: &'a Vm,
    encoder: &'a Encoder,
    out: Wtf8Buf,
}

impl Writer<'_> {
    fn value(&mut self, value: &Obj, level: usize) -> PyResult<()> {
        let vm = self.vm;
        if vm.is_none(value) {
            self.out.push_str("null");
        } else if value.is(&vm.bool(true)) {
            self.out.push_str("true");
        } else if value.is(&vm.bool(false)) {
            self.out.push_str("false");
        } else if let Some(text) = value.downcast::<Str>() {
            self.text(text)?;
        } else if value.as_int().is_some() {
            let text = self.int(value)?;
            self.out.push_wtf8(text.as_wtf8());
        } else if value.as_f64().is_some() {
            let text = self.float(value)?;
            self.out.push_wtf8(text.as_wtf8());
        } else if value.downcast::<List>().is_some() || value.downcast::<Tuple>().is_some() {
            self.deeper(level)?;
            self.list(value, level)?;
        } else if let Some(dict) = value.downcast::<Dict>() {
            self.deeper(level)?;
            self.dict(dict, level)?;
        } else {
            self.marked(value, |writer| {
                let replaced = vm.call(&writer.encoder.default, std::slice::from_ref(value))?;
                writer.deeper(level)?;
                writer.value(&replaced, level).map_err(|error| writer.noted(error, value, "object"))
            })?;
        }
        Ok(())
    }

    fn deeper(&self, level: usize) -> PyResult<()> {
        let message = "maximum recursion depth exceeded while encoding a JSON object";
        if level >= MAX_LEVELS {
            return Err(self.vm.recursion_error(message));
        }
        self.vm.check_native_stack().map_err(|_| self.vm.recursion_error(message))
    }

    /// Writes something that must not contain itself.
    fn marked(&mut self, object: &Obj, write: impl FnOnce(&mut Self) -> PyResult<()>) -> PyResult<()> {
        let Some(markers) = &self.encoder.markers else { return write(self) };
        let id = Int::from_u64(object.id());
        if markers.contains(self.vm, &id)? {
            return Err(self.vm.value_error("Circular reference detected"));
        }
        markers.set(self.vm, &id, object.clone())?;
        write(self)?;
        if markers.remove(self.vm, &id)?.is_none() {
            return Err(self.vm.key_error(&id));
        }
        Ok(())
    }

    /// Adds to an exception what was being written.
    #[cold]
    fn noted(&self, error: Exc, container: &Obj, what: &str) -> Exc {
        let name = container.ty().tp_name();
        let note = Str::new(&format!("when serializing {name} {what}")).into_obj();
        match self.vm.call_method_named(error.exception().as_obj(), "add_note", &[note]) {
            Ok(_) => error,
            Err(other) => other,
        }
    }

    fn text(&mut self, text: &Ref<Str>) -> PyResult<()> {
        match self.encoder.fast {
            Some(Fast::Ascii) => escape::ascii(text, &mut self.out),
            Some(Fast::Unicode) => escape::unicode(text, &mut self.out),
            None => {
                let encoded = self.vm.call(&self.encoder.encoder, std::slice::from_ref(text.as_obj()))?;
                let Some(encoded) = encoded.downcast::<Str>() else {
                    return Err(self.vm.type_error(format!(
                        "encoder() must return a string, not {}",
                        encoded.ty().tp_name()
                    )));
                };
                self.out.push_wtf8(encoded.as_wtf8());
            }
        }
        Ok(())
    }

    /// int's repr, whatever a subclass has.
    fn int(&self, value: &Obj) -> PyResult<Ref<Str>> {
        self.own_repr(&INT, value)
    }

    fn own_repr(&self, ty: &TypeObject, value: &Obj) -> PyResult<Ref<Str>> {
        match ty.slots.repr.get() {
            Some(repr) => repr(self.vm, value)?
                .into_ref::<Str>()
                .map_err(|_| self.vm.type_error("__repr__ returned non-string")),
            None => self.vm.repr(value),
        }
    }

    fn float(&self, value: &Obj) -> PyResult<Ref<Str>> {
        let float = value.as_f64().unwrap_or_default();
        if float.is_finite() {
            return self.own_repr(&FLOAT, value);
        }
        if !self.encoder.allow_nan {
            let shown = self.vm.repr_text(value)?;
            return Err(self
                .vm
                .value_error(format!("Out of range float values are not JSON compliant: {shown}")));
        }
        Ok(Str::new(match float {
            float if float > 0.0 => "Infinity",
            float if float < 0.0 => "-Infinity",
            _ => "NaN",
        }))
    }

    fn new_line(&mut self, level: usize) {
        if let Some(indent) = &self.encoder.indent {
            self.out.push_str("\n");
            for _ in 0..level {
                self.out.push_wtf8(indent.as_wtf8());
            }
        }
    }

    fn separator(&mut self, level: usize) {
        self.out.push_wtf8(self.encoder.item_separator.as_wtf8());
        self.new_line(level);
    }

    fn list(&mut self, sequence: &Obj, level: usize) -> PyResult<()> {
        // Of a list itself, since it may change meanwhile.
        let items = match sequence.downcast_exact::<List>() {
            Some(list) => list.clone(),
            None => List::new(self.vm.collect(sequence)?),
        };
        if items.items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.marked(sequence, |writer| {
            writer.out.push_str("[");
            writer.new_line(level + 1);
            let mut index = 0;
            while let Some(item) = items.items.get(index) {
                if index > 0 {
                    writer.separator(level + 1);
                }
                writer
                    .value(&item, level + 1)
                    .map_err(|error| writer.noted(error, sequence, &format!("item {index}")))?;
                index += 1;
            }
            writer.new_line(level);
            writer.out.push_str("]");
            Ok(())
        })
    }

    fn dict(&mut self, dict: &Ref<Dict>, level: usize) -> PyResult<()> {
        if dict.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        self.marked(dict.as_obj(), |writer| {
            writer.out.push_str("{");
            let mut first = true;
            if writer.encoder.sort_keys || !dict.as_obj().is_exact(&lasti_vm::builtins::DICT) {
                for (key, value) in writer.items(dict)? {
                    writer.item(dict, &key, &value, &mut first, level + 1)?;
                }
            } else {
                let mut position = 0;
                while let Some((key, value)) = dict.next(&mut position) {
                    writer.item(dict, &key, &value, &mut first, level + 1)?;
                }
            }
            if !first {
                writer.new_line(level);
            }
            writer.out.push_str("}");
            Ok(())
        })
    }

    /// What the method `items` gives, in order if that is asked for.
    fn items(&self, dict: &Ref<Dict>) -> PyResult<Vec<(Obj, Obj)>> {
        let vm = self.vm;
        let items = vm.collect(&vm.call_method_named(dict.as_obj(), "items", &[])?)?;
        let items = List::new(items);
        if self.encoder.sort_keys {
            vm.call_method_named(items.as_obj(), "sort", &[])?;
        }
        let pair = |item: Obj| match item.downcast::<Tuple>().map(|item| item.items()) {
            Some([key, value]) => Ok((key.clone(), value.clone())),
            _ => Err(vm.value_error("items must return 2-tuples")),
        };
        items.items.to_vec().into_iter().map(pair).collect()
    }

    fn item(
        &mut self,
        dict: &Ref<Dict>,
        key: &Obj,
        value: &Obj,
        first: &mut bool,
        level: usize,
    ) -> PyResult<()> {
        let vm = self.vm;
        let text = if let Some(text) = key.downcast::<Str>() {
            text.clone()
        } else if key.as_f64().is_some() {
            self.float(key)?
        } else if vm.is_none(key) {
            Str::new("null")
        } else if key.is(&vm.bool(true)) {
            Str::new("true")
        } else if key.is(&vm.bool(false)) {
            Str::new("false")
        } else if key.as_int().is_some() {
            self.int(key)?
        } else if self.encoder.skip_keys {
            return Ok(());
        } else {
            let ty = key.ty().tp_name();
            return Err(vm.type_error(format!("keys must be str, int, float, bool or None, not {ty}")));
        };
        if std::mem::take(first) {
            self.new_line(level);
        } else {
            self.separator(level);
        }
        self.text(&text)?;
        self.out.push_wtf8(self.encoder.key_separator.as_wtf8());
        self.value(value, level).map_err(|error| match vm.repr_text(key) {
            Ok(shown) => self.noted(error, dict.as_obj(), &format!("item {shown}")),
            Err(other) => other,
        })
    }
}

fn text_or_none(vm: &Vm, text: Option<&Ref<Str>>) -> Obj {
    vm.or_none(text.map(|text| text.as_obj().clone()))
}

const PROPERTIES: &[Property] =
    &[
        Property::new("markers", "markers", |vm, object| {
            Ok(vm.or_none(vm.receiver::<Encoder>(object)?.markers.as_ref().map(|dict| dict.as_obj().clone())))
        })
        .member(),
        Property::new("default", "default", |vm, object| Ok(vm.receiver::<Encoder>(object)?.default.clone()))
            .member(),
        Property::new("encoder", "encoder", |vm, object| Ok(vm.receiver::<Encoder>(object)?.encoder.clone()))
            .member(),
        Property::new("indent", "indent", |vm, object| {
            Ok(text_or_none(vm, vm.receiver::<Encoder>(object)?.indent.as_ref()))
        })
        .member(),
        Property::new("key_separator", "key_separator", |vm, object| {
            Ok(text_or_none(vm, Some(&vm.receiver::<Encoder>(object)?.key_separator)))
        })
        .member(),
        Property::new("item_separator", "item_separator", |vm, object| {
            Ok(text_or_none(vm, Some(&vm.receiver::<Encoder>(object)?.item_separator)))
        })
        .member(),
        Property::new("sort_keys", "sort_keys", |vm, object| {
            Ok(vm.bool(vm.receiver::<Encoder>(object)?.sort_keys))
        })
        .member(),
        Property::new("skipkeys", "skipkeys", |vm, object| {
            Ok(vm.bool(vm.receiver::<Encoder>(object)?.skip_keys))
        })
        .member(),
    ];

pub(super) fn ready(vm: &Vm) {
    TypeBuilder::new(vm, &ENCODER)
        .doc("Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)")
        .module("_json")
        .slots(|slots| {
            slots.new.set(Some(new));
            slots.call.set(Some(call));
        })
        .properties(PROPERTIES)
        .ready();
}
