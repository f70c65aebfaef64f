//! A program of the corpus and what its comments say it must do.
//!
//! ```text
//! print(1 + 1)            # expect: 2
//! print(nope)             # expect error: name: nope
//! let = 3                 # expect syntax error: a name
//! ```
//!
//! All `# expect:` comments of a file, from top to bottom, are its standard output, whether they
//! stand on the line that prints or at the end of the file. The other directives:
//!
//! ```text
//! # expect error: KIND[: PART]          it ends by this error in this line; PART is in the message
//! # expect error at LINE: KIND[: PART]  the same for another line
//! # expect syntax error: [PART]         one for each syntax error; `at LINE` and `at ?` work too
//! # expect status: N                    the exit status, where it is not 0, 1 (error) or 2 (syntax)
//! # expect tail: TEXT                   a last line of output that is not ended
//! # expect stderr: PART                 this is somewhere on standard error
//! # args: A B C                         arguments of the program
//! # heap: N                             it may use so many MiB
//! # collected heap: N                   so do engines that collect garbage (`tree` does not)
//! # stdin: LINE                         a line of its input
//! # skip MODE: REASON                   a mode it cannot run in; `no` are all `no-PASS`
//! ```
//!
//! In Lisp, where comments begin with `;`, an error has no kind: `; expect error: PART`.
//!
//! A comment that starts with `# expect` and is none of these is an error, so that a slip of the
//! pen does not switch a test off.

use std::fs;
use std::path::{Path, PathBuf};

use crate::language::Language;

/// A program and its expectations.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// What it is written in.
    pub language: Language,
    /// Its path below the corpus folder, without the ending: `hot/swap_variables`.
    pub name: String,
    /// Where it was read.
    pub path: PathBuf,
    /// The whole text.
    pub source: String,
    /// Arguments of the program.
    pub args: Vec<String>,
    /// How large its heap may get, in MiB, if that is not left to the engine.
    pub heap: Option<usize>,
    /// The same for engines that collect garbage.
    pub collected_heap: Option<usize>,
    /// What it may read from its standard input.
    pub stdin: String,
    /// Its standard output, exactly.
    pub stdout: String,
    /// Parts of its standard error output.
    pub stderr: Vec<String>,
    /// The errors it reports, in their order.
    pub errors: Vec<Expected>,
    /// True if `errors` are syntax errors.
    pub syntax: bool,
    /// Its exit status.
    pub status: i32,
    /// Modes it cannot run in, each with the reason.
    pub skip: Vec<(String, String)>,
}

/// An error that a program must report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its line, from 1; `None`: any.
    pub line: Option<usize>,
    /// Its kind; empty for a syntax error.
    pub kind: String,
    /// A part of its message.
    pub part: String,
}

impl Case {
    /// Reads the file at `path`; its name is relative to `base`.
    pub fn read(base: &Path, path: &Path, language: Language) -> Result<Case, String> {
        let shown = path.strip_prefix(base).unwrap_or(path).with_extension("");
        let source = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut case =
            Case::parse(&source, language).map_err(|e| format!("{}: {e}", path.display()))?;
        case.name = shown.to_string_lossy().into_owned();
        case.path = path.to_path_buf();
        Ok(case)
    }

    /// Reads the expectations out of a program's text.
    pub fn parse(source: &str, language: Language) -> Result<Case, String> {
        let mut case = Case { language, source: source.to_owned(), ..Case::default() };
        let mark = case.mark();
        let mut status = None;
        for (index, line) in source.lines().enumerate() {
            let line = line.trim_end_matches('\r');
            let comment = line.strip_prefix(language.comment()).and_then(|c| c.strip_prefix(' '));
            let directive = |what: &str| comment.and_then(|c| c.strip_prefix(what));
            if let Some(text) = directive("args:") {
                case.args = text.split_whitespace().map(str::to_owned).collect();
            } else if let Some(text) = directive("heap:") {
                case.heap = Some(text.trim().parse().map_err(|_| "`# heap: N` needs a number")?);
            } else if let Some(text) = directive("collected heap:") {
                let heap =
                    text.trim().parse().map_err(|_| "`# collected heap: N` needs a number")?;
                case.collected_heap = Some(heap);
            } else if let Some(text) = directive("stdin:") {
                case.stdin.push_str(text.strip_prefix(' ').unwrap_or(text));
                case.stdin.push('\n');
            } else if let Some(text) = directive("skip ") {
                let (mode, reason) =
                    text.split_once(": ").ok_or("`# skip MODE: REASON` needs a reason")?;
                case.skip.push((mode.to_owned(), reason.to_owned()));
            } else if let Some((_, directive)) = line.rsplit_once(&mark) {
                case.directive(directive, index + 1, &mut status)
                    .map_err(|e| format!("line {}: {e}", index + 1))?;
            }
        }
        let implied = if case.errors.is_empty() { 0 } else { 1 + i32::from(case.syntax) };
        case.status = status.unwrap_or(implied);
        Ok(case)
    }

    /// Takes in one directive: the text after `# expect`.
    fn directive(
        &mut self,
        text: &str,
        line: usize,
        status: &mut Option<i32>,
    ) -> Result<(), String> {
        let (head, value) =
            text.split_once(':').ok_or_else(|| format!("no `:` in `# expect{text}`"))?;
        let value = value.strip_prefix(' ').unwrap_or(value);
        let (what, at) = match head.split_once(" at ") {
            Some((what, at)) => (what, Some(at)),
            None => (head, None),
        };
        let line = match at {
            None => Some(line),
            Some("?") => None,
            Some(n) => Some(n.parse().map_err(|_| format!("`{n}` is no line number"))?),
        };
        match what {
            "" => {
                self.stdout.push_str(value);
                self.stdout.push('\n');
            }
            " tail" => self.stdout.push_str(value),
            " stderr" => self.stderr.push(value.to_owned()),
            " status" => {
                *status = Some(value.parse().map_err(|_| format!("`{value}` is no status"))?);
            }
            " error" => {
                let (kind, part) = match self.language {
                    Language::Mini => value.split_once(": ").unwrap_or((value, "")),
                    Language::Lisp => ("", value),
                };
                self.errors.push(Expected { line, kind: kind.to_owned(), part: part.to_owned() });
            }
            " syntax error" => {
                self.syntax = true;
                self.errors.push(Expected { line, kind: String::new(), part: value.to_owned() });
            }
            other => return Err(format!("unknown directive `# expect{other}`")),
        }
        Ok(())
    }

    /// What a directive about output or errors begins with.
    pub fn mark(&self) -> String {
        format!("{} expect", self.language.comment())
    }

    /// The reason why this program does not run in `mode`, if there is one.
    pub fn skips(&self, mode: &str) -> Option<&str> {
        let is_meant = |name: &str| {
            mode.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let found = self.skip.iter().find(|(name, _)| is_meant(name));
        found.map(|(_, reason)| reason.as_str())
    }
}

/// All programs of a language below `base`, by name. A `wishlist` folder holds known gaps and is
/// left out.
pub fn collect(base: &Path, language: Language) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for path in files(base, language.ending())? {
        if !path.components().any(|part| part.as_os_str() == "wishlist") {
            cases.push(Case::read(base, &path, language)?);
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

/// All files with this ending below `base`.
pub fn files(base: &Path, ending: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut open = vec![base.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|e| format!("{}: {e}", folder.display()))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_read_in_order() {
        let case =
            Case::parse("print(1)  # expect: 1\nwrite(2)\n# expect tail: 2\n", Language::Mini)
                .unwrap();
        assert_eq!(case.stdout, "1\n2");
        assert_eq!(case.status, 0);
    }

    #[test]
    fn an_error_has_a_line_a_kind_and_a_part() {
        let case = Case::parse("\nnope  # expect error: name: nope\n", Language::Mini).unwrap();
        let expected = Expected { line: Some(2), kind: "name".into(), part: "nope".into() };
        assert_eq!(case.errors, [expected]);
        assert_eq!(case.status, 1);
    }

    #[test]
    fn syntax_errors_mean_status_2() {
        let case =
            Case::parse("let = 1  # expect syntax error at ?: name\n", Language::Mini).unwrap();
        assert_eq!(case.errors[0].line, None);
        assert!(case.syntax);
        assert_eq!(case.status, 2);
    }

    #[test]
    fn unknown_directives_are_errors() {
        assert!(Case::parse("print(1)  # expects: 1\n", Language::Mini).is_err());
        assert!(Case::parse("print(1)  # expect 1\n", Language::Mini).is_err());
    }

    #[test]
    fn comments_of_lisp_are_directives_too() {
        let text = "; skip no: slow\n(f) ; expect: 1\n(g) ; expect error: g: one: two\n";
        let case = Case::parse(text, Language::Lisp).unwrap();
        let expected = Expected { line: Some(3), kind: String::new(), part: "g: one: two".into() };
        assert_eq!(case.errors, [expected]);
        assert_eq!((case.stdout.as_str(), case.status), ("1\n", 1));
        assert!(case.skips("no-fold").is_some() && case.skips("now").is_none());
    }
}
