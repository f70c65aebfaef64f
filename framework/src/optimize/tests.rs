//! Random recordings, optimized with every kind of pass list: the evaluator must not see a difference.
//!
//! The reference is the recording itself, run again and again through memory.

pub(crate) mod bridges;

use super::*;
use crate::trace::eval::{Config, Exit as Ended, ModelWorld, State, run};
use crate::trace::generate::{Generated, Plan, Rng, Vocabulary, generate, made_up_addresses};
use crate::trace::parse::parse;
use crate::trace::verify::verify;
use std::fmt::Debug;

pub(crate) const OWN: TraceId = TraceId(9);

/// How many seeds to try: `HOLLOWAY_SEEDS`, or as many as take a few seconds.
fn seeds() -> u64 {
    let given = std::env::var("HOLLOWAY_SEEDS").ok().and_then(|n| n.parse().ok());
    given.unwrap_or(if cfg!(miri) { 5 } else { 600 })
}

fn made(seed: u64) -> (Generated, Vocabulary) {
    let vocabulary = Vocabulary::new(&|_| 0);
    let plan = Plan::random(&mut Rng::new(seed));
    (generate(seed, &plan, &vocabulary, &mut made_up_addresses()), vocabulary)
}

pub(crate) fn pass_sets() -> Vec<PassSet> {
    let mut sets = vec![PassSet::ALL, PassSet::NONE];
    for pass in PassId::ALL {
        sets.push(PassSet::ALL.without(pass));
        sets.push(PassSet::NONE.with(pass));
        sets.push(PassSet::NONE.with(PassId::Peel).with(pass));
    }
    sets
}

/// What a run leaves behind, as far as a program could tell.
#[derive(Debug, PartialEq)]
struct Left {
    state: State,
    world: String,
    calls: Vec<(crate::trace::CallId, Vec<u64>)>,
}

fn left(mut state: State, world: &ModelWorld) -> Left {
    // The slots are in the world by now.
    state.slots.clear();
    let world = world.canonical(state.replay.iter_mut().map(|c| &mut c.bits));
    let calls = world.log.clone();
    Left { state, world: format!("{world:?} {}", world.signal), calls }
}

/// Runs the recording through memory until it leaves in the middle.
fn reference(recording: &Trace, mut world: ModelWorld) -> Left {
    loop {
        let outcome = run(recording, &mut world, &Config::default()).expect("no trap");
        outcome.write_back(&mut world);
        if outcome.exit != Ended::Left(recording.ops.len() - 1) {
            return left(outcome.state, &world);
        }
    }
}

/// Runs an optimized trace until it leaves.
fn optimized(trace: &Trace, mut world: ModelWorld) -> Result<Left, String> {
    let config = Config { own: Some(OWN), ..Config::default() };
    let outcome = run(trace, &mut world, &config).map_err(|trap| trap.to_string())?;
    outcome.write_back(&mut world);
    Ok(left(outcome.state, &world))
}

fn explain(
    seed: u64,
    passes: PassSet,
    recording: &Trace,
    trace: &Trace,
    why: &dyn Debug,
) -> String {
    format!("seed {seed}, opt={passes}\n{recording}\n====\n{trace}\n{why:#?}")
}

/// Does its label have virtuals?
pub(crate) fn carries(trace: &Trace) -> bool {
    let snapshot = trace.label().and_then(|label| trace.snapshot_of(&trace.ops[label]));
    snapshot.is_some_and(|s| !s.virtuals.is_empty())
}

/// Does its label know words of memory?
pub(crate) fn remembers(trace: &Trace) -> bool {
    let snapshot = trace.label().and_then(|label| trace.snapshot_of(&trace.ops[label]));
    snapshot.is_some_and(|s| !s.memory.is_empty())
}

/// Do guards tell of stores that were put off?
pub(crate) fn delays(trace: &Trace) -> bool {
    let mut snapshots = trace.ops.iter().filter(|op| op.code != Opcode::Label);
    snapshots.any(|op| trace.snapshot_of(op).is_some_and(|s| !s.memory.is_empty()))
}

/// Are there ops before its label that a trace from elsewhere must not run?
fn bars(trace: &Trace) -> bool {
    let snapshot = trace.label().and_then(|label| trace.snapshot_of(&trace.ops[label]));
    snapshot.is_some_and(|s| !s.barred.is_empty())
}

#[test]
fn what_is_barred_is_not_short() {
    let text = |barred| {
        format!(
            "i0 = slot_load 1\ni1 = slot_load 2\ni2 = int_div i0, i1\nb3 = int_lt i2, 5\nguard_true b3 -> s0\n\
             i5 = slot_load 3\nlabel [i5] -> s1\ni7 = phi 0\njump self [i7]\ns0: @1 {{}}\ns1: @1 {{3: i7}}{barred}\n"
        )
    };
    let short = |barred| bridge::short_at_label(&parse(&text(barred)).unwrap(), 6);
    assert_eq!(short(""), [true, true, true, true, true, false]);
    assert_eq!(short(" barred [i2]"), [true, true, false, false, false, false]);
}

#[test]
fn optimized_loops_do_what_their_recordings_did() {
    let mut rng = Rng::new(3);
    let (mut tried, mut peeled, mut carrying, mut remembering) = (0, 0, 0, 0);
    let (mut barring, mut delaying) = (0, 0);
    for seed in 0..seeds() {
        let (generated, vocabulary) = made(seed);
        let recording = &generated.recording;
        let worlds: Vec<ModelWorld> = (0..4)
            .map(|i| {
                let world = match i {
                    0 => generated.world.clone(),
                    _ => generated.mutate(&vocabulary, &mut rng),
                };
                ModelWorld { countdown: rng.below(6) as i64, ..world }
            })
            .collect();
        // All passes, none, and some of the other lists: each of them meets many seeds.
        let all = pass_sets();
        let some: Vec<PassSet> = (0..4).map(|_| rng.choose(&all)).collect();
        for (i, passes) in [PassSet::ALL, PassSet::NONE].into_iter().chain(some).enumerate() {
            let generalize = i > 0 && rng.percent(20);
            let options = Options { generalize, ..Options::passes(passes) };
            let trace = match optimize_loop(recording, OWN, &options, &mut Silent) {
                Ok(trace) => trace,
                Err(GiveUp::TypeUnstable { .. }) => continue,
                Err(why) => panic!("{}", explain(seed, passes, recording, recording, &why)),
            };
            if let Err(why) = verify(&trace) {
                panic!("{}", explain(seed, passes, recording, &trace, &why));
            }
            tried += 1;
            peeled += usize::from(trace.label().is_some());
            carrying += usize::from(carries(&trace));
            remembering += usize::from(remembers(&trace));
            barring += usize::from(bars(&trace));
            delaying += usize::from(delays(&trace));
            for world in &worlds {
                let want = reference(recording, world.clone());
                let got = optimized(&trace, world.clone());
                assert!(
                    got.as_ref() == Ok(&want),
                    "{}",
                    explain(seed, passes, recording, &trace, &(want, got, world))
                );
            }
        }
    }
    assert!(tried as u64 > 3 * seeds(), "{tried} traces");
    assert!(3 * peeled > tried, "{peeled} of {tried} peeled");
    assert!(carrying as u64 > seeds() / 20, "{carrying} labels with virtuals");
    assert!(remembering as u64 > seeds() / 20, "{remembering} labels that know words of memory");
    assert!(delaying as u64 > seeds() / 20, "{delaying} traces that put stores off");
    println!(
        "{tried} traces, {peeled} peeled, {carrying} with virtuals, {remembering} with words, {barring} that bar, \
         {delaying} that delay"
    );
}

#[test]
fn optimized_lines_do_what_their_recordings_did() {
    for seed in 0..seeds() {
        let (generated, _) = made(seed);
        let recording = &generated.recording;
        let trace = optimize_line(recording, &Options::default(), &mut Silent);
        if let Err(why) = verify(&trace) {
            panic!("{}", explain(seed, PassSet::ALL, recording, &trace, &why));
        }
        let finish = |trace: &Trace| {
            let mut world = generated.world.clone();
            let outcome = run(trace, &mut world, &Config::default()).expect("no trap");
            outcome.write_back(&mut world);
            left(outcome.state, &world)
        };
        let (want, got) = (finish(recording), finish(&trace));
        assert!(want == got, "{}", explain(seed, PassSet::ALL, recording, &trace, &(want, got)));
    }
}
