//! Making a text stream, and changing how it works.

use lasti_vm::call::{Args, Signature};
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::text::Str;
use lasti_vm::{PyResult, Ref, Vm};

use super::super::buffered;
use super::super::newline;
use super::super::unsupported;
use super::{CHUNK_SIZE, Options, TextIo, coding, text_of};

static INIT: Signature<6> = Signature::new(
    "TextIOWrapper",
    ["buffer", "encoding", "errors", "newline", "line_buffering", "write_through"],
    1,
);

/// A str argument, or none.
fn text_or_none<'a>(vm: &Vm, name: &str, given: Option<&'a Obj>) -> PyResult<Option<&'a Obj>> {
    let given = given.filter(|given| !vm.is_none(given));
    match given {
        Some(given) if given.as_str_obj().is_none() => {
            Err(vm.bad_argument("TextIOWrapper", &format!("'{name}'"), "str or None", given))
        }
        _ => Ok(given),
    }
}

pub(super) fn init_slot(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    let stream = vm.receiver::<TextIo>(object)?;
    let [Some(buffer), encoding, errors, newline, line_buffering, write_through] = args.bind(vm, &INIT)?
    else {
        return Ok(());
    };
    let flag = |given: Option<&Obj>| given.map_or(Ok(false), |given| vm.is_true(given));
    let options = Options {
        encoding: text_or_none(vm, "encoding", encoding)?.cloned(),
        errors: text_or_none(vm, "errors", errors)?.cloned(),
        newline: text_or_none(vm, "newline", newline)?.cloned(),
        line_buffering: flag(line_buffering)?,
        write_through: flag(write_through)?,
    };
    start(vm, stream, buffer, &options)
}

/// The text of a str that is to be a name.
fn plain(vm: &Vm, given: &Obj) -> PyResult<String> {
    vm.plain_str_argument("TextIOWrapper", "", given)
}

/// The encoding of a stream whose maker does not say: the locale's.
fn locale_encoding() -> &'static str {
    if lasti_vm::vm::config::Config::get().flags.utf8_mode { "utf-8" } else { "UTF-8" }
}

/// What `__init__` does.
pub(super) fn start(vm: &Vm, stream: &Ref<TextIo>, buffer: &Obj, options: &Options) -> PyResult<()> {
    stream.ok.set(false);
    stream.detached.set(false);
    if options.encoding.is_none() && lasti_vm::vm::config::Config::get().flags.warn_default_encoding {
        vm.warn(&lasti_vm::builtins::ENCODING_WARNING, "'encoding' argument not specified", 1)?;
    }
    let newline = options.newline.as_ref().map(|newline| plain(vm, newline)).transpose()?;
    check_newline(vm, newline.as_deref())?;
    let errors = match &options.errors {
        Some(errors) => {
            let name = plain(vm, errors)?;
            if lasti_vm::vm::config::Config::get().flags.dev_mode {
                // An unknown handler is an error now, and not when it is needed.
                vm.error_handler(&name)?;
            }
            errors.clone()
        }
        None => vm.intern("strict").into_obj(),
    };
    let encoding = match &options.encoding {
        Some(encoding) => match plain(vm, encoding)?.as_str() {
            "locale" => vm.intern("UTF-8").into_obj(),
            _ => encoding.clone(),
        },
        None => vm.intern(locale_encoding()).into_obj(),
    };
    // What was kept of another stream goes.
    drop((stream.decoder.take(), stream.encoder.take(), stream.file.take()));
    stream.snapshot.replace(None);
    stream.forget_decoded();
    stream.pending.borrow_mut().clear();
    stream.chunk_size.set(CHUNK_SIZE);
    stream.ratio.set(0.0);
    stream.encoding.set(encoding.clone());
    stream.errors.set(errors);
    stream.line_buffering.set(options.line_buffering);
    stream.write_through.set(options.write_through);
    set_newline(stream, newline.as_deref());
    // An unknown encoding is an error, whether anything is read or written or not.
    let codec = codec_info(vm, &plain(vm, &encoding)?)?;
    stream.buffer.set(buffer.clone());
    set_decoder(vm, stream, buffer, codec.as_ref())?;
    set_encoder(vm, stream, buffer, codec.as_ref())?;
    if let Some(file) = buffered::plain_file(buffer) {
        stream.file.set(file.into_obj());
    }
    let seekable = vm.call_method_named(buffer, "seekable", &[])?;
    let seekable = vm.is_true(&seekable)?;
    stream.seekable.set(seekable);
    stream.telling.set(seekable);
    stream.has_read1.set(vm.find_attr(buffer, &vm.intern("read1"))?.is_some());
    stream.ok.set(true);
    fix_encoder_start(vm, stream, buffer)
}

fn check_newline(vm: &Vm, newline: Option<&str>) -> PyResult<()> {
    match newline {
        None | Some("" | "\n" | "\r" | "\r\n") => Ok(()),
        Some(newline) => Err(vm.value_error(format!("illegal newline value: {newline}"))),
    }
}

fn set_newline(stream: &TextIo, newline: Option<&str>) {
    stream.read_universal.set(newline.is_none_or(str::is_empty));
    stream.read_translate.set(newline.is_none());
    stream.read_newline.replace(newline.unwrap_or_default().to_owned());
    // On this system, `\n` is written as it is unless something else is asked for.
    let written = newline.filter(|newline| !newline.is_empty() && *newline != "\n");
    stream.write_newline.replace(written.map(str::to_owned));
}

/// The codec as the registry has it, checked to be one for text; `None` where it is native.
fn codec_info(vm: &Vm, encoding: &str) -> PyResult<Option<Obj>> {
    if coding::native(encoding).is_some() {
        return Ok(None);
    }
    let codec = vm.lookup_codec(encoding)?;
    let is_text = match vm.find_attr(&codec, &vm.intern("_is_text_encoding"))? {
        Some(flag) => vm.is_true(&flag)?,
        None => true,
    };
    if is_text {
        Ok(Some(codec))
    } else {
        Err(vm.lookup_error(format!("'{encoding}' is not a text encoding")))
    }
}

fn asks(vm: &Vm, buffer: &Obj, inquiry: &str) -> PyResult<bool> {
    let answer = vm.call_method_named(buffer, inquiry, &[])?;
    vm.is_true(&answer)
}

fn set_decoder(vm: &Vm, stream: &TextIo, buffer: &Obj, codec: Option<&Obj>) -> PyResult<()> {
    if !asks(vm, buffer, "readable")? {
        return Ok(());
    }
    let universal = stream.read_universal.get().then(|| stream.read_translate.get());
    match codec {
        None => {
            if let Some(native) = coding::native(&text_of(&stream.encoding, "")) {
                stream.decoder.set_native(native, stream.errors_text(), universal);
            }
        }
        Some(codec) => {
            let errors = vm.or_none(stream.errors.get());
            let mut decoder = vm.call_method_named(codec, "incrementaldecoder", &[errors])?;
            if let Some(translate) = universal {
                decoder = newline::make(decoder, translate);
            }
            stream.decoder.set_object(decoder);
        }
    }
    Ok(())
}

fn set_encoder(vm: &Vm, stream: &TextIo, buffer: &Obj, codec: Option<&Obj>) -> PyResult<()> {
    if !asks(vm, buffer, "writable")? {
        return Ok(());
    }
    match codec {
        None => {
            if let Some(native) = coding::native(&text_of(&stream.encoding, "")) {
                stream.encoder.set_native(native);
            }
        }
        Some(codec) => {
            let errors = vm.or_none(stream.errors.get());
            stream.encoder.set_object(vm.call_method_named(codec, "incrementalencoder", &[errors])?);
        }
    }
    Ok(())
}

/// An encoder whose first bytes are a mark must not write it in the middle of a file.
fn fix_encoder_start(vm: &Vm, stream: &TextIo, buffer: &Obj) -> PyResult<()> {
    if !stream.seekable.get() || stream.encoder.is_none() {
        return Ok(());
    }
    let place = vm.call_method_named(buffer, "tell", &[])?;
    if vm.eq(&place, &Int::new(0))? { Ok(()) } else { stream.encoder.set_start(vm, false) }
}

static RECONFIGURE: Signature<5> =
    Signature::new("reconfigure", ["encoding", "errors", "newline", "line_buffering", "write_through"], 0)
        .keyword_only(0);

/// `reconfigure`
pub(super) fn reconfigure(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let stream = vm.receiver::<TextIo>(object)?;
    let given = args.bind(vm, &RECONFIGURE)?;
    let [encoding, errors, newline, line_buffering, write_through] =
        given.map(|given| given.filter(|given| !vm.is_none(given)));
    // A newline of None is a choice, too: the one by default.
    let newline_given = args.bind(vm, &RECONFIGURE)?[2];
    let changes_decoding = encoding.is_some() || errors.is_some() || newline_given.is_some();
    let decoding = !stream.decoded.borrow().as_bytes().is_empty() || stream.snapshot.borrow().is_some();
    if changes_decoding && decoding {
        return Err(unsupported(
            vm,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    let newline = newline.map(|newline| newline_argument(vm, newline)).transpose()?;
    check_newline(vm, newline.as_deref())?;
    let flag = |given: Option<&Obj>, now: bool| match given {
        Some(given) => {
            let int = vm.index_i64(given)?;
            Ok(int != 0)
        }
        None => Ok(now),
    };
    let line_buffering = flag(line_buffering, stream.line_buffering.get())?;
    let write_through = flag(write_through, stream.write_through.get())?;
    vm.call_method(object, &vm.names().flush, &[])?;
    if changes_decoding {
        let buffer = stream.buffer(vm)?;
        change_encoding(vm, stream, &buffer, encoding, errors, newline_given.is_some().then_some(newline))?;
    }
    stream.line_buffering.set(line_buffering);
    stream.write_through.set(write_through);
    Ok(vm.none())
}

fn newline_argument(vm: &Vm, newline: &Obj) -> PyResult<String> {
    match newline.as_str_obj() {
        Some(_) => plain(vm, newline),
        None => Err(vm.type_error(format!(
            "reconfigure() argument 'newline' must be str or None, not {}",
            newline.ty().name()
        ))),
    }
}

/// The text of a str up to a null character, as C has it.
fn without_null(vm: &Vm, given: &Obj) -> PyResult<String> {
    match given.as_str_obj().and_then(|text| text.as_str()) {
        Some(text) => Ok(text.split('\0').next().unwrap_or_default().to_owned()),
        None => plain(vm, given),
    }
}

#[allow(clippy::option_option, reason = "a newline of None is a choice, too")]
fn change_encoding(
    vm: &Vm,
    stream: &Ref<TextIo>,
    buffer: &Obj,
    encoding: Option<&Obj>,
    errors: Option<&Obj>,
    newline: Option<Option<String>>,
) -> PyResult<()> {
    let named = |name: &str, given: Option<&Obj>| match given {
        Some(given) if given.as_str_obj().is_none() => {
            Err(vm.bad_argument("reconfigure", &format!("'{name}'"), "str or None", given))
        }
        Some(given) => without_null(vm, given).map(|_| Some(given.clone())),
        None => Ok(None),
    };
    let (encoding, errors) = (named("encoding", encoding)?, named("errors", errors)?);
    let errors = match (&encoding, errors) {
        (_, Some(errors)) => errors,
        // A new encoding starts with the default errors.
        (Some(_), None) => vm.intern("strict").into_obj(),
        (None, None) => vm.or_none(stream.errors.get()),
    };
    let encoding = match encoding {
        Some(encoding) if encoding.as_str_obj().and_then(|text| text.as_str()) == Some("locale") => {
            vm.intern("UTF-8").into_obj()
        }
        Some(encoding) => encoding,
        None => vm.or_none(stream.encoding.get()),
    };
    let codec = codec_info(vm, &without_null(vm, &encoding)?)?;
    if let Some(newline) = newline {
        set_newline(stream, newline.as_deref());
    }
    stream.encoding.set(encoding);
    stream.errors.set(errors);
    drop((stream.decoder.take(), stream.encoder.take()));
    set_decoder(vm, stream, buffer, codec.as_ref())?;
    set_encoder(vm, stream, buffer, codec.as_ref())?;
    fix_encoder_start(vm, stream, buffer)
}

/// The str for the attribute `errors`.
pub(super) fn errors(vm: &Vm, stream: &TextIo) -> Obj {
    stream
        .errors
        .get()
        .unwrap_or_else(|| Str::new(vm.intern("strict").as_str().unwrap_or_default()).into_obj())
}
