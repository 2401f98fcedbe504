//! Every kind of refusal, by the words it is told in.

use super::*;
use Opcode as Op;

const RETURN: [(Opcode, u32); 2] = [(Op::LoadConst, 0), (Op::ReturnValue, 0)];
const LOCAL: LocalKind = LocalKind::LOCAL;
const CELL: LocalKind = LocalKind::CELL;
const FREE: LocalKind = LocalKind::FREE;

#[track_caller]
fn refuses(code: CodeObject, message: &str) {
    let refusal = VerifiedCode::new(Arc::new(code)).map(|_| "accepted").map_err(|error| error.to_string());
    assert_eq!(refusal, Err(message.to_owned()));
}

fn changed(change: impl FnOnce(&mut CodeObject)) -> CodeObject {
    function(&RETURN).replace(change)
}

/// The instructions, then `return None`.
fn before_return(instructions: &[(Opcode, u32)]) -> CodeObject {
    function(&[instructions, &RETURN].concat())
}

#[test]
fn counts_and_slots() {
    refuses(changed(|c| c.posonlyargcount = 1), "1 positional-only parameters, but only 0 positional ones");
    refuses(changed(|c| c.localspluskinds = vec![0x20].into()), "0 localsplus names, but 1 kinds");
    let message = "localsplus slot 0 has kind 0x10, which is not local, cell, local and cell, or free";
    refuses(with_slots(&[LocalKind::HIDDEN], &RETURN), message);
    let message = "localsplus slot 1 has kind 0xa0, which is not local, cell, local and cell, or free";
    refuses(with_slots(&[LOCAL, FREE | LOCAL], &RETURN), message);
    let message = "localsplus slot 1 is not a free variable, but the slot before it is";
    refuses(with_slots(&[FREE, LOCAL], &RETURN), message);
    let code = with_slots(&[LOCAL, CELL, LOCAL], &RETURN).replace(|c| {
        (c.argcount, c.kwonlyargcount) = (u32::MAX, 1);
        c.flags |= CodeFlags::VARARGS | CodeFlags::VARKEYWORDS;
    });
    let message = "4294967298 arguments, but only the first 1 localsplus slots are local";
    refuses(code, message);
    refuses(changed(|c| c.stacksize = 1 << 20 | 1), "a frame of 1048577 slots, the most is 1048576");
    let message = "flags 0xa3 name more than one of GENERATOR, COROUTINE and ASYNC_GENERATOR";
    refuses(changed(|c| c.flags |= CodeFlags::GENERATOR | CodeFlags::COROUTINE), message);
}

#[test]
fn code_units() {
    refuses(changed(|c| c.code = Vec::new().into()), "co_code is empty");
    refuses(changed(|c| c.code = vec![Op::Nop as u8].into()), "co_code has 1 bytes, an odd number");
    refuses(changed(|c| c.code = vec![122, 0].into()), "byte 0: no opcode has the number 122");
    for opcode in [
        Op::Cache,
        Op::Reserved,
        Op::InterpreterExit,
        Op::EnterExecutor,
        Op::ExitInitCheck,
        Op::CallLen,
        Op::JumpBackwardJit,
        Op::ResumeCheck,
        Op::InstrumentedLine,
    ] {
        let message =
            format!("byte 2, {}: no compiler writes this opcode, it is made while code runs", opcode.name());
        refuses(before_return(&[(Op::Nop, 0), (opcode, 0)]), &message);
    }
    let extended = |count: usize| [[Op::ExtendedArg as u8, 0]; 5][..count].concat();
    let code = changed(|c| c.code = [extended(4), vec![Op::Nop as u8, 0]].concat().into());
    refuses(code, "byte 0: more than three EXTENDED_ARG in a row");
    let code = changed(|c| c.code = extended(1).into());
    refuses(code, "byte 0: the code ends after EXTENDED_ARG");
    let message = "byte 0, TO_BOOL: the 3 code units of inline cache that follow must exist and be zero";
    refuses(changed(|c| c.code = vec![Op::ToBool as u8, 0, 0, 0, 0, 0].into()), message);
    refuses(changed(|c| c.code = vec![Op::ToBool as u8, 0, 0, 0, 0, 0, 0, 1].into()), message);
    refuses(function(&[(Op::Nop, 0)]), "byte 0, NOP: control runs off the end of the code");
    let code = function(&[RETURN[0], RETURN[1], (Op::Nop, 0)]);
    refuses(code, "byte 4, NOP: control runs off the end of the code");
}

#[test]
fn arguments() {
    let index = |opcode: Opcode, arg: u32, index: u32, table: &str, length: u32| {
        let message =
            format!("byte 0, {}: index {index} into {table}, which has {length} items", opcode.name());
        refuses(before_return(&[(opcode, arg)]), &message);
    };
    index(Op::LoadConst, 2, 2, "co_consts", 2);
    index(Op::LoadName, 256, 256, "co_names", 2);
    index(Op::LoadAttr, 5, 2, "co_names", 2);
    index(Op::LoadGlobal, 4, 2, "co_names", 2);
    index(Op::LoadSuperAttr, 11, 2, "co_names", 2);
    index(Op::LoadFast, 0, 0, "localsplus", 0);
    index(Op::StoreFast, 0x0100_0000, 0x0100_0000, "localsplus", 0);
    index(Op::LoadFastLoadFast, 0x10, 1, "localsplus", 0);
    index(Op::LoadDeref, 0, 0, "localsplus", 0);
    index(Op::MakeCell, 7, 7, "localsplus", 0);
    let argument = |opcode: Opcode, arg: u32, expected: &str| {
        let message = format!("byte 0, {}: argument {arg}, must be {expected}", opcode.name());
        refuses(before_return(&[(opcode, arg)]), &message);
    };
    argument(Op::LoadFastLoadFast, 0x100, "two slots of four bits each");
    argument(Op::BinaryOp, 27, "a binary operator's number");
    argument(Op::CompareOp, 6 << 5, "a comparison operator's number times 32, plus flags");
    argument(Op::ConvertValue, 0, "1, 2 or 3");
    argument(Op::ConvertValue, 4, "1, 2 or 3");
    argument(Op::SetFunctionAttribute, 0, "1, 2, 4, 8 or 16");
    argument(Op::SetFunctionAttribute, 3, "1, 2, 4, 8 or 16");
    argument(Op::SetFunctionAttribute, 32, "1, 2, 4, 8 or 16");
    argument(Op::CallIntrinsic1, 0, "the number of an intrinsic of one value");
    argument(Op::CallIntrinsic1, 12, "the number of an intrinsic of one value");
    argument(Op::CallIntrinsic2, 0, "the number of an intrinsic of two values");
    argument(Op::CallIntrinsic2, 6, "the number of an intrinsic of two values");
    argument(Op::LoadCommonConstant, 5, "a common constant's number");
    argument(Op::LoadSpecial, 4, "a special method's number");
    argument(Op::LoadSmallInt, 257, "at most 256");
    argument(Op::IsOp, 2, "0 or 1");
    argument(Op::ContainsOp, 2, "0 or 1");
    for opcode in [Op::Copy, Op::ListAppend, Op::SetAdd, Op::MapAdd, Op::DictMerge, Op::DictUpdate] {
        argument(opcode, 0, "at least 1");
    }
    argument(Op::Swap, 1, "at least 2");
    argument(Op::BuildSlice, 1, "2 or 3");
    argument(Op::BuildSlice, 4, "2 or 3");
    argument(Op::RaiseVarargs, 3, "at most 2");
    argument(Op::Reraise, 3, "at most 2");
    argument(Op::GetAwaitable, 3, "at most 2");
    argument(Op::Resume, 8, "at most 7");
    argument(Op::BuildInterpolation, 16, "at most 15");
    argument(Op::BuildList, 1 << 31, "below 2**31");
    let code = with_slots(&[LOCAL], &[(Op::LoadDeref, 0), RETURN[1]]);
    refuses(code, "byte 0, LOAD_DEREF: localsplus slot 0 is neither a cell nor a free variable");
    let code = with_slots(&[LOCAL], &[&[(Op::MakeCell, 0)], &RETURN[..]].concat());
    refuses(code, "byte 0, MAKE_CELL: localsplus slot 0 is neither a cell nor a free variable");
}

#[test]
fn prologue_and_generators() {
    let misplaced = |at: u32, name: &str| {
        format!(
            "byte {at}, {name}: belongs to the prologue only, once: COPY_FREE_VARS, then MAKE_CELL, then RETURN_GENERATOR"
        )
    };
    let free = |before: &[(Opcode, u32)]| with_slots(&[FREE], &[before, &RETURN].concat());
    refuses(free(&[(Op::Nop, 0), (Op::CopyFreeVars, 1)]), &misplaced(2, "COPY_FREE_VARS"));
    refuses(free(&[]), "1 free variables, but COPY_FREE_VARS at the beginning copies 0");
    let message = "1 free variables, but COPY_FREE_VARS at the beginning copies 2";
    refuses(free(&[(Op::CopyFreeVars, 2)]), message);
    let generator = |instructions: &[(Opcode, u32)]| {
        function(instructions).replace(|code| code.flags |= CodeFlags::GENERATOR)
    };
    let message = "flags 0x23 and the prologue disagree on whether this is a generator or coroutine";
    refuses(generator(&RETURN), message);
    let message = "flags 0x3 and the prologue disagree on whether this is a generator or coroutine";
    refuses(function(&[(Op::ReturnGenerator, 0), RETURN[1]]), message);
    let code = generator(&[(Op::Nop, 0), (Op::ReturnGenerator, 0), RETURN[1]]);
    refuses(code, &misplaced(2, "RETURN_GENERATOR"));
    let code = generator(&[(Op::ReturnGenerator, 0), (Op::ReturnGenerator, 0), RETURN[1]]);
    refuses(code, &misplaced(2, "RETURN_GENERATOR"));
    let code = generator(&[(Op::ReturnGenerator, 0), (Op::JumpBackward, 3)]);
    refuses(code, "byte 0: a jump or exception handler leads into the prologue, which must run once");
    let yields = [RETURN[0], (Op::YieldValue, 0), (Op::Resume, 1), RETURN[1]];
    refuses(function(&yields), "byte 2, YIELD_VALUE: outside a generator or coroutine");
    let code = generator(&[(Op::ReturnGenerator, 0), (Op::YieldValue, 0), RETURN[1]]);
    refuses(code, "byte 2, YIELD_VALUE: no RESUME follows");
    let code = generator(&[(Op::ReturnGenerator, 0), (Op::YieldValue, 2), (Op::Resume, 1), RETURN[1]]);
    refuses(code, "byte 2, YIELD_VALUE: argument 2, must be 0 or 1");
    let code = generator(&[(Op::ReturnGenerator, 0), (Op::YieldValue, 1), (Op::Resume, 1), RETURN[1]]);
    refuses(code, "byte 2, YIELD_VALUE: takes 2 values from a stack of 1");
}

#[test]
fn jumps() {
    refuses(
        before_return(&[(Op::JumpForward, 2)]),
        "byte 0, JUMP_FORWARD: leads to byte 6, outside the code",
    );
    let code = function(&[(Op::JumpBackward, 3)]);
    refuses(code, "byte 0, JUMP_BACKWARD: leads to byte -2, outside the code");
    let code = before_return(&[(Op::JumpForward, 0x7fff_ffff)]);
    refuses(code, "byte 0, JUMP_FORWARD: leads to byte 4294967302, outside the code");
    // Into a cache, and between EXTENDED_ARG and its opcode.
    let code = before_return(&[(Op::JumpForward, 1), (Op::ToBool, 0)]);
    refuses(code, "byte 0, JUMP_FORWARD: leads to byte 4, where no instruction begins");
    let code = before_return(&[(Op::JumpForward, 1), (Op::Resume, 256)]);
    refuses(code, "byte 2, RESUME: argument 256, must be at most 7");
    let code = before_return(&[(Op::JumpForward, 1), (Op::JumpForward, 256)]);
    refuses(code, "byte 2, JUMP_FORWARD: leads to byte 518, outside the code");
    let code = function(&[RETURN[0], RETURN[1], (Op::EndAsyncFor, 4), RETURN[1]]);
    refuses(code, "byte 4, END_ASYNC_FOR: leads to byte -2, outside the code");
    let code = function(&[
        RETURN[0],
        (Op::GetIter, 0),
        (Op::ForIter, 1),
        (Op::PopTop, 0),
        (Op::PopIter, 0),
        RETURN[0],
        RETURN[1],
    ]);
    refuses(code, "byte 4, FOR_ITER: leads to byte 10, which must be an END_FOR without prefix");
}

#[test]
fn stack() {
    refuses(function(&[(Op::ReturnValue, 0)]), "byte 0, RETURN_VALUE: takes 1 values from a stack of 0");
    let code = before_return(&[RETURN[0], (Op::Copy, 2)]);
    refuses(code, "byte 2, COPY: takes 2 values from a stack of 1");
    let code = before_return(&[RETURN[0], (Op::BuildList, 0x7fff_ffff)]);
    refuses(code, "byte 2, BUILD_LIST: takes 2147483647 values from a stack of 1");
    refuses(before_return(&[RETURN[0]; 4]), "byte 8, LOAD_CONST: the stack grows to 5, co_stacksize is 4");
    let code = before_return(&[RETURN[0], (Op::UnpackEx, 0x203)]);
    refuses(code, "byte 2, UNPACK_EX: the stack grows to 6, co_stacksize is 4");
    let code = before_return(&[RETURN[0], RETURN[0], (Op::PopJumpIfTrue, 1), (Op::PopTop, 0)]);
    refuses(code, "byte 10: reached with a stack of 1 and with one of 0");
    let code = function(&[RETURN[0], (Op::JumpBackward, 3)]);
    refuses(code, "byte 0: reached with a stack of 0 and with one of 1");
    let code = before_return(&[RETURN[0]]);
    refuses(code, "byte 4, RETURN_VALUE: the stack holds 2 values, must hold the returned one only");
}

#[test]
fn nulls() {
    let null = |at: u32, name: &str| format!("byte {at}, {name}: takes a value that may be NULL");
    let code = before_return(&[(Op::PushNull, 0), (Op::UnaryNot, 0), (Op::PopTop, 0)]);
    refuses(code, &null(2, "UNARY_NOT"));
    refuses(function(&[(Op::PushNull, 0), (Op::ReturnValue, 0)]), &null(2, "RETURN_VALUE"));
    let code = with_slots(&[LocalKind::LOCAL], &[(Op::LoadFastAndClear, 0), (Op::ReturnValue, 0)]);
    refuses(code, &null(2, "RETURN_VALUE"));
    // The callable, an argument; not the receiver.
    let code = before_return(&[(Op::PushNull, 0), (Op::PushNull, 0), (Op::Call, 0), (Op::PopTop, 0)]);
    refuses(code, &null(4, "CALL"));
    let code =
        before_return(&[RETURN[0], (Op::PushNull, 0), (Op::PushNull, 0), (Op::Call, 1), (Op::PopTop, 0)]);
    refuses(code, &null(6, "CALL"));
    let code = before_return(&[RETURN[0], (Op::PushNull, 0), RETURN[0], (Op::Call, 1), (Op::PopTop, 0)]);
    assert!(VerifiedCode::new(Arc::new(code)).is_ok());
    // COPY and SWAP pass it on.
    let code = before_return(&[
        (Op::PushNull, 0),
        (Op::Copy, 1),
        (Op::UnaryNot, 0),
        (Op::PopTop, 0),
        (Op::PopTop, 0),
    ]);
    refuses(code, &null(4, "UNARY_NOT"));
    let swapped =
        [RETURN[0], (Op::PushNull, 0), (Op::Swap, 2), (Op::UnaryNot, 0), (Op::Swap, 2), (Op::UnaryNot, 0)];
    let code = before_return(&[&swapped[..], &[(Op::PopTop, 0), (Op::PopTop, 0)]].concat());
    refuses(code, &null(10, "UNARY_NOT"));
    // What is waited for.
    let waits =
        [(Op::ReturnGenerator, 0), (Op::PopTop, 0), (Op::PushNull, 0), RETURN[0], (Op::YieldValue, 1)];
    let code =
        function(&[&waits[..], &[(Op::Resume, 2), (Op::PopTop, 0), (Op::PopTop, 0)], &RETURN].concat());
    refuses(code.replace(|code| code.flags |= CodeFlags::GENERATOR), &null(8, "YIELD_VALUE"));
    // Where a handler begins, and where two ways meet.
    let code = with_handlers(
        &[guarded(2..3, 5, 1, false)],
        &[
            (Op::PushNull, 0),
            RETURN[0],
            (Op::UnaryNot, 0),
            (Op::Swap, 2),
            RETURN[1],
            (Op::PopTop, 0),
            RETURN[1],
        ],
    );
    refuses(code, &null(8, "RETURN_VALUE"));
    let code = function(&[
        RETURN[0],
        (Op::PopJumpIfNone, 2),
        RETURN[0],
        (Op::JumpForward, 1),
        (Op::PushNull, 0),
        (Op::PopTop, 0),
        RETURN[0],
        RETURN[1],
    ]);
    let met = "byte 12: reached with NULL at other places of the stack than before";
    refuses(code, met);
}

#[test]
fn exception_table() {
    let handler = [RETURN[0], RETURN[1], (Op::PushExcInfo, 0), (Op::Reraise, 0)];
    let refuses_entries =
        |entries: &[ExceptionEntry], message: &str| refuses(with_handlers(entries, &handler), message);
    let message = "exception table entry 0: bytes 2 to 2 are empty, before the last entry, or outside";
    refuses_entries(&[guarded(1..1, 2, 0, false)], message);
    // A range may end with the code, but no handler begins there.
    let message = "exception table entry 0: no instruction begins at byte 8";
    refuses_entries(&[guarded(1..4, 4, 0, false)], message);
    let message = "exception table entry 1: bytes 0 to 2 are empty, before the last entry, or outside";
    refuses_entries(&[guarded(0..1, 2, 0, false), guarded(0..1, 2, 0, false)], message);
    let message = "exception table entry 0: bytes 0 to 10 are empty, before the last entry, or outside";
    refuses_entries(&[guarded(0..5, 2, 0, false)], message);
    refuses_entries(
        &[guarded(0..1, 4, 0, false)],
        "exception table entry 0: no instruction begins at byte 8",
    );
    let message = "exception table entry 0: the handler begins with 5 values, co_stacksize is 4";
    refuses_entries(&[guarded(0..1, 2, 3, true)], message);
    let message = "byte 0, LOAD_CONST: may raise with 0 values left, its handler expects 1";
    refuses_entries(&[guarded(0..1, 2, 1, false)], message);
    // It may raise with the value taken.
    let code = with_handlers(
        &[guarded(1..2, 7, 1, false)],
        &[
            RETURN[0],
            (Op::UnaryInvert, 0),
            RETURN[1],
            RETURN[0],
            RETURN[1],
            RETURN[0],
            RETURN[1],
            (Op::Reraise, 0),
        ],
    );
    refuses(code, "byte 2, UNARY_INVERT: may raise with 0 values left, its handler expects 1");
    let code = with_handlers(
        &[guarded(1..5, 6, 0, false)],
        &[RETURN[0], (Op::ToBool, 0), RETURN[1], (Op::Reraise, 0)],
    );
    VerifiedCode::new(Arc::new(code)).unwrap();
    let code = with_handlers(
        &[guarded(1..4, 6, 0, false)],
        &[RETURN[0], (Op::ToBool, 0), RETURN[1], (Op::Reraise, 0)],
    );
    refuses(code, "exception table entry 0: no instruction begins at byte 8");
    let generator = [(Op::ReturnGenerator, 0), RETURN[1], (Op::Reraise, 0)];
    let code = with_handlers(&[guarded(0..1, 2, 0, false)], &generator);
    let code = code.replace(|code| code.flags |= CodeFlags::GENERATOR);
    refuses(code, "exception table entry 0: guards the prologue");
    let code = with_handlers(&[guarded(1..2, 0, 0, false)], &generator);
    let code = code.replace(|code| code.flags |= CodeFlags::GENERATOR);
    refuses(code, "byte 0: a jump or exception handler leads into the prologue, which must run once");
    let code = changed(|code| code.exceptiontable = vec![0].into());
    refuses(code, "exception table byte 0: no entry begins here (bit 7 is clear)");
}

#[test]
fn linetable() {
    let code = changed(|code| code.linetable = vec![0xf8].into());
    refuses(code, "the linetable covers 1 code units of 2");
    let code = changed(|code| code.linetable = vec![0xfa].into());
    refuses(code, "the linetable covers 3 code units of 2");
    let code = changed(|code| code.linetable = vec![0xe9].into());
    refuses(
        code,
        "linetable byte 0: the entry that begins here is cut short or holds a number beyond 32 bits",
    );
}
