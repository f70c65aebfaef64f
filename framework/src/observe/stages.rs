//! Which parts of the story `--trace` tells: the list in `HOLLOWAY_TRACE`.
//!
//! Invariant: the parts are listed once, in [`Stage::ALL`]; an unknown name is an error that names the known ones.

use std::fmt;

/// A part of the text that [`TraceText`](super::TraceText) writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// One line an event: hot, compiled, given up, evicted.
    Hot,
    /// The ops as recorded.
    Rec,
    /// The ops as optimized, with their exits.
    Opt,
    /// The machine code.
    Asm,
    /// At the end: exits with counts, and the tree of bridges.
    End,
}

impl Stage {
    /// Every part, in the order in which they come.
    pub const ALL: [Stage; 5] = [Stage::Hot, Stage::Rec, Stage::Opt, Stage::Asm, Stage::End];

    /// The name in lists.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Hot => "hot",
            Stage::Rec => "rec",
            Stage::Opt => "opt",
            Stage::Asm => "asm",
            Stage::End => "end",
        }
    }
}

/// A set of parts.
///
/// ```
/// use holloway::observe::{Stage, Stages};
///
/// let stages = Stages::parse("hot,opt")?;
/// assert!(stages.has(Stage::Opt) && !stages.has(Stage::Asm));
/// # Ok::<(), holloway::observe::UnknownStage>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stages(u8);

/// No part has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStage(String);

impl Stages {
    /// Every part.
    pub const ALL: Stages = Stages((1 << Stage::ALL.len()) - 1);
    /// One line an event, and the counts at the end.
    pub const EVENTS: Stages = Stages(1 << Stage::Hot as u8 | 1 << Stage::End as u8);

    /// Is this part in the set?
    pub fn has(self, stage: Stage) -> bool {
        self.0 & 1 << stage as u8 != 0
    }

    /// The set that a list says: names with commas between them, or `all`. The empty list is `all`.
    ///
    /// # Errors
    /// For a name that no part has.
    pub fn parse(list: &str) -> Result<Stages, UnknownStage> {
        let mut set = 0;
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if name == "all" {
                return Ok(Stages::ALL);
            }
            let found = Stage::ALL.into_iter().find(|stage| stage.name() == name);
            set |= 1 << found.ok_or_else(|| UnknownStage(name.to_owned()))? as u8;
        }
        Ok(if set == 0 { Stages::ALL } else { Stages(set) })
    }
}

impl fmt::Display for UnknownStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no part of a trace is called `{}`; there are all", self.0)?;
        Stage::ALL.iter().try_for_each(|stage| write!(f, ", {}", stage.name()))
    }
}

impl std::error::Error for UnknownStage {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_say_what_they_mean() {
        assert_eq!(Stages::parse(""), Ok(Stages::ALL));
        assert_eq!(Stages::parse("hot,rec,opt,asm,end"), Ok(Stages::ALL));
        assert_eq!(Stages::parse("hot, end"), Ok(Stages::EVENTS));
        assert!(Stages::parse("opt").unwrap().has(Stage::Opt));
        let error = Stages::parse("hot,ir").unwrap_err().to_string();
        assert_eq!(
            error,
            "no part of a trace is called `ir`; there are all, hot, rec, opt, asm, end"
        );
    }
}
