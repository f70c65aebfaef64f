//! Tokens and places in the source.

use std::ops::Range;

/// A range of bytes of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: offset(start), end: offset(end) }
    }

    /// From the start of `self` to the end of `last`.
    pub fn to(self, last: Span) -> Span {
        Span { start: self.start, end: last.end.max(self.start) }
    }

    /// As a range of indices.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The longest source the lexer takes.
pub const MAX_SOURCE: usize = 1 << 30;

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A token: its text is the source at its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// If a line end stands between the token before and this one.
    pub after_newline: bool,
    /// Where it is.
    pub span: Span,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// The kinds of tokens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* #[doc = concat!("`", $text, "`")] $name,)*
        }

        impl Kind {
            /// How it is called in messages.
            pub fn text(self) -> &'static str {
                match self { $(Kind::$name => $text,)* }
            }
        }
    };
}

kinds! {
    EndOfFile "end of file",
    /// The lexer has reported an error here.
    Invalid "invalid token",
    Int "integer",
    Float "float",
    String "string",
    Name "name",
    Let "let",
    Fn "fn",
    Class "class",
    If "if",
    Else "else",
    While "while",
    For "for",
    In "in",
    Break "break",
    Continue "continue",
    Return "return",
    Try "try",
    Catch "catch",
    Throw "throw",
    And "and",
    Or "or",
    Not "not",
    True "true",
    False "false",
    Nil "nil",
    Self_ "self",
    Super "super",
    LeftParen "(",
    RightParen ")",
    LeftBracket "[",
    RightBracket "]",
    LeftBrace "{",
    RightBrace "}",
    Comma ",",
    Semicolon ";",
    Colon ":",
    Dot ".",
    Assign "=",
    PlusAssign "+=",
    MinusAssign "-=",
    StarAssign "*=",
    SlashAssign "/=",
    SlashSlashAssign "//=",
    PercentAssign "%=",
    Plus "+",
    Minus "-",
    Star "*",
    StarStar "**",
    Slash "/",
    SlashSlash "//",
    Percent "%",
    Ampersand "&",
    Pipe "|",
    Caret "^",
    Tilde "~",
    LessLess "<<",
    GreaterGreater ">>",
    EqualEqual "==",
    BangEqual "!=",
    Less "<",
    LessEqual "<=",
    Greater ">",
    GreaterEqual ">=",
}

impl Kind {
    /// If it is one of the keywords.
    pub fn is_keyword(self) -> bool {
        Kind::Let as u8 <= self as u8 && self as u8 <= Kind::Super as u8
    }

    /// The keyword that is written like this.
    pub fn keyword(text: &[u8]) -> Option<Kind> {
        Some(match text {
            b"let" => Kind::Let,
            b"fn" => Kind::Fn,
            b"class" => Kind::Class,
            b"if" => Kind::If,
            b"else" => Kind::Else,
            b"while" => Kind::While,
            b"for" => Kind::For,
            b"in" => Kind::In,
            b"break" => Kind::Break,
            b"continue" => Kind::Continue,
            b"return" => Kind::Return,
            b"try" => Kind::Try,
            b"catch" => Kind::Catch,
            b"throw" => Kind::Throw,
            b"and" => Kind::And,
            b"or" => Kind::Or,
            b"not" => Kind::Not,
            b"true" => Kind::True,
            b"false" => Kind::False,
            b"nil" => Kind::Nil,
            b"self" => Kind::Self_,
            b"super" => Kind::Super,
            _ => return None,
        })
    }
}
