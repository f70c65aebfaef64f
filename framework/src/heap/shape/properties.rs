//! What a host does with the properties of an instance, by name: read, write, define, delete, list, copy.
//!
//! Invariant: constants keep their value; properties keep the order of their insertion, in a shape as in a dictionary.

use super::dictionary::Dictionary;
use super::instance::{Instance, Pairs, copy_values};
use super::kind::Kind;
use super::tree::{Attribute, Property};
use crate::heap::{Gc, Heap, OutOfMemory, Symbol, Val};

impl Gc<Instance> {
    /// The value of a property; `None` if there is none of this name.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let root = heap.new_root(0);
    /// let object = heap.new_instance(root)?;
    /// let (x, y) = (heap.symbol("x"), heap.symbol("y"));
    /// object.set_property(&mut heap, x, Val::float(0.5))?;
    /// assert_eq!((object.property(x), object.property(y)), (Some(Val::float(0.5)), None));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn property(self, symbol: Symbol) -> Option<Val> {
        if let Some(table) = self.dictionary() {
            return table.get(symbol).map(|found| found.0);
        }
        let p = self.shape().find(symbol)?;
        Some(self.read(p.slot, p.kind))
    }

    /// What a property is for; `None` if there is none of this name.
    ///
    /// ```
    /// # use holloway::{Attribute, Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let (root, x) = (heap.new_root(0), heap.symbol("x"));
    /// let object = heap.new_instance(root)?;
    /// assert_eq!(object.attribute(x), None);
    /// object.set_property(&mut heap, x, Val::NIL)?;
    /// assert_eq!(object.attribute(x), Some(Attribute::Value));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn attribute(self, symbol: Symbol) -> Option<Attribute> {
        match self.dictionary() {
            Some(table) => table.get(symbol).map(|found| found.1),
            None => self.shape().find(symbol).map(|p| p.attribute),
        }
    }

    /// Changes a property, or adds it behind the others. `false` if it is a constant, which stays as it is.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let root = heap.new_root(0);
    /// let (a, b) = (heap.new_instance(root)?, heap.new_instance(root)?);
    /// let x = heap.symbol("x");
    /// a.set_property(&mut heap, x, Val::int(1))?;
    /// b.set_property(&mut heap, x, Val::int(2))?;
    /// assert!(std::ptr::eq(a.shape(), b.shape()), "the same properties in the same order");
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn set_property(
        self,
        heap: &mut Heap,
        symbol: Symbol,
        value: Val,
    ) -> Result<bool, OutOfMemory> {
        self.define_property(heap, symbol, Attribute::Value, value)
    }

    /// Adds a property that is not there yet, for a special purpose; if it is there, only its value changes. `false` if it is
    /// there and constant.
    ///
    /// ```
    /// # use holloway::{Attribute, Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let root = heap.new_root(0);
    /// let object = heap.new_instance(root)?;
    /// let pi = heap.symbol("pi");
    /// object.define_property(&mut heap, pi, Attribute::Constant, Val::float(3.14))?;
    /// assert!(!object.set_property(&mut heap, pi, Val::int(3))?);
    /// assert_eq!(object.attribute(pi), Some(Attribute::Constant));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn define_property(
        self,
        heap: &mut Heap,
        symbol: Symbol,
        attribute: Attribute,
        value: Val,
    ) -> Result<bool, OutOfMemory> {
        if self.shape().is_dictionary() {
            return self.store_in_dictionary(heap, symbol, attribute, value);
        }
        match self.shape().find(symbol) {
            Some(p) if p.attribute == Attribute::Constant => return Ok(false),
            Some(p) if p.kind.accepts(value.tag()) => self.write(p.slot, p.kind, value),
            Some(_) => {
                let kind = Kind::only(value.tag());
                let target = heap.shapes.widened(self.shape(), symbol, kind);
                self.migrate(heap, target)?;
                return self.define_property(heap, symbol, attribute, value);
            }
            None => {
                let kind = Kind::only(value.tag());
                let target = heap.shapes.step(self.shape(), symbol, attribute, kind);
                self.extend(heap, target)?;
                if target.is_dictionary() {
                    return self.store_in_dictionary(heap, symbol, attribute, value);
                }
                if let Some(p) = target.last {
                    self.write(p.slot, p.kind, value);
                }
            }
        }
        Ok(true)
    }

    /// All properties in order of insertion.
    pub(super) fn entries(self) -> Vec<(Symbol, Attribute, Val)> {
        match self.dictionary() {
            Some(table) => table.entries().collect(),
            None => {
                let value = |p: &Property| (p.symbol, p.attribute, self.read(p.slot, p.kind));
                self.shape().properties().iter().map(value).collect()
            }
        }
    }

    fn store_in_dictionary(
        self,
        heap: &mut Heap,
        symbol: Symbol,
        attribute: Attribute,
        value: Val,
    ) -> Result<bool, OutOfMemory> {
        let Some(table) = self.dictionary() else { return Ok(false) };
        match table.get(symbol) {
            Some((_, Attribute::Constant)) => return Ok(false),
            Some(_) => {
                table.replace(symbol, value);
            }
            None => {
                let table = table.insert(heap, symbol, attribute, value)?;
                self.set_word_at(0, table.0.address());
            }
        }
        Ok(true)
    }

    /// Deletes a property; `false` if there is none of this name, or if it is a constant.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let root = heap.new_root(0);
    /// let object = heap.new_instance(root)?;
    /// let x = heap.symbol("x");
    /// object.set_property(&mut heap, x, Val::int(1))?;
    /// assert!(object.delete_property(&mut heap, x)? && object.property(x).is_none());
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn delete_property(self, heap: &mut Heap, symbol: Symbol) -> Result<bool, OutOfMemory> {
        match self.attribute(symbol) {
            None | Some(Attribute::Constant) => return Ok(false),
            Some(_) => {}
        }
        if let Some(table) = self.dictionary() {
            return Ok(table.remove(symbol));
        }
        let shape = self.shape();
        if let (Some(p), Some(parent)) = (shape.last, shape.parent)
            && p.symbol == symbol
            && parent.spill() == shape.spill()
        {
            self.clear(p);
            self.set(Instance::SHAPE, parent);
            return Ok(true);
        }
        let tree = shape.tree;
        if shape.len() > REMAKE_LEN || tree.remade.get() > REMAKES {
            self.to_dictionary(heap)?;
            return self.delete_property(heap, symbol);
        }
        let before = heap.shapes.len();
        let others = shape.properties().iter().filter(|p| p.symbol != symbol);
        let target = heap.shapes.walk(shape, others.map(|p| (p.symbol, p.attribute, p.kind)));
        tree.remade.set(tree.remade.get() + (heap.shapes.len() - before) as u32);
        if target.is_dictionary() {
            self.to_dictionary(heap)?;
            return self.delete_property(heap, symbol);
        }
        self.migrate(heap, target)?;
        Ok(true)
    }

    /// How many properties.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let (root, x) = (heap.new_root(0), heap.symbol("x"));
    /// let object = heap.new_instance(root)?;
    /// object.set_property(&mut heap, x, Val::NIL)?;
    /// object.set_property(&mut heap, x, Val::TRUE)?;
    /// assert_eq!(object.property_count(), 1);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn property_count(self) -> usize {
        self.dictionary().map_or(self.shape().len(), Dictionary::len)
    }

    /// The names of the properties in order of insertion.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let root = heap.new_root(0);
    /// let object = heap.new_instance(root)?;
    /// let (x, y) = (heap.symbol("x"), heap.symbol("y"));
    /// object.set_property(&mut heap, y, Val::NIL)?;
    /// object.set_property(&mut heap, x, Val::NIL)?;
    /// assert_eq!((object.keys(), object.property_count()), (vec![y, x], 2));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn keys(self) -> Vec<Symbol> {
        match self.dictionary() {
            Some(table) => table.entries().map(|e| e.0).collect(),
            None => self.shape().properties().iter().map(|p| p.symbol).collect(),
        }
    }

    /// Another object with the same properties.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let root = heap.new_root(0);
    /// let object = heap.new_instance(root)?;
    /// let x = heap.symbol("x");
    /// object.set_property(&mut heap, x, Val::int(1))?;
    /// let copy = object.copy(&mut heap)?;
    /// copy.set_property(&mut heap, x, Val::int(2))?;
    /// assert_eq!(object.property(x), Some(Val::int(1)));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn copy(self, heap: &mut Heap) -> Result<Gc<Instance>, OutOfMemory> {
        let pairs = match self.pairs() {
            Some(pairs) => {
                let twin = Pairs::alloc(heap, pairs.len())?;
                copy_values(pairs, twin);
                Some(twin)
            }
            None => None,
        };
        let shape = self.shape();
        let twin = heap.new_blank(shape, self.capacity())?;
        for i in 0..self.capacity() {
            twin.set_word_at(i, self.word_at(i));
        }
        if let Some(pairs) = pairs {
            let index = if shape.is_dictionary() { 0 } else { shape.spill().unwrap_or(0) };
            twin.set_word_at(usize::from(index), pairs.address());
        }
        Ok(twin)
    }
}

/// Objects with more properties turn to dictionaries when one is deleted that is not the last.
const REMAKE_LEN: usize = 16;
/// So many shapes of a tree may be made because of deletions.
const REMAKES: u32 = 64;
