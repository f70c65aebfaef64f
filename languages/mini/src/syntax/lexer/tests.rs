//! Tests of the lexer: tokens, their places, and what is refused.

use super::{lex, unescape};
use crate::syntax::token::Kind;

#[test]
fn tokens() {
    use Kind::*;
    let table: &[(&str, &[Kind])] = &[
        ("", &[]),
        ("\u{feff}# comment\n", &[]),
        ("let x = 1", &[Let, Name, Assign, Int]),
        ("lets _let Let", &[Name, Name, Name]),
        ("0 42 0xFf 0b101 1_000 007", &[Int, Int, Int, Int, Int, Int]),
        ("1.5 2e-3 1E5 1_0.2_5e1_0", &[Float, Float, Float, Float]),
        ("1.foo 1..2", &[Int, Dot, Name, Int, Dot, Dot, Int]),
        ("'a' \"b\" '\"' '\\u{1F600}'", &[String, String, String, String]),
        ("**=", &[StarStar, Assign]),
        ("//= // /= /", &[SlashSlashAssign, SlashSlash, SlashAssign, Slash]),
        ("<<= << <= <", &[LessLess, Assign, LessLess, LessEqual, Less]),
        ("=== !=", &[EqualEqual, Assign, BangEqual]),
        ("a#b\r\n\tc", &[Name, Name]),
    ];
    for (source, kinds) in table {
        let (tokens, errors) = lex(source);
        let found: Vec<Kind> = tokens.iter().map(|t| t.kind).collect();
        assert_eq!(errors, [], "{source}");
        assert_eq!(found.split_last(), Some((&EndOfFile, *kinds)), "{source}");
    }
}

#[test]
fn refused() {
    let table = [
        ("1__0", "`1__0` is not a number"),
        ("1_", "`1_` is not a number"),
        ("0x", "`0x` is not a number"),
        ("0x_f", "`0x_f` is not a number"),
        ("0X1F", "`0X1F` is not a number"),
        ("0o17", "`0o17` is not a number"),
        ("0b12", "`0b12` is not a number"),
        ("1abc", "`1abc` is not a number"),
        ("1e", "`1e` is not a number"),
        ("1.5x", "`1.5x` is not a number"),
        ("'a\n'", "the string does not end on its line"),
        ("\"a", "the string does not end on its line"),
        ("'\\q'", "unknown escape `\\q`"),
        ("'\\u{}'", "`\\u` takes 1 to 6 hexadecimal digits in braces"),
        ("'\\u{1234567}'", "`\\u` takes 1 to 6 hexadecimal digits in braces"),
        ("'\\u{d800}'", "`\\u{d800}` is not a Unicode scalar value"),
        ("!", "unexpected character `!`; write `not`"),
        ("@", "unexpected character `@`"),
        ("\u{feff}\u{feff}", "unexpected character `\\u{feff}`"),
        ("é", "unexpected character `é`"),
    ];
    for (source, message) in table {
        let (tokens, errors) = lex(source);
        assert_eq!(errors.first().map(|e| e.message.as_str()), Some(message), "{source}");
        let invalid = tokens.iter().filter(|t| t.kind == Kind::Invalid).count();
        assert_eq!(errors.len(), invalid, "one error for each invalid token in {source}");
    }
}

#[test]
fn escapes() {
    let table = [
        (r#""a\n\t\r\0\\\"\'""#, "a\n\t\r\0\\\"'"),
        (r"'\u{e9}\u{1F600}\u{10ffff}'", "é😀\u{10ffff}"),
        ("''", ""),
    ];
    for (source, content) in table {
        assert_eq!(unescape(source), content);
    }
}
