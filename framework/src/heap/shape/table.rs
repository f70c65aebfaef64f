//! The shapes of a heap: who owns them, how transitions are made.
//!
//! Invariant: a shape made here stays where it is until the heap is dropped.
#![allow(unsafe_code, reason = "shapes are handed out as references that live as long as the heap")]

use super::cache::GlobalCache;
use super::kind::Kind;
use super::prototype::{Prototype, Prototypes};
use super::tree::{Attribute, Property, Shape, Tree};
use crate::heap::symbol::{Symbol, Symbols};
use crate::heap::validity::Validity;
use hashbrown::HashMap;
use std::ptr::NonNull;

/// More properties than this go to a dictionary.
const MOST_PROPERTIES: u32 = 256;
/// A shape with more transitions than this is that of objects used as maps.
const MOST_CHILDREN: usize = 128;

/// The properties of one shape.
#[derive(Clone, Default)]
pub(super) struct Table {
    properties: Vec<Property>,
    /// By name, if there are many.
    index: HashMap<Symbol, u32>,
}

const FEW: usize = 8;

impl Table {
    pub(super) fn push(&mut self, property: Property) {
        self.properties.push(property);
        let count = self.properties.len();
        if count > FEW {
            let from = if self.index.is_empty() { 0 } else { count - 1 };
            for i in from..count {
                self.index.insert(self.properties[i].symbol, i as u32);
            }
        }
    }

    pub(super) fn find(&self, symbol: Symbol) -> Option<Property> {
        if self.index.is_empty() {
            return self.properties.iter().find(|p| p.symbol == symbol).copied();
        }
        self.index.get(&symbol).map(|&i| self.properties[i as usize])
    }

    pub(super) fn properties(&self) -> &[Property] {
        &self.properties
    }
}

/// What happened to shapes and caches, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShapeStats {
    /// Shapes made, roots included.
    pub shapes: u64,
    /// Transitions between them.
    pub transitions: u64,
    /// Kinds that were widened because a value of another tag was stored.
    pub generalizations: u64,
    /// Objects turned to dictionaries.
    pub dictionaries: u64,
    /// Objects that got an overflow storage.
    pub spills: u64,
    /// Objects whose words were arranged anew for another shape.
    pub migrations: u64,
    /// Caches that there are, as far as the language tells: see [`Heap::count_caches`](crate::Heap::count_caches).
    pub caches: u64,
    /// Caches that have seen one shape and no more.
    pub monomorphic: u64,
    /// Caches that have seen up to four shapes.
    pub polymorphic: u64,
    /// Caches that have given up.
    pub megamorphic: u64,
    /// Accesses in the interpreter that a cache answered.
    pub hits: u64,
    /// Accesses in the interpreter that had to be looked up.
    pub misses: u64,
    /// Accesses of megamorphic sites that the global cache answered.
    pub global_hits: u64,
}

/// All shapes and symbols of a heap.
#[derive(Default)]
pub(crate) struct ShapeTable {
    pub(crate) symbols: Symbols,
    pub(crate) stats: ShapeStats,
    pub(crate) global: GlobalCache,
    pub(crate) prototypes: Prototypes,
    pub(crate) validity: Validity,
    shapes: Vec<NonNull<Shape>>,
    trees: Vec<NonNull<Tree>>,
}

impl ShapeTable {
    fn keep(&mut self, shape: Shape) -> &'static Shape {
        self.stats.shapes += 1;
        let shape = NonNull::from(Box::leak(Box::new(shape)));
        self.shapes.push(shape);
        // SAFETY: freed together with this table only; users of shapes promise not to outlive the heap.
        unsafe { shape.as_ref() }
    }

    /// A tree of its own, with a given number of in-object words or one to be learnt.
    pub(crate) fn new_root(
        &mut self,
        word: u64,
        capacity: Option<u16>,
        prototype: Option<&'static Prototype>,
    ) -> &'static Shape {
        let tree = NonNull::from(Box::leak(Box::new(Tree::new(word, capacity, prototype))));
        self.trees.push(tree);
        // SAFETY: as for shapes.
        let tree: &'static Tree = unsafe { tree.as_ref() };
        let root = self.keep(Shape::root(tree, false));
        let _ = tree.root.set(root);
        root
    }

    /// The shape of this tree's dictionaries.
    pub(crate) fn dictionary(&mut self, of: &Shape) -> &'static Shape {
        let tree = of.tree;
        if let Some(shape) = tree.dictionary.get() {
            return shape;
        }
        let shape = self.keep(Shape::root(tree, true));
        let _ = tree.dictionary.set(shape);
        shape
    }

    /// The shape that follows when a property with values of this kind is added, which `from` does not have; a dictionary if
    /// there are too many properties or transitions.
    pub(crate) fn step(
        &mut self,
        from: &'static Shape,
        symbol: Symbol,
        attribute: Attribute,
        kind: Kind,
    ) -> &'static Shape {
        let key = (symbol, attribute);
        let known = from.children.borrow().get(&key).copied();
        let mut kind = kind;
        if let Some(child) = known {
            let before = child.last.map_or(Kind::MIXED, |p| p.kind);
            kind = before.join(kind);
            if kind == before {
                return child;
            }
            child.supersede();
            self.stats.generalizations += 1;
        } else if from.count >= MOST_PROPERTIES || from.children.borrow().len() >= MOST_CHILDREN {
            return self.dictionary(from);
        } else {
            self.stats.transitions += 1;
        }
        let (shape, _) = from.with(symbol, attribute, kind);
        shape.measure();
        let shape = self.keep(shape);
        from.children.borrow_mut().insert(key, shape);
        shape
    }

    /// The shape of this tree that has these properties in this order.
    pub(crate) fn walk(
        &mut self,
        of: &Shape,
        properties: impl Iterator<Item = (Symbol, Attribute, Kind)>,
    ) -> &'static Shape {
        let mut shape = of.to_root();
        for (symbol, attribute, kind) in properties {
            shape = self.step(shape, symbol, attribute, kind);
            if shape.is_dictionary() {
                break;
            }
        }
        shape
    }

    /// The shape like this one whose property `symbol` may hold values with a tag of this kind.
    pub(crate) fn widened(
        &mut self,
        from: &'static Shape,
        symbol: Symbol,
        kind: Kind,
    ) -> &'static Shape {
        let wider = |p: &Property| if p.symbol == symbol { p.kind.join(kind) } else { p.kind };
        let properties = from.properties().iter();
        self.walk(from, properties.map(|p| (p.symbol, p.attribute, wider(p))))
    }

    /// Where the shapes lie, in the order in which they were made: for reports.
    pub(crate) fn addresses(&self) -> Vec<u64> {
        self.shapes.iter().map(|shape| shape.as_ptr() as u64).collect()
    }

    /// How many shapes there are.
    pub(crate) fn len(&self) -> usize {
        self.shapes.len()
    }
}

impl Drop for ShapeTable {
    fn drop(&mut self) {
        // SAFETY: made from boxes, given back once, and nobody uses them any more.
        unsafe {
            self.shapes.drain(..).for_each(|s| drop(Box::from_raw(s.as_ptr())));
            self.trees.drain(..).for_each(|t| drop(Box::from_raw(t.as_ptr())));
        }
    }
}
