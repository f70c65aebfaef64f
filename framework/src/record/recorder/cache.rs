//! What the recording knows already: contents of words of the heap, results of pure operations.
//!
//! ```text
//! p1 = new Pair
//! field_store p1.Pair.car.tag, 3
//! i2 = field_load p1.Pair.car.tag        not recorded: it is 3, a constant, and so is what is computed from it
//! ```
//! A recording that walks the same list again and again, as that of an interpreter written in the guest language does, would get
//! too long before any pass sees it. Aliasing goes as in the pass for the heap: two accesses with different ids never touch the
//! same word; two objects are different if both are constants, or if one was allocated after the other was known.
//!
//! Invariant: a name that is found has, as its concrete word, what a load would yield now (checked in debug builds).

use crate::trace::{AccessId, Mutability, Opcode, Ref, Trace};
use hashbrown::HashMap;

/// The words of one access.
#[derive(Default)]
struct Words {
    /// By object and index (`Ref::NONE` for a field).
    values: HashMap<(Ref, Ref), Ref>,
    /// The youngest object among them that was not allocated by the recording.
    youngest: usize,
}

/// See the module.
#[derive(Default)]
pub(super) struct Cache {
    words: HashMap<AccessId, Words>,
    pure: HashMap<(Opcode, [Ref; 3]), Ref>,
}

fn is_new(trace: &Trace, object: Ref) -> bool {
    let def = object.is_op().then(|| trace.ops[object.index()].code);
    matches!(def, Some(Opcode::New | Opcode::NewArray))
}

impl Cache {
    /// What is in this word.
    pub(super) fn load(&self, access: AccessId, object: Ref, index: Ref) -> Option<Ref> {
        self.words.get(&access)?.values.get(&(object, index)).copied()
    }

    /// This word was loaded.
    pub(super) fn learn(
        &mut self,
        trace: &Trace,
        access: AccessId,
        (object, index): (Ref, Ref),
        value: Ref,
    ) {
        let words = self.words.entry(access).or_default();
        if object.is_op() && !is_new(trace, object) {
            words.youngest = words.youngest.max(object.index());
        }
        words.values.insert((object, index), value);
    }

    /// This word was stored.
    pub(super) fn store(
        &mut self,
        trace: &Trace,
        access: AccessId,
        (object, index): (Ref, Ref),
        value: Ref,
    ) {
        let words = self.words.entry(access).or_default();
        let fresh = is_new(trace, object);
        // Nothing known is another name of an object that was allocated later.
        let only_itself = fresh && words.youngest < object.index();
        if only_itself && index == Ref::NONE {
            words.values.insert((object, index), value);
            return;
        }
        words.values.retain(|&(other, at), _| match other == object {
            // Elements at other constant indices stay.
            true => index.is_const() && at.is_const() && at != index,
            false => {
                let other_is_new = is_new(trace, other);
                let both_constant = object.is_const() && other.is_const();
                let known_before = |old: Ref, new: Ref| old.is_const() || old.index() < new.index();
                both_constant
                    || fresh && (other_is_new || known_before(other, object))
                    || other_is_new && known_before(object, other)
            }
        });
        self.learn(trace, access, (object, index), value);
    }

    /// The result of a pure operation on these values.
    pub(super) fn computed(&self, code: Opcode, args: [Ref; 3]) -> Option<Ref> {
        self.pure.get(&(code, args)).copied()
    }

    /// A pure operation was recorded.
    pub(super) fn learn_computed(&mut self, code: Opcode, args: [Ref; 3], value: Ref) {
        self.pure.insert((code, args), value);
    }

    /// Something was called that may write whatever changes.
    pub(super) fn written(&mut self) {
        self.words.retain(|access, _| access.get().mutability == Mutability::Immutable);
    }

    /// An object got a validity cell: recording does that, not the program.
    pub(super) fn validity_changed(&mut self) {
        self.words.retain(|access, _| !access.get().name.ends_with(".validity"));
    }

    /// Objects may lie elsewhere.
    pub(super) fn moved(&mut self) {
        self.words.clear();
        self.pure.clear();
    }
}
