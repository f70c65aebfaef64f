//! Classes, and methods that are bound to their object.
//!
//! Invariant: a class never changes once it is made; so what a lookup gives is known for ever.

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
    /// Its own methods: the number of the name, the closure, ..
    #[immutable]
    #[trailing]
    pub methods: Val,
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
    let base = base.map_or(Val::NIL, Val::object);
    let words = methods.len() * 2;
    let heap = &mut host.heap;
    let class = Class::alloc(heap, words, words, number, base, constructor, str_method)?;
    for (index, (symbol, closure)) in methods.iter().enumerate() {
        let symbol = Val::int(i64::from(symbol.0));
        class.set_val_at(Class::METHODS, index * 2, symbol);
        class.set_val_at(Class::METHODS, index * 2 + 1, *closure);
    }
    host.add_class(name, class);
    Ok(class)
}

/// Methods of classes.
pub trait ClassExt: Copy {
    /// Its name.
    fn name(self, host: &Host) -> &str;
    /// The class that it extends.
    fn base(self) -> Option<Gc<Class>>;
    /// A method, its own or inherited.
    fn method(self, symbol: Symbol) -> Option<Val>;
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

    fn method(self, symbol: Symbol) -> Option<Val> {
        let wanted = Val::int(i64::from(symbol.0));
        let mut class = self;
        loop {
            let own = (0..class.len()).step_by(2);
            let found = own.into_iter().find(|i| class.val_at(Class::METHODS, *i) == Some(wanted));
            if let Some(index) = found {
                return class.val_at(Class::METHODS, index + 1);
            }
            class = class.base()?;
        }
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
