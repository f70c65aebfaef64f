//! Values: what the framework's tagged words mean in Mini, and the layouts of Mini's own objects.
//!
//! | type | tag | payload |
//! |---|---|---|
//! | `nil`, `bool`, `float` | the framework's | the framework's |
//! | `int` | `INT`, or `Big` if it does not fit a word | a word, or the object |
//! | `string` | `Str` | the object |
//! | `array` | `ARRAY` | the framework's array, with storage strategies |
//! | `object` | the framework's `INSTANCE` | an object with a hidden class |
//! | `map` | `Map` | the object |
//! | `function` | `Closure`, `Bound`, or `RAW` for a built-in | the object, or the built-in's number |
//! | `class` | `Class` | the object |
//!
//! Invariant: an integer that fits a machine word is never a `Big`; so ints are equal if and only if
//! their representations are.

pub mod big;
pub mod class;
pub mod function;
pub mod map;
pub mod number;
pub mod object;
pub mod show;
pub mod text;

use holloway::{Gc, Heap, OutOfMemory, Tag, Val};

pub use big::Big;
pub use class::{Bound, Class};
pub use function::{Cell, Closure};
pub use map::Map;
pub use object::Object;
pub use text::Str;

use big::BigExt;

/// What a variable holds whose declaration has not run. Never seen by programs.
pub fn uninitialized() -> Val {
    Val::raw(u64::MAX)
}

/// If this is what a variable holds whose declaration has not run.
#[inline]
pub fn is_uninitialized(value: Val) -> bool {
    value.tag() == Tag::RAW && value.bits() == u64::MAX
}

/// The value of the built-in of this number.
pub fn builtin(number: u16) -> Val {
    Val::raw(u64::from(number))
}

/// The number of the built-in that a value is.
#[inline]
pub fn as_builtin(value: Val) -> Option<u16> {
    (value.tag() == Tag::RAW).then_some(value.bits() as u16)
}

/// Only `nil` and `false` are false.
#[inline]
pub fn is_true(value: Val) -> bool {
    match value.tag() {
        Tag::NIL => false,
        Tag::BOOL => value.bits() != 0,
        _ => true,
    }
}

/// The name of a value's type.
pub fn type_name(value: Val) -> &'static str {
    type_of_tag(value.tag())
}

/// The name of the type of the values with this tag.
pub fn type_of_tag(tag: Tag) -> &'static str {
    match tag {
        Tag::NIL => "nil",
        Tag::BOOL => "bool",
        Tag::INT | big::TAG => "int",
        Tag::FLOAT => "float",
        Tag::ARRAY => "array",
        text::TAG => "string",
        Tag::RAW | function::CLOSURE_TAG | class::BOUND_TAG => "function",
        class::CLASS_TAG => "class",
        map::TAG => "map",
        _ => "object",
    }
}

/// If a value is an `int` or a `float`.
pub fn is_number(value: Val) -> bool {
    matches!(value.tag(), Tag::INT | Tag::FLOAT | big::TAG)
}

/// If a value can be called.
pub fn is_callable(value: Val) -> bool {
    matches!(value.tag(), Tag::RAW | function::CLOSURE_TAG | class::BOUND_TAG | class::CLASS_TAG)
}

/// `==`: numbers by value, strings by content, others by identity.
pub fn equal(heap: &Heap, a: Val, b: Val) -> bool {
    match (a.tag(), b.tag()) {
        (Tag::FLOAT, Tag::FLOAT) => a.as_float() == b.as_float(),
        (text::TAG, text::TAG) => match (a.cast::<Str>(), b.cast::<Str>()) {
            (Some(a), Some(b)) => text::same(heap, a, b),
            _ => false,
        },
        (big::TAG, big::TAG) => match (a.cast::<Big>(), b.cast::<Big>()) {
            (Some(a), Some(b)) => a == b || a.parts(heap) == b.parts(heap),
            _ => false,
        },
        (s, t) if s == t => a.bits() == b.bits(),
        (Tag::INT | big::TAG, Tag::FLOAT) | (Tag::FLOAT, Tag::INT | big::TAG) => {
            number::compare(heap, a, b) == Some(std::cmp::Ordering::Equal)
        }
        _ => false,
    }
}

/// A new cell.
pub fn new_cell(heap: &mut Heap, value: Val) -> Result<Gc<Cell>, OutOfMemory> {
    Cell::alloc(heap, value)
}
