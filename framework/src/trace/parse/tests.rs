//! The text form: what prints parses back to the same trace, and what does not parse says where.

use super::super::print::{PrintOptions, print, print_declarations, print_with_objects};
use super::*;

const SAMPLE: &str = "\
i0 = slot_load 4
p1 = slot_load local0
i2 = int_add_ovf i0, 1 -> s0
f3 = field_load p1.T.Point.x
i4 = elem_load p1.T.Words[] i0
elem_store p1.T.Words[] i0, i2
i6 = call t_hash(p1, 1.5)
guard_value i6, -7 -> s0
p8 = new T.Point
p9 = new_array T.Words, 5
field_store p8.T.Point.x, -0.0
call_void t_show(@0)
guard_no_error -> s0
guard_value f3, nan -> s0
label [i2, f3] -> s1
i15 = phi 0
f16 = phi 1
b17 = float_lt f16, 1e300
guard_true b17 -> s0
f19 = float_add f16, float:0x7ff8000000000001
i20 = int_add i15, i0
slot_store -3, p9
slot_store 2, true
b23 = ref_eq @0, null
f24 = float_mul f19, -inf
f25 = float_add f24, inf
i26 = int_xor i20, -9223372036854775808
jump self [i26, f25]
s0: @12 base 4 {-2: i2, 3: 1.0, local0: p1} replay [i6, @1]
s1: @13 {}
";

const HEADER: &str = "\
access T.Point.x f64 mutable offset 8
access T.Words[] i64 mutable offset 16
call t_hash(ref, f64) -> i64 reads
call t_show(ref) writes fails
layout T.Point tag 3 size 24 elem 0
layout T.Words tag 4 size 16 elem 8
";

fn error(text: &str) -> String {
    parse(text).map(|t| t.to_string()).unwrap_err().to_string()
}

#[test]
fn what_prints_parses_to_the_same() {
    let mut names = Names::default();
    let trace = parse_with(&format!("{HEADER}{SAMPLE}"), &mut names).unwrap();
    let (text, objects) = print_with_objects(&trace, &PrintOptions::default());
    assert_eq!(text, SAMPLE);
    assert_eq!(objects.len(), 2);
    assert_eq!(names.object_name(objects[1]).as_deref(), Some("1"));
    assert!(parse_with(&text, &mut names).unwrap() == trace);
    assert_eq!(print_declarations(&trace), HEADER);
    assert_eq!(trace.imports, [Ref::op(0), Ref::op(1), Ref::op(2), Ref::op(6), Ref::op(9)]);
}

#[test]
fn every_op_and_jump_prints_and_parses() {
    let mut text = HEADER.to_owned();
    for (i, &code) in Opcode::ALL.iter().enumerate() {
        let ty = match code.result() {
            ResultTy::Nothing => None,
            ResultTy::Own => Some(Ty::Int),
            ResultTy::Is(ty) => Some(ty),
        };
        let result = ty.map_or(String::new(), |ty| format!("{}{i} = ", ty.letter()));
        let constants = ["1", "2.0", "false"];
        let operands = match code {
            Opcode::Input | Opcode::Phi | Opcode::SlotLoad | Opcode::SlotAddr => "7".to_owned(),
            Opcode::SlotStore => "7, 1".to_owned(),
            Opcode::Label => "[]".to_owned(),
            Opcode::Jump => "loop 3 base -4 [1]".to_owned(),
            Opcode::FieldLoad => "null.T.Point.x".to_owned(),
            Opcode::FieldStore => "null.T.Point.x, 1.0".to_owned(),
            Opcode::ElemLoad => "null.T.Words[] 0".to_owned(),
            Opcode::ElemStore => "null.T.Words[] 0, 1".to_owned(),
            Opcode::New => "T.Point".to_owned(),
            Opcode::NewArray | Opcode::Virtual => "T.Words, 1".to_owned(),
            Opcode::Call | Opcode::CallVoid => "t_hash(null, 1.5)".to_owned(),
            Opcode::CallGuest => "@4 base 8 [1, 10, 2, 7]".to_owned(),
            Opcode::DirectEntry => "[1, 2, 2, 7]".to_owned(),
            Opcode::Finish => "1, 2.0 base -4".to_owned(),
            _ => constants[..code.operands().len()].join(", "),
        };
        let space = if operands.is_empty() { "" } else { " " };
        let snap = if code.has_snapshot() { " -> s0" } else { "" };
        text += &format!("{result}{code}{space}{operands}{snap}\n");
    }
    text += "jump entry 3 base 0\njump entry 3 base 1 [1]\njump self []\ns0: @0 {}\n";
    let trace = parse(&text).unwrap();
    assert_eq!(format!("{HEADER}{trace}"), text);
}

#[test]
fn names_need_not_be_indices() {
    let trace = parse("i100 = slot_load 1\nleave -> s0\n\ns0: {1: i100} ; here").unwrap();
    assert_eq!(trace.to_string(), "i0 = slot_load 1\nleave -> s0\ns0: @0 {1: i0}\n");
}

#[test]
fn comments_and_object_names_come_from_the_caller() {
    let trace = parse("p0 = slot_load 1\nb1 = ref_eq p0, @5\n").unwrap();
    let options = PrintOptions {
        name_object: Some(&|_| Some("a thing".to_owned())),
        annotate: Some(&|i| (i == 1).then(|| "once\nonly".to_owned())),
        location: Some(&|key| Some(format!("a.mini:{}", key.0))),
        ..PrintOptions::default()
    };
    let text = print(&trace, &options);
    let want =
        "; a.mini:0\np0 = slot_load 1\nb1 = ref_eq p0, @a_thing                    ; once only\n";
    assert_eq!(text, want);
}

#[test]
fn errors_have_a_position() {
    assert_eq!(error("i0 = int_add 1, i5"), "1:17: `i5` is not defined");
    assert_eq!(error("\n  i0 = int_ad 1, 2"), "2:3: there is no op `int_ad`");
    assert_eq!(error("i0 = int_add 1"), "1:15: expected `,`, found the end of the line");
    assert_eq!(error("i0 = int_add 1, 2 3"), "1:19: expected the end of the line, found `3`");
    assert_eq!(
        error("f0 = int_add 1, 2"),
        "1:1: `int_add` yields a value whose name begins with `i`"
    );
    assert_eq!(error("int_add 1, 2"), "1:1: `int_add` yields a value: name it");
    assert_eq!(error("i0 = slot_load 1\ni0 = slot_load 1"), "2:1: `i0` is defined twice");
    assert_eq!(error("leave -> s0"), "1:10: there is no snapshot `s0`");
    assert_eq!(error("s1: {}\ns0: {}"), "1:1: snapshots stand in order: expected `s0`");
    assert_eq!(error("i0 = slot_load local9"), "1:16: red locals are `local0` to `local7`");
    assert_eq!(
        error("i0 = int_neg 99999999999999999999"),
        "1:14: `99999999999999999999` is not a number of 64 bits"
    );
    assert_eq!(error("i0 = call nothing()"), "1:11: there is no function `nothing`");
    assert_eq!(error("i0 = field_load null.Nothing.x"), "1:22: there is no field `Nothing.x`");
    assert_eq!(error("access x i64 mutable"), "1:8: expected `Layout.field` or `Layout[]`");
    assert_eq!(error("jump far []"), "1:6: expected `self`, `loop` or `entry`");
}

#[test]
fn damaged_text_never_panics() {
    // Under names of its own: what it declares must not shadow what other tests print.
    let text = format!("{HEADER}{SAMPLE}").replace("T.", "D.").replace("t_", "d_");
    for end in 0..text.len() {
        let _ = parse(&text[..end]);
        for junk in ["ö", "-", ".", "[", ":", "#", "@", "99999999999"] {
            let _ = parse(&format!("{}{junk}{}", &text[..end], &text[end + 1..]));
        }
    }
}
