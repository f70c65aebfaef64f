//! The one place that calls the languages: runs a job in this process.

use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use frontend::{Captured, StatsForm, Streams};
use mini::{Config, EngineKind};

use crate::language::Language;
use crate::outcome::{Outcome, Stats};
use crate::worker::Job;

/// True if this build of Mini has this engine.
pub fn has(engine: &str) -> bool {
    engine == "tree" || *BYTECODE
}

/// True if this build of Mini has its bytecode engine.
static BYTECODE: LazyLock<bool> = LazyLock::new(|| {
    let config = Config { engine: EngineKind::Bytecode, ..Config::default() };
    mini::run_captured(&config, b"").status == 0
});

/// The status of a job whose engine panicked: no program can choose it.
const PANICKED: i32 = 1001;

/// What the last panic of this process said.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// Makes panics leave their message where [`run`] finds it. Call it once in a worker.
pub fn keep_panics() {
    panic::set_hook(Box::new(|info| *lock(&PANIC) = format!("{info}\n")));
}

/// Runs a program and gives what it did. A panic is an outcome too.
pub fn run(job: &Job<'_>) -> Outcome {
    if job.mode.engine == "none" {
        return read(job);
    }
    let (stdout, stderr) = (Captured::default(), Captured::default());
    let streams = Streams {
        input: {
            let input = job.stdin.to_owned().into_bytes();
            Box::new(|| Box::new(Cursor::new(input)))
        },
        ..Streams::captured(&stdout, &stderr)
    };
    let tree = job.mode.engine == "tree";
    let common = frontend::Config {
        name: job.file.to_owned(),
        arguments: job.args.to_vec(),
        jit: (!tree).then(|| job.mode.jit.clone()),
        stats: (!tree).then_some(StatsForm::Json),
        max_heap: job.heap.map(|mib| mib << 20),
        ..frontend::Config::default()
    };
    let body = AssertUnwindSafe(|| execute(job, common, streams));
    let status = panic::catch_unwind(body).map_or(PANICKED, i32::from);
    let (stderr, stats) = without_stats(stderr.take_text());
    let mut outcome = Outcome { stdout: stdout.take_text(), stderr, status, stats };
    if status == PANICKED {
        outcome.stderr.push_str(&lock(&PANIC));
    }
    outcome
}

fn execute(job: &Job<'_>, common: frontend::Config, streams: Streams) -> u8 {
    let source = job.source.as_bytes();
    match job.language {
        Language::Mini => {
            let tree = job.mode.engine == "tree";
            let engine = if tree { EngineKind::Tree } else { EngineKind::Bytecode };
            mini::run(&Config { engine, common }, source, streams)
        }
        Language::Lisp => {
            lisp::run(&lisp::Config { common, ..lisp::Config::default() }, source, streams)
        }
    }
}

/// Takes the line of statistics, the last one, off the error output.
fn without_stats(mut stderr: String) -> (String, Stats) {
    let Some(at) = stderr.rfind("{\"version\":1,") else { return (stderr, Stats::default()) };
    let json = stderr.split_off(at);
    let number = |key: &str| -> u64 {
        let rest = json.split_once(&format!("\"{key}\":")).map_or("", |(_, rest)| rest);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest[..digits].parse().unwrap_or(0)
    };
    let stats =
        Stats { loops: number("loops"), bridges: number("bridges"), aborts: number("aborts") };
    (stderr, stats)
}

/// Reads a program without running it.
fn read(job: &Job<'_>) -> Outcome {
    let common = frontend::Config {
        name: job.file.to_owned(),
        dump_bytecode: true,
        ..frontend::Config::default()
    };
    let body = AssertUnwindSafe(|| frontend::captured(|streams| execute(job, common, streams)));
    match panic::catch_unwind(body) {
        Ok(done) => Outcome { status: i32::from(done.status), ..Outcome::default() },
        Err(_) => {
            let stderr = lock(&PANIC).clone();
            Outcome { stderr, status: PANICKED, ..Outcome::default() }
        }
    }
}

/// True if the engine broke down, whatever the program was.
pub fn broke(outcome: &Outcome) -> bool {
    outcome.status == PANICKED
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
