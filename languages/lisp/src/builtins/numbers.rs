//! Numbers.

use std::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::BitTest;
use holloway::Val;

use super::arguments::{index, number, text, value_of};
use super::{MANY, Rt, builtins};
use crate::error::{Error, Result};
use crate::number::{self as num, Num, Problem, Rounding};
use crate::value::Values;
use crate::value::numeric::{is_number, to_num};

builtins! {
    "+" 0 MANY => |rt, a| fold(rt, "+", a, Num::Int(0), num::add);
    "*" 0 MANY => |rt, a| fold(rt, "*", a, Num::Int(1), num::mul);
    "-" 1 MANY => |rt, a| reduce(rt, "-", a, |x| Ok(num::neg(x)), num::sub);
    "/" 1 MANY => |rt, a| reduce(rt, "/", a, |x| num::div(&Num::Int(1), x), num::div);
    "=" 1 MANY => |rt, a| {
        let numbers = numbers(rt, "=", a)?;
        Ok(Val::bool(numbers.windows(2).all(|w| num::equal(&w[0], &w[1]))))
    };
    "<" 1 MANY => |rt, a| ordered(rt, "<", a, |o| o == Ordering::Less);
    ">" 1 MANY => |rt, a| ordered(rt, ">", a, |o| o == Ordering::Greater);
    "<=" 1 MANY => |rt, a| ordered(rt, "<=", a, |o| o != Ordering::Greater);
    ">=" 1 MANY => |rt, a| ordered(rt, ">=", a, |o| o != Ordering::Less);
    "number?" 1 1 => |_, a| Ok(Val::bool(is_number(a[0])));
    "complex?" 1 1 => |_, a| Ok(Val::bool(is_number(a[0])));
    "real?" 1 1 => |rt, a| ask(rt, a[0], Num::is_real);
    "rational?" 1 1 => |rt, a| ask(rt, a[0], Num::is_rational);
    "integer?" 1 1 => |rt, a| ask(rt, a[0], Num::is_integer);
    "exact-rational?" 1 1 => |rt, a| ask(rt, a[0], |n| n.is_exact() && n.is_rational());
    "exact-integer?" 1 1 => |rt, a| ask(rt, a[0], |n| n.is_exact() && n.is_integer());
    "exact-nonnegative-integer?" 1 1 => |rt, a| {
        ask(rt, a[0], |n| n.is_exact() && n.is_integer() && num::sign(n) != Some(-1))
    };
    "exact?" 1 1 => |rt, a| Ok(Val::bool(number(rt, "exact?", a[0])?.is_exact()));
    "inexact?" 1 1 => |rt, a| Ok(Val::bool(!number(rt, "inexact?", a[0])?.is_exact()));
    "finite?" 1 1 => |rt, a| Ok(Val::bool(each_part(number(rt, "finite?", a[0])?, f64::is_finite, true)));
    "infinite?" 1 1 => |rt, a| {
        Ok(Val::bool(!each_part(number(rt, "infinite?", a[0])?, |f| !f.is_infinite(), true)))
    };
    "nan?" 1 1 => |rt, a| Ok(Val::bool(!each_part(number(rt, "nan?", a[0])?, |f| !f.is_nan(), true)));
    "zero?" 1 1 => |rt, a| Ok(Val::bool(num::is_zero(&number(rt, "zero?", a[0])?)));
    "positive?" 1 1 => |rt, a| Ok(Val::bool(sign(rt, "positive?", a[0])? > 0));
    "negative?" 1 1 => |rt, a| Ok(Val::bool(sign(rt, "negative?", a[0])? < 0));
    "odd?" 1 1 => |rt, a| Ok(Val::bool(is_odd(rt, "odd?", a[0])?));
    "even?" 1 1 => |rt, a| Ok(Val::bool(!is_odd(rt, "even?", a[0])?));
    "max" 1 MANY => |rt, a| extreme(rt, "max", a, Ordering::Greater);
    "min" 1 MANY => |rt, a| extreme(rt, "min", a, Ordering::Less);
    "abs" 1 1 => |rt, a| {
        if let Some(int) = a[0].as_int().and_then(i64::checked_abs) {
            return Ok(Val::int(int));
        }
        let x = number(rt, "abs", a[0])?;
        match num::sign(&x) {
            Some(-1) => value_of(rt, &num::neg(&x)),
            Some(_) => match x {
                Num::Float(f) => Ok(Val::float(f.abs())),
                _ => Ok(a[0]),
            },
            None => Err(Error::wrong_type("abs", "a real number", a[0])),
        }
    };
    "quotient" 2 2 => |rt, a| divided(rt, "quotient", a, Rounding::Truncate, 0);
    "remainder" 2 2 => |rt, a| divided(rt, "remainder", a, Rounding::Truncate, 1);
    "modulo" 2 2 => |rt, a| divided(rt, "modulo", a, Rounding::Floor, 1);
    "truncate-quotient" 2 2 => |rt, a| divided(rt, "truncate-quotient", a, Rounding::Truncate, 0);
    "truncate-remainder" 2 2 => |rt, a| divided(rt, "truncate-remainder", a, Rounding::Truncate, 1);
    "truncate/" 2 2 => |rt, a| divided(rt, "truncate/", a, Rounding::Truncate, 2);
    "floor-quotient" 2 2 => |rt, a| divided(rt, "floor-quotient", a, Rounding::Floor, 0);
    "floor-remainder" 2 2 => |rt, a| divided(rt, "floor-remainder", a, Rounding::Floor, 1);
    "floor/" 2 2 => |rt, a| divided(rt, "floor/", a, Rounding::Floor, 2);
    "gcd" 0 MANY => |rt, a| fold(rt, "gcd", a, Num::Int(0), num::gcd);
    "lcm" 0 MANY => |rt, a| fold(rt, "lcm", a, Num::Int(1), lcm);
    "numerator" 1 1 => |rt, a| part(rt, "numerator", a[0], |n, _| n);
    "denominator" 1 1 => |rt, a| part(rt, "denominator", a[0], |_, d| d);
    "floor" 1 1 => |rt, a| rounded(rt, "floor", a[0], Rounding::Floor);
    "ceiling" 1 1 => |rt, a| rounded(rt, "ceiling", a[0], Rounding::Ceiling);
    "truncate" 1 1 => |rt, a| rounded(rt, "truncate", a[0], Rounding::Truncate);
    "round" 1 1 => |rt, a| rounded(rt, "round", a[0], Rounding::Round);
    "exp" 1 1 => |rt, a| function(rt, "exp", a[0]);
    "log" 1 2 => |rt, a| match a {
        [x, base] => {
            let (x, base) = (number(rt, "log", *x)?, number(rt, "log", *base)?);
            value_of(rt, &num::log_base(&x, &base)?)
        }
        _ => function(rt, "log", a[0]),
    };
    "sin" 1 1 => |rt, a| function(rt, "sin", a[0]);
    "cos" 1 1 => |rt, a| function(rt, "cos", a[0]);
    "tan" 1 1 => |rt, a| function(rt, "tan", a[0]);
    "asin" 1 1 => |rt, a| function(rt, "asin", a[0]);
    "acos" 1 1 => |rt, a| function(rt, "acos", a[0]);
    "atan" 1 2 => |rt, a| match a {
        [y, x] => function2(rt, "atan", *y, *x),
        _ => function(rt, "atan", a[0]),
    };
    "square" 1 1 => |rt, a| {
        let x = number(rt, "square", a[0])?;
        value_of(rt, &num::mul(&x, &x)?)
    };
    "sqrt" 1 1 => |rt, a| {
        let x = number(rt, "sqrt", a[0])?;
        value_of(rt, &num::sqrt(&x)?)
    };
    "exact-integer-sqrt" 1 1 => |rt, a| {
        let x = number(rt, "exact-integer-sqrt", a[0])?;
        let (root, rest) = num::exact_root(&x)?;
        two(rt, &root, &rest)
    };
    "expt" 2 2 => |rt, a| {
        let (x, y) = (number(rt, "expt", a[0])?, number(rt, "expt", a[1])?);
        value_of(rt, &num::expt(&x, &y)?)
    };
    "exact" 1 1 => |rt, a| exact(rt, a[0]);
    "inexact->exact" 1 1 => |rt, a| exact(rt, a[0]);
    "inexact" 1 1 => |rt, a| inexact(rt, a[0]);
    "exact->inexact" 1 1 => |rt, a| inexact(rt, a[0]);
    "number->string" 1 2 => |rt, a| {
        let x = number(rt, "number->string", a[0])?;
        let radix = radix(a.get(1), "number->string")?;
        rt.host.string(&num::to_text(&x, radix))
    };
    "string->number" 1 2 => |rt, a| {
        let text = text(rt, "string->number", a[0])?;
        let radix = radix(a.get(1), "string->number")?;
        match num::parse(&text, radix) {
            Some(number) => value_of(rt, &number),
            None => Ok(Val::FALSE),
        }
    };
    "make-rectangular" 2 2 => |rt, a| {
        let (re, im) = (number(rt, "make-rectangular", a[0])?, number(rt, "make-rectangular", a[1])?);
        match re.is_real() && im.is_real() {
            true => value_of(rt, &num::complex(re, im)),
            false => Err(Error::wrong_type("make-rectangular", "a real number", a[0])),
        }
    };
    "make-polar" 2 2 => |rt, a| function2(rt, "polar", a[0], a[1]);
    "real-part" 1 1 => |rt, a| {
        let parts = number(rt, "real-part", a[0])?.parts();
        value_of(rt, &parts.0)
    };
    "imag-part" 1 1 => |rt, a| {
        let parts = number(rt, "imag-part", a[0])?.parts();
        value_of(rt, &parts.1)
    };
    "magnitude" 1 1 => |rt, a| {
        let parts = number(rt, "magnitude", a[0])?.parts();
        value_of(rt, &num::function2("magnitude", &parts.0, &parts.1)?)
    };
    "angle" 1 1 => |rt, a| {
        let (re, im) = number(rt, "angle", a[0])?.parts();
        match (&im, num::sign(&re)) {
            (Num::Int(0), Some(-1)) => Ok(Val::float(std::f64::consts::PI)),
            (Num::Int(0), _) if re.is_exact() => Ok(Val::int(0)),
            _ => Ok(Val::float(num::to_float(&im).atan2(num::to_float(&re)))),
        }
    };
    "bitwise-and" 0 MANY => |rt, a| bits(rt, "bitwise-and", a, -1, |x, y| x & y);
    "bitwise-ior" 0 MANY => |rt, a| bits(rt, "bitwise-ior", a, 0, |x, y| x | y);
    "bitwise-xor" 0 MANY => |rt, a| bits(rt, "bitwise-xor", a, 0, |x, y| x ^ y);
    "bitwise-not" 1 1 => |rt, a| {
        let x = integer(rt, "bitwise-not", a[0])?;
        value_of(rt, &Num::from(!x))
    };
    "arithmetic-shift" 2 2 => |rt, a| {
        let x = integer(rt, "arithmetic-shift", a[0])?;
        let by = a[1].as_int().ok_or_else(|| Error::wrong_type("arithmetic-shift", "an index", a[1]))?;
        if by > 0 && x.bit_len() as i64 + by > num::MAX_BITS as i64 {
            return Err(Problem::TooLarge.into());
        }
        let by = by.clamp(-(1 << 40), 1 << 40);
        value_of(rt, &Num::from(if by >= 0 { x << by as usize } else { x >> (-by) as usize }))
    };
    "bit-count" 1 1 => |rt, a| {
        let x = integer(rt, "bit-count", a[0])?;
        let x = if x < IBig::ZERO { !x } else { x };
        let count: u32 = x.as_sign_words().1.iter().map(|w| w.count_ones()).sum();
        Ok(Val::int(i64::from(count)))
    };
    "integer-length" 1 1 => |rt, a| {
        let x = integer(rt, "integer-length", a[0])?;
        let x = if x < IBig::ZERO { !x } else { x };
        Ok(Val::int(x.bit_len() as i64))
    };
    "random" 1 2 => |rt, a| {
        let word = rt.host.random();
        match (a[0].as_int(), a[0].as_float()) {
            (Some(limit), _) if limit > 0 => Ok(Val::int((word >> 1) as i64 % limit)),
            (None, Some(limit)) if limit > 0.0 => {
                Ok(Val::float((word >> 11) as f64 / (1u64 << 53) as f64 * limit))
            }
            _ => Err(Error::range("random", a[0])),
        }
    };
}

fn numbers(rt: &Rt, who: &str, values: &[Val]) -> Result<Vec<Num>> {
    values.iter().map(|v| number(rt, who, *v)).collect()
}

type Operator = fn(&Num, &Num) -> num::Result;

fn fold(rt: &mut Rt, who: &str, values: &[Val], start: Num, operator: Operator) -> Result<Val> {
    let mut result = start;
    for value in values {
        result = operator(&result, &number(rt, who, *value)?)?;
    }
    value_of(rt, &result)
}

fn reduce(
    rt: &mut Rt,
    who: &str,
    values: &[Val],
    one: fn(&Num) -> num::Result,
    operator: Operator,
) -> Result<Val> {
    let numbers = numbers(rt, who, values)?;
    let result = match &numbers[..] {
        [only] => one(only)?,
        [first, rest @ ..] => {
            let mut result = first.clone();
            for number in rest {
                result = operator(&result, number)?;
            }
            result
        }
        [] => Num::Int(0),
    };
    value_of(rt, &result)
}

fn ordered(rt: &mut Rt, who: &str, values: &[Val], fits: fn(Ordering) -> bool) -> Result<Val> {
    let numbers = numbers(rt, who, values)?;
    if let Some(at) = numbers.iter().position(|n| !n.is_real()) {
        return Err(Error::wrong_type(who, "a real number", values[at]));
    }
    Ok(Val::bool(numbers.windows(2).all(|w| num::compare(&w[0], &w[1]).is_some_and(fits))))
}

fn ask(rt: &mut Rt, value: Val, question: fn(&Num) -> bool) -> Result<Val> {
    Ok(Val::bool(to_num(&rt.host.heap, value).is_some_and(|n| question(&n))))
}

fn each_part(number: Num, question: fn(f64) -> bool, exact: bool) -> bool {
    match number {
        Num::Float(float) => question(float),
        Num::Complex(parts) => {
            each_part(parts.0, question, exact) && each_part(parts.1, question, exact)
        }
        _ => exact,
    }
}

fn sign(rt: &Rt, who: &str, value: Val) -> Result<i64> {
    let number = number(rt, who, value)?;
    num::sign(&number).ok_or_else(|| Error::wrong_type(who, "a real number", value))
}

fn is_odd(rt: &Rt, who: &str, value: Val) -> Result<bool> {
    if let Some(int) = value.as_int() {
        return Ok(int % 2 != 0);
    }
    let x = number(rt, who, value)?;
    if !x.is_integer() {
        return Err(Error::wrong_type(who, "an integer", value));
    }
    let (_, rest) = num::euclid(&x, &Num::Int(2), Rounding::Truncate)?;
    Ok(!num::is_zero(&rest))
}

fn extreme(rt: &mut Rt, who: &str, values: &[Val], wanted: Ordering) -> Result<Val> {
    let numbers = numbers(rt, who, values)?;
    let exact = numbers.iter().all(Num::is_exact);
    let mut best = numbers[0].clone();
    for (number, value) in numbers.iter().zip(values) {
        if !number.is_real() {
            return Err(Error::wrong_type(who, "a real number", *value));
        }
        if matches!(number, Num::Float(f) if f.is_nan()) {
            return Ok(Val::float(f64::NAN));
        }
        if num::compare(number, &best) == Some(wanted) {
            best = number.clone();
        }
    }
    value_of(rt, &if exact { best } else { num::to_inexact(&best) })
}

fn two(rt: &mut Rt, a: &Num, b: &Num) -> Result<Val> {
    let (a, b) = (value_of(rt, a)?, value_of(rt, b)?);
    let values = Values::alloc(&mut rt.host.heap, 2, 2)?;
    values.set_val_at(Values::ITEMS, 0, a);
    values.set_val_at(Values::ITEMS, 1, b);
    Ok(Val::object(values))
}

fn divided(rt: &mut Rt, who: &str, a: &[Val], rounding: Rounding, which: usize) -> Result<Val> {
    let (x, y) = (number(rt, who, a[0])?, number(rt, who, a[1])?);
    let wrong = if x.is_integer() { a[1] } else { a[0] };
    let (quotient, rest) = num::euclid(&x, &y, rounding).map_err(|problem| match problem {
        Problem::Domain => Error::wrong_type(who, "an integer", wrong),
        other => other.into(),
    })?;
    match which {
        0 => value_of(rt, &quotient),
        1 => value_of(rt, &rest),
        _ => two(rt, &quotient, &rest),
    }
}

fn lcm(a: &Num, b: &Num) -> num::Result {
    if num::is_zero(a) || num::is_zero(b) {
        return if a.is_exact() && b.is_exact() { Ok(Num::Int(0)) } else { Ok(Num::Float(0.0)) };
    }
    let common = num::gcd(a, b)?;
    let product = num::mul(a, &num::euclid(b, &common, Rounding::Truncate)?.0)?;
    Ok(if num::sign(&product) == Some(-1) { num::neg(&product) } else { product })
}

fn part(rt: &mut Rt, who: &str, value: Val, choose: fn(IBig, IBig) -> IBig) -> Result<Val> {
    let x = number(rt, who, value)?;
    let exact = num::to_exact(&x)?;
    let (n, d) =
        exact.to_ratio().ok_or_else(|| Error::wrong_type(who, "a rational number", value))?;
    let result = Num::from(choose(n, d));
    value_of(rt, &if x.is_exact() { result } else { num::to_inexact(&result) })
}

fn rounded(rt: &mut Rt, who: &str, value: Val, rounding: Rounding) -> Result<Val> {
    let x = number(rt, who, value)?;
    let result = num::round_to(&x, rounding);
    value_of(rt, &result.map_err(|_| Error::wrong_type(who, "a real number", value))?)
}

fn function(rt: &mut Rt, name: &str, value: Val) -> Result<Val> {
    let x = number(rt, name, value)?;
    value_of(rt, &num::function(name, &x)?)
}

fn function2(rt: &mut Rt, name: &str, a: Val, b: Val) -> Result<Val> {
    let (x, y) = (number(rt, name, a)?, number(rt, name, b)?);
    value_of(rt, &num::function2(name, &x, &y)?)
}

fn exact(rt: &mut Rt, value: Val) -> Result<Val> {
    let x = number(rt, "exact", value)?;
    let result = num::to_exact(&x);
    value_of(rt, &result.map_err(|_| Error::wrong_type("exact", "a finite number", value))?)
}

fn inexact(rt: &mut Rt, value: Val) -> Result<Val> {
    let x = number(rt, "inexact", value)?;
    value_of(rt, &num::to_inexact(&x))
}

fn radix(value: Option<&Val>, who: &str) -> Result<u32> {
    match value {
        None => Ok(10),
        Some(radix) => match index(who, *radix)? {
            radix @ 2..=36 => Ok(radix as u32),
            _ => Err(Error::range(who, *radix)),
        },
    }
}

fn integer(rt: &Rt, who: &str, value: Val) -> Result<IBig> {
    let x = number(rt, who, value)?;
    x.to_ibig().ok_or_else(|| Error::wrong_type(who, "an exact integer", value))
}

fn bits(
    rt: &mut Rt,
    who: &str,
    values: &[Val],
    start: i64,
    operator: fn(IBig, IBig) -> IBig,
) -> Result<Val> {
    let mut result = IBig::from(start);
    for value in values {
        result = operator(result, integer(rt, who, *value)?);
    }
    value_of(rt, &Num::from(result))
}
