//! What the passes did, counted.
//!
//! Invariant: observing never changes the result, and costs one addition per answer.

use super::options::PassId;

/// Is told what the optimizer does.
pub trait Observer {
    /// A trace is finished: what each pass did to it.
    fn counts(&mut self, counts: &Counts);
}

/// Listens to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn counts(&mut self, _: &Counts) {}
}

/// How many ops each pass removed or rewrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ops fed: twice those of the recording if it was peeled.
    pub fed: u32,
    /// Ops removed, by pass.
    pub removed: [u32; PassId::ALL.len()],
    /// Ops rewritten, by pass.
    pub rewritten: [u32; PassId::ALL.len()],
}

impl Counts {
    /// Ops that this pass removed.
    pub fn removed_by(&self, pass: PassId) -> u32 {
        self.removed[pass as usize]
    }

    /// Ops that this pass rewrote.
    pub fn rewritten_by(&self, pass: PassId) -> u32 {
        self.rewritten[pass as usize]
    }
}

impl Observer for Counts {
    fn counts(&mut self, counts: &Counts) {
        self.fed += counts.fed;
        for i in 0..PassId::ALL.len() {
            self.removed[i] += counts.removed[i];
            self.rewritten[i] += counts.rewritten[i];
        }
    }
}
