//! Errors as people see them: the message, the source line, a caret under the place, the call stack.
//!
//! Only the line of the place is given to the renderer, so that a report costs the same however long the
//! program is. A report is the same whatever engine ran the program.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::error::{Error, Failure, Frame, Place};
use crate::host::Host;
use crate::syntax::SyntaxError;
use crate::syntax::token::Span;
use crate::value::show;

/// A source text with its name.
#[derive(Clone, Debug)]
pub struct Source {
    /// Such as the path of the file.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Of a longer call stack only the ends are shown, each of this length.
const STACK_ENDS: usize = 10;

/// Longer source lines are shown from near the place only.
const LONGEST_LINE: usize = 240;

/// Makes reports.
#[derive(Clone, Copy, Debug)]
pub struct Reporter {
    /// If they are to be coloured.
    pub colour: bool,
}

impl Reporter {
    /// Syntax errors, one after the other.
    pub fn syntax(self, source: &Source, errors: &[SyntaxError]) -> String {
        let mut report = String::new();
        for error in errors {
            report.push_str(&self.snippet(source, error.span, None, &error.message));
        }
        report
    }

    /// A run-time error that nobody caught. `sources` are those that its places mean.
    pub fn failure(self, host: &Host, sources: &[Source], error: &Error) -> String {
        let (kind, message) = match error.failure() {
            Failure::Error { kind, message } => (Some(kind.text()), message.clone()),
            Failure::Thrown(value) => (None, show::plain_repr(host, *value)),
            Failure::Uncaught { kind, message } => (kind.as_deref(), message.clone()),
            Failure::Exit(_) => return String::new(),
            Failure::Interrupted => return self.plain("interrupted"),
        };
        let mut report = match error.origin().and_then(|o| source_of(sources, o)) {
            Some((source, span)) => self.snippet(source, span, kind, &message),
            None => self.plain(&message),
        };
        report.push_str(&call_stack(host, sources, error.frames()));
        report
    }

    /// A message without a place.
    pub fn plain(self, message: &str) -> String {
        let title = Level::ERROR.primary_title(clean(message));
        let group = annotate_snippets::Group::with_title(title);
        self.renderer().render(&[group]) + "\n"
    }

    /// Writes a message without a place to standard error.
    pub fn complain(self, message: &str) {
        // There is nowhere to report a failure to.
        let _ = io::stderr().write_all(self.plain(message).as_bytes());
    }

    fn renderer(self) -> Renderer {
        if self.colour { Renderer::styled() } else { Renderer::plain() }
    }

    fn snippet(self, source: &Source, span: Span, kind: Option<&str>, message: &str) -> String {
        let line = Line::of(&source.text, span);
        let mut title = Level::ERROR.primary_title(clean(message));
        if let Some(kind) = kind {
            title = title.id(kind);
        }
        let snippet = Snippet::source(line.text.clone())
            .line_start(line.number)
            .path(clean(&source.name))
            .annotation(AnnotationKind::Primary.span(line.span.range()));
        self.renderer().render(&[title.element(snippet)]) + "\n"
    }
}

/// A source line, and a place in it.
struct Line {
    text: String,
    number: usize,
    /// Bytes of `text`.
    span: Span,
}

impl Line {
    fn of(source: &str, span: Span) -> Line {
        let at = floor_boundary(source, span.start as usize);
        let start = source[..at].rfind('\n').map_or(0, |n| n + 1);
        let end = source[at..].find('\n').map_or(source.len(), |n| at + n);
        let number = line_number(source, at);
        // A very long line is cut to what is around the place.
        let from = floor_boundary(source, start.max(at.saturating_sub(LONGEST_LINE / 2)));
        let to = floor_boundary(source, end.min(from + LONGEST_LINE));
        let text: String = source[from..to].trim_end_matches('\r').to_owned();
        let first = (at - from).min(text.len());
        let last = floor_boundary(source, (span.end as usize).clamp(at, to)) - from;
        let last = last.clamp(first, text.len());
        Line { text, number, span: Span::new(first, last) }
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The number of the line that a byte of the source stands in, from 1.
pub fn line_number(source: &str, at: usize) -> usize {
    1 + source.as_bytes()[..at.min(source.len())].iter().filter(|b| **b == b'\n').count()
}

/// Without characters that would move the cursor.
fn clean(message: &str) -> String {
    message.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn source_of(sources: &[Source], place: Place) -> Option<(&Source, Span)> {
    Some((sources.get(place.source as usize)?, place.span))
}

fn call_stack(host: &Host, sources: &[Source], frames: &[Frame]) -> String {
    // Of a program that calls no functions there is nothing to tell.
    if frames.len() < 2 {
        return String::new();
    }
    let mut text = "call stack, innermost last:\n".to_owned();
    let hidden = frames.len().saturating_sub(2 * STACK_ENDS);
    for (index, frame) in frames.iter().rev().enumerate() {
        if hidden > 1 && (STACK_ENDS..STACK_ENDS + hidden).contains(&index) {
            if index == STACK_ENDS {
                text.push_str(&format!("  ... {hidden} more calls ...\n"));
            }
            continue;
        }
        let name = match frame.function {
            Some(function) => host.describe_function(function),
            None => "the program".to_owned(),
        };
        let place = match source_of(sources, frame.place) {
            Some((source, span)) => {
                let line = line_number(&source.text, span.start as usize);
                format!("{}:{line}", clean(&source.name))
            }
            None => String::new(),
        };
        text.push_str(&format!("  {name} at {place}\n"));
    }
    text
}

#[cfg(test)]
mod tests;
