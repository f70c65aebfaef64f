//! Lisp as the framework sees it.

use frontend::line_number;
use holloway::{At, Cx, Heap, Language, Location, Mode, Outcome, Position, Raised, Roots, Run};

use super::code::{self, Code};
use super::dispatch;
use super::formula::formula;
use crate::error::{Error, Failure, HEAP_IS_USED_UP, Kind, Result};
use crate::machine::Machine;

/// Frames are larger than the stack.
pub(super) fn overflow() -> Error {
    Error::new(Kind::Memory, "the stack is used up")
}

/// The language.
pub enum Lisp {}

impl Language for Lisp {
    type Code = Code;
    type Host = Machine;
    type Error = Error;

    fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Self>) -> Result<Outcome> {
        dispatch::dispatch(cx)
    }

    fn heap(machine: &mut Machine) -> &mut Heap {
        &mut machine.heap
    }

    fn roots(machine: &mut Machine, roots: &mut Roots<'_>) {
        machine.roots(roots);
    }

    const LINK: Option<u16> = Some(code::LINK);

    fn dead(back: At<Code>) -> &'static [u16] {
        back.code.dead.at(back.pc)
    }

    fn height(at: At<Code>) -> u16 {
        at.code.height(at.pc)
    }

    /// An error of an instruction leaves its dispatch loop only if the program has no handler for it. One that comes between two
    /// instructions, such as a full heap, is raised here.
    fn catch(
        cx: &mut Cx<'_, Run, Self>,
        (at, frame): Position<Self>,
        raised: Raised,
        error: Error,
    ) -> Result<Position<Self>> {
        Err(match raised {
            Raised::ByCall => error,
            Raised::Before => match dispatch::raise(cx, at.code, at.pc + 1, frame, error) {
                Ok((code, pc, frame)) => {
                    return Ok((At { code, pc, sp: code.height(pc) }, frame));
                }
                Err(error) => error,
            },
        })
    }

    fn location(machine: &Machine, at: At<Code>) -> Location {
        let span = at.code.span(at.pc);
        let start = span.start as usize;
        let op = at.code.ops.get(at.pc as usize);
        let opcode = op.map(|op| formula(machine, at.code, at.pc, *op));
        let name = at.code.name.map(|name| match at.code.calls {
            Some(callee) => format!("{} of {}", name.name(), callee.name()),
            None => name.name().to_string(),
        });
        let mut location = Location {
            function: name.unwrap_or_else(|| "the program".to_owned()),
            opcode: opcode.unwrap_or_default(),
            ..Location::default()
        };
        if let Some(source) = machine.sources.get(span.source as usize) {
            let before = &source.text.as_bytes()[..start.min(source.text.len())];
            let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
            location.file = source.name.clone();
            location.line = line_number(&source.text, start) as u32;
            location.column = (before.len() - line_start) as u32 + 1;
        }
        location
    }

    fn code_at(machine: &Machine, address: usize) -> Option<&'static Code> {
        machine.codes.iter().copied().find(|code| std::ptr::from_ref(*code) as usize == address)
    }

    fn interrupted() -> Error {
        Failure::Interrupted.into()
    }

    fn stack_overflow() -> Error {
        overflow()
    }

    fn out_of_memory() -> Error {
        Error::new(Kind::Memory, HEAP_IS_USED_UP)
    }
}
