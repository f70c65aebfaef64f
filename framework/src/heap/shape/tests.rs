//! Instances against a model: an ordered list of names and values.

use super::{Instance, Kind};
use crate::heap::{Attribute, Gc, Heap, Symbol, Tag, Val};

/// Small numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }
}

/// Under Miri, which is a thousand times slower, all of it happens, but less often.
const ROUNDS: u64 = if cfg!(miri) { 1 } else { 300 };

type Model = Vec<(Symbol, Attribute, Val)>;

fn check(object: Gc<Instance>, model: &Model, names: &[Symbol]) {
    assert_eq!(object.property_count(), model.len());
    let keys: Vec<Symbol> = model.iter().map(|e| e.0).collect();
    assert_eq!(object.keys(), keys);
    for &name in names {
        let expected = model.iter().find(|e| e.0 == name);
        assert_eq!(object.property(name), expected.map(|e| e.2));
        assert_eq!(object.attribute(name), expected.map(|e| e.1));
    }
}

fn some_value(dice: &mut Dice, objects: &[Gc<Instance>], heap: &mut Heap) -> Val {
    match dice.roll(12) {
        0 | 1 => Val::NIL,
        2 => Val::TRUE,
        3..=6 => Val::int(dice.roll(5) as i64 - 2),
        7 | 8 => Val::float(dice.roll(5) as f64 / 2.0),
        9 => Val::object(heap.new_array(0).expect("room")),
        _ => Val::object(objects[dice.roll(objects.len() as u64) as usize]),
    }
}

/// Random stores and deletions in a few objects of a few roots.
fn play(seed: u64, names: u64, same_values: bool) -> Heap {
    let mut dice = Dice(seed * 0x9e37_79b9 + 1);
    let mut heap = Heap::new();
    let names: Vec<Symbol> = (0..names).map(|i| heap.symbol(&format!("n{i}"))).collect();
    let roots = [heap.new_root(1), heap.new_root_of_size(2, 1), heap.new_root_of_size(3, 5)];
    let mut objects = Vec::new();
    let mut models: Vec<Model> = Vec::new();
    for i in 0..12 {
        objects.push(heap.new_instance(roots[i % 3]).expect("room"));
        models.push(Model::new());
    }
    for _ in 0..(if cfg!(miri) { 60 } else { 600 }) {
        let which = dice.roll(objects.len() as u64) as usize;
        let (object, name) = (objects[which], names[dice.roll(names.len() as u64) as usize]);
        let there = models[which].iter().position(|e| e.0 == name);
        let constant = there.is_some_and(|i| models[which][i].1 == Attribute::Constant);
        match dice.roll(20) {
            0 => {
                let deleted = object.delete_property(&mut heap, name).expect("room");
                assert_eq!(deleted, there.is_some() && !constant);
                if let Some(i) = there.filter(|_| !constant) {
                    models[which].remove(i);
                }
            }
            1 => {
                objects[which] = object.copy(&mut heap).expect("room");
                check(object, &models[which], &names);
            }
            2 => {
                let root = roots[dice.roll(3) as usize];
                objects[which] = heap.new_instance(root).expect("room");
                models[which].clear();
            }
            n => {
                let value = match same_values {
                    true => Val::int(n as i64),
                    false => some_value(&mut dice, &objects, &mut heap),
                };
                let attribute = match n {
                    3 if dice.roll(9) == 0 => Attribute::Constant,
                    4 => Attribute::Method,
                    _ => Attribute::Value,
                };
                let stored = object.define_property(&mut heap, name, attribute, value);
                assert_eq!(stored.expect("room"), !constant);
                match there {
                    Some(_) if constant => {}
                    Some(i) => models[which][i].2 = value,
                    None => models[which].push((name, attribute, value)),
                }
            }
        }
        check(objects[which], &models[which], &names);
    }
    for (object, model) in objects.iter().zip(&models) {
        check(*object, model, &names);
    }
    heap
}

#[test]
fn instances_are_ordered_maps() {
    for seed in 0..ROUNDS {
        play(seed, 6, false);
        play(seed, 40, false);
        play(seed, 12, true);
    }
}

#[test]
fn objects_made_alike_share_a_shape() {
    let mut heap = Heap::new();
    let [x, y] = ["x", "y"].map(|n| heap.symbol(n));
    let root = heap.new_root(5);
    let mut make = |first: Symbol, second: Symbol| {
        let object = heap.new_instance(root).expect("room");
        object.set_property(&mut heap, first, Val::int(1)).expect("room");
        object.set_property(&mut heap, second, Val::float(1.0)).expect("room");
        object
    };
    let (a, b, c) = (make(x, y), make(x, y), make(y, x));
    assert_eq!(a.shape(), b.shape());
    assert_ne!(a.shape(), c.shape());
    assert_eq!(a.shape().word(), 5);
    assert_eq!(a.shape().find(x).map(|p| p.kind), Some(Kind::only(Tag::INT)));
    assert_eq!(a.shape().find(y).map(|p| p.kind), Some(Kind::only(Tag::FLOAT)));
}

#[test]
fn another_tag_makes_a_property_mixed_for_those_to_come() {
    let mut heap = Heap::new();
    let x = heap.symbol("x");
    let root = heap.new_root(0);
    let [old, changed, new] = [1, 2, 3].map(|_| heap.new_instance(root).expect("room"));
    old.set_property(&mut heap, x, Val::int(1)).expect("room");
    changed.set_property(&mut heap, x, Val::int(1)).expect("room");
    changed.set_property(&mut heap, x, Val::float(0.5)).expect("room");
    new.set_property(&mut heap, x, Val::int(1)).expect("room");
    assert!(old.shape().is_superseded());
    assert_eq!(changed.shape(), new.shape());
    assert_eq!(new.shape().find(x).map(|p| p.kind), Some(Kind::MIXED));
    assert_eq!(heap.shapes.stats.generalizations, 1);
}

#[test]
fn nil_and_objects_of_one_tag_take_one_word() {
    let mut heap = Heap::new();
    let [left, right] = ["left", "right"].map(|n| heap.symbol(n));
    let root = heap.new_root_of_size(0, 2);
    let leaf = heap.new_instance(root).expect("room");
    leaf.set_property(&mut heap, left, Val::NIL).expect("room");
    leaf.set_property(&mut heap, right, Val::NIL).expect("room");
    let inner = heap.new_instance(root).expect("room");
    inner.set_property(&mut heap, left, Val::object(leaf)).expect("room");
    inner.set_property(&mut heap, right, Val::NIL).expect("room");
    assert_eq!(inner.property(left), Some(Val::object(leaf)));
    assert_eq!(inner.property(right), Some(Val::NIL));
    assert_eq!(leaf.property(left), Some(Val::NIL));
    assert_eq!(inner.shape().references(), 0b11);
    assert_eq!(heap.shapes.stats.spills, 0);
}

#[test]
fn the_room_of_instances_is_learnt() {
    let mut heap = Heap::new();
    let names: Vec<Symbol> = (0..40).map(|i| heap.symbol(&i.to_string())).collect();
    for (count, expected) in [(3, 3), (0, 1), (16, 16), (40, 40)] {
        let root = heap.new_root(0);
        let mut last = heap.new_instance(root).expect("room");
        for _ in 0..20 {
            last = heap.new_instance(root).expect("room");
            for &name in &names[..count] {
                last.set_property(&mut heap, name, Val::int(1)).expect("room");
            }
        }
        assert_eq!(last.capacity(), expected, "for {count} properties");
        assert_eq!(last.shape().overflow(), 0);
    }
}

#[test]
fn a_crowd_of_names_makes_a_dictionary() {
    let mut heap = Heap::new();
    let root = heap.new_root(9);
    let object = heap.new_instance(root).expect("room");
    let count = if cfg!(miri) { 300 } else { 2000 };
    let names: Vec<Symbol> = (0..count).map(|i| heap.symbol(&format!("k{i}"))).collect();
    for (i, &name) in names.iter().enumerate() {
        object.set_property(&mut heap, name, Val::int(i as i64)).expect("room");
    }
    assert!(object.shape().is_dictionary());
    assert_eq!(object.shape().word(), 9);
    for (i, &name) in names.iter().enumerate() {
        assert_eq!(object.property(name), Some(Val::int(i as i64)));
    }
    for name in names.iter().step_by(2) {
        assert!(object.delete_property(&mut heap, *name).expect("room"));
    }
    assert_eq!(object.property_count(), count / 2);
    let left: Vec<Symbol> = names.iter().skip(1).step_by(2).copied().collect();
    assert_eq!(object.keys(), left);
}

#[test]
fn many_objects_with_a_name_each_do_not_make_many_shapes() {
    let mut heap = Heap::new();
    let root = heap.new_root(0);
    for i in 0..(if cfg!(miri) { 250 } else { 1000 }) {
        let name = heap.symbol(&format!("k{i}"));
        let object = heap.new_instance(root).expect("room");
        object.set_property(&mut heap, name, Val::int(i)).expect("room");
        assert_eq!(object.property(name), Some(Val::int(i)));
    }
    assert!(heap.shapes.stats.shapes < 200);
}

#[test]
fn what_the_collector_is_told_is_true() {
    for seed in 0..ROUNDS.min(50) {
        let mut dice = Dice(seed + 77);
        let mut heap = Heap::new();
        let root = heap.new_root_of_size(0, 1 + dice.roll(12) as u16);
        let names: Vec<Symbol> = (0..16).map(|i| heap.symbol(&i.to_string())).collect();
        let object = heap.new_instance(root).expect("room");
        for _ in 0..(if cfg!(miri) { 20 } else { 60 }) {
            let name = names[dice.roll(16) as usize];
            let value = some_value(&mut dice, &[object], &mut heap);
            object.set_property(&mut heap, name, value).expect("room");
            let shape = object.shape();
            let mut known = shape.references() | shape.pairs() | shape.pairs() << 1;
            assert_eq!(shape.references() & (shape.pairs() | shape.pairs() << 1), 0);
            for p in shape.properties().iter().filter(|p| !p.slot.overflow) {
                let bit = 1 << p.slot.index;
                let is_reference = p.kind.ty() == crate::trace::Ty::Ref && p.kind.words() == 1;
                assert_eq!(shape.references() & bit != 0, is_reference);
                assert_eq!(shape.pairs() & bit != 0, p.kind == Kind::MIXED);
                known &= !(bit << (p.kind.words() - 1)) & !bit;
            }
            assert_eq!(known, shape.spill().map_or(0, |i| 1 << i));
        }
    }
}
