//! A report as JUnit's XML, which build servers read.

use std::fmt::Write as _;

use crate::report::{Outcome, Report};

/// The whole file.
pub(crate) fn to_xml(report: &Report) -> String {
    let failed =
        report.stories.iter().filter(|story| matches!(story.outcome, Outcome::Failed { .. })).count();
    let unusable =
        report.stories.iter().filter(|story| matches!(story.outcome, Outcome::Unusable { .. })).count();
    let time: f64 = report.stories.iter().map(|story| story.duration.as_secs_f64()).sum();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail.
    let _ = writeln!(
        xml,
        "<testsuites><testsuite name=\"stories\" tests=\"{}\" failures=\"{failed}\" errors=\"{unusable}\" time=\"{time:.3}\">",
        report.stories.len()
    );
    for story in &report.stories {
        let path = story.path.display().to_string();
        let _ = write!(
            xml,
            "<testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
            escaped(&path),
            escaped(if story.title.is_empty() { &path } else { &story.title }),
            story.duration.as_secs_f64()
        );
        let (tag, line, message) = match &story.outcome {
            Outcome::Passed | Outcome::Blessed => {
                xml.push_str("/>\n");
                continue;
            }
            Outcome::Failed { line, message } => ("failure", line, message),
            Outcome::Unusable { line, message } => ("error", line, message),
        };
        let place = escaped(&format!("{path}:{line}"));
        let _ = writeln!(xml, "><{tag} message=\"{place}\">{}</{tag}></testcase>", escaped(message));
    }
    xml.push_str("</testsuite></testsuites>\n");
    xml
}

/// Text for content and attributes. What XML has no way to write becomes `?`.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('?');
            }
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::report::StoryReport;

    #[test]
    fn a_report() {
        let story = |title: &str, outcome| StoryReport {
            path: "a.md".into(),
            title: title.into(),
            outcome,
            transcript: String::new(),
            duration: Duration::from_millis(1500),
        };
        let failed = Outcome::Failed { line: 3, message: "-a < b\n+\u{1b}\n".into() };
        let report = Report { stories: vec![story("One & \"two\"", Outcome::Passed), story("", failed)] };
        expect_test::expect![[r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites><testsuite name="stories" tests="2" failures="1" errors="0" time="3.000">
            <testcase classname="a.md" name="One &amp; &quot;two&quot;" time="1.500"/>
            <testcase classname="a.md" name="a.md" time="1.500"><failure message="a.md:3">-a &lt; b
            +?
            </failure></testcase>
            </testsuite></testsuites>
        "#]]
        .assert_eq(&to_xml(&report));
    }
}
