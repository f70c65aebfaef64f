//! Errors as people see them: the message, the source line, a caret under the place, the call
//! stack.
//!
//! Only the line of the place is given to the renderer, so that a report costs the same however
//! long the program is.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::error::{Error, Failure, Frame};
use crate::machine::Machine;
use crate::syntax::Span;

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
    /// An error that nobody handled.
    pub fn failure(self, machine: &Machine, error: &Error) -> String {
        if let Failure::Exit(_) = error.failure() {
            return String::new();
        }
        let message = machine.error_text(error);
        let place =
            error.span().or_else(|| error.frames().iter().map(|f| f.span).find(visible(machine)));
        let mut report = match place.and_then(|span| source_of(machine, span)) {
            Some((source, span)) => self.snippet(source, span, &message),
            None => self.plain(&message),
        };
        report.push_str(&call_stack(machine, error.frames()));
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

    fn snippet(self, source: &Source, span: Span, message: &str) -> String {
        let line = Line::of(&source.text, span);
        let title = Level::ERROR.primary_title(clean(message));
        let snippet = Snippet::source(line.text.clone())
            .line_start(line.number)
            .path(clean(&source.name))
            .annotation(AnnotationKind::Primary.span(line.span.clone()));
        self.renderer().render(&[title.element(snippet)]) + "\n"
    }
}

/// A source line, and a place in it.
struct Line {
    text: String,
    number: usize,
    /// Bytes of `text`.
    span: std::ops::Range<usize>,
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
        Line { text, number, span: first..last }
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

fn source_of(machine: &Machine, span: Span) -> Option<(&Source, Span)> {
    Some((machine.sources.get(span.source as usize)?, span))
}

/// Does a place stand in the program, not in a library of the system?
fn visible(machine: &Machine) -> impl Fn(&Span) -> bool + '_ {
    |span| machine.sources.get(span.source as usize).is_some_and(|s| !s.name.starts_with("<lisp"))
}

fn call_stack(machine: &Machine, frames: &[Frame]) -> String {
    let visible = visible(machine);
    let frames: Vec<&Frame> = frames.iter().filter(|f| visible(&f.span)).collect();
    // Of a program that calls no procedures there is nothing to tell.
    if frames.len() < 2 {
        return String::new();
    }
    let mut text = "call stack, innermost last (tail calls left no trace):\n".to_owned();
    let hidden = frames.len().saturating_sub(2 * STACK_ENDS);
    for (index, frame) in frames.iter().rev().enumerate() {
        if hidden > 1 && (STACK_ENDS..STACK_ENDS + hidden).contains(&index) {
            if index == STACK_ENDS {
                text.push_str(&format!("  ... {hidden} more calls ...\n"));
            }
            continue;
        }
        let name = frame.name.as_deref().unwrap_or("a procedure");
        if let Some((source, span)) = source_of(machine, frame.span) {
            let line = line_number(&source.text, span.start as usize);
            text.push_str(&format!("  {name} at {}:{line}\n", clean(&source.name)));
        }
    }
    text
}
