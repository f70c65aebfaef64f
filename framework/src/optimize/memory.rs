//! MEMORY: what the loop stores in one iteration it need not load in the next.
//!
//! ```text
//! p0 = slot_load 0                      label [i2] -> s0
//! i1 = field_load p0.Cell.n             i3 = phi 0
//! i2 = int_add i1, 1              =>    i4 = int_add i3, 1
//! field_store p0.Cell.n, i2             field_store p0.Cell.n, i4
//! leave -> {}                           jump self [i4]
//!                                       s0: @1 {} memory [p0 {Cell.n: i3}]
//! ```
//! Words of objects that the loop does not change, whose contents are known at the end of the first iteration, are known at
//! the label as well: as the constant that they hold, or as a phi. The second iteration must end with knowing them, too.
//! The label's snapshot says so; whoever jumps there from elsewhere loads them first.
//!
//! Invariants: memory holds what the label says whenever it is reached; a word is there only if it may be loaded there,
//! which is why nothing is claimed if a guard of the preamble was lost.

use super::pass::Word;
use super::pipeline::Pipeline;
use super::short::Clobbers;
use super::virtuals::carry::is_same;
use crate::trace::{AccessId, Opcode, Ref, Trace, VirtualObject, VirtualStore};

/// So many words at most.
const MOST: usize = 16;

/// An object by its name in the first iteration, or by its address.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Name {
    Op(Ref),
    Address(u64),
}

/// A word under a name that is the same in every round.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    access: AccessId,
    object: Name,
    index: Option<u32>,
}

/// What earlier rounds found out.
#[derive(Debug, Default)]
pub(super) struct Lessons {
    /// Claim nothing.
    pub(super) none: bool,
    /// These words are not known in the end, or nobody needs them.
    dropped: Vec<Place>,
    /// These are phis, whatever they look like.
    phis: Vec<Place>,
}

impl Lessons {
    /// How many.
    pub(super) fn len(&self) -> usize {
        usize::from(self.none) + self.dropped.len() + self.phis.len()
    }
}

/// A word that is known at the label.
#[derive(Clone, Copy, Debug)]
struct Claim {
    place: Place,
    object: Ref,
    index: Ref,
    /// A constant or a phi.
    value: Ref,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<Claim>);

impl Memory {
    /// Finds words worth knowing. `stays` and `inits` are as for [`Graph`](super::virtuals::carry::Graph::new).
    pub(super) fn new(
        pipeline: &Pipeline<'_, '_>,
        recording: &Trace,
        clobbers: &Clobbers,
        lessons: &Lessons,
        label: usize,
        stays: impl Fn(Ref) -> bool,
        inits: &mut Vec<Ref>,
    ) -> Memory {
        if lessons.none {
            return Memory::default();
        }
        let cx = &pipeline.cx;
        let is_loaded = |access: AccessId| {
            let is_load = |code| matches!(code, Opcode::FieldLoad | Opcode::ElemLoad);
            recording.ops.iter().any(|op| is_load(op.code) && op.access() == access)
        };
        let mut words = pipeline.words();
        words.retain(|word| {
            let ty = word.access.lookup().map(|access| access.width.ty());
            stays(word.object)
                && Some(cx.out.ty(word.value)) == ty
                && !clobbers.spare(word.access)
                && is_loaded(word.access)
        });
        let mut claims: Vec<Claim> = Vec::new();
        for Word { access, object, index, value } in words {
            let at = match cx.int(index) {
                _ if index == Ref::NONE => None,
                Some(at) if u32::try_from(at).is_ok() => Some(at as u32),
                _ => continue,
            };
            let name = cx.out.as_const(object).map_or(Name::Op(object), |c| Name::Address(c.bits));
            let place = Place { access, object: name, index: at };
            if !lessons.dropped.contains(&place) && claims.iter().all(|c| c.place != place) {
                claims.push(Claim { place, object, index, value });
            }
        }
        // The heap's table has no order of its own.
        claims.sort_unstable_by_key(|c| (c.object, c.place.access, c.place.index));
        claims.truncate(MOST);
        for claim in &mut claims {
            if !claim.value.is_const() || lessons.phis.contains(&claim.place) {
                inits.push(claim.value);
                claim.value = Ref::op(label + inits.len());
            }
        }
        Memory(claims)
    }

    /// Is nothing known?
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the label's snapshot says.
    pub(super) fn describe(&self) -> Vec<VirtualObject> {
        let mut objects: Vec<VirtualObject> = Vec::new();
        for claim in &self.0 {
            let Place { access, index, .. } = claim.place;
            let store = VirtualStore { access, index, value: claim.value };
            match objects.last_mut().filter(|object| object.name == claim.object) {
                Some(object) => object.stores.push(store),
                None => objects.push(VirtualObject { name: claim.object, stores: vec![store] }),
            }
        }
        objects
    }

    /// Tells the passes.
    pub(super) fn learn(&self, pipeline: &mut Pipeline<'_, '_>) {
        for &Claim { place, object, index, value } in &self.0 {
            pipeline.learn_word(Word { access: place.access, object, index, value });
        }
    }

    /// Does the end of the second iteration agree? Adds the phis to the others, and what becomes of each.
    pub(super) fn check(
        &self,
        pipeline: &Pipeline<'_, '_>,
        lessons: &mut Lessons,
        passed: &mut Vec<(Ref, Ref)>,
    ) {
        let words = if self.0.is_empty() { Vec::new() } else { pipeline.words() };
        let cx = &pipeline.cx;
        for claim in &self.0 {
            let object = cx.resolve(claim.object);
            let found = words.iter().rev().find(|word| {
                let same_index = match claim.index {
                    Ref::NONE => word.index == Ref::NONE,
                    index => word.index != Ref::NONE && is_same(cx, word.index, index),
                };
                word.access == claim.place.access && word.object == object && same_index
            });
            match found {
                None => lessons.dropped.push(claim.place),
                Some(word) if claim.value.is_const() => {
                    if !is_same(cx, word.value, claim.value) {
                        lessons.phis.push(claim.place);
                    }
                }
                Some(word) => passed.push((claim.value, word.value)),
            }
        }
    }

    /// Phis that nobody needs are in the way.
    pub(super) fn drop_unused(
        &self,
        out: &Trace,
        label: usize,
        passed: &[(Ref, Ref)],
        lessons: &mut Lessons,
    ) {
        let phis = self.0.iter().filter(|claim| claim.value.is_op());
        let mut unused: Vec<&Claim> = phis.collect();
        unused
            .retain(|claim| passed.iter().all(|&(phi, r)| r != claim.value || phi == claim.value));
        for index in label + 1..out.ops.len() {
            if unused.is_empty() {
                return;
            }
            out.each_use(index, |r| unused.retain(|claim| claim.value != r));
        }
        lessons.dropped.extend(unused.iter().map(|claim| claim.place));
    }
}
