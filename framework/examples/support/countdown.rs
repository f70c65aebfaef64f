// The smallest language there is, for examples in the documentation: a program counts slot 0 down to 0; slot 1 holds the
// return link.

pub enum Op {
    /// slot 0 -= 1
    Decrement,
    /// go to the start unless slot 0 is 0
    LoopUnlessZero,
}

pub struct Program(pub [Op; 2]);

pub static COUNTDOWN: &Program = &Program([Op::Decrement, Op::LoopUnlessZero]);

pub struct Countdown;

impl holloway::Language for Countdown {
    type Code = Program;
    type Host = holloway::Heap;
    type Error = &'static str;

    fn dispatch<M: holloway::Mode>(
        cx: &mut holloway::Cx<'_, M, Self>,
    ) -> Result<holloway::Outcome, &'static str> {
        use holloway::{Outcome, Value, loop_header, merge_point};
        let (mut at, mut frame) = cx.start();
        loop {
            merge_point!(cx, at, frame);
            let n = frame.get(0).as_int().ok_or("not a number")?;
            match at.code.0.get(at.pc as usize) {
                Some(Op::Decrement) => {
                    frame.set(0, Value::int(n - 1));
                    at.pc += 1;
                }
                Some(Op::LoopUnlessZero) if n != 0 => {
                    at.pc = 0;
                    loop_header!(cx, at, frame);
                }
                Some(Op::LoopUnlessZero) => at.pc += 1,
                None => return Ok(Outcome::Finished(frame.get(0).untraced())),
            }
        }
    }

    fn heap(host: &mut holloway::Heap) -> &mut holloway::Heap {
        host
    }

    fn location(_: &holloway::Heap, at: holloway::At<Program>) -> holloway::Location {
        holloway::Location { line: at.pc + 1, ..holloway::Location::default() }
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
