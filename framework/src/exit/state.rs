//! The state at an exit: virtual objects made, the words of the snapshot, and slots written from them.
//!
//! Invariant: after [`restore`] the VM stack in memory is complete, and every object that it names exists.

use crate::assemble::Exit;
use crate::heap::Heap;
use crate::interpret::stack;
use crate::run::{Context, read};
use crate::trace::{CallId, LayoutId, Made, Ref, Slot, Trace};
use std::convert::Infallible;

/// The word of a value that is alive at an exit.
///
/// # Panics
/// If it is not alive there: a bug in the assembler.
pub(crate) fn word(trace: &Trace, exit: &Exit, context: &Context, value: Ref) -> u64 {
    match trace.as_const(value) {
        Some(c) => c.bits,
        None => match exit.loc(value) {
            Some(loc) => read(loc, context),
            None => panic!("{value:?} is not alive at the exit of op {}", exit.op),
        },
    }
}

/// The address of a slot.
pub(crate) fn address(base: usize, slot: Slot) -> usize {
    (base as isize + slot.0 as isize * 8) as usize
}

/// What an exit left.
pub(crate) struct Restored {
    /// The base to go on with.
    pub(crate) base: usize,
    /// The words of the replay log.
    pub(crate) log: Vec<u64>,
    /// The objects that had been virtual.
    pub(crate) made: Made,
    /// The heap's limit was exceeded.
    pub(crate) exceeded: bool,
}

/// A call that was put off.
pub(crate) struct PutOff {
    /// The function.
    pub(crate) callee: CallId,
    /// What it is called with.
    pub(crate) args: Vec<Argument>,
}

/// An argument of a call that was put off.
pub(crate) enum Argument {
    /// This word.
    Word(u64),
    /// The result of an earlier one, by its number.
    Result(usize),
}

/// The calls that were put off and whose results the snapshot names, in their order.
pub(crate) fn put_off(trace: &Trace, exit: &Exit, context: &Context) -> Vec<PutOff> {
    let snapshot = &trace.snapshots[exit.snap.0 as usize];
    let mut names = Vec::new();
    let mut calls = Vec::new();
    for object in &snapshot.virtuals {
        let Some(callee) = trace.delayed_call(object.name) else { continue };
        let argument = |value| match trace.virtual_behind(value) {
            None => Argument::Word(word(trace, exit, context, value)),
            Some(name) => match names.iter().position(|&earlier| earlier == name) {
                Some(k) => Argument::Result(k),
                None => panic!("{value:?} is an argument of an earlier call"),
            },
        };
        let args = object.stores.iter().map(|store| argument(store.value)).collect();
        calls.push(PutOff { callee, args });
        names.push(object.name);
    }
    calls
}

/// Makes the objects that the snapshot describes, then writes its slots. `called` are the results of what was [`put_off`].
pub(crate) fn restore(
    trace: &Trace,
    exit: &Exit,
    context: &Context,
    (heap, called): (&mut Heap, &[u64]),
) -> Restored {
    let snapshot = &trace.snapshots[exit.snap.0 as usize];
    let base = context.exit_base as usize;
    let value = |r| word(trace, exit, context, r);
    let mut exceeded = false;
    let mut called = called.iter().copied();
    let mut allocate = |layout: LayoutId, len| {
        let (address, beyond) = heap.alloc_always(layout.get(), len as usize);
        exceeded |= beyond;
        Ok(address)
    };
    let made = Made::allocate::<Infallible>(trace, snapshot, &value, &mut allocate, &mut |_, _| {
        Ok(called.next().expect("every call was made"))
    });
    let Ok(made) = made;
    let filled =
        made.fill::<Infallible>(trace, snapshot, &value, &mut |access, object, index, word| {
            heap.fill(access.get(), object, index, word);
            Ok(())
        });
    let Ok(()) = filled;
    let value = |r| made.word(trace, r).unwrap_or_else(|| value(r));
    for &(slot, r) in &snapshot.slots {
        stack::poke(address(base, slot), value(r));
    }
    let log = snapshot.replay.iter().map(|&r| value(r)).collect();
    Restored { base: address(base, Slot(snapshot.base)), log, made, exceeded }
}
