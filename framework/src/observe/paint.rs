//! Colours, for terminals.
//!
//! Invariant: without colour the text is what it would be anyway; no escape stands inside of a word.

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// The head of a section.
    Head,
    /// Something was given up.
    Bad,
    /// A comment.
    Dim,
    /// A guard: a place where the trace may be left.
    Guard,
    /// A label.
    Label,
    /// Everything else.
    Plain,
}

/// Colours text, or does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    /// On a terminal.
    pub(super) color: bool,
}

impl Paint {
    /// The text in this ink.
    pub(super) fn ink(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Head => "1;36",
            Ink::Bad => "1;31",
            Ink::Dim => "2",
            Ink::Guard => "33",
            Ink::Label => "1",
            Ink::Plain => "",
        };
        match self.color && !code.is_empty() && !text.is_empty() {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    /// A line whose comment, behind `;`, is dim.
    pub(super) fn commented(self, ink: Ink, line: &str) -> String {
        match line.find(';') {
            Some(at) => self.ink(ink, &line[..at]) + &self.ink(Ink::Dim, &line[at..]),
            None => self.ink(ink, line),
        }
    }
}
