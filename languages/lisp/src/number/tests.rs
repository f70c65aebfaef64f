//! Numbers: text both ways, and what arithmetic keeps exact.

use super::{Num, Rounding, add, compare, div, equal, euclid, expt, mul, parse, sqrt, to_text};

fn number(text: &str) -> Num {
    parse(text, 10).unwrap_or_else(|| panic!("{text} is a number"))
}

fn text(number: &Num) -> String {
    to_text(number, 10)
}

#[test]
fn text_reads_back_as_the_same_number() {
    for (from, to) in [
        ("1", "1"),
        ("-0", "0"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("4/6", "2/3"),
        (".5", "0.5"),
        ("1e21", "1.0e+21"),
        ("1e-8", "1.0e-8"),
        ("+inf.0", "+inf.0"),
        ("-i", "-i"),
        ("1@0", "1"),
        ("1/2-3/4i", "1/2-3/4i"),
        ("#xff", "255"),
        ("#e1.25", "5/4"),
        ("#x#i10", "16.0"),
    ] {
        assert_eq!(text(&number(from)), to);
    }
    for wrong in
        ["", "+", "-", "1/", "/2", "e5", ".", "1e", "1+", "i", "1i", "#", "#x", "1/0", "--1"]
    {
        assert_eq!(parse(wrong, 10), None, "{wrong}");
    }
}

#[test]
fn exact_numbers_stay_exact() {
    assert_eq!(text(&div(&number("1"), &number("3")).unwrap()), "1/3");
    assert_eq!(text(&add(&number("1/3"), &number("2/3")).unwrap()), "1");
    assert_eq!(
        text(&expt(&number("2"), &number("100")).unwrap()),
        "1267650600228229401496703205376"
    );
    assert_eq!(text(&sqrt(&number("16/9")).unwrap()), "4/3");
    assert_eq!(text(&sqrt(&number("-4")).unwrap()), "+2i");
    assert_eq!(text(&mul(&number("1+2i"), &number("1-2i")).unwrap()), "5");
}

#[test]
fn rounding_and_order() {
    let (q, r) = euclid(&number("-7"), &number("2"), Rounding::Floor).unwrap();
    assert_eq!((text(&q), text(&r)), ("-4".to_owned(), "1".to_owned()));
    let exact = number("9007199254740993");
    assert!(!equal(&exact, &number("9007199254740992.0")));
    assert!(compare(&exact, &number("9007199254740992.0")).unwrap().is_gt());
}
