//! Syntax errors: what is found wrong with a program before anything of it runs.

use super::token::Span;

/// At most this many errors of a program are reported.
pub const MAX_ERRORS: usize = 20;

/// One syntax error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The place.
    pub span: Span,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl SyntaxError {
    /// An error at a place.
    pub fn new(span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError { span, message: message.into() }
    }
}

/// Puts errors into the order of their places and keeps the first [`MAX_ERRORS`].
pub fn in_order(mut errors: Vec<SyntaxError>) -> Vec<SyntaxError> {
    errors.sort_by_key(|e| (e.span.start, e.span.end));
    errors.dedup();
    errors.truncate(MAX_ERRORS);
    errors
}
