//! The corpus: every program of `tests/programs/lisp` in every mode of the JIT compiler.
//!
//! What a program must do stands in its comments:
//!
//! ```text
//! (write (+ 1 1)) (newline)   ; expect: 2               a line of standard output
//! (car 5)                     ; expect error: car: ..   it ends by this error, in this line
//!                             ; expect error at 3: ..   the same for another line
//! ; skip MODE: reason                                   a mode that it is not run in
//! ```
//! `HOLLOWAY_TEST=PART` keeps the programs whose path contains PART.

use std::fs;
use std::path::{Path, PathBuf};

use lisp::{Config, run_captured};

/// The modes: a name, and what `--jit` is given.
const MODES: [(&str, &str); 7] = [
    ("interp", "off"),
    ("default", "on"),
    ("eager", "threshold=1,calls=1"),
    ("unoptimized", "threshold=2,calls=2,opt=none"),
    ("shallow", "threshold=2,calls=2,stack_bytes=1100000"),
    ("chaos", "threshold=2,calls=2,chaos=5"),
    ("stress", "threshold=3,calls=3,stress=1"),
];

/// What a program must do.
#[derive(Debug, Default)]
struct Expected {
    output: String,
    /// The line, and a part of the message.
    error: Option<(usize, String)>,
    skipped: Vec<String>,
}

fn expectations(source: &str) -> Expected {
    let mut expected = Expected::default();
    for (number, line) in (1..).zip(source.lines()) {
        if let Some((_, text)) = line.split_once("; expect: ") {
            expected.output.push_str(text);
            expected.output.push('\n');
        } else if let Some((_, text)) = line.split_once("; expect error: ") {
            expected.error = Some((number, text.to_owned()));
        } else if let Some((_, text)) = line.split_once("; expect error at ") {
            let (at, text) = text.split_once(": ").expect("a line and a message");
            expected.error = Some((at.parse().expect("a line"), text.to_owned()));
        } else if let Some(text) = line.strip_prefix("; skip ") {
            let (mode, _) = text.split_once(": ").expect("a mode and a reason");
            expected.skipped.push(mode.to_owned());
        } else {
            assert!(!line.contains("; expect"), "line {number} expects nothing that is known");
        }
    }
    expected
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|e| e == "scm") {
            found.push(path);
        }
    }
}

/// What went wrong, if something did.
fn check(name: &str, source: &str, expected: &Expected, jit: &str) -> Result<(), String> {
    let common = frontend::Config {
        name: name.to_owned(),
        jit: Some(jit.to_owned()),
        ..frontend::Config::default()
    };
    let config = Config { common, ..Config::default() };
    let outcome = run_captured(&config, source.as_bytes());
    let output = String::from_utf8_lossy(&outcome.output);
    let errors = String::from_utf8_lossy(&outcome.errors);
    if output != expected.output {
        return Err(format!("it writes\n{output}and not\n{}{errors}", expected.output));
    }
    match &expected.error {
        None if outcome.status != 0 => Err(format!("it fails: {errors}")),
        None => Ok(()),
        Some((line, message)) => {
            let place = format!("{name}:{line}:");
            match errors.contains(message) && errors.contains(&place) && outcome.status != 0 {
                true => Ok(()),
                false => Err(format!("it reports\n{errors}and not {place} {message}")),
            }
        }
    }
}

#[test]
fn every_program_does_what_its_comments_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs/lisp");
    let filter = std::env::var("HOLLOWAY_TEST").unwrap_or_default();
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    programs(&folder, &mut found);
    for path in &found {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        if !name.contains(&filter) {
            continue;
        }
        let source = fs::read_to_string(path).unwrap();
        let expected = expectations(&source);
        for (mode, jit) in MODES {
            if expected.skipped.iter().any(|m| m == mode) {
                continue;
            }
            if let Err(message) = check(&name, &source, &expected, jit) {
                wrong.push(format!("{name} ({mode}): {message}"));
            }
        }
    }
    assert!(found.len() > 20, "the corpus is there");
    assert!(wrong.is_empty(), "{} failures\n{}", wrong.len(), wrong.join("\n"));
}
