//! The driver's state and its decisions at loop headers.
//!
//! Invariant: whatever happens to a recording or a trace, the guest goes on from the state it is in.
#![allow(unsafe_code, reason = "enters machine code, rebuilds frames from addresses")]

use super::calls::{self, Left};
use super::collect::Point;
use super::compile::{self, Compiled};
use super::hints::Header;
use super::keys::Keys;
use super::leave;
use super::options::{JitOptions, Strategy};
use super::signal;
use crate::assemble::{CodeMemory, CompiledCode};
use crate::bridge::ExitState;
use crate::count::Counters;
use crate::heap::Val;
use crate::language::frame::Place;
use crate::language::{At, Cx, Frame, Language, Outcome, Raised, Record, Run, Runtime};
use crate::observe::{self, Event, ExitStats, Observer, Source, Stats};
use crate::optimize::Conventions;
use crate::record::recorder::{Ending, Limits, Recorder};
use crate::record::{Abort, tls};
use crate::run;
use crate::trace::{KeyId, Trace, TraceId};
use std::time::Instant;

/// A trace that can be entered.
pub(crate) struct CompiledTrace {
    /// Closes on itself; if not, it only leads elsewhere, and recordings that come by go on through its header.
    pub(crate) is_loop: bool,
    /// The code of the function at whose entry it begins, or the trace that it grows from.
    pub(crate) function: Option<usize>,
    /// Where it begins.
    pub(crate) start: KeyId,
    /// The [level](crate::Mark) of the loops that it belongs to.
    pub(crate) level: u8,
    /// The exit that it grows from.
    pub(crate) parent: Option<(TraceId, u32)>,
    /// Optimized.
    pub(crate) trace: Trace,
    /// Assembled.
    pub(crate) code: CompiledCode,
    /// Its exits, as `code.exits`.
    pub(crate) exits: Vec<ExitState>,
    /// Entries from the interpreter.
    pub(crate) entries: u64,
    /// The validity cells that it relies on.
    pub(crate) relies_on: Vec<u64>,
    /// The functions whose frames it leaves open where it ends.
    pub(crate) open: Vec<usize>,
    /// The objects that it embeds.
    pub(crate) references: Vec<u64>,
    /// The number of the convention by which it takes arguments in registers.
    pub(crate) convention: Option<u32>,
}

/// Everything the JIT keeps.
pub(crate) struct Jit<L: Language> {
    pub(crate) options: JitOptions,
    /// May traces be recorded? (Not on machines without an assembler, nor when switched off.)
    pub(crate) enabled: bool,
    /// Do loops get traces?
    pub(crate) loops: bool,
    /// Do functions get traces?
    pub(crate) calls: bool,
    pub(crate) counters: Counters,
    pub(crate) keys: Keys<L::Code>,
    pub(crate) memory: Option<CodeMemory>,
    /// Where the machine code calls guest functions.
    pub(crate) call_sites: run::CallSites,
    /// How functions take arguments in registers.
    pub(crate) conventions: Conventions,
    /// By number, from 1.
    pub(crate) traces: Vec<Option<Box<CompiledTrace>>>,
    /// A function that recordings inlined before they found that they had better call it.
    pub(crate) strayed: Option<usize>,
    /// Traces that must not be entered again, and go when no machine code runs.
    pub(crate) invalid: Vec<TraceId>,
    pub(crate) stats: Stats,
    pub(crate) observers: Vec<Box<dyn Observer>>,
    /// When the runtime was made.
    pub(crate) began: Instant,
    /// Machine code that is being run, inside of each other.
    pub(crate) depth: u32,
    pub(crate) random: u64,
}

impl<L: Language> Jit<L> {
    pub(crate) fn new(options: JitOptions) -> Jit<L> {
        let enabled = options.enabled && cfg!(all(target_arch = "x86_64", target_os = "linux"));
        Jit {
            enabled,
            loops: enabled && options.strategy != Strategy::Functions,
            calls: enabled && options.strategy != Strategy::Loops,
            counters: Counters::new(options.threshold, options.calls),
            keys: Keys::new(),
            memory: None,
            call_sites: run::CallSites::default(),
            conventions: Conventions::default(),
            traces: Vec::new(),
            strayed: None,
            invalid: Vec::new(),
            stats: Stats::default(),
            observers: Vec::new(),
            began: Instant::now(),
            depth: 0,
            random: options.chaos,
            options,
        }
    }

    /// The trace of this number.
    pub(crate) fn trace(&self, id: TraceId) -> Option<&CompiledTrace> {
        self.traces.get(id.0 as usize - 1)?.as_deref()
    }

    pub(crate) fn trace_mut(&mut self, id: TraceId) -> Option<&mut CompiledTrace> {
        self.traces.get_mut(id.0 as usize - 1)?.as_deref_mut()
    }

    /// The trace from which this one grows in the end, its number, and how many bridges on the way begin with this key.
    pub(crate) fn root(&self, id: TraceId, key: KeyId) -> Option<(TraceId, &CompiledTrace, u32)> {
        let (mut id, mut turns) = (id, 0);
        let mut root = self.trace(id)?;
        while let Some((parent, _)) = root.parent {
            turns += u32::from(root.start == key);
            (id, root) = (parent, self.trace(parent)?);
        }
        Some((id, root, turns))
    }

    /// The number that the next trace gets.
    pub(crate) fn next_id(&self) -> TraceId {
        TraceId(self.traces.len() as u32 + 1)
    }

    /// A random number for chaos, from 0 to `below - 1`.
    pub(crate) fn chance(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }
}

/// Finds places through the language.
struct Places<'a, L: Language> {
    host: &'a L::Host,
    keys: &'a Keys<L::Code>,
    /// Where objects lie.
    heap: Vec<std::ops::Range<u64>>,
    /// The addresses of the shapes, in the order in which they were made.
    shapes: Vec<u64>,
}

impl<L: Language> Source for Places<'_, L> {
    fn location(&self, key: KeyId) -> observe::Location {
        L::location(self.host, self.keys.get(key))
    }

    fn code_name(&self, word: u64) -> Option<String> {
        if let Some(number) = self.shapes.iter().position(|&shape| shape == word) {
            return Some(format!("shape{number}"));
        }
        let address = word as usize;
        let unknown = || L::code_at(self.host, address).map(|code| At { code, pc: 0, sp: 0 });
        let at = self.keys.with_code(address).or_else(unknown)?;
        let name = L::location(self.host, at).function;
        Some(if name.is_empty() { "code".to_owned() } else { name })
    }

    fn is_object(&self, word: u64) -> bool {
        self.heap.iter().any(|stretch| stretch.contains(&word))
    }
}

impl<L: Language> Runtime<L> {
    /// Tells the log and all observers.
    #[cold]
    pub(crate) fn emit(&mut self, event: &Event<'_>) {
        let (heap, shapes) = match self.jit.observers.is_empty() {
            true => (Vec::new(), Vec::new()),
            false => (self.heap().stretches(), self.heap().shapes.addresses()),
        };
        let places = Places::<L> { host: &self.host, keys: &self.jit.keys, heap, shapes };
        observe::log::event(event, &places);
        for observer in &mut self.jit.observers {
            observer.event(event, &places, &self.jit.stats);
        }
    }

    /// Watches what the JIT does. There may be several observers; each sees every event.
    pub fn observe(&mut self, observer: Box<dyn Observer>) {
        self.jit.observers.push(observer);
    }

    /// Tells the observers that the program is over.
    pub fn finish(&mut self) {
        // Where thousands of exits stand takes time to find out: only if somebody asks.
        if !self.jit.observers.is_empty() {
            self.update_stats();
            self.emit(&Event::End);
        }
    }

    /// What the JIT did so far.
    pub fn stats(&mut self) -> &Stats {
        self.update_stats();
        &self.jit.stats
    }

    /// Fetches the counts that living traces keep.
    pub(crate) fn update_stats(&mut self) {
        self.jit.stats.shapes = self.heap().shapes.stats;
        self.jit.stats.memory = self.heap().stats();
        let Jit { traces, stats, keys, began, .. } = &mut self.jit;
        stats.total_nanos = began.elapsed().as_nanos() as u64;
        for stats in &mut stats.traces {
            if let Some(start) = stats.start.take() {
                let location = L::location(&self.host, keys.get(start));
                (stats.place, stats.function) = (location.place(), location.function);
            }
        }
        for (i, compiled) in traces.iter().enumerate() {
            let Some(compiled) = compiled else { continue };
            let stats = stats.trace(TraceId(i as u32 + 1));
            stats.entries = compiled.entries;
            stats.exits = compiled
                .exits
                .iter()
                .zip(&compiled.code.exits)
                .map(|(state, exit)| {
                    let snapshot = &compiled.trace.snapshots[exit.snap.0 as usize];
                    ExitStats {
                        count: state.count,
                        bridge: state.bridge.map(|b| b.0),
                        op: compiled.trace.ops[exit.op].code,
                        location: L::location(&self.host, keys.get(snapshot.at)),
                    }
                })
                .collect();
        }
    }
}

/// See [`Runtime::run`].
pub(crate) fn run<L: Language>(
    rt: &mut Runtime<L>,
    at: At<L::Code>,
    link: u16,
    slots: &[Val],
) -> Result<Val, L::Error> {
    let base = rt.top;
    if base as usize > rt.stack.limit {
        return Err(L::stack_overflow());
    }
    // SAFETY: `top` lies within the stack, above all frames in use.
    let frame: Frame<Run, L> = unsafe { Frame::from_base(base) };
    for (i, &value) in slots.iter().enumerate() {
        frame.put(i as u16, value);
    }
    frame.mark_outermost(link);
    if base == rt.stack.start() {
        rt.context.native_low = calls::native_low();
    }
    calls::run_outermost(rt, At { sp: L::height(at), ..at }, base)
}

/// The signal flag is set: an interrupt, a collection, or memory is used up. The guest goes on where it is, or ends.
#[cold]
#[inline(never)]
pub(crate) fn signalled<L: Language>(
    rt: &mut Runtime<L>,
    at: At<L::Code>,
    base: *mut u64,
) -> Header {
    let wanted = signal::take(&mut rt.context, u64::MAX);
    if wanted & signal::INTERRUPT != 0 {
        return fail(rt, (at, base), L::interrupted());
    }
    let exceeded = std::mem::take(&mut rt.memory_exceeded) && !rt.may_collect();
    if rt.collect_at((at, base)).is_err() || exceeded {
        return fail(rt, (at, base), L::out_of_memory());
    }
    Header::Stay
}

fn fail<L: Language>(rt: &mut Runtime<L>, (at, base): Point<L>, error: L::Error) -> Header {
    // SAFETY: a frame of this runtime's stack, as the caller found it.
    let frame = unsafe { Frame::from_base(base) };
    match leave::caught(rt, (at, frame), Raised::Before, error) {
        true => Header::Moved,
        false => Header::Ended,
    }
}

/// The interpreter goes on at a header that a trace led to: counts that as a pass.
pub(super) fn pass_header<L: Language>(rt: &mut Runtime<L>, key: KeyId, base: *mut u64) -> Header {
    let (code, site) = rt.jit.keys.site(key);
    let at = rt.jit.keys.get(key);
    let hot = rt.jit.loops && rt.jit.counters.pass(code, site);
    let header =
        if hot { hot_header(rt, at, rt.jit.keys.mark_of(key), base) } else { Header::Stay };
    if header == Header::Stay {
        rt.moved = Some(Place::new(at, base));
        return Header::Moved;
    }
    header
}

/// A header was passed often enough: enter its machine code, or record it.
#[cold]
#[inline(never)]
pub(crate) fn hot_header<L: Language>(
    rt: &mut Runtime<L>,
    at: At<L::Code>,
    mark: u32,
    base: *mut u64,
) -> Header {
    rt.settle_validity();
    let at = At { sp: L::height(at), ..at };
    let start = rt.jit.keys.intern_marked(at, mark);
    let (code, site) = rt.jit.keys.site(start);
    let cell = rt.jit.counters.cell(code, site);
    cell.left = 1;
    // Machine code makes frames without asking for room: near the end of a stack the interpreter goes on, which does ask.
    if calls::is_native_low(rt) || base as u64 > rt.context.stack_low {
        return Header::Stay;
    }
    let cell = rt.jit.counters.cell(code, site);
    let is_compiled = !cell.versions.is_empty() && !cell.wants_loop;
    let is_recording = if is_compiled { rt.is_recording() } else { !rt.may_record() };
    let cell = rt.jit.counters.cell(code, site);
    let wants_loop = !is_recording && std::mem::take(&mut cell.wants_loop);
    if let Some(&version) = cell.versions.first()
        && !wants_loop
    {
        return match run_code(rt, version, base) {
            Left::Exit(exited) => leave::leave(rt, exited),
            Left::Returned(value) => {
                rt.ended = Some(Ok(Outcome::Finished(value)));
                Header::Ended
            }
            Left::Detached => calls::go_elsewhere(rt),
        };
    }
    cell.left = u32::MAX; // until the recording has an end
    if is_recording {
        // A loop in a function that a recording calls opaquely.
        rt.jit.counters.cell(code, site).left = 64;
        return Header::Stay;
    }
    let count = rt.jit.options.threshold;
    let level = rt.jit.keys.level(start);
    let recorder = new_recorder(rt, start, base as usize, level);
    record(rt, recorder, at, base, count)
}

/// Limits of recordings grow up to this level.
const MOST_LEVELS: u8 = 2;

pub(crate) fn new_recorder<L: Language>(
    rt: &mut Runtime<L>,
    start: KeyId,
    entry_base: usize,
    level: u8,
) -> Recorder {
    let o = &rt.jit.options;
    // A loop of a program that is interpreted by a program takes many times as much.
    let levels = u32::from(level.min(MOST_LEVELS));
    let limits = Limits {
        ops: (o.trace_limit as usize) << (3 * levels),
        depth: (o.inline_depth as usize) << (2 * levels),
        unroll: o.unroll as usize,
    };
    let chaos = if o.chaos == 0 { 0 } else { rt.jit.chance(u64::MAX) | 1 };
    Recorder::new(start, level, entry_base, limits, chaos)
}

/// Runs machine code.
pub(super) fn run_code<L: Language>(rt: &mut Runtime<L>, id: TraceId, base: *mut u64) -> Left {
    rt.jit.stats.entries += 1;
    rt.context.countdown = if rt.jit.options.chaos == 0 { 0 } else { rt.jit.chance(40) as i64 };
    let trace = rt.jit.trace_mut(id).expect("cells hold living traces");
    trace.entries += 1;
    let entry = trace.code.entry;
    rt.jit.depth += 1;
    let context = std::ptr::from_mut(&mut *rt.context);
    let memory = rt.jit.memory.as_ref().expect("there is code memory where there is code");
    // SAFETY: the entry of a living trace of this memory; context and stack are this runtime's; traces check the types of the
    // slots they read.
    let exited = unsafe { run::enter(memory, context, base, entry) };
    rt.jit.depth -= 1;
    match exited {
        _ if rt.is_detached() => Left::Detached,
        Some(exited) => Left::Exit(exited),
        None => {
            let (tag, payload) = (rt.context.result_tag, rt.context.result);
            // SAFETY: tag and payload of the value that the function returned.
            Left::Returned(unsafe { Val::from_words(tag, payload) })
        }
    }
}

/// Records from here: runs the dispatch loop in the world `Record` and compiles what it wrote down.
pub(crate) fn record<L: Language>(
    rt: &mut Runtime<L>,
    recorder: Recorder,
    at: At<L::Code>,
    base: *mut u64,
    count: u32,
) -> Header {
    let id = rt.jit.next_id();
    rt.jit.stats.recordings += 1;
    let (at_key, parent) = (recorder.start, recorder.parent);
    let is_function = parent.is_none() && recorder.function.is_some();
    rt.emit(&Event::Start { id, at: at_key, parent, is_function, count });
    let began = Instant::now();
    tls::install(Box::new(recorder));
    // SAFETY: a frame of this runtime's stack, as the caller found it.
    let frame: Frame<Record, L> = unsafe { Frame::from_base(base) };
    let outcome = L::dispatch::<Record>(&mut Cx::new(rt, at, frame));
    let mut recorder = tls::take().expect("the recording is still there");
    recorder.settle_entry();
    if rt.collection_waits && rt.pins == 0 {
        rt.collection_waits = false;
        rt.heap().bump.raise();
    }
    let nanos = began.elapsed().as_nanos() as u64;
    rt.jit.stats.record_nanos += nanos;
    match outcome {
        Ok(Outcome::Switched) => {
            let place = rt.moved.expect("a recording that ends says where");
            if !rt.settle(&mut recorder, (place.at(), place.base)) {
                recorder.abort_anyway(Abort::Pinned);
            }
            match compile::compile(rt, &recorder, nanos, true) {
                Compiled::Settled if rt.is_detached() => calls::go_elsewhere(rt),
                Compiled::Settled => Header::Moved,
                Compiled::WantsVersion => add_version(rt, &mut recorder),
            }
        }
        Ok(finished) => {
            recorder.abort_anyway(Abort::Finished);
            compile::compile(rt, &recorder, nanos, false);
            rt.ended = Some(Ok(finished));
            Header::Ended
        }
        Err(error) => {
            recorder.abort_anyway(Abort::Error);
            compile::compile(rt, &recorder, nanos, false);
            rt.ended = Some(Err(error));
            Header::Ended
        }
    }
}

/// A recording has come to the header of a compiled loop of which no version fits its types: records the loop once more from
/// here, and lets the recording join that version.
fn add_version<L: Language>(rt: &mut Runtime<L>, joining: &mut Recorder) -> Header {
    let place = rt.moved.expect("the recording ended at a header");
    if joining.references().any(|word| rt.heap().is_young(word)) {
        // The recording to come may end with a collection that does not know this one.
        let point = (place.at(), place.base);
        if !rt.may_collect() || rt.collect_with(point, &mut [joining]).is_err() {
            joining.abort_anyway(Abort::Pinned);
            compile::compile(rt, joining, 0, false);
            return Header::Moved;
        }
    }
    let start = match joining.ending {
        Some(Ending::Join { header, .. }) => header,
        _ => rt.jit.keys.intern(place.at()),
    };
    rt.emit(&Event::Wait { id: rt.jit.next_id(), at: start });
    let level = rt.jit.keys.level(start);
    let recorder = new_recorder(rt, start, place.base as usize, level);
    let header = record(rt, recorder, place.at(), place.base, 0);
    compile::compile(rt, joining, 0, false);
    header
}
