//! What a program did, and whether that is what it should have done.

use crate::case::{Case, Expected};

/// What one run of a program did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Its standard output.
    pub stdout: String,
    /// Its standard error output.
    pub stderr: String,
    /// Its exit status.
    pub status: i32,
    /// What the compiler did.
    pub stats: Stats,
}

/// What the compiler did during a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Loops that were compiled.
    pub loops: u64,
    /// Bridges that were compiled.
    pub bridges: u64,
    /// Recordings that were given up.
    pub aborts: u64,
}

/// An error as it was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Report {
    /// The line of text that says what is wrong.
    head: String,
    /// The line of the program it points at.
    line: Option<usize>,
}

/// Compares an outcome with the expectations of its program. Says what is wrong.
pub fn check(case: &Case, got: &Outcome) -> Result<(), String> {
    if got.stdout != case.stdout {
        return Err(difference("standard output", &case.stdout, &got.stdout) + &got.stderr);
    }
    check_errors(case, got)?;
    for part in &case.stderr {
        if !got.stderr.contains(part) {
            return Err(format!("standard error lacks `{part}`:\n{}", got.stderr));
        }
    }
    if case.errors.is_empty() && case.stderr.is_empty() && !got.stderr.is_empty() {
        return Err(format!("unexpected standard error:\n{}", got.stderr));
    }
    if got.status != case.status {
        let text = format!("status {} instead of {}\n{}", got.status, case.status, got.stderr);
        return Err(text);
    }
    Ok(())
}

/// Every expected error must be among the printed ones, in order, and a run-time error comes alone.
fn check_errors(case: &Case, got: &Outcome) -> Result<(), String> {
    let printed = reports(&got.stderr);
    let mut rest = printed.iter();
    for expected in &case.errors {
        if !rest.any(|report| matches(expected, report)) {
            return Err(format!("expected {}, got:\n{}", shown(expected), got.stderr));
        }
    }
    let eprinted = case.errors.is_empty() && !case.stderr.is_empty();
    if !eprinted && !case.syntax && printed.len() > case.errors.len() {
        return Err(format!("an error that was not expected:\n{}", got.stderr));
    }
    Ok(())
}

fn matches(expected: &Expected, report: &Report) -> bool {
    let kind = expected.kind.is_empty() || report.head.contains(&format!("[{}]", expected.kind));
    let line = expected.line.is_none() || expected.line == report.line;
    kind && line && report.head.contains(&expected.part)
}

fn shown(expected: &Expected) -> String {
    let line = expected.line.map_or("in any line".to_owned(), |n| format!("in line {n}"));
    let kind = if expected.kind.is_empty() { "syntax" } else { &expected.kind };
    format!("an error of kind `{kind}` {line} with `{}`", expected.part)
}

/// The errors in a program's standard error output: each has a line that starts with `error` and,
/// below it, an arrow with its place, `--> file:line:column`.
fn reports(stderr: &str) -> Vec<Report> {
    let mut found: Vec<Report> = Vec::new();
    for text in stderr.lines() {
        if text.starts_with("error") {
            found.push(Report { head: text.to_owned(), line: None });
        } else if let (Some((_, place)), Some(report)) = (text.split_once("--> "), found.last_mut())
            && report.line.is_none()
        {
            let mut parts = place.rsplit(':');
            let _column = parts.next();
            report.line = parts.next().and_then(|n| n.parse().ok());
        }
    }
    found
}

/// Compares two runs of one program. Says what differs.
pub fn agree(reference: &Outcome, got: &Outcome) -> Result<(), String> {
    if reference.stdout != got.stdout {
        return Err(difference("standard output", &reference.stdout, &got.stdout) + &got.stderr);
    }
    // Where a stack overflow comes is up to each engine; its call stack and place follow from that.
    let overflow = |text: &str| text.lines().next().is_some_and(|l| l.contains("stack_overflow"));
    let both_overflow = overflow(&reference.stderr) && overflow(&got.stderr);
    if reference.stderr != got.stderr && !both_overflow {
        return Err(difference("standard error", &reference.stderr, &got.stderr));
    }
    if reference.status != got.status {
        return Err(format!("status {} instead of {}", got.status, reference.status));
    }
    Ok(())
}

/// The first lines in which two texts differ.
fn difference(what: &str, expected: &str, got: &str) -> String {
    let mut want = expected.split('\n');
    let mut have = got.split('\n');
    let mut number = 0;
    loop {
        number += 1;
        match (want.next(), have.next()) {
            (None, None) => return format!("{what} is the same\n"),
            (a, b) if a == b => {}
            (a, b) => {
                let show = |line: Option<&str>| line.map_or("nothing".into(), |l| format!("`{l}`"));
                let (a, b) = (show(a), show(b));
                return format!(
                    "{what} differs in line {number}\n  expected {a}\n       got {b}\n"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_found_with_its_line() {
        let text = "error[type]: cannot add int and nil\n --> a.mini:3:7\n  |\n3 | x\n";
        let expected = Report { head: "error[type]: cannot add int and nil".into(), line: Some(3) };
        assert_eq!(reports(text), [expected]);
    }

    #[test]
    fn the_first_difference_is_named() {
        let text = difference("output", "a\nb\n", "a\nc\n");
        assert!(text.contains("line 2") && text.contains("`b`") && text.contains("`c`"));
    }
}
