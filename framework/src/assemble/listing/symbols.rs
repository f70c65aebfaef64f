//! Names for the addresses in machine code.
//!
//! Invariant: every operand that may be an address gets a name, if only `runtime`.

use super::super::{CompiledCode, Piece};
use super::piece_name;
use crate::run::Context;
use crate::trace::{Opcode, Trace, TraceId, Ty};
use hashbrown::HashMap;
use iced_x86::{Instruction, Mnemonic, OpKind, Register, SymbolResolver, SymbolResult};
use std::mem::offset_of;

/// Names of addresses beyond one trace.
#[derive(Clone, Default)]
pub(crate) struct Names {
    names: HashMap<u64, String>,
}

impl Names {
    /// From now on a trace's entry and loop head have names.
    pub(crate) fn learn(&mut self, id: TraceId, code: &CompiledCode) {
        self.name(code.entry as u64, format!("trace_{}", id.0));
        if let Some(label) = &code.label {
            self.name(label.address as u64, format!("trace_{}_loop", id.0));
        }
    }

    /// Names an address.
    pub(crate) fn name(&mut self, address: u64, name: String) {
        self.names.insert(address, name);
    }
}

/// Finds names for addresses.
pub(super) struct Symbols {
    /// Starts of pieces, ascending.
    pieces: Vec<(u64, Piece)>,
    range: std::ops::Range<u64>,
    names: HashMap<u64, String>,
    /// Integers that the trace itself mentions: no addresses, however large.
    numbers: Vec<u64>,
}

impl Symbols {
    /// What this trace and `known` know, and the `labels` of jumps.
    pub(super) fn new(
        trace: &Trace,
        code: &CompiledCode,
        known: &Names,
        labels: &[(usize, String)],
    ) -> Symbols {
        let mut names = known.names.clone();
        for op in trace.ops.iter().filter(|op| matches!(op.code, Opcode::Call | Opcode::CallVoid)) {
            if let Some(desc) = op.call().lookup() {
                names.insert(desc.address as u64, desc.name.clone());
            }
        }
        names.extend(labels.iter().map(|(at, name)| (*at as u64, name.clone())));
        let mut pieces: Vec<(u64, Piece)> =
            code.pieces.iter().map(|&(piece, at)| (at as u64, piece)).collect();
        pieces.sort_by_key(|piece| piece.0);
        let numbers = trace.consts.iter().filter(|c| c.ty != Ty::Ref).map(|c| c.bits).collect();
        let range = code.range.start as u64..code.range.end as u64;
        Symbols { pieces, range, names, numbers }
    }

    /// The name of a word that is an address.
    pub(super) fn name(&self, word: u64) -> Option<&str> {
        match self.names.get(&word) {
            Some(name) if word >= 4096 => Some(name),
            _ if may_be_address(word) && !self.numbers.contains(&word) => Some("runtime"),
            _ => None,
        }
    }

    /// The name of an address in this trace, and where that name starts.
    fn inside(&self, address: u64) -> Option<(u64, String)> {
        if !self.range.contains(&address) {
            return None;
        }
        let label = self.pieces.iter().find(|p| p.0 == address && !matches!(p.1, Piece::Op(_)));
        let below = || self.pieces.iter().rev().find(|p| p.0 <= address);
        label.or_else(below).map(|&(at, piece)| (at, piece_name(piece)))
    }
}

/// Fields of the context that machine code uses.
fn context_field(offset: u64) -> Option<&'static str> {
    let fields = [
        (offset_of!(Context, signal), "signal"),
        (offset_of!(Context, error), "error"),
        (offset_of!(Context, result_tag), "result_tag"),
        (offset_of!(Context, countdown), "countdown"),
        (offset_of!(Context, alloc), "alloc"),
        (offset_of!(Context, stack_low), "stack_low"),
        (offset_of!(Context, native_low), "native_low"),
    ];
    fields.iter().find(|field| field.0 as u64 == offset).map(|field| field.1)
}

/// Addresses of a process lie here, small numbers do not.
fn may_be_address(word: u64) -> bool {
    (1 << 32..1 << 47).contains(&word)
}

impl SymbolResolver for Symbols {
    fn symbol(
        &mut self,
        instruction: &Instruction,
        _: u32,
        operand: Option<u32>,
        address: u64,
        _: u32,
    ) -> Option<SymbolResult<'_>> {
        let kind = operand.and_then(|o| instruction.try_op_kind(o).ok());
        if kind == Some(OpKind::Memory) && instruction.memory_base() == Register::R15 {
            return context_field(address).map(|name| SymbolResult::with_str(address, name));
        }
        let named = if address < 4096 { None } else { self.names.get(&address) };
        if let Some(name) = named {
            return Some(SymbolResult::with_str(address, name));
        }
        if let Some((start, name)) = self.inside(address) {
            return Some(SymbolResult::with_string(start, name));
        }
        let branch = matches!(kind, Some(OpKind::NearBranch64 | OpKind::NearBranch32));
        if branch && instruction.mnemonic() != Mnemonic::Call {
            return Some(SymbolResult::with_str(address, "leave"));
        }
        let unknown = branch || may_be_address(address) && !self.numbers.contains(&address);
        unknown.then(|| SymbolResult::with_str(address, "runtime"))
    }
}
