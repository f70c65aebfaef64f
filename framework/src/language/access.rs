//! Fields and elements of heap objects, in handlers: typed, traced, replayed.
//!
//! Invariant: in the world `Resume` a load or store first asks the replay log; while recording, it writes itself down there.
#![allow(unsafe_code, reason = "allocates objects for generated constructors")]

use super::cx::{Cx, Language};
use super::mode::{Mode, World};
use super::red::Red;
use super::value::Value;
use crate::exit::replay;
use crate::heap::gc::LEN_OFFSET;
use crate::heap::header::FROZEN_OFFSET;
use crate::heap::object::{ElemType, Elems};
use crate::heap::{Field, FieldType, Gc, Object, OutOfMemory, Tag, Val};
use crate::record::tls;
use crate::trace::{Access, AccessId, Layout, LayoutId, Mutability, Ty, Width};

/// A word to load or store, for the recorder.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) part: Part,
    pub(super) offset: u32,
    pub(super) width: Width,
    pub(super) mutability: Mutability,
}

/// What follows the name of a field in the name of a word.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Text(&'static str),
    Number(u16),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Part::Text(text) => f.write_str(text),
            Part::Number(number) => write!(f, "{number}"),
        }
    }
}

impl Place {
    fn access(self, r: &mut crate::record::recorder::Recorder) -> AccessId {
        r.access(self.name, self.offset << 1 | (self.width == Width::Byte) as u32, || Access {
            name: format!("{}{}", self.name, self.part),
            offset: self.offset,
            width: self.width,
            mutability: self.mutability,
        })
    }
}

#[inline(always)]
pub(super) fn load<M: Mode>(
    place: Place,
    base: M::Name,
    index: Option<M::Name>,
    read: impl FnOnce() -> u64,
) -> (u64, M::Name) {
    match M::WORLD {
        World::Run => (read(), base),
        World::Resume => (replay::next().unwrap_or_else(read), base),
        World::Record => {
            if let Some((name, bits)) = tls::with(|r| r.next_replayed()) {
                return (bits, M::from_ref(name));
            }
            let bits = read();
            let name = tls::with(|r| {
                let access = place.access(r);
                r.record_load(access, M::to_ref(base), index.map(M::to_ref), bits)
            });
            (bits, M::from_ref(name))
        }
    }
}

#[inline(always)]
pub(super) fn store<M: Mode>(
    place: Place,
    base: M::Name,
    index: Option<M::Name>,
    value: M::Name,
    write: impl FnOnce(),
) {
    match M::WORLD {
        World::Run => write(),
        World::Resume => {
            if replay::next().is_none() {
                write();
            }
        }
        World::Record => {
            if tls::with(|r| r.next_replayed()).is_some() {
                return;
            }
            write();
            tls::with(|r| {
                let access = place.access(r);
                r.record_store(access, M::to_ref(base), index.map(M::to_ref), M::to_ref(value));
            });
        }
    }
}

/// A green decision that rests on what may change: an instruction that is run again decides as it did before.
pub(super) fn decide<M: Mode>(make: impl FnOnce() -> u64) -> u64 {
    match M::WORLD {
        World::Run => make(),
        World::Resume => replay::next().unwrap_or_else(make),
        World::Record => {
            if let Some((_, bits)) = tls::with(|r| r.next_replayed()) {
                return bits;
            }
            let bits = make();
            tls::with(|r| r.log_decision(bits));
            bits
        }
    }
}

/// A new object with `len` trailing elements, all zero.
pub(crate) fn allocate<M: Mode, L: Language, T: Object>(
    cx: &mut Cx<'_, M, L>,
    len: usize,
) -> Result<Red<M, Gc<T>>, OutOfMemory> {
    // SAFETY: the caller of `Cx::allocate` promises what `Heap::alloc` asks for.
    let mut fresh = || unsafe { cx.heap().alloc::<T>(len, len) };
    match M::WORLD {
        World::Run => Ok(Red::green(fresh()?)),
        World::Resume => match replay::next() {
            // SAFETY: the log holds the address of the object that this very allocation made.
            Some(bits) => Ok(Red::green(unsafe { Gc::from_address(bits) })),
            None => Ok(Red::green(fresh()?)),
        },
        World::Record => {
            if let Some((name, bits)) = tls::with(|r| r.next_replayed()) {
                // SAFETY: as above.
                return Ok(Red::new(unsafe { Gc::from_address(bits) }, M::from_ref(name)));
            }
            let object = fresh()?;
            let layout = LayoutId::of(Layout {
                name: T::NAME.to_string(),
                tag: T::TAG.0,
                size: T::SIZE,
                elem_size: T::ELEM_SIZE,
                made_by: None,
            });
            let name = tls::with(|r| match T::ELEM_SIZE {
                0 => r.record_new(layout, object.address()),
                _ => r.record_new_array(layout, len as i64, object.address()),
            });
            Ok(Red::new(object, M::from_ref(name)))
        }
    }
}

impl<M: Mode, T: Object> Red<M, Gc<T>> {
    /// Reads a field.
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Point {
    ///     x: i64,
    ///     y: i64,
    /// }
    /// fn sum<M: Mode>(point: Red<M, Gc<Point>>) -> Red<M, i64> {
    ///     point.get(Point::X) + point.get(Point::Y)
    /// }
    /// ```
    #[inline(always)]
    pub fn get<V: FieldType>(self, field: Field<T, V>) -> Red<M, V> {
        let place = Place {
            name: field.name,
            part: Part::Text(""),
            offset: field.offset,
            width: Width::Word(V::TY),
            mutability: field.mutability,
        };
        let object = self.value;
        let (bits, name) = load::<M>(place, self.name, None, || object.get(field).to_bits());
        // SAFETY: the word of a `V`, read now or by the interrupted run.
        Red::new(unsafe { V::from_bits(bits) }, name)
    }

    /// Writes a field.
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Counter {
    /// #     count: i64,
    /// # }
    /// fn bump<M: Mode>(counter: Red<M, Gc<Counter>>) {
    ///     counter.set(Counter::COUNT, counter.get(Counter::COUNT) + 1);
    /// }
    /// ```
    #[inline(always)]
    pub fn set<V: FieldType>(self, field: Field<T, V>, value: Red<M, V>) {
        let place = Place {
            name: field.name,
            part: Part::Text(""),
            offset: field.offset,
            width: Width::Word(V::TY),
            mutability: field.mutability,
        };
        let object = self.value;
        store::<M>(place, self.name, None, value.name, || object.set(field, value.value));
    }

    /// Writes a field of an object that nobody else has seen: for generated constructors.
    #[doc(hidden)]
    #[inline(always)]
    pub fn init<V: FieldType>(self, field: Field<T, V>, value: Red<M, V>) {
        self.set(field, value);
    }

    /// Reads a field that holds a dynamic value.
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red, Val, Value};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Variable {
    /// #     value: Val,
    /// # }
    /// fn read<M: Mode>(variable: Red<M, Gc<Variable>>) -> Value<M> {
    ///     variable.get_value(Variable::VALUE)
    /// }
    /// ```
    #[inline(always)]
    pub fn get_value(self, field: Field<T, Val>) -> Value<M> {
        let object = self.value;
        let (tag_at, bits_at) = field_places(field);
        let (tag, tag_name) =
            load::<M>(tag_at, self.name, None, || object.get_val(field).words().0);
        let (bits, bits_name) =
            load::<M>(bits_at, self.name, None, || object.get_val(field).words().1);
        // SAFETY: two words that were written together.
        Value::named(unsafe { Val::from_words(tag, bits) }, tag_name, bits_name)
    }

    /// Writes a field that holds a dynamic value.
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red, Val, Value};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Variable {
    /// #     value: Val,
    /// # }
    /// fn clear<M: Mode>(variable: Red<M, Gc<Variable>>) {
    ///     variable.set_value(Variable::VALUE, Value::green(Val::NIL));
    /// }
    /// ```
    #[inline(always)]
    pub fn set_value(self, field: Field<T, Val>, value: Value<M>) {
        let object = self.value;
        let (tag_at, bits_at) = field_places(field);
        store::<M>(tag_at, self.name, None, value.tag.name, || {
            object.set_val(field, value.untraced());
        });
        store::<M>(bits_at, self.name, None, payload_of(value).name, || ());
    }

    /// As [`Red::init`], for a dynamic value.
    #[doc(hidden)]
    #[inline(always)]
    pub fn init_value(self, field: Field<T, Val>, value: Value<M>) {
        self.set_value(field, value);
    }

    /// Reads the trailing dynamic value at a green index, which must lie within the length: there is no guard. (Nil if it does
    /// not.)
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red, Val, Value};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Closure {
    ///     #[trailing]
    ///     captures: Val,
    /// }
    /// /// The instruction says which one: a green index, no bounds check.
    /// fn capture<M: Mode>(closure: Red<M, Gc<Closure>>, index: u16) -> Value<M> {
    ///     closure.value_at(Closure::CAPTURES, index)
    /// }
    /// ```
    #[inline(always)]
    pub fn value_at(self, elems: Elems<T, Val>, index: u16) -> Value<M> {
        let object = self.value;
        let offset = T::SIZE + u32::from(index) * 16;
        let (tag_at, bits_at) = val_places(elems.name, offset, elems.mutability);
        let read = || object.val_at(elems, usize::from(index)).unwrap_or(Val::NIL).words();
        let (tag, tag_name) = load::<M>(tag_at, self.name, None, || read().0);
        let (bits, bits_name) = load::<M>(bits_at, self.name, None, || read().1);
        // SAFETY: two words that were written together.
        Value::named(unsafe { Val::from_words(tag, bits) }, tag_name, bits_name)
    }

    /// Writes the trailing dynamic value at a green index, which must lie within the length: there is no guard. (Nothing is
    /// written if it does not.)
    #[inline(always)]
    pub fn set_value_at(self, elems: Elems<T, Val>, index: u16, value: Value<M>) {
        let object = self.value;
        let offset = T::SIZE + u32::from(index) * 16;
        let (tag_at, bits_at) = val_places(elems.name, offset, elems.mutability);
        store::<M>(tag_at, self.name, None, value.tag.name, || {
            object.set_val_at(elems, usize::from(index), value.untraced());
        });
        store::<M>(bits_at, self.name, None, payload_of(value).name, || ());
    }

    /// How many trailing elements are in use.
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Text {
    /// #     #[trailing]
    /// #     utf8: u8,
    /// # }
    /// fn is_full<M: Mode>(text: Red<M, Gc<Text>>) -> bool {
    ///     text.len() >= text.capacity() // a comparison is a guard
    /// }
    /// ```
    #[inline(always)]
    pub fn len(self) -> Red<M, i64> {
        let object = self.value;
        let (bits, name) = load::<M>(len_place::<T>(), self.name, None, || object.len() as u64);
        Red::new(bits as i64, name)
    }

    /// Changes the number of trailing elements in use, see [`Gc::set_len`].
    #[inline(always)]
    pub(crate) fn set_len(self, len: Red<M, i64>) {
        let object = self.value;
        store::<M>(len_place::<T>(), self.name, None, len.name, || {
            object.set_len(len.value as usize);
        });
    }

    /// How many trailing elements there is room for.
    #[inline(always)]
    pub fn capacity(self) -> Red<M, i64> {
        let place = Place {
            name: T::NAME,
            part: Part::Text(".capacity"),
            offset: 4,
            width: Width::Half,
            mutability: Mutability::Immutable,
        };
        let object = self.value;
        let (bits, name) = load::<M>(place, self.name, None, || object.capacity() as u64);
        Red::new(bits as i64, name)
    }

    /// Do its words never change? A guard, that it is the same next time. See [`Heap::freeze`](crate::Heap::freeze).
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Counter {
    /// #     count: i64,
    /// # }
    /// fn reset<M: Mode>(counter: Red<M, Gc<Counter>>) -> Result<(), &'static str> {
    ///     if counter.is_frozen() {
    ///         return Err("a literal cannot be changed");
    ///     }
    ///     counter.set(Counter::COUNT, Red::green(0));
    ///     Ok(())
    /// }
    /// ```
    #[inline(always)]
    pub fn is_frozen(self) -> bool {
        let place = Place {
            name: T::NAME,
            part: Part::Text(".frozen"),
            offset: FROZEN_OFFSET,
            width: Width::Byte,
            mutability: Mutability::Immutable,
        };
        let object = self.value;
        let (bits, name) = load::<M>(place, self.name, None, || u64::from(object.is_frozen()));
        Red::<M, i64>::new(bits as i64, name) != 0
    }

    /// Reads a trailing element; `None` outside of the length. One guard: a bounds check.
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Tape {
    /// #     #[trailing]
    /// #     cells: u8,
    /// # }
    /// fn cell<M: Mode>(tape: Red<M, Gc<Tape>>, at: Red<M, i64>) -> Result<Red<M, i64>, &'static str> {
    ///     tape.at(Tape::CELLS, at).ok_or("the head left the tape")
    /// }
    /// ```
    #[inline(always)]
    pub fn at<E: ElemType>(
        self,
        elems: Elems<T, E>,
        index: Red<M, i64>,
    ) -> Option<Red<M, E::Read>> {
        if !index.below(self.len()) {
            return None;
        }
        let object = self.value;
        let (bits, name) = load::<M>(elem_place(elems), self.name, Some(index.name), || {
            object.at(elems, index.value as usize).map_or(0, |v| v.to_bits())
        });
        // SAFETY: an element of this type, read now or by the interrupted run.
        Some(Red::new(unsafe { E::Read::from_bits(bits) }, name))
    }

    /// Writes a trailing element; `false` outside of the length.
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Tape {
    /// #     #[trailing]
    /// #     cells: u8,
    /// # }
    /// fn erase<M: Mode>(tape: Red<M, Gc<Tape>>, at: Red<M, i64>) -> bool {
    ///     tape.set_at(Tape::CELLS, at, Red::green(0))
    /// }
    /// ```
    #[inline(always)]
    pub fn set_at<E: ElemType>(
        self,
        elems: Elems<T, E>,
        index: Red<M, i64>,
        value: Red<M, E::Read>,
    ) -> bool {
        if !index.below(self.len()) {
            return false;
        }
        self.set_at_unchecked(elems, index, value);
        true
    }

    /// Writes a trailing element that is known to be within the length (checked all the same where that costs nothing).
    #[inline(always)]
    pub(crate) fn set_at_unchecked<E: ElemType>(
        self,
        elems: Elems<T, E>,
        index: Red<M, i64>,
        value: Red<M, E::Read>,
    ) {
        self.store_elem(elems, index, value, |object, index| {
            object.set_at(elems, index as usize, value.value);
        });
    }

    /// Writes a trailing element by `write`.
    #[inline(always)]
    pub(crate) fn store_elem<E: ElemType>(
        self,
        elems: Elems<T, E>,
        index: Red<M, i64>,
        value: Red<M, E::Read>,
        write: impl FnOnce(Gc<T>, i64),
    ) {
        let object = self.value;
        store::<M>(elem_place(elems), self.name, Some(index.name), value.name, || {
            write(object, index.value);
        });
    }
}

#[inline(always)]
fn elem_place<T: Object, E: ElemType>(elems: Elems<T, E>) -> Place {
    Place {
        name: elems.name,
        part: Part::Text(""),
        offset: T::SIZE,
        width: E::WIDTH,
        mutability: elems.mutability,
    }
}

#[inline(always)]
fn len_place<T: Object>() -> Place {
    Place {
        name: T::NAME,
        part: Part::Text(".len"),
        offset: LEN_OFFSET,
        width: Width::Word(Ty::Int),
        mutability: if T::FIXED_LENGTH { Mutability::Immutable } else { Mutability::Mutable },
    }
}

/// Tag and payload of a field.
#[inline(always)]
fn field_places<T: Object>(field: Field<T, Val>) -> (Place, Place) {
    let Field { name, offset, tag_offset, mutability, .. } = field;
    let word = Width::Word(Ty::Int);
    let width = if field.is_packed() { Width::Tag } else { word };
    (
        Place { name, part: Part::Text(".tag"), offset: tag_offset, width, mutability },
        Place { name, part: Part::Text(".payload"), offset, width: word, mutability },
    )
}

/// The two words of a trailing dynamic value. The payload is an integer as far as memory is concerned, so that one word never has two
/// descriptions; it is cast to what the tag says.
#[inline(always)]
fn val_places(name: &'static str, offset: u32, mutability: Mutability) -> (Place, Place) {
    let word = Width::Word(Ty::Int);
    (
        Place { name, part: Part::Text(".tag"), offset, width: word, mutability },
        Place { name, part: Part::Text(".payload"), offset: offset + 8, width: word, mutability },
    )
}

/// A dynamic value out of a tag and a payload that were stored together.
#[inline(always)]
pub(crate) fn value_of<M: Mode>(tag: Red<M, Tag>, bits: Red<M, i64>) -> Value<M> {
    // SAFETY: the callers in `arrays` read both words of one element.
    let value = unsafe { Val::from_words(tag.value.0 as u64, bits.value as u64) };
    Value::named(value, tag.name, bits.name)
}

/// The payload of a dynamic value as a word.
#[inline(always)]
pub(crate) fn payload_of<M: Mode>(value: Value<M>) -> Red<M, i64> {
    let bits = value.bits;
    let name = match M::WORLD {
        World::Record => M::cast(value.name, Ty::Int, bits),
        _ => value.name,
    };
    Red::new(bits as i64, name)
}
