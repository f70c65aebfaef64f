//! Memory operands for `dynasm!`, whose addressing modes are fixed at compile time.
//!
//! `rm!(self, mem, [add Rq(d),] [])` writes `add d, [mem]` with the shortest form of the address; what stands in the
//! second pair of brackets follows the operand.

/// Encodes an instruction with a memory operand.
macro_rules! rm {
    ($s:ident, $mem:expr, [$($pre:tt)*] [$($post:tt)*]) => {
        match $mem {
            Mem::Base(b, d) => match i8::try_from(d) {
                Ok(d) => dynasm!($s.a ; .arch x64 ; $($pre)* [BYTE Rq(b.code()) + d] $($post)*),
                Err(_) => dynasm!($s.a ; .arch x64 ; $($pre)* [Rq(b.code()) + d] $($post)*),
            },
            Mem::Index(b, i, 8, d) => match i8::try_from(d) {
                Ok(d) => dynasm!($s.a ; .arch x64
                    ; $($pre)* [BYTE Rq(b.code()) + Rq(i.code()) * 8 + d] $($post)*),
                Err(_) => dynasm!($s.a ; .arch x64
                    ; $($pre)* [Rq(b.code()) + Rq(i.code()) * 8 + d] $($post)*),
            },
            Mem::Index(b, i, 4, d) => dynasm!($s.a ; .arch x64
                ; $($pre)* [Rq(b.code()) + Rq(i.code()) * 4 + d] $($post)*),
            Mem::Index(b, i, _, d) => dynasm!($s.a ; .arch x64
                ; $($pre)* [Rq(b.code()) + Rq(i.code()) * 1 + d] $($post)*),
            Mem::Pool(entry) => {
                let label = $s.pool_label(entry);
                dynasm!($s.a ; .arch x64 ; $($pre)* [=>label] $($post)*)
            }
        }
    };
}

/// Encodes an instruction whose last operand is a register or memory.
macro_rules! reg_or_mem {
    ($s:ident, $src:expr, $reg:ident, [$($pre:tt)*] [$($post:tt)*]) => {
        match $src {
            Src::Reg(r) => dynasm!($s.a ; .arch x64 ; $($pre)* $reg(r.code()) $($post)*),
            Src::Mem(m) => rm!($s, m, [$($pre)*] [$($post)*]),
            Src::Imm(_) => unreachable!("the selector puts no constant here"),
        }
    };
}

pub(super) use {reg_or_mem, rm};
