//! The procedures that are written in Rust.
//!
//! A built-in gets its arguments as values and gives a value; it never calls back into the program:
//! what takes procedures is written in Scheme (`scheme/`), with the help of built-ins whose names
//! begin with `%`.

mod arguments;
mod bytes;
mod chars;
mod control;
mod io;
mod lists;
mod numbers;
mod strings;
mod system;
mod vectors;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use holloway::{Runtime, Val};

use crate::error::{Error, Result};
use crate::vm::Lisp;

pub use system::FEATURES;

/// The runtime that built-ins work on.
pub(crate) type Rt = Runtime<Lisp>;

/// A procedure that is written in Rust.
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// The least number of arguments.
    min: usize,
    /// The largest number of arguments.
    max: usize,
    /// What it does.
    pub(crate) run: fn(&mut Rt, &[Val]) -> Result<Val>,
}

/// Any number of arguments.
pub(crate) const MANY: usize = usize::MAX;

impl Builtin {
    /// Can it be called with so many arguments?
    pub fn accepts(&self, argc: usize) -> bool {
        (self.min..=self.max).contains(&argc)
    }

    /// The error of another number of arguments.
    pub(crate) fn wrong_count(&self, argc: usize) -> Error {
        let wanted = match (self.min, self.max) {
            (min, MANY) => format!("at least {min}"),
            (min, max) if min == max => min.to_string(),
            (min, max) => format!("{min} to {max}"),
        };
        Error::arity(self.name, &wanted, argc)
    }
}

/// A table of built-ins: `"name" from least to most => function`.
macro_rules! builtins {
    ($($name:literal $min:literal $max:expr => $run:expr;)*) => {
        pub(super) const TABLE: &[$crate::builtins::Builtin] = &[
            $($crate::builtins::Builtin { name: $name, min: $min, max: $max, run: $run },)*
        ];
    };
}
pub(crate) use builtins;

static ALL: LazyLock<Vec<&'static Builtin>> = LazyLock::new(|| {
    [
        numbers::TABLE,
        lists::TABLE,
        chars::TABLE,
        strings::TABLE,
        vectors::TABLE,
        bytes::TABLE,
        control::TABLE,
        io::TABLE,
        system::TABLE,
    ]
    .into_iter()
    .flatten()
    .collect()
});

static NUMBERS: LazyLock<HashMap<&'static str, u16>> =
    LazyLock::new(|| ALL.iter().zip(0..).map(|(builtin, number)| (builtin.name, number)).collect());

/// How many there are.
pub fn count() -> u16 {
    ALL.len() as u16
}

/// The built-in of this number.
pub fn get(number: u16) -> &'static Builtin {
    ALL[usize::from(number)]
}

/// The name of a built-in.
pub fn name(number: u16) -> &'static str {
    get(number).name
}

/// The number of the built-in of this name, which exists.
pub(crate) fn number_of(name: &str) -> u16 {
    NUMBERS.get(name).copied().unwrap_or(0)
}

/// The tables of built-ins that change nothing, unless their names end with `!`.
const READING: [&[Builtin]; 6] =
    [numbers::TABLE, lists::TABLE, chars::TABLE, strings::TABLE, vectors::TABLE, bytes::TABLE];

static ONLY_READ: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let reading: HashSet<&str> = READING.into_iter().flatten().map(|b| b.name).collect();
    let reads =
        |name: &str| reading.contains(name) && !name.ends_with('!') || STATE.contains(&name);
    ALL.iter().map(|builtin| reads(builtin.name)).collect()
});

/// Built-ins that ask for the dynamic state.
const STATE: [&str; 6] =
    ["%winds", "%handlers", "%parameters", "%continuation-winds", "values", "%list->values"];

/// Does a built-in change nothing that programs can see?
pub fn only_reads(number: u16) -> bool {
    ONLY_READ[usize::from(number)]
}

/// Can a built-in be called with so many arguments?
pub fn accepts(number: u16, argc: usize) -> bool {
    get(number).accepts(argc)
}

/// Calls a built-in.
pub(crate) fn call(rt: &mut Rt, number: u16, arguments: &[Val]) -> Result<Val> {
    let builtin = get(number);
    if !builtin.accepts(arguments.len()) {
        return Err(builtin.wrong_count(arguments.len()));
    }
    (builtin.run)(rt, arguments)
}
