//! Roots: the references that do not lie in objects.
//!
//! A collection visits all of them: the VM stack, the constants of traces, the handles of the host ([`Root`]), and what the
//! language's own state holds, which its method [`Language::roots`](crate::Language::roots) shows by handing each place to
//! [`Roots`]. Objects move, so places are changed.
//!
//! Invariant: when a collection is over, every place that was shown holds the present address of its object.
#![allow(unsafe_code, reason = "words of roots are addresses")]

use super::gc::Gc;
use super::layouts::is_object_tag;
use super::memory::Heap;
use super::object::{Object, Tag};
use super::val::Val;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

/// What a collection shows its roots to.
///
/// ```
/// # use holloway::{Array, Gc, Roots, Val};
/// /// What the collector does not find by itself.
/// struct Host {
///     globals: Vec<Val>,
///     modules: Gc<Array>,
/// }
///
/// /// The body of `Language::roots`: each place is shown, and holds another address afterwards if the object moved.
/// fn roots(host: &mut Host, roots: &mut Roots<'_>) {
///     roots.vals(&mut host.globals);
///     roots.gc(&mut host.modules);
/// }
/// ```
pub struct Roots<'h> {
    pub(super) heap: &'h mut Heap,
}

impl Roots<'_> {
    /// A reference.
    ///
    /// ```
    /// # use holloway::{Array, Gc, Roots};
    /// /// What a host with one array shows, in `Language::roots`.
    /// fn roots(history: &mut Gc<Array>, roots: &mut Roots<'_>) {
    ///     roots.gc(history);
    /// }
    /// ```
    #[inline]
    pub fn gc<T: Object>(&mut self, place: &mut Gc<T>) {
        // SAFETY: the same object, where it lies now.
        *place = unsafe { Gc::from_address(self.heap.visit(place.address())) };
    }

    /// A reference, if there is one.
    ///
    /// ```
    /// # use holloway::{Array, Gc, Roots};
    /// fn roots(cache: &mut Option<Gc<Array>>, roots: &mut Roots<'_>) {
    ///     roots.option(cache);
    /// }
    /// ```
    #[inline]
    pub fn option<T: Object>(&mut self, place: &mut Option<Gc<T>>) {
        if let Some(object) = place {
            self.gc(object);
        }
    }

    /// A dynamic value.
    ///
    /// ```
    /// # use holloway::{Roots, Val};
    /// fn roots(last_result: &mut Val, roots: &mut Roots<'_>) {
    ///     roots.val(last_result);
    /// }
    /// ```
    #[inline]
    pub fn val(&mut self, place: &mut Val) {
        if place.tag().is_object() {
            let (tag, bits) = place.words();
            // SAFETY: the same object, where it lies now.
            *place = unsafe { Val::from_words(tag, self.heap.visit(bits)) };
        }
    }

    /// Dynamic values.
    ///
    /// ```
    /// # use holloway::{Roots, Val};
    /// fn roots(globals: &mut [Val], roots: &mut Roots<'_>) {
    ///     roots.vals(globals);
    /// }
    /// ```
    pub fn vals(&mut self, places: &mut [Val]) {
        for place in places {
            self.val(place);
        }
    }

    /// A value that was allocated by [`Heap::tenured`] and so does not move: its place may be one that cannot be changed. Cheap
    /// unless old objects are being marked.
    ///
    /// # Panics
    /// If it might move.
    ///
    /// ```
    /// # use holloway::{Roots, Val};
    /// struct Code {
    ///     /// Made by `Heap::tenured`.
    ///     consts: Box<[Val]>,
    /// }
    /// fn roots(codes: &[&'static Code], roots: &mut Roots<'_>) {
    ///     if roots.wants_tenured() {
    ///         codes.iter().flat_map(|code| &code.consts).for_each(|&c| roots.tenured(c));
    ///     }
    /// }
    /// ```
    #[inline]
    pub fn tenured(&mut self, value: Val) {
        if value.tag().is_object() && self.heap.wants_tenured() {
            self.heap.visit_tenured(value.bits());
        }
    }

    /// Must values that do not move be shown this time? If not, showing them may be left out.
    ///
    /// ```
    /// # use holloway::{Roots, Val};
    /// fn roots(constants: &[Val], roots: &mut Roots<'_>) {
    ///     if roots.wants_tenured() {
    ///         constants.iter().for_each(|&constant| roots.tenured(constant));
    ///     }
    /// }
    /// ```
    pub fn wants_tenured(&self) -> bool {
        self.heap.wants_tenured()
    }

    /// The address of an object that does not move.
    pub(crate) fn tenured_word(&mut self, word: u64) {
        if word != 0 {
            self.heap.visit_tenured(word);
        }
    }

    /// The address of an object, or 0.
    pub(crate) fn word(&mut self, word: &mut u64) {
        if *word != 0 {
            *word = self.heap.visit(*word);
        }
    }

    /// Pairs of tag and payload. The payload of a slot that is dead may be missing.
    pub(crate) fn pairs(&mut self, words: &mut [u64]) {
        for pair in words.chunks_exact_mut(2) {
            if is_object_tag(pair[0]) && pair[1] != 0 {
                pair[1] = self.heap.visit(pair[1]);
            }
        }
    }
}

/// The table behind the handles of a heap: addresses, and the places that are free.
#[derive(Default)]
pub(crate) struct Handles {
    words: RefCell<Vec<u64>>,
    free: RefCell<Vec<usize>>,
}

impl Handles {
    fn add(&self, word: u64) -> usize {
        let mut words = self.words.borrow_mut();
        match self.free.borrow_mut().pop() {
            Some(at) => {
                words[at] = word;
                at
            }
            None => {
                words.push(word);
                words.len() - 1
            }
        }
    }

    /// Changes every word in use.
    pub(super) fn each(&self, mut change: impl FnMut(u64) -> u64) {
        for word in self.words.borrow_mut().iter_mut().filter(|w| **w != 0) {
            *word = change(*word);
        }
    }
}

/// A handle of the host: keeps an object alive and finds it wherever it was moved. The place is free again when it is dropped.
///
/// ```
/// use holloway::{Heap, Val};
///
/// let mut heap = Heap::new();
/// let array = heap.array_of(&[Val::int(1)])?;
/// let root = heap.root(array);
/// heap.collect_rooted(); // moves the array
/// assert_eq!(root.get(&heap).load(0), Some(Val::int(1)));
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub struct Root<T: Object> {
    table: Rc<Handles>,
    at: usize,
    layout: PhantomData<Gc<T>>,
}

impl<T: Object> Root<T> {
    /// The object, where it lies now: valid until the next collection.
    ///
    /// # Panics
    /// If it is an object of another heap.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// # let mut heap = Heap::new();
    /// let array = heap.array_filled(1, Val::int(7))?;
    /// let root = heap.root(array);
    /// heap.collect_rooted(); // `array` must not be used after this: it may point to where the object was
    /// assert_eq!(root.get(&heap).load(0), Some(Val::int(7)));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn get(&self, heap: &Heap) -> Gc<T> {
        assert!(Rc::ptr_eq(&self.table, &heap.handles), "a handle of another heap");
        // SAFETY: collections keep the word up to date, and the heap is there.
        unsafe { Gc::from_address(self.table.words.borrow()[self.at]) }
    }

    /// Changes to another object.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let (old, new) = (heap.new_array(0)?, heap.array_of(&[Val::NIL])?);
    /// let root = heap.root(old);
    /// root.set(new);
    /// assert_eq!(root.get(&heap).count(), 1);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn set(&self, object: Gc<T>) {
        self.table.words.borrow_mut()[self.at] = object.address();
    }
}

impl<T: Object> Drop for Root<T> {
    fn drop(&mut self) {
        self.table.words.borrow_mut()[self.at] = 0;
        self.table.free.borrow_mut().push(self.at);
    }
}

impl Heap {
    /// A handle that keeps this object alive.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory};
    /// # let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// let root = heap.root(array); // alive until the handle is dropped
    /// assert!(root.get(&heap) == array);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn root<T: Object>(&mut self, object: Gc<T>) -> Root<T> {
        let at = self.handles.add(object.address());
        Root { table: Rc::clone(&self.handles), at, layout: PhantomData }
    }

    /// A handle for a dynamic value that may be an object.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let text = heap.array_of(&[Val::int(104)])?;
    /// let (a, b) = (heap.root_val(Val::object(text)), heap.root_val(Val::int(1)));
    /// heap.collect_rooted();
    /// assert!(a.get(&heap).cast::<holloway::Array>().is_some());
    /// assert_eq!(b.get(&heap), Val::int(1));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn root_val(&mut self, value: Val) -> RootVal {
        let table = Rc::clone(&self.handles);
        let at = table.add(if value.tag().is_object() { value.bits() } else { 0 });
        RootVal { table, at, value }
    }
}

/// As [`Root`], for a dynamic value.
///
/// ```
/// # use holloway::{Heap, Val};
/// # let mut heap = Heap::new();
/// let root = heap.root_val(Val::int(3)); // any value, object or not
/// heap.collect_rooted();
/// assert_eq!(root.get(&heap), Val::int(3));
/// ```
pub struct RootVal {
    table: Rc<Handles>,
    at: usize,
    value: Val,
}

impl RootVal {
    /// The value as it is now: valid until the next collection.
    ///
    /// # Panics
    /// If it is one of another heap.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// # let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// let root = heap.root_val(Val::object(array));
    /// heap.collect_rooted();
    /// assert!(root.get(&heap).tag() == holloway::Tag::ARRAY);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn get(&self, heap: &Heap) -> Val {
        assert!(Rc::ptr_eq(&self.table, &heap.handles), "a handle of another heap");
        if self.tag().is_object() {
            let (tag, _) = self.value.words();
            // SAFETY: collections keep the word up to date, and the heap is there.
            return unsafe { Val::from_words(tag, self.table.words.borrow()[self.at]) };
        }
        self.value
    }

    fn tag(&self) -> Tag {
        self.value.tag()
    }
}

impl Drop for RootVal {
    fn drop(&mut self) {
        self.table.words.borrow_mut()[self.at] = 0;
        self.table.free.borrow_mut().push(self.at);
    }
}
