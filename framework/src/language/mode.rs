//! The worlds an interpreter runs in: one source, three instantiations.
//!
//! | world | a red value is | what running it does |
//! |---|---|---|
//! | [`Run`] | a word | interprets, at the speed of a hand-written loop |
//! | [`Record`] | a word and its name in the trace | interprets, and appends every operation to the trace |
//! | [`Resume`] | a word | finishes an instruction that a failed guard cut in half |
//!
//! Invariant: all three compute the same; `Record` and `Resume` differ from `Run` only in what they write down or skip.

use crate::record::tls;
use crate::trace::{Opcode, Ref, Ty};

mod sealed {
    pub trait Sealed {}
}

/// Which world code runs in, for `if`s that the compiler resolves.
///
/// ```
/// use holloway::Mode;
/// use holloway::language::World;
///
/// /// `if`s on the world cost nothing: they are resolved when the function is compiled.
/// fn describe<M: Mode>() -> &'static str {
///     match M::WORLD {
///         World::Run => "interprets",
///         World::Record => "interprets and records",
///         World::Resume => "finishes an instruction",
///     }
/// }
/// assert_eq!(describe::<holloway::Run>(), "interprets");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// Plain interpretation.
    Run,
    /// Interpretation that records.
    Record,
    /// The rest of an instruction after a failed guard.
    Resume,
}

/// A world: [`Run`], [`Record`] or [`Resume`]. Functions generic over it are traced through.
///
/// ```
/// use holloway::{Mode, Red, Run};
///
/// /// Traced through, because it is generic over the world.
/// fn twice<M: Mode>(x: Red<M, i64>) -> Red<M, i64> {
///     x + x
/// }
/// assert_eq!(twice::<Run>(21.into()).promote(), 42);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a world to interpret in",
    note = "write the function generic over `M: Mode`; the worlds are `Run`, `Record` and `Resume`"
)]
pub trait Mode: sealed::Sealed + Copy + 'static {
    /// What names a red value in the trace; nothing outside of `Record`.
    type Name: Copy;
    /// Which world this is.
    const WORLD: World;

    /// The name of a constant.
    #[doc(hidden)]
    fn constant(ty: Ty, bits: u64) -> Self::Name;

    /// Records a pure op whose result is `bits`.
    #[doc(hidden)]
    fn pure(code: Opcode, args: &[Self::Name], bits: u64) -> Self::Name;

    /// Records a guard on a truth value that is `taken`.
    #[doc(hidden)]
    fn guard(condition: Self::Name, taken: bool);

    /// Records checked arithmetic that yielded `bits`.
    #[doc(hidden)]
    fn checked(code: Opcode, args: &[Self::Name], bits: u64) -> Self::Name;

    /// Records that a value is this constant; the constant is its name from now on.
    #[doc(hidden)]
    fn promote(name: Self::Name, bits: u64);

    /// The same word under another type.
    #[doc(hidden)]
    fn cast(name: Self::Name, to: Ty, bits: u64) -> Self::Name;

    /// The name as the recorder knows it.
    #[doc(hidden)]
    fn to_ref(name: Self::Name) -> Ref;

    /// A name from the recorder.
    #[doc(hidden)]
    fn from_ref(name: Ref) -> Self::Name;
}

/// Plain interpretation.
///
/// ```
/// # use holloway::{Red, Run};
/// let a = Red::<Run, i64>::from(20); // a plain word
/// assert_eq!((a + 1).promote(), 21);
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Run {}

/// Interpretation that records a trace.
///
/// ```
/// // The framework instantiates a language's dispatch loop with it; authors only write `M: Mode`.
/// fn is_a_world<M: holloway::Mode>() {}
/// is_a_world::<holloway::Record>();
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Record {}

/// The rest of an instruction after a guard in its middle failed.
///
/// ```
/// // The framework instantiates a language's dispatch loop with it; authors only write `M: Mode`.
/// fn is_a_world<M: holloway::Mode>() {}
/// is_a_world::<holloway::Resume>();
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Resume {}

macro_rules! silent_mode {
    ($mode:ident) => {
        impl sealed::Sealed for $mode {}

        impl Mode for $mode {
            type Name = ();
            const WORLD: World = World::$mode;

            #[inline(always)]
            fn constant(_: Ty, _: u64) {}
            #[inline(always)]
            fn pure(_: Opcode, _: &[()], _: u64) {}
            #[inline(always)]
            fn guard(_: (), _: bool) {}
            #[inline(always)]
            fn checked(_: Opcode, _: &[()], _: u64) {}
            #[inline(always)]
            fn promote(_: (), _: u64) {}
            #[inline(always)]
            fn cast(_: (), _: Ty, _: u64) {}
            #[inline(always)]
            fn to_ref(_: ()) -> Ref {
                Ref::NONE
            }
            #[inline(always)]
            fn from_ref(_: Ref) {}
        }
    };
}
silent_mode!(Run);
silent_mode!(Resume);

impl sealed::Sealed for Record {}

impl Mode for Record {
    type Name = Ref;
    const WORLD: World = World::Record;

    fn constant(ty: Ty, bits: u64) -> Ref {
        tls::with(|r| r.constant(ty, bits))
    }

    fn pure(code: Opcode, args: &[Ref], bits: u64) -> Ref {
        tls::with(|r| r.record_pure(code, args, bits))
    }

    fn guard(condition: Ref, taken: bool) {
        tls::with(|r| r.record_guard(condition, taken));
    }

    fn checked(code: Opcode, args: &[Ref], bits: u64) -> Ref {
        tls::with(|r| r.record_checked(code, args, bits))
    }

    fn promote(name: Ref, bits: u64) {
        tls::with(|r| r.record_promote(name, bits));
    }

    fn cast(name: Ref, to: Ty, bits: u64) -> Ref {
        tls::with(|r| r.record_cast(name, to, bits))
    }

    fn to_ref(name: Ref) -> Ref {
        name
    }

    fn from_ref(name: Ref) -> Ref {
        name
    }
}
