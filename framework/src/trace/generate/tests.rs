//! Recordings are well-formed, print, run to their end in their own world, and never trap in another.

use super::super::eval::{Config, Exit, run};
use super::super::parse::{Names, parse_with};
use super::super::print::{PrintOptions, print_with_objects};
use super::super::verify::verify;
use super::*;
use std::collections::BTreeSet;

fn made(seed: u64) -> (Generated, Vocabulary) {
    let vocabulary = Vocabulary::new(&|_| 0);
    let mut plan = Plan::random(&mut Rng::new(seed));
    plan.finish = seed % 16 == 5;
    plan.direct = seed % 32 == 5;
    (generate(seed, &plan, &vocabulary, &mut made_up_addresses()), vocabulary)
}

const SEEDS: u64 = if cfg!(miri) { 10 } else { 2000 };

#[test]
fn recordings_are_well_formed_and_print() {
    let mut seen = BTreeSet::new();
    for seed in 0..SEEDS {
        let (generated, _) = made(seed);
        let trace = &generated.recording;
        assert_eq!(verify(trace), Ok(()), "seed {seed}\n{trace}");
        let (text, objects) = print_with_objects(trace, &PrintOptions::default());
        let mut names = Names::default();
        for (i, &address) in objects.iter().enumerate() {
            names.place_object(&i.to_string(), address);
        }
        let parsed = parse_with(&text, &mut names).unwrap();
        assert!(parsed == *trace, "seed {seed}\n{trace}");
        seen.extend(trace.ops.iter().map(|op| op.code));
    }
    use Opcode::*;
    let structure = [Input, Label, Phi, Jump, Virtual];
    let missing: Vec<_> = Opcode::ALL
        .iter()
        .filter(|code| !seen.contains(code) && !structure.contains(code))
        .collect();
    assert!(missing.is_empty() || cfg!(miri), "never generated: {missing:?}");
}

#[test]
fn recordings_run_to_their_end_and_never_trap() {
    let mut rng = Rng::new(7);
    let mut rounds = 0;
    for seed in 0..SEEDS {
        let (generated, vocabulary) = made(seed);
        let trace = &generated.recording;
        let mut world = generated.world.clone();
        for round in 0..8 {
            let outcome = run(trace, &mut world, &Config::default());
            let outcome = outcome.unwrap_or_else(|trap| panic!("seed {seed}: {trap}\n{trace}"));
            let end = Exit::Left(trace.ops.len() - 1);
            if matches!(outcome.exit, Exit::Finished(..)) {
                break;
            }
            assert!(round > 0 || outcome.exit == end, "seed {seed}: {:?}\n{trace}", outcome.exit);
            if outcome.exit != end {
                break;
            }
            rounds += 1;
            outcome.write_back(&mut world);
        }
        let mut world = generated.mutate(&vocabulary, &mut rng);
        let outcome = run(trace, &mut world, &Config::default());
        outcome.unwrap_or_else(|trap| panic!("seed {seed}, mutated: {trap}\n{trace}"));
    }
    assert!(rounds > 2 * SEEDS, "most recordings should close a loop: {rounds} rounds");
}
