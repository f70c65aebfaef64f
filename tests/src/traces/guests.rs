//! The guest functions of generated traces as machine code, with a second entry each; and callers that use the second entry of a
//! generated function.
//!
//! Invariant: each function does what `Guest` says, or leaves for the host, which does it then; and each leaves now and then.

use holloway::optimize::{Convention, Conventions};
use holloway::trace::eval::ModelWorld;
use holloway::trace::parse::{Names, parse_with};
use holloway::trace::{KeyId, Op, Opcode, Ref, Slot, Snapshot, Trace, Ty};

/// Where generated traces have the frames of functions that they call.
pub const CALLEE: i32 = 48;
/// Words of a generated function's frame that a caller may know.
const HEIGHT: i32 = CALLEE;
/// Words between the base of a caller and that of the generated function.
pub const DISTANCE: i32 = 64;
/// From here on, the caller of a generated function has what it passes: far above all other slots.
pub const PASSED: i32 = 300;

/// A function, and one of the ways to take its arguments.
pub struct Version {
    /// The function.
    pub key: KeyId,
    /// Its code.
    pub trace: Trace,
}

/// Some functions have two versions: calls by the convention of one arrive at the other through memory.
const VERSIONS: [(u32, &str); 8] = [
    (
        80,
        "i0 = slot_load 0
        i1 = slot_load 1
        i2 = slot_load 2
        i3 = slot_load 3
        guard_value i0, 2 -> s0
        guard_value i2, 2 -> s0
        direct_entry [1, 0, 2, i1, 2, 2, i3]
        i7 = int_and i1, 24
        b8 = int_eq i7, 8
        guard_false b8 -> s1
        i10 = int_xor i1, i3
        slot_store 5, i10
        i12 = int_mul i1, 31
        i13 = int_shl i3, 7
        i14 = uint_shr i3, 57
        i15 = int_or i13, i14
        i16 = int_xor i12, i15
        finish 2, i16
        s0: @80 {}
        s1: @80 {0: 2, 1: i1, 2: 2, 3: i3}",
    ),
    (
        80,
        "i0 = slot_load 2
        i1 = slot_load 3
        guard_value i0, 2 -> s0
        direct_entry [1, 2, 2, i1]
        i4 = slot_load 1
        i5 = int_xor i4, i1
        slot_store 5, i5
        i7 = int_mul i4, 31
        i8 = int_shl i1, 7
        i9 = uint_shr i1, 57
        i10 = int_or i8, i9
        i11 = int_xor i7, i10
        finish 2, i11
        s0: @80 {}",
    ),
    (
        81,
        "i0 = slot_load 0
        i1 = slot_load 1
        guard_value i0, 2 -> s0
        direct_entry [1, 0, 2, i1]
        i4 = int_and i1, 48
        b5 = int_eq i4, 16
        guard_false b5 -> s1
        i7 = slot_load 3
        i8 = int_xor i1, i7
        slot_store 5, i8
        i10 = int_and i1, 3
        i11 = int_xor i1, 85
        finish i10, i11
        s0: @81 {}
        s1: @81 {0: 2, 1: i1}",
    ),
    (
        82,
        "i0 = slot_load 0
        i1 = slot_load 1
        guard_value i0, 2 -> s0
        direct_entry [1, 0, 2, i1]
        i4 = int_and i1, 1
        b5 = int_eq i4, 0
        guard_true b5 -> s1
        i7 = int_and i1, 4
        b8 = int_eq i7, 0
        guard_true b8 -> s1
        slot_store 5, i1
        i11 = uint_shr i1, 1
        finish 2, i11
        s0: @82 {}
        s1: @82 {0: 2, 1: i1}",
    ),
    (
        82,
        "i0 = slot_load 0
        i1 = slot_load 1
        guard_value i0, 2 -> s0
        direct_entry [1, 0, 2, i1]
        i4 = slot_load 3
        i5 = int_and i1, 5
        b6 = int_eq i5, 4
        guard_true b6 -> s1
        i8 = int_xor i1, i4
        slot_store 5, i8
        i10 = uint_shr i1, 1
        i11 = int_xor i10, i4
        finish 2, i11
        s0: @82 {}
        s1: @82 {0: 2, 1: i1}",
    ),
    (
        83,
        "i0 = slot_load 0
        i1 = slot_load 1
        guard_value i0, 2 -> s0
        direct_entry [1, 0, 2, i1]
        i4 = int_and i1, 40
        b5 = int_eq i4, 8
        guard_false b5 -> s1
        p7 = slot_load 3
        i8 = field_load p7.GenNode.a
        i9 = int_add i8, i1
        field_store p7.GenNode.a, i9
        slot_store 5, i1
        finish 2, i1
        s0: @83 {}
        s1: @83 {0: 2, 1: i1}",
    ),
    (
        84,
        "i0 = slot_load 0
        i1 = slot_load 1
        i2 = slot_load 2
        f3 = slot_load 3
        guard_value i0, 2 -> s0
        guard_value i2, 3 -> s0
        direct_entry [1, 0, 2, i1, 2, 3, f3]
        b7 = float_lt f3, 1.0
        guard_true b7 -> s1
        slot_store 5, i1
        i10 = int_xor i1, 1
        finish 2, i10
        s0: @84 {}
        s1: @84 {0: 2, 1: i1, 2: 3, 3: f3}",
    ),
    (
        84,
        "i0 = slot_load 2
        f1 = slot_load 3
        guard_value i0, 3 -> s0
        direct_entry [1, 2, 3, f1]
        i4 = slot_load 1
        b5 = float_lt f1, 1.0
        i6 = bool_to_int b5
        i7 = int_xor i4, i6
        slot_store 5, i4
        finish 2, i7
        s0: @84 {}",
    ),
];

/// The versions of each function.
pub const BY_FUNCTION: [&[usize]; 5] = [&[0, 1], &[2], &[3, 4], &[5], &[6, 7]];

/// All versions of all functions, each with the number of its convention.
pub fn versions(conventions: &mut Conventions) -> Result<Vec<Version>, String> {
    let mut versions = Vec::new();
    for (key, text) in VERSIONS {
        let key = KeyId(key);
        let number = u64::from(begin_version(conventions, key, text)?);
        let mut trace = parse(text)?;
        set_number(&mut trace, number);
        holloway::trace::verify(&trace).map_err(|e| format!("guest function {}: {e}", key.0))?;
        versions.push(Version { key, trace });
    }
    Ok(versions)
}

fn parse(text: &str) -> Result<Trace, String> {
    parse_with(text, &mut Names::default()).map_err(|e| format!("a guest function at {e}"))
}

fn begin_version(conventions: &mut Conventions, key: KeyId, text: &str) -> Result<u32, String> {
    let convention = Convention::of(&parse(text)?, key, 8).ok_or("a function has no convention")?;
    conventions.begin(key, Some(convention));
    let number = conventions.own().ok_or("a convention has no number")?;
    conventions.end(true);
    Ok(number)
}

/// From now on, callers use the convention of this version.
pub fn prefer(conventions: &mut Conventions, version: usize) {
    let (key, text) = VERSIONS[version];
    // They were all understood when they were made.
    let _ = begin_version(conventions, KeyId(key), text);
}

fn set_number(trace: &mut Trace, number: u64) {
    let entry = trace.ops.iter().position(|op| op.code == Opcode::DirectEntry);
    let number = trace.constant(Ty::Int, number);
    if let Some(entry) = entry {
        let first = trace.ops[entry].list.start as usize;
        trace.lists[first] = number;
    }
}

/// How a generated function takes its arguments, if it has a second entry.
pub fn convention(recording: &Trace, function: KeyId) -> Option<Convention> {
    Convention::of(recording, function, HEIGHT)
}

/// A call of a generated function by its second entry.
pub struct Called {
    /// The function.
    pub key: KeyId,
    /// What calls it.
    pub caller: Trace,
    /// The words that it passes.
    pub passed: Vec<u64>,
    /// The slots of the callee that it does not write: what is passed, and what the callee leaves alone.
    pub unwritten: Vec<Slot>,
}

impl Called {
    /// A call with what lies in the callee's frame in this world.
    pub fn new(key: KeyId, number: u32, convention: &Convention, world: &ModelWorld) -> Called {
        let word = |slot: i32| world.stack.get(&i64::from(slot)).copied();
        let mut caller = Trace::new();
        let mut list = vec![caller.int(i64::from(number))];
        let (mut passed, mut unwritten) = (Vec::new(), Vec::new());
        for (i, param) in convention.params.iter().enumerate() {
            let slot = PASSED + DISTANCE + i as i32;
            let value = caller.push(Op::new(Opcode::SlotLoad, param.ty, &[], slot as u32));
            let first = caller.int(i64::from(param.slot.0 + DISTANCE));
            list.extend([first, caller.int(param.tag as i64), value]);
            passed.push(word(param.slot.0 + 1).unwrap_or_default());
            unwritten.extend([param.slot, Slot(param.slot.0 + 1)]);
        }
        let mut slots = Vec::new();
        let at = KeyId(90);
        for first in (0..HEIGHT).step_by(2) {
            let pair = [Slot(first), Slot(first + 1)];
            let is_wanted = |slot| unwritten.contains(slot) || convention.touched.contains(slot);
            let (Some(a), Some(b)) = (word(first), word(first + 1)) else { continue };
            if pair.iter().any(is_wanted) {
                continue;
            }
            for (slot, bits) in pair.into_iter().zip([a, b]) {
                slots.push((Slot(slot.0 + DISTANCE), caller.constant(Ty::Int, bits)));
                unwritten.push(slot);
            }
        }
        let waiting = caller.snapshot(Snapshot { at, slots, ..Snapshot::default() });
        let empty = caller.snapshot(Snapshot { at, ..Snapshot::default() });
        let base = caller.int(DISTANCE.into());
        let call = Op::new(Opcode::CallGuest, Ty::Int, &[base], key.0);
        let result = caller.push_list(Op { snap: Some(waiting), ..call }, &list);
        let tag = caller.push(Op::new(Opcode::ResultTag, Ty::Int, &[], 0));
        let failed = Op::new(Opcode::GuardNoError, Ty::Int, &[], 0);
        caller.push(Op { snap: Some(empty), ..failed });
        caller.push(Op::new(Opcode::Finish, Ty::Int, &[tag, result], 0));
        Called { key, caller, passed, unwritten }
    }
}

/// Slots that machine code need not have written when it leaves this trace, or when the function returns.
pub fn unwritten(trace: &Trace, has_returned: bool) -> Vec<Slot> {
    let mut slots = Vec::new();
    for op in trace.ops.iter().filter(|op| op.code == Opcode::CallGuest) {
        let waiting = trace.snapshot_of(op).map_or(&[][..], |snapshot| &snapshot.slots);
        let is_gone = |slot: &Slot| has_returned || slot.0 >= CALLEE;
        slots.extend(waiting.iter().map(|word: &(Slot, Ref)| word.0).filter(is_gone));
        let passed = trace.direct(op).into_iter().flat_map(|direct| direct.passed);
        slots.extend(passed.flat_map(|passed| [passed.slot, Slot(passed.slot.0 + 1)]));
    }
    slots
}
