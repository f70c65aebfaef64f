//! The options that every language has: read by clap, or filled in by a test.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use holloway::JitOptions;
use holloway::observe::{Observer, Stats, from_environment, trace_to};

use crate::diagnostics::Reporter;
use crate::interrupt::Interrupt;

/// How a program is to be run. What is not an option of the command line has its default until
/// [`main`](crate::main) fills it in.
#[derive(Args, Clone, Debug, Default)]
pub struct Config {
    /// The name of the source in messages.
    #[arg(skip)]
    pub name: String,

    /// What belongs to the program on the command line.
    #[arg(skip)]
    pub arguments: Vec<String>,

    /// on, off, help, or knobs as KEY=VALUE,..
    #[arg(long, value_name = "SPEC")]
    pub jit: Option<String>,

    /// Report what the JIT compiler does, to FILE or standard error
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true,
          default_missing_value = "")]
    pub trace: Option<String>,

    /// Print statistics at the end, on standard error
    #[arg(long, value_enum, value_name = "FORM", num_args = 0..=1, require_equals = true,
          default_missing_value = "text")]
    pub stats: Option<StatsForm>,

    /// Print the bytecode instead of running the program
    #[arg(long)]
    pub dump_bytecode: bool,

    /// Let the heap grow to at most SIZE bytes (or 64K, 512M, 2G)
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_heap: Option<usize>,

    /// If messages are coloured.
    #[arg(skip)]
    pub colour: bool,

    /// Stops the program on request.
    #[arg(skip)]
    pub interrupt: Interrupt,
}

/// How statistics are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatsForm {
    /// For people.
    Text,
    /// For programs.
    Json,
}

// By hand: the derived one would turn the comments above into a longer `--help`.
impl ValueEnum for StatsForm {
    fn value_variants<'a>() -> &'a [StatsForm] {
        &[StatsForm::Text, StatsForm::Json]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            StatsForm::Text => "text",
            StatsForm::Json => "json",
        }))
    }
}

impl Config {
    /// What makes messages in the form that is asked for.
    pub fn reporter(&self) -> Reporter {
        Reporter { colour: self.colour }
    }

    /// The knobs of the JIT compiler: those of the language, of the variable `HOLLOWAY_JIT`, then those of `--jit`.
    ///
    /// # Errors
    /// If they mean nothing: the message is for the user.
    pub fn jit_options(&self, defaults: &JitOptions) -> Result<JitOptions, String> {
        let mut options = defaults.clone();
        if let Ok(variable) = std::env::var("HOLLOWAY_JIT") {
            options.apply_over(defaults, &variable).map_err(|e| format!("HOLLOWAY_JIT: {e}"))?;
        }
        if let Some(argument) = &self.jit {
            options.apply_over(defaults, argument).map_err(|e| format!("--jit: {e}"))?;
        }
        Ok(options)
    }

    /// What the runtime is to tell its events to: `HOLLOWAY_PERF` and `--trace`.
    ///
    /// # Errors
    /// If a file cannot be written: the message is for the user.
    pub fn observers(&self) -> Result<Vec<Box<dyn Observer>>, String> {
        let mut observers = from_environment()?;
        if let Some(target) = &self.trace {
            observers.push(trace_to(target)?);
        }
        Ok(observers)
    }

    /// What `--stats` prints, if it was given.
    pub fn stats_text<'a>(&self, stats: impl FnOnce() -> &'a Stats) -> Option<String> {
        Some(match self.stats? {
            StatsForm::Text => stats().to_text(),
            StatsForm::Json => stats().to_json() + "\n",
        })
    }
}

/// With less, no language could begin.
const SMALLEST_HEAP: usize = 64 << 10;

/// A number of bytes, with an optional unit.
fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("`{text}` is not a size such as 1000000, 64K, 512M or 2G");
    let (digits, shift) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 10),
        Some((at, 'm' | 'M')) => (&text[..at], 20),
        Some((at, 'g' | 'G')) => (&text[..at], 30),
        _ => (text, 0),
    };
    let number: usize = digits.parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << shift).ok_or_else(wrong)?;
    match bytes < SMALLEST_HEAP {
        true => Err("a heap has at least 64K".to_owned()),
        false => Ok(bytes),
    }
}

/// A size as `--max-heap` takes it: `512M`.
pub fn size_text(bytes: usize) -> String {
    let units = [("G", 30), ("M", 20), ("K", 10)];
    let fits = |(_, shift): &(&str, u32)| bytes > 0 && bytes.trailing_zeros() >= *shift;
    match units.into_iter().find(fits) {
        Some((unit, shift)) => format!("{}{unit}", bytes >> shift),
        None => bytes.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{size, size_text};

    #[test]
    fn sizes() {
        assert_eq!(size("100000"), Ok(100_000));
        assert_eq!(size("64K"), Ok(64 << 10));
        assert_eq!([64 << 10, 3 << 29, 100].map(size_text), ["64K", "1536M", "100"]);
        assert_eq!(size("2g"), Ok(2 << 30));
        for wrong in
            ["", "K", "-1", "0", "1K", "1.5M", "1T", "99999999999999999999", "99999999999999G"]
        {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
