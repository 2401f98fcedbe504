//! What a program writes, as text: bytes to lines.
//!
//! Nothing is lost: bytes that are no UTF-8 are written as `\xff` escapes. A character that was cut in two is
//! put together; a line that was not ended is held back for a moment, in case its end comes.

use std::fmt::Write as _;

/// How much text one event carries at most, in bytes of what was written.
const PIECE: usize = 32 << 10;
/// A line that is longer is not held back.
const HELD: usize = 4 << 10;

/// One stream of a program.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    held: Vec<u8>,
}

impl Lines {
    /// Takes in what was written; the text to be told now, in pieces of whole lines where that is possible.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        self.held.extend_from_slice(bytes);
        let whole = match self.held.iter().rposition(|&byte| byte == b'\n') {
            Some(end) => end + 1,
            None if self.held.len() > HELD => self.held.len() - cut_character(&self.held),
            None => 0,
        };
        let ready: Vec<u8> = self.held.drain(..whole).collect();
        pieces(&ready)
    }

    /// What was held back.
    pub(crate) fn flush(&mut self) -> Vec<String> {
        pieces(&std::mem::take(&mut self.held))
    }

    /// What was held back, but for a character that has not come whole.
    pub(crate) fn flush_whole(&mut self) -> Vec<String> {
        let whole = self.held.len() - cut_character(&self.held);
        let ready: Vec<u8> = self.held.drain(..whole).collect();
        pieces(&ready)
    }

    /// Whether anything is held back.
    pub(crate) fn holds(&self) -> bool {
        !self.held.is_empty()
    }
}

fn pieces(mut bytes: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let piece = if bytes.len() <= PIECE {
            bytes
        } else {
            let line = bytes[..PIECE].iter().rposition(|&byte| byte == b'\n').map(|end| end + 1);
            &bytes[..line.unwrap_or_else(|| PIECE - cut_character(&bytes[..PIECE]))]
        };
        all.push(text(piece));
        bytes = &bytes[piece.len()..];
    }
    all
}

/// How many bytes at the end begin a character that goes on.
fn cut_character(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let tail = &bytes[bytes.len() - back..];
        if !(0x80..0xc0).contains(&tail[0]) {
            let cut = std::str::from_utf8(tail).is_err_and(|error| error.error_len().is_none());
            return if cut { back } else { 0 };
        }
    }
    0
}

fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text += chunk.valid();
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_and_what_is_left_of_them() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b"one\ntwo\nth"), ["one\ntwo\n"]);
        assert!(lines.holds());
        assert_eq!(lines.push(b"ree"), [""; 0]);
        assert_eq!(lines.push(b"\n"), ["three\n"]);
        assert_eq!(lines.push(b"name? "), [""; 0]);
        assert_eq!(lines.flush(), ["name? "]);
        assert!(!lines.holds());
    }

    #[test]
    fn characters_are_put_together_and_other_bytes_are_shown() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b"\xc3"), [""; 0]);
        assert_eq!(lines.flush_whole(), [""; 0], "it may go on");
        assert_eq!(lines.push(b"\xa9 \xff\n"), ["é \\xff\n"]);
        assert_eq!(lines.push(b"\xf0\x9f"), [""; 0]);
        assert_eq!(lines.flush(), ["\\xf0\\x9f"]);
    }

    #[test]
    fn long_output_comes_in_pieces() {
        let mut lines = Lines::default();
        let long = vec![b'x'; 3 * PIECE];
        let got = lines.push(&long);
        assert_eq!(got.iter().map(String::len).collect::<Vec<_>>(), [PIECE; 3]);
        assert_eq!(lines.push(&b"y\n".repeat(PIECE)).len(), 2);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "(?s).{0,200}", cuts in prop::collection::vec(0usize..9, 0..60)) {
            let mut lines = Lines::default();
            let (mut rest, mut got) = (text.as_bytes(), String::new());
            for cut in cuts {
                let (now, then) = rest.split_at(cut.min(rest.len()));
                got += &lines.push(now).concat();
                got += &lines.flush_whole().concat();
                rest = then;
            }
            got += &lines.push(rest).concat();
            got += &lines.flush().concat();
            prop_assert_eq!(got, text);
        }
    }
}
