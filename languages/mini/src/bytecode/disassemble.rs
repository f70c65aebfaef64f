//! Bytecode as text, for `--dump-bytecode` and for reports.
//!
//! ```text
//! fn fib: 1 parameter
//!     0    2:8   JumpLtK { want: false, a: 1, k: 0, by: 1 }   ; 2, to 2
//! ```

use std::fmt::Write;

use holloway::{Symbol, Val};

use super::code::Code;
use super::machine::Machine;
use super::op::Op;
use crate::builtins;
use crate::value::text::{Str, StrExt};

/// The code of a function, an instruction a line.
pub fn code(machine: &Machine, code: &Code) -> String {
    let mut text = String::new();
    let plural = if code.params == 1 { "" } else { "s" };
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}: {} parameter{plural}", code.title(), code.params);
    let source = machine.sources.get(code.source as usize);
    let mut line = 0;
    let mut byte = 0;
    for (pc, &instruction) in code.ops.iter().enumerate() {
        let place = code.place(pc as u32);
        let start = place.span.start as usize;
        if let Some(source) = source
            && start >= byte
        {
            line += source.text.as_bytes()[byte..start.min(source.text.len())]
                .iter()
                .filter(|b| **b == b'\n')
                .count();
            byte = start.min(source.text.len());
        } else if let Some(source) = source {
            line = crate::diagnostics::line_number(&source.text, start) - 1;
            byte = start;
        }
        let comment = comment(machine, code, pc as u32, instruction);
        let shown = format!("{instruction:?}");
        let height = code.height(pc as u32);
        let row = format!("{pc:5} {:5} {height:4}  {shown:<52} {comment}", line + 1);
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// One instruction.
pub(super) fn op(code: &Code, pc: u32, op: Op) -> String {
    match target(pc, op) {
        Some(to) => format!("{pc} {op:?} to {to}"),
        None => match konst(code, op) {
            Some(k) => format!("{pc} {op:?} {k:?}"),
            None => format!("{pc} {op:?}"),
        },
    }
}

fn comment(machine: &Machine, code: &Code, pc: u32, op: Op) -> String {
    let mut parts = Vec::new();
    if let Op::Field { k, .. }
    | Op::SetField { k, .. }
    | Op::Method { k, .. }
    | Op::SuperMethod { k, .. } = op
    {
        let symbol = Symbol(code.consts[usize::from(k)].bits() as u32);
        parts.push(format!(".{}", machine.host.heap.symbol_text(symbol)));
    } else if let Some(value) = konst(code, op) {
        let text = match value.cast::<Str>() {
            Some(string) => format!("{:?}", string.as_str(&machine.host.heap)),
            None => format!("{value:?}"),
        };
        parts.push(text.chars().take(40).collect());
    }
    if let Op::CallBuiltin { number, .. } = op {
        parts.push(builtins::name(number).to_owned());
    }
    if let Some(to) = target(pc, op) {
        parts.push(format!("to {to}"));
    }
    if parts.is_empty() { String::new() } else { format!("; {}", parts.join(", ")) }
}

/// The constant that an instruction names.
fn konst(code: &Code, op: Op) -> Option<Val> {
    let k = match op {
        Op::Field { k, .. } | Op::SetField { k, .. } => k,
        Op::Method { k, .. } | Op::SuperMethod { k, .. } => k,
        Op::Const { k, .. } | Op::Check { k, .. } | Op::NameError { k, .. } => k,
        Op::AddK { k, .. } | Op::SubK { k, .. } | Op::MulK { k, .. } | Op::DivK { k, .. } => k,
        Op::FloorDivK { k, .. } | Op::ModK { k, .. } => k,
        Op::KSub { k, .. } | Op::KMul { k, .. } | Op::KDiv { k, .. } => k,
        Op::JumpEqK { k, .. } | Op::JumpLtK { k, .. } | Op::JumpLeK { k, .. } => k,
        Op::JumpGtK { k, .. } | Op::JumpGeK { k, .. } => k,
        _ => return None,
    };
    code.consts.get(usize::from(k)).copied()
}

/// Where an instruction jumps to.
fn target(pc: u32, op: Op) -> Option<u32> {
    let by = match op {
        Op::Jump { to } | Op::JumpIf { to, .. } => return Some(to),
        Op::JumpEq { by, .. } | Op::JumpLt { by, .. } | Op::JumpLe { by, .. } => by,
        Op::JumpGt { by, .. } | Op::JumpGe { by, .. } | Op::JumpEqK { by, .. } => by,
        Op::JumpLtK { by, .. } | Op::JumpLeK { by, .. } | Op::JumpGtK { by, .. } => by,
        Op::JumpGeK { by, .. } | Op::CountPrep { by, .. } | Op::Count { by, .. } => by,
        Op::StepPrep { by, .. } | Op::Step { by, .. } => by,
        Op::EachPrep { by, .. } | Op::Each { by, .. } => by,
        _ => return None,
    };
    Some((pc + 1).wrapping_add_signed(i32::from(by)))
}
