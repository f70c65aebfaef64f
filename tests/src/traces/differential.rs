//! One random recording, through the optimizer and the assembler, in several worlds.
//!
//! ```text
//! recording --evaluate--------------------------------------.
//!     |                                                      = ?   in the recorded world and in changed ones,
//!     '--optimize (no pass, all, some)--> trace --evaluate--'      as guards fail by themselves and by force
//!                                           |                = ?
//!                                           '--assemble--> machine code --run
//! ```
//! Invariant: the verdict depends on the seed alone.

use std::fmt;

use holloway::assemble::AssembleError;
use holloway::optimize::{
    Convention, Conventions, GiveUp, Options, PassId, PassSet, Silent, optimize_line, optimize_loop,
};
use holloway::trace::eval::{Exit, ModelWorld};
use holloway::trace::generate::{
    Generated, HEADER, Plan, Rng, Vocabulary, generate, made_up_addresses,
};
use holloway::trace::parse::{Names, parse_with};
use holloway::trace::print::{PrintOptions, print_with_objects};
use holloway::trace::{Op, Opcode, Ref, Slot, Trace, verify};

use super::compare::Left;
use super::guests::{self, Called};
use super::machine::{Machine, with_chaos};
use super::recording::{OWN, Recording, check_all_exits, guards};
use super::runs::{agree, evaluate};
use super::worlds::WorldOracle;

/// What was reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Recordings.
    pub traces: u64,
    /// Optimized traces that loop by a label.
    pub peeled: u64,
    /// Loops that the optimizer gave up.
    pub gave_up: u64,
    /// Runs of machine code, those with a guard forced to fail included.
    pub machine_runs: u64,
    /// Those with a guard forced to fail.
    pub forced_runs: u64,
    /// Ops of recordings that were optimized with all passes, and of what became of them (a peeled loop's body only).
    pub ops_before: u64,
    /// See `ops_before`.
    pub ops_after: u64,
    /// Calls that were put off in optimized traces.
    pub put_off: u64,
    /// Optimized traces with a call during which objects move.
    pub moving: u64,
    /// Runs of machine code that arrive at a second entry.
    pub direct: u64,
    /// Optimized traces with a call that passes arguments in registers.
    pub passing: u64,
    /// Guest functions with machine code that left it.
    pub finished: u64,
}

impl Reached {
    fn numbers(&mut self) -> [&mut u64; 12] {
        [
            &mut self.traces,
            &mut self.peeled,
            &mut self.gave_up,
            &mut self.machine_runs,
            &mut self.forced_runs,
            &mut self.ops_before,
            &mut self.ops_after,
            &mut self.put_off,
            &mut self.moving,
            &mut self.direct,
            &mut self.passing,
            &mut self.finished,
        ]
    }

    /// Adds up.
    pub fn add(&mut self, mut other: Reached) {
        for (sum, n) in self.numbers().into_iter().zip(other.numbers()) {
            *sum += *n;
        }
    }

    /// All numbers in one line, for [`Reached::read`].
    pub fn line(mut self) -> String {
        self.numbers().map(|n| n.to_string()).join(" ")
    }

    /// Reads what [`Reached::line`] wrote.
    pub fn read(line: &str) -> Result<Reached, String> {
        let mut reached = Reached::default();
        let mut words = line.split(' ');
        for n in reached.numbers() {
            let word = words.next().unwrap_or_default();
            *n = word.parse().map_err(|_| format!("`{line}` is no result"))?;
        }
        Ok(reached)
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reached { traces, peeled, gave_up, machine_runs, forced_runs, .. } = self;
        let Reached { put_off, moving, direct, passing, finished, .. } = self;
        let share = 100.0 * self.ops_after as f64 / self.ops_before.max(1) as f64;
        write!(
            f,
            "{traces} traces, {peeled} peeled, {gave_up} given up, {machine_runs} runs of machine code, \
             {forced_runs} of them with a guard forced to fail; {put_off} calls put off, objects move in {moving}; \
             {direct} runs arrive at a second entry, calls pass arguments in registers in {passing}, {finished} callees leave; \
             {share:.0} % of the ops left"
        )
    }
}

/// What prints parses to the same.
fn check_text(trace: &Trace) -> Result<(), String> {
    let (text, objects) = print_with_objects(trace, &PrintOptions::default());
    let mut names = Names::default();
    for (i, &address) in objects.iter().enumerate() {
        names.place_object(&i.to_string(), address);
    }
    let parsed = parse_with(&text, &mut names).map_err(|e| format!("its text at {e}"))?;
    if parsed == *trace { Ok(()) } else { Err("its text is another trace".to_owned()) }
}

/// Iterations until `guard_chaos` ends every generated loop.
const ITERATIONS: i64 = 12;
/// Worlds besides the recorded one.
const MUTATIONS: usize = 3;

/// Checks random recordings.
pub struct Checker {
    vocabulary: Vocabulary,
    /// None where there is no machine code.
    machine: Option<Machine>,
    /// Those of the guest functions, and of all functions so far.
    conventions: Conventions,
}

impl Checker {
    /// With memory of its own.
    pub fn new() -> Result<Checker, String> {
        let vocabulary = Vocabulary::new(&super::functions::address);
        let mut conventions = Conventions::default();
        let mut machine = Machine::new()?;
        let machine = match machine.add_guests(guests::versions(&mut conventions)?) {
            Ok(()) => Some(machine),
            Err(AssembleError::Unsupported) => None,
            Err(error) => return Err(error.to_string()),
        };
        Ok(Checker { vocabulary, machine, conventions })
    }

    /// The plan that belongs to a seed.
    pub fn plan(seed: u64) -> Plan {
        Plan::random(&mut Rng::new(!seed))
    }

    /// Checks one recording; the error says everything.
    pub fn check(&mut self, seed: u64, plan: &Plan) -> Result<Reached, String> {
        let mut made_up = made_up_addresses();
        let is_function = seed.is_multiple_of(4);
        let (guests, direct) = (plan.guests || is_function, seed.is_multiple_of(8));
        let plan = &Plan { finish: is_function, direct, guests, ..*plan };
        let mut generated = match &mut self.machine {
            Some(machine) => {
                machine.clear();
                generate(seed, plan, &self.vocabulary, &mut |words| machine.place(words))
            }
            None => generate(seed, plan, &self.vocabulary, &mut made_up),
        };
        generated.world.countdown = ITERATIONS;
        verify(&generated.recording)
            .map_err(|e| format!("recording: {e}\n{}", generated.recording))?;
        let mut rng = Rng::new(seed.rotate_left(32));
        let mut worlds = vec![generated.world.clone()];
        worlds.extend((0..MUTATIONS).map(|_| generated.mutate(&self.vocabulary, &mut rng)));
        let some = PassId::ALL.into_iter().filter(|_| rng.percent(60));
        let some = some.fold(PassSet::NONE, PassSet::with);
        let mut reached = Reached { traces: 1, ..Reached::default() };
        for passes in [PassSet::NONE, PassSet::ALL, some] {
            self.choose_guests(&mut rng);
            let is_loop = rng.percent(75) && !plan.finish;
            self.check_passes(&generated, &worlds, passes, is_loop, &mut rng, &mut reached)
                .map_err(|why| format!("opt={passes}, loop={is_loop}: {why}"))?;
        }
        Ok(reached)
    }

    /// Which guest functions have machine code, and how callers pass arguments to them.
    fn choose_guests(&mut self, rng: &mut Rng) {
        let mut opened = Vec::new();
        for versions in guests::BY_FUNCTION {
            guests::prefer(&mut self.conventions, rng.choose(versions));
            if rng.percent(70) {
                opened.push(rng.choose(versions));
            }
        }
        if let Some(machine) = &mut self.machine {
            machine.open_guests(&opened);
        }
    }

    fn check_passes(
        &mut self,
        generated: &Generated,
        worlds: &[ModelWorld],
        passes: PassSet,
        is_loop: bool,
        rng: &mut Rng,
        reached: &mut Reached,
    ) -> Result<(), String> {
        let trace = &generated.recording;
        let oracle = WorldOracle::new(generated.world.clone());
        let own = guests::convention(trace, HEADER);
        self.conventions.begin(HEADER, own.clone());
        let own = self.conventions.own().zip(own);
        let conventions = rng.percent(80).then_some(&self.conventions);
        let options = Options { oracle: &oracle, conventions, ..Options::passes(passes) };
        let optimized = match is_loop {
            false => Ok(optimize_line(trace, &options, &mut Silent)),
            true => optimize_loop(trace, OWN, &options, &mut Silent),
        };
        self.conventions.end(false);
        let optimized = match optimized {
            Ok(optimized) => optimized,
            Err(GiveUp::TypeUnstable { .. }) => {
                reached.gave_up += 1;
                return Ok(());
            }
            Err(other) => return Err(format!("{other:?}\n{trace}")),
        };
        let both = |why: String| format!("{why}\n--- recording\n{trace}--- optimized\n{optimized}");
        verify(&optimized).map_err(|e| both(e.to_string()))?;
        if passes == PassSet::ALL {
            check_text(&optimized).map_err(both)?;
            reached.ops_before += trace.ops.len() as u64;
            let body = optimized.label().unwrap_or(0);
            reached.ops_after += (optimized.ops.len() - body) as u64;
        }
        reached.peeled += u64::from(optimized.label().is_some());
        let is_put_off = |i: &usize| optimized.delayed_call(Ref::op(*i)).is_some();
        reached.put_off += (0..optimized.ops.len()).filter(is_put_off).count() as u64;
        reached.moving += u64::from(optimized.ops.iter().any(Op::collects));
        let passes_words = |op: &Op| op.code == Opcode::CallGuest && op.list.len > 0;
        reached.passing += u64::from(optimized.ops.iter().any(passes_words));
        let recording = Recording { trace, is_loop };
        for (i, world) in worlds.iter().enumerate() {
            let force_all = i == 0 && passes != PassSet::NONE;
            check_all_exits(recording, &optimized, world, force_all)
                .map_err(|why| both(format!("world {i}: {why}")))?;
        }
        self.check_machine(&optimized, worlds, own.as_ref(), rng, reached).map_err(both)
    }

    fn check_machine(
        &mut self,
        trace: &Trace,
        worlds: &[ModelWorld],
        own: Option<&(u32, Convention)>,
        rng: &mut Rng,
        reached: &mut Reached,
    ) -> Result<(), String> {
        let before = self.machine.as_mut().map_or(0, Machine::finished);
        self.run_machine(trace, worlds, own, "", reached)?;
        let second = trace.ops.iter().position(|op| op.code == Opcode::DirectEntry);
        let at: Vec<usize> = guards(trace)
            .filter(|&i| trace.ops[i].code != Opcode::GuardNoError && Some(i) > second)
            .collect();
        if !at.is_empty() {
            let guard = rng.choose(&at);
            let chaotic = with_chaos(trace, guard);
            verify(&chaotic).map_err(|e| format!("with chaos before op {guard}: {e}"))?;
            let countdowns = [0, 1, 2, 3 + rng.below(10) as i64];
            let forced: Vec<ModelWorld> = countdowns
                .iter()
                .map(|&countdown| ModelWorld { countdown, ..worlds[0].clone() })
                .collect();
            let what = format!("with chaos before op {guard}: ");
            let runs = reached.machine_runs;
            self.run_machine(&chaotic, &forced, own, &what, reached)?;
            reached.forced_runs += reached.machine_runs - runs;
        }
        reached.finished += self.machine.as_mut().map_or(0, Machine::finished) - before;
        Ok(())
    }

    /// Machine code beside the evaluator, in each world; by its second entry as well, if it has one.
    fn run_machine(
        &mut self,
        trace: &Trace,
        worlds: &[ModelWorld],
        own: Option<&(u32, Convention)>,
        what: &str,
        reached: &mut Reached,
    ) -> Result<(), String> {
        let Some(machine) = &mut self.machine else { return Ok(()) };
        let code = match machine.compile(trace) {
            Ok(code) => code,
            Err(AssembleError::Unsupported) => return Ok(()),
            Err(error) => return Err(format!("{what}{error}")),
        };
        let second = trace.ops.iter().position(|op| op.code == Opcode::DirectEntry);
        for (i, world) in worlds.iter().enumerate() {
            let Some(expected) = evaluate(trace, world) else { continue };
            let explain = |machine: &Machine, how: &str, why: String| {
                let listing = machine.listing(trace, &code);
                format!("{what}world {i}{how}: {why}\n--- machine code\n{listing}")
            };
            reached.machine_runs += 1;
            let found = machine.run(trace, &code, world);
            found
                .and_then(|found| agree_but(&expected, &found, &unwritten(trace, &expected)))
                .map_err(|why| explain(machine, "", why))?;
            let (Some((number, convention)), Some(second)) = (own, second) else { continue };
            if matches!(expected.outcome.exit, Exit::Left(at) if at < second) {
                continue;
            }
            reached.machine_runs += 1;
            reached.direct += 1;
            let call = Called::new(HEADER, *number, convention, world);
            verify(&call.caller).map_err(|e| format!("the caller: {e}\n{}", call.caller))?;
            let mut ignored = unwritten(trace, &expected);
            if matches!(expected.outcome.exit, Exit::Finished(..)) {
                ignored.extend(&call.unwritten);
            }
            let found = machine.run_called((trace, &code), &call, world);
            found.and_then(|found| agree_but(&expected, &found, &ignored)).map_err(|why| {
                let how = format!(", called by\n{}", call.caller);
                explain(machine, &how, why)
            })?;
        }
        machine.free(code);
        Ok(())
    }
}

/// Slots that machine code need not have written when it ends like this.
fn unwritten(trace: &Trace, expected: &Left) -> Vec<Slot> {
    guests::unwritten(trace, matches!(expected.outcome.exit, Exit::Finished(..)))
}

/// As [`agree`], but for these slots.
fn agree_but(expected: &Left, found: &Left, slots: &[Slot]) -> Result<(), String> {
    let without = |left: &Left| {
        let mut left = left.clone();
        left.world.stack.retain(|&word, _| slots.iter().all(|slot| i64::from(slot.0) != word));
        left
    };
    agree(&without(expected), &without(found))
}
