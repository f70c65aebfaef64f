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
    /// that begins on this line or is the first thing on the next.
    pub(super) fn skip_to_block(&mut self, first: usize) -> Parse<()> {
        self.newlines = true;
        if self.stopped {
            return Err(Failed);
        }
        self.leave_brackets(first);
        loop {
            let token = self.token();
            match token.kind {
                Kind::LeftBrace if self.closer(self.at) != NONE => {
                    // That it stands on the wrong line has been said, or does not matter any more.
                    self.tokens[self.at].after_newline = false;
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

    /// Linear in the number of tokens: whatever is looked at twice is closed by that.
    fn match_brackets(&mut self) {
        self.closers = vec![NONE; self.tokens.len()];
        // What is open since each `{` that is open; the first is the file.
        let mut levels = vec![Level::default()];
        for (index, token) in self.tokens.iter().enumerate() {
            let Some(level) = levels.last_mut() else { return };
            match token.kind {
                Kind::LeftBrace => levels.push(Level { brace: index, ..Level::default() }),
                Kind::LeftParen | Kind::LeftBracket => level.open(index, token.kind),
                Kind::RightParen | Kind::RightBracket => {
                    let partner = match token.kind {
                        Kind::RightParen => Kind::LeftParen,
                        _ => Kind::LeftBracket,
                    };
                    if let Some(open) = level.close(partner) {
                        self.closers[open] = index as u32;
                    }
                }
                // It closes everything that was opened since its `{`; without one it is a stray.
                Kind::RightBrace if levels.len() > 1 => {
                    if let Some(closed) = levels.pop() {
                        self.closers[closed.brace] = index as u32;
                    }
                }
                _ => {}
            }
        }
    }
}

/// The brackets that are open inside of one `{`.
#[derive(Default)]
struct Level {
    /// The token of the `{`.
    brace: usize,
    /// The open `(` and `[`.
    open: Vec<(usize, Kind)>,
    /// How many of them are `(`.
    parens: usize,
}

impl Level {
    fn open(&mut self, index: usize, kind: Kind) {
        self.parens += usize::from(kind == Kind::LeftParen);
        self.open.push((index, kind));
    }

    /// Closes the innermost bracket of this kind, over those of the other kind; gives its token.
    fn close(&mut self, partner: Kind) -> Option<usize> {
        let of_this_kind =
            if partner == Kind::LeftParen { self.parens } else { self.open.len() - self.parens };
        if of_this_kind == 0 {
            return None;
        }
        while let Some((index, kind)) = self.open.pop() {
            self.parens -= usize::from(kind == Kind::LeftParen);
            if kind == partner {
                return Some(index);
            }
        }
        None
    }
}
