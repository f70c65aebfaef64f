//! New objects are zero, whatever stood in their memory before: the nursery's windows, old space while constants are made, and large
//! blocks that are used again.

use super::{Dice, Extent, Heap, Link, MORE, NEXT, NUMBER, VALUE, new_link, young};
use crate::heap::{Gc, Root, Val};

/// Is there nothing in the object? Then writes into all of it.
fn use_new(heap: &mut Heap, len: usize) -> Gc<Link> {
    let link = new_link(heap, len);
    assert_eq!(link.get(NUMBER), 0);
    assert!(link.get_val(VALUE).bits() == 0 && link.get(NEXT).is_none());
    for i in 0..len {
        assert_eq!(link.val_at(MORE, i).map(Val::bits), Some(0), "element {i} of {len}");
    }
    link.set(NUMBER, -1);
    link.set_val(VALUE, Val::int(-1));
    link.set(NEXT, Some(link));
    (0..len).for_each(|i| assert!(link.set_val_at(MORE, i, Val::int(-1))));
    link
}

/// Makes objects of all sizes, in the nursery and in old space, with collections between them.
fn play(seed: u64, steps: usize, stressed: bool) {
    let mut dice = Dice(seed * 0x9e37_79b9 + 1);
    let mut heap = Heap::new();
    heap.stressed = stressed;
    let mut kept: Vec<Root<Link>> = Vec::new();
    for _ in 0..steps {
        match dice.roll(64) {
            0 => young(&mut heap),
            1 => heap.collect_rooted(),
            2 => {
                heap.set_tenuring(true);
            }
            3..=5 => {
                heap.set_tenuring(false);
            }
            6 if kept.len() > 5 => drop(kept.swap_remove(dice.roll(kept.len()))),
            7 => {
                let link = use_new(&mut heap, 4096 + 64 * dice.roll(100));
                kept.push(heap.root(link));
            }
            8..=10 => {
                let link = use_new(&mut heap, dice.roll(9));
                kept.push(heap.root(link));
            }
            11..=20 => {
                use_new(&mut heap, dice.roll(600));
            }
            _ => {
                use_new(&mut heap, dice.roll(5));
            }
        }
    }
    assert!(kept.iter().all(|root| root.get(&heap).get(NUMBER) == -1));
}

#[test]
fn new_objects_are_zero() {
    let (rounds, steps) = if cfg!(miri) { (1, 200) } else { (20, 4000) };
    for seed in 0..rounds {
        play(seed, steps, false);
        play(seed, steps, true);
    }
}

#[test]
fn a_collection_while_constants_are_made_keeps_the_window_zero() {
    let mut heap = Heap::new();
    let windows = 3 * (32 << 10) / 112;
    (0..windows).for_each(|_| _ = use_new(&mut heap, 4));
    heap.set_tenuring(true);
    use_new(&mut heap, 4);
    heap.collect(Extent::Young, &mut |_| {}).expect("below the limit");
    use_new(&mut heap, 4);
    assert!(heap.set_tenuring(false));
    (0..windows).for_each(|_| _ = use_new(&mut heap, 4));
}

#[test]
fn large_blocks_are_kept_below_the_limit() {
    let large = |heap: &mut Heap| {
        let _ = heap.array_filled(100_000, Val::int(1)).expect("room");
        heap.collect_rooted();
        heap.collect_rooted(); // what the first has found dead is swept by now
        heap.reserved()
    };
    let mut heap = Heap::new();
    let usual = large(&mut heap);
    assert!(usual > 600 << 10, "it waits to be used again");
    let mut small = Heap::new();
    small.set_limit(2 << 20);
    let kept = large(&mut small);
    assert!(kept + (600 << 10) < usual, "a quarter of the limit is less than the block");
}
