//! How functions take arguments in registers, and what their callers need not write to memory.
//!
//! ```text
//! i2 = slot_load 2            read only if the call went through memory
//! i3 = slot_load 3
//! guard_value i2, 2 -> s0
//! direct_entry [1, 2, 2, i3]  calls with an int in a register arrive here
//! ```
//! What is passed belongs to the function: its snapshots say where the words go. The other words of its frame (the link, the function
//! itself) stay where its caller has them, unless the function touches them: then the caller stores them, as it stores objects that
//! may move.
//!
//! Invariant: a convention never changes. A function that is compiled once more in another way gets another one, and calls by the old
//! one go through memory from then on.

use crate::trace::{Const, Direct, KeyId, Opcode, Passed, Ref, Slot, Trace, Ty};
use hashbrown::HashMap;

/// An argument that is passed in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// Where its tag belongs, in the function's frame; its payload belongs behind it.
    pub slot: Slot,
    /// Its tag.
    pub tag: u64,
    /// The type of its payload.
    pub ty: Ty,
}

/// How a function is called with arguments in registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convention {
    /// The function.
    pub function: KeyId,
    /// The arguments.
    pub params: Vec<Param>,
    /// Words of its frame that it touches without being passed them.
    pub touched: Vec<Slot>,
}

impl Convention {
    /// The convention for a recording that begins at the entry of a function, whose frame takes `height` words.
    pub fn of(recording: &Trace, function: KeyId, height: i32) -> Option<Convention> {
        let at = recording.ops.iter().position(|op| op.code == Opcode::DirectEntry)?;
        let direct = recording.direct(&recording.ops[at]).filter(|d| !d.passed.is_empty())?;
        let params = direct.passed.iter().map(|passed| {
            let tag = recording.as_const(passed.tag)?.bits;
            Some(Param { slot: passed.slot, tag, ty: recording.ty(passed.value) })
        });
        let mut convention =
            Convention { function, params: params.collect::<Option<_>>()?, touched: Vec::new() };
        let rest = (0..height).map(Slot).filter(|&slot| !convention.is_passed(slot));
        convention.touched = rest.filter(|&slot| touches(recording, at, slot)).collect();
        Some(convention)
    }

    /// Is this word of the frame passed in a register, or known because of that?
    fn is_passed(&self, slot: Slot) -> bool {
        self.params.iter().any(|param| param.slot.0 == slot.0 & !1)
    }

    /// Need a caller that knows this word write it to memory?
    pub(super) fn wants(&self, slot: Slot) -> bool {
        self.touched.contains(&slot) || self.touched.contains(&Slot(slot.0 ^ 1))
    }

    /// May this trace, which grows from the function's, look at words of the frame that its caller has not written?
    pub fn is_broken_by(&self, bridge: &Trace, height: i32) -> bool {
        let jumps = bridge.ops.last().is_some_and(|op| op.code == Opcode::Jump);
        let waiting =
            (0..height).map(Slot).filter(|&slot| !self.is_passed(slot) && !self.wants(slot));
        jumps || waiting.into_iter().any(|slot| touches(bridge, 0, slot))
    }

    /// What a call passes in registers, if it knows these words of the callee's frame, which begins at slot `frame` of the caller.
    pub(super) fn arguments(
        &self,
        number: u32,
        (words, frame): (&[(Slot, Ref)], i32),
        trace: &Trace,
    ) -> Option<Direct> {
        let word = |slot: i32| {
            let at = words.binary_search_by_key(&Slot(frame + slot), |word| word.0).ok()?;
            Some(words[at].1)
        };
        let passed = self.params.iter().map(|param| {
            let (tag, value) = (word(param.slot.0)?, word(param.slot.0 + 1)?);
            let fits = trace.as_const(tag) == Some(Const { ty: Ty::Int, bits: param.tag })
                && trace.ty(value) == param.ty;
            fits.then_some(Passed { slot: Slot(frame + param.slot.0), tag, value })
        });
        Some(Direct { number, passed: passed.collect::<Option<_>>()? })
    }
}

/// Does an op from `first` on load or store this slot, or give its address away?
fn touches(trace: &Trace, first: usize, slot: Slot) -> bool {
    trace.ops[first..].iter().any(|op| match op.code {
        Opcode::SlotLoad | Opcode::SlotStore => op.slot() == slot,
        // How many words are read there is not known.
        Opcode::SlotAddr => op.slot() <= slot,
        _ => false,
    })
}

/// All conventions, by number from 1.
#[derive(Debug, Default)]
pub struct Conventions {
    all: Vec<Convention>,
    /// By function: the one that calls should use.
    current: HashMap<KeyId, u32>,
    /// The function that is being compiled, and its convention, if it is to have one.
    own: Option<(KeyId, Option<u32>)>,
}

impl Conventions {
    /// The convention of this number.
    pub fn get(&self, number: u32) -> Option<&Convention> {
        self.all.get(number.checked_sub(1)? as usize)
    }

    /// A trace is going to be compiled that begins at the entry of this function.
    pub fn begin(&mut self, function: KeyId, convention: Option<Convention>) {
        let number = convention.map(|convention| {
            let known = self.all.iter().position(|other| *other == convention);
            let index = known.unwrap_or_else(|| {
                self.all.push(convention);
                self.all.len() - 1
            });
            index as u32 + 1
        });
        self.own = Some((function, number));
    }

    /// It is compiled, or was given up.
    pub fn end(&mut self, is_compiled: bool) {
        match self.own.take() {
            Some((function, Some(number))) if is_compiled => {
                self.current.insert(function, number);
            }
            Some((function, None)) if is_compiled => drop(self.current.remove(&function)),
            _ => {}
        }
    }

    /// The number of the convention of the trace that is being compiled.
    pub fn own(&self) -> Option<u32> {
        self.own?.1
    }

    /// How this function should be called.
    pub(super) fn of(&self, function: KeyId) -> Option<(u32, &Convention)> {
        let number = match self.own {
            Some((own, number)) if own == function => number?,
            _ => *self.current.get(&function)?,
        };
        Some((number, self.get(number)?))
    }
}
