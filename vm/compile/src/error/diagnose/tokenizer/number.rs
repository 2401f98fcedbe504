//! Owns number tokens and the errors of malformed ones. Does not compute values: a decimal literal's
//! size is checked where the parser takes the token.
use super::super::raised::Outcome;
use super::{EOF, Token, TokenKind, Tokenizer, is, is_digit, is_identifier_char, shown};

impl Tokenizer<'_> {
    /// A number whose first digit `c` has been read.
    pub(super) fn number(&mut self, c: i32, start: usize) -> Outcome<Token> {
        if !is(c, b'0') {
            let c = self.decimal_tail()?;
            return self.after_integer(c, start);
        }
        let mut c = self.next();
        match u8::try_from(c).unwrap_or(0).to_ascii_lowercase() {
            b'x' => return self.radix(start, 16, "hexadecimal"),
            b'o' => return self.radix(start, 8, "octal"),
            b'b' => return self.radix(start, 2, "binary"),
            _ => {}
        }
        loop {
            if is(c, b'_') {
                c = self.next();
                if !is_digit(c) {
                    self.back(c);
                    return self.error("invalid decimal literal");
                }
            }
            if !is(c, b'0') {
                break;
            }
            c = self.next();
        }
        let zeros_end = self.cur;
        let nonzero = is_digit(c);
        if nonzero {
            c = self.decimal_tail()?;
        }
        if nonzero && !self.extra && !matches!(u8::try_from(c).unwrap_or(0), b'.' | b'e' | b'E' | b'j' | b'J')
        {
            self.back(c);
            let range = ((start + 1 - self.line_start) as i64, (zeros_end - self.line_start) as i64);
            return self.error_range(
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
                Some(range),
            );
        }
        self.after_integer(c, start)
    }

    fn number_token(&mut self, c: i32, start: usize) -> Token {
        self.back(c);
        self.token(TokenKind::Number, Some((start, self.cur)))
    }

    fn after_integer(&mut self, c: i32, start: usize) -> Outcome<Token> {
        if is(c, b'.') {
            let c = self.next();
            return self.fraction(c, start);
        }
        self.exponent(c, start)
    }

    /// The part after the point, whose first character `c` has been read.
    pub(super) fn fraction(&mut self, c: i32, start: usize) -> Outcome<Token> {
        let c = if is_digit(c) { self.decimal_tail()? } else { c };
        self.exponent(c, start)
    }

    fn exponent(&mut self, c: i32, start: usize) -> Outcome<Token> {
        let mut c = c;
        if is(c, b'e') || is(c, b'E') {
            let e = c;
            c = self.next();
            if is(c, b'+') || is(c, b'-') {
                c = self.next();
                if !is_digit(c) {
                    self.back(c);
                    return self.error("invalid decimal literal");
                }
            } else if !is_digit(c) {
                self.back(c);
                self.verify_end(e, "decimal")?;
                return Ok(self.number_token(e, start));
            }
            c = self.decimal_tail()?;
        }
        if is(c, b'j') || is(c, b'J') {
            c = self.next();
            self.verify_end(c, "imaginary")?;
        } else {
            self.verify_end(c, "decimal")?;
        }
        Ok(self.number_token(c, start))
    }

    /// Digits with single underscores between them; the first character after them.
    fn decimal_tail(&mut self) -> Outcome<i32> {
        loop {
            let mut c = self.next();
            while is_digit(c) {
                c = self.next();
            }
            if !is(c, b'_') {
                return Ok(c);
            }
            c = self.next();
            if !is_digit(c) {
                self.back(c);
                return self.error("invalid decimal literal");
            }
        }
    }

    fn radix(&mut self, start: usize, radix: u32, name: &str) -> Outcome<Token> {
        let in_radix = |c: i32| u8::try_from(c).is_ok_and(|c| char::from(c).is_digit(radix));
        let mut c = self.next();
        loop {
            if is(c, b'_') {
                c = self.next();
            }
            if !in_radix(c) {
                if is_digit(c) {
                    return self.error(format!("invalid digit '{}' in {name} literal", shown(c)));
                }
                self.back(c);
                return self.error(format!("invalid {name} literal"));
            }
            while in_radix(c) {
                c = self.next();
            }
            if !is(c, b'_') {
                break;
            }
        }
        if is_digit(c) {
            return self.error(format!("invalid digit '{}' in {name} literal", shown(c)));
        }
        self.verify_end(c, name)?;
        Ok(self.number_token(c, start))
    }

    /// A number must not run into a name; a keyword that may follow a number is let through.
    fn verify_end(&mut self, c: i32, name: &str) -> Outcome<()> {
        if self.extra {
            return Ok(());
        }
        let keyword = match u8::try_from(c).unwrap_or(0) {
            b'a' => self.looking_at(b"nd"),
            b'e' => self.looking_at(b"lse"),
            b'f' => self.looking_at(b"or"),
            b'i' => self.source.get(self.cur).is_some_and(|c| matches!(c, b'f' | b'n' | b's')),
            b'o' => self.looking_at(b"r"),
            b'n' => self.looking_at(b"ot"),
            _ => false,
        };
        if keyword {
            self.warnings.push((format!("invalid {name} literal"), self.line as usize));
        }
        if !keyword && c < 128 && is_identifier_char(c) {
            self.back(c);
            return self.error(format!("invalid {name} literal"));
        }
        Ok(())
    }

    fn looking_at(&self, word: &[u8]) -> bool {
        let rest = &self.source[self.cur..];
        let next = rest.get(word.len()).map_or(EOF, |c| i32::from(*c));
        rest.starts_with(word) && !is_identifier_char(next)
    }
}
