//! The heap: where guest objects live.
//!
//! Objects are described by `#[derive(Object)]` ([`object`]), reached through [`Gc`] and typed [`Field`]s, and made by
//! [`Heap`]. A dynamically typed value is a [`Val`]: a tag and a payload word; arrays of values are [`Array`]s, whose storage
//! holds bare payloads while all elements share one tag.
//!
//! There is no collector yet: memory is given back when the heap is dropped. Allocation is bounded by [`Heap::set_limit`].
//! Invariant: every `Gc<T>` points to an object of this process whose header holds `T::TAG`; it must not be used after its
//! heap is gone.

pub mod array;
pub mod gc;
pub mod memory;
pub mod object;
mod rebuild;
pub mod shape;
mod symbol;
pub mod val;
pub(crate) mod validity;

pub use array::Array;
pub use gc::Gc;
pub use memory::{Heap, OutOfMemory};
pub use object::{Elems, Field, FieldType, Object, Tag};
pub use shape::{Attribute, Instance, PropertyCache, Prototype, Shape, ShapeStats};
pub use symbol::Symbol;
pub use val::{Unpacked, Val};
