//! What a trace can see and change.
//!
//! Invariant: an implementation answers `Err` where the machine would be free to do anything.

use super::super::desc::{AccessId, CallId, LayoutId};
use super::super::ir::{KeyId, Slot};

/// The VM stack, the heap, callees and flags that a trace runs on.
///
/// `Err` says why there is no answer: the trace is wrong.
pub trait World {
    /// The word in a slot.
    fn load_slot(&mut self, slot: Slot) -> Result<u64, String>;

    /// Writes a slot.
    fn store_slot(&mut self, slot: Slot, word: u64);

    /// The address of a slot.
    fn slot_address(&mut self, slot: Slot) -> Result<u64, String>;

    /// Moves the base by this many words.
    fn move_base(&mut self, words: i32);

    /// The field of an object, or its element `index`, widened to a word.
    fn load(&mut self, access: AccessId, object: u64, index: Option<i64>) -> Result<u64, String>;

    /// Writes a field of an object, or its element `index`.
    fn store(
        &mut self,
        access: AccessId,
        object: u64,
        index: Option<i64>,
        word: u64,
    ) -> Result<(), String>;

    /// A new object with `elems` trailing elements, all zero.
    fn allocate(&mut self, layout: LayoutId, elems: u64) -> Result<u64, String>;

    /// Calls a function; what it yields if it yields nothing, or fails, does not matter.
    fn call(&mut self, callee: CallId, args: &[u64]) -> Result<u64, String>;

    /// Calls a guest function whose frame lies so many words above the base; yields the payload of its result, whose tag is
    /// then [`World::result_tag`].
    fn call_guest(&mut self, function: KeyId, base: i64) -> Result<u64, String>;

    /// The tag of the dynamic value that the last call returned.
    fn result_tag(&mut self) -> u64;

    /// Did the last call that can fail do so?
    fn has_failed(&mut self) -> bool;

    /// Is an interrupt or a collection due?
    fn has_signal(&mut self) -> bool;

    /// Is there room on the stacks?
    fn has_room(&mut self) -> bool {
        true
    }

    /// Is the trace still valid?
    fn is_valid(&mut self) -> bool;

    /// Counts a `guard_chaos`; shall it fail?
    fn chaos(&mut self) -> bool;
}
