//! The knobs: one table (name, default, meaning) that also makes `--jit help`.
//!
//! A specification is `on`, `off`, `help`, or `name=value,..`. Invariant: an unknown name or a bad value is an error that names
//! it, never silence.

use crate::optimize::PassSet;
use std::fmt;

/// How the JIT behaves.
///
/// ```
/// use holloway::JitOptions;
///
/// let eager = JitOptions { threshold: 1, ..JitOptions::default() };
/// assert!(eager.enabled);
/// ```
#[derive(Clone, Debug)]
pub struct JitOptions {
    /// Compile at all?
    pub enabled: bool,
    /// Passes at a loop header before it is recorded.
    pub threshold: u32,
    /// Entries of a function before it is recorded.
    pub calls: u32,
    /// What gets traces of its own.
    pub strategy: Strategy,
    /// Exits through a guard before a bridge is recorded from it.
    pub bridge: u32,
    /// Ops in a recording before it is cut or given up.
    pub trace_limit: u32,
    /// Guest calls inlined into each other.
    pub inline_depth: u32,
    /// Turns of an inner loop, or levels of a recursion, that a recording unrolls.
    pub unroll: u32,
    /// Versions of one loop for different types.
    pub versions: u32,
    /// Attempts to compile a loop before it is left to the interpreter for a long time.
    pub retries: u32,
    /// Optimizer passes.
    pub passes: PassSet,
    /// Force random exits, by this seed; 0: do not.
    pub chaos: u64,
    /// Collect at every merge point, poison what objects left, verify the heap (tests); 0: do not.
    pub stress: u32,
    /// Code memory in MiB.
    pub code: u32,
    /// VM stack in bytes.
    pub stack_bytes: usize,
}

/// What gets traces of its own.
///
/// ```
/// use holloway::JitOptions;
/// use holloway::interpret::options::Strategy;
///
/// let mut options = JitOptions::default();
/// options.apply("strategy=loops").unwrap();
/// assert_eq!(options.strategy, Strategy::Loops);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Loops.
    Loops,
    /// Functions.
    Functions,
    /// Both.
    Both,
}

impl Strategy {
    const ALL: [Strategy; 3] = [Strategy::Loops, Strategy::Functions, Strategy::Both];

    fn name(self) -> &'static str {
        match self {
            Strategy::Loops => "loops",
            Strategy::Functions => "functions",
            Strategy::Both => "both",
        }
    }
}

impl Default for JitOptions {
    fn default() -> Self {
        JitOptions {
            enabled: true,
            threshold: 59,
            calls: 131,
            strategy: Strategy::Both,
            bridge: 7,
            trace_limit: 6000,
            inline_depth: 24,
            unroll: 3,
            versions: 4,
            retries: 6,
            passes: PassSet::ALL,
            chaos: 0,
            stress: 0,
            code: 64,
            stack_bytes: 256 << 20,
        }
    }
}

/// A specification that cannot be used.
///
/// ```
/// let mut options = holloway::JitOptions::default();
/// let error = options.apply("treshold=1").unwrap_err();
/// assert!(error.to_string().contains("treshold"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadOption(String);

impl fmt::Display for BadOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadOption {}

struct Knob {
    name: &'static str,
    doc: &'static str,
    show: fn(&JitOptions) -> String,
    set: fn(&mut JitOptions, &str) -> Result<(), String>,
}

macro_rules! number {
    ($field:ident, $doc:literal) => {
        number!($field, $doc, 1)
    };
    ($field:ident, $doc:literal, $least:expr) => {
        Knob {
            name: stringify!($field),
            doc: $doc,
            show: |o| o.$field.to_string(),
            set: |o, value| {
                let n = value.parse().map_err(|_| "a whole number is wanted".to_string())?;
                #[allow(unused_comparisons, reason = "some knobs may be 0")]
                if n < $least {
                    return Err(format!("at least {} is wanted", $least));
                }
                o.$field = n;
                Ok(())
            },
        }
    };
}

const KNOBS: &[Knob] = &[
    number!(threshold, "passes at a loop header before it is recorded"),
    number!(calls, "entries of a function before it is recorded"),
    Knob {
        name: "strategy",
        doc: "what gets traces of its own: loops, functions, both",
        show: |o| o.strategy.name().to_owned(),
        set: |o, value| {
            let named = Strategy::ALL.into_iter().find(|s| s.name() == value);
            o.strategy = named.ok_or("one of loops, functions, both is wanted")?;
            Ok(())
        },
    },
    number!(bridge, "exits through a guard before a bridge is recorded from it"),
    number!(trace_limit, "ops in a recording before it is cut or given up"),
    number!(inline_depth, "guest calls inlined into each other"),
    number!(unroll, "turns of a loop, levels of a recursion that a recording unrolls"),
    number!(versions, "versions of one loop for different types"),
    number!(retries, "attempts at a loop before it is left alone for long"),
    Knob {
        name: "opt",
        doc: "optimizer passes: all, none, -peel, none+fold ..",
        show: |o| o.passes.to_string(),
        set: |o, value| {
            o.passes = PassSet::parse(value).map_err(|e| e.to_string())?;
            Ok(())
        },
    },
    number!(chaos, "seed for random forced exits (tests); 0 is none", 0),
    number!(stress, "1 collects at every merge point and verifies the heap (tests); 0 does not", 0),
    number!(code, "code memory in MiB"),
    number!(stack_bytes, "bytes of the VM stack", 65_536),
];

impl JitOptions {
    /// The defaults, changed by what `HOLLOWAY_JIT` says.
    ///
    /// # Errors
    /// As [`JitOptions::apply`].
    ///
    /// ```
    /// // What the environment variable `HOLLOWAY_JIT` says; the defaults if it is not set.
    /// let options = holloway::JitOptions::from_environment()?;
    /// # let _ = options.enabled;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_environment() -> Result<JitOptions, BadOption> {
        let mut options = JitOptions::default();
        let specification = std::env::var("HOLLOWAY_JIT").unwrap_or_default();
        options.apply(&specification).map_err(|e| BadOption(format!("HOLLOWAY_JIT: {e}")))?;
        Ok(options)
    }

    /// Changes what the specification says.
    ///
    /// # Errors
    /// For an unknown knob or a bad value. `help` is not known here: see [`JitOptions::help`].
    ///
    /// ```
    /// let mut options = holloway::JitOptions::default();
    /// options.apply("threshold=2,opt=-peel")?;
    /// assert_eq!(options.threshold, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&mut self, specification: &str) -> Result<(), BadOption> {
        self.apply_over(&JitOptions::default(), specification)
    }

    /// The same, for a language that begins with other values: `default` means these.
    ///
    /// # Errors
    /// As [`JitOptions::apply`].
    ///
    /// ```
    /// use holloway::JitOptions;
    ///
    /// let mine = JitOptions { bridge: 15, ..JitOptions::default() };
    /// let mut options = mine.clone();
    /// options.apply_over(&mine, "bridge=3,default,threshold=2")?;
    /// assert_eq!((options.bridge, options.threshold), (15, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply_over(
        &mut self,
        defaults: &JitOptions,
        specification: &str,
    ) -> Result<(), BadOption> {
        for part in specification.split(',').filter(|p| !p.is_empty()) {
            match part {
                "on" => self.enabled = true,
                "off" => self.enabled = false,
                "default" => *self = defaults.clone(),
                _ => {
                    let (name, value) = part.split_once('=').unwrap_or((part, ""));
                    let Some(knob) = KNOBS.iter().find(|k| k.name == name) else {
                        let names: Vec<_> = KNOBS.iter().map(|k| k.name).collect();
                        return Err(BadOption(format!(
                            "unknown jit option `{part}`; known are on, off, help, {}",
                            names.join(", ")
                        )));
                    };
                    (knob.set)(self, value)
                        .map_err(|e| BadOption(format!("jit option `{part}`: {e}")))?;
                }
            }
        }
        Ok(())
    }

    /// The table of knobs with these values, for `--jit help`.
    ///
    /// ```
    /// assert!(holloway::JitOptions::default().help().contains("threshold"));
    /// ```
    pub fn help(&self) -> String {
        let mut text = String::from(
            "--jit on | off | default | help | NAME=VALUE,..      (also in HOLLOWAY_JIT)\n",
        );
        for knob in KNOBS {
            let setting = format!("{}={}", knob.name, (knob.show)(self));
            text += &format!("  {setting:<17} {}\n", knob.doc);
        }
        text
    }
}
