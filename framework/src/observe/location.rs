//! A place in the guest's source, in words.
//!
//! Invariant: what is unknown (an empty name, line or column 0) leaves no trace in the text.

use std::fmt;

/// A place in the guest's source.
///
/// ```
/// use holloway::Location;
///
/// let place = Location { file: "a/sum.mini".into(), line: 3, column: 5, ..Location::default() };
/// assert_eq!(place.to_string(), "a/sum.mini:3:5");
/// assert_eq!(place.short_place(), "sum.mini:3:5");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// File, or how the source is called.
    pub file: String,
    /// Line, from 1; 0 if unknown.
    pub line: u32,
    /// Column, from 1; 0 if unknown.
    pub column: u32,
    /// The function.
    pub function: String,
    /// The instruction, as the disassembler writes it.
    pub opcode: String,
}

impl Location {
    /// `file:line:column`.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => self.file.clone(),
            (line, 0) => format!("{}:{line}", self.file),
            (line, column) => format!("{}:{line}:{column}", self.file),
        }
    }

    /// As [`place`](Location::place), with the file's name alone, without the folders it is in.
    pub fn short_place(&self) -> String {
        self.short().place()
    }

    /// The same, with the file's name alone, without the folders it is in.
    pub fn short(&self) -> Location {
        let file = self.file.rsplit('/').next().unwrap_or_default().to_owned();
        Location { file, ..self.clone() }
    }
}

/// `file:line:column in function: OPCODE`
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())?;
        if !self.function.is_empty() {
            write!(f, " in {}", self.function)?;
        }
        if !self.opcode.is_empty() {
            write!(f, ": {}", self.opcode)?;
        }
        Ok(())
    }
}
