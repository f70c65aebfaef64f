//! Random bridges: a loop leaves at some guard, a recording goes on from there, and ends in each possible way.
//!
//! The bridge's recording is the loop's own one, with its guards turned to hold in the world at the exit.

use super::*;
use crate::trace::generate::HEADER;
use crate::trace::{Op, Snapshot, Target, Ty, VirtualObject};
use std::collections::BTreeMap;

/// A loop or a bridge that left, and the world it left.
pub(crate) struct Leaving {
    /// What ran before a bridge: the loop, then bridges, each up to the guard where it was left.
    earlier: Vec<(Trace, usize)>,
    pub(crate) trace: Trace,
    pub(crate) guard: usize,
    pub(crate) values: Vec<u64>,
    /// Before the slots of the snapshot are written.
    pub(crate) world: ModelWorld,
    /// After.
    pub(crate) complete: ModelWorld,
}

impl Leaving {
    fn root(&self) -> &Trace {
        self.earlier.first().map_or(&self.trace, |(trace, _)| trace)
    }

    fn prefix(&self) -> Vec<Prefix<'_>> {
        let earlier = self.earlier.iter().map(|(trace, upto)| Prefix { trace, upto: *upto });
        earlier.chain([Prefix { trace: &self.trace, upto: self.guard }]).collect()
    }

    /// The values that a bridge from here gets.
    fn inputs(&self, bridge: &Trace) -> Vec<u64> {
        let inputs = bridge.ops.iter().take_while(|op| op.code == Opcode::Input);
        inputs.map(|op| self.values[op.aux as usize]).collect()
    }
}

/// Runs the loop and lets one of its guards fail.
pub(crate) fn leave_somewhere(trace: Trace, world: &ModelWorld, rng: &mut Rng) -> Option<Leaving> {
    leave_after(Vec::new(), &[], trace, world, rng)
}

/// Runs a bridge that begins here and lets one of its guards fail.
fn leave_again(here: Leaving, bridge: Trace, rng: &mut Rng) -> Option<Leaving> {
    let inputs = here.inputs(&bridge);
    let mut earlier = here.earlier;
    earlier.push((here.trace, here.guard));
    leave_after(earlier, &inputs, bridge, &here.world, rng)
}

fn leave_after(
    earlier: Vec<(Trace, usize)>,
    inputs: &[u64],
    trace: Trace,
    world: &ModelWorld,
    rng: &mut Rng,
) -> Option<Leaving> {
    let guards: Vec<usize> =
        (0..trace.ops.len()).filter(|&i| trace.ops[i].code.is_guard()).collect();
    if guards.is_empty() {
        return None;
    }
    let mut world = ModelWorld { countdown: rng.below(6) as i64, ..world.clone() };
    let forced = rng.choose(&guards);
    let is_on_data = !matches!(
        trace.ops[forced].code,
        Opcode::GuardChaos | Opcode::GuardNoError | Opcode::GuardNoSignal | Opcode::GuardValid
    );
    // A guard on data that fails where it holds would teach what is not so: take those that come.
    let force = (!is_on_data && rng.percent(50)).then(|| (forced, rng.below(3) as u64));
    let own = earlier.is_empty().then_some(OWN);
    let config = Config { own, force, inputs, fuel: 20, ..Config::default() };
    let outcome = run(&trace, &mut world, &config).expect("no trap");
    let Ended::Left(guard) = outcome.exit else { return None };
    let is_plain = outcome.state.base == 0 && outcome.state.replay.is_empty() && !world.failed;
    if !is_plain || guard + 1 == trace.ops.len() {
        return None;
    }
    let mut complete = world.clone();
    outcome.write_back(&mut complete);
    Some(Leaving { earlier, trace, guard, values: outcome.values, world, complete })
}

/// The recording with its guards turned so that all hold in this world; as much of it as runs.
pub(crate) fn turned(recording: &Trace, world: &ModelWorld) -> Option<Trace> {
    let mut turned = recording.clone();
    for _ in 0..200 {
        let mut world = ModelWorld { countdown: 1, ..world.clone() };
        let outcome = run(&turned, &mut world, &Config::default()).ok()?;
        let Ended::Left(index) = outcome.exit else { return None };
        if index + 1 == turned.ops.len() {
            return Some(turned);
        }
        let op = turned.ops[index];
        let code = match op.code {
            Opcode::GuardTrue => Opcode::GuardFalse,
            Opcode::GuardFalse => Opcode::GuardTrue,
            Opcode::GuardValue if op.args[0].is_op() => {
                let bits = outcome.values[op.args[0].index()];
                if world.objects.get(&bits).is_some_and(|object| object.is_new) {
                    return None; // its address is nobody's business
                }
                let ty = turned.ty(op.args[0]);
                turned.ops[index].args[1] = turned.constant(ty, bits);
                Opcode::GuardValue
            }
            _ => return None,
        };
        turned.ops[index].code = code;
    }
    None
}

/// The word of a value as another type.
fn as_type(out: &mut Trace, value: Ref, ty: Ty) -> Ref {
    let from = out.ty(value);
    if let Some(c) = out.as_const(value) {
        return out.constant(ty, c.bits);
    }
    let bits = match from {
        _ if from == ty => return value,
        Ty::Int => None,
        Ty::Float => Some(Opcode::FloatBits),
        Ty::Bool => Some(Opcode::BoolToInt),
        Ty::Ref => Some(Opcode::RefBits),
    };
    let word = bits.map_or(value, |code| out.push(Op::new(code, Ty::Int, &[value], 0)));
    let code = match ty {
        Ty::Int => return word,
        Ty::Float => Opcode::FloatOfBits,
        Ty::Bool => Opcode::BoolOfInt,
        Ty::Ref => Opcode::RefOfBits,
    };
    out.push(Op::new(code, ty, &[word], 0))
}

/// Where a recording for the interpreter becomes one that begins at the exit.
pub(crate) fn as_bridge(recording: &Trace, leaving: &Leaving) -> Option<Trace> {
    let (parent, guard) = (&leaving.trace, leaving.guard);
    let snapshot = parent.snapshot_of(&parent.ops[guard])?;
    let mut out = Trace::new();
    let mut dirty: BTreeMap<Slot, Ref> = BTreeMap::new();
    let mut inputs: BTreeMap<Ref, Ref> = BTreeMap::new();
    let mut import = |out: &mut Trace, value: Ref| match parent.as_const(value) {
        Some(c) => out.constant(c.ty, c.bits),
        None => *inputs.entry(value).or_insert_with(|| match parent.virtual_behind(value) {
            Some(name) if name != value => unreachable!("slots name objects"),
            _ => {
                let ty = parent.ty(value);
                out.push(Op::new(Opcode::Input, ty, &[], value.index() as u32))
            }
        }),
    };
    for value in snapshot.values().filter(|&r| parent.virtual_behind(r).is_none()) {
        import(&mut out, value);
    }
    let mut objects: BTreeMap<Ref, Ref> = BTreeMap::new();
    for object in &snapshot.virtuals {
        let (layout, len) = parent.virtual_shape(object.name)?;
        if let Some(call) = parent.delayed_call(object.name) {
            let args: Vec<Ref> = (object.stores.iter())
                .map(|store| match parent.virtual_behind(store.value) {
                    Some(name) => objects[&name],
                    None => import(&mut out, store.value),
                })
                .collect();
            let op = Op::new(Opcode::Call, Ty::Ref, &[], call.0);
            objects.insert(object.name, out.push_list(op, &args));
            continue;
        }
        let op = match layout.get().elem_size {
            0 => Op::new(Opcode::New, Ty::Ref, &[], layout.0),
            _ => {
                let len = out.int(len.into());
                Op::new(Opcode::NewArray, Ty::Ref, &[len], layout.0)
            }
        };
        objects.insert(object.name, out.push(op));
    }
    let mut here = |out: &mut Trace, value: Ref| match parent.virtual_behind(value) {
        Some(name) if name == value => objects[&name],
        Some(name) => out.push(Op::new(Opcode::RefBits, Ty::Int, &[objects[&name]], 0)),
        None => import(out, value),
    };
    let is_object = |object: &&VirtualObject| parent.delayed_call(object.name).is_none();
    for object in snapshot.virtuals.iter().filter(is_object).chain(&snapshot.memory) {
        let name = here(&mut out, object.name);
        for store in &object.stores {
            let value = here(&mut out, store.value);
            let value = as_type(&mut out, value, store.access.get().width.ty());
            match store.index {
                None => {
                    let (args, aux) = ([name, value], store.access.0);
                    out.push(Op::new(Opcode::FieldStore, Ty::Int, &args, aux));
                }
                Some(index) => {
                    let args = [name, out.int(index.into()), value];
                    out.push(Op::new(Opcode::ElemStore, Ty::Int, &args, store.access.0));
                }
            }
        }
    }
    for &(slot, value) in &snapshot.slots {
        let value = here(&mut out, value);
        dirty.insert(slot, value);
    }
    let mut values: Vec<Ref> = Vec::new();
    for &old in &recording.ops {
        let map = |out: &mut Trace, r: Ref| match recording.as_const(r) {
            Some(c) => out.constant(c.ty, c.bits),
            None if r == Ref::NONE => r,
            None => values[r.index()],
        };
        let mut op = old;
        op.args = old.args.map(|r| map(&mut out, r));
        if let Some(snapshot) = recording.snapshot_of(&old) {
            let mut slots = dirty.clone();
            for &(slot, value) in &snapshot.slots {
                let value = map(&mut out, value);
                slots.insert(slot, value);
            }
            let replay = snapshot.replay.iter().map(|&r| map(&mut out, r)).collect();
            let slots = slots.into_iter().collect();
            op.snap = Some(out.snapshot(Snapshot { slots, replay, ..snapshot.clone() }));
        }
        let list: Vec<Ref> = recording.list(&old).iter().map(|&r| map(&mut out, r)).collect();
        let value = match (old.code, dirty.get(&old.slot())) {
            (Opcode::SlotLoad, Some(&value)) if out.ty(value) == old.ty => value,
            (Opcode::SlotLoad, Some(_)) => return None,
            _ if old.code.has_list() => out.push_list(op, &list),
            _ => out.push(op),
        };
        if old.code == Opcode::SlotStore {
            dirty.remove(&old.slot());
        }
        values.push(value);
    }
    Some(out)
}

/// Runs the bridge after the exit, and whatever it jumps to.
fn run_bridge(
    bridge: &Trace,
    recording: &Trace,
    leaving: &Leaving,
    countdown: i64,
    on: bool,
) -> Result<Left, String> {
    let inputs = leaving.inputs(bridge);
    let mut world = ModelWorld { countdown, ..leaving.world.clone() };
    let config = Config { inputs: &inputs, ..Config::default() };
    let outcome = run(bridge, &mut world, &config).map_err(|trap| format!("bridge: {trap}"))?;
    let at_label = match &outcome.exit {
        Ended::Jumped(_, Target::Loop { .. }, values) => Some(values.as_slice()),
        Ended::Jumped(..) => None,
        _ => {
            outcome.write_back(&mut world);
            if on && outcome.state.at == HEADER {
                // A guard of the short preamble: the interpreter goes on at the loop header.
                return Ok(reference(recording, world));
            }
            return Ok(left(outcome.state, &world));
        }
    };
    let config = Config { own: Some(OWN), at_label, ..Config::default() };
    let outcome =
        run(leaving.root(), &mut world, &config).map_err(|trap| format!("loop: {trap}"))?;
    outcome.write_back(&mut world);
    Ok(left(outcome.state, &world))
}

/// What the recordings do, through memory: the turned one, then the loop's own if the bridge goes on there.
fn expected(
    turned: &Trace,
    recording: &Trace,
    leaving: &Leaving,
    countdown: i64,
    on: bool,
) -> Left {
    let mut world = ModelWorld { countdown, ..leaving.complete.clone() };
    let outcome = run(turned, &mut world, &Config::default()).expect("no trap");
    outcome.write_back(&mut world);
    if on && outcome.exit == Ended::Left(turned.ops.len() - 1) {
        return reference(recording, world);
    }
    left(outcome.state, &world)
}

/// How often what happened.
#[derive(Debug, Default)]
struct Tally {
    bridges: u64,
    into_labels: u64,
    with_virtuals: u64,
    with_words: u64,
    of_bridges: u64,
    /// Without the first traces that ran before.
    cut: u64,
    misfits: u64,
}

/// Makes every kind of bridge from here, and compares; yields one of them.
fn check_bridges(
    seed: u64,
    recording: &Trace,
    options: &Options<'_>,
    leaving: &Leaving,
    rng: &mut Rng,
    tally: &mut Tally,
) -> Option<Trace> {
    let turned = turned(recording, &leaving.complete)?;
    let bridge = as_bridge(&turned, leaving)?;
    // Types of values may differ from those that the recording was made for.
    verify(&bridge).ok()?;
    let mut at_end = ModelWorld { countdown: 1, ..leaving.complete.clone() };
    run(&turned, &mut at_end, &Config::default()).expect("no trap").write_back(&mut at_end);
    let alive = rng.bits();
    let word_at_end = |slot: Slot| match slot.as_local() {
        Some(k) => at_end.locals.get(&k).copied(),
        None => at_end.stack.get(&i64::from(slot.0)).copied(),
    };
    // The optimizer need not be shown all that ran before.
    let prefix = leaving.prefix();
    let shown = if rng.percent(30) { rng.below(prefix.len()) } else { 0 };
    tally.cut += u64::from(shown > 0);
    let exit = Exit {
        prefix: &prefix[shown..],
        available: &|r| alive >> (r.index() % 64) & 1 != 0,
        word_at_end: &word_at_end,
    };
    let unknown = std::cell::Cell::new(false);
    let may_enter = may_enter(leaving.root(), 0, &|slot| {
        unknown.set(unknown.get() || word_at_end(slot).is_none());
        word_at_end(slot).unwrap_or_default()
    });
    let misfits = !may_enter && !unknown.get();
    let ends = [
        BridgeEnd::Leave,
        BridgeEnd::Entry { trace: OWN, base: 0 },
        BridgeEnd::Loop { trace: leaving.root(), id: OWN, base: 0 },
    ];
    let mut made = Vec::new();
    for end in ends {
        let history = || {
            let shown = leaving
                .prefix()
                .iter()
                .map(|p| format!("{}\n==== exit at {}\n", p.trace, p.upto))
                .collect::<String>();
            format!("seed {seed} opt={}\n{}{bridge}", options.passes, shown)
        };
        let optimized = match optimize_bridge(&bridge, &exit, end, options, &mut Silent) {
            Ok(optimized) => optimized,
            Err(GiveUp::DoesNotFit { .. } | GiveUp::NotVirtual { .. }) => {
                tally.misfits += 1;
                continue;
            }
            Err(why) => panic!("{why:?}\n{}", history()),
        };
        assert!(!misfits || !matches!(end, BridgeEnd::Loop { .. }), "it fits\n{}", history());
        if let Err(why) = verify(&optimized) {
            panic!("{why}\n{}\n====\n{optimized}", history());
        }
        tally.bridges += 1;
        tally.of_bridges += u64::from(!leaving.earlier.is_empty());
        let into_label = matches!(end, BridgeEnd::Loop { .. });
        tally.into_labels += u64::from(into_label);
        tally.with_virtuals += u64::from(into_label && carries(leaving.root()));
        tally.with_words += u64::from(into_label && remembers(leaving.root()));
        for countdown in [1, 4] {
            let on = !matches!(end, BridgeEnd::Leave);
            let want = expected(&turned, recording, leaving, countdown, on);
            let got = run_bridge(&optimized, recording, leaving, countdown, on);
            assert!(
                got.as_ref() == Ok(&want),
                "{}\n====\n{optimized}\n{:#?}",
                history(),
                (want, got)
            );
        }
        made.push(optimized);
    }
    made.pop()
}

#[test]
fn bridges_do_what_their_recordings_did() {
    let mut rng = Rng::new(11);
    let mut tally = Tally::default();
    for seed in 0..2 * seeds() {
        let (generated, vocabulary) = made(seed);
        let recording = &generated.recording;
        let passes = if rng.percent(60) { PassSet::ALL } else { rng.choose(&pass_sets()) };
        let options = Options::passes(passes);
        let Ok(trace) = optimize_loop(recording, OWN, &options, &mut Silent) else { continue };
        let world = match rng.percent(50) {
            true => generated.world.clone(),
            false => generated.mutate(&vocabulary, &mut rng),
        };
        let mut leaving = leave_somewhere(trace, &world, &mut rng);
        for _ in 0..3 {
            let Some(here) = leaving else { break };
            let bridge = check_bridges(seed, recording, &options, &here, &mut rng, &mut tally);
            let Some(bridge) = bridge else { break };
            leaving = leave_again(here, bridge, &mut rng);
        }
    }
    println!("{tally:?}");
    assert!(tally.into_labels > seeds() / 20, "{tally:?}");
    assert!(tally.of_bridges > seeds() / 20, "{tally:?}");
    assert!(tally.cut > 0, "{tally:?}");
    assert!(tally.with_virtuals > 0 && tally.with_words > 0, "{tally:?}");
}
