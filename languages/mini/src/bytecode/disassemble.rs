//! Bytecode as text, for `--dump-bytecode`: instruction, source line, slots in use, name, formula.
//!
//! ```text
//! fib: 1 parameter
//!     0     2    5  JumpLtK        unless r1 < 2 goto 2
//! ```

use std::fmt::Write;

use super::code::Code;
use super::formula::formula;
use super::machine::Machine;
use super::op::Op;

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
            line = frontend::line_number(&source.text, start) - 1;
            byte = start;
        }
        let formula = formula(machine, code, pc as u32, instruction);
        let name = mnemonic(instruction);
        let height = code.height(pc as u32);
        let row = format!("{pc:5} {:5} {height:4}  {name:<14} {formula}\n", line + 1);
        text.push_str(&row);
    }
    text
}

/// The name of an instruction in the table.
fn mnemonic(op: Op) -> String {
    let mut text = format!("{op:?}");
    text.truncate(text.find(' ').unwrap_or(text.len()));
    text
}
