//! Text to numbers: R7RS section 7.1.1, all of it.
//!
//! ```text
//! prefix  #x #o #b #d, #e #i in any order      real  1  -2  3/4  .5  1.  1e10  +inf.0  -nan.0
//! complex 1+2i  +i  -inf.0i  1@2
//! ```

use dashu_int::{IBig, UBig};

use super::{Num, complex, mul, ratio, to_exact, to_inexact};

/// The largest exponent that is turned into an exact number.
const MAX_EXPONENT: i64 = 400_000;

/// The number that this text is, with prefixes or without; `None` if it is none.
pub fn parse(text: &str, radix: u32) -> Option<Num> {
    parse_prefixed(text, radix)
}

/// See [`parse`].
pub fn parse_prefixed(mut text: &str, mut radix: u32) -> Option<Num> {
    let (mut exact, mut has_radix) = (None, false);
    while let Some(rest) = text.strip_prefix('#') {
        let marker = rest.chars().next()?.to_ascii_lowercase();
        match marker {
            'e' | 'i' if exact.is_none() => exact = Some(marker == 'e'),
            'x' | 'o' | 'b' | 'd' if !has_radix => {
                has_radix = true;
                radix = match marker {
                    'x' => 16,
                    'o' => 8,
                    'b' => 2,
                    _ => 10,
                };
            }
            _ => return None,
        }
        text = &rest[1..];
    }
    let number = whole(text, &Reader { radix, exact: exact == Some(true) })?;
    match exact {
        Some(true) => to_exact(&number).ok(),
        Some(false) => Some(to_inexact(&number)),
        None => Some(number),
    }
}

struct Reader {
    radix: u32,
    /// Decimal points make fractions.
    exact: bool,
}

fn whole(text: &str, reader: &Reader) -> Option<Num> {
    if let Some(unit) = unit(text) {
        return Some(complex(Num::Int(0), unit));
    }
    let (a, used) = reader.real(text)?;
    let rest = &text[used..];
    let signed = text.starts_with(['+', '-']);
    match rest.as_bytes() {
        [] => Some(a),
        [b'i' | b'I'] if signed => Some(complex(Num::Int(0), a)),
        [b'@', ..] => {
            let (b, used) = reader.real(&rest[1..])?;
            (used + 1 == rest.len()).then(|| polar(&a, &b))
        }
        [b'+' | b'-', ..] => {
            if let Some(unit) = unit(rest) {
                return Some(complex(a, unit));
            }
            let (b, used) = reader.real(rest)?;
            rest[used..].eq_ignore_ascii_case("i").then(|| complex(a, b))
        }
        _ => None,
    }
}

/// The number of this magnitude and angle.
pub(super) fn polar(magnitude: &Num, angle: &Num) -> Num {
    if matches!(angle, Num::Int(0)) {
        return magnitude.clone();
    }
    let angle = super::to_float(angle);
    let part = |x: f64| mul(magnitude, &Num::Float(x)).unwrap_or(Num::Int(0));
    complex(part(angle.cos()), part(angle.sin()))
}

/// `+i` and `-i`
fn unit(text: &str) -> Option<Num> {
    match text {
        "+i" | "+I" => Some(Num::Int(1)),
        "-i" | "-I" => Some(Num::Int(-1)),
        _ => None,
    }
}

impl Reader {
    /// The real number that the text begins with, and how many bytes it has.
    fn real(&self, text: &str) -> Option<(Num, usize)> {
        let bytes = text.as_bytes();
        let (negative, sign) = match bytes.first()? {
            b'+' => (false, 1),
            b'-' => (true, 1),
            _ => (false, 0),
        };
        let body = &text[sign..];
        if sign == 1
            && let Some(special) = body.get(..5)
        {
            let value = match special.to_ascii_lowercase().as_str() {
                "inf.0" => Some(f64::INFINITY),
                "nan.0" => Some(f64::NAN),
                _ => None,
            };
            if let Some(value) = value {
                return Some((Num::Float(if negative { -value } else { value }), sign + 5));
            }
        }
        let (number, used) = self.unsigned(body)?;
        let number = if negative { super::neg(&number) } else { number };
        Some((number, sign + used))
    }

    fn digits<'t>(&self, text: &'t str) -> &'t str {
        let end = text.find(|c: char| !c.is_digit(self.radix)).unwrap_or(text.len());
        &text[..end]
    }

    fn integer(&self, digits: &str) -> Option<IBig> {
        Some(IBig::from(UBig::from_str_radix(digits, self.radix).ok()?))
    }

    fn unsigned(&self, text: &str) -> Option<(Num, usize)> {
        let whole = self.digits(text);
        let rest = &text[whole.len()..];
        if let Some(after) = rest.strip_prefix('/') {
            let denominator = self.digits(after);
            let number = ratio(self.integer(whole)?, self.integer(denominator)?).ok()?;
            return Some((number, whole.len() + 1 + denominator.len()));
        }
        if self.radix != 10 {
            return Some((self.integer(whole)?.into(), whole.len()));
        }
        let fraction = rest.strip_prefix('.').map(|r| self.digits(r));
        let mut used = whole.len() + fraction.map_or(0, |f| f.len() + 1);
        if whole.is_empty() && fraction.is_none_or(str::is_empty) {
            return None;
        }
        let exponent = exponent(&text[used..]);
        if fraction.is_none() && exponent.is_none() {
            return Some((self.integer(whole)?.into(), used));
        }
        let mut power = 0;
        if let Some((digits, length)) = exponent {
            used += length;
            power = digits;
        }
        let fraction = fraction.unwrap_or("");
        if self.exact {
            return Some((self.decimal(whole, fraction, power)?, used));
        }
        let float: f64 = format!("{whole}.{fraction}e{power}")
            .parse()
            .or_else(|_| format!("0{whole}.{fraction}0e{power}").parse())
            .ok()?;
        Some((Num::Float(float), used))
    }

    fn decimal(&self, whole: &str, fraction: &str, power: i64) -> Option<Num> {
        let mantissa = self.integer(&format!("0{whole}{fraction}"))?;
        let power = power - fraction.len() as i64;
        if power.abs() > MAX_EXPONENT {
            return None;
        }
        let scale = IBig::from(10).pow(power.unsigned_abs() as usize);
        match power {
            p if p >= 0 => Some((mantissa * scale).into()),
            _ => ratio(mantissa, scale).ok(),
        }
    }
}

/// The exponent that the text begins with, and how many bytes it has.
fn exponent(text: &str) -> Option<(i64, usize)> {
    let rest = text.strip_prefix(['e', 'E', 's', 'S', 'f', 'F', 'd', 'D', 'l', 'L'])?;
    let digits = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let length = rest.len() - digits.len() + end;
    let value: i64 = rest[..length].parse().unwrap_or(match rest.starts_with('-') {
        true => -1_000_000_000,
        false => 1_000_000_000,
    });
    Some((value, length + 1))
}
