//! A writer of JSON: as much as reports need.
//!
//! Invariant: what it writes is valid JSON on one line, whatever the strings hold; keys stand in the order in which they were
//! written.

use std::fmt::Write;

/// JSON under construction.
#[derive(Default)]
pub(super) struct Json {
    out: String,
    /// The next value is the first of its object or array.
    first: bool,
}

impl Json {
    /// One object, as text.
    pub(super) fn document(members: impl FnOnce(&mut Json)) -> String {
        let mut json = Json::default();
        json.nested('{', '}', members);
        json.out
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
    }

    fn nested(&mut self, open: char, close: char, inside: impl FnOnce(&mut Json)) {
        self.out.push(open);
        self.first = true;
        inside(self);
        self.first = false;
        self.out.push(close);
    }

    fn key(&mut self, key: &str) {
        self.separate();
        self.text(key);
        self.out.push(':');
    }

    /// `"key":number`
    pub(super) fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        // Writing to a string does not fail.
        let _ = write!(self.out, "{value}");
    }

    /// `"key":"text"`
    pub(super) fn string(&mut self, key: &str, value: &str) {
        self.key(key);
        self.text(value);
    }

    /// `"key":number` or `"key":null`
    pub(super) fn optional(&mut self, key: &str, value: Option<u32>) {
        match value {
            Some(value) => self.number(key, u64::from(value)),
            None => {
                self.key(key);
                self.out.push_str("null");
            }
        }
    }

    /// `"key":{..}`
    pub(super) fn object(&mut self, key: &str, members: impl FnOnce(&mut Json)) {
        self.key(key);
        self.nested('{', '}', members);
    }

    /// `"key":[{..},{..}]`
    pub(super) fn objects<T>(
        &mut self,
        key: &str,
        values: impl IntoIterator<Item = T>,
        mut members: impl FnMut(&mut Json, T),
    ) {
        self.key(key);
        self.nested('[', ']', |json| {
            for value in values {
                json.separate();
                json.nested('{', '}', |json| members(json, value));
            }
        });
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                '\0'..='\x1f' => {
                    let _ = write!(self.out, "\\u{:04x}", c as u32);
                }
                _ => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_stand_between_values() {
        let text = Json::document(|json| {
            json.number("a", 1);
            json.objects("b", [1, 2], |json, n| json.number("n", n));
            json.object("c", |_| {});
            json.optional("d", None);
            json.string("e", "\"\\\n");
        });
        assert_eq!(text, r#"{"a":1,"b":[{"n":1},{"n":2}],"c":{},"d":null,"e":"\"\\\u000a"}"#);
    }
}
