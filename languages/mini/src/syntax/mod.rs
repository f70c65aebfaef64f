//! From source text to a resolved syntax tree.
//!
//! ```text
//! bytes --lexer--> tokens --parser--> ast::Program --resolve--> resolve::Resolution
//! ```
//!
//! Nothing here fails half-way: every stage gives its result and a list of errors. A program with
//! errors is never run. This part knows nothing of values, built-ins (only their names) or engines.

pub mod ast;
pub mod errors;
pub mod lexer;
pub mod parser;
pub mod resolve;
pub mod token;

use bumpalo::Bump;

pub use errors::SyntaxError;

/// A program that may be run.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The syntax tree.
    pub program: ast::Program<'a>,
    /// What its names mean.
    pub resolution: resolve::Resolution<'a>,
}

/// Reads a whole program. The errors are in the order of their places, at most
/// [`errors::MAX_ERRORS`]. Must be called on a [deep stack](frontend::with_deep_stack).
pub fn read<'a>(
    arena: &'a Bump,
    source: &str,
    options: resolve::Options<'_>,
) -> Result<Resolved<'a>, Vec<SyntaxError>> {
    let (program, mut errors) = parser::parse(arena, source);
    let (resolution, more) = resolve::resolve(&program, options);
    errors.extend(more);
    if errors.is_empty() {
        Ok(Resolved { program, resolution })
    } else {
        Err(errors::in_order(errors))
    }
}
