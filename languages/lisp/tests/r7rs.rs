//! Conformance: test suites of other projects, which are not part of this repository.
//!
//! `HOLLOWAY_CORPUS` names a folder with their files: those of chibi-scheme (`r7rs-tests.scm`, `r5rs-tests.scm`,
//! `division-tests.scm`; `srfi-1-test.sld` and so on, which are `lib/srfi/1/test.sld` there) and the folder `input` of
//! r7rs-coverage, called `r7rs-coverage`. What is not there is skipped, visibly. The libraries that the suites import are
//! ours: `conformance/`. What does not pass is listed here and in `conformance/README.md`, with the reasons.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A suite whose checks are counted.
struct Suite {
    file: &'static str,
    /// The number of the SRFI, if it is a library.
    srfi: Option<u32>,
    /// What it reports at the end.
    report: &'static str,
}

const fn program(file: &'static str, report: &'static str) -> Suite {
    Suite { file, srfi: None, report }
}

const fn library(number: u32, file: &'static str, report: &'static str) -> Suite {
    Suite { file, srfi: Some(number), report }
}

const SUITES: &[Suite] = &[
    program("r7rs-tests.scm", "1225 passed, 0 failed"),
    program("division-tests.scm", "304 passed, 0 failed"),
    // Two want a definition in the body of `let-syntax` to be seen behind it; the suite of R7RS wants the contrary.
    program("r5rs-tests.scm", "187 out of 189 passed"),
    library(1, "srfi-1-test.sld", "161 passed, 0 failed"),
    library(2, "srfi-2-test.sld", "31 passed, 0 failed"),
    library(16, "srfi-16-test.sld", "7 passed, 0 failed"),
    library(26, "srfi-26-test.sld", "2 passed, 0 failed"),
    library(69, "srfi-69-test.sld", "85 passed, 0 failed"),
    library(133, "srfi-133-test.sld", "93 passed, 0 failed"),
    library(151, "srfi-151-test.sld", "145 passed, 0 failed"),
];

const MODES: &[&str] = &["off", "on", "threshold=1", "stress=1", "chaos=7,threshold=2"];

/// The path of a part of the corpus, if it is there.
fn corpus(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("HOLLOWAY_CORPUS").map(PathBuf::from);
    let path = folder.map(|folder| folder.join(name)).filter(|path| path.exists());
    if path.is_none() {
        eprintln!("SKIPPED: HOLLOWAY_CORPUS names no folder with {name}");
    }
    path
}

fn lisp(jit: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lisp"));
    command.arg(format!("--jit={jit}")).stdin(Stdio::null());
    command
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

#[test]
fn the_suites_pass_in_every_mode() {
    let conformance = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    for suite in SUITES {
        let Some(file) = corpus(suite.file) else { continue };
        for jit in MODES {
            let mut command = lisp(jit);
            command.arg(conformance.join("suite.scm")).arg(&file).current_dir(&conformance);
            command.args(suite.srfi.map(|number| number.to_string()));
            let report = text(&command.output().unwrap());
            let passed = report.contains(suite.report);
            assert!(passed, "{}, --jit={jit}: not {}\n{report}", suite.file, suite.report);
        }
    }
}

/// Parts of r7rs-coverage that do not pass.
const NOT_COVERED: &[(&str, &str)] = &[
    ("raise-continuable", "calls `display`, which (scheme base) does not export"),
    ("string-map 1 string", "uses `char-upcase`, which (scheme base) does not export"),
    ("string-map 2 strings, different length", "as string-map 1 string"),
    ("current-second correct range", "wants it to be before 2025"),
];

/// The import and the beginning that every part gets.
fn before(library: &str) -> String {
    let library = library.replacen('-', " ", 1);
    format!(
        "(import (scheme base) ({library}))\n\
         (define (assert x) (unless x (error \"assertion failed\")))\n"
    )
}

#[test]
fn r7rs_is_covered() {
    let Some(folder) = corpus("r7rs-coverage") else { return };
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("r7rs-coverage");
    std::fs::create_dir_all(&scratch).unwrap();
    let mut failed = Vec::new();
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let before = before(file.file_stem().unwrap().to_str().unwrap());
        for part in source.split(";; TEST ").skip(1) {
            std::fs::write(scratch.join("part.scm"), format!("{before};; {part}")).unwrap();
            let output =
                lisp("threshold=1").arg("part.scm").current_dir(&scratch).output().unwrap();
            let name = part.lines().next().unwrap_or("").trim();
            if !output.status.success() && !NOT_COVERED.iter().any(|(known, _)| *known == name) {
                failed.push(format!("{}: {name}\n{}", file.display(), text(&output)));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
