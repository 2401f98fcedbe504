//! Whole code objects with any contents: the verifier, the disassembler and the source map give answers,
//! and what the verifier accepts is as it promises.
#![no_main]

use std::sync::Arc;

use lasti_code::{CodeObject, Const, VerifiedCode, disassemble, marshal, source_map::SourceMap};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(Const::Code(code)) = marshal::loads(bytes) else { return };
    look(&code);
});

fn look(code: &Arc<CodeObject>) {
    let mut text = String::new();
    let _ = disassemble::write(code, &disassemble::Options::default(), &mut text);
    let _ = VerifiedCode::new(Arc::clone(code));
    let map = SourceMap::from_lines(code);
    for (index, code) in map.codes() {
        for instruction in code.units().instructions() {
            let _ = map.location(index, instruction.at);
            let _ = map.statement_of(index, instruction.at);
            let _ = map.handlers(index, instruction.at).count();
        }
    }
    for line in 0..20 {
        let _ = map.bind_line(line).is_ok();
        let _ = map.candidates(line);
    }
    let _ = code.stable_hash();
}
