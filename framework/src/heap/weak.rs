//! Weak references, finalizers, and tables of unique objects.
//!
//! Invariant: a weak reference leads to its object as long as that is reachable otherwise, and to nothing afterwards; a finalizer
//! runs once, after a collection found its object dead, or when the heap goes.
#![allow(unsafe_code, reason = "words of weak references are addresses")]

use super::gc::Gc;
use super::memory::{Heap, OutOfMemory};
use super::object::Object;
use hashbrown::HashMap;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::mem::take;
use std::rc::Rc;

/// What runs when an object is dead.
type Finalizer = Box<dyn FnOnce()>;

/// The table behind weak references: addresses, 0 for dead, and the places that are free.
#[derive(Default)]
struct Table {
    words: RefCell<Vec<u64>>,
    free: RefCell<Vec<usize>>,
}

/// Everything that looks at objects without keeping them alive.
#[derive(Default)]
pub(crate) struct Watches {
    table: Rc<Table>,
    finalizers: Vec<(u64, Finalizer)>,
    due: Vec<Finalizer>,
}

impl Watches {
    /// Objects moved or died: `now` says where each of them is.
    pub(super) fn follow(&mut self, now: impl Fn(u64) -> Option<u64>) {
        for word in self.table.words.borrow_mut().iter_mut().filter(|w| **w != 0) {
            *word = now(*word).unwrap_or(0);
        }
        for (address, finalizer) in take(&mut self.finalizers) {
            match now(address) {
                Some(address) => self.finalizers.push((address, finalizer)),
                None => self.due.push(finalizer),
            }
        }
    }

    /// Finalizers of objects that were found dead.
    pub(super) fn take_due(&mut self) -> Vec<Finalizer> {
        take(&mut self.due)
    }
}

impl Drop for Watches {
    fn drop(&mut self) {
        for finalizer in take(&mut self.due) {
            finalizer();
        }
        for (_, finalizer) in take(&mut self.finalizers) {
            finalizer();
        }
    }
}

/// A reference that does not keep its object alive.
///
/// ```
/// use holloway::Heap;
///
/// let mut heap = Heap::new();
/// let array = heap.new_array(0)?;
/// let weak = heap.weak(array);
/// let root = heap.root(array);
/// heap.collect_rooted();
/// assert!(weak.get(&heap) == Some(root.get(&heap)));
/// drop(root);
/// heap.collect_rooted();
/// assert!(weak.get(&heap).is_none());
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub struct Weak<T: Object> {
    table: Rc<Table>,
    at: usize,
    layout: PhantomData<Gc<T>>,
}

impl<T: Object> Weak<T> {
    /// The object, if it was alive at the last collection: valid until the next.
    ///
    /// # Panics
    /// If it is an object of another heap.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory};
    /// # let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// let weak = heap.weak(array);
    /// assert!(weak.get(&heap) == Some(array));
    /// heap.collect_rooted();
    /// assert!(weak.get(&heap).is_none(), "nothing else led to it");
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn get(&self, heap: &Heap) -> Option<Gc<T>> {
        assert!(Rc::ptr_eq(&self.table, &heap.watches.table), "a reference to another heap");
        let word = self.table.words.borrow()[self.at];
        // SAFETY: collections keep the word up to date, and the heap is there.
        (word != 0).then(|| unsafe { Gc::from_address(word) })
    }
}

impl<T: Object> Drop for Weak<T> {
    fn drop(&mut self) {
        self.table.words.borrow_mut()[self.at] = 0;
        self.table.free.borrow_mut().push(self.at);
    }
}

impl Heap {
    /// A weak reference to this object.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Weak};
    /// # let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// let cache: Vec<Weak<_>> = vec![heap.weak(array)]; // does not keep the array alive
    /// assert_eq!(cache.iter().filter_map(|weak| weak.get(&heap)).count(), 1);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn weak<T: Object>(&mut self, object: Gc<T>) -> Weak<T> {
        let table = Rc::clone(&self.watches.table);
        let free = table.free.borrow_mut().pop();
        let at = free.unwrap_or_else(|| {
            table.words.borrow_mut().push(0);
            table.words.borrow().len() - 1
        });
        table.words.borrow_mut()[at] = object.address();
        Weak { table, at, layout: PhantomData }
    }

    /// Runs `finalizer` after a collection has found this object dead, or when the heap goes: for what the object stands for
    /// outside of the heap (a file, a socket). It gets nothing of the object, which is gone by then.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory};
    /// # use std::{cell::Cell, rc::Rc};
    /// let mut heap = Heap::new();
    /// let open = Rc::new(Cell::new(true));
    /// let file = heap.new_array(0)?; // stands for a file
    /// heap.finalize(file, {
    ///     let open = Rc::clone(&open);
    ///     move || open.set(false)
    /// });
    /// heap.collect_rooted();
    /// assert!(!open.get());
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn finalize<T: Object>(&mut self, object: Gc<T>, finalizer: impl FnOnce() + 'static) {
        self.watches.finalizers.push((object.address(), Box::new(finalizer)));
    }
}

/// Objects of which there is one for each content: strings, symbols. It does not keep them alive.
///
/// ```
/// # use holloway::{Gc, Heap, Interner, Object, OutOfMemory};
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Text {
///     #[trailing]
///     utf8: u8,
/// }
///
/// /// The one text of these letters; their sum serves as a hash.
/// fn intern(heap: &mut Heap, all: &mut Interner<Text>, s: &str) -> Result<Gc<Text>, OutOfMemory> {
///     let hash = s.bytes().map(u64::from).sum();
///     let is = |text: Gc<Text>, heap: &Heap| text.bytes(Text::UTF8, heap) == s.as_bytes();
///     all.intern(heap, hash, is, |heap| {
///         let text = Text::alloc(heap, s.len(), s.len())?;
///         text.write_bytes(Text::UTF8, 0, s.as_bytes());
///         Ok(text)
///     })
/// }
///
/// let (mut heap, mut all) = (Heap::new(), Interner::default());
/// assert!(intern(&mut heap, &mut all, "ab")? == intern(&mut heap, &mut all, "ab")?);
/// assert!(intern(&mut heap, &mut all, "ab")? != intern(&mut heap, &mut all, "ba")?);
/// # Ok::<(), OutOfMemory>(())
/// ```
pub struct Interner<T: Object> {
    by_hash: HashMap<u64, Vec<Weak<T>>>,
    /// The table is rid of the dead when it has so many entries.
    full: usize,
}

impl<T: Object> Default for Interner<T> {
    fn default() -> Self {
        Interner { by_hash: HashMap::new(), full: 64 }
    }
}

impl<T: Object> Interner<T> {
    /// The object whose content has this hash and is what `is` accepts; if there is none, the one that `make` makes.
    ///
    /// # Errors
    /// If there is no memory for it.
    ///
    /// ```
    /// # use holloway::{Heap, Interner, Object, OutOfMemory};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Name {
    ///     number: i64,
    /// }
    /// let mut heap = Heap::new();
    /// let mut names = Interner::<Name>::default();
    /// let is_7 = |name: holloway::Gc<Name>, _: &Heap| name.get(Name::NUMBER) == 7;
    /// let a = names.intern(&mut heap, 7, is_7, |heap| Name::alloc(heap, 7))?;
    /// let b = names.intern(&mut heap, 7, is_7, |heap| Name::alloc(heap, 7))?;
    /// assert!(a == b && names.len() == 1);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn intern(
        &mut self,
        heap: &mut Heap,
        hash: u64,
        is: impl Fn(Gc<T>, &Heap) -> bool,
        make: impl FnOnce(&mut Heap) -> Result<Gc<T>, OutOfMemory>,
    ) -> Result<Gc<T>, OutOfMemory> {
        let known = self.by_hash.get(&hash).into_iter().flatten();
        if let Some(found) = known.filter_map(|w| w.get(heap)).find(|&object| is(object, heap)) {
            return Ok(found);
        }
        if self.by_hash.len() >= self.full {
            self.by_hash.retain(|_, entries| {
                entries.retain(|weak| weak.get(heap).is_some());
                !entries.is_empty()
            });
            self.full = (self.by_hash.len() * 2).max(64);
        }
        let made = make(heap)?;
        let weak = heap.weak(made);
        self.by_hash.entry(hash).or_default().push(weak);
        Ok(made)
    }

    /// How many contents there are, those included whose objects are dead.
    ///
    /// ```
    /// # use holloway::{Array, Interner};
    /// assert_eq!(Interner::<Array>::default().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// None at all?
    ///
    /// ```
    /// # use holloway::{Array, Interner};
    /// assert!(Interner::<Array>::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }
}
