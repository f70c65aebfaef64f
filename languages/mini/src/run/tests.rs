//! Tests of whole runs: whatever the bytes, there is a clean outcome.

use super::{Config, run_captured};
use crate::EngineKind;

/// A small generator of random numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Every program stops at its first call or turn of a loop.
fn config() -> Config {
    let mut config = Config { engine: EngineKind::Tree, ..Config::default() };
    config.common.max_heap = Some(64 << 20);
    config.common.interrupt.request();
    config
}

fn check(source: &[u8]) {
    let outcome = run_captured(&config(), source);
    let shown = String::from_utf8_lossy(source);
    assert!([0, 1, 2, 130].contains(&outcome.status), "{}: {shown:?}", outcome.status);
    assert_eq!(outcome.status == 0, outcome.errors.is_empty(), "{shown:?}");
    assert!(std::str::from_utf8(&outcome.errors).is_ok(), "{shown:?}");
}

const PIECES: &[&str] = &[
    "let ",
    "fn ",
    "class ",
    "if ",
    "else ",
    "while ",
    "for ",
    " in ",
    "break",
    "continue",
    "return ",
    "try ",
    "catch ",
    "throw ",
    " and ",
    " or ",
    "not ",
    "true",
    "nil",
    "self",
    "super",
    "x",
    "y",
    "f",
    "print",
    "sort",
    "range",
    "1",
    "0",
    "-1",
    "9223372036854775807",
    "1.5",
    "0x",
    "1e",
    "'a'",
    "\"b\\n",
    "'\\u{1F600}'",
    "'",
    "\"",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ":",
    ".",
    "=",
    "+=",
    "//=",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "&",
    "|",
    "^",
    "~",
    "<<",
    ">>",
    "==",
    "!=",
    "<",
    ">=",
    "\n",
    "\n",
    "\n",
    " ",
    "\t",
    "\r\n",
    "# c\n",
    "é",
    "\u{1F468}\u{200d}",
    "\u{202e}",
    "\0",
    "\u{7f}",
    "\u{feff}",
    "@",
    "!",
    "{ }",
    "(x)",
    "fn f(x) {",
    "x = ",
    "f(x)",
    "if x {",
    "} else {",
    "while x {",
    "let x = 1\n",
    "[x, 1]",
    "x[0]",
    " ** 2",
    " ** 70",
];

#[test]
fn any_pieces() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..4000 {
        let length = 1 + random.below(30);
        let source: String = (0..length).map(|_| PIECES[random.below(PIECES.len())]).collect();
        check(source.as_bytes());
    }
}

#[test]
fn any_bytes() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..1000 {
        let length = random.below(60);
        let source: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
        check(&source);
    }
}

#[test]
fn any_end() {
    let whole = include_str!("../../examples/closures.mini");
    for end in (0..whole.len()).filter(|e| whole.is_char_boundary(*e)) {
        check(&whole.as_bytes()[..end]);
    }
}
