//! The code objects of a file, and which of them are bodies of scopes.

use std::collections::HashSet;
use std::sync::Arc;

use super::statement::{ScopeIdx, Statement, StatementKind, Statements};
use super::{CodeIdx, Entry, Span};
use crate::code_object::CodeObject;
use crate::constant::Const;
use crate::flags::CodeFlags;

/// All code objects in pre-order, each once. Constants that are shared are looked through once: a
/// hostile file can share so that the tree is exponentially larger than the graph.
pub(super) fn entries(root: &Arc<CodeObject>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let (mut codes, mut tuples) = (HashSet::new(), HashSet::new());
    let mut pending = vec![(root, None)];
    let mut children: Vec<&Arc<CodeObject>> = Vec::new();
    let mut constants: Vec<&Const> = Vec::new();
    while let Some((code, parent)) = pending.pop() {
        if !codes.insert(Arc::as_ptr(code)) {
            continue;
        }
        let index = CodeIdx(entries.len() as u32);
        entries.push(Entry {
            code: Arc::clone(code),
            parent,
            scope: ScopeIdx::MODULE,
            is_body: false,
            runs: 0..0,
            guards: 0..0,
            begins: 0..0,
        });
        constants.extend(code.consts.iter().rev());
        while let Some(constant) = constants.pop() {
            match constant {
                Const::Code(child) => children.push(child),
                Const::Tuple(items) if tuples.insert(items.address()) => constants.extend(items.iter().rev()),
                _ => {}
            }
        }
        pending.extend(children.drain(..).rev().map(|child| (child, Some(index))));
    }
    entries
}

/// Whether a code object runs statements, as far as it tells itself: not a lambda, a comprehension, a scope
/// of type parameters (all named in angle brackets), nor an [annotation](is_annotation).
pub(super) fn runs_statements(code: &CodeObject) -> bool {
    !code.name.as_wtf8().starts_with("<") && !is_annotation(code)
}

/// Whether this looks like what evaluates annotations, a bound, or an alias's value later (PEP 649): its
/// one parameter is `.format`, or `format` of a function called `__annotate__`, which a user can write too.
fn is_annotation(code: &CodeObject) -> bool {
    let first_slot = code.slots().next().map(|(_, name, _)| name);
    code.posonlyargcount == 1
        && first_slot
            .is_some_and(|slot| *slot == *".format" || code.name == *"__annotate__" && *slot == *"format")
}

/// Finds the scope of each code object. No two definitions begin on one line, so the line decides; what
/// else begins there is told apart by its kind and, for annotations, by where its code comes from.
pub(super) fn find_scopes(entries: &mut [Entry], statements: &Statements) {
    let mut by_line: Vec<(u32, ScopeIdx, &Statement)> = Vec::with_capacity(statements.scopes.len());
    for (index, scope) in statements.scopes.iter().enumerate() {
        if let Some(definition) = scope.definition.and_then(|definition| statements.get(definition)) {
            by_line.push((scope.first_line, ScopeIdx(index as u32), definition));
        }
    }
    by_line.sort_unstable_by_key(|(line, scope, _)| (*line, *scope));
    for index in 0..entries.len() {
        let entry = &entries[index];
        let Some(parent) = entry.parent else {
            entries[index].is_body = true;
            continue;
        };
        let line = u32::try_from(entry.code.firstlineno).ok();
        let own = line.and_then(|line| by_line.binary_search_by_key(&line, |(line, ..)| *line).ok());
        let own = own.map(|own| by_line[own]).filter(|(.., definition)| is_body(&entry.code, definition));
        entries[index].scope = own.map_or(entries[parent.get()].scope, |(_, scope, _)| scope);
        entries[index].is_body = own.is_some();
    }
}

fn is_body(code: &CodeObject, definition: &Statement) -> bool {
    let fits = match definition.kind {
        StatementKind::ClassDef => !code.flags.contains(CodeFlags::OPTIMIZED),
        _ => code.flags.contains(CodeFlags::OPTIMIZED),
    };
    let body = Span { start: definition.header.end, end: definition.range.end };
    let comes_from_body = || {
        let mut entries = code.line_table().entries().map_while(Result::ok);
        entries.any(|entry| entry.location.and_then(Span::of).is_some_and(|span| body.holds(span)))
    };
    fits && !code.name.as_wtf8().starts_with("<") && (!is_annotation(code) || comes_from_body())
}
