//! Expressions, by precedence climbing.

use super::super::ast::{BinaryOp, Expr, ExprKind, Field, LogicalOp, Name, Pair, UnaryOp};
use super::super::lexer::unescape;
use super::super::token::{Kind, Span, Token};
use super::{Parse, Parser};

/// How tightly the binary operators bind; `not` stands between `and` and the comparisons.
mod level {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const COMPARISON: u8 = 4;
    pub(super) const BIT_OR: u8 = 5;
    pub(super) const BIT_XOR: u8 = 6;
    pub(super) const BIT_AND: u8 = 7;
    pub(super) const SHIFT: u8 = 8;
    pub(super) const SUM: u8 = 9;
    pub(super) const PRODUCT: u8 = 10;
}

/// A binary operator.
enum Operator {
    Binary(BinaryOp),
    Logical(LogicalOp),
}

/// The operator that a token is, and its level.
fn operator(kind: Kind) -> Option<(Operator, u8)> {
    use Operator::{Binary, Logical};
    Some(match kind {
        Kind::Or => (Logical(LogicalOp::Or), level::OR),
        Kind::And => (Logical(LogicalOp::And), level::AND),
        Kind::EqualEqual => (Binary(BinaryOp::Eq), level::COMPARISON),
        Kind::BangEqual => (Binary(BinaryOp::Ne), level::COMPARISON),
        Kind::Less => (Binary(BinaryOp::Lt), level::COMPARISON),
        Kind::LessEqual => (Binary(BinaryOp::Le), level::COMPARISON),
        Kind::Greater => (Binary(BinaryOp::Gt), level::COMPARISON),
        Kind::GreaterEqual => (Binary(BinaryOp::Ge), level::COMPARISON),
        Kind::Pipe => (Binary(BinaryOp::BitOr), level::BIT_OR),
        Kind::Caret => (Binary(BinaryOp::BitXor), level::BIT_XOR),
        Kind::Ampersand => (Binary(BinaryOp::BitAnd), level::BIT_AND),
        Kind::LessLess => (Binary(BinaryOp::Shl), level::SHIFT),
        Kind::GreaterGreater => (Binary(BinaryOp::Shr), level::SHIFT),
        Kind::Plus => (Binary(BinaryOp::Add), level::SUM),
        Kind::Minus => (Binary(BinaryOp::Sub), level::SUM),
        Kind::Star => (Binary(BinaryOp::Mul), level::PRODUCT),
        Kind::Slash => (Binary(BinaryOp::Div), level::PRODUCT),
        Kind::SlashSlash => (Binary(BinaryOp::FloorDiv), level::PRODUCT),
        Kind::Percent => (Binary(BinaryOp::Mod), level::PRODUCT),
        _ => return None,
    })
}

impl<'a> Parser<'a, '_> {
    /// A whole expression, in the arena.
    pub(super) fn expr(&mut self) -> Parse<&'a Expr<'a>> {
        let expr = self.expr_value()?;
        Ok(self.arena.alloc(expr))
    }

    /// A whole expression.
    fn expr_value(&mut self) -> Parse<Expr<'a>> {
        self.nested(|p| p.binary(level::OR))
    }

    /// Operators of level `min` and tighter.
    fn binary(&mut self, min: u8) -> Parse<Expr<'a>> {
        let mut left =
            if self.peek() == Kind::Not && min <= level::NOT { self.not()? } else { self.unary()? };
        while let Some((operator, level)) = operator(self.peek()) {
            if level < min || !self.on_line() {
                break;
            }
            let op_span = self.advance().span;
            let right = self.binary(level + 1)?;
            let span = left.span.to(right.span);
            let height = left.height.max(right.height);
            let (left_ref, right) = (&*self.arena.alloc(left), &*self.arena.alloc(right));
            let kind = match operator {
                Operator::Binary(op) => ExprKind::Binary { op, op_span, left: left_ref, right },
                Operator::Logical(op) => ExprKind::Logical { op, left: left_ref, right },
            };
            left = self.make(kind, span, height)?;
            if level == level::COMPARISON {
                self.expect_no_comparison()?;
            }
        }
        Ok(left)
    }

    fn expect_no_comparison(&mut self) -> Parse<()> {
        match operator(self.peek()) {
            Some((_, level::COMPARISON)) if self.on_line() => {
                self.fail(self.token().span, "comparisons cannot be chained")
            }
            _ => Ok(()),
        }
    }

    fn not(&mut self) -> Parse<Expr<'a>> {
        let start = self.advance().span;
        let operand = self.nested(|p| p.binary(level::NOT))?;
        self.make_unary(UnaryOp::Not, start, operand)
    }

    /// `-`, `~`, or a power.
    fn unary(&mut self) -> Parse<Expr<'a>> {
        let op = match self.peek() {
            Kind::Minus => UnaryOp::Neg,
            Kind::Tilde => UnaryOp::BitNot,
            _ => return self.power(),
        };
        let start = self.advance().span;
        let operand = self.nested(Self::unary)?;
        self.make_unary(op, start, operand)
    }

    fn make_unary(&mut self, op: UnaryOp, start: Span, operand: Expr<'a>) -> Parse<Expr<'a>> {
        let (span, height) = (start.to(operand.span), operand.height);
        let operand = self.arena.alloc(operand);
        self.make(ExprKind::Unary { op, operand }, span, height)
    }

    /// `a ** b`: binds tighter than a unary operator on its left, looser than one on its right.
    fn power(&mut self) -> Parse<Expr<'a>> {
        let left = self.postfix()?;
        if !self.at_inline(Kind::StarStar) {
            return Ok(left);
        }
        let op_span = self.advance().span;
        let right = self.nested(Self::unary)?;
        let span = left.span.to(right.span);
        let height = left.height.max(right.height);
        let (left, right) = (&*self.arena.alloc(left), &*self.arena.alloc(right));
        self.make(ExprKind::Binary { op: BinaryOp::Pow, op_span, left, right }, span, height)
    }

    /// Calls, indices and fields.
    fn postfix(&mut self) -> Parse<Expr<'a>> {
        let mut expr = self.primary()?;
        loop {
            expr = match self.peek() {
                Kind::LeftParen if self.on_line() => self.call(expr)?,
                Kind::LeftBracket if self.on_line() => self.index(expr)?,
                // A line may begin with `.name`.
                Kind::Dot => {
                    self.advance();
                    let field = self.expect_field()?;
                    let (span, height) = (expr.span.to(field.span), expr.height);
                    let object = self.arena.alloc(expr);
                    self.make(ExprKind::Field { object, field }, span, height)?
                }
                _ => return Ok(expr),
            };
        }
    }

    fn call(&mut self, callee: Expr<'a>) -> Parse<Expr<'a>> {
        self.advance();
        let (arguments, height) = self.list(Kind::RightParen, " after the arguments")?;
        let span = callee.span.to(self.last_span());
        let height = height.max(callee.height);
        let callee = self.arena.alloc(callee);
        self.make(ExprKind::Call { callee, arguments }, span, height)
    }

    fn index(&mut self, object: Expr<'a>) -> Parse<Expr<'a>> {
        self.advance();
        let outer = std::mem::replace(&mut self.newlines, false);
        let index = self.expr_value()?;
        self.expect(Kind::RightBracket, " after the index")?;
        self.newlines = outer;
        let span = object.span.to(self.last_span());
        let height = object.height.max(index.height);
        let (object, index) = (&*self.arena.alloc(object), &*self.arena.alloc(index));
        self.make(ExprKind::Index { object, index }, span, height)
    }

    /// Expressions with commas between them, up to `end`, which is taken too; and their height.
    fn list(&mut self, end: Kind, why: &str) -> Parse<(&'a [Expr<'a>], u32)> {
        let outer = std::mem::replace(&mut self.newlines, false);
        let mut elements = bumpalo::collections::Vec::new_in(self.arena);
        let mut height = 0;
        while self.peek() != end {
            let element = self.expr_value()?;
            height = height.max(element.height);
            elements.push(element);
            if self.eat(Kind::Comma).is_none() {
                break;
            }
        }
        self.expect(end, why)?;
        self.newlines = outer;
        Ok((elements.into_bump_slice(), height))
    }

    fn primary(&mut self) -> Parse<Expr<'a>> {
        let token = self.token();
        let kind = match token.kind {
            Kind::Nil => ExprKind::Nil,
            Kind::True => ExprKind::Bool(true),
            Kind::False => ExprKind::Bool(false),
            Kind::Int => self.int(token),
            Kind::Float => self.float(token),
            Kind::String => ExprKind::String(self.string(token)),
            Kind::Name | Kind::Self_ => ExprKind::Name(self.name_of(token)),
            Kind::LeftParen => return self.parenthesized(),
            Kind::LeftBracket => return self.array(),
            Kind::LeftBrace => return self.object(),
            Kind::Fn => return self.function_literal(),
            Kind::Super => return self.super_field(),
            Kind::Not => {
                let message =
                    "`not` binds looser than the operator before it: put it in parentheses";
                return self.fail(token.span, message);
            }
            _ => return self.unexpected("an expression"),
        };
        self.advance();
        self.make(kind, token.span, 0)
    }

    fn int(&self, token: Token) -> ExprKind<'a> {
        let text = self.text(token.span).replace('_', "");
        let (digits, radix) = match text.as_bytes() {
            [b'0', b'x', ..] => (&text[2..], 16),
            [b'0', b'b', ..] => (&text[2..], 2),
            _ => (text.as_str(), 10),
        };
        match i64::from_str_radix(digits, radix) {
            Ok(value) => ExprKind::Int(value),
            Err(_) => ExprKind::BigInt { digits: self.arena.alloc_str(digits), radix },
        }
    }

    fn float(&self, token: Token) -> ExprKind<'a> {
        let text = self.text(token.span).replace('_', "");
        // The lexer accepts a subset of what Rust reads, so this never fails.
        ExprKind::Float(text.parse().unwrap_or(f64::NAN))
    }

    fn string(&self, token: Token) -> &'a str {
        let text = self.text(token.span);
        if text.contains('\\') {
            return self.arena.alloc_str(&unescape(text));
        }
        self.arena.alloc_str(&text[1..text.len() - 1])
    }

    fn parenthesized(&mut self) -> Parse<Expr<'a>> {
        let start = self.advance().span;
        let outer = std::mem::replace(&mut self.newlines, false);
        let inner = self.expr_value()?;
        let end = self.expect(Kind::RightParen, "")?.span;
        self.newlines = outer;
        Ok(Expr { span: start.to(end), ..inner })
    }

    fn array(&mut self) -> Parse<Expr<'a>> {
        let start = self.advance().span;
        let (elements, height) = self.list(Kind::RightBracket, " after the elements")?;
        self.make(ExprKind::Array(elements), start.to(self.last_span()), height)
    }

    fn object(&mut self) -> Parse<Expr<'a>> {
        let start = self.advance().span;
        let outer = std::mem::replace(&mut self.newlines, false);
        let mut pairs = bumpalo::collections::Vec::new_in(self.arena);
        let mut height = 0;
        while self.peek() != Kind::RightBrace {
            let key = self.key()?;
            self.expect(Kind::Colon, " after the key")?;
            let value = self.expr_value()?;
            height = height.max(value.height);
            pairs.push(Pair { key, value });
            if self.eat(Kind::Comma).is_none() {
                break;
            }
        }
        self.expect(Kind::RightBrace, " after the pairs")?;
        self.newlines = outer;
        let span = start.to(self.last_span());
        self.make(ExprKind::Object(pairs.into_bump_slice()), span, height)
    }

    fn key(&mut self) -> Parse<Field<'a>> {
        let token = self.token();
        let text = match token.kind {
            Kind::String => self.string(token),
            kind if kind == Kind::Name || kind.is_keyword() => self.copy_text(token.span),
            _ => return self.unexpected("a key (a name or a string)"),
        };
        self.advance();
        Ok(Field { text, span: token.span })
    }

    fn function_literal(&mut self) -> Parse<Expr<'a>> {
        let start = self.advance().span;
        if self.at_inline(Kind::Name) {
            let message = "a function with a name is a statement of its own";
            return self.fail(self.token().span, message);
        }
        let function = self.function(start, None, None)?;
        self.make(ExprKind::Function(function), function.span, function.body.height)
    }

    /// `super.name`
    fn super_field(&mut self) -> Parse<Expr<'a>> {
        let start = self.advance().span;
        let this = Name { text: "self", span: start, id: self.name_id() };
        let base = Name { text: "super", span: start, id: self.name_id() };
        // As everywhere, the line may end before the dot.
        if self.peek() != Kind::Dot {
            return self.unexpected("`.` after `super`");
        }
        self.advance();
        let field = self.expect_field()?;
        self.make(ExprKind::Super { this, base, field }, start.to(field.span), 0)
    }
}
