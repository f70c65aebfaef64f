//! Tests of reports: their exact form.

use crate::{Config, EngineKind, run_captured};

fn report(source: &[u8]) -> (u8, String) {
    let config = Config { engine: EngineKind::Tree, ..Config::default() };
    let outcome = run_captured(&config, source);
    (outcome.status, String::from_utf8(outcome.errors).unwrap())
}

#[test]
fn a_run_time_error_with_its_call_stack() {
    let source = b"fn f(a) {\n    return a[5]\n}\nfn g() { return f([1]) }\n\ng()\n";
    let expected = "\
error[index]: 5 is outside of an array of length 1
 --> program.mini:2:14
  |
2 |     return a[5]
  |              ^
call stack, innermost last:
  the program at program.mini:6
  g at program.mini:4
  f at program.mini:2
";
    assert_eq!(report(source), (1, expected.to_owned()));
}

#[test]
fn several_syntax_errors() {
    let expected = "\
error: expected a name after `let`, found `=`
 --> program.mini:1:5
  |
1 | let = 1
  |     ^
error: `break` outside of a loop
 --> program.mini:2:1
  |
2 | break
  | ^^^^^
";
    assert_eq!(report(b"let = 1\nbreak"), (2, expected.to_owned()));
}

#[test]
fn a_long_call_stack_is_cut() {
    let (status, text) = report(b"fn f() { return f() }\nf()");
    assert_eq!(status, 1);
    assert!(text.starts_with("error[stack_overflow]"), "{text}");
    assert!(text.contains("more calls ..."), "{text}");
    assert!(text.lines().count() < 40, "{text}");
}

#[test]
fn odd_places() {
    let wide = format!("let x = '{}' + 1", "wide \u{1F600}\t".repeat(5000));
    let table: &[(&[u8], u8, &str)] = &[
        (b"print('a\xff')", 2, "not UTF-8"),
        (b"\xff", 2, "not UTF-8"),
        (b"let x =", 2, "the end of the file"),
        (b"", 0, ""),
        (b"'\r\n", 2, "does not end"),
        (b"\0", 2, "unexpected character"),
        (b"\x1b[31m", 2, "unexpected character"),
        (wide.as_bytes(), 1, "`+` does not take string and int"),
    ];
    for (source, status, part) in table {
        let (found, text) = report(source);
        assert_eq!(found, *status, "{text}");
        assert!(text.contains(part), "{text}");
        assert!(text.len() < 4000 && !text.contains('\x1b'), "{text}");
    }
}
