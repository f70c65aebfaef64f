//! `--stats`: what the JIT did, in numbers, for people and for programs.
//!
//! The JSON form is one object on one line. Its keys are stable; new ones may be added.
//!
//! ```text
//! version             1
//! time                {total_ns, record_ns, optimize_ns, assemble_ns}
//! recordings          recordings begun
//! loops, bridges      traces compiled
//! aborts              recordings given up
//! aborts_by_reason    {reason: number}
//! entries, exits      into machine code from the interpreter, and back
//! resumes             instructions finished after an exit in their middle
//! evicted             traces thrown away for want of code memory
//! invalidated         traces given up because something they relied on changed
//! ops, guards, allocations
//!                     {recorded, optimized}, over all compiled traces; allocations in a loop's body only
//! code_bytes          of all compiled traces
//! collector           {minor, major, promoted_bytes, live_bytes, peak_bytes, total_ns, longest_ns}
//! shapes              {made, transitions, generalizations, migrations, spills, dictionaries}: of objects
//! inline_caches       {uninitialized, monomorphic, polymorphic, megamorphic, hits, global_hits, misses}: the interpreter's
//! passes              {fed, pass: {removed, rewritten}}
//! traces              [{id, kind: loop | bridge, place, function, parent_trace, parent_exit, end: own | loop | entry | leave,
//!                       end_trace, ops_recorded, ops, guards_recorded, guards, allocations_recorded, allocations,
//!                       bytes, entries, exits: [{exit, count, bridge, op, place}]}]
//! ```
//! Invariant: counts are those of [`Stats`]; a share of nothing is 0 %.

mod memory;
mod shapes;

use super::json::Json;
use super::stats::{ExitStats, Stats, TraceEnd, TraceStats};
use crate::optimize::PassId;
use std::fmt::Write;

/// Exits that are listed.
const TOP: usize = 10;

impl Stats {
    /// Recordings given up.
    ///
    /// ```
    /// assert_eq!(holloway::observe::Stats::default().abort_count(), 0);
    /// ```
    pub fn abort_count(&self) -> u64 {
        self.aborts.iter().map(|a| a.1).sum()
    }

    /// Ops recorded and ops left, over all compiled traces.
    fn op_counts(&self) -> [u64; 2] {
        [0, 1].map(|i| self.traces.iter().map(|t| t.ops[i] as u64).sum())
    }

    fn guard_counts(&self) -> [u64; 2] {
        [0, 1].map(|i| self.traces.iter().map(|t| t.guards[i] as u64).sum())
    }

    fn allocation_counts(&self) -> [u64; 2] {
        [0, 1].map(|i| self.traces.iter().map(|t| t.allocations[i] as u64).sum())
    }

    /// What is counted before and after optimization.
    fn before_and_after(&self) -> [(&'static str, [u64; 2]); 3] {
        [
            ("ops", self.op_counts()),
            ("guards", self.guard_counts()),
            ("allocations", self.allocation_counts()),
        ]
    }

    fn code_bytes(&self) -> u64 {
        self.traces.iter().map(|t| t.bytes as u64).sum()
    }

    /// The text form: shares in percent, the largest first.
    ///
    /// ```
    /// let text = holloway::observe::Stats::default().to_text();
    /// assert!(text.starts_with("JIT statistics\n"));
    /// ```
    pub fn to_text(&self) -> String {
        let mut text = String::from("JIT statistics\n");
        // Writing to a string does not fail.
        let _ = self.write_text(&mut text);
        text
    }

    fn write_text(&self, out: &mut String) -> std::fmt::Result {
        let jit = self.record_nanos + self.optimize_nanos + self.assemble_nanos;
        let total = self.total_nanos;
        let (share, all) = (percent(jit, total), time(total));
        writeln!(out, "  time in the JIT  {}, {share} of {all}", time(jit))?;
        let mut stages = [
            ("recording", self.record_nanos),
            ("optimizing", self.optimize_nanos),
            ("assembling", self.assemble_nanos),
        ];
        stages.sort_by_key(|stage| std::cmp::Reverse(stage.1));
        for (stage, nanos) in stages {
            writeln!(out, "    {stage:<14} {:>10} {:>7}", time(nanos), percent(nanos, jit))?;
        }
        let (begun, aborts) = (self.recordings, self.abort_count());
        let (loops, bridges) = (self.loops, self.bridges);
        let functions = match self.functions {
            0 => String::new(),
            n => format!("{n} functions, "),
        };
        writeln!(
            out,
            "  recordings       {begun} begun: {loops} loops, {functions}{bridges} bridges, {aborts} given up"
        )?;
        let mut reasons = self.aborts.clone();
        reasons.sort_by_key(|r| (std::cmp::Reverse(r.1), r.0));
        for (reason, n) in reasons {
            let share = percent(n, aborts);
            writeln!(out, "    {:<14} {n:>10} {share:>7}  {}", reason.name(), reason.advice())?;
        }
        for (what, [before, after]) in self.before_and_after() {
            let left = percent(after, before);
            writeln!(out, "  {what:<16} {before} recorded, {after} left ({left})")?;
        }
        self.write_passes(out)?;
        let (bytes, traces) = (self.code_bytes(), self.traces.len());
        writeln!(
            out,
            "  machine code     {bytes} bytes in {traces} traces, {} evicted, {} invalidated",
            self.evicted, self.invalidated
        )?;
        let (entries, exits, resumes) = (self.entries, self.exits, self.resumes);
        writeln!(out, "  entries          {entries} from the interpreter")?;
        writeln!(out, "  exits            {exits} to it, {resumes} of them in mid-instruction")?;
        self.shapes.write(out)?;
        self.memory.write(out)?;
        self.write_exits(out)
    }

    fn write_passes(&self, out: &mut String) -> std::fmt::Result {
        let mut passes = PassId::ALL;
        passes.sort_by_key(|&p| std::cmp::Reverse(self.passes.removed_by(p)));
        let fed = u64::from(self.passes.fed);
        writeln!(out, "  passes           {fed} ops fed; removed, rewritten:")?;
        for pass in passes {
            let (removed, rewritten) =
                (self.passes.removed_by(pass), self.passes.rewritten_by(pass));
            if (removed, rewritten) != (0, 0) {
                let share = percent(removed.into(), fed);
                writeln!(out, "    {:<14} {removed:>10} {share:>7} {rewritten:>10}", pass.name())?;
            }
        }
        Ok(())
    }

    /// The exits most taken.
    fn write_exits(&self, out: &mut String) -> std::fmt::Result {
        let each = |t: &TraceStats| -> Vec<(u32, usize, ExitStats)> {
            t.exits.iter().cloned().enumerate().map(|(i, e)| (t.id, i, e)).collect()
        };
        let mut taken: Vec<_> =
            self.traces.iter().flat_map(each).filter(|e| e.2.count > 0).collect();
        taken.sort_by_key(|e| (std::cmp::Reverse(e.2.count), e.0, e.1));
        let all: u64 = taken.iter().map(|e| e.2.count).sum();
        for (trace, i, exit) in taken.iter().take(TOP) {
            let bridge = exit.bridge.map_or(String::new(), |b| format!(", now bridge {b}"));
            let (count, share) = (exit.count, percent(exit.count, all));
            let (place, op) = (exit.location.short_place(), exit.op.name());
            writeln!(
                out,
                "    {count:>8} {share:>6}  trace {trace} exit {i}: {place}, {op}{bridge}"
            )?;
        }
        if taken.len() > TOP {
            writeln!(out, "    {:>16} others", taken.len() - TOP)?;
        }
        Ok(())
    }

    /// The JSON form, see the module.
    ///
    /// ```
    /// let json = holloway::observe::Stats::default().to_json();
    /// assert!(json.starts_with('{') && json.contains("\"version\":1"));
    /// ```
    pub fn to_json(&self) -> String {
        Json::document(|json| {
            json.number("version", 1);
            json.object("time", |json| {
                json.number("total_ns", self.total_nanos);
                json.number("record_ns", self.record_nanos);
                json.number("optimize_ns", self.optimize_nanos);
                json.number("assemble_ns", self.assemble_nanos);
            });
            json.number("recordings", self.recordings);
            json.number("loops", self.loops);
            json.number("functions", self.functions);
            json.number("bridges", self.bridges);
            json.number("aborts", self.abort_count());
            json.object("aborts_by_reason", |json| {
                self.aborts.iter().for_each(|(reason, n)| json.number(reason.name(), *n));
            });
            json.number("entries", self.entries);
            json.number("exits", self.exits);
            json.number("resumes", self.resumes);
            json.number("evicted", self.evicted);
            json.number("invalidated", self.invalidated);
            for (key, [before, after]) in self.before_and_after() {
                json.object(key, |json| {
                    json.number("recorded", before);
                    json.number("optimized", after);
                });
            }
            json.number("code_bytes", self.code_bytes());
            self.shapes.json(json);
            self.memory.json(json);
            json.object("passes", |json| {
                json.number("fed", self.passes.fed.into());
                for pass in PassId::ALL {
                    json.object(pass.name(), |json| {
                        json.number("removed", self.passes.removed_by(pass).into());
                        json.number("rewritten", self.passes.rewritten_by(pass).into());
                    });
                }
            });
            json.objects("traces", &self.traces, trace_json);
        })
    }
}

fn trace_json(json: &mut Json, trace: &TraceStats) {
    json.number("id", trace.id.into());
    let kind = match (trace.parent, trace.is_function) {
        (Some(_), _) => "bridge",
        (None, true) => "function",
        (None, false) => "loop",
    };
    json.string("kind", kind);
    json.string("place", &trace.place);
    json.string("function", &trace.function);
    json.optional("parent_trace", trace.parent.map(|p| p.0));
    json.optional("parent_exit", trace.parent.map(|p| p.1));
    let (end, other) = match trace.end {
        TraceEnd::Own => ("own", None),
        TraceEnd::Loop(id) => ("loop", Some(id)),
        TraceEnd::Entry(id) => ("entry", Some(id)),
        TraceEnd::Return => ("return", None),
        TraceEnd::Leave => ("leave", None),
    };
    json.string("end", end);
    json.optional("end_trace", other);
    json.number("ops_recorded", trace.ops[0] as u64);
    json.number("ops", trace.ops[1] as u64);
    json.number("guards_recorded", trace.guards[0] as u64);
    json.number("guards", trace.guards[1] as u64);
    json.number("allocations_recorded", trace.allocations[0] as u64);
    json.number("allocations", trace.allocations[1] as u64);
    json.number("bytes", trace.bytes as u64);
    json.number("entries", trace.entries);
    json.objects("exits", trace.exits.iter().enumerate(), |json, (i, exit)| {
        json.number("exit", i as u64);
        json.number("count", exit.count);
        json.optional("bridge", exit.bridge);
        json.string("op", exit.op.name());
        json.string("place", &exit.location.place());
    });
}

/// `12.3 us`, `1.234 s`
fn time(nanos: u64) -> String {
    match nanos {
        0..1_000 => format!("{nanos} ns"),
        1_000..1_000_000 => format!("{:.1} us", nanos as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", nanos as f64 / 1e6),
        _ => format!("{:.3} s", nanos as f64 / 1e9),
    }
}

fn percent(part: u64, of: u64) -> String {
    let share = if of == 0 { 0.0 } else { part as f64 * 100.0 / of as f64 };
    format!("{share:.1} %")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Abort;

    #[test]
    fn nothing_happened_is_a_report_too() {
        let stats = Stats::default();
        assert!(stats.to_text().contains("0 begun: 0 loops, 0 bridges, 0 given up"));
        assert!(stats.to_json().starts_with(r#"{"version":1,"time":{"total_ns":0,"#));
    }

    #[test]
    fn aborts_are_counted_by_reason() {
        let stats =
            Stats { aborts: vec![(Abort::TooLong, 2), (Abort::Error, 1)], ..Stats::default() };
        assert!(
            stats.to_json().contains(r#""aborts":3,"aborts_by_reason":{"too_long":2,"error":1}"#)
        );
        assert!(stats.to_text().contains("66.7 %"));
    }
}
