//! Any bytes as source: code that verifies and survives marshal, or an error.
#![no_main]

use std::sync::Arc;

use lasti_code::{Const, VerifiedCode, marshal};
use lasti_compile::{Mode, Options, compile_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (choice, source) = input;
    let mode = [Mode::Exec, Mode::Eval, Mode::Single][usize::from(choice % 3)];
    let options = Options { mode, optimize: choice / 3 % 3, ..Options::default() };
    let Ok(compiled) = compile_bytes(source, "fuzz.py", &options) else { return };
    let mut pending = vec![Arc::clone(&compiled.code)];
    while let Some(code) = pending.pop() {
        pending.extend(code.children().cloned());
        if let Err(error) = VerifiedCode::new(Arc::clone(&code)) {
            panic!("what was compiled does not verify: {error}");
        }
    }
    let dumped = marshal::dumps(&Const::Code(Arc::clone(&compiled.code))).expect("compiled code marshals");
    assert_eq!(marshal::loads(&dumped), Ok(Const::Code(compiled.code)));
});
