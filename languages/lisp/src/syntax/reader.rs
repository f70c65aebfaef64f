//! The reader: text to data. R7RS section 7.1.1 and 7.1.2, complete.
//!
//! One datum at a time, from any place of a text: files, inputs of the REPL and ports are read
//! alike.
//!
//! Invariant: the reader never goes beyond the datum it gives, so that `read` leaves the rest to
//! others.

use std::rc::Rc;

use super::{Datum, Node, Span, chars};
use crate::number;
use crate::symbol::Sym;

/// What is wrong with a text.
#[derive(Clone, Debug)]
pub struct ReadError {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
    /// More text might make it right.
    pub incomplete: bool,
}

/// Lists nest no deeper.
const MAX_DEPTH: usize = 20_000;

/// Reads data out of a text.
pub struct Reader<'t> {
    text: &'t str,
    /// The next byte.
    at: usize,
    source: u32,
    /// `#!fold-case` is in force.
    pub fold_case: bool,
    depth: usize,
}

type Result<T> = std::result::Result<T, ReadError>;

/// What stands at some place of a list.
enum Item {
    Datum(Datum),
    Dot(Span),
    Close(Span),
    End,
}

fn is_delimiter(c: char) -> bool {
    c.is_whitespace() || "()\";'|".contains(c)
}

impl<'t> Reader<'t> {
    /// A reader of source number `source`.
    pub fn new(text: &'t str, source: u32) -> Reader<'t> {
        Reader { text, at: 0, source, fold_case: false, depth: 0 }
    }

    /// The place behind what was read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next datum; `None` at the end of the text.
    ///
    /// # Errors
    /// If the text is no datum.
    pub fn read(&mut self) -> Result<Option<Datum>> {
        self.depth = 0;
        match self.item()? {
            Item::Datum(datum) => Ok(Some(datum)),
            Item::End => Ok(None),
            Item::Dot(span) => Err(wrong(span, "a dot stands outside of a list")),
            Item::Close(span) => Err(wrong(span, "this parenthesis closes nothing")),
        }
    }

    /// All data of the text.
    ///
    /// # Errors
    /// If the text is wrong.
    pub fn read_all(&mut self) -> Result<Vec<Datum>> {
        // The first line of a script names its interpreter.
        if self.at == 0 && self.text.starts_with("#!/") {
            self.at = self.text.find('\n').unwrap_or(self.text.len());
        }
        let mut data = Vec::new();
        while let Some(datum) = self.read()? {
            data.push(datum);
        }
        Ok(data)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.text[self.at..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn span(&self, start: usize) -> Span {
        Span { source: self.source, start: start as u32, end: self.at as u32 }
    }

    fn unfinished<T>(&self, start: usize, what: &str) -> Result<T> {
        let span = Span { end: start as u32 + 1, ..self.span(start) };
        Err(ReadError { span, message: format!("this {what} is not finished"), incomplete: true })
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<()> {
        loop {
            let start = self.at;
            match self.peek() {
                Some(c) if c.is_whitespace() => {
                    self.next();
                }
                Some(';') => {
                    let end = self.text[self.at..].find('\n');
                    self.at = end.map_or(self.text.len(), |n| self.at + n);
                }
                Some('#') if self.eat("#|") => self.block_comment(start)?,
                Some('#') if self.eat("#;") => match self.nested(Reader::item)? {
                    Item::Datum(_) => {}
                    Item::End => return self.unfinished(start, "comment"),
                    Item::Dot(span) | Item::Close(span) => {
                        return Err(wrong(span, "`#;` is followed by no datum"));
                    }
                },
                Some('#') if self.eat("#!fold-case") => self.fold_case = true,
                Some('#') if self.eat("#!no-fold-case") => self.fold_case = false,
                _ => return Ok(()),
            }
        }
    }

    fn block_comment(&mut self, start: usize) -> Result<()> {
        let mut depth = 1;
        while depth > 0 {
            if self.eat("|#") {
                depth -= 1;
            } else if self.eat("#|") {
                depth += 1;
            } else if self.next().is_none() {
                return self.unfinished(start, "comment");
            }
        }
        Ok(())
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(wrong(self.span(self.at), "data nest too deeply here"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn item(&mut self) -> Result<Item> {
        self.skip()?;
        let start = self.at;
        let Some(c) = self.next() else { return Ok(Item::End) };
        let node = match c {
            '(' | '[' => self.nested(|r| r.list(start, if c == '(' { ')' } else { ']' }))?,
            ')' | ']' => return Ok(Item::Close(self.span(start))),
            '\'' => self.quoted(start, "quote")?,
            '`' => self.quoted(start, "quasiquote")?,
            ',' if self.eat("@") => self.quoted(start, "unquote-splicing")?,
            ',' => self.quoted(start, "unquote")?,
            '"' => Node::Text(self.string(start, '"')?.into()),
            '|' => Node::Symbol(Sym::new(&self.string(start, '|')?)),
            '#' => self.hash(start)?,
            _ => {
                self.at = start;
                let token = self.token();
                if token == "." {
                    return Ok(Item::Dot(self.span(start)));
                }
                self.atom(token)
            }
        };
        Ok(Item::Datum(Datum::new(node, self.span(start))))
    }

    /// The datum that must follow.
    fn datum(&mut self, start: usize, what: &str) -> Result<Datum> {
        match self.nested(Reader::item)? {
            Item::Datum(datum) => Ok(datum),
            Item::End => self.unfinished(start, what),
            Item::Dot(span) | Item::Close(span) => Err(wrong(span, "a datum is missing here")),
        }
    }

    fn quoted(&mut self, start: usize, name: &str) -> Result<Node> {
        let name = Datum::symbol(Sym::new(name), self.span(start));
        let datum = self.datum(start, "quotation")?;
        Ok(Node::List([name, datum].into()))
    }

    fn list(&mut self, start: usize, closer: char) -> Result<Node> {
        let mut items = Vec::new();
        loop {
            match self.item()? {
                Item::Datum(datum) => items.push(datum),
                Item::Close(span) => {
                    self.check_closer(span, closer)?;
                    return Ok(Node::List(items.into()));
                }
                Item::End => return self.unfinished(start, "list"),
                Item::Dot(span) if items.is_empty() => {
                    return Err(wrong(span, "a dot begins this list"));
                }
                Item::Dot(_) => {
                    let tail = self.datum(start, "list")?;
                    let span = match self.item()? {
                        Item::Close(span) => span,
                        Item::End => return self.unfinished(start, "list"),
                        Item::Datum(Datum { span, .. }) | Item::Dot(span) => {
                            return Err(wrong(span, "the list should end here"));
                        }
                    };
                    self.check_closer(span, closer)?;
                    return Ok(Datum::dotted(items, tail, span).node);
                }
            }
        }
    }

    fn check_closer(&self, span: Span, closer: char) -> Result<()> {
        if self.text[span.start as usize..].starts_with(closer) {
            return Ok(());
        }
        Err(wrong(span, "this closes a list that was opened with another bracket"))
    }

    fn token(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| is_delimiter(c) || "[]{}".contains(c)).unwrap_or(rest.len());
        // What can begin no token stands for itself.
        let end = end.max(rest.chars().next().map_or(0, char::len_utf8));
        self.at += end;
        &rest[..end]
    }

    fn atom(&self, token: &str) -> Node {
        if let Some(number) = number::parse(token, 10) {
            return Node::Number(number);
        }
        if self.fold_case {
            return Node::Symbol(Sym::new(&token.to_lowercase()));
        }
        Node::Symbol(Sym::new(token))
    }

    /// What follows a `"` or a `|`.
    fn string(&mut self, start: usize, quote: char) -> Result<String> {
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.next() {
                None => {
                    return self.unfinished(start, if quote == '"' { "string" } else { "symbol" });
                }
                Some(c) if c == quote => return Ok(text),
                Some('\\') => self.escape(start, at, &mut text)?,
                Some('\r') => {
                    self.eat("\n");
                    text.push('\n');
                }
                Some(c) => text.push(c),
            }
        }
    }

    fn escape(&mut self, start: usize, at: usize, text: &mut String) -> Result<()> {
        let Some(c) = self.next() else { return self.unfinished(start, "string") };
        match c {
            'a' => text.push('\u{7}'),
            'b' => text.push('\u{8}'),
            't' => text.push('\t'),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            '"' | '\\' | '|' | '\'' => text.push(c),
            'x' | 'X' => {
                let rest = &self.text[self.at..];
                let Some(end) = rest.find(';') else { return self.unfinished(start, "string") };
                let code = u32::from_str_radix(&rest[..end], 16).ok().and_then(char::from_u32);
                let Some(code) = code else {
                    return Err(wrong(self.span(at), "this escape is no character"));
                };
                text.push(code);
                self.at += end + 1;
            }
            c if c.is_whitespace() => {
                self.at = at + 1;
                self.spaces();
                self.eat("\r");
                if !self.eat("\n") {
                    return Err(wrong(self.span(at), "no end of line follows the backslash"));
                }
                self.spaces();
            }
            _ => return Err(wrong(self.span(at), "there is no such escape")),
        }
        Ok(())
    }

    /// Skips white space within a line.
    fn spaces(&mut self) {
        while self.peek().is_some_and(|c| c != '\n' && c != '\r' && c.is_whitespace()) {
            self.next();
        }
    }

    /// What follows a `#`.
    fn hash(&mut self, start: usize) -> Result<Node> {
        match self.peek() {
            Some('(') => {
                self.next();
                match self.nested(|r| r.list(start, ')'))? {
                    Node::List(items) => Ok(Node::Vector(items)),
                    _ => Err(wrong(self.span(start), "a vector has no dot")),
                }
            }
            Some('\\') => self.character(start),
            Some(c) if c.is_ascii_digit() => self.label(start),
            _ => {
                self.at = start;
                let token = self.token();
                self.hash_token(start, token)
            }
        }
    }

    fn hash_token(&mut self, start: usize, token: &str) -> Result<Node> {
        match token.to_ascii_lowercase().as_str() {
            "#t" | "#true" => return Ok(Node::Bool(true)),
            "#f" | "#false" => return Ok(Node::Bool(false)),
            "#u8" if self.eat("(") => return self.bytes(start),
            "#!eof" => return Ok(Node::Value(crate::value::eof())),
            "#!unspecific" | "#!void" => return Ok(Node::Value(crate::value::unspecified())),
            _ => {}
        }
        if let Some(number) = number::parse(token, 10) {
            return Ok(Node::Number(number));
        }
        if token.starts_with("#%") {
            return Ok(self.atom(token));
        }
        if self.at >= self.text.len() && token == "#" {
            return self.unfinished(start, "datum");
        }
        Err(wrong(self.span(start), format!("`{token}` means nothing")))
    }

    fn bytes(&mut self, start: usize) -> Result<Node> {
        let Node::List(items) = self.nested(|r| r.list(start, ')'))? else {
            return Err(wrong(self.span(start), "a bytevector has no dot"));
        };
        let mut bytes = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.node {
                Node::Number(number::Num::Int(byte @ 0..=255)) => bytes.push(byte as u8),
                _ => return Err(wrong(item.span, "an element of a bytevector is from 0 to 255")),
            }
        }
        Ok(Node::Bytes(bytes.into()))
    }

    fn character(&mut self, start: usize) -> Result<Node> {
        self.next();
        let at = self.at;
        if self.next().is_none() {
            return self.unfinished(start, "character");
        }
        let rest = &self.text[self.at..];
        self.at += rest.find(|c| is_delimiter(c) || "[]{}".contains(c)).unwrap_or(rest.len());
        let text = &self.text[at..self.at];
        match chars::named(text) {
            Some(c) => Ok(Node::Char(c)),
            None => Err(wrong(self.span(start), format!("`#\\{text}` is no character"))),
        }
    }

    fn label(&mut self, start: usize) -> Result<Node> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..end].parse().ok();
        self.at += end;
        let (Some(number), Some(kind)) = (number, self.next()) else {
            return Err(wrong(self.span(start), "this is no label"));
        };
        match kind {
            '#' => Ok(Node::Reference(number)),
            '=' => {
                let datum = self.datum(start, "label")?;
                if matches!(datum.node, Node::Reference(n) if n == number) {
                    return Err(wrong(self.span(start), "this label stands for itself"));
                }
                Ok(Node::Label(number, Rc::new(datum)))
            }
            _ => Err(wrong(self.span(start), "this is no label")),
        }
    }
}

fn wrong(span: Span, message: impl Into<String>) -> ReadError {
    ReadError { span, message: message.into(), incomplete: false }
}
