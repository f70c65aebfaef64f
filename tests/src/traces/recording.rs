//! What a recording means, and whether an optimized trace means the same.
//!
//! A loop's recording is one iteration: it runs again and again, its `leave` standing for the jump back. An optimized
//! trace may leave at any guard, as long as the interpreter finds there what it would find: the state that the
//! recording has in the same iteration at a guard of the same instruction - whether that guard fails or not.
//!
//! Invariant: the optimized trace is never believed; everything it claims is recomputed from the recording.

use holloway::trace::eval::{Config, Exit, ModelWorld, Outcome, Trap, run};
use holloway::trace::{Opcode, Trace, TraceId};

use super::compare::{Left, compare};

/// The number that traces under test have.
pub const OWN: TraceId = TraceId(1);

/// Iterations after which a loop is not followed any more.
pub const MOST_ROUNDS: u64 = 40;

/// A recording, and what it is one of.
#[derive(Clone, Copy, Debug)]
pub struct Recording<'a> {
    /// Straight ops and a `leave`.
    pub trace: &'a Trace,
    /// The `leave` stands for a jump back.
    pub is_loop: bool,
}

impl Recording<'_> {
    /// Runs it until a guard fails, or for [`MOST_ROUNDS`]; the outcome counts the iterations in `rounds`.
    /// With `force`, that guard fails in that iteration.
    pub fn run(&self, world: &ModelWorld, force: Option<(usize, u64)>) -> Result<Left, Trap> {
        let mut world = world.clone();
        let end = Exit::Left(self.trace.ops.len() - 1);
        for round in 0.. {
            let force = force.filter(|f| f.1 == round).map(|f| (f.0, 0));
            let config = Config { force, ..Config::default() };
            let mut outcome = run(self.trace, &mut world, &config)?;
            outcome.rounds = round;
            if !self.is_loop || outcome.exit != end || round == MOST_ROUNDS {
                return Ok(Left::new(outcome, world));
            }
            outcome.write_back(&mut world);
        }
        Err(Trap { op: 0, why: "unreachable: the loop above has no end".to_owned() })
    }

    /// Is `left`, an exit of the optimized trace, one that the recording allows?
    pub fn allows(&self, world: &ModelWorld, optimized: &Trace, left: &Left) -> Result<(), String> {
        let iteration = iteration(optimized, &left.outcome);
        let mut reasons = Vec::new();
        for (index, op) in self.trace.ops.iter().enumerate() {
            let here = self.trace.snapshot_of(op).is_some_and(|s| s.at == left.outcome.state.at);
            if !here || !op.code.is_guard() {
                continue;
            }
            let forced = self.run(world, Some((index, iteration)));
            let forced = forced.map_err(|t| format!("the recording traps: {t}"))?;
            if forced.outcome.exit != Exit::Left(index) || forced.outcome.rounds != iteration {
                reasons.push(format!("op {index} of the recording is not reached"));
                continue;
            }
            match compare(&forced, left) {
                Ok(()) => return Ok(()),
                Err(why) => reasons.push(format!("op {index}: {why}")),
            }
        }
        let natural = self.run(world, None).map_err(|t| format!("the recording traps: {t}"))?;
        let rounds = natural.outcome.rounds;
        match compare(&natural, left) {
            Ok(()) if rounds == iteration => return Ok(()),
            Ok(()) => reasons.push(format!("it leaves like this in iteration {rounds}")),
            Err(why) => reasons.push(format!("its own exit in iteration {rounds}: {why}")),
        }
        let at = left.outcome.state.at.0;
        Err(format!(
            "in iteration {iteration} the recording has no such state at @{at}: {}",
            reasons.join("; ")
        ))
    }
}

/// Which iteration of the recording an exit of the optimized trace belongs to.
fn iteration(optimized: &Trace, outcome: &Outcome) -> u64 {
    let index = match outcome.exit {
        Exit::Left(index)
        | Exit::Jumped(index, ..)
        | Exit::Finished(index, ..)
        | Exit::OutOfFuel(index) => index,
    };
    // The preamble is the first iteration, the body the second and all further ones.
    let peeled = optimized.label().is_some_and(|label| index > label);
    outcome.rounds + u64::from(peeled)
}

/// Runs an optimized trace, forcing one guard to fail if asked to.
pub fn run_optimized(
    trace: &Trace,
    world: &ModelWorld,
    force: Option<(usize, u64)>,
) -> Result<Left, Trap> {
    let mut world = world.clone();
    let config = Config { own: Some(OWN), fuel: MOST_ROUNDS - 2, force, ..Config::default() };
    let outcome = run(trace, &mut world, &config)?;
    Ok(Left::new(outcome, world))
}

/// The guards of a trace.
pub fn guards(trace: &Trace) -> impl Iterator<Item = usize> + '_ {
    (0..trace.ops.len()).filter(|&i| trace.ops[i].code.is_guard())
}

/// Checks an optimized trace against its recording in this world: as it runs, and with each guard forced to fail the first
/// and the second time it is reached.
pub fn check_all_exits(
    recording: Recording<'_>,
    optimized: &Trace,
    world: &ModelWorld,
    force_all: bool,
) -> Result<(), String> {
    let trap = |t: Trap| format!("the optimized trace traps: {t}");
    let natural = run_optimized(optimized, world, None).map_err(trap)?;
    if matches!(natural.outcome.exit, Exit::OutOfFuel(_)) {
        let left = recording.run(world, None).map_err(|t| format!("the recording traps: {t}"))?;
        if left.outcome.rounds < natural.outcome.rounds {
            let rounds = left.outcome.rounds;
            return Err(format!(
                "the optimized trace goes on, the recording leaves after {rounds}"
            ));
        }
    } else {
        recording.allows(world, optimized, &natural)?;
    }
    if !force_all {
        return Ok(());
    }
    for guard in guards(optimized) {
        // What happens only once cannot go wrong the second time.
        let in_body = optimized.label().is_some_and(|label| guard > label);
        for nth in 0..1 + u64::from(in_body) {
            let left = run_optimized(optimized, world, Some((guard, nth))).map_err(trap)?;
            if left.outcome.exit != Exit::Left(guard) {
                break;
            }
            let code: Opcode = optimized.ops[guard].code;
            recording
                .allows(world, optimized, &left)
                .map_err(|why| format!("op {guard} ({code}), forced at its {nth}. turn: {why}"))?;
        }
    }
    Ok(())
}
