//! Hash tables for a run of the optimizer: small keys, a cheap hash, memory from the run's arena.

use bumpalo::Bump;
use std::hash::{BuildHasherDefault, Hasher};

/// A table that lives as long as the run.
pub(super) type Map<'b, K, V> = hashbrown::HashMap<K, V, BuildHasherDefault<Mix>, &'b Bump>;

/// An empty table.
pub(super) fn map<K, V>(bump: &Bump) -> Map<'_, K, V> {
    Map::with_capacity_and_hasher_in(64, BuildHasherDefault::default(), bump)
}

/// One multiplication and rotation per word: keys are a few small numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_u64(u64::from(b)));
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(u64::from(word));
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }
}
