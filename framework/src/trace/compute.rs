//! What pure ops and checked arithmetic yield on concrete words: the one place that says so in code.
//!
//! The evaluator runs traces with it, the optimizer folds constants with it, the generator carries concrete values
//! along with it. Invariant: wherever this yields a word, machine code yields the same one, except that the sign and
//! payload of a NaN are free.

use super::op::Opcode;

/// The result word of a pure op or of checked arithmetic on these operand words.
///
/// `None` if there is none: the op is not of these kinds, its precondition does not hold (`int_div` by zero,
/// `bool_of_int` of 2), or checked arithmetic overflows.
pub fn compute(code: Opcode, a: u64, b: u64) -> Option<u64> {
    use Opcode::*;
    let (x, y) = (a as i64, b as i64);
    let (f, g) = (f64::from_bits(a), f64::from_bits(b));
    let int = |v: i64| Some(v as u64);
    let float = |v: f64| Some(v.to_bits());
    let truth = |v: bool| Some(v as u64);
    match code {
        IntAdd => int(x.wrapping_add(y)),
        IntSub => int(x.wrapping_sub(y)),
        IntMul => int(x.wrapping_mul(y)),
        IntMulhi => int(((i128::from(x) * i128::from(y)) >> 64) as i64),
        IntDiv => x.checked_div(y).map(|v| v as u64),
        IntRem => x.checked_rem(y).map(|v| v as u64),
        IntFloordiv => floordiv(x, y).map(|v| v as u64),
        IntFloormod => floormod(x, y).map(|v| v as u64),
        IntAnd => Some(a & b),
        IntOr => Some(a | b),
        IntXor => Some(a ^ b),
        IntShl => Some(a << (b & 63)),
        IntShr => int(x >> (b & 63)),
        UintShr => Some(a >> (b & 63)),
        IntNeg => int(x.wrapping_neg()),
        IntNot => Some(!a),
        IntAddOvf => x.checked_add(y).map(|v| v as u64),
        IntSubOvf => x.checked_sub(y).map(|v| v as u64),
        IntMulOvf => x.checked_mul(y).map(|v| v as u64),
        IntAddOverflows => truth(x.checked_add(y).is_none()),
        IntSubOverflows => truth(x.checked_sub(y).is_none()),
        IntMulOverflows => truth(x.checked_mul(y).is_none()),
        IntEq | RefEq => truth(a == b),
        IntNe | RefNe => truth(a != b),
        IntLt => truth(x < y),
        IntLe => truth(x <= y),
        IntGt => truth(x > y),
        IntGe => truth(x >= y),
        UintLt => truth(a < b),
        UintGe => truth(a >= b),
        FloatAdd => float(f + g),
        FloatSub => float(f - g),
        FloatMul => float(f * g),
        FloatDiv => float(f / g),
        FloatNeg => Some(a ^ SIGN),
        FloatAbs => Some(a & !SIGN),
        FloatSqrt => float(f.sqrt()),
        FloatFloor => float(f.floor()),
        FloatCeil => float(f.ceil()),
        FloatTrunc => float(f.trunc()),
        FloatEq => truth(f == g),
        FloatNe => truth(f != g),
        FloatLt => truth(f < g),
        FloatLe => truth(f <= g),
        IntToFloat => float(x as f64),
        FloatToInt => int(float_to_int(f)),
        FloatBits | FloatOfBits | BoolToInt | RefBits | RefOfBits => Some(a),
        BoolOfInt => (a <= 1).then_some(a),
        BoolNot => Some(a ^ 1),
        Input | Label | Phi | Jump | Leave | SlotLoad | SlotStore | GuardTrue | GuardFalse
        | GuardValue | GuardNoError | GuardNoSignal | GuardValid | FieldLoad | FieldStore
        | ElemLoad | ElemStore | New | NewArray | Virtual | Call | CallVoid | SlotAddr
        | ResultTag | GuardChaos | GuardStack | CallGuest | DirectEntry | Finish => None,
    }
}

const SIGN: u64 = 1 << 63;

/// `a` cut towards zero, `i64::MIN` if it does not fit.
fn float_to_int(a: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&a) { a as i64 } else { i64::MIN }
}

/// The quotient rounded down, if `int_div` has one.
fn floordiv(a: i64, b: i64) -> Option<i64> {
    let (quotient, rest) = (a.checked_div(b)?, a.checked_rem(b)?);
    Some(if rest != 0 && (rest < 0) != (b < 0) { quotient - 1 } else { quotient })
}

/// The remainder that goes with [`floordiv`]: it has the sign of `b`.
fn floormod(a: i64, b: i64) -> Option<i64> {
    let rest = a.checked_rem(b)?;
    Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(code: Opcode, a: i64, b: i64) -> Option<i64> {
        compute(code, a as u64, b as u64).map(|v| v as i64)
    }

    #[test]
    fn division_rounds_as_its_name_says() {
        for (a, b, div, rem, floordiv, floormod) in [
            (7, 2, 3, 1, 3, 1),
            (-7, 2, -3, -1, -4, 1),
            (7, -2, -3, 1, -4, -1),
            (-7, -2, 3, -1, 3, -1),
        ] {
            assert_eq!(int(Opcode::IntDiv, a, b), Some(div));
            assert_eq!(int(Opcode::IntRem, a, b), Some(rem));
            assert_eq!(int(Opcode::IntFloordiv, a, b), Some(floordiv));
            assert_eq!(int(Opcode::IntFloormod, a, b), Some(floormod));
        }
        for code in [Opcode::IntDiv, Opcode::IntRem, Opcode::IntFloordiv, Opcode::IntFloormod] {
            assert_eq!(int(code, 1, 0), None);
            assert_eq!(int(code, i64::MIN, -1), None);
        }
    }

    #[test]
    fn conversion_to_int_has_one_answer_for_what_does_not_fit() {
        for (a, want) in [
            (1.9, 1),
            (-1.9, -1),
            (f64::NAN, i64::MIN),
            (f64::INFINITY, i64::MIN),
            (9.3e18, i64::MIN),
            (-9.3e18, i64::MIN),
            (-9_223_372_036_854_775_808.0, i64::MIN),
        ] {
            assert_eq!(compute(Opcode::FloatToInt, a.to_bits(), 0), Some(want as u64), "{a}");
        }
    }

    #[test]
    fn every_pure_op_has_a_result_on_some_words() {
        for &code in Opcode::ALL {
            let computed = compute(code, 1, 1).is_some();
            let arithmetic =
                matches!(code, Opcode::IntAddOvf | Opcode::IntSubOvf | Opcode::IntMulOvf);
            assert_eq!(computed, code.is_pure() || arithmetic, "{code}");
        }
    }
}
