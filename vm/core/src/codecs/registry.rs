//! Codecs and error handlers that Python code registered. CPython: Python/codecs.c.

use crate::builtins as types;
use crate::call::Args;
use crate::dict::Dict;
use crate::errors::{Exc, PyResult};
use crate::function::NativeFunction;
use crate::object::{Obj, ObjVec, Ref};
use crate::sequence::Tuple;
use crate::text::Str;
use crate::vm::Vm;

use super::handler_functions;

/// What was registered.
pub struct Registry {
    /// Functions that find a codec by its name.
    search: ObjVec,
    /// Codecs found, by normalized name.
    found: Ref<Dict>,
    /// Error handlers by name.
    handlers: Ref<Dict>,
}

impl Default for Registry {
    fn default() -> Self {
        Self { search: ObjVec::new(Vec::new()), found: Dict::new(), handlers: Dict::new() }
    }
}

/// The name that search functions get: in lower case, blanks as underscores.
fn normalize(name: &str) -> String {
    name.chars().map(|c| if c == ' ' { '_' } else { c.to_ascii_lowercase() }).collect()
}

impl Vm {
    fn codecs(&self) -> PyResult<&'static Registry> {
        let (registry, new) = self.interp().codecs();
        if new {
            for (name, def) in handler_functions() {
                let function = NativeFunction::new(def, None, None).into_obj();
                registry.handlers.set_str(self, &self.intern(name), function)?;
            }
        }
        Ok(registry)
    }

    /// `codecs.register(search_function)`
    pub fn register_codec_search(&self, function: &Obj) -> PyResult<()> {
        let registry = self.codecs()?;
        if !self.is_callable(function) {
            return Err(self.type_error("argument must be callable"));
        }
        registry.search.push(function.clone());
        Ok(())
    }

    /// `codecs.unregister(search_function)`
    pub fn unregister_codec_search(&self, function: &Obj) -> PyResult<()> {
        let registry = self.codecs()?;
        let place = registry.search.slice().iter().position(|known| known.is(function));
        if let Some(place) = place {
            drop(registry.search.remove(place));
            registry.found.clear_now();
        }
        Ok(())
    }

    /// `codecs.lookup(encoding)`: a tuple of encoder, decoder, stream reader and stream writer.
    pub fn lookup_codec(&self, encoding: &str) -> PyResult {
        let registry = self.codecs()?;
        let name = Str::new(&normalize(encoding));
        if let Some(found) = registry.found.get_str(self, &name)? {
            return Ok(found);
        }
        if registry.search.is_empty() {
            self.import_encodings()?;
        }
        for function in registry.search.to_vec() {
            let found = self.call(&function, &[name.as_obj().clone()])?;
            if self.is_none(&found) {
                continue;
            }
            if found.downcast::<Tuple>().is_none_or(|parts| parts.len() != 4) {
                return Err(self.type_error("codec search functions must return 4-tuples"));
            }
            registry.found.set_str(self, &name, found.clone())?;
            return Ok(found);
        }
        Err(self.lookup_error(format!("unknown encoding: {encoding}")))
    }

    /// The package `encodings` registers a search function when it is first imported.
    fn import_encodings(&self) -> PyResult<()> {
        let import = self.builtin("__import__")?;
        self.call(&import, &[self.intern("encodings").into_obj()]).map(|_| ())
    }

    /// A codec for text alone is asked for, but this one is for other things.
    fn check_text_codec(&self, codec: &Obj, encoding: &str, function: &str) -> PyResult<()> {
        if codec.is_exact(&types::TUPLE) {
            return Ok(());
        }
        let is_text = match self.find_attr(codec, &self.intern("_is_text_encoding"))? {
            Some(flag) => self.is_true(&flag)?,
            None => true,
        };
        if is_text {
            return Ok(());
        }
        Err(self.lookup_error(format!(
            "'{encoding}' is not a text encoding; use {function} to handle arbitrary codecs"
        )))
    }

    /// `codecs.encode(object, encoding, errors)`; with `text`, by codecs for text alone.
    pub fn encode_registered(&self, object: &Obj, encoding: &str, errors: &str, text: bool) -> PyResult {
        self.run_codec(object, encoding, errors, text, 0)
    }

    /// `codecs.decode(object, encoding, errors)`; with `text`, by codecs for text alone.
    pub fn decode_registered(&self, object: &Obj, encoding: &str, errors: &str, text: bool) -> PyResult {
        self.run_codec(object, encoding, errors, text, 1)
    }

    fn run_codec(&self, object: &Obj, encoding: &str, errors: &str, text: bool, which: usize) -> PyResult {
        let codec = self.lookup_codec(encoding)?;
        let (name, function) =
            if which == 0 { ("encoder", "codecs.encode()") } else { ("decoder", "codecs.decode()") };
        if text {
            self.check_text_codec(&codec, encoding, function)?;
        }
        let run = codec.downcast::<Tuple>().and_then(|parts| parts.items().get(which).cloned());
        let Some(run) = run else {
            return Err(self.type_error("codec search functions must return 4-tuples"));
        };
        let args = [object.clone(), Str::new(errors).into_obj()];
        let result = self
            .call_with(&run, Args::positional_only(&args))
            .map_err(|error| self.note_codec(error, encoding, which))?;
        match result.downcast::<Tuple>().map(|parts| parts.items()) {
            Some([value, _]) => Ok(value.clone()),
            _ => Err(self.type_error(format!("{name} must return a tuple (object, integer)"))),
        }
    }

    /// Adds to an exception which codec raised it.
    fn note_codec(&self, error: Exc, encoding: &str, which: usize) -> Exc {
        let doing = if which == 0 { "encoding" } else { "decoding" };
        let note = Str::new(&format!("{doing} with '{encoding}' codec failed")).into_obj();
        let exception = error.exception().as_obj().clone();
        if exception.is_instance_of(&types::UNICODE_ERROR) {
            return error;
        }
        match self.call_method_named(&exception, "add_note", &[note]) {
            Ok(_) => error,
            Err(other) => other,
        }
    }

    /// `codecs.register_error(name, handler)`
    pub fn register_error_handler(&self, name: &Ref<Str>, handler: &Obj) -> PyResult<()> {
        let registry = self.codecs()?;
        if !self.is_callable(handler) {
            return Err(self.type_error("handler must be callable"));
        }
        registry.handlers.set_str(self, name, handler.clone())
    }

    /// `codecs._unregister_error(name)`: whether there was one.
    pub fn unregister_error_handler(&self, name: &Ref<Str>) -> PyResult<bool> {
        let registry = self.codecs()?;
        let text = name.to_string_lossy();
        if handler_functions().iter().any(|(known, _)| *known == text) {
            return Err(self.value_error(format!("cannot un-register built-in error handler '{text}'")));
        }
        Ok(registry.handlers.remove_str(self, name)?.is_some())
    }

    /// `codecs.lookup_error(name)`
    pub fn error_handler(&self, name: &str) -> PyResult {
        let registry = self.codecs()?;
        match registry.handlers.get_str(self, &Str::new(name))? {
            Some(handler) => Ok(handler),
            None => Err(self.lookup_error(format!("unknown error handler name '{name}'"))),
        }
    }
}
