//! Errors of Lisp as people see them.

use frontend::{Call, Reporter, Source, call_stack};

use crate::error::{Error, Failure, Frame};
use crate::machine::Machine;
use crate::syntax::Span;

/// The report about an error that nobody handled.
pub fn failure(reporter: Reporter, machine: &Machine, error: &Error) -> String {
    if let Failure::Exit(_) = error.failure() {
        return String::new();
    }
    let message = machine.error_text(error);
    let sources = &machine.sources;
    let calls: Vec<&Frame> =
        error.frames().iter().filter(|f| is_visible(sources, f.span)).collect();
    let place = error.span().or_else(|| calls.first().map(|f| f.span));
    let mut report = match place.and_then(|span| Some((source_of(sources, span)?, span))) {
        Some((source, span)) => {
            reporter.at(source, span.start as usize..span.end as usize, None, &message)
        }
        None => reporter.plain(&message),
    };
    let heading = "call stack, innermost last (tail calls left no trace):";
    report.push_str(&call_stack(heading, &calls, |call| Call {
        name: call.name.as_deref().unwrap_or("a procedure").to_owned(),
        place: source_of(sources, call.span).map(|source| (source, call.span.start as usize)),
    }));
    report
}

fn source_of(sources: &[Source], span: Span) -> Option<&Source> {
    sources.get(span.source as usize)
}

/// Does a place stand in the program, not in a library of the system?
fn is_visible(sources: &[Source], span: Span) -> bool {
    source_of(sources, span).is_some_and(|s| !s.name.starts_with("<lisp"))
}
