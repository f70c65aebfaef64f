//! Random traces: machine code and evaluator end at the same place with the same state and the same world.

use super::*;
use crate::assemble::harness::sorted;
use crate::optimize::{Options, PassSet, Silent, optimize_loop};
use crate::trace::eval::{Config, Exit as Ended, ModelWorld, State, run};
use crate::trace::generate::{Plan, Rng, generate};

const OWN: TraceId = TraceId(9);

/// What can be compared of a run.
#[derive(Debug, PartialEq)]
pub(super) struct Left {
    op: usize,
    state: State,
    world: String,
    log: Vec<(CallId, Vec<u64>)>,
}

pub(super) fn left(op: usize, state: State, world: &ModelWorld) -> Left {
    let mut state = sorted(state);
    let slots = state.slots.iter_mut().map(|s| &mut s.1.bits);
    let world = world.canonical(slots.chain(state.replay.iter_mut().map(|c| &mut c.bits)));
    let log = world.log.clone();
    Left { op, state, world: format!("{world:?}"), log }
}

/// Only the lines that differ.
pub(super) fn difference(want: &Left, got: &Left) -> String {
    let (want, got) = (format!("{want:#?}"), format!("{got:#?}"));
    let mut out = String::new();
    for (w, g) in want.lines().zip(got.lines()).filter(|(w, g)| w != g) {
        out += &format!("want {w:.200}\ngot  {g:.200}\n");
    }
    out
}

fn agree(native: &mut Native, trace: &Trace, worlds: &[ModelWorld], what: &str) {
    let code = match native.compile(trace, OWN, EntryFrom::Memory, &|_| None) {
        Ok(code) => code,
        Err(error) => panic!("{error}\n{what}\n{trace}"),
    };
    for world in worlds {
        let mut model = world.clone();
        let config = Config { own: Some(OWN), ..Config::default() };
        let outcome = run(trace, &mut model, &config).expect("no trap");
        let Ended::Left(op) = outcome.exit else { panic!("not left") };
        let want = left(op, outcome.state, &model);
        let mut machine = world.clone();
        let exited = native.run(&mut machine, code.entry).expect("left through an exit");
        assert_eq!(exited.trace, OWN);
        let exit = &code.exits[exited.exit as usize];
        let state = native.state(&mut machine, trace, exit);
        let got = left(exit.op, state, &machine);
        if want != got {
            let text = crate::assemble::listing::listing(&code, trace, &native.memory);
            panic!("{what}\n{trace}\n{}\n{text}\n{}", exit.live.len(), difference(&want, &got));
        }
    }
    native.memory.free(code.range);
}

fn try_seeds(first: u64, count: u64, baseline: bool) -> usize {
    let vocabulary = vocabulary();
    let mut native = Native::new(baseline);
    let mut traces = 0;
    for seed in first..first + count {
        let mut rng = Rng::new(seed ^ 0x5eed);
        let plan = Plan::random(&mut Rng::new(seed));
        native.clear();
        let mut generated = generate(seed, &plan, &vocabulary, &mut |words| native.place(words));
        native.prepare(&mut generated.world);
        let worlds: Vec<ModelWorld> = (0..4)
            .map(|i| {
                let world = match i {
                    0 => generated.world.clone(),
                    _ => generated.mutate(&vocabulary, &mut rng),
                };
                ModelWorld { countdown: rng.below(6) as i64, ..world }
            })
            .collect();
        agree(&mut native, &generated.recording, &worlds, &format!("seed {seed} recording"));
        traces += 1;
        for passes in [PassSet::ALL, PassSet::NONE] {
            let options = Options::passes(passes);
            let Ok(trace) = optimize_loop(&generated.recording, OWN, &options, &mut Silent) else {
                continue;
            };
            agree(&mut native, &trace, &worlds, &format!("seed {seed} opt={passes}"));
            traces += 1;
        }
    }
    traces
}

/// Which seeds to try: `FIRST` and `SEEDS` in the environment, for long runs.
pub(super) fn seeds(usual: u64) -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|s| s.parse().ok());
    (number("FIRST").unwrap_or(0), number("SEEDS").unwrap_or(usual))
}

#[test]
fn machine_code_does_what_the_evaluator_does() {
    let (first, count) = seeds(250);
    let traces = try_seeds(first, count, false);
    assert!(traces as u64 > count, "{traces} traces");
}

#[test]
fn so_does_code_for_old_processors() {
    try_seeds(100_000, 100, true);
}
