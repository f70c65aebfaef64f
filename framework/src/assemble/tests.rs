//! Machine code against the evaluator, and the shape of machine code.

mod bridges;
mod random;

use super::harness::{Native, allocate, fail, note, peek, poke, set_tag};
use super::*;
use crate::run::{Context, NativeFrame};
use crate::trace::generate::Vocabulary;
use crate::trace::{CallId, LayoutId};

fn noted(context: *mut Context, name: &str, args: &[u64]) {
    let id = NATIVE_CALLS.with(|calls| calls.borrow().get(name).copied());
    if let Some(id) = id {
        note(context, id, args);
    }
}

thread_local! {
    static NATIVE_CALLS: std::cell::RefCell<std::collections::HashMap<String, CallId>> =
        Default::default();
}

extern "C" fn mix(_: *mut Context, a: u64, b: u64) -> u64 {
    a.wrapping_mul(31) ^ b.rotate_left(7)
}

extern "C" fn scale(_: *mut Context, a: u64) -> u64 {
    (f64::from_bits(a) * 0.5 + 1.0).to_bits()
}

extern "C" fn is_odd(_: *mut Context, a: u64) -> u64 {
    a & 1
}

extern "C" fn half(context: *mut Context, a: u64) -> u64 {
    if a & 1 != 0 {
        fail(context);
        return 0;
    }
    a >> 1
}

extern "C" fn read_node(context: *mut Context, p: u64) -> u64 {
    noted(context, "GenRead", &[p]);
    peek(p + 8)
}

extern "C" fn bump(context: *mut Context, p: u64, by: u64) -> u64 {
    noted(context, "GenBump", &[p, by]);
    let old = peek(p + 8);
    poke(p + 8, old.wrapping_add(by));
    old
}

extern "C" fn make(context: *mut Context, a: u64, next: u64) -> u64 {
    noted(context, "GenMake", &[a, next]);
    let node = LayoutId::named("GenNode").expect("the vocabulary has it");
    let made = allocate(context, node.0.into(), 0);
    poke(made + 8, a);
    poke(made + 24, next);
    poke(made + 40, !a);
    made
}

extern "C" fn touch(context: *mut Context, p: u64) -> u64 {
    noted(context, "GenTouch", &[p]);
    poke(p + 32, peek(p + 32) ^ 1);
    0
}

extern "C" fn take(context: *mut Context, p: u64, a: u64) -> u64 {
    noted(context, "GenTake", &[p, a]);
    if (a as i64) < 0 {
        fail(context);
        return 0;
    }
    poke(p + 8, a);
    a / 3
}

extern "C" fn many(context: *mut Context, a: u64, b: u64, c: u64, d: u64, e: u64) -> u64 {
    noted(context, "GenMany", &[a, b, c, d, e]);
    let sum = a.wrapping_sub(c).wrapping_add(e) as i64 as f64;
    (sum + (f64::from_bits(b) - f64::from_bits(d))).to_bits()
}

extern "C" fn collect(context: *mut Context, a: u64, native: NativeFrame) -> u64 {
    noted(context, "GenCollect", &[a]);
    let base_at_entry = peek(native as u64 - 8);
    assert!(base_at_entry != 0 && base_at_entry.is_multiple_of(8), "no native frame: {native:?}");
    if a & 7 == 0 {
        fail(context);
        return 0;
    }
    a.rotate_left(3)
}

extern "C" fn dynamic(context: *mut Context, a: u64) -> u64 {
    noted(context, "GenDynamic", &[a]);
    set_tag(context, a & 3);
    a ^ 0x55
}

extern "C" fn sum_slots(context: *mut Context, p: u64) -> u64 {
    noted(context, "GenSumSlots", &[p]);
    peek(p).wrapping_add(peek(p + 8))
}

/// The vocabulary of generated traces, with machine code behind its functions.
fn vocabulary() -> Vocabulary {
    let address = |name: &str| match name {
        "GenMix" => mix as *const () as usize,
        "GenScale" => scale as *const () as usize,
        "GenIsOdd" => is_odd as *const () as usize,
        "GenHalf" => half as *const () as usize,
        "GenRead" => read_node as *const () as usize,
        "GenBump" => bump as *const () as usize,
        "GenMake" => make as *const () as usize,
        "GenTouch" => touch as *const () as usize,
        "GenTake" => take as *const () as usize,
        "GenMany" => many as *const () as usize,
        "GenCollect" => collect as *const () as usize,
        "GenDynamic" => dynamic as *const () as usize,
        "GenSumSlots" => sum_slots as *const () as usize,
        _ => 0,
    };
    let vocabulary = Vocabulary::new(&address);
    NATIVE_CALLS.with(|calls| {
        let ids = vocabulary.functions.iter().map(|f| f.id).chain([vocabulary.sum_slots]);
        calls.borrow_mut().extend(ids.map(|id| (id.get().name.clone(), id)));
    });
    vocabulary
}
