//! `Red<M, T>`: a value that the trace computes.
//!
//! Operators are Rust's own. A comparison yields a Rust `bool` and so, while recording, a guard: `if a < b { .. }` in a handler
//! is a guarded branch. To keep a comparison as a value write `a.lt_value(b)`. [`Red::promote`] makes a green (ordinary) value
//! of a red one, with a guard that it is the same next time; nothing else does.
//!
//! Invariant: while recording, `name` is the trace's value for `value`.

use super::mode::Mode;
use crate::heap::{FieldType, Gc, Object};
use crate::trace::{Opcode, Ty};

/// A value of type `T` (`i64`, `f64`, `bool`, `Gc<..>`, `&'static ..`) that machine code will compute at run time.
///
/// ```
/// use holloway::{Mode, Red};
///
/// /// `|a - b|`, with a guard on which of the two is greater.
/// fn distance<M: Mode>(a: Red<M, i64>, b: Red<M, i64>) -> Red<M, i64> {
///     if a < b { b - a } else { a - b }
/// }
/// # use holloway::Run;
/// assert_eq!(distance::<Run>(3.into(), 5.into()).promote(), 2);
/// ```
pub struct Red<M: Mode, T> {
    pub(crate) value: T,
    pub(crate) name: M::Name,
}

impl<M: Mode, T: Copy> Clone for Red<M, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Mode, T: Copy> Copy for Red<M, T> {}

impl<M: Mode, T: FieldType> Red<M, T> {
    #[inline(always)]
    pub(crate) fn new(value: T, name: M::Name) -> Self {
        Red { value, name }
    }

    /// A constant of the trace.
    ///
    /// ```
    /// # use holloway::{Mode, Red};
    /// /// The header of a packet of this (green) version: folds into the trace.
    /// fn header<M: Mode>(version: i64) -> Red<M, i64> {
    ///     Red::green(version << 8)
    /// }
    /// # assert_eq!(header::<holloway::Run>(1).promote(), 256);
    /// ```
    #[inline(always)]
    pub fn green(value: T) -> Self {
        Red { value, name: M::constant(T::TY, value.to_bits()) }
    }

    /// Makes it green: an ordinary value, a constant of the trace from here on, with a guard that it is the same next time.
    ///
    /// ```
    /// # use holloway::{Mode, Red};
    /// /// `x` to a power that hardly ever changes: the loop unrolls in the trace, behind a guard on `n`.
    /// fn power<M: Mode>(x: Red<M, i64>, n: Red<M, i64>) -> Red<M, i64> {
    ///     (0..n.promote()).fold(Red::green(1), |product, _| product * x)
    /// }
    /// # assert_eq!(power::<holloway::Run>(3.into(), 4.into()).promote(), 81);
    /// ```
    #[inline(always)]
    pub fn promote(self) -> T {
        M::promote(self.name, self.value.to_bits());
        self.value
    }

    #[inline(always)]
    fn unary<R: FieldType>(self, code: Opcode, result: R) -> Red<M, R> {
        Red { value: result, name: M::pure(code, &[self.name], result.to_bits()) }
    }

    #[inline(always)]
    fn binary<R: FieldType>(self, other: Self, code: Opcode, result: R) -> Red<M, R> {
        Red { value: result, name: M::pure(code, &[self.name, other.name], result.to_bits()) }
    }

    #[inline(always)]
    fn checked(self, other: Self, exact: Opcode, test: Opcode, result: Option<T>) -> Option<Self> {
        let args = [self.name, other.name];
        match result {
            Some(value) => Some(Red { value, name: M::checked(exact, &args, value.to_bits()) }),
            None => {
                M::guard(M::pure(test, &args, 1), true);
                None
            }
        }
    }
}

impl<M: Mode, T: FieldType> From<T> for Red<M, T> {
    #[inline(always)]
    fn from(value: T) -> Self {
        Red::green(value)
    }
}

impl<M: Mode> Red<M, bool> {
    /// As an ordinary `bool`, with a guard: for `if`.
    ///
    /// ```
    /// # use holloway::{Mode, Red};
    /// fn smaller<M: Mode>(a: Red<M, i64>, b: Red<M, i64>) -> Red<M, i64> {
    ///     let less = a.lt_value(b); // a value, no guard yet
    ///     if less.test() { a } else { b }
    /// }
    /// # assert_eq!(smaller::<holloway::Run>(3.into(), 4.into()).promote(), 3);
    /// ```
    #[inline(always)]
    pub fn test(self) -> bool {
        M::guard(self.name, self.value);
        self.value
    }

    /// 0 or 1.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let less = Red::<Run, i64>::from(1).lt_value(2.into());
    /// assert_eq!(less.to_int().promote(), 1);
    /// ```
    #[inline(always)]
    pub fn to_int(self) -> Red<M, i64> {
        self.unary(Opcode::BoolToInt, self.value as i64)
    }
}

impl<M: Mode> std::ops::Not for Red<M, bool> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        self.unary(Opcode::BoolNot, !self.value)
    }
}

macro_rules! operator {
    ($trait:ident $method:ident, $t:ty, $code:ident, |$a:ident, $b:ident| $result:expr) => {
        impl<M: Mode> std::ops::$trait for Red<M, $t> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let ($a, $b) = (self.value, other.value);
                self.binary(other, Opcode::$code, $result)
            }
        }

        impl<M: Mode> std::ops::$trait<$t> for Red<M, $t> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: $t) -> Self {
                std::ops::$trait::$method(self, Red::green(other))
            }
        }
    };
}

operator!(Add add, i64, IntAdd, |a, b| a.wrapping_add(b));
operator!(Sub sub, i64, IntSub, |a, b| a.wrapping_sub(b));
operator!(Mul mul, i64, IntMul, |a, b| a.wrapping_mul(b));
operator!(BitAnd bitand, i64, IntAnd, |a, b| a & b);
operator!(BitOr bitor, i64, IntOr, |a, b| a | b);
operator!(BitXor bitxor, i64, IntXor, |a, b| a ^ b);
operator!(Shl shl, i64, IntShl, |a, b| a.wrapping_shl(b as u32));
operator!(Shr shr, i64, IntShr, |a, b| a.wrapping_shr(b as u32));
operator!(Add add, f64, FloatAdd, |a, b| a + b);
operator!(Sub sub, f64, FloatSub, |a, b| a - b);
operator!(Mul mul, f64, FloatMul, |a, b| a * b);
operator!(Div div, f64, FloatDiv, |a, b| a / b);

impl<M: Mode> std::ops::Neg for Red<M, i64> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.unary(Opcode::IntNeg, self.value.wrapping_neg())
    }
}

impl<M: Mode> std::ops::Not for Red<M, i64> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        self.unary(Opcode::IntNot, !self.value)
    }
}

impl<M: Mode> std::ops::Neg for Red<M, f64> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.unary(Opcode::FloatNeg, -self.value)
    }
}

impl<M: Mode> Red<M, i64> {
    /// `a + b`, `None` if it overflows; guarded either way.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let a = Red::<Run, i64>::from(i64::MAX);
    /// assert!(a.checked_add(1.into()).is_none());
    /// assert_eq!(a.checked_add((-1).into()).map(Red::promote), Some(i64::MAX - 1));
    /// ```
    #[inline(always)]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let result = self.value.checked_add(other.value);
        self.checked(other, Opcode::IntAddOvf, Opcode::IntAddOverflows, result)
    }

    /// `a - b`, `None` if it overflows; guarded either way.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let a = Red::<Run, i64>::from(i64::MIN);
    /// assert!(a.checked_sub(1.into()).is_none());
    /// ```
    #[inline(always)]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let result = self.value.checked_sub(other.value);
        self.checked(other, Opcode::IntSubOvf, Opcode::IntSubOverflows, result)
    }

    /// `a * b`, `None` if it overflows; guarded either way.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let a = Red::<Run, i64>::from(1 << 62);
    /// assert!(a.checked_mul(2.into()).is_none());
    /// ```
    #[inline(always)]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let result = self.value.checked_mul(other.value);
        self.checked(other, Opcode::IntMulOvf, Opcode::IntMulOverflows, result)
    }

    /// Guards that division by `other` has a result: `false` for 0, and for `MIN / -1`.
    #[inline(always)]
    fn can_divide(self, other: Self) -> bool {
        other != 0 && (other != -1 || self != i64::MIN)
    }

    /// The quotient rounded down (Python's `//`); `None` for a divisor 0 and for `MIN // -1`.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let a = Red::<Run, i64>::from(-7);
    /// assert_eq!(a.checked_floordiv(2.into()).map(Red::promote), Some(-4));
    /// assert!(a.checked_floordiv(0.into()).is_none());
    /// ```
    #[inline(always)]
    pub fn checked_floordiv(self, other: Self) -> Option<Self> {
        if !self.can_divide(other) {
            return None;
        }
        let (a, b) = (self.value, other.value);
        let quotient = a.wrapping_div(b);
        let inexact = (a.wrapping_rem(b) != 0) & ((a < 0) != (b < 0));
        Some(self.binary(other, Opcode::IntFloordiv, quotient - inexact as i64))
    }

    /// The remainder of [`Red::checked_floordiv`] (Python's `%`), with the sign of `other`.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let a = Red::<Run, i64>::from(-7);
    /// assert_eq!(a.checked_floormod(2.into()).map(Red::promote), Some(1));
    /// ```
    #[inline(always)]
    pub fn checked_floormod(self, other: Self) -> Option<Self> {
        if !self.can_divide(other) {
            return None;
        }
        let (a, b) = (self.value, other.value);
        let rest = a.wrapping_rem(b);
        let fix = if (rest != 0) & ((rest < 0) != (b < 0)) { b } else { 0 };
        Some(self.binary(other, Opcode::IntFloormod, rest + fix))
    }

    /// The quotient cut towards zero; `None` for a divisor 0 and for `MIN / -1`.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let a = Red::<Run, i64>::from(-7);
    /// assert_eq!(a.checked_div(2.into()).map(Red::promote), Some(-3));
    /// ```
    #[inline(always)]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        if !self.can_divide(other) {
            return None;
        }
        Some(self.binary(other, Opcode::IntDiv, self.value.wrapping_div(other.value)))
    }

    /// The remainder of [`Red::checked_div`], with the sign of `self`.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let a = Red::<Run, i64>::from(-7);
    /// assert_eq!(a.checked_rem(2.into()).map(Red::promote), Some(-1));
    /// ```
    #[inline(always)]
    pub fn checked_rem(self, other: Self) -> Option<Self> {
        if !self.can_divide(other) {
            return None;
        }
        Some(self.binary(other, Opcode::IntRem, self.value.wrapping_rem(other.value)))
    }

    /// Logical shift right by the lowest six bits of `other`.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let a = Red::<Run, i64>::from(-1);
    /// assert_eq!(a.unsigned_shr(60.into()).promote(), 15);
    /// ```
    #[inline(always)]
    pub fn unsigned_shr(self, other: Self) -> Self {
        let result = (self.value as u64).wrapping_shr(other.value as u32) as i64;
        self.binary(other, Opcode::UintShr, result)
    }

    /// `0 <= self < other` in one guarded comparison, for `other >= 0`: a bounds check.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// let len = Red::<Run, i64>::from(3);
    /// let fits = |index: i64| Red::<Run, i64>::from(index).below(len);
    /// assert!(fits(2) && !fits(3) && !fits(-1));
    /// ```
    #[inline(always)]
    pub fn below(self, other: Self) -> bool {
        let result = (self.value as u64) < other.value as u64;
        self.binary(other, Opcode::UintLt, result).test()
    }

    /// The nearest double.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// assert_eq!(Red::<Run, i64>::from(3).to_float().promote(), 3.0);
    /// ```
    #[inline(always)]
    pub fn to_float(self) -> Red<M, f64> {
        self.unary(Opcode::IntToFloat, self.value as f64)
    }
}

impl<M: Mode> Red<M, f64> {
    /// The square root, NaN below zero.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// assert_eq!(Red::<Run, f64>::from(9.0).sqrt().promote(), 3.0);
    /// ```
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        self.unary(Opcode::FloatSqrt, self.value.sqrt())
    }

    /// The sign bit cleared.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// assert_eq!(Red::<Run, f64>::from(-1.5).abs().promote(), 1.5);
    /// ```
    #[inline(always)]
    pub fn abs(self) -> Self {
        self.unary(Opcode::FloatAbs, self.value.abs())
    }

    /// Rounded down to a whole number.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// assert_eq!(Red::<Run, f64>::from(-1.5).floor().promote(), -2.0);
    /// ```
    #[inline(always)]
    pub fn floor(self) -> Self {
        self.unary(Opcode::FloatFloor, self.value.floor())
    }

    /// Rounded up to a whole number.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// assert_eq!(Red::<Run, f64>::from(-1.5).ceil().promote(), -1.0);
    /// ```
    #[inline(always)]
    pub fn ceil(self) -> Self {
        self.unary(Opcode::FloatCeil, self.value.ceil())
    }

    /// Cut to a whole number.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// assert_eq!(Red::<Run, f64>::from(-1.5).trunc().promote(), -1.0);
    /// ```
    #[inline(always)]
    pub fn trunc(self) -> Self {
        self.unary(Opcode::FloatTrunc, self.value.trunc())
    }

    /// Cut to an integer; `None`, guarded, if it does not fit or is NaN.
    ///
    /// ```
    /// # use holloway::{Red, Run};
    /// assert_eq!(Red::<Run, f64>::from(-1.5).to_int().map(Red::promote), Some(-1));
    /// assert!(Red::<Run, f64>::from(1e300).to_int().is_none());
    /// ```
    #[inline(always)]
    #[allow(clippy::manual_range_contains, reason = "each comparison is a guard of its own")]
    pub fn to_int(self) -> Option<Red<M, i64>> {
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        if self >= -LIMIT && self < LIMIT {
            Some(self.unary(Opcode::FloatToInt, self.value as i64))
        } else {
            None
        }
    }
}

macro_rules! compare {
    ($t:ty, $eq:ident, $ne:ident, $lt:ident, $le:ident) => {
        impl<M: Mode> Red<M, $t> {
            /// `a == b` as a value, without a guard.
            ///
            /// ```
            /// # use holloway::{Red, Run};
            /// let (a, b) = (Red::<Run, i64>::from(1), Red::<Run, i64>::from(2));
            /// assert!(!a.eq_value(b).promote());
            /// ```
            #[inline(always)]
            pub fn eq_value(self, other: Self) -> Red<M, bool> {
                self.binary(other, Opcode::$eq, self.value == other.value)
            }

            /// `a != b` as a value, without a guard.
            ///
            /// ```
            /// # use holloway::{Red, Run};
            /// let (a, b) = (Red::<Run, i64>::from(1), Red::<Run, i64>::from(2));
            /// assert!(a.ne_value(b).promote());
            /// ```
            #[inline(always)]
            pub fn ne_value(self, other: Self) -> Red<M, bool> {
                self.binary(other, Opcode::$ne, self.value != other.value)
            }

            /// `a < b` as a value, without a guard.
            ///
            /// ```
            /// # use holloway::{Red, Run};
            /// let (a, b) = (Red::<Run, f64>::from(f64::NAN), Red::<Run, f64>::from(2.0));
            /// assert!(!a.lt_value(b).promote());
            /// ```
            #[inline(always)]
            pub fn lt_value(self, other: Self) -> Red<M, bool> {
                self.binary(other, Opcode::$lt, self.value < other.value)
            }

            /// `a <= b` as a value, without a guard.
            ///
            /// ```
            /// # use holloway::{Red, Run};
            /// let (a, b) = (Red::<Run, i64>::from(1), Red::<Run, i64>::from(2));
            /// assert!(a.le_value(b).promote());
            /// ```
            #[inline(always)]
            pub fn le_value(self, other: Self) -> Red<M, bool> {
                self.binary(other, Opcode::$le, self.value <= other.value)
            }
        }

        /// Comparing records a guard.
        impl<M: Mode> PartialEq for Red<M, $t> {
            #[inline(always)]
            fn eq(&self, other: &Self) -> bool {
                self.eq_value(*other).test()
            }
        }

        impl<M: Mode> PartialEq<$t> for Red<M, $t> {
            #[inline(always)]
            fn eq(&self, other: &$t) -> bool {
                self.eq_value(Red::green(*other)).test()
            }
        }

        /// Comparing records a guard.
        impl<M: Mode> PartialOrd for Red<M, $t> {
            #[inline(always)]
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                if *self < *other {
                    Some(std::cmp::Ordering::Less)
                } else if *self == *other {
                    Some(std::cmp::Ordering::Equal)
                } else if *self > *other {
                    Some(std::cmp::Ordering::Greater)
                } else {
                    None
                }
            }
            #[inline(always)]
            fn lt(&self, other: &Self) -> bool {
                self.lt_value(*other).test()
            }
            #[inline(always)]
            fn le(&self, other: &Self) -> bool {
                self.le_value(*other).test()
            }
            #[inline(always)]
            fn gt(&self, other: &Self) -> bool {
                other.lt_value(*self).test()
            }
            #[inline(always)]
            fn ge(&self, other: &Self) -> bool {
                other.le_value(*self).test()
            }
        }

        impl<M: Mode> PartialOrd<$t> for Red<M, $t> {
            #[inline(always)]
            fn partial_cmp(&self, other: &$t) -> Option<std::cmp::Ordering> {
                self.partial_cmp(&Red::green(*other))
            }
            #[inline(always)]
            fn lt(&self, other: &$t) -> bool {
                self.lt_value(Red::green(*other)).test()
            }
            #[inline(always)]
            fn le(&self, other: &$t) -> bool {
                self.le_value(Red::green(*other)).test()
            }
            #[inline(always)]
            fn gt(&self, other: &$t) -> bool {
                Red::green(*other).lt_value(*self).test()
            }
            #[inline(always)]
            fn ge(&self, other: &$t) -> bool {
                Red::green(*other).le_value(*self).test()
            }
        }
    };
}

compare!(i64, IntEq, IntNe, IntLt, IntLe);
compare!(f64, FloatEq, FloatNe, FloatLt, FloatLe);

/// The same object? Records a guard.
impl<M: Mode, T: crate::heap::Object> PartialEq for Red<M, crate::heap::Gc<T>> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.binary(*other, Opcode::RefEq, self.value == other.value).test()
    }
}

impl<M: Mode, T: Object> Red<M, Option<Gc<T>>> {
    /// The object, if there is one; guarded either way.
    ///
    /// ```
    /// use holloway::{Gc, Mode, Object, Red};
    ///
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Node {
    ///     value: i64,
    ///     next: Option<Gc<Node>>,
    /// }
    ///
    /// fn second<M: Mode>(list: Red<M, Gc<Node>>) -> Option<Red<M, i64>> {
    ///     Some(list.get(Node::NEXT).present()?.get(Node::VALUE))
    /// }
    /// ```
    #[inline(always)]
    pub fn present(self) -> Option<Red<M, Gc<T>>> {
        let names = [self.name, M::constant(Ty::Ref, 0)];
        let present = M::pure(Opcode::RefNe, &names, self.value.is_some() as u64);
        M::guard(present, self.value.is_some());
        Some(Red { value: self.value?, name: self.name })
    }
}
