//! Residual calls: functions that are called from traces, not traced through.
//!
//! `#[residual]`, `#[elidable]` and `#[loop_invariant]` turn an ordinary function into one that takes red arguments: in `Run` it
//! is a plain call; while recording it runs once and becomes a `call` op; in `Resume` its logged result stands in for it.
//!
//! Invariant: the machine code of a call passes words to a thunk with the signature of its descriptor; the thunk, the plain
//! function and the descriptor come out of one macro.
#![allow(unsafe_code, reason = "thunks turn words back into typed arguments")]

use super::cx::{Cx, Language, Runtime};
use super::mode::{Mode, World};
use super::red::Red;
use super::value::Value;
use crate::exit::replay;
use crate::heap::{FieldType, Val};
use crate::record::tls;
use crate::run::Context;
use crate::trace::{CallDesc, CallEffect, CallId, Ref, Ty};

/// What a residual function takes: a word, or a dynamic value (two words).
pub trait Argument: Copy {
    /// As a handler passes it.
    type Traced<M: Mode>: Copy;
    /// The types of its words.
    const TYS: &'static [Ty];
    /// The concrete argument.
    fn plain<M: Mode>(traced: Self::Traced<M>) -> Self;
    /// The names of its words, appended.
    fn names<M: Mode>(traced: Self::Traced<M>, to: &mut Vec<Ref>);
}

impl<T: FieldType> Argument for T {
    type Traced<M: Mode> = Red<M, T>;
    const TYS: &'static [Ty] = &[T::TY];
    #[inline(always)]
    fn plain<M: Mode>(traced: Red<M, T>) -> T {
        traced.value
    }
    fn names<M: Mode>(traced: Red<M, T>, to: &mut Vec<Ref>) {
        to.push(M::to_ref(traced.name));
    }
}

/// What a residual function returns.
pub trait Returned: Copy {
    /// As a handler gets it.
    type Traced<M: Mode>;
    /// The type of its word; `None` for `()`.
    const TY: Option<Ty>;
    /// Comes with a tag.
    const DYNAMIC: bool;
    /// Tag (or 0) and word.
    fn words(self) -> (u64, u64);
    /// From tag and word.
    ///
    /// # Safety
    /// They must come from [`Returned::words`].
    unsafe fn traced<M: Mode>(words: (u64, u64), names: Option<(Ref, Ref)>) -> Self::Traced<M>;
}

fn name_or_constant<M: Mode>(name: Option<Ref>, ty: Ty, bits: u64) -> M::Name {
    match name {
        Some(name) => M::from_ref(name),
        None => M::constant(ty, bits),
    }
}

impl<T: FieldType> Returned for T {
    type Traced<M: Mode> = Red<M, T>;
    const TY: Option<Ty> = Some(T::TY);
    const DYNAMIC: bool = false;
    #[inline(always)]
    fn words(self) -> (u64, u64) {
        (0, self.to_bits())
    }
    #[inline(always)]
    unsafe fn traced<M: Mode>(words: (u64, u64), names: Option<(Ref, Ref)>) -> Red<M, T> {
        let name = name_or_constant::<M>(names.map(|n| n.1), T::TY, words.1);
        // SAFETY: the caller vouches for the word.
        Red::new(unsafe { T::from_bits(words.1) }, name)
    }
}

/// Nothing: stands for `()` in generated code.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl Returned for Nothing {
    type Traced<M: Mode> = ();
    const TY: Option<Ty> = None;
    const DYNAMIC: bool = false;
    #[inline(always)]
    fn words(self) -> (u64, u64) {
        (0, 0)
    }
    #[inline(always)]
    unsafe fn traced<M: Mode>(_: (u64, u64), _: Option<(Ref, Ref)>) {}
}

/// A dynamic value as argument or result of a residual function.
#[derive(Clone, Copy, Debug)]
pub struct Dynamic(pub Val);

impl Dynamic {
    #[inline(always)]
    fn value<M: Mode>(words: (u64, u64), names: Option<(Ref, Ref)>) -> Value<M> {
        // SAFETY: tag and payload of one value, see the callers.
        let value = unsafe { Val::from_words(words.0, words.1) };
        let tag = name_or_constant::<M>(names.map(|n| n.0), Ty::Int, words.0);
        let bits = name_or_constant::<M>(names.map(|n| n.1), Ty::Int, words.1);
        Value::named(value, tag, bits)
    }
}

impl Returned for Dynamic {
    type Traced<M: Mode> = Value<M>;
    const TY: Option<Ty> = Some(Ty::Int);
    const DYNAMIC: bool = true;
    #[inline(always)]
    fn words(self) -> (u64, u64) {
        self.0.words()
    }
    #[inline(always)]
    unsafe fn traced<M: Mode>(words: (u64, u64), names: Option<(Ref, Ref)>) -> Value<M> {
        Dynamic::value(words, names)
    }
}

/// The plain value of a traced dynamic argument, and the names of its words.
pub fn dynamic_names<M: Mode>(value: Value<M>, to: &mut Vec<Ref>) {
    to.push(M::to_ref(value.tag.name));
    to.push(M::to_ref(super::access::payload_of(value).name));
}

/// A dynamic argument back from its words.
///
/// # Safety
/// The words must be tag and payload of one value.
pub unsafe fn dynamic_from(tag: u64, bits: u64) -> Val {
    // SAFETY: the caller vouches for it.
    unsafe { Val::from_words(tag, bits) }
}

/// What a macro knows about a residual function.
#[derive(Clone, Copy, Debug)]
pub struct Callee {
    /// Its name in traces.
    pub name: &'static str,
    /// The thunk.
    pub address: usize,
    /// What it does.
    pub effect: CallEffect,
    /// Returns a `Result`.
    pub can_fail: bool,
}

pub(super) fn call_id(callee: &Callee, name: String, tys: &[Ty], result: Option<Ty>) -> CallId {
    CallId::of(CallDesc {
        name,
        address: callee.address,
        params: tys.to_vec(),
        result,
        effect: callee.effect,
        can_fail: callee.can_fail,
    })
}

/// A residual call in the worlds `Record` and `Resume`.
///
/// # Errors
/// What the function fails with.
pub fn residual<M: Mode, L: Language, R: Returned>(
    cx: &mut Cx<'_, M, L>,
    callee: &Callee,
    tys: &[Ty],
    names: &[Ref],
    run: impl FnOnce(&mut Runtime<L>) -> Result<R, L::Error>,
) -> Result<R::Traced<M>, L::Error> {
    match M::WORLD {
        World::Run | World::Resume => {
            if let Some(bits) = replay::next() {
                let tag = if R::DYNAMIC { replay::next().unwrap_or(0) } else { 0 };
                if callee.can_fail
                    && replay::is_empty()
                    && let Some(error) = cx.runtime.take_error()
                {
                    return Err(error);
                }
                // SAFETY: the results of this very call, logged when its guard failed.
                return Ok(unsafe { R::traced::<M>((tag, bits), None) });
            }
            let words = run(cx.runtime)?.words();
            // SAFETY: fresh from the function.
            Ok(unsafe { R::traced::<M>(words, None) })
        }
        World::Record => {
            if let Some((name, bits)) = tls::with(|r| r.next_replayed()) {
                let (tag_name, tag) = if R::DYNAMIC {
                    tls::with(|r| r.next_replayed()).unwrap_or((name, 0))
                } else {
                    (name, 0)
                };
                if callee.can_fail
                    && tls::with(|r| r.replay_is_empty())
                    && let Some(error) = cx.runtime.take_error()
                {
                    return Err(error);
                }
                // SAFETY: as above.
                return Ok(unsafe { R::traced::<M>((tag, bits), Some((tag_name, name))) });
            }
            let words = run(cx.runtime)?.words();
            let id = call_id(callee, callee.name.to_string(), tys, R::TY);
            let (name, tag) = tls::with(|r| {
                let called = r.record_call(id, names, words.1, R::DYNAMIC.then_some(words.0));
                if callee.can_fail {
                    r.record_no_error();
                }
                called
            });
            // SAFETY: fresh from the function.
            Ok(unsafe { R::traced::<M>(words, Some((tag.unwrap_or(name), name))) })
        }
    }
}

/// An elidable or loop-invariant call; `fold` if it may become a constant on constant arguments.
pub fn elidable<M: Mode, R: FieldType>(
    callee: &Callee,
    tys: &[Ty],
    names: &[Ref],
    fold: bool,
    result: R,
) -> Red<M, R> {
    let bits = result.to_bits();
    if !matches!(M::WORLD, World::Record) {
        return Red::new(result, M::constant(R::TY, bits));
    }
    let id = call_id(callee, callee.name.to_string(), tys, Some(R::TY));
    let name = tls::with(|r| r.record_elidable(id, names, bits, fold));
    Red::new(result, M::from_ref(name))
}

/// The inside of a thunk: finds the runtime behind the context, runs the function, leaves error or result behind.
///
/// # Safety
/// `context` is that of a `Runtime<L>` that is suspended in machine code.
pub unsafe fn thunk<L: Language, R: Returned>(
    context: *mut Context,
    run: impl FnOnce(&mut Runtime<L>) -> Result<R, L::Error>,
) -> u64 {
    // SAFETY: the runtime put its own address there and waits for machine code to come back.
    let runtime = unsafe { &mut *(*context).host.cast::<Runtime<L>>() };
    runtime.pin(); // machine code holds references
    let result = run(runtime);
    runtime.unpin();
    answer(runtime, result)
}

/// What machine code gets from a function that it called.
pub(super) fn answer<L: Language, R: Returned>(
    runtime: &mut Runtime<L>,
    result: Result<R, L::Error>,
) -> u64 {
    runtime.settle_validity();
    match result {
        Ok(result) => {
            let (tag, bits) = result.words();
            if R::DYNAMIC {
                runtime.context.result_tag = tag;
            }
            bits
        }
        Err(error) => {
            runtime.pending_error = Some(error);
            runtime.context.error = 1;
            runtime.context.result_tag = 0;
            0
        }
    }
}

impl<L: Language> Runtime<L> {
    /// The error of the last residual call.
    fn take_error(&mut self) -> Option<L::Error> {
        self.context.error = 0;
        self.pending_error.take()
    }
}
