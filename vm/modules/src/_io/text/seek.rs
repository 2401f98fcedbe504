//! Where the program is in a text: a number from which decoding can be taken up again.

use lasti_vm::number::{Int, IntView};
use lasti_vm::object::Obj;
use lasti_vm::{PyResult, Vm};
use malachite_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use super::super::unsupported;
use super::TextIo;
use super::read::count_chars;

/// A place: where the decoder's state was plain, and how to get from there to the place itself.
#[derive(Default, Clone, Copy, PartialEq, Debug)]
struct Cookie {
    start: u64,
    flags: u32,
    bytes_to_feed: u32,
    chars_to_skip: u32,
    need_eof: bool,
}

impl Cookie {
    /// The number that `tell` returns: the parts from the lowest bits on.
    fn pack(self) -> Obj {
        let mut bytes = Vec::with_capacity(21);
        bytes.extend_from_slice(&self.start.to_le_bytes());
        for part in [self.flags, self.bytes_to_feed, self.chars_to_skip] {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        bytes.push(self.need_eof.into());
        Int::from_big(BigInt::from_bytes_le(Sign::Plus, &bytes))
    }

    fn unpack(vm: &Vm, number: IntView<'_>) -> PyResult<Self> {
        let (_, mut bytes) = number.to_big().to_bytes_le();
        if bytes.len() > 21 {
            return Err(vm.overflow_error("int too big to convert"));
        }
        bytes.resize(21, 0);
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Ok(Self {
            start: u64::from(word(0)) | u64::from(word(4)) << 32,
            flags: word(8),
            bytes_to_feed: word(12),
            chars_to_skip: word(16),
            need_eof: bytes[20] != 0,
        })
    }
}

impl TextIo {
    fn set_decoder_state(&self, vm: &Vm, cookie: &Cookie) -> PyResult<()> {
        if cookie.start == 0 && cookie.flags == 0 {
            self.decoder.reset(vm)
        } else {
            self.decoder.set_state(vm, &[], cookie.flags.into())
        }
    }

    fn set_encoder_start(&self, vm: &Vm, cookie: &Cookie) -> PyResult<()> {
        if self.encoder.is_none() {
            return Ok(());
        }
        self.encoder.set_start(vm, cookie.start == 0 && cookie.flags == 0)
    }

    /// `seek(cookie, whence)`
    pub(super) fn seek(&self, vm: &Vm, this: &Obj, cookie: &Obj, whence: i32) -> PyResult {
        let buffer = self.open_buffer(vm, this)?;
        if !self.seekable.get() {
            return Err(unsupported(vm, "underlying stream is not seekable"));
        }
        let zero = Int::new(0);
        let is_zero = vm.eq(cookie, &zero)?;
        let cookie = match whence {
            1 => {
                if !is_zero {
                    return Err(unsupported(vm, "can't do nonzero cur-relative seeks"));
                }
                // The place where it is: what was read ahead goes.
                vm.call_method_named(this, "tell", &[])?
            }
            2 => {
                if !is_zero {
                    return Err(unsupported(vm, "can't do nonzero end-relative seeks"));
                }
                vm.call_method(this, &vm.names().flush, &[])?;
                self.forget_decoded();
                self.snapshot.replace(None);
                self.decoder.reset(vm)?;
                let place = vm.call_method_named(&buffer, "seek", &[zero.clone(), Int::new(2)])?;
                if !self.encoder.is_none() {
                    self.encoder.set_start(vm, vm.eq(&place, &zero)?)?;
                }
                return Ok(place);
            }
            0 => cookie.clone(),
            _ => {
                return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)")));
            }
        };
        let cookie = vm.index(&cookie)?;
        let number = cookie.as_int().unwrap_or(IntView::Small(0));
        if number.is_negative() {
            return Err(vm.value_error(format!("negative seek position {}", vm.repr_text(&cookie)?)));
        }
        vm.call_method(this, &vm.names().flush, &[])?;
        let place = Cookie::unpack(vm, number)?;
        vm.call_method_named(&buffer, "seek", &[Int::from_u64(place.start)])?;
        self.forget_decoded();
        self.snapshot.replace(None);
        if !self.decoder.is_none() {
            self.set_decoder_state(vm, &place)?;
        }
        if place.chars_to_skip > 0 {
            // The bytes up to the place are decoded again.
            let size = Int::from_u64(place.bytes_to_feed.into());
            let bytes = vm.call_method_named(&buffer, "read", &[size])?;
            let Some(bytes) = bytes.downcast::<lasti_vm::bytes::Bytes>() else {
                return Err(vm.type_error(format!(
                    "underlying read() should have returned a bytes object, not '{}'",
                    bytes.ty().name()
                )));
            };
            let bytes = bytes.as_slice().to_vec();
            let text = self.decoder.decode(vm, &bytes, place.need_eof)?;
            self.snapshot.replace(Some((place.flags.into(), bytes)));
            let skip = place.chars_to_skip as usize;
            if count_chars(&text) < skip {
                return Err(vm.error(&lasti_vm::builtins::OS_ERROR, "can't restore logical file position"));
            }
            let used = text.code_point_indices().nth(skip).map_or(text.as_bytes().len(), |(at, _)| at);
            self.set_decoded(text);
            self.used.set(used);
        } else {
            self.snapshot.replace(Some((place.flags.into(), Vec::new())));
        }
        if !self.encoder.is_none() {
            self.set_encoder_start(vm, &place)?;
        }
        Ok(cookie.clone())
    }

    /// `tell()`
    pub(super) fn tell(&self, vm: &Vm, this: &Obj) -> PyResult {
        let buffer = self.open_buffer(vm, this)?;
        if !self.seekable.get() {
            return Err(unsupported(vm, "underlying stream is not seekable"));
        }
        if !self.telling.get() {
            return Err(vm.error(&lasti_vm::builtins::OS_ERROR, "telling position disabled by next() call"));
        }
        self.flush_pending(vm)?;
        vm.call_method(this, &vm.names().flush, &[])?;
        let place = vm.call_method_named(&buffer, "tell", &[])?;
        let snapshot = self.snapshot.borrow().clone();
        let (Some((flags, input)), false) = (snapshot, self.decoder.is_none()) else {
            return Ok(place);
        };
        let place = vm.index(&place)?.as_int().and_then(|place| place.to_big().to_u64()).unwrap_or(0);
        let mut cookie = Cookie {
            start: place.saturating_sub(input.len() as u64),
            flags: flags as u32,
            ..Cookie::default()
        };
        let decoded = self.decoded.borrow().clone();
        let used = self.used.get();
        if used == 0 || decoded.as_bytes().is_empty() {
            return Ok(cookie.pack());
        }
        let skip = count_chars(&decoded[..used]);
        let saved = self.decoder.state(vm)?;
        let result = self.find_start(vm, &mut cookie, &input, skip);
        let restored = self.decoder.set_state(vm, &saved.0, saved.1);
        result.and(restored)?;
        Ok(cookie.pack())
    }

    /// Finds the last place before the program's where the decoder's state was plain.
    fn find_start(&self, vm: &Vm, cookie: &mut Cookie, input: &[u8], skip: usize) -> PyResult<()> {
        // Guess from the bytes for each character, and go back until the state is plain.
        let mut skip_bytes = ((self.ratio.get() * skip as f64) as usize).min(input.len());
        let mut back = 1;
        let mut chars_to_skip = skip;
        while skip_bytes > 0 {
            self.set_decoder_state(vm, cookie)?;
            let decoded = self.decoder.decode(vm, &input[..skip_bytes], false)?;
            let chars = count_chars(&decoded);
            if chars <= chars_to_skip {
                let (kept, flags) = self.decoder.state(vm)?;
                if kept.is_empty() {
                    cookie.flags = flags as u32;
                    chars_to_skip -= chars;
                    break;
                }
                skip_bytes -= kept.len().min(skip_bytes);
                back = 1;
            } else {
                skip_bytes -= back.min(skip_bytes);
                back *= 2;
            }
        }
        if skip_bytes == 0 {
            self.set_decoder_state(vm, cookie)?;
        }
        cookie.start += skip_bytes as u64;
        cookie.chars_to_skip = chars_to_skip as u32;
        if chars_to_skip == 0 {
            return Ok(());
        }
        // From there byte for byte, noting each place where the state is plain.
        let mut chars = 0;
        for byte in &input[skip_bytes..] {
            chars += count_chars(&self.decoder.decode(vm, std::slice::from_ref(byte), false)?);
            cookie.bytes_to_feed += 1;
            let (kept, flags) = self.decoder.state(vm)?;
            if kept.is_empty() && chars <= chars_to_skip {
                cookie.start += u64::from(cookie.bytes_to_feed);
                chars_to_skip -= chars;
                cookie.flags = flags as u32;
                cookie.bytes_to_feed = 0;
                chars = 0;
            }
            if chars >= chars_to_skip {
                break;
            }
        }
        if chars < chars_to_skip {
            chars += count_chars(&self.decoder.decode(vm, &[], true)?);
            cookie.need_eof = true;
            if chars < chars_to_skip {
                return Err(
                    vm.error(&lasti_vm::builtins::OS_ERROR, "can't reconstruct logical file position")
                );
            }
        }
        cookie.chars_to_skip = chars_to_skip as u32;
        Ok(())
    }
}
