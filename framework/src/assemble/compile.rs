//! The stages of one compilation, from trace to installed code.
//!
//! Guarantees: code memory is touched last, when nothing can fail any more but its budget.

use super::allocate::{Alloc, At, CHECKED, PendingExit, Waiting};
use super::check;
use super::edges::LoopState;
use super::facts::Facts;
use super::regs::Reg;
use super::select::direct::conveyed;
use super::x64::{Cpu, Encoded, Encoder, Goal, Inst, Layout, Stub};
use super::{
    AssembleError, CallSite, CodeMemory, CompiledCode, EntryFrom, Exit, LabelEntry, Loc, Piece,
    TargetInfo, ValidSite,
};
use crate::trace::{Opcode, Ref, Trace, TraceId};

/// Compiles for the given processor.
pub(super) fn compile(
    trace: &Trace,
    id: TraceId,
    entry: EntryFrom<'_>,
    resolve: &dyn Fn(TraceId) -> Option<TargetInfo>,
    memory: &mut CodeMemory,
    cpu: Cpu,
) -> Result<CompiledCode, AssembleError> {
    check_shape(trace)?;
    let facts = Facts::of(trace)?;
    let first_slot = match entry {
        EntryFrom::Memory => 0,
        EntryFrom::Exit { parent_spills, .. } => parent_spills,
    };
    let mut alloc = Alloc::new(trace, &facts, cpu, first_slot);
    for op in trace.ops.iter().filter(|op| op.code == Opcode::CallGuest) {
        let cell = memory.cell(op.aux).ok_or(AssembleError::OutOfCodeMemory)?;
        alloc.cells.insert(op.aux, cell);
        let Some(direct) = trace.direct(op) else { continue };
        let base = trace.as_const(op.args[0]).map_or(0, |c| c.bits as i32);
        let conveyed = conveyed(trace, &direct, base)
            .ok_or(AssembleError::BadTrace("too much is passed in registers"))?;
        let cell = memory.direct_cell(direct.number, op.aux, &conveyed);
        alloc.direct_cells.insert(direct.number, cell.ok_or(AssembleError::OutOfCodeMemory)?);
    }
    let locs = walk(&mut alloc, id, entry, resolve)?;
    let mut insts = renumber(&mut alloc);
    // What a trace that is jumped to needs, too, must have room from the start.
    let slots = alloc.spills().max(alloc.target_spills);
    let frame = match entry {
        EntryFrom::Memory => Inst::Frame { called: true, slots },
        EntryFrom::Exit { parent_spills, .. } => {
            Inst::Frame { called: false, slots: if slots > parent_spills { slots } else { 0 } }
        }
    };
    for inst in &mut insts {
        if let Inst::DirectEntry { slots: room } = inst {
            *room = slots;
        }
    }
    // Behind the piece that is named `entry`.
    insts.insert(1, frame);
    if matches!(entry, EntryFrom::Exit { completes: true, .. }) {
        insts.insert(1, Inst::Complete);
    }
    let exits = exits(&alloc);
    if CHECKED {
        let undo: Vec<Option<Inst>> = alloc.exits.iter().rev().map(|exit| exit.undo).collect();
        let locs = locs.as_deref().unwrap_or(&[]);
        let (insts, exits, target) = (&insts[..], &exits[..], &alloc.target[..]);
        let waiting = &alloc.waiting[..];
        let arriving = &alloc.arriving[..];
        let finished = Finished { insts, exits, undo: &undo, waiting, arriving, locs, target };
        if let Err(why) = check::check(trace, &entry, &finished) {
            panic!("the register allocation is wrong: {why}\n{trace}\n{insts:#?}");
        }
    }
    let encoded = encode(&alloc, &insts, id, memory);
    install(encoded, exits, &alloc.waiting, locs, (id, slots), memory)
}

/// What the passes below rely on without looking again.
fn check_shape(trace: &Trace) -> Result<(), AssembleError> {
    let bad = |why| Err(AssembleError::BadTrace(why));
    let Some((last, rest)) = trace.ops.split_last() else { return bad("no ops") };
    if !last.code.is_terminator() || rest.iter().any(|op| op.code.is_terminator()) {
        return bad("not exactly one terminator at the end");
    }
    let phis = trace.ops.iter().filter(|op| op.code == Opcode::Phi).count();
    let label = trace.label();
    let expected = label.map_or(0, |l| trace.ops[l].list.len as usize);
    let first = label.map_or(0, |l| l + 1);
    let after = trace.ops[first..].iter().take_while(|op| op.code == Opcode::Phi);
    if phis != expected || after.count() != expected {
        return bad("phis do not match the label");
    }
    if last.code == Opcode::Jump
        && trace.target(last) == crate::trace::Target::Label
        && (label.is_none() || last.list.len as usize != expected)
    {
        return bad("the jump does not match the label");
    }
    Ok(())
}

/// The backward pass. Answers where the label wants its values.
fn walk(
    alloc: &mut Alloc<'_>,
    id: TraceId,
    entry: EntryFrom<'_>,
    resolve: &dyn Fn(TraceId) -> Option<TargetInfo>,
) -> Result<Option<Vec<Loc>>, AssembleError> {
    alloc.admit_inputs(&entry)?;
    let trace = alloc.trace;
    let inputs = trace.ops.iter().take_while(|op| op.code == Opcode::Input).count();
    let mut state: Option<LoopState> = None;
    for i in (inputs..trace.ops.len()).rev() {
        let op = &trace.ops[i];
        let before = alloc.out.len();
        alloc.pos = i;
        match op.code {
            Opcode::Jump => state = alloc.select_jump(op, id, resolve)?,
            Opcode::Label => {
                // A label that nobody in this trace jumps to: the others do.
                let state = state.get_or_insert_default();
                alloc.select_label(op, state);
            }
            Opcode::Input => return Err(AssembleError::BadTrace("an input after other ops")),
            _ => alloc.select()?,
        }
        alloc.push_notes();
        alloc.check()?;
        if alloc.out.len() > before && op.code != Opcode::Label {
            alloc.push(Inst::Piece(Piece::Op(i)));
        }
    }
    alloc.select_top();
    alloc.select_inputs(inputs, &entry);
    alloc.push(Inst::Piece(Piece::Entry));
    alloc.check()?;
    if !alloc.live.is_empty() {
        return Err(AssembleError::BadTrace("a value is used but not defined"));
    }
    Ok(state.map(|s| s.locs).filter(|_| alloc.facts.has_loop))
}

/// What the checker sees of a compilation.
pub(super) struct Finished<'a> {
    /// The instructions in order of execution.
    pub(super) insts: &'a [Inst],
    /// The exits in order of execution.
    pub(super) exits: &'a [Exit],
    /// What each exit's stub undoes.
    pub(super) undo: &'a [Option<Inst>],
    /// What waits for each call of a guest function.
    pub(super) waiting: &'a [Waiting],
    /// The arguments that are used, and where they arrive at the second entry.
    pub(super) arriving: &'a [(usize, Reg)],
    /// Places at the label.
    pub(super) locs: &'a [Loc],
    /// Places at the label of the trace that is jumped to.
    pub(super) target: &'a [Loc],
}

/// The instructions in order of execution; exits are numbered in this order from here on.
fn renumber(alloc: &mut Alloc<'_>) -> Vec<Inst> {
    let count = alloc.exits.len() as u32;
    let mut insts = std::mem::take(&mut alloc.out);
    insts.reverse();
    for inst in &mut insts {
        if let Inst::ExitIf(_, exit)
        | Inst::ExitIfEqual(exit)
        | Inst::ExitUnlessEqual(exit)
        | Inst::Exit(exit)
        | Inst::Patchable(exit) = inst
        {
            *exit = count - 1 - *exit;
        }
    }
    insts
}

/// The exits in order of execution, with final places.
fn exits(alloc: &Alloc<'_>) -> Vec<Exit> {
    let finish = |exit: &PendingExit| {
        let mut live: Vec<(Ref, Loc)> =
            exit.live.iter().map(|&(v, at)| (Ref::op(v as usize), final_loc(alloc, at))).collect();
        live.sort_by_key(|l| l.0);
        live.dedup_by_key(|l| l.0);
        Exit { op: exit.op, snap: exit.snap, live, sites: Vec::new(), stub: 0 }
    };
    alloc.exits.iter().rev().map(finish).collect()
}

/// Encodes the instructions, stubs and constants.
fn encode(alloc: &Alloc<'_>, insts: &[Inst], id: TraceId, memory: &CodeMemory) -> Encoded {
    let insts = close_loop(insts);
    let encoder = || Encoder::new(alloc.cpu, alloc.exits.len(), &alloc.pool, memory.cold_call());
    let sizes = encoder().encode_all(&insts, &Layout::default());
    let layout = Layout::plan(&insts, &sizes, alloc.cpu.jump_erratum);
    let mut encoder = encoder();
    encoder.encode_all(&insts, &layout);
    let stubs: Vec<Stub> = alloc.exits.iter().rev().map(|exit| Stub { undo: exit.undo }).collect();
    encoder.finish(&stubs, id.0, alloc.spills(), memory)
}

/// A guard at the end of the loop jumps back on success, which saves the jump after it. Notes are left out.
fn close_loop(insts: &[Inst]) -> Vec<Inst> {
    let mut out: Vec<Inst> = Vec::with_capacity(insts.len());
    for &inst in insts.iter().filter(|inst| !matches!(inst, Inst::Note(_))) {
        let last = out.iter_mut().rev().find(|inst| !matches!(inst, Inst::Piece(_)));
        match (inst, last) {
            (Inst::Jump(Goal::Head), Some(last @ Inst::ExitIf(..))) => {
                let Inst::ExitIf(cc, exit) = *last else { continue };
                *last = Inst::LoopIf(cc.negate(), exit);
            }
            _ => out.push(inst),
        }
    }
    out
}

fn final_loc(alloc: &Alloc<'_>, at: At) -> Loc {
    match at {
        At::Const(c) => Loc::Const(c),
        At::Slot(slot) => Loc::Spill(slot),
        At::Stay(stay) => {
            let stay = alloc.stays[stay];
            match stay.dropped {
                Some(slot) => Loc::Spill(slot),
                None if stay.reg.is_xmm() => Loc::Xmm(stay.reg.code()),
                None => Loc::Gpr(stay.reg.code()),
            }
        }
    }
}

/// Puts the code where it will run.
fn install(
    mut encoded: Encoded,
    mut exits: Vec<Exit>,
    waiting: &[Waiting],
    locs: Option<Vec<Loc>>,
    (id, spills): (TraceId, u32),
    memory: &mut CodeMemory,
) -> Result<CompiledCode, AssembleError> {
    let range = memory.allocate(encoded.bytes.len()).ok_or(AssembleError::OutOfCodeMemory)?;
    let base = range.start;
    for &(at, target) in &encoded.fixups {
        let distance = target.wrapping_sub(base + at + 4) as u32;
        encoded.bytes[at..at + 4].copy_from_slice(&distance.to_le_bytes());
    }
    memory.install(range.clone(), &encoded.bytes);
    for (exit, stub) in exits.iter_mut().zip(&encoded.stubs) {
        exit.stub = base + stub;
    }
    for &(exit, at) in &encoded.exit_jumps {
        exits[exit as usize].sites.push(base + at);
    }
    let valid = encoded.patchable.iter();
    let valid_sites =
        valid.map(|&(exit, at)| ValidSite { at: base + at, stub: exits[exit as usize].stub });
    let call_sites = encoded.call_sites.iter().map(|&(site, at)| {
        let Waiting { base, slots } = &waiting[site as usize];
        let waiting = slots.iter().map(|&(slot, _, loc)| (slot, loc)).collect();
        CallSite { returns_to: range.start + at, base: *base, waiting }
    });
    let call_sites = call_sites.collect();
    let label = encoded.label_entry.zip(locs);
    Ok(CompiledCode {
        id,
        entry: base,
        inner: base + encoded.inner,
        direct: encoded.direct.map(|at| base + at),
        label: label.map(|(at, locs)| LabelEntry { address: base + at, locs }),
        valid_sites: valid_sites.collect(),
        call_sites,
        exits,
        range,
        spills,
        pieces: encoded.pieces.into_iter().map(|(piece, at)| (piece, base + at)).collect(),
    })
}
