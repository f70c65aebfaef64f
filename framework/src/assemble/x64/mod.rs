//! The only folder that knows instruction encodings: every `dynasm!` lives here.

#[allow(clippy::useless_conversion, reason = "the assembler's macro converts register numbers")]
mod cold;
mod cpu;
#[allow(clippy::useless_conversion, reason = "the assembler's macro converts register numbers")]
mod encode;
#[allow(clippy::useless_conversion, reason = "the assembler's macro converts register numbers")]
mod encode_call;
#[allow(clippy::useless_conversion, reason = "the assembler's macro converts register numbers")]
mod encode_float;
mod inst;
mod layout;
mod operand;
#[allow(clippy::useless_conversion, reason = "the assembler's macro converts register numbers")]
mod trampoline;

pub(super) use cpu::Cpu;
pub(super) use encode::{Encoded, Encoder, Stub};
pub(super) use inst::{
    Alu, Callee, Cc, Division, FAlu, FBits, Goal, Inst, Mem, Note, Shift, Size, Src,
};
pub(super) use layout::Layout;
pub(super) use trampoline::{adapter, trampoline};
