//! Checks code before it is run: every jump, every argument, every table. CPython: Modules/_sre/sre.c, `_validate`.

use lasti_vm::Vm;
use rustpython_sre_engine::{MAXGROUPS, MAXREPEAT, SreAtCode, SreCatCode, SreInfo, SreOpcode as Op};

/// What checked code ends with.
#[derive(PartialEq, Eq)]
enum End {
    Plain,
    /// A JUMP with its distance.
    Jump,
}

/// Whether the engine can run the code.
pub(super) fn is_valid(vm: &Vm, code: &[u32], groups: usize) -> bool {
    match code.split_last() {
        Some((&last, inner)) if last == Op::SUCCESS as u32 && groups <= MAXGROUPS / 2 => {
            Check { vm, groups }.plain(inner).is_some()
        }
        _ => false,
    }
}

/// What all of the code is checked against.
#[derive(Clone, Copy)]
struct Check<'a> {
    vm: &'a Vm,
    groups: usize,
}

/// Words that are taken off one after the other; `None` where there are none left.
pub(super) struct Words<'a> {
    pub(super) code: &'a [u32],
    pub(super) at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn next(&mut self) -> Option<u32> {
        let word = *self.code.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    pub(super) fn op(&mut self) -> Option<Op> {
        Op::try_from(self.next()?).ok()
    }

    /// A distance, counted from its own place: it ends within the code.
    pub(super) fn skip(&mut self) -> Option<usize> {
        self.skip_with(0)
    }

    fn skip_with(&mut self, beyond: usize) -> Option<usize> {
        let skip = *self.code.get(self.at)? as usize;
        if skip.saturating_sub(beyond) > self.code.len() - self.at {
            return None;
        }
        self.at += 1;
        Some(skip)
    }

    /// The next `count` words, which are then behind.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u32]> {
        let taken = self.code.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn expect(&mut self, op: Op) -> Option<()> {
        (self.next()? == op as u32).then_some(())
    }
}

/// A set of characters, without the FAILURE at its end.
fn charset(code: &[u32]) -> Option<()> {
    let mut words = Words { code, at: 0 };
    while words.at < code.len() {
        match words.op()? {
            Op::NEGATE => {}
            Op::LITERAL => drop(words.next()?),
            Op::RANGE | Op::RANGE_UNI_IGNORE => drop(words.take(2)?),
            Op::CHARSET => drop(words.take(8)?),
            Op::BIGCHARSET => {
                let blocks = words.next()? as usize;
                let table = words.take(64)?;
                if table.iter().flat_map(|word| word.to_ne_bytes()).any(|block| usize::from(block) >= blocks)
                {
                    return None;
                }
                words.take(blocks.checked_mul(8)?)?;
            }
            Op::CATEGORY => {
                SreCatCode::try_from(words.next()?).ok()?;
            }
            _ => return None,
        }
    }
    Some(())
}

/// A set of characters with the FAILURE at its end.
fn closed_charset(code: &[u32]) -> Option<()> {
    let (&last, set) = code.split_last()?;
    (last == Op::FAILURE as u32).then_some(())?;
    charset(set)
}

impl Check<'_> {
    fn plain(self, code: &[u32]) -> Option<()> {
        (self.code(code)? == End::Plain).then_some(())
    }

    fn code(self, code: &[u32]) -> Option<End> {
        self.vm.check_native_stack().ok()?;
        let mut words = Words { code, at: 0 };
        while words.at < code.len() {
            match words.op()? {
                Op::MARK => {
                    if words.next()? as usize > 2 * self.groups + 1 {
                        return None;
                    }
                }
                Op::LITERAL
                | Op::NOT_LITERAL
                | Op::LITERAL_IGNORE
                | Op::NOT_LITERAL_IGNORE
                | Op::LITERAL_UNI_IGNORE
                | Op::NOT_LITERAL_UNI_IGNORE
                | Op::LITERAL_LOC_IGNORE
                | Op::NOT_LITERAL_LOC_IGNORE => drop(words.next()?),
                Op::SUCCESS | Op::FAILURE | Op::ANY | Op::ANY_ALL => {}
                Op::AT => {
                    SreAtCode::try_from(words.next()?).ok()?;
                }
                Op::IN | Op::IN_IGNORE | Op::IN_UNI_IGNORE | Op::IN_LOC_IGNORE => {
                    let skip = words.skip()?;
                    closed_charset(words.take(skip.checked_sub(1)?)?)?;
                }
                Op::INFO => info(&mut words)?,
                Op::BRANCH => self.branch(&mut words)?,
                Op::REPEAT_ONE | Op::MIN_REPEAT_ONE | Op::POSSESSIVE_REPEAT_ONE => {
                    let item = repeated(&mut words, 4)?;
                    self.plain(item)?;
                    single(item)?;
                    words.expect(Op::SUCCESS)?;
                }
                Op::REPEAT => {
                    self.plain(repeated(&mut words, 3)?)?;
                    if !matches!(words.op()?, Op::MAX_UNTIL | Op::MIN_UNTIL) {
                        return None;
                    }
                }
                Op::POSSESSIVE_REPEAT => {
                    self.plain(repeated(&mut words, 3)?)?;
                    words.expect(Op::SUCCESS)?;
                }
                Op::ATOMIC_GROUP => {
                    let skip = words.skip()?;
                    self.plain(words.take(skip.checked_sub(2)?)?)?;
                    words.expect(Op::SUCCESS)?;
                }
                Op::GROUPREF | Op::GROUPREF_IGNORE | Op::GROUPREF_UNI_IGNORE | Op::GROUPREF_LOC_IGNORE => {
                    if words.next()? as usize >= self.groups {
                        return None;
                    }
                }
                Op::GROUPREF_EXISTS => self.conditional(&mut words)?,
                Op::ASSERT | Op::ASSERT_NOT => {
                    let skip = words.skip()?;
                    words.next()?;
                    self.plain(words.take(skip.checked_sub(3)?)?)?;
                    words.expect(Op::SUCCESS)?;
                }
                // Only its distance may follow.
                Op::JUMP => return (words.at + 1 == code.len()).then_some(End::Jump),
                _ => return None,
            }
        }
        Some(End::Plain)
    }

    /// Alternatives, each with its distance and with a JUMP to where all of them go on; then 0.
    fn branch(self, words: &mut Words<'_>) -> Option<()> {
        let mut target = None;
        loop {
            let skip = words.skip()?;
            if skip == 0 {
                break;
            }
            self.plain(words.take(skip.checked_sub(3)?)?)?;
            words.expect(Op::JUMP)?;
            let place = words.at;
            let end = place + words.skip()?;
            if target.is_some_and(|target| target != end) {
                return None;
            }
            target = Some(end);
        }
        (target == Some(words.at)).then_some(())
    }

    /// Group, distance to the other alternative, and the alternatives: the first ends with a JUMP if there is a second.
    fn conditional(self, words: &mut Words<'_>) -> Option<()> {
        if words.next()? as usize >= self.groups {
            return None;
        }
        // The distance counts from the group.
        let skip = words.skip_with(1)?;
        let first = words.take(skip.checked_sub(2)?)?;
        match self.code(first)? {
            End::Plain => Some(()),
            End::Jump => {
                words.at -= 1;
                let skip = words.skip()?;
                self.plain(words.take(skip.checked_sub(1)?)?)
            }
        }
    }
}

/// The engine counts items of one character: there must be one to look at.
fn single(item: &[u32]) -> Option<()> {
    (!item.is_empty()).then_some(())
}

/// Distance and bounds of a repeat; `rest` words of the distance are not the item.
fn repeated<'a>(words: &mut Words<'a>, rest: usize) -> Option<&'a [u32]> {
    let skip = words.skip()?;
    let (min, max) = (words.next()?, words.next()?);
    if min > max || max as usize > MAXREPEAT {
        return None;
    }
    words.take(skip.checked_sub(rest)?)
}

/// `INFO`, distance, flags, least and greatest width; then a prefix or a set.
fn info(words: &mut Words<'_>) -> Option<()> {
    let skip = words.skip()?;
    let mut inner = Words { code: words.take(skip.checked_sub(1)?)?, at: 0 };
    let flags = SreInfo::from_bits(inner.next()?)?;
    inner.take(2)?;
    if flags.contains(SreInfo::PREFIX) && flags.contains(SreInfo::CHARSET)
        || flags.contains(SreInfo::LITERAL) && !flags.contains(SreInfo::PREFIX)
    {
        return None;
    }
    if flags.contains(SreInfo::PREFIX) {
        let length = inner.next()?;
        let jump = inner.next()?;
        inner.take(length as usize)?;
        let overlap = inner.take(length as usize)?;
        // The engine looks at the first character, and jumps within the prefix.
        if length == 0 || jump > length || overlap.iter().any(|&back| back >= length) {
            return None;
        }
    }
    if flags.contains(SreInfo::CHARSET) {
        return closed_charset(&inner.code[inner.at..]);
    }
    (inner.at == inner.code.len()).then_some(())
}
