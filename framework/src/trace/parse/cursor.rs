//! A position in one line of text, and what can be read from there.
//!
//! Invariant: a cursor only moves forward and never past the end of its line.

use super::super::op::Ty;
use super::super::print::is_word;
use super::{Parse, ParseError};
use std::str::FromStr;

#[derive(Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
    line: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, line: usize) -> Cursor<'a> {
        let mut cursor = Cursor { text, rest: text, line };
        cursor.skip_space();
        cursor
    }

    /// An error at this position.
    pub(super) fn error(&self, message: String) -> ParseError {
        let passed = self.text.len() - self.rest.len();
        let column = self.text[..passed].chars().count() + 1;
        ParseError { line: self.line, column, message }
    }

    pub(super) fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(super) fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.rest.chars().next()
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        self.skip_space();
        self.rest.strip_prefix(c).map(|rest| self.rest = rest).is_some()
    }

    pub(super) fn eat_str(&mut self, text: &str) -> bool {
        self.skip_space();
        self.rest.strip_prefix(text).map(|rest| self.rest = rest).is_some()
    }

    /// Eats `word` if it is the next word.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        self.skip_space();
        let mut ahead = self.clone();
        let found = ahead.word() == word;
        if found {
            *self = ahead;
        }
        found
    }

    pub(super) fn expect(&mut self, c: char) -> Parse<()> {
        if self.eat(c) {
            Ok(())
        } else {
            Err(self.error(format!("expected `{c}`{}", self.found())))
        }
    }

    pub(super) fn finish(&mut self) -> Parse<()> {
        self.skip_space();
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.error(format!("expected the end of the line{}", self.found())))
        }
    }

    fn found(&self) -> String {
        match self.rest.chars().next() {
            Some(c) => format!(", found `{c}`"),
            None => ", found the end of the line".to_owned(),
        }
    }

    /// Letters, digits, `_` and `$`; empty if there are none.
    pub(super) fn word(&mut self) -> &'a str {
        self.skip_space();
        self.take_while(is_word)
    }

    /// Everything up to white space or one of `ends`.
    pub(super) fn name_until(&mut self, ends: &[char]) -> &'a str {
        self.take_while(|c| !c.is_whitespace() && !ends.contains(&c))
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// A decimal number of this integer type.
    pub(super) fn number<T: FromStr>(&mut self) -> Parse<T> {
        self.skip_space();
        let at = self.clone();
        let digits = self.take_while(|c| c == '-' || c.is_ascii_digit());
        match digits.parse() {
            Ok(number) => Ok(number),
            Err(_) if digits.is_empty() => {
                Err(at.error(format!("expected a number{}", at.found())))
            }
            Err(_) => Err(at.error(format!("`{digits}` is not a number that fits here"))),
        }
    }

    /// A constant that begins with a digit or `-`: its type and bits.
    pub(super) fn numeral(&mut self) -> Parse<(Ty, u64)> {
        self.skip_space();
        let at = self.clone();
        let negative = self.rest.starts_with('-');
        let body = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let mut end = 0;
        for (i, c) in body.char_indices() {
            let exponent = matches!(c, '-' | '+') && body[..i].ends_with(['e', 'E']);
            if !(exponent || c == '.' || c.is_ascii_alphanumeric()) {
                break;
            }
            end = i + c.len_utf8();
        }
        let text = &self.rest[..end + usize::from(negative)];
        self.rest = &self.rest[text.len()..];
        if let Some(hex) = body[..end].strip_prefix("0x").filter(|_| !negative)
            && let Ok(bits) = u64::from_str_radix(hex, 16)
        {
            return Ok((Ty::Int, bits));
        }
        if let Ok(value) = text.parse::<i64>() {
            return Ok((Ty::Int, value as u64));
        }
        let float = text.contains(['.', 'e', 'E']) || text == "-inf";
        match text.parse::<f64>() {
            Ok(value) if float => Ok((Ty::Float, value.to_bits())),
            _ => Err(at.error(format!("`{text}` is not a number of 64 bits"))),
        }
    }
}
