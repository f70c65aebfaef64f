//! An instruction as a formula that a reader of Mini understands: `r5 = r5 + r6`.
//!
//! The notation is that of the table in [`op`](super::op), with constants in place of their indices and
//! with the targets of jumps counted out. Reports and `--dump-bytecode` share it.

use std::fmt::Write;

use holloway::{Unpacked, Val};

use super::code::Code;
use super::machine::Machine;
use super::op::{Konst, Op, Slot};
use crate::builtins;
use crate::value::text::{Str, StrExt};

/// Characters of a string constant that are shown.
const SHOWN: usize = 24;

/// What instruction `pc` of `code` does.
pub(super) fn formula(machine: &Machine, code: &Code, pc: u32, op: Op) -> String {
    let k =
        |k: Konst| code.consts.get(usize::from(k)).map_or("?".into(), |v| constant(machine, *v));
    let name = |k: Konst| match code.sites.get(usize::from(k)) {
        Some(site) => machine.host.heap.symbol_text(site.symbol).to_owned(),
        None => "?".to_owned(),
    };
    let to = |by: i16| (pc + 1).wrapping_add_signed(i32::from(by));
    let jump = |want: bool, condition: String, by: i16| {
        format!("{} {condition} goto {}", if want { "if" } else { "unless" }, to(by))
    };
    match op {
        Op::Move { d, s } => format!("r{d} = r{s}"),
        Op::Const { d, k: c } => format!("r{d} = {}", k(c)),

        Op::Binding { d, k: c } | Op::Global { d, k: c } => format!("r{d} = {}", k(c)),
        Op::Bind { k: c, s } | Op::SetGlobal { k: c, s } => format!("{} = r{s}", k(c)),
        Op::Capture { d, i } | Op::CaptureCell { d, i } => format!("r{d} = c{i}"),
        Op::SetCaptureCell { i, s } => format!("c{i} = r{s}"),
        Op::NewCell { d, s } => format!("r{d} = cell(r{s})"),
        Op::Cell { d, s } => format!("r{d} = r{s}.value"),
        Op::SetCell { d, s } => format!("r{d}.value = r{s}"),
        Op::Check { s, k: c } => format!("check r{s}, {}", k(c).trim_matches('"')),
        Op::NameError { k: c, .. } => format!("no variable {}", k(c).trim_matches('"')),
        Op::Closure { d, captures } => format!("r{d} = fn #r{d}{}", list(d, 1, captures)),

        Op::Add { d, a, b } => format!("r{d} = r{a} + r{b}"),
        Op::Sub { d, a, b } => format!("r{d} = r{a} - r{b}"),
        Op::Mul { d, a, b } => format!("r{d} = r{a} * r{b}"),
        Op::Div { d, a, b } => format!("r{d} = r{a} / r{b}"),
        Op::FloorDiv { d, a, b } => format!("r{d} = r{a} // r{b}"),
        Op::Mod { d, a, b } => format!("r{d} = r{a} % r{b}"),
        Op::Pow { d, a, b } => format!("r{d} = r{a} ** r{b}"),
        Op::BitAnd { d, a, b } => format!("r{d} = r{a} & r{b}"),
        Op::BitOr { d, a, b } => format!("r{d} = r{a} | r{b}"),
        Op::BitXor { d, a, b } => format!("r{d} = r{a} ^ r{b}"),
        Op::Shl { d, a, b } => format!("r{d} = r{a} << r{b}"),
        Op::Shr { d, a, b } => format!("r{d} = r{a} >> r{b}"),
        Op::AddK { d, a, k: c } => format!("r{d} = r{a} + {}", k(c)),
        Op::SubK { d, a, k: c } => format!("r{d} = r{a} - {}", k(c)),
        Op::MulK { d, a, k: c } => format!("r{d} = r{a} * {}", k(c)),
        Op::DivK { d, a, k: c } => format!("r{d} = r{a} / {}", k(c)),
        Op::FloorDivK { d, a, k: c } => format!("r{d} = r{a} // {}", k(c)),
        Op::ModK { d, a, k: c } => format!("r{d} = r{a} % {}", k(c)),
        Op::KSub { d, k: c, b } => format!("r{d} = {} - r{b}", k(c)),
        Op::KMul { d, k: c, b } => format!("r{d} = {} * r{b}", k(c)),
        Op::KDiv { d, k: c, b } => format!("r{d} = {} / r{b}", k(c)),
        Op::Neg { d, a } => format!("r{d} = -r{a}"),
        Op::BitNot { d, a } => format!("r{d} = ~r{a}"),

        Op::Not { d, a } => format!("r{d} = not r{a}"),
        Op::Eq { d, a, b } => format!("r{d} = r{a} == r{b}"),
        Op::Ne { d, a, b } => format!("r{d} = r{a} != r{b}"),
        Op::Lt { d, a, b } => format!("r{d} = r{a} < r{b}"),
        Op::Le { d, a, b } => format!("r{d} = r{a} <= r{b}"),
        Op::Gt { d, a, b } => format!("r{d} = r{a} > r{b}"),
        Op::Ge { d, a, b } => format!("r{d} = r{a} >= r{b}"),

        Op::Jump { to } => format!("goto {to}"),
        Op::JumpIf { want, a, to } => {
            format!("{} r{a} goto {to}", if want { "if" } else { "unless" })
        }
        Op::JumpEq { want, a, b, by } => jump(want, format!("r{a} == r{b}"), by),
        Op::JumpLt { want, a, b, by } => jump(want, format!("r{a} < r{b}"), by),
        Op::JumpLe { want, a, b, by } => jump(want, format!("r{a} <= r{b}"), by),
        Op::JumpGt { want, a, b, by } => jump(want, format!("r{a} > r{b}"), by),
        Op::JumpGe { want, a, b, by } => jump(want, format!("r{a} >= r{b}"), by),
        Op::JumpEqK { want, a, k: c, by } => jump(want, format!("r{a} == {}", k(c)), by),
        Op::JumpLtK { want, a, k: c, by } => jump(want, format!("r{a} < {}", k(c)), by),
        Op::JumpLeK { want, a, k: c, by } => jump(want, format!("r{a} <= {}", k(c)), by),
        Op::JumpGtK { want, a, k: c, by } => jump(want, format!("r{a} > {}", k(c)), by),
        Op::JumpGeK { want, a, k: c, by } => jump(want, format!("r{a} >= {}", k(c)), by),

        Op::CountPrep { i, by } => format!("for r{i} to r{}, else goto {}", i + 1, to(by)),
        Op::Count { i, by } => format!("next r{i} to r{}, goto {}", i + 1, to(by)),
        Op::StepPrep { i, by } => {
            format!("for r{i} to r{} by r{}, else goto {}", i + 1, i + 2, to(by))
        }
        Op::Step { i, by } => format!("next r{i} to r{} by r{}, goto {}", i + 1, i + 2, to(by)),
        Op::EachPrep { i, by } => format!("for each of r{i}, goto {}", to(by)),
        Op::Each { i, by } => format!("r{} = next of r{i}, goto {}", i + 2, to(by)),

        Op::Index { d, a, i } => format!("r{d} = r{a}[r{i}]"),
        Op::SetIndex { a, i, s } => format!("r{a}[r{i}] = r{s}"),
        Op::Array { d, first, count } => format!("r{d} = [{}]", list(first, 0, count)),
        Op::Extend { d, first, count } => format!("r{d} += [{}]", list(first, 0, count)),

        Op::Object { d, .. } => format!("r{d} = {{}}"),
        Op::Field { d, a, k } => format!("r{d} = r{a}.{}", name(k)),
        Op::SetField { a, k, s } => format!("r{a}.{} = r{s}", name(k)),
        Op::Method { base, k } => format!("r{base}, r{} = r{base}.{}", base + 1, name(k)),
        Op::SuperMethod { base, k } => format!("r{base} = super r{base}.{}", name(k)),
        Op::BindMethod { d } => format!("r{d} = bind r{d}, r{}", d + 1),
        Op::CallMethod { base, argc } => {
            format!("r{base} = call r{base}({})", list(base, 1, argc + 1))
        }
        Op::Class { d, methods } => format!("r{d} = class #r{d}({})", list(d, 1, methods + 1)),

        Op::Call { base, argc } => format!("r{base} = r{base}({})", list(base, 1, argc)),
        Op::CallBinding { argc, base, k: c } => {
            format!("r{base} = {}({})", k(c), list(base, 1, u16::from(argc)))
        }
        Op::CallBuiltin { argc, base, number } => {
            format!("r{base} = {}({})", builtins::name(number), list(base, 1, u16::from(argc)))
        }
        Op::Len { d, a } => format!("r{d} = len(r{a})"),
        Op::Push { a, s } => format!("push(r{a}, r{s})"),
        Op::Pop { d, a } => format!("r{d} = pop(r{a})"),
        Op::Math { f, d, a } => format!("r{d} = {}(r{a})", f.name()),
        Op::Math2 { f, d, a, b } => format!("r{d} = {}(r{a}, r{b})", f.name()),
        Op::Return { s } => format!("return r{s}"),
        Op::Throw { s } => format!("throw r{s}"),
    }
}

/// `r5, r6, r7`; long runs as `r5 .. r12`.
fn list(base: Slot, skip: Slot, count: u16) -> String {
    let first = base + skip;
    match count {
        0..=3 => {
            let mut text = String::new();
            for slot in first..first + count {
                // Writing to a string does not fail.
                let _ = write!(text, "{}r{slot}", if slot == first { "" } else { ", " });
            }
            text
        }
        _ => format!("r{first} .. r{}", first + count - 1),
    }
}

/// A constant, as a program would write it.
fn constant(machine: &Machine, value: Val) -> String {
    if let Some(string) = value.cast::<Str>() {
        let text = string.as_str(&machine.host.heap);
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        return format!("{shown:?}");
    }
    match value.unpack() {
        Unpacked::Nil => "nil".into(),
        Unpacked::Bool(value) => value.to_string(),
        Unpacked::Int(value) => value.to_string(),
        Unpacked::Float(value) => format!("{value:?}"),
        Unpacked::Raw(number) => format!("#{number}"),
        _ => machine.global_name(value).unwrap_or("an object").to_owned(),
    }
}
