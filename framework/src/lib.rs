//! Holloway makes a tracing JIT of an ordinary interpreter.
//!
//! You write one dispatch loop, generic over the world it runs in ([`Mode`]). In the world [`Run`] it is a plain interpreter.
//! When a loop of the guest program gets hot, the same function runs in the world [`Record`] for one turn and writes down what
//! it does; the framework optimizes that and emits machine code. Where a guard of the machine code fails, the interpreter
//! goes on, from slots that the exit restored; if an instruction was cut in half, the world [`Resume`] finishes it.
//!
//! # The story of one loop
//!
//! A language with two instructions, and a program that counts:
//!
//! ```
//! use holloway::*;
//!
//! enum Op {
//!     /// slot 0 += 1
//!     Increment,
//!     /// go to the start while slot 0 < slot 1
//!     LoopWhileLess,
//! }
//!
//! struct Counter;
//!
//! impl Language for Counter {
//!     type Code = Vec<Op>;
//!     type Host = Heap;
//!     type Error = &'static str;
//!
//!     fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Self>) -> Result<Outcome, &'static str> {
//!         let (mut at, mut frame) = cx.start(); // where in the program, and a window on the VM stack
//!         loop {
//!             merge_point!(cx, at, frame); // a place to resume at; free in Run
//!             let n = frame.get(0).as_int().ok_or("not a number")?; // a guard on the tag
//!             match at.code.get(at.pc as usize) {
//!                 Some(Op::Increment) => {
//!                     let next = n.checked_add(1.into()).ok_or("overflow")?; // a guard
//!                     frame.set(0, Value::int(next));
//!                     at.pc += 1;
//!                 }
//!                 Some(Op::LoopWhileLess) => {
//!                     let limit = frame.get(1).as_int().ok_or("not a number")?;
//!                     if n < limit { // a guard
//!                         at.pc = 0;
//!                         loop_header!(cx, at, frame); // counts, records, enters machine code
//!                     } else {
//!                         at.pc += 1;
//!                     }
//!                 }
//!                 None => return Ok(Outcome::Finished(frame.get(0).untraced())),
//!             }
//!         }
//!     }
//!
//!     fn heap(host: &mut Heap) -> &mut Heap { host }
//!     fn location(_: &Heap, at: At<Vec<Op>>) -> Location {
//!         Location { line: at.pc + 1, ..Location::default() }
//!     }
//!     fn interrupted() -> &'static str { "interrupted" }
//!     fn stack_overflow() -> &'static str { "stack overflow" }
//!     fn out_of_memory() -> &'static str { "out of memory" }
//! }
//!
//! let code: &'static Vec<Op> = Box::leak(Box::new(vec![Op::Increment, Op::LoopWhileLess]));
//! let mut runtime = Runtime::<Counter>::new(Heap::new(), JitOptions::default());
//! let start = At { code, pc: 0, sp: 2 };
//! let result = runtime.run(start, 2, &[Val::int(0), Val::int(1_000_000)]).unwrap();
//! assert_eq!(result.as_int(), Some(1_000_000));
//! if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
//!     assert_eq!(runtime.stats().loops, 1);
//! }
//! ```
//!
//! 1. [`interpret`]: [`loop_header!`] asks `count`, which finds the header hot after [`JitOptions::threshold`] turns.
//! 2. [`mod@record`]: the dispatch loop runs in the world [`Record`]; operators of [`Red`] values append ops.
//! 3. [`optimize`]: the recording is fed through the passes, then once more: the second turn, with what the first one knows,
//!    is the loop. Here it is `int_add`, `int_lt`, a guard and a jump: types and overflow have left it.
//! 4. [`assemble`]: registers and machine code, backwards in one pass.
//! 5. [`run`]: the next time round, the header enters it, in the middle of execution.
//! 6. `exit`: the guard on `n < limit` fails; slot 0 is written, and the interpreter goes on.
//! 7. `bridge`: had it failed often, the way on from there would have become machine code of its own.
//!
//! [`observe`] shows all of it.
#![deny(unsafe_code)]

extern crate self as holloway;

pub mod language;

pub mod heap;

pub mod interpret;

pub(crate) mod count;

pub mod record;

pub mod trace;

pub mod optimize;

pub mod assemble;

pub mod run;

pub(crate) mod exit;

pub(crate) mod bridge;

pub mod observe;

pub use heap::{
    Array, Attribute, Elems, Field, Gc, Heap, HeapStats, Instance, Interner, Object, OutOfMemory,
    PropertyCache, Prototype, Root, RootVal, Roots, Shape, Symbol, Tag, Unpacked, Val, Weak,
};
/// See [`trait@Object`].
///
/// ```
/// use holloway::{Gc, Heap, Object, Val};
///
/// #[derive(Object)]
/// #[object(tag = 16)] // from 16 to 255; no two layouts share one
/// struct Closure {
///     #[immutable] // loads fold in traces
///     arity: i64,
///     name: Val,
///     #[trailing] // the last field may be an array
///     captures: Val,
/// }
///
/// let mut heap = Heap::new();
/// let closure: Gc<Closure> = Closure::alloc(&mut heap, 1, 1, 2, Val::NIL)?;
/// assert_eq!((closure.get(Closure::ARITY), closure.len()), (2, 1));
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub use holloway_macros::Object;
///
/// ```
/// use holloway::{Mode, Red, elidable};
///
/// /// Depends on its arguments alone.
/// #[elidable]
/// fn hash(x: i64) -> i64 {
///     x.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64) >> 32
/// }
///
/// fn bucket<M: Mode>(key: Red<M, i64>) -> Red<M, i64> {
///     hash(key) & 63
/// }
/// # assert_eq!(bucket::<holloway::Run>(0.into()).promote(), 0);
/// ```
pub use holloway_macros::elidable;
///
/// ```
/// use holloway::{Mode, Red, loop_invariant};
///
/// /// The width of the terminal: asked once per run of a compiled loop.
/// #[loop_invariant]
/// fn width(_fd: i64) -> i64 {
///     80
/// }
///
/// fn room<M: Mode>(used: Red<M, i64>) -> Red<M, i64> {
///     width(1.into()) - used
/// }
/// # assert_eq!(room::<holloway::Run>(10.into()).promote(), 70);
/// ```
pub use holloway_macros::loop_invariant;
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// /// What `print` does: called from traces, never traced through.
/// #[residual]
/// fn print(rt: &mut Runtime<Countdown>, value: Val) -> Result<(), &'static str> {
///     println!("{value:?} beside {} bytes", rt.heap().reserved());
///     Ok(())
/// }
///
/// /// A handler calls it with red arguments.
/// fn handle<M: Mode>(cx: &mut Cx<'_, M, Countdown>, v: Value<M>) -> Result<(), &'static str> {
///     print(cx, v)
/// }
/// # fn main() {}
/// ```
pub use holloway_macros::residual;
pub use interpret::Header;
pub use interpret::options::JitOptions;
pub use interpret::signal::Interrupter;
pub use language::{
    At, Cx, Found, Frame, Language, Maker, Mark, Mode, Outcome, Position, Raised, Record, Red,
    Restored, Resume, Run, Runtime, StackOverflow, Value, Watched,
};
pub use observe::Location;
