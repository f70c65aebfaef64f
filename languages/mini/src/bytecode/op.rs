//! The instructions, as one table.
//!
//! ```text
//! R[x]    slot x of the frame: the closure (0), parameters (1 ..), return link, variables, temporaries
//! K[x]    constant x of the code          C[x]    capture x of the closure R[0]
//! pc      the next instruction; jumps add `by` to it, or set it to `to`
//! cell    a heap object that holds a variable which several functions change
//! ```
//! The compiler thinks of a stack machine: an expression leaves its value in the next free slot. Its operands
//! are slots all the same, so that the peephole can make `d = a + b` on variables out of
//! pushes and pops.
//!
//! Invariants: an instruction has at most 8 bytes and is plain data; a jump that goes backward goes to the
//! first instruction of a loop's body, and nothing else jumps backward.
#![allow(rustdoc::broken_intra_doc_links, reason = "R[d] is the notation of the table")]

/// A slot of the frame.
pub type Slot = u16;
/// An index into the constants.
pub type Konst = u16;

/// An instruction.
#[allow(missing_docs, reason = "operands are described by the notation of the table")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    // ---- moving values -------------------------------------------------------------------------
    /// `R[d] = R[s]`
    Move { d: Slot, s: Slot },
    /// `R[d] = K[k]`
    Const { d: Slot, k: Konst },

    // ---- variables that are not simply in a slot -----------------------------------------------
    /// `R[d] = K[k].value`; K[k] is the global of a variable that is never assigned
    Binding { d: Slot, k: Konst },
    /// `K[k].value = R[s]`, once
    Bind { k: Konst, s: Slot },
    /// `R[d] = K[k].value`; K[k] is the cell of a global
    Global { d: Slot, k: Konst },
    /// `K[k].value = R[s]`
    SetGlobal { k: Konst, s: Slot },
    /// `R[d] = C[i]`
    Capture { d: Slot, i: u16 },
    /// `R[d] = C[i].value`; C[i] is a cell
    CaptureCell { d: Slot, i: u16 },
    /// `C[i].value = R[s]`
    SetCaptureCell { i: u16, s: Slot },
    /// `R[d] = a new cell that holds R[s]`
    NewCell { d: Slot, s: Slot },
    /// `R[d] = R[s].value`; R[s] is a cell
    Cell { d: Slot, s: Slot },
    /// `R[d].value = R[s]`
    SetCell { d: Slot, s: Slot },
    /// a `name` error if R[s] is not initialised; K[k] is the variable's name
    Check { s: Slot, k: Konst },
    /// a `name` error: K[k] is no variable, or (`builtin`) a built-in that is assigned
    NameError { builtin: bool, k: Konst },
    /// `R[d] = a closure`; R[d] holds the number of its code, R[d + 1] .. what it captures
    Closure { d: Slot, captures: u16 },

    // ---- arithmetic ----------------------------------------------------------------------------
    /// `R[d] = R[a] + R[b]`
    Add { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] - R[b]`
    Sub { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] * R[b]`
    Mul { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] / R[b]`
    Div { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] // R[b]`
    FloorDiv { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] % R[b]`
    Mod { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] ** R[b]`
    Pow { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] & R[b]`
    BitAnd { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] | R[b]`
    BitOr { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] ^ R[b]`
    BitXor { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] << R[b]`
    Shl { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] >> R[b]`
    Shr { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] + K[k]`
    AddK { d: Slot, a: Slot, k: Konst },
    /// `R[d] = R[a] - K[k]`
    SubK { d: Slot, a: Slot, k: Konst },
    /// `R[d] = R[a] * K[k]`
    MulK { d: Slot, a: Slot, k: Konst },
    /// `R[d] = R[a] / K[k]`
    DivK { d: Slot, a: Slot, k: Konst },
    /// `R[d] = R[a] // K[k]`
    FloorDivK { d: Slot, a: Slot, k: Konst },
    /// `R[d] = R[a] % K[k]`
    ModK { d: Slot, a: Slot, k: Konst },
    /// `R[d] = K[k] - R[b]`
    KSub { d: Slot, k: Konst, b: Slot },
    /// `R[d] = K[k] * R[b]`
    KMul { d: Slot, k: Konst, b: Slot },
    /// `R[d] = K[k] / R[b]`
    KDiv { d: Slot, k: Konst, b: Slot },
    /// `R[d] = -R[a]`
    Neg { d: Slot, a: Slot },
    /// `R[d] = ~R[a]`
    BitNot { d: Slot, a: Slot },

    // ---- comparison ----------------------------------------------------------------------------
    /// `R[d] = not R[a]`
    Not { d: Slot, a: Slot },
    /// `R[d] = R[a] == R[b]`
    Eq { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] != R[b]`
    Ne { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] < R[b]`
    Lt { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] <= R[b]`
    Le { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] > R[b]`
    Gt { d: Slot, a: Slot, b: Slot },
    /// `R[d] = R[a] >= R[b]`
    Ge { d: Slot, a: Slot, b: Slot },

    // ---- jumps ---------------------------------------------------------------------------------
    /// `pc = to`
    Jump { to: u32 },
    /// `pc = to` if R[a] is true or not, as `want` says
    JumpIf { want: bool, a: Slot, to: u32 },
    /// `pc += by` if `(R[a] == R[b]) == want`
    JumpEq { want: bool, a: Slot, b: Slot, by: i16 },
    /// `pc += by` if `(R[a] < R[b]) == want`
    JumpLt { want: bool, a: Slot, b: Slot, by: i16 },
    /// `pc += by` if `(R[a] <= R[b]) == want`
    JumpLe { want: bool, a: Slot, b: Slot, by: i16 },
    /// `pc += by` if `(R[a] > R[b]) == want`
    JumpGt { want: bool, a: Slot, b: Slot, by: i16 },
    /// `pc += by` if `(R[a] >= R[b]) == want`
    JumpGe { want: bool, a: Slot, b: Slot, by: i16 },
    /// `pc += by` if `(R[a] == K[k]) == want`
    JumpEqK { want: bool, a: Slot, k: Konst, by: i16 },
    /// `pc += by` if `(R[a] < K[k]) == want`
    JumpLtK { want: bool, a: Slot, k: Konst, by: i16 },
    /// `pc += by` if `(R[a] <= K[k]) == want`
    JumpLeK { want: bool, a: Slot, k: Konst, by: i16 },
    /// `pc += by` if `(R[a] > K[k]) == want`
    JumpGtK { want: bool, a: Slot, k: Konst, by: i16 },
    /// `pc += by` if `(R[a] >= K[k]) == want`
    JumpGeK { want: bool, a: Slot, k: Konst, by: i16 },

    // ---- loops ---------------------------------------------------------------------------------
    /// begins `for R[i] in range(R[i], R[i + 1])`: `pc += by` if there is no turn
    CountPrep { i: Slot, by: i16 },
    /// `R[i] += 1; pc += by` if `R[i] < R[i + 1]`: the next turn
    Count { i: Slot, by: i16 },
    /// as `CountPrep`, with the step R[i + 2]
    StepPrep { i: Slot, by: i16 },
    /// as `Count`, with the step R[i + 2], which may be negative
    Step { i: Slot, by: i16 },
    /// begins a `for` through R[i]: `R[i + 1] = 0`, a `type` error if it is no sequence; `pc += by`
    EachPrep { i: Slot, by: i16 },
    /// `R[i + 2] = R[i][R[i + 1]]; R[i + 1] += 1; pc += by` if there is such an element
    Each { i: Slot, by: i16 },

    // ---- arrays and strings --------------------------------------------------------------------
    /// `R[d] = R[a][R[i]]`
    Index { d: Slot, a: Slot, i: Slot },
    /// `R[a][R[i]] = R[s]`
    SetIndex { a: Slot, i: Slot, s: Slot },
    /// `R[d] = [R[first], .. R[first + count - 1]]`
    Array { d: Slot, first: Slot, count: u16 },
    /// appends R[first] .. R[first + count - 1] to the array R[d]
    Extend { d: Slot, first: Slot, count: u16 },

    // ---- objects and classes -------------------------------------------------------------------
    /// `R[d] = {}`, which is to get so many fields
    Object { d: Slot, fields: u16 },
    /// `R[d] = R[a].name`; site number `k` has the name, also below
    Field { d: Slot, a: Slot, k: Konst },
    /// `R[a].name = R[s]`
    SetField { a: Slot, k: Konst, s: Slot },
    /// what `R[base].name(..)` calls: a method to R[base] and the object to R[base + 1]; or nil to
    /// R[base] and the value of a field to R[base + 1]
    Method { base: Slot, k: Konst },
    /// `R[base] =` the method that the class R[base] has; R[base + 1] is the object
    SuperMethod { base: Slot, k: Konst },
    /// `R[d] =` the method R[d] bound to the object R[d + 1]
    BindMethod { d: Slot },
    /// `R[base] = R[base](R[base + 1], ..)`, as `Method` has left them; `argc` without the object
    CallMethod { base: Slot, argc: u16 },
    /// `R[d] =` a class; R[d] holds the number of what is known of it, R[d + 1] its base, then come its
    /// methods and its constructor
    Class { d: Slot, methods: u16 },

    // ---- functions -----------------------------------------------------------------------------
    /// `R[base] = R[base](R[base + 1], ..)`
    Call { base: Slot, argc: u16 },
    /// the same, of the global K[k] that is never assigned
    CallBinding { argc: u8, base: Slot, k: Konst },
    /// the same, of the built-in `number`
    CallBuiltin { argc: u8, base: Slot, number: u16 },
    /// `R[d] = len(R[a])`
    Len { d: Slot, a: Slot },
    /// `push(R[a], R[s])`
    Push { a: Slot, s: Slot },
    /// `R[d] = pop(R[a])`
    Pop { d: Slot, a: Slot },
    /// `R[d] = f(R[a])`: a built-in function of numbers
    Math { f: Math, d: Slot, a: Slot },
    /// `R[d] = f(R[a], R[b])`
    Math2 { f: Math2, d: Slot, a: Slot, b: Slot },
    /// returns R[s] to the caller
    Return { s: Slot },
    /// throws R[s]
    Throw { s: Slot },
}

const _: () = assert!(size_of::<Op>() <= 8, "an instruction has at most 8 bytes");

impl Op {
    /// Where an instruction puts its result, if that is all it does to the frame.
    pub(super) fn destination(&mut self) -> Option<&mut Slot> {
        use Op::*;
        match self {
            Move { d, .. } | Const { d, .. } | Binding { d, .. } | Global { d, .. } => Some(d),
            Capture { d, .. } | CaptureCell { d, .. } | NewCell { d, .. } | Cell { d, .. } => {
                Some(d)
            }
            Add { d, .. } | Sub { d, .. } | Mul { d, .. } | Div { d, .. } => Some(d),
            FloorDiv { d, .. } | Mod { d, .. } | Pow { d, .. } => Some(d),
            BitAnd { d, .. } | BitOr { d, .. } | BitXor { d, .. } => Some(d),
            Shl { d, .. } | Shr { d, .. } | AddK { d, .. } | SubK { d, .. } | MulK { d, .. } => {
                Some(d)
            }
            DivK { d, .. } | FloorDivK { d, .. } | ModK { d, .. } => Some(d),
            KSub { d, .. } | KMul { d, .. } | KDiv { d, .. } => Some(d),
            Neg { d, .. } | BitNot { d, .. } | Not { d, .. } => Some(d),
            Eq { d, .. } | Ne { d, .. } | Lt { d, .. } | Le { d, .. } => Some(d),
            Gt { d, .. } | Ge { d, .. } => Some(d),
            Index { d, .. } | Array { d, .. } | Len { d, .. } | Pop { d, .. } => Some(d),
            Math { d, .. } | Math2 { d, .. } | Object { d, .. } | Field { d, .. } => Some(d),
            _ => None,
        }
    }

    /// One more than the highest slot that an instruction reads.
    pub(super) fn reads_below(self) -> u32 {
        use Op::*;
        let (last, more) = match self {
            Const { .. } | Binding { .. } | Global { .. } | Capture { .. } => return 0,
            CaptureCell { .. } | NameError { .. } | Jump { .. } | Object { .. } => return 0,
            Move { s, .. } | Bind { s, .. } | SetGlobal { s, .. } | SetCaptureCell { s, .. } => {
                (s, 0)
            }
            NewCell { s, .. } | Cell { s, .. } | Check { s, .. } | Return { s } | Throw { s } => {
                (s, 0)
            }
            SetCell { d, s } => (d.max(s), 0),
            Closure { d, captures } => (d, captures),
            Add { a, b, .. } | Sub { a, b, .. } | Mul { a, b, .. } | Div { a, b, .. } => {
                (a.max(b), 0)
            }
            FloorDiv { a, b, .. } | Mod { a, b, .. } | Pow { a, b, .. } => (a.max(b), 0),
            BitAnd { a, b, .. } | BitOr { a, b, .. } | BitXor { a, b, .. } => (a.max(b), 0),
            Shl { a, b, .. } | Shr { a, b, .. } | Math2 { a, b, .. } => (a.max(b), 0),
            Eq { a, b, .. } | Ne { a, b, .. } | Lt { a, b, .. } | Le { a, b, .. } => (a.max(b), 0),
            Gt { a, b, .. } | Ge { a, b, .. } => (a.max(b), 0),
            AddK { a, .. } | SubK { a, .. } | MulK { a, .. } | DivK { a, .. } => (a, 0),
            FloorDivK { a, .. } | ModK { a, .. } | Neg { a, .. } | BitNot { a, .. } => (a, 0),
            KSub { b, .. } | KMul { b, .. } | KDiv { b, .. } => (b, 0),
            Not { a, .. } | JumpIf { a, .. } | Len { a, .. } | Pop { a, .. } => (a, 0),
            Math { a, .. } => (a, 0),
            JumpEq { a, b, .. } | JumpLt { a, b, .. } | JumpLe { a, b, .. } => (a.max(b), 0),
            JumpGt { a, b, .. } | JumpGe { a, b, .. } => (a.max(b), 0),
            JumpEqK { a, .. } | JumpLtK { a, .. } | JumpLeK { a, .. } => (a, 0),
            JumpGtK { a, .. } | JumpGeK { a, .. } => (a, 0),
            CountPrep { i, .. } | Count { i, .. } => (i, 1),
            StepPrep { i, .. } | Step { i, .. } => (i, 2),
            EachPrep { i, .. } => (i, 0),
            Each { i, .. } => (i, 1),
            Field { a, .. } | Method { base: a, .. } => (a, 0),
            SetField { a, s, .. } => (a.max(s), 0),
            SuperMethod { base, .. } | BindMethod { d: base } => (base, 1),
            CallMethod { base, argc } => (base, argc + 1),
            Class { d, methods } => (d, methods + 1),
            Index { a, i, .. } => (a.max(i), 0),
            SetIndex { a, i, s } => (a.max(i).max(s), 0),
            Push { a, s } => (a.max(s), 0),
            Array { first, count, .. } => return u32::from(first) + u32::from(count),
            Extend { d, first, count } => {
                return u32::from(d).max(u32::from(first) + u32::from(count) - 1) + 1;
            }
            Call { base, argc } => (base, argc),
            CallBinding { base, argc, .. } => (base, u16::from(argc)),
            CallBuiltin { base, argc, .. } => (base, u16::from(argc)),
        };
        u32::from(last) + u32::from(more) + 1
    }
}

/// The built-in functions with one argument that have a fast way on numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Math {
    /// `abs`
    Abs,
    /// `ceil`
    Ceil,
    /// `chr`
    Chr,
    /// `cos`
    Cos,
    /// `exp`
    Exp,
    /// `float`
    Float,
    /// `floor`
    Floor,
    /// `int`
    Int,
    /// `log`
    Log,
    /// `ord`
    Ord,
    /// `round`
    Round,
    /// `sin`
    Sin,
    /// `sqrt`
    Sqrt,
    /// `tan`
    Tan,
}

impl Math {
    /// All of them, by name.
    pub const ALL: [(&'static str, Math); 14] = [
        ("abs", Math::Abs),
        ("ceil", Math::Ceil),
        ("chr", Math::Chr),
        ("cos", Math::Cos),
        ("exp", Math::Exp),
        ("float", Math::Float),
        ("floor", Math::Floor),
        ("int", Math::Int),
        ("log", Math::Log),
        ("ord", Math::Ord),
        ("round", Math::Round),
        ("sin", Math::Sin),
        ("sqrt", Math::Sqrt),
        ("tan", Math::Tan),
    ];

    /// The name of the built-in.
    pub fn name(self) -> &'static str {
        Math::ALL.iter().find(|m| m.1 == self).map_or("", |m| m.0)
    }

    /// That of a name.
    pub fn of(name: &str) -> Option<Math> {
        Math::ALL.iter().find(|m| m.0 == name).map(|m| m.1)
    }
}

/// The built-in functions with two arguments that have a fast way on numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Math2 {
    /// `atan2`
    Atan2,
    /// `max`
    Max,
    /// `min`
    Min,
}

impl Math2 {
    /// All of them, by name.
    pub const ALL: [(&'static str, Math2); 3] =
        [("atan2", Math2::Atan2), ("max", Math2::Max), ("min", Math2::Min)];

    /// The name of the built-in.
    pub fn name(self) -> &'static str {
        Math2::ALL.iter().find(|m| m.1 == self).map_or("", |m| m.0)
    }

    /// That of a name.
    pub fn of(name: &str) -> Option<Math2> {
        Math2::ALL.iter().find(|m| m.0 == name).map(|m| m.1)
    }
}
