//! Mini as the framework sees it.

use frontend::line_number;
use holloway::{
    At, Cx, Heap, Language, Location, Mode, OutOfMemory, Outcome, Position, Raised, Roots, Run,
};

use super::code::Code;
use super::formula::formula;
use super::machine::Machine;
use super::{dispatch, unwind};
use crate::error::{Error, Failure, Result};

/// The language.
pub enum Mini {}

impl Language for Mini {
    type Code = Code;
    type Host = Machine;
    type Error = Error;

    fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Self>) -> Result<Outcome> {
        dispatch::dispatch(cx)
    }

    fn heap(machine: &mut Machine) -> &mut Heap {
        &mut machine.host.heap
    }

    fn roots(machine: &mut Machine, roots: &mut Roots<'_>) {
        machine.roots(roots);
    }

    fn height(at: At<Code>) -> u16 {
        at.code.height(at.pc)
    }

    fn catch(
        cx: &mut Cx<'_, Run, Self>,
        position: Position<Self>,
        raised: Raised,
        error: Error,
    ) -> Result<Position<Self>> {
        unwind::catch(cx, position, raised, error)
    }

    fn location(machine: &Machine, at: At<Code>) -> Location {
        let place = at.code.place(at.pc);
        let start = place.span.start as usize;
        let opcode = (at.code.ops.get(at.pc as usize))
            .map(|op| format!("{} {}", at.pc, formula(machine, at.code, at.pc, *op)));
        let mut location = Location {
            function: at.code.title().to_owned(),
            opcode: opcode.unwrap_or_default(),
            ..Location::default()
        };
        if let Some(source) = machine.sources.get(place.source as usize) {
            let before = &source.text.as_bytes()[..start.min(source.text.len())];
            let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
            location.file = source.name.clone();
            location.line = line_number(&source.text, start) as u32;
            location.column = (before.len() - line_start) as u32 + 1;
        }
        location
    }

    fn interrupted() -> Error {
        Failure::Interrupted.into()
    }

    fn stack_overflow() -> Error {
        Error::stack_overflow()
    }

    fn out_of_memory() -> Error {
        // More than there is was taken in machine code, which does not say how much.
        OutOfMemory { wanted: 0, limit: 0 }.into()
    }
}
