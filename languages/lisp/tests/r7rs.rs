//! Conformance: the R7RS test suite of chibi-scheme, which is not part of this repository.
//!
//! `HOLLOWAY_CORPUS` names a folder with its `r7rs-tests.scm`. Where there is none the test says so
//! and passes. The library `(chibi test)` that the suite imports is ours:
//! `conformance/chibi/test.sld`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Checks that must pass. The others are listed, with reasons, in `conformance/README.md`.
const WANTED: u32 = 1225;

fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("HOLLOWAY_CORPUS")?);
    folder.join("r7rs-tests.scm").exists().then_some(folder)
}

fn passed(report: &str) -> u32 {
    let line = report.lines().rev().find(|line| line.contains(" passed, "));
    line.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or(0)
}

#[test]
fn the_suite_passes_in_every_mode() {
    let Some(folder) = corpus() else {
        eprintln!("SKIPPED: HOLLOWAY_CORPUS names no folder with r7rs-tests.scm");
        return;
    };
    let conformance = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    for jit in ["off", "on", "threshold=1", "stress=1", "chaos=7,threshold=2"] {
        let output = Command::new(env!("CARGO_BIN_EXE_lisp"))
            .arg(format!("--jit={jit}"))
            .arg(conformance.join("r7rs.scm"))
            .arg(folder.join("r7rs-tests.scm"))
            .current_dir(&conformance)
            .output()
            .unwrap();
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        let count = passed(&report);
        assert!(count >= WANTED, "--jit={jit}: {count} checks pass\n{report}");
    }
}
