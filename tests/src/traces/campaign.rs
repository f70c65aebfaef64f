//! Many random recordings: a fixed number in the tests, or for hours.
//!
//! Invariant: a failure names a seed that shows it again, with as few instructions as still do.

use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use holloway::trace::generate::Plan;
use libtest_mimic::{Failed, Trial};

use super::differential::{Checker, Reached};

/// Pieces of the campaign in the tests, which can run side by side, and the traces in each.
const PIECES: u64 = 20;
const PIECE: u64 = 2_500;

/// Set in the environment of processes that check recordings.
const MARK: &str = "HOLLOWAY_TEST_TRACES";
/// How long one recording may take.
const LIMIT: Duration = Duration::from_secs(60);

/// 50,000 random recordings.
pub fn tests() -> Vec<Trial> {
    let piece = |n: u64| {
        Trial::test(format!("generated/traces-{}", n * PIECE), move || {
            let reached = run(n * PIECE, PIECE).map_err(Failed::from)?;
            let Reached { put_off, moving, direct, passing, finished, .. } = reached;
            match [put_off, moving, direct, passing, finished].iter().all(|&n| n > 0) {
                true => Ok(()),
                false => Err(Failed::from(format!("something is never reached: {reached}"))),
            }
        })
    };
    (0..PIECES).map(piece).collect()
}

/// Checks the recordings of `count` seeds in a process of its own; stops at the first that fails. A crash or a hang is a
/// failure like any other.
pub fn run(first: u64, count: u64) -> Result<Reached, String> {
    let exe = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut child = Command::new(exe)
        .env(MARK, format!("{first} {count}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start a process: {e}"))?;
    let lines = child.stdout.take().map(listen).ok_or("the process has no output")?;
    let mut seed = first;
    let verdict = loop {
        match lines.recv_timeout(LIMIT) {
            Ok(line) if line.starts_with("seed ") => seed = line[5..].parse().unwrap_or(seed),
            Ok(line) if line.starts_with("reached ") => break Reached::read(&line[8..]),
            Ok(line) => break Err(line + "\n" + &lines.iter().collect::<Vec<_>>().join("\n")),
            Err(RecvTimeoutError::Timeout) => break Err(format!("seed {seed} does not end")),
            Err(RecvTimeoutError::Disconnected) => break Err(format!("seed {seed} crashes")),
        }
    };
    // It may have ended already.
    let _ = child.kill();
    let _ = child.wait();
    verdict
}

/// The lines of an output as they come.
fn listen(output: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        lines.take_while(|line| sender.send(line.clone()).is_ok()).for_each(drop);
    });
    receiver
}

/// Does the work of [`run`] and ends the process, if it was started for that.
pub fn serve() {
    let Ok(range) = std::env::var(MARK) else { return };
    let numbers: Vec<u64> = range.split(' ').filter_map(|n| n.parse().ok()).collect();
    let &[first, count] = numbers.as_slice() else { return };
    match run_here(first, count) {
        Ok(reached) => println!("reached {}", reached.line()),
        Err(why) => println!("{why}"),
    }
    std::process::exit(0);
}

fn run_here(first: u64, count: u64) -> Result<Reached, String> {
    let mut checker = Checker::new()?;
    let mut reached = Reached::default();
    for seed in first..first.saturating_add(count) {
        println!("seed {seed}");
        reached.add(check(&mut checker, seed).map_err(|why| format!("in {why}"))?);
    }
    Ok(reached)
}

/// Checks recordings until the time is up; tells now and then how far it is.
pub fn run_for(
    first: u64,
    time: Duration,
    mut tell: impl FnMut(&Reached),
) -> Result<Reached, String> {
    const STEP: u64 = 5_000;
    let start = Instant::now();
    let mut reached = Reached::default();
    let mut seed = first;
    while start.elapsed() < time {
        reached.add(run(seed, STEP)?);
        seed = seed.wrapping_add(STEP);
        tell(&reached);
    }
    Ok(reached)
}

fn check(checker: &mut Checker, seed: u64) -> Result<Reached, String> {
    let plan = Checker::plan(seed);
    let mut why = match checked(checker, seed, &plan) {
        Ok(reached) => return Ok(reached),
        Err(why) => why,
    };
    // Recordings with fewer instructions begin alike, so one of them may fail as well.
    let mut instructions = plan.instructions;
    for fewer in 0..plan.instructions {
        let small = Plan { instructions: fewer, ..plan };
        if let Err(e) = checked(checker, seed, &small) {
            (why, instructions) = (e, fewer);
            break;
        }
    }
    Err(format!("seed {seed} with {instructions} instructions: {why}"))
}

/// A panic is a failure like any other.
fn checked(checker: &mut Checker, seed: u64, plan: &Plan) -> Result<Reached, String> {
    catch_unwind(AssertUnwindSafe(|| checker.check(seed, plan))).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().cloned();
        let message = message.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
        Err(format!("panic: {}", message.unwrap_or_default()))
    })
}
