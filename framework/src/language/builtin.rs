//! Built-ins: functions of the language that take their arguments as a slice, from slots of the VM stack.
//!
//! Most run to their end with all objects where they are. One that calls guest functions (a comparison for `sort`) may run for long and
//! allocate much, so it [collects](crate::Cx::call_collecting_builtin) if whoever calls it can do with that.
//!
//! Invariant: while a built-in runs, the frames that it makes lie above its arguments; if it collects, no machine code further
//! up holds a reference in a register, and the recording, if there is one, shows its own.
#![allow(unsafe_code, reason = "thunks turn words back into typed arguments")]

use super::cx::{Cx, Language, Runtime};
use super::frame::Frame;
use super::mode::{Mode, World};
use super::red::Red;
use super::residual::{Callee, Dynamic, Returned, answer, call_id, residual, thunk};
use super::value::Value;
use crate::heap::Val;
use crate::record::tls;
use crate::run::{Context, NativeFrame};
use crate::trace::{CallEffect, Ref, Ty};

/// A function of the language that takes its arguments as a slice: a built-in.
pub type Builtin<L> = fn(&mut Runtime<L>, &[Val]) -> Result<Val, <L as Language>::Error>;

extern "C" fn builtin_thunk<L: Language>(
    context: *mut Context,
    function: u64,
    address: u64,
    count: u64,
) -> u64 {
    // SAFETY: `call_builtin` put the address of such a function into the trace.
    let function: Builtin<L> = unsafe { std::mem::transmute(function as usize) };
    // SAFETY: traces run under their own runtime's context.
    unsafe {
        thunk::<L, Dynamic>(context, |rt| {
            rt.with_arguments(address, count as usize, function).map(Dynamic)
        })
    }
}

/// As [`builtin_thunk`], of a call that [collects](CallEffect::Collects).
extern "C" fn collecting_thunk<L: Language>(
    context: *mut Context,
    function: u64,
    address: u64,
    count: u64,
    native: NativeFrame,
) -> u64 {
    // SAFETY: as in `thunk` and `builtin_thunk`; a native frame has the base at its entry one word below.
    let (runtime, _working, function) = unsafe {
        let runtime = &mut *(*context).host.cast::<Runtime<L>>();
        let working = runtime.jit.call_sites.enter(native, native.sub(1).read() as *mut u64);
        (runtime, working, std::mem::transmute::<usize, Builtin<L>>(function as usize))
    };
    let result = runtime.with_arguments(address, count as usize, function);
    answer(runtime, result.map(Dynamic))
}

impl<M: Mode, L: Language> Cx<'_, M, L> {
    /// Calls a built-in with the values of `count` slots from `first` on; `name` is for traces. One call op, which may do
    /// anything.
    ///
    /// # Errors
    /// What the built-in fails with.
    #[inline(always)]
    pub fn call_builtin(
        &mut self,
        name: &'static str,
        function: Builtin<L>,
        frame: Frame<M, L>,
        first: u16,
        count: u16,
    ) -> Result<Value<M>, L::Error> {
        self.call_with_effect((name, CallEffect::Writes), function, frame, first, count)
    }

    /// As [`Cx::call_builtin`], for a built-in that changes nothing that a trace can see: what is known of the heap stays known. It
    /// may make objects.
    ///
    /// # Errors
    /// What the built-in fails with.
    #[inline(always)]
    pub fn call_reading_builtin(
        &mut self,
        name: &'static str,
        function: Builtin<L>,
        frame: Frame<M, L>,
        first: u16,
        count: u16,
    ) -> Result<Value<M>, L::Error> {
        self.call_with_effect((name, CallEffect::Reads), function, frame, first, count)
    }

    /// As [`Cx::call_builtin`], for a built-in that calls guest functions with [`Runtime::run_rooted`](crate::Runtime::run_rooted) and
    /// collects garbage meanwhile: the instruction holds no references across this call but in slots, and the arguments are its last
    /// ones.
    ///
    /// # Errors
    /// What the built-in fails with.
    pub fn call_collecting_builtin(
        &mut self,
        name: &'static str,
        function: Builtin<L>,
        frame: Frame<M, L>,
        first: u16,
        count: u16,
    ) -> Result<Value<M>, L::Error> {
        if !matches!(M::WORLD, World::Record) || !tls::with(|r| r.may_collect()) {
            return self.call_builtin(name, function, frame, first, count);
        }
        let address = frame.flush(first, count);
        let (raw, n) = (address.value as u64, count as usize);
        tls::with(|r| r.begin_collecting(raw as usize));
        // Waits for nobody, as with a guest call: the recording is a root meanwhile.
        let recorder = tls::take().expect("a recording is under way");
        self.runtime.suspended.push(recorder);
        self.runtime.turned_away = 0;
        let result = self.runtime.with_arguments(raw, n, function);
        tls::install(self.runtime.suspended.pop().expect("it was put there"));
        let (tag, bits) = result?.words();
        let callee = Callee {
            name,
            address: collecting_thunk::<L> as *const () as usize,
            effect: CallEffect::Collects,
            can_fail: true,
        };
        let id = call_id(&callee, name.to_string(), &[Ty::Int; 3], Some(Ty::Int));
        let names = Self::builtin_names(name, function, &address, count);
        let (bits_name, tag_name) = tls::with(|r| {
            let names = r.record_call(id, &names, bits, Some(tag));
            r.end_collecting(raw as usize);
            r.record_no_error();
            names
        });
        let names = Some((tag_name.unwrap_or(bits_name), bits_name));
        // SAFETY: fresh from the function.
        Ok(unsafe { Dynamic::traced::<M>((tag, bits), names) })
    }

    #[inline(always)]
    fn call_with_effect(
        &mut self,
        (name, effect): (&'static str, CallEffect),
        function: Builtin<L>,
        frame: Frame<M, L>,
        first: u16,
        count: u16,
    ) -> Result<Value<M>, L::Error> {
        let address = frame.flush(first, count);
        let (raw, n) = (address.value as u64, count as usize);
        if matches!(M::WORLD, World::Run) {
            let value = self.runtime.with_arguments(raw, n, function)?;
            return Ok(Value::green(value));
        }
        let callee = Callee {
            name,
            address: builtin_thunk::<L> as *const () as usize,
            effect,
            can_fail: true,
        };
        let names = if matches!(M::WORLD, World::Record) {
            Self::builtin_names(name, function, &address, count)
        } else {
            Vec::new()
        };
        let result = residual::<M, L, Dynamic>(self, &callee, &[Ty::Int; 3], &names, |rt| {
            rt.with_arguments(raw, n, function).map(Dynamic)
        });
        if matches!(M::WORLD, World::Record) {
            tls::with(|r| r.forget_from(raw as usize + n * 16));
        }
        result
    }

    /// What a trace passes to a built-in.
    fn builtin_names(
        name: &'static str,
        function: Builtin<L>,
        address: &Red<M, i64>,
        count: u16,
    ) -> Vec<Ref> {
        crate::trace::desc::name_address(function as usize, name);
        let function = M::to_ref(M::constant(Ty::Int, function as usize as u64));
        let count = M::to_ref(M::constant(Ty::Int, count.into()));
        vec![function, M::to_ref(address.name), count]
    }
}

impl<L: Language> Runtime<L> {
    /// Runs a built-in on the values at this address of the stack; frames that it makes go above them.
    fn with_arguments(
        &mut self,
        address: u64,
        count: usize,
        function: Builtin<L>,
    ) -> Result<Val, L::Error> {
        let top = self.top;
        self.top = (address as usize + count * 16) as *mut u64;
        let result = match count {
            0 => function(self, &[]),
            1 => function(self, &self.few_values::<1>(address)),
            2 => function(self, &self.few_values::<2>(address)),
            3 => function(self, &self.few_values::<3>(address)),
            _ => {
                let mut few = [Val::NIL; 8];
                let many;
                let values: &[Val] = if count <= few.len() {
                    self.copy_values(address, &mut few[..count]);
                    &few[..count]
                } else {
                    many = self.values_at(address, count);
                    &many
                };
                function(self, values)
            }
        };
        self.top = top;
        result
    }
}
