//! The first bytes of an object as one word, for handlers: texts of a few bytes are compared without a call.
//!
//! Invariant: as for [`Gc::head`]: the bytes are immutable, and zero beyond the length.

use super::access::{Part, Place, load};
use super::mode::Mode;
use super::red::Red;
use crate::heap::object::Elems;
use crate::heap::{Gc, Object};
use crate::trace::{Mutability, Ty, Width};

impl<M: Mode, T: Object> Red<M, Gc<T>> {
    /// Up to eight trailing bytes as a word, see [`Gc::head`].
    ///
    /// ```
    /// # use holloway::{Gc, Mode, Object, Red};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Text {
    /// #     #[immutable]
    /// #     #[trailing]
    /// #     utf8: u8,
    /// # }
    /// /// Are these the same bytes? One comparison, if there are few. `None`: a call finds out.
    /// fn same<M: Mode>(a: Red<M, Gc<Text>>, b: Red<M, Gc<Text>>) -> Option<Red<M, bool>> {
    ///     if a.len() != b.len() {
    ///         return Some(Red::green(false));
    ///     }
    ///     (b.len() <= 8).then(|| a.head(Text::UTF8).eq_value(b.head(Text::UTF8)))
    /// }
    /// ```
    #[inline(always)]
    pub fn head(self, elems: Elems<T, u8>) -> Red<M, i64> {
        if self.len() < 1 {
            return Red::green(0);
        }
        let place = Place {
            name: T::NAME,
            part: Part::Text(".head"),
            offset: T::SIZE,
            width: Width::Word(Ty::Int),
            mutability: Mutability::Immutable,
        };
        let object = self.value;
        let (bits, name) = load::<M>(place, self.name, None, || object.head(elems) as u64);
        Red::new(bits as i64, name)
    }
}
