//! Worlds for traces that were written by hand: what is in the slots and objects that they touch.
//!
//! A slot that is loaded as an `Int` gets an integer, and so on. A reference needs an object: its layout is that of the fields
//! which the trace uses it for, and may be found in other uses of the same slot or field. Invariant: constant objects
//! hold the same words in every world of a file, so that constant folding may read their immutable fields.

use std::cell::RefCell;
use std::collections::BTreeMap;

use holloway::optimize::Oracle;
use holloway::trace::eval::{ModelWorld, World};
use holloway::trace::generate::Rng;
use holloway::trace::parse::Names;
use holloway::trace::parse::declare::owner;
use holloway::trace::{
    Access, AccessId, CallId, Layout, LayoutId, Mutability, Opcode, Ref, Slot, Trace, Ty,
};

/// How many objects of each layout there are, besides the constants.
const OBJECTS: usize = 3;
/// The lengths of arrays.
const ELEMS: u64 = 8;

/// Where a reference comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Slot(Slot),
    Field(AccessId),
}

/// What a trace needs of a world.
pub struct Needs {
    slots: BTreeMap<Slot, Ty>,
    /// The layouts of references, by where they come from.
    layouts: BTreeMap<Source, LayoutId>,
    accesses: Vec<AccessId>,
    calls: Vec<CallId>,
    /// Objects at entry: address, layout, elements, is it a constant?
    objects: Vec<(u64, LayoutId, u64, bool)>,
}

impl Needs {
    /// What the trace touches. `place` gives addresses to objects that are no constants.
    pub fn of(trace: &Trace, names: &Names, place: &mut dyn FnMut(usize) -> u64) -> Needs {
        let mut needs = Needs {
            slots: BTreeMap::new(),
            layouts: BTreeMap::new(),
            accesses: Vec::new(),
            calls: Vec::new(),
            objects: Vec::new(),
        };
        for op in &trace.ops {
            match op.code {
                Opcode::SlotLoad => {
                    needs.slots.insert(op.slot(), op.ty);
                }
                Opcode::FieldLoad | Opcode::FieldStore | Opcode::ElemLoad | Opcode::ElemStore => {
                    needs.accesses.push(op.access());
                    if let Some(source) = source(trace, op.args[0]) {
                        needs.layouts.insert(source, layout_of(names, op.access()));
                    }
                }
                Opcode::Call | Opcode::CallVoid => needs.calls.push(op.call()),
                _ => {}
            }
        }
        needs.accesses.sort();
        needs.accesses.dedup();
        for object in &names.objects {
            let layout = names.layout_named(&object.layout).unwrap_or_else(opaque);
            needs.objects.push((object.address, layout, object.elems, true));
        }
        let mut layouts: Vec<LayoutId> = needs.layouts.values().copied().collect();
        if needs.slots.values().any(|&ty| ty == Ty::Ref) {
            layouts.push(opaque());
        }
        layouts.sort();
        layouts.dedup();
        for layout in layouts {
            for _ in 0..OBJECTS {
                let desc = layout.get();
                let elems = if desc.elem_size == 0 { 0 } else { ELEMS };
                let bytes = u64::from(desc.size) + elems * u64::from(desc.elem_size);
                needs.objects.push((place(bytes.div_ceil(8) as usize), layout, elems, false));
            }
        }
        needs
    }

    /// A world with random contents.
    pub fn world(&self, seed: u64) -> ModelWorld {
        let mut world = ModelWorld { countdown: 20, ..ModelWorld::default() };
        let (mut rng, mut fixed) = (Rng::new(seed), Rng::new(0));
        for &(address, layout, elems, _) in &self.objects {
            // An object that is too large stays away, and a trace that uses it traps.
            let _ = world.place(address, layout, elems);
        }
        for &(address, layout, elems, is_constant) in &self.objects {
            let rng = if is_constant { &mut fixed } else { &mut rng };
            for &access in &self.accesses {
                let desc = access.get();
                if owner(&desc.name) != layout.get().name || is_length(desc) {
                    continue;
                }
                let count = if desc.name.ends_with("[]") { elems as i64 } else { -1 };
                for index in if count < 0 { -1..0 } else { 0..count } {
                    let word = self.word(desc.width.ty(), Source::Field(access), rng);
                    let index = (index >= 0).then_some(index);
                    // Within bounds, unless the layout was declared too small for its fields.
                    let _ = world.store(access, address, index, word);
                }
            }
        }
        for (&slot, &ty) in &self.slots {
            let word = self.word(ty, Source::Slot(slot), &mut rng);
            world.store_slot(slot, word);
        }
        world.signal = rng.percent(10);
        self.define(&mut world);
        world
    }

    fn word(&self, ty: Ty, source: Source, rng: &mut Rng) -> u64 {
        if ty != Ty::Ref {
            return rng.word(ty);
        }
        let layout = match (self.layouts.get(&source), source) {
            (Some(&layout), _) => layout,
            (None, Source::Slot(_)) => opaque(),
            (None, Source::Field(_)) => return 0,
        };
        let fit = self.objects.iter().filter(|object| object.1 == layout).map(|object| object.0);
        rng.choose(&fit.collect::<Vec<_>>())
    }

    /// Callees that nobody defined mix their arguments.
    fn define(&self, world: &mut ModelWorld) {
        holloway::trace::generate::Vocabulary::new(&super::functions::address).define(world);
        for &call in &self.calls {
            let result = call.get().result;
            world.calls.entry(call).or_insert_with(|| {
                std::sync::Arc::new(move |_: &mut ModelWorld, args: &[u64]| {
                    let mixed = args.iter().fold(7u64, |sum, a| sum.rotate_left(9) ^ a);
                    Some(match result {
                        Some(Ty::Bool) => mixed & 1,
                        Some(Ty::Ref) => 0,
                        _ => mixed,
                    })
                })
            });
        }
    }
}

/// What constant folding may know of a world: immutable fields of constant objects, and elidable functions.
pub struct WorldOracle(pub RefCell<ModelWorld>);

impl WorldOracle {
    /// Knows this world.
    pub fn new(world: ModelWorld) -> WorldOracle {
        WorldOracle(RefCell::new(world))
    }
}

impl Oracle for WorldOracle {
    fn load(&self, access: AccessId, object: u64, index: Option<i64>) -> Option<u64> {
        let immutable = access.get().mutability == Mutability::Immutable;
        self.0.borrow_mut().load(access, object, index).ok().filter(|_| immutable)
    }

    fn call(&self, callee: CallId, arguments: &[u64]) -> Option<u64> {
        let function = self.0.borrow().calls.get(&callee)?.clone();
        function(&mut self.0.borrow_mut(), arguments)
    }
}

/// The length word of an array is right already.
fn is_length(access: &Access) -> bool {
    access.offset == 8 && access.name.ends_with(".len")
}

/// An object of which nothing is known.
fn opaque() -> LayoutId {
    LayoutId::of(Layout {
        name: "Opaque".to_owned(),
        tag: 99,
        size: 16,
        elem_size: 0,
        made_by: None,
    })
}

/// The layout that a field belongs to.
fn layout_of(names: &Names, access: AccessId) -> LayoutId {
    names.layout_named(owner(&access.get().name)).unwrap_or_else(opaque)
}

fn source(trace: &Trace, object: Ref) -> Option<Source> {
    let op = trace.def(object)?;
    match op.code {
        Opcode::SlotLoad => Some(Source::Slot(op.slot())),
        Opcode::FieldLoad | Opcode::ElemLoad => Some(Source::Field(op.access())),
        _ => None,
    }
}
