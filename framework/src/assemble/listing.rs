//! Machine code for readers: each stretch under the op it was made for.
//!
//! Invariant: no raw addresses. A jump names a label (`loop`, `exit_2`, `trace_3`), a call its function, a memory operand of the
//! runtime's context its field; whatever else is an address is called `runtime`.

mod symbols;

use super::{CodeMemory, CompiledCode, Piece};
use crate::trace::Trace;
use crate::trace::print::print_op;
use iced_x86::{
    Decoder, DecoderOptions, Formatter, Instruction, IntelFormatter, Mnemonic, NumberBase,
};
pub(crate) use symbols::Names;
use symbols::Symbols;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A label.
    Label,
    /// The op that the instructions below were made for.
    Op,
    /// An instruction.
    Instruction,
}

/// The machine code of a trace as text.
pub fn listing(code: &CompiledCode, trace: &Trace, memory: &CodeMemory) -> String {
    let ops: Vec<String> = (0..trace.ops.len()).map(|i| print_op(trace, i)).collect();
    let bytes = memory.bytes(code.range.clone());
    let mut text = String::new();
    for (kind, line) in lines(trace, &ops, code, bytes, &Names::default()) {
        text.push_str(match kind {
            Kind::Label => "",
            Kind::Op => "  ",
            Kind::Instruction => "    ",
        });
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// The lines of a trace's machine code. `ops` holds the ops as text, `names` what is known of addresses beyond this trace.
pub(crate) fn lines(
    trace: &Trace,
    ops: &[String],
    code: &CompiledCode,
    bytes: &[u8],
    names: &Names,
) -> Vec<(Kind, String)> {
    let targets = Targets::new(code, bytes);
    let symbols = Symbols::new(trace, code, names, &targets.names);
    let mut pool: Vec<(Kind, String)> = pieces(code, bytes)
        .filter(|(piece, ..)| *piece == Piece::Pool)
        .flat_map(|(.., chunk)| pool_lines(chunk, &symbols))
        .collect();
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
                let text = ops.get(op).map_or("", |line| line);
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
            lines.append(&mut pool);
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
        found.sort_unstable_by_key(|&(at, back)| (at, !back));
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
        Piece::Cold(end) => format!("cold_{end}"),
        Piece::Pool => "pool".to_owned(),
    }
}

/// Constants: as words and as the doubles that most of them are.
fn pool_lines(chunk: &[u8], symbols: &Symbols) -> Vec<(Kind, String)> {
    let words = chunk.chunks_exact(8).map(|b| u64::from_le_bytes(b.try_into().expect("8 bytes")));
    words
        .map(|word| {
            let text = match symbols.name(word) {
                Some(name) => name.to_owned(),
                None => format!("{word:#018x} ; {:?}", f64::from_bits(word)),
            };
            (Kind::Instruction, format!("{:<10}{text}", "word"))
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
