//! Variants of procedures that call a parameter again and again: one for each procedure that is passed.
//!
//! `map` has one loop, which all its callers share; a trace of it would ask at every turn which of their procedures is called, one
//! question for each that was ever passed. So what such a loop calls is part of what tells loops apart: the code of `map` is copied for
//! each code that its parameter has been seen to have, and all counters and traces, being about code objects, are about one callee.
//! Closures that are made anew each time have the same code, and share the copy.
//!
//! Invariants: a variant does what the original does, whatever it is called with; a code has a bounded number of them, and what is
//! passed to it then is called by the original.

use std::cell::{Cell, RefCell};

use holloway::{Cx, Frame, Mode, Tag, Val};

use super::code::Code;
use super::language::Lisp;
use crate::machine::Machine;
use crate::symbol::Sym;
use crate::value::{self, Closure};

/// So many variants of a code there are, those of its variants among them.
const MOST: usize = 100;

/// The variants of a code, those that were used lately first.
#[derive(Default)]
pub(crate) struct Variants {
    known: RefCell<Vec<(u64, &'static Code)>>,
    /// So many there are, if this is the original.
    count: Cell<usize>,
}

impl Clone for Variants {
    /// None: those of a copy are its own.
    fn clone(&self) -> Variants {
        Variants::default()
    }
}

impl Variants {
    fn find(&self, callee: u64) -> Option<&'static Code> {
        let mut known = self.known.borrow_mut();
        let index = known.iter().position(|variant| variant.0 == callee)?;
        if index > 0 {
            known.swap(index - 1, index);
        }
        Some(known[index.saturating_sub(1)].1)
    }
}

/// The variant of a code for what its frame holds.
pub(super) fn choose<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    frame: Frame<M, Lisp>,
    code: &'static Code,
) -> &'static Code {
    let mut variant = Some(code);
    // Whatever is chosen, the same words are read, in the same order: an instruction that is run again must find them so.
    for &slot in &code.called {
        let passed = frame.get(slot);
        let callee = passed.cast::<Closure>().map(|closure| closure.get(Closure::CODE));
        let Some(known) = variant else { continue };
        variant = cx.host.variant(known, passed.untraced());
        match (variant, callee) {
            (None, _) => {}
            (Some(_), Some(callee)) => {
                callee.promote();
            }
            (Some(_), None) => {
                passed.word().promote();
            }
        }
    }
    variant.unwrap_or(code)
}

impl Machine {
    /// The variant of a code for this value of the first parameter that it calls.
    fn variant(&mut self, code: &'static Code, passed: Val) -> Option<&'static Code> {
        let closure = passed.cast::<Closure>();
        let (callee, name) = match closure.map(|closure| closure.get(Closure::CODE)) {
            Some(callee) => (std::ptr::from_ref(callee) as usize as u64, callee.name),
            None if passed.tag() == Tag::RAW => {
                (passed.bits(), Some(Sym::new(crate::builtins::name(value::as_builtin(passed)?))))
            }
            None => return None,
        };
        if let Some(known) = code.variants.find(callee) {
            return Some(known);
        }
        let first = code.original.map_or(code, |number| self.codes[number as usize]);
        let count = first.variants.count.get();
        if count >= MOST {
            return None;
        }
        first.variants.count.set(count + 1);
        let called = code.called[1..].into();
        let calls = name.or(code.calls);
        let original = code.original.or(Some(code.number));
        let variant = self.add_code(Code { called, calls, original, ..code.clone() });
        code.variants.known.borrow_mut().push((callee, variant));
        Some(variant)
    }
}
