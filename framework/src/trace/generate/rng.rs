//! A small seeded generator of random numbers (splitmix64), biased where edges are.
//!
//! Invariant: the sequence depends on the seed alone, on every machine and in every version: seeds name failures.

use super::super::op::Ty;

/// A generator of random numbers.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The sequence that `seed` names.
    pub fn new(seed: u64) -> Rng {
        Rng(seed ^ 0x6a09_e667_f3bc_c908)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() % n.max(1) as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, n: u32) -> bool {
        self.below(100) < n as usize
    }

    /// One of these.
    pub fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// An integer: mostly small, often at an edge, sometimes any.
    pub fn int(&mut self) -> i64 {
        match self.below(10) {
            0..5 => self.below(21) as i64 - 10,
            5 => self.choose(&[i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, 0, -1, 1]),
            6 => (1i64 << self.below(64)).wrapping_add(self.below(3) as i64 - 1),
            7 => (self.bits() as i32).into(),
            8 => self.below(256) as i64,
            _ => self.bits() as i64,
        }
    }

    /// A double: mostly tame, often at an edge. NaN is the canonical one.
    pub fn float(&mut self) -> f64 {
        const EDGES: [f64; 16] = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            9_007_199_254_740_993.0,
            9_223_372_036_854_775_808.0,
            -9_223_372_036_854_775_808.0,
            1e308,
            -2.5,
        ];
        match self.below(4) {
            0 => self.choose(&EDGES),
            1 => self.int() as f64,
            2 => (self.below(2001) as f64 - 1000.0) / 8.0,
            _ => (self.bits() >> 11) as f64 / (1u64 << 53) as f64,
        }
    }

    /// A word of this type; 0 for a reference.
    pub fn word(&mut self, ty: Ty) -> u64 {
        match ty {
            Ty::Int => self.int() as u64,
            Ty::Float => match self.float() {
                value if value.is_nan() => super::super::print::CANONICAL_NAN,
                value => value.to_bits(),
            },
            Ty::Bool => self.below(2) as u64,
            Ty::Ref => 0,
        }
    }
}
