//! The one place that calls Mini: runs a job in this process.

use std::io::{self, Cursor, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mini::host::Streams;
use mini::{Config, EngineKind};

use crate::outcome::{Outcome, Stats};
use crate::worker::Job;

/// The engines that this build of Mini has.
pub const ENGINES: &[&str] = &["tree"];

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
        output: Box::new(stdout.clone()),
        line_buffered: false,
        errors: Box::new(stderr.clone()),
        input: {
            let input = job.stdin.to_owned().into_bytes();
            Box::new(|| Box::new(Cursor::new(input)))
        },
    };
    let config = Config {
        name: job.file.to_owned(),
        arguments: job.args.to_vec(),
        engine: if job.mode.engine == "tree" { EngineKind::Tree } else { EngineKind::Bytecode },
        jit: Some(job.mode.jit.clone()),
        ..Config::default()
    };
    let body = AssertUnwindSafe(|| mini::run(&config, job.source.as_bytes(), streams));
    let status = panic::catch_unwind(body).map_or(PANICKED, i32::from);
    let mut outcome =
        Outcome { stdout: stdout.text(), stderr: stderr.text(), status, stats: Stats::default() };
    if status == PANICKED {
        outcome.stderr.push_str(&lock(&PANIC));
    }
    outcome
}

/// Reads a program without running it.
fn read(job: &Job<'_>) -> Outcome {
    let config = Config {
        name: job.file.to_owned(),
        dump_bytecode: true,
        engine: EngineKind::Bytecode,
        ..Config::default()
    };
    let body = AssertUnwindSafe(|| mini::run_captured(&config, job.source.as_bytes()));
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

/// A place in memory that a program writes to.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.0)).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
