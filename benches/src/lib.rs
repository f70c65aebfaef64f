//! One small stack machine, twice: on the framework, and written by hand over the same data.
//!
//! Both run the same instructions on the same two-word values with the same checks; what differs is who wrote the loop. The
//! criterion group `dispatch` compares the two: that is what the world `Run` costs.

pub mod by_hand;
pub mod on_framework;

/// An instruction. `a`, `b`, `d` are slots.
#[expect(missing_docs, reason = "slots, as the enum says")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `d := a + b`
    Add { d: u8, a: u8, b: u8 },
    /// `d := a % b`, rounded down
    Mod { d: u8, a: u8, b: u8 },
    /// `d := a`
    Copy { d: u8, a: u8 },
    /// Go to `to` if `a < b`: the loop comes round.
    LoopIfLess { a: u8, b: u8, to: u16 },
    /// End with `a`.
    Return { a: u8 },
}

/// `s := (s + i % 7) % 1000003` for `i` from 0 to `n - 1`: slots are s, i, n, 7, 1000003, 1, scratch.
pub const LOOPSUM: &[Op] = &[
    Op::Mod { d: 6, a: 1, b: 3 },
    Op::Add { d: 6, a: 0, b: 6 },
    Op::Mod { d: 0, a: 6, b: 4 },
    Op::Add { d: 1, a: 1, b: 5 },
    Op::LoopIfLess { a: 1, b: 2, to: 0 },
    Op::Return { a: 0 },
];

/// `s := s + i` for `i` from 0 to `n - 1`, with the slots of [`LOOPSUM`]: dispatch and little else.
pub const SUM: &[Op] = &[
    Op::Add { d: 6, a: 0, b: 1 },
    Op::Copy { d: 0, a: 6 },
    Op::Add { d: 1, a: 1, b: 5 },
    Op::LoopIfLess { a: 1, b: 2, to: 0 },
    Op::Return { a: 0 },
];

/// What the slots of [`LOOPSUM`] hold at the start.
pub fn loopsum_slots(n: i64) -> [i64; 7] {
    [0, 0, n, 7, 1_000_003, 1, 0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use holloway::JitOptions;

    static CODE: &[Op] = LOOPSUM;

    #[test]
    fn the_three_agree() {
        for n in [1, 2, 10, 100_000] {
            let slots = loopsum_slots(n);
            let expected = by_hand::run(CODE, &slots);
            let off = JitOptions { enabled: false, ..JitOptions::default() };
            assert_eq!(on_framework::run(&CODE, &slots, off), expected);
            assert_eq!(on_framework::run(&CODE, &slots, JitOptions::default()), expected);
        }
    }
}
