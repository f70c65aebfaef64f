//! The trace IR that every stage shares: op table, descriptors, builder, text form, verifier, evaluator.
//!
//! Invariant: this folder depends on no other stage.

pub mod compute;
pub mod desc;
mod direct;
pub mod eval;
pub mod generate;
pub mod ir;
pub mod op;
pub mod parse;
pub mod print;
mod same;
pub mod verify;
mod virtuals;

pub use compute::compute;
pub use desc::{
    Access, AccessId, CallDesc, CallEffect, CallId, Layout, LayoutId, Mutability, Width,
};
pub use direct::{Direct, Passed};
pub use ir::{Const, KeyId, List, Op, Ref, Slot, SnapId, Snapshot, Target, Trace, TraceId};
pub use op::{Effect, Opcode, Operand, ResultTy, Ty};
pub use parse::{ParseError, parse};
pub use print::{PrintOptions, print};
pub use verify::{VerifyError, verify};
pub use virtuals::{Made, VirtualObject, VirtualStore};
