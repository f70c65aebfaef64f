//! `BLESS=1`: writes what the reference engine did into the programs as their expectations.
//!
//! Read the difference before you keep it: the language's description decides what is right, not
//! the engine.

use std::fs;

use crate::case::Case;
use crate::outcome::Outcome;

/// The text of `case` with its `# expect:` comments replaced by what `got` printed.
///
/// If there are as many lines of output as there were comments, each comment keeps its place.
/// Otherwise all move to the end of the file. Other directives stay as they are.
pub fn blessed(case: &Case, got: &Outcome) -> String {
    let mark = case.mark();
    let printed: Vec<&str> = got.stdout.split_terminator('\n').collect();
    let ended = got.stdout.is_empty() || got.stdout.ends_with('\n');
    let old = case.source.lines().filter(|line| split(line, &mark).is_some()).count();
    let in_place = old == printed.len() && ended;
    let mut text = String::new();
    let mut next = printed.iter();
    for line in case.source.lines() {
        match split(line, &mark) {
            None => text.push_str(line),
            Some(code) if in_place => {
                let value = next.next().copied().unwrap_or_default();
                text.push_str(code);
                text.push_str(&directive(value, &mark));
            }
            Some(code) if code.trim().is_empty() => continue,
            Some(code) => text.push_str(code.trim_end()),
        }
        text.push('\n');
    }
    if !in_place {
        let last = printed.len().saturating_sub(1);
        for (i, value) in printed.iter().enumerate() {
            let line = directive(value, &mark);
            let tail = i == last && !ended;
            let line = if tail { line.replacen("expect:", "expect tail:", 1) } else { line };
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// Writes the new text if it is another one. Gives true if it was.
pub fn bless(case: &Case, got: &Outcome) -> std::io::Result<bool> {
    let text = blessed(case, got);
    let changed = got.stdout != case.stdout;
    if changed {
        fs::write(&case.path, text)?;
    }
    Ok(changed)
}

fn directive(value: &str, mark: &str) -> String {
    if value.is_empty() { format!("{mark}:") } else { format!("{mark}: {value}") }
}

/// What stands before the output directive of a line, if the line has one.
fn split<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let (code, rest) = line.rsplit_once(mark)?;
    (rest.starts_with(':') || rest.starts_with(" tail:")).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bless_text(source: &str, stdout: &str) -> String {
        let got = Outcome { stdout: stdout.to_owned(), ..Outcome::default() };
        blessed(&Case::parse(source, crate::language::Language::Mini).unwrap(), &got)
    }

    #[test]
    fn comments_keep_their_places() {
        let text = bless_text("print(1)  # expect: 7\n", "1\n");
        assert_eq!(text, "print(1)  # expect: 1\n");
    }

    #[test]
    fn more_lines_than_comments_go_to_the_end() {
        let text = bless_text("f()  # expect: 1\n", "1\n2");
        assert_eq!(text, "f()\n# expect: 1\n# expect tail: 2\n");
    }
}
