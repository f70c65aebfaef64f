//! Hidden classes: objects with properties, as fast as structs.
//!
//! An [`Instance`] has a [`Shape`], which says which properties it has and where they lie. Objects that got the same properties
//! in the same order share a shape; so a compiled trace that has checked the shape once reads and writes properties with one
//! load or store each, without looking at a type tag, for the shape also knows the [`Kind`] of a property: while all values
//! ever stored were ints, say, the object holds a bare word.
//!
//! ```
//! use holloway::{Heap, Val};
//!
//! let mut heap = Heap::new();
//! let [x, y] = ["x", "y"].map(|name| heap.symbol(name));
//! let point = heap.new_root(7); // 7 is a word of the language's own: the number of a class, say
//!
//! let p = heap.new_instance(point)?;
//! p.set_property(&mut heap, x, Val::int(3))?;
//! p.set_property(&mut heap, y, Val::float(0.5))?;
//! let q = heap.new_instance(point)?;
//! q.set_property(&mut heap, x, Val::int(4))?;
//! q.set_property(&mut heap, y, Val::float(1.5))?;
//!
//! assert_eq!(p.property(x), Some(Val::int(3)));
//! assert_eq!(q.keys(), [x, y]);
//! assert!(std::ptr::eq(p.shape(), q.shape()));
//! assert_eq!(p.shape().word(), 7);
//! # Ok::<(), holloway::OutOfMemory>(())
//! ```
//!
//! **Roots.** A root is the shape without properties; every class of a language, and every place where object literals of some
//! size are made, has one. How many in-object words its instances get is learnt from the first ones.
//!
//! **Prototypes.** A root may have a [`Prototype`]: members that all its instances share (methods, say), and a chain of further
//! prototypes to look them up in. What a trace found there is a constant of it, until somebody changes a prototype of the chain.
//!
//! **Inline caches.** Beside every place of a program that accesses a property the language keeps a [`PropertyCache`], which
//! knows where up to four shapes have it; a place that has seen more asks a global cache, and traces call a function there
//! instead of guarding on shapes. Shapes that objects have ceased to get make room for others. How many caches are in which
//! state, and how often they knew the answer, `--stats` tells.
//!
//! **Dictionaries.** Objects that are used as maps (hundreds of properties, or hundreds of ways on from one shape, or deletion
//! out of the middle of many) keep their properties in a hash table of their own. All keep the order of insertion.
//!
//! **Arrays** know the tag of their elements in the same way, see [`Array`](super::Array): its kinds are `EMPTY`, one tag, or
//! `MIXED`, and an array goes from one to the next in this order; there is one kind per array instead of one per property and
//! shape, because the elements of an array are made and used in the same places.
//!
//! The collector finds out from the shape which words of an instance are references: `Shape::references` and
//! `Shape::pairs` are bit sets over the in-object words. Words that no bit stands for are plain data.

mod cache;
mod dictionary;
mod instance;
mod kind;
mod properties;
mod prototype;
mod table;
mod tree;

#[cfg(test)]
mod tests;

pub use cache::PropertyCache;
pub(crate) use cache::{Answer, Sought};
pub use instance::{Instance, Pairs};
pub use kind::Kind;
pub use prototype::Prototype;
pub use table::ShapeStats;
pub(crate) use table::ShapeTable;
pub(crate) use tree::Slot;
pub use tree::{Attribute, Property, Shape};
