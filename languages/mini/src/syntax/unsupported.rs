//! Finds what the engines cannot run yet: objects, classes, and errors that are caught or thrown.
//!
//! The parser and the resolver know all of the language; this check stands between them and the engines.

use super::ast::{Block, Expr, ExprKind, Function, Program, Stmt, StmtKind, Target};
use super::errors::SyntaxError;
use super::token::Span;

/// An error for every use of what is not supported.
pub(super) fn check(program: &Program<'_>) -> Vec<SyntaxError> {
    let mut check = Check { errors: Vec::new() };
    check.block(program.body);
    check.errors
}

struct Check {
    errors: Vec<SyntaxError>,
}

impl Check {
    fn unsupported(&mut self, span: Span, what: &str) {
        self.errors.push(SyntaxError::new(span, format!("{what} are not supported yet")));
    }

    fn block(&mut self, block: &Block<'_>) {
        block.statements.iter().for_each(|s| self.statement(s));
    }

    fn function(&mut self, function: &Function<'_>) {
        self.block(function.body);
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match &statement.kind {
            StmtKind::Expr(e) | StmtKind::Let { value: e, .. } => self.expr(e),
            StmtKind::Assign { target, value, .. } => {
                match target {
                    Target::Variable(_) => {}
                    Target::Index { object, index, .. } => {
                        self.expr(object);
                        self.expr(index);
                    }
                    Target::Field { object, field, .. } => {
                        self.expr(object);
                        self.unsupported(field.span, "objects");
                    }
                }
                self.expr(value);
            }
            StmtKind::If { arms, otherwise } => {
                for arm in *arms {
                    self.expr(arm.condition);
                    self.block(arm.body);
                }
                otherwise.iter().for_each(|b| self.block(b));
            }
            StmtKind::While { condition: e, body } | StmtKind::For { iterable: e, body, .. } => {
                self.expr(e);
                self.block(body);
            }
            StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Return(value) => value.iter().for_each(|e| self.expr(e)),
            StmtKind::Function { function, .. } => self.function(function),
            StmtKind::Class(class) => self.unsupported(class.name.span, "classes"),
            StmtKind::Try { variable, .. } => {
                self.unsupported(variable.span, "`try` and `catch`");
            }
            StmtKind::Throw(value) => self.unsupported(value.span, "thrown values"),
        }
    }

    fn expr(&mut self, expr: &Expr<'_>) {
        match &expr.kind {
            ExprKind::Array(elements) => elements.iter().for_each(|e| self.expr(e)),
            ExprKind::Object(_) => self.unsupported(expr.span, "objects"),
            ExprKind::Function(function) => self.function(function),
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { left, right, .. } | ExprKind::Logical { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Call { callee, arguments } => {
                self.expr(callee);
                arguments.iter().for_each(|e| self.expr(e));
            }
            ExprKind::Index { object, index } => {
                self.expr(object);
                self.expr(index);
            }
            ExprKind::Field { object, field } => {
                self.expr(object);
                self.unsupported(field.span, "objects");
            }
            ExprKind::Super { .. } => self.unsupported(expr.span, "classes"),
            _ => {}
        }
    }
}
