//! The corpus, the regressions and the benchmark programs as named tests: one a file and mode.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};

use crate::case::{Case, collect};
use crate::language::Language;
use crate::mode::Mode;
use crate::outcome::{Outcome, agree, check};
use crate::worker::{Job, Pool};

/// How long one program may run.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A program of the corpus with what the reference engine made of it.
struct Entry {
    case: Case,
    /// Run at most once, by whichever test needs it first.
    reference: OnceLock<Result<Outcome, String>>,
}

impl Entry {
    fn run(&self, pool: &Pool, mode: &Mode) -> Result<Outcome, String> {
        let case = &self.case;
        let file = format!("{}.{}", case.name, case.language.ending());
        let Case { source, args, stdin, .. } = case;
        let heap = case.heap.or(case.collected_heap.filter(|_| mode.engine != "tree"));
        let language = case.language;
        let job = Job { language, file: &file, source, args, stdin, heap, mode };
        pool.run(&job)
    }

    fn reference(&self, pool: &Pool) -> &Result<Outcome, String> {
        self.reference.get_or_init(|| self.run(pool, &self.case.language.reference()))
    }

    /// The test: as expected, and the same as the reference.
    fn test(&self, pool: &Pool, mode: &Mode) -> Result<(), Failed> {
        let reference = self.reference(pool).as_ref();
        let base = self.case.language.reference().name;
        if mode.name == base {
            check(&self.case, reference.map_err(String::as_str)?)?;
            return Ok(());
        }
        let got = self.run(pool, mode)?;
        check(&self.case, &got)?;
        if let Ok(reference) = reference {
            agree(reference, &got).map_err(|e| format!("disagrees with {base}: {e}"))?;
        }
        Ok(())
    }
}

/// All tests of programs. `HOLLOWAY_TEST=PART` keeps those whose name contains PART.
pub fn programs(pool: &Arc<Pool>) -> Result<Vec<Trial>, String> {
    let wanted = std::env::var("HOLLOWAY_TEST").unwrap_or_default();
    let mut trials = Vec::new();
    for case in cases()? {
        let entry = Arc::new(Entry { case, reference: OnceLock::new() });
        let language = entry.case.language;
        for mode in language.modes(&entry.case.name) {
            let name = format!("{}/{}::{}", language.name(), entry.case.name, mode.name);
            if !name.contains(&wanted) || entry.case.skips(&mode.name).is_some() {
                continue;
            }
            let (entry, pool) = (Arc::clone(&entry), Arc::clone(pool));
            trials.push(Trial::test(name, move || entry.test(&pool, &mode)));
        }
    }
    Ok(trials)
}

/// Every program with its expectations.
fn cases() -> Result<Vec<Case>, String> {
    let root = crate::root();
    let mut cases = Vec::new();
    for language in Language::ALL {
        cases.extend(collect(&root.join("tests/programs").join(language.name()), language)?);
        cases.extend(regressions(&root, language)?);
    }
    cases.extend(benchmarks(&root.join("benches/programs"))?);
    Ok(cases)
}

/// What once went wrong, under names that say so.
fn regressions(root: &Path, language: Language) -> Result<Vec<Case>, String> {
    let mut cases = collect(&root.join("tests/regressions"), language)?;
    for case in &mut cases {
        case.name = format!("regressions/{}", case.name);
    }
    Ok(cases)
}

/// The benchmark programs at the sizes of `checks.txt`, whose lines are
/// `NAME VARIABLE=VALUE .. -> OUTPUT`.
fn benchmarks(base: &Path) -> Result<Vec<Case>, String> {
    let list = base.join("checks.txt");
    let text = fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    let mut cases = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let wrong = || format!("{}: `{line}`", list.display());
        let (head, output) = line.split_once(" -> ").ok_or_else(wrong)?;
        let mut words = head.split(' ');
        let name = words.next().ok_or_else(wrong)?;
        let path = base.join(format!("mini/{name}.mini"));
        let mut source =
            fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        for word in words {
            let (variable, value) = word.split_once('=').ok_or_else(wrong)?;
            source = with_value(&source, variable, value).ok_or_else(wrong)?;
        }
        let (name, stdout) = (format!("benches/{name}"), format!("{output}\n"));
        cases.push(Case { name, path, source, stdout, ..Case::default() });
    }
    Ok(cases)
}

/// The program with another number in the line `let variable = number`.
fn with_value(source: &str, variable: &str, value: &str) -> Option<String> {
    let start = format!("let {variable} = ");
    let at = source.find(&start)? + start.len();
    let digits = source[at..].bytes().take_while(u8::is_ascii_digit).count();
    Some(format!("{}{value}{}", &source[..at], &source[at + digits..]))
}

/// Writes what the reference engine prints into the programs of the corpus. Gives what it changed.
pub fn bless(pool: &Pool) -> Result<Vec<String>, String> {
    let wanted = std::env::var("HOLLOWAY_TEST").unwrap_or_default();
    let mut changed = Vec::new();
    for case in cases()?.into_iter().filter(|case| !case.name.starts_with("benches/")) {
        let language = case.language;
        let entry = Entry { case, reference: OnceLock::new() };
        if !format!("{}/{}", language.name(), entry.case.name).contains(&wanted) {
            continue;
        }
        let got = entry.run(pool, &language.reference())?;
        if crate::bless::bless(&entry.case, &got).map_err(|e| e.to_string())? {
            changed.push(entry.case.name);
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmark_gets_another_size() {
        let text = with_value("let A = 1\n    let N = 120 #@N\n", "N", "7");
        assert_eq!(text.unwrap(), "let A = 1\n    let N = 7 #@N\n");
    }
}
