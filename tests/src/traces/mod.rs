//! Traces as tests: files under `tests/traces`, and random ones.
//!
//! ```text
//! traces/<pass>/*.trace     before, `====`, after: what a pass makes of a recording
//! traces/verify/*.trace     malformed, and what the verifier (or the parser) says
//! traces/run/*.trace        machine code does what the evaluator does
//! ```
//! A wrong expectation cannot stay unnoticed: both halves of a file are verified and evaluated on many inputs.
//! `differential` does the same to random recordings, and forces every guard to fail.

pub mod campaign;
pub mod compare;
pub mod differential;
pub mod file;
pub mod functions;
pub mod guests;
pub mod machine;
pub mod passes;
pub mod recording;
pub mod runs;
pub mod worlds;

use holloway::trace::verify;
use libtest_mimic::Trial;
use std::fs;
use std::path::PathBuf;

use crate::case::files;
use file::TraceFile;

/// Inputs that every trace file is run on.
pub const INPUTS: u64 = 64;

/// One test a file, and the random ones. `HOLLOWAY_TEST=PART` keeps those whose name contains PART.
pub fn tests() -> Result<Vec<Trial>, String> {
    let wanted = std::env::var("HOLLOWAY_TEST").unwrap_or_default();
    let file_test = |case: Case| {
        Trial::test(case.name.clone(), move || match case.check()? {
            None => Ok(()),
            Some((was, right)) => Err(difference(&was, &right).into()),
        })
    };
    let mut trials: Vec<Trial> = cases()?.into_iter().map(file_test).collect();
    trials.extend(campaign::tests());
    trials.retain(|trial| trial.name().contains(&wanted));
    Ok(trials)
}

/// Writes what was found into the files as what is expected; gives the names of those that changed.
pub fn bless() -> Result<Vec<String>, String> {
    let wanted = std::env::var("HOLLOWAY_TEST").unwrap_or_default();
    let mut changed = Vec::new();
    for case in cases()?.into_iter().filter(|case| case.name.contains(&wanted)) {
        let name = &case.name;
        if let Some((_, right)) = case.check().map_err(|e| format!("{name}: {e}"))? {
            fs::write(&case.path, right).map_err(|e| format!("{name}: {e}"))?;
            changed.push(case.name);
        }
    }
    Ok(changed)
}

/// A trace file and what is to be checked about it.
struct Case {
    name: String,
    path: PathBuf,
    check: fn(&TraceFile) -> Result<Option<String>, String>,
}

impl Case {
    /// Its text and what the text should be, if it should be another one.
    fn check(&self) -> Result<Option<(String, String)>, String> {
        let text = fs::read_to_string(&self.path).map_err(|e| e.to_string())?;
        let file = TraceFile::read(text)?;
        let right = (self.check)(&file)?;
        Ok(right.map(|right| (file.text, right)))
    }
}

fn cases() -> Result<Vec<Case>, String> {
    let base = crate::root().join("tests/traces");
    let mut paths = if base.is_dir() { files(&base, "trace")? } else { Vec::new() };
    paths.sort();
    let case = |path: PathBuf| {
        let shown = path.strip_prefix(&base).unwrap_or(&path).with_extension("");
        let shown = shown.to_string_lossy().replace('\\', "/");
        let check = match shown.split('/').next() {
            Some("verify") => malformed,
            Some("run") => runs::check,
            _ => passes::check,
        };
        Case { name: format!("trace/{shown}"), path, check }
    };
    Ok(paths.into_iter().map(case).collect())
}

/// The first lines in which two texts differ, and both of them from there.
fn difference(expected: &str, found: &str) -> String {
    let same = expected.lines().zip(found.lines()).take_while(|(a, b)| a == b).count();
    let rest = |text: &str| text.lines().skip(same).collect::<Vec<_>>().join("\n");
    format!(
        "line {} (BLESS=1 accepts what was found)\n--- expected\n{}\n--- found\n{}",
        same + 1,
        rest(expected),
        rest(found)
    )
}

/// A malformed trace: `; error: ..` is what the parser or the verifier says.
fn malformed(file: &TraceFile) -> Result<Option<String>, String> {
    let said = match file.parse_before() {
        Err(error) => error.to_string(),
        Ok((trace, _)) => match verify(&trace) {
            Ok(()) => return Err("the trace is well-formed".to_owned()),
            Err(error) => error.to_string(),
        },
    };
    let expected = file.directive("error").unwrap_or_default();
    Ok((said != expected).then(|| file.with_directive("error", &said)))
}
