use lasti_code::source_map::CodeIdx;
use lasti_code::{CodeUnitIdx, pyc};

use super::*;
use lasti_engine::place::InstructionPlace;

/// `fixture/program.py`, compiled by CPython 3.14 (`py_compile.compile(..., "program.py",
/// invalidation_mode=UNCHECKED_HASH)`). Without its source: each line is a statement.
pub(crate) fn program() -> Arc<SourceMap> {
    let (_, code) = pyc::read(include_bytes!("fixture/program.pyc")).unwrap();
    Arc::new(SourceMap::from_lines(&code))
}

pub(crate) fn on_line(line: u32) -> SourceBreakpoint {
    SourceBreakpoint { line, column: None, rules: BreakpointRules::default() }
}

pub(crate) fn program_py() -> SourceName {
    SourceName::Path("/program.py".into())
}

fn loaded() -> Breakpoints {
    let mut breakpoints = Breakpoints::default();
    let changes = breakpoints.source_loaded(SourceId(1), "/program.py", program());
    assert_eq!(changes, Changes::default());
    breakpoints
}

fn place(code: u32, unit: u32) -> Place {
    Place { source: SourceId(1), code: CodeIdx(code), unit: CodeUnitIdx(unit) }
}

fn verified(id: u32, line: u32, message: Option<&str>) -> BreakpointInfo {
    let position = Position { line, column: 0 };
    BreakpointInfo {
        id: BreakpointId(id),
        status: BreakpointStatus::Verified { source: SourceId(1), position },
        message: message.map(Into::into),
    }
}

fn refused(id: u32, message: &str) -> BreakpointInfo {
    BreakpointInfo { id: BreakpointId(id), status: BreakpointStatus::Refused, message: Some(message.into()) }
}

#[test]
fn a_breakpoint_waits_for_its_source() {
    let mut breakpoints = Breakpoints::default();
    let (infos, changes) = breakpoints.set_source(program_py(), vec![on_line(5)]);
    let pending = BreakpointInfo { id: BreakpointId(1), status: BreakpointStatus::Pending, message: None };
    assert_eq!((infos, changes), (vec![pending], Changes::default()));

    assert_eq!(breakpoints.source_loaded(SourceId(2), "/other.py", program()), Changes::default());
    let changes = breakpoints.source_loaded(SourceId(1), "/program.py", program());
    let unit = changes.plant[0].unit;
    assert_eq!(changes.plant, [place(1, unit.0)]);
    assert_eq!(changes.changed, [verified(1, 5, None)]);
    let planted = [Planted { id: BreakpointId(1), arrival: Arrival::Any }];
    assert_eq!(breakpoints.at(place(1, unit.0)).map(|planted| &**planted), Some(&planted[..]));
}

#[test]
fn lines_are_moved_or_refused_with_a_reason() {
    let mut breakpoints = loaded();
    let (infos, _) =
        breakpoints.set_source(program_py(), vec![on_line(5), on_line(4), on_line(16), on_line(99)]);
    assert_eq!(
        infos,
        [
            verified(1, 5, None),
            verified(2, 5, Some("no code on this line: moved to the next statement, on line 5")),
            verified(3, 16, None),
            refused(
                4,
                "line 99: no statement with code begins here or further on in the same function or class \
                 body; choose an earlier line"
            ),
        ]
    );
}

#[test]
fn what_stays_the_same_keeps_its_id_and_what_goes_is_taken_out() {
    let mut breakpoints = loaded();
    let (_, first) = breakpoints.set_source(program_py(), vec![on_line(5), on_line(15)]);
    assert_eq!((first.plant.len(), first.unplant.len()), (2, 0));
    let (infos, second) = breakpoints.set_source(program_py(), vec![on_line(15), on_line(15)]);
    assert_eq!(infos, [verified(2, 15, None), verified(3, 15, None)]);
    assert_eq!(second, Changes { unplant: vec![first.plant[1]], ..Changes::default() });
    assert_eq!(first.plant[1].code, CodeIdx(1), "the place in f, whose breakpoint is gone");
    let (_, third) = breakpoints.set_source(program_py(), Vec::new());
    assert_eq!(third, Changes { unplant: vec![first.plant[0]], ..Changes::default() });
    assert!(breakpoints.get(BreakpointId(2)).is_none());
}

#[test]
fn a_source_loaded_twice_is_planted_twice() {
    let mut breakpoints = loaded();
    breakpoints.set_source(program_py(), vec![on_line(5)]);
    let changes = breakpoints.source_loaded(SourceId(7), "/program.py", program());
    assert_eq!(changes.plant.len(), 1);
    assert_eq!(changes.plant[0].source, SourceId(7));
    let (infos, _) = breakpoints.set_source(SourceName::Loaded(SourceId(7)), vec![on_line(5)]);
    let position = Position { line: 5, column: 0 };
    assert_eq!(infos[0].status, BreakpointStatus::Verified { source: SourceId(7), position });
}

#[test]
fn functions_by_qualified_name() {
    let mut breakpoints = loaded();
    let named = |name: &str| FunctionBreakpoint { name: name.into(), rules: BreakpointRules::default() };
    let (infos, changes) =
        breakpoints.set_functions(vec![named("f"), named("C.f"), named("C"), named("nothing"), named("")]);
    let pending =
        |id| BreakpointInfo { id: BreakpointId(id), status: BreakpointStatus::Pending, message: None };
    assert_eq!(
        infos,
        [
            verified(1, 1, Some("2 functions have this name")),
            verified(2, 9, None),
            pending(3),
            pending(4),
            pending(5)
        ]
    );
    assert_eq!(changes.plant, [place(1, 0), place(3, 0)]);
}

#[test]
fn instructions_by_offset() {
    let mut breakpoints = loaded();
    let at = |source, code, offset| InstructionBreakpoint {
        at: InstructionPlace { source: SourceId(source), code, offset },
        rules: BreakpointRules::default(),
    };
    let (infos, changes) = breakpoints.set_instructions(vec![
        at(1, 1, 2),
        at(1, 1, 3),
        at(1, 99, 0),
        at(1, 1, 9000),
        at(5, 0, 0),
    ]);
    assert_eq!(infos[0], verified(1, 2, None));
    assert_eq!(infos[1], refused(2, "no instruction begins at offset 3"));
    assert_eq!(infos[2], refused(3, "there is no such code object in this source"));
    assert_eq!(infos[3], refused(4, "no instruction begins at offset 9000"));
    assert_eq!(infos[4].status, BreakpointStatus::Pending);
    assert_eq!(changes.plant, [place(1, 1)]);
}

#[test]
fn rules_that_cannot_be_read_refuse_the_breakpoint() {
    let mut breakpoints = loaded();
    let text = |text: &str| Some(text.to_owned());
    let with = |rules| SourceBreakpoint { line: 5, column: None, rules };
    let (infos, changes) = breakpoints.set_source(
        program_py(),
        vec![
            with(BreakpointRules { hit_condition: text("often"), ..BreakpointRules::default() }),
            with(BreakpointRules { log_message: text("{x"), ..BreakpointRules::default() }),
            with(BreakpointRules { condition: text(" "), hit_condition: text(""), log_message: text("") }),
        ],
    );
    assert_eq!(
        infos,
        [
            refused(
                1,
                "hit condition \"often\": write a number, or one of == > >= < <= % and a number, as in `>= 5`"
            ),
            refused(2, "log message: the `{` at offset 0 is never closed; write `{{` for a brace"),
            verified(3, 5, None),
        ]
    );
    assert_eq!(changes.plant.len(), 1);
    assert_eq!(breakpoints.get(BreakpointId(3)).unwrap().rules(), Some(&Rules::default()));
}
