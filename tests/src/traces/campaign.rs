//! Many random recordings: a fixed number in the tests, or for hours.
//!
//! Invariant: a failure names a seed that shows it again, with as few instructions as still do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use holloway::trace::generate::Plan;
use libtest_mimic::{Failed, Trial};

use super::differential::{Checker, Reached};

/// Pieces of the campaign in the tests, which can run side by side, and the traces in each.
const PIECES: u64 = 8;
const PIECE: u64 = 2_500;

/// 20,000 random recordings.
pub fn tests() -> Vec<Trial> {
    let piece = |n: u64| {
        Trial::test(format!("generated/traces-{}", n * PIECE), move || {
            run(n * PIECE, PIECE).map(|_| ()).map_err(Failed::from)
        })
    };
    (0..PIECES).map(piece).collect()
}

/// Checks the recordings of `count` seeds; stops at the first that fails.
pub fn run(first: u64, count: u64) -> Result<Reached, String> {
    let mut checker = Checker::new()?;
    let mut reached = Reached::default();
    for seed in first..first.saturating_add(count) {
        reached.add(check(&mut checker, seed)?);
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
