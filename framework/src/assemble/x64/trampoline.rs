//! The way into machine code, the way out, and what happens when a call of a guest function goes another way; generated once.
//!
//! ```text
//! trampoline's frame      [rbp - 40]   rbx, r12 .. r15
//! frame of a trace        [rbp + 8]    return address: the landing below, or behind a `call_guest`
//!                         [rbp]        rbp of the frame above
//!                         [rbp - 8]    base of the VM stack at entry
//!                         [rbp - 16 - 8*k]   spill slot k
//! ```
//! An exit arrives at the common exit with three words pushed: exit index, number of spill slots in use, trace id. It
//! saves all registers in the context. A frame that the trampoline made is given up; for one that was called by
//! machine code, the runtime finishes the guest function and the exit returns its result in the trace's place; unless the guest's
//! frames are detached: then every frame is given up.
//! Invariant: the stack pointer of running traces is a multiple of 16, as calls need it.

use crate::assemble::Convey;
use crate::run::{Cold, Context};
use dynasmrt::{DynasmApi, DynasmLabelApi, VecAssembler, dynasm, x64::X64Relocation};
use std::mem::offset_of;

/// Machine code of the trampoline.
pub(crate) struct Trampoline {
    /// Its bytes; position independent, its own entry comes first.
    pub(crate) bytes: Vec<u8>,
    /// Where in them the common exit starts.
    pub(crate) common_exit: usize,
    /// Where the cold call starts.
    pub(crate) cold_call: usize,
    /// Where in them the stub for functions without machine code starts.
    pub(crate) uncompiled: usize,
}

/// Generates `(context, base, entry) -> trace << 32 | exit`, or all ones if the guest function returned.
pub(crate) fn trampoline() -> Trampoline {
    let gprs = offset_of!(Context, exit_gprs) as i32;
    let xmms = offset_of!(Context, exit_xmms) as i32;
    let base = offset_of!(Context, exit_base) as i32;
    let spills = offset_of!(Context, exit_spills) as i32;
    let result = offset_of!(Context, result) as i32;
    let result_tag = offset_of!(Context, result_tag) as i32;
    let finish = offset_of!(Context, finish) as i32;
    let interpret = offset_of!(Context, interpret) as i32;
    let detached = offset_of!(Context, detached) as i32;
    let mut a: VecAssembler<X64Relocation> = VecAssembler::new(0);
    dynasm!(a
        ; .arch x64
        ; push rbp
        ; mov rbp, rsp
        ; push rbx
        ; push r12
        ; push r13
        ; push r14
        ; push r15
        ; sub rsp, 8
        ; mov r15, rdi
        ; mov rbx, rsi
        ; call rdx
        ; landing:
        ; mov [r15 + result], rax
        ; mov [r15 + result_tag], rdx
        ; mov rax, -1
        ; out:
        ; lea rsp, [rbp - 40]
        ; pop r15
        ; pop r14
        ; pop r13
        ; pop r12
        ; pop rbx
        ; pop rbp
        ; ret
        ; .align 16, 0xcc
    );
    let common_exit = a.offset().0;
    dynasm!(a ; .arch x64 ; cmp QWORD [r15 + detached], 0 ; jne >detached);
    for r in (0..15u8).filter(|r| ![3, 4, 5].contains(r)) {
        dynasm!(a ; .arch x64 ; mov [r15 + (gprs + 8 * i32::from(r))], Rq(r));
    }
    for x in 0..15u8 {
        dynasm!(a ; .arch x64 ; movsd [r15 + (xmms + 8 * i32::from(x))], Rx(x));
    }
    dynasm!(a
        ; .arch x64
        ; mov [r15 + base], rbx
        ; pop rdx
        ; pop rcx
        ; pop rax
        ; test ecx, ecx
        ; jz >done
        ; lea rdi, [rbp - 16]
        ; xor esi, esi
        ; copy:
        ; mov r8, [rdi]
        ; mov [r15 + rsi * 8 + spills], r8
        ; sub rdi, 8
        ; inc esi
        ; cmp esi, ecx
        ; jb <copy
        ; done:
        ; mov eax, eax
        ; shl rdx, 32
        ; or rax, rdx
        ; lea rcx, [<landing]
        ; cmp [rbp + 8], rcx
        ; jne >called
        ; mov rbp, [rbp]
        ; jmp <out
        ; called:
        ; lea rsp, [rbp - 16]
        ; mov rdi, r15
        ; mov rsi, rax
        ; mov rdx, rbp
        ; call QWORD [r15 + finish]
        ; up:
        ; mov rbx, [rbp - 8]
        ; leave
        ; ret
        ; detached:
        ; lea rcx, [<landing]
        ; cmp [rbp + 8], rcx
        ; jne <up
        ; mov rbp, [rbp]
        ; xor eax, eax
        ; jmp <out
        ; .align 16, 0xcc
    );
    let uncompiled = a.offset().0;
    dynasm!(a
        ; .arch x64
        ; push rbp
        ; mov rbp, rsp
        ; mov rdi, r15
        ; mov rsi, rbx
        ; mov edx, eax
        ; mov rcx, rbp
        ; call QWORD [r15 + interpret]
        ; pop rbp
        ; ret
    );
    let cold_call = cold_call(&mut a);
    let bytes = a.finalize().expect("all labels of the trampoline are local");
    Trampoline { bytes, common_exit, cold_call, uncompiled }
}

/// Calls the context's function for slow ends with the words in the context, where its result is left. Keeps all registers, so
/// that code around it need not care.
fn cold_call(a: &mut VecAssembler<X64Relocation>) -> usize {
    const SAVED: [u8; 9] = [0, 1, 2, 6, 7, 8, 9, 10, 11];
    let words = offset_of!(Context, cold_words) as i32;
    let cold = offset_of!(Context, cold) as i32;
    dynasm!(a ; .arch x64 ; .align 16, 0xcc);
    let start = a.offset().0;
    for r in SAVED {
        dynasm!(a ; .arch x64 ; push Rq(r));
    }
    // With the return address these are ten words, so the stack stays aligned.
    dynasm!(a ; .arch x64 ; sub rsp, 128);
    for x in 0..16u8 {
        dynasm!(a ; .arch x64 ; movsd [rsp + 8 * i32::from(x)], Rx(x));
    }
    dynasm!(a
        ; .arch x64
        ; mov rdi, r15
        ; mov rsi, [r15 + words]
        ; mov rdx, [r15 + words + 8]
        ; call QWORD [r15 + cold]
        ; mov [r15 + words], rax
    );
    for x in 0..16u8 {
        dynasm!(a ; .arch x64 ; movsd Rx(x), [rsp + 8 * i32::from(x)]);
    }
    dynasm!(a ; .arch x64 ; add rsp, 128);
    for r in SAVED.into_iter().rev() {
        dynasm!(a ; .arch x64 ; pop Rq(r));
    }
    dynasm!(a ; .arch x64 ; ret);
    start
}

/// Code between a call that passes arguments in registers and a function that takes them from memory.
pub(crate) struct Adapter {
    /// Its bytes, with two displacements to be filled in.
    pub(crate) bytes: Vec<u8>,
    /// Where in them the one to the cold call is.
    pub(crate) cold_call: usize,
    /// Where the one to the function's cell is.
    pub(crate) cell: usize,
}

/// Writes the arguments to the callee's frame, has what waits written, and goes on to the function.
pub(crate) fn adapter(arguments: &[Convey]) -> Adapter {
    let words = offset_of!(Context, cold_words) as i32;
    let mut a: VecAssembler<X64Relocation> = VecAssembler::new(0);
    for &Convey { slot, tag, reg } in arguments {
        let (at, code) = (8 * slot, reg.code());
        dynasm!(a ; .arch x64 ; mov QWORD [rbx + at], tag as i32);
        match reg.is_xmm() {
            true => dynasm!(a ; .arch x64 ; movsd [rbx + at + 8], Rx(code)),
            false => dynasm!(a ; .arch x64 ; mov [rbx + at + 8], Rq(code)),
        }
    }
    dynasm!(a
        ; .arch x64
        ; push rbp
        ; mov rbp, rsp
        ; push rbx
        ; push rax
        ; mov QWORD [r15 + words], Cold::Complete as i32
        ; mov [r15 + words + 8], rbp
        ; .bytes [0xe8u8, 0, 0, 0, 0]
    );
    let cold_call = a.offset().0 - 4;
    dynasm!(a ; .arch x64 ; pop rax ; pop rbx ; pop rbp ; .bytes [0xffu8, 0x25, 0, 0, 0, 0]);
    let cell = a.offset().0 - 4;
    let bytes = a.finalize().expect("an adapter has no labels");
    Adapter { bytes, cold_call, cell }
}
