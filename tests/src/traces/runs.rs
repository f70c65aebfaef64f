//! Machine code does what the evaluator does, on many inputs of one trace.
//!
//! Invariant: the exit, the slots, the replay log and the heap are all compared.

use holloway::assemble::AssembleError;
use holloway::trace::eval::{Config, Exit, ModelWorld, run};
use holloway::trace::parse::{Names, parse_with};
use holloway::trace::{CallId, Opcode, Trace, verify};

use super::INPUTS;
use super::compare::{Left, compare};
use super::file::TraceFile;
use super::machine::Machine;
use super::recording::{MOST_ROUNDS, OWN};
use super::worlds::Needs;

/// Checks a file of `traces/run`; it has no second half.
pub fn check(file: &TraceFile) -> Result<Option<String>, String> {
    let mut machine = Machine::new()?;
    let (trace, names, needs) = on_machine(file, &mut machine)?;
    verify(&trace).map_err(|e| e.to_string())?;
    if let Some(call) = unknown_call(&trace) {
        return Err(format!("{call} has no machine code"));
    }
    let code = match machine.compile(&trace) {
        Ok(code) => code,
        Err(AssembleError::Unsupported) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut ran = 0;
    for seed in 0..INPUTS {
        let world = needs.world(seed);
        let Some(expected) = evaluate(&trace, &world) else { continue };
        ran += 1;
        let found = machine.run(&trace, &code, &world);
        found
            .and_then(|found| agree(&expected, &found))
            .map_err(|why| format!("with input {seed}: {why} {:?}", names.objects))?;
    }
    if ran == 0 { Err("no input runs it without a trap".to_owned()) } else { Ok(None) }
}

/// What the evaluator does, if it ends and does not trap.
pub fn evaluate(trace: &Trace, world: &ModelWorld) -> Option<Left> {
    let mut after = world.clone();
    let config = Config { own: Some(OWN), fuel: 10 * MOST_ROUNDS, ..Config::default() };
    let outcome = run(trace, &mut after, &config).ok()?;
    let ends = matches!(outcome.exit, Exit::Left(_) | Exit::Finished(..));
    ends.then(|| Left::new(outcome, after))
}

/// The evaluator's exit is the machine's.
pub fn agree(expected: &Left, found: &Left) -> Result<(), String> {
    if expected.outcome.exit != found.outcome.exit {
        let (a, b) = (&expected.outcome.exit, &found.outcome.exit);
        return Err(format!("the evaluator ends in {a:?}, machine code in {b:?}"));
    }
    compare(expected, found).map_err(|why| {
        let at = &expected.outcome.exit;
        format!("evaluator and machine code end in {at:?}, but differ: {why}")
    })
}

/// The trace with its objects in the machine's memory.
fn on_machine(file: &TraceFile, machine: &mut Machine) -> Result<(Trace, Names, Needs), String> {
    let (_, names) = file.parse_before().map_err(|e| e.to_string())?;
    let mut placed = Names::default();
    for object in &names.objects {
        // Room for any layout of a test.
        placed.place_object(&object.name, machine.place(64 + object.elems as usize));
    }
    let trace = parse_with(&file.before, &mut placed).map_err(|e| e.to_string())?;
    let needs = Needs::of(&trace, &placed, &mut |words| machine.place(words));
    Ok((trace, placed, needs))
}

fn unknown_call(trace: &Trace) -> Option<String> {
    let calls = trace.ops.iter().filter(|op| matches!(op.code, Opcode::Call | Opcode::CallVoid));
    let mut ids = calls.map(|op| op.call());
    ids.find_map(|id: CallId| (id.get().address == 0).then(|| id.get().name.clone()))
}
