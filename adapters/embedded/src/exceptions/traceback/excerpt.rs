//! The lines of source that an entry of a traceback shows, with the instruction's place in them underlined.
//! CPython: Lib/traceback.py, `StackSummary.format_frame_summary`.

use std::collections::BTreeSet;

use lasti_compile::ast::{Kind, Node, Span, Value};
use lasti_compile::{Options, parse};

const INDENT: &str = "    ";

/// What the underline of an instruction sets off: an operator, or the brackets of a call or subscript. Lines and characters
/// are counted from the first of the instruction's.
struct Anchors {
    left: (usize, usize),
    right: (usize, usize),
}

/// The lines that an instruction spans, as an entry shows them. `columns`: where it begins in the first and ends in the last, in
/// bytes of UTF-8. None for what is not plain text, of which the widths would have to be known.
pub(super) fn shown(lines: &[String], columns: Option<(u32, u32)>) -> Option<String> {
    let plain = |c: char| c.is_ascii() && !c.is_ascii_control() || c == '\t';
    if !lines.iter().all(|line| line.chars().all(plain)) {
        return None;
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    let first = *lines.first()?;
    if lines.iter().all(|line| line.is_empty()) {
        return Some(String::new());
    }
    let Some((start, end)) = columns else { return Some(format!("{INDENT}{}\n", first.trim())) };
    let margin = margin(&lines);
    let all: Vec<&str> = lines.iter().map(|line| line.get(margin..).unwrap_or_default()).collect();
    let dedent = first.len() - all[0].len();
    let start = (start as usize).min(first.len()).saturating_sub(dedent);
    let end = (end as usize).min(lines[lines.len() - 1].len()).saturating_sub(dedent);
    let segment = all.join("\n");
    let behind = all[all.len() - 1].len() - end.min(all[all.len() - 1].len());
    let segment = segment.get(start..segment.len() - behind).unwrap_or_default();
    let anchors = anchors(segment).map(|anchors| {
        let whole = |(line, column): (usize, usize)| (line, if line == 0 { column + start } else { column });
        Anchors { left: whole(anchors.left), right: whole(anchors.right) }
    });
    let underlined = is_underlined(&all, start, end, anchors.is_some());

    let row = |index: usize| -> String {
        let line = all[index];
        let blank = line.len() - line.trim_start().len();
        let width = if index == all.len() - 1 { end } else { line.len() };
        let mark = |column: usize| {
            if column < blank || index == 0 && column < start {
                return ' ';
            }
            let within = |anchors: &Anchors| (anchors.left..anchors.right).contains(&(index, column));
            if anchors.as_ref().is_none_or(within) { '^' } else { '~' }
        };
        (0..width).map(mark).collect()
    };
    let mut text = String::new();
    let show = |text: &mut String, index: usize| {
        text.push_str(&format!("{INDENT}{}\n", all[index]));
        if underlined {
            text.push_str(&format!("{INDENT}{}\n", row(index).trim_end()));
        }
    };
    let mut next = 0;
    for index in significant(all.len(), anchors.as_ref()) {
        match index - next {
            0 => {}
            1 => show(&mut text, next),
            more => text.push_str(&format!("{INDENT}...<{more} lines>...\n")),
        }
        show(&mut text, index);
        next = index + 1;
    }
    Some(text)
}

/// How much white space all lines begin with.
fn margin(lines: &[&str]) -> usize {
    let filled: Vec<&str> = lines.iter().filter(|line| !line.is_empty()).copied().collect();
    let blank = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let first = &filled[0][..blank(filled[0])];
    let common = |line: &&str| first.bytes().zip(line.bytes()).take_while(|(a, b)| a == b).count();
    filled.iter().map(common).min().unwrap_or(0)
}

/// The lines that are shown: the first, the last, and those near what is set off.
fn significant(count: usize, anchors: Option<&Anchors>) -> BTreeSet<usize> {
    let mut lines = BTreeSet::from([0, count - 1]);
    if let Some(Anchors { left, right }) = anchors {
        for (line, _) in [left, right] {
            lines.extend(line.saturating_sub(1)..count.min(line + 2));
        }
    }
    lines
}

/// Whether the underline says something: what is underlined is not all of the lines, nor the call that a statement is
/// about.
fn is_underlined(lines: &[&str], start: usize, end: usize, anchored: bool) -> bool {
    let spans = |call: &Node| {
        let span = call.span.unwrap_or_default();
        span.lineno == 1
            && span.end_lineno as usize == lines.len()
            && span.col_offset as usize == start
            && span.end_col_offset as usize == end
    };
    if let Ok(tree) = parse(&lines.join("\n"), "<excerpt>", &Options::default()) {
        let Some(statement) = body(&tree.node).and_then(|body| body.first().copied()) else { return false };
        let call = match statement.kind {
            Kind::Return => node(statement, 0).filter(|call| {
                call.kind == Kind::Call && node(call, 0).is_some_and(|f| f.kind == Kind::Name)
            }),
            Kind::Assign => match statement.fields.first() {
                Some(Value::List(targets)) => match targets.as_slice() {
                    [Value::Node(target)] if target.kind == Kind::Name => {
                        node(statement, 1).filter(|call| call.kind == Kind::Call)
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        if call.is_some_and(spans) {
            return false;
        }
    }
    let before = lines[0].get(..start).unwrap_or(lines[0]);
    let behind = lines[lines.len() - 1].get(end..).unwrap_or_default();
    anchored || !before.trim_start().is_empty() || !behind.trim_end().is_empty()
}

/// What is set off in the source of an expression.
fn anchors(segment: &str) -> Option<Anchors> {
    // In brackets, for it may go over several lines.
    let tree = parse(&format!("(\n{segment}\n)"), "<excerpt>", &Options::default()).ok()?;
    let [statement] = body(&tree.node)?.try_into().ok()?;
    if statement.kind != Kind::Expr {
        return None;
    }
    let expression = node(statement, 0)?;
    let text = Text(segment.lines().map(str::as_bytes).collect());
    let first = node(expression, 0)?;
    match expression.kind {
        Kind::BinOp => {
            let left = text.find(end_of(first)?, |byte| !byte.is_ascii_whitespace() && byte != b')')?;
            let right = node(expression, 2)?.span?;
            let right = (usize::try_from(right.lineno - 2).ok()?, right.col_offset as usize);
            let second = (left.0, left.1 + 1);
            let long = text.at(second).is_some_and(|byte| {
                second < right && !byte.is_ascii_whitespace() && !matches!(byte, b'\\' | b'#')
            });
            Some(Anchors { left, right: (left.0, left.1 + 1 + usize::from(long)) })
        }
        Kind::Subscript | Kind::Call => {
            let bracket = if expression.kind == Kind::Call { b'(' } else { b'[' };
            let left = text.find(end_of(first)?, |byte| byte == bracket)?;
            Some(Anchors { left, right: end_of(expression)? })
        }
        _ => None,
    }
}

/// Where a node ends, in the expression without the brackets.
fn end_of(node: &Node) -> Option<(usize, usize)> {
    let Span { end_lineno, end_col_offset, .. } = node.span?;
    Some((usize::try_from(end_lineno - 2).ok()?, usize::try_from(end_col_offset).ok()?))
}

/// The statements of a module.
fn body(module: &Node) -> Option<Vec<&Node>> {
    let Some(Value::List(body)) = module.fields.first() else { return None };
    body.iter().map(|value| if let Value::Node(node) = value { Some(node) } else { None }).collect()
}

/// The node in a field.
fn node(of: &Node, field: usize) -> Option<&Node> {
    if let Some(Value::Node(node)) = of.fields.get(field) { Some(node) } else { None }
}

/// An expression's lines.
struct Text<'a>(Vec<&'a [u8]>);

impl Text<'_> {
    fn at(&self, (line, column): (usize, usize)) -> Option<u8> {
        self.0.get(line)?.get(column).copied()
    }

    /// The first character from a place on that is wanted, but for what is a comment or ends a line.
    fn find(&self, from: (usize, usize), wanted: impl Fn(u8) -> bool) -> Option<(usize, usize)> {
        let (mut line, mut column) = from;
        while line < self.0.len() {
            match self.at((line, column)) {
                Some(b'\\' | b'#') | None => (line, column) = (line + 1, 0),
                Some(byte) if wanted(byte) => return Some((line, column)),
                Some(_) => column += 1,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    /// An excerpt of lines in which the instruction is marked with « and ».
    fn excerpt(marked: &str) -> Option<String> {
        let start = marked.lines().next()?.find('«')?;
        let end = marked.lines().last()?.find('»')?;
        let single = marked.lines().count() == 1;
        let lines: Vec<String> = marked.lines().map(|line| line.replace(['«', '»'], "")).collect();
        shown(&lines, Some((start as u32, (end - if single { 2 } else { 0 }) as u32)))
    }

    #[test]
    fn what_is_underlined_is_what_cpython_underlines() {
        for (marked, expected) in [
            ("        x = «a + b»", "    x = a + b\n        ~~^~~\n"),
            ("x = «a ** b»", "    x = a ** b\n        ~~^^~~\n"),
            ("return «f(1)»", "    return f(1)\n"),
            ("return «a.f(1)»", "    return a.f(1)\n           ~~~^^^\n"),
            ("x = «f(1, 2)» + 3", "    x = f(1, 2) + 3\n        ~^^^^^^\n"),
            ("«d[k][0]»", "    d[k][0]\n    ~~~~^^^\n"),
            ("«x.y.z».w", "    x.y.z.w\n    ^^^^^\n"),
            ("«raise ValueError(1)»", "    raise ValueError(1)\n"),
            ("«g()»", "    g()\n    ~^^\n"),
            ("x = «(a) + (b)»", "    x = (a) + (b)\n        ~~~~^~~~~\n"),
            (
                "    «f(\n        1,\n        2)»",
                "    f(\n    ~^\n        1,\n        ^^\n        2)\n        ^^\n",
            ),
            (
                "f(«a(\n  1,\n  2,\n  3,\n  4)»)",
                "    f(a(\n      ~^\n      1,\n      ^^\n      2,\n      ^^\n      3,\n      ^^\n      4))\n      ^^\n",
            ),
            (
                "f(«a(\n  1,\n  2,\n  3,\n  4,\n  5)»)",
                "    f(a(\n      ~^\n      1,\n      ^^\n    ...<2 lines>...\n      4,\n      ^^\n      5))\n      ^^\n",
            ),
        ] {
            assert_eq!(excerpt(marked).as_deref(), Some(expected), "{marked}");
        }
    }

    #[test]
    fn what_has_no_columns_is_not_underlined_and_what_is_wide_is_left_to_the_library() {
        assert_eq!(shown(&["  x = 1  ".into()], None).as_deref(), Some("    x = 1\n"));
        assert_eq!(shown(&[String::new()], None).as_deref(), Some(""));
        assert_eq!(shown(&["x = 'é'".into()], None), None);
    }
}
