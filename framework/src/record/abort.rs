//! Why recordings are given up: one table. Each reason says what happened, and what one can do about it.
//!
//! Giving up is normal control flow: it is counted, shown, and delays the next attempt; it never changes what the program does.

macro_rules! aborts {
    ($($variant:ident $name:literal, $what:literal, $advice:literal;)*) => {
        /// Why a recording was given up.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Abort {
            $(#[doc = $what] $variant,)*
        }

        impl Abort {
            /// Every reason.
            pub const ALL: &'static [Abort] = &[$(Abort::$variant,)*];

            /// A short name, for counting.
            pub fn name(self) -> &'static str {
                match self { $(Abort::$variant => $name,)* }
            }

            /// What happened.
            pub fn what(self) -> &'static str {
                match self { $(Abort::$variant => $what,)* }
            }

            /// What one can do about it.
            pub fn advice(self) -> &'static str {
                match self { $(Abort::$variant => $advice,)* }
            }
        }
    };
}

aborts! {
    TooLong "too_long", "the recording got longer than the limit", "raise --jit trace_limit=N, or split the loop body";
    LeftFrame "left_frame", "the loop's function returned before the loop came round", "a loop that is left in its first turn is not worth compiling; it is tried again";
    InnerLoop "inner_loop", "an inner loop that is not compiled yet goes round and round", "the inner loop is compiled first, then this one is tried again";
    Recursion "recursion", "a program that an interpreter runs has come to the same procedure several times over, each inside of the other", "loops inside of it are compiled on their own";
    Lower "lower", "the loop is one of an interpreter that runs a loop of its own program", "nothing: the loop of that program is compiled";
    Error "error", "the program raised an error", "errors on the hot path are not compiled; it is tried again";
    Finished "finished", "the program ended", "nothing";
    Unstable "unstable", "the types at the loop's head change from turn to turn", "keep the types of loop variables fixed";
    Unfit "unfit", "no compiled version of the loop fits the types at the end of the recording", "keep the types of loop variables fixed";
    NoCode "no_code", "the assembler could not emit it (out of registers' spill room or code memory)", "raise --jit code=MB, or simplify the loop body";
    Invalid "invalid", "something that the recording relies on changed meanwhile", "nothing; it is tried again";
    Pinned "pinned", "it mentions objects that cannot be moved out of the nursery yet, because a function waits for it", "nothing; it is tried again";
    Opaque "opaque", "the language asked for it", "see the language's note";
    Bug "bug", "an internal check failed", "please report it, with the output of --trace";
}
