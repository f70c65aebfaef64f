//! Instances: objects with a shape.
//!
//! ```text
//!   +0   tag | number of in-object words
//!   +8   shape
//!   +16  in-object words, as the shape says
//! ```
//! Invariants: the object has room for every shape of its tree; words that the shape does not mention are 0; the overflow
//! storage, if the shape has one, is at least as long as the shape says.
#![allow(unsafe_code, reason = "reads words as what the shape says they are")]

use super::dictionary::Dictionary;
use super::kind::Kind;
use super::prototype::Prototype;
use super::tree::{Attribute, Property, Shape, Slot};
use crate::heap::object::{ElemKind, StoredKind};
use crate::heap::{Elems, Field, Gc, Heap, Object, OutOfMemory, Symbol, Tag, Val};
use crate::trace::Mutability;

/// An object with properties. See the [module](super).
pub struct Instance(());

/// Dynamic values in a row: overflow storages and dictionaries.
pub struct Pairs(());

// SAFETY: header, shape, words. There is no length word: the shape has its place.
unsafe impl Object for Instance {
    const TAG: Tag = Tag::INSTANCE;
    const NAME: &'static str = "Instance";
    const SIZE: u32 = 16;
    const ELEM_SIZE: u32 = 8;
    const HAS_LENGTH: bool = false;
    const FIELDS: &'static [(u32, StoredKind)] = &[];
    const ELEMS: ElemKind = ElemKind::Described(describe);
}

/// The words of an instance that are references, as its shape says.
fn describe(object: *mut u64, visit: &mut dyn FnMut(*mut u64)) {
    // SAFETY: an instance; its shape is set when it is made, and lives as long as the heap.
    let (shape, capacity) = unsafe {
        let object = Gc::<Instance>::from_address(object as u64);
        (object.shape(), object.capacity())
    };
    let words = object.wrapping_byte_add(Instance::WORDS as usize);
    let (references, pairs) = shape.reference_maps();
    for index in 0..capacity.min(64) {
        if references >> index & 1 != 0 {
            visit(words.wrapping_add(index));
        } else if pairs >> index & 1 != 0 {
            // SAFETY: a word of the object.
            let tag = unsafe { words.add(index).read() };
            if Tag(tag as u32).is_object() {
                visit(words.wrapping_add(index + 1));
            }
        }
    }
}

// SAFETY: header, length, values.
unsafe impl Object for Pairs {
    const TAG: Tag = Tag::PAIRS;
    const NAME: &'static str = "Pairs";
    const SIZE: u32 = 16;
    const ELEM_SIZE: u32 = 16;
    const FIELDS: &'static [(u32, StoredKind)] = &[];
    const ELEMS: ElemKind = ElemKind::Vals;
}

impl Instance {
    /// The shape.
    // SAFETY: the layout above; set when the object is made.
    pub(crate) const SHAPE: Field<Instance, &'static Shape> =
        unsafe { Field::new("Instance.shape", 8, Mutability::Mutable) };
    /// Bytes before the first in-object word.
    pub(crate) const WORDS: u32 = 16;
}

impl Pairs {
    /// The values.
    // SAFETY: the layout above.
    pub(crate) const VALUES: Elems<Pairs, Val> =
        unsafe { Elems::new("Pairs[]", Mutability::Mutable) };

    /// `len` times nil.
    pub(super) fn alloc(heap: &mut Heap, len: usize) -> Result<Gc<Pairs>, OutOfMemory> {
        // SAFETY: two zero words are nil.
        unsafe { heap.alloc::<Pairs>(len, len) }
    }
}

impl Heap {
    /// The root of a new tree of shapes. `word` is the language's own: what class this is, say.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory};
    /// let mut heap = Heap::new();
    /// let point = heap.new_root(1); // class number 1
    /// let object = heap.new_instance(point)?;
    /// assert_eq!((object.shape().word(), object.property_count()), (1, 0));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn new_root(&mut self, word: u64) -> &'static Shape {
        self.shapes.new_root(word, None, None)
    }

    /// As [`Heap::new_root`], for instances with this many in-object words (at least 1, at most 64): for object literals,
    /// whose size is known and which should share shapes wherever they are made.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let literal = heap.new_root_of_size(0, 2); // { x: .., y: .. }
    /// let object = heap.new_instance(literal)?;
    /// let x = heap.symbol("x");
    /// assert!(object.set_property(&mut heap, x, Val::int(1))?);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn new_root_of_size(&mut self, word: u64, words: u16) -> &'static Shape {
        self.shapes.new_root(word, Some(words), None)
    }

    /// As [`Heap::new_root`], for instances that have a prototype.
    pub fn new_root_under(&mut self, word: u64, prototype: &'static Prototype) -> &'static Shape {
        self.shapes.new_root(word, None, Some(prototype))
    }

    /// Tells the statistics that so many more inline caches were made, which have seen nothing yet.
    pub fn count_caches(&mut self, made: usize) {
        self.shapes.stats.caches += made as u64;
    }

    /// An object without properties.
    pub fn new_instance(&mut self, root: &'static Shape) -> Result<Gc<Instance>, OutOfMemory> {
        let (root, words) = root.next_instance(&mut self.shapes);
        self.new_blank(root, words)
    }

    /// An object of this shape whose words are all 0.
    pub(crate) fn new_blank(
        &mut self,
        shape: &'static Shape,
        words: usize,
    ) -> Result<Gc<Instance>, OutOfMemory> {
        // SAFETY: the shape is set at once; a root mentions no words.
        let object = unsafe { self.alloc::<Instance>(0, words)? };
        object.set(Instance::SHAPE, shape);
        Ok(object)
    }
}

impl Gc<Instance> {
    /// The shape.
    #[inline(always)]
    pub fn shape(self) -> &'static Shape {
        self.get(Instance::SHAPE)
    }

    #[inline(always)]
    fn field(index: usize) -> Field<Instance, i64> {
        // SAFETY: callers take indices from a shape, which fits the object, or stay below its capacity.
        unsafe {
            Field::new("Instance.word", Instance::WORDS + index as u32 * 8, Mutability::Mutable)
        }
    }

    /// An in-object word.
    #[inline(always)]
    pub(crate) fn word_at(self, index: usize) -> u64 {
        debug_assert!(index < self.capacity(), "a word of the object");
        self.get(Self::field(index)) as u64
    }

    #[inline(always)]
    fn set_word_at(self, index: usize, bits: u64) {
        debug_assert!(index < self.capacity(), "a word of the object");
        self.set(Self::field(index), bits as i64);
        self.barrier(); // it may be a reference
    }

    /// The overflow storage, or the table of a dictionary.
    #[inline]
    fn pairs(self) -> Option<Gc<Pairs>> {
        let shape = self.shape();
        let index = if shape.is_dictionary() { 0 } else { shape.spill()? };
        match self.word_at(usize::from(index)) {
            0 => None,
            // SAFETY: the shape says that this word refers to such an object.
            address => Some(unsafe { Gc::from_address(address) }),
        }
    }

    fn dictionary(self) -> Option<Dictionary> {
        if self.shape().is_dictionary() { self.pairs().map(Dictionary) } else { None }
    }

    /// The value of a property of the object's shape.
    #[inline(always)]
    pub(crate) fn read(self, slot: Slot, kind: Kind) -> Val {
        let index = usize::from(slot.index);
        if slot.overflow {
            return self.read_overflow(index);
        }
        if kind == Kind::MIXED {
            // SAFETY: both words were written together.
            return unsafe { Val::from_words(self.word_at(index), self.word_at(index + 1)) };
        }
        // SAFETY: the word was written as this kind.
        unsafe { kind.value(self.word_at(index)) }
    }

    #[cold]
    fn read_overflow(self, index: usize) -> Val {
        let values = self.pairs().and_then(|pairs| pairs.val_at(Pairs::VALUES, index));
        values.unwrap_or(Val::NIL)
    }

    /// Changes a property of the object's shape, whose kind accepts the value.
    #[inline(always)]
    pub(crate) fn write(self, slot: Slot, kind: Kind, value: Val) {
        debug_assert!(kind.accepts(value.tag()), "{kind:?} does not hold {value:?}");
        let (tag, bits) = value.words();
        let index = usize::from(slot.index);
        if slot.overflow {
            if let Some(pairs) = self.pairs() {
                pairs.set_val_at(Pairs::VALUES, index, value);
            }
        } else if kind == Kind::MIXED {
            self.set_word_at(index, tag);
            self.set_word_at(index + 1, bits);
        } else {
            self.set_word_at(index, bits);
        }
    }

    /// Forgets the value of a property.
    fn clear(self, p: Property) {
        if p.slot.overflow {
            self.write(p.slot, Kind::MIXED, Val::NIL);
        } else {
            for i in 0..p.kind.words() {
                self.set_word_at(usize::from(p.slot.index) + i, 0);
            }
        }
    }

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
        self.store(heap, symbol, Attribute::Value, value)
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
        self.store(heap, symbol, attribute, value)
    }

    fn store(
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
                return self.store(heap, symbol, attribute, value);
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

    /// Goes on to a shape with one more property, whose value is to be written next.
    pub(crate) fn extend(self, heap: &mut Heap, target: &'static Shape) -> Result<(), OutOfMemory> {
        let shape = self.shape();
        if target.is_dictionary() || target.spill() != shape.spill() {
            return self.migrate(heap, target);
        }
        if let Some(pairs) = self.pairs()
            && pairs.len() < target.overflow()
        {
            let larger = Pairs::alloc(heap, target.overflow().next_power_of_two().max(8))?;
            copy_values(pairs, larger);
            self.set_word_at(usize::from(target.spill().unwrap_or(0)), larger.address());
        }
        self.set(Instance::SHAPE, target);
        Ok(())
    }

    /// Arranges the words as another shape of the same tree wants them. Properties that only `target` has are nil, or 0.
    pub(crate) fn migrate(
        self,
        heap: &mut Heap,
        target: &'static Shape,
    ) -> Result<(), OutOfMemory> {
        if target.is_dictionary() {
            return self.to_dictionary(heap);
        }
        let old: Vec<Option<Val>> =
            target.properties().iter().map(|p| self.property(p.symbol)).collect();
        let pairs = match target.overflow() {
            0 => None,
            n => {
                let spilled = &target.to_root().tree.spilled;
                spilled.set(spilled.get() + 1);
                heap.shapes.stats.spills += 1;
                Some(Pairs::alloc(heap, n.next_power_of_two().max(8))?)
            }
        };
        heap.shapes.stats.migrations += 1;
        for i in 0..self.capacity() {
            self.set_word_at(i, 0);
        }
        self.set(Instance::SHAPE, target);
        if let (Some(index), Some(pairs)) = (target.spill(), pairs) {
            self.set_word_at(usize::from(index), pairs.address());
        }
        for (p, value) in target.properties().iter().zip(old) {
            if let Some(value) = value {
                self.write(p.slot, p.kind, value);
            }
        }
        Ok(())
    }

    /// All properties in order of insertion.
    fn entries(self) -> Vec<(Symbol, Attribute, Val)> {
        match self.dictionary() {
            Some(table) => table.entries().collect(),
            None => {
                let value = |p: &Property| (p.symbol, p.attribute, self.read(p.slot, p.kind));
                self.shape().properties().iter().map(value).collect()
            }
        }
    }

    fn to_dictionary(self, heap: &mut Heap) -> Result<(), OutOfMemory> {
        let entries = self.entries();
        let mut table = Dictionary::new(heap, entries.len() + entries.len() / 2)?;
        for (symbol, attribute, value) in entries {
            table = table.insert(heap, symbol, attribute, value)?;
        }
        let shape = heap.shapes.dictionary(self.shape());
        heap.shapes.stats.dictionaries += 1;
        for i in 0..self.capacity() {
            self.set_word_at(i, 0);
        }
        self.set(Instance::SHAPE, shape);
        self.set_word_at(0, table.0.address());
        Ok(())
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

fn copy_values(from: Gc<Pairs>, to: Gc<Pairs>) {
    for i in 0..from.len().min(to.len()) {
        to.set_val_at(Pairs::VALUES, i, from.val_at(Pairs::VALUES, i).unwrap_or(Val::NIL));
    }
}
