//! Shapes: which properties an object has, in which order, of which kinds, and where they lie.
//!
//! ```text
//!   root --x:float--> (x) --y:float--> (x y)
//!                         --y:mixed--> (x y)     after a string was stored in some y
//! ```
//! A shape never changes and never moves; adding a property to an object means to follow, or make, a transition to another
//! shape. A transition belongs to a name and an attribute and has one target: when a value of another kind turns up, a new
//! target with a wider kind takes its place, and the old one is *superseded* (objects that have it keep it).
//!
//! Layout: properties take the in-object words in order of insertion. What does not fit makes the shape *spill*: its last
//! in-object word then refers to an overflow storage, which holds dynamic values (two words each).
//!
//! Invariants: every shape of a tree fits into the capacity that its root has now or will ever have (so the capacity may
//! shrink to what the widest shape needs, and every object of the tree can take every shape of the tree); along transitions the
//! slots of the properties stay the same, except where a shape begins to spill.

use super::kind::Kind;
use super::prototype::Prototype;
use super::table::{ShapeTable, Table};
use crate::heap::object::Tag;
use crate::heap::symbol::Symbol;
use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;

/// What a property is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// Anything: may be stored to and deleted.
    #[default]
    Value,
    /// As [`Attribute::Value`]; the language marks what it calls with the object as receiver.
    Method,
    /// Never stored to again, never deleted.
    Constant,
}

/// Where a property lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Number of the in-object word, or of the dynamic value in the overflow storage.
    pub(crate) index: u16,
    /// In the overflow storage?
    pub(crate) overflow: bool,
}

/// A property of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub symbol: Symbol,
    /// What it is for.
    pub attribute: Attribute,
    /// What is known about its values.
    pub kind: Kind,
    /// Where it lies.
    pub(crate) slot: Slot,
}

impl Property {
    /// Never stored to?
    pub(crate) fn is_constant(&self) -> bool {
        self.attribute == Attribute::Constant
    }

    /// May a value with this tag be stored, and nothing else changes?
    #[inline(always)]
    pub(crate) fn may_hold(&self, tag: Tag) -> bool {
        self.kind.accepts(tag) && !self.is_constant()
    }
}

/// In-object words of a root while it is learnt how many are needed.
const GENEROUS: u16 = 16;
/// The largest number of in-object words.
pub(super) const MOST_WORDS: u16 = 64;
/// After so many instances the capacity is cut to what was needed.
const LEARNT: u32 = 8;
/// So many instances spill before a root gets a successor with more room.
const SPILLED: u32 = 8;

const NONE: u16 = u16::MAX;

/// What the shapes of one tree share.
pub(super) struct Tree {
    /// The language's own.
    pub(super) word: u64,
    /// Where to look for what instances do not have.
    pub(super) prototype: Option<&'static Prototype>,
    /// In-object words of new instances.
    pub(super) capacity: Cell<u16>,
    /// In-object words that the widest shape takes.
    pub(super) widest: Cell<u16>,
    /// Words that the largest shape would take if nothing spilled.
    pub(super) wanted: Cell<u32>,
    /// The capacity is given by the language.
    pub(super) fixed: bool,
    /// Instances made so far, as long as that matters.
    pub(super) made: Cell<u32>,
    /// Instances that began to spill.
    pub(super) spilled: Cell<u32>,
    /// Shapes that were made only because properties were deleted.
    pub(super) remade: Cell<u32>,
    pub(super) root: OnceCell<&'static Shape>,
    pub(super) dictionary: OnceCell<&'static Shape>,
    /// The root that new instances have instead.
    pub(super) successor: OnceCell<&'static Shape>,
}

impl Tree {
    pub(super) fn new(
        word: u64,
        capacity: Option<u16>,
        prototype: Option<&'static Prototype>,
    ) -> Tree {
        Tree {
            word,
            prototype,
            capacity: Cell::new(capacity.map_or(GENEROUS, |c| c.clamp(1, MOST_WORDS))),
            widest: Cell::new(1),
            wanted: Cell::new(1),
            fixed: capacity.is_some(),
            made: Cell::new(0),
            spilled: Cell::new(0),
            remade: Cell::new(0),
            root: OnceCell::new(),
            dictionary: OnceCell::new(),
            successor: OnceCell::new(),
        }
    }
}

/// A hidden class. Compared by identity; a trace that promotes the shape of an object knows its properties.
///
/// It lives as long as its heap and must not be used after that, like [`Gc`](crate::heap::Gc).
pub struct Shape {
    pub(super) tree: &'static Tree,
    pub(super) parent: Option<&'static Shape>,
    /// The property that this one adds to its parent.
    pub(super) last: Option<Property>,
    pub(super) count: u32,
    is_dictionary: bool,
    /// In-object words in use, without the reference to the overflow storage.
    words: u16,
    /// The in-object word that refers to the overflow storage.
    spill: u16,
    /// Dynamic values in the overflow storage.
    overflow: u16,
    /// Words if nothing spilled.
    total: u32,
    references: u64,
    pairs: u64,
    superseded: Cell<bool>,
    pub(super) children: RefCell<hashbrown::HashMap<(Symbol, Attribute), &'static Shape>>,
    /// All properties: made when asked for, at once where slots differ from the parent's.
    table: OnceCell<Box<Table>>,
}

impl PartialEq for Shape {
    fn eq(&self, other: &Shape) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Shape {}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_dictionary {
            return f.write_str("Shape(dictionary)");
        }
        f.write_str("Shape(")?;
        for (i, p) in self.properties().iter().enumerate() {
            let place = if p.slot.overflow { "overflow " } else { "" };
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{}: {:?} at {place}{}", p.symbol.0, p.kind, p.slot.index)?;
        }
        f.write_str(")")
    }
}

impl Shape {
    pub(super) fn root(tree: &'static Tree, is_dictionary: bool) -> Shape {
        Shape {
            tree,
            parent: None,
            last: None,
            count: 0,
            is_dictionary,
            words: u16::from(is_dictionary),
            spill: NONE,
            overflow: 0,
            total: 0,
            references: u64::from(is_dictionary),
            pairs: 0,
            superseded: Cell::new(false),
            children: RefCell::default(),
            table: OnceCell::new(),
        }
    }

    /// This shape with one more property.
    pub(super) fn with(
        &'static self,
        symbol: Symbol,
        attribute: Attribute,
        kind: Kind,
    ) -> (Shape, Property) {
        let (tree, capacity) = (self.tree, self.tree.capacity.get());
        let mut shape = Shape {
            parent: Some(self),
            count: self.count + 1,
            words: self.words,
            spill: self.spill,
            overflow: self.overflow,
            total: self.total + kind.words() as u32,
            references: self.references,
            pairs: self.pairs,
            ..Shape::root(tree, false)
        };
        let slot = match shape.place(kind) {
            Some(slot) => slot,
            None => {
                // From here on the last word is needed for something else: all places are given anew.
                (shape.words, shape.spill) = (0, capacity - 1);
                (shape.references, shape.pairs) = (1 << shape.spill, 0);
                let mut table = Table::default();
                for mut p in self.properties().iter().copied() {
                    p.slot = shape.place(p.kind).expect("overflow takes everything");
                    table.push(p);
                }
                let slot = shape.place(kind).expect("overflow takes everything");
                table.push(Property { symbol, attribute, kind, slot });
                shape.table = OnceCell::from(Box::new(table));
                slot
            }
        };
        let property = Property { symbol, attribute, kind, slot };
        shape.last = Some(property);
        (shape, property)
    }

    /// The place of one more property; `None` if the shape would have to begin to spill.
    fn place(&mut self, kind: Kind) -> Option<Slot> {
        let limit = if self.spill == NONE { self.tree.capacity.get() } else { self.spill };
        let index = self.words;
        if index + kind.words() as u16 <= limit {
            self.words += kind.words() as u16;
            if kind == Kind::MIXED {
                self.pairs |= 1 << index;
            } else if kind.ty() == crate::trace::Ty::Ref {
                self.references |= 1 << index;
            }
            return Some(Slot { index, overflow: false });
        }
        if self.spill == NONE {
            return None;
        }
        self.overflow += 1;
        Some(Slot { index: self.overflow - 1, overflow: true })
    }

    /// By in-object word: is it a reference; is it the tag of a mixed property, with the payload behind it?
    pub(crate) fn reference_maps(&self) -> (u64, u64) {
        (self.references, self.pairs)
    }

    /// Tells the tree how much room this shape takes.
    pub(super) fn measure(&self) {
        let tree = self.tree;
        let words = if self.spill == NONE { self.words } else { self.spill + 1 };
        tree.widest.set(tree.widest.get().max(words));
        tree.wanted.set(tree.wanted.get().max(self.total));
    }

    /// The property of this name. (Of a dictionary: `None`; ask the object.)
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let root = heap.new_root(0);
    /// let object = heap.new_instance(root)?;
    /// let x = heap.symbol("x");
    /// object.set_property(&mut heap, x, Val::int(1))?;
    /// let shape = object.shape();
    /// assert!(shape.find(x).is_some() && root.find(x).is_none());
    /// assert_eq!((shape.len(), shape.properties().len()), (1, 1));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn find(&self, symbol: Symbol) -> Option<Property> {
        let mut shape = self;
        for _ in 0..8 {
            if let Some(table) = shape.table.get() {
                return table.find(symbol);
            }
            match (shape.last, shape.parent) {
                (Some(p), _) if p.symbol == symbol => return Some(p),
                (_, Some(parent)) => shape = parent,
                (_, None) => return None,
            }
        }
        self.table().find(symbol)
    }

    fn table(&self) -> &Table {
        self.table.get_or_init(|| {
            let (mut added, mut shape) = (Vec::new(), self);
            let mut table = loop {
                if let Some(table) = shape.table.get() {
                    break (**table).clone();
                }
                added.extend(shape.last);
                match shape.parent {
                    Some(parent) => shape = parent,
                    None => break Table::default(),
                }
            };
            added.into_iter().rev().for_each(|p| table.push(p));
            Box::new(table)
        })
    }

    /// All properties in order of insertion. (Of a dictionary: none; ask the object.)
    pub fn properties(&self) -> &[Property] {
        self.table().properties()
    }

    /// How many properties. (Of a dictionary: 0.)
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// No property? (A dictionary says yes.)
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The word that the language gave to the root.
    pub fn word(&self) -> u64 {
        self.tree.word
    }

    /// The prototype of objects of this shape.
    #[inline(always)]
    pub fn prototype(&self) -> Option<&'static Prototype> {
        self.tree.prototype
    }

    /// The root of the tree that this shape belongs to.
    pub fn to_root(&self) -> &'static Shape {
        self.tree.root.get().expect("set when the tree is made")
    }

    /// Do objects of this shape keep their properties in a hash table?
    pub fn is_dictionary(&self) -> bool {
        self.is_dictionary
    }

    /// Did another shape take its place for new objects?
    pub(crate) fn is_superseded(&self) -> bool {
        self.superseded.get()
    }

    /// Did another shape take the place of this one, or of one that leads to it?
    pub(super) fn is_outdated(&self) -> bool {
        let mut shape = Some(self);
        while let Some(here) = shape {
            if here.is_superseded() {
                return true;
            }
            shape = here.parent;
        }
        false
    }

    pub(super) fn supersede(&self) {
        self.superseded.set(true);
    }

    /// The property that `target` has more than this shape, if an object takes it by storing a value with this tag and the new
    /// shape; and if `target` is what new objects should take.
    #[inline(always)]
    pub(crate) fn one_more(&self, target: &'static Shape, tag: Tag) -> Option<Property> {
        let p = target.last?;
        let simple = target.spill == self.spill && !p.slot.overflow && !target.is_superseded();
        (simple && p.kind.accepts(tag)).then_some(p)
    }

    /// Do the properties of both lie in the same words?
    pub(crate) fn is_laid_out_as(&self, other: &Shape) -> bool {
        let same = |(a, b): (&Property, &Property)| {
            a.slot == b.slot && a.kind.words() == b.kind.words() && a.kind.ty() == b.kind.ty()
        };
        !other.is_dictionary
            && self.count == other.count
            && self.spill == other.spill
            && self.properties().iter().zip(other.properties()).all(same)
    }

    /// The in-object word that refers to the overflow storage, if there is one.
    pub(crate) fn spill(&self) -> Option<u16> {
        (self.spill != NONE).then_some(self.spill)
    }

    /// Dynamic values in the overflow storage.
    pub(crate) fn overflow(&self) -> usize {
        usize::from(self.overflow)
    }

    /// For the collector: bit `i` says that in-object word `i` is the address of an object, or 0.
    #[allow(dead_code, reason = "the collector's half of the contract")]
    pub(crate) fn references(&self) -> u64 {
        self.references
    }

    /// For the collector: bit `i` says that in-object words `i` and `i + 1` are tag and payload of a value.
    #[allow(dead_code, reason = "the collector's half of the contract")]
    pub(crate) fn pairs(&self) -> u64 {
        self.pairs
    }

    /// The root for the next instance, and how many in-object words it has. Learns.
    pub(crate) fn next_instance(&'static self, table: &mut ShapeTable) -> (&'static Shape, usize) {
        let mut root = self;
        while let Some(&successor) = root.tree.successor.get() {
            root = successor;
        }
        let tree = root.tree;
        if tree.fixed {
            return (root, usize::from(tree.capacity.get()));
        }
        if tree.made.get() < LEARNT {
            tree.made.set(tree.made.get() + 1);
        } else if tree.made.get() == LEARNT {
            tree.made.set(LEARNT + 1);
            tree.capacity.set(tree.widest.get());
        }
        if tree.spilled.get() >= SPILLED && tree.capacity.get() < MOST_WORDS {
            let capacity = tree.wanted.get().min(u32::from(MOST_WORDS)) as u16;
            let larger = table.new_root(tree.word, None, tree.prototype);
            larger.tree.capacity.set(capacity.max(tree.capacity.get() + 1));
            larger.tree.made.set(LEARNT + 1);
            // The one before is not chained to: it has just been looked up to its end.
            let _ = tree.successor.set(larger);
            root = larger;
        }
        (root, usize::from(root.tree.capacity.get()))
    }
}
