//! Running a pattern's code over the units of a subject.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use lasti_vm::{PyResult, Vm};
use rustpython_sre_engine::{Request, State, StrDrive, StringCursor};
use smallvec::SmallVec;

/// Where and how to look.
#[derive(Clone, Copy)]
pub(super) struct Attempt {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// An empty match at `start` does not count: the last match ended there.
    pub(super) must_advance: bool,
}

/// What counts as a match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One that begins at the start.
    Match,
    /// One that goes from the start to the end.
    FullMatch,
    /// One that begins anywhere.
    Search,
}

/// A match.
pub(super) struct Found {
    /// Where the match and each group begin and end; `None` for groups that took no part.
    pub(super) spans: SmallVec<[Option<(usize, usize)>; 2]>,
    /// The number of the group that was closed last; 0: none.
    pub(super) last_index: usize,
}

impl Found {
    /// Where the whole match begins and ends.
    pub(super) fn whole(&self) -> (usize, usize) {
        self.spans.first().copied().flatten().unwrap_or_default()
    }
}

/// Runs `code` over bytes: those of a bytes object, or code points below 256.
pub(super) fn over_bytes(
    vm: &Vm,
    bytes: &[u8],
    code: &[u32],
    groups: usize,
    attempt: Attempt,
) -> PyResult<Option<Found>> {
    guarded(vm, || run(bytes, code, groups, attempt))
}

/// Runs `code` over any code points.
pub(super) fn over_points(
    vm: &Vm,
    points: &Rc<[u32]>,
    code: &[u32],
    groups: usize,
    attempt: Attempt,
) -> PyResult<Option<Found>> {
    POINTS.replace(points.clone());
    let found = guarded(vm, || run(Points { count: points.len() }, code, groups, attempt));
    POINTS.replace(Rc::default());
    found
}

/// A fault within the engine is an error, not the end of the program.
fn guarded(vm: &Vm, run: impl FnOnce() -> Option<Found>) -> PyResult<Option<Found>> {
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| vm.runtime_error("internal error in regular expression engine"))
}

fn run<S: StrDrive>(subject: S, code: &[u32], groups: usize, attempt: Attempt) -> Option<Found> {
    let mut request =
        Request::new(subject, attempt.start, attempt.end, code, attempt.kind == Kind::FullMatch);
    request.must_advance = attempt.must_advance;
    let mut state = State::default();
    let matched = match attempt.kind {
        Kind::Match | Kind::FullMatch => state.py_match(&request),
        Kind::Search => state.search(request),
    };
    if !matched {
        return None;
    }
    let mut spans = SmallVec::with_capacity(groups + 1);
    spans.push(Some((state.start, state.cursor.position)));
    spans.extend((0..groups).map(|group| {
        let (start, end) = state.marks.get(group);
        (start.is_some() && end.is_some()).then(|| (start.unpack(), end.unpack()))
    }));
    Some(Found { spans, last_index: usize::try_from(state.marks.last_index()).unwrap_or(0) })
}

thread_local! {
    /// The code points that the engine runs over: its cursors have no room for them.
    static POINTS: RefCell<Rc<[u32]>> = RefCell::default();
}

#[inline]
fn point(at: usize) -> u32 {
    POINTS.with_borrow(|points| points.get(at).copied().unwrap_or(0))
}

/// Code points by their numbers: every step is one look-up, however far.
#[derive(Clone, Copy)]
struct Points {
    count: usize,
}

impl StrDrive for Points {
    fn count(&self) -> usize {
        self.count
    }

    fn create_cursor(&self, n: usize) -> StringCursor {
        let mut cursor = StringCursor::default();
        cursor.position = n;
        cursor
    }

    fn adjust_cursor(&self, cursor: &mut StringCursor, n: usize) {
        cursor.position = n;
    }

    fn advance(cursor: &mut StringCursor) -> u32 {
        cursor.position += 1;
        point(cursor.position - 1)
    }

    fn peek(cursor: &StringCursor) -> u32 {
        point(cursor.position)
    }

    fn skip(cursor: &mut StringCursor, n: usize) {
        cursor.position += n;
    }

    fn back_advance(cursor: &mut StringCursor) -> u32 {
        cursor.position -= 1;
        point(cursor.position)
    }

    fn back_peek(cursor: &StringCursor) -> u32 {
        point(cursor.position - 1)
    }

    fn back_skip(cursor: &mut StringCursor, n: usize) {
        cursor.position -= n;
    }
}
