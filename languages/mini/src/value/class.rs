//! Classes, and methods that are bound to their object.
//!
//! The methods of a class are the members of a prototype of the framework, below that of its base.
//!
//! Invariant: a class never changes once it is made.

use holloway::{Gc, Object, Symbol, Tag, Val};

use crate::error::Result;
use crate::host::Host;

/// The tag of [`Class`].
pub const CLASS_TAG: Tag = Tag(21);
/// The tag of [`Bound`].
pub const BOUND_TAG: Tag = Tag(22);

/// A class.
#[derive(Object)]
#[object(tag = 21)]
pub struct Class {
    /// Its number in the [`Host`], from 1: what the root shape of its instances leads to.
    #[immutable]
    pub number: i64,
    /// The class that it extends, or nil.
    #[immutable]
    pub base: Val,
    /// What makes an instance of it ready, its own or inherited; or nil.
    #[immutable]
    pub constructor: Val,
    /// The method `str`, its own or inherited; or nil.
    #[immutable]
    pub str_method: Val,
}

/// A method and the object it belongs to.
#[derive(Object)]
#[object(tag = 22)]
pub struct Bound {
    /// The object.
    #[immutable]
    pub receiver: Val,
    /// The closure of the method.
    #[immutable]
    pub method: Val,
}

/// What a class is made of.
pub struct Parts<'a> {
    /// Its name.
    pub name: &'a str,
    /// The class that it extends.
    pub base: Option<Gc<Class>>,
    /// What makes an instance of it ready: its own, if it has one.
    pub constructor: Option<Val>,
    /// Its own methods.
    pub methods: &'a [(Symbol, Val)],
}

/// Makes a class.
pub fn new(host: &mut Host, parts: &Parts<'_>) -> Result<Gc<Class>> {
    let Parts { name, base, constructor, methods } = *parts;
    let str_symbol = host.symbols.str;
    let own_str = methods.iter().find(|m| m.0 == str_symbol).map(|m| m.1);
    let inherited = |field| base.map_or(Val::NIL, |b| b.get_val(field));
    let constructor = constructor.unwrap_or_else(|| inherited(Class::CONSTRUCTOR));
    let str_method = own_str.unwrap_or_else(|| inherited(Class::STR_METHOD));
    let number = host.next_class();
    let above = base.map(|b| host.prototype(b.get(Class::NUMBER)));
    let base = base.map_or(Val::NIL, Val::object);
    // The host keeps it where it may not move.
    let class =
        host.heap.tenured(|heap| Class::alloc(heap, number, base, constructor, str_method))?;
    let prototype = host.heap.new_prototype(above);
    for &(symbol, closure) in methods {
        host.heap.define_member(prototype, symbol, closure);
    }
    host.add_class(name, class, prototype);
    Ok(class)
}

/// Methods of classes.
pub trait ClassExt: Copy {
    /// Its name.
    fn name(self, host: &Host) -> &str;
    /// The class that it extends.
    fn base(self) -> Option<Gc<Class>>;
    /// A method, its own or inherited.
    fn method(self, host: &Host, symbol: Symbol) -> Option<Val>;
    /// The method `str`.
    fn str_method(self) -> Option<Val>;
    /// What makes an instance ready.
    fn constructor(self) -> Option<Val>;
    /// If it is this class or below it.
    fn is_below(self, other: Gc<Class>) -> bool;
}

impl ClassExt for Gc<Class> {
    fn name(self, host: &Host) -> &str {
        host.class_name(self.get(Class::NUMBER))
    }

    fn base(self) -> Option<Gc<Class>> {
        self.get_val(Class::BASE).cast()
    }

    fn method(self, host: &Host, symbol: Symbol) -> Option<Val> {
        host.heap.member(host.prototype(self.get(Class::NUMBER)), symbol)
    }

    fn str_method(self) -> Option<Val> {
        Some(self.get_val(Class::STR_METHOD)).filter(|m| m.tag() != Tag::NIL)
    }

    fn constructor(self) -> Option<Val> {
        Some(self.get_val(Class::CONSTRUCTOR)).filter(|m| m.tag() != Tag::NIL)
    }

    fn is_below(self, other: Gc<Class>) -> bool {
        let mut class = Some(self);
        while let Some(here) = class {
            if here == other {
                return true;
            }
            class = here.base();
        }
        false
    }
}
