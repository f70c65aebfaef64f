//! Where the parser goes on after an error.
//!
//! A statement ends at a line end, a `;` or the `}` of the block around it, but not inside of brackets
//! that it opened. So that one forgotten bracket does not swallow the rest of the program, brackets are
//! matched beforehand over the whole file, where a `}` closes everything that was opened since its `{`:
//! a bracket without a partner is skipped like any other token.

use super::{Failed, Kind, Parse, Parser};

/// In [`Parser::closers`]: a bracket that is never closed, or a token that is no opening bracket.
const NONE: u32 = u32::MAX;

impl Parser<'_, '_> {
    /// Skips the rest of a statement that began at token `first` and has an error at the current one.
    pub(super) fn skip_statement(&mut self, first: usize) {
        self.newlines = true;
        self.leave_brackets(first);
        if self.at == first {
            self.skip_token();
        }
        loop {
            let token = self.token();
            match token.kind {
                Kind::EndOfFile | Kind::RightBrace => return,
                Kind::Semicolon => {
                    self.advance();
                    return;
                }
                // These belong to the broken statement, also on a line of their own.
                Kind::Else | Kind::Catch => self.skip_token(),
                _ if token.after_newline => return,
                _ => self.skip_token(),
            }
        }
    }

    /// After an error in the head of a statement that began at token `first`: skips to its block, if
    /// that begins on this line.
    pub(super) fn skip_to_block(&mut self, first: usize) -> Parse<()> {
        self.newlines = true;
        if self.stopped {
            return Err(Failed);
        }
        self.leave_brackets(first);
        loop {
            let token = self.token();
            match token.kind {
                Kind::LeftBrace if self.closer(self.at) != NONE && !token.after_newline => {
                    return Ok(());
                }
                Kind::EndOfFile | Kind::RightBrace | Kind::Semicolon => return Err(Failed),
                _ if token.after_newline => return Err(Failed),
                _ => self.skip_token(),
            }
        }
    }

    /// Skips one token, or everything from an opening bracket to its partner.
    fn skip_token(&mut self) {
        let closer = self.closer(self.at);
        if closer != NONE {
            self.at = closer as usize;
        }
        self.advance();
    }

    /// Goes behind the brackets that were opened since token `first` and are still open.
    fn leave_brackets(&mut self, first: usize) {
        let mut open = Vec::new();
        for index in first..self.at {
            match self.tokens[index].kind {
                Kind::LeftParen | Kind::LeftBracket | Kind::LeftBrace => open.push(index),
                Kind::RightParen | Kind::RightBracket | Kind::RightBrace => {
                    open.pop();
                }
                _ => {}
            }
        }
        for index in open {
            let closer = self.closer(index);
            if closer != NONE && closer as usize >= self.at {
                self.at = closer as usize;
                self.advance();
                return;
            }
        }
    }

    /// The token that closes the bracket at this token.
    fn closer(&mut self, index: usize) -> u32 {
        if self.closers.is_empty() {
            self.match_brackets();
        }
        self.closers[index]
    }

    fn match_brackets(&mut self) {
        self.closers = vec![NONE; self.tokens.len()];
        let mut open: Vec<usize> = Vec::new();
        // How many of `open` are braces: a `}` without any is a stray one.
        let mut braces = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            let partner = match token.kind {
                Kind::LeftBrace => {
                    braces += 1;
                    open.push(index);
                    continue;
                }
                Kind::LeftParen | Kind::LeftBracket => {
                    open.push(index);
                    continue;
                }
                Kind::RightParen => Kind::LeftParen,
                Kind::RightBracket => Kind::LeftBracket,
                Kind::RightBrace if braces > 0 => {
                    while open.last().is_some_and(|&o| self.tokens[o].kind != Kind::LeftBrace) {
                        open.pop();
                    }
                    braces -= 1;
                    Kind::LeftBrace
                }
                _ => continue,
            };
            // A `)` may close over a `[` and the other way round, but never over a `{`.
            let brace = open.iter().rposition(|&o| self.tokens[o].kind == Kind::LeftBrace);
            let from = if partner == Kind::LeftBrace { 0 } else { brace.map_or(0, |b| b + 1) };
            if let Some(found) = open[from..].iter().rposition(|&o| self.tokens[o].kind == partner)
            {
                self.closers[open[from + found]] = index as u32;
                open.truncate(from + found);
            }
        }
    }
}
