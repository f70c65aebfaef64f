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
    let targets = Targets::new(code, bytes);
    let symbols = Symbols::new(trace, listing, code, elsewhere, targets.clone());
    let mut formatter = formatter(symbols);
    let mut lines = Vec::new();
    for (piece, start, chunk) in pieces(code, bytes) {
        if matches!(piece, Piece::Op(_)) {
            if chunk.is_empty() {
                continue;
            }
            lines.extend(targets.line(start));
        }
        match piece {
            Piece::Op(op) => {
                let text = listing.ops.get(op).map_or("", |line| line);
                lines.push((Kind::Op, format!("; {text}")));
            }
            Piece::Stub(_) => {
                let stub = instructions(start, chunk).map(|i| text_of(&mut formatter, &i));
                let stub: Vec<String> = stub.map(|line| one_space(&line)).collect();
                let line = format!("{}: {}", piece_name(piece), stub.join(" / "));
                lines.push((Kind::Label, line));
                continue;
            }
            _ => lines.push((Kind::Label, format!("{}:", piece_name(piece)))),
        }
        if piece == Piece::Pool {
            lines.extend(pool(chunk));
            continue;
        }
        let mut nops = 0;
        for instruction in instructions(start, chunk) {
            if instruction.mnemonic() == Mnemonic::Nop {
                nops += instruction.len();
                continue;
            }
            lines.extend(padding(&mut nops));
            let at = instruction.ip() as usize;
            if at != start {
                lines.extend(targets.line(at));
            }
            lines.push((Kind::Instruction, text_of(&mut formatter, &instruction)));
        }
        lines.extend(padding(&mut nops));
    }
    lines
}

/// The pieces of the code with their addresses and bytes.
fn pieces<'c>(
    code: &'c CompiledCode,
    bytes: &'c [u8],
) -> impl Iterator<Item = (Piece, usize, &'c [u8])> {
    code.pieces.iter().enumerate().filter_map(move |(i, &(piece, start))| {
        let end = code.pieces.get(i + 1).map_or(code.range.end, |next| next.1);
        Some((piece, start, slice(code, bytes, start, end)?))
    })
}

fn instructions(start: usize, chunk: &[u8]) -> impl Iterator<Item = Instruction> {
    Decoder::with_ip(64, chunk, start as u64, DecoderOptions::NONE).into_iter()
}

fn text_of(formatter: &mut IntelFormatter, instruction: &Instruction) -> String {
    let mut text = String::new();
    formatter.format(instruction, &mut text);
    text
}

fn one_space(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says how many bytes of no-ops there were.
fn padding(nops: &mut usize) -> Option<(Kind, String)> {
    let bytes = std::mem::take(nops);
    (bytes > 0).then(|| (Kind::Instruction, format!("{:<10}{bytes} bytes", "nop")))
}

/// Targets of jumps that are not at the start of a labelled piece: `loop` for the first that is jumped back to, else a number.
#[derive(Clone, Default)]
struct Targets {
    /// Ascending.
    names: Vec<(usize, String)>,
}

impl Targets {
    fn new(code: &CompiledCode, bytes: &[u8]) -> Targets {
        let unnamed = |address: usize| {
            let piece = code.pieces.iter().rev().find(|p| p.1 <= address);
            let labelled =
                code.pieces.iter().any(|p| p.1 == address && !matches!(p.0, Piece::Op(_)));
            !labelled && !matches!(piece, Some((Piece::Stub(_) | Piece::Pool, _)))
        };
        let mut found: Vec<(usize, bool)> = Vec::new();
        for (piece, start, chunk) in pieces(code, bytes) {
            if piece == Piece::Pool {
                continue;
            }
            for instruction in instructions(start, chunk) {
                let target = instruction.near_branch_target() as usize;
                if code.range.contains(&target) && unnamed(target) {
                    found.push((target, target <= instruction.ip() as usize));
                }
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|f| f.0);
        let mut has_loop = code.pieces.iter().any(|p| p.0 == Piece::LoopHead);
        let mut names = Vec::new();
        for (address, back) in found {
            let name = match back && !has_loop {
                true => "loop".to_owned(),
                false => format!("label_{}", names.len() + 1),
            };
            has_loop |= back;
            names.push((address, name));
        }
        Targets { names }
    }

    fn name(&self, address: usize) -> Option<&str> {
        let found = self.names.iter().find(|name| name.0 == address);
        found.map(|name| name.1.as_str())
    }

    fn line(&self, address: usize) -> Option<(Kind, String)> {
        Some((Kind::Label, format!("{}:", self.name(address)?)))
    }
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
        targets: Targets,
    ) -> Symbols {
        let mut names = elsewhere.names.clone();
        names.extend(targets.names.into_iter().map(|(at, name)| (at as u64, name)));
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
