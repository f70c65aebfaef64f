//! The op table: every operation a trace can hold, declared once.
//!
//! One line per op gives its name, operand types, result type, effect and meaning; the enum, the printer,
//! the parser, the verifier's arity check and the properties passes ask for are all derived from it.
//! Invariant: nothing about an op that can be stated here is stated anywhere else.

use std::fmt;

/// The type of a value in a trace. Every type is one 64-bit word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ty {
    /// A 64-bit integer; signedness belongs to the op.
    Int,
    /// An IEEE double.
    Float,
    /// A truth value, 0 or 1.
    Bool,
    /// The address of a heap object.
    Ref,
}

impl Ty {
    /// The letter that values of this type start with in the text form.
    pub fn letter(self) -> char {
        match self {
            Ty::Int => 'i',
            Ty::Float => 'f',
            Ty::Bool => 'b',
            Ty::Ref => 'p',
        }
    }

    /// The type whose values start with `letter`.
    pub fn from_letter(letter: char) -> Option<Ty> {
        match letter {
            'i' => Some(Ty::Int),
            'f' => Some(Ty::Float),
            'b' => Some(Ty::Bool),
            'p' => Some(Ty::Ref),
            _ => None,
        }
    }
}

/// What an operand position accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A value of exactly this type.
    Is(Ty),
    /// A value of any type.
    Any,
}

/// What an op yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultTy {
    /// Nothing: the op has no name in the text form.
    Nothing,
    /// A value of this type.
    Is(Ty),
    /// A value whose type stands in the op itself (`Op::ty`).
    Own,
}

/// What an op does besides yielding a value. The groups are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: may be merged, moved and dropped.
    Pure,
    /// May leave the trace; carries a snapshot; has no other effect.
    Guard,
    /// Reads the heap or the VM stack.
    Load,
    /// Writes the heap or the VM stack.
    Store,
    /// Makes an object.
    Alloc,
    /// Calls out of the trace; the callee's descriptor says what it reads and writes.
    Call,
    /// Belongs to the skeleton of the trace: inputs, labels, jumps.
    Structure,
}

macro_rules! operand {
    (Any) => {
        Operand::Any
    };
    ($t:ident) => {
        Operand::Is(Ty::$t)
    };
}

macro_rules! result {
    (Nothing) => {
        ResultTy::Nothing
    };
    (Own) => {
        ResultTy::Own
    };
    ($t:ident) => {
        ResultTy::Is(Ty::$t)
    };
}

macro_rules! ops {
    ($($name:ident $variant:ident ( $($arg:ident),* ) -> $res:ident, $effect:ident, $doc:literal;)*) => {
        /// An operation. The table in this file is its documentation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode {
            $(#[doc = $doc] $variant,)*
        }

        impl Opcode {
            /// Every op, in the order of the table.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$variant,)*];

            /// The name in the text form.
            pub fn name(self) -> &'static str {
                match self { $(Opcode::$variant => stringify!($name),)* }
            }

            /// The types of the fixed operands (`Op::args`); list operands are not counted.
            pub fn operands(self) -> &'static [Operand] {
                match self { $(Opcode::$variant => &[$(operand!($arg)),*],)* }
            }

            /// What it yields.
            pub fn result(self) -> ResultTy {
                match self { $(Opcode::$variant => result!($res),)* }
            }

            /// What it does.
            pub fn effect(self) -> Effect {
                match self { $(Opcode::$variant => Effect::$effect,)* }
            }

            /// One sentence about it.
            pub fn meaning(self) -> &'static str {
                match self { $(Opcode::$variant => $doc,)* }
            }

            /// The op called `name` in the text form.
            pub fn from_name(name: &str) -> Option<Opcode> {
                match name { $(stringify!($name) => Some(Opcode::$variant),)* _ => None }
            }
        }
    };
}

ops! {
    // Skeleton.
    input         Input        ()            -> Own,     Structure, "first ops of a bridge: the value that op number `aux` of the parent trace left at the exit";
    label         Label        ()            -> Nothing, Structure, "head of the loop; the list holds the values its `phi`s have on first entry";
    phi           Phi          ()            -> Own,     Structure, "value number `aux` of the label before it: changes from one iteration to the next";
    jump          Jump         ()            -> Nothing, Structure, "go to `targets[aux]`; the list holds the values of the target's `phi`s (and imports, if it is another trace)";
    leave         Leave        ()            -> Nothing, Structure, "leave the trace for the interpreter, always, as the snapshot says";
    direct_entry  DirectEntry  ()            -> Nothing, Structure, "calls that pass arguments in registers enter here; only loads of these and guards on their tags stand before it; the list is the number of the convention, then for each argument its slot, its tag and its payload";
    finish        Finish       (Int, Any)    -> Nothing, Structure, "return from the guest function that the trace runs in, whose frame lies `aux` words above the base: tag `a` and payload `b` are its result";

    // The VM stack. `aux` is the slot (a signed word offset from the base at entry).
    slot_load     SlotLoad     ()            -> Own,     Load,   "the word in slot `aux`";
    slot_store    SlotStore    (Any)         -> Nothing, Store,  "write the word to slot `aux`";

    slot_addr     SlotAddr     ()            -> Int,     Load,   "the address of slot `aux`, for a callee that reads its arguments there after `slot_store`s";

    // Integers.
    int_add       IntAdd       (Int, Int)    -> Int,   Pure,  "`a + b`, wrapping";
    int_sub       IntSub       (Int, Int)    -> Int,   Pure,  "`a - b`, wrapping";
    int_mul       IntMul       (Int, Int)    -> Int,   Pure,  "`a * b`, wrapping";
    int_mulhi     IntMulhi     (Int, Int)    -> Int,   Pure,  "the high 64 bits of the signed product";
    int_div       IntDiv       (Int, Int)    -> Int,   Pure,  "quotient cut towards zero; `b != 0` and not `MIN / -1`, which the recorder's guards ensure";
    int_rem       IntRem       (Int, Int)    -> Int,   Pure,  "remainder of `int_div`, the sign of `a`; same conditions";
    int_floordiv  IntFloordiv  (Int, Int)    -> Int,   Pure,  "quotient rounded down; same conditions as `int_div`";
    int_floormod  IntFloormod  (Int, Int)    -> Int,   Pure,  "remainder of `int_floordiv`, the sign of `b`; same conditions";
    int_and       IntAnd       (Int, Int)    -> Int,   Pure,  "bitwise and";
    int_or        IntOr        (Int, Int)    -> Int,   Pure,  "bitwise or";
    int_xor       IntXor       (Int, Int)    -> Int,   Pure,  "bitwise exclusive or";
    int_shl       IntShl       (Int, Int)    -> Int,   Pure,  "`a << (b & 63)`";
    int_shr       IntShr       (Int, Int)    -> Int,   Pure,  "`a >> (b & 63)`, arithmetic";
    uint_shr      UintShr      (Int, Int)    -> Int,   Pure,  "`a >> (b & 63)`, logical";
    int_neg       IntNeg       (Int)         -> Int,   Pure,  "`-a`, wrapping";
    int_not       IntNot       (Int)         -> Int,   Pure,  "`!a`, all bits flipped";
    int_add_ovf   IntAddOvf    (Int, Int)    -> Int,   Guard, "`a + b`; leaves the trace if it overflows";
    int_sub_ovf   IntSubOvf    (Int, Int)    -> Int,   Guard, "`a - b`; leaves the trace if it overflows";
    int_mul_ovf   IntMulOvf    (Int, Int)    -> Int,   Guard, "`a * b`; leaves the trace if it overflows";
    int_add_overflows IntAddOverflows (Int, Int) -> Bool, Pure, "does `a + b` overflow?";
    int_sub_overflows IntSubOverflows (Int, Int) -> Bool, Pure, "does `a - b` overflow?";
    int_mul_overflows IntMulOverflows (Int, Int) -> Bool, Pure, "does `a * b` overflow?";
    int_eq        IntEq        (Int, Int)    -> Bool,  Pure,  "`a == b`";
    int_ne        IntNe        (Int, Int)    -> Bool,  Pure,  "`a != b`";
    int_lt        IntLt        (Int, Int)    -> Bool,  Pure,  "`a < b`, signed";
    int_le        IntLe        (Int, Int)    -> Bool,  Pure,  "`a <= b`, signed";
    int_gt        IntGt        (Int, Int)    -> Bool,  Pure,  "`a > b`, signed";
    int_ge        IntGe        (Int, Int)    -> Bool,  Pure,  "`a >= b`, signed";
    uint_lt       UintLt       (Int, Int)    -> Bool,  Pure,  "`a < b`, unsigned";
    uint_ge       UintGe       (Int, Int)    -> Bool,  Pure,  "`a >= b`, unsigned";

    // Floats. Nothing is fused or reassociated: results are those of IEEE doubles, rounded to nearest even.
    float_add     FloatAdd     (Float, Float) -> Float, Pure, "`a + b`";
    float_sub     FloatSub     (Float, Float) -> Float, Pure, "`a - b`";
    float_mul     FloatMul     (Float, Float) -> Float, Pure, "`a * b`";
    float_div     FloatDiv     (Float, Float) -> Float, Pure, "`a / b`";
    float_neg     FloatNeg     (Float)       -> Float, Pure,  "`-a`: the sign bit flipped";
    float_abs     FloatAbs     (Float)       -> Float, Pure,  "the sign bit cleared";
    float_sqrt    FloatSqrt    (Float)       -> Float, Pure,  "the square root, NaN below zero";
    float_floor   FloatFloor   (Float)       -> Float, Pure,  "rounded down to a whole number";
    float_ceil    FloatCeil    (Float)       -> Float, Pure,  "rounded up to a whole number";
    float_trunc   FloatTrunc   (Float)       -> Float, Pure,  "cut to a whole number";
    float_eq      FloatEq      (Float, Float) -> Bool, Pure,  "`a == b`, false on NaN";
    float_ne      FloatNe      (Float, Float) -> Bool, Pure,  "`a != b`, true on NaN";
    float_lt      FloatLt      (Float, Float) -> Bool, Pure,  "`a < b`, false on NaN";
    float_le      FloatLe      (Float, Float) -> Bool, Pure,  "`a <= b`, false on NaN";

    // Conversions.
    int_to_float  IntToFloat   (Int)         -> Float, Pure,  "the nearest double";
    float_to_int  FloatToInt   (Float)       -> Int,   Pure,  "cut towards zero; `i64::MIN` if it does not fit or is NaN";
    float_bits    FloatBits    (Float)       -> Int,   Pure,  "the bits of a double";
    float_of_bits FloatOfBits  (Int)         -> Float, Pure,  "the double with these bits";
    bool_to_int   BoolToInt    (Bool)        -> Int,   Pure,  "0 or 1";
    bool_of_int   BoolOfInt    (Int)         -> Bool,  Pure,  "the truth value whose word this is: it must be 0 or 1";
    bool_not      BoolNot      (Bool)        -> Bool,  Pure,  "`!a`";
    ref_bits      RefBits      (Ref)         -> Int,   Pure,  "the address as a word";
    ref_of_bits   RefOfBits    (Int)         -> Ref,   Pure,  "the object at this address";
    ref_eq        RefEq        (Ref, Ref)    -> Bool,  Pure,  "the same object?";
    ref_ne        RefNe        (Ref, Ref)    -> Bool,  Pure,  "different objects?";

    // Guards.
    guard_true    GuardTrue    (Bool)        -> Nothing, Guard, "leave the trace unless `a`";
    guard_false   GuardFalse   (Bool)        -> Nothing, Guard, "leave the trace if `a`";
    guard_value   GuardValue   (Any, Any)    -> Nothing, Guard, "leave the trace unless `a` is the constant `b`, bit for bit";
    guard_no_error GuardNoError ()           -> Nothing, Guard, "leave the trace if the call before it failed";
    guard_no_signal GuardNoSignal ()         -> Nothing, Guard, "leave the trace if an interrupt or a collection is due";
    guard_stack   GuardStack   ()            -> Nothing, Guard, "leave the trace if the VM stack or the native stack is nearly used up";
    guard_valid   GuardValid   ()            -> Nothing, Guard, "leave the trace if it has been invalidated";

    guard_chaos   GuardChaos   ()            -> Nothing, Guard, "tests only: decrement `Context::countdown` and leave the trace when it gets below zero";

    // The heap. `aux` is an `AccessId`.
    field_load    FieldLoad    (Ref)         -> Own,     Load,  "the field `aux` of object `a`";
    field_store   FieldStore   (Ref, Any)    -> Nothing, Store, "write `b` to the field `aux` of `a`";
    elem_load     ElemLoad     (Ref, Int)    -> Own,     Load,  "the element `b` of `a`, which is within bounds";
    elem_store    ElemStore    (Ref, Int, Any) -> Nothing, Store, "write `c` to the element `b` of `a`, which is within bounds";
    new           New          ()            -> Ref,     Alloc, "a new object of layout `aux`, all zero";
    new_array     NewArray     (Int)         -> Ref,     Alloc, "a new object of layout `aux` with `a` trailing elements, all zero";

    virtual       Virtual      (Int)         -> Ref,     Structure, "an object of layout `aux` with `a` (a constant) elements that is not allocated: snapshots say what it holds, and they alone may name it or its `ref_bits`";

    // Calls. `aux` is a `CallId`, the list holds the arguments.
    call          Call         ()            -> Own,     Call,  "call a function that returns a value";
    call_void     CallVoid     ()            -> Nothing, Call,  "call a function that returns nothing";
    call_guest    CallGuest    (Int)         -> Int,   Call,  "call the guest function whose key is `aux`; its frame lies `a` words above the base, a constant; yields the payload of its result; the slots of its snapshot need not be in memory until somebody looks at the stack; the list says what is passed in registers, as that of `direct_entry` does";
    result_tag    ResultTag    ()            -> Int,   Load,  "the tag of the dynamic value that the call just before it returned (`Context::result_tag`); never moved or merged";
}

impl Opcode {
    /// May be merged, moved and dropped at will.
    pub fn is_pure(self) -> bool {
        self.effect() == Effect::Pure
    }

    /// May leave the trace, and so carries a snapshot (`leave` does too, but is not a guard).
    pub fn is_guard(self) -> bool {
        self.effect() == Effect::Guard
    }

    /// Carries a snapshot: guards, `leave`, `label`, whose snapshot describes the state at the loop header, and `call_guest`, whose
    /// snapshot says how the frames that wait for the callee differ from memory.
    pub fn has_snapshot(self) -> bool {
        self.is_guard() || matches!(self, Opcode::Leave | Opcode::Label | Opcode::CallGuest)
    }

    /// `op(a, b) == op(b, a)`.
    pub fn is_commutative(self) -> bool {
        use Opcode::*;
        matches!(
            self,
            IntAdd
                | IntMul
                | IntMulhi
                | IntAnd
                | IntOr
                | IntXor
                | IntAddOvf
                | IntMulOvf
                | IntAddOverflows
                | IntMulOverflows
                | IntEq
                | IntNe
                | FloatAdd
                | FloatMul
                | FloatEq
                | FloatNe
                | RefEq
                | RefNe
        )
    }

    /// Ends a trace.
    pub fn is_terminator(self) -> bool {
        matches!(self, Opcode::Jump | Opcode::Leave | Opcode::Finish)
    }

    /// Holds its operands in the list.
    pub fn has_list(self) -> bool {
        use Opcode::*;
        matches!(self, Label | Jump | Call | CallVoid | CallGuest | DirectEntry)
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
