//! Before and after a pass: the optimizer makes exactly the second half out of the first.
//!
//! `; pass:` is a list of passes as in `--jit opt=..`; `; as: loop` closes a loop. If the optimizer gives up, the second half is a
//! comment that says why. Invariant: a second half that is accepted was also evaluated beside the first.

use holloway::optimize::{Options, PassSet, Silent, optimize_line, optimize_loop};
use holloway::trace::generate::made_up_addresses;
use holloway::trace::parse::{Names, parse_with};
use holloway::trace::{Trace, verify};

use super::INPUTS;
use super::file::{TraceFile, text_of};
use super::recording::{OWN, Recording, check_all_exits};
use super::worlds::{Needs, WorldOracle};

/// Checks a file; gives what it should be if the second half is another one.
pub fn check(file: &TraceFile) -> Result<Option<String>, String> {
    let (before, mut names) = file.parse_before().map_err(|e| e.to_string())?;
    verify(&before).map_err(|e| format!("before: {e}"))?;
    let needs = Needs::of(&before, &names, &mut made_up_addresses());
    let list = file.directive("pass").ok_or("no `; pass:` line")?;
    let passes = PassSet::parse(&list).map_err(|e| e.to_string())?;
    let is_loop = match file.directive("as").as_deref() {
        None | Some("line") => false,
        Some("loop") => true,
        Some(other) => return Err(format!("`; as: {other}` is neither line nor loop")),
    };
    let oracle = WorldOracle::new(needs.world(0));
    let options = Options { oracle: &oracle, ..Options::passes(passes) };
    let after = match is_loop {
        true => optimize_loop(&before, OWN, &options, &mut Silent),
        false => Ok(optimize_line(&before, &options, &mut Silent)),
    };
    let found = match &after {
        Ok(after) => {
            verify(after).map_err(|e| format!("after: {e}\n{after}"))?;
            let recording = Recording { trace: &before, is_loop };
            evaluate(recording, after, &needs)?;
            text_of(after, &names)
        }
        Err(why) => format!("; gives up: {why:?}\n"),
    };
    let expected = file.after.clone().unwrap_or_default();
    if same(&expected, &found, &mut names)? {
        return Ok(None);
    }
    Ok(Some(file.with_after(&found)))
}

/// The same trace, or the same reason to give up.
fn same(expected: &str, found: &str, names: &mut Names) -> Result<bool, String> {
    if expected.trim().is_empty() || found.starts_with("; gives up") {
        return Ok(expected.trim() == found.trim());
    }
    let expected = parse_with(expected, names).map_err(|e| format!("after: {e}"))?;
    Ok(text_of(&expected, names) == found)
}

fn evaluate(recording: Recording<'_>, after: &Trace, needs: &Needs) -> Result<(), String> {
    let mut ran = 0;
    for seed in 0..INPUTS {
        let world = needs.world(seed);
        // By hand one writes traces without the guards that keep undefined ops away.
        if recording.run(&world, None).is_err() {
            continue;
        }
        ran += 1;
        check_all_exits(recording, after, &world, true)
            .map_err(|why| format!("with input {seed}: {why}\n{after}"))?;
    }
    if ran == 0 { Err("no input runs the first half without a trap".to_owned()) } else { Ok(()) }
}
