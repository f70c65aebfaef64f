//! An instruction as a formula that a reader of Scheme understands: `r5 = (car r4)`.
//!
//! The notation is that of the table in [`op`](super::op), with constants in place of their indices,
//! with the targets of jumps counted out, and with the global variable that is called in place of the
//! slot it was fetched to. Reports and `--dump-bytecode` share it.

use std::fmt::Write;

use holloway::{Tag, Val};

use super::code::Code;
use super::op::{Binary, Cmp, Konst, Op, Slot, Test, Unary};
use crate::builtins;
use crate::machine::Machine;
use crate::symbol::Sym;
use crate::value::{GlobalCell, UNASSIGNED_WORD, as_symbol, list, show};

/// Characters of a constant that are shown.
const SHOWN: usize = 24;

/// What instruction `pc` of `code` does.
pub(super) fn formula(machine: &Machine, code: &Code, pc: u32, op: Op) -> String {
    let k = |k: Konst| code.consts.get(usize::from(k)).map_or("?".into(), |v| text(machine, *v));
    let target = op.target(pc).unwrap_or_default();
    match op {
        Op::Move { d, s } => format!("r{d} = r{s}"),
        Op::Const { d, k: c } => format!("r{d} = {}", k(c)),

        Op::Global { d, k: c } => format!("r{d} = {}", k(c)),
        Op::SetGlobal { k: c, s } => format!("(set! {} r{s})", k(c)),
        Op::Define { k: c, s } => format!("(define {} r{s})", k(c)),
        Op::Capture { d, i } => format!("r{d} = c{i}"),
        Op::NewCell { d, s } => format!("r{d} = (cell r{s})"),
        Op::Cell { d, s } => format!("r{d} = (cell-value r{s})"),
        Op::SetCell { d, s } => format!("(set-cell-value! r{d} r{s})"),
        Op::Check { s, k: c } => format!("check {}, r{s}", k(c).trim_start_matches('\'')),
        Op::Closure { d, captures } => {
            format!("r{d} = (lambda {}{})", callee(machine, code, pc, d), slots(d + 1, captures))
        }
        Op::Patch { d, i, s } => format!("c{i} of r{d} = r{s}"),

        Op::Add { d, a, b } => format!("r{d} = (+ r{a} r{b})"),
        Op::Sub { d, a, b } => format!("r{d} = (- r{a} r{b})"),
        Op::Mul { d, a, b } => format!("r{d} = (* r{a} r{b})"),
        Op::AddI { d, a, i } if i < 0 => format!("r{d} = (- r{a} {})", i.unsigned_abs()),
        Op::AddI { d, a, i } => format!("r{d} = (+ r{a} {i})"),
        Op::Compare { cmp, d, a, b } => format!("r{d} = ({} r{a} r{b})", comparison(cmp)),
        Op::Is { test, d, a } => format!("r{d} = {}", question(test, a)),
        Op::Not { d, a } => format!("r{d} = (not r{a})"),

        Op::Car { d, a } => format!("r{d} = (car r{a})"),
        Op::Cdr { d, a } => format!("r{d} = (cdr r{a})"),
        Op::Unary { f, d, a } => format!("r{d} = ({} r{a})", unary(f)),
        Op::Binary { f, d, a, b } => format!("r{d} = ({} r{a} r{b})", binary(f)),
        Op::VectorSet { a, i, s } => format!("(vector-set! r{a} r{i} r{s})"),
        Op::SetCar { a, s } => format!("(set-car! r{a} r{s})"),
        Op::SetCdr { a, s } => format!("(set-cdr! r{a} r{s})"),
        Op::RecordRef { i, d, t, a } => format!("r{d} = field {i} of r{a}, a r{t}"),
        Op::RecordSet { i, t, a, s } => format!("field {i} of r{a}, a r{t}, = r{s}"),

        Op::Jump { .. } => format!("goto {target}"),
        Op::JumpUnless { cmp, a, b, .. } => {
            format!("unless ({} r{a} r{b}) goto {target}", comparison(cmp))
        }
        Op::JumpWhen { cmp, a, b, .. } => {
            format!("if ({} r{a} r{b}) goto {target}", comparison(cmp))
        }
        Op::JumpUnlessI { cmp, a, i, .. } => {
            format!("unless ({} r{a} {i}) goto {target}", comparison(cmp))
        }
        Op::JumpWhenI { cmp, a, i, .. } => {
            format!("if ({} r{a} {i}) goto {target}", comparison(cmp))
        }
        Op::JumpTrue { a, .. } => format!("if r{a} goto {target}"),
        Op::JumpFalse { a, .. } => format!("unless r{a} goto {target}"),
        Op::JumpNull { a, .. } => format!("if {} goto {target}", question(Test::Null, a)),
        Op::JumpNotNull { a, .. } => format!("unless {} goto {target}", question(Test::Null, a)),
        Op::JumpPair { a, .. } => format!("if {} goto {target}", question(Test::Pair, a)),
        Op::JumpNotPair { a, .. } => format!("unless {} goto {target}", question(Test::Pair, a)),
        Op::JumpIf { test, a, .. } => format!("if {} goto {target}", question(test, a)),
        Op::JumpIfNot { test, a, .. } => format!("unless {} goto {target}", question(test, a)),

        Op::Call { base, argc } => {
            let callee = callee(machine, code, pc, base + 1);
            format!("r{base} = ({callee}{})", slots(base + 2, argc))
        }
        Op::TailCall { base, argc } => {
            let callee = callee(machine, code, pc, base + 1);
            format!("tail call ({callee}{})", slots(base + 2, argc))
        }
        Op::CallGlobal { argc, base, k: c } => {
            format!("r{base} = ({}{})", k(c), slots(base + 2, u16::from(argc)))
        }
        Op::TailCallGlobal { argc, base, k: c } => {
            format!("tail call ({}{})", k(c), slots(base + 2, u16::from(argc)))
        }
        Op::CallCapture { argc, base, i } => {
            format!("r{base} = (c{i}{})", slots(base + 2, u16::from(argc)))
        }
        Op::TailCallCapture { argc, base, i } => {
            format!("tail call (c{i}{})", slots(base + 2, u16::from(argc)))
        }
        Op::CallBuiltin { argc, base, number } => {
            format!("r{base} = ({}{})", builtins::name(number), slots(base + 2, u16::from(argc)))
        }
        Op::Return { s } => format!("return r{s}"),

        Op::MergePoint { s } => format!("merge point r{s}"),
        Op::Promote { s } => format!("promote r{s}"),

        Op::Apply { base } => format!("tail call (apply r{} r{})", base + 1, base + 2),
        Op::CallCc { s } => format!("tail call (call/cc r{s})"),
        Op::Reinstate { k, s } => format!("continue r{k} with r{s}"),
        Op::Underflow { s } => format!("continue the caller with r{s}"),
    }
}

/// What is called by the procedure in a slot: the variable it was fetched from, if that is global,
/// the code's name, if the slot holds the number of code.
fn callee(machine: &Machine, code: &Code, pc: u32, slot: Slot) -> String {
    let before = code.ops.get(..pc as usize).unwrap_or_default();
    for op in before.iter().rev() {
        match *op {
            Op::Global { d, k } | Op::Const { d, k } if d == slot => {
                return code.consts.get(usize::from(k)).map_or("?".into(), |v| text(machine, *v));
            }
            _ if destination(*op) == Some(slot) => break,
            _ => {}
        }
    }
    format!("r{slot}")
}

/// The slot that an instruction writes, as far as procedures may come from it.
fn destination(op: Op) -> Option<Slot> {
    match op {
        Op::Move { d, .. } | Op::Capture { d, .. } | Op::Cell { d, .. } => Some(d),
        Op::Closure { d, .. } | Op::Unary { d, .. } | Op::Binary { d, .. } => Some(d),
        Op::Car { d, .. } | Op::Cdr { d, .. } => Some(d),
        Op::RecordRef { d, .. } | Op::Is { d, .. } | Op::Compare { d, .. } => Some(d),
        Op::Call { base, .. } | Op::CallBuiltin { base, .. } => Some(base),
        Op::CallGlobal { base, .. } | Op::CallCapture { base, .. } => Some(base),
        _ => None,
    }
}

/// ` r5 r6 r7`; long runs as ` r5 .. r12`.
fn slots(first: Slot, count: u16) -> String {
    if count > 4 {
        return format!(" r{first} .. r{}", first + count - 1);
    }
    (first..first + count).fold(String::new(), |mut text, slot| {
        // Writing to a string does not fail.
        let _ = write!(text, " r{slot}");
        text
    })
}

/// A constant, or the name of the global variable whose cell it is.
fn text(machine: &Machine, value: Val) -> String {
    if let Some(cell) = value.cast::<GlobalCell>() {
        let known = machine.globals.iter().find(|global| global.cell == cell);
        return known.map_or("a variable".into(), |global| global.name.name().to_string());
    }
    if is_number_of_code(value) {
        let name = machine.codes.get(value.bits() as usize).and_then(|code| code.name);
        return name.map_or("a procedure".into(), |name: Sym| name.name().to_string());
    }
    let text = show::show(&machine.heap, value, show::WRITE);
    let text = match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    let quoted = list::parts(value).is_some() || value.is_nil() || as_symbol(value).is_some();
    if quoted && !text.starts_with(['\'', '`', ',']) { format!("'{text}") } else { text }
}

/// Raw words behind the unique values number code.
fn is_number_of_code(value: Val) -> bool {
    value.tag() == Tag::RAW && value.bits() > UNASSIGNED_WORD && value.bits() >> 32 == 0
}

fn comparison(cmp: Cmp) -> &'static str {
    match cmp {
        Cmp::Eq => "=",
        Cmp::Lt => "<",
        Cmp::Le => "<=",
        Cmp::Gt => ">",
        Cmp::Ge => ">=",
        Cmp::Same => "eq?",
        Cmp::Eqv => "eqv?",
    }
}

/// `(null? r5)`
fn question(test: Test, a: Slot) -> String {
    let name = match test {
        Test::True => return format!("r{a}"),
        Test::Null => "null?",
        Test::Pair => "pair?",
        Test::Zero => "zero?",
        Test::Symbol => "symbol?",
        Test::String => "string?",
        Test::Vector => "vector?",
        Test::Char => "char?",
        Test::Procedure => "procedure?",
        Test::Fixnum => "fixnum?",
        Test::Eof => "eof-object?",
    };
    format!("({name} r{a})")
}

fn unary(f: Unary) -> &'static str {
    match f {
        Unary::Car => "car",
        Unary::Cdr => "cdr",
        Unary::Caar => "caar",
        Unary::Cadr => "cadr",
        Unary::Cddr => "cddr",
        Unary::VectorLength => "vector-length",
        Unary::StringLength => "string-length",
        Unary::CharToInteger => "char->integer",
        Unary::Sqrt => "sqrt",
        Unary::ToFloat => "inexact",
    }
}

fn binary(f: Binary) -> &'static str {
    match f {
        Binary::Cons => "cons",
        Binary::Quotient => "quotient",
        Binary::Remainder => "remainder",
        Binary::Modulo => "modulo",
        Binary::Divide => "/",
        Binary::VectorRef => "vector-ref",
        Binary::StringRef => "string-ref",
        Binary::BytesRef => "bytevector-u8-ref",
    }
}
