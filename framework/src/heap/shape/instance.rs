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
use super::tree::{Property, Shape, Slot};
use crate::heap::object::{ElemKind, StoredKind};
use crate::heap::{Elems, Field, Gc, Heap, Object, OutOfMemory, Tag, Val};
use crate::trace::Mutability;

/// An object with properties. See the [module](super).
///
/// ```
/// # use holloway::{Heap, OutOfMemory, Val};
/// let mut heap = Heap::new();
/// let class = heap.new_root(0);
/// let point = heap.new_instance(class)?;
/// let (x, y) = (heap.symbol("x"), heap.symbol("y"));
/// point.set_property(&mut heap, x, Val::int(1))?;
/// assert_eq!((point.property(x), point.property(y)), (Some(Val::int(1)), None));
/// # Ok::<(), OutOfMemory>(())
/// ```
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
    let within = if capacity < 64 { (1 << capacity) - 1 } else { u64::MAX };
    let mut left = (references | pairs) & within;
    while left != 0 {
        let index = left.trailing_zeros() as usize;
        left &= left - 1;
        if references >> index & 1 != 0 {
            visit(words.wrapping_add(index));
        } else {
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
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let (methods, area) = (heap.new_prototype(None), heap.symbol("area"));
    /// heap.define_member(methods, area, Val::int(1)); // a closure, most of the time
    /// let class = heap.new_root_under(0, methods);
    /// let object = heap.new_instance(class)?;
    /// assert_eq!(object.property(area), None);
    /// assert_eq!(object.shape().prototype(), Some(methods));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn new_root_under(&mut self, word: u64, prototype: &'static Prototype) -> &'static Shape {
        self.shapes.new_root(word, None, Some(prototype))
    }

    /// Tells the statistics that so many more inline caches were made, which have seen nothing yet.
    ///
    /// ```
    /// let mut heap = holloway::Heap::new();
    /// heap.count_caches(3); // a function with three places that name properties was compiled
    /// ```
    pub fn count_caches(&mut self, made: usize) {
        self.shapes.stats.caches += made as u64;
    }

    /// An object without properties.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory};
    /// let mut heap = Heap::new();
    /// let class = heap.new_root(0);
    /// assert!(heap.new_instance(class)?.keys().is_empty());
    /// # Ok::<(), OutOfMemory>(())
    /// ```
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
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let (root, x) = (heap.new_root(5), heap.symbol("x"));
    /// let object = heap.new_instance(root)?;
    /// object.set_property(&mut heap, x, Val::NIL)?;
    /// assert!(!std::ptr::eq(object.shape(), root), "each property is one step down the tree");
    /// assert_eq!(object.shape().word(), 5);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
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
    pub(super) fn set_word_at(self, index: usize, bits: u64) {
        debug_assert!(index < self.capacity(), "a word of the object");
        self.set(Self::field(index), bits as i64);
        self.barrier(); // it may be a reference
    }

    /// The overflow storage, or the table of a dictionary.
    #[inline]
    pub(super) fn pairs(self) -> Option<Gc<Pairs>> {
        let shape = self.shape();
        let index = if shape.is_dictionary() { 0 } else { shape.spill()? };
        match self.word_at(usize::from(index)) {
            0 => None,
            // SAFETY: the shape says that this word refers to such an object.
            address => Some(unsafe { Gc::from_address(address) }),
        }
    }

    pub(super) fn dictionary(self) -> Option<Dictionary> {
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
    pub(super) fn clear(self, p: Property) {
        if p.slot.overflow {
            self.write(p.slot, Kind::MIXED, Val::NIL);
        } else {
            for i in 0..p.kind.words() {
                self.set_word_at(usize::from(p.slot.index) + i, 0);
            }
        }
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

    pub(super) fn to_dictionary(self, heap: &mut Heap) -> Result<(), OutOfMemory> {
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
}

pub(super) fn copy_values(from: Gc<Pairs>, to: Gc<Pairs>) {
    for i in 0..from.len().min(to.len()) {
        to.set_val_at(Pairs::VALUES, i, from.val_at(Pairs::VALUES, i).unwrap_or(Val::NIL));
    }
}
