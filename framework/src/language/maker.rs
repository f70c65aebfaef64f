//! Calls that only make an object: asking for what it was made of, and making it whatever the heap's limit is.
//!
//! `#[residual(makes)]` says of a function that it makes an object out of its arguments and does nothing else. A trace puts such a
//! call off until somebody wants the object; what only an exit needs is made there. A handler that is given the object may ask
//! for the arguments ([`Maker`]) and make another one of them: then nobody wants the first.
//!
//! Invariant: there are arguments to ask for while recording only, so an answer must not change what a handler computes.
#![allow(unsafe_code, reason = "vouches for the types of words")]

use super::cx::{Language, Runtime};
use super::mode::{Mode, World};
use super::red::Red;
use crate::heap::{FieldType, Gc, Heap, Object, OutOfMemory};
use crate::interpret::signal;
use crate::record::tls;
use std::marker::PhantomData;

/// Names a function with the attribute `#[residual(makes)]` and `N` parameters of type `A`: the attribute defines a constant of the
/// function's name in capitals. No two such functions of a language have the same name.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Range {
///     #[immutable]
///     start: i64,
///     #[immutable]
///     end: i64,
/// }
///
/// #[residual(makes)]
/// fn range(rt: &mut Runtime<Countdown>, start: i64, end: i64) -> Gc<Range> {
///     rt.make(|heap| Range::alloc(heap, start, end))
/// }
///
/// /// Of a range that the trace itself makes, the length is known without making it.
/// fn length<M: Mode>(range: Red<M, Gc<Range>>) -> Red<M, i64> {
///     match RANGE.arguments(range) {
///         Some([start, end]) => end - start,
///         None => range.get(Range::END) - range.get(Range::START),
///     }
/// }
/// # fn main() {}
/// ```
pub struct Maker<A, const N: usize> {
    name: &'static str,
    types: PhantomData<fn() -> A>,
}

impl<A: FieldType, const N: usize> Maker<A, N> {
    /// For `#[residual(makes)]`.
    ///
    /// # Safety
    /// All functions of this name with that attribute have `N` parameters of type `A`.
    #[doc(hidden)]
    pub const unsafe fn new(name: &'static str) -> Self {
        Maker { name, types: PhantomData }
    }

    /// What the function was called with that made this object, if that call is part of the trace that is recorded now.
    #[inline(always)]
    pub fn arguments<M: Mode, T: Object>(self, made: Red<M, Gc<T>>) -> Option<[Red<M, A>; N]> {
        match M::WORLD {
            World::Record => recorded(self.name, made),
            World::Run | World::Resume => None,
        }
    }
}

#[inline(never)]
fn recorded<M: Mode, T: Object, A: FieldType, const N: usize>(
    function: &str,
    made: Red<M, Gc<T>>,
) -> Option<[Red<M, A>; N]> {
    let found = tls::with(|r| r.arguments_of(M::to_ref(made.name), function))?;
    let red = |(name, word)| {
        // SAFETY: the word of a parameter of type `A`, as `Maker::new` was promised.
        Red::new(unsafe { A::from_bits(word) }, M::from_ref(name))
    };
    let reds: Vec<Red<M, A>> = found.into_iter().map(red).collect();
    reds.try_into().ok()
}

impl<L: Language> Runtime<L> {
    /// Makes an object, beyond the heap's limit if need be: the program gets its error at the next loop header or call. For
    /// functions that cannot fail, and objects that are small.
    pub fn make<R>(&mut self, make: impl Fn(&mut Heap) -> Result<R, OutOfMemory>) -> R {
        if let Ok(made) = make(self.heap()) {
            return made;
        }
        let heap = self.heap();
        let limit = heap.limit();
        heap.set_limit(usize::MAX);
        let made = make(heap);
        heap.set_limit(limit);
        self.memory_exceeded = true;
        signal::raise(&mut self.context, signal::MEMORY);
        // The system itself is out of memory: nothing can go on.
        made.unwrap_or_else(|_| std::process::abort())
    }
}
