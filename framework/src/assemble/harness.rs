//! Runs machine code on the world of a test: real memory in, real memory out.
//!
//! A [`ModelWorld`] is copied into an arena and a stack of words, the trace runs there, and everything is copied back, so that
//! the evaluator's world and the machine's can be compared. Invariant: objects lie at the addresses which the world
//! names; [`Native::place`] gave them out, or `new` did, in the order in which the evaluator gives them out.

#![allow(unsafe_code, reason = "copies a model of memory to memory and runs generated code on it")]

use super::x64::Cpu;
use super::{AssembleError, CodeMemory, CompiledCode, EntryFrom, TargetInfo, compile};
use crate::run::{CallSites, Context, ExitedAt, NativeFrame, Returned, enter, read};
use crate::trace::eval::World as _;
use crate::trace::eval::{ModelObject, ModelWorld, State};
use crate::trace::generate::Guest;
use crate::trace::{CallId, Const, KeyId, LayoutId, Made, Ref, Slot, Trace, TraceId};
use std::ffi::c_void;

const ARENA_WORDS: usize = 1 << 16;
const STACK_WORDS: usize = 1 << 10;
const BASE: usize = 256;
/// What a stack word holds that nobody has written.
const UNSET: u64 = 0xdead_beef_dead_beef;

/// What functions called by traces reach through the context.
#[derive(Default)]
struct Host {
    /// The address of the next new object.
    next: u64,
    /// The end of the arena.
    end: u64,
    /// Objects made: address and layout.
    made: Vec<(u64, LayoutId)>,
    /// Calls noted.
    log: Vec<(CallId, Vec<u64>)>,
    /// Where traces call guest functions.
    sites: CallSites,
}

/// Memory, code and context of one machine.
pub struct Native {
    arena: Box<[u64]>,
    used: usize,
    stack: Box<[u64]>,
    context: Box<Context>,
    host: Box<Host>,
    /// Code compiled so far.
    pub memory: CodeMemory,
    cpu: Cpu,
}

impl Native {
    /// A fresh machine; `baseline` uses no optional instructions.
    ///
    /// # Panics
    /// If there is no memory for code.
    pub fn new(baseline: bool) -> Native {
        let mut host = Box::<Host>::default();
        let mut context = Context::new((&raw mut *host).cast::<c_void>(), allocate);
        context.interpret = call_guest;
        Native {
            arena: vec![0; ARENA_WORDS].into(),
            used: 0,
            stack: vec![UNSET; STACK_WORDS].into(),
            context,
            host,
            memory: CodeMemory::new(4 << 20).expect("code memory"),
            cpu: if baseline { Cpu::BASELINE } else { Cpu::detect() },
        }
    }

    /// Memory for an object of so many words.
    ///
    /// # Panics
    /// If the arena is used up.
    pub fn place(&mut self, words: usize) -> u64 {
        let at = self.used;
        self.used += words;
        assert!(self.used < ARENA_WORDS / 2, "arena used up");
        self.arena.as_ptr() as u64 + 8 * at as u64
    }

    /// Forgets all objects.
    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// Says to a world where new objects and the stack will be.
    pub fn prepare(&self, world: &mut ModelWorld) {
        world.next_address = self.arena.as_ptr() as u64 + 8 * self.used as u64;
        world.stack_address = self.stack.as_ptr() as u64 + 8 * BASE as u64;
    }

    /// Compiles a trace.
    ///
    /// # Errors
    /// As [`super::assemble`].
    pub fn compile(
        &mut self,
        trace: &Trace,
        id: TraceId,
        entry: EntryFrom<'_>,
        resolve: &dyn Fn(TraceId) -> Option<TargetInfo>,
    ) -> Result<CompiledCode, AssembleError> {
        let code = compile::compile(trace, id, entry, resolve, &mut self.memory, self.cpu)?;
        self.host.sites.add(&code.call_sites);
        Ok(code)
    }

    /// Runs machine code in this world, which afterwards is what the code made of it.
    pub fn run(&mut self, world: &mut ModelWorld, entry: usize) -> Option<ExitedAt> {
        self.copy_in(world);
        let base = &raw mut self.stack[BASE];
        // SAFETY: the caller compiled `entry` into `self.memory`; the world was prepared for this machine, so that slots
        // and objects lie inside the stack and the arena.
        let exited = unsafe { enter(&self.memory, &raw mut *self.context, base, entry) };
        self.copy_out(world);
        exited
    }

    /// The word of a value that is alive at an exit just taken.
    pub fn word(&self, trace: &Trace, exit: &super::Exit, value: Ref) -> Option<u64> {
        match trace.as_const(value) {
            Some(c) => Some(c.bits),
            None => exit.loc(value).map(|loc| read(loc, &self.context)),
        }
    }

    /// What the snapshot of an exit just taken says; objects that were virtual are made in the world.
    ///
    /// # Panics
    /// If a value is not alive there, which is a bug of the assembler.
    pub fn state(&self, world: &mut ModelWorld, trace: &Trace, exit: &super::Exit) -> State {
        let snapshot = &trace.snapshots[exit.snap.0 as usize];
        let known = |r| self.word(trace, exit, r).expect("the snapshot's values are alive");
        let shared = std::cell::RefCell::new(&mut *world);
        let made = Made::allocate(
            trace,
            snapshot,
            &known,
            &mut |layout, len| shared.borrow_mut().allocate(layout, len),
            &mut |callee, args| shared.borrow_mut().call(callee, args),
        )
        .expect("virtuals have layouts, and functions that make them");
        made.fill(trace, snapshot, &known, &mut |access, object, index, word| {
            world.store(access, object, index, word)
        })
        .expect("virtuals have room for their contents");
        let word = |r: Ref| {
            let bits = made.word(trace, r).unwrap_or_else(|| known(r));
            Const { ty: trace.ty(r), bits }
        };
        State {
            at: snapshot.at,
            base: snapshot.base,
            slots: snapshot.slots.iter().map(|&(slot, r)| (slot, word(r))).collect(),
            replay: snapshot.replay.iter().map(|&r| word(r)).collect(),
        }
    }

    fn copy_in(&mut self, world: &ModelWorld) {
        self.stack.fill(UNSET);
        for (&slot, &word) in &world.stack {
            self.stack[(BASE as i64 + slot) as usize] = word;
        }
        for (&k, &word) in &world.locals {
            self.context.locals[k] = word;
        }
        let start = self.arena.as_ptr() as u64;
        for (&address, object) in &world.objects {
            let at = (address - start) as usize / 8;
            self.arena[at..at + object.words.len()].copy_from_slice(&object.words);
        }
        self.context.signal = u64::from(world.signal);
        self.context.error = u64::from(world.failed);
        self.context.countdown = world.countdown;
        self.context.result_tag = world.tag;
        self.host.next = world.next_address;
        self.host.end = start + 8 * ARENA_WORDS as u64;
        self.host.log.clear();
        self.host.made.clear();
    }

    fn copy_out(&mut self, world: &mut ModelWorld) {
        world.stack.clear();
        for (i, &word) in self.stack.iter().enumerate().filter(|(_, w)| **w != UNSET) {
            world.stack.insert(i as i64 - BASE as i64, word);
        }
        for (&k, word) in &mut world.locals {
            *word = self.context.locals[k];
        }
        for &(address, layout) in &self.host.made {
            let object = ModelObject { layout, words: Vec::new(), is_new: true };
            world.objects.insert(address, object);
        }
        let start = self.arena.as_ptr() as u64;
        for (&address, object) in &mut world.objects {
            let at = (address - start) as usize / 8;
            let words = match object.words.len() {
                0 => words(object.layout, self.arena[at] >> 32),
                words => words,
            };
            object.words = self.arena[at..at + words].to_vec();
        }
        world.failed = self.context.error != 0;
        world.countdown = self.context.countdown;
        world.tag = self.context.result_tag;
        world.next_address = self.host.next;
        world.log.append(&mut self.host.log);
    }
}

/// Words of an object.
fn words(layout: LayoutId, elems: u64) -> usize {
    let layout = layout.get();
    (u64::from(layout.size) + elems * u64::from(layout.elem_size)).div_ceil(8).max(1) as usize
}

/// The host behind a context.
fn host<'a>(context: *mut Context) -> &'a mut Host {
    // SAFETY: machine code passes the context that it was entered with, whose `host` is the box in `Native`; nothing
    // else refers to it while machine code runs.
    unsafe { &mut *(*context).host.cast::<Host>() }
}

/// Makes an object of this layout.
pub extern "C" fn allocate(context: *mut Context, layout: u64, elems: u64) -> u64 {
    let host = host(context);
    let id = LayoutId(layout as u32);
    let desc = id.get();
    let (address, words) = (host.next, words(id, elems));
    assert!(address + 8 * words as u64 <= host.end, "arena used up");
    host.next += 8 * words as u64;
    host.made.push((address, id));
    for i in 0..words as u64 {
        poke(address + 8 * i, 0);
    }
    poke(address, u64::from(desc.tag) | elems << 32);
    if desc.elem_size != 0 {
        poke(address + 8, elems);
    }
    address
}

extern "C" fn call_guest(
    context: *mut Context,
    base: *mut u64,
    key: u64,
    native: NativeFrame,
) -> Returned {
    // SAFETY: passed by machine code; all traces are kept.
    unsafe { host(context).sites.complete(native, base) };
    let frame = base as u64;
    let (a, b) = (peek(frame + 8), peek(frame + 24));
    let guest = Guest::new(KeyId(key as u32), a, b);
    poke(frame + 40, guest.left);
    if guest.bumps {
        poke(b + 8, peek(b + 8).wrapping_add(a));
    }
    match guest.result {
        Some((tag, payload)) => Returned { payload, tag },
        None => {
            fail(context);
            Returned::default()
        }
    }
}

/// Reads a word of the world.
pub fn peek(address: u64) -> u64 {
    // SAFETY: used by the functions of test traces, on addresses of the arena and the stack.
    unsafe { (address as *const u64).read() }
}

/// Writes a word of the world.
pub fn poke(address: u64, word: u64) {
    // SAFETY: as in `peek`.
    unsafe { (address as *mut u64).write(word) }
}

/// Says that a function that traces call was called.
pub fn note(context: *mut Context, callee: CallId, args: &[u64]) {
    host(context).log.push((callee, args.to_vec()));
}

/// Says that it failed.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "called by test functions with the context they were given"
)]
pub fn fail(context: *mut Context) {
    // SAFETY: as in `host`.
    unsafe { (*context).error = 1 };
}

/// Sets the tag of the dynamic value that it returns.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "called by test functions with the context they were given"
)]
pub fn set_tag(context: *mut Context, tag: u64) {
    // SAFETY: as in `host`.
    unsafe { (*context).result_tag = tag };
}

/// Slots of a state, sorted.
pub fn sorted(mut state: State) -> State {
    state.slots.sort_by_key(|s: &(Slot, Const)| s.0);
    state
}
