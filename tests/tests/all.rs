//! Every test that is a file, and the style checks: `cargo test -p holloway-tests`.
//!
//! `HOLLOWAY_TEST=PART` keeps the tests of programs whose name contains PART, `BLESS=1` writes what
//! the reference engine does into the programs.

use std::process::ExitCode;
use std::sync::Arc;

use holloway_tests::language::Language;
use holloway_tests::suite::{self, LIMIT};
use holloway_tests::worker::{self, Pool};
use holloway_tests::{engine, events, generate, tidy, traces};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    worker::serve();
    traces::campaign::serve();
    events::serve();
    let arguments = Arguments::from_args();
    let pool = Arc::new(Pool::new(LIMIT));
    if std::env::var_os("BLESS").is_some() {
        return bless(&pool);
    }
    match tests(&pool) {
        Ok(tests) => libtest_mimic::run(&arguments, tests).exit_code(),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn bless(pool: &Pool) -> ExitCode {
    let all = suite::bless(pool)
        .and_then(|programs| Ok([traces::bless()?, events::bless()?, programs].concat()));
    match all {
        Ok(changed) => {
            changed.iter().for_each(|name| println!("blessed {name}"));
            println!("{} files changed", changed.len());
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn tests(pool: &Arc<Pool>) -> Result<Vec<Trial>, String> {
    let mut tests = traces::tests()?;
    tests.extend(events::tests()?);
    tests.extend(suite::programs(pool)?);
    if std::env::var_os("HOLLOWAY_TEST").is_none() {
        if engine::has("bytecode") {
            tests.extend(generated(pool));
        }
        tests.extend(Language::ALL.map(|language| sources(pool, language)));
        tests.extend(tidy::tests());
    }
    Ok(tests)
}

/// 2,000 generated programs of Mini and 300 of Lisp, in pieces that can run side by side.
fn generated(pool: &Arc<Pool>) -> Vec<Trial> {
    const PIECE: u64 = 250;
    let piece = |language: Language, first: u64, count: u64| {
        let pool = Arc::clone(pool);
        Trial::test(format!("generated/{}-{first}", language.name()), move || {
            let report = generate::campaign::run(&pool, language, first, count);
            // Of Lisp's programs some get hot in procedures only.
            let loops = if language == Language::Mini { 95 } else { 90 };
            report.verdict(loops).map_err(Failed::from)
        })
    };
    let mini = (0..8).map(|n| piece(Language::Mini, n * PIECE, PIECE));
    let lisp = (0..2).map(|n| piece(Language::Lisp, n * 150, 150));
    mini.chain(lisp).collect()
}

/// Broken texts for the readers.
fn sources(pool: &Arc<Pool>, language: Language) -> Trial {
    let pool = Arc::clone(pool);
    // Each machine of Lisp compiles its library first.
    let count = if language == Language::Mini { 3000 } else { 600 };
    Trial::test(format!("generated/sources-{}", language.name()), move || {
        generate::campaign::sources(&pool, language, 0, count).map_err(Failed::from)
    })
}
