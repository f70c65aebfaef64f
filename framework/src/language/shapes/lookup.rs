//! Lookups that go on to prototypes: methods, and whatever else objects of a class share.
//!
//! ```text
//! i4 = field_load p3.Instance.shape        the first access of this object
//! guard_value i4, &shape2
//! guard_valid                              nobody has changed the prototypes of shape2: costs nothing
//! ..                                       the member is a constant
//! ```
//! A prototype that has broken traces several times is not relied on any more, but asked by a call.
//!
//! Invariant: which member a lookup found is a decision that the replay log holds, for an instruction may change prototypes.
#![allow(unsafe_code, reason = "thunks turn words back into typed arguments")]

use super::super::access;
use super::super::cx::{Cx, Language, Runtime};
use super::super::mode::{Mode, World};
use super::super::red::Red;
use super::super::residual::{
    Callee, Dynamic, Nothing, dynamic_from, dynamic_names, residual, thunk,
};
use super::super::value::Value;
use super::{GET, NOTHING, absent, load_by_name};
use crate::heap::shape::{Answer, Instance, PropertyCache, Prototype, Shape, Sought};
use crate::heap::{Gc, Heap, Symbol, Val};
use crate::record::tls;
use crate::run::Context;
use crate::trace::{CallEffect, Opcode, Ty};

/// What a [lookup](Cx::lookup) found.
#[derive(Clone, Copy)]
pub enum Found<M: Mode> {
    /// A property of the object itself.
    Own(Value<M>),
    /// A member of its prototype, or of one further up.
    Inherited(Value<M>),
}

impl<M: Mode, L: Language> Cx<'_, M, L> {
    /// The value of a property of the object, or else the member of its prototype that has this name; `None` if there is
    /// neither. The cache belongs to this place of the program and this name, and serves nothing but lookups.
    ///
    /// In a trace a member is a constant: code is given up when a prototype that was looked at changes.
    #[inline(always)]
    pub fn lookup(
        &mut self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
        cache: &PropertyCache,
    ) -> Option<Found<M>> {
        if !matches!(M::WORLD, World::Run) {
            return self.trace_lookup(object, symbol, cache);
        }
        let plain = object.value;
        let shape = plain.shape();
        let shapes = &mut self.heap().shapes;
        let answer = match cache.first(shape) {
            Some(answer) if !shapes.is_outdated(answer) => {
                shapes.stats.hits += 1;
                answer
            }
            _ if shape.is_dictionary() => return self.lookup_uncached(plain, symbol),
            _ => {
                let place = cache.find(shapes, shape, symbol, Sought::Any);
                cache.answer(place)
            }
        };
        match answer {
            Answer::Present(p) => Some(Found::Own(Value::green(plain.read(p.slot, p.kind)))),
            Answer::Inherited { member, .. } => {
                let value = self.heap().shapes.prototypes.values.get(member as usize).copied();
                value.map(|v| Found::Inherited(Value::green(v)))
            }
            // That something is missing is not cached: a prototype may get it.
            Answer::Absent(_) => self.lookup_uncached(plain, symbol),
        }
    }

    #[cold]
    #[inline(never)]
    fn lookup_uncached(&mut self, object: Gc<Instance>, symbol: Symbol) -> Option<Found<M>> {
        if let Some(value) = load_by_name(object, symbol) {
            return Some(Found::Own(Value::green(value)));
        }
        member_by_name(self.heap(), object, symbol).map(|v| Found::Inherited(Value::green(v)))
    }

    fn trace_lookup(
        &mut self,
        object: Red<M, Gc<Instance>>,
        symbol: Symbol,
        cache: &PropertyCache,
    ) -> Option<Found<M>> {
        if !self.is_by_call(object, symbol, cache) {
            let shape = object.known_shape();
            if !shape.is_dictionary() {
                if let Some(p) = shape.find(symbol) {
                    return Some(Found::Own(object.read_known(shape, p)));
                }
                return self.shape_member(shape, symbol).map(Found::Inherited);
            }
        }
        if let Some(value) = self.load_by_call(object, symbol) {
            return Some(Found::Own(value));
        }
        let names = self.names(object, symbol, None);
        let plain = object.value;
        let value = residual::<M, L, Dynamic>(
            self,
            &callee("get_member", object_thunk::<L> as *const () as usize, CallEffect::Reads),
            &GET[..2],
            &names,
            |rt| Ok(Dynamic(member_by_name(rt.heap(), plain, symbol).unwrap_or(absent()))),
        )
        .ok()?;
        is_there(value).map(Found::Inherited)
    }

    /// The member of this name that objects of this shape inherit, the shape being that of a root, say. In a trace it is a
    /// constant. The cache belongs to this place of the program and this name.
    #[inline(always)]
    pub fn inherited(
        &mut self,
        shape: &'static Shape,
        symbol: Symbol,
        cache: &PropertyCache,
    ) -> Option<Value<M>> {
        if matches!(M::WORLD, World::Run)
            && let Some(answer @ Answer::Inherited { member, .. }) = cache.first(shape)
            && !self.heap().shapes.is_outdated(answer)
        {
            let value = self.heap().shapes.prototypes.values.get(member as usize).copied();
            return value.map(Value::green);
        }
        if matches!(M::WORLD, World::Run) && !shape.is_dictionary() {
            cache.find(&mut self.heap().shapes, shape, symbol, Sought::Any);
        }
        self.shape_member(shape, symbol)
    }

    /// The member that objects of this shape inherit; a constant.
    #[inline(never)]
    fn shape_member(&mut self, shape: &'static Shape, symbol: Symbol) -> Option<Value<M>> {
        let prototype = shape.prototype()?;
        let number = access::decide::<M>(|| match prototype.find(symbol) {
            _ if prototype.is_restless() => BY_CALL,
            found => found.map_or(0, |n| u64::from(n) + 1),
        });
        if number == BY_CALL {
            return self.member_by_call(prototype, symbol);
        }
        if matches!(M::WORLD, World::Record) {
            let cell = self.heap().shapes.rely_on(prototype);
            tls::with(|r| r.record_valid(cell));
        }
        let number = usize::try_from(number.checked_sub(1)?).ok()?;
        self.heap().shapes.prototypes.values.get(number).copied().map(Value::green)
    }

    fn member_by_call(
        &mut self,
        prototype: &'static Prototype,
        symbol: Symbol,
    ) -> Option<Value<M>> {
        let words = [prototype.to_bits(), u64::from(symbol.0)];
        let names = words.map(|word| M::to_ref(M::constant(Ty::Int, word)));
        let callee =
            callee("get_member", member_thunk::<L> as *const () as usize, CallEffect::Reads);
        let value = residual::<M, L, Dynamic>(self, &callee, &[Ty::Int; 2], &names, |rt| {
            Ok(Dynamic(rt.heap().member(prototype, symbol).unwrap_or(absent())))
        });
        is_there(value.ok()?)
    }

    /// Adds or changes a member, see [`Heap::define_member`]. A call.
    pub fn define_member(
        &mut self,
        prototype: &'static Prototype,
        symbol: Symbol,
        value: Value<M>,
    ) {
        let plain = value.untraced();
        if matches!(M::WORLD, World::Run) {
            return self.heap().define_member(prototype, symbol, plain);
        }
        let mut names = Vec::new();
        if matches!(M::WORLD, World::Record) {
            let words = [prototype.to_bits(), u64::from(symbol.0)];
            names.extend(words.map(|word| M::to_ref(M::constant(Ty::Int, word))));
            dynamic_names(value, &mut names);
        }
        let callee =
            callee("define_member", define_thunk::<L> as *const () as usize, CallEffect::Writes);
        let _: Result<(), L::Error> =
            residual::<M, L, Nothing>(self, &callee, &[Ty::Int; 4], &names, |rt| {
                rt.heap().define_member(prototype, symbol, plain);
                Ok(Nothing)
            });
    }
}

/// Not the number of a member, nor 0 for none.
const BY_CALL: u64 = u64::MAX;

fn callee(name: &'static str, address: usize, effect: CallEffect) -> Callee {
    Callee { name, address, effect, can_fail: false }
}

/// The value, if it is one, after a guard that says so. (Its tag is not promoted: what it is, is for the language to ask.)
pub(super) fn is_there<M: Mode>(value: Value<M>) -> Option<Value<M>> {
    let nothing = M::constant(Ty::Int, u64::from(NOTHING.0));
    let is_there = value.tag.value != NOTHING;
    M::guard(M::pure(Opcode::IntNe, &[value.tag.name, nothing], is_there as u64), is_there);
    is_there.then_some(value)
}

fn member_by_name(heap: &Heap, object: Gc<Instance>, symbol: Symbol) -> Option<Val> {
    heap.member(object.shape().prototype()?, symbol)
}

extern "C" fn object_thunk<L: Language>(context: *mut Context, object: u64, symbol: u64) -> u64 {
    // SAFETY: traces of this language pass an instance and a symbol.
    unsafe {
        thunk::<L, Dynamic>(context, |rt: &mut Runtime<L>| {
            let (object, symbol): (Gc<Instance>, _) =
                (Gc::from_address(object), Symbol(symbol as u32));
            let (heap, shape) = (rt.heap(), object.shape());
            if shape.is_dictionary() {
                return Ok(Dynamic(member_by_name(heap, object, symbol).unwrap_or(absent())));
            }
            let found = heap.shapes.global_answer(shape, symbol, Sought::Any);
            Ok(Dynamic(match found {
                Answer::Inherited { member, .. } => {
                    let values = &heap.shapes.prototypes.values;
                    values.get(member as usize).copied().unwrap_or(absent())
                }
                // Not found: a prototype may have got it since.
                _ => member_by_name(heap, object, symbol).unwrap_or(absent()),
            }))
        })
    }
}

extern "C" fn member_thunk<L: Language>(context: *mut Context, prototype: u64, symbol: u64) -> u64 {
    // SAFETY: traces of this language pass a prototype of their heap and a symbol.
    unsafe {
        thunk::<L, Dynamic>(context, |rt: &mut Runtime<L>| {
            let prototype = Prototype::from_bits(prototype);
            let member = rt.heap().member(prototype, Symbol(symbol as u32));
            Ok(Dynamic(member.unwrap_or(absent())))
        })
    }
}

extern "C" fn define_thunk<L: Language>(
    context: *mut Context,
    prototype: u64,
    symbol: u64,
    tag: u64,
    bits: u64,
) -> u64 {
    // SAFETY: traces of this language pass a prototype of their heap, a symbol, and tag and payload of one value.
    unsafe {
        thunk::<L, Nothing>(context, |rt: &mut Runtime<L>| {
            let (prototype, value) = (Prototype::from_bits(prototype), dynamic_from(tag, bits));
            rt.heap().define_member(prototype, Symbol(symbol as u32), value);
            Ok(Nothing)
        })
    }
}
