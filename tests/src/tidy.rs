//! Style as a test: what the sources of this repository must look like.
//!
//! The lists of exceptions below may only shrink, except for the list of modules with `unsafe`,
//! which grows only together with a reason in `ARCHITECTURE.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use libtest_mimic::{Failed, Trial};

use crate::case::files;

/// The most lines a source file may have.
const MOST_LINES: usize = 600;

/// Where `unsafe` may stand: files, or folders that end with `/`.
const UNSAFE: &[&str] = &[
    "framework/macros/src/",
    "framework/src/assemble/",
    "framework/src/heap/",
    "framework/src/interpret/calls.rs",
    "framework/src/interpret/driver.rs",
    "framework/src/interpret/hints.rs",
    "framework/src/interpret/leave.rs",
    "framework/src/interpret/signal.rs",
    "framework/src/interpret/stack.rs",
    "framework/src/language/",
    "framework/src/run/",
    "tests/src/traces/machine.rs",
];

/// Words that must not stand in the sources. Split, so that this file does not contain them.
const FORBIDDEN: &[(&str, &str)] =
    &[("todo", "!("), ("unimplemented", "!("), ("dbg", "!("), ("FIX", "ME"), ("#[ig", "nore")];

/// A source file.
struct Source {
    /// Its path below the root, with `/`.
    path: String,
    text: String,
}

/// One test a rule.
pub fn tests() -> Vec<Trial> {
    type Rule = fn(&[Source]) -> Vec<String>;
    let rules: [(&str, Rule); 6] = [
        ("every_file_says_what_it_is_for", headers),
        ("no_file_is_too_long", lengths),
        ("nothing_is_left_for_later", forbidden),
        ("unsafe_is_where_it_may_be", unsafe_places),
        ("unsafe_says_why", safety_comments),
        ("architecture_lists_the_folders", architecture),
    ];
    let test = |(name, rule): (&str, Rule)| {
        Trial::test(format!("tidy/{name}"), move || {
            let wrong = rule(&sources()?);
            if wrong.is_empty() { Ok(()) } else { Err(Failed::from(wrong.join("\n"))) }
        })
    };
    rules.into_iter().map(test).collect()
}

fn sources() -> Result<Vec<Source>, String> {
    let root = crate::root();
    let mut found = Vec::new();
    for folder in ["framework", "languages", "tests", "benches"] {
        let base = root.join(folder);
        if !base.is_dir() {
            continue;
        }
        for path in files(&base, "rs")? {
            let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let below = path.strip_prefix(&root).unwrap_or(&path);
            let path = below.to_string_lossy().replace('\\', "/");
            if !path.split('/').any(|part| part == "target") {
                found.push(Source { path, text });
            }
        }
    }
    Ok(found)
}

fn headers(sources: &[Source]) -> Vec<String> {
    // The compile-fail programs of the macros show a reader nothing but the mistake.
    // What `examples/support` holds is included in the middle of the documentation's examples.
    let exempt = |path: &str| {
        ["/compile_fail/", "/ui/", "/examples/support/"].iter().any(|part| path.contains(part))
    };
    let wrong = sources.iter().filter(|s| !s.text.starts_with("//!") && !exempt(&s.path));
    wrong.map(|s| format!("{}: does not start with `//!`", s.path)).collect()
}

fn lengths(sources: &[Source]) -> Vec<String> {
    let long = sources.iter().map(|s| (&s.path, s.text.lines().count()));
    let long = long.filter(|(_, lines)| *lines > MOST_LINES);
    long.map(|(path, lines)| format!("{path}: {lines} lines, {MOST_LINES} allowed")).collect()
}

fn forbidden(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            for (a, b) in FORBIDDEN {
                let word = format!("{a}{b}");
                if line.contains(&word) {
                    wrong.push(format!("{}:{}: `{word}`", source.path, number + 1));
                }
            }
        }
    }
    wrong
}

/// True if the line is code that has `unsafe` in it.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "unsafe trait", "unsafe(no_mangle"]
        .iter()
        .any(|form| code.contains(form))
}

fn unsafe_places(sources: &[Source]) -> Vec<String> {
    let allowed = |path: &str| UNSAFE.iter().any(|at| path.starts_with(at));
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|s| !allowed(&s.path) && s.path != "tests/src/tidy.rs") {
        for (number, line) in source.text.lines().enumerate() {
            if is_unsafe(line) {
                wrong.push(format!("{}:{}: `unsafe` is not allowed here", source.path, number + 1));
            }
        }
    }
    wrong
}

fn safety_comments(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|s| s.path != "tests/src/tidy.rs") {
        let lines: Vec<&str> = source.text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if code.contains("unsafe {") && !explained(&lines, number) {
                wrong.push(format!("{}:{}: no SAFETY comment", source.path, number + 1));
            }
        }
    }
    wrong
}

/// True if a SAFETY comment stands in the line or among the nearest lines above it.
fn explained(lines: &[&str], number: usize) -> bool {
    let first = number.saturating_sub(8);
    lines[first..=number].iter().any(|line| line.contains("SAFETY:"))
}

fn architecture(_: &[Source]) -> Vec<String> {
    let root = crate::root();
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap_or_default();
    let mut wrong = Vec::new();
    for parent in ["framework/src/", "languages/"] {
        let there = folders(&root.join(parent));
        let mut listed = BTreeSet::new();
        for line in text.lines() {
            // A line of the code map: "framework/src/record/      3 RECORD  ..."
            if let Some(rest) = line.strip_prefix(parent)
                && let Some((name, _)) = rest.split_once('/')
            {
                listed.insert(name.to_owned());
            }
        }
        let unlisted = there.difference(&listed);
        wrong.extend(unlisted.map(|f| format!("ARCHITECTURE.md lacks {parent}{f}/")));
        let gone = listed.difference(&there);
        wrong.extend(gone.map(|f| format!("ARCHITECTURE.md lists {parent}{f}/, no folder")));
    }
    wrong
}

fn folders(base: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(base).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
