//! Arguments in registers: what the lists of `direct_entry` and `call_guest` say.
//!
//! ```text
//! direct_entry [1, 2, 2, i3]            of convention 1: slots 2 and 3 hold the tag 2 and the word i3, though memory may not
//! i9 = call_guest @7 base 8 [1, 10, 2, i5] -> s4
//! ```
//! Invariant: tags are constants that no object has, so what is passed need not be known to a collection.

use super::ir::{Op, Ref, Slot, Trace};

/// An argument that is passed in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Where its tag belongs; its payload belongs behind it.
    pub slot: Slot,
    /// Its tag, a constant.
    pub tag: Ref,
    /// Its payload.
    pub value: Ref,
}

/// What is passed in registers, and by which convention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Direct {
    /// The number of the convention.
    pub number: u32,
    /// The arguments.
    pub passed: Vec<Passed>,
}

impl Trace {
    /// What this `call_guest` or `direct_entry` passes in registers, if anything.
    pub fn direct(&self, op: &Op) -> Option<Direct> {
        let (&number, rest) = self.list(op).split_first()?;
        let passed = rest.chunks_exact(3).filter_map(|words| {
            let slot = Slot(self.as_const(words[0])?.bits as i32);
            Some(Passed { slot, tag: words[1], value: words[2] })
        });
        Some(Direct { number: self.as_const(number)?.bits as u32, passed: passed.collect() })
    }

    /// The list that says this.
    pub fn direct_list(&mut self, direct: &Direct) -> Vec<Ref> {
        let mut list = vec![self.int(i64::from(direct.number))];
        for passed in &direct.passed {
            list.extend([self.int(i64::from(passed.slot.0)), passed.tag, passed.value]);
        }
        list
    }
}
