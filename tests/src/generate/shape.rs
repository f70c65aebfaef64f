//! The statements of a generated program: just enough structure to take some of them out again.

use crate::language::Language;

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stmt {
    /// A statement of one line.
    Line(String),
    /// `head { body }`, and perhaps `else { other }`.
    Block {
        /// The text before the brace.
        head: String,
        /// The statements in braces.
        body: Vec<Stmt>,
        /// Those of the `else`; empty if there is none.
        other: Vec<Stmt>,
    },
}

impl Stmt {
    /// A statement of one line.
    pub(super) fn line(text: impl Into<String>) -> Stmt {
        Stmt::Line(text.into())
    }

    /// A block without `else`.
    pub(super) fn block(head: impl Into<String>, body: Vec<Stmt>) -> Stmt {
        Stmt::Block { head: head.into(), body, other: Vec::new() }
    }
}

/// The text of a program.
pub(super) fn text(language: Language, program: &[Stmt]) -> String {
    let mut out = String::new();
    match language {
        Language::Mini => write(program, 0, &mut out),
        Language::Lisp => write_scheme(program, 0, &mut out),
    }
    out
}

/// The head of a block opens parentheses; they are closed behind its body.
fn write_scheme(statements: &[Stmt], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for statement in statements {
        match statement {
            Stmt::Line(line) => out.push_str(&format!("{indent}{line}\n")),
            Stmt::Block { head, body, .. } => {
                let open = head.matches('(').count() - head.matches(')').count();
                out.push_str(&format!("{indent}{head}\n"));
                write_scheme(body, depth + 1, out);
                // A body that lost all its statements is still one.
                let body = if body.is_empty() { "#f" } else { "" };
                out.push_str(&format!("{indent}{body}{}\n", ")".repeat(open)));
            }
        }
    }
}

fn write(statements: &[Stmt], depth: usize, out: &mut String) {
    let indent = "    ".repeat(depth);
    for statement in statements {
        match statement {
            Stmt::Line(line) => out.push_str(&format!("{indent}{line}\n")),
            Stmt::Block { head, body, other } => {
                out.push_str(&format!("{indent}{head} {{\n"));
                write(body, depth + 1, out);
                if !other.is_empty() {
                    out.push_str(&format!("{indent}}} else {{\n"));
                    write(other, depth + 1, out);
                }
                out.push_str(&format!("{indent}}}\n"));
            }
        }
    }
}
