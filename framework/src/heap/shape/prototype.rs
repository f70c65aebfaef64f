//! Prototypes: what objects of many shapes have in common, found where an object itself has no property of a name.
//!
//! ```text
//!   instance --> shape --> tree --> prototype: Point3 --> prototype: Point     members by name
//! ```
//! A prototype belongs to trees of shapes, so who knows the shape of an object knows its prototype. Lookups are cached: by the
//! interpreter until anything about any prototype changes (the *epoch*), by traces until something changes in the chain that
//! they looked at.
//!
//! Invariants: chains have an end; the number of a member means the same value for ever, once a trace relies on the prototype.
//! The values lie in one table, which is what a collector must look at.
#![allow(
    unsafe_code,
    reason = "prototypes are handed out as references that live as long as the heap"
)]

use super::table::ShapeTable;
use crate::heap::{Heap, Symbol, Val};
use hashbrown::HashMap;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ptr::NonNull;

/// Members that objects of some shapes share, and the prototype to ask for what it does not have.
///
/// Compared by identity. It lives as long as its heap and must not be used after that.
///
/// ```
/// # use holloway::{Heap, Val};
/// let mut heap = Heap::new();
/// let (animal, legs) = (heap.new_prototype(None), heap.symbol("legs"));
/// let cat = heap.new_prototype(Some(animal));
/// heap.define_member(animal, legs, Val::int(4));
/// assert_eq!((heap.member(cat, legs), cat.parent()), (Some(Val::int(4)), Some(animal)));
/// ```
pub struct Prototype {
    parent: Cell<Option<&'static Prototype>>,
    children: RefCell<Vec<&'static Prototype>>,
    /// By name: numbers of values in the table.
    members: RefCell<HashMap<Symbol, u32>>,
    /// What traces rely on; 0 if none does.
    pub(super) validity: Cell<u64>,
    /// How often something changed that a trace relied on.
    broken: Cell<u32>,
}

impl PartialEq for Prototype {
    fn eq(&self, other: &Prototype) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Prototype {}

impl fmt::Debug for Prototype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prototype({} members)", self.members.borrow().len())
    }
}

impl Prototype {
    /// The prototype that is asked next.
    pub fn parent(&self) -> Option<&'static Prototype> {
        self.parent.get()
    }

    /// The number of the member of this name, its own or that of one further up.
    pub(crate) fn find(&self, symbol: Symbol) -> Option<u32> {
        let mut at = self;
        loop {
            if let Some(&member) = at.members.borrow().get(&symbol) {
                return Some(member);
            }
            at = at.parent.get()?;
        }
    }

    /// Does it change too often to rely on?
    pub(crate) fn is_restless(&self) -> bool {
        self.broken.get() >= RESTLESS
    }

    fn count_break(&self) {
        if self.validity.get() != 0 {
            self.broken.set(self.broken.get() + 1);
        }
    }

    /// The word that stands for it in traces.
    pub(crate) fn to_bits(&'static self) -> u64 {
        std::ptr::from_ref(self) as u64
    }

    /// From its word.
    ///
    /// # Safety
    /// The word must come from [`Prototype::to_bits`], and the heap be alive.
    pub(crate) unsafe fn from_bits(bits: u64) -> &'static Prototype {
        // SAFETY: prototypes live as long as their heap, which the caller vouches for.
        unsafe { &*(bits as usize as *const Prototype) }
    }

    fn is_below(&self, other: &Prototype) -> bool {
        let mut at = Some(self);
        while let Some(here) = at {
            if here == other {
                return true;
            }
            at = here.parent.get();
        }
        false
    }
}

/// A prototype that broke the code of traces so often is looked up by a call.
const RESTLESS: u32 = 8;

/// All prototypes of a heap.
#[derive(Default)]
pub(crate) struct Prototypes {
    all: Vec<NonNull<Prototype>>,
    /// The values of members.
    pub(crate) values: Vec<Val>,
    /// How often something changed that an interpreter's cache may know.
    pub(crate) epoch: u32,
}

impl Drop for Prototypes {
    fn drop(&mut self) {
        // SAFETY: made from boxes, given back once, and nobody uses them any more.
        unsafe { self.all.drain(..).for_each(|p| drop(Box::from_raw(p.as_ptr()))) }
    }
}

impl ShapeTable {
    /// The validity cell of a prototype and of all above it.
    pub(crate) fn rely_on(&mut self, prototype: &Prototype) -> u64 {
        self.validity.watch(&prototype.validity)
    }

    /// A member of the prototype was changed, added or taken away.
    fn prototype_changed(&mut self, prototype: &Prototype) {
        self.prototypes.epoch = self.prototypes.epoch.wrapping_add(1);
        let mut changed: Vec<&'static Prototype> = prototype.children.borrow().clone();
        prototype.count_break();
        self.validity.break_cell(&prototype.validity);
        while let Some(below) = changed.pop() {
            below.count_break();
            self.validity.break_cell(&below.validity);
            changed.extend(below.children.borrow().iter());
        }
    }
}

impl Heap {
    /// A prototype without members.
    ///
    /// ```
    /// use holloway::{Heap, Val};
    ///
    /// let mut heap = Heap::new();
    /// let area = heap.symbol("area");
    /// let shape = heap.new_prototype(None);
    /// let square = heap.new_prototype(Some(shape));
    /// heap.define_member(shape, area, Val::int(1));
    /// assert_eq!(heap.member(square, area), Some(Val::int(1)));
    /// heap.define_member(square, area, Val::int(2)); // whatever was compiled with the other one is not used any more
    /// assert_eq!(heap.member(square, area), Some(Val::int(2)));
    /// ```
    pub fn new_prototype(&mut self, parent: Option<&'static Prototype>) -> &'static Prototype {
        let prototype = NonNull::from(Box::leak(Box::new(Prototype {
            parent: Cell::new(parent),
            children: RefCell::default(),
            members: RefCell::default(),
            validity: Cell::new(0),
            broken: Cell::new(0),
        })));
        self.shapes.prototypes.all.push(prototype);
        // SAFETY: freed together with the heap only; users promise not to outlive it.
        let prototype: &'static Prototype = unsafe { prototype.as_ref() };
        if let Some(parent) = parent {
            parent.children.borrow_mut().push(prototype);
        }
        prototype
    }

    /// Adds or changes a member. Code that was compiled with another one in mind is given up.
    ///
    /// ```
    /// # use holloway::{Heap, Val};
    /// let mut heap = Heap::new();
    /// let (class, name) = (heap.new_prototype(None), heap.symbol("name"));
    /// heap.define_member(class, name, Val::int(1));
    /// heap.define_member(class, name, Val::int(2));
    /// assert_eq!(heap.member(class, name), Some(Val::int(2)));
    /// ```
    pub fn define_member(&mut self, prototype: &'static Prototype, symbol: Symbol, value: Val) {
        let known = prototype.members.borrow().get(&symbol).copied();
        let values = &mut self.shapes.prototypes.values;
        match known {
            Some(number) if prototype.validity.get() == 0 => values[number as usize] = value,
            _ => {
                // A guard that failed may still ask for the old one.
                prototype.members.borrow_mut().insert(symbol, values.len() as u32);
                values.push(value);
            }
        }
        self.shapes.prototype_changed(prototype);
    }

    /// Takes a member away; `false` if the prototype itself has none of this name.
    ///
    /// ```
    /// # use holloway::{Heap, Val};
    /// let mut heap = Heap::new();
    /// let (base, name) = (heap.new_prototype(None), heap.symbol("name"));
    /// let class = heap.new_prototype(Some(base));
    /// heap.define_member(base, name, Val::int(1));
    /// heap.define_member(class, name, Val::int(2));
    /// assert!(heap.remove_member(class, name));
    /// assert_eq!(heap.member(class, name), Some(Val::int(1)), "the one above shows again");
    /// ```
    pub fn remove_member(&mut self, prototype: &'static Prototype, symbol: Symbol) -> bool {
        let was_there = prototype.members.borrow_mut().remove(&symbol).is_some();
        if was_there {
            self.shapes.prototype_changed(prototype);
        }
        was_there
    }

    /// Puts a prototype under another one; `false`, and nothing changes, if that would make a circle.
    ///
    /// ```
    /// # use holloway::Heap;
    /// let mut heap = Heap::new();
    /// let (base, class) = (heap.new_prototype(None), heap.new_prototype(None));
    /// assert!(heap.set_parent(class, Some(base)));
    /// assert!(!heap.set_parent(base, Some(class)), "that would make a circle");
    /// ```
    pub fn set_parent(
        &mut self,
        prototype: &'static Prototype,
        parent: Option<&'static Prototype>,
    ) -> bool {
        if parent.is_some_and(|p| p.is_below(prototype)) {
            return false;
        }
        if let Some(old) = prototype.parent.replace(parent) {
            old.children.borrow_mut().retain(|c| *c != prototype);
        }
        if let Some(new) = parent {
            new.children.borrow_mut().push(prototype);
        }
        self.shapes.prototype_changed(prototype);
        true
    }

    /// A member, of the prototype or of one further up.
    ///
    /// ```
    /// # use holloway::Heap;
    /// let mut heap = Heap::new();
    /// let (class, name) = (heap.new_prototype(None), heap.symbol("name"));
    /// assert_eq!(heap.member(class, name), None);
    /// ```
    pub fn member(&self, prototype: &Prototype, symbol: Symbol) -> Option<Val> {
        let number = prototype.find(symbol)?;
        self.shapes.prototypes.values.get(number as usize).copied()
    }
}
