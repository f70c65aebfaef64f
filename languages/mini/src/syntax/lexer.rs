//! Cuts source text into tokens.
//!
//! All tokens are made at once. A token does not hold its value: that is decoded from the source by
//! the parser when the parser wants it. Line ends are no tokens; each token knows if one stands
//! before it, and the parser decides whether that ends a statement. Where no token can be made there is
//! a token `Kind::Invalid`, and an error with its span that says why: tokens never overlap and cover
//! everything but white space and comments.

use super::errors::SyntaxError;
use super::token::{Kind, MAX_SOURCE, Span, Token};

/// Cuts `source` into tokens; the last one is [`Kind::EndOfFile`]. Errors are in order, one for each
/// token that is [`Kind::Invalid`].
pub fn lex(source: &str) -> (Vec<Token>, Vec<SyntaxError>) {
    let mut lexer = Lexer { source, bytes: source.as_bytes(), at: 0, errors: Vec::new() };
    let mut tokens = Vec::with_capacity(source.len() / 4 + 1);
    if source.len() > MAX_SOURCE {
        lexer.at = source.len();
        lexer.error(0, 0, "the program is too long");
        let span = Span::default();
        tokens.push(Token { kind: Kind::Invalid, after_newline: false, span });
    } else if source.starts_with('\u{feff}') {
        lexer.at = 3;
    }
    loop {
        let after_newline = lexer.skip_blanks();
        let start = lexer.at;
        let kind = lexer.token();
        tokens.push(Token { kind, after_newline, span: Span::new(start, lexer.at) });
        if kind == Kind::EndOfFile {
            return (tokens, lexer.errors);
        }
    }
}

struct Lexer<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    errors: Vec<SyntaxError>,
}

impl Lexer<'_> {
    /// The byte `ahead` of the current one; 0 behind the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn error(&mut self, start: usize, end: usize, message: impl Into<String>) -> Kind {
        self.errors.push(SyntaxError::new(Span::new(start, end), message));
        Kind::Invalid
    }

    /// Skips white space and comments; tells if a line ended.
    fn skip_blanks(&mut self) -> bool {
        let mut newline = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => newline = true,
                b' ' | b'\t' | b'\r' => {}
                b'#' => {
                    while self.at + 1 < self.bytes.len() && self.bytes[self.at + 1] != b'\n' {
                        self.at += 1;
                    }
                }
                _ => break,
            }
            self.at += 1;
        }
        newline
    }

    fn token(&mut self) -> Kind {
        let Some(&byte) = self.bytes.get(self.at) else { return Kind::EndOfFile };
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(),
            b'0'..=b'9' => self.number(),
            b'"' | b'\'' => self.string(byte),
            _ => self.punctuation(byte),
        }
    }

    fn name(&mut self) -> Kind {
        let start = self.at;
        while is_name_byte(self.peek(0)) {
            self.at += 1;
        }
        Kind::keyword(&self.bytes[start..self.at]).unwrap_or(Kind::Name)
    }

    fn punctuation(&mut self, byte: u8) -> Kind {
        let start = self.at;
        let (kind, length) = match (byte, self.peek(1), self.peek(2)) {
            (b'(', ..) => (Kind::LeftParen, 1),
            (b')', ..) => (Kind::RightParen, 1),
            (b'[', ..) => (Kind::LeftBracket, 1),
            (b']', ..) => (Kind::RightBracket, 1),
            (b'{', ..) => (Kind::LeftBrace, 1),
            (b'}', ..) => (Kind::RightBrace, 1),
            (b',', ..) => (Kind::Comma, 1),
            (b';', ..) => (Kind::Semicolon, 1),
            (b':', ..) => (Kind::Colon, 1),
            (b'.', ..) => (Kind::Dot, 1),
            (b'~', ..) => (Kind::Tilde, 1),
            (b'&', ..) => (Kind::Ampersand, 1),
            (b'|', ..) => (Kind::Pipe, 1),
            (b'^', ..) => (Kind::Caret, 1),
            (b'+', b'=', _) => (Kind::PlusAssign, 2),
            (b'+', ..) => (Kind::Plus, 1),
            (b'-', b'=', _) => (Kind::MinusAssign, 2),
            (b'-', ..) => (Kind::Minus, 1),
            (b'*', b'*', _) => (Kind::StarStar, 2),
            (b'*', b'=', _) => (Kind::StarAssign, 2),
            (b'*', ..) => (Kind::Star, 1),
            (b'/', b'/', b'=') => (Kind::SlashSlashAssign, 3),
            (b'/', b'/', _) => (Kind::SlashSlash, 2),
            (b'/', b'=', _) => (Kind::SlashAssign, 2),
            (b'/', ..) => (Kind::Slash, 1),
            (b'%', b'=', _) => (Kind::PercentAssign, 2),
            (b'%', ..) => (Kind::Percent, 1),
            (b'=', b'=', _) => (Kind::EqualEqual, 2),
            (b'=', ..) => (Kind::Assign, 1),
            (b'!', b'=', _) => (Kind::BangEqual, 2),
            (b'<', b'<', _) => (Kind::LessLess, 2),
            (b'<', b'=', _) => (Kind::LessEqual, 2),
            (b'<', ..) => (Kind::Less, 1),
            (b'>', b'>', _) => (Kind::GreaterGreater, 2),
            (b'>', b'=', _) => (Kind::GreaterEqual, 2),
            (b'>', ..) => (Kind::Greater, 1),
            _ => {
                let character = self.source[start..].chars().next().unwrap_or('\0');
                self.at += character.len_utf8();
                let hint = match character {
                    '!' => "; write `not`",
                    _ => "",
                };
                let shown = character.escape_debug();
                return self.error(start, self.at, format!("unexpected character `{shown}`{hint}"));
            }
        };
        self.at += length;
        kind
    }

    fn number(&mut self) -> Kind {
        let start = self.at;
        let (kind, fine) = match (self.peek(0), self.peek(1)) {
            (b'0', b'x') => {
                self.at += 2;
                (Kind::Int, self.digits(|b| b.is_ascii_hexdigit()))
            }
            (b'0', b'b') => {
                self.at += 2;
                (Kind::Int, self.digits(|b| b == b'0' || b == b'1'))
            }
            _ => self.decimal(),
        };
        if fine && !is_name_byte(self.peek(0)) {
            return kind;
        }
        while is_name_byte(self.peek(0)) {
            self.at += 1;
        }
        let text = &self.source[start..self.at];
        let message = format!("`{}` is not a number", shorten(text));
        self.error(start, self.at, message)
    }

    fn decimal(&mut self) -> (Kind, bool) {
        let digit = |b: u8| b.is_ascii_digit();
        let mut kind = Kind::Int;
        let mut fine = self.digits(digit);
        if fine && self.peek(0) == b'.' && digit(self.peek(1)) {
            self.at += 1;
            kind = Kind::Float;
            fine = self.digits(digit);
        }
        if fine && matches!(self.peek(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if digit(self.peek(1 + sign)) {
                self.at += 1 + sign;
                kind = Kind::Float;
                fine = self.digits(digit);
            }
        }
        (kind, fine)
    }

    /// Digits with single underscores between them; false if it is not so.
    fn digits(&mut self, is_digit: impl Fn(u8) -> bool) -> bool {
        if !is_digit(self.peek(0)) {
            return false;
        }
        loop {
            while is_digit(self.peek(0)) {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                return true;
            }
            if !is_digit(self.peek(1)) {
                return false;
            }
            self.at += 1;
        }
    }

    /// A string up to its closing quote. Only the shape is looked at here and the escapes are checked;
    /// [`unescape`] decodes it later.
    fn string(&mut self, quote: u8) -> Kind {
        let start = self.at;
        self.at += 1;
        let mut wrong: Option<SyntaxError> = None;
        loop {
            match self.bytes.get(self.at) {
                None | Some(b'\n') => {
                    let message = "the string does not end on its line";
                    return self.error(start, self.at, message);
                }
                Some(&byte) if byte == quote => break,
                Some(b'\\') => {
                    let from = self.at;
                    match escape(&self.source[from..]) {
                        Ok((_, length)) => self.at += length,
                        Err((message, length)) => {
                            self.at += length;
                            let span = Span::new(from, self.at);
                            wrong = wrong.or(Some(SyntaxError::new(span, message)));
                        }
                    }
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        match wrong {
            None => Kind::String,
            Some(error) => {
                self.errors.push(error);
                Kind::Invalid
            }
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

/// The character that an escape at the start of `text` stands for, and the escape's length. The error
/// has the length of what to skip, which never includes a quote that may end the string or a line end.
fn escape(text: &str) -> Result<(char, usize), (String, usize)> {
    let mut characters = text.chars();
    characters.next();
    let character = match characters.next() {
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('0') => '\0',
        Some('\\') => '\\',
        Some('"') => '"',
        Some('\'') => '\'',
        Some('u') => return unicode_escape(text),
        None | Some('\n' | '\r') => return Err(("unknown escape `\\`".to_owned(), 1)),
        Some(other) => {
            let message = format!("unknown escape `\\{}`", other.escape_debug());
            return Err((message, 1 + other.len_utf8()));
        }
    };
    Ok((character, 2))
}

fn unicode_escape(text: &str) -> Result<(char, usize), (String, usize)> {
    let wrong = || ("`\\u` takes 1 to 6 hexadecimal digits in braces".to_owned(), 2);
    let rest = text.strip_prefix("\\u{").ok_or_else(wrong)?;
    let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    if digits == 0 || digits > 6 || rest.as_bytes().get(digits) != Some(&b'}') {
        return Err(wrong());
    }
    let value = u32::from_str_radix(&rest[..digits], 16).map_err(|_| wrong())?;
    let length = digits + 4;
    match char::from_u32(value) {
        Some(character) => Ok((character, length)),
        None => Err((format!("`{}` is not a Unicode scalar value", &text[..length]), length)),
    }
}

/// The content of a string token, escapes replaced. `text` is the token with its quotes, and valid.
pub fn unescape(text: &str) -> String {
    let mut rest = &text[1..text.len() - 1];
    let mut content = String::with_capacity(rest.len());
    while let Some(at) = rest.find('\\') {
        content.push_str(&rest[..at]);
        rest = &rest[at..];
        match escape(rest) {
            Ok((character, length)) => {
                content.push(character);
                rest = &rest[length..];
            }
            Err((_, length)) => rest = &rest[length..],
        }
    }
    content.push_str(rest);
    content
}

#[cfg(test)]
mod tests;
