//! Instructions to bytes, in order of execution.
//!
//! Offsets inside the code are resolved here; jumps to addresses outside are collected as fixups, since the code does
//! not know yet where it will lie. Invariant: the code is position independent but for the fixups, if it starts at a
//! multiple of 64.

use super::cold::ColdEnd;
use super::cpu::Cpu;
use super::inst::{Alu, Cc, Division, Goal, Inst, Mem, Shift, Size, Src};
use super::operand::{reg_or_mem, rm};
use crate::assemble::regs::{BASE, Reg};
use crate::assemble::{CodeMemory, Piece};
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, VecAssembler, dynasm, x64::X64Relocation};

/// Encodes the instructions of one trace.
pub(crate) struct Encoder {
    pub(super) a: VecAssembler<X64Relocation>,
    pub(super) cpu: Cpu,
    /// Pool entries: label, first word, second word if it is 16 bytes long.
    pub(super) pool: Vec<(DynamicLabel, u64, Option<u64>)>,
    /// Stub of each exit.
    stubs: Vec<DynamicLabel>,
    head: DynamicLabel,
    pub(super) entry: DynamicLabel,
    pub(super) cold: Vec<ColdEnd>,
    /// Where cold calls go.
    pub(super) cold_call: usize,
    pub(super) out: Encoded,
}

/// What came out.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    /// The code.
    pub(crate) bytes: Vec<u8>,
    /// 32-bit displacements at these offsets have to reach these addresses.
    pub(crate) fixups: Vec<(usize, usize)>,
    /// For each jump to an exit: which exit, and the offset of its displacement.
    pub(crate) exit_jumps: Vec<(u32, usize)>,
    /// Offset of each no-op that invalidation overwrites, and its exit.
    pub(crate) patchable: Vec<(u32, usize)>,
    /// What waits for each call of a guest function, by number, and the offset of the return address.
    pub(crate) call_sites: Vec<(u32, usize)>,
    /// Offset of each exit's stub.
    pub(crate) stubs: Vec<usize>,
    /// Offset behind the making of the native frame.
    pub(crate) inner: usize,
    /// Offset of the second entry.
    pub(crate) direct: Option<usize>,
    /// Offset of the loop head.
    pub(crate) head: usize,
    /// Offset where jumps from other traces enter.
    pub(crate) label_entry: Option<usize>,
    /// What the code at which offset belongs to.
    pub(crate) pieces: Vec<(Piece, usize)>,
}

/// What stands in an exit's stub before it leaves.
pub(crate) struct Stub {
    /// Undoes what the guard's instruction did to its operand.
    pub(crate) undo: Option<Inst>,
}

impl Encoder {
    /// An encoder for a trace with this many exits and these pool entries.
    pub(crate) fn new(
        cpu: Cpu,
        exits: usize,
        pool: &[(u64, Option<u64>)],
        cold_call: usize,
    ) -> Encoder {
        let mut a = VecAssembler::new(0);
        let stubs = (0..exits).map(|_| a.new_dynamic_label()).collect();
        let pool = pool.iter().map(|&(w, second)| (a.new_dynamic_label(), w, second)).collect();
        let (head, entry) = (a.new_dynamic_label(), a.new_dynamic_label());
        Encoder {
            a,
            cpu,
            pool,
            stubs,
            head,
            entry,
            cold: Vec::new(),
            cold_call,
            out: Encoded::default(),
        }
    }

    pub(super) fn pool_label(&self, entry: u32) -> DynamicLabel {
        self.pool[entry as usize].0
    }

    pub(super) fn here(&self) -> usize {
        self.a.offset().0
    }

    /// Encodes an instruction; `short` jumps back to the head have a displacement of one byte.
    pub(super) fn encode(&mut self, inst: &Inst, short: bool) {
        match *inst {
            Inst::Mov(d, s) if d == s => {}
            Inst::Mov(d, s) => dynasm!(self.a ; .arch x64 ; mov Rq(d.code()), Rq(s.code())),
            Inst::MovImm(d, imm) => self.mov_imm(d, imm),
            Inst::Load(size, d, m) => self.load(size, d, m),
            Inst::Store(size, m, s) => self.store(size, m, s),
            Inst::StoreImm(size, m, imm) => self.store_imm(size, m, imm),
            Inst::Alu(op, d, s) => self.alu(op, d, s),
            Inst::Decrement(m) => rm!(self, m, [dec QWORD] []),
            Inst::Cmp(a, s) => self.cmp(a, s),
            Inst::CmpMem(m, s) => self.cmp_mem(m, s),
            Inst::CmpMemSmall(Size::Byte, m, imm) => rm!(self, m, [cmp BYTE] [, imm as i8]),
            Inst::CmpMemSmall(_, m, imm) => rm!(self, m, [cmp DWORD] [, imm]),
            Inst::Test(a, Src::Imm(imm)) => self.test_imm(a, imm),
            Inst::Test(a, s) => match s {
                Src::Reg(r) => dynasm!(self.a ; .arch x64 ; test Rq(a.code()), Rq(r.code())),
                Src::Mem(m) => rm!(self, m, [test QWORD] [, Rq(a.code())]),
                Src::Imm(_) => {}
            },
            Inst::Imul(d, s) => reg_or_mem!(self, s, Rq, [imul Rq(d.code()),] []),
            Inst::ImulImm(d, s, imm) => match i8::try_from(imm) {
                Ok(i) => reg_or_mem!(self, s, Rq, [imul Rq(d.code()),] [, BYTE i]),
                Err(_) => reg_or_mem!(self, s, Rq, [imul Rq(d.code()),] [, DWORD imm]),
            },
            Inst::MulWide(true, Src::Reg(r)) => dynasm!(self.a ; .arch x64 ; imul Rq(r.code())),
            Inst::MulWide(true, Src::Mem(m)) => rm!(self, m, [imul QWORD] []),
            Inst::MulWide(false, Src::Reg(r)) => dynasm!(self.a ; .arch x64 ; mul Rq(r.code())),
            Inst::MulWide(false, Src::Mem(m)) => rm!(self, m, [mul QWORD] []),
            Inst::MulWide(_, Src::Imm(_)) => unreachable!("multiplication has no such form"),
            Inst::Lea(d, m) => self.lea(d, m),
            Inst::LeaScaled(d, i, scale, disp) => self.lea_scaled(d, i, scale, disp),
            Inst::ShiftImm(op, d, by) => self.shift_imm(op, d, by as i8),
            Inst::ShiftCl(op, d) => match op {
                Shift::Shl => dynasm!(self.a ; .arch x64 ; shl Rq(d.code()), cl),
                Shift::Sar => dynasm!(self.a ; .arch x64 ; sar Rq(d.code()), cl),
                Shift::Shr => dynasm!(self.a ; .arch x64 ; shr Rq(d.code()), cl),
            },
            Inst::ShiftX(op, d, s, by) => {
                let (d, s, by) = (d.code(), s.code(), by.code());
                match op {
                    Shift::Shl => dynasm!(self.a ; .arch x64 ; shlx Rq(d), Rq(s), Rq(by)),
                    Shift::Sar => dynasm!(self.a ; .arch x64 ; sarx Rq(d), Rq(s), Rq(by)),
                    Shift::Shr => dynasm!(self.a ; .arch x64 ; shrx Rq(d), Rq(s), Rq(by)),
                }
            }
            Inst::Neg(d) => dynasm!(self.a ; .arch x64 ; neg Rq(d.code())),
            Inst::Not(d) => dynasm!(self.a ; .arch x64 ; not Rq(d.code())),
            Inst::ZeroExtend(Size::Byte, d, s) => {
                dynasm!(self.a ; .arch x64 ; movzx Rd(d.code()), Rb(s.code()))
            }
            Inst::ZeroExtend(_, d, s) => {
                dynasm!(self.a ; .arch x64 ; mov Rd(d.code()), Rd(s.code()))
            }
            Inst::Divide(kind, by) => self.divide(kind, by),
            Inst::Set(cc, d) => {
                self.set(cc, d);
                dynasm!(self.a ; .arch x64 ; movzx Rd(d.code()), Rb(d.code()));
            }
            Inst::SetBoth { dst, tmp, equal } => {
                let (d, t) = (dst.code(), tmp.code());
                if equal {
                    dynasm!(self.a ; .arch x64 ; setnp Rb(t) ; sete Rb(d) ; and Rb(d), Rb(t));
                } else {
                    dynasm!(self.a ; .arch x64 ; setp Rb(t) ; setne Rb(d) ; or Rb(d), Rb(t));
                }
                dynasm!(self.a ; .arch x64 ; movzx Rd(d), Rb(d));
            }
            Inst::ExitIf(cc, exit) => self.jump_to_exit_if(cc, exit),
            Inst::LoopIf(cc, exit) => {
                let (head, stub) = (self.head, self.stubs[exit as usize]);
                match self.short_way_to_head(short) {
                    Some(distance) => {
                        dynasm!(self.a ; .arch x64 ; .bytes [0x70 | cc as u8, distance])
                    }
                    None => self.jcc(cc, head),
                }
                dynasm!(self.a ; .arch x64 ; jmp =>stub);
                self.note_exit_jump(exit);
            }
            Inst::ExitIfEqual(exit) => {
                let stub = self.stubs[exit as usize];
                dynasm!(self.a ; .arch x64 ; jp >skip ; je =>stub);
                self.note_exit_jump(exit);
                dynasm!(self.a ; .arch x64 ; skip:);
            }
            Inst::ExitUnlessEqual(exit) => {
                self.jump_to_exit_if(Cc::P, exit);
                self.jump_to_exit_if(Cc::Ne, exit);
            }
            Inst::Exit(exit) => {
                let stub = self.stubs[exit as usize];
                dynasm!(self.a ; .arch x64 ; jmp =>stub);
                self.note_exit_jump(exit);
            }
            Inst::Patchable(exit) => {
                let at = self.here();
                self.out.patchable.push((exit, at));
                dynasm!(self.a ; .arch x64 ; .bytes [0x0f, 0x1f, 0x44, 0x00, 0x00]);
            }
            Inst::MoveBase(d) => self.lea(BASE, Mem::Base(BASE, d)),
            Inst::Jump(goal) => match self.short_way_to_head(short && goal == Goal::Head) {
                Some(distance) => dynasm!(self.a ; .arch x64 ; .bytes [0xeb, distance]),
                None => self.jump(goal),
            },
            Inst::Call(callee) => self.call(callee),
            Inst::Barrier(object) => self.barrier(object),
            Inst::New { dst, tmp, layout, len } => self.new_object(dst, tmp, layout, len),
            Inst::Frame { called, slots } => self.frame(called, slots),
            Inst::DirectEntry { slots } => self.direct_entry(slots),
            Inst::Complete => self.complete(),
            Inst::CallGuest { cell, key, base, site } => self.call_guest(cell, key, base, site),
            Inst::Return { base } => {
                if base != 0 {
                    self.lea(BASE, Mem::Base(BASE, base));
                }
                dynasm!(self.a ; .arch x64 ; leave ; ret);
            }
            Inst::Head => {
                self.align(32);
                self.out.head = self.here();
                let head = self.head;
                dynasm!(self.a ; .arch x64 ; =>head);
            }
            Inst::LabelEntry => self.out.label_entry = Some(self.here()),
            Inst::Piece(piece) => self.piece(piece),
            Inst::Note(_) => {}
            _ => self.encode_float(inst),
        }
    }

    pub(super) fn piece(&mut self, piece: Piece) {
        let here = self.here();
        match self.out.pieces.last_mut() {
            Some(last) if last.1 == here => last.0 = piece,
            _ => self.out.pieces.push((piece, here)),
        }
    }

    fn mov_imm(&mut self, d: Reg, imm: i64) {
        let d = d.code();
        if imm == 0 {
            dynasm!(self.a ; .arch x64 ; xor Rd(d), Rd(d));
        } else if let Ok(small) = u32::try_from(imm) {
            dynasm!(self.a ; .arch x64 ; mov Rd(d), DWORD small as i32);
        } else if let Ok(small) = i32::try_from(imm) {
            dynasm!(self.a ; .arch x64 ; mov Rq(d), DWORD small);
        } else {
            dynasm!(self.a ; .arch x64 ; mov Rq(d), QWORD imm);
        }
    }

    fn load(&mut self, size: Size, d: Reg, m: Mem) {
        let d = d.code();
        match size {
            Size::Byte => rm!(self, m, [movzx Rd(d), BYTE] []),
            Size::Half => rm!(self, m, [mov Rd(d),] []),
            Size::Word => rm!(self, m, [mov Rq(d),] []),
        }
    }

    fn store(&mut self, size: Size, m: Mem, s: Reg) {
        let s = s.code();
        match size {
            Size::Byte => rm!(self, m, [mov] [, Rb(s)]),
            Size::Half => rm!(self, m, [mov] [, Rd(s)]),
            Size::Word => rm!(self, m, [mov] [, Rq(s)]),
        }
    }

    fn store_imm(&mut self, size: Size, m: Mem, imm: i32) {
        match size {
            Size::Byte => rm!(self, m, [mov BYTE] [, imm as i8]),
            Size::Half => rm!(self, m, [mov DWORD] [, imm]),
            Size::Word => rm!(self, m, [mov QWORD] [, imm]),
        }
    }

    fn alu(&mut self, op: Alu, d: Reg, s: Src) {
        let d = d.code();
        macro_rules! alu {
            ($op:ident) => {
                match s {
                    Src::Reg(r) => dynasm!(self.a ; .arch x64 ; $op Rq(d), Rq(r.code())),
                    Src::Imm(i) => match i8::try_from(i) {
                        Ok(i) => dynasm!(self.a ; .arch x64 ; $op Rq(d), BYTE i),
                        Err(_) => dynasm!(self.a ; .arch x64 ; $op Rq(d), DWORD i),
                    },
                    Src::Mem(m) => rm!(self, m, [$op Rq(d),] []),
                }
            };
        }
        match op {
            Alu::Add => alu!(add),
            Alu::Sub => alu!(sub),
            Alu::And => match s {
                // A 32-bit operation clears the upper half, as the constant does.
                Src::Imm(i) if i >= 128 => dynasm!(self.a ; .arch x64 ; and Rd(d), DWORD i),
                _ => alu!(and),
            },
            Alu::Or => alu!(or),
            Alu::Xor => alu!(xor),
        }
    }

    fn cmp(&mut self, a: Reg, s: Src) {
        let a = a.code();
        match s {
            Src::Imm(0) => dynasm!(self.a ; .arch x64 ; test Rq(a), Rq(a)),
            Src::Imm(i) => match i8::try_from(i) {
                // The assembler does not know the short form.
                Ok(i) => {
                    let (rex, modrm) = (0x48 | a >> 3, 0xf8 | (a & 7));
                    dynasm!(self.a ; .arch x64 ; .bytes [rex, 0x83, modrm, i as u8]);
                }
                Err(_) => dynasm!(self.a ; .arch x64 ; cmp Rq(a), DWORD i),
            },
            Src::Reg(r) => dynasm!(self.a ; .arch x64 ; cmp Rq(a), Rq(r.code())),
            Src::Mem(m) => rm!(self, m, [cmp Rq(a),] []),
        }
    }

    fn cmp_mem(&mut self, m: Mem, s: Src) {
        match s {
            Src::Imm(i) => match (m, i8::try_from(i)) {
                (Mem::Base(b, d), Ok(i)) => self.cmp_mem_short(b.code(), d, i),
                _ => rm!(self, m, [cmp QWORD] [, DWORD i]),
            },
            Src::Reg(r) => rm!(self, m, [cmp] [, Rq(r.code())]),
            Src::Mem(_) => unreachable!("no instruction compares memory with memory"),
        }
    }

    /// `cmp qword [b + d], i`: the assembler does not know the short form.
    fn cmp_mem_short(&mut self, b: u8, d: i32, i: i8) {
        let small = i8::try_from(d);
        let mode = match small {
            Ok(0) if b & 7 != 5 => 0x38,
            Ok(_) => 0x78,
            Err(_) => 0xb8,
        };
        dynasm!(self.a ; .arch x64 ; .bytes [0x48 | b >> 3, 0x83, mode | (b & 7)]);
        if b & 7 == 4 {
            dynasm!(self.a ; .arch x64 ; .bytes [0x24u8]);
        }
        match small {
            Ok(0) if b & 7 != 5 => {}
            Ok(d) => dynasm!(self.a ; .arch x64 ; .bytes [d as u8]),
            Err(_) => dynasm!(self.a ; .arch x64 ; .bytes d.to_le_bytes()),
        }
        dynasm!(self.a ; .arch x64 ; .bytes [i as u8]);
    }

    fn test_imm(&mut self, a: Reg, imm: i32) {
        let a = a.code();
        match imm {
            0..=127 => dynasm!(self.a ; .arch x64 ; test Rb(a), BYTE imm as i8),
            128.. => dynasm!(self.a ; .arch x64 ; test Rd(a), DWORD imm),
            _ => dynasm!(self.a ; .arch x64 ; test Rq(a), DWORD imm),
        }
    }

    /// The assembler always writes a displacement, which makes `base + index` three cycles long: avoid that.
    pub(super) fn lea(&mut self, d: Reg, m: Mem) {
        match m {
            Mem::Base(b, 0) => dynasm!(self.a ; .arch x64 ; mov Rq(d.code()), Rq(b.code())),
            Mem::Index(b, i, scale, 0) => {
                // `rbp` and `r13` as base need a displacement; if nothing is scaled, the operands may change places.
                let (b, i) = if b.code() & 7 == 5 && scale == 1 { (i, b) } else { (b, i) };
                if b.code() & 7 == 5 {
                    return self.lea_general(d, Mem::Index(b, i, scale, 0));
                }
                let (d, b, i) = (d.code(), b.code(), i.code());
                let rex = 0x48 | (d >> 3) << 2 | (i >> 3) << 1 | b >> 3;
                let modrm = (d & 7) << 3 | 4;
                let sib = (scale.trailing_zeros() as u8) << 6 | (i & 7) << 3 | (b & 7);
                dynasm!(self.a ; .arch x64 ; .bytes [rex, 0x8d, modrm, sib]);
            }
            _ => self.lea_general(d, m),
        }
    }

    pub(super) fn lea_general(&mut self, d: Reg, m: Mem) {
        let d = d.code();
        match m {
            Mem::Index(b, i, 2, disp) => dynasm!(self.a ; .arch x64
                ; lea Rq(d), [Rq(b.code()) + Rq(i.code()) * 2 + disp]),
            _ => rm!(self, m, [lea Rq(d),] []),
        }
    }

    fn lea_scaled(&mut self, d: Reg, i: Reg, scale: u8, disp: i32) {
        let (d, i) = (d.code(), i.code());
        match scale {
            2 => dynasm!(self.a ; .arch x64 ; lea Rq(d), [NOSPLIT Rq(i) * 2 + disp]),
            4 => dynasm!(self.a ; .arch x64 ; lea Rq(d), [Rq(i) * 4 + disp]),
            _ => dynasm!(self.a ; .arch x64 ; lea Rq(d), [Rq(i) * 8 + disp]),
        }
    }

    fn shift_imm(&mut self, op: Shift, d: Reg, by: i8) {
        let d = d.code();
        match op {
            Shift::Shl if by == 1 => dynasm!(self.a ; .arch x64 ; add Rq(d), Rq(d)),
            Shift::Shl => dynasm!(self.a ; .arch x64 ; shl Rq(d), by),
            Shift::Sar => dynasm!(self.a ; .arch x64 ; sar Rq(d), by),
            Shift::Shr => dynasm!(self.a ; .arch x64 ; shr Rq(d), by),
        }
    }

    /// 64-bit division is slow: if both operands fit in 32 bits without sign, divide those, which needs no correction.
    fn divide(&mut self, kind: Division, by: Reg) {
        let b = by.code();
        dynasm!(self.a
            ; .arch x64
            ; mov rdx, rax
            ; or rdx, Rq(b)
            ; shr rdx, 32
            ; jz >short
            ; cqo
            ; idiv Rq(b)
        );
        match kind {
            Division::Quotient | Division::Remainder => {}
            Division::FloorQuotient => dynasm!(self.a
                ; .arch x64
                ; test rdx, rdx
                ; jz >done
                ; xor rdx, Rq(b)
                ; sar rdx, 63
                ; add rax, rdx
            ),
            Division::FloorRemainder => dynasm!(self.a
                ; .arch x64
                ; test rdx, rdx
                ; jz >done
                ; mov rax, rdx
                ; xor rax, Rq(b)
                ; jns >done
                ; add rdx, Rq(b)
            ),
        }
        dynasm!(self.a ; .arch x64 ; jmp >done ; short: ; xor edx, edx ; div Rd(b) ; done:);
    }

    fn set(&mut self, cc: Cc, d: Reg) {
        let d = d.code();
        match cc {
            Cc::O => dynasm!(self.a ; .arch x64 ; seto Rb(d)),
            Cc::No => dynasm!(self.a ; .arch x64 ; setno Rb(d)),
            Cc::B => dynasm!(self.a ; .arch x64 ; setb Rb(d)),
            Cc::Ae => dynasm!(self.a ; .arch x64 ; setae Rb(d)),
            Cc::E => dynasm!(self.a ; .arch x64 ; sete Rb(d)),
            Cc::Ne => dynasm!(self.a ; .arch x64 ; setne Rb(d)),
            Cc::Be => dynasm!(self.a ; .arch x64 ; setbe Rb(d)),
            Cc::A => dynasm!(self.a ; .arch x64 ; seta Rb(d)),
            Cc::S => dynasm!(self.a ; .arch x64 ; sets Rb(d)),
            Cc::Ns => dynasm!(self.a ; .arch x64 ; setns Rb(d)),
            Cc::P => dynasm!(self.a ; .arch x64 ; setp Rb(d)),
            Cc::Np => dynasm!(self.a ; .arch x64 ; setnp Rb(d)),
            Cc::L => dynasm!(self.a ; .arch x64 ; setl Rb(d)),
            Cc::Ge => dynasm!(self.a ; .arch x64 ; setge Rb(d)),
            Cc::Le => dynasm!(self.a ; .arch x64 ; setle Rb(d)),
            Cc::G => dynasm!(self.a ; .arch x64 ; setg Rb(d)),
        }
    }

    /// The displacement of a jump of two bytes from here to the head, if it is wanted and fits.
    fn short_way_to_head(&self, wanted: bool) -> Option<u8> {
        let distance = self.out.head as i64 - (self.here() as i64 + 2);
        i8::try_from(distance).ok().filter(|_| wanted).map(|d| d as u8)
    }

    fn jump_to_exit_if(&mut self, cc: Cc, exit: u32) {
        self.jcc(cc, self.stubs[exit as usize]);
        self.note_exit_jump(exit);
    }

    /// The jump just written leads to `exit`: its displacement are the last four bytes.
    fn note_exit_jump(&mut self, exit: u32) {
        let at = self.here() - 4;
        self.out.exit_jumps.push((exit, at));
    }

    fn jcc(&mut self, cc: Cc, to: DynamicLabel) {
        match cc {
            Cc::O => dynasm!(self.a ; .arch x64 ; jo =>to),
            Cc::No => dynasm!(self.a ; .arch x64 ; jno =>to),
            Cc::B => dynasm!(self.a ; .arch x64 ; jb =>to),
            Cc::Ae => dynasm!(self.a ; .arch x64 ; jae =>to),
            Cc::E => dynasm!(self.a ; .arch x64 ; je =>to),
            Cc::Ne => dynasm!(self.a ; .arch x64 ; jne =>to),
            Cc::Be => dynasm!(self.a ; .arch x64 ; jbe =>to),
            Cc::A => dynasm!(self.a ; .arch x64 ; ja =>to),
            Cc::S => dynasm!(self.a ; .arch x64 ; js =>to),
            Cc::Ns => dynasm!(self.a ; .arch x64 ; jns =>to),
            Cc::P => dynasm!(self.a ; .arch x64 ; jp =>to),
            Cc::Np => dynasm!(self.a ; .arch x64 ; jnp =>to),
            Cc::L => dynasm!(self.a ; .arch x64 ; jl =>to),
            Cc::Ge => dynasm!(self.a ; .arch x64 ; jge =>to),
            Cc::Le => dynasm!(self.a ; .arch x64 ; jle =>to),
            Cc::G => dynasm!(self.a ; .arch x64 ; jg =>to),
        }
    }

    fn jump(&mut self, goal: Goal) {
        let (head, entry) = (self.head, self.entry);
        match goal {
            Goal::Head => dynasm!(self.a ; .arch x64 ; jmp =>head),
            Goal::Entry => dynasm!(self.a ; .arch x64 ; jmp =>entry),
            Goal::Address(to) => self.jump_out(to),
        }
    }

    /// A jump to an address that is fixed up when the code is installed.
    fn jump_out(&mut self, to: usize) {
        self.far(0xe9, to);
    }

    /// A jump or call to such an address.
    pub(super) fn far(&mut self, opcode: u8, to: usize) {
        dynasm!(self.a ; .arch x64 ; .bytes [opcode, 0, 0, 0, 0]);
        let at = self.here() - 4;
        self.out.fixups.push((at, to));
    }

    /// Writes the stubs and the pool behind the code.
    ///
    /// An exit pushes its index; what all exits of the trace share follows once: number of spill slots, trace id.
    pub(crate) fn finish(
        mut self,
        stubs: &[Stub],
        trace: u32,
        spills: u32,
        memory: &CodeMemory,
    ) -> Encoded {
        let shared = self.a.new_dynamic_label();
        for (i, stub) in stubs.iter().enumerate() {
            self.piece(Piece::Stub(i));
            let label = self.stubs[i];
            dynasm!(self.a ; .arch x64 ; =>label);
            let here = self.here();
            self.out.stubs.push(here);
            if let Some(undo) = &stub.undo {
                self.encode(undo, false);
                // Bridges are attached behind the undoing.
                self.out.exit_jumps.retain(|&(exit, _)| exit != i as u32);
                let after = self.a.new_dynamic_label();
                dynasm!(self.a ; .arch x64 ; jmp =>after);
                self.note_exit_jump(i as u32);
                dynasm!(self.a ; .arch x64 ; =>after);
                let here = self.here();
                self.out.stubs[i] = here;
            }
            match i8::try_from(i) {
                Ok(i) => dynasm!(self.a ; .arch x64 ; push BYTE i),
                Err(_) => dynasm!(self.a ; .arch x64 ; push DWORD i as i32),
            }
            if i + 1 < stubs.len() {
                dynasm!(self.a ; .arch x64 ; jmp =>shared);
            }
        }
        dynasm!(self.a ; .arch x64 ; =>shared ; push DWORD spills as i32 ; push DWORD trace as i32);
        self.jump_out(memory.common_exit());
        self.cold_ends(memory.cold_call());
        if !self.pool.is_empty() {
            dynasm!(self.a ; .arch x64 ; .align 16, 0xcc);
            self.piece(Piece::Pool);
            // Those of two words are operands of instructions that want them aligned.
            self.pool.sort_by_key(|entry| entry.2.is_none());
            for (label, first, second) in std::mem::take(&mut self.pool) {
                dynasm!(self.a ; .arch x64 ; =>label ; .u64 first);
                if let Some(second) = second {
                    dynasm!(self.a ; .arch x64 ; .u64 second);
                }
            }
        }
        self.out.bytes = self.a.finalize().expect("every label is defined once");
        self.out
    }
}
