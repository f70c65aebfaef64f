//! Instructions as the selector writes them: operands are registers, nothing is encoded yet.
//!
//! Invariant: [`Inst::effects`] tells every register and frame slot that an instruction reads or writes; the checker of
//! the register allocation believes nothing else.

use crate::assemble::regs::{CALLER_SAVED, Class, RAX, RBP, RCX, RDX, Reg, RegSet};

/// An address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mem {
    /// `[base + disp]`.
    Base(Reg, i32),
    /// `[base + index * scale + disp]`; the scale is 1, 4 or 8 (2 as well in `lea`).
    Index(Reg, Reg, u8, i32),
    /// A 64-bit constant in the pool behind the code.
    Pool(u32),
}

impl Mem {
    /// Spill slot number `slot`.
    pub(crate) fn spill(slot: u32) -> Mem {
        Mem::Base(RBP, -16 - slot as i32 * 8)
    }

    /// Which spill slot this is.
    pub(crate) fn as_spill(self) -> Option<u32> {
        match self {
            Mem::Base(RBP, disp) => Some((-16 - disp) as u32 / 8),
            _ => None,
        }
    }

    fn regs(self) -> RegSet {
        match self {
            Mem::Base(b, _) => RegSet::of(&[b]),
            Mem::Index(b, i, ..) => RegSet::of(&[b, i]),
            Mem::Pool(_) => RegSet::EMPTY,
        }
    }
}

/// A second operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Src {
    /// A register.
    Reg(Reg),
    /// A sign-extended constant.
    Imm(i32),
    /// A word in memory.
    Mem(Mem),
}

impl Src {
    fn regs(self) -> RegSet {
        match self {
            Src::Reg(r) => RegSet::of(&[r]),
            Src::Imm(_) => RegSet::EMPTY,
            Src::Mem(m) => m.regs(),
        }
    }
}

/// Two-operand arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alu {
    Add,
    Sub,
    And,
    Or,
    Xor,
}

/// Shifts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    Shl,
    Sar,
    Shr,
}

/// Float arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FAlu {
    Add,
    Sub,
    Mul,
    Div,
}

/// Bitwise operations on floats with a pool constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FBits {
    Xor,
    And,
}

/// How wide an access is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Byte,
    Half,
    Word,
}

/// Condition codes, numbered as in instructions; bit 0 negates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Cc {
    O = 0,
    No = 1,
    B = 2,
    Ae = 3,
    E = 4,
    Ne = 5,
    Be = 6,
    A = 7,
    S = 8,
    Ns = 9,
    P = 10,
    Np = 11,
    L = 12,
    Ge = 13,
    Le = 14,
    G = 15,
}

impl Cc {
    pub(crate) fn negate(self) -> Cc {
        use Cc::*;
        const ALL: [Cc; 16] = [O, No, B, Ae, E, Ne, Be, A, S, Ns, P, Np, L, Ge, Le, G];
        ALL[(self as u8 ^ 1) as usize]
    }

    /// The condition after the operands of the comparison are exchanged.
    pub(crate) fn swap(self) -> Cc {
        use Cc::*;
        match self {
            B => A,
            Ae => Be,
            Be => Ae,
            A => B,
            L => G,
            Ge => Le,
            Le => Ge,
            G => L,
            other => other,
        }
    }
}

/// Which result of a division is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Division {
    Quotient,
    Remainder,
    FloorQuotient,
    FloorRemainder,
}

/// What to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callee {
    /// A function at this address.
    Address(usize),
    /// The function whose address lies in the context at this offset.
    Field(i32),
}

/// Where to jump at the end of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// The loop head of this trace.
    Head,
    /// The entry of this trace.
    Entry,
    /// An address in code memory.
    Address(usize),
}

/// One instruction, or a fixed short sequence of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Inst {
    /// Copy between general registers.
    Mov(Reg, Reg),
    /// Load a constant into a general register; may change the flags.
    MovImm(Reg, i64),
    /// Zero-extending load.
    Load(Size, Reg, Mem),
    /// Store.
    Store(Size, Mem, Reg),
    /// Store a constant.
    StoreImm(Size, Mem, i32),
    /// `dst = dst op src`, sets the flags.
    Alu(Alu, Reg, Src),
    /// Subtract 1 from a word in memory.
    Decrement(Mem),
    /// Compare.
    Cmp(Reg, Src),
    /// Compare a word in memory with a register or constant.
    CmpMem(Mem, Src),
    /// Compare a byte or half in memory with a constant.
    CmpMemSmall(Size, Mem, i32),
    /// `a & b`, flags only.
    Test(Reg, Src),
    /// `dst = dst * src`.
    Imul(Reg, Src),
    /// `dst = src * imm`.
    ImulImm(Reg, Src, i32),
    /// `rdx:rax = rax * src`, signed or not.
    MulWide(bool, Src),
    /// Address arithmetic.
    Lea(Reg, Mem),
    /// `dst = index * scale + disp` for scale 2, 4, 8.
    LeaScaled(Reg, Reg, u8, i32),
    /// Shift by a constant.
    ShiftImm(Shift, Reg, u8),
    /// Shift by `cl`.
    ShiftCl(Shift, Reg),
    /// `dst = src shifted by count` (BMI2).
    ShiftX(Shift, Reg, Reg, Reg),
    /// `dst = -dst`.
    Neg(Reg),
    /// `dst = !dst`.
    Not(Reg),
    /// Copy the low 32 or 8 bits, the rest zero.
    ZeroExtend(Size, Reg, Reg),
    /// `rax`, `rdx` = division of `rax` by the register; destroys both.
    Divide(Division, Reg),
    /// `dst = condition ? 1 : 0`.
    Set(Cc, Reg),
    /// `dst = a condition && b condition ? 1 : 0`, or `||`; destroys the second register. For float equality.
    SetBoth { dst: Reg, tmp: Reg, equal: bool },
    /// Leave through an exit if the condition holds.
    ExitIf(Cc, u32),
    /// Leave through an exit if equal and ordered.
    ExitIfEqual(u32),
    /// Leave through an exit if not equal or unordered.
    ExitUnlessEqual(u32),
    /// Back to the loop head if the condition holds, else leave through an exit.
    LoopIf(Cc, u32),
    /// Leave through an exit.
    Exit(u32),
    /// A no-op that invalidation overwrites with a jump to the exit.
    Patchable(u32),
    /// `base = base + disp`.
    MoveBase(i32),
    /// Go on elsewhere.
    Jump(Goal),
    /// Call; destroys what calls destroy.
    Call(Callee),
    /// The write barrier, for a store into the object in this register; changes the flags.
    Barrier(Reg),
    /// A new object without trailing elements; destroys `tmp`, changes the flags.
    New { dst: Reg, tmp: Reg, layout: u32, len: u32 },
    /// The beginning of a trace: makes a native frame, if it is one that is called, with room for so many spill slots.
    Frame { called: bool, slots: u32 },
    /// The second entry, behind loads of arguments: makes a native frame with room for so many spill slots, as the first one does.
    DirectEntry { slots: u32 },
    /// Writes what waits for the function that the trace runs in.
    Complete,
    /// Calls the guest function whose entry lies in the cell at this address and whose frame begins so many bytes above the base;
    /// destroys every register that may hold a value. The number is that of what waits for it.
    CallGuest { cell: usize, key: u32, base: i32, site: u32 },
    /// Returns from a native frame, whose guest frame begins so many bytes above the base: payload in `rax`, tag in `rdx`.
    Return { base: i32 },
    /// Copy between float registers.
    FMov(Reg, Reg),
    /// Load a double.
    FLoad(Reg, Mem),
    /// Store a double.
    FStore(Mem, Reg),
    /// Zero.
    FZero(Reg),
    /// Load these bits from the pool.
    FConst(Reg, u64),
    /// Copy the second spill slot to the first, without a register.
    MoveSlot(u32, u32),
    /// `dst = a op src`; without AVX `dst` must be `a`.
    FAlu(FAlu, Reg, Reg, Src),
    /// `dst = dst op constant`; without AVX `dst` must be `a`. The pool entry is 16 bytes long.
    FBits(FBits, Reg, Reg, u32),
    /// Compare; sets the flags like an unsigned comparison, parity if unordered.
    FCmp(Reg, Src),
    /// Square root.
    FSqrt(Reg, Src),
    /// Round: 1 down, 2 up, 3 towards zero.
    FRound(Reg, Reg, u8),
    /// Integer to double.
    FromInt(Reg, Src),
    /// Double to integer.
    ToInt(Reg, Src),
    /// Bits of a float register into a general one.
    MovQ(Reg, Reg),
    /// Here the loop starts, aligned.
    Head,
    /// Jumps from other traces enter here.
    LabelEntry,
    /// The instructions after this one belong to another piece of the listing.
    Piece(super::super::Piece),
    /// For the checker alone.
    Note(Note),
}

/// What the selector tells the checker of the register allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The value is read from this register by what follows.
    Use(usize, Reg),
    /// What came before left the value in this register.
    Define(usize, Reg),
}

/// What an instruction does to registers and frame.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Effects {
    /// Registers it reads.
    pub(crate) reads: RegSet,
    /// Registers it writes.
    pub(crate) writes: RegSet,
    /// Frame slot it reads.
    pub(crate) reads_slot: Option<u32>,
    /// Frame slot it writes.
    pub(crate) writes_slot: Option<u32>,
}

impl Inst {
    /// All registers and slots that the instruction touches, the fixed ones included.
    pub(crate) fn effects(&self) -> Effects {
        let mut e = Effects::default();
        let r = |regs: &[Reg]| RegSet::of(regs);
        match *self {
            Inst::Mov(d, s) | Inst::FMov(d, s) | Inst::MovQ(d, s) => {
                (e.reads, e.writes) = (r(&[s]), r(&[d]));
            }
            Inst::ZeroExtend(_, d, s) | Inst::FRound(d, s, _) | Inst::LeaScaled(d, s, ..) => {
                (e.reads, e.writes) = (r(&[s]), r(&[d]));
            }
            Inst::FBits(_, d, a, _) => (e.reads, e.writes) = (r(&[a]), r(&[d])),
            Inst::MovImm(d, _) | Inst::FZero(d) | Inst::FConst(d, _) | Inst::Set(_, d) => {
                e.writes = r(&[d]);
            }
            Inst::MoveSlot(d, s) => (e.reads_slot, e.writes_slot) = (Some(s), Some(d)),
            Inst::Load(_, d, m) | Inst::FLoad(d, m) | Inst::Lea(d, m) => {
                (e.reads, e.writes, e.reads_slot) = (m.regs(), r(&[d]), m.as_spill());
            }
            Inst::Store(_, m, s) | Inst::FStore(m, s) => {
                (e.reads, e.writes_slot) = (m.regs().or(r(&[s])), m.as_spill());
            }
            Inst::StoreImm(_, m, _) => (e.reads, e.writes_slot) = (m.regs(), m.as_spill()),
            Inst::Alu(_, d, s) | Inst::Imul(d, s) => {
                (e.reads, e.writes) = (r(&[d]).or(s.regs()), r(&[d]));
                e.reads_slot = s.slot();
            }
            Inst::Cmp(a, s) | Inst::Test(a, s) | Inst::FCmp(a, s) => {
                (e.reads, e.reads_slot) = (r(&[a]).or(s.regs()), s.slot());
            }
            Inst::CmpMem(m, s) => (e.reads, e.reads_slot) = (m.regs().or(s.regs()), m.as_spill()),
            Inst::CmpMemSmall(_, m, _) | Inst::Decrement(m) => {
                (e.reads, e.reads_slot) = (m.regs(), m.as_spill())
            }
            Inst::ImulImm(d, s, _)
            | Inst::FSqrt(d, s)
            | Inst::FromInt(d, s)
            | Inst::ToInt(d, s) => {
                (e.reads, e.writes, e.reads_slot) = (s.regs(), r(&[d]), s.slot());
            }
            Inst::MulWide(_, s) => {
                (e.reads, e.writes) = (r(&[RAX]).or(s.regs()), r(&[RAX, RDX]));
                e.reads_slot = s.slot();
            }
            Inst::ShiftImm(_, d, _) | Inst::Neg(d) | Inst::Not(d) => {
                (e.reads, e.writes) = (r(&[d]), r(&[d]));
            }
            Inst::ShiftCl(_, d) => (e.reads, e.writes) = (r(&[d, RCX]), r(&[d])),
            Inst::ShiftX(_, d, a, b) => (e.reads, e.writes) = (r(&[a, b]), r(&[d])),
            Inst::Divide(_, b) => (e.reads, e.writes) = (r(&[RAX, b]), r(&[RAX, RDX])),
            Inst::SetBoth { dst, tmp, .. } => e.writes = r(&[dst, tmp]),
            Inst::Call(_) => e.writes = CALLER_SAVED,
            Inst::Barrier(o) => e.reads = r(&[o]),
            Inst::New { dst, tmp, .. } => e.writes = r(&[dst, tmp]),
            Inst::CallGuest { .. } => e.writes = Class::Gpr.all().or(Class::Xmm.all()),
            Inst::Return { .. } => e.reads = r(&[RAX, RDX]),
            Inst::FAlu(_, d, a, s) => {
                (e.reads, e.writes) = (r(&[a]).or(s.regs()), r(&[d]));
                e.reads_slot = s.slot();
            }
            Inst::ExitIf(..)
            | Inst::ExitIfEqual(_)
            | Inst::ExitUnlessEqual(_)
            | Inst::LoopIf(..)
            | Inst::Exit(_)
            | Inst::Patchable(_)
            | Inst::MoveBase(_)
            | Inst::Jump(_)
            | Inst::Frame { .. }
            | Inst::DirectEntry { .. }
            | Inst::Complete
            | Inst::Head
            | Inst::LabelEntry
            | Inst::Piece(_)
            | Inst::Note(_) => {}
        }
        e
    }
}

impl Src {
    fn slot(self) -> Option<u32> {
        match self {
            Src::Mem(m) => m.as_spill(),
            _ => None,
        }
    }
}
