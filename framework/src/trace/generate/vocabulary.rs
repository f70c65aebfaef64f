//! The layouts, fields and functions that generated traces use.
//!
//! One layout of single objects with a field of every width and mutability, three of arrays, and a handful of functions of
//! every effect. Each function is defined here for the evaluator; a caller that runs machine code gives addresses of
//! `extern "C"` functions that do the same. Invariant: all of it is registered under fixed names that begin with `Gen`.

use super::super::desc::{
    Access, AccessId, CallDesc, CallEffect, CallId, Layout, LayoutId, Mutability, Width,
};
use super::super::eval::{ModelWorld, World};
use super::super::ir::{KeyId, Slot};
use super::super::op::Ty;

/// What a value is, beyond its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// No object: a word of this type (not `Ty::Ref`).
    Word(Ty),
    /// A single object.
    Node,
    /// A single object or null.
    MaybeNode,
    /// An array of integers.
    Ints,
    /// An array of doubles.
    Floats,
    /// An array of bytes.
    Bytes,
}

impl Kind {
    /// The type of such values.
    pub fn ty(self) -> Ty {
        match self {
            Kind::Word(ty) => ty,
            _ => Ty::Ref,
        }
    }
}

/// A field of [`Kind::Node`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The field.
    pub access: AccessId,
    /// What it holds.
    pub kind: Kind,
    /// Set once, after allocation.
    pub immutable: bool,
}

/// A layout with elements.
#[derive(Clone, Copy, Debug)]
pub struct ArrayKind {
    /// Its objects.
    pub kind: Kind,
    /// Its layout.
    pub layout: LayoutId,
    /// The length.
    pub length: AccessId,
    /// The elements.
    pub elems: AccessId,
    /// What they hold.
    pub elem: Ty,
}

/// A function and what it needs to be called.
#[derive(Clone, Debug)]
pub struct Function {
    /// The callee.
    pub id: CallId,
    /// What its arguments are.
    pub params: Vec<Kind>,
    /// Sets the tag of a dynamic value.
    pub is_dynamic: bool,
}

/// Everything that generated traces refer to.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The layout of single objects.
    pub node: LayoutId,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The arrays.
    pub arrays: Vec<ArrayKind>,
    /// The functions that take values.
    pub functions: Vec<Function>,
    /// `(address of two slots) -> i64`: their sum, read from the VM stack.
    pub sum_slots: CallId,
}

/// What a guest function does; which one is said by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Tag and payload of its result, or `None` if it fails.
    pub result: Option<(u64, u64)>,
    /// The word that it leaves in word 5 of its frame.
    pub left: u64,
    /// It adds the word in word 1 of its frame to `GenNode.a` of the object in word 3.
    pub bumps: bool,
}

impl Guest {
    /// How many there are: keys count modulo this.
    pub const COUNT: u32 = 5;
    /// The one that bumps.
    const BUMP: u32 = 3;
    /// The one that compares the double in word 3.
    const COMPARE: u32 = 4;

    /// The guest function of this key, with the words 1 and 3 of its frame.
    pub fn new(key: KeyId, a: u64, b: u64) -> Guest {
        let key = key.0 % Guest::COUNT;
        let result = match key {
            0 => Some((2, a.wrapping_mul(31) ^ b.rotate_left(7))),
            1 => Some((a & 3, a ^ 0x55)),
            2 if a & 1 == 1 => None,
            2 if a & 4 == 0 => Some((2, a >> 1)),
            2 => Some((2, a >> 1 ^ b)),
            Guest::BUMP => Some((2, a)),
            _ => Some((2, a ^ u64::from(f64::from_bits(b) < 1.0))),
        };
        // Addresses differ from run to run, and so does a NaN: nobody computes with them. One looks at the second word now and then.
        let takes_both = key < 2 || (key == 2 && a & 5 != 0);
        let left = if takes_both { a ^ b } else { a };
        Guest { result, left, bumps: key == Guest::BUMP }
    }

    /// What it takes in word 3 of its frame.
    pub fn second(key: KeyId) -> Kind {
        match key.0 % Guest::COUNT {
            Guest::BUMP => Kind::Node,
            Guest::COMPARE => FLOAT,
            _ => INT,
        }
    }

    /// The tag of a value of this type.
    pub fn tag(ty: Ty) -> i64 {
        match ty {
            Ty::Bool => 1,
            Ty::Int => 2,
            Ty::Float => 3,
            Ty::Ref => 18,
        }
    }
}

/// The guest functions as the evaluator calls them.
fn guest(world: &mut ModelWorld, key: KeyId, frame: i64) -> Option<(u64, u64)> {
    let word = |world: &ModelWorld, n| world.stack.get(&(frame + n)).copied().unwrap_or_default();
    let (a, b) = (word(world, 1), word(world, 3));
    let guest = Guest::new(key, a, b);
    world.stack.insert(frame + 5, guest.left);
    if guest.bumps {
        let field = field("GenNode.a")?;
        let old = world.load(field, b, None).ok()?;
        world.store(field, b, None, old.wrapping_add(a)).ok()?;
    }
    guest.result
}

type Model = fn(&mut ModelWorld, &[u64]) -> Option<u64>;

const INT: Kind = Kind::Word(Ty::Int);
const FLOAT: Kind = Kind::Word(Ty::Float);

/// Name, arguments, result, effect, can it fail, and what it does.
type Row = (&'static str, &'static [Kind], Option<Ty>, CallEffect, bool, Model);

const FUNCTIONS: &[Row] = &[
    ("GenMix", &[INT, INT], Some(Ty::Int), CallEffect::Elidable, false, |_, a| {
        Some(a[0].wrapping_mul(31) ^ a[1].rotate_left(7))
    }),
    ("GenScale", &[FLOAT], Some(Ty::Float), CallEffect::Elidable, false, |_, a| {
        Some((f64::from_bits(a[0]) * 0.5 + 1.0).to_bits())
    }),
    ("GenIsOdd", &[INT], Some(Ty::Bool), CallEffect::Elidable, false, |_, a| Some(a[0] & 1)),
    ("GenHalf", &[INT], Some(Ty::Int), CallEffect::Elidable, true, |_, a| {
        (a[0] & 1 == 0).then_some(a[0] >> 1)
    }),
    ("GenRead", &[Kind::Node], Some(Ty::Int), CallEffect::Reads, false, |world, a| {
        world.load(field("GenNode.a")?, a[0], None).ok()
    }),
    ("GenBump", &[Kind::Node, INT], Some(Ty::Int), CallEffect::Writes, false, |world, a| {
        let field = field("GenNode.a")?;
        let old = world.load(field, a[0], None).ok()?;
        world.store(field, a[0], None, old.wrapping_add(a[1])).ok()?;
        Some(old)
    }),
    ("GenMake", &[INT, Kind::MaybeNode], Some(Ty::Ref), CallEffect::Makes, false, |world, a| {
        let made = world.allocate(LayoutId::named("GenNode")?, 0).ok()?;
        for (name, word) in [("GenNode.a", a[0]), ("GenNode.k", !a[0]), ("GenNode.next", a[1])] {
            world.store(field(name)?, made, None, word).ok()?;
        }
        Some(made)
    }),
    ("GenTouch", &[Kind::Node], None, CallEffect::Writes, false, |world, a| {
        let field = field("GenNode.flag")?;
        let old = world.load(field, a[0], None).ok()?;
        world.store(field, a[0], None, old ^ 1).ok()?;
        Some(0)
    }),
    ("GenTake", &[Kind::Node, INT], Some(Ty::Int), CallEffect::Writes, true, |world, a| {
        if (a[1] as i64) < 0 {
            return None;
        }
        world.store(field("GenNode.a")?, a[0], None, a[1]).ok()?;
        Some(a[1] / 3)
    }),
    (
        "GenMany",
        &[INT, FLOAT, INT, FLOAT, INT],
        Some(Ty::Float),
        CallEffect::Reads,
        false,
        |_, a| {
            let sum = a[0].wrapping_sub(a[2]).wrapping_add(a[4]) as i64 as f64;
            Some((sum + (f64::from_bits(a[1]) - f64::from_bits(a[3]))).to_bits())
        },
    ),
    ("GenCollect", &[INT], Some(Ty::Int), CallEffect::Collects, true, |_, a| {
        (a[0] & 7 != 0).then_some(a[0].rotate_left(3))
    }),
    ("GenDynamic", &[INT], Some(Ty::Int), CallEffect::Writes, false, |world, a| {
        world.tag = a[0] & 3;
        Some(a[0] ^ 0x55)
    }),
];

fn field(name: &str) -> Option<AccessId> {
    AccessId::named(name)
}

fn access(name: &str, offset: u32, width: Width, mutability: Mutability) -> AccessId {
    AccessId::of(Access { name: name.to_owned(), offset, width, mutability })
}

fn layout(name: &str, tag: u32, size: u32, elem_size: u32) -> LayoutId {
    LayoutId::of(Layout { name: name.to_owned(), tag, size, elem_size, made_by: None })
}

impl Vocabulary {
    /// Registers everything. `address` says where the machine code of a function is; 0 if there is none.
    pub fn new(address: &dyn Fn(&str) -> usize) -> Vocabulary {
        use Mutability::{Immutable, Mutable};
        let word = Width::Word;
        let fields = [
            ("GenNode.a", 8, word(Ty::Int), Mutable, INT),
            ("GenNode.f", 16, word(Ty::Float), Mutable, FLOAT),
            ("GenNode.next", 24, word(Ty::Ref), Mutable, Kind::MaybeNode),
            ("GenNode.flag", 32, word(Ty::Bool), Mutable, Kind::Word(Ty::Bool)),
            ("GenNode.k", 40, word(Ty::Int), Immutable, INT),
            ("GenNode.half", 48, Width::Half, Mutable, INT),
            ("GenNode.byte", 52, Width::Byte, Mutable, INT),
            ("GenNode.tag", 4, Width::Tag, Mutable, INT),
        ]
        .map(|(name, offset, width, mutability, kind)| Field {
            access: access(name, offset, width, mutability),
            kind,
            immutable: mutability == Immutable,
        });
        let arrays = [
            ("GenInts", Kind::Ints, 241, word(Ty::Int)),
            ("GenFloats", Kind::Floats, 242, word(Ty::Float)),
            ("GenBytes", Kind::Bytes, 243, Width::Byte),
        ]
        .map(|(name, kind, tag, width)| ArrayKind {
            kind,
            layout: layout(name, tag, 16, width.bytes()),
            length: access(&format!("{name}.len"), 8, word(Ty::Int), Immutable),
            elems: access(&format!("{name}[]"), 16, width, Mutable),
            elem: width.ty(),
        });
        let function = |&(name, params, result, effect, can_fail, _): &Row| Function {
            id: CallId::of(CallDesc {
                name: name.to_owned(),
                address: address(name),
                params: params.iter().map(|kind| kind.ty()).collect(),
                result,
                effect,
                can_fail,
            }),
            params: params.to_vec(),
            is_dynamic: name == "GenDynamic",
        };
        let sum_slots = ("GenSumSlots", &[INT][..], Some(Ty::Int), CallEffect::Reads, false);
        let sum_slots: Row =
            (sum_slots.0, sum_slots.1, sum_slots.2, sum_slots.3, sum_slots.4, sum_of_slots);
        Vocabulary {
            node: layout("GenNode", 240, 56, 0),
            fields: fields.to_vec(),
            arrays: arrays.to_vec(),
            functions: FUNCTIONS.iter().map(function).collect(),
            sum_slots: function(&sum_slots).id,
        }
    }

    /// Teaches a world what the functions do.
    pub fn define(&self, world: &mut ModelWorld) {
        for (function, row) in self.functions.iter().zip(FUNCTIONS) {
            world.define(function.id, row.5);
        }
        world.define(self.sum_slots, sum_of_slots);
        world.guest = Some(std::sync::Arc::new(guest));
    }

    /// The array layout of this kind.
    pub fn array(&self, kind: Kind) -> Option<&ArrayKind> {
        self.arrays.iter().find(|array| array.kind == kind)
    }
}

/// The sum of the two slots at this address.
fn sum_of_slots(world: &mut ModelWorld, args: &[u64]) -> Option<u64> {
    let bytes = args[0].wrapping_sub(world.stack_address) as i64;
    let slot = i32::try_from(bytes / 8 - world.base).ok()?;
    let a = world.load_slot(Slot(slot)).ok()?;
    Some(a.wrapping_add(world.load_slot(Slot(slot + 1)).ok()?))
}
