//! What is known about an integer that is not constant: its range and some of its bits.
//!
//! Invariant: every fact holds at least one number, and range and bits are each at least as tight as the other implies
//! in one step.

/// A set of integers that a value is certainly in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    /// The least it can be.
    pub(super) lo: i64,
    /// The greatest it can be.
    pub(super) hi: i64,
    /// Bits that are certainly 0.
    pub(super) zeros: u64,
    /// Bits that are certainly 1.
    pub(super) ones: u64,
}

const SIGN: u64 = 1 << 63;

impl Fact {
    /// Any integer.
    pub(super) const ANY: Fact = Fact { lo: i64::MIN, hi: i64::MAX, zeros: 0, ones: 0 };

    /// Exactly this one.
    pub(super) fn exact(value: i64) -> Fact {
        Fact { lo: value, hi: value, zeros: !(value as u64), ones: value as u64 }
    }

    /// From `lo` to `hi`; any integer if there is none between them.
    pub(super) fn range(lo: i64, hi: i64) -> Fact {
        Fact::ANY.and(Fact { lo, hi, ..Fact::ANY }).unwrap_or(Fact::ANY)
    }

    /// These bits are 0 and these are 1.
    pub(super) fn bits(zeros: u64, ones: u64) -> Fact {
        Fact::ANY.and(Fact { zeros, ones, ..Fact::ANY }).unwrap_or(Fact::ANY)
    }

    /// The only number it can be.
    pub(super) fn value(self) -> Option<i64> {
        (self.lo == self.hi).then_some(self.lo)
    }

    /// Not below zero.
    pub(super) fn is_natural(self) -> bool {
        self.lo >= 0
    }

    /// Both facts hold; `None` if they exclude each other.
    pub(super) fn and(self, other: Fact) -> Option<Fact> {
        let mut both = Fact {
            lo: self.lo.max(other.lo),
            hi: self.hi.min(other.hi),
            zeros: self.zeros | other.zeros,
            ones: self.ones | other.ones,
        };
        if both.lo > both.hi || both.zeros & both.ones != 0 {
            return None;
        }
        // Leading bits in which the ends of the range agree are known.
        let differ = (both.lo ^ both.hi) as u64;
        let agreed = if differ == 0 { !0 } else { !(!0 >> differ.leading_zeros()) };
        both.ones |= both.lo as u64 & agreed;
        both.zeros |= !(both.lo as u64) & agreed;
        // The sign bit counts against a number, so the least has it if it can.
        let unknown = !(both.zeros | both.ones);
        both.lo = both.lo.max((both.ones | unknown & SIGN) as i64);
        both.hi = both.hi.min((both.ones | unknown & !SIGN) as i64);
        (both.lo <= both.hi && both.zeros & both.ones == 0).then_some(both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_bits_tell_each_other() {
        assert_eq!(Fact::range(0, 7).zeros, !7);
        assert_eq!(Fact::range(4, 7).ones, 4);
        assert_eq!(Fact::range(-8, -1).ones, !7);
        assert_eq!(Fact::range(-1, 0).zeros, 0);
        let byte = Fact::bits(!0xff, 1);
        assert_eq!((byte.lo, byte.hi), (1, 255));
        let negative = Fact::bits(0, SIGN);
        assert_eq!((negative.lo, negative.hi), (i64::MIN, -1));
        assert_eq!(Fact::range(0, 7).and(Fact::range(8, 9)), None);
        assert_eq!(Fact::range(3, 3), Fact::exact(3));
    }

    #[test]
    fn both_hold() {
        let (a, b) = (Fact::range(0, 10), Fact::range(5, 20));
        assert_eq!(a.and(b).map(|f| (f.lo, f.hi)), Some((5, 10)));
    }
}
