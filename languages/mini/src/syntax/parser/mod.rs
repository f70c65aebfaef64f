//! From tokens to the syntax tree: recursive descent, one method for each rule of the grammar.
//!
//! * `stmt`: blocks, statements, functions, classes
//! * `expr`: expressions, by precedence climbing
//! * `recover`: where to go on after an error
//!
//! Line ends: `Parser::newlines` says if the innermost bracket lets them end statements. A token that
//! would continue a statement does so only if it is `Parser::on_line`; a token that is required anyway
//! after an operator, a comma or an opening bracket is not asked.
//!
//! Errors: a method that meets one records it and gives `Err(Failed)`; the innermost list of statements
//! around it catches that and goes on behind the statement. Parsing never fails: it gives a tree of what
//! could be read, and errors.

mod expr;
mod recover;
mod stmt;

use bumpalo::Bump;

use super::ast::{Expr, ExprKind, Field, FunctionId, MAX_HEIGHT, Name, NameId, Program};
use super::errors::{MAX_ERRORS, SyntaxError};
use super::lexer;
use super::token::{Kind, Span, Token};

/// How deep expressions and blocks may be nested in each other.
pub const MAX_NESTING: u32 = 5_000;

/// Says that an error has been recorded.
pub(super) struct Failed;

/// The result of reading a piece of syntax.
type Parse<T> = Result<T, Failed>;

/// Parses a whole program. Must be called on a [deep stack](frontend::with_deep_stack).
pub fn parse<'a>(arena: &'a Bump, source: &str) -> (Program<'a>, Vec<SyntaxError>) {
    let (tokens, lexical) = lexer::lex(source);
    let mut parser = Parser {
        arena,
        source,
        tokens,
        lexical,
        at: 0,
        newlines: true,
        nesting: 0,
        first: 0,
        names: 0,
        blocks: 0,
        functions: 1,
        errors: Vec::new(),
        stopped: false,
        closers: Vec::new(),
    };
    let body = parser.program();
    let program =
        Program { body, names: parser.names, blocks: parser.blocks, functions: parser.functions };
    (program, parser.errors)
}

struct Parser<'a, 's> {
    arena: &'a Bump,
    source: &'s str,
    tokens: Vec<Token>,
    /// What the lexer has to say about the invalid tokens.
    lexical: Vec<SyntaxError>,
    /// The current token. The last one, end of file, is never passed.
    at: usize,
    /// If line ends mean something: the innermost bracket is that of a block.
    newlines: bool,
    /// How many expressions and blocks we are inside of.
    nesting: u32,
    /// The first token of the statement that was begun last.
    first: usize,
    names: u32,
    blocks: u32,
    functions: u32,
    errors: Vec<SyntaxError>,
    /// No more statements are tried: there were too many errors, or one that would repeat itself.
    stopped: bool,
    /// See [`recover`]; made when first needed.
    closers: Vec<u32>,
}

impl<'a> Parser<'a, '_> {
    fn token(&self) -> Token {
        self.tokens[self.at]
    }

    fn peek(&self) -> Kind {
        self.token().kind
    }

    /// The kind of the token after the current one.
    fn peek_second(&self) -> Kind {
        self.tokens[(self.at + 1).min(self.tokens.len() - 1)].kind
    }

    /// If no line end that means something stands before the current token.
    fn on_line(&self) -> bool {
        !(self.newlines && self.token().after_newline)
    }

    /// If a message is about the current token, not about a line that ends too early.
    fn is_here(&self) -> bool {
        self.on_line() || self.at == self.first
    }

    /// If the current token is of this kind and continues the statement.
    fn at_inline(&self, kind: Kind) -> bool {
        self.peek() == kind && self.on_line()
    }

    fn advance(&mut self) -> Token {
        let token = self.token();
        if token.kind != Kind::EndOfFile {
            self.at += 1;
        }
        token
    }

    /// The span of the token before the current one.
    fn last_span(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    /// Takes a token of this kind that continues the statement.
    fn eat(&mut self, kind: Kind) -> Option<Token> {
        self.at_inline(kind).then(|| self.advance())
    }

    /// Requires a token of this kind that continues the statement.
    fn expect(&mut self, kind: Kind, why: &str) -> Parse<Token> {
        match self.eat(kind) {
            Some(token) => Ok(token),
            None => self.unexpected(&format!("`{}`{why}", kind.text())),
        }
    }

    /// Requires that the statement goes on.
    fn expect_on_line(&mut self, what: &str) -> Parse<()> {
        if self.on_line() { Ok(()) } else { self.unexpected(what) }
    }

    fn text(&self, span: Span) -> &str {
        &self.source[span.range()]
    }

    fn copy_text(&self, span: Span) -> &'a str {
        self.arena.alloc_str(&self.source[span.range()])
    }

    fn name_id(&mut self) -> NameId {
        self.names += 1;
        NameId(self.names - 1)
    }

    fn function_id(&mut self) -> FunctionId {
        self.functions += 1;
        FunctionId(self.functions - 1)
    }

    /// The name of a variable, at a token that was just taken.
    fn name_of(&mut self, token: Token) -> Name<'a> {
        Name { text: self.copy_text(token.span), span: token.span, id: self.name_id() }
    }

    fn expect_name(&mut self, what: &str) -> Parse<Name<'a>> {
        if self.at_inline(Kind::Name) {
            let token = self.advance();
            return Ok(self.name_of(token));
        }
        self.unexpected(what)
    }

    /// A name after `.`: keywords are ordinary names there.
    fn expect_field(&mut self) -> Parse<Field<'a>> {
        let kind = self.peek();
        if (kind == Kind::Name || kind.is_keyword()) && self.on_line() {
            let token = self.advance();
            return Ok(Field { text: self.copy_text(token.span), span: token.span });
        }
        self.unexpected("a name after `.`")
    }

    /// Records that the current token is not what the grammar wants.
    fn unexpected<T>(&mut self, expected: &str) -> Parse<T> {
        let token = self.token();
        if token.kind == Kind::Invalid && self.is_here() {
            let found = self.lexical.partition_point(|e| e.span.start < token.span.start);
            if let Some(error) = self.lexical.get(found).cloned() {
                return self.fail(error.span, error.message);
            }
        }
        let (found, span) = self.found();
        self.fail(span, format!("expected {expected}, found {found}"))
    }

    /// The current token as messages call it, and the place they point at.
    fn found(&self) -> (String, Span) {
        let token = self.token();
        if token.kind == Kind::EndOfFile || !self.is_here() {
            let end = self.last_span().end;
            let what = if token.kind == Kind::EndOfFile {
                "the end of the file"
            } else {
                "the end of the line"
            };
            return (what.to_owned(), Span { start: end, end });
        }
        let what = match token.kind {
            Kind::Int | Kind::Float => "a number".to_owned(),
            Kind::String => "a string".to_owned(),
            Kind::Name => {
                let text = self.text(token.span);
                let short: String = text.chars().take(40).collect();
                format!("`{short}{}`", if short.len() < text.len() { "..." } else { "" })
            }
            kind => format!("`{}`", kind.text()),
        };
        (what, token.span)
    }

    fn fail<T>(&mut self, span: Span, message: impl Into<String>) -> Parse<T> {
        self.errors.push(SyntaxError::new(span, message));
        if self.errors.len() >= MAX_ERRORS {
            self.stopped = true;
        }
        Err(Failed)
    }

    /// As [`Parser::fail`], and no statement is tried after this.
    fn fail_for_good<T>(&mut self, span: Span, message: &str) -> Parse<T> {
        if !self.stopped {
            self.errors.push(SyntaxError::new(span, message));
        }
        self.stopped = true;
        Err(Failed)
    }

    /// Runs `inner` one level deeper.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.nesting >= MAX_NESTING {
            let span = self.token().span;
            return self.fail_for_good(span, "nested too deeply");
        }
        self.nesting += 1;
        let result = inner(self);
        self.nesting -= 1;
        result
    }

    /// An expression whose highest part is `below` high.
    fn make(&mut self, kind: ExprKind<'a>, span: Span, below: u32) -> Parse<Expr<'a>> {
        if below >= MAX_HEIGHT {
            return self.fail_for_good(self.last_span(), "the expression is too long");
        }
        Ok(Expr { kind, span, height: below + 1 })
    }
}

#[cfg(test)]
mod tests;
