//! The stages of the JIT one by one, on the recording of a loop: reading the text form, optimizing, assembling; and all of them
//! together, as a program that has just got hot sees them.

use criterion::{Criterion, criterion_group, criterion_main};
use holloway::JitOptions;
use holloway::assemble::{CodeMemory, EntryFrom, assemble};
use holloway::optimize::{Options, Silent, optimize_loop};
use holloway::trace::TraceId;
use holloway::trace::parse::parse;
use holloway_benches::{LOOPSUM, Op, loopsum_slots, on_framework};
use std::hint::black_box;

/// `s := (s + i % 7) % 1000003; i := i + 1` while `i < n`, as recorded: tags are guarded, arithmetic is checked.
const RECORDING: &str = "
i0 = slot_load 2
i1 = slot_load 3
guard_value i0, 2 -> s0
i3 = int_floormod i1, 7
i4 = slot_load 0
i5 = slot_load 1
guard_value i4, 2 -> s1
i7 = int_add_ovf i5, i3 -> s1
i8 = int_floormod i7, 1000003
i9 = int_add_ovf i1, 1 -> s2
i10 = slot_load 4
i11 = slot_load 5
guard_value i10, 2 -> s3
b13 = int_lt i9, i11
guard_true b13 -> s3
guard_no_signal -> s4
leave -> s4
s0: @0 base 0 {}
s1: @1 base 0 {}
s2: @3 base 0 {0: 2, 1: i8}
s3: @4 base 0 {0: 2, 1: i8, 2: 2, 3: i9}
s4: @0 base 0 {0: 2, 1: i8, 2: 2, 3: i9}
";

static CODE: &[Op] = LOOPSUM;

fn stages(c: &mut Criterion) {
    let recording = parse(RECORDING).expect("a well-formed trace");
    let id = TraceId(1);
    let options = Options::default();
    let trace = optimize_loop(&recording, id, &options, &mut Silent).expect("a stable loop");
    let mut group = c.benchmark_group("stages");
    group.bench_function("parse", |b| b.iter(|| parse(black_box(RECORDING))));
    group.bench_function("optimize_loop", |b| {
        b.iter(|| optimize_loop(black_box(&recording), id, &options, &mut Silent))
    });
    let mut memory = CodeMemory::new(16 << 20).expect("room for code");
    group.bench_function("assemble", |b| {
        b.iter(|| {
            let code = assemble(&trace, id, EntryFrom::Memory, &|_| None, &mut memory)
                .expect("registers suffice");
            memory.free(code.range);
        })
    });
    group.finish();

    let slots = loopsum_slots(100);
    c.bench_function("warm_up", |b| {
        b.iter(|| on_framework::run(black_box(&CODE), &slots, JitOptions::default()))
    });
}

criterion_group!(benches, stages);
criterion_main!(benches);
