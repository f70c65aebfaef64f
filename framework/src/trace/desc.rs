//! Descriptors: what loads, stores, allocations and calls of a trace refer to.
//!
//! They are registered once per process and never change, so an id is a plain number that means the same in every trace:
//! in a parent and in its bridge, in a log and in a test. Invariant: two equal ids are the same field of the same layout,
//! and two accesses with different ids never touch the same word (type-based alias analysis rests on this).

use super::op::Ty;
use std::sync::RwLock;

/// How a field or element lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// A 64-bit word of this type.
    Word(Ty),
    /// A byte, read as an integer from 0 to 255; a store keeps the lowest eight bits.
    Byte,
    /// The tag of a dynamic value in the header of an object: a byte, but what is stored always fits.
    Tag,
    /// An unsigned 32-bit integer, read as an `Int`; a store keeps the lowest 32 bits.
    Half,
}

impl Width {
    /// The type of the loaded value.
    pub fn ty(self) -> Ty {
        match self {
            Width::Word(ty) => ty,
            Width::Byte | Width::Tag | Width::Half => Ty::Int,
        }
    }

    /// Bytes in memory.
    pub fn bytes(self) -> u32 {
        match self {
            Width::Word(_) => 8,
            Width::Byte | Width::Tag => 1,
            Width::Half => 4,
        }
    }
}

/// Whether a field changes after its object is initialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// Any time.
    Mutable,
    /// Never: a load from a constant object is a constant.
    Immutable,
}

/// A field of a layout, or the elements of its trailing array.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Access {
    /// `Layout.field`, as it stands in the text form; `Layout[]` for elements.
    pub name: String,
    /// Bytes from the address of the object.
    pub offset: u32,
    /// Type and size; elements lie `width.bytes()` apart.
    pub width: Width,
    /// Whether it changes.
    pub mutability: Mutability,
}

impl Access {
    /// May the word be a reference? So are fields of that type, and, although they are integers in traces, the payloads of
    /// dynamic values and the words of arrays: the framework gives them these names, and no other field has such a name.
    pub fn may_hold_reference(&self) -> bool {
        self.width == Width::Word(Ty::Ref)
            || self.width == Width::Word(Ty::Int)
                && (self.name.ends_with(".payload")
                    || self.name == "Storage[]"
                    || self.name.starts_with("Instance.i"))
    }
}

/// The layout of an object that a trace allocates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    /// The name in the text form.
    pub name: String,
    /// What the header holds: identifies the layout.
    pub tag: u32,
    /// Bytes of the fixed part, header included.
    pub size: u32,
    /// Bytes of one trailing element, 0 if there are none.
    pub elem_size: u32,
    /// No layout of objects, but a call of this function that is put off: its words are the arguments, see
    /// [`CallId::delayed`].
    pub made_by: Option<CallId>,
}

/// What a call may do, from harmless to anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallEffect {
    /// Depends on its arguments alone and does nothing else: folds on constants, merges, moves.
    Elidable,
    /// Makes an object out of its arguments and of what never changes in them, and does nothing else that anybody can see:
    /// when it is called does not matter, nor if it gives a new object or one that is like it. It never fails.
    Makes,
    /// Reads the heap, writes nothing that a trace can see.
    Reads,
    /// May read and write the heap, but not the fields of objects declared immutable.
    Writes,
    /// Does what `Writes` may, and calls guest functions, which collect: objects may lie elsewhere behind it. All that the trace
    /// keeps of objects lies in slots then. The function gets the native frame as one more argument.
    Collects,
}

impl CallEffect {
    /// May it write the heap?
    pub fn writes(self) -> bool {
        self >= CallEffect::Writes
    }
}

/// A function that traces call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallDesc {
    /// The name in the text form and in disassembly.
    pub name: String,
    /// Address of an `extern "C" fn(context, word, ..) -> word`; 0 for a function that only the evaluator knows.
    pub address: usize,
    /// Types of the arguments after the context; at most five. Floats travel as their bits in integer registers.
    pub params: Vec<Ty>,
    /// Type of the result.
    pub result: Option<Ty>,
    /// What it does.
    pub effect: CallEffect,
    /// May fail: a `guard_no_error` follows.
    pub can_fail: bool,
}

macro_rules! registry {
    ($id:ident, $desc:ident, $table:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $id(pub u32);

        static $table: RwLock<Vec<&'static $desc>> = RwLock::new(Vec::new());

        impl $id {
            /// The id of this descriptor: registers it if it is new.
            pub fn of(desc: $desc) -> $id {
                let mut table = $table.write().unwrap_or_else(|e| e.into_inner());
                if let Some(i) = table.iter().position(|d| **d == desc) {
                    return $id(i as u32);
                }
                table.push(Box::leak(Box::new(desc)));
                $id(table.len() as u32 - 1)
            }

            /// The descriptor.
            ///
            /// # Panics
            /// If the id did not come from [`Self::of`].
            pub fn get(self) -> &'static $desc {
                $table.read().unwrap_or_else(|e| e.into_inner())[self.0 as usize]
            }

            /// The descriptor, if there is one with this id.
            pub fn lookup(self) -> Option<&'static $desc> {
                $table.read().unwrap_or_else(|e| e.into_inner()).get(self.0 as usize).copied()
            }

            /// The last one registered under this name.
            pub fn named(name: &str) -> Option<$id> {
                let table = $table.read().unwrap_or_else(|e| e.into_inner());
                table.iter().rposition(|d| d.name == name).map(|i| $id(i as u32))
            }
        }
    };
}

registry!(AccessId, Access, ACCESSES, "Names an [`Access`].");
registry!(LayoutId, Layout, LAYOUTS, "Names a [`Layout`].");
registry!(CallId, CallDesc, CALLS, "Names a [`CallDesc`].");

impl CallId {
    /// What it does. (Nobody knows a function that is not registered; the verifier finds such calls.)
    pub fn effect(self) -> CallEffect {
        self.lookup().map_or(CallEffect::Writes, |desc| desc.effect)
    }

    /// Does it only make an object, so that it may be put off?
    pub fn makes(self) -> bool {
        self.lookup().is_some_and(|desc| desc.effect == CallEffect::Makes)
    }

    /// What stands in the place of a layout where a call of it is put off: a `virtual` of this layout is its result, whose words
    /// are the [arguments](CallId::argument).
    pub fn delayed(self) -> LayoutId {
        let (name, words) = (self.get().name.clone(), self.get().params.len() as u32);
        LayoutId::of(Layout {
            name,
            tag: 0,
            size: 8 + 8 * words,
            elem_size: 0,
            made_by: Some(self),
        })
    }

    /// The word of a call that is put off which is this argument.
    pub fn argument(self, k: usize) -> AccessId {
        AccessId::of(Access {
            name: format!("{}.{k}", self.get().name),
            offset: 8 + 8 * k as u32,
            width: Width::Word(self.get().params[k]),
            mutability: Mutability::Immutable,
        })
    }
}

static ADDRESSES: RwLock<Vec<(u64, &'static str)>> = RwLock::new(Vec::new());

/// Names an address that stands in traces as an integer constant (a function that a call passes on): texts show the name, so
/// that they are the same in every run.
pub fn name_address(address: usize, name: &'static str) {
    let address = address as u64;
    if address_name(address).is_none() {
        ADDRESSES.write().unwrap_or_else(|e| e.into_inner()).push((address, name));
    }
}

/// The name of an address, if it was given one.
pub fn address_name(address: u64) -> Option<&'static str> {
    let table = ADDRESSES.read().unwrap_or_else(|e| e.into_inner());
    table.iter().find(|entry| entry.0 == address).map(|entry| entry.1)
}
