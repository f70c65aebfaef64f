//! Tests of numbers: text, exact comparison, conversion.

use std::cmp::Ordering;

use dashu_int::IBig;

use super::{big_to_f64, compare_int_float, float_text, float_to_ibig, parse_float, quotient};

#[test]
fn text_of_floats() {
    let table = [
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (123456789012345680.0, "1.2345678901234568e+17"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.5e-7, "1.5e-07"),
        (1e100, "1e+100"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
        (-f64::NAN, "nan"),
        (9999999999999998.0, "9999999999999998.0"),
    ];
    for (float, text) in table {
        assert_eq!(float_text(float), text);
    }
}

#[test]
fn floats_from_text() {
    let good = [("1", 1.0), (" -2.5e3\n", -2500.0), ("+inf", f64::INFINITY), ("1E-2", 0.01)];
    for (text, float) in good {
        assert_eq!(parse_float(text), Some(float), "{text}");
    }
    assert!(parse_float("-nan").is_some_and(f64::is_nan));
    for bad in ["", ".5", "5.", "1e", "0x1", "1_0", "infinity", "Inf", "NaN", "+-1", "1 2", "e5"] {
        assert_eq!(parse_float(bad), None, "{bad}");
    }
}

#[test]
fn ints_and_floats_are_compared_exactly() {
    use Ordering::{Equal, Greater, Less};
    let table = [
        (1, 1.0, Some(Equal)),
        ((1 << 53) + 1, 9007199254740992.0, Some(Greater)),
        (i64::MAX, 9223372036854775808.0, Some(Less)),
        (i64::MIN, -9223372036854775808.0, Some(Equal)),
        (0, -0.0, Some(Equal)),
        (0, -0.5, Some(Greater)),
        (-1, -0.5, Some(Less)),
        (5, f64::INFINITY, Some(Less)),
        (5, f64::NAN, None),
    ];
    for (int, float, order) in table {
        assert_eq!(compare_int_float(int, float), order, "{int} {float}");
    }
}

#[test]
fn nearest_floats() {
    let two = |n: usize| IBig::ONE << n;
    let table = [
        (two(53) + IBig::ONE, 9007199254740992.0),
        (two(53) + IBig::from(3), 9007199254740996.0),
        (two(64) - IBig::ONE, 18446744073709551616.0),
        (-two(100), -1.2676506002282294e30),
        (two(1024), f64::INFINITY),
        (two(1024) - two(970), f64::INFINITY),
        (two(1024) - two(970) - IBig::ONE, f64::MAX),
    ];
    for (int, float) in table {
        assert_eq!(big_to_f64(&int), float, "{int}");
    }
    let quotients = [
        (IBig::ONE, IBig::from(3), 1.0 / 3.0),
        (two(2000), two(1999), 2.0),
        (IBig::ONE, two(1074), 5e-324),
        (IBig::ONE, two(1075), 0.0),
        (IBig::from(3), two(1075), 1e-323),
        (IBig::ONE, two(2000), 0.0),
        (-two(1100), IBig::ONE, f64::NEG_INFINITY),
    ];
    for (a, b, float) in quotients {
        assert_eq!(quotient(&a, &b), float, "{a} / {b}");
    }
}

#[test]
fn whole_parts_of_floats() {
    for float in [0.0, 0.9, -1.5, 4503599627370497.5, 1e22, -1e300, f64::MAX, 5e-324] {
        let whole = float_to_ibig(float);
        assert_eq!(big_to_f64(&whole), f64::trunc(float) + 0.0, "{float}");
    }
}
#[test]
#[allow(clippy::excessive_precision, reason = "ties are the point")]
fn of_two_equally_short_texts_the_even_one_is_taken() {
    assert_eq!(float_text(1807073208061565.25), "1807073208061565.2");
    assert_eq!(float_text(-1807073208061565.75), "-1807073208061565.8");
}

#[test]
fn floats_without_exponent() {
    for (float, text) in [
        (0.0001, "0.0001"),
        (0.00012345, "0.00012345"),
        (0.5, "0.5"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (10.0, "10.0"),
        (123.456, "123.456"),
        (-1200.0, "-1200.0"),
        (9007199254740991.0, "9007199254740991.0"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (0.00001, "1e-05"),
    ] {
        assert_eq!(float_text(float), text);
    }
}
