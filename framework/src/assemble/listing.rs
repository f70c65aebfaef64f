//! Machine code as text, with names instead of addresses: two runs of a program print the same.

use super::regs::{BASE, CONTEXT};
use super::{CodeMemory, CompiledCode, Piece};
use crate::trace::print::print_op;
use crate::trace::{Opcode, Trace};
use iced_x86::{
    Decoder, DecoderOptions, Formatter, Instruction, IntelFormatter, SymbolResolver, SymbolResult,
};
use std::collections::HashMap;
use std::fmt::Write;

/// Names of addresses.
struct Names(HashMap<u64, String>);

impl SymbolResolver for Names {
    fn symbol(
        &mut self,
        _: &Instruction,
        _: u32,
        _: Option<u32>,
        address: u64,
        _: u32,
    ) -> Option<SymbolResult<'_>> {
        let name = self.0.get(&address)?;
        Some(SymbolResult::with_str(address, name.as_str()))
    }
}

/// The machine code of a trace, each instruction under the op it was made for.
pub fn listing(code: &CompiledCode, trace: &Trace, memory: &CodeMemory) -> String {
    listing_of(code, trace, memory.bytes(code.range.clone()))
}

/// The same from a copy of the bytes.
pub fn listing_of(code: &CompiledCode, trace: &Trace, bytes: &[u8]) -> String {
    let _ = (BASE, CONTEXT);
    let names = names(code, trace);
    let mut formatter = IntelFormatter::with_options(Some(Box::new(Names(names))), None);
    let options = formatter.options_mut();
    options.set_rip_relative_addresses(false);
    options.set_space_after_operand_separator(true);
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_small_hex_numbers_in_decimal(true);
    options.set_branch_leading_zeros(false);
    options.set_show_branch_size(false);
    let mut out = String::new();
    for (i, &(piece, at)) in code.pieces.iter().enumerate() {
        let end = code.pieces.get(i + 1).map_or(code.range.end, |next| next.1);
        let part = &bytes[at - code.range.start..end - code.range.start];
        if title(&mut out, piece, trace, code) {
            let decoder = Decoder::with_ip(64, part, at as u64, DecoderOptions::NONE);
            for instruction in decoder {
                let mut text = String::new();
                formatter.format(&instruction, &mut text);
                let _ = writeln!(out, "    {text}");
            }
        }
    }
    out
}

fn title(out: &mut String, piece: Piece, trace: &Trace, code: &CompiledCode) -> bool {
    let _ = match piece {
        Piece::Op(i) => writeln!(out, "  ; {}", print_op(trace, i)),
        Piece::Entry => writeln!(out, "  ; entry"),
        Piece::LabelEntry => writeln!(out, "label:"),
        Piece::LoopHead => writeln!(out, "loop:"),
        Piece::Stub(i) => writeln!(out, "exit g{i}:  ; of op {}", code.exits[i].op),
        Piece::Pool => return false,
    };
    true
}

fn names(code: &CompiledCode, trace: &Trace) -> HashMap<u64, String> {
    let mut names = HashMap::new();
    for &(piece, at) in &code.pieces {
        let name = match piece {
            Piece::Stub(i) => format!("exit_g{i}"),
            Piece::LoopHead => "loop".to_owned(),
            Piece::LabelEntry => "label".to_owned(),
            _ => continue,
        };
        names.insert(at as u64, name);
    }
    for op in &trace.ops {
        if matches!(op.code, Opcode::Call | Opcode::CallVoid) {
            let desc = op.call().get();
            names.insert(desc.address as u64, desc.name.clone());
        }
    }
    names
}
