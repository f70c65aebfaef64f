//! The corpus as named tests: one a file and mode.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};

use crate::case::{Case, collect};
use crate::mode::{self, Mode};
use crate::outcome::{Outcome, agree, check};
use crate::worker::{Job, Pool};

/// How long one program may run.
pub const LIMIT: Duration = Duration::from_secs(20);

/// A program of the corpus with what the reference engine made of it.
struct Entry {
    case: Case,
    /// Run at most once, by whichever test needs it first.
    reference: OnceLock<Result<Outcome, String>>,
}

impl Entry {
    fn run(&self, pool: &Pool, mode: &Mode) -> Result<Outcome, String> {
        let case = &self.case;
        let file = format!("{}.mini", case.name);
        let job =
            Job { file: &file, source: &case.source, args: &case.args, stdin: &case.stdin, mode };
        pool.run(&job)
    }

    fn reference(&self, pool: &Pool) -> &Result<Outcome, String> {
        self.reference.get_or_init(|| self.run(pool, &Mode::tree()))
    }

    /// The test: as expected, and the same as the reference.
    fn test(&self, pool: &Pool, mode: &Mode) -> Result<(), Failed> {
        let reference = self.reference(pool).as_ref();
        if mode.name == "tree" {
            check(&self.case, reference.map_err(String::as_str)?)?;
            return Ok(());
        }
        let got = self.run(pool, mode)?;
        check(&self.case, &got)?;
        if let Ok(reference) = reference {
            agree(reference, &got).map_err(|e| format!("disagrees with tree: {e}"))?;
        }
        Ok(())
    }
}

/// All tests of the corpus in `tests/programs/mini`. `HOLLOWAY_TEST=PART` keeps those whose name
/// contains PART.
pub fn programs(pool: &Arc<Pool>) -> Result<Vec<Trial>, String> {
    let base = crate::root().join("tests/programs/mini");
    let wanted = std::env::var("HOLLOWAY_TEST").unwrap_or_default();
    let mut trials = Vec::new();
    for case in collect(&base, "mini")? {
        let entry = Arc::new(Entry { case, reference: OnceLock::new() });
        for mode in mode::all() {
            let name = format!("mini/{}::{}", entry.case.name, mode.name);
            if !name.contains(&wanted) || entry.case.skips(&mode.name).is_some() {
                continue;
            }
            let (entry, pool) = (Arc::clone(&entry), Arc::clone(pool));
            trials.push(Trial::test(name, move || entry.test(&pool, &mode)));
        }
    }
    Ok(trials)
}
