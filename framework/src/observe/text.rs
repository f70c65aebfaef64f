//! `--trace`: what the JIT did, as text for people.
//!
//! ```text
//! [trace 1 start] sum.mini:3:5 in main: LOOP, after 59 passes
//! [trace 1 recorded] 23 ops, 9 guards
//!     ; sum.mini:4:9 in main: ADD
//!     i5 = int_add_ovf i3, i4 -> s1
//! [trace 1 optimized] 17 ops, 4 guards; fold 3, pure 2
//! [trace 1 code] 212 bytes
//! [trace 1 done] loop at sum.mini:3:5, closes on itself
//!     ops 23 -> 17, guards 9 -> 4, 212 bytes
//! [trace 2 start] bridge of trace 1 exit 2, sum.mini:5:9 in main: LESS, after 7 exits
//! [trace 2 abort] sum.mini:9:3 in f: ADD: too_long, the recording got longer than the limit
//! [end] 1 loop, 1 bridge, 1 recording given up
//! ```
//! Every event begins with a line of its own in column 1 that starts with `[`; everything else is indented.
//! Invariant: two runs of a deterministic program give the same text: no times, no addresses.

mod listing;
#[cfg(test)]
mod tests;
mod tree;

use super::paint::{Ink, Paint};
use super::{Event, Observer, Source, Stage, Stages, Stats, Why};
use crate::assemble::CompiledCode;
use crate::assemble::listing as machine;
use crate::optimize::{Counts, PassId};
use crate::record::Abort;
use crate::trace::{Trace, TraceId};
use listing::Listing;
use std::io::Write;

/// Ops of an abandoned recording that are shown: its last ones.
const SHOWN_OF_ABORTED: usize = 12;

/// Writes events as text.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// use holloway::observe::{Stages, TraceText};
///
/// # fn main() {
/// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
/// runtime.observe(Box::new(TraceText::new(Box::new(std::io::stderr()), false, Stages::EVENTS)));
/// runtime.run(At { code: COUNTDOWN, pc: 0, sp: 1 }, 1, &[Val::int(100_000)]).unwrap();
/// runtime.finish(); // writes the counts of all exits
/// # }
/// ```
pub struct TraceText {
    out: Option<Box<dyn Write>>,
    paint: Paint,
    stages: Stages,
    /// Entries and loop heads of the traces so far.
    names: machine::Names,
}

impl TraceText {
    /// Writes these parts to `out`; in colour, if it is a terminal.
    pub fn new(out: Box<dyn Write>, color: bool, stages: Stages) -> TraceText {
        TraceText {
            out: Some(out),
            paint: Paint { color },
            stages,
            names: machine::Names::default(),
        }
    }

    /// Writes a line. After an error nothing more is written: there is nobody to tell.
    fn line(&mut self, indent: usize, ink: Ink, text: &str) {
        let Some(out) = &mut self.out else { return };
        let text = self.paint.commented(ink, text);
        if writeln!(out, "{:indent$}{text}", "").is_err() {
            self.out = None;
        }
    }

    /// Writes a text that may be too long for a line.
    fn folded_line(&mut self, indent: usize, ink: Ink, text: &str) {
        let (first, mut rest) = folded(text, COLUMNS.saturating_sub(indent));
        self.line(indent, ink, first);
        while !rest.is_empty() {
            let (line, more) = folded(rest, COLUMNS.saturating_sub(indent + 4));
            self.line(indent + 4, ink, line);
            rest = more;
        }
    }

    fn flush(&mut self) {
        if self.out.as_mut().is_some_and(|out| out.flush().is_err()) {
            self.out = None;
        }
    }

    /// `[trace 3 start] ..`
    fn head(&mut self, id: TraceId, what: &str, text: &str) {
        let ink = if what == "abort" { Ink::Bad } else { Ink::Head };
        let head = format!("[trace {} {what}]", id.0);
        let (first, mut rest) = folded(text, COLUMNS.saturating_sub(head.len() + 1));
        let head = self.paint.ink(ink, &head);
        self.line(0, Ink::Plain, &format!("{head} {first}"));
        // Between a head and its ops stands nothing that does not parse.
        let lead = if what == "optimized" { "; " } else { "" };
        while !rest.is_empty() {
            let (line, more) = folded(rest, COLUMNS - 6);
            self.line(4, Ink::Plain, &format!("{lead}{line}"));
            rest = more;
        }
    }

    fn ops(&mut self, lines: Vec<(listing::Kind, String)>) {
        for (kind, line) in lines {
            let ink = match kind {
                listing::Kind::Heading => Ink::Dim,
                listing::Kind::Guard => Ink::Guard,
                listing::Kind::Op | listing::Kind::Snapshot => Ink::Plain,
            };
            self.line(2, ink, &line);
        }
    }

    fn recorded(&mut self, id: TraceId, recording: &Trace, source: &dyn Source) {
        self.head(id, "recorded", &counted(recording));
        let listing = Listing::new(recording, source);
        self.ops(listing.lines(recording, source, None, 0..recording.ops.len()));
        self.ops(listing.snapshots(recording, source));
    }

    fn compiled(&mut self, compiled: &Compiled<'_>, source: &dyn Source) {
        let Compiled { id, trace, counts, code, bytes } = *compiled;
        let listing = Listing::new(trace, source);
        if self.stages.has(Stage::Opt) {
            let passes = passes(counts);
            let passes = if passes.is_empty() { passes } else { format!("; {passes}") };
            self.head(id, "optimized", &format!("{}{passes}", counted(trace)));
            self.ops(listing.lines(trace, source, Some(code), 0..trace.ops.len()));
            self.ops(listing.snapshots(trace, source));
        }
        if self.stages.has(Stage::Asm) {
            self.head(id, "code", &format!("{} bytes", code.range.len()));
            let names = listing.names(&self.names);
            for (kind, line) in machine::lines(trace, &listing.ops, code, bytes, &names) {
                match kind {
                    machine::Kind::Label => self.folded_line(2, Ink::Label, &line),
                    machine::Kind::Op => self.folded_line(4, Ink::Dim, &line),
                    machine::Kind::Instruction => self.folded_line(6, Ink::Plain, &line),
                }
            }
        }
    }

    fn aborted(
        &mut self,
        id: TraceId,
        (reason, detail): (Abort, &str),
        recording: &Trace,
        place: &str,
        source: &dyn Source,
    ) {
        if self.stages.has(Stage::Hot) {
            self.head(id, "abort", &format!("{place}: {}, {}", reason.name(), reason.what()));
            self.line(4, Ink::Plain, &format!("what to do: {}", reason.advice()));
            if !detail.is_empty() {
                self.line(4, Ink::Plain, detail);
            }
        }
        if self.stages.has(Stage::Rec) {
            let all = recording.ops.len();
            let first = all.saturating_sub(SHOWN_OF_ABORTED);
            let which = if first == 0 { String::new() } else { ", the last ones".to_owned() };
            self.head(id, "recorded", &format!("{}{which}", counted(recording)));
            let listing = Listing::new(recording, source);
            self.ops(listing.lines(recording, source, None, first..all));
        }
    }
}

/// The parts of [`Event::Compiled`] that are shown op by op.
#[derive(Clone, Copy)]
struct Compiled<'a> {
    id: TraceId,
    trace: &'a Trace,
    counts: &'a Counts,
    code: &'a CompiledCode,
    bytes: &'a [u8],
}

impl Observer for TraceText {
    fn event(&mut self, event: &Event<'_>, source: &dyn Source, stats: &Stats) {
        let hot = self.stages.has(Stage::Hot);
        match *event {
            Event::Start { id, at, parent, is_function, count } if hot => {
                let place = source.location(at).short().to_string();
                let text = match parent {
                    None if count == 0 => format!("{place}, another version"),
                    None if is_function => {
                        format!("function, {place}, after {}", plural(count, "call"))
                    }
                    None => format!("{place}, after {}", plural(count, "pass")),
                    Some((trace, exit)) => format!(
                        "bridge of trace {} exit {exit}, {place}, after {}",
                        trace.0,
                        plural(count, "exit")
                    ),
                };
                self.head(id, "start", &text);
            }
            Event::Start { .. } => {}
            Event::Wait { id, at } => {
                if hot {
                    let place = source.location(at).short_place();
                    self.head(id, "wait", &format!("no version of the loop at {place} fits"));
                }
            }
            Event::Abort { id, at, reason, detail, recording } => {
                let place = source.location(at).to_string();
                self.aborted(id, (reason, detail), recording, &place, source);
            }
            Event::Compiled {
                id,
                at,
                parent,
                is_function,
                recording,
                trace,
                counts,
                code,
                bytes,
                ..
            } => {
                if self.stages.has(Stage::Rec) {
                    self.recorded(id, recording, source);
                }
                self.compiled(&Compiled { id, trace, counts, code, bytes }, source);
                self.names.learn(id, code);
                if hot {
                    let what = match parent {
                        None if is_function => {
                            format!("function at {}", source.location(at).short_place())
                        }
                        None => format!("loop at {}", source.location(at).short_place()),
                        Some((trace, exit)) => format!("bridge of trace {} exit {exit}", trace.0),
                    };
                    let end = tree::end_text(super::TraceEnd::of(trace));
                    let sizes = format!(
                        "ops {} -> {}, guards {} -> {}, {} bytes",
                        recording.ops.len(),
                        trace.ops.len(),
                        guards(recording),
                        guards(trace),
                        code.range.len()
                    );
                    let allocations = match super::stats::allocations(recording, trace) {
                        [0, 0] => String::new(),
                        [all, 0] => format!(", without its {}", plural(all as u32, "allocation")),
                        [all, left] => {
                            format!(", {left} of {} left", plural(all as u32, "allocation"))
                        }
                    };
                    self.head(id, "done", &format!("{what}, {end}{allocations}"));
                    self.line(4, Ink::Plain, &sizes);
                }
            }
            Event::Evicted { traces } => {
                if hot {
                    let text = format!("{} thrown away", plural(traces.len() as u32, "trace"));
                    self.line(0, Ink::Head, &format!("[evict] {text}"));
                }
            }
            Event::Invalidated { traces, why } => {
                if hot {
                    let numbers: Vec<String> = traces.iter().map(|t| t.0.to_string()).collect();
                    let (numbers, is_one) = (numbers.join(", "), traces.len() == 1);
                    let text = match (why, is_one) {
                        (Why::Changed, true) => {
                            format!("trace {numbers}: what it relies on has changed")
                        }
                        (Why::Changed, false) => {
                            format!("traces {numbers}: what they rely on has changed")
                        }
                        (Why::Inlined, true) => {
                            format!("trace {numbers}: inlines what had better be called")
                        }
                        (Why::Inlined, false) => {
                            format!("traces {numbers}: inline what had better be called")
                        }
                    };
                    self.line(0, Ink::Head, &format!("[invalid] {text}"));
                }
            }
            Event::End => {
                if self.stages.has(Stage::End) {
                    for (indent, ink, line) in tree::lines(stats) {
                        self.folded_line(indent, ink, &line);
                    }
                }
            }
        }
        self.flush();
    }
}

/// Lines of terminals are that wide.
const COLUMNS: usize = 80;

/// A text up to a comma within so many columns, or another good place, and what follows.
fn folded(text: &str, columns: usize) -> (&str, &str) {
    if text.chars().count() <= columns {
        return (text, "");
    }
    let end = text.char_indices().nth(columns).map_or(text.len(), |(end, _)| end);
    let after = |mark: &str| {
        let at = text[..end].rfind(mark).filter(|&at| at > columns / 4)?;
        Some((text[..at + mark.len()].trim_end(), text[at + mark.len()..].trim_start()))
    };
    ["; ", ", ", " / ", "  ", " "].into_iter().find_map(after).unwrap_or((text, ""))
}

fn guards(trace: &Trace) -> usize {
    trace.ops.iter().filter(|op| op.code.is_guard()).count()
}

fn counted(trace: &Trace) -> String {
    format!("{}, {}", plural(trace.ops.len() as u32, "op"), plural(guards(trace) as u32, "guard"))
}

/// `1 op`, `2 ops`, `3 passes`
fn plural(count: u32, what: &str) -> String {
    let ending = match (count, what.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        _ => "s",
    };
    format!("{count} {what}{ending}")
}

/// What each pass removed (and rewrote): `fold 12+3, pure 5`.
pub(super) fn passes(counts: &Counts) -> String {
    let busy = PassId::ALL.into_iter().filter_map(|pass| {
        let (removed, rewritten) = (counts.removed_by(pass), counts.rewritten_by(pass));
        match (removed, rewritten) {
            (0, 0) => None,
            (_, 0) => Some(format!("{} {removed}", pass.name())),
            _ => Some(format!("{} {removed}+{rewritten}", pass.name())),
        }
    });
    busy.collect::<Vec<_>>().join(", ")
}
