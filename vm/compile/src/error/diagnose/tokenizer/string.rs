//! Owns plain string tokens and the errors of unterminated ones. Does not decode escapes.
use super::super::raised::Outcome;
use super::{Done, EOF, Token, TokenKind, Tokenizer, is};

impl Tokenizer<'_> {
    /// A string whose opening quote `quote` has been read; `start` is its prefix's start.
    pub(super) fn string(&mut self, quote: i32, start: usize) -> Outcome<Token> {
        let (mut size, mut closing) = (1, 0);
        let mut escaped_quote = false;
        self.first_line = self.line;
        self.multi_line_start = self.line_start;
        let mut c = self.next();
        if c == quote {
            c = self.next();
            if c == quote {
                size = 3;
            } else {
                closing = 1;
            }
        }
        if c != quote {
            self.back(c);
        }
        while closing != size {
            c = self.next();
            if c == EOF || (size == 1 && is(c, b'\n')) {
                return self.unterminated(quote, size, start, c, escaped_quote);
            }
            if c == quote {
                closing += 1;
                continue;
            }
            closing = 0;
            if is(c, b'\\') {
                c = self.next();
                escaped_quote |= c == quote;
            }
        }
        Ok(self.token(TokenKind::String, Some((start, self.cur))))
    }

    /// The error is raised at the opening quote, and the state is moved there.
    fn unterminated(
        &mut self,
        quote: i32,
        size: usize,
        start: usize,
        c: i32,
        escaped_quote: bool,
    ) -> Outcome<Token> {
        self.cur = start + 1;
        self.line_start = self.multi_line_start;
        let detected = self.line;
        self.line = self.first_line;
        if let Some(mode) = self.modes.last()
            && is(quote, mode.quote)
            && size == mode.quote_size
        {
            // The quote closes the literal around: a `}` is missing.
            let letter = mode.letter();
            return self.error(format!("{letter}-string: expecting '}}'"));
        }
        let triple = if size == 3 { "triple-quoted " } else { "" };
        let hint = if size == 1 && escaped_quote { "; perhaps you escaped the end quote?" } else { "" };
        let raised =
            self.error(format!("unterminated {triple}string literal (detected at line {detected}){hint}"));
        if !is(c, b'\n') {
            self.done = if size == 3 { Done::EndOfFileInString } else { Done::EndOfLineInString };
        }
        raised
    }
}
