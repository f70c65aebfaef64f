//! Runs traces as machine code on real memory, with the evaluator's worlds going in and coming out.
//!
//! Objects of a world lie in an arena at the addresses that the world gives them, the VM stack in another; after a run both are
//! read back. Invariant: machine code sees no memory but these two and the context, and what it made of them is all in
//! the world that comes out.

#![allow(unsafe_code, reason = "enters machine code and reads the memory that it wrote")]

use std::ffi::c_void;

use holloway::assemble::{
    AssembleError, CodeMemory, CompiledCode, EntryFrom, assemble, close, listing::listing, open,
};
use holloway::run::{CallSites, Cold, Context, ExitedAt, NativeFrame, Returned, enter, read};
use holloway::trace::eval::{Exit, ModelObject, ModelWorld, Outcome, State, World};
use holloway::trace::generate::Guest;
use holloway::trace::{CallId, Const, KeyId, LayoutId, Made, Ref, Slot, Trace, TraceId};

use super::compare::Left;
use super::guests::{Called, DISTANCE, PASSED, Version};
use super::recording::OWN;

/// Words for objects: those of a world, then new ones.
const ARENA: usize = 1 << 20;
/// Words of the VM stack, and where in it the base lies.
const STACK: usize = 512;
const BASE: usize = 128;
/// What unset slots hold.
const POISON: u64 = 0xbad0_bad0_bad0_bad0;

/// The memory that functions called by machine code work on.
pub struct Host {
    arena: *mut u64,
    stack: *mut u64,
    /// Words of the arena in use.
    used: usize,
    made: Vec<(u64, LayoutId, usize)>,
    log: Vec<(CallId, Vec<u64>)>,
    /// Where traces call guest functions.
    sites: CallSites,
    /// The guest functions that have machine code; trace number [`GUESTS`] and on.
    guests: Vec<(Version, CompiledCode)>,
    /// Where the trace under test was left when a caller had called it.
    left: Option<Registers>,
    /// Guest functions that left their machine code.
    finished: u64,
}

/// The number of the first guest function.
const GUESTS: u32 = 100;
/// The number of a caller of the trace under test.
const CALLER: TraceId = TraceId(2);

/// What an exit saved.
struct Registers {
    at: ExitedAt,
    base: *mut u64,
    gprs: [u64; 16],
    xmms: [u64; 16],
    spills: Vec<u64>,
}

impl Registers {
    fn save(at: ExitedAt, context: &Context) -> Registers {
        Registers {
            at,
            base: context.exit_base,
            gprs: context.exit_gprs,
            xmms: context.exit_xmms,
            spills: context.exit_spills.to_vec(),
        }
    }

    fn restore(&self, context: &mut Context) {
        context.exit_base = self.base;
        context.exit_gprs = self.gprs;
        context.exit_xmms = self.xmms;
        context.exit_spills.copy_from_slice(&self.spills);
    }
}

impl Host {
    /// Works on the host of a context that machine code passed to a function.
    pub(super) fn with<R>(
        context: &mut Context,
        f: impl FnOnce(&mut Host, &mut Context) -> R,
    ) -> R {
        let host = context.host.cast::<Host>();
        // SAFETY: contexts with functions of this folder are made in `Machine::new` alone, with a host that lives as long;
        // nobody holds a reference to it while machine code runs.
        f(unsafe { &mut *host }, context)
    }

    /// The place of a word, if it is in this memory.
    fn place(memory: *mut u64, len: usize, address: u64) -> *mut u64 {
        let offset = address.wrapping_sub(memory as u64);
        assert!(address.is_multiple_of(8) && offset / 8 < len as u64, "no word at {address:#x}");
        memory.wrapping_add(offset as usize / 8)
    }

    /// The word of an object.
    pub fn word(&self, address: u64) -> u64 {
        // SAFETY: `place` checks that this is a word of the arena, which lives as long as the host.
        unsafe { Host::place(self.arena, ARENA, address).read() }
    }

    /// Writes a word of an object.
    pub fn set_word(&mut self, address: u64, word: u64) {
        // SAFETY: as in `word`.
        unsafe { Host::place(self.arena, ARENA, address).write(word) }
    }

    /// A word of the VM stack, by address.
    pub fn stack_word(&self, address: u64) -> u64 {
        // SAFETY: `place` checks that this is a word of the stack, which lives as long as the host.
        unsafe { Host::place(self.stack, STACK, address).read() }
    }

    fn set_stack_word(&mut self, address: u64, word: u64) {
        // SAFETY: as in `stack_word`.
        unsafe { Host::place(self.stack, STACK, address).write(word) }
    }

    /// Notes a call with effects.
    pub fn called(&mut self, name: &str, args: &[u64]) {
        if let Some(id) = CallId::named(name) {
            self.log.push((id, args.to_vec()));
        }
    }

    fn slot_address(&self, slot: i64) -> Result<u64, String> {
        let index = BASE as i64 + slot;
        if !(0..STACK as i64).contains(&index) {
            return Err(format!("slot {slot} is too far away"));
        }
        Ok(self.stack as u64 + 8 * index as u64)
    }

    /// Does what a guest function does, whose frame is complete in memory.
    fn run_guest(&mut self, context: &mut Context, key: KeyId, frame: u64) -> Returned {
        let (a, b) = (self.stack_word(frame + 8), self.stack_word(frame + 24));
        let guest = Guest::new(key, a, b);
        self.set_stack_word(frame + 40, guest.left);
        if guest.bumps {
            self.set_word(b + 8, self.word(b + 8).wrapping_add(a));
        }
        match guest.result {
            Some((tag, payload)) => Returned { payload, tag },
            None => {
                context.error = 1;
                Returned::default()
            }
        }
    }

    fn take(&mut self, words: usize) -> u64 {
        assert!(self.used + words <= ARENA, "the arena is full");
        let address = self.arena as u64 + 8 * self.used as u64;
        self.used += words;
        address
    }
}

extern "C" fn allocate(context: *mut Context, layout: u64, elems: u64) -> u64 {
    // SAFETY: machine code passes on the context it was entered with, which nobody touches meanwhile.
    let context = unsafe { &mut *context };
    Host::with(context, |host, _| {
        let id = LayoutId(layout as u32);
        let mut model = ModelWorld::default();
        let placed = model.place(8, id, elems);
        let words = model.objects.remove(&8).map(|object| object.words).unwrap_or_default();
        assert!(placed.is_ok(), "machine code allocates layout {layout} with {elems} elements");
        let address = host.take(words.len());
        for (i, &word) in words.iter().enumerate() {
            host.set_word(address + 8 * i as u64, word);
        }
        host.made.push((address, id, words.len()));
        address
    })
}

extern "C" fn cold(context: *mut Context, what: u64, word: u64) -> u64 {
    if what as u32 == Cold::Allocate as u32 {
        return allocate(context, what >> 32, word);
    }
    if what as u32 == Cold::Complete as u32 {
        // SAFETY: as in `allocate`.
        let context = unsafe { &mut *context };
        let native = word as NativeFrame;
        // SAFETY: as in `finish`.
        let complete = |host: &mut Host, _: &mut Context| unsafe {
            host.sites.complete(native, native.sub(1).read() as *mut u64);
        };
        Host::with(context, complete);
    }
    0
}

extern "C" fn call_guest(
    context: *mut Context,
    frame: *mut u64,
    key: u64,
    native: NativeFrame,
) -> Returned {
    // SAFETY: as in `allocate`.
    let context = unsafe { &mut *context };
    Host::with(context, |host, context| {
        // SAFETY: passed by machine code; the calls of every trace are noted when it is compiled.
        unsafe { host.sites.complete_from(native, frame) };
        host.run_guest(context, KeyId(key as u32), frame as u64)
    })
}

/// A called function left its machine code: a guest function is finished, the trace under test goes no further.
extern "C" fn finish(context: *mut Context, exited: u64, native: NativeFrame) -> Returned {
    // SAFETY: as in `allocate`.
    let context = unsafe { &mut *context };
    Host::with(context, |host, context| {
        // SAFETY: as in `call_guest`; a function keeps its base one word below its native frame.
        unsafe { host.sites.complete(native, native.sub(1).read() as *mut u64) };
        let at = ExitedAt { trace: TraceId((exited >> 32) as u32), exit: exited as u32 };
        if at.trace == OWN {
            host.left = Some(Registers::save(at, context));
            context.error = 1;
            return Returned::default();
        }
        host.finished += 1;
        let (version, code) = &host.guests[(at.trace.0 - GUESTS) as usize];
        let (key, exit) = (version.key, &code.exits[at.exit as usize]);
        let snapshot = &version.trace.snapshots[exit.snap.0 as usize];
        let frame = context.exit_base as u64;
        let word = |r: Ref| match version.trace.as_const(r) {
            Some(c) => c.bits,
            None => exit.loc(r).map_or(0, |loc| read(loc, context)),
        };
        let words: Vec<(Slot, u64)> = snapshot.slots.iter().map(|&(s, r)| (s, word(r))).collect();
        for (slot, word) in words {
            host.set_stack_word(frame + 8 * slot.0 as u64, word);
        }
        host.run_guest(context, key, frame)
    })
}

/// Code memory, a context, and memory for the worlds.
pub struct Machine {
    memory: CodeMemory,
    context: Box<Context>,
    host: *mut Host,
    /// Words of the arena in use when a run began.
    used_before: usize,
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: all three were leaked from boxes of these types in `new`, and nobody uses them any more.
        unsafe {
            let host = Box::from_raw(self.host);
            drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(host.arena, ARENA)));
            drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(host.stack, STACK)));
        }
    }
}

impl Machine {
    /// Memory of its own.
    pub fn new() -> Result<Machine, String> {
        let leak = |words: usize| Box::into_raw(vec![0u64; words].into_boxed_slice()).cast();
        let host = Host {
            arena: leak(ARENA),
            stack: leak(STACK),
            used: 0,
            made: Vec::new(),
            log: Vec::new(),
            sites: CallSites::default(),
            guests: Vec::new(),
            left: None,
            finished: 0,
        };
        let host = Box::into_raw(Box::new(host));
        let memory = CodeMemory::new(8 << 20).map_err(|e| format!("code memory: {e}"))?;
        let mut context = Context::new(host.cast::<c_void>(), allocate);
        context.interpret = call_guest;
        context.finish = finish;
        context.cold = cold;
        Ok(Machine { memory, context, host, used_before: 0 })
    }

    fn host(&mut self) -> &mut Host {
        // SAFETY: made in `new`, freed in `drop`; the only other users are functions that machine code calls, and no
        // machine code runs while `self` is borrowed here.
        unsafe { &mut *self.host }
    }

    /// Forgets all objects.
    pub fn clear(&mut self) {
        self.host().used = 0;
    }

    /// Room for an object that a world will hold.
    pub fn place(&mut self, words: usize) -> u64 {
        self.host().take(words)
    }

    /// Guest functions that calls can arrive at, once they are opened.
    pub fn add_guests(&mut self, versions: Vec<Version>) -> Result<(), AssembleError> {
        for version in versions {
            let id = TraceId(GUESTS + self.host().guests.len() as u32);
            let code = self.compile_as(&version.trace, id)?;
            self.host().guests.push((version, code));
        }
        Ok(())
    }

    /// From now on, calls of guest functions arrive at these versions; calls of other functions at none.
    pub fn open_guests(&mut self, chosen: &[usize]) {
        let Machine { memory, host, .. } = self;
        // SAFETY: as in `host`.
        let guests = unsafe { &(**host).guests };
        guests.iter().for_each(|(version, code)| close(memory, code, version.key));
        for (version, code) in chosen.iter().map(|&i| &guests[i]) {
            open(memory, &version.trace, code, version.key);
        }
    }

    /// How often a guest function left its machine code.
    pub fn finished(&mut self) -> u64 {
        self.host().finished
    }

    /// Compiles a trace.
    pub fn compile(&mut self, trace: &Trace) -> Result<CompiledCode, AssembleError> {
        self.compile_as(trace, OWN)
    }

    fn compile_as(&mut self, trace: &Trace, id: TraceId) -> Result<CompiledCode, AssembleError> {
        let code = assemble(trace, id, EntryFrom::Memory, &|_| None, &mut self.memory)?;
        self.host().sites.add(&code.call_sites);
        Ok(code)
    }

    /// The machine code of a trace as text.
    pub fn listing(&self, trace: &Trace, code: &CompiledCode) -> String {
        listing(code, trace, &self.memory)
    }

    /// Gives the memory of a trace back.
    pub fn free(&mut self, code: CompiledCode) {
        self.host().sites.remove(&code.call_sites);
        self.memory.free(code.range);
    }

    /// Runs a compiled trace in this world. Its objects must lie where [`Machine::place`] said.
    pub fn run(
        &mut self,
        trace: &Trace,
        code: &CompiledCode,
        world: &ModelWorld,
    ) -> Result<Left, String> {
        self.load(world)?;
        let base = self.host().slot_address(world.base)? as *mut u64;
        // SAFETY: `code` was compiled into this memory; the context is this machine's own and not borrowed; the stack has
        // room for the slots of the trace (its world could set them), and holds values of their types, as `world` does.
        let left = unsafe { enter(&self.memory, &raw mut *self.context, base, code.entry) };
        self.outcome((trace, code), world, base, left)
    }

    /// As [`Machine::run`], by the second entry.
    pub fn run_called(
        &mut self,
        (trace, code): (&Trace, &CompiledCode),
        call: &Called,
        world: &ModelWorld,
    ) -> Result<Left, String> {
        let Called { key, caller, passed, unwritten } = call;
        open(&mut self.memory, trace, code, *key);
        let calling = self.compile_as(caller, CALLER).map_err(|e| format!("the caller: {e}"))?;
        self.load(world)?;
        let host = self.host();
        host.left = None;
        for slot in unwritten {
            let address = host.slot_address(world.base + i64::from(slot.0))?;
            host.set_stack_word(address, POISON);
        }
        let given = host.slot_address(world.base + i64::from(PASSED))?;
        for (i, &word) in passed.iter().enumerate() {
            host.set_stack_word(given + 8 * i as u64, word);
        }
        let base = host.slot_address(world.base)? as *mut u64;
        let below = host.slot_address(world.base - i64::from(DISTANCE))? as *mut u64;
        // SAFETY: as in `run`; the caller touches nothing but what it passes, which was written just now.
        let ended = unsafe { enter(&self.memory, &raw mut *self.context, below, calling.entry) };
        close(&mut self.memory, code, *key);
        self.free(calling);
        let host = self.host();
        for i in 0..passed.len() as u64 {
            host.set_stack_word(given + 8 * i, POISON);
        }
        let left = host.left.take();
        if let Some(registers) = &left {
            registers.restore(&mut self.context);
        }
        if ended.is_some() != left.is_some() {
            return Err(format!("the caller ends in {ended:?}"));
        }
        self.outcome((trace, code), world, base, left.map(|registers| registers.at))
    }

    /// What became of this world, after machine code that began at this base left like this.
    fn outcome(
        &mut self,
        (trace, code): (&Trace, &CompiledCode),
        world: &ModelWorld,
        base: *mut u64,
        left: Option<ExitedAt>,
    ) -> Result<Left, String> {
        let used = self.used_before;
        let Some(left) = left else {
            let (tag, payload) = (self.context.result_tag, self.context.result);
            let exit = Exit::Finished(trace.ops.len() - 1, tag, payload);
            let after = self.unload(world);
            self.host().used = used;
            let state = State { base: 0, ..State::default() };
            return Ok(Left::new(Outcome { exit, rounds: 0, state, values: Vec::new() }, after));
        };
        if left.trace != OWN {
            return Err(format!("left trace {}", left.trace.0));
        }
        let Some(exit) = code.exits.get(left.exit as usize) else {
            return Err(format!("there is no exit {}", left.exit));
        };
        let Some(snapshot) = trace.snapshots.get(exit.snap.0 as usize) else {
            return Err(format!("exit {} has no snapshot", left.exit));
        };
        let moved = (self.context.exit_base as i64 - base as i64) / 8;
        let mut after = self.unload(world);
        let nowhere = |r: &Ref| r.is_op() && exit.loc(*r).is_none();
        let mut values = snapshot.values().filter(|&r| trace.virtual_behind(r).is_none());
        if let Some(r) = values.find(nowhere) {
            return Err(format!("{r:?} is nowhere at op {}", exit.op));
        }
        let word = |r: Ref| match trace.as_const(r) {
            Some(c) => c.bits,
            None => exit.loc(r).map_or(0, |loc| read(loc, &self.context)),
        };
        let shared = std::cell::RefCell::new(&mut after);
        let made = Made::allocate(
            trace,
            snapshot,
            &word,
            &mut |layout, len| shared.borrow_mut().allocate(layout, len),
            &mut |callee, args| shared.borrow_mut().call(callee, args),
        )?;
        made.fill(trace, snapshot, &word, &mut |access, object, index, word| {
            after.store(access, object, index, word)
        })?;
        let known = |r: Ref| {
            let bits = made.word(trace, r).unwrap_or_else(|| word(r));
            Const { ty: trace.ty(r), bits }
        };
        let mut state = State { at: snapshot.at, base: snapshot.base, ..State::default() };
        for &(slot, r) in &snapshot.slots {
            state.slots.push((slot, known(r)));
        }
        for &r in &snapshot.replay {
            state.replay.push(known(r));
        }
        after.base += moved;
        self.host().used = used;
        let exit = Exit::Left(exit.op);
        Ok(Left::new(Outcome { exit, rounds: 0, state, values: Vec::new() }, after))
    }

    /// Writes a world to memory.
    fn load(&mut self, world: &ModelWorld) -> Result<(), String> {
        self.used_before = self.host().used;
        let context = &mut self.context;
        context.signal = world.signal.into();
        context.error = 0;
        context.result_tag = 0;
        context.countdown = world.countdown;
        for k in 0..Slot::MAX_LOCALS {
            context.locals[k] = world.locals.get(&k).copied().unwrap_or(POISON);
        }
        let host = self.host();
        host.made.clear();
        host.log.clear();
        for (&address, object) in &world.objects {
            for (i, &word) in object.words.iter().enumerate() {
                host.set_word(address + 8 * i as u64, word);
            }
        }
        let first = host.stack as u64;
        for i in 0..STACK as u64 {
            host.set_stack_word(first + 8 * i, POISON);
        }
        for (&slot, &word) in &world.stack {
            let address = host.slot_address(slot)?;
            host.set_stack_word(address, word);
        }
        Ok(())
    }

    /// Reads the world that `before` has become.
    fn unload(&mut self, before: &ModelWorld) -> ModelWorld {
        let mut world = before.clone();
        for k in 0..Slot::MAX_LOCALS {
            let word = self.context.locals[k];
            if word != POISON || world.locals.contains_key(&k) {
                world.store_slot(Slot::local(k), word);
            }
        }
        let host = self.host();
        for (&address, object) in &mut world.objects {
            for (i, word) in object.words.iter_mut().enumerate() {
                *word = host.word(address + 8 * i as u64);
            }
        }
        for &(address, layout, len) in &host.made {
            let words = (0..len).map(|i| host.word(address + 8 * i as u64)).collect();
            world.objects.insert(address, ModelObject { layout, words, is_new: true });
        }
        let first = host.stack as u64;
        for (&slot, word) in &mut world.stack {
            *word = host.stack_word(first + 8 * (slot + BASE as i64) as u64);
        }
        for i in 0..STACK as u64 {
            let (slot, word) = (i as i64 - BASE as i64, host.stack_word(first + 8 * i));
            if word != POISON {
                world.stack.insert(slot, word);
            }
        }
        world.log.extend(host.log.iter().cloned());
        world
    }
}

/// The trace with a `guard_chaos` before the guard at this index, which then leaves when the countdown says so.
pub fn with_chaos(trace: &Trace, guard: usize) -> Trace {
    let mut out = trace.clone();
    let renumber = |r: &mut Ref| {
        if r.is_op() && r.index() >= guard {
            *r = Ref::op(r.index() + 1);
        }
    };
    for op in &mut out.ops {
        op.args.iter_mut().for_each(renumber);
    }
    out.lists.iter_mut().for_each(renumber);
    for snapshot in &mut out.snapshots {
        snapshot.slots.iter_mut().for_each(|(_, r)| renumber(r));
        snapshot.replay.iter_mut().for_each(renumber);
        snapshot.barred.iter_mut().for_each(renumber);
        for object in snapshot.virtuals.iter_mut().chain(&mut snapshot.memory) {
            renumber(&mut object.name);
            object.stores.iter_mut().for_each(|store| renumber(&mut store.value));
        }
    }
    let old = trace.ops[guard];
    let chaos = holloway::trace::Op::new(holloway::trace::Opcode::GuardChaos, old.ty, &[], 0);
    out.ops.insert(guard, holloway::trace::Op { snap: old.snap, at: old.at, ..chaos });
    out.find_imports();
    out
}
