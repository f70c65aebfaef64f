//! Machine code for readers: each stretch under the op it was made for.
//!
//! Invariant: no raw addresses. A jump names a label (`loop`, `exit_2`, `trace_3`), a call its function, a memory operand of the
//! runtime's context its field; whatever else is an address is called `runtime`.

use super::listing::Listing;
use crate::assemble::{CompiledCode, Piece};
use crate::run::Context;
use crate::trace::{Opcode, Trace, TraceId, Ty};
use hashbrown::HashMap;
use iced_x86::{
    Decoder, DecoderOptions, Formatter, Instruction, IntelFormatter, Mnemonic, NumberBase, OpKind,
    Register, SymbolResolver, SymbolResult,
};
use std::mem::offset_of;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A label.
    Label,
    /// The op that the instructions below were made for.
    Op,
    /// An instruction.
    Instruction,
}

/// Names of addresses in other traces.
#[derive(Clone, Default)]
pub(super) struct Elsewhere {
    names: HashMap<u64, String>,
}

impl Elsewhere {
    /// From now on a trace's entry and loop head have names.
    pub(super) fn learn(&mut self, id: TraceId, code: &CompiledCode) {
        self.names.insert(code.entry as u64, format!("trace_{}", id.0));
        if let Some(label) = &code.label {
            self.names.insert(label.address as u64, format!("trace_{}_loop", id.0));
        }
    }
}

/// The lines of a trace's machine code.
pub(super) fn disassemble(
    trace: &Trace,
    listing: &Listing,
    code: &CompiledCode,
    bytes: &[u8],
    elsewhere: &Elsewhere,
) -> Vec<(Kind, String)> {
    let mut formatter = formatter(Symbols::new(trace, listing, code, elsewhere));
    let mut lines = Vec::new();
    for (i, &(piece, start)) in code.pieces.iter().enumerate() {
        let end = code.pieces.get(i + 1).map_or(code.range.end, |next| next.1);
        let Some(chunk) = slice(code, bytes, start, end) else { continue };
        match piece {
            Piece::Op(_) if chunk.is_empty() => {}
            Piece::Op(op) => {
                let text = listing.ops.get(op).map_or("", |line| line);
                lines.push((Kind::Op, format!("; {text}")));
            }
            _ => lines.push((Kind::Label, format!("{}:", piece_name(piece)))),
        }
        if piece == Piece::Pool {
            lines.extend(pool(chunk));
            continue;
        }
        let mut decoder = Decoder::with_ip(64, chunk, start as u64, DecoderOptions::NONE);
        for instruction in &mut decoder {
            let mut text = String::new();
            formatter.format(&instruction, &mut text);
            lines.push((Kind::Instruction, text));
        }
    }
    lines
}

fn slice<'b>(code: &CompiledCode, bytes: &'b [u8], start: usize, end: usize) -> Option<&'b [u8]> {
    let first = start.checked_sub(code.range.start)?;
    bytes.get(first..end.checked_sub(code.range.start)?)
}

fn piece_name(piece: Piece) -> String {
    match piece {
        Piece::Op(op) => format!("op_{op}"),
        Piece::Entry => "entry".to_owned(),
        Piece::LabelEntry => "loop_entry".to_owned(),
        Piece::LoopHead => "loop".to_owned(),
        Piece::Stub(exit) => format!("exit_{exit}"),
        Piece::Pool => "pool".to_owned(),
    }
}

/// Constants: as words and as the doubles that most of them are.
fn pool(chunk: &[u8]) -> Vec<(Kind, String)> {
    let words = chunk.chunks_exact(8).map(|b| u64::from_le_bytes(b.try_into().expect("8 bytes")));
    words
        .map(|word| {
            let float = f64::from_bits(word);
            (Kind::Instruction, format!("{:<10} {word:#018x} ; {float:?}", "word"))
        })
        .collect()
}

fn formatter(symbols: Symbols) -> IntelFormatter {
    let mut formatter = IntelFormatter::with_options(Some(Box::new(symbols)), None);
    let options = formatter.options_mut();
    options.set_number_base(NumberBase::Decimal);
    options.set_signed_immediate_operands(true);
    options.set_first_operand_char_index(10);
    options.set_space_after_operand_separator(true);
    options.set_show_branch_size(false);
    formatter
}

/// Finds names for addresses.
struct Symbols {
    /// Starts of pieces, ascending.
    pieces: Vec<(u64, Piece)>,
    range: std::ops::Range<u64>,
    names: HashMap<u64, String>,
    /// Integers that the trace itself mentions: no addresses, however large.
    numbers: Vec<u64>,
}

impl Symbols {
    fn new(
        trace: &Trace,
        listing: &Listing,
        code: &CompiledCode,
        elsewhere: &Elsewhere,
    ) -> Symbols {
        let mut names = elsewhere.names.clone();
        for op in trace.ops.iter().filter(|op| matches!(op.code, Opcode::Call | Opcode::CallVoid)) {
            if let Some(desc) = op.call().lookup() {
                names.insert(desc.address as u64, desc.name.clone());
            }
        }
        for (i, &object) in listing.objects.iter().enumerate() {
            names.insert(object, format!("@{i}"));
        }
        names.extend(listing.addresses.iter().map(|(word, name)| (*word, format!("&{name}"))));
        let mut pieces: Vec<(u64, Piece)> =
            code.pieces.iter().map(|&(piece, at)| (at as u64, piece)).collect();
        pieces.sort_by_key(|piece| piece.0);
        let numbers = trace.consts.iter().filter(|c| c.ty != Ty::Ref).map(|c| c.bits).collect();
        let range = code.range.start as u64..code.range.end as u64;
        Symbols { pieces, range, names, numbers }
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
        if let Some((start, name)) = self.inside(address) {
            return Some(SymbolResult::with_string(start, name));
        }
        if address >= 4096
            && let Some(name) = self.names.get(&address)
        {
            return Some(SymbolResult::with_str(address, name));
        }
        let branch = matches!(kind, Some(OpKind::NearBranch64 | OpKind::NearBranch32));
        if branch && instruction.mnemonic() != Mnemonic::Call {
            return Some(SymbolResult::with_str(address, "leave"));
        }
        let unknown = branch || may_be_address(address) && !self.numbers.contains(&address);
        unknown.then(|| SymbolResult::with_str(address, "runtime"))
    }
}
