//! What every name means, decided before the program runs.
//!
//! A name means the declaration of the innermost enclosing block that declares it, wherever in that
//! block it stands. The resolver finds that declaration for every use and decides where the variable
//! lives, so that no engine looks up a name at run time:
//!
//! | `Storage` | which variables |
//! |---|---|
//! | `Slot` | used by their own function only, or captured after their one and only assignment |
//! | `Cell` | captured by a closure, and assigned or captured before they are initialised |
//! | `Global` | of the program's outermost block, if any function uses them |
//!
//! A captured variable that lives in a `Slot` is captured by value: closures copy it.
//!
//! Variables come into being uninitialised when their block is entered, and anew every time: an engine
//! makes a new cell for each `Cell` variable of `BlockInfo::variables`, and marks `Slot` and `Global`
//! variables uninitialised if `Variable::checked` says that somebody asks. Then it makes the
//! functions, then the classes, in the order given here. Only a use with `NameInfo::check` can meet
//! an uninitialised variable (a `name` error).

mod finish;
mod walk;

use super::ast::{BlockId, Class, Function, FunctionId, Name, NameId, Program};
use super::errors::SyntaxError;
use super::token::Span;

/// Numbers a variable of the program. Index into [`Resolution::variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VariableId(pub u32);

/// What the resolver knows about a program.
#[derive(Debug, Default)]
pub struct Resolution<'a> {
    /// By [`NameId`]: what each occurrence of a name means.
    pub names: Vec<NameInfo>,
    /// By [`VariableId`]: every declared variable.
    pub variables: Vec<Variable<'a>>,
    /// By [`BlockId`]: what happens when a block is entered.
    pub blocks: Vec<BlockInfo<'a>>,
    /// By [`FunctionId`]: frames and captures; number 0 is the program itself.
    pub functions: Vec<FunctionInfo>,
    /// How many globals there are, those of [`Options::known`] included.
    pub globals: u32,
    /// If later programs may use and assign the globals: [`Options::keep_root`].
    pub session: bool,
}

/// What an occurrence of a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameInfo {
    /// Where the function that the name stands in finds the variable.
    pub place: Place,
    /// The variable; `None` for built-ins, undeclared names and globals of earlier inputs.
    pub variable: Option<VariableId>,
    /// If the variable may be uninitialised here.
    pub check: bool,
}

/// Where to find a variable, seen from one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The value is in this slot of the frame.
    Local(u32),
    /// The cell is in this slot of the frame.
    LocalCell(u32),
    /// The value is in this capture of the running closure; never assigned.
    Captured(u32),
    /// The cell is in this capture of the running closure.
    CapturedCell(u32),
    /// The value is in this global.
    Global(u32),
    /// A built-in of this number.
    Builtin(u16),
    /// No enclosing block declares it.
    Undeclared,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable<'a> {
    /// Its name.
    pub name: &'a str,
    /// The name in its declaration.
    pub span: Span,
    /// How it was declared.
    pub kind: VariableKind,
    /// The function whose frame it belongs to.
    pub function: FunctionId,
    /// Its slot in frames of that function (used by `Slot` and `Cell`).
    pub slot: u32,
    /// Where it lives.
    pub storage: Storage,
    /// If any function below its own uses it.
    pub captured: bool,
    /// If anything assigns it after its initialisation.
    pub assigned: bool,
    /// If any use has [`NameInfo::check`].
    pub checked: bool,
    /// Initialised before everything that stands at or after this byte of its block.
    ready: u32,
    /// Captured by a function that is made before the variable is initialised.
    captured_early: bool,
    /// Declared in the outermost block.
    root: bool,
}

/// How a variable was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// `let`
    Let,
    /// `fn name`
    Function,
    /// `class Name`
    Class,
    /// The hidden variable that holds a class's base.
    Super,
    /// A parameter, or the hidden `self`.
    Parameter,
    /// The variable of a `for`.
    For,
    /// The variable of a `catch`.
    Catch,
}

/// Where a variable lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In its slot.
    Slot,
    /// In a cell that its slot refers to.
    Cell,
    /// In the global of this number.
    Global(u32),
}

/// What happens when a block is entered.
#[derive(Debug, Default)]
pub struct BlockInfo<'a> {
    /// The variables that come into being, uninitialised.
    pub variables: Vec<VariableId>,
    /// The functions to make, in this order.
    pub functions: Vec<(Name<'a>, &'a Function<'a>)>,
    /// The classes to make after the functions, in this order.
    pub classes: Vec<&'a Class<'a>>,
}

/// The frame of a function, and what its closure takes along.
#[derive(Debug, Default)]
pub struct FunctionInfo {
    /// How many slots its variables need: `self` if it is a method, then the parameters, then locals.
    /// Variables whose blocks are never active together share slots.
    pub slots: u32,
    /// What its closure takes from the function around it when it is made.
    pub captures: Vec<Capture>,
}

/// One thing a closure takes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Which variable.
    pub variable: VariableId,
    /// Where the function around finds the value, or the cell if `cell`.
    pub from: CaptureFrom,
    /// If a cell is taken along rather than a value.
    pub cell: bool,
}

/// Where the maker of a closure finds what is captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureFrom {
    /// In this slot of its frame.
    Slot(u32),
    /// In this capture of its own closure.
    Capture(u32),
}

/// What surrounds a program.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    /// The number of the built-in of this name.
    pub builtin: &'o dyn Fn(&str) -> Option<u16>,
    /// The global of this name that an earlier input of the session declared.
    pub known: &'o dyn Fn(&str) -> Option<u32>,
    /// How many globals earlier inputs have used.
    pub first_global: u32,
    /// If all variables of the outermost block are to be globals, for later inputs to see.
    pub keep_root: bool,
}

/// Resolves all names of a program, and finds the syntax errors that are about names and places.
pub fn resolve<'a>(
    program: &Program<'a>,
    options: Options<'_>,
) -> (Resolution<'a>, Vec<SyntaxError>) {
    let (walked, errors) = walk::walk(program, options);
    (finish::finish(walked, options), errors)
}

impl<'a> Resolution<'a> {
    /// What this occurrence of a name means.
    pub fn name(&self, id: NameId) -> NameInfo {
        self.names[id.0 as usize]
    }

    /// A variable.
    pub fn variable(&self, id: VariableId) -> &Variable<'a> {
        &self.variables[id.0 as usize]
    }

    /// What happens when the block is entered.
    pub fn block(&self, id: BlockId) -> &BlockInfo<'a> {
        &self.blocks[id.0 as usize]
    }

    /// The frame and captures of a function.
    pub fn function(&self, id: FunctionId) -> &FunctionInfo {
        &self.functions[id.0 as usize]
    }
}

#[cfg(test)]
mod tests;
