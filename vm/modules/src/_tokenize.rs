//! `_tokenize`: the tokens of a source for `tokenize`. CPython: Python/Python-tokenize.c.
//!
//! The lines are all read when the first token is asked for.

use std::cell::RefCell;
use std::ops::Range;

use lasti_compile::tokens::{Tokens, tokens};
use lasti_vm::builtins::{STOP_ITERATION, iter_self};
use lasti_vm::bytes::Bytes;
use lasti_vm::call::{Args, Signature};
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::Int;
use lasti_vm::object::{ObjCell, Payload, Visitor};
use lasti_vm::sequence::Tuple;
use lasti_vm::text::Str;
use lasti_vm::types::{TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Obj, PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule { name: "_tokenize", doc: "", functions: &[], fill };

struct TokenizerIter {
    /// Returns the next line; None when all have been read.
    readline: ObjCell,
    /// What the lines' bytes are decoded with; `None`: the lines are str.
    encoding: Option<String>,
    extra: bool,
    tokens: RefCell<Option<Tokens>>,
    /// The line of the last token, which is often that of the next.
    line: ObjCell,
    line_at: RefCell<Range<usize>>,
}

impl Payload for TokenizerIter {
    const GC: bool = true;

    fn class() -> &'static TypeObject {
        &TOKENIZER_ITER
    }

    fn traverse(&self, visitor: &mut Visitor<'_>) {
        self.readline.traverse(visitor);
        self.line.traverse(visitor);
    }

    fn clear(&self) {
        drop(self.readline.take());
    }
}

lasti_vm::builtin_type!(/** `TokenizerIter` */ TOKENIZER_ITER, "TokenizerIter", TokenizerIter);

static NEW: Signature<3> =
    Signature::new("tokenizeriter", ["readline", "encoding", "extra_tokens"], 1).keyword_only(1);

fn new(vm: &Vm, _: &TypeObject, args: Args<'_>) -> PyResult {
    if args.positional().is_empty() {
        return Err(vm.type_error("tokenizeriter() takes exactly 1 positional argument (0 given)"));
    }
    let [readline, encoding, extra] = args.bind(vm, &NEW)?;
    let Some(readline) = readline else { return Ok(vm.none()) };
    let Some(extra) = extra else {
        return Err(vm.type_error("tokenizeriter() missing required argument 'extra_tokens' (pos 2)"));
    };
    let encoding = encoding
        .map(|encoding| vm.plain_str_argument("tokenizeriter", "'encoding'", encoding))
        .transpose()?;
    Ok(Ref::new(TokenizerIter {
        readline: ObjCell::new(Some(readline.clone())),
        encoding,
        extra: vm.is_true(extra)?,
        tokens: RefCell::new(None),
        line: ObjCell::empty(),
        line_at: RefCell::new(0..0),
    })
    .into_obj())
}

/// All lines, up to the first that is empty.
fn read_all(vm: &Vm, readline: &Obj, encoding: Option<&str>) -> PyResult<String> {
    let mut source = String::new();
    loop {
        let line = match vm.call(readline, &[]) {
            Ok(line) => line,
            Err(error) if error.is(&STOP_ITERATION) => return Ok(source),
            Err(error) => return Err(error),
        };
        let line = match encoding {
            None => match line.into_ref::<Str>() {
                Ok(line) => line,
                Err(_) => return Err(vm.type_error("readline() returned a non-string object")),
            },
            Some(encoding) => {
                if line.downcast::<Bytes>().is_none() {
                    return Err(vm.type_error("readline() returned a non-bytes object"));
                }
                let text = vm.call_method_named(
                    &line,
                    "decode",
                    &[Str::new(encoding).into_obj(), Str::new("replace").into_obj()],
                )?;
                text.into_ref::<Str>().map_err(|_| vm.type_error("decoder should return a string result"))?
            }
        };
        if line.is_empty() {
            return Ok(source);
        }
        match line.as_str() {
            Some(text) => source.push_str(text),
            // Raises UnicodeEncodeError.
            None => drop(vm.encode(&line, "utf-8", "strict")?),
        }
    }
}

fn next(vm: &Vm, object: &Obj) -> PyResult<Option<Obj>> {
    let iterator = vm.receiver::<TokenizerIter>(object)?;
    if let Some(readline) = iterator.readline.get() {
        let source = read_all(vm, &readline, iterator.encoding.as_deref())?;
        if let Some(nul) = source.find('\0') {
            let line = source[..nul].matches('\n').count();
            drop(iterator.readline.take());
            return Err(vm.value_error(format!("source code cannot contain null bytes (line {})", line + 1)));
        }
        iterator.tokens.replace(Some(tokens(&source, iterator.extra)));
        drop(iterator.readline.take());
    }
    let mut tokens = iterator.tokens.borrow_mut();
    let Some(tokens) = tokens.as_mut() else { return Ok(None) };
    let token = match tokens.next() {
        None => return Ok(None),
        Some(Err(error)) => return Err(vm.syntax_error(&error)),
        Some(Ok(token)) => token,
    };
    let line = match iterator.line.get().filter(|_| *iterator.line_at.borrow() == token.line) {
        Some(line) => line,
        None => {
            let line = Str::new(tokens.source().get(token.line.clone()).unwrap_or_default()).into_obj();
            iterator.line.set(line.clone());
            iterator.line_at.replace(token.line.clone());
            line
        }
    };
    let place = |(line, column)| Tuple::new(vec![Int::new(line), Int::new(column)]).into_obj();
    Ok(Some(
        Tuple::new(vec![
            Int::new(token.kind.into()),
            Str::new(&token.text).into_obj(),
            place(token.start),
            place(token.end),
            line,
        ])
        .into_obj(),
    ))
}

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !TOKENIZER_ITER.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &TOKENIZER_ITER)
            .module("_tokenize")
            .slots(|slots| {
                slots.new.set(Some(new));
                slots.iter.set(Some(iter_self));
                slots.iternext.set(Some(next));
            })
            .ready();
    }
    module.add_type(vm, &TOKENIZER_ITER)
}
