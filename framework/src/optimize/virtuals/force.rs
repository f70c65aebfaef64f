//! Forcing: a virtual becomes a real object, with all virtuals that it holds.
//!
//! ```text
//! p1 = virtual Point, 0  {x: i0}        p1 = virtual Point, 0
//! call_void show(p1)              =>    p2 = new Point
//!                                       field_store p2.Point.x, i0
//!                                       call_void show(p2)
//! ```
//! Invariant: afterwards the virtual's name and its `ref_bits` resolve to the real object and its address.

use super::state::Object;
use crate::optimize::context::op;
use crate::optimize::feeder::reinterpret;
use crate::optimize::pipeline::Pipeline;
use crate::trace::{CallId, Op, Opcode, Ref, Ty};

impl Pipeline<'_, '_> {
    /// A value that any op may use: the resolved value, forced if it is virtual.
    pub(in crate::optimize) fn real(&mut self, value: Ref) -> Ref {
        let value = self.cx.resolve(value);
        if let Some(name) = self.cx.virtual_behind(value) {
            self.force(name);
        }
        self.cx.resolve(value)
    }

    /// Replaces virtual operands by real ones.
    pub(in crate::optimize) fn realize(&mut self, op: &mut Op) {
        if self.cx.virtuals.is_empty() || op.code == Opcode::RefBits {
            return;
        }
        for i in 0..op.code.operands().len() {
            op.args[i] = self.real(op.args[i]);
        }
        for i in op.list.start..op.list.start + op.list.len {
            let value = self.cx.out.lists[i as usize];
            self.cx.out.lists[i as usize] = self.real(value);
        }
    }

    fn force(&mut self, name: Ref) {
        let has_side_result = std::mem::replace(&mut self.cx.has_side_result, false);
        let mut names = self.cx.reach_virtuals(std::iter::once(name));
        // What calls take was there before them, and is no object of another kind.
        names.sort_unstable();
        names.sort_by_key(|&name| !self.cx.is_put_off(name));
        let mut objects: Vec<(Ref, Object)> = Vec::with_capacity(names.len());
        for name in names {
            let Some(object) = self.cx.virtuals.remove(name) else { continue };
            let real = match object.made_by() {
                Some(call) => self.call(call, &object),
                None => self.allocate(&object),
            };
            self.cx.set_alias(name, real);
            objects.push((real, object));
        }
        for (real, object) in &objects {
            for &bits in &object.bits {
                // Neither this nor the stores below are guards.
                if let Ok(word) = self.feed(op(Opcode::RefBits, &[*real])) {
                    self.cx.set_alias(bits, word);
                }
            }
        }
        for (real, object) in objects.iter().filter(|(_, object)| object.made_by().is_none()) {
            self.fill(*real, object);
        }
        self.cx.has_side_result = has_side_result;
    }

    /// Makes the call that was put off.
    fn call(&mut self, callee: CallId, object: &Object) -> Ref {
        let args: Vec<Ref> = object.words.iter().map(|word| self.cx.resolve(word.value)).collect();
        let ty = callee.get().result.unwrap_or(Ty::Ref);
        let list = self.list(args.into_iter());
        // Not fed: it would be put off again.
        self.commit(Op { list, ..Op::new(Opcode::Call, ty, &[], callee.0) })
    }

    fn allocate(&mut self, object: &Object) -> Ref {
        let has_elements = object.layout.lookup().is_some_and(|layout| layout.elem_size != 0);
        let new = match has_elements {
            true => {
                let len = self.cx.make_int(object.len.into());
                Op::new(Opcode::NewArray, Ty::Ref, &[len], object.layout.0)
            }
            false => Op::new(Opcode::New, Ty::Ref, &[], object.layout.0),
        };
        // Not fed: it would become virtual again.
        self.commit(new)
    }

    fn fill(&mut self, real: Ref, object: &Object) {
        for word in &object.words {
            let value = self.cx.resolve(word.value);
            let word = crate::trace::VirtualStore { value, ..*word };
            let Some(access) = word.access.lookup() else { continue };
            if object.is_initial(&self.cx, &word) {
                continue;
            }
            let Ok(value) = reinterpret(value, access.width.ty(), self) else { continue };
            let store = match word.index {
                None => Op::new(Opcode::FieldStore, Ty::Int, &[real, value], word.access.0),
                Some(index) => {
                    let index = self.cx.make_int(index.into());
                    Op::new(Opcode::ElemStore, Ty::Int, &[real, index, value], word.access.0)
                }
            };
            let _ = self.feed(store);
        }
    }
}
