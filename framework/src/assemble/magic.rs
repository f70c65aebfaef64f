//! Division by constants as multiplication (Granlund and Montgomery; Hacker's Delight, chapter 10).
//!
//! With `p = 64 + shift` and `m = floor(2^p / d) + 1`, the error `e = m * d - 2^p` is at most `d`, and
//! `floor(m * n / 2^p) == floor(n / d)` for all `0 <= n < 2^63` as long as `e <= 2^(p - 63)`.

/// A multiplier and a shift of the high half of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Magic {
    /// 64 bits, unsigned.
    pub(crate) multiplier: u64,
    /// How far the high 64 bits are shifted to the right.
    pub(crate) shift: u8,
}

/// The multiplier for a divisor of at least 3 that is no power of two, and dividends of 63 bits.
pub(crate) fn magic(d: u64) -> Magic {
    debug_assert!(d >= 3 && !d.is_power_of_two() && d < 1 << 63);
    let wide = u128::from(d);
    for shift in 0..63u8 {
        let power = 1u128 << (64 + shift);
        let m = power / wide + 1;
        let error = m * wide - power;
        if error <= 1 << (shift + 1) {
            // m <= 2^64: with this shift or an earlier one the error is small enough, as 2^shift < d.
            return Magic { multiplier: m as u64, shift };
        }
    }
    unreachable!("shift = log2(d) is always enough")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Vec<u64> {
        let mut all = vec![3, 5, 6, 7, 9, 10, 11, 12, 13, 60, 641, 1000, 1_000_003, 6_700_417];
        for k in 2..63 {
            all.extend([(1 << k) + 1, (1 << k) - 1, (1 << k) + 3]);
        }
        let mut x = 0x9e37_79b9_7f4a_7c15u64;
        for k in 0..2000 {
            x = x.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1);
            all.push((x >> 1) >> (k % 61));
        }
        all
    }

    #[test]
    fn quotients_are_exact() {
        let all = numbers();
        for &d in all.iter().filter(|d| **d >= 3 && !d.is_power_of_two()) {
            let Magic { multiplier, shift } = magic(d);
            let top = i64::MAX as u64;
            let near = [0, 1, d - 1, d, d + 1, top, top - 1, top / d * d, top / d * d - 1];
            for &n in near.iter().chain(&all).filter(|n| **n <= top) {
                let high = (u128::from(n) * u128::from(multiplier)) >> 64;
                assert_eq!((high >> shift) as u64, n / d, "{n} / {d}");
            }
        }
    }
}
