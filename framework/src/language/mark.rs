//! Marks: greens of the language's own, which make several loops of one place in the interpreter.
//!
//! A guest program that is an interpreter has one loop of its own, which goes round for every step of the program it interprets;
//! the loops of *that* program are found if the place is taken together with the expression that is being evaluated. So the guest
//! says where that is, and the language hands it to [`loop_header!`](crate::loop_header):
//!
//! ```text
//! level 0    loops of the guest program, the interpreter among them        the place
//! level 1    loops of the program that it interprets                       the place, and the identity of an expression
//! level 2    .. of the program that one interprets ..
//! ```
//! A recording of one level takes what comes round on lower levels for straight code; one that meets a header of a higher level is given
//! up.
//!
//! Invariant: a mark stands for an object that does not move, and a trace that begins at a marked header refers to it.

use super::cx::{Cx, Language};
use super::mode::{Mode, World};
use super::value::Value;
use crate::record::tls;

/// See the module.
///
/// ```
/// use holloway::{Cx, Language, Mark, Mode, Value};
///
/// /// The mark for the expression that a guest program says it evaluates; `None`: it is no place.
/// fn mark<M: Mode, L: Language>(cx: &mut Cx<'_, M, L>, expression: Value<M>) -> Option<Mark> {
///     cx.mark(expression, 1)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    pub(crate) level: u8,
    pub(crate) identity: u64,
}

impl<M: Mode, L: Language> Cx<'_, M, L> {
    /// Makes a value a constant of the trace, as [`Red::promote`](crate::Red::promote) does. If it is an object that does not move, such as a
    /// literal, yields its mark. The trace that begins behind a header with this mark has to begin with promoting the same value.
    pub fn mark(&mut self, value: Value<M>, level: u8) -> Option<Mark> {
        let tag = value.tag();
        if tag == crate::Tag::FLOAT {
            return None;
        }
        if tag.is_object() && self.heap().is_young(value.bits) {
            return None;
        }
        if matches!(M::WORLD, World::Record) {
            let ty = super::value::payload_ty(tag);
            let name = M::cast(value.name, ty, value.bits);
            M::promote(name, value.bits);
        }
        let level = level.max(1);
        tag.is_object().then_some(Mark { level, identity: value.bits })
    }

    /// The level of the loop that is being recorded; 0 where nothing is recorded. For handlers that do what is better there: both ways
    /// must come to the same.
    pub fn level(&self) -> u8 {
        let level = || match M::WORLD {
            World::Record => tls::with(|r| r.level),
            _ => 0,
        };
        super::access::decide::<M>(|| u64::from(level())) as u8
    }

    /// Is this value a constant of the trace under way? Never so where nothing is recorded. For handlers that do what is better if it
    /// is: both ways must come to the same.
    pub fn is_constant(&self, value: Value<M>) -> bool {
        let known = || {
            matches!(M::WORLD, World::Record)
                && tls::with(|r| {
                    r.is_constant(M::to_ref(value.tag.name)) && r.is_constant(M::to_ref(value.name))
                })
        };
        super::access::decide::<M>(|| u64::from(known())) != 0
    }
}
