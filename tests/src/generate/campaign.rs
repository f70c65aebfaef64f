//! Running generated programs in all modes and reporting how much of the compiler they reached.

use std::time::{Duration, Instant};

use super::minimize::{Program, minimize};
use super::random::Random;
use super::source::mutate;
use super::{program, scheme};
use crate::case::collect;
use crate::language::Language;
use crate::mode::{self, Mode};
use crate::outcome::{Outcome, agree};
use crate::worker::{Job, Pool};

/// What a campaign found.
#[derive(Debug, Default)]
pub struct Report {
    /// Programs that were run.
    pub programs: usize,
    /// Those of which a loop was compiled.
    pub compiled: usize,
    /// Those of which a bridge was compiled.
    pub bridged: usize,
    /// The disagreements.
    pub failures: Vec<Failure>,
}

/// A program that does not do the same in all modes.
#[derive(Debug)]
pub struct Failure {
    /// The seed it was made from.
    pub seed: u64,
    /// The mode that disagrees with the reference.
    pub mode: String,
    /// What differs.
    pub what: String,
    /// A small program that still differs.
    pub program: String,
}

impl Report {
    /// A line for people.
    pub fn summary(&self) -> String {
        let share = |n: usize| 100.0 * n as f64 / self.programs.max(1) as f64;
        format!(
            "{} programs: {:.1} % compiled a loop, {:.1} % a bridge, {} disagree",
            self.programs,
            share(self.compiled),
            share(self.bridged),
            self.failures.len()
        )
    }

    /// An error if programs disagree or too few of them reached the compiler: at least `loops` % must
    /// compile a loop and 60 % a bridge.
    pub fn verdict(&self, loops: usize) -> Result<(), String> {
        if let Some(failure) = self.failures.first() {
            let Failure { seed, mode, what, program } = failure;
            let summary = self.summary();
            return Err(format!("seed {seed}, mode {mode}: {what}\n{program}\n{summary}"));
        }
        if self.compiled * 100 < self.programs * loops || self.bridged * 100 < self.programs * 60 {
            return Err(format!("too little was compiled: {}", self.summary()));
        }
        Ok(())
    }
}

/// Runs the programs of `count` seeds from `first` on.
pub fn run(pool: &Pool, language: Language, first: u64, count: u64) -> Report {
    let mut report = Report::default();
    for seed in first..first.saturating_add(count) {
        one(pool, language, seed, &mut report);
    }
    report
}

/// Runs programs until the time is over; `tell` gets the report now and then.
pub fn run_for(
    pool: &Pool,
    language: Language,
    first: u64,
    time: Duration,
    mut tell: impl FnMut(&Report),
) -> Report {
    let mut report = Report::default();
    let start = Instant::now();
    let mut seed = first;
    while start.elapsed() < time {
        let known = report.failures.len();
        one(pool, language, seed, &mut report);
        seed = seed.wrapping_add(1);
        if report.failures.len() > known || report.programs.is_multiple_of(100) {
            tell(&report);
        }
    }
    report
}

/// Gives the texts of `count` seeds, made from the corpus, to lexer, parser and compiler. They must
/// not crash and must come to an end.
pub fn sources(pool: &Pool, language: Language, first: u64, count: u64) -> Result<(), String> {
    let base = crate::root().join("tests/programs").join(language.name());
    let corpus: Vec<String> = collect(&base, language)?.into_iter().map(|c| c.source).collect();
    for seed in first..first.saturating_add(count) {
        let bytes = mutate(seed, language, &corpus);
        let text = String::from_utf8_lossy(&bytes);
        if let Err(what) = execute(pool, language, seed, &text, &Mode::compile_only()) {
            return Err(format!("seed {seed}: {what}\n{text}"));
        }
    }
    Ok(())
}

/// Runs the program of one seed: the reference, the interpreter, an eager JIT, a mode that the seed
/// chooses, and for every other seed chaos.
fn one(pool: &Pool, language: Language, seed: u64, report: &mut Report) {
    let program = generate(language, seed);
    let base = language.reference();
    let text = program.text();
    report.programs += 1;
    let reference = match execute(pool, language, seed, &text, &base) {
        Ok(outcome) => outcome,
        Err(what) => {
            let mode = base.name;
            report.failures.push(Failure { seed, mode, what, program: text });
            return;
        }
    };
    let (mut compiled, mut bridged) = (false, false);
    for mode in modes(language, seed) {
        let got = execute(pool, language, seed, &text, &mode);
        if let Ok(outcome) = &got {
            compiled |= outcome.stats.loops > 0;
            bridged |= outcome.stats.bridges > 0;
        }
        let verdict = got.and_then(|got| agree(&reference, &got));
        if let Err(what) = verdict {
            let small = shrink(pool, seed, &program, &mode);
            report.failures.push(Failure { seed, mode: mode.name, what, program: small });
            break;
        }
    }
    report.compiled += usize::from(compiled);
    report.bridged += usize::from(bridged);
}

/// The modes of a seed besides the reference.
fn modes(language: Language, seed: u64) -> Vec<Mode> {
    let mut random = Random::new(seed ^ 0x5EED);
    let mut modes = vec![Mode::bytecode("thr3", "threshold=3,bridge=2")];
    if language.reference() != Mode::interp() {
        modes.insert(0, Mode::interp());
    }
    let all = mode::all();
    modes.push(random.pick(&all[2..]).clone());
    if seed.is_multiple_of(2) {
        let chaos = 1 + random.below(1_000_000);
        modes.push(Mode::bytecode("chaos", &format!("threshold=3,bridge=2,chaos={chaos}")));
    }
    modes
}

/// The program of a seed.
pub fn generate(language: Language, seed: u64) -> Program {
    match language {
        Language::Mini => program::generate(seed),
        Language::Lisp => scheme::generate(seed),
    }
}

fn execute(
    pool: &Pool,
    language: Language,
    seed: u64,
    text: &str,
    mode: &Mode,
) -> Result<Outcome, String> {
    let file = format!("generated-{seed}.{}", language.ending());
    pool.run(&Job { language, file: &file, source: text, args: &[], stdin: "", heap: None, mode })
}

/// The smallest program that still disagrees. A program that the reference refuses as a whole is
/// none of interest.
fn shrink(pool: &Pool, seed: u64, program: &Program, mode: &Mode) -> String {
    let language = program.language;
    let small = minimize(program, 400, |text| {
        let Ok(reference) = execute(pool, language, seed, text, &language.reference()) else {
            return false;
        };
        let got = execute(pool, language, seed, text, mode);
        reference.status != 2 && got.and_then(|got| agree(&reference, &got)).is_err()
    });
    small.text()
}
