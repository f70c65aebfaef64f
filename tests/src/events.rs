//! Logs of the JIT as tests: what gets hot, what is compiled, where it is left, which bridges grow.
//!
//! ```text
//! events/NAME.mini    a program; its first line says with which options: `# jit: threshold=5,bridge=2`
//! events/NAME.scm     the same in Lisp: `; jit: threshold=5,bridge=2`
//! events/NAME.txt     what `--trace` must tell of it, without ops and sizes: those are for `tests/traces`
//! ```
//! The whole text of two runs must be the same, to the last byte, although each is made by a process of its own, where everything
//! lies elsewhere. `BLESS=1` renews the logs.

use libtest_mimic::{Failed, Trial};
use mini::EngineKind;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::case::files;
use crate::language::Language;

/// Heads of lines that belong to the log.
const HEADS: [&str; 4] = ["start", "done", "abort", "wait"];

/// Set in the environment of processes that make a run: to where the program lies.
const MARK: &str = "HOLLOWAY_TEST_EVENTS";

/// A program and the log that is expected.
struct Case {
    name: String,
    path: PathBuf,
    language: Language,
}

/// One test a program. `HOLLOWAY_TEST=PART` keeps those whose name contains PART.
pub fn tests() -> Result<Vec<Trial>, String> {
    let test = |case: Case| Trial::test(case.name.clone(), move || case.test());
    Ok(cases()?.into_iter().map(test).collect())
}

/// Writes the logs as they are; gives the names of those that changed.
pub fn bless() -> Result<Vec<String>, String> {
    let mut changed = Vec::new();
    for case in cases()? {
        let (expected, got) = (case.expected(), case.log()?);
        if expected != got {
            let path = case.path.with_extension("txt");
            fs::write(&path, got).map_err(|e| format!("{}: {e}", path.display()))?;
            changed.push(case.name);
        }
    }
    Ok(changed)
}

/// Makes the run that another process asks for and ends the process, if it was started for that.
pub fn serve() {
    let Some(path) = std::env::var_os(MARK).map(PathBuf::from) else { return };
    let ending = path.extension().unwrap_or_default();
    let Some(language) = Language::ALL.into_iter().find(|l| ending == l.ending()) else { return };
    match Case::new(path, language).trace_here() {
        Ok(text) => print!("{text}"),
        Err(why) => {
            eprintln!("{why}");
            std::process::exit(1);
        }
    }
    std::process::exit(0);
}

fn cases() -> Result<Vec<Case>, String> {
    let wanted = std::env::var("HOLLOWAY_TEST").unwrap_or_default();
    let base = crate::root().join("tests/events");
    let mut cases = Vec::new();
    for language in Language::ALL {
        let found = files(&base, language.ending())?;
        cases.extend(found.into_iter().map(|path| Case::new(path, language)));
    }
    cases.retain(|case| case.name.contains(&wanted));
    Ok(cases)
}

impl Case {
    fn new(path: PathBuf, language: Language) -> Case {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        Case { name: format!("events/{stem}"), path, language }
    }

    fn expected(&self) -> String {
        fs::read_to_string(self.path.with_extension("txt")).unwrap_or_default()
    }

    fn test(&self) -> Result<(), Failed> {
        let (expected, got) = (self.expected(), self.log()?);
        if expected == got {
            return Ok(());
        }
        Err(format!("expected\n{expected}\ngot\n{got}\n(BLESS=1 writes it down)").into())
    }

    /// What the log is.
    fn log(&self) -> Result<String, String> {
        let (first, second) = (self.trace()?, self.trace()?);
        match first.lines().zip(second.lines()).find(|(a, b)| a != b) {
            Some((a, b)) => Err(format!("two runs differ:\n{a}\n{b}")),
            None if first != second => Err("one of two runs tells more".to_owned()),
            None => Ok(log_of(&first)),
        }
    }

    /// The text of `--trace`, from a process of its own: names of fields that another language has too are told with a number.
    fn trace(&self) -> Result<String, String> {
        let exe = std::env::current_exe().map_err(|e| e.to_string())?;
        let output = Command::new(exe)
            .env(MARK, &self.path)
            .env_remove("HOLLOWAY_JIT")
            .env_remove("HOLLOWAY_LOG")
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("cannot start a process: {e}"))?;
        match output.status.success() {
            true => String::from_utf8(output.stdout).map_err(|e| e.to_string()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Makes a run; gives the text of `--trace`.
    fn trace_here(&self) -> Result<String, String> {
        let source = fs::read_to_string(&self.path).map_err(|e| e.to_string())?;
        let first = source.lines().next().unwrap_or_default();
        let comment = first.strip_prefix(self.language.comment()).unwrap_or_default();
        let jit = comment.strip_prefix(" jit: ").ok_or("the first line is not `# jit: ..`")?;
        let unique = format!("{}-{}.txt", self.name.replace('/', "-"), std::process::id());
        let file = std::env::temp_dir().join(unique);
        let common = frontend::Config {
            name: name_of(&self.path),
            jit: Some(jit.to_owned()),
            trace: Some(file.to_string_lossy().into_owned()),
            ..frontend::Config::default()
        };
        let outcome = match self.language {
            Language::Mini => {
                let config = mini::Config { engine: EngineKind::Bytecode, common };
                mini::run_captured(&config, source.as_bytes())
            }
            Language::Lisp => {
                let config = lisp::Config { common, ..lisp::Config::default() };
                lisp::run_captured(&config, source.as_bytes())
            }
        };
        let text = fs::read_to_string(&file).map_err(|e| e.to_string());
        // What is left of it does not matter to anybody.
        let _ = fs::remove_file(&file);
        if outcome.status > 1 {
            return Err(String::from_utf8_lossy(&outcome.errors).into_owned());
        }
        text
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The lines about events, without what changes with every change of the optimizer or of the bytecode: sizes, numbers of exits,
/// instructions.
fn log_of(text: &str) -> String {
    let mut log = String::new();
    let mut end = false;
    for line in unfolded(text).lines() {
        end |= line.starts_with("[end]");
        let head = line.strip_prefix("[trace ").and_then(|rest| rest.split([' ', ']']).nth(1));
        let told = head.is_some_and(|head| HEADS.contains(&head))
            || line.starts_with("[evict")
            || line.starts_with("[invalid");
        if (end || told) && !line.contains("never taken") {
            let short = exit_line(line).unwrap_or_else(|| without_instruction(line));
            log.push_str(&short);
            log.push('\n');
        }
    }
    log
}

/// The text before long lines were folded: heads behind a comma, what follows the end anywhere.
fn unfolded(text: &str) -> String {
    let (heads, end) = text.split_at(text.find("[end]").unwrap_or(text.len()));
    let mut unfolded = heads.replace(",\n    ", ", ");
    for line in end.lines() {
        let words = line.trim_start();
        let begins = ["[end]", "trace ", "exit ", "given up "].iter().any(|w| words.starts_with(w))
            || words.ends_with("never taken");
        unfolded.push_str(if begins { "\n" } else { " " });
        unfolded.push_str(if begins { line } else { words });
    }
    unfolded
}

/// `    exit 12    7  a.mini:3:5: ADD 1, 2  (guard_true)` as `    exit 7 times: a.mini:3:5 (guard_true)`.
fn exit_line(line: &str) -> Option<String> {
    let words = line.trim_start();
    let indent = &line[..line.len() - words.len()];
    let mut fields = words.strip_prefix("exit ")?.split_whitespace();
    let (_, count, place) = (fields.next()?, fields.next()?, fields.next()?);
    let op = fields.last()?;
    Some(format!("{indent}exit {count} times: {} {op}", place.trim_end_matches(':')))
}

/// Cuts the instruction out of `.. in function: ADD 1, 2, after 5 passes`, and numbers of exits.
fn without_instruction(line: &str) -> String {
    let mut text = line.to_owned();
    if let Some(function) = line.find(" in ")
        && let Some(start) = line[function..].find(": ").map(|at| function + at)
        && let rest = &line[start + 2..]
        && let Some(end) = rest.find(", after ").or(rest.find(", another ")).or(rest.rfind(": "))
    {
        text = format!("{}{}", &line[..start], &rest[end..]);
    }
    match text.split_once(" exit ") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}{rest}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_have_no_sizes_and_no_instructions() {
        let text = "[trace 1 start] a:1:1 in f: 3 Add { a: 1 }, after 2 passes\n\
                    [trace 1 recorded] 2 ops\n  i0 = x\n\
                    [trace 1 done] bridge of trace 1 exit 12, joins it\n\
                    \x20   ops 2 -> 1\n\
                    [trace 2 abort] a:1:1 in f: 3 Add { a: 1 }: too_long, it is long\n\
                    [end] 1 loop;\n    2 exits\n    exit 12      7  a.mini:3:5: 4 Add { a: 1 }\n        (guard_true)\n";
        let log = "[trace 1 start] a:1:1 in f, after 2 passes\n\
                   [trace 1 done] bridge of trace 1, joins it\n\
                   [trace 2 abort] a:1:1 in f: too_long, it is long\n\
                   [end] 1 loop; 2 exits\n    exit 7 times: a.mini:3:5 (guard_true)\n";
        assert_eq!(log_of(text), log);
    }
}
