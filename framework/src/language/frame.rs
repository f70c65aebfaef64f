//! Frames: windows on the VM stack, and where in the program they are.
//!
//! A frame is a base; its slots hold dynamic values. A call moves the base up by a green number of slots and leaves a link
//! (where to return to, and by how much the base moved) in a slot of the callee; a return reads it. All of it is VM stack
//! memory, so a side exit restores any number of inlined frames by writing slots.
//!
//! Invariant: a slot whose tag is `LINK` was written by [`Frame::call`]; its second word is the address of an `L::Code`.
#![allow(unsafe_code, reason = "slots are raw words of the VM stack")]

use super::cx::{Cx, Language, Runtime};
use super::mode::{Mode, World};
use super::red::Red;
use super::value::{Value, payload_ty};
use crate::heap::{FieldType, Tag, Val};
use crate::record::tls;
use crate::trace::{Ref, Ty};
use std::fmt;
use std::marker::PhantomData;

/// A place in a program: the green key. `sp` is the number of slots in use above the base: what lies beyond is dead.
///
/// ```
/// use holloway::At;
///
/// let code: &'static [u8] = b"+-";
/// let first = At { code: Box::leak(Box::new(code)), pc: 0, sp: 2 };
/// let second = At { pc: 1, ..first };
/// assert!(first != second);
/// ```
pub struct At<C: 'static> {
    /// The code object.
    pub code: &'static C,
    /// The instruction in it.
    pub pc: u32,
    /// Slots in use.
    pub sp: u16,
}

impl<C> Clone for At<C> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for At<C> {}

impl<C> PartialEq for At<C> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.code, other.code) && self.pc == other.pc && self.sp == other.sp
    }
}

impl<C> Eq for At<C> {}

impl<C> std::hash::Hash for At<C> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.code).hash(state);
        self.pc.hash(state);
    }
}

impl<C> fmt::Debug for At<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pc {} sp {}", self.pc, self.sp)
    }
}

/// A place in a program and the base of its frame, to be kept in memory: not an [`At`] inside, because LLVM would copy that as
/// a whole, and then hold `pc` and `sp` in one register for the entire dispatch loop.
pub(crate) struct Place<C: 'static> {
    code: &'static C,
    pc: u32,
    sp: u16,
    pub(crate) base: *mut u64,
}

impl<C> Clone for Place<C> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Place<C> {}

impl<C> Place<C> {
    pub(crate) fn new(at: At<C>, base: *mut u64) -> Place<C> {
        Place { code: at.code, pc: at.pc, sp: at.sp, base }
    }

    #[inline(always)]
    pub(crate) fn at(&self) -> At<C> {
        At { code: self.code, pc: self.pc, sp: self.sp }
    }
}

/// The VM stack is used up.
///
/// ```
/// use holloway::StackOverflow;
///
/// /// A language makes an error of its own of it.
/// fn error(_: StackOverflow) -> String {
///     "calls nest too deeply".to_owned()
/// }
/// assert_eq!(error(StackOverflow), "calls nest too deeply");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackOverflow;

/// A window on the VM stack of an `L`. It must not outlive its runtime.
///
/// ```
/// use holloway::{Frame, Language, Mode, Value};
///
/// /// `slot[a] += slot[b]`, if both are ints and the sum is one.
/// fn add<M: Mode, L: Language>(frame: Frame<M, L>, a: u16, b: u16) -> Option<()> {
///     let sum = frame.get(a).as_int()?.checked_add(frame.get(b).as_int()?)?;
///     frame.set(a, Value::int(sum));
///     Some(())
/// }
/// ```
pub struct Frame<M: Mode, L> {
    base: *mut u64,
    world: PhantomData<fn(M) -> L>,
}

impl<M: Mode, L> Clone for Frame<M, L> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Mode, L> Copy for Frame<M, L> {}

impl<M: Mode, L: Language> Frame<M, L> {
    /// A frame at this address.
    ///
    /// # Safety
    /// It must be a valid base of the runtime's VM stack.
    #[inline(always)]
    pub(crate) unsafe fn from_base(base: *mut u64) -> Self {
        Frame { base, world: PhantomData }
    }

    /// The address of the base.
    #[inline(always)]
    pub(crate) fn base(self) -> *mut u64 {
        self.base
    }

    #[inline(always)]
    fn address(self, slot: u16) -> *mut u64 {
        // SAFETY: the stack has room for 65,536 slots above any base.
        unsafe { self.base.add(slot as usize * 2) }
    }

    #[inline(always)]
    pub(super) fn read(self, slot: u16) -> Val {
        // SAFETY: slots hold values written together, or zeros.
        unsafe { read_value(self.address(slot)) }
    }

    #[inline(always)]
    pub(super) fn write(self, slot: u16, tag: u64, bits: u64) {
        let p = self.address(slot);
        // SAFETY: inside of the stack.
        unsafe {
            p.write(tag);
            p.add(1).write(bits);
        }
    }

    /// The value in a slot.
    ///
    /// ```
    /// # use holloway::{Frame, Language, Mode, Value};
    /// fn top<M: Mode, L: Language>(frame: Frame<M, L>, sp: u16) -> Value<M> {
    ///     frame.get(sp - 1)
    /// }
    /// ```
    #[inline(always)]
    pub fn get(self, slot: u16) -> Value<M> {
        let value = self.read(slot);
        match M::WORLD {
            World::Record => self.get_recorded(slot, value),
            _ => Value::named(value, M::constant(Ty::Int, 0), M::constant(Ty::Int, 0)),
        }
    }

    #[cold]
    fn get_recorded(self, slot: u16, value: Val) -> Value<M> {
        let address = self.address(slot) as usize;
        let (tag, bits) = tls::with(|r| {
            let tag = r.slot_read(r.slot_of(address), Ty::Int, value.tag().to_bits());
            let ty = payload_ty(value.tag());
            (tag, r.slot_read(r.slot_of(address + 8), ty, value.bits()))
        });
        Value::named(value, M::from_ref(tag), M::from_ref(bits))
    }

    /// Changes a slot.
    ///
    /// ```
    /// # use holloway::{Frame, Language, Mode, Value};
    /// fn duplicate<M: Mode, L: Language>(frame: Frame<M, L>, sp: u16) -> u16 {
    ///     frame.set(sp, frame.get(sp - 1));
    ///     sp + 1
    /// }
    /// ```
    #[inline(always)]
    pub fn set(self, slot: u16, value: Value<M>) {
        self.write(slot, value.tag.value.to_bits(), value.bits);
        if matches!(M::WORLD, World::Record) {
            self.set_recorded(slot, M::to_ref(value.tag.name), M::to_ref(value.name));
        }
    }

    #[cold]
    fn set_recorded(self, slot: u16, tag: Ref, bits: Ref) {
        let address = self.address(slot) as usize;
        tls::with(|r| {
            r.slot_write(r.slot_of(address), tag);
            r.slot_write(r.slot_of(address + 8), bits);
        });
    }

    /// Calls: the callee's frame begins `delta` slots above this one; its slot `link` says that it returns to `back`. There,
    /// `sp` will be `delta`.
    ///
    /// ```
    /// # use holloway::{At, Cx, Frame, Language, Mode, StackOverflow};
    /// /// Calls `code` with the `argc` values on top of the stack: they become the callee's first slots.
    /// fn call<M: Mode, L: Language>(
    ///     cx: &mut Cx<'_, M, L>,
    ///     at: &mut At<L::Code>,
    ///     frame: &mut Frame<M, L>,
    ///     code: &'static L::Code,
    ///     argc: u16,
    /// ) -> Result<(), StackOverflow> {
    ///     let base = at.sp - argc;
    ///     *frame = frame.call(cx, base, argc, At { sp: base, ..*at })?;
    ///     *at = At { code, pc: 0, sp: argc + 1 };
    ///     Ok(())
    /// }
    /// ```
    #[inline(always)]
    pub fn call(
        self,
        cx: &mut Cx<'_, M, L>,
        delta: u16,
        link: u16,
        back: At<L::Code>,
    ) -> Result<Frame<M, L>, StackOverflow> {
        let base = self.address(delta);
        if base as usize > cx.stack_limit() {
            return Err(StackOverflow);
        }
        let callee = Frame { base, world: PhantomData };
        let tag = Tag::LINK.0 as u64 | (delta as u64) << 8 | (back.pc as u64) << 32;
        let code = std::ptr::from_ref(back.code) as u64;
        callee.write(link, tag, code);
        if matches!(M::WORLD, World::Record) {
            tls::with(|r| {
                let (tag, code) = (r.constant(Ty::Int, tag), r.constant(Ty::Int, code));
                let address = callee.address(link) as usize;
                r.slot_write(r.slot_of(address), tag);
                r.slot_write(r.slot_of(address + 8), code);
            });
        }
        Ok(callee)
    }

    /// Returns: where to go on, and in which frame; `None` from the outermost one.
    ///
    /// ```
    /// # use holloway::{At, Frame, Language, Mode, Val, Value};
    /// /// Returns the value on top; what the whole program gives if nobody called.
    /// fn give_back<M: Mode, L: Language>(
    ///     at: &mut At<L::Code>,
    ///     frame: &mut Frame<M, L>,
    ///     link: u16,
    /// ) -> Option<Val> {
    ///     let value = frame.get(at.sp - 1);
    ///     match frame.ret(link) {
    ///         Some((back, caller)) => {
    ///             caller.set(back.sp, value);
    ///             (*at, *frame) = (At { sp: back.sp + 1, ..back }, caller);
    ///             None
    ///         }
    ///         None => Some(value.untraced()),
    ///     }
    /// }
    /// ```
    #[inline(always)]
    pub fn ret(self, link: u16) -> Option<(At<L::Code>, Frame<M, L>)> {
        let address = self.address(link);
        // SAFETY: a slot of this frame.
        let (tag, code) = unsafe { (address.read(), address.add(1).read()) };
        if matches!(M::WORLD, World::Record) {
            tls::with(|r| {
                let slot = r.slot_of(address as usize);
                let name = r.slot_read(slot, Ty::Int, tag);
                r.record_promote(name, tag);
                let name = r.slot_read(r.slot_of(address as usize + 8), Ty::Int, code);
                r.record_promote(name, code);
            });
        }
        if tag as u8 as u32 != Tag::LINK.0 {
            return None;
        }
        Some(self.linked(tag, code))
    }

    /// Where a link leads.
    #[inline(always)]
    fn linked<N: Mode>(self, tag: u64, code: u64) -> (At<L::Code>, Frame<N, L>) {
        let delta = (tag >> 8) as u16;
        // SAFETY: a link's second word is the address of a code object that lives for ever.
        let code = unsafe { <&'static L::Code>::from_bits(code) };
        let at = At { code, pc: (tag >> 32) as u32, sp: delta };
        // SAFETY: `call` moved the base up by as much.
        let base = unsafe { self.base.sub(delta as usize * 2) };
        (at, Frame { base, world: PhantomData })
    }

    /// Where the caller goes on and its frame, without returning: for tracebacks. Not traced.
    ///
    /// ```
    /// # use holloway::{At, Frame, Language, Mode, Run};
    /// /// How many calls led here, for a traceback (the link lies in slot 0 of every frame).
    /// fn depth<M: Mode, L: Language>(frame: Frame<M, L>) -> usize {
    ///     let mut next: Option<(At<L::Code>, Frame<Run, L>)> = frame.caller(0);
    ///     std::iter::from_fn(|| {
    ///         let (_, frame) = next?;
    ///         next = frame.caller(0);
    ///         Some(())
    ///     })
    ///     .count()
    /// }
    /// ```
    pub fn caller(self, link: u16) -> Option<(At<L::Code>, Frame<super::Run, L>)> {
        crate::run::complete_all();
        self.link(link)
    }

    /// As [`Frame::caller`], of the running frame; of its caller's, memory may not have all.
    pub(crate) fn link(self, link: u16) -> Option<(At<L::Code>, Frame<super::Run, L>)> {
        let (tag, code) = self.link_words(link);
        matches!(Tag(tag as u8 as u32), Tag::LINK | Tag::BOUNDARY).then(|| self.linked(tag, code))
    }

    /// Does the return from this frame end the dispatch loop? It has a caller nevertheless, unless it is the outermost one: that
    /// runs in another dispatch loop, or in machine code.
    ///
    /// ```
    /// # use holloway::{Frame, Language, Mode};
    /// /// How many frames one dispatch loop has made (the link lies in slot 0 of every frame).
    /// fn depth<M: Mode, L: Language>(frame: Frame<M, L>) -> usize {
    ///     if frame.ends_dispatch(0) {
    ///         return 1;
    ///     }
    ///     1 + frame.caller(0).map_or(0, |(_, caller)| depth(caller))
    /// }
    /// ```
    pub fn ends_dispatch(self, link: u16) -> bool {
        self.link_words(link).0 as u8 as u32 != Tag::LINK.0
    }

    /// The two words of the link.
    pub(crate) fn link_words(self, link: u16) -> (u64, u64) {
        let address = self.address(link);
        // SAFETY: a slot of this frame.
        unsafe { (address.read(), address.add(1).read()) }
    }

    /// Says that a dispatch loop of its own runs this frame, which ends with its return; `false` if it returns to the host anyway.
    pub(crate) fn mark_boundary(self, link: u16) -> bool {
        self.change_link(link, Tag::LINK, Tag::BOUNDARY)
    }

    /// Undoes [`Frame::mark_boundary`]: the frame returns to its caller in the same dispatch loop. `false` if it does so anyway.
    pub(crate) fn unmark_boundary(self, link: u16) -> bool {
        self.change_link(link, Tag::BOUNDARY, Tag::LINK)
    }

    /// The same frame, seen from another world: for what is not traced, as [`Frame::caller`] and [`Frame::peek`]. A recording does not
    /// notice what is changed there, so it must have been [given up](Cx::opaque).
    ///
    /// ```
    /// # use holloway::{Cx, Frame, Language, Mode};
    /// /// The outermost frame (the link lies in slot 0 of every frame).
    /// fn outermost<M: Mode, L: Language>(cx: &mut Cx<'_, M, L>, frame: Frame<M, L>) -> Frame<M, L> {
    ///     cx.opaque();
    ///     let callers = std::iter::successors(frame.caller(0), |(_, frame)| frame.caller(0));
    ///     callers.last().map_or(frame, |(_, outermost)| outermost.in_world())
    /// }
    /// ```
    pub fn in_world<N: Mode>(self) -> Frame<N, L> {
        Frame { base: self.base, world: PhantomData }
    }

    fn change_link(self, link: u16, from: Tag, to: Tag) -> bool {
        let (tag, code) = self.link_words(link);
        let is_from = tag as u8 as u32 == from.0;
        if is_from {
            self.write(link, tag & !0xff | u64::from(to.0), code);
        }
        is_from
    }

    /// Marks a slot as the end of the call chain: the frame returns to the host.
    pub(crate) fn mark_outermost(self, link: u16) {
        self.write(link, 0, 0);
    }

    /// A plain value into a slot, from the host.
    ///
    /// ```
    /// # use holloway::{Frame, Language, Run, Val};
    /// fn clear<L: Language>(frame: Frame<Run, L>, slots: u16) {
    ///     (0..slots).for_each(|slot| frame.put(slot, Val::NIL));
    /// }
    /// ```
    pub fn put(self, slot: u16, value: Val) {
        let (tag, bits) = value.words();
        self.write(slot, tag, bits);
    }

    /// The plain value in a slot, for the host. Not traced.
    ///
    /// ```
    /// # use holloway::{Frame, Language, Run};
    /// fn show<L: Language>(frame: Frame<Run, L>, slots: u16) -> Vec<String> {
    ///     (0..slots).map(|slot| format!("{:?}", frame.peek(slot))).collect()
    /// }
    /// ```
    pub fn peek(self, slot: u16) -> Val {
        self.read(slot)
    }

    /// Writes `count` slots from `first` on to memory, and gives their address, for a callee that reads them there.
    pub(crate) fn flush(self, first: u16, count: u16) -> Red<M, i64> {
        let start = self.address(first) as usize;
        if !matches!(M::WORLD, World::Record) {
            return Red::green(start as i64);
        }
        let name = tls::with(|r| {
            for i in 0..count as usize * 2 {
                r.slot_flush(r.slot_of(start + i * 8));
            }
            r.slot_addr(r.slot_of(start), start)
        });
        Red::new(start as i64, M::from_ref(name))
    }
}

/// The value of which this is the first word.
///
/// # Safety
/// Two words of the stack, a value's or zeros.
#[inline(always)]
unsafe fn read_value(first: *const u64) -> Val {
    // Only the half of the first word that is the tag: LLVM would load and store both words of a value that is moved as one
    // vector, and such a load waits until the two stores that wrote them have left the store buffer.
    let half = first.cast::<u32>().wrapping_add(cfg!(target_endian = "big") as usize);
    // SAFETY: the caller vouches for it.
    unsafe { Val::from_words(half.read() as u64, first.add(1).read()) }
}

impl<L: Language> Runtime<L> {
    /// Copies values from this address on.
    pub(crate) fn copy_values(&self, address: u64, to: &mut [Val]) {
        let p = address as *const u64;
        for (i, value) in to.iter_mut().enumerate() {
            // SAFETY: `flush` gave the address of as many slots of a live frame.
            *value = unsafe { read_value(p.add(2 * i)) };
        }
    }

    /// The values in as many slots from this address on.
    #[inline(always)]
    pub(crate) fn few_values<const N: usize>(&self, address: u64) -> [Val; N] {
        let p = address as *const u64;
        // SAFETY: as in `copy_values`.
        std::array::from_fn(|i| unsafe { read_value(p.add(2 * i)) })
    }

    /// The values in `count` slots from this address on.
    pub(crate) fn values_at(&self, address: u64, count: usize) -> Vec<Val> {
        let p = address as *const u64;
        // SAFETY: `flush` gave the address of as many slots of a live frame.
        (0..count)
            .map(|i| unsafe { Val::from_words(p.add(2 * i).read(), p.add(2 * i + 1).read()) })
            .collect()
    }
}
