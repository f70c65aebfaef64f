//! The functions of generated traces as machine code calls them: the same as the evaluator's, over real memory.
//!
//! Invariant: each does exactly what the row of its name in the generator's vocabulary does, and touches memory only
//! through [`Host`], which owns it.

use holloway::run::Context;
use holloway::trace::LayoutId;

use super::machine::Host;

/// Offsets of fields of `GenNode`, in words.
const A: u64 = 1;
const NEXT: u64 = 3;
const FLAG: u64 = 4;
const K: u64 = 5;

/// The address of the function with this name; 0 if there is none.
pub fn address(name: &str) -> usize {
    type One = extern "C" fn(&mut Context, u64) -> u64;
    type Two = extern "C" fn(&mut Context, u64, u64) -> u64;
    type Five = extern "C" fn(&mut Context, u64, u64, u64, u64, u64) -> u64;
    match name {
        "GenMix" => mix as Two as usize,
        "GenScale" => scale as One as usize,
        "GenIsOdd" => is_odd as One as usize,
        "GenHalf" => half as One as usize,
        "GenRead" => read as One as usize,
        "GenBump" => bump as Two as usize,
        "GenMake" => make as Two as usize,
        "GenTouch" => touch as One as usize,
        "GenTake" => take as Two as usize,
        "GenMany" => many as Five as usize,
        "GenCollect" => collect as One as usize,
        "GenDynamic" => dynamic as One as usize,
        "GenSumSlots" => sum_slots as One as usize,
        _ => 0,
    }
}

extern "C" fn mix(_: &mut Context, a: u64, b: u64) -> u64 {
    a.wrapping_mul(31) ^ b.rotate_left(7)
}

extern "C" fn scale(_: &mut Context, a: u64) -> u64 {
    (f64::from_bits(a) * 0.5 + 1.0).to_bits()
}

extern "C" fn is_odd(_: &mut Context, a: u64) -> u64 {
    a & 1
}

extern "C" fn half(context: &mut Context, a: u64) -> u64 {
    if a & 1 == 1 {
        Host::with(context, |_, context| context.error = 1);
    }
    a >> 1
}

extern "C" fn read(context: &mut Context, node: u64) -> u64 {
    Host::with(context, |host, _| host.word(node + 8 * A))
}

extern "C" fn bump(context: &mut Context, node: u64, by: u64) -> u64 {
    Host::with(context, |host, _| {
        host.called("GenBump", &[node, by]);
        let old = host.word(node + 8 * A);
        host.set_word(node + 8 * A, old.wrapping_add(by));
        old
    })
}

extern "C" fn make(context: &mut Context, a: u64, next: u64) -> u64 {
    let node = LayoutId::named("GenNode").map_or(u64::MAX, |layout| layout.0.into());
    let made = (context.alloc)(context, node, 0);
    Host::with(context, |host, _| {
        host.called("GenMake", &[a, next]);
        for (word, value) in [(A, a), (NEXT, next), (K, !a)] {
            host.set_word(made + 8 * word, value);
        }
    });
    made
}

extern "C" fn touch(context: &mut Context, node: u64) -> u64 {
    Host::with(context, |host, _| {
        host.called("GenTouch", &[node]);
        let old = host.word(node + 8 * FLAG);
        host.set_word(node + 8 * FLAG, old ^ 1);
        // A function without result leaves anything in the register.
        0xdead_dead
    })
}

extern "C" fn take(context: &mut Context, node: u64, value: u64) -> u64 {
    Host::with(context, |host, context| {
        host.called("GenTake", &[node, value]);
        if (value as i64) < 0 {
            context.error = 1;
            return 0;
        }
        host.set_word(node + 8 * A, value);
        value / 3
    })
}

extern "C" fn many(_: &mut Context, a: u64, b: u64, c: u64, d: u64, e: u64) -> u64 {
    let sum = a.wrapping_sub(c).wrapping_add(e) as i64 as f64;
    (sum + (f64::from_bits(b) - f64::from_bits(d))).to_bits()
}

extern "C" fn collect(context: &mut Context, a: u64) -> u64 {
    Host::with(context, |host, context| {
        host.called("GenCollect", &[a]);
        if a & 7 == 0 {
            context.error = 1;
            return 0;
        }
        a.rotate_left(3)
    })
}

extern "C" fn dynamic(context: &mut Context, a: u64) -> u64 {
    Host::with(context, |host, context| {
        host.called("GenDynamic", &[a]);
        context.result_tag = a & 3;
        a ^ 0x55
    })
}

extern "C" fn sum_slots(context: &mut Context, at: u64) -> u64 {
    Host::with(context, |host, _| host.stack_word(at).wrapping_add(host.stack_word(at + 8)))
}
