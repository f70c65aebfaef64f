//! Runs generated programs and traces for as long as wanted.
//!
//! ```text
//! cargo run --release -p holloway-tests --bin fuzz -- programs --hours 2 --seed 1
//! cargo run --release -p holloway-tests --bin fuzz -- programs --count 1000
//! cargo run --release -p holloway-tests --bin fuzz -- traces --hours 2 --seed 1
//! cargo run --release -p holloway-tests --bin fuzz -- sources --count 100000
//! cargo run --release -p holloway-tests --bin fuzz -- show --seed 17
//! cargo run --release -p holloway-tests --bin fuzz -- programs --language lisp --hours 2
//! ```

use std::process::ExitCode;
use std::time::Duration;

use holloway_tests::generate::campaign::{self, Report};
use holloway_tests::language::Language;
use holloway_tests::suite::LIMIT;
use holloway_tests::traces;
use holloway_tests::worker::{self, Pool};

const USAGE: &str = "usage: fuzz programs|traces [--hours H | --count N] [--seed N]
       fuzz sources [--count N] [--seed N]
       fuzz show --seed N
programs, sources and show take --language mini|lisp";

fn main() -> ExitCode {
    worker::serve();
    traces::campaign::serve();
    match options() {
        Ok(options) => run(&options),
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// What the command line asks for.
struct Options {
    command: String,
    hours: f64,
    count: Option<u64>,
    seed: u64,
    language: Language,
}

fn options() -> Result<Options, String> {
    let mut args = std::env::args().skip(1);
    let command = args.next().ok_or("no command")?;
    let mut options =
        Options { command, hours: 1.0, count: None, seed: 1, language: Language::Mini };
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("`{name}` needs a value"))?;
        let wrong = || format!("`{value}` is no value for `{name}`");
        match name.as_str() {
            "--hours" => {
                options.hours = value.parse().map_err(|_| wrong())?;
                if !(0.0..=10_000.0).contains(&options.hours) {
                    return Err(wrong());
                }
            }
            "--count" => options.count = Some(value.parse().map_err(|_| wrong())?),
            "--seed" => options.seed = value.parse().map_err(|_| wrong())?,
            "--language" => options.language = Language::named(&value).ok_or_else(wrong)?,
            _ => return Err(format!("unknown option `{name}`")),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> ExitCode {
    let pool = Pool::new(LIMIT);
    let report = match options.command.as_str() {
        "show" => {
            print!("{}", campaign::generate(options.language, options.seed).text());
            return ExitCode::SUCCESS;
        }
        "sources" => return sources(&pool, options),
        "programs" => match options.count {
            Some(count) => campaign::run(&pool, options.language, options.seed, count),
            None => {
                let time = Duration::from_secs_f64(options.hours * 3600.0);
                campaign::run_for(&pool, options.language, options.seed, time, |r| {
                    println!("{}", r.summary());
                })
            }
        },
        "traces" => return traces(options),
        other => {
            eprintln!("unknown command `{other}`\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    tell(&report)
}

fn traces(options: &Options) -> ExitCode {
    let outcome = match options.count {
        Some(count) => traces::campaign::run(options.seed, count),
        None => {
            let time = Duration::from_secs_f64(options.hours * 3600.0);
            traces::campaign::run_for(options.seed, time, |reached| println!("{reached}"))
        }
    };
    match outcome {
        Ok(reached) => {
            println!("{reached}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Texts for the reader, in pieces.
fn sources(pool: &Pool, options: &Options) -> ExitCode {
    const PIECE: u64 = 1000;
    let count = options.count.unwrap_or(10_000);
    let mut done = 0;
    while done < count {
        let piece = PIECE.min(count - done);
        if let Err(what) =
            campaign::sources(pool, options.language, options.seed.wrapping_add(done), piece)
        {
            println!("{what}");
            return ExitCode::FAILURE;
        }
        done += piece;
        println!("{done} texts read");
    }
    ExitCode::SUCCESS
}

fn tell(report: &Report) -> ExitCode {
    for failure in &report.failures {
        println!("seed {}, mode {}: {}", failure.seed, failure.mode, failure.what);
        println!("{}", failure.program);
    }
    println!("{}", report.summary());
    if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
