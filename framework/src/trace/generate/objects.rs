//! What exists before a generated trace runs: objects, and slots that hold words and references.
//!
//! Invariant: a slot or field of a kind holds a value of that kind, after any change made here.

use super::super::eval::{ModelWorld, World};
use super::super::ir::Slot;
use super::super::op::Ty;
use super::vocabulary::{Kind, Vocabulary};
use super::{ARGUMENTS, COUNTER, LIMIT, Rng, SCRATCH, SlotUse};

const NODES: usize = 3;
const ARRAY_LENGTHS: [u64; 3] = [1, 4, 9];

/// Makes the objects.
pub(super) fn populate(
    world: &mut ModelWorld,
    vocabulary: &Vocabulary,
    rng: &mut Rng,
    place: &mut dyn FnMut(usize) -> u64,
) {
    let mut layouts = vec![(vocabulary.node, 0); NODES];
    for array in &vocabulary.arrays {
        layouts.extend(ARRAY_LENGTHS.map(|length| (array.layout, length)));
    }
    for (layout, elems) in layouts {
        let desc = layout.get();
        let words = (u64::from(desc.size) + elems * u64::from(desc.elem_size)).div_ceil(8);
        let address = place(words as usize);
        // The layouts of the vocabulary are registered, and such objects are small.
        let placed = world.place(address, layout, elems);
        debug_assert_eq!(placed, Ok(()));
    }
    for address in world.objects.keys().copied().collect::<Vec<_>>() {
        fill_object(world, vocabulary, address, rng);
    }
}

/// Decides what slots there are, and fills them.
pub(super) fn slots(
    world: &mut ModelWorld,
    vocabulary: &Vocabulary,
    rng: &mut Rng,
) -> Vec<SlotUse> {
    let (int, float, truth) = (Kind::Word(Ty::Int), Kind::Word(Ty::Float), Kind::Word(Ty::Bool));
    let fixed = |slot, kind| SlotUse { slot, kind, invariant: true };
    let varying = |slot, kind| SlotUse { slot, kind, invariant: false };
    let mut slots = vec![
        fixed(COUNTER, int),
        fixed(LIMIT, int),
        varying(Slot(-1), int),
        varying(Slot(-3), float),
        varying(Slot(2), int),
        varying(Slot(3), int),
        varying(Slot(4), float),
        varying(Slot(5), truth),
        varying(Slot(6), Kind::Node),
        varying(Slot(7), Kind::Node),
        varying(Slot(8), Kind::MaybeNode),
        varying(Slot(9), Kind::Ints),
        fixed(Slot(10), int),
        fixed(Slot(11), float),
        fixed(Slot(12), truth),
        fixed(Slot(13), Kind::Node),
        fixed(Slot(14), Kind::Ints),
        fixed(Slot(15), Kind::Floats),
        fixed(Slot(16), Kind::Bytes),
        varying(Slot::local(0), int),
        varying(Slot::local(1), float),
        varying(Slot::local(2), Kind::Node),
        fixed(Slot::local(7), int),
    ];
    // Without the others, the interpreter has fewer things to mix up.
    slots.retain(|used| matches!(used.slot, COUNTER | LIMIT) || rng.percent(75));
    for &used in &slots {
        fill_slot(world, vocabulary, used, rng);
    }
    world.store_slot(COUNTER, 0);
    world.store_slot(LIMIT, 1 + rng.below(12) as u64);
    for slot in SCRATCH.into_iter().chain([ARGUMENTS, Slot(ARGUMENTS.0 + 1)]) {
        world.store_slot(slot, 0);
    }
    slots
}

/// Puts a random value of its kind into a slot.
pub(super) fn fill_slot(
    world: &mut ModelWorld,
    vocabulary: &Vocabulary,
    used: SlotUse,
    rng: &mut Rng,
) {
    let word = match used.slot {
        COUNTER | LIMIT => rng.below(8) as u64,
        _ => random_word(world, vocabulary, used.kind, rng),
    };
    world.store_slot(used.slot, word);
}

/// Changes a random object.
pub(super) fn change_object(world: &mut ModelWorld, vocabulary: &Vocabulary, rng: &mut Rng) {
    let addresses: Vec<u64> = world.objects.keys().copied().collect();
    // Constant folding may rely on immutable fields of constant objects, so those stay.
    let address = addresses[rng.below(addresses.len())];
    let old = world.objects[&address].clone();
    fill_object(world, vocabulary, address, rng);
    if old.layout == vocabulary.node {
        for field in vocabulary.fields.iter().filter(|field| field.immutable) {
            let at = field.access.get().offset as usize / 8;
            if let Some(object) = world.objects.get_mut(&address) {
                object.words[at] = old.words[at];
            }
        }
    }
}

fn fill_object(world: &mut ModelWorld, vocabulary: &Vocabulary, address: u64, rng: &mut Rng) {
    let layout = world.objects[&address].layout;
    let array = vocabulary.arrays.iter().find(|array| array.layout == layout);
    let filled = match array {
        Some(array) => {
            let length = world.load(array.length, address, None).unwrap_or(0);
            (0..length as i64).try_for_each(|i| {
                let word = rng.word(array.elem);
                world.store(array.elems, address, Some(i), word)
            })
        }
        None => vocabulary.fields.iter().try_for_each(|field| {
            let word = random_word(world, vocabulary, field.kind, rng);
            world.store(field.access, address, None, word)
        }),
    };
    debug_assert_eq!(filled, Ok(()));
}

/// A random value of a kind: for references, one of the objects.
pub(super) fn random_word(
    world: &ModelWorld,
    vocabulary: &Vocabulary,
    kind: Kind,
    rng: &mut Rng,
) -> u64 {
    if kind == Kind::MaybeNode && rng.percent(30) {
        return 0;
    }
    let layout = match kind {
        Kind::Word(ty) => return rng.word(ty),
        Kind::Node | Kind::MaybeNode => Some(vocabulary.node),
        _ => vocabulary.array(kind).map(|array| array.layout),
    };
    let fit = |(&address, object): (&u64, &super::super::eval::ModelObject)| {
        (Some(object.layout) == layout && !object.is_new).then_some(address)
    };
    let addresses: Vec<u64> = world.objects.iter().filter_map(fit).collect();
    if addresses.is_empty() { 0 } else { rng.choose(&addresses) }
}
