//! 5 ASSEMBLE: from an optimized trace to machine code (x86-64, System V).
//!
//! ```text
//! Trace --analyze--> facts --allocate + select, backwards--> instructions --emit, forwards--> bytes in code memory
//! ```
//! One pass over the trace, last op first, assigns registers and selects instructions: what is live is known without
//! an analysis, unused pure ops vanish, loads and compares merge into their users. The instructions are then encoded
//! in order of execution, exit stubs behind them.
//!
//! Machine model: `rbx` = base of the VM stack (slot `s` lies at `[rbx + 8*s]`), `r15` = [`Context`], `rbp` = native frame,
//! `[rbp - 16 - 8*k]` = spill slot `k`, `xmm15` = scratch; the other 12 general and 15 float registers hold values. A trace
//! that is entered makes a native frame. Traces that jump to each other share it: spill slots count from its upper end, so a trace that
//! needs more of them only lowers `rsp`. A call of a guest function makes another frame below. A function may have a second entry
//! for calls that pass arguments in registers; as long as it has no machine code, such calls reach an adapter that writes them to memory.
//!
//! Invariants: this folder knows no language and no interpreter; every guard has an [`Exit`] that says where each value
//! that is alive there lies.
//!
//! [`Context`]: crate::run::Context

mod allocate;
mod barriers;
mod check;
mod code_memory;
mod compile;
mod edges;
mod facts;
pub mod harness;
pub mod listing;
mod magic;
mod moves;
mod regs;
mod select;
mod x64;

#[cfg(test)]
mod tests;

pub use code_memory::CodeMemory;

use crate::trace::{Const, KeyId, Opcode, Ref, Slot, SnapId, Trace, TraceId};
use std::fmt;
use std::ops::Range;

/// Spill slots in the frame that all traces share.
pub const SPILL_SLOTS: usize = 496;

/// Where a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loc {
    /// A general register, by its number in instructions.
    Gpr(u8),
    /// The low half of a float register.
    Xmm(u8),
    /// A word of the frame.
    Spill(u32),
    /// Nowhere: it is known to be this constant.
    Const(Const),
}

/// A place where a trace may be left.
#[derive(Clone, Debug)]
pub struct Exit {
    /// Index of the guard or `leave` in the trace.
    pub op: usize,
    /// Its snapshot.
    pub snap: SnapId,
    /// Where every value lies that is alive here: what the snapshot needs and what later ops use, by ascending value.
    pub live: Vec<(Ref, Loc)>,
    /// Addresses of the displacements of the jumps out of the trace.
    pub(crate) sites: Vec<usize>,
    /// Address of the stub that they were made for.
    pub(crate) stub: usize,
}

impl Exit {
    /// Where `value` lies, if it is alive here.
    pub fn loc(&self, value: Ref) -> Option<Loc> {
        self.live.binary_search_by_key(&value, |l| l.0).ok().map(|i| self.live[i].1)
    }
}

/// A call of a guest function, as long as it lasts.
///
/// What waits lies in spill slots of the caller's native frame, because no register outlives a call.
#[derive(Clone, Debug)]
pub struct CallSite {
    /// The return address.
    pub(crate) returns_to: usize,
    /// Words between the bases of callee and caller.
    pub(crate) base: i32,
    /// What memory need not hold yet: slots of the caller.
    pub(crate) waiting: Vec<(Slot, Loc)>,
}

/// How an argument gets from a register to memory, where the callee does not take it in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Convey {
    /// Words between the callee's base and the tag.
    pub(crate) slot: i32,
    /// The tag.
    pub(crate) tag: u64,
    /// The register that has the payload.
    pub(crate) reg: regs::Reg,
}

/// Bytes of the no-op behind the call, into which return addresses are moved: see `run/waiting.rs`.
pub(crate) const WRITTEN: usize = 2;

/// A no-op that can become a jump.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValidSite {
    /// Its address.
    pub(crate) at: usize,
    /// Address of the stub to jump to.
    pub(crate) stub: usize,
}

/// The loop head, for jumps from other traces.
#[derive(Clone, Debug)]
pub struct LabelEntry {
    /// Where to jump to.
    pub address: usize,
    /// Where the values must lie: phis, then imports, in the order of the trace.
    pub locs: Vec<Loc>,
}

/// A trace as machine code.
#[derive(Clone, Debug)]
pub struct CompiledCode {
    /// Which trace.
    pub id: TraceId,
    /// Where to enter it: by a call or, for a bridge, from its parent's exit.
    pub entry: usize,
    /// Where calls enter it that pass arguments in registers.
    pub direct: Option<usize>,
    /// Where to enter it by a jump, in the native frame of another trace.
    pub inner: usize,
    /// Its loop head.
    pub label: Option<LabelEntry>,
    /// Its exits in order of execution.
    pub exits: Vec<Exit>,
    /// The bytes it takes in code memory, stubs and constants included.
    pub range: Range<usize>,
    /// Spill slots that the native frame has room for: `0..spills`, including those of the parent and of the trace jumped to.
    pub spills: u32,
    /// For each piece of code, in order: the op it belongs to and where it starts; each ends where the next starts.
    pub pieces: Vec<(Piece, usize)>,
    /// Its calls of guest functions.
    pub call_sites: Vec<CallSite>,
    /// Places of `guard_valid`: the 5-byte no-op to overwrite and the stub to jump to.
    pub(crate) valid_sites: Vec<ValidSite>,
}

/// What a piece of machine code was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The op at this index.
    Op(usize),
    /// Moves at the entry of a bridge.
    Entry,
    /// Between preamble and loop: what jumps from other traces and the preamble share.
    LabelEntry,
    /// The loop head: moves before the first op.
    LoopHead,
    /// The stub of this exit.
    Stub(usize),
    /// The rare end of an operation, by number.
    Cold(usize),
    /// Constants, not code.
    Pool,
}

/// How a trace is entered.
#[derive(Clone, Copy)]
pub enum EntryFrom<'a> {
    /// From the interpreter: only base register and context are set.
    Memory,
    /// Directly from a guard of another trace: `input` ops name values that are alive there.
    Exit {
        /// The exit that grows the bridge.
        exit: &'a Exit,
        /// `CompiledCode::spills` of its trace.
        parent_spills: u32,
        /// The bridge may look at words of frames that wait: they are written first.
        completes: bool,
    },
}

/// What a jump to another trace needs to know about it.
#[derive(Clone, Debug)]
pub struct TargetInfo {
    /// `CompiledCode::inner`.
    pub entry: usize,
    /// `CompiledCode::label`.
    pub label: Option<LabelEntry>,
    /// `CompiledCode::spills`.
    pub spills: u32,
}

/// Why a trace has no machine code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssembleError {
    /// More values are alive at once than the frame has room for.
    TooManySpills,
    /// The budget of code memory is used up.
    OutOfCodeMemory,
    /// A jump to a trace that is not (or no longer) compiled, or has no loop.
    UnknownTarget(TraceId),
    /// A slot or field too far away for an instruction.
    OutOfReach,
    /// The trace breaks an invariant of the IR.
    BadTrace(&'static str),
    /// The machine is not x86-64 Linux.
    Unsupported,
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AssembleError::TooManySpills => write!(f, "more than {SPILL_SLOTS} spill slots"),
            AssembleError::OutOfCodeMemory => f.write_str("code memory is used up"),
            AssembleError::UnknownTarget(t) => write!(f, "jump to trace {}, which is gone", t.0),
            AssembleError::OutOfReach => f.write_str("an offset does not fit 32 bits"),
            AssembleError::BadTrace(why) => write!(f, "malformed trace: {why}"),
            AssembleError::Unsupported => f.write_str("no machine code on this platform"),
        }
    }
}

impl std::error::Error for AssembleError {}

/// Compiles `trace` into `memory`.
///
/// `resolve` knows the other compiled traces. The code is not reachable from anywhere until it is entered or attached.
///
/// # Errors
/// See [`AssembleError`]; `memory` is then unchanged.
pub fn assemble(
    trace: &Trace,
    id: TraceId,
    entry: EntryFrom<'_>,
    resolve: &dyn Fn(TraceId) -> Option<TargetInfo>,
    memory: &mut CodeMemory,
) -> Result<CompiledCode, AssembleError> {
    compile::compile(trace, id, entry, resolve, memory, x64::Cpu::detect())
}

/// Aims the guard of `exit` at the bridge whose entry is `bridge`: from now on it does not leave machine code.
pub fn attach(memory: &mut CodeMemory, exit: &Exit, bridge: usize) {
    for &at in &exit.sites {
        memory.patch(at, bridge);
    }
}

/// From now on, calls of this guest function go to this code: those that pass arguments by the convention of its second entry go there.
pub fn open(memory: &mut CodeMemory, trace: &Trace, code: &CompiledCode, key: KeyId) {
    memory.set_cell(key.0, code.entry);
    let entry = trace.ops.iter().find(|op| op.code == Opcode::DirectEntry);
    let direct = entry.and_then(|op| trace.direct(op));
    let (Some(direct), Some(entry)) = (direct, code.direct) else { return };
    let conveyed = select::direct::conveyed(trace, &direct, 0);
    if conveyed.is_some_and(|c| memory.direct_cell(direct.number, key.0, &c).is_some()) {
        memory.set_direct(direct.number, entry);
    }
}

/// Undoes [`open`]: calls of this guest function go to the interpreter, unless they go to other code by now.
pub fn close(memory: &mut CodeMemory, code: &CompiledCode, key: KeyId) {
    memory.clear_cell(key.0, code.entry);
    code.direct.into_iter().for_each(|entry| memory.clear_direct(entry));
}

/// Undoes [`attach`]: the guard leaves for the interpreter again.
pub fn detach(memory: &mut CodeMemory, exit: &Exit) {
    attach(memory, exit, exit.stub);
}

/// Makes every `guard_valid` of `code` fail from now on.
pub fn invalidate(memory: &mut CodeMemory, code: &CompiledCode) {
    for site in &code.valid_sites {
        memory.patch_no_op(site.at, site.stub);
    }
}
