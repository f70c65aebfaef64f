//! Frames that leave the VM stack for an object of the heap, and come back: what continuations are made of.
//!
//! ```text
//! stack     .. | bottom | f      | g      | top ..        save: all from `bottom` to below `top`, and the link of `top`
//! object         bottom | f      | g      | link          restore(end): g alone, or more of them; `end` becomes `start`
//!                                ^ start  ^ end
//! ```
//! An object with trailing dynamic values holds the words as they were, links between them. Restoring copies, so that frames may
//! come back any number of times.
//!
//! Invariant: links in such an object were written by [`Frame::call`], and each is as far from the one below as it says: `save` copies
//! what is so on the stack, and a value that a program makes is no link.
#![allow(unsafe_code, reason = "copies raw words of the VM stack")]

use super::cx::{Cx, Language};
use super::frame::{At, Frame, StackOverflow};
use super::mode::{Mode, Run};
use crate::heap::{Elems, FieldType, Gc, Object, Tag, Val};

/// Frames that came back to the stack.
///
/// ```
/// use holloway::{At, Cx, Frame, Gc, Language, Mode, Object, Restored, Run, StackOverflow, Val};
///
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Saved {
///     #[trailing]
///     slots: Val,
/// }
///
/// /// Goes on with the innermost of the frames that end at `end`, above the outermost frame of the program, which takes over what it
/// /// returns at `back`; the link lies in slot 0 of each. Answers where the rest of them ends.
/// fn underflow<M: Mode, L: Language>(
///     cx: &mut Cx<'_, M, L>,
///     (at, frame): (&mut At<L::Code>, &mut Frame<M, L>),
///     (saved, end): (Gc<Saved>, usize),
///     back: At<L::Code>,
/// ) -> Result<Option<usize>, StackOverflow> {
///     cx.opaque();
///     let callee: Frame<Run, L> = frame.call(cx, back.sp, 0, back)?.in_world();
///     let Some(restored) = callee.restore(cx, 0, (saved, Saved::SLOTS), (end, 1))? else {
///         return Ok(None);
///     };
///     let Restored { at: place, frame: inner, start } = restored;
///     frame.call(cx, back.sp, 0, back)?; // the link was that to its caller
///     (*at, *frame) = (place, inner.in_world());
///     Ok(Some(start))
/// }
/// ```
pub struct Restored<L: Language> {
    /// Where the innermost of them goes on.
    pub at: At<L::Code>,
    /// The innermost of them.
    pub frame: Frame<Run, L>,
    /// Which of the values the outermost of them began with: the end of what is left.
    pub start: usize,
}

impl<L: Language> Frame<Run, L> {
    /// How many slots lie between this frame and one further up.
    ///
    /// ```
    /// use holloway::{Frame, Language, Run};
    ///
    /// /// Do the frames from `bottom` to below `top` take many slots?
    /// fn is_deep<L: Language>(bottom: Frame<Run, L>, top: Frame<Run, L>) -> bool {
    ///     bottom.distance(top) > 10_000
    /// }
    /// ```
    pub fn distance(self, above: Frame<Run, L>) -> usize {
        (above.base() as usize).saturating_sub(self.base() as usize) / 16
    }

    /// Copies the frames from this one to the caller of `top` into trailing values of an object, which are as many as
    /// [`Frame::distance`] says, and `link + 1` more for the link of `top`. `false`, and nothing, if there are not so many.
    ///
    /// ```
    /// use holloway::{Frame, Gc, Language, Object, OutOfMemory, Run, Runtime, Val};
    ///
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Saved {
    ///     #[trailing]
    ///     slots: Val,
    /// }
    ///
    /// /// A copy of the frames from `bottom` to below `top`; the link lies in slot 0 of each.
    /// fn save<L: Language>(
    ///     rt: &mut Runtime<L>,
    ///     bottom: Frame<Run, L>,
    ///     top: Frame<Run, L>,
    /// ) -> Result<Gc<Saved>, OutOfMemory> {
    ///     let count = bottom.distance(top) + 1;
    ///     let saved = Saved::alloc(rt.heap(), count, count)?;
    ///     bottom.save(top, 0, saved, Saved::SLOTS);
    ///     Ok(saved)
    /// }
    /// ```
    pub fn save<T: Object>(
        self,
        top: Frame<Run, L>,
        link: u16,
        object: Gc<T>,
        _: Elems<T, Val>,
    ) -> bool {
        let count = self.distance(top) + usize::from(link) + 1;
        if count > object.len() {
            return false;
        }
        // SAFETY: as many slots of the stack, and as many values within the length of the object.
        unsafe { std::ptr::copy_nonoverlapping(self.base(), object.trailing_words(), count * 2) };
        object.barrier();
        true
    }

    /// Copies frames back (see [`Restored`]), so that the outermost of them is this one: those that end below the value `end`, where the link of what they
    /// called lies, the innermost first, until at least `most` values are copied or there are no more. The outermost one needs a new
    /// link. `None` if there is no link at `end`.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn restore<M: Mode, T: Object>(
        self,
        cx: &Cx<'_, M, L>,
        link: u16,
        (object, elems): (Gc<T>, Elems<T, Val>),
        (end, most): (usize, usize),
    ) -> Result<Option<Restored<L>>, StackOverflow> {
        let link_at = |end: usize| {
            let at = Self::saved_link(object, elems, end + usize::from(link))?;
            let below = end.checked_sub(usize::from(at.sp))?;
            (below < end).then_some((at, below))
        };
        let Some((at, innermost)) = link_at(end) else { return Ok(None) };
        let mut start = innermost;
        while end - start < most
            && start > 0
            && let Some((_, below)) = link_at(start)
        {
            start = below;
        }
        let top = self.base().wrapping_add((end - start) * 2);
        if top as usize > cx.stack_limit() {
            return Err(StackOverflow);
        }
        // SAFETY: values within the length of the object, and as many slots below the limit of the stack.
        let frame = unsafe {
            let words = object.trailing_words().add(start * 2);
            std::ptr::copy_nonoverlapping(words, self.base(), (end - start) * 2);
            Frame::from_base(self.base().add((innermost - start) * 2))
        };
        Ok(Some(Restored { at, frame, start }))
    }

    /// The place that a link among saved frames leads to; `sp` there is how many values further down the frame begins.
    ///
    /// ```
    /// use holloway::{Frame, Gc, Language, Object, Run, Val};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Saved {
    /// #     #[trailing]
    /// #     slots: Val,
    /// # }
    /// /// How many frames end at `end` or below; the link lies in slot 0 of each.
    /// fn depth<L: Language>(saved: Gc<Saved>, end: usize) -> usize {
    ///     match Frame::<Run, L>::saved_link(saved, Saved::SLOTS, end) {
    ///         Some(at) if end > 0 => 1 + depth::<L>(saved, end - usize::from(at.sp)),
    ///         _ => 0,
    ///     }
    /// }
    /// ```
    pub fn saved_link<T: Object>(
        object: Gc<T>,
        _: Elems<T, Val>,
        index: usize,
    ) -> Option<At<L::Code>> {
        if index >= object.len() {
            return None;
        }
        let words = object.trailing_words().wrapping_add(index * 2);
        // SAFETY: within the length.
        let (tag, code) = unsafe { (words.read(), words.add(1).read()) };
        if tag as u8 as u32 != Tag::LINK.0 {
            return None;
        }
        // SAFETY: a link's second word is the address of a code object that lives for ever.
        let code = unsafe { <&'static L::Code>::from_bits(code) };
        Some(At { code, pc: (tag >> 32) as u32, sp: (tag >> 8) as u16 })
    }
}
