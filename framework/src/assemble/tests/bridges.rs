//! Random bridges: a loop with a bridge attached to one of its guards, all of it machine code.
//!
//! The evaluator plays the same: loop, bridge, where the bridge jumps to, until something leaves for the interpreter.

use super::random::{Left, difference, left};
use super::*;
use crate::optimize::tests::OWN;
use crate::optimize::tests::bridges::{Leaving, as_bridge, leave_somewhere, turned};
use crate::optimize::{BridgeEnd, Exit as From, Options, PassSet, Prefix, Silent};
use crate::optimize::{optimize_bridge, optimize_loop};
use crate::trace::Target;
use crate::trace::eval::{Config, Exit as Ended, ModelWorld, run};
use crate::trace::generate::{Plan, Rng, generate};
use crate::trace::verify::verify;

const BRIDGE: TraceId = TraceId(10);

/// Loop and bridge in the evaluator; which trace is left, and how. Nothing if it goes on for long.
fn play(leaving: &Leaving, bridge: &Trace, mut world: ModelWorld) -> Option<(TraceId, Left)> {
    let mut at_label: Option<Vec<u64>> = None;
    for _ in 0..30 {
        let config = Config { own: Some(OWN), at_label: at_label.as_deref(), ..Config::default() };
        let outcome = run(&leaving.trace, &mut world, &config).ok()?;
        let Ended::Left(op) = outcome.exit else { return None };
        if op != leaving.guard {
            return Some((OWN, left(op, outcome.state, &world)));
        }
        let inputs = bridge.ops.iter().take_while(|op| op.code == crate::trace::Opcode::Input);
        let inputs: Vec<u64> = inputs.map(|op| outcome.values[op.aux as usize]).collect();
        let config = Config { inputs: &inputs, own: Some(BRIDGE), ..Config::default() };
        let outcome = run(bridge, &mut world, &config).ok()?;
        at_label = match outcome.exit {
            Ended::Left(op) => return Some((BRIDGE, left(op, outcome.state, &world))),
            Ended::Jumped(_, Target::Loop { base, .. }, values) => {
                crate::trace::eval::World::move_base(&mut world, base);
                Some(values)
            }
            Ended::Jumped(_, Target::Entry { base, .. }, _) => {
                crate::trace::eval::World::move_base(&mut world, base);
                None
            }
            _ => return None,
        };
    }
    None
}

#[derive(Debug, Default)]
struct Counts {
    bridges: usize,
    into_labels: usize,
    runs: usize,
    through: usize,
}

fn try_seed(seed: u64, native: &mut Native, vocabulary: &Vocabulary, counts: &mut Counts) {
    let mut rng = Rng::new(seed ^ 0xb41d);
    let plan = Plan::random(&mut Rng::new(seed));
    native.clear();
    let mut generated = generate(seed, &plan, vocabulary, &mut |words| native.place(words));
    native.prepare(&mut generated.world);
    let recording = &generated.recording;
    let passes = if rng.percent(60) { PassSet::ALL } else { PassSet::NONE };
    let options = Options::passes(passes);
    let Ok(trace) = optimize_loop(recording, OWN, &options, &mut Silent) else { return };
    let code = native.compile(&trace, OWN, EntryFrom::Memory, &|_| None).expect("compiles");
    for _ in 0..6 {
        let world = match rng.percent(50) {
            true => generated.world.clone(),
            false => generated.mutate(vocabulary, &mut rng),
        };
        let Some(leaving) = leave_somewhere(trace.clone(), &world, &mut rng) else { continue };
        let Some(turned) = turned(recording, &leaving.complete) else { continue };
        let Some(bridge) = as_bridge(&turned, &leaving) else { continue };
        if verify(&bridge).is_err() {
            continue;
        }
        let Some(exit) = code.exits.iter().find(|e| e.op == leaving.guard) else { continue };
        let from = From {
            prefix: &[Prefix { trace: &leaving.trace, upto: leaving.guard }],
            available: &|r| r.is_const() || exit.loc(r).is_some(),
            word_at_end: &|_| None,
        };
        let ends = [
            BridgeEnd::Leave,
            BridgeEnd::Entry { trace: OWN, base: 0 },
            BridgeEnd::Loop { trace: &leaving.trace, id: OWN, base: 0 },
        ];
        for end in ends {
            let Ok(bridge) = optimize_bridge(&bridge, &from, end, &options, &mut Silent) else {
                continue;
            };
            counts.bridges += 1;
            counts.into_labels += usize::from(matches!(end, BridgeEnd::Loop { .. }));
            let worlds: Vec<ModelWorld> = (0..4)
                .map(|_| ModelWorld { countdown: rng.below(9) as i64, ..world.clone() })
                .collect();
            let what = format!("seed {seed} opt={passes}");
            attached(native, &leaving, &code, exit, &bridge, &worlds, counts, &what);
        }
    }
    native.memory.free(code.range);
}

fn attached(
    native: &mut Native,
    leaving: &Leaving,
    code: &CompiledCode,
    exit: &Exit,
    bridge: &Trace,
    worlds: &[ModelWorld],
    counts: &mut Counts,
    what: &str,
) {
    let entry = EntryFrom::Exit { exit, parent_spills: code.spills, completes: false };
    let target = TargetInfo { entry: code.inner, label: code.label.clone(), spills: code.spills };
    let compiled = native.compile(bridge, BRIDGE, entry, &|_| Some(target.clone()));
    let compiled = match compiled {
        Ok(compiled) => compiled,
        Err(error) => panic!("{error}\n{what}\n{}\n===={bridge}", leaving.trace),
    };
    attach(&mut native.memory, exit, compiled.entry);
    for world in worlds {
        let Some((id, want)) = play(leaving, bridge, world.clone()) else { continue };
        counts.runs += 1;
        counts.through += usize::from(id == BRIDGE);
        let mut machine = world.clone();
        let exited = native.run(&mut machine, code.entry).expect("left through an exit");
        let (trace, exits) = match exited.trace {
            OWN => (&leaving.trace, &code.exits),
            _ => (bridge, &compiled.exits),
        };
        let exit = &exits[exited.exit as usize];
        let state = native.state(&mut machine, trace, exit);
        let got = left(exit.op, state, &machine);
        assert!(
            want == got && id == exited.trace,
            "{what}\n{}\n{}\n==== exit {}\n{bridge}\n{}\n{:?} {:?}\n{}",
            leaving.trace,
            listing::listing(code, &leaving.trace, &native.memory),
            leaving.guard,
            listing::listing(&compiled, bridge, &native.memory),
            id,
            exited,
            difference(&want, &got)
        );
    }
    detach(&mut native.memory, exit);
    native.memory.free(compiled.range);
}

fn try_seeds(seeds: std::ops::Range<u64>, baseline: bool) -> Counts {
    let vocabulary = vocabulary();
    let mut native = Native::new(baseline);
    let mut counts = Counts::default();
    for seed in seeds {
        try_seed(seed, &mut native, &vocabulary, &mut counts);
    }
    counts
}

#[test]
fn bridges_do_what_the_evaluator_does() {
    let (first, count) = super::random::seeds(500);
    let counts = try_seeds(first..first + count, false);
    println!("{counts:?}");
    assert!(counts.into_labels as u64 > count / 10, "{counts:?}");
    assert!(try_seeds(first + count..first + count + count / 4, true).bridges > 0);
}
