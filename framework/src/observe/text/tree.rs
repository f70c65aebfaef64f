//! The end of the story: every trace with its exits, and bridges below the exits that they grow from.
//!
//! ```text
//! [end] 1 loop, 1 bridge, 0 recordings given up; 3 entries, 9 exits
//!   trace 1: loop at sum.mini:3:5 in main, closes on itself; entered 3 times
//!     exit 0          2  sum.mini:3:5: LOOP  (int_add_ovf)
//!     exit 2          7  sum.mini:5:9: LESS  (guard_true)
//!       trace 2: bridge, joins the loop of trace 1
//!     5 exits were never taken
//! ```
//! Invariant: every trace that was ever compiled stands there once.

use super::Ink;
use crate::observe::{Stats, TraceEnd, TraceStats};

/// The lines, each with its indentation.
pub(super) fn lines(stats: &Stats) -> Vec<(usize, Ink, String)> {
    let aborts: u64 = stats.aborts.iter().map(|a| a.1).sum();
    let count = |n: u64, what: &str| super::plural(n as u32, what);
    let head = format!(
        "[end] {}, {}{}, {} given up; {}, {}",
        count(stats.loops, "loop"),
        match stats.functions {
            0 => String::new(),
            n => format!("{}, ", count(n, "function")),
        },
        count(stats.bridges, "bridge"),
        count(aborts, "recording"),
        match stats.entries {
            1 => "1 entry".to_owned(),
            n => format!("{n} entries"),
        },
        count(stats.exits, "exit"),
    );
    let mut lines = vec![(0, Ink::Head, head)];
    for trace in &stats.traces {
        let orphan = |parent: (u32, u32)| !stats.traces.iter().any(|t| t.id == parent.0);
        if trace.parent.is_none_or(orphan) {
            trace_lines(stats, trace, 2, &mut lines);
        }
    }
    for (reason, n) in &stats.aborts {
        lines.push((
            2,
            Ink::Plain,
            format!("given up {n} times: {}, {}", reason.name(), reason.what()),
        ));
    }
    lines
}

fn trace_lines(
    stats: &Stats,
    trace: &TraceStats,
    indent: usize,
    lines: &mut Vec<(usize, Ink, String)>,
) {
    let end = end_text(trace.end);
    let head = match trace.parent {
        Some(_) => format!("trace {}: bridge, {end}", trace.id),
        None if trace.is_function => {
            let entered = super::plural(trace.entries as u32, "time");
            let (id, place, name) = (trace.id, &trace.place, &trace.function);
            format!("trace {id}: function {name} at {place}, {end}; entered {entered}")
        }
        None => {
            let function = match trace.function.as_str() {
                "" => String::new(),
                name => format!(" in {name}"),
            };
            let entered = super::plural(trace.entries as u32, "time");
            format!(
                "trace {}: loop at {}{function}, {end}; entered {entered}",
                trace.id, trace.place
            )
        }
    };
    lines.push((indent, Ink::Label, head));
    let mut never = 0;
    for (i, exit) in trace.exits.iter().enumerate() {
        let grown = stats.traces.iter().filter(|t| t.parent == Some((trace.id, i as u32)));
        let grown: Vec<&TraceStats> = grown.collect();
        if exit.count == 0 && grown.is_empty() {
            never += 1;
            continue;
        }
        let location = &exit.location;
        let opcode = match location.opcode.as_str() {
            "" => String::new(),
            opcode => format!(": {opcode}"),
        };
        let place = format!("{}{opcode}", location.short_place());
        let line = format!("exit {i:<4} {:>9}  {place}  ({})", exit.count, exit.op.name());
        lines.push((indent + 2, Ink::Plain, line));
        for bridge in grown {
            trace_lines(stats, bridge, indent + 4, lines);
        }
    }
    match never {
        0 => {}
        1 => lines.push((indent + 2, Ink::Dim, "1 exit was never taken".to_owned())),
        n => lines.push((indent + 2, Ink::Dim, format!("{n} exits were never taken"))),
    }
}

/// Where a trace goes when it is through, in words.
pub(super) fn end_text(end: TraceEnd) -> String {
    match end {
        TraceEnd::Own => "closes on itself".to_owned(),
        TraceEnd::Loop(id) => format!("joins the loop of trace {id}"),
        TraceEnd::Entry(id) => format!("enters trace {id} through memory"),
        TraceEnd::Return => "returns".to_owned(),
        TraceEnd::Leave => "leaves for the interpreter".to_owned(),
    }
}
