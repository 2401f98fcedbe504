//! Lines of uuencoded data.

/// The most bytes that a line has.
pub(super) const LONGEST: usize = 45;

pub(super) fn decode(line: &[u8]) -> Result<Vec<u8>, &'static str> {
    let Some((&first, rest)) = line.split_first() else { return Err("Missing length byte") };
    let length = usize::from(first.wrapping_sub(b' ') & 0x3F);
    let mut out = Vec::with_capacity(length);
    let mut rest = rest.iter();
    let (mut bits, mut count) = (0_u32, 0);
    while out.len() < length {
        let value = match rest.next() {
            // Spaces at the end may have been eaten.
            None | Some(b'\n' | b'\r') => 0,
            // Some write a backtick for a space.
            Some(&byte @ b' '..=b'`') => (byte - b' ') & 0x3F,
            Some(_) => return Err("Illegal char"),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    if rest.all(|byte| matches!(byte, b' ' | b'`' | b'\n' | b'\r')) {
        Ok(out)
    } else {
        Err("Trailing garbage")
    }
}

pub(super) fn encode(data: &[u8], backtick: bool) -> Vec<u8> {
    let shown = |value: u32| match value & 0x3F {
        0 if backtick => b'`',
        value => b' ' + value as u8,
    };
    let mut out = vec![shown(data.len() as u32)];
    for chunk in data.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        out.extend([18, 12, 6, 0].map(|shift| shown(bits >> shift)));
    }
    out.push(b'\n');
    out
}
