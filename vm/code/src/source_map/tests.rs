use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::constant::Names;
use crate::constant::{Bytes, Const, Tuple};
use crate::exception_table::{ExceptionEntry, encode_exception_table};
use crate::flags::CodeFlags;
use crate::linetable::LineTableWriter;
use crate::opcode::Opcode;
use crate::text::Str;
use crate::units::push_instruction;

fn code(code: Vec<u8>, linetable: Vec<u8>, exceptiontable: Vec<u8>, consts: Vec<Const>) -> Arc<CodeObject> {
    Arc::new(CodeObject {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 1,
        flags: CodeFlags::OPTIMIZED,
        code: Bytes::from(code),
        consts: Tuple::from(consts),
        names: Names::default(),
        localsplusnames: Names::default(),
        localspluskinds: Bytes::default(),
        filename: Str::from("t.py"),
        name: Str::from("t"),
        qualname: Str::from("t"),
        firstlineno: 1,
        linetable: Bytes::from(linetable),
        exceptiontable: Bytes::from(exceptiontable),
    })
}

/// Asks everything that there is to ask.
fn ask_all(map: &SourceMap) {
    for line in (0..40).chain([u32::MAX]) {
        let bound = map.bind_line(line);
        assert!(bound.is_err() || bound.is_ok_and(|bound| !bound.sites.is_empty()));
        for candidate in map.candidates(line) {
            assert_eq!(candidate.span.start.line, line);
            map.bind_column(line, candidate.span.start.column);
        }
    }
    for (index, code) in map.codes() {
        let count = code.units().len();
        for unit in (0..count as u32 + 2).map(CodeUnitIdx) {
            assert!(map.handlers(index, unit).count() <= code.exceptiontable.len());
            assert!(unit.get() < count || map.location(index, unit).is_none());
            let statement = map.statement_of(index, unit);
            assert!(statement.is_none_or(|statement| map.statements().get(statement).is_some()));
            if let Some(begin) = map.begin_at(index, unit) {
                assert!(
                    map.sites(begin.statement).iter().any(|site| site.code == index && site.unit == unit)
                );
            }
        }
        assert!(map.begins(index).is_sorted_by_key(|begin| begin.unit));
    }
}

prop_compose! {
    fn span()(line in 0..30u32, column in 0..20u32, lines in 0..5u32, end in 0..20u32) -> Span {
        Span { start: Position { line, column }, end: Position { line: line + lines, column: end } }
    }
}

prop_compose! {
    /// Statements that need not be sorted, nor nested, nor have parents that there are.
    fn statement()(range in span(), header in span(), parent in 0..20u32, scope in 0..5u32, is_def: bool) -> Statement {
        let kind = if is_def { StatementKind::FunctionDef } else { StatementKind::Assign };
        Statement { range, header, kind, parent: (parent < 12).then_some(StatementIdx(parent)), scope: ScopeIdx(scope) }
    }
}

proptest! {
    #[test]
    fn hostile_code_and_statements_do_no_harm(
        bytes in prop::collection::vec(any::<u8>(), 0..120),
        linetable in prop::collection::vec(any::<u8>(), 0..120),
        exceptions in prop::collection::vec(any::<u8>(), 0..60),
        statements in prop::collection::vec(statement(), 0..12),
        scopes in prop::collection::vec((0..12u32, 0..30u32, 0..30u32), 0..4),
    ) {
        let inner = code(bytes.clone(), linetable.clone(), exceptions.clone(), Vec::new());
        let root = code(bytes, linetable, exceptions, vec![Const::Code(inner)]);
        let scopes = scopes.into_iter().map(|(definition, first_line, last_line)| Scope {
            definition: Some(StatementIdx(definition)),
            parent: None,
            first_line,
            last_line,
        });
        ask_all(&SourceMap::new(&root, Statements { statements, scopes: scopes.collect() }));
        ask_all(&SourceMap::from_lines(&root));
    }
}

/// `count` jumps, each to the next, with a line and a handler of its own.
fn long_code(count: u32) -> Arc<CodeObject> {
    let (mut bytes, mut lines, mut entries) = (Vec::new(), LineTableWriter::new(1), Vec::new());
    for index in 0..count {
        push_instruction(&mut bytes, Opcode::JumpForward, 0);
        let line = index as i32 + 1;
        lines.push(1, Some(Location { line, end_line: line, column: Some(0), end_column: Some(1) }));
        // Every handler is guarded by the next, and the last by the first.
        let (at, target) = (CodeUnitIdx(index), CodeUnitIdx((index + 1) % count));
        entries.push(ExceptionEntry { start: at, end: at.plus(1), target, depth: 0, lasti: false });
    }
    code(bytes, lines.finish(), encode_exception_table(&entries), Vec::new())
}

#[test]
fn a_chain_of_handlers_that_bites_its_tail_ends() {
    let map = SourceMap::from_lines(&long_code(1000));
    assert_eq!(map.handlers(CodeIdx::ROOT, CodeUnitIdx(0)).count(), 1000);
    assert_eq!(map.begins(CodeIdx::ROOT).len(), 1000);
}

#[test]
fn shared_constants_are_walked_once() {
    // Each level holds the one below twice: 2 to the 60th code objects as a tree.
    let mut level = code(Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..60 {
        let pair = Const::Tuple(Tuple::from(vec![Const::Code(Arc::clone(&level)), Const::Code(level)]));
        level = code(Vec::new(), Vec::new(), Vec::new(), vec![pair.clone(), pair]);
    }
    assert_eq!(SourceMap::from_lines(&level).code_count(), 61);
}
