//! Loads and stores.
//!
//! Guarantees: a load that is merged into its user reads the same word there: nothing in between writes it.

use crate::assemble::AssembleError;
use crate::assemble::allocate::Alloc;
use crate::assemble::moves;
use crate::assemble::regs::{BASE, CONTEXT};
use crate::assemble::x64::{Inst, Mem, Size};
use crate::run::Context;
use crate::trace::{Op, Opcode, Ref, Slot, Width};
use std::mem::offset_of;

/// How far a load is looked back for.
const WINDOW: usize = 64;

impl Alloc<'_> {
    /// `slot_load`, `field_load`, `elem_load`.
    pub(super) fn select_load(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let (mem, size) = self.address(op);
        self.push(if d.is_xmm() { Inst::FLoad(d, mem) } else { Inst::Load(size, d, mem) });
    }

    /// `slot_store`, `field_store`, `elem_store`.
    pub(super) fn select_store(&mut self, op: &Op) {
        let value = op.operands()[op.operands().len() - 1];
        let size = self.access_size(op);
        let imm = match size {
            Size::Byte => self.konst(value).map(|bits| bits as u8 as i8 as i32),
            Size::Half => self.konst(value).map(|bits| bits as u32 as i32),
            Size::Word => self.imm32(value),
        };
        if let Some(imm) = imm {
            let (mem, size) = self.address(op);
            self.push(Inst::StoreImm(size, mem, imm));
            return;
        }
        let s = self.need_any(value);
        let (mem, size) = self.address(op);
        let word = size == Size::Word;
        self.push(if word { moves::store(mem, s) } else { Inst::Store(size, mem, s) });
        if self.barriers[self.pos]
            && let Mem::Base(object, _) | Mem::Index(object, ..) = mem
        {
            self.push(Inst::Barrier(object));
        }
    }

    /// `slot_addr`.
    pub(super) fn select_slot_address(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let mem = self.slot_address(op.slot());
        self.push(Inst::Lea(d, mem));
    }

    /// `result_tag`.
    pub(super) fn select_result_tag(&mut self) {
        let Some(d) = self.define() else { return };
        let offset = offset_of!(Context, result_tag) as i32;
        self.push(moves::load(d, Mem::Base(CONTEXT, offset)));
    }

    /// Bytes that a load or store touches.
    pub(super) fn access_size(&self, op: &Op) -> Size {
        if matches!(op.code, Opcode::SlotLoad | Opcode::SlotStore) {
            return Size::Word;
        }
        match op.access().get().width {
            Width::Word(_) => Size::Word,
            Width::Byte | Width::Tag => Size::Byte,
            Width::Half => Size::Half,
        }
    }

    /// The address that a load or store op uses, its registers pinned.
    fn address(&mut self, op: &Op) -> (Mem, Size) {
        let size = self.access_size(op);
        match op.code {
            Opcode::SlotLoad | Opcode::SlotStore => (self.slot_address(op.slot()), size),
            Opcode::FieldLoad | Opcode::FieldStore => {
                let offset = self.in_reach(op.access().get().offset.into());
                (Mem::Base(self.need_any(op.args[0]), offset), size)
            }
            _ => (self.elem_address(op), size),
        }
    }

    fn slot_address(&mut self, slot: Slot) -> Mem {
        match slot.as_local() {
            Some(k) => Mem::Base(CONTEXT, (offset_of!(Context, locals) + 8 * k) as i32),
            None => Mem::Base(BASE, self.in_reach(i64::from(slot.0) * 8)),
        }
    }

    /// `base + index * width + offset`, constant parts of the index folded into the offset.
    fn elem_address(&mut self, op: &Op) -> Mem {
        let access = op.access().get();
        let (mut index, mut offset) = (op.args[1], i64::from(access.offset));
        let bytes = access.width.bytes();
        if let Some(k) = self.konst(index)
            && let Some(at) = (k as i64).checked_mul(bytes.into())
            && let Some(Ok(at)) = at.checked_add(offset).map(i32::try_from)
        {
            return Mem::Base(self.need_any(op.args[0]), at);
        }
        if let Some((x, k)) = self.merge_offset(index)
            && let Some(sum) = i64::from(k).checked_mul(bytes.into()).map(|k| k + offset)
            && i32::try_from(sum).is_ok()
        {
            self.vals[index.index()].merged = true;
            (index, offset) = (x, sum);
        }
        let base = self.need_any(op.args[0]);
        let index = self.need_any(index);
        Mem::Index(base, index, bytes as u8, offset as i32)
    }

    /// `index` as `x + k`, if it is computed for the current op alone.
    fn merge_offset(&self, index: Ref) -> Option<(Ref, i32)> {
        let op = self.trace.def(index)?;
        if !self.can_merge(index) {
            return None;
        }
        match op.code {
            Opcode::IntAdd if self.konst(op.args[0]).is_none() => {
                Some((op.args[0], self.imm32(op.args[1])?))
            }
            Opcode::IntSub if self.konst(op.args[0]).is_none() => {
                Some((op.args[0], self.imm32(op.args[1])?.checked_neg()?))
            }
            _ => None,
        }
    }

    fn in_reach(&mut self, offset: i64) -> i32 {
        i32::try_from(offset).unwrap_or_else(|_| {
            self.fail(AssembleError::OutOfReach);
            0
        })
    }

    /// The address of the load that defines `r`, if the current op may read it from memory itself.
    pub(super) fn merge_load(&mut self, r: Ref) -> Option<Mem> {
        let (mem, size) = self.merge_load_of_any_size(r, |size| size == Size::Word)?;
        debug_assert_eq!(size, Size::Word);
        Some(mem)
    }

    /// The same for loads of the sizes that `wanted` accepts.
    pub(super) fn merge_load_of_any_size(
        &mut self,
        r: Ref,
        wanted: impl Fn(Size) -> bool,
    ) -> Option<(Mem, Size)> {
        let op = *self.trace.def(r)?;
        let load = matches!(op.code, Opcode::SlotLoad | Opcode::FieldLoad | Opcode::ElemLoad);
        if !load || !self.can_merge(r) || !wanted(self.access_size(&op)) {
            return None;
        }
        if self.pos - r.index() > WINDOW || self.is_written_between(&op, r.index() + 1) {
            return None;
        }
        self.vals[r.index()].merged = true;
        Some(self.address(&op))
    }

    /// Does any op from `first` up to the current one write the word that `load` reads?
    fn is_written_between(&self, load: &Op, first: usize) -> bool {
        self.trace.ops[first..self.pos].iter().any(|op| match op.code {
            Opcode::SlotStore => load.code == Opcode::SlotLoad && op.aux == load.aux,
            Opcode::FieldStore | Opcode::ElemStore => {
                load.code != Opcode::SlotLoad && op.aux == load.aux
            }
            Opcode::Call | Opcode::CallVoid => op.call().effect().writes(),
            Opcode::CallGuest => true,
            _ => false,
        })
    }
}
