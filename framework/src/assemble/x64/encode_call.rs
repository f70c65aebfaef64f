//! Encoding of native frames and calls.
//!
//! Invariant: behind a call of a guest function stands a no-op as long as `WRITTEN` says, so that a return address can tell whether
//! the frames that wait are written. Its second byte is a no-op as well.

use super::encode::Encoder;
use super::inst::{Callee, Mem};
use crate::assemble::regs::{BASE, CONTEXT, RBP, RSP};
use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

impl Encoder {
    /// ```text
    /// [rbp]          the caller's rbp
    /// [rbp - 8]      the base at entry
    /// [rbp - 16 - 8k] spill slot k
    /// ```
    pub(super) fn frame(&mut self, called: bool, slots: u32) {
        if called {
            dynasm!(self.a ; .arch x64 ; push rbp ; mov rbp, rsp ; push rbx);
        }
        let entry = self.entry;
        dynasm!(self.a ; .arch x64 ; =>entry);
        self.out.inner = self.here();
        if called || slots > 0 {
            self.room(slots);
        }
    }

    fn room(&mut self, slots: u32) {
        let bytes = (8 + 8 * slots as i32 + 15) / 16 * 16;
        self.lea_general(RSP, Mem::Base(RBP, -bytes));
    }

    pub(super) fn direct_entry(&mut self, slots: u32) {
        let body = self.a.new_dynamic_label();
        dynasm!(self.a ; .arch x64 ; jmp =>body);
        self.out.direct = Some(self.here());
        dynasm!(self.a ; .arch x64 ; push rbp ; mov rbp, rsp ; push rbx);
        self.room(slots);
        dynasm!(self.a ; .arch x64 ; =>body);
    }

    pub(super) fn call_guest(&mut self, cell: usize, key: u32, base: i32, site: u32) {
        if base != 0 {
            self.lea(BASE, Mem::Base(BASE, base));
        }
        dynasm!(self.a ; .arch x64 ; mov eax, DWORD key as i32 ; .bytes [0xffu8, 0x15, 0, 0, 0, 0]);
        let at = self.here() - 4;
        self.out.fixups.push((at, cell));
        self.out.call_sites.push((site, self.here()));
        dynasm!(self.a ; .arch x64 ; .bytes [0x66u8, 0x90]);
        if base != 0 {
            self.lea(BASE, Mem::Base(BASE, -base));
        }
    }

    pub(super) fn call(&mut self, callee: Callee) {
        match callee {
            Callee::Address(address) => {
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD address as i64 ; call rax);
            }
            Callee::Field(offset) => {
                dynasm!(self.a ; .arch x64 ; call QWORD [Rq(CONTEXT.code()) + offset]);
            }
        }
    }
}
