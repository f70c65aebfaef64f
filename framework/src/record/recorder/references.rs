//! References in a recording: what a collection at its end has to know, because the trace will embed some of them.
//!
//! Invariant: a word of the recording that is the address of an object has type `Ref`, or is in the list of addresses.

use super::Recorder;
use crate::heap::Roots;
use crate::trace::{Mutability, Op, Opcode, Ref, Ty};

impl Recorder {
    /// The address of an object as a word.
    pub(super) fn record_address(&mut self, name: Ref, bits: u64) -> Ref {
        let address = self.push(Op::new(Opcode::RefBits, Ty::Int, &[name], 0), bits);
        self.note_reference(address);
        address
    }

    /// This word is an integer for the trace, but the address of an object.
    pub(crate) fn note_reference(&mut self, name: Ref) {
        if name.is_op() && self.trace.ty(name) == Ty::Int {
            self.addresses.push(name);
        }
    }

    /// The objects that the recording mentions as constants.
    pub(crate) fn constants(&self) -> impl Iterator<Item = u64> {
        self.trace.references().chain(self.kept.iter().copied())
    }

    /// What it read of immutable fields and elements, which may become constants: objects, and words that may be.
    pub(crate) fn immutable_reads(&self) -> impl Iterator<Item = u64> {
        let reads = self.trace.ops.iter().zip(&self.values).filter(|(op, _)| {
            matches!(op.code, Opcode::FieldLoad | Opcode::ElemLoad)
                && op.access().lookup().is_some_and(|access| {
                    access.mutability == Mutability::Immutable && access.may_hold_reference()
                })
        });
        reads.map(|(_, &word)| word)
    }

    /// All objects that it knows.
    pub(crate) fn references(&self) -> impl Iterator<Item = u64> {
        let typed =
            self.trace.ops.iter().zip(&self.values).filter(|(op, _)| op.result() == Some(Ty::Ref));
        let typed = typed.map(|(_, &word)| word);
        let noted = self.addresses.iter().map(|r| self.values[r.index()]);
        self.constants().chain(typed).chain(noted).filter(|&word| word != 0)
    }

    /// Shows them to a collection.
    pub(crate) fn roots(&mut self, roots: &mut Roots<'_>) {
        self.trace.change_consts(|c| {
            if c.ty == Ty::Ref {
                roots.word(&mut c.bits);
            }
        });
        for (op, word) in self.trace.ops.iter().zip(&mut self.values) {
            if op.result() == Some(Ty::Ref) {
                roots.word(word);
            }
        }
        for r in &self.addresses {
            roots.word(&mut self.values[r.index()]);
        }
    }
}
