//! The kinds of instructions that the model interpreter has, and the ops that each records.
//!
//! Invariant: an op with a precondition is recorded only behind guards (or constants) that ensure it.

use super::super::desc::{CallEffect, Width};
use super::super::ir::{Op, Ref, Slot};
use super::super::op::{Opcode, Operand, ResultTy, Ty};
use super::objects::random_word;
use super::vocabulary::{Field, Kind};
use super::{ARGUMENTS, COUNTER, Generator, SCRATCH};

const INT: Kind = Kind::Word(Ty::Int);
const FLOAT: Kind = Kind::Word(Ty::Float);
const BOOL: Kind = Kind::Word(Ty::Bool);

impl Generator<'_> {
    /// Records one instruction.
    pub(super) fn instruction(&mut self) {
        let plan = self.plan;
        let shares = [plan.arithmetic, plan.guards, plan.heap, plan.calls, plan.rare];
        let mut pick = self.rng.below(shares.iter().sum::<u32>() as usize) as u32;
        let kind = shares.iter().position(|&share| {
            let hit = pick < share;
            pick = pick.saturating_sub(share);
            hit
        });
        match kind {
            Some(0) => self.arithmetic(),
            Some(1) => self.guards(),
            Some(2) => self.heap(),
            Some(3) => self.call(),
            _ => self.rare(),
        }
    }

    /// A few pure ops, then a write.
    fn arithmetic(&mut self) {
        for _ in 0..1 + self.rng.below(4) {
            let value = self.pure();
            if self.rng.percent(50) {
                self.write_somewhere(value);
            }
        }
    }

    /// A value of this kind: a constant, a slot, or something computed lately.
    pub(super) fn pick(&mut self, kind: Kind) -> Ref {
        let choice = self.rng.below(10);
        if choice < 3 {
            return self.constant(kind);
        }
        let fits = |known: Kind| known == kind || (known, kind) == (Kind::Node, Kind::MaybeNode);
        if choice < 6 {
            let recent: Vec<Ref> =
                self.recent.iter().copied().filter(|r| fits(self.kinds[r.index()])).collect();
            if !recent.is_empty() {
                return self.rng.choose(&recent);
            }
        }
        let slots: Vec<Slot> =
            self.slots.iter().filter(|used| fits(used.kind)).map(|used| used.slot).collect();
        if slots.is_empty() {
            return self.constant(kind);
        }
        let slot = self.rng.choose(&slots);
        self.read(slot)
    }

    /// A random constant; a reference is to an object that exists at entry.
    fn constant(&mut self, kind: Kind) -> Ref {
        let word = random_word(&self.world, self.vocabulary, kind, &mut self.rng);
        self.trace.constant(kind.ty(), word)
    }

    /// Writes a value to a slot that may hold it, if there is one.
    pub(super) fn write_somewhere(&mut self, value: Ref) {
        let kind = self.kinds[value.index()];
        let mut slots: Vec<Slot> = self
            .slots
            .iter()
            .filter(|used| used.kind == kind && !used.invariant)
            .map(|used| used.slot)
            .collect();
        slots.push(self.rng.choose(&SCRATCH));
        let slot = self.rng.choose(&slots);
        self.write(slot, value);
    }

    /// Some pure op or checked arithmetic.
    fn pure(&mut self) -> Ref {
        let code = self.rng.choose(Opcode::ALL);
        match code {
            Opcode::IntDiv | Opcode::IntRem | Opcode::IntFloordiv | Opcode::IntFloormod => {
                self.division(code)
            }
            Opcode::IntAddOvf | Opcode::IntSubOvf | Opcode::IntMulOvf => self.checked(code),
            Opcode::FloatBits => {
                // The bits of a NaN are free, so nobody may look at them.
                let value = self.pick(FLOAT);
                if self.word_is_nan(value) {
                    return self.emit(Opcode::FloatEq, BOOL, &[value, value], 0);
                }
                self.condition(Opcode::FloatEq, &[value, value]);
                self.emit(code, INT, &[value], 0)
            }
            Opcode::BoolOfInt => {
                let (value, one) = (self.pick(INT), self.trace.int(1));
                let bit = self.emit(Opcode::IntAnd, INT, &[value, one], 0);
                self.emit(code, BOOL, &[bit], 0)
            }
            Opcode::RefBits | Opcode::RefOfBits => self.packed(),
            _ if code.is_pure() => self.plain(code),
            _ => {
                let (a, b) = (self.pick(INT), self.pick(INT));
                let code = self.rng.choose(&[Opcode::IntAdd, Opcode::IntSub, Opcode::IntMul]);
                self.emit(code, INT, &[a, b], 0)
            }
        }
    }

    /// A pure op without precondition.
    fn plain(&mut self, code: Opcode) -> Ref {
        let mut args = Vec::new();
        for &operand in code.operands() {
            let kind = match operand {
                Operand::Is(Ty::Ref) => self.rng.choose(&[Kind::Node, Kind::MaybeNode]),
                Operand::Is(ty) => Kind::Word(ty),
                Operand::Any => INT,
            };
            args.push(self.pick(kind));
        }
        if args.len() == 2 && self.rng.percent(8) && code.operands()[0] == code.operands()[1] {
            args[1] = args[0];
        }
        let kind = match code.result() {
            ResultTy::Is(ty) if ty != Ty::Ref => Kind::Word(ty),
            _ => INT,
        };
        self.emit(code, kind, &args, 0)
    }

    fn word_is_nan(&self, value: Ref) -> bool {
        f64::from_bits(self.word(value)).is_nan()
    }

    /// A division behind guards that it is defined.
    fn division(&mut self, code: Opcode) -> Ref {
        let (a, b) = (self.pick(INT), self.pick(INT));
        let (x, y) = (self.word(a) as i64, self.word(b) as i64);
        if y == 0 || (y == -1 && x == i64::MIN) {
            return self.emit(Opcode::IntXor, INT, &[a, b], 0);
        }
        let (zero, minus, min) = (self.trace.int(0), self.trace.int(-1), self.trace.int(i64::MIN));
        if !b.is_const() {
            self.condition(Opcode::IntNe, &[b, zero]);
        }
        if b.is_const() && y != -1 {
            return self.emit(code, INT, &[a, b], 0);
        }
        if y != -1 {
            self.condition(Opcode::IntNe, &[b, minus]);
        } else if !a.is_const() {
            self.condition(Opcode::IntNe, &[a, min]);
        }
        self.emit(code, INT, &[a, b], 0)
    }

    /// Checked arithmetic if it does not overflow now, else a test that it does.
    fn checked(&mut self, code: Opcode) -> Ref {
        let (a, b) = (self.pick(INT), self.pick(INT));
        if super::compute(code, self.word(a), self.word(b)).is_some() {
            return self.emit(code, INT, &[a, b], 0);
        }
        let (test, wrapping) = match code {
            Opcode::IntAddOvf => (Opcode::IntAddOverflows, Opcode::IntAdd),
            Opcode::IntSubOvf => (Opcode::IntSubOverflows, Opcode::IntSub),
            _ => (Opcode::IntMulOverflows, Opcode::IntMul),
        };
        self.condition(test, &[a, b]);
        self.emit(wrapping, INT, &[a, b], 0)
    }

    /// Packs a reference into a word with a tag bit, and unpacks it.
    fn packed(&mut self) -> Ref {
        let object = self.pick(Kind::Node);
        let bits = self.emit(Opcode::RefBits, INT, &[object], 0);
        let (one, mask) = (self.trace.int(1), self.trace.int(-2));
        let packed = self.emit(Opcode::IntOr, INT, &[bits, one], 0);
        let plain = self.emit(Opcode::IntAnd, INT, &[packed, mask], 0);
        // Addresses differ from machine to machine: nothing else may look at them.
        self.recent.truncate(self.recent.len() - 3);
        self.emit(Opcode::RefOfBits, Kind::Node, &[plain], 0)
    }

    /// A guard or two.
    fn guards(&mut self) {
        if self.rng.percent(self.plan.stable) {
            return self.stable_guard();
        }
        if self.rng.percent(30) {
            return self.promote();
        }
        let value = self.pick(BOOL);
        let code = self.rng.choose(&[
            Opcode::IntLt,
            Opcode::IntLe,
            Opcode::IntGt,
            Opcode::IntGe,
            Opcode::IntEq,
            Opcode::IntNe,
            Opcode::UintLt,
            Opcode::UintGe,
            Opcode::FloatLt,
            Opcode::FloatLe,
            Opcode::BoolNot,
        ]);
        match code {
            Opcode::BoolNot => self.branch(value),
            _ => {
                let result = self.plain(code);
                self.branch(result);
            }
        }
    }

    /// A guard that likely holds in the next iteration as well.
    fn stable_guard(&mut self) {
        let invariant: Vec<Slot> = self
            .slots
            .iter()
            .filter(|used| used.invariant && used.kind == INT && used.slot != COUNTER)
            .map(|used| used.slot)
            .collect();
        let slot = self.rng.choose(&invariant);
        let value = self.read(slot);
        match self.rng.below(5) {
            0 => {
                let word = self.word(value);
                let constant = self.trace.constant(Ty::Int, word);
                self.guard(Opcode::GuardValue, &[value, constant]);
            }
            1 => {
                let (counter, many) = (self.read(COUNTER), self.trace.int(1000));
                self.condition(Opcode::IntLt, &[counter, many]);
            }
            2 => {
                let (varying, mask) = (self.pick(INT), self.trace.int(7));
                let low = self.emit(Opcode::IntAnd, INT, &[varying, mask], 0);
                let limit = self.trace.int(8);
                self.condition(Opcode::UintLt, &[low, limit]);
            }
            _ => {
                let constant = self.constant(INT);
                let code = self.rng.choose(&[
                    Opcode::IntLt,
                    Opcode::IntLe,
                    Opcode::IntEq,
                    Opcode::IntNe,
                    Opcode::IntGt,
                    Opcode::IntGe,
                    Opcode::UintLt,
                ]);
                self.condition(code, &[value, constant]);
            }
        }
    }

    /// A `guard_value`.
    fn promote(&mut self) {
        let kind = self.rng.choose(&[INT, INT, BOOL, FLOAT, Kind::Node]);
        let value = self.pick(kind);
        let is_new = self.world.objects.get(&self.word(value)).is_some_and(|o| o.is_new);
        if value.is_const() || is_new || (kind == FLOAT && self.word_is_nan(value)) {
            return;
        }
        let word = self.word(value);
        let constant = self.trace.constant(kind.ty(), word);
        self.guard(Opcode::GuardValue, &[value, constant]);
    }

    /// Loads, stores, an allocation.
    fn heap(&mut self) {
        for _ in 0..1 + self.rng.below(3) {
            match self.rng.below(11) {
                0..3 => self.field_load(),
                3..5 => self.field_store(),
                5..7 => self.elements(),
                7 => self.follow(),
                8 => self.node_somewhere(),
                9 => self.hang(),
                _ => self.new_array(),
            }
        }
    }

    fn field(&mut self) -> Field {
        let fields = &self.vocabulary.fields;
        fields[self.rng.below(fields.len())]
    }

    /// A value that the field can hold.
    fn pick_for(&mut self, field: Field) -> Ref {
        let value = self.pick(field.kind);
        if field.access.get().width != Width::Tag {
            return value;
        }
        let mask = self.trace.int(0xff);
        self.emit(Opcode::IntAnd, INT, &[value, mask], 0)
    }

    fn field_load(&mut self) {
        let (object, field) = (self.pick(Kind::Node), self.field());
        let value = self.emit(Opcode::FieldLoad, field.kind, &[object], field.access.0);
        if self.rng.percent(40) {
            self.write_somewhere(value);
        }
    }

    fn field_store(&mut self) {
        let (object, field) = (self.pick(Kind::Node), self.field());
        if !field.immutable {
            let value = self.pick_for(field);
            self.store(Opcode::FieldStore, &[object, value], field.access.0);
        }
    }

    /// A store, which must not be done twice.
    fn store(&mut self, code: Opcode, args: &[Ref], aux: u32) {
        self.push(Op::new(code, Ty::Int, args, aux), &[]);
        let done = self.trace.int(0);
        self.log(done);
    }

    /// `object.next`, if it is not null, and a field of it.
    fn follow(&mut self) {
        let maybe = self.pick(Kind::MaybeNode);
        let null = self.trace.constant(Ty::Ref, 0);
        self.condition(Opcode::RefNe, &[maybe, null]);
        if self.word(maybe) != 0 {
            let field = self.field();
            self.emit(Opcode::FieldLoad, field.kind, &[maybe], field.access.0);
        }
    }

    /// A load from an array or a store to it, behind a bounds check.
    fn elements(&mut self) {
        let arrays = &self.vocabulary.arrays;
        let array = arrays[self.rng.below(arrays.len())];
        let (object, index) = (self.pick(array.kind), self.pick(INT));
        let length = self.emit(Opcode::FieldLoad, INT, &[object], array.length.0);
        let index = match self.rng.percent(60) {
            true => {
                // Lengths are not 0, so that some index always is within bounds.
                let mask = self.trace.int(self.rng.choose(&[0, 3]));
                self.emit(Opcode::IntAnd, INT, &[index, mask], 0)
            }
            false => index,
        };
        self.condition(Opcode::UintLt, &[index, length]);
        if self.word(index) >= self.word(length) {
            return;
        }
        let kind = Kind::Word(array.elem);
        if self.rng.percent(50) {
            let value = self.emit(Opcode::ElemLoad, kind, &[object, index], array.elems.0);
            self.write_somewhere(value);
        } else {
            let value = self.pick(kind);
            self.store(Opcode::ElemStore, &[object, index, value], array.elems.0);
        }
    }

    /// A new object that is put somewhere, most often.
    fn node_somewhere(&mut self) {
        let object = self.new_node();
        if self.rng.percent(60) {
            self.write_somewhere(object);
        }
    }

    /// A new object that hangs from another one, and perhaps a second one that takes its place, with guards and a look at it between.
    fn hang(&mut self) {
        let Some(&field) = self.vocabulary.fields.iter().find(|f| f.kind == Kind::MaybeNode) else {
            return;
        };
        let holder = self.pick(Kind::Node);
        for _ in 0..1 + self.rng.below(3) {
            let object = self.new_node();
            let holder = if self.rng.percent(80) { holder } else { self.pick(Kind::Node) };
            self.store(Opcode::FieldStore, &[holder, object], field.access.0);
            if self.rng.percent(60) {
                self.guards();
            }
            if self.rng.percent(40) {
                let holder = if self.rng.percent(80) { holder } else { self.pick(Kind::Node) };
                self.emit(Opcode::FieldLoad, field.kind, &[holder], field.access.0);
            }
        }
    }

    /// A new object with some fields set.
    fn new_node(&mut self) -> Ref {
        let layout = self.vocabulary.node;
        let object = self.emit(Opcode::New, Kind::Node, &[], layout.0);
        self.log(object);
        for field in self.vocabulary.fields.clone() {
            if field.immutable || self.rng.percent(50) {
                let value = self.pick_for(field);
                self.push(
                    Op::new(Opcode::FieldStore, Ty::Int, &[object, value], field.access.0),
                    &[],
                );
            }
        }
        object
    }

    /// A new array, not empty.
    fn new_array(&mut self) {
        let arrays = &self.vocabulary.arrays;
        let array = arrays[self.rng.below(arrays.len())];
        let (n, seven, one) = (self.pick(INT), self.trace.int(7), self.trace.int(1));
        let low = self.emit(Opcode::IntAnd, INT, &[n, seven], 0);
        let length = self.emit(Opcode::IntAdd, INT, &[low, one], 0);
        let object = self.emit(Opcode::NewArray, array.kind, &[length], array.layout.0);
        self.log(object);
        self.write_somewhere(object);
    }

    /// A call, and a guard if it can fail.
    fn call(&mut self) {
        if self.plan.guests && self.rng.percent(30) {
            return self.call_guest();
        }
        let functions = &self.vocabulary.functions;
        let function = functions[self.rng.below(functions.len())].clone();
        let args: Vec<Ref> = function.params.iter().map(|&kind| self.pick(kind)).collect();
        let callee = function.id.get();
        if callee.can_fail && !self.succeeds(&function, &args) {
            return;
        }
        if callee.effect == CallEffect::Collects {
            self.prepare_to_collect();
        }
        let ty = callee.result.unwrap_or(Ty::Int);
        let code = if callee.result.is_some() { Opcode::Call } else { Opcode::CallVoid };
        let result = self.push(Op::new(code, ty, &[], function.id.0), &args);
        if callee.effect == CallEffect::Collects {
            self.forget_objects();
        }
        if callee.result.is_some() {
            self.note(result, if ty == Ty::Ref { Kind::Node } else { Kind::Word(ty) });
        }
        if function.is_dynamic {
            self.emit(Opcode::ResultTag, INT, &[], 0);
        }
        if callee.effect.writes() || callee.effect == CallEffect::Makes {
            let logged = if callee.result.is_some() { result } else { self.trace.int(0) };
            self.log(logged);
        }
        if callee.can_fail {
            self.guard(Opcode::GuardNoError, &[]);
        }
        if callee.result.is_some() && self.rng.percent(60) {
            self.write_somewhere(result);
        }
    }

    /// What a `finish` returns.
    pub(super) fn result(&mut self) -> Ref {
        self.pick(INT)
    }

    /// Before a function runs during which objects may move: all slots go to memory. A new instruction begins, whose replay needs no
    /// object from before.
    fn prepare_to_collect(&mut self) {
        for (slot, value) in std::mem::take(&mut self.dirty) {
            self.push(Op::new(Opcode::SlotStore, Ty::Int, &[value], slot.0 as u32), &[]);
        }
        self.begin();
    }

    /// Behind it: no reference is used that was there before.
    pub(super) fn forget_objects(&mut self) {
        self.pad_kinds();
        let kinds = &self.kinds;
        let lasts = |r: &Ref| r.is_const() || kinds[r.index()].ty() != Ty::Ref;
        self.recent.retain(lasts);
        self.env.retain(|_, value| lasts(value));
    }

    /// Would this call succeed now?
    fn succeeds(&mut self, function: &super::Function, args: &[Ref]) -> bool {
        let words: Vec<u64> = args.iter().map(|&arg| self.word(arg)).collect();
        let mut world = self.world.clone();
        let model = world.calls.get(&function.id).cloned();
        model.is_some_and(|model| model(&mut world, &words).is_some())
    }

    /// Signals, invalidation, the VM stack in memory.
    fn rare(&mut self) {
        match self.rng.below(5) {
            4 => self.guard(Opcode::GuardStack, &[]),
            0 => self.guard(Opcode::GuardNoSignal, &[]),
            1 => self.guard(Opcode::GuardValid, &[]),
            2 => self.flush(),
            _ => self.call_on_slots(),
        }
    }

    /// Writes all dirty slots to memory, as before a call out of line.
    fn flush(&mut self) {
        for (slot, value) in std::mem::take(&mut self.dirty) {
            self.push(Op::new(Opcode::SlotStore, Ty::Int, &[value], slot.0 as u32), &[]);
        }
        self.instruction.start.clear();
        self.instruction.snap = None;
        self.call();
    }

    /// A call that reads its arguments from the VM stack.
    fn call_on_slots(&mut self) {
        for i in 0..2 {
            let value = self.pick(INT);
            let slot = ARGUMENTS.0 + i;
            self.push(Op::new(Opcode::SlotStore, Ty::Int, &[value], slot as u32), &[]);
        }
        let address = self.emit(Opcode::SlotAddr, INT, &[], ARGUMENTS.0 as u32);
        self.recent.pop();
        let callee = self.vocabulary.sum_slots;
        let result = self.push(Op::new(Opcode::Call, Ty::Int, &[], callee.0), &[address]);
        self.note(result, INT);
        self.log(result);
        self.write_somewhere(result);
    }
}
