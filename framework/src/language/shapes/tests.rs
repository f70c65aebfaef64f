//! A language of nothing but objects, whose random programs must do the same in all worlds.

use crate::heap::{Array, Heap, PropertyCache, Prototype, Shape, Symbol, Tag, Unpacked, Val};
use crate::language::*;
use crate::trace::{Opcode, Trace};
use crate::{Gc, Instance, JitOptions, Location, loop_header, merge_point};

/// Slots from 0: digest, turns to go, then values.
enum Op {
    New {
        d: u16,
        root: usize,
    },
    Get {
        d: u16,
        o: u16,
        name: Symbol,
        cache: PropertyCache,
    },
    Set {
        o: u16,
        name: Symbol,
        s: u16,
        cache: PropertyCache,
    },
    Lookup {
        d: u16,
        o: u16,
        name: Symbol,
        cache: PropertyCache,
    },
    Define {
        prototype: usize,
        name: Symbol,
        s: u16,
    },
    Delete {
        o: u16,
        name: Symbol,
    },
    Const {
        d: u16,
        value: Val,
    },
    Move {
        d: u16,
        s: u16,
    },
    Add {
        d: u16,
        a: u16,
        b: u16,
    },
    /// Mixes a value into the digest.
    Digest {
        s: u16,
    },
    /// Leaves out the next instructions in every so many turns.
    SkipEvery {
        turns: i64,
        ops: u32,
    },
    /// Leaves out the next instruction but in every so many turns.
    Rarely {
        turns: i64,
    },
    Loop,
}

struct Program {
    ops: Vec<Op>,
}

struct Host {
    heap: Heap,
    roots: Vec<&'static Shape>,
    prototypes: [&'static Prototype; 2],
}

struct Objects;

fn number_of(value: Val) -> i64 {
    match value.unpack() {
        Unpacked::Nil => 1,
        Unpacked::Bool(b) => 2 + i64::from(b),
        Unpacked::Int(i) => i,
        Unpacked::Float(f) => f.to_bits() as i64,
        _ => 5,
    }
}

impl Language for Objects {
    type Code = Program;
    type Host = Host;
    type Error = &'static str;

    fn dispatch<M: Mode>(cx: &mut Cx<'_, M, Self>) -> Result<Outcome, &'static str> {
        let (mut at, mut frame) = cx.start();
        loop {
            merge_point!(cx, at, frame);
            let Some(op) = at.code.ops.get(at.pc as usize) else {
                return Ok(Outcome::Finished(frame.get(0).untraced()));
            };
            at.pc += 1;
            match op {
                Op::New { d, root } => {
                    let root = cx.host.roots[*root];
                    frame.set(*d, Value::object(cx.new_instance(root)?));
                }
                Op::Get { d, o, name, cache } => {
                    if let Some(object) = frame.get(*o).cast::<Instance>() {
                        let found = cx.get_property(object, *name, cache);
                        frame.set(*d, found.unwrap_or(Value::green(Val::int(-7))));
                    }
                }
                Op::Set { o, name, s, cache } => {
                    if let Some(object) = frame.get(*o).cast::<Instance>() {
                        cx.set_property(object, *name, frame.get(*s), cache)?;
                    }
                }
                Op::Lookup { d, o, name, cache } => {
                    if let Some(object) = frame.get(*o).cast::<Instance>() {
                        let found = match cx.lookup(object, *name, cache) {
                            Some(Found::Own(value) | Found::Inherited(value)) => value,
                            None => Value::green(Val::int(-9)),
                        };
                        frame.set(*d, found);
                    }
                }
                Op::Define { prototype, name, s } => {
                    let prototype = cx.host.prototypes[*prototype];
                    cx.define_member(prototype, *name, frame.get(*s));
                }
                Op::Delete { o, name } => {
                    if let Some(object) = frame.get(*o).cast::<Instance>() {
                        cx.delete_property(object, *name)?;
                    }
                }
                Op::Const { d, value } => frame.set(*d, Value::green(*value)),
                Op::Move { d, s } => frame.set(*d, frame.get(*s)),
                Op::Add { d, a, b } => {
                    let (a, b) = (frame.get(*a), frame.get(*b));
                    match (a.tag(), b.tag()) {
                        (Tag::INT, Tag::INT) => {
                            let (Some(a), Some(b)) = (a.as_int(), b.as_int()) else { continue };
                            frame.set(*d, Value::int(a + b));
                        }
                        (Tag::FLOAT, Tag::FLOAT) => {
                            let (Some(a), Some(b)) = (a.as_float(), b.as_float()) else { continue };
                            frame.set(*d, Value::float(a + b));
                        }
                        _ => {}
                    }
                }
                Op::Digest { s } => {
                    let value = frame.get(*s);
                    let number = match value.tag() {
                        Tag::INT | Tag::FLOAT | Tag::BOOL => value.word(),
                        _ => Red::green(number_of(value.untraced())),
                    };
                    let digest = frame.get(0).as_int().ok_or("the digest is an int")?;
                    frame.set(0, Value::int(digest * Red::green(31) + number));
                }
                Op::SkipEvery { turns, ops } => {
                    let n = frame.get(1).as_int().ok_or("the count is an int")?;
                    if n.checked_rem(Red::green(*turns)).ok_or("turns")? == 0 {
                        at.pc += ops;
                    }
                }
                Op::Rarely { turns } => {
                    let n = frame.get(1).as_int().ok_or("the count is an int")?;
                    if n.checked_rem(Red::green(*turns)).ok_or("turns")? != 0 {
                        at.pc += 1;
                    }
                }
                Op::Loop => {
                    let n = frame.get(1).as_int().ok_or("the count is an int")?;
                    frame.set(1, Value::int(n - 1));
                    if n - 1 > 0 {
                        at.pc = 0;
                        loop_header!(cx, at, frame);
                    }
                }
            }
        }
    }

    fn heap(host: &mut Host) -> &mut Heap {
        &mut host.heap
    }

    fn location(_: &Host, at: At<Program>) -> Location {
        Location { line: at.pc + 1, ..Location::default() }
    }

    fn interrupted() -> &'static str {
        "interrupted"
    }

    fn stack_overflow() -> &'static str {
        "stack overflow"
    }

    fn out_of_memory() -> &'static str {
        "out of memory"
    }
}

const SLOTS: u16 = 10;

/// Runs a program and gives its digest and, in words, what is in the objects of its slots.
fn run(
    make: &dyn Fn(&mut Heap) -> Vec<Op>,
    turns: i64,
    options: JitOptions,
) -> (i64, Box<Runtime<Objects>>) {
    let mut heap = Heap::new();
    let base = heap.new_prototype(None);
    let prototypes = [base, heap.new_prototype(Some(base))];
    let roots = vec![
        heap.new_root_under(1, prototypes[1]),
        heap.new_root_of_size(2, 2),
        heap.new_root_under(3, base),
    ];
    let ops = make(&mut heap);
    let code: &'static Program = Box::leak(Box::new(Program { ops }));
    let options = JitOptions { stack_bytes: 1 << 16, ..options };
    let mut runtime = Runtime::<Objects>::new(Host { heap, roots, prototypes }, options);
    let mut slots = vec![Val::int(0), Val::int(turns)];
    slots.resize(usize::from(SLOTS), Val::NIL);
    let start = At { code, pc: 0, sp: SLOTS };
    let digest = runtime.run(start, SLOTS, &slots).expect("no error");
    (digest.as_int().expect("the digest is an int"), runtime)
}

fn jit(specification: &str) -> JitOptions {
    let mut options = JitOptions::default();
    options.apply(specification).expect("a good specification");
    options
}

/// Small numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }

    fn slot(&mut self) -> u16 {
        2 + self.roll(u64::from(SLOTS) - 2) as u16
    }
}

fn random_program(seed: u64, heap: &mut Heap) -> Vec<Op> {
    let mut dice = Dice((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);

    let count = 2 + dice.roll(6);
    let names: Vec<Symbol> = (0..count).map(|i| heap.symbol(&format!("n{i}"))).collect();
    let mut ops = Vec::new();
    for _ in 0..(4 + dice.roll(20)) {
        let name = names[dice.roll(count) as usize];
        let (a, b, c) = (dice.slot(), dice.slot(), dice.slot());
        let cache = PropertyCache::new();
        match dice.roll(24) {
            0 | 1 => ops.push(Op::New { d: a, root: dice.roll(3) as usize }),
            2..=5 => {
                ops.push(Op::Get { d: a, o: b, name, cache });
                ops.push(Op::Digest { s: a });
            }
            6..=11 => ops.push(Op::Set { o: a, name, s: b, cache }),
            12 if dice.roll(3) == 0 => ops.push(Op::Delete { o: a, name }),
            20..=22 => {
                ops.push(Op::Lookup { d: a, o: b, name, cache });
                ops.push(Op::Digest { s: a });
            }
            23 => {
                // Now and then: code that relies on prototypes should have a chance to run.
                let prototype = dice.roll(2) as usize;
                ops.push(Op::Rarely { turns: 20 + dice.roll(40) as i64 });
                ops.push(Op::Define { prototype, name, s: a });
            }
            12..=14 => {
                let value = match dice.roll(4) {
                    0 => Val::NIL,
                    1 => Val::TRUE,
                    2 => Val::int(dice.roll(9) as i64),
                    _ => Val::float(dice.roll(9) as f64),
                };
                ops.push(Op::Const { d: a, value });
            }
            15 => ops.push(Op::Move { d: a, s: b }),
            16 => ops.push(Op::Add { d: a, a: b, b: c }),
            17 => ops.push(Op::Digest { s: a }),
            _ => {
                let turns = 2 + dice.roll(6) as i64;
                ops.push(Op::SkipEvery { turns, ops: 1 + dice.roll(2) as u32 });
            }
        }
    }
    // Skips must not leave out the end of the loop.
    ops.push(Op::Digest { s: 2 });
    ops.push(Op::Digest { s: 3 });
    ops.push(Op::Loop);
    ops
}

#[test]
fn random_programs_do_the_same_in_all_worlds() {
    if cfg!(miri) {
        return;
    }
    let (mut loops, mut bridges, mut invalidated) = (0, 0, 0);
    for seed in 0..400 {
        let make = |heap: &mut Heap| random_program(seed, heap);
        let (expected, _) = run(&make, 120, jit("off"));
        for specification in [
            "threshold=3,bridge=2".to_owned(),
            "threshold=20,bridge=3".to_owned(),
            "threshold=2,bridge=2,opt=none".to_owned(),
            format!("threshold=2,bridge=2,chaos={}", seed + 1),
        ] {
            let (digest, mut runtime) = run(&make, 120, jit(&specification));
            assert_eq!(digest, expected, "program {seed} with {specification}");
            loops += runtime.stats().loops;
            bridges += runtime.stats().bridges;
            invalidated += runtime.stats().invalidated;
        }
    }
    assert!(loops > 1000, "only {loops} loops");
    assert!(bridges > 500, "only {bridges} bridges");
    assert!(invalidated > 100, "only {invalidated} traces invalidated");
}

/// The ops behind the label of the first trace.
fn loop_body(runtime: &Runtime<Objects>) -> Vec<Opcode> {
    let compiled = runtime.jit.trace(crate::trace::TraceId(1)).expect("a loop");
    let trace: &Trace = &compiled.trace;
    let label = trace.ops.iter().position(|op| op.code == Opcode::Label).expect("a label");
    trace.ops[label..].iter().map(|op| op.code).collect()
}

fn count(ops: &[Opcode], which: &[Opcode]) -> usize {
    ops.iter().filter(|code| which.contains(code)).count()
}

#[test]
fn a_float_property_of_one_object_is_a_load_an_addition_and_a_store() {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) || cfg!(miri) {
        return;
    }
    // (The turns with SkipEvery make the object in the first turn only.)
    let make = |heap: &mut Heap| {
        let x = heap.symbol("x");
        let cache = PropertyCache::new;
        vec![
            Op::SkipEvery { turns: 1_000_000, ops: 1 },
            Op::SkipEvery { turns: 1, ops: 4 },
            Op::New { d: 2, root: 0 },
            Op::Const { d: 3, value: Val::float(0.5) },
            Op::Set { o: 2, name: x, s: 3, cache: cache() },
            Op::SkipEvery { turns: 1, ops: 0 },
            Op::Get { d: 4, o: 2, name: x, cache: cache() },
            Op::Add { d: 4, a: 4, b: 3 },
            Op::Set { o: 2, name: x, s: 4, cache: cache() },
            Op::Loop,
        ]
    };
    let (_, mut runtime) = run(&make, 1_000_000, jit("default"));
    assert_eq!(runtime.stats().loops, 1);
    let body = loop_body(&runtime);
    assert_eq!(count(&body, &[Opcode::GuardValue, Opcode::Call, Opcode::CallVoid]), 0, "{body:?}");
    assert!(count(&body, &[Opcode::FieldLoad]) <= 1, "{body:?}");
    assert_eq!(count(&body, &[Opcode::FloatAdd]), 1, "{body:?}");
    assert_eq!(count(&body, &[Opcode::FieldStore]), 1, "{body:?}");
}

#[test]
fn a_member_is_a_constant_until_somebody_changes_it() {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) || cfg!(miri) {
        return;
    }
    let make = |turns: i64| {
        move |heap: &mut Heap| {
            let [m, other] = ["m", "other"].map(|name| heap.symbol(name));
            let cache = PropertyCache::new;
            vec![
                Op::SkipEvery { turns: 1_000_000, ops: 1 },
                Op::SkipEvery { turns: 1, ops: 3 },
                Op::New { d: 2, root: 0 },
                Op::Const { d: 3, value: Val::int(1) },
                Op::Define { prototype: 0, name: m, s: 3 },
                Op::Rarely { turns },
                Op::Define { prototype: 0, name: if turns % 2 == 0 { m } else { other }, s: 1 },
                Op::Lookup { d: 4, o: 2, name: m, cache: cache() },
                Op::Digest { s: 4 },
                Op::Loop,
            ]
        }
    };
    // It is the base of the prototype that changes: never, sometimes, often.
    for (turns, at_least) in [(999_999, 0), (200_000, 1), (300_001, 1), (100, 5)] {
        let (expected, _) = run(&make(turns), 1_000_000, jit("off"));
        let (digest, mut runtime) = run(&make(turns), 1_000_000, jit("default"));
        assert_eq!(digest, expected, "{turns}");
        let stats = runtime.stats();
        assert!(stats.invalidated >= at_least && stats.invalidated < 100, "{turns}: {stats:?}");
        if turns == 999_999 {
            let body = loop_body(&runtime);
            let costly = [Opcode::Call, Opcode::CallVoid, Opcode::FieldLoad, Opcode::GuardValid];
            assert_eq!(count(&body, &costly), 0, "{body:?}");
        }
    }
}

#[test]
fn many_shapes_at_one_place_end_in_a_call() {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) || cfg!(miri) {
        return;
    }
    // Each turn of a cycle of eight makes an object of another shape.
    let make = |heap: &mut Heap| {
        let names: Vec<Symbol> = (0..8).map(|i| heap.symbol(&format!("n{i}"))).collect();
        let x = heap.symbol("x");
        let cache = PropertyCache::new;
        let mut ops = vec![Op::Const { d: 3, value: Val::int(1) }, Op::New { d: 2, root: 0 }];
        for (i, &name) in names.iter().enumerate() {
            ops.push(Op::SkipEvery { turns: i as i64 + 2, ops: 1 });
            ops.push(Op::Set { o: 2, name, s: 3, cache: cache() });
        }
        ops.push(Op::Set { o: 2, name: x, s: 3, cache: cache() });
        ops.push(Op::Get { d: 4, o: 2, name: x, cache: cache() });
        ops.push(Op::Digest { s: 4 });
        ops.push(Op::Loop);
        ops
    };
    let (expected, _) = run(&make, 20_000, jit("off"));
    let (digest, mut runtime) = run(&make, 20_000, jit("threshold=5,bridge=3"));
    assert_eq!(digest, expected);
    assert!(runtime.heap().shapes.stats.megamorphic >= 2);
    let stats = runtime.stats();
    assert!(stats.bridges < 300, "{} bridges", stats.bridges);
}

#[test]
fn arrays_and_instances_are_told_apart() {
    let mut heap = Heap::new();
    let root = heap.new_root(0);
    let object = heap.new_instance(root).expect("room");
    let value = Val::object(object);
    assert!(value.cast::<Array>().is_none());
    let back: Option<Gc<Instance>> = value.cast();
    assert_eq!(back, Some(object));
}
