//! Operations that are inline but for a rare end: the write barrier and allocation.
//!
//! ```text
//!       test byte [object + 1], clean              mov tmp, [context + bump]
//!       jnz cold                                   mov dst, [tmp + next]
//! back: ..                                         add dst, size
//!                                                  cmp dst, [tmp + end]
//!                                                  ja cold
//!                                                  mov [tmp + next], dst
//!                                                  mov qword [dst - size], header
//!                                                  mov qword [dst - size + 8], len   if it has trailing elements
//!                                                  sub dst, size
//!                                            back: ..
//! ```
//! Invariant: a cold end changes no register but the result's, so the register allocator need not know of it.

use super::encode::Encoder;
use crate::assemble::Piece;
use crate::assemble::regs::{CONTEXT, Reg};
use crate::heap::gc::LEN_OFFSET;
use crate::heap::header::{CAPACITY_OFFSET, CLEAN};
use crate::heap::nursery::Bump;
use crate::run::{Cold, Context};
use crate::trace::LayoutId;
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};
use std::mem::offset_of;

/// What stands behind the code of a trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColdEnd {
    start: DynamicLabel,
    back: DynamicLabel,
    what: u64,
    operand: Operand,
    /// Where the result goes.
    result: Option<Reg>,
}

/// What a cold end is about.
#[derive(Clone, Copy, Debug)]
enum Operand {
    Reg(Reg),
    Word(u32),
}

impl Encoder {
    fn cold_end(&mut self, what: u64, operand: Operand, result: Option<Reg>) -> ColdEnd {
        let (start, back) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
        let end = ColdEnd { start, back, what, operand, result };
        self.cold.push(end);
        end
    }

    /// A reference is stored into this object.
    pub(super) fn barrier(&mut self, object: Reg) {
        const { assert!(CLEAN == 1 << 8, "the clean bit is the lowest of the second byte") };
        let end = self.cold_end(Cold::Remember.word(0), Operand::Reg(object), None);
        let (start, back) = (end.start, end.back);
        dynasm!(self.a
            ; .arch x64
            ; test BYTE [Rq(object.code()) + 1], 1
            ; jnz =>start
            ; =>back
        );
    }

    /// A new object with so many trailing elements; all of it fits an `i32`.
    pub(super) fn new_object(&mut self, dst: Reg, tmp: Reg, layout: u32, len: u32) {
        let desc = LayoutId(layout).get();
        let size = (desc.size + len * desc.elem_size).next_multiple_of(8) as i32;
        let end = self.cold_end(Cold::Allocate.word(layout), Operand::Word(len), Some(dst));
        let (start, back) = (end.start, end.back);
        let (d, t, context) = (dst.code(), tmp.code(), CONTEXT.code());
        let bump = offset_of!(Context, bump) as i32;
        let (next, limit) = (offset_of!(Bump, next) as i32, offset_of!(Bump, end) as i32);
        dynasm!(self.a
            ; .arch x64
            ; mov Rq(t), [Rq(context) + bump]
            ; mov Rq(d), [Rq(t) + next]
            ; add Rq(d), size
            ; cmp Rq(d), [Rq(t) + limit]
            ; ja =>start
            ; mov [Rq(t) + next], Rq(d)
            ; mov DWORD [Rq(d) - size], desc.tag as i32
        );
        if len != 0 {
            const { assert!(CAPACITY_OFFSET == 4, "the capacity is the upper half of the header") };
            dynasm!(self.a
                ; .arch x64
                ; mov DWORD [Rq(d) - size + CAPACITY_OFFSET], len as i32
                ; mov QWORD [Rq(d) - size + LEN_OFFSET as i32], len as i32
            );
        }
        dynasm!(self.a
            ; .arch x64
            ; sub Rq(d), size
            ; =>back
        );
    }

    /// Lets the runtime write what waits for this native frame's function.
    pub(super) fn complete(&mut self) {
        let words = offset_of!(Context, cold_words) as i32;
        let context = CONTEXT.code();
        dynasm!(self.a
            ; .arch x64
            ; mov QWORD [Rq(context) + words], Cold::Complete as i32
            ; mov [Rq(context) + words + 8], rbp
        );
        let call = self.cold_call;
        self.far(0xe8, call);
    }

    /// Writes all cold ends.
    pub(super) fn cold_ends(&mut self, call: usize) {
        let words = offset_of!(Context, cold_words) as i32;
        let context = CONTEXT.code();
        for (i, end) in std::mem::take(&mut self.cold).into_iter().enumerate() {
            self.piece(Piece::Cold(i));
            let (start, back) = (end.start, end.back);
            dynasm!(self.a
                ; .arch x64
                ; =>start
                ; mov DWORD [Rq(context) + words], end.what as i32
                ; mov DWORD [Rq(context) + words + 4], (end.what >> 32) as i32
            );
            match end.operand {
                Operand::Reg(r) => {
                    dynasm!(self.a ; .arch x64 ; mov [Rq(context) + words + 8], Rq(r.code()))
                }
                Operand::Word(word) => dynasm!(self.a
                    ; .arch x64
                    ; mov QWORD [Rq(context) + words + 8], word as i32
                ),
            }
            self.far(0xe8, call);
            if let Some(r) = end.result {
                dynasm!(self.a ; .arch x64 ; mov Rq(r.code()), [Rq(context) + words]);
            }
            dynasm!(self.a ; .arch x64 ; jmp =>back);
        }
    }
}
