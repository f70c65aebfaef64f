//! A `.trace` file: directives in its first comments, declarations, ops, and perhaps a second half.
//!
//! ```text
//! ; pass: pure            an op without effects that was already computed is not computed again
//! ; as: loop              `line` (the default) or `loop`: what the recording is to become
//! i0 = slot_load 0
//! ..
//! ====
//! i0 = slot_load 0
//! ..
//! ```
//! Invariant: the first half is never rewritten, except for its directives.

use holloway::trace::parse::{Names, ParseError, parse_with};
use holloway::trace::{PrintOptions, Trace, print};

const RULE: &str = "====";

/// A file and its halves.
pub struct TraceFile {
    /// The whole text.
    pub text: String,
    /// Up to the rule.
    pub before: String,
    /// Behind the rule, if there is one.
    pub after: Option<String>,
}

impl TraceFile {
    /// Takes a text apart.
    pub fn read(text: String) -> Result<TraceFile, String> {
        let mut halves = vec![String::new()];
        for line in text.lines() {
            if line.trim() == RULE {
                halves.push(String::new());
            } else if let Some(half) = halves.last_mut() {
                half.push_str(line);
                half.push('\n');
            }
        }
        if halves.len() > 2 {
            return Err("more than one rule".to_owned());
        }
        let after = (halves.len() == 2).then(|| halves.pop()).flatten();
        let before = halves.pop().unwrap_or_default();
        Ok(TraceFile { text, before, after })
    }

    /// What stands behind `; name:`, up to two spaces, where a remark may begin.
    pub fn directive(&self, name: &str) -> Option<String> {
        let prefix = format!("; {name}:");
        let found = self.before.lines().find_map(|line| line.strip_prefix(&prefix))?;
        Some(found.trim().split("  ").next().unwrap_or_default().to_owned())
    }

    /// The text with another value behind `; name:`.
    pub fn with_directive(&self, name: &str, value: &str) -> String {
        let prefix = format!("; {name}:");
        let line = format!("{prefix} {value}");
        let rest: Vec<&str> = self.text.lines().filter(|line| !line.starts_with(&prefix)).collect();
        format!("{line}\n{}\n", rest.join("\n"))
    }

    /// The text with another second half.
    pub fn with_after(&self, after: &str) -> String {
        format!("{}{RULE}\n{after}", self.before)
    }

    /// The first half, and what its names mean.
    pub fn parse_before(&self) -> Result<(Trace, Names), ParseError> {
        let mut names = Names::default();
        let trace = parse_with(&self.before, &mut names)?;
        Ok((trace, names))
    }
}

/// The text of a trace, with constant objects called as in the file.
pub fn text_of(trace: &Trace, names: &Names) -> String {
    let name_object = |address| names.object_name(address);
    print(
        trace,
        &PrintOptions {
            name_object: Some(&name_object),
            plain_names: true,
            ..PrintOptions::default()
        },
    )
}
