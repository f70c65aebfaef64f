//! Where instructions come to lie: the loop head aligned, the jump back short if it can be, and jumps away from 32-byte boundaries.
//!
//! On processors with the "jump conditional code" erratum (Skylake and its relatives), a jump that crosses a 32-byte boundary
//! or ends at one is not kept in the cache of decoded instructions, which makes a tight loop up to twice as slow. A compare and the
//! jump behind it count as one. Invariant: padding stands between instructions, never inside a pair.

use super::encode::Encoder;
use super::inst::{Goal, Inst, Src};
use dynasmrt::dynasm;

/// Code is fetched and cached in pieces of this size.
const LINE: usize = 32;
/// A jump to an exit: two bytes and a displacement.
const JCC: usize = 6;
/// The same with a displacement of one byte.
const SHORT: usize = 2;

/// Decisions about the layout.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// For each instruction: bytes of padding before it.
    pad: Vec<u8>,
    /// The jump back to the head has a displacement of one byte.
    short: bool,
}

impl Encoder {
    /// Encodes all instructions.
    pub(crate) fn encode_all(&mut self, insts: &[Inst], layout: &Layout) -> Vec<usize> {
        let mut sizes = Vec::with_capacity(insts.len());
        for (i, inst) in insts.iter().enumerate() {
            let pad = layout.pad.get(i).copied().unwrap_or(0);
            self.no_ops(pad.into());
            let start = self.here();
            self.encode(inst, layout.short);
            sizes.push(self.here() - start);
        }
        sizes
    }

    /// Aligns the next instruction.
    pub(super) fn align(&mut self, to: usize) {
        self.no_ops(self.here().next_multiple_of(to) - self.here());
    }

    /// So many bytes of instructions that do nothing, as few as possible.
    fn no_ops(&mut self, mut bytes: usize) {
        const NO_OPS: [&[u8]; 9] = [
            &[0x90],
            &[0x66, 0x90],
            &[0x0f, 0x1f, 0x00],
            &[0x0f, 0x1f, 0x40, 0x00],
            &[0x0f, 0x1f, 0x44, 0x00, 0x00],
            &[0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
            &[0x0f, 0x1f, 0x80, 0, 0, 0, 0],
            &[0x0f, 0x1f, 0x84, 0x00, 0, 0, 0, 0],
            &[0x66, 0x0f, 0x1f, 0x84, 0x00, 0, 0, 0, 0],
        ];
        while bytes > 0 {
            let n = bytes.min(NO_OPS.len());
            let no_op = NO_OPS[n - 1];
            dynasm!(self.a ; .arch x64 ; .bytes no_op);
            bytes -= n;
        }
    }
}

impl Layout {
    /// Plans the layout of instructions whose sizes, with long jumps, are known.
    pub(crate) fn plan(insts: &[Inst], sizes: &[usize], erratum: bool) -> Layout {
        let short = Layout::simulate(insts, sizes, erratum, true);
        short.unwrap_or_else(|| Layout::simulate(insts, sizes, erratum, false).unwrap_or_default())
    }

    /// Nothing if the jump back would be too long.
    fn simulate(insts: &[Inst], sizes: &[usize], erratum: bool, short: bool) -> Option<Layout> {
        let mut layout = Layout { pad: vec![0; insts.len()], short };
        let (mut at, mut head) = (0usize, 0);
        for (i, inst) in insts.iter().enumerate() {
            if *inst == Inst::Head {
                at = at.next_multiple_of(LINE);
                head = at;
                continue;
            }
            let size = size(inst, sizes[i], short);
            if erratum && let Some(unit) = unit(insts, sizes, i, short) {
                let (first, last) = (at / LINE, (at + unit) / LINE);
                if first != last && unit < LINE {
                    let pad = LINE - at % LINE;
                    layout.pad[i] = pad as u8;
                    at += pad;
                }
            }
            at += size;
            let back = matches!(inst, Inst::LoopIf(..) | Inst::Jump(Goal::Head));
            if back && short && at - head > 128 {
                return None;
            }
        }
        Some(layout)
    }
}

/// The size of an instruction whose size with a long jump is known.
fn size(inst: &Inst, long: usize, short: bool) -> usize {
    match inst {
        Inst::LoopIf(..) if short => long - JCC + SHORT,
        Inst::Jump(Goal::Head) if short => SHORT,
        _ => long,
    }
}

/// Bytes of the jump that starts here, or of the compare and the jump behind it.
fn unit(insts: &[Inst], sizes: &[usize], i: usize, short: bool) -> Option<usize> {
    if let Some(bytes) = jump(&insts[i], sizes[i], short) {
        return Some(bytes);
    }
    let fuses = match insts[i] {
        Inst::Cmp(..) | Inst::Test(..) => true,
        Inst::CmpMem(_, s) => !matches!(s, Src::Imm(_)),
        _ => false,
    };
    let next = (i + 1..insts.len()).find(|&j| !matches!(insts[j], Inst::Piece(_)))?;
    if !fuses {
        return None;
    }
    Some(sizes[i] + jump(&insts[next], sizes[next], short)?)
}

/// Bytes of the jump that an instruction begins with.
fn jump(inst: &Inst, long: usize, short: bool) -> Option<usize> {
    match inst {
        Inst::ExitIf(..) => Some(JCC),
        Inst::ExitIfEqual(_) | Inst::ExitUnlessEqual(_) => Some(long),
        Inst::LoopIf(..) => Some(if short { SHORT } else { JCC }),
        Inst::Jump(_) => Some(size(inst, long, short)),
        _ => None,
    }
}
