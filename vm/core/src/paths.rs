//! File names between Python and the system: bytes that are not UTF-8 are lone surrogates in a str.

use rustpython_wtf8::{CodePoint, Wtf8Buf};

use crate::bytes::Bytes;
use crate::errors::PyResult;
use crate::object::{Obj, Ref};
use crate::text::Str;
use crate::vm::Vm;

/// The str for a name as the system has it.
pub fn from_system(bytes: &[u8]) -> Ref<Str> {
    let mut text = Wtf8Buf::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            if let Some(surrogate) = CodePoint::from_u32(0xDC00 + u32::from(byte)) {
                text.push(surrogate);
            }
        }
    }
    Str::from_wtf8(&text)
}

impl Vm {
    /// The name as the system has it. Raises for surrogates that stand for no byte.
    pub fn encode_name(&self, text: &Str) -> PyResult<Vec<u8>> {
        if let Some(text) = text.as_str() {
            return Ok(text.as_bytes().to_vec());
        }
        let mut bytes = Vec::with_capacity(text.as_bytes().len());
        for (index, code) in text.as_wtf8().code_points().enumerate() {
            match (code.to_char(), code.to_u32()) {
                (Some(char), _) => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
                (None, code @ 0xDC80..=0xDCFF) => bytes.push((code - 0xDC00) as u8),
                _ => {
                    let at = |index: usize| crate::number::Int::from_usize(index);
                    return Err(self.error_with(
                        &crate::builtins::UNICODE_ENCODE_ERROR,
                        vec![
                            Str::new("utf-8").into_obj(),
                            Str::from_wtf8(text.as_wtf8()).into_obj(),
                            at(index),
                            at(index + 1),
                            Str::new("surrogates not allowed").into_obj(),
                        ],
                    ));
                }
            }
        }
        Ok(bytes)
    }

    /// The str of a path that is a str or bytes.
    pub fn decode_path(&self, path: &Obj) -> PyResult<Ref<Str>> {
        if let Some(text) = path.downcast::<Str>() {
            return Ok(text.clone());
        }
        match path.downcast::<Bytes>() {
            Some(bytes) => Ok(from_system(bytes.as_slice())),
            None => Err(self
                .type_error(format!("expected str, bytes or os.PathLike object, not {}", path.ty().name()))),
        }
    }
}
