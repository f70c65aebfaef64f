//! Random source texts: programs of the corpus with bytes, tokens and lines changed, and plain noise.
//! Reading them must end, without a crash, in a program or in syntax errors.

use super::random::Random;
use crate::language::Language;

/// The same for the reader and the expander of Scheme.
const SCHEME_PIECES: &[&str] = &[
    "(",
    ")",
    "#(",
    "#u8(",
    "'",
    "`",
    ",",
    ",@",
    "\"",
    "\\",
    "\\x41;",
    "|",
    ";",
    "#;",
    "#|",
    "|#",
    "\n",
    ".",
    "...",
    "_",
    "#t",
    "#\\",
    "#\\space",
    "#\\x0",
    "#0=",
    "#0#",
    "#1=(#1#)",
    "#x",
    "#e1.5",
    "1e400",
    "1/0",
    "+inf.0",
    "-nan.0",
    "+i",
    "1@2",
    "99999999999999999999",
    "(define ",
    "(lambda ",
    "(let ",
    "(let loop ((i 0))",
    "(letrec ",
    "(if ",
    "(cond ",
    "(case ",
    "(do ",
    "=>",
    "else",
    "(set! ",
    "(begin ",
    "(quote ",
    "(quasiquote ",
    "(unquote ",
    "(define-syntax m ",
    "(syntax-rules () ((_ x ...) (m x ... x ...)))",
    "(let-syntax ",
    "(define-record-type ",
    "(define-library ",
    "(import ",
    "(export ",
    "(cond-expand ",
    "(include \"x\")",
    "(guard ",
    "(parameterize ",
    "(case-lambda ",
    "(define-values ",
    "x",
    "é",
    "漢",
    "\u{feff}",
    "\u{0}",
    "\r",
    "#!eof",
    "#!fold-case",
    "#!r6rs",
    "\u{202e}",
];

fn pieces(language: Language) -> &'static [&'static str] {
    match language {
        Language::Mini => PIECES,
        Language::Lisp => SCHEME_PIECES,
    }
}

/// Pieces of text that lexers and parsers find interesting.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "\\",
    "\\u{",
    "#",
    "\n",
    ";",
    ",",
    ".",
    "=",
    "==",
    "=>",
    "+",
    "-",
    "**",
    "//",
    "<<",
    "~",
    "!",
    "@",
    "$",
    "0x",
    "0b",
    "1_",
    "1e",
    "1e999",
    ".5",
    "5.",
    "99999999999999999999",
    "let",
    "fn",
    "if",
    "else",
    "while",
    "for",
    "in",
    "break",
    "continue",
    "return",
    "class",
    "self",
    "super",
    "try",
    "catch",
    "throw",
    "and",
    "or",
    "not",
    "nil",
    "true",
    "x",
    "print",
    "é",
    "漢",
    "\u{feff}",
    "\u{0}",
    "\r",
    "\t",
    "\u{202e}",
];

/// A text made from one of `programs` by a few changes.
pub fn mutate(seed: u64, language: Language, programs: &[String]) -> Vec<u8> {
    let mut random = Random::new(seed);
    if programs.is_empty() || random.chance(5) {
        return noise(&mut random, language);
    }
    let mut text = random.pick(programs).clone().into_bytes();
    for _ in 0..1 + random.below(6) {
        change(&mut text, &mut random, language, programs);
    }
    text
}

fn noise(random: &mut Random, language: Language) -> Vec<u8> {
    match random.below(4) {
        0 => (0..random.below(300)).map(|_| random.bits().to_le_bytes()[0]).collect(),
        1 => random.pick(pieces(language)).repeat(1 + random.below(20_000)).into_bytes(),
        2 => {
            let nests = match language {
                Language::Mini => &[("(", ")"), ("[", "]"), ("fn(){", "}"), ("-", "")],
                Language::Lisp => &[("(", ")"), ("'", ""), ("(lambda (x) ", ")"), ("#(", ")")],
            };
            let (open, close) = *random.pick(nests);
            let depth = 1 + random.below(20_000);
            let start = if language == Language::Mini { "let a = " } else { "" };
            format!("{start}{}1{}", open.repeat(depth), close.repeat(depth)).into_bytes()
        }
        _ => (0..random.below(200)).flat_map(|_| random.pick(pieces(language)).bytes()).collect(),
    }
}

fn change(text: &mut Vec<u8>, random: &mut Random, language: Language, programs: &[String]) {
    let at = random.below(text.len() + 1);
    let length = random.below(1 + random.clone().below(40)).min(text.len() - at);
    match random.below(7) {
        0 => drop(text.drain(at..at + length)),
        1 => {
            let copy = text[at..at + length].to_vec();
            let to = random.below(text.len() + 1);
            text.splice(to..to, copy);
        }
        2 if at < text.len() => text[at] = random.bits().to_le_bytes()[0],
        3 => text.truncate(at),
        4 => {
            let other = random.pick(programs).as_bytes();
            let from = random.below(other.len() + 1);
            let some = random.below(60).min(other.len() - from);
            text.splice(at..at, other[from..from + some].iter().copied());
        }
        _ => {
            let piece = random.pick(pieces(language)).bytes();
            text.splice(at..at, piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_text() {
        let programs = ["let a = 1\nprint(a)\n".to_owned()];
        let text = |seed| mutate(seed, Language::Mini, &programs);
        assert!((0..200).all(|seed| text(seed) == text(seed)));
    }
}
