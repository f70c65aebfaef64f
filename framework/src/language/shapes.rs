//! Objects with shapes in handlers.
//!
//! In the interpreter a place finds out where a property lies through its [`PropertyCache`]; in a trace the shape is promoted,
//! and what remains of an access is one load or store:
//!
//! ```text
//! i4 = field_load p3.Instance.shape        the first access of this object
//! guard_value i4, &shape2
//! f5 = field_load p3.Instance.f0           a property that has held floats only: no tag to look at
//! ```
//! Objects that are used as maps, and places that have seen many shapes, are looked up by a call instead, so that they do not
//! grow a bridge a shape. Lookups that go on to prototypes are in [`lookup`].
//!
//! Invariants: what an access does depends on the promoted shape and on decisions that the replay log holds, for transitions
//! may change between a recording and the end of an instruction that a guard cut in half; a word has one type as long as no
//! call that may write comes between, so that accesses under different names never mean the same word.
#![allow(
    unsafe_code,
    reason = "thunks turn words back into typed arguments; words become references"
)]

use super::access::{self, Part, Place, value_of};
use super::cx::{Cx, Language, Runtime};
use super::mode::{Mode, World};
use super::red::Red;
use super::residual::{Callee, Dynamic, residual, thunk};
use super::value::Value;
use crate::exit::replay;
use crate::heap::shape::{Answer, Kind, Property, Slot, Sought};
use crate::heap::shape::{Instance, Pairs, PropertyCache, Shape};
use crate::heap::{FieldType, Gc, Heap, Symbol, Tag, Val};
use crate::record::tls;
use crate::run::Context;
use crate::trace::{CallEffect, Layout, LayoutId, Mutability, Opcode, Ref, Ty, Width};

mod lookup;
pub use lookup::Found;

/// What a lookup gives where there is no such property: the tag is that of no guest value.
const NOTHING: Tag = Tag::EMPTY;

fn absent() -> Val {
    // SAFETY: the tag of no object.
    unsafe { Val::from_words(u64::from(NOTHING.0), 0) }
}

/// An in-object word.
fn word_place(index: u16, ty: Ty) -> Place {
    let name = match ty {
        Ty::Int => "Instance.i",
        Ty::Float => "Instance.f",
        Ty::Bool => "Instance.b",
        Ty::Ref => "Instance.p",
    };
    Place {
        name,
        part: Part::Number(index),
        offset: Instance::WORDS + u32::from(index) * 8,
        width: Width::Word(ty),
        mutability: Mutability::Mutable,
    }
}

impl<M: Mode> Red<M, Gc<Instance>> {
    /// The shape, promoted.
    #[inline(always)]
    fn known_shape(self) -> &'static Shape {
        if matches!(M::WORLD, World::Record) {
            tls::with(|r| r.note_promoted(M::to_ref(self.name)));
        }
        self.get(Instance::SHAPE).promote()
    }

    /// An in-object word, as bits and name.
    fn load_word(self, index: u16, ty: Ty) -> (u64, M::Name) {
        let object = self.value;
        access::load::<M>(word_place(index, ty), self.name, None, || {
            object.word_at(usize::from(index))
        })
    }

    fn store_word(self, index: u16, ty: Ty, name: M::Name, write: impl FnOnce()) {
        access::store::<M>(word_place(index, ty), self.name, None, name, write);
    }

    /// The overflow storage of an object whose shape spills.
    fn overflow(self, shape: &'static Shape) -> Red<M, Gc<Pairs>> {
        let (bits, name) = self.load_word(shape.spill().unwrap_or(0), Ty::Ref);
        // SAFETY: the shape says that the word refers to the overflow storage.
        Red::new(unsafe { Gc::from_address(bits) }, name)
    }

    /// The value of a property of this object, whose shape has been promoted.
    fn read_known(self, shape: &'static Shape, p: Property) -> Value<M> {
        let Slot { index, overflow } = p.slot;
        if overflow {
            return self.overflow(shape).value_at(Pairs::VALUES, index);
        }
        if p.kind == Kind::MIXED {
            let (tag, tag_name) = self.load_word(index, Ty::Int);
            let (bits, name) = self.load_word(index + 1, Ty::Int);
            let tag = Red::new(Tag(tag as u32), tag_name);
            return value_of(tag, Red::new(bits as i64, name));
        }
        if p.kind == Kind::only(Tag::NIL) {
            return Value::nil();
        }
        let (bits, name) = self.load_word(index, p.kind.ty());
        let mut tag = p.kind.tag();
        if let Some(object) = p.kind.nullable_tag() {
            let is_object = M::pure(Opcode::RefNe, &[name, null::<M>()], (bits != 0) as u64);
            M::guard(is_object, bits != 0);
            if bits == 0 {
                return Value::nil();
            }
            tag = Some(object);
        }
        let tag = tag.unwrap_or(Tag::NIL);
        let name_of_tag = M::constant(Ty::Int, u64::from(tag.0));
        // SAFETY: the word was stored as a value of this kind.
        Value::named(unsafe { Val::from_words(u64::from(tag.0), bits) }, name_of_tag, name)
    }

    /// Changes a property of this object, whose shape has been promoted and accepts the value.
    fn write_known(self, shape: &'static Shape, p: Property, value: Value<M>) {
        let (object, plain) = (self.value, value.untraced());
        let Slot { index, overflow } = p.slot;
        if overflow {
            return self.overflow(shape).set_value_at(Pairs::VALUES, index, value);
        }
        if p.kind == Kind::MIXED {
            let payload = access::payload_of(value);
            self.store_word(index, Ty::Int, value.tag.name, || object.write(p.slot, p.kind, plain));
            return self.store_word(index + 1, Ty::Int, payload.name, || ());
        }
        let ty = p.kind.ty();
        let name = match M::WORLD {
            World::Record if plain.is_nil() && ty == Ty::Ref => null::<M>(),
            World::Record => M::cast(value.name, ty, value.bits),
            _ => value.name,
        };
        self.store_word(index, ty, name, || object.write(p.slot, p.kind, plain));
    }
}

fn null<M: Mode>() -> M::Name {
    M::constant(Ty::Ref, 0)
}

// Decisions: 0 and 1 are not addresses of shapes.
const BY_CALL: u64 = 0;

impl<M: Mode, L: Language> Cx<'_, M, L> {
    /// A new object without properties, in the world of this handler. See [`Heap::new_instance`].
    ///
    /// # Errors
    /// [`Language::out_of_memory`].
    ///
    /// ```
    /// # use holloway::{Cx, Gc, Instance, Language, Mode, Red, Shape};
    /// /// An instance of a class whose shape the instruction knows.
    /// fn construct<M: Mode, L: Language>(
    ///     cx: &mut Cx<'_, M, L>,
    ///     class: &'static Shape,
    /// ) -> Result<Red<M, Gc<Instance>>, L::Error> {
    ///     cx.new_instance(class)
    /// }
    /// ```
    #[inline(always)]
    pub fn new_instance(&mut self, root: &'static Shape) -> Result<Red<M, Gc<Instance>>, L::Error> {
        if matches!(M::WORLD, World::Run) {
            let object = self.heap().new_instance(root).map_err(|_| L::out_of_memory())?;
            return Ok(Red::green(object));
        }
        self.trace_new_instance(root)
    }

    fn trace_new_instance(
        &mut self,
        root: &'static Shape,
    ) -> Result<Red<M, Gc<Instance>>, L::Error> {
        let (root, words) = root.next_instance(&mut self.heap().shapes);
        // SAFETY: the log holds the address of the object that this very allocation made.
        let known = |bits| unsafe { Gc::from_address(bits) };
        let object = match M::WORLD {
            World::Record => match tls::with(|r| r.next_replayed()) {
                Some((name, bits)) => Red::new(known(bits), M::from_ref(name)),
                None => {
                    let object =
                        self.heap().new_blank(root, words).map_err(|_| L::out_of_memory())?;
                    let layout = LayoutId::of(Layout {
                        name: "Instance".to_string(),
                        tag: Tag::INSTANCE.0,
                        size: Instance::WORDS,
                        elem_size: 8,
                        made_by: None,
                    });
                    let bits = object.address();
                    let name = tls::with(|r| r.record_new_array(layout, words as i64, bits));
                    Red::new(object, M::from_ref(name))
                }
            },
            _ => Red::green(match replay::next() {
                Some(bits) => known(bits),
                None => self.heap().new_blank(root, words).map_err(|_| L::out_of_memory())?,
            }),
        };
        object.set(Instance::SHAPE, Red::green(root));
        if matches!(M::WORLD, World::Record) {
            tls::with(|r| r.note_promoted(M::to_ref(object.name)));
        }
        Ok(object)
    }

    /// The value of a property; `None` if the object has none of this name. The cache belongs to this place of the program and
    /// this name.
    ///
    /// ```
    /// # use holloway::{Cx, Instance, Language, Mode, PropertyCache, Symbol, Value};
    /// /// `object.name`: in a trace a guard on the shape, and a load.
    /// fn field<M: Mode, L: Language>(
    ///     cx: &mut Cx<'_, M, L>,
    ///     object: Value<M>,
    ///     name: Symbol,
    ///     cache: &PropertyCache,
    /// ) -> Option<Value<M>> {
    ///     cx.get_property(object.cast::<Instance>()?, name, cache)
    /// }
    /// ```
    #[inline(always)]
    pub fn get_property(
        &mut self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
        cache: &PropertyCache,
    ) -> Option<Value<M>> {
        if !matches!(M::WORLD, World::Run) {
            return self.trace_get(object, symbol, cache);
        }
        let plain = object.value;
        let shape = plain.shape();
        let answer = match cache.first(shape) {
            Some(answer) => {
                self.heap().shapes.stats.hits += 1;
                answer
            }
            None if shape.is_dictionary() => {
                return load_by_name(plain, symbol).map(Value::green);
            }
            None => {
                let place = cache.find(&mut self.heap().shapes, shape, symbol, Sought::Own);
                cache.answer(place)
            }
        };
        match answer {
            Answer::Present(p) => Some(Value::green(plain.read(p.slot, p.kind))),
            Answer::Absent(_) | Answer::Inherited { .. } => None,
        }
    }

    fn trace_get(
        &mut self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
        cache: &PropertyCache,
    ) -> Option<Value<M>> {
        if !self.is_by_call(object, symbol, cache) {
            let shape = object.known_shape();
            if !shape.is_dictionary() {
                return shape.find(symbol).map(|p| object.read_known(shape, p));
            }
        }
        self.load_by_call(object, symbol)
    }

    fn load_by_call(&mut self, object: Red<M, Gc<Instance>>, symbol: Symbol) -> Option<Value<M>> {
        let callee = Callee {
            name: "get_property",
            address: get_thunk::<L> as *const () as usize,
            effect: CallEffect::Reads,
            can_fail: false,
        };
        let plain = object.value;
        let names = self.names(object, symbol, None);
        let value = residual::<M, L, Dynamic>(self, &callee, &GET[..2], &names, |_| {
            Ok(Dynamic(load_by_name(plain, symbol).unwrap_or(absent())))
        })
        .ok()?;
        lookup::is_there(value)
    }

    /// Changes a property, or adds it behind the others. `false` if it is a constant, which stays as it is. The cache belongs
    /// to this place of the program and this name; it may be shared by a load and a store.
    ///
    /// # Errors
    /// [`Language::out_of_memory`].
    ///
    /// ```
    /// # use holloway::{Cx, Instance, Language, Mode, PropertyCache, Symbol, Value};
    /// /// `object.name = value`; `false` for what is no object, and for constants.
    /// fn set_field<M: Mode, L: Language>(
    ///     cx: &mut Cx<'_, M, L>,
    ///     object: Value<M>,
    ///     name: Symbol,
    ///     value: Value<M>,
    ///     cache: &PropertyCache,
    /// ) -> Result<bool, L::Error> {
    ///     match object.cast::<Instance>() {
    ///         Some(object) => cx.set_property(object, name, value, cache),
    ///         None => Ok(false),
    ///     }
    /// }
    /// ```
    #[inline(always)]
    pub fn set_property(
        &mut self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
        value: Value<M>,
        cache: &PropertyCache,
    ) -> Result<bool, L::Error> {
        if !matches!(M::WORLD, World::Run) {
            return self.trace_set(object, symbol, value, cache);
        }
        let (plain, new) = (object.value, value.untraced());
        let shape = plain.shape();
        let answer = match cache.first(shape) {
            Some(answer) => {
                self.heap().shapes.stats.hits += 1;
                answer
            }
            None if shape.is_dictionary() => return self.set_by_name(plain, symbol, new, cache),
            None => {
                let place = cache.find(&mut self.heap().shapes, shape, symbol, Sought::Own);
                cache.answer(place)
            }
        };
        match answer {
            Answer::Present(p) if p.may_hold(new.tag()) => plain.write(p.slot, p.kind, new),
            Answer::Absent(Some(target)) => match shape.one_more(target, new.tag()) {
                Some(p) => {
                    plain.write(p.slot, p.kind, new);
                    plain.set(Instance::SHAPE, target);
                }
                None => return self.set_by_name(plain, symbol, new, cache),
            },
            _ => return self.set_by_name(plain, symbol, new, cache),
        }
        Ok(true)
    }

    #[inline(never)]
    fn set_by_name(
        &mut self,
        object: Gc<Instance>,
        symbol: Symbol,
        value: Val,
        cache: &PropertyCache,
    ) -> Result<bool, L::Error> {
        let shape = object.shape();
        let stored = store_by_name::<L>(self.heap(), object, symbol, value);
        if !object.shape().is_dictionary() {
            cache.learn_target(shape, object.shape());
        }
        stored
    }

    fn trace_set(
        &mut self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
        value: Value<M>,
        cache: &PropertyCache,
    ) -> Result<bool, L::Error> {
        if !self.is_by_call(object, symbol, cache) {
            let shape = object.known_shape();
            match shape.find(symbol) {
                _ if shape.is_dictionary() => {}
                Some(p) if p.is_constant() => return Ok(false),
                Some(p) if p.kind == Kind::MIXED || p.may_hold(value.tag()) => {
                    object.write_known(shape, p, value);
                    return Ok(true);
                }
                found => {
                    if let Some(target) = self.transition(shape, symbol, found, value.tag()) {
                        let p = target.find(symbol).expect("what it was made for");
                        object.write_known(target, p, value);
                        object.set(Instance::SHAPE, Red::green(target));
                        return Ok(true);
                    }
                }
            }
        }
        let callee = Callee {
            name: "set_property",
            address: set_thunk::<L> as *const () as usize,
            effect: CallEffect::Writes,
            can_fail: true,
        };
        let (plain, new) = (object.value, value.untraced());
        let names = self.names(object, symbol, Some(value));
        residual::<M, L, bool>(self, &callee, &GET, &names, |rt| {
            store_by_name::<L>(rt.heap(), plain, symbol, new)
        })
        .map(Red::test)
    }

    /// The shape to go on to if nothing but its word and the new value must be stored.
    fn transition(
        &mut self,
        shape: &'static Shape,
        symbol: Symbol,
        found: Option<Property>,
        tag: Tag,
    ) -> Option<&'static Shape> {
        let shapes = &mut self.heap().shapes;
        let target = access::decide::<M>(|| {
            let kind = Kind::only(tag);
            let target = match found {
                None => shapes.step(shape, symbol, Default::default(), kind),
                Some(_) => shapes.widened(shape, symbol, kind),
            };
            let fits = match found {
                None => shape.one_more(target, tag).is_some(),
                Some(_) => shape.is_laid_out_as(target),
            };
            if fits { target.to_bits() } else { BY_CALL }
        });
        // SAFETY: a shape of this heap, decided on now or when the instruction was begun.
        (target != BY_CALL).then(|| unsafe { <&'static Shape>::from_bits(target) })
    }

    /// Does this place see too many shapes to promote them?
    fn is_by_call(
        &mut self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
        cache: &PropertyCache,
    ) -> bool {
        let shape = object.value.shape();
        let shapes = &mut self.heap().shapes;
        access::decide::<M>(|| {
            if matches!(M::WORLD, World::Record)
                && !shape.is_dictionary()
                && cache.first(shape).is_none()
            {
                cache.find(shapes, shape, symbol, Sought::Any);
            }
            let is_known = matches!(M::WORLD, World::Record)
                && tls::with(|r| r.has_promoted(M::to_ref(object.name)));
            u64::from(cache.is_megamorphic() && !is_known)
        }) != 0
    }

    /// Deletes a property; `false` if there is none of this name, or if it is a constant. A call.
    ///
    /// # Errors
    /// [`Language::out_of_memory`].
    ///
    /// ```
    /// # use holloway::{Cx, Instance, Language, Mode, Symbol, Value};
    /// fn delete<M: Mode, L: Language>(
    ///     cx: &mut Cx<'_, M, L>,
    ///     object: Value<M>,
    ///     name: Symbol,
    /// ) -> Result<bool, L::Error> {
    ///     match object.cast::<Instance>() {
    ///         Some(object) => cx.delete_property(object, name),
    ///         None => Ok(false),
    ///     }
    /// }
    /// ```
    pub fn delete_property(
        &mut self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
    ) -> Result<bool, L::Error> {
        let callee = Callee {
            name: "delete_property",
            address: delete_thunk::<L> as *const () as usize,
            effect: CallEffect::Writes,
            can_fail: true,
        };
        let plain = object.value;
        if matches!(M::WORLD, World::Run) {
            return delete::<L>(self.heap(), plain, symbol);
        }
        let names = self.names(object, symbol, None);
        residual::<M, L, bool>(self, &callee, &GET[..2], &names, |rt| {
            delete::<L>(rt.heap(), plain, symbol)
        })
        .map(Red::test)
    }

    /// The word that the language gave to the root of the object's shape ([`Shape::word`]): green, by a guard on the shape. For
    /// the class of an object.
    ///
    /// ```
    /// # use holloway::{Cx, Instance, Language, Mode, Value};
    /// /// The number of an object's class, as given to `Heap::new_root`: green.
    /// fn class_of<M: Mode, L: Language>(cx: &mut Cx<'_, M, L>, value: Value<M>) -> Option<u64> {
    ///     Some(cx.root_word(value.cast::<Instance>()?))
    /// }
    /// ```
    #[inline(always)]
    pub fn root_word(&mut self, object: Red<M, Gc<Instance>>) -> u64 {
        match M::WORLD {
            World::Run => object.value.shape().word(),
            _ => object.known_shape().word(),
        }
    }

    fn names(
        &self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
        value: Option<Value<M>>,
    ) -> Vec<Ref> {
        if !matches!(M::WORLD, World::Record) {
            return Vec::new();
        }
        let symbol = M::constant(Ty::Int, u64::from(symbol.0));
        let mut names = vec![M::to_ref(object.name), M::to_ref(symbol)];
        if let Some(value) = value {
            super::residual::dynamic_names(value, &mut names);
        }
        names
    }
}

const GET: [Ty; 4] = [Ty::Ref, Ty::Int, Ty::Int, Ty::Int];

#[inline(never)]
fn load_by_name(object: Gc<Instance>, symbol: Symbol) -> Option<Val> {
    object.property(symbol)
}

fn store_by_name<L: Language>(
    heap: &mut Heap,
    object: Gc<Instance>,
    symbol: Symbol,
    value: Val,
) -> Result<bool, L::Error> {
    object.set_property(heap, symbol, value).map_err(|_| L::out_of_memory())
}

fn delete<L: Language>(
    heap: &mut Heap,
    object: Gc<Instance>,
    symbol: Symbol,
) -> Result<bool, L::Error> {
    object.delete_property(heap, symbol).map_err(|_| L::out_of_memory())
}

extern "C" fn get_thunk<L: Language>(context: *mut Context, object: u64, symbol: u64) -> u64 {
    // SAFETY: traces of this language pass an instance and a symbol.
    unsafe {
        thunk::<L, Dynamic>(context, |rt: &mut Runtime<L>| {
            let (object, symbol): (Gc<Instance>, _) =
                (Gc::from_address(object), Symbol(symbol as u32));
            let shape = object.shape();
            if shape.is_dictionary() {
                return Ok(Dynamic(load_by_name(object, symbol).unwrap_or(absent())));
            }
            let found = rt.heap().shapes.global_answer(shape, symbol, Sought::Own);
            Ok(Dynamic(match found {
                Answer::Present(p) => object.read(p.slot, p.kind),
                _ => absent(),
            }))
        })
    }
}

extern "C" fn set_thunk<L: Language>(
    context: *mut Context,
    object: u64,
    symbol: u64,
    tag: u64,
    bits: u64,
) -> u64 {
    // SAFETY: traces of this language pass an instance, a symbol, and tag and payload of one value.
    unsafe {
        thunk::<L, bool>(context, |rt: &mut Runtime<L>| {
            let (object, value) = (Gc::from_address(object), Val::from_words(tag, bits));
            store_by_name::<L>(rt.heap(), object, Symbol(symbol as u32), value)
        })
    }
}

extern "C" fn delete_thunk<L: Language>(context: *mut Context, object: u64, symbol: u64) -> u64 {
    // SAFETY: as for `get_thunk`.
    unsafe {
        thunk::<L, bool>(context, |rt: &mut Runtime<L>| {
            delete::<L>(rt.heap(), Gc::from_address(object), Symbol(symbol as u32))
        })
    }
}

#[cfg(test)]
mod tests;
