//! From a finished recording to machine code that can be entered; or to a penalty.
//!
//! Invariant: nothing is installed unless every step succeeded.

use super::driver::{CompiledTrace, Jit};
use super::invalidate;
use super::oracle::Seen;
use crate::assemble::{self, AssembleError, CodeMemory, EntryFrom, TargetInfo};
use crate::bridge::ExitState;
use crate::exit::state;
use crate::language::{Language, Runtime};
use crate::observe::{Event, TraceEnd};
use crate::optimize::{
    self, BridgeEnd, Convention, Conventions, Counts, GiveUp, Options, PassId, PassSet, Prefix,
};
use crate::record::Abort;
use crate::record::recorder::{Ending, Recorder};
use crate::trace::{KeyId, Slot, Trace, TraceId};
use hashbrown::HashSet;
use std::time::Instant;

/// What came of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compiled {
    /// It is compiled or given up.
    Settled,
    /// It ends at a loop none of whose versions fits: another version is wanted first.
    WantsVersion,
}

/// What the optimizer is given besides the recording: what folding may know, and where the passes count.
#[derive(Default)]
struct Aid {
    seen: Seen,
    counts: Counts,
}

impl Aid {
    fn options<'a>(seen: &'a Seen, passes: PassSet, conventions: &'a Conventions) -> Options<'a> {
        Options { passes, oracle: seen, generalize: false, conventions: Some(conventions) }
    }
}

/// Compiles a recording, if it ended well. `patient`: wait for a fitting version of the loop that it joins.
pub(super) fn compile<L: Language>(
    rt: &mut Runtime<L>,
    recorder: &Recorder,
    record_nanos: u64,
    patient: bool,
) -> Compiled {
    let mut ending = recorder.ending.unwrap_or(Ending::Abort(Abort::Bug));
    if let Some(code) = rt.jit.strayed.take() {
        invalidate::forget_open(rt, code);
    }
    rt.settle_validity();
    let grows_from_invalid = recorder
        .parent
        .is_some_and(|(t, _)| rt.jit.trace(t).is_none() || rt.jit.invalid.contains(&t));
    if grows_from_invalid || !rt.are_valid(&recorder.relies_on) {
        ending = Ending::Abort(Abort::Invalid);
    }
    let began = Instant::now();
    let mut aid = Aid::default();
    if !matches!(ending, Ending::Abort(_)) {
        aid.seen = Seen::new(recorder, rt.heap());
    }
    let has_convention = recorder.parent.is_none() && recorder.function.is_some();
    if has_convention {
        let convention = match ending {
            Ending::Finish => {
                let height = frame_words(rt, recorder.start);
                Convention::of(&recorder.trace, recorder.start, height)
            }
            // What it jumps to may look at anything.
            _ => None,
        };
        rt.jit.conventions.begin(recorder.start, convention);
    }
    let optimized = match ending {
        Ending::Abort(reason) => Err((reason, String::new())),
        Ending::Loop => optimize_own_loop(rt, recorder, &mut aid),
        Ending::Leave => optimize_towards(rt, recorder, BridgeEnd::Leave, &mut aid)
            .map_err(|e| (Abort::Bug, format!("{e:?}"))),
        Ending::Finish => optimize_towards(rt, recorder, BridgeEnd::Finish, &mut aid)
            .map_err(|e| (Abort::Bug, format!("{e:?}"))),
        Ending::Join { header, base } => {
            match join(rt, recorder, (header, base), patient, &mut aid) {
                Some(joined) => joined,
                None => {
                    rt.jit.conventions.end(false);
                    return Compiled::WantsVersion;
                }
            }
        }
    };
    let optimize_nanos = began.elapsed().as_nanos() as u64;
    rt.jit.stats.optimize_nanos += optimize_nanos;
    let trace = match optimized {
        Ok(trace) => trace,
        Err((reason, detail)) => {
            rt.jit.conventions.end(false);
            give_up(rt, recorder, reason, &detail);
            return Compiled::Settled;
        }
    };
    if cfg!(debug_assertions)
        && let Err(error) = crate::trace::verify::verify(&trace)
    {
        panic!("the optimizer made a malformed trace: {error}\n{}", show(&trace));
    }
    let began = Instant::now();
    let assembled = assemble_trace(rt, recorder, &trace);
    let nanos = [record_nanos, optimize_nanos, began.elapsed().as_nanos() as u64];
    rt.jit.stats.assemble_nanos += nanos[2];
    match assembled {
        Ok(code) => install(rt, recorder, trace, code, &aid.counts, nanos),
        Err(error) => {
            rt.jit.conventions.end(false);
            give_up(rt, recorder, Abort::NoCode, &error.to_string());
            if error == AssembleError::OutOfCodeMemory {
                super::evict::evict_old(rt);
            }
        }
    }
    Compiled::Settled
}

/// Words in use in the frame of a function that begins here.
fn frame_words<L: Language>(rt: &Runtime<L>, start: KeyId) -> i32 {
    i32::from(rt.jit.keys.get(start).sp) * 2
}

/// May this bridge look at words of its function's frame that the caller has not written?
fn completes<L: Language>(rt: &Runtime<L>, parent: TraceId, bridge: &Trace) -> bool {
    let mut root = rt.jit.trace(parent);
    while let Some((next, _)) = root.and_then(|trace| trace.parent) {
        root = rt.jit.trace(next);
    }
    let Some(root) = root else { return true };
    let convention = root.convention.and_then(|number| rt.jit.conventions.get(number));
    convention.is_some_and(|c| c.is_broken_by(bridge, frame_words(rt, root.start)))
}

fn show(trace: &Trace) -> String {
    crate::trace::print::print(trace, &crate::trace::print::PrintOptions::default())
}

type Optimized = Result<Trace, (Abort, String)>;

/// A loop that closes on itself.
fn optimize_own_loop<L: Language>(
    rt: &mut Runtime<L>,
    recorder: &Recorder,
    aid: &mut Aid,
) -> Optimized {
    let id = rt.jit.next_id();
    let (code, site) = rt.jit.keys.site(recorder.start);
    let passes = rt.jit.options.passes;
    let mut options = Aid::options(&aid.seen, passes, &rt.jit.conventions);
    let first = optimize::optimize_loop(&recorder.trace, id, &options, &mut aid.counts);
    match first {
        Ok(trace) => Ok(trace),
        Err(error @ GiveUp::TypeUnstable { .. }) => {
            let cell = rt.jit.counters.cell(code, site);
            cell.unstable += 1;
            if cell.unstable <= 3 {
                return Err((Abort::Unstable, format!("{error:?}")));
            }
            options.generalize = true;
            let again = optimize::optimize_loop(&recorder.trace, id, &options, &mut aid.counts);
            if let Ok(trace) = again {
                return Ok(trace);
            }
            options.passes = passes.without(PassId::Peel);
            optimize::optimize_loop(&recorder.trace, id, &options, &mut aid.counts)
                .map_err(|e| (Abort::Unstable, format!("{e:?}")))
        }
        Err(error) => Err((Abort::Bug, format!("{error:?}"))),
    }
}

/// Of the traces that ran before a bridge, besides its parent, the optimizer is shown the last ones, of at most so many ops: where
/// bridge grows from bridge it would see the first ones again and again.
const MOST_BEFORE: usize = 250;

/// The traces that ran before this recording, the first one first, each up to the guard where it was left.
fn prefix<L: Language>(jit: &Jit<L>, recorder: &Recorder) -> Vec<(TraceId, usize)> {
    let mut chain = Vec::new();
    let mut parent = recorder.parent;
    let mut ops = 0;
    while let Some((id, exit)) = parent {
        let Some(trace) = jit.trace(id) else { break };
        let upto = trace.code.exits[exit as usize].op;
        ops += upto;
        if ops > MOST_BEFORE && !chain.is_empty() {
            break;
        }
        chain.push((id, upto));
        parent = trace.parent;
    }
    chain.reverse();
    chain
}

fn optimize_towards<L: Language>(
    rt: &Runtime<L>,
    recorder: &Recorder,
    end: BridgeEnd<'_>,
    aid: &mut Aid,
) -> Result<Trace, GiveUp> {
    let chain = prefix(&rt.jit, recorder);
    let prefix: Vec<Prefix<'_>> = chain
        .iter()
        .filter_map(|&(id, upto)| rt.jit.trace(id).map(|t| Prefix { trace: &t.trace, upto }))
        .collect();
    let parent = recorder.parent.and_then(|(id, e)| Some((rt.jit.trace(id)?, e)));
    let exit = optimize::Exit {
        prefix: &prefix,
        available: &|value| {
            parent.is_some_and(|(t, e)| t.code.exits[e as usize].loc(value).is_some())
        },
        word_at_end: &|slot: Slot| {
            let address = state::address(recorder.entry_base, slot);
            Some(super::stack::peek(address))
        },
    };
    let options = Aid::options(&aid.seen, rt.jit.options.passes, &rt.jit.conventions);
    optimize::optimize_bridge(&recorder.trace, &exit, end, &options, &mut aid.counts)
}

/// A recording that ends at the header of a compiled loop: into the label of a version that fits, else through memory; or
/// nothing yet, if another version may be made first.
fn join<L: Language>(
    rt: &mut Runtime<L>,
    recorder: &Recorder,
    (header, base): (KeyId, i32),
    patient: bool,
    aid: &mut Aid,
) -> Option<Optimized> {
    let (code, site) = rt.jit.keys.site(header);
    let mut versions = rt.jit.counters.cell(code, site).versions.clone();
    versions.retain(|&id| rt.jit.trace(id).is_some());
    if versions.iter().any(|&id| rt.jit.trace(id).is_some_and(|t| t.is_loop)) {
        versions.retain(|&id| rt.jit.trace(id).is_some_and(|t| t.is_loop));
    }
    let Some(&first) = versions.first() else {
        let left = optimize_towards(rt, recorder, BridgeEnd::Leave, aid);
        return Some(left.map_err(|e| (Abort::Bug, format!("{e:?}"))));
    };
    let (mut loops, mut by_entry) = (0, None);
    let word_at_end = |slot: Slot| super::stack::peek(state::address(recorder.entry_base, slot));
    for &id in &versions {
        let Some(target) = rt.jit.trace(id).filter(|t| t.code.label.is_some()) else { continue };
        loops += 1;
        if !optimize::may_enter(&target.trace, base, &word_at_end) {
            continue;
        }
        let end = BridgeEnd::Loop { trace: &target.trace, id, base };
        match optimize_towards(rt, recorder, end, aid) {
            Ok(trace) => return Some(Ok(trace)),
            Err(GiveUp::DoesNotFit { .. }) => {}
            // Another version would want the same; its first iteration takes real objects.
            Err(GiveUp::NotVirtual { .. }) => by_entry = by_entry.or(Some(id)),
            Err(error) => return Some(Err((Abort::Bug, format!("{error:?}")))),
        }
    }
    if patient
        && loops > 0
        && by_entry.is_none()
        && versions.len() < rt.jit.options.versions as usize
    {
        return None;
    }
    let end = BridgeEnd::Entry { trace: by_entry.unwrap_or(first), base };
    let through_memory = optimize_towards(rt, recorder, end, aid);
    Some(through_memory.map_err(|e| (Abort::Unfit, format!("{e:?}"))))
}

fn assemble_trace<L: Language>(
    rt: &mut Runtime<L>,
    recorder: &Recorder,
    trace: &Trace,
) -> Result<assemble::CompiledCode, AssembleError> {
    let completes = recorder.parent.is_some_and(|(parent, _)| completes(rt, parent, trace));
    let jit = &mut rt.jit;
    let id = jit.next_id();
    if jit.memory.is_none() {
        jit.memory = Some(
            CodeMemory::new((jit.options.code as usize) << 20)
                .map_err(|_| AssembleError::OutOfCodeMemory)?,
        );
    }
    let Some(memory) = jit.memory.as_mut() else { return Err(AssembleError::Unsupported) };
    let traces = &jit.traces;
    let find = |id: TraceId| traces.get(id.0 as usize - 1).and_then(|t| t.as_deref());
    let resolve = |target: TraceId| {
        find(target).map(|t| TargetInfo {
            entry: t.code.inner,
            label: t.code.label.clone(),
            spills: t.code.spills,
        })
    };
    let entry = match recorder.parent {
        None => EntryFrom::Memory,
        Some((parent, exit)) => {
            let parent = find(parent).ok_or(AssembleError::UnknownTarget(parent))?;
            EntryFrom::Exit {
                exit: &parent.code.exits[exit as usize],
                parent_spills: parent.code.spills,
                completes,
            }
        }
    };
    assemble::assemble(trace, id, entry, &resolve, memory)
}

fn guards(trace: &Trace) -> usize {
    trace.ops.iter().filter(|op| op.code.is_guard()).count()
}

/// The cell that counts for a recording that grows from no trace: code and `pc`.
fn counted_at<L: Language>(rt: &Runtime<L>, recorder: &Recorder) -> (usize, u64) {
    match recorder.function {
        Some(_) => rt.jit.keys.entry(recorder.start),
        None => rt.jit.keys.site(recorder.start),
    }
}

/// Makes a compiled trace reachable.
fn install<L: Language>(
    rt: &mut Runtime<L>,
    recorder: &Recorder,
    trace: Trace,
    code: assemble::CompiledCode,
    counts: &Counts,
    nanos: [u64; 3],
) {
    let id = code.id;
    let stats = rt.jit.stats.trace(id);
    stats.start = Some(recorder.start);
    stats.parent = recorder.parent.map(|(t, e)| (t.0, e));
    stats.is_function = recorder.parent.is_none() && recorder.function.is_some();
    stats.ops = [recorder.trace.ops.len(), trace.ops.len()];
    stats.guards = [guards(&recorder.trace), guards(&trace)];
    stats.allocations = crate::observe::allocations(&recorder.trace, &trace);
    stats.bytes = code.range.len();
    stats.end = TraceEnd::of(&trace);
    optimize::Observer::counts(&mut rt.jit.stats.passes, counts);
    let bytes = match &rt.jit.memory {
        Some(memory) if !rt.jit.observers.is_empty() => memory.bytes(code.range.clone()).to_vec(),
        _ => Vec::new(),
    };
    rt.emit(&Event::Compiled {
        id,
        at: recorder.start,
        parent: recorder.parent,
        is_function: recorder.parent.is_none() && recorder.function.is_some(),
        recording: &recorder.trace,
        trace: &trace,
        counts,
        code: &code,
        bytes: &bytes,
        nanos,
    });
    let convention = rt.jit.conventions.own().filter(|_| code.direct.is_some());
    match recorder.parent {
        None => {
            match recorder.function {
                None => rt.jit.stats.loops += 1,
                Some(_) => rt.jit.stats.functions += 1,
            }
            let (address, pc) = counted_at(rt, recorder);
            let first = rt.jit.counters.cell(address, pc).versions.first().copied();
            let wished = first.is_some_and(|id| rt.jit.trace(id).is_some_and(|t| !t.is_loop));
            let cell = rt.jit.counters.cell(address, pc);
            // What comes round is entered rather than what leads elsewhere.
            match recorder.ending == Some(Ending::Loop) && wished {
                true => cell.versions.insert(0, id),
                false => cell.versions.push(id),
            }
            cell.left = 1;
            cell.failures = 0;
            if let (Some(_), Some(memory)) = (recorder.function, rt.jit.memory.as_mut()) {
                assemble::open(memory, &trace, &code, recorder.start);
            }
        }
        Some((parent, exit)) => {
            rt.jit.stats.bridges += 1;
            let jit = &mut rt.jit;
            if let (Some(memory), Some(Some(parent))) =
                (jit.memory.as_mut(), jit.traces.get_mut(parent.0 as usize - 1))
            {
                assemble::attach(memory, &parent.code.exits[exit as usize], code.entry);
                parent.exits[exit as usize].bridge = Some(id);
            }
        }
    }
    rt.jit.call_sites.add(&code.call_sites);
    rt.jit.conventions.end(true);
    let exits = vec![ExitState::default(); code.exits.len()];
    // A payload whose tag says that it is no object may have become a constant of type `Ref`, where a loop wants one. What the
    // recording does not know is such a word, or something that a constant leads to, or kept by the traces around.
    let known: HashSet<u64> = recorder.references().collect();
    let embedded = trace.references().filter(|word| known.contains(word));
    let references: Vec<u64> = recorder.constants().chain(embedded).collect();
    let heap = rt.heap();
    assert!(!references.iter().any(|&r| heap.is_young(r)), "a trace embeds a young object");
    rt.jit.traces.push(Some(Box::new(CompiledTrace {
        is_loop: recorder.ending == Some(Ending::Loop),
        function: recorder.function,
        start: recorder.start,
        level: recorder.level,
        parent: recorder.parent,
        trace,
        code,
        exits,
        entries: 0,
        relies_on: recorder.relies_on.clone(),
        open: recorder.inlined.clone(),
        references,
        convention,
    })));
}

/// Counts, tells and penalizes a recording that came to nothing.
fn give_up<L: Language>(rt: &mut Runtime<L>, recorder: &Recorder, reason: Abort, detail: &str) {
    rt.jit.stats.abort(reason);
    let (id, at) = (rt.jit.next_id(), recorder.at());
    rt.emit(&Event::Abort { id, at, reason, detail, recording: &recorder.trace });
    debug_assert!(reason != Abort::Bug, "{detail}\n{}", show(&recorder.trace));
    match recorder.parent {
        Some((trace, exit)) => {
            if let Some(parent) = rt.jit.trace_mut(trace) {
                parent.exits[exit as usize].penalize();
            }
        }
        None => {
            let (code, pc) = counted_at(rt, recorder);
            if matches!(reason, Abort::Unstable | Abort::Invalid) {
                rt.jit.counters.heat(code, pc);
            } else {
                rt.jit.counters.penalize(code, pc);
            }
        }
    }
}
