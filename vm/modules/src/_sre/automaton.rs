//! Patterns as finite automata: those that need no backtracking are run by `regex-automata`, which takes a few
//! instructions for each character however many alternatives there are.
//!
//! What finds the same matches there is translated: characters, sets, alternatives, groups, greedy and lazy repeats, most
//! anchors. The rest stays with the backtracking engine: references to groups, looking around, atomic and possessive
//! parts, whatever the locale says, repeats of what may be empty, text that is neither ASCII nor bytes, and the
//! single attempts that a full match or an empty match before makes different.

use std::cell::RefCell;

use regex_automata::meta::{Cache, Config, Regex};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Capture, Class, ClassBytes, ClassBytesRange, Dot, Hir, Look, Repetition};
use rustpython_sre_engine::{MAXREPEAT, SreAtCode as At, SreCatCode as Category, SreOpcode as Op};
use smallvec::SmallVec;

use super::engine::{Attempt, Found, Kind};
use super::validate::Words;

/// Groups and repeats are nested no deeper.
const DEPTH: u32 = 40;
/// The most memory that one automaton may take, and its states while it runs.
const SIZE: usize = 1 << 20;
const STATES: usize = 1 << 18;

/// A pattern as an automaton.
pub(super) struct Automaton {
    regex: Regex,
    run: RefCell<(Cache, Vec<Option<NonMaxUsize>>)>,
    /// The groups' numbers in the order in which they end.
    endings: Vec<usize>,
    /// `$` is taken for the very end: right where the text does not end with a newline.
    end_is_last: bool,
}

impl Automaton {
    /// The automaton of checked code with that many groups; `None` if it has to be run by the other engine.
    pub(super) fn new(code: &[u32], groups: usize) -> Option<Self> {
        let mut translation = Translation { endings: Vec::new(), end_is_last: false, repeated: 0, depth: 0 };
        let mut words = Words { code: code.split_last()?.1, at: 0 };
        let hir = translation.sequence(&mut words, None)?;
        let regex = Regex::builder()
            .configure(
                Config::new()
                    .utf8_empty(false)
                    .dfa(false)
                    .nfa_size_limit(Some(SIZE))
                    .onepass_size_limit(Some(STATES))
                    .hybrid_cache_capacity(STATES),
            )
            .build_from_hir(&hir)
            .ok()?;
        let cache = regex.create_cache();
        let slots = vec![None; 2 * (groups + 1)];
        let Translation { endings, end_is_last, .. } = translation;
        Some(Self { regex, run: RefCell::new((cache, slots)), endings, end_is_last })
    }

    /// Whether this attempt finds here what it would find there.
    pub(super) fn can_run(&self, bytes: &[u8], attempt: Attempt) -> bool {
        attempt.kind != Kind::FullMatch
            && !attempt.must_advance
            && attempt.end <= bytes.len()
            && attempt.start <= attempt.end
            && !(self.end_is_last && bytes[..attempt.end].ends_with(b"\n"))
    }

    /// The match in text of ASCII, or in bytes.
    pub(super) fn run(&self, bytes: &[u8], attempt: Attempt) -> Option<Found> {
        let anchored = if attempt.kind == Kind::Match { Anchored::Yes } else { Anchored::No };
        let input = Input::new(&bytes[..attempt.end]).range(attempt.start..attempt.end).anchored(anchored);
        let (cache, slots) = &mut *self.run.borrow_mut();
        self.regex.search_slots_with(cache, &input, slots)?;
        let spans: SmallVec<_> = slots
            .chunks_exact(2)
            .map(|pair| match pair {
                [Some(start), Some(end)] => Some((start.get(), end.get())),
                _ => None,
            })
            .collect();
        Some(Found { last_index: self.last_index(&spans), spans })
    }

    /// The group that ended last: the one that ends farthest, and of those the one that ends last in the pattern.
    fn last_index(&self, spans: &[Option<(usize, usize)>]) -> usize {
        let ends = self.endings.iter().filter_map(|&group| Some((spans.get(group).copied()??.1, group)));
        ends.reduce(|last, next| if next.0 >= last.0 { next } else { last }).map_or(0, |(_, group)| group)
    }
}

struct Translation {
    endings: Vec<usize>,
    end_is_last: bool,
    /// How many repeats the code at hand is within.
    repeated: u32,
    depth: u32,
}

impl Translation {
    /// The code up to its end, or up to the mark that closes a group.
    fn sequence(&mut self, words: &mut Words<'_>, closing: Option<u32>) -> Option<Hir> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut parts = Vec::new();
        loop {
            if words.at == words.code.len() {
                if closing.is_some() {
                    return None;
                }
                break;
            }
            match words.op()? {
                Op::MARK => {
                    let mark = words.next()?;
                    if closing == Some(mark) {
                        break;
                    }
                    parts.push(self.group(words, mark)?);
                }
                Op::INFO => {
                    let skip = words.skip()?;
                    words.take(skip.checked_sub(1)?)?;
                }
                Op::BRANCH => parts.push(self.branch(words)?),
                Op::REPEAT_ONE => parts.push(self.repeat_one(words, true)?),
                Op::MIN_REPEAT_ONE => parts.push(self.repeat_one(words, false)?),
                Op::REPEAT => parts.push(self.repeat(words)?),
                Op::AT => parts.push(self.at(At::try_from(words.next()?).ok()?)?),
                Op::FAILURE => parts.push(Hir::fail()),
                op => parts.push(one(op, words)?),
            }
        }
        self.depth -= 1;
        Some(Hir::concat(parts))
    }

    fn group(&mut self, words: &mut Words<'_>, mark: u32) -> Option<Hir> {
        if !mark.is_multiple_of(2) {
            return None;
        }
        let index = mark / 2 + 1;
        let sub = self.sequence(words, Some(mark + 1))?;
        // Which of several groups ended last can't be told if they may be empty each time round.
        if self.repeated > 0 && may_be_empty(&sub) {
            return None;
        }
        self.endings.push(index as usize);
        Some(Hir::capture(Capture { index, name: None, sub: Box::new(sub) }))
    }

    fn branch(&mut self, words: &mut Words<'_>) -> Option<Hir> {
        let mut alternatives = Vec::new();
        loop {
            let skip = words.skip()?;
            if skip == 0 {
                return Some(Hir::alternation(alternatives));
            }
            let code = words.take(skip.checked_sub(3)?)?;
            alternatives.push(self.sequence(&mut Words { code, at: 0 }, None)?);
            // The jump and its distance.
            words.take(2)?;
        }
    }

    fn repeat_one(&mut self, words: &mut Words<'_>, greedy: bool) -> Option<Hir> {
        let (min, max, code) = bounds(words, 4)?;
        let sub = self.sequence(&mut Words { code, at: 0 }, None)?;
        words.take(1)?;
        Some(Hir::repetition(Repetition { min, max, greedy, sub: Box::new(sub) }))
    }

    fn repeat(&mut self, words: &mut Words<'_>) -> Option<Hir> {
        let (min, max, code) = bounds(words, 3)?;
        let again = u32::from(max != Some(1));
        self.repeated += again;
        let sub = self.sequence(&mut Words { code, at: 0 }, None)?;
        self.repeated -= again;
        if max == Some(0) || again != 0 && may_be_empty(&sub) {
            return None;
        }
        let greedy = words.op()? == Op::MAX_UNTIL;
        Some(Hir::repetition(Repetition { min, max, greedy, sub: Box::new(sub) }))
    }

    fn at(&mut self, at: At) -> Option<Hir> {
        Some(Hir::look(match at {
            At::BEGINNING | At::BEGINNING_STRING => Look::Start,
            At::BEGINNING_LINE => Look::StartLF,
            At::END => {
                self.end_is_last = true;
                Look::End
            }
            At::END_LINE => Look::EndLF,
            At::END_STRING => Look::End,
            At::BOUNDARY | At::UNI_BOUNDARY => Look::WordAscii,
            At::NON_BOUNDARY | At::UNI_NON_BOUNDARY => Look::WordAsciiNegate,
            At::LOC_BOUNDARY | At::LOC_NON_BOUNDARY => return None,
        }))
    }
}

fn may_be_empty(hir: &Hir) -> bool {
    hir.properties().minimum_len().is_none_or(|length| length == 0)
}

/// Bounds and item of a repeat; `rest` words of its distance are not the item.
fn bounds<'a>(words: &mut Words<'a>, rest: usize) -> Option<(u32, Option<u32>, &'a [u32])> {
    let skip = words.skip()?;
    let (min, max) = (words.next()?, words.next()?);
    let max = (max as usize != MAXREPEAT).then_some(max);
    Some((min, max, words.take(skip.checked_sub(rest)?)?))
}

/// What matches a single character.
fn one(op: Op, words: &mut Words<'_>) -> Option<Hir> {
    let lower = |byte: u8| u32::from(byte.to_ascii_lowercase());
    Some(match op {
        Op::ANY => Hir::dot(Dot::AnyByteExceptLF),
        Op::ANY_ALL => Hir::dot(Dot::AnyByte),
        Op::LITERAL => {
            let code = words.next()?;
            class(|byte| u32::from(byte) == code)
        }
        Op::NOT_LITERAL => {
            let code = words.next()?;
            class(|byte| u32::from(byte) != code)
        }
        Op::LITERAL_IGNORE | Op::LITERAL_UNI_IGNORE => {
            let code = words.next()?;
            class(|byte| lower(byte) == code)
        }
        Op::NOT_LITERAL_IGNORE | Op::NOT_LITERAL_UNI_IGNORE => {
            let code = words.next()?;
            class(|byte| lower(byte) != code)
        }
        Op::IN | Op::IN_IGNORE | Op::IN_UNI_IGNORE => {
            let skip = words.skip()?;
            let set = words.take(skip.checked_sub(1)?)?;
            is_in(set, 0)?;
            let folded = op != Op::IN;
            class(|byte| is_in(set, if folded { lower(byte) } else { byte.into() }) == Some(true))
        }
        _ => return None,
    })
}

fn class(holds: impl Fn(u8) -> bool) -> Hir {
    let ranges = (0..=u8::MAX).filter(|&byte| holds(byte)).map(|byte| ClassBytesRange::new(byte, byte));
    Hir::class(Class::Bytes(ClassBytes::new(ranges)))
}

/// Whether a checked set has the character; `None` if that depends on the locale.
fn is_in(set: &[u32], c: u32) -> Option<bool> {
    let mut words = Words { code: set, at: 0 };
    let mut found = true;
    // A set that depends on the locale does so for every character: all of it is read.
    let mut result = None;
    loop {
        let holds = match words.op()? {
            Op::FAILURE => return Some(result.unwrap_or(!found)),
            Op::NEGATE => {
                found = !found;
                false
            }
            Op::LITERAL => words.next()? == c,
            Op::RANGE => {
                let (low, high) = (words.next()?, words.next()?);
                (low..=high).contains(&c)
            }
            Op::RANGE_UNI_IGNORE => {
                let (low, high) = (words.next()?, words.next()?);
                let upper = u8::try_from(c).map_or(c, |byte| byte.to_ascii_uppercase().into());
                (low..=high).contains(&c) || (low..=high).contains(&upper)
            }
            Op::CHARSET => {
                let bits = words.take(8)?;
                bits.get(c as usize / 32).is_some_and(|word| word & 1 << (c % 32) != 0)
            }
            Op::BIGCHARSET => {
                let blocks = words.next()? as usize;
                let first = words.take(64)?[0].to_ne_bytes()[0];
                let bits = words.take(blocks.checked_mul(8)?)?;
                bits.get(usize::from(first) * 8 + c as usize / 32)
                    .is_some_and(|word| word & 1 << (c % 32) != 0)
            }
            Op::CATEGORY => is_of(Category::try_from(words.next()?).ok()?, u8::try_from(c).ok()?)?,
            _ => return None,
        };
        if holds && result.is_none() {
            result = Some(found);
        }
    }
}

/// Categories of ASCII; of bytes above, which only the ones that are not Unicode's are asked about.
fn is_of(category: Category, c: u8) -> Option<bool> {
    let digit = c.is_ascii_digit();
    let space = matches!(c, b' ' | b'\t'..=b'\r');
    let word = c.is_ascii_alphanumeric() || c == b'_';
    let newline = c == b'\n';
    Some(match category {
        Category::DIGIT | Category::UNI_DIGIT => digit,
        Category::NOT_DIGIT | Category::UNI_NOT_DIGIT => !digit,
        Category::SPACE => space,
        Category::NOT_SPACE => !space,
        // U+001C to U+001F are white space too.
        Category::UNI_SPACE => space || (0x1C..=0x1F).contains(&c),
        Category::UNI_NOT_SPACE => !space && !(0x1C..=0x1F).contains(&c),
        Category::WORD | Category::UNI_WORD => word,
        Category::NOT_WORD | Category::UNI_NOT_WORD => !word,
        Category::LINEBREAK => newline,
        Category::NOT_LINEBREAK => !newline,
        Category::UNI_LINEBREAK
        | Category::UNI_NOT_LINEBREAK
        | Category::LOC_WORD
        | Category::LOC_NOT_WORD => {
            return None;
        }
    })
}
