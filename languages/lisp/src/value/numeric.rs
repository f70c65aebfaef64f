//! Between numbers as values and as [`Num`]s.

use dashu_int::{IBig, Sign, UBig};
use holloway::{Heap, OutOfMemory, Tag, Val};

use super::object::{BIG, Big, COMPLEX, Complex, RATIO, Ratio};
use crate::number::Num;

/// A number?
pub fn is_number(value: Val) -> bool {
    matches!(value.tag(), Tag::INT | Tag::FLOAT | BIG | RATIO | COMPLEX)
}

/// The number that a value is.
pub fn to_num(heap: &Heap, value: Val) -> Option<Num> {
    match value.tag() {
        Tag::INT => value.as_int().map(Num::Int),
        Tag::FLOAT => value.as_float().map(Num::Float),
        BIG => {
            let big = value.cast::<Big>()?;
            let words: Vec<u64> = big.words(Big::LIMBS, heap).iter().map(|l| *l as u64).collect();
            let sign = Sign::from(big.get(Big::NEGATIVE));
            Some(Num::Big(IBig::from_parts(sign, UBig::from_words(&words))))
        }
        RATIO => {
            let ratio = value.cast::<Ratio>()?;
            let n = to_num(heap, ratio.get_val(Ratio::NUMERATOR))?.to_ibig()?;
            let d = to_num(heap, ratio.get_val(Ratio::DENOMINATOR))?.to_ibig()?;
            Some(Num::Ratio(Box::new((n, d))))
        }
        COMPLEX => {
            let complex = value.cast::<Complex>()?;
            let re = to_num(heap, complex.get_val(Complex::RE))?;
            let im = to_num(heap, complex.get_val(Complex::IM))?;
            Some(Num::Complex(Box::new((re, im))))
        }
        _ => None,
    }
}

/// The value of a number.
pub fn from_num(heap: &mut Heap, number: &Num) -> Result<Val, OutOfMemory> {
    Ok(match number {
        Num::Int(word) => Val::int(*word),
        Num::Float(float) => Val::float(*float),
        Num::Big(big) => {
            let (sign, words) = big.as_sign_words();
            let limbs: Vec<i64> = words.iter().map(|w| *w as i64).collect();
            let object = Big::alloc(heap, limbs.len(), limbs.len(), sign == Sign::Negative)?;
            object.write_words(Big::LIMBS, 0, &limbs);
            Val::object(object)
        }
        Num::Ratio(parts) => {
            let n = from_num(heap, &Num::from(parts.0.clone()))?;
            let d = from_num(heap, &Num::from(parts.1.clone()))?;
            Val::object(Ratio::alloc(heap, n, d)?)
        }
        Num::Complex(parts) => {
            let re = from_num(heap, &parts.0)?;
            let im = from_num(heap, &parts.1)?;
            Val::object(Complex::alloc(heap, re, im)?)
        }
    })
}
