//! Errors as people see them: the message, the source line, a caret under the place, the call
//! stack.
//!
//! Only the line of the place is given to the renderer, so that a report costs the same however
//! long the program is.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

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
///
/// ```
/// use frontend::{Reporter, Source};
///
/// let source = Source { name: "a.txt".to_owned(), text: "one\ntwo tree\n".to_owned() };
/// let report = Reporter { colour: false }.at(&source, 8..12, Some("spelling"), "no such number");
/// assert_eq!(report, "\
/// error[spelling]: no such number
///  --> a.txt:2:5
///   |
/// 2 | two tree
///   |     ^^^^
/// ");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Reporter {
    /// If they are to be coloured.
    pub colour: bool,
}

impl Reporter {
    /// A message about some bytes of a source, with the kind of the error if the language has kinds.
    pub fn at(
        self,
        source: &Source,
        place: Range<usize>,
        kind: Option<&str>,
        message: &str,
    ) -> String {
        let line = Line::of(&source.text, place);
        let mut title = Level::ERROR.primary_title(clean(message));
        if let Some(kind) = kind {
            title = title.id(kind);
        }
        let snippet = Snippet::source(line.text.clone())
            .line_start(line.number)
            .path(clean(&source.name))
            .annotation(AnnotationKind::Primary.span(line.place.clone()));
        let report = self.renderer().render(&[title.element(snippet)]) + "\n";
        if line.cut == 0 {
            return report;
        }
        // The renderer has counted from where the line was cut.
        let column = 1 + line.text[..line.place.start].chars().count();
        let place = |column: usize| format!(":{}:{column}", line.number);
        report.replacen(&place(column), &place(column + line.cut), 1)
    }

    /// A message without a place.
    pub fn plain(self, message: &str) -> String {
        let title = Level::ERROR.primary_title(clean(message));
        self.renderer().render(&[Group::with_title(title)]) + "\n"
    }

    /// Writes a message without a place to standard error.
    pub fn complain(self, message: &str) {
        // There is nowhere to report a failure to.
        let _ = io::stderr().write_all(self.plain(message).as_bytes());
    }

    fn renderer(self) -> Renderer {
        if self.colour { Renderer::styled() } else { Renderer::plain() }
    }
}

/// A source line, and a place in it.
struct Line {
    text: String,
    number: usize,
    /// Bytes of `text`.
    place: Range<usize>,
    /// How many characters of the line stand before `text`.
    cut: usize,
}

impl Line {
    fn of(source: &str, place: Range<usize>) -> Line {
        let at = floor_boundary(source, place.start);
        let start = source[..at].rfind('\n').map_or(0, |n| n + 1);
        let end = source[at..].find('\n').map_or(source.len(), |n| at + n);
        let number = line_number(source, at);
        // A very long line is cut to what is around the place.
        let from = floor_boundary(source, start.max(at.saturating_sub(LONGEST_LINE / 2)));
        let to = floor_boundary(source, end.min(from + LONGEST_LINE));
        let text: String = source[from..to].trim_end_matches('\r').to_owned();
        let first = (at - from).min(text.len());
        let last = floor_boundary(source, place.end.clamp(at, to)) - from;
        let last = last.clamp(first, text.len());
        let cut = source[start..from].chars().count();
        Line { text, number, place: first..last, cut }
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

/// A line of a call stack.
pub struct Call<'a> {
    /// What was called.
    pub name: String,
    /// Where it was: a byte of a source.
    pub place: Option<(&'a Source, usize)>,
}

/// The calls that an error has left, the innermost first, as text: `heading`, then the innermost
/// last. Of a long stack only the ends are described.
pub fn call_stack<'a, F>(heading: &str, calls: &[F], describe: impl Fn(&F) -> Call<'a>) -> String {
    // Of a program that calls nothing there is nothing to tell.
    if calls.len() < 2 {
        return String::new();
    }
    let mut text = format!("{heading}\n");
    let hidden = calls.len().saturating_sub(2 * STACK_ENDS);
    for (index, call) in calls.iter().rev().enumerate() {
        if hidden > 1 && (STACK_ENDS..STACK_ENDS + hidden).contains(&index) {
            if index == STACK_ENDS {
                text.push_str(&format!("  ... {hidden} more calls ...\n"));
            }
            continue;
        }
        let Call { name, place } = describe(call);
        let place = place.map_or(String::new(), |(source, at)| {
            format!(" at {}:{}", clean(&source.name), line_number(&source.text, at))
        });
        text.push_str(&format!("  {name}{place}\n"));
    }
    text
}
