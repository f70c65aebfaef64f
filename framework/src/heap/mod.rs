//! The heap: where guest objects live, and who takes them away.
//!
//! Objects are described by `#[derive(Object)]` ([`object`]), reached through [`Gc`] and typed [`Field`]s, and made by
//! [`Heap`]. A dynamically typed value is a [`Val`]: a tag and a payload word; arrays of values are [`Array`]s, whose storage
//! holds bare payloads while all elements share one tag.
//!
//! ```text
//! nursery    where objects begin: bump allocation (memory)
//! blocks     old space: cells by size class, large objects; nothing moves there
//! collect    everything alive leaves the nursery for old space; mark: old space, a slice at a time
//! header     tag, capacity, and the collector's bits; layouts: where references stand in an object
//! remembered old objects that were written; gc: the write barrier
//! roots      references outside of objects; handles of the host; weak, identity: what looks at objects without keeping them
//! verify     a check of everything, under stress
//! ```
//!
//! # Why no raw reference survives a collection
//!
//! A [`Gc`] is an address, objects move, and handlers hold as many as they like. This is why that is right:
//!
//! 1. *Collections happen at merge points only*: where the dispatch loop, in the world `Run`, comes to a loop header or enters a
//!    function. Allocation never collects, whatever it is called from. Machine code is left for a collection, through the guard
//!    at a loop's head.
//! 2. *At a merge point the state of the guest is the VM stack*, in memory and complete, up to the height of the frame that is
//!    running. Handlers before it have returned, those after it have not begun: their references are dead. Tags tell which
//!    payloads are references. What lies above that height is cleared, so a slot that is below it later holds something that was
//!    written since, or nil. Machine code that was left holds nothing: it begins anew from the stack.
//! 3. *Where a merge point comes up below a frame of Rust that may hold references*, nothing is collected: while a recording is
//!    under way (its values are concrete), and while machine code, or a handler, waits for a function that calls back into the
//!    guest ([`Runtime::run`](crate::Runtime::run) from a built-in). The collection is done as soon as those are over. A built-in
//!    that keeps its own references in handles says so, by calling back through
//!    [`Runtime::run_rooted`](crate::Runtime::run_rooted). Where a handler says in addition that its instruction keeps none
//!    ([`Cx::call_collecting_builtin`](crate::Cx::call_collecting_builtin)), machine code that calls it keeps none either: before
//!    such a call, as before one of a guest function, what it knows of objects goes to the stack, and is read from there behind it.
//!    The verifier of traces checks that.
//! 4. *A trace embeds old objects only*, which do not move. When a recording has ended, and a constant of it is young, it is
//!    collected for, with the constants and values of the recording as roots. Integers never stand for references: the recorder
//!    does not fold an address to a number, and the words of dynamic values that are references are known to it as such. Machine
//!    code keeps the objects that it embeds alive.
//! 5. *What else holds references shows them*: handles ([`Root`]), and the language's state by
//!    [`Language::roots`](crate::Language::roots). Places that cannot be changed hold objects that do not move, made by
//!    [`Heap::tenured`].
//! 6. *Addresses are not identities*: `Gc` has equality, but no hash; [`Heap::identity_hash`] gives one that stays.
//!
//! The types forbid: a slice of an object's bytes or words across anything that may collect or allocate (it borrows the heap);
//! a handle without its heap ([`Root::get`] wants it), or on another thread; a reference as an integer or a number as a reference;
//! collecting a heap that a runtime owns ([`Heap::collect_rooted`] refuses). They do not forbid that a language keeps a `Gc` in
//! its state and does not show it: `--jit stress=1` collects at every merge point, fills the memory that objects left, and
//! verifies the heap, so that such a reference is found the first time it is used.
//!
//! Invariant: every `Gc<T>` that is used points to an object of this process whose header holds `T::TAG`; it must not be used
//! after its heap is gone.

pub mod array;
pub(crate) mod blocks;
pub(crate) mod collect;
pub(crate) mod frozen;
pub mod gc;
pub(crate) mod header;
pub(crate) mod identity;
pub(crate) mod layouts;
pub(crate) mod mark;
pub mod memory;
pub mod nursery;
pub mod object;
mod rebuild;
pub(crate) mod remembered;
pub mod roots;
pub mod shape;
pub mod stats;
mod symbol;
pub mod val;
pub(crate) mod validity;
pub(crate) mod verify;
pub mod weak;

pub use array::Array;
pub(crate) use frozen::is_frozen;
pub use gc::Gc;
pub use memory::{Heap, OutOfMemory};
pub use object::{Elems, Field, FieldType, Object, Tag};
pub use roots::{Root, RootVal, Roots};
pub use shape::{Attribute, Instance, PropertyCache, Prototype, Shape, ShapeStats};
pub use stats::HeapStats;
pub use symbol::Symbol;
pub use val::{Unpacked, Val};
pub use weak::{Interner, Weak};

#[cfg(test)]
mod tests;
