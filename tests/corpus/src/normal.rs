//! Disassembly text without what differs from process to process: the addresses of code objects, and
//! the order of the members that the repr of a frozen set shows.

/// The text with each address zero and the members of each frozen set sorted.
pub fn normal(text: &str) -> String {
    text.lines().map(|line| sort_sets(&zero_addresses(line)) + "\n").collect()
}

fn zero_addresses(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(" at 0x") {
        out.push_str(before);
        out.push_str(" at 0x0");
        rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    out + rest
}

fn sort_sets(line: &str) -> String {
    const BEGIN: &str = "frozenset({";
    let Some((before, after)) = line.split_once(BEGIN) else { return line.into() };
    let Some((members, rest)) = after.rsplit_once("})") else { return line.into() };
    let mut members: Vec<_> = members.split(", ").collect();
    members.sort_unstable();
    format!("{before}{BEGIN}{}}}){rest}", members.join(", "))
}
