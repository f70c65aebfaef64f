//! The functions that every program has.
//!
//! One table: name, how many arguments, what it does. The number of a built-in is its row; the names
//! stand in the order of the alphabet. The number of arguments is checked before the function runs.
//!
//! Most are plain functions of the `Host`. Those that call back into the program (`Code::Calling`)
//! get a `Caller`: the engine that runs it.

mod arguments;
mod arrays;
mod convert;
mod math;
pub(crate) mod objects;
mod output;
mod sequences;
mod sort;
mod strings;
mod system;

use holloway::Val;

pub(crate) use output::{shown, uncaught};

use crate::error::{Error, Place, Result};
use crate::host::Host;

/// An engine, as a built-in sees it that calls functions of the program.
pub trait Caller {
    /// The host that the engine works on.
    fn host(&mut self) -> &mut Host;
    /// Where the program calls the built-in.
    fn site(&self) -> Place;
    /// Calls any callable value, and fails as a call in the program would. Objects may move meanwhile:
    /// what is needed afterwards must be [kept](Host::keep).
    fn call(&mut self, callee: Val, arguments: &[Val]) -> Result<Val>;
    /// Calls a method of an object; see [`Caller::call`].
    fn call_method(&mut self, method: Val, object: Val, arguments: &[Val]) -> Result<Val>;
}

/// What a built-in does.
#[derive(Clone, Copy)]
pub enum Code {
    /// It needs the host only.
    Plain(fn(&mut Host, &[Val]) -> Result<Val>),
    /// It may call functions of the program.
    Calling(fn(&mut dyn Caller, &[Val]) -> Result<Val>),
}

/// A row of the table.
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// The smallest number of arguments.
    pub least: u32,
    /// The largest number of arguments.
    pub most: u32,
    /// What it does.
    pub code: Code,
}

/// Any number of arguments.
const ANY: u32 = u32::MAX;

const fn calling(
    name: &'static str,
    least: u32,
    most: u32,
    code: fn(&mut dyn Caller, &[Val]) -> Result<Val>,
) -> Builtin {
    Builtin { name, least, most, code: Code::Calling(code) }
}

const fn plain(
    name: &'static str,
    least: u32,
    most: u32,
    code: fn(&mut Host, &[Val]) -> Result<Val>,
) -> Builtin {
    Builtin { name, least, most, code: Code::Plain(code) }
}

/// All built-ins, in the order of their names.
pub static TABLE: &[Builtin] = &[
    plain("abs", 1, 1, math::abs),
    plain("args", 0, 0, system::args),
    calling("assert", 2, 2, system::assert),
    plain("atan2", 2, 2, math::atan2),
    plain("ceil", 1, 1, math::ceil),
    plain("chr", 1, 1, strings::chr),
    plain("clock", 0, 0, system::clock),
    plain("contains", 2, 2, sequences::contains),
    plain("copy", 1, 1, sequences::copy),
    plain("cos", 1, 1, math::cos),
    plain("delete", 2, 2, objects::delete),
    calling("eprint", 0, ANY, output::eprint),
    calling("error", 2, 2, objects::error),
    plain("exit", 1, 1, system::exit),
    plain("exp", 1, 1, math::exp),
    plain("find", 2, 2, sequences::find),
    plain("fixed", 2, 2, convert::fixed),
    plain("float", 1, 1, convert::float),
    plain("floor", 1, 1, math::floor),
    plain("get", 3, 3, objects::get),
    plain("has", 2, 2, objects::has),
    plain("input", 0, 0, system::input),
    plain("insert", 3, 3, arrays::insert),
    plain("int", 1, 1, convert::int),
    plain("is_a", 2, 2, objects::is_a),
    calling("join", 2, 2, strings::join),
    plain("keys", 1, 1, objects::keys),
    plain("len", 1, 1, sequences::len),
    plain("log", 1, 1, math::log),
    plain("lower", 1, 1, strings::lower),
    plain("map", 0, 0, objects::map),
    plain("max", 1, ANY, math::max),
    plain("min", 1, ANY, math::min),
    plain("ord", 1, 1, strings::ord),
    plain("pop", 1, 1, arrays::pop),
    plain("pow", 2, 2, math::pow),
    calling("print", 0, ANY, output::print),
    plain("push", 2, 2, arrays::push),
    plain("range", 1, 3, arrays::range),
    plain("read_file", 1, 1, system::read_file),
    plain("remove", 2, 2, arrays::remove),
    plain("replace", 3, 3, strings::replace),
    calling("repr", 1, 1, convert::repr),
    plain("reverse", 1, 1, arrays::reverse),
    plain("round", 1, 1, math::round),
    plain("sin", 1, 1, math::sin),
    plain("slice", 3, 3, sequences::slice),
    calling("sort", 1, 2, sort::sort),
    plain("split", 2, 2, strings::split),
    plain("sqrt", 1, 1, math::sqrt),
    calling("str", 1, 1, convert::str),
    plain("tan", 1, 1, math::tan),
    plain("trim", 1, 1, strings::trim),
    plain("type", 1, 1, convert::type_of),
    plain("upper", 1, 1, strings::upper),
    plain("values", 1, 1, objects::values),
    calling("write", 0, ANY, output::write),
    plain("write_file", 2, 2, system::write_file),
];

/// Those that change nothing that a program can see; what they give may be a new value.
const READING: [&str; 22] = [
    "contains", "copy", "find", "fixed", "float", "get", "has", "int", "is_a", "keys", "len",
    "lower", "ord", "chr", "pow", "range", "replace", "slice", "split", "trim", "upper", "values",
];

/// Does a built-in change nothing that a program can see?
pub fn only_reads(number: u16) -> bool {
    const TABLE_OF: [bool; TABLE.len()] = {
        let mut table = [false; TABLE.len()];
        let mut at = 0;
        while at < READING.len() {
            table[number_of(READING[at]) as usize] = true;
            at += 1;
        }
        table
    };
    TABLE_OF.get(usize::from(number)).copied().unwrap_or(false)
}

/// The number of the built-in of this name.
pub fn find(name: &str) -> Option<u16> {
    TABLE.binary_search_by(|b| b.name.cmp(name)).ok().map(|at| at as u16)
}

/// The number of a built-in, for constants.
///
/// # Panics
/// If there is none of this name.
pub const fn number_of(name: &str) -> u16 {
    let mut at = 0;
    while at < TABLE.len() {
        if same(TABLE[at].name.as_bytes(), name.as_bytes()) {
            return at as u16;
        }
        at += 1;
    }
    panic!("no such built-in")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    a.len() == b.len()
}

/// The name of a built-in.
pub fn name(number: u16) -> &'static str {
    TABLE.get(usize::from(number)).map_or("", |b| b.name)
}

/// The built-in of this number, if it takes that many arguments.
#[inline]
pub fn checked(number: u16, arguments: usize) -> Result<&'static Builtin> {
    let builtin = &TABLE[usize::from(number)];
    let given = arguments as u64;
    if given < u64::from(builtin.least) || given > u64::from(builtin.most) {
        return Err(wrong_count(builtin, arguments));
    }
    Ok(builtin)
}

/// Calls a built-in.
pub fn call(caller: &mut dyn Caller, number: u16, arguments: &[Val]) -> Result<Val> {
    match checked(number, arguments.len())?.code {
        Code::Plain(code) => code(caller.host(), arguments),
        Code::Calling(code) => {
            let mark = caller.host().kept_count();
            let result = code(caller, arguments);
            caller.host().release(mark);
            result
        }
    }
}

#[cold]
fn wrong_count(builtin: &Builtin, given: usize) -> Error {
    let expected = match (builtin.least, builtin.most) {
        (least, most) if least == most => least.to_string(),
        (least, ANY) => format!("at least {least}"),
        (least, most) => format!("{least} to {most}"),
    };
    Error::arguments(builtin.name, &expected, given)
}

#[cfg(test)]
mod tests;
