//! Brainfuck on Holloway: a whole language, with a JIT, in about a hundred lines.
//!
//! `cargo run --release -p holloway --example brainfuck -- [--jit SPEC] [--trace] FILE`

use holloway::{
    At, Cx, Heap, JitOptions, Language, Location, Mode, Object, Outcome, Red, Runtime, Val, Value,
    loop_header, merge_point, residual,
};
use std::io::{Read, Write};

/// One instruction; runs of the same character are one.
#[derive(Clone, Copy, Debug)]
enum Op {
    Move(i64),
    Add(i64),
    Print,
    Input,
    /// `[`: to behind the `]` if the cell is 0.
    Open(u32),
    /// `]`: back behind the `[` unless the cell is 0.
    Close(u32),
    End,
}

/// The tape: bytes.
#[derive(Object)]
#[object(tag = 16)]
struct Tape {
    #[trailing]
    cells: u8,
}

struct Brainfuck;

impl Language for Brainfuck {
    type Code = Vec<Op>;
    type Host = Heap;
    type Error = String;

    /// The interpreter. Slot 0 of the frame holds the tape, slot 1 the head.
    fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Self>) -> Result<Outcome, String> {
        let (mut at, mut frame) = cx.start();
        loop {
            merge_point!(cx, at, frame);
            let op = at.code[at.pc as usize];
            at.pc += 1;
            let tape = frame.get(0).cast::<Tape>().ok_or("no tape")?;
            let head = frame.get(1).as_int().ok_or("no head")?;
            let cell = |at: Red<M, i64>| tape.at(Tape::CELLS, at).ok_or("the head left the tape");
            match op {
                Op::Move(by) => frame.set(1, Value::int(head + by)),
                Op::Add(n) => {
                    tape.set_at(Tape::CELLS, head, (cell(head)? + n) & 255);
                }
                Op::Print => print(cx, cell(head)?),
                Op::Input => {
                    tape.set_at(Tape::CELLS, head, input(cx));
                }
                Op::Open(end) => {
                    if cell(head)? == 0 {
                        at.pc = end;
                    }
                }
                Op::Close(start) => {
                    if cell(head)? != 0 {
                        at.pc = start;
                        loop_header!(cx, at, frame);
                    }
                }
                Op::End => return Ok(Outcome::Finished(Val::NIL)),
            }
        }
    }

    fn heap(host: &mut Heap) -> &mut Heap {
        host
    }

    fn location(_: &Heap, at: At<Vec<Op>>) -> Location {
        let opcode = at.code.get(at.pc as usize).map_or(String::new(), |op| format!("{op:?}"));
        Location {
            file: "program".into(),
            line: 1,
            column: at.pc + 1,
            opcode,
            ..Location::default()
        }
    }

    fn interrupted() -> String {
        "interrupted".into()
    }

    fn stack_overflow() -> String {
        "stack overflow".into()
    }

    fn out_of_memory() -> String {
        "out of memory".into()
    }
}

#[residual(reads)]
fn print(_: &mut Runtime<Brainfuck>, byte: i64) {
    std::io::stdout().write_all(&[byte as u8]).ok();
}

#[residual(reads)]
fn input(_: &mut Runtime<Brainfuck>) -> i64 {
    let mut byte = [0];
    std::io::stdin().read_exact(&mut byte).map_or(0, |()| i64::from(byte[0]))
}

/// Program text to instructions.
fn parse(text: &str) -> Result<Vec<Op>, String> {
    let (mut ops, mut open) = (Vec::new(), Vec::new());
    for (i, c) in text.chars().enumerate() {
        match (c, ops.last_mut()) {
            ('>', Some(Op::Move(n))) => *n += 1,
            ('<', Some(Op::Move(n))) => *n -= 1,
            ('+', Some(Op::Add(n))) => *n += 1,
            ('-', Some(Op::Add(n))) => *n -= 1,
            ('>' | '<', _) => ops.push(Op::Move(if c == '>' { 1 } else { -1 })),
            ('+' | '-', _) => ops.push(Op::Add(if c == '+' { 1 } else { -1 })),
            ('.', _) => ops.push(Op::Print),
            (',', _) => ops.push(Op::Input),
            ('[', _) => {
                open.push(ops.len());
                ops.push(Op::Open(0));
            }
            (']', _) => {
                let start = open.pop().ok_or(format!("character {i}: `]` without `[`"))?;
                ops.push(Op::Close(start as u32 + 1));
                ops[start] = Op::Open(ops.len() as u32);
            }
            _ => {}
        }
    }
    if let Some(start) = open.pop() {
        return Err(format!("instruction {start}: `[` without `]`"));
    }
    ops.push(Op::End);
    Ok(ops)
}

fn main() -> Result<(), String> {
    let mut options = JitOptions::from_environment().map_err(|e| e.to_string())?;
    let (mut file, mut trace) = (None, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--jit" => {
                options.apply(&args.next().unwrap_or_default()).map_err(|e| e.to_string())?
            }
            "--trace" => trace = Some(holloway::observe::trace_to("-")?),
            _ => file = Some(arg),
        }
    }
    let file = file.ok_or("usage: brainfuck [--jit SPEC] [--trace] FILE")?;
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))?;
    let code: &'static Vec<Op> = Box::leak(Box::new(parse(&text)?));
    let mut heap = Heap::new();
    let tape = Tape::alloc(&mut heap, 30_000, 30_000).map_err(|e| e.to_string())?;
    let mut runtime = Runtime::<Brainfuck>::new(heap, options);
    let start = At { code, pc: 0, sp: 2 };
    trace.into_iter().for_each(|observer| runtime.observe(observer));
    runtime.run(start, 2, &[Val::object(tape), Val::int(0)])?;
    runtime.finish();
    Ok(())
}
