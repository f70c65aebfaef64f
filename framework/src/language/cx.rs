//! What a handler is given: the language, its runtime, and the world it runs in.
//!
//! [`Language`] is what an author implements. [`Runtime`] holds everything that lasts: heap, VM stack, the language's own state,
//! the JIT. [`Cx`] is a runtime seen from one world.
#![allow(unsafe_code, reason = "makes frames of addresses, and objects for generated constructors")]

use super::frame::{At, Frame, Place};
use super::mode::{Mode, Run, World};
use super::red::Red;
use crate::heap::{Gc, Heap, Object, OutOfMemory, Val};
use crate::interpret::driver::Jit;
use crate::interpret::options::JitOptions;
use crate::interpret::stack::VmStack;
use crate::observe::Location;
use crate::run::Context;
use crate::trace::Ref;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// A language: one interpreter, written once for all worlds.
pub trait Language: Sized + 'static {
    /// What the greens point into: code objects, which live for ever.
    type Code: 'static;
    /// The language's own state: heap, output, symbols, tables.
    type Host: 'static;
    /// An error of the guest program.
    type Error: 'static;

    /// The dispatch loop. Goes on from [`Cx::start`], begins each instruction with [`merge_point!`](crate::merge_point), and
    /// loops with [`loop_header!`](crate::loop_header).
    fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Self>) -> Result<Outcome, Self::Error>;

    /// The heap, in which handlers allocate.
    fn heap(host: &mut Self::Host) -> &mut Heap;

    /// How many slots are in use at this place: what [`At::sp`](At) is taken for. A language that knows the height of every
    /// instruction beforehand looks it up here, and need not carry it through its dispatch loop.
    fn height(at: At<Self::Code>) -> u16 {
        at.sp
    }

    /// The slot of every frame that its return link lies in, if [`Language::dead`] is to be asked.
    const LINK: Option<u16> = None;

    /// Slots that a frame to which a call returns here never reads again before it writes them. A collection takes what they hold for
    /// nothing, so objects that the program is done with do not stay alive because a caller waits. It costs the program nothing: who
    /// knows this from the code alone gives a table.
    fn dead(back: At<Self::Code>) -> &'static [u16] {
        let _ = back;
        &[]
    }

    /// Shows all references that the language's state holds: see [`Roots`](crate::Roots). Nothing may be allocated here.
    fn roots(host: &mut Self::Host, roots: &mut crate::heap::Roots<'_>) {
        let _ = (host, roots);
    }

    /// An error meets the frames of one dispatch loop, of which this is the innermost: where the program goes on if something there
    /// catches it. The search ends with the frame that [ends the loop](Frame::ends_dispatch), to the callers of which the error goes next.
    ///
    /// Languages without handlers need not do anything.
    ///
    /// # Errors
    /// The error, if nothing catches it, with what is to be said about the frames that it leaves.
    fn catch(
        cx: &mut Cx<'_, Run, Self>,
        position: Position<Self>,
        raised: Raised,
        error: Self::Error,
    ) -> Result<Position<Self>, Self::Error> {
        let _ = (cx, position, raised);
        Err(error)
    }

    /// Where in the guest's source this is, for reports.
    fn location(host: &Self::Host, at: At<Self::Code>) -> Location;

    /// The code object at this address, if there is one, for reports: of code that was not run yet nothing else is known.
    fn code_at(host: &Self::Host, address: usize) -> Option<&'static Self::Code> {
        let _ = (host, address);
        None
    }

    /// The error for a guest that was interrupted (Ctrl-C).
    fn interrupted() -> Self::Error;

    /// The error for a guest that used up the VM stack.
    fn stack_overflow() -> Self::Error;

    /// The error for a guest that used up the heap.
    fn out_of_memory() -> Self::Error;
}

/// Where a program is: the place in its code and the frame.
///
/// ```
/// use holloway::{Language, Position};
///
/// /// How many slots it has in use there.
/// fn height<L: Language>((at, _): Position<L>) -> u16 {
///     L::height(at)
/// }
/// ```
pub type Position<L> = (At<<L as Language>::Code>, Frame<Run, L>);

/// How an error comes about that the framework hands to [`Language::catch`].
///
/// ```
/// use holloway::{At, Raised};
///
/// /// The instruction that fails, if calls take one unit of code.
/// fn culprit<C>(at: At<C>, raised: Raised) -> u32 {
///     match raised {
///         Raised::ByCall => at.pc - 1,
///         Raised::Before => at.pc,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// The call has failed that returns to this place.
    ByCall,
    /// The instruction at this place is not begun: the program was interrupted, or memory is used up.
    Before,
}

/// How a dispatch loop ends.
///
/// ```
/// use holloway::{Outcome, Val};
///
/// // How a dispatch loop ends when the outermost frame returns 42.
/// let outcome = Outcome::Finished(Val::int(42));
/// assert!(matches!(outcome, Outcome::Finished(value) if value.as_int() == Some(42)));
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// The outermost frame returned this.
    Finished(Val),
    /// The program goes on elsewhere: in another world, or, [detached](Cx::detach), in another dispatch loop. Only the hints return
    /// this.
    Switched,
}

/// Everything of a language's runtime that lasts: one per guest program.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// # fn main() {
/// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
/// // `COUNTDOWN` takes slot 0 down to 0; slot 1 holds the return link.
/// let result = runtime.run(At { code: COUNTDOWN, pc: 0, sp: 1 }, 1, &[Val::int(1000)]);
/// assert_eq!(result.ok().and_then(|v| v.as_int()), Some(0));
/// # }
/// ```
pub struct Runtime<L: Language> {
    /// The language's own state, heap included.
    pub host: L::Host,
    pub(crate) stack: VmStack,
    pub(crate) context: Box<Context>,
    pub(crate) jit: Jit<L>,
    /// Where a hint that moved the interpreter left it.
    pub(crate) moved: Option<Place<L::Code>>,
    /// What a call that a hint ran returned, and the names of tag and payload.
    pub(crate) returned: Option<(Val, (Ref, Ref))>,
    /// The outcome of a hint that ended the dispatch loop.
    pub(crate) ended: Option<Result<Outcome, L::Error>>,
    /// The error of a residual call, until somebody takes it.
    pub(crate) pending_error: Option<L::Error>,
    /// Recordings that wait for guest calls.
    #[allow(clippy::vec_box, reason = "they come as boxes and go as boxes")]
    pub(crate) suspended: Vec<Box<crate::record::recorder::Recorder>>,
    /// Recordings that could not begin since.
    pub(crate) turned_away: u32,
    /// Base for the next frame that the host makes.
    pub(crate) top: *mut u64,
    /// The instruction being resumed has begun.
    pub(crate) resume_begun: bool,
    /// Machine code allocated beyond the heap's limit.
    pub(crate) memory_exceeded: bool,
    /// Dispatch loops that run inside of each other.
    pub(crate) running: u32,
    /// Frames of Rust that may hold references: while there are any, nothing is collected.
    pub(crate) pins: u32,
    /// A collection was due, but could not be.
    pub(crate) collection_waits: bool,
    /// Under stress: merge points since the last collection.
    pub(crate) passed_over: usize,
    /// The part of the heap that machine code looks at.
    bump: std::rc::Rc<crate::heap::nursery::Bump>,
}

impl<L: Language> Drop for Runtime<L> {
    fn drop(&mut self) {
        // A heap that outlives its runtime has no flag to raise.
        self.bump.signal.set(std::ptr::null_mut());
    }
}

/// A runtime seen from a world. Dereferences to [`Runtime`].
///
/// ```
/// use holloway::{Cx, Language, Mode, Object, OutOfMemory, Red, Gc, Val, Value};
///
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Pair {
///     first: Val,
///     second: Val,
/// }
///
/// /// An allocation, traced as such.
/// fn cons<M: Mode, L: Language>(
///     cx: &mut Cx<'_, M, L>,
///     first: Value<M>,
///     second: Value<M>,
/// ) -> Result<Red<M, Gc<Pair>>, OutOfMemory> {
///     Pair::make(cx, first, second)
/// }
/// ```
pub struct Cx<'r, M: Mode, L: Language> {
    pub(crate) runtime: &'r mut Runtime<L>,
    /// Where the dispatch loop starts.
    start: Place<L::Code>,
    world: PhantomData<M>,
}

impl<M: Mode, L: Language> Deref for Cx<'_, M, L> {
    type Target = Runtime<L>;
    #[inline(always)]
    fn deref(&self) -> &Runtime<L> {
        self.runtime
    }
}

impl<M: Mode, L: Language> DerefMut for Cx<'_, M, L> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Runtime<L> {
        self.runtime
    }
}

impl<'r, M: Mode, L: Language> Cx<'r, M, L> {
    pub(crate) fn new(runtime: &'r mut Runtime<L>, at: At<L::Code>, frame: Frame<M, L>) -> Self {
        Cx { runtime, start: Place::new(at, frame.base()), world: PhantomData }
    }

    /// Where the dispatch loop starts: the place in the program and the frame. Both become variables of the loop, and live in
    /// registers as long as nobody takes their address.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
    /// # use holloway::*;
    /// fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Countdown>) -> Result<Outcome, &'static str> {
    ///     let (mut at, frame) = cx.start();
    ///     loop {
    ///         merge_point!(cx, at, frame);
    ///         match at.code.0.get(at.pc as usize) {
    ///             Some(_) => at.pc += 1,
    ///             None => return Ok(Outcome::Finished(frame.get(0).untraced())),
    ///         }
    ///     }
    /// }
    /// # fn main() {}
    /// ```
    #[inline(always)]
    pub fn start(&self) -> (At<L::Code>, Frame<M, L>) {
        // SAFETY: the base of the frame given to `new`.
        (self.start.at(), unsafe { Frame::from_base(self.start.base) })
    }

    #[inline(always)]
    pub(crate) fn stack_limit(&self) -> usize {
        self.runtime.stack.limit
    }

    /// Does this world need merge points? For [`merge_point!`](crate::merge_point).
    #[doc(hidden)]
    #[inline(always)]
    pub fn is_watched(&self) -> bool {
        !matches!(M::WORLD, World::Run)
    }

    /// Is this a recording? For handlers that must not be recorded: see [`Cx::opaque`].
    ///
    /// ```
    /// # use holloway::{Cx, Language, Mode};
    /// fn describe<M: Mode, L: Language>(cx: &Cx<'_, M, L>) -> &'static str {
    ///     if cx.is_recording() { "recording" } else { "running" }
    /// }
    /// ```
    #[inline(always)]
    pub fn is_recording(&self) -> bool {
        matches!(M::WORLD, World::Record)
    }

    /// Gives up the recording under way, if there is one; what follows is not traced.
    ///
    /// ```
    /// # use holloway::{Cx, Language, Mode};
    /// /// Loads a module: rare, large, and of no use in a trace.
    /// fn import<M: Mode, L: Language>(cx: &mut Cx<'_, M, L>, load: impl FnOnce(&mut L::Host)) {
    ///     cx.opaque();
    ///     load(&mut cx.host);
    /// }
    /// ```
    pub fn opaque(&mut self) {
        if self.is_recording() {
            crate::record::tls::with(|r| r.abort(crate::record::Abort::Opaque));
        }
    }

    /// Gives up the recording under way, if there is one, because the guest has met an error that it goes on from.
    ///
    /// ```
    /// # use holloway::{Cx, Language, Mode};
    /// /// A handler of the program catches an error of the runtime.
    /// fn caught<M: Mode, L: Language>(cx: &mut Cx<'_, M, L>, error: L::Error) -> L::Error {
    ///     cx.failed();
    ///     error
    /// }
    /// ```
    pub fn failed(&mut self) {
        if self.is_recording() {
            crate::record::tls::with(|r| r.abort(crate::record::Abort::Error));
        }
    }

    /// A new object with `len` trailing elements, all zero; traced as an allocation.
    ///
    /// # Safety
    /// As [`Heap::alloc`]: the caller sets all fields that zero is no valid value of.
    #[doc(hidden)]
    pub unsafe fn allocate<T: Object>(&mut self, len: usize) -> Result<Red<M, Gc<T>>, OutOfMemory> {
        super::access::allocate(self, len)
    }
}

impl<L: Language> Runtime<L> {
    /// Guest objects.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
    /// # use holloway::*;
    /// # fn main() {
    /// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
    /// runtime.heap().set_limit(64 << 20); // bytes
    /// # }
    /// ```
    pub fn heap(&mut self) -> &mut Heap {
        L::heap(&mut self.host)
    }

    /// Are the frames on the stack [detached](Cx::detach)? Then the activations that ran them end, and the outermost loop goes on at
    /// `moved`.
    #[inline(always)]
    pub(crate) fn is_detached(&self) -> bool {
        self.context.detached != 0
    }

    pub(crate) fn set_detached(&mut self, detached: bool) {
        self.context.detached = u64::from(detached);
    }

    /// A runtime with this host state.
    pub fn new(mut host: L::Host, options: JitOptions) -> Box<Runtime<L>> {
        let heap = L::heap(&mut host);
        heap.stressed = options.stress != 0;
        let bump = std::rc::Rc::clone(&heap.bump);
        let stack = VmStack::new(options.stack_bytes);
        let top = stack.start();
        let mut runtime = Box::new(Runtime {
            host,
            stack,
            context: Context::new(std::ptr::null_mut(), crate::interpret::calls::alloc::<L>),
            jit: Jit::new(options),
            moved: None,
            returned: None,
            ended: None,
            pending_error: None,
            suspended: Vec::new(),
            turned_away: 0,
            top,
            resume_begun: false,
            memory_exceeded: false,
            running: 0,
            pins: 0,
            collection_waits: false,
            passed_over: 0,
            bump,
        });
        let signal = std::ptr::from_mut(&mut runtime.context.signal);
        runtime.context.cold = crate::interpret::calls::cold::<L>;
        runtime.context.bump = std::rc::Rc::as_ptr(&runtime.bump);
        runtime.bump.signal.set(signal);
        if runtime.jit.options.stress != 0 {
            runtime.bump.raise();
        }
        runtime.context.host = std::ptr::from_mut(&mut *runtime).cast();
        runtime.context.finish = crate::interpret::calls::finish::<L>;
        runtime.context.interpret = crate::interpret::calls::interpret::<L>;
        runtime.context.stack_low = runtime.stack.low();
        runtime
    }

    /// Runs `code` from its first instruction in a new frame above all others, whose first slots hold `slots`. `link` is the
    /// slot in which the code looks for its return link.
    ///
    /// # Errors
    /// The error of the guest.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
    /// # use holloway::*;
    /// # fn main() {
    /// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
    /// let start = At { code: COUNTDOWN, pc: 0, sp: 1 };
    /// // The error of the guest comes out as it is.
    /// assert_eq!(runtime.run(start, 1, &[Val::NIL]).unwrap_err(), "not a number");
    /// # }
    /// ```
    ///
    /// Called by the host, it collects garbage: references that the host holds must be shown by [`Language::roots`] or lie in
    /// handles. Called from a function that the guest called (a built-in), it does not, for the sake of references in that
    /// function; see [`Runtime::run_rooted`].
    pub fn run(&mut self, at: At<L::Code>, link: u16, slots: &[Val]) -> Result<Val, L::Error> {
        let nested = self.running > 0;
        self.pins += u32::from(nested);
        let result = self.run_rooted(at, link, slots);
        if nested {
            self.unpin();
        }
        result
    }

    /// As [`Runtime::run`], for a built-in that holds no references across this call but in handles ([`Heap::root`]), its
    /// arguments included.
    ///
    /// # Errors
    /// The error of the guest.
    pub fn run_rooted(
        &mut self,
        at: At<L::Code>,
        link: u16,
        slots: &[Val],
    ) -> Result<Val, L::Error> {
        self.running += 1;
        let result = crate::interpret::driver::run(self, at, link, slots);
        self.running -= 1;
        result
    }

    /// The handle that asks a running guest to stop, from a signal handler or another thread.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
    /// # use holloway::*;
    /// # fn main() {
    /// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
    /// runtime.interrupter().interrupt(); // from a signal handler, or another thread
    /// let start = At { code: COUNTDOWN, pc: 0, sp: 1 };
    /// assert_eq!(runtime.run(start, 1, &[Val::int(1 << 60)]).unwrap_err(), "interrupted");
    /// # }
    /// ```
    pub fn interrupter(&mut self) -> crate::interpret::signal::Interrupter {
        crate::interpret::signal::Interrupter::new(&self.context)
    }
}
