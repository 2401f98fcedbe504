//! Owns the tokens of f-strings and t-strings: start, text between replacement fields, end.
//! The expressions inside are ordinary tokens; see `normal` in the parent.
use super::super::literal::doubt;
use super::super::raised::Outcome;
use super::{Done, EOF, Interpolated, MAX_MODES, Token, TokenKind, Tokenizer, is};

/// How deep format specifications may nest.
const MAX_EXPR_NESTING: i32 = 3;

impl Interpolated {
    pub(super) fn letter(&self) -> char {
        if self.tstring { 't' } else { 'f' }
    }
}

impl Tokenizer<'_> {
    /// The prefix letter of the innermost literal in messages: `f` or `t`.
    pub(in super::super) fn literal_letter(&self) -> char {
        self.modes.last().map_or('f', Interpolated::letter)
    }

    /// A literal whose prefix and first quote have been read.
    pub(super) fn interpolated_start(
        &mut self,
        quote: i32,
        start: usize,
        tstring: bool,
        raw: bool,
    ) -> Outcome<Token> {
        let mut quote_size = 1;
        self.first_line = self.line;
        self.multi_line_start = self.line_start;
        let second = self.next();
        if second == quote {
            let third = self.next();
            if third == quote {
                quote_size = 3;
            } else {
                self.back(third);
                self.back(second);
            }
        } else {
            self.back(second);
        }
        if self.modes.len() + 1 >= MAX_MODES {
            return self.error("too many nested f-strings or t-strings");
        }
        self.modes.push(Interpolated {
            tstring,
            raw,
            quote: u8::try_from(quote).unwrap_or_default(),
            quote_size,
            start,
            line_start: self.line_start,
            line: self.line,
            depth: 0,
            expr_depth: -1,
            in_format_spec: false,
            reading_text: true,
        });
        Ok(self.token(TokenKind::InterpolatedStart(tstring), Some((start, self.cur))))
    }

    /// Moves from the literal's text into a replacement field (or to a stray brace).
    fn enter_expression(&mut self, opens: bool) -> Outcome<()> {
        let Some(mode) = self.modes.last_mut() else { return Ok(()) };
        if opens {
            mode.expr_depth += 1;
            if mode.expr_depth >= MAX_EXPR_NESTING {
                let letter = mode.letter();
                return self.error(format!("{letter}-string: expressions nested too deeply"));
            }
        }
        mode.reading_text = false;
        Ok(())
    }

    fn middle(&self, mode: &Interpolated, start: usize, end: usize) -> Token {
        let mut token = self.token(TokenKind::InterpolatedMiddle(mode.tstring), Some((start, end)));
        token.raw = mode.raw;
        token
    }

    /// The next token while a literal's text is being read.
    pub(super) fn interpolated(&mut self) -> Outcome<Token> {
        let Some(mode) = self.modes.last().copied() else { return self.normal() };
        let start = self.cur;
        self.start = Some(start);
        self.first_line = self.line;
        let c = self.next();
        if is(c, b'{') {
            let peek = self.next();
            self.back(peek);
            self.back(c);
            if !is(peek, b'{') {
                self.enter_expression(true)?;
                return self.normal();
            }
        } else {
            self.back(c);
        }
        let mut quotes = 0;
        while quotes < mode.quote_size {
            let c = self.next();
            if !is(c, mode.quote) {
                self.back(c);
                break;
            }
            quotes += 1;
        }
        if quotes == mode.quote_size {
            self.modes.pop();
            return Ok(self.token(TokenKind::InterpolatedEnd(mode.tstring), Some((start, self.cur))));
        }
        self.interpolated_middle(&mode, start)
    }

    fn interpolated_middle(&mut self, mode: &Interpolated, start: usize) -> Outcome<Token> {
        self.multi_line_start = self.line_start;
        let mut named_escape = false;
        let mut closing = 0;
        while closing != mode.quote_size {
            let c = self.next();
            let in_format_spec = mode.in_format_spec && mode.expr_depth >= 0;
            if c == EOF || (mode.quote_size == 1 && is(c, b'\n')) {
                if in_format_spec && is(c, b'\n') {
                    let letter = mode.letter();
                    return self.error(format!(
                        "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
                    ));
                }
                return self.unterminated_interpolated(mode, c);
            }
            if is(c, mode.quote) {
                closing += 1;
                continue;
            }
            closing = 0;
            if is(c, b'{') {
                let peek = self.next();
                if !is(peek, b'{') || in_format_spec {
                    self.back(peek);
                    self.back(c);
                    self.enter_expression(true)?;
                    if let Some(mode) = self.modes.last_mut() {
                        mode.in_format_spec = false;
                    }
                    return Ok(self.middle(mode, start, self.cur));
                }
                return Ok(self.middle(mode, start, self.cur - 1));
            }
            if is(c, b'}') {
                if named_escape {
                    return Ok(self.middle(mode, start, self.cur));
                }
                let peek = self.next();
                if is(peek, b'}') && !in_format_spec && mode.depth == 0 {
                    return Ok(self.middle(mode, start, self.cur - 1));
                }
                self.back(peek);
                self.back(c);
                self.enter_expression(false)?;
                if let Some(mode) = self.modes.last_mut() {
                    mode.in_format_spec = false;
                }
                return Ok(self.middle(mode, start, self.cur));
            }
            if is(c, b'\\') {
                let peek = self.next();
                if is(peek, b'{') || is(peek, b'}') {
                    if !mode.raw {
                        let escape = if is(peek, b'{') { "{" } else { "}" };
                        self.warnings.push((doubt(escape, "escape"), self.line as usize));
                    }
                    self.back(peek);
                } else if !mode.raw && is(peek, b'N') {
                    let brace = self.next();
                    if is(brace, b'{') {
                        named_escape = true;
                    } else {
                        self.back(brace);
                    }
                }
            }
        }
        self.cur -= mode.quote_size;
        Ok(self.middle(mode, start, self.cur))
    }

    fn unterminated_interpolated(&mut self, mode: &Interpolated, c: i32) -> Outcome<Token> {
        self.cur = mode.start + 1;
        self.line_start = mode.line_start;
        let detected = self.line;
        self.line = mode.line;
        let triple = if mode.quote_size == 3 { "triple-quoted " } else { "" };
        let letter = mode.letter();
        let raised =
            self.error(format!("unterminated {triple}{letter}-string literal (detected at line {detected})"));
        if mode.quote_size == 3 && !is(c, b'\n') {
            self.done = Done::EndOfFileInString;
        }
        raised
    }
}
