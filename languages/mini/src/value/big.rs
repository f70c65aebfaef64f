//! Integers that do not fit a machine word, kept as the limbs of their magnitude.
//!
//! Arithmetic is `dashu-int`'s: operands are read into an `IBig`, results are written back. Objects
//! hold plain words, so nothing has to be dropped.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign, UBig};
use holloway::{Gc, Heap, Object, Tag, Val};

use crate::error::{Error, Result};

/// The tag of [`Big`].
pub const TAG: Tag = Tag(17);

/// No integer has more bits than this.
pub const MAX_BITS: usize = 1 << 31;

/// A large integer: sign and magnitude, the least significant limb first, no leading zeros.
#[derive(Object)]
#[object(tag = 17)]
pub struct Big {
    /// If it is below zero.
    #[immutable]
    pub negative: bool,
    /// Its magnitude.
    #[immutable]
    #[trailing]
    pub limbs: i64,
}

/// Methods of large integers.
pub trait BigExt: Copy {
    /// If it is below zero, and the limbs of its magnitude.
    fn parts(self, heap: &Heap) -> (bool, &[i64]);
    /// For arithmetic.
    fn read(self, heap: &Heap) -> IBig;
}

impl BigExt for Gc<Big> {
    fn parts(self, heap: &Heap) -> (bool, &[i64]) {
        (self.get(Big::NEGATIVE), self.words(Big::LIMBS, heap))
    }

    fn read(self, heap: &Heap) -> IBig {
        let (negative, limbs) = self.parts(heap);
        let words: Vec<u64> = limbs.iter().map(|l| *l as u64).collect();
        IBig::from_parts(Sign::from(negative), UBig::from_words(&words))
    }
}

/// An int of either representation, for arithmetic; `None` if the value is no int.
pub fn to_ibig(heap: &Heap, value: Val) -> Option<IBig> {
    match value.as_int() {
        Some(word) => Some(IBig::from(word)),
        None => value.cast::<Big>().map(|b| b.read(heap)),
    }
}

/// The value of an int, in the representation that the invariant wants.
pub fn from_ibig(heap: &mut Heap, int: &IBig) -> Result<Val> {
    if let Ok(word) = i64::try_from(int) {
        return Ok(Val::int(word));
    }
    check_bits(int.bit_len())?;
    let (sign, words) = int.as_sign_words();
    let limbs: Vec<i64> = words.iter().map(|w| *w as i64).collect();
    let big = Big::alloc(heap, limbs.len(), limbs.len(), sign == Sign::Negative)?;
    big.write_words(Big::LIMBS, 0, &limbs);
    Ok(Val::object(big))
}

/// The value of an int literal that does not fit a word.
pub fn from_digits(heap: &mut Heap, digits: &str, radix: u32) -> Result<Val> {
    let magnitude = UBig::from_str_radix(digits, radix)
        .map_err(|_| Error::value("the literal is not a number"))?;
    from_ibig(heap, &IBig::from(magnitude))
}

/// The value of a 128-bit int.
pub fn from_i128(heap: &mut Heap, int: i128) -> Result<Val> {
    match i64::try_from(int) {
        Ok(word) => Ok(Val::int(word)),
        Err(_) => from_ibig(heap, &IBig::from(int)),
    }
}

/// An error if an int of that many bits is too large.
pub fn check_bits(bits: usize) -> Result<()> {
    if bits > MAX_BITS {
        return Err(Error::memory(&format!("an int of more than {MAX_BITS} bits")));
    }
    Ok(())
}
