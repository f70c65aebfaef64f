//! Numbers to text: the shortest digits that read back as the same number.

use dashu_int::IBig;

use super::Num;

/// The text of a number in a radix from 2 to 36. Doubles that are no integers are always decimal.
pub fn to_text(a: &Num, radix: u32) -> String {
    match a {
        Num::Int(word) if radix == 10 => word.to_string(),
        Num::Int(word) => integer(&IBig::from(*word), radix),
        Num::Big(big) => integer(big, radix),
        Num::Ratio(parts) => format!("{}/{}", integer(&parts.0, radix), integer(&parts.1, radix)),
        Num::Float(float) => float_text(*float, radix),
        Num::Complex(parts) => {
            let re = match &parts.0 {
                Num::Int(0) => String::new(),
                re => to_text(re, radix),
            };
            let im = match &parts.1 {
                Num::Int(1) => "+".to_owned(),
                Num::Int(-1) => "-".to_owned(),
                im => {
                    let text = to_text(im, radix);
                    if text.starts_with(['+', '-']) { text } else { format!("+{text}") }
                }
            };
            format!("{re}{im}i")
        }
    }
}

fn integer(int: &IBig, radix: u32) -> String {
    int.in_radix(radix as u8).to_string()
}

fn float_text(float: f64, radix: u32) -> String {
    if float.is_nan() {
        return "+nan.0".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "+inf.0" } else { "-inf.0" }.to_owned();
    }
    if radix != 10 && float.fract() == 0.0 && float.abs() < 1e18 {
        return format!("{}.0", integer(&IBig::from(float as i64), radix));
    }
    let text = format!("{float:e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-7..21).contains(&power) {
        let plain = format!("{float}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let plus = if power > 0 { "+" } else { "" };
    format!("{mantissa}{point}e{plus}{power}")
}
