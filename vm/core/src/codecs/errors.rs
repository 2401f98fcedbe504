//! Error handlers of codecs, and the exceptions that codecs raise.

use lasti_text::codecs::handlers::Handler;
use lasti_text::codecs::{CodecError, Fault, Replacement};
use rustpython_wtf8::Wtf8Buf;

use crate::builtins as types;
use crate::builtins::exceptions::field;
use crate::bytes::Bytes;
use crate::errors::{BaseException, Exc, PyResult};
use crate::number::Int;
use crate::object::{Obj, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::types::{NativeCall, NativeDef, TypeObject};
use crate::vm::Vm;

/// What ends encoding or decoding.
pub enum Stop {
    /// A codec's own error.
    Codec(CodecError),
    /// What a handler raised.
    Raised(Exc),
}

impl From<CodecError> for Stop {
    fn from(error: CodecError) -> Self {
        Self::Codec(error)
    }
}

impl From<lasti_text::Error> for Stop {
    fn from(error: lasti_text::Error) -> Self {
        Self::Codec(error.into())
    }
}

impl Stop {
    /// The exception, of encoding `text`.
    pub fn raise_encode(self, vm: &Vm, text: &Ref<Str>) -> Exc {
        self.raise(vm, &[], text.as_obj())
    }

    /// The exception, of decoding `bytes`.
    pub fn raise_decode(self, vm: &Vm, bytes: &[u8]) -> Exc {
        self.raise(vm, bytes, &vm.none())
    }

    fn raise(self, vm: &Vm, bytes: &[u8], text: &Obj) -> Exc {
        match self {
            Self::Raised(error) => error,
            Self::Codec(CodecError::Decode(fault)) => vm.unicode_decode_error(bytes, &fault),
            Self::Codec(CodecError::Encode(fault)) => vm.unicode_encode_error(text, &fault),
            Self::Codec(CodecError::Other(error)) => vm.text_error(&error),
        }
    }
}

impl Vm {
    /// The UnicodeDecodeError of a fault in `bytes`.
    #[cold]
    pub fn unicode_decode_error(&self, bytes: &[u8], fault: &Fault) -> Exc {
        self.unicode_error(&types::UNICODE_DECODE_ERROR, Bytes::new(bytes).into_obj(), fault)
    }

    /// The UnicodeEncodeError of a fault in `text`.
    #[cold]
    pub fn unicode_encode_error(&self, text: &Obj, fault: &Fault) -> Exc {
        self.unicode_error(&types::UNICODE_ENCODE_ERROR, text.clone(), fault)
    }

    fn unicode_error(&self, ty: &TypeObject, object: Obj, fault: &Fault) -> Exc {
        let args = vec![
            Str::new(fault.encoding).into_obj(),
            object,
            Int::from_usize(fault.start),
            Int::from_usize(fault.end),
            Str::new(&fault.reason).into_obj(),
        ];
        let error = self.error_with(ty, args.clone());
        for (name, value) in ["encoding", "object", "start", "end", "reason"].into_iter().zip(args) {
            if let Some(cell) = field(error.exception(), ty, name) {
                cell.set(value);
            }
        }
        error
    }
}

/// The error handler of one encoding or decoding, looked up when first needed.
pub struct Errors<'a> {
    vm: &'a Vm,
    name: &'a str,
    native: Option<Handler>,
    registered: Option<Obj>,
}

impl<'a> Errors<'a> {
    /// The handler called `name`.
    pub fn new(vm: &'a Vm, name: &'a str) -> Self {
        Self { vm, name, native: Handler::from_name(name), registered: None }
    }

    fn registered(&mut self) -> PyResult<Obj> {
        if let Some(handler) = &self.registered {
            return Ok(handler.clone());
        }
        let handler = self.vm.error_handler(self.name)?;
        Ok(self.registered.insert(handler).clone())
    }

    /// Handles a fault of decoding.
    pub fn decode(&mut self, bytes: &[u8], fault: &Fault) -> Result<(Wtf8Buf, usize), Stop> {
        match self.native {
            Some(handler) => Ok(handler.decode(bytes, fault)?),
            None => self.decode_registered(bytes, fault).map_err(Stop::Raised),
        }
    }

    fn decode_registered(&mut self, bytes: &[u8], fault: &Fault) -> PyResult<(Wtf8Buf, usize)> {
        let vm = self.vm;
        let handler = self.registered()?;
        let error = vm.unicode_decode_error(bytes, fault).into_obj();
        let result = vm.call(&handler, &[error])?;
        let parts = result.downcast::<Tuple>().map(|tuple| tuple.items().to_vec()).unwrap_or_default();
        match parts.as_slice() {
            [text, position] if text.as_str_obj().is_some() && position.as_int().is_some() => {
                let position = self.position(position, bytes.len())?;
                Ok((text.as_str_obj().map(|text| text.as_wtf8().to_owned()).unwrap_or_default(), position))
            }
            _ => Err(vm.type_error("decoding error handler must return (str, int) tuple")),
        }
    }

    /// Handles a fault of encoding.
    pub fn encode(&mut self, text: &Ref<Str>, fault: &Fault) -> Result<(Replacement, usize), Stop> {
        match self.native {
            Some(handler) => Ok(handler.encode(text.text(), fault)?),
            None => self.encode_registered(text, fault).map_err(Stop::Raised),
        }
    }

    fn encode_registered(&mut self, text: &Ref<Str>, fault: &Fault) -> PyResult<(Replacement, usize)> {
        let vm = self.vm;
        let handler = self.registered()?;
        let error = vm.unicode_encode_error(text.as_obj(), fault).into_obj();
        let result = vm.call(&handler, &[error])?;
        let parts = result.downcast::<Tuple>().map(|tuple| tuple.items().to_vec()).unwrap_or_default();
        let [replacement, position] = parts.as_slice() else { return Err(self.no_pair()) };
        let replacement = if let Some(text) = replacement.downcast::<Str>() {
            Replacement::Text(text.as_wtf8().to_owned())
        } else if let Some(bytes) = replacement.downcast::<Bytes>() {
            Replacement::Bytes(bytes.as_slice().to_vec())
        } else {
            return Err(self.no_pair());
        };
        if position.as_int().is_none() {
            return Err(self.no_pair());
        }
        Ok((replacement, self.position(position, text.char_len())?))
    }

    fn no_pair(&self) -> Exc {
        self.vm.type_error("encoding error handler must return (str/bytes, int) tuple")
    }

    /// Where to go on; negative positions count from the end.
    fn position(&self, position: &Obj, length: usize) -> PyResult<usize> {
        let position = self.vm.size_argument(position)?;
        lasti_text::codecs::resolve_position(position, length).map_err(|error| self.vm.text_error(&error))
    }
}

/// The names of encodings that handlers know, as the algorithms spell them.
fn known_encoding(name: &str) -> &'static str {
    let mut plain = name.to_ascii_lowercase().replace('_', "-");
    if let Some(rest) = plain.strip_prefix("utf")
        && !rest.starts_with('-')
    {
        plain = format!("utf-{rest}");
    }
    match plain.as_str() {
        "utf-8" | "cp65001" => "utf-8",
        "utf-16" => "utf-16",
        "utf-16-le" | "utf-16le" => "utf-16-le",
        "utf-16-be" | "utf-16be" => "utf-16-be",
        "utf-32" => "utf-32",
        "utf-32-le" | "utf-32le" => "utf-32-le",
        "utf-32-be" | "utf-32be" => "utf-32-be",
        _ => "unknown",
    }
}

/// A handler as a function of Python: takes the exception, returns replacement and position.
fn handle(vm: &Vm, handler: Handler, error: &Obj) -> PyResult {
    let Some(exception) = error.downcast::<BaseException>() else {
        return Err(vm.type_error("codec must pass exception instance"));
    };
    let ty = error.ty();
    if handler == Handler::Strict {
        return Err(Exc::new(exception.clone()));
    }
    let (decode, encode) =
        (ty.is_subtype_of(&types::UNICODE_DECODE_ERROR), ty.is_subtype_of(&types::UNICODE_ENCODE_ERROR));
    let translate = ty.is_subtype_of(&types::UNICODE_TRANSLATE_ERROR);
    let position = |name: &str| {
        let value = field(exception, ty, name).and_then(crate::object::ObjCell::get);
        value.and_then(|value| value.as_i64()).and_then(|value| usize::try_from(value).ok()).unwrap_or(0)
    };
    let object = field(exception, ty, "object").and_then(crate::object::ObjCell::get);
    let encoding = field(exception, ty, "encoding")
        .and_then(|cell| cell.get_as::<Str>())
        .map_or("unknown", |name| known_encoding(&name.to_string_lossy()));
    let text = object.as_ref().and_then(Obj::as_str_obj);
    let bytes = object.as_ref().and_then(|object| object.downcast::<Bytes>());
    let length = text.map(|text| text.char_len()).or(bytes.map(|bytes| bytes.as_slice().len())).unwrap_or(0);
    let start = position("start").min(length.saturating_sub(1));
    let end = position("end").min(length).max(start);
    let fault = Fault { encoding, start, end, reason: "".into() };
    let (replacement, position) = match (text, bytes) {
        (_, Some(bytes)) if decode && handler != Handler::XmlCharRefReplace => {
            match handler.decode(bytes.as_slice(), &fault) {
                Ok((text, position)) => (Str::from_wtf8(&text).into_obj(), position),
                Err(CodecError::Other(error)) => return Err(vm.text_error(&error)),
                Err(_) => return Err(Exc::new(exception.clone())),
            }
        }
        (Some(_), _) if translate && handler == Handler::Replace => {
            (Str::new(&"\u{FFFD}".repeat(end - start)).into_obj(), end)
        }
        (Some(text), _)
            if encode || translate && matches!(handler, Handler::Ignore | Handler::BackslashReplace) =>
        {
            match handler.encode(text.text(), &fault) {
                Ok((Replacement::Text(text), position)) => (Str::from_wtf8(&text).into_obj(), position),
                Ok((Replacement::Bytes(bytes), position)) => (Bytes::new(&bytes).into_obj(), position),
                Err(CodecError::Other(error)) => return Err(vm.text_error(&error)),
                Err(_) => return Err(Exc::new(exception.clone())),
            }
        }
        _ => {
            return Err(vm.type_error(format!("don't know how to handle {} in error callback", ty.name())));
        }
    };
    Ok(Tuple::new(vec![replacement, Int::from_usize(position)]).into_obj())
}

macro_rules! handlers {
    ($($static:ident $name:literal $function:literal $handler:ident $doc:literal;)*) => {
        $(static $static: NativeDef = NativeDef::new(
            $function,
            "",
            $doc,
            NativeCall::One(|vm, _, error| handle(vm, Handler::$handler, error)),
        );)*

        /// CPython's error handlers as functions, with the names that they are registered by.
        pub fn handler_functions() -> &'static [(&'static str, &'static NativeDef)] {
            static ALL: &[(&str, &NativeDef)] = &[$(($name, &$static),)* ("namereplace", &super::name_replace::NAME_REPLACE)];
            ALL
        }
    };
}

handlers! {
    STRICT "strict" "strict_errors" Strict "Implements the 'strict' error handling, which raises a UnicodeError on coding errors.";
    IGNORE "ignore" "ignore_errors" Ignore "Implements the 'ignore' error handling, which ignores malformed data and continues.";
    REPLACE "replace" "replace_errors" Replace "Implements the 'replace' error handling, which replaces malformed data with a replacement marker.";
    XML "xmlcharrefreplace" "xmlcharrefreplace_errors" XmlCharRefReplace "Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.";
    BACKSLASH "backslashreplace" "backslashreplace_errors" BackslashReplace "Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.";
    SURROGATE_PASS "surrogatepass" "surrogatepass" SurrogatePass "";
    SURROGATE_ESCAPE "surrogateescape" "surrogateescape" SurrogateEscape "";
}
