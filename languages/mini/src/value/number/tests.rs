//! Tests of numbers as text and back.

use super::float_text;

#[test]
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
