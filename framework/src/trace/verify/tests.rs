//! What cannot be written as text; the malformed traces that can are files under `tests/traces/verify`.

use super::super::parse::parse;
use super::*;

fn trace() -> Trace {
    parse("i0 = slot_load 1\nlabel [i0] -> s0\ni2 = phi 0\ni3 = int_add i2, i0\njump self [i3]\ns0: {1: i2}")
        .unwrap()
}

fn error(trace: &Trace) -> String {
    verify(trace).unwrap_err().to_string()
}

#[test]
fn a_loop_is_well_formed() {
    assert_eq!(verify(&trace()), Ok(()));
}

#[test]
fn imports_are_exact() {
    let mut t = trace();
    t.imports.clear();
    assert_eq!(error(&t), "imports are [], expected [i0]");
}

#[test]
fn indices_are_in_range() {
    let mut t = trace();
    t.ops[3].args[1] = Ref::op(100);
    assert_eq!(error(&t), "op 3 (int_add): operand 2: there is no op 100");
    t.ops[3].args[1] = Ref::constant(7);
    assert_eq!(error(&t), "op 3 (int_add): operand 2: there is no constant c7");
    t.ops[3].args[1] = Ref::NONE;
    assert_eq!(error(&t), "op 3 (int_add): operand 2: is missing");
    t.ops[3].args[1] = Ref::op(1);
    assert_eq!(error(&t), "op 3 (int_add): operand 2: op 1 (label) has no result");
    let mut t = trace();
    t.ops[3].args[2] = Ref::op(0);
    assert_eq!(error(&t), "op 3 (int_add): more than 2 operands");
    let mut t = trace();
    t.ops[4].list.len = 100;
    assert_eq!(error(&t), "op 4 (jump): the list is out of range");
    let mut t = trace();
    t.ops[4].aux = 9;
    assert_eq!(error(&t), "op 4 (jump): there is no target 9");
    let mut t = trace();
    t.snapshots.clear();
    assert_eq!(error(&t), "op 1 (label): there is no snapshot s0");
}

#[test]
fn an_empty_trace_is_not_well_formed() {
    assert_eq!(error(&Trace::new()), "the last op is not a terminator");
}
