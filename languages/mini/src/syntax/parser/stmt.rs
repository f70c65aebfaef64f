//! Blocks, statements, functions and classes.

use bumpalo::collections::Vec as BumpVec;

use super::super::ast::{
    Arm, Base, BinaryOp, Block, BlockId, Class, Expr, ExprKind, Function, FunctionId, MAX_HEIGHT,
    Name, Stmt, StmtKind, Target,
};
use super::super::token::{Kind, Span, Token};
use super::{Failed, Parse, Parser};

/// A statement's kind, its height below, and if the `}` of a block was its end.
type Parts<'a> = (StmtKind<'a>, u32, bool);

impl<'a> Parser<'a, '_> {
    /// The whole file.
    pub(super) fn program(&mut self) -> &'a Block<'a> {
        let id = self.block_id();
        let (statements, height) = self.statements(Kind::EndOfFile);
        let span = Span::new(0, self.source.len());
        self.arena.alloc(Block { id, span, statements, height })
    }

    fn block_id(&mut self) -> BlockId {
        self.blocks += 1;
        BlockId(self.blocks - 1)
    }

    /// `{ .. }`, whose `{` must stand on this line.
    fn block(&mut self, why: &str) -> Parse<&'a Block<'a>> {
        let start = self.expect(Kind::LeftBrace, why)?.span;
        let outer = std::mem::replace(&mut self.newlines, true);
        let id = self.block_id();
        let (statements, height) = self.nested(|p| Ok(p.statements(Kind::RightBrace)))?;
        let end = self.close_block(start)?;
        self.newlines = outer;
        Ok(self.arena.alloc(Block { id, span: start.to(end), statements, height }))
    }

    /// As [`Parser::block`], in the statement that began at token `first`. If there is something else
    /// before the `{` that is reported, and the block is read all the same.
    fn block_after(&mut self, first: usize, why: &str) -> Parse<&'a Block<'a>> {
        if !self.at_inline(Kind::LeftBrace) {
            let _: Parse<()> = self.unexpected(&format!("`{{`{why}"));
            self.skip_to_block(first)?;
        }
        self.block(why)
    }

    /// The `}` that belongs to the `{` at `start`.
    fn close_block(&mut self, start: Span) -> Parse<Span> {
        if self.peek() == Kind::RightBrace {
            return Ok(self.advance().span);
        }
        let line = 1 + self.source[..start.start as usize].bytes().filter(|b| *b == b'\n').count();
        let message = format!("expected `}}` to close the block that begins in line {line}");
        let at = self.token().span;
        self.fail_for_good(at, &message)
    }

    /// Statements up to `end`, which is not taken; and their height.
    fn statements(&mut self, end: Kind) -> (&'a [Stmt<'a>], u32) {
        let mut statements = BumpVec::new_in(self.arena);
        let mut height = 0;
        let nesting = self.nesting;
        loop {
            while self.peek() == Kind::Semicolon {
                self.advance();
            }
            if self.stopped || self.peek() == end || self.peek() == Kind::EndOfFile {
                break;
            }
            let first = self.at;
            if let Ok((statement, ends_itself)) = self.statement() {
                height = height.max(statement.height);
                statements.push(statement);
                if ends_itself || self.end_of_statement().is_ok() {
                    continue;
                }
            }
            self.nesting = nesting;
            if self.stopped {
                break;
            }
            if self.peek() == Kind::RightBrace && end == Kind::EndOfFile && self.at == first {
                self.advance();
            } else {
                self.skip_statement(first);
            }
        }
        (statements.into_bump_slice(), height)
    }

    fn end_of_statement(&mut self) -> Parse<()> {
        match self.peek() {
            Kind::Semicolon | Kind::RightBrace | Kind::EndOfFile => Ok(()),
            _ if self.token().after_newline => Ok(()),
            _ => self.unexpected("the end of the statement"),
        }
    }

    fn statement(&mut self) -> Parse<(Stmt<'a>, bool)> {
        let first = self.at;
        self.first = first;
        let start = self.token().span;
        let (kind, below, ends_itself) = match self.peek() {
            Kind::Let => self.let_statement()?,
            Kind::If => self.if_statement(first)?,
            Kind::While => self.while_statement(first)?,
            Kind::For => self.for_statement(first)?,
            Kind::Fn if self.peek_second() == Kind::Name => self.function_statement()?,
            Kind::Class => self.class_statement(first)?,
            Kind::Try => self.try_statement(first)?,
            Kind::Break => self.word(StmtKind::Break),
            Kind::Continue => self.word(StmtKind::Continue),
            Kind::Return => self.return_statement()?,
            Kind::Throw => {
                self.advance();
                self.expect_on_line("an expression after `throw`")?;
                let value = self.expr()?;
                (StmtKind::Throw(value), value.height, false)
            }
            Kind::RightBrace => return self.unexpected("a statement"),
            _ => self.expression_statement()?,
        };
        if below >= MAX_HEIGHT {
            return self.fail_for_good(start, "nested too deeply");
        }
        let span = start.to(self.last_span());
        Ok((Stmt { kind, span, height: below + 1 }, ends_itself))
    }

    fn word(&mut self, kind: StmtKind<'a>) -> Parts<'a> {
        self.advance();
        (kind, 0, false)
    }

    fn let_statement(&mut self) -> Parse<Parts<'a>> {
        self.advance();
        let name = self.expect_name("a name after `let`")?;
        self.expect(Kind::Assign, " and a value: `let` needs one")?;
        let value = self.expr()?;
        Ok((StmtKind::Let { name, value }, value.height, false))
    }

    fn if_statement(&mut self, first: usize) -> Parse<Parts<'a>> {
        let mut arms = BumpVec::new_in(self.arena);
        let mut height = 0;
        let mut otherwise = None;
        loop {
            self.advance();
            let condition = self.condition(first, "a condition after `if`")?;
            let body = self.block("")?;
            height = height.max(condition.height).max(body.height);
            arms.push(Arm { condition, body });
            // Line ends may stand before `else`.
            if self.peek() != Kind::Else {
                break;
            }
            self.advance();
            if !self.at_inline(Kind::If) {
                let block = self.block_after(first, " or `if` after `else`")?;
                height = height.max(block.height);
                otherwise = Some(block);
                break;
            }
        }
        Ok((StmtKind::If { arms: arms.into_bump_slice(), otherwise }, height, true))
    }

    fn while_statement(&mut self, first: usize) -> Parse<Parts<'a>> {
        self.advance();
        let condition = self.condition(first, "a condition after `while`")?;
        let body = self.block("")?;
        let height = condition.height.max(body.height);
        Ok((StmtKind::While { condition, body }, height, true))
    }

    fn for_statement(&mut self, first: usize) -> Parse<Parts<'a>> {
        self.advance();
        let head = self.for_head();
        let (variable, iterable) = match head {
            Ok(head) => head,
            Err(Failed) => {
                self.skip_to_block(first)?;
                (self.dummy_name(), self.dummy_expr())
            }
        };
        let body = self.block("")?;
        let height = iterable.height.max(body.height);
        Ok((StmtKind::For { variable, iterable, body }, height, true))
    }

    fn for_head(&mut self) -> Parse<(Name<'a>, &'a Expr<'a>)> {
        let variable = self.expect_name("a name after `for`")?;
        self.expect(Kind::In, " after the variable")?;
        self.expect_on_line("an expression after `in`")?;
        let iterable = self.expr()?;
        self.at_block()?;
        Ok((variable, iterable))
    }

    /// The condition in the head of a statement. After an error in it the block is read all the same.
    fn condition(&mut self, first: usize, what: &str) -> Parse<&'a Expr<'a>> {
        let condition = self.expect_on_line(what).and_then(|()| self.expr());
        let result = condition.and_then(|c| self.at_block().map(|()| c));
        match result {
            Ok(condition) => Ok(condition),
            Err(Failed) => {
                self.skip_to_block(first)?;
                Ok(self.dummy_expr())
            }
        }
    }

    /// Requires that a block begins here.
    fn at_block(&mut self) -> Parse<()> {
        if self.at_inline(Kind::LeftBrace) { Ok(()) } else { self.unexpected("`{`") }
    }

    fn dummy_expr(&mut self) -> &'a Expr<'a> {
        let span = self.token().span;
        self.arena.alloc(Expr { kind: ExprKind::Nil, span, height: 1 })
    }

    fn dummy_name(&mut self) -> Name<'a> {
        Name { text: "", span: self.token().span, id: self.name_id() }
    }

    fn return_statement(&mut self) -> Parse<Parts<'a>> {
        self.advance();
        let ends = matches!(self.peek(), Kind::Semicolon | Kind::RightBrace | Kind::EndOfFile);
        if ends || !self.on_line() {
            return Ok((StmtKind::Return(None), 0, false));
        }
        let value = self.expr()?;
        Ok((StmtKind::Return(Some(value)), value.height, false))
    }

    fn function_statement(&mut self) -> Parse<Parts<'a>> {
        let start = self.advance().span;
        let name = self.expect_name("a name after `fn`")?;
        let function = self.function(start, Some(name), None)?;
        Ok((StmtKind::Function { name, function }, function.body.height, true))
    }

    /// Parameters and body of a function. `class` is given for methods.
    pub(super) fn function(
        &mut self,
        start: Span,
        name: Option<Name<'a>>,
        class: Option<&'a str>,
    ) -> Parse<&'a Function<'a>> {
        let first = self.at;
        let id: FunctionId = self.function_id();
        let this = class.map(|_| Name { text: "self", span: start, id: self.name_id() });
        let outer = self.newlines;
        let parameters = match self.parameters() {
            Ok(parameters) => parameters,
            Err(Failed) => {
                self.skip_to_block(first)?;
                &[]
            }
        };
        self.newlines = outer;
        let body = self.block(" after the parameters")?;
        let span = start.to(body.span);
        let name = name.map(|n| n.text);
        Ok(self.arena.alloc(Function { id, name, class, this, parameters, body, span }))
    }

    fn parameters(&mut self) -> Parse<&'a [Name<'a>]> {
        self.expect(Kind::LeftParen, " before the parameters")?;
        let outer = std::mem::replace(&mut self.newlines, false);
        let mut parameters = BumpVec::new_in(self.arena);
        while self.peek() != Kind::RightParen {
            parameters.push(self.expect_name("a parameter")?);
            if self.eat(Kind::Comma).is_none() {
                break;
            }
        }
        self.expect(Kind::RightParen, " after the parameters")?;
        self.newlines = outer;
        self.at_block()?;
        Ok(parameters.into_bump_slice())
    }

    fn class_statement(&mut self, first: usize) -> Parse<Parts<'a>> {
        let start = self.advance().span;
        let (name, base) = match self.class_head() {
            Ok(head) => head,
            Err(Failed) => {
                self.skip_to_block(first)?;
                (self.dummy_name(), None)
            }
        };
        let brace = self.expect(Kind::LeftBrace, "")?.span;
        let outer = std::mem::replace(&mut self.newlines, true);
        let (methods, height) = self.nested(|p| Ok(p.methods(name.text)))?;
        let end = self.close_block(brace)?;
        self.newlines = outer;
        let class = self.arena.alloc(Class { name, base, methods, span: start.to(end) });
        Ok((StmtKind::Class(class), height, true))
    }

    fn class_head(&mut self) -> Parse<(Name<'a>, Option<Base<'a>>)> {
        let name = self.expect_name("a name after `class`")?;
        let mut base = None;
        if self.eat(Kind::Less).is_some() {
            let name = self.expect_name("the name of a class after `<`")?;
            let variable = Name { text: "super", span: name.span, id: self.name_id() };
            base = Some(Base { name, variable });
        }
        self.at_block()?;
        Ok((name, base))
    }

    /// The methods of a class up to its `}`; and their height.
    fn methods(&mut self, class: &'a str) -> (&'a [&'a Function<'a>], u32) {
        let mut methods = BumpVec::new_in(self.arena);
        let mut height = 0;
        let nesting = self.nesting;
        loop {
            while self.peek() == Kind::Semicolon {
                self.advance();
            }
            if self.stopped || matches!(self.peek(), Kind::RightBrace | Kind::EndOfFile) {
                break;
            }
            let first = self.at;
            match self.method(class) {
                Ok(method) => {
                    height = height.max(method.body.height);
                    methods.push(method);
                }
                Err(Failed) if self.stopped => break,
                Err(Failed) => {
                    self.nesting = nesting;
                    self.skip_statement(first);
                }
            }
        }
        (methods.into_bump_slice(), height)
    }

    fn method(&mut self, class: &'a str) -> Parse<&'a Function<'a>> {
        if self.peek() != Kind::Fn {
            return self.unexpected("a method (`fn name(..) { .. }`)");
        }
        let start = self.advance().span;
        if !(self.at_inline(Kind::Name)) {
            return self.unexpected("the name of a method");
        }
        let token: Token = self.advance();
        let name = self.name_of(token);
        self.function(start, Some(name), Some(class))
    }

    fn try_statement(&mut self, first: usize) -> Parse<Parts<'a>> {
        self.advance();
        let body = self.block_after(first, " after `try`")?;
        // Line ends may stand before `catch`.
        if self.peek() != Kind::Catch {
            return self.unexpected("`catch` after the block of `try`");
        }
        let first = self.at;
        self.advance();
        let variable = match self.expect_name("a name after `catch`").and_then(|n| {
            self.at_block()?;
            Ok(n)
        }) {
            Ok(name) => name,
            Err(Failed) => {
                self.skip_to_block(first)?;
                self.dummy_name()
            }
        };
        let handler = self.block("")?;
        let height = body.height.max(handler.height);
        Ok((StmtKind::Try { body, variable, handler }, height, true))
    }

    /// An expression, or an assignment.
    fn expression_statement(&mut self) -> Parse<Parts<'a>> {
        let expr = self.expr()?;
        let op = match self.peek() {
            Kind::Assign => None,
            Kind::PlusAssign => Some(BinaryOp::Add),
            Kind::MinusAssign => Some(BinaryOp::Sub),
            Kind::StarAssign => Some(BinaryOp::Mul),
            Kind::SlashAssign => Some(BinaryOp::Div),
            Kind::SlashSlashAssign => Some(BinaryOp::FloorDiv),
            Kind::PercentAssign => Some(BinaryOp::Mod),
            _ => return Ok((StmtKind::Expr(expr), expr.height, false)),
        };
        if !self.on_line() {
            return Ok((StmtKind::Expr(expr), expr.height, false));
        }
        let target = self.target(expr)?;
        let op_span = self.advance().span;
        let value = self.expr()?;
        let height = expr.height.max(value.height);
        Ok((StmtKind::Assign { target, op, op_span, value }, height, false))
    }

    fn target(&mut self, expr: &'a Expr<'a>) -> Parse<Target<'a>> {
        // An index ends with `]`, the others with a name: a `)` is one around the target.
        let parenthesized = self.text(expr.span).ends_with(')');
        match &expr.kind {
            _ if parenthesized => {}
            ExprKind::Name(name) if name.text != "self" => return Ok(Target::Variable(*name)),
            ExprKind::Index { object, index } => {
                return Ok(Target::Index { object, index, span: expr.span });
            }
            ExprKind::Field { object, field } => {
                return Ok(Target::Field { object, field: *field, span: expr.span });
            }
            _ => {}
        }
        let message = "cannot assign to this: a target is a variable, `e[i]` or `e.name`";
        self.fail(expr.span, message)
    }
}
