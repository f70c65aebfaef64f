//! Register names and sets.
//!
//! Invariant: the fixed registers (base, context, stack, frame, scratch) are in no allocatable set.

use std::fmt;

/// A register: general ones are 0 to 15 as instructions number them, float registers 16 to 31.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Reg(pub(crate) u8);

pub(crate) const RAX: Reg = Reg(0);
pub(crate) const RCX: Reg = Reg(1);
pub(crate) const RDX: Reg = Reg(2);
/// Base of the VM stack.
pub(crate) const BASE: Reg = Reg(3);
pub(crate) const RSP: Reg = Reg(4);
/// The native frame: spill slots lie below it.
pub(crate) const RBP: Reg = Reg(5);
pub(crate) const RSI: Reg = Reg(6);
pub(crate) const RDI: Reg = Reg(7);
/// The context.
pub(crate) const CONTEXT: Reg = Reg(15);
/// A float register that holds no value between instructions.
pub(crate) const SCRATCH: Reg = Reg(31);

/// Where calls take words: the context comes first.
pub(crate) const ARGS: [Reg; 6] = [RDI, RSI, RDX, RCX, Reg(8), Reg(9)];

const NAMES: [&str; 16] = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
];

impl Reg {
    /// A float register?
    pub(crate) fn is_xmm(self) -> bool {
        self.0 >= 16
    }

    /// The number that instructions encode.
    pub(crate) fn code(self) -> u8 {
        self.0 & 15
    }

    /// The class that this register belongs to.
    pub(crate) fn class(self) -> Class {
        if self.is_xmm() { Class::Xmm } else { Class::Gpr }
    }
}

impl fmt::Debug for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_xmm() {
            write!(f, "xmm{}", self.code())
        } else {
            f.write_str(NAMES[self.0 as usize])
        }
    }
}

/// The two register files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Integers, truth values, addresses.
    Gpr,
    /// Doubles.
    Xmm,
}

impl Class {
    /// The registers of this class that may hold values.
    pub(crate) fn all(self) -> RegSet {
        match self {
            Class::Gpr => RegSet(0x7fc7),
            Class::Xmm => RegSet(0x7fff_0000),
        }
    }

    /// The same, in the order in which loop-carried values take them: registers that instructions need for
    /// themselves come last.
    pub(crate) fn order(self) -> &'static [Reg] {
        const GPRS: [Reg; 12] =
            [RSI, RDI, Reg(8), Reg(9), Reg(10), Reg(11), Reg(12), Reg(13), Reg(14), RCX, RDX, RAX];
        const XMMS: [Reg; 15] = [
            Reg(16),
            Reg(17),
            Reg(18),
            Reg(19),
            Reg(20),
            Reg(21),
            Reg(22),
            Reg(23),
            Reg(24),
            Reg(25),
            Reg(26),
            Reg(27),
            Reg(28),
            Reg(29),
            Reg(30),
        ];
        match self {
            Class::Gpr => &GPRS,
            Class::Xmm => &XMMS,
        }
    }
}

/// A set of registers.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RegSet(pub(crate) u32);

/// What calls destroy, of the allocatable registers.
pub(crate) const CALLER_SAVED: RegSet = RegSet(0x7fff_0fc7);

impl RegSet {
    pub(crate) const EMPTY: RegSet = RegSet(0);

    pub(crate) fn of(regs: &[Reg]) -> RegSet {
        RegSet(regs.iter().fold(0, |s, r| s | 1 << r.0))
    }

    pub(crate) fn has(self, r: Reg) -> bool {
        self.0 >> r.0 & 1 != 0
    }

    pub(crate) fn add(&mut self, r: Reg) {
        self.0 |= 1 << r.0;
    }

    pub(crate) fn remove(&mut self, r: Reg) {
        self.0 &= !(1 << r.0);
    }

    pub(crate) fn and(self, other: RegSet) -> RegSet {
        RegSet(self.0 & other.0)
    }

    pub(crate) fn or(self, other: RegSet) -> RegSet {
        RegSet(self.0 | other.0)
    }

    pub(crate) fn without(self, other: RegSet) -> RegSet {
        RegSet(self.0 & !other.0)
    }

    pub(crate) fn len(self) -> u32 {
        self.0.count_ones()
    }

    pub(crate) fn first(self) -> Option<Reg> {
        (self.0 != 0).then(|| Reg(self.0.trailing_zeros() as u8))
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Reg> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let r = (rest != 0).then(|| Reg(rest.trailing_zeros() as u8))?;
            rest &= rest - 1;
            Some(r)
        })
    }
}

impl fmt::Debug for RegSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
