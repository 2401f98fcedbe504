//! Where a breakpoint goes in one loaded source, and what to tell the user of it.

use lasti_code::source_map::{Arrival, CodeIdx, Relation, Site, SourceMap, StatementKind};
use lasti_code::{ByteOffset, Opcode};
use lasti_engine::SourceId;
use lasti_engine::breakpoints::SourceBreakpoint;
use lasti_engine::place::{InstructionPlace, Position, SourceName};

use super::{Group, Loaded, Spec, position};

/// A place for a breakpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Bound {
    pub(super) position: Position,
    pub(super) message: Option<String>,
    pub(super) sites: Vec<Site>,
}

/// A place for a breakpoint, or why there is none in this source.
pub(super) type Binding = Result<Bound, String>;

/// The binding that is shown: the last good one, or else the last.
pub(super) fn best(bindings: &[(SourceId, Binding)]) -> Option<&(SourceId, Binding)> {
    bindings.iter().rev().find(|(_, binding)| binding.is_ok()).or(bindings.last())
}

/// Binds a breakpoint in a source; `None` if the source is none of its.
pub(super) fn bind(group: &Group, spec: &Spec, id: SourceId, loaded: &Loaded) -> Option<Binding> {
    match (group, spec) {
        (Group::Source(SourceName::Path(path)), Spec::Source(spec)) => {
            (*path == loaded.name).then(|| bind_source(&loaded.map, spec))
        }
        (Group::Source(SourceName::Loaded(source)), Spec::Source(spec)) => {
            (*source == id).then(|| bind_source(&loaded.map, spec))
        }
        (_, Spec::Function(spec)) => bind_function(&loaded.map, &spec.name).map(Ok),
        (_, Spec::Instruction(spec)) => {
            (spec.at.source == id).then(|| bind_instruction(&loaded.map, spec.at))
        }
        _ => None,
    }
}

fn bind_source(map: &SourceMap, spec: &SourceBreakpoint) -> Binding {
    if let Some(column) = spec.column {
        let sites = map.bind_column(spec.line, column);
        if !sites.is_empty() {
            return Ok(Bound { position: Position { line: spec.line, column }, message: None, sites });
        }
    }
    let binding = map.bind_line(spec.line).map_err(|unbound| unbound.to_string())?;
    let line = binding.position.line;
    let message = match binding.relation {
        _ if spec.column.is_some() => {
            Some(format!("no expression begins at that column: bound to the statement on line {line}"))
        }
        Relation::Exact => {
            let kind = map.statements().get(binding.statement).map(|statement| statement.kind);
            (kind == Some(StatementKind::FunctionDef))
                .then(|| "stops where the function is defined, not where it is called".into())
        }
        Relation::Body => Some("stops in the function's body, not where it is defined".into()),
        Relation::Inside => Some(format!("part of the statement that begins on line {line}")),
        Relation::Next => Some(format!("no code on this line: moved to the next statement, on line {line}")),
    };
    Ok(Bound { position: position(binding.position), message, sites: binding.sites.to_vec() })
}

/// All functions of that qualified name, or whose qualified name ends with it.
fn bind_function(map: &SourceMap, name: &str) -> Option<Bound> {
    let named = |qualname: &str| {
        let rest = qualname.strip_suffix(name);
        !name.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let functions = map.codes().filter(|(index, code)| {
        *index != CodeIdx::ROOT
            && code.flags.contains(lasti_code::CodeFlags::OPTIMIZED)
            && named(&code.qualname.to_string_lossy())
    });
    let sites: Vec<Site> = functions.filter_map(|(index, _)| function_start(map, index)).collect();
    let first = sites.first()?;
    let location = map.location(first.code, first.unit);
    let line = location.and_then(|location| u32::try_from(location.line).ok()).unwrap_or(1);
    let column = map.begin_at(first.code, first.unit).and_then(|begin| map.statements().get(begin.statement));
    let position = column.map_or(Position { line, column: 0 }, |statement| position(statement.range.start));
    let message = (sites.len() > 1).then(|| format!("{} functions have this name", sites.len()));
    Some(Bound { position, message, sites })
}

/// Where to stop once for each call: the first statement, unless it may be begun again and again (a `while`, or
/// a line that may be one); else where the function begins to run.
fn function_start(map: &SourceMap, code: CodeIdx) -> Option<Site> {
    let first = map.begins(code).first().filter(|begin| {
        let kind = map.statements().get(begin.statement).map(|statement| statement.kind);
        let once = |kind| !matches!(kind, StatementKind::While | StatementKind::Line);
        begin.arrival == Arrival::Any && kind.is_some_and(once)
    });
    let unit = if let Some(begin) = first {
        begin.unit
    } else {
        let mut instructions = map.code(code)?.units().instructions();
        instructions.find(|instruction| instruction.opcode() == Some(Opcode::Resume))?.start
    };
    Some(Site { code, unit, arrival: Arrival::Any })
}

fn bind_instruction(map: &SourceMap, at: InstructionPlace) -> Binding {
    let code = CodeIdx(at.code);
    let units = map.code(code).ok_or("there is no such code object in this source")?.units();
    let unit = ByteOffset(at.offset).code_unit();
    let starts =
        at.offset.is_multiple_of(2) && units.instructions().any(|instruction| instruction.start == unit);
    if !starts {
        return Err(format!("no instruction begins at offset {}", at.offset));
    }
    let line = map.location(code, unit).and_then(|location| u32::try_from(location.line).ok());
    Ok(Bound {
        position: Position { line: line.unwrap_or(1), column: 0 },
        message: None,
        sites: vec![Site { code, unit, arrival: Arrival::Any }],
    })
}
