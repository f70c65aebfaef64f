//! Kinds: what a shape knows about all values of a property.
//!
//! ```text
//!            MIXED                two words: tag, payload
//!         /    |    \
//!   nullable T |     \            one word: the address, or 0 for nil
//!     /     \  |      \
//!   nil   only T   only int ..    one word: the payload (nil: always 0)
//! ```
//! Invariant: kinds only ever go up; a step within one word leaves the word as it is.

use crate::heap::object::Tag;
use crate::heap::val::Val;
use crate::trace::Ty;
use std::fmt;

/// What all values of a property have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind(u16);

const NULLABLE: u16 = 0x100;

impl Kind {
    /// Nothing: a tag word and a payload word.
    pub const MIXED: Kind = Kind(0x200);

    /// All have this tag: one payload word.
    pub fn only(tag: Tag) -> Kind {
        debug_assert!(tag.0 <= Tag::LAST_OBJECT.0, "a tag of a value");
        Kind(tag.0 as u16)
    }

    /// All are nil, or objects with this tag: one word.
    fn nullable(tag: Tag) -> Kind {
        Kind(tag.0 as u16 | NULLABLE)
    }

    /// The tag of all values; `None` if it is not the same for all.
    #[inline(always)]
    pub fn tag(self) -> Option<Tag> {
        (self.0 < NULLABLE).then_some(Tag(u32::from(self.0)))
    }

    /// The tag of all values but nil; `None` if nil is not the only exception.
    #[inline(always)]
    pub fn nullable_tag(self) -> Option<Tag> {
        (self.0 & NULLABLE != 0).then_some(Tag(u32::from(self.0 & !NULLABLE)))
    }

    /// The least kind that covers this one and the tag.
    #[inline]
    pub fn with(self, tag: Tag) -> Kind {
        self.join(Kind::only(tag))
    }

    /// The least kind that covers both.
    pub fn join(self, other: Kind) -> Kind {
        if self == other {
            return self;
        }
        match (self.reference(), other.reference()) {
            (Some(a), Some(b)) if a == b => Kind::nullable(a),
            (Some(a), None) if other == Kind::only(Tag::NIL) => Kind::nullable(a),
            (None, Some(b)) if self == Kind::only(Tag::NIL) => Kind::nullable(b),
            _ => Kind::MIXED,
        }
    }

    /// The tag of the objects, if all values are objects of one tag or nil.
    fn reference(self) -> Option<Tag> {
        let tag = self.tag().or(self.nullable_tag())?;
        tag.is_object().then_some(tag)
    }

    /// Can a value with this tag be stored without a change of kind?
    #[inline(always)]
    pub fn accepts(self, tag: Tag) -> bool {
        u32::from(self.0) == tag.0 || (self.0 >= NULLABLE && self.accepts_loosely(tag))
    }

    fn accepts_loosely(self, tag: Tag) -> bool {
        self == Kind::MIXED || tag == Tag::NIL || self.nullable_tag() == Some(tag)
    }

    /// Words in an object: 1 or 2.
    #[inline(always)]
    pub fn words(self) -> usize {
        if self == Kind::MIXED { 2 } else { 1 }
    }

    /// The type of the word. (Of mixed ones: of both.)
    pub fn ty(self) -> Ty {
        match self.tag() {
            Some(Tag::FLOAT) => Ty::Float,
            Some(Tag::BOOL) => Ty::Bool,
            // Nil may become nullable, and the word must not change its type then.
            Some(Tag::NIL) => Ty::Ref,
            Some(tag) if tag.is_object() => Ty::Ref,
            None if self != Kind::MIXED => Ty::Ref,
            _ => Ty::Int,
        }
    }

    /// The value whose one word this is.
    ///
    /// # Safety
    /// The word must be the payload of a value that this kind accepts, and not be mixed.
    #[inline(always)]
    #[allow(unsafe_code, reason = "payload words may be addresses")]
    pub(crate) unsafe fn value(self, bits: u64) -> Val {
        let tag = match self.0 & NULLABLE {
            0 => self.0,
            _ if bits == 0 => Tag::NIL.0 as u16,
            _ => self.0 & !NULLABLE,
        };
        // SAFETY: the caller vouches for the word; nil is the one value of a nullable kind whose payload is 0.
        unsafe { Val::from_words(u64::from(tag), bits) }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tag(), self.nullable_tag()) {
            (Some(tag), _) => write!(f, "only({})", tag.0),
            (None, Some(tag)) => write!(f, "nullable({})", tag.0),
            (None, None) => f.write_str("mixed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_only_go_up() {
        let tags = [Tag::NIL, Tag::BOOL, Tag::INT, Tag::FLOAT, Tag::ARRAY, Tag::INSTANCE, Tag(20)];
        let mut kinds: Vec<Kind> = tags.iter().map(|&t| Kind::only(t)).collect();
        kinds.push(Kind::MIXED);
        kinds.extend([Kind::nullable(Tag::ARRAY), Kind::nullable(Tag(20))]);
        for &a in &kinds {
            for &b in &kinds {
                let both = a.join(b);
                assert_eq!(both, b.join(a));
                assert_eq!(both.join(a), both);
                assert_eq!(both.join(b), both);
                for &tag in tags.iter().filter(|&&t| a.accepts(t) || b.accepts(t)) {
                    assert!(both.accepts(tag), "{a:?} and {b:?} make {both:?}");
                }
                assert!(both.words() == 2 || both.ty() == a.ty() || both.ty() == b.ty());
            }
            for &tag in &tags {
                assert!(a.with(tag).accepts(tag));
                assert_eq!(a.accepts(tag), a.with(tag) == a);
            }
        }
        assert_eq!(Kind::only(Tag::NIL).with(Tag(20)), Kind::nullable(Tag(20)));
        assert_eq!(Kind::only(Tag::NIL).with(Tag::INT), Kind::MIXED);
        assert_eq!(Kind::nullable(Tag(20)).with(Tag(21)), Kind::MIXED);
    }
}
