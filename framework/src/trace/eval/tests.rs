//! Loops, guards, forced exits, heap, calls and traps.

use super::super::desc::CallId;
use super::super::parse::{Names, parse_with};
use super::super::verify::verify;
use super::*;

fn world(slots: &[(i32, u64)]) -> ModelWorld {
    let mut world = ModelWorld::default();
    slots.iter().for_each(|&(slot, word)| world.store_slot(Slot(slot), word));
    world
}

fn traced(text: &str) -> Trace {
    let trace = parse_with(text, &mut Names::default()).unwrap();
    verify(&trace).unwrap();
    trace
}

const SUM: &str = "\
i0 = slot_load 0
i1 = slot_load 1
label [i0, 0] -> s0
i3 = phi 0
i4 = phi 1
b5 = int_lt i3, i1
guard_true b5 -> s1
i7 = int_add_ovf i4, i3 -> s1
i8 = int_add i3, 1
jump self [i8, i7]
s0: @1 {0: i3, 2: i4}
s1: @2 base 3 {0: i3, 2: i4} replay [7]
";

#[test]
fn a_loop_runs_until_its_guard_fails() {
    let trace = traced(SUM);
    let mut world = world(&[(0, 0), (1, 10)]);
    let outcome = run(&trace, &mut world, &Config::default()).unwrap();
    assert_eq!(outcome.exit, Exit::Left(6));
    assert_eq!(outcome.rounds, 10);
    assert_eq!(outcome.state.at, KeyId(2));
    let int = |bits| Const { ty: Ty::Int, bits };
    assert_eq!(outcome.state.slots, [(Slot(0), int(10)), (Slot(2), int(45))]);
    assert_eq!(outcome.state.replay, [int(7)]);
    outcome.write_back(&mut world);
    assert_eq!((world.stack[&0], world.stack[&2], world.base), (10, 45, 3));
}

#[test]
fn fuel_and_force_end_a_loop() {
    let trace = traced(SUM);
    let fuel = Config { fuel: 3, ..Config::default() };
    let outcome = run(&trace, &mut world(&[(0, 0), (1, 10)]), &fuel).unwrap();
    assert_eq!((outcome.exit, outcome.rounds), (Exit::OutOfFuel(9), 3));
    let force = Config { force: Some((7, 4)), ..Config::default() };
    let outcome = run(&trace, &mut world(&[(0, 0), (1, 10)]), &force).unwrap();
    assert_eq!((outcome.exit, outcome.rounds), (Exit::Left(7), 4));
    assert_eq!(outcome.state.slots[1].1.bits, 6);
}

#[test]
fn a_run_may_start_at_the_label() {
    let trace = traced(SUM);
    let config = Config { at_label: Some(&[8, 100, 10]), ..Config::default() };
    let outcome = run(&trace, &mut world(&[]), &config).unwrap();
    assert_eq!(outcome.state.slots[1].1.bits, 117);
}

#[test]
fn heap_calls_and_errors() {
    let text = "\
access E.Pair.a u8 mutable
access E.Pair.b i64 mutable
access E.Words[] i64 mutable
layout E.Pair
layout E.Words
call e_half(i64) -> i64 reads fails
p0 = new E.Pair
field_store p0.E.Pair.a, 513
field_store p0.E.Pair.b, -1
i3 = field_load p0.E.Pair.a
p4 = new_array E.Words, 2
i5 = slot_load 0
elem_store p4.E.Words[] i5, i3
i7 = elem_load p4.E.Words[] 1
i8 = call e_half(i7)
guard_no_error -> s0
leave -> s1
s0: @1 {} replay [i8]
s1: @2 {1: i8, 2: p0}
";
    let mut names = Names::default();
    let trace = parse_with(text, &mut names).unwrap();
    verify(&trace).unwrap();
    let make = |index| {
        let mut world = world(&[(0, index)]);
        let half = CallId::named("e_half").unwrap();
        world.define(half, |_, args| (args[0] % 2 == 1).then_some(args[0] / 2 + 40));
        world
    };
    let outcome = run(&trace, &mut make(1), &Config::default()).unwrap();
    assert_eq!(outcome.exit, Exit::Left(10));
    assert_eq!(outcome.state.slots[0].1.bits, 40);
    let outcome = run(&trace, &mut make(0), &Config::default()).unwrap();
    assert_eq!((outcome.exit, outcome.state.replay.len()), (Exit::Left(9), 1));
    let trap = run(&trace, &mut make(2), &Config::default()).unwrap_err();
    assert_eq!(trap.to_string(), "op 6: E.Words[] with index Some(2) is out of bounds");
}

#[test]
fn undefined_ops_are_traps() {
    let trace = traced("i0 = slot_load 0\ni1 = int_div 1, i0\nleave -> s0\ns0: {}");
    let trap = run(&trace, &mut world(&[(0, 0)]), &Config::default()).unwrap_err();
    assert_eq!(trap.to_string(), "op 1: int_div is not defined on 1 and 0");
    let trap = run(&trace, &mut world(&[]), &Config::default()).unwrap_err();
    assert_eq!(trap.to_string(), "op 0: slot 0 is not set");
}

#[test]
fn jumps_to_its_own_entry_go_through_memory() {
    let trace = traced(
        "i0 = slot_load 0\nguard_value i0, 5 -> s0\nslot_store 3, i0\njump entry 7 base 3\ns0: {1: i0}",
    );
    let mut world = world(&[(0, 5)]);
    let config = Config { own: Some(TraceId(7)), fuel: 2, ..Config::default() };
    let outcome = run(&trace, &mut world, &config).unwrap();
    assert_eq!((outcome.exit, outcome.rounds, world.base), (Exit::OutOfFuel(3), 2, 6));
    let mut world = self::world(&[(0, 5)]);
    let outcome = run(&trace, &mut world, &Config::default()).unwrap();
    let target = Target::Entry { trace: TraceId(7), base: 3 };
    assert_eq!(outcome.exit, Exit::Jumped(3, target, Vec::new()));
}
