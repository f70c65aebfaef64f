//! The machine on the framework.

use crate::Op;
use holloway::{
    At, Cx, Heap, JitOptions, Language, Location, Mode, Outcome, Runtime, Val, Value, loop_header,
    merge_point,
};

/// The machine.
pub struct Machine;

impl Language for Machine {
    type Code = &'static [Op];
    type Host = Heap;
    type Error = &'static str;

    fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Self>) -> Result<Outcome, &'static str> {
        let (mut at, mut frame) = cx.start();
        let ops = *at.code; // there is no other code
        loop {
            merge_point!(cx, at, frame);
            let Some(&op) = ops.get(at.pc as usize) else { return Err("fell off the end") };
            at.pc += 1;
            match op {
                Op::Add { d, a, b } => {
                    let (x, y) = (frame.get(a.into()).as_int(), frame.get(b.into()).as_int());
                    let (Some(x), Some(y)) = (x, y) else { return Err("not an integer") };
                    let sum = x.checked_add(y).ok_or("overflow")?;
                    frame.set(d.into(), Value::int(sum));
                }
                Op::Mod { d, a, b } => {
                    let (x, y) = (frame.get(a.into()).as_int(), frame.get(b.into()).as_int());
                    let (Some(x), Some(y)) = (x, y) else { return Err("not an integer") };
                    let rest = x.checked_floormod(y).ok_or("division by zero")?;
                    frame.set(d.into(), Value::int(rest));
                }
                Op::Copy { d, a } => frame.set(d.into(), frame.get(a.into())),
                Op::LoopIfLess { a, b, to } => {
                    let (x, y) = (frame.get(a.into()).as_int(), frame.get(b.into()).as_int());
                    let (Some(x), Some(y)) = (x, y) else { return Err("not an integer") };
                    if x < y {
                        at.pc = to.into();
                        loop_header!(cx, at, frame);
                    }
                }
                Op::Return { a } => return Ok(Outcome::Finished(frame.get(a.into()).untraced())),
            }
        }
    }

    fn heap(host: &mut Heap) -> &mut Heap {
        host
    }

    fn location(_: &Heap, at: At<&'static [Op]>) -> Location {
        Location { line: at.pc, ..Location::default() }
    }

    fn interrupted() -> &'static str {
        "interrupted"
    }

    fn stack_overflow() -> &'static str {
        "stack overflow"
    }

    fn out_of_memory() -> &'static str {
        "out of memory"
    }
}

/// Runs `code` on these slots.
///
/// # Errors
/// What the program does wrong.
pub fn run(
    code: &'static &'static [Op],
    slots: &[i64],
    options: JitOptions,
) -> Result<i64, &'static str> {
    let mut runtime = Runtime::<Machine>::new(Heap::new(), options);
    let slots: Vec<Val> = slots.iter().map(|&i| Val::int(i)).collect();
    let at = At { code, pc: 0, sp: slots.len() as u16 };
    runtime.run(at, slots.len() as u16, &slots)?.as_int().ok_or("not an integer")
}
