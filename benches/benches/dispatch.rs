//! The same machine on the framework (world `Run`, JIT off) and by hand.

use criterion::{Criterion, criterion_group, criterion_main};
use holloway::JitOptions;
use holloway_benches::{LOOPSUM, Op, by_hand, loopsum_slots, on_framework};
use std::hint::black_box;

static CODE: &[Op] = LOOPSUM;

fn dispatch(c: &mut Criterion) {
    let slots = loopsum_slots(200_000);
    let off = JitOptions { enabled: false, ..JitOptions::default() };
    let mut group = c.benchmark_group("dispatch");
    group.bench_function("by_hand", |b| b.iter(|| by_hand::run(black_box(CODE), &slots)));
    group.bench_function("on_framework", |b| {
        b.iter(|| on_framework::run(black_box(&CODE), &slots, off.clone()))
    });
    group.bench_function("compiled", |b| {
        b.iter(|| on_framework::run(black_box(&CODE), &slots, JitOptions::default()))
    });
    group.finish();
}

criterion_group!(benches, dispatch);
criterion_main!(benches);
