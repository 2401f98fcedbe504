//! Quoted-printable.

/// Lines are shorter than this.
const LINE: usize = 76;

/// What is encoded.
#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) quote_tabs: bool,
    pub(super) is_text: bool,
    pub(super) header: bool,
}

pub(super) fn decode(data: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&byte) = data.get(at) {
        at += 1;
        if byte != b'=' {
            out.push(if header && byte == b'_' { b' ' } else { byte });
            continue;
        }
        let digit = |at: usize| data.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        match data.get(at) {
            None => break,
            // The end of the line does not count.
            Some(b'\n' | b'\r') => {
                at += data[at..]
                    .iter()
                    .position(|&byte| byte == b'\n')
                    .map_or(data.len() - at, |line| line + 1);
            }
            Some(b'=') => {
                out.push(b'=');
                at += 1;
            }
            Some(_) => match (digit(at), digit(at + 1)) {
                (Some(high), Some(low)) => {
                    out.push((high << 4 | low) as u8);
                    at += 2;
                }
                _ => out.push(b'='),
            },
        }
    }
    out
}

struct Writer {
    out: Vec<u8>,
    column: usize,
    crlf: bool,
}

impl Writer {
    fn new_line(&mut self) {
        if self.crlf {
            self.out.push(b'\r');
        }
        self.out.push(b'\n');
        self.column = 0;
    }

    fn hex(&mut self, byte: u8) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        self.out.extend([b'=', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 0xF)]]);
    }
}

pub(super) fn encode(data: &[u8], options: Options) -> Vec<u8> {
    let Options { quote_tabs, is_text, header } = options;
    // As the first line ends, so do all.
    let first = data.iter().position(|&byte| byte == b'\n');
    let crlf = first.is_some_and(|at| at > 0 && data[at - 1] == b'\r');
    let mut writer = Writer { out: Vec::with_capacity(data.len()), column: 0, crlf };
    let mut at = 0;
    while let Some(&byte) = data.get(at) {
        let next = data.get(at + 1).copied();
        let quoted = byte > 126
            || byte == b'='
            || header && byte == b'_'
            || byte == b'.' && writer.column == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0))
            || !is_text && matches!(byte, b'\r' | b'\n')
            || matches!(byte, b'\t' | b' ') && next.is_none()
            || byte < 33 && !matches!(byte, b'\r' | b'\n') && (quote_tabs || !matches!(byte, b'\t' | b' '));
        if quoted {
            if writer.column + 3 >= LINE {
                writer.out.push(b'=');
                writer.new_line();
            }
            writer.hex(byte);
            writer.column += 3;
            at += 1;
        } else if is_text && (byte == b'\n' || byte == b'\r' && next == Some(b'\n')) {
            // Space at the end of a line is easily lost.
            if let Some(&last @ (b' ' | b'\t')) = writer.out.last() {
                writer.out.pop();
                writer.hex(last);
            }
            writer.new_line();
            at += if byte == b'\r' { 2 } else { 1 };
        } else {
            if next.is_some_and(|next| next != b'\n') && writer.column + 1 >= LINE {
                writer.out.push(b'=');
                writer.new_line();
            }
            writer.column += 1;
            writer.out.push(if header && byte == b' ' { b'_' } else { byte });
            at += 1;
        }
    }
    writer.out
}
