//! Errors of Mini as people see them. A report is the same whatever engine ran the program.

use frontend::{Call, Reporter, Source, call_stack};

use crate::error::{Error, Failure, Place};
use crate::host::Host;
use crate::syntax::SyntaxError;
use crate::value::show;

/// Syntax errors, one after the other.
pub fn syntax(reporter: Reporter, source: &Source, errors: &[SyntaxError]) -> String {
    errors.iter().map(|e| reporter.at(source, e.span.range(), None, &e.message)).collect()
}

/// A run-time error that nobody caught. `sources` are those that its places mean.
pub fn failure(reporter: Reporter, host: &Host, sources: &[Source], error: &Error) -> String {
    let (kind, message) = match error.failure() {
        Failure::Error { kind, message } => (Some(kind.text()), message.clone()),
        Failure::Thrown(value) => (None, show::plain_repr(host, *value)),
        Failure::Uncaught { kind, message } => (kind.as_deref(), message.clone()),
        Failure::Exit(_) => return String::new(),
        Failure::Interrupted => return reporter.plain("interrupted"),
    };
    let mut report = match error.origin().and_then(|o| Some((source_of(sources, o)?, o.span))) {
        Some((source, span)) => reporter.at(source, span.range(), kind, &message),
        None => reporter.plain(&message),
    };
    report.push_str(&call_stack("call stack, innermost last:", error.frames(), |frame| Call {
        name: match frame.function {
            Some(function) => host.describe_function(function),
            None => "the program".to_owned(),
        },
        place: source_of(sources, frame.place).map(|s| (s, frame.place.span.start as usize)),
    }));
    report
}

fn source_of(sources: &[Source], place: Place) -> Option<&Source> {
    sources.get(place.source as usize)
}

#[cfg(test)]
mod tests;
