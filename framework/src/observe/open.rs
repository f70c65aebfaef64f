//! What binaries share: where `--trace` goes, and the environment variables about reports.
//!
//! ```text
//! HOLLOWAY_TRACE=hot,rec,opt,asm,end   the parts that --trace tells; unset or `all`: every part
//! HOLLOWAY_PERF=1                      name machine code for `perf`: see `PerfMap`
//! NO_COLOR                             no colours, also on a terminal
//! ```
//! Invariant: a wrong value is an error that names it, never silence.

use super::{Observer, PerfMap, Stages, TraceText};
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

/// An observer that writes its text to a file, or to standard error if `target` is `-` or empty.
///
/// # Errors
/// If the file cannot be made, or `HOLLOWAY_TRACE` names an unknown part: the message is for the user.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// # fn main() -> Result<(), String> {
/// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
/// runtime.observe(holloway::observe::trace_to("-")?); // standard error
/// # Ok(())
/// # }
/// ```
pub fn trace_to(target: &str) -> Result<Box<dyn Observer>, String> {
    let list = std::env::var("HOLLOWAY_TRACE").unwrap_or_default();
    let stages = Stages::parse(&list).map_err(|e| format!("HOLLOWAY_TRACE: {e}"))?;
    let (out, color): (Box<dyn Write>, bool) = match target {
        "" | "-" => {
            let color = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            (Box::new(io::stderr()), color)
        }
        file => {
            let file = File::create(file).map_err(|e| format!("cannot write {file}: {e}"))?;
            (Box::new(BufWriter::new(file)), false)
        }
    };
    Ok(Box::new(TraceText::new(out, color, stages)))
}

/// The observers that environment variables ask for.
///
/// # Errors
/// For a value that means nothing, or a file that cannot be made: the message is for the user.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/support/countdown.rs"));
/// # use holloway::*;
/// # fn main() -> Result<(), String> {
/// let mut runtime = Runtime::<Countdown>::new(Heap::new(), JitOptions::default());
/// for observer in holloway::observe::from_environment()? {
///     runtime.observe(observer);
/// }
/// # Ok(())
/// # }
/// ```
pub fn from_environment() -> Result<Vec<Box<dyn Observer>>, String> {
    match std::env::var("HOLLOWAY_PERF").unwrap_or_default().as_str() {
        "" | "0" => Ok(Vec::new()),
        "1" => {
            let map = PerfMap::create().map_err(|e| format!("cannot write the perf map: {e}"))?;
            Ok(vec![Box::new(map)])
        }
        other => Err(format!("HOLLOWAY_PERF: `{other}` is neither 0 nor 1")),
    }
}
