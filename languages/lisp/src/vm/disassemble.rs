//! Code as text.

use std::fmt::Write;

use super::code::Code;
use super::op::Op;
use crate::machine::Machine;
use crate::value::{GlobalCell, show};

/// All instructions of a code object.
pub fn code(machine: &Machine, code: &Code) -> String {
    let name = code.name.map_or("the program".into(), crate::symbol::Sym::name);
    let mut text = format!("{name}: {} parameters", code.params);
    if code.rest {
        text.push_str(" and a rest");
    }
    let _ = writeln!(text, ", {} slots", code.size);
    for clause in &code.clauses {
        let _ = writeln!(text, "  clause: code {}", clause.number);
    }
    for (pc, op) in code.ops.iter().enumerate() {
        let _ = writeln!(text, "{pc:4}  {}", self::op(machine, code, *op));
    }
    text
}

/// An instruction, with what its constant is.
pub fn op(machine: &Machine, code: &Code, op: Op) -> String {
    let mut text = format!("{op:?}");
    let constant = match op {
        Op::Const { k, .. } | Op::Global { k, .. } | Op::SetGlobal { k, .. } => Some(k),
        Op::Define { k, .. } | Op::Check { k, .. } => Some(k),
        _ => None,
    };
    if let Some(value) = constant.and_then(|k| code.consts.get(usize::from(k))) {
        let shown = match value.cast::<GlobalCell>() {
            Some(cell) => {
                let known = machine.globals.iter().find(|g| g.cell == cell);
                known.map_or(String::new(), |g| g.name.name().to_string())
            }
            None => show::show(&machine.heap, *value, show::WRITE),
        };
        let _ = write!(text, "  ; {shown}");
    }
    if let Op::CallBuiltin { number, .. } = op {
        let _ = write!(text, "  ; {}", crate::builtins::name(number));
    }
    text
}
