//! Tests of the loop without its terminal: what inputs leave behind for later ones, and when an input
//! is complete.

use frontend::{Captured, Session as _, Streams};

use super::{Inputs, run_inputs};
use crate::{Config, EngineKind};

/// Output and messages in the order they come in, and the status.
fn session(inputs: &[&str]) -> (String, u8) {
    let shown = Captured::default();
    let config = Config { engine: EngineKind::Tree, ..Config::default() };
    let status = run_inputs(&config, Streams::captured(&shown, &shown), inputs);
    (shown.take_text(), status)
}

#[test]
fn inputs() {
    let table: &[(&[&str], &str)] = &[
        (&["1 + 1", "'a'", "nil", "let x = 3", "x", "x; let y = 1"], "2\n\"a\"\n3\n"),
        (&["let x = 1", "fn f() { return x }", "x = 2", "f()"], "2\n"),
        (&["let x = 1", "fn f() { return x }", "let x = 5", "f(), x", "f() + x"], "6\n"),
        (&["print(1)", "[1, 'a']"], "1\n[1, \"a\"]\n"),
        (&["let n = 0", "fn tick() { n += 1; return n }", "tick(); tick()", "n"], "2\n2\n"),
    ];
    for (inputs, expected) in table {
        let (mut text, status) = session(inputs);
        // Of a report only that there is one.
        if let Some(at) = text.find("error") {
            let rest = text[at..].find("6\n").map_or(String::new(), |n| text[at + n..].to_owned());
            text = text[..at].to_owned() + &rest;
        }
        assert_eq!((text.as_str(), status), (*expected, 0), "{inputs:?}");
    }
}

#[test]
fn errors_do_not_end_the_session() {
    let (text, status) = session(&["let x = [1][5]", "x", "nope", "f(", "exit(7)", "print(1)"]);
    for part in ["error[index]", "`x` is used before", "`nope` is not declared", "input 4:1"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(status, 7);
}

#[test]
fn an_error_in_a_function_of_an_earlier_input_shows_that_input() {
    let (text, _) = session(&["fn f(a) {\n    return a + nil\n}", "\n\nf(1)"]);
    assert!(text.contains("input 1:2:14"), "{text}");
    assert!(text.contains("the program at input 2:3"), "{text}");
    assert!(text.contains("f at input 1:2"), "{text}");
}

#[test]
fn complete_inputs() {
    for text in ["", "1", "fn f() { }", "let = 1", "f(1))", "'a", "}", "if a { } else { }"] {
        assert!(Inputs::is_complete(text), "{text}");
    }
    for text in ["f(", "fn f() {", "1 +", "let x =", "[1,", "if a { } else {", "{a:", "o."] {
        assert!(!Inputs::is_complete(text), "{text}");
    }
}
