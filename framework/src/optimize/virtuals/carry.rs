//! CARRY: virtuals that live on from one iteration to the next.
//!
//! ```text
//! p1 = virtual Point, 0   {x: i0}      label [i0] -> s0
//! leave -> {2: p1}                =>   i5 = phi 0
//!                                      p6 = virtual Point, 0
//!                                      ..
//!                                      jump self [i9]
//!                                      s0: @1 {2: p6} virtuals [p6 {Point.x: i5}]
//! ```
//! The virtuals that slots name at the end of the first iteration, directly or through others, are a graph. The label takes
//! it over: every node becomes a `virtual` behind the phis, and each of its words a constant, a value that the loop does
//! not change, a phi, or another node. The second iteration must end with a graph of the same form ([`Matching`]): what
//! differs is a lesson for the next round. A word that is not what it was becomes a phi; a node without a counterpart is
//! allocated before the label.
//!
//! Invariants: a node stands for one object and an object for one node, so that identity survives; no object that is
//! allocated at the end of an iteration refers to a node's counterpart.

use super::state::Object;
use crate::optimize::context::Context;
use crate::optimize::feeder::{Slots, reinterpret};
use crate::optimize::pipeline::Pipeline;
use crate::trace::{AccessId, LayoutId, Op, Opcode, Ref, Ty, VirtualObject, VirtualStore};

/// So many objects at most.
const MOST_NODES: usize = 16;
/// And so many words that are set.
const MOST_WORDS: usize = 48;

/// Which word of an object: a field, or an element.
type Place = (AccessId, Option<u32>);

/// What earlier rounds found out. Virtuals go by their names in the first iteration, which is the same in every round.
#[derive(Debug, Default)]
pub(in crate::optimize) struct Lessons {
    /// Allocate all.
    pub(in crate::optimize) none: bool,
    /// These are allocated before the label.
    real: Vec<Ref>,
    /// These words are phis, whatever they look like.
    phis: Vec<(Ref, Place)>,
    /// These words are phis without a type of their own: plain integers.
    raw: Vec<(Ref, Place)>,
}

impl Lessons {
    /// How many.
    pub(in crate::optimize) fn len(&self) -> usize {
        usize::from(self.none) + self.real.len() + self.phis.len() + self.raw.len()
    }

    fn must_be_real(&mut self, name: Ref) {
        if !self.real.contains(&name) {
            self.real.push(name);
        }
    }

    fn must_be_phi(&mut self, name: Ref, place: Place) {
        if !self.phis.contains(&(name, place)) {
            self.phis.push((name, place));
        }
    }

    fn must_be_raw(&mut self, name: Ref, place: Place) {
        if !self.raw.contains(&(name, place)) {
            self.raw.push((name, place));
        }
    }
}

/// What a word holds at the label.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Held {
    /// A constant, or a value that the loop does not change.
    Same(Ref),
    /// This phi.
    Phi(Ref),
    /// Another node.
    Node(usize),
}

/// A virtual at the label.
#[derive(Debug)]
struct Node {
    /// Its name in the first iteration.
    old: Ref,
    /// Its name behind the label.
    new: Ref,
    layout: LayoutId,
    len: u32,
    /// What is not mentioned is as in a new object.
    words: Vec<(Place, Held)>,
}

/// All virtuals at the label, by ascending name.
#[derive(Debug, Default)]
pub(in crate::optimize) struct Graph {
    nodes: Vec<Node>,
}

/// At the end of the first iteration: allocates what is not carried, makes all calls that were put off, and gives those words a
/// plain type that need it. Yields what is carried.
pub(in crate::optimize) fn choose(
    pipeline: &mut Pipeline<'_, '_>,
    slots: &mut Slots,
    lessons: &Lessons,
) -> Vec<Object> {
    let carried = |pipeline: &Pipeline<'_, '_>| {
        pipeline.cx.reach_virtuals(slots.iter().map(|&(_, value)| value))
    };
    let mut names = carried(pipeline);
    let words = |name: &Ref| pipeline.cx.virtuals.get(*name).map_or(0, |o| o.words.len());
    let too_many = names.len() > MOST_NODES || names.iter().map(words).sum::<usize>() > MOST_WORDS;
    for &name in &names {
        let call = pipeline.cx.is_put_off(name);
        if lessons.none || too_many || call || lessons.real.contains(&name) {
            pipeline.real(name);
        }
    }
    names = carried(pipeline);
    names.sort_unstable();
    for &(name, (access, index)) in &lessons.raw {
        let word = pipeline.cx.virtuals.get(name).and_then(|o| o.word(access, index));
        let Some(value) = word else { continue };
        // Conversions are no guards.
        if let Ok(word) = reinterpret(value, Ty::Int, pipeline) {
            pipeline.cx.virtuals.store(name, access, index, word);
        }
    }
    for (_, value) in slots {
        let resolved = pipeline.cx.resolve(*value);
        *value = pipeline.cx.virtual_behind(resolved).unwrap_or(resolved);
    }
    names.iter().filter_map(|&name| pipeline.cx.virtuals.get(name).cloned()).collect()
}

impl Graph {
    /// Decides what each word is. `stays` says of a value that it is the same in every iteration; phis are numbered behind
    /// those in `inits`, of which the first stands right behind the op `label`.
    pub(in crate::optimize) fn new(
        cx: &mut Context<'_>,
        objects: &[Object],
        lessons: &Lessons,
        label: usize,
        stays: impl Fn(Ref) -> bool,
        inits: &mut Vec<Ref>,
    ) -> Graph {
        let mut nodes = Vec::with_capacity(objects.len());
        for object in objects {
            let mut words = Vec::with_capacity(object.words.len());
            for (place, value) in words_of(cx, object, lessons) {
                let node = cx.virtual_behind(value);
                let node = node.and_then(|name| objects.iter().position(|o| o.name == name));
                let is_phi = !stays(value) || lessons.phis.contains(&(object.name, place));
                let held = match node {
                    Some(node) => Held::Node(node),
                    None if is_phi => {
                        inits.push(value);
                        Held::Phi(Ref::op(label + inits.len()))
                    }
                    None => Held::Same(value),
                };
                words.push((place, held));
            }
            let (layout, len) = (object.layout, object.len);
            nodes.push(Node { old: object.name, new: Ref::NONE, layout, len, words });
        }
        for (k, node) in nodes.iter_mut().enumerate() {
            node.new = Ref::op(label + inits.len() + 1 + k);
        }
        Graph { nodes }
    }

    /// The name behind the label of a virtual of the first iteration.
    pub(in crate::optimize) fn renamed(&self, old: Ref) -> Option<Ref> {
        self.nodes.iter().find(|node| node.old == old).map(|node| node.new)
    }

    fn value(&self, held: Held) -> Ref {
        match held {
            Held::Same(value) | Held::Phi(value) => value,
            Held::Node(node) => self.nodes[node].new,
        }
    }

    /// What the label's snapshot says of them.
    pub(in crate::optimize) fn describe(&self) -> Vec<VirtualObject> {
        let store = |&((access, index), held): &(Place, Held)| VirtualStore {
            access,
            index,
            value: self.value(held),
        };
        let object = |node: &Node| VirtualObject {
            name: node.new,
            stores: node.words.iter().map(store).collect(),
        };
        self.nodes.iter().map(object).collect()
    }

    /// Appends the `virtual` ops, behind the phis.
    pub(in crate::optimize) fn append(&self, cx: &mut Context<'_>) {
        for node in &self.nodes {
            let len = cx.make_int(node.len.into());
            let op = Op::new(Opcode::Virtual, Ty::Ref, &[len], node.layout.0);
            let at = cx.append(Op { at: cx.at, ..op });
            debug_assert_eq!(at, node.new);
        }
    }

    /// Makes them known, after the passes forgot everything.
    pub(in crate::optimize) fn declare(&self, cx: &mut Context<'_>) {
        for node in &self.nodes {
            cx.virtuals.declare(node.new, node.layout, node.len);
            for &((access, index), held) in &node.words {
                cx.virtuals.store(node.new, access, index, self.value(held));
            }
        }
    }
}

/// The words of an object that may differ from those of a new one, and those that are to be phis.
fn words_of(cx: &mut Context<'_>, object: &Object, lessons: &Lessons) -> Vec<(Place, Ref)> {
    let mut words = Vec::new();
    for store in &object.words {
        let store = VirtualStore { value: cx.resolve(store.value), ..*store };
        let place = (store.access, store.index);
        if !object.is_initial(cx, &store) || lessons.phis.contains(&(object.name, place)) {
            words.push((place, store.value));
        }
    }
    for &(name, place) in &lessons.phis {
        if name == object.name && words.iter().all(|w| w.0 != place) {
            words.push((place, initial(cx, object, place)));
        }
    }
    words
}

/// What a new object holds there.
fn initial(cx: &mut Context<'_>, object: &Object, (access, index): Place) -> Ref {
    match access.lookup() {
        Some(access) => {
            let bits = object.initial(access, index);
            cx.out.constant(access.width.ty(), bits)
        }
        None => cx.make_int(0),
    }
}

/// What a virtual holds there.
pub(in crate::optimize) fn word(
    cx: &mut Context<'_>,
    name: Ref,
    access: AccessId,
    index: Option<u32>,
) -> Option<Ref> {
    let object = cx.virtuals.get(name)?;
    match object.word(access, index) {
        Some(value) => Some(cx.resolve(value)),
        None => {
            let object = Object { words: Vec::new(), bits: Vec::new(), ..*object };
            Some(initial(cx, &object, (access, index)))
        }
    }
}

/// The same value, or constants with the same word.
pub(in crate::optimize) fn is_same(cx: &Context<'_>, a: Ref, b: Ref) -> bool {
    let (a, b) = (cx.resolve(a), cx.resolve(b));
    let bits = |r| cx.out.as_const(r).map(|c| c.bits);
    a == b || (bits(a).is_some() && bits(a) == bits(b))
}

/// Which object of the second iteration's end each node has become.
#[derive(Debug)]
pub(in crate::optimize) struct Matching<'g> {
    graph: &'g Graph,
    /// Per node.
    found: Vec<Option<Ref>>,
}

impl<'g> Matching<'g> {
    /// None yet.
    pub(in crate::optimize) fn new(graph: &'g Graph) -> Matching<'g> {
        Matching { graph, found: vec![None; graph.nodes.len()] }
    }

    /// Is this value of the label one of its virtuals?
    pub(in crate::optimize) fn is_node(&self, value: Ref) -> bool {
        self.graph.nodes.iter().any(|node| node.new == value)
    }

    /// Where the label has that virtual there is this value in the end.
    pub(in crate::optimize) fn pair(
        &mut self,
        cx: &mut Context<'_>,
        new: Ref,
        value: Ref,
        lessons: &mut Lessons,
    ) {
        let Some(node) = self.graph.nodes.iter().position(|node| node.new == new) else { return };
        let mut pending = vec![(node, value)];
        while let Some((node, value)) = pending.pop() {
            let known = &self.graph.nodes[node];
            let Some(name) = cx.virtual_behind(cx.resolve(value)) else {
                lessons.must_be_real(known.old);
                continue;
            };
            if self.found[node] == Some(name) {
                continue;
            }
            let other = self.found.iter().position(|&found| found == Some(name));
            let fits = cx
                .virtuals
                .get(name)
                .is_some_and(|object| (object.layout, object.len) == (known.layout, known.len));
            if self.found[node].is_some() || other.is_some() || !fits {
                lessons.must_be_real(known.old);
                other.into_iter().for_each(|k| lessons.must_be_real(self.graph.nodes[k].old));
                continue;
            }
            self.found[node] = Some(name);
            for &((access, index), held) in &known.words {
                let Some(value) = word(cx, name, access, index) else { continue };
                match held {
                    Held::Node(other) => pending.push((other, value)),
                    Held::Phi(phi) => {
                        if cx.out.ty(value) != cx.out.ty(phi) && !value.is_const() {
                            lessons.must_be_raw(known.old, (access, index));
                        }
                    }
                    Held::Same(assumed) => {
                        if !is_same(cx, value, assumed) {
                            lessons.must_be_phi(known.old, (access, index));
                        }
                    }
                }
            }
            self.set_since(cx, node, name, lessons);
        }
    }

    /// Words that the label takes to be as in a new object.
    fn set_since(&self, cx: &Context<'_>, node: usize, name: Ref, lessons: &mut Lessons) {
        let known = &self.graph.nodes[node];
        let Some(object) = cx.virtuals.get(name) else { return };
        for store in &object.words {
            let place = (store.access, store.index);
            let store = VirtualStore { value: cx.resolve(store.value), ..*store };
            let is_known = known.words.iter().any(|w| w.0 == place);
            if !is_known && !object.is_initial(cx, &store) {
                lessons.must_be_phi(known.old, place);
            }
        }
    }

    /// The phis of the nodes' words and what becomes of each, in order.
    pub(in crate::optimize) fn values(&self, cx: &mut Context<'_>) -> Vec<(Ref, Ref)> {
        let mut values = Vec::new();
        for (node, found) in self.graph.nodes.iter().zip(&self.found) {
            for &((access, index), held) in &node.words {
                if let (Held::Phi(phi), Some(name)) = (held, found)
                    && let Some(value) = word(cx, *name, access, index)
                {
                    values.push((phi, value));
                }
            }
        }
        values
    }

    /// These values are made real in the end. A node whose counterpart one of them refers to cannot stay virtual.
    pub(in crate::optimize) fn keep_from(
        &self,
        cx: &Context<'_>,
        values: impl Iterator<Item = Ref>,
        lessons: &mut Lessons,
    ) {
        let real = cx.reach_virtuals(values);
        for (node, found) in self.graph.nodes.iter().zip(&self.found) {
            if found.is_some_and(|name| real.contains(&name)) {
                lessons.must_be_real(node.old);
            }
        }
    }
}
