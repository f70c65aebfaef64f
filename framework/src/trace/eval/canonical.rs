//! A world as a guest program sees it: new objects have no addresses; what cannot be reached does not count, nor do
//! calls without effect.
//!
//! Invariant: two worlds that differ only in where new objects lie, in garbage, and in the bits of NaNs have equal
//! canonical forms.

use super::model::ModelWorld;
use std::collections::BTreeMap;

/// New objects are called by numbers from here on.
const FIRST: u64 = 0x5eed_0000_0000;

struct Renaming<'a> {
    world: &'a ModelWorld,
    names: BTreeMap<u64, u64>,
    /// New objects in the order in which they were found.
    found: Vec<u64>,
}

impl Renaming<'_> {
    fn word(&mut self, word: &mut u64) {
        if self.world.objects.get(word).is_some_and(|object| object.is_new) {
            let next = FIRST + self.found.len() as u64;
            let found = &mut self.found;
            let address = *word;
            *word = *self.names.entry(address).or_insert_with(|| {
                found.push(address);
                next
            });
        } else if f64::from_bits(*word).is_nan() {
            *word = f64::NAN.to_bits();
        }
    }
}

impl ModelWorld {
    /// The canonical form; `roots` are words besides those of the world, and are renamed alike.
    #[must_use]
    pub fn canonical<'w>(&self, roots: impl Iterator<Item = &'w mut u64>) -> ModelWorld {
        let mut world = self.clone();
        let mut renaming = Renaming { world: self, names: BTreeMap::new(), found: Vec::new() };
        roots.for_each(|word| renaming.word(word));
        world.stack.values_mut().for_each(|word| renaming.word(word));
        world.locals.values_mut().for_each(|word| renaming.word(word));
        world.log.retain(|call| call.0.lookup().is_some_and(|d| d.effect.writes()));
        let arguments = world.log.iter_mut().flat_map(|call| &mut call.1);
        arguments.for_each(|word| renaming.word(word));
        world.objects.retain(|_, object| !object.is_new);
        let old = world.objects.values_mut().flat_map(|object| &mut object.words);
        old.for_each(|word| renaming.word(word));
        let mut next = 0;
        while let Some(&address) = renaming.found.get(next) {
            let mut object = self.objects[&address].clone();
            object.words.iter_mut().for_each(|word| renaming.word(word));
            world.objects.insert(FIRST + next as u64, object);
            next += 1;
        }
        world.next_address = 0;
        world
    }
}
