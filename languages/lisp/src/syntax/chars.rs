//! Names of characters, and how symbols, strings and characters are written so that they read back.

use crate::number;

const NAMES: [(&str, char); 12] = [
    ("alarm", '\u{7}'),
    ("backspace", '\u{8}'),
    ("delete", '\u{7f}'),
    ("escape", '\u{1b}'),
    ("newline", '\n'),
    ("null", '\0'),
    ("return", '\r'),
    ("space", ' '),
    ("tab", '\t'),
    ("linefeed", '\n'),
    ("nul", '\0'),
    ("altmode", '\u{1b}'),
];

/// The character that `#\text` means.
pub fn named(text: &str) -> Option<char> {
    let mut chars = text.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return Some(only);
    }
    if let Some(hex) = text.strip_prefix(['x', 'U', 'u'])
        && let Ok(code) = u32::from_str_radix(hex, 16)
    {
        return char::from_u32(code);
    }
    NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, c)| *c)
}

/// `#\a`
pub fn write_char(c: char) -> String {
    match NAMES.iter().find(|(_, named)| *named == c) {
        Some((name, _)) => format!("#\\{name}"),
        None if c.is_control() => format!("#\\x{:x}", c as u32),
        None => format!("#\\{c}"),
    }
}

/// `"text"`
pub fn write_string(text: impl Iterator<Item = char>) -> String {
    let mut out = String::from("\"");
    for c in text {
        escape(c, '"', &mut out);
    }
    out.push('"');
    out
}

fn escape(c: char, quote: char, out: &mut String) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        c if c == quote => {
            out.push('\\');
            out.push(c);
        }
        c if c.is_control() => out.push_str(&format!("\\x{:x};", c as u32)),
        c => out.push(c),
    }
}

/// A symbol, between bars if it would not read back otherwise.
pub fn write_symbol(name: &str) -> String {
    if is_plain(name) {
        return name.to_owned();
    }
    let mut out = String::from("|");
    for c in name.chars() {
        escape(c, '|', &mut out);
    }
    out.push('|');
    out
}

fn is_plain(name: &str) -> bool {
    let special = |c: char| c.is_whitespace() || c.is_control() || "()\"';`,|\\".contains(c);
    let lower = name.to_ascii_lowercase();
    let like_special =
        ["+inf.0", "-inf.0", "+nan.0", "-nan.0"].iter().any(|s| lower.starts_with(s));
    !(name.is_empty()
        || name == "."
        || name.starts_with('#') && !name.starts_with("#%")
        || name.contains(special)
        || like_special
        || number::parse(name, 10).is_some())
}
