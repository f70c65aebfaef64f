//! When two worlds are the same for a guest program.
//!
//! New objects may have different addresses, and objects that nobody can reach do not count. Any NaN equals any other: its sign
//! and payload are free. Invariant: the comparison is symmetric, and true of a world and itself.

use std::collections::BTreeMap;

use holloway::trace::eval::{Exit, ModelWorld, Outcome};
use holloway::trace::{Const, Ty};

/// Where a run left a trace, and the world it left behind.
#[derive(Clone, Debug)]
pub struct Left {
    /// How it ended.
    pub outcome: Outcome,
    /// The world, with the slots of the snapshot written.
    pub world: ModelWorld,
}

impl Left {
    /// Does what an exit does: writes the slots.
    pub fn new(outcome: Outcome, mut world: ModelWorld) -> Left {
        outcome.write_back(&mut world);
        Left { outcome, world }
    }
}

/// Says what differs between two exits: where they continue, the replay log, the VM stack, the heap.
pub fn compare(a: &Left, b: &Left) -> Result<(), String> {
    let (x, y) = (finished(a), finished(b));
    if x != y {
        return Err(format!("return {x:?} and {y:?}"));
    }
    let (x, y) = (&a.outcome.state, &b.outcome.state);
    if x.at != y.at {
        return Err(format!("continue at {:?} and {:?}", x.at, y.at));
    }
    if a.world.base != b.world.base {
        return Err(format!("base {} and {}", a.world.base, b.world.base));
    }
    let mut pairs = Pairs { a: &a.world, b: &b.world, new: BTreeMap::new(), queue: Vec::new() };
    pairs.constants(&x.replay, &y.replay)?;
    pairs.words("slot", &a.world.stack, &b.world.stack)?;
    pairs.words("local", &a.world.locals, &b.world.locals)?;
    pairs.objects()?;
    pairs.calls()
}

/// The result, if a guest function returned.
fn finished(left: &Left) -> Option<(u64, u64)> {
    match left.outcome.exit {
        Exit::Finished(_, tag, payload) => Some((tag, payload)),
        _ => None,
    }
}

struct Pairs<'a> {
    a: &'a ModelWorld,
    b: &'a ModelWorld,
    /// New objects of `a`, and which of `b` each must be.
    new: BTreeMap<u64, u64>,
    /// Pairs of new objects still to be compared.
    queue: Vec<(u64, u64)>,
}

impl Pairs<'_> {
    fn same(&mut self, x: u64, y: u64) -> bool {
        let is_new = |world: &ModelWorld, at| world.objects.get(&at).is_some_and(|o| o.is_new);
        if is_new(self.a, x) && is_new(self.b, y) {
            if let Some(&known) = self.new.get(&x) {
                return known == y;
            }
            if self.new.values().any(|&known| known == y) {
                return false;
            }
            self.new.insert(x, y);
            self.queue.push((x, y));
            return true;
        }
        x == y || (is_nan(x) && is_nan(y))
    }

    fn constants(&mut self, a: &[Const], b: &[Const]) -> Result<(), String> {
        let same = a.len() == b.len()
            && a.iter().zip(b).all(|(x, y)| x.ty == y.ty && self.same(x.bits, y.bits));
        if same { Ok(()) } else { Err(format!("replay logs {} and {}", show_all(a), show_all(b))) }
    }

    fn words<K: Ord + Copy + std::fmt::Display>(
        &mut self,
        what: &str,
        a: &BTreeMap<K, u64>,
        b: &BTreeMap<K, u64>,
    ) -> Result<(), String> {
        let keys: std::collections::BTreeSet<K> = a.keys().chain(b.keys()).copied().collect();
        for key in keys {
            let (x, y) = (a.get(&key).copied(), b.get(&key).copied());
            if !matches!((x, y), (Some(x), Some(y)) if self.same(x, y)) {
                return Err(format!("{what} {key} is {} and {}", show(x), show(y)));
            }
        }
        Ok(())
    }

    /// Objects that exist at entry, then new ones that can be reached.
    fn objects(&mut self) -> Result<(), String> {
        let world = self.a;
        for (&address, object) in &world.objects {
            if !object.is_new {
                self.object(address, address)?;
            }
        }
        while let Some((x, y)) = self.queue.pop() {
            self.object(x, y)?;
        }
        Ok(())
    }

    fn object(&mut self, x: u64, y: u64) -> Result<(), String> {
        let (world_a, world_b) = (self.a, self.b);
        let (Some(a), Some(b)) = (world_a.objects.get(&x), world_b.objects.get(&y)) else {
            return Err(format!("there is no object at {x:#x} or {y:#x}"));
        };
        if a.layout != b.layout || a.words.len() != b.words.len() {
            return Err(format!("objects {x:#x} and {y:#x} differ in layout or length"));
        }
        for (i, (&p, &q)) in a.words.iter().zip(&b.words).enumerate() {
            if !self.same(p, q) {
                let name = &a.layout.get().name;
                let (p, q) = (show(Some(p)), show(Some(q)));
                return Err(format!("word {i} of {name} {x:#x} is {p} and {q}"));
            }
        }
        Ok(())
    }

    /// The same calls with effects, in the same order.
    fn calls(&mut self) -> Result<(), String> {
        let (a, b) = (&self.a.log, &self.b.log);
        let writes = |log: &[(holloway::trace::CallId, Vec<u64>)]| {
            let effect = |c: holloway::trace::CallId| c.get().effect;
            let writing = |&&(c, _): &&(holloway::trace::CallId, Vec<u64>)| {
                effect(c) == holloway::trace::CallEffect::Writes
            };
            log.iter().filter(writing).cloned().collect::<Vec<_>>()
        };
        let (a, b) = (writes(a), writes(b));
        let mut same = a.len() == b.len();
        for ((f, x), (g, y)) in a.iter().zip(&b) {
            same &= f == g && x.iter().zip(y).all(|(&x, &y)| self.same(x, y));
        }
        if same { Ok(()) } else { Err(format!("{} and {} calls with effects", a.len(), b.len())) }
    }
}

fn is_nan(bits: u64) -> bool {
    f64::from_bits(bits).is_nan()
}

fn show(word: Option<u64>) -> String {
    match word {
        Some(word) => format!("{} ({:?})", word as i64, f64::from_bits(word)),
        None => "nothing".to_owned(),
    }
}

fn show_all(values: &[Const]) -> String {
    let one = |c: &Const| match c.ty {
        Ty::Float => format!("{:?}", f64::from_bits(c.bits)),
        _ => format!("{}", c.bits as i64),
    };
    format!("{:?}", values.iter().map(one).collect::<Vec<_>>())
}
