//! Code as text, for `--dump-bytecode`: instruction, source line, slots in use, formula.
//!
//! ```text
//! fact: 1 parameter, 9 slots
//!     1     2    3  unless (= r2 r3) goto 4
//! ```

use std::fmt::Write;

use super::code::Code;
use super::formula::formula;
use crate::machine::Machine;

/// All instructions of a code object.
pub fn code(machine: &Machine, code: &Code) -> String {
    let name = code.name.map_or("the program".into(), crate::symbol::Sym::name);
    let plural = if code.params == 1 { "" } else { "s" };
    let mut text = format!("{name}: {} parameter{plural}", code.params);
    if code.rest {
        text.push_str(" and a rest");
    }
    // Writing to a string does not fail.
    let _ = writeln!(text, ", {} slots", code.size);
    for clause in &code.clauses {
        let _ = writeln!(text, "  clause: code {}", clause.number);
    }
    // The line of a place, counted on from the place before it.
    let (mut line, mut byte, mut known) = (0, 0, u32::MAX);
    for (pc, op) in (0..).zip(&code.ops) {
        let span = code.span(pc);
        let start = span.start as usize;
        let shown = match machine.sources.get(span.source as usize) {
            Some(source) => {
                if span.source != known || start < byte {
                    (line, byte, known) = (1, 0, span.source);
                }
                let end = start.min(source.text.len());
                let passed = &source.text.as_bytes()[byte..end];
                line += passed.iter().filter(|b| **b == b'\n').count();
                byte = end;
                line.to_string()
            }
            None => String::new(),
        };
        let height = code.height(pc);
        let formula = formula(machine, code, pc, *op);
        let _ = writeln!(text, "{pc:5} {shown:>5} {height:4}  {formula}");
    }
    text
}
