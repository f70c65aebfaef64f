//! Loop headers that have a mark, and all headers that come up while recording: whether a loop closes there, joins another, or is one
//! of a lower level and part of the way.
//!
//! Invariant: a recording closes or joins at headers of its own level and of higher ones only.

use super::Header;
use super::hints::due;
use crate::count::site;
use crate::language::frame::Place;
use crate::language::{At, Cx, Frame, Language, Mark, Mode, Outcome, World};
use crate::record::recorder::Ending;
use crate::record::{Abort, tls};
use crate::trace::{KeyId, TraceId};

/// So many turns of a loop that is a recursion have traces of their own.
const MOST_TURNS: u32 = 8;

/// So many headers of lower levels may come up in one recording.
const MOST_PASSED: u32 = 200_000;

impl<M: Mode, L: Language> Cx<'_, M, L> {
    /// See [`loop_header!`](crate::loop_header).
    #[doc(hidden)]
    #[inline(never)]
    pub fn at_marked_header(&mut self, at: At<L::Code>, frame: Frame<M, L>, mark: Mark) -> Header {
        match M::WORLD {
            World::Run => {
                // What waits for an interpreter to return is of no use, and would wait for the whole of its program.
                for waiting in self.suspended.iter_mut().filter(|r| r.level < mark.level) {
                    waiting.abort(Abort::Lower);
                }
                let code = std::ptr::from_ref(at.code) as *const () as usize;
                let signal = self.context.signal != 0;
                let mark = if self.jit.loops { self.jit.keys.mark(mark) } else { 0 };
                // With a signal the pass is counted when that is dealt with.
                let mut hot = || mark != 0 && self.jit.counters.pass(code, site(at.pc, mark));
                if !(signal || hot()) {
                    return Header::Stay;
                }
                due(self.runtime, at.code, at.pc, (at.sp, mark), frame.base())
            }
            World::Resume => Header::Stay,
            World::Record => self.record_header(at, frame, Some(mark)),
        }
    }

    /// The trace of the function that the recording grows from, if it begins with this key. A loop there that was found later is a
    /// recursion seen from inside: it runs callers of the function too, without machine calls, and what grows from the function
    /// does better to go on by itself, for some turns.
    fn function_at(&self, key: KeyId) -> Option<TraceId> {
        let parent = tls::with(|r| r.parent.filter(|_| r.function.is_some()))?.0;
        let (id, root, turns) = self.jit.root(parent, key)?;
        (root.function.is_some() && root.start == key && turns < MOST_TURNS).then_some(id)
    }

    /// A loop header comes up while recording.
    pub(super) fn record_header(
        &mut self,
        at: At<L::Code>,
        frame: Frame<M, L>,
        mark: Option<Mark>,
    ) -> Header {
        let at = At { sp: L::height(at), ..at };
        let level = mark.map_or(0, |mark| mark.level);
        let number = mark.map_or(0, |mark| self.jit.keys.mark(mark));
        let key = self.jit.keys.intern_marked(at, number);
        let (code, site) = self.jit.keys.site(key);
        let function = if number == 0 { self.function_at(key) } else { None };
        let versions = &self.runtime.jit.counters.cell(code, site).versions;
        let traces = &self.runtime.jit.traces;
        let is_loop = |id: &TraceId| traces[id.0 as usize - 1].as_ref().is_some_and(|t| t.is_loop);
        let is_older = |id: &&TraceId| function.is_none_or(|function| id.0 < function.0);
        let compiled = versions.iter().filter(is_older).any(is_loop);
        let leads_elsewhere = !versions.iter().any(is_loop) && !versions.is_empty();
        let unroll = self.jit.options.unroll;
        let (height, base) = (i32::from(at.sp) * 2, frame.base() as usize);
        let mut heat = false;
        let counters = &mut self.runtime.jit.counters;
        let ended = tls::with(|r| {
            if r.ending.is_some() {
                return true;
            }
            if level < r.level {
                // A loop of the interpreter whose program is being recorded: its turns are part of one of that program's.
                r.passed += 1;
                if r.passed > MOST_PASSED {
                    r.abort(Abort::TooLong);
                }
                return r.ending.is_some();
            }
            r.begin_instruction(key, base, height);
            let words = r.slot_of(base).0;
            // One procedure of an interpreted program may be called from many places: that is no loop.
            let frame = if number != 0 { words } else { 0 };
            let turns = r.headers.entry((key, frame)).or_insert(0);
            *turns += 1;
            let turns = *turns;
            let recurs = number != 0 && r.pass_marked(words, key);
            if r.parent.is_none() && r.function.is_none() && key == r.start && words == 0 {
                r.finish(Ending::Loop);
            } else if compiled {
                r.finish(Ending::Join { header: key, base: words });
            } else if level > r.level {
                match r.parent {
                    Some(_) => r.finish(Ending::Leave),
                    None => r.abort(Abort::Lower),
                }
            } else if recurs {
                match r.parent {
                    Some(_) => r.finish(Ending::Leave),
                    None => r.abort(Abort::Recursion),
                }
            } else if number != 0 && r.marked.iter().any(|m| m.0 < words && m.1 == key) {
                // Not the same loop once more: the program recurs.
            } else if r.parent.is_some() && turns > 1 {
                match leads_elsewhere && !counters.wish_loop(code, site) {
                    true => r.finish(Ending::Join { header: key, base: words }),
                    false => r.finish(Ending::Leave),
                }
            } else if turns > unroll {
                heat = true;
                r.abort(Abort::InnerLoop);
            }
            r.ending.is_some()
        });
        if heat {
            self.jit.counters.heat(code, site);
        }
        if !ended {
            return Header::Stay;
        }
        self.moved = Some(Place::new(at, frame.base()));
        self.ended = Some(Ok(Outcome::Switched));
        Header::Ended
    }
}
