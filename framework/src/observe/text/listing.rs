//! The ops of a trace for readers: under headings that say which guest instruction they belong to, guards with the place
//! where the interpreter would go on.
//!
//! ```text
//! ; sum.mini:4:9 in main: ADD
//! i5 = int_add_ovf i3, i4 -> s1               ; exit 1: sum.mini:4:9
//! s1: @7 {4: i3}                              ; sum.mini:4:9
//! ```
//! Invariant: headings and remarks are comments of the text form, so what is printed can be parsed again; no addresses.

use crate::assemble::CompiledCode;
use crate::assemble::listing::Names;
use crate::observe::Source;
use crate::trace::print::{PrintOptions, print};
use crate::trace::{Opcode, Trace, Ty, desc};
use std::cell::RefCell;

/// Columns of a terminal, less the margin of what is listed.
const WIDTH: usize = 78;

/// Remarks begin in this column, if the op leaves room.
const REMARK: usize = 44;

/// A trace, line by line.
pub(super) struct Listing {
    /// One line an op.
    pub(super) ops: Vec<String>,
    /// One line a snapshot.
    snapshots: Vec<String>,
    /// The addresses behind `@0`, `@1` ..
    objects: Vec<u64>,
    /// Integer constants that are addresses, and their names.
    addresses: Vec<(u64, String)>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Names the guest instruction of the ops that follow.
    Heading,
    /// An op.
    Op,
    /// An op that may leave the trace.
    Guard,
    /// A snapshot.
    Snapshot,
}

impl Listing {
    /// The lines of this trace.
    pub(super) fn new(trace: &Trace, source: &dyn Source) -> Listing {
        let objects = RefCell::new(Vec::new());
        let number = |address: u64| {
            let mut objects = objects.borrow_mut();
            let known = objects.iter().position(|&object| object == address);
            known.unwrap_or_else(|| {
                objects.push(address);
                objects.len() - 1
            })
        };
        let name_object = |address: u64| Some(number(address).to_string());
        let name_int = |word: u64| match desc::address_name(word) {
            Some(name) => Some(name.to_owned()),
            None if source.is_object(word) => name_object(word),
            None => source.code_name(word),
        };
        let options = PrintOptions {
            name_object: Some(&name_object),
            name_int: Some(&name_int),
            ..PrintOptions::default()
        };
        let text = print(trace, &options);
        let mut ops: Vec<String> = text.lines().map(str::to_owned).collect();
        let snapshots = ops.split_off(trace.ops.len().min(ops.len()));
        let consts = trace.consts.iter().filter(|c| c.ty == Ty::Int);
        let addresses = consts.filter_map(|c| Some((c.bits, name_int(c.bits)?))).collect();
        Listing { ops, snapshots, objects: objects.into_inner(), addresses }
    }

    /// What the text calls objects and addresses, added to `known`.
    pub(super) fn names(&self, known: &Names) -> Names {
        let mut names = known.clone();
        for (address, name) in &self.addresses {
            names.name(*address, format!("&{name}"));
        }
        for (i, &object) in self.objects.iter().enumerate() {
            names.name(object, format!("@{i}"));
        }
        names
    }

    /// Ops `range`, with headings and, if there is code, the exits.
    pub(super) fn lines(
        &self,
        trace: &Trace,
        source: &dyn Source,
        code: Option<&CompiledCode>,
        range: std::ops::Range<usize>,
    ) -> Vec<(Kind, String)> {
        let mut lines = Vec::new();
        let mut place = String::new();
        for i in range {
            let op = &trace.ops[i];
            let here = source.location(op.at).short().to_string();
            if here != place {
                lines.push((Kind::Heading, format!("; {here}")));
                place = here;
            }
            let kind = if op.code.has_snapshot() && op.code != Opcode::CallGuest {
                Kind::Guard
            } else {
                Kind::Op
            };
            let exit = code.and_then(|code| code.exits.iter().position(|exit| exit.op == i));
            match (exit, trace.snapshot_of(op)) {
                (Some(exit), Some(snapshot)) => {
                    let to = source.location(snapshot.at).short_place();
                    let to = format!("exit {exit}: {to}");
                    let line = remark(&self.ops[i], &to);
                    if line.chars().count() <= WIDTH {
                        lines.push((kind, line));
                    } else {
                        lines.push((kind, self.ops[i].clone()));
                        lines.push((Kind::Heading, remark("", &to)));
                    }
                }
                _ => lines.push((kind, self.ops[i].clone())),
            }
        }
        lines
    }

    /// All snapshots, with the places where the interpreter goes on.
    pub(super) fn snapshots(&self, trace: &Trace, source: &dyn Source) -> Vec<(Kind, String)> {
        let lines = self.snapshots.iter().zip(&trace.snapshots);
        lines
            .flat_map(|(line, snapshot)| {
                let place = source.location(snapshot.at).short_place();
                wrap(&remark(line, &place)).into_iter().map(|line| (Kind::Snapshot, line))
            })
            .collect()
    }
}

fn remark(line: &str, remark: &str) -> String {
    format!("{line:<width$} ; {remark}", width = REMARK - 1)
}

/// Breaks a long list behind its commas.
fn wrap(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut width = 0;
    for item in line.split_inclusive(", ") {
        if width + item.trim_end().len() > WIDTH && width > 0 {
            lines.push("      ".to_owned());
            width = 6;
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(item);
        }
        width += item.len();
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}
