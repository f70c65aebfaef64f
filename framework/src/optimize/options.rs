//! Which passes run: the `opt=` knob.
//!
//! ```text
//! all        every pass                all,-peel    every pass but one
//! none       no pass                   none,+fold   one pass
//! ```
//! Invariant: the passes are listed once, in [`PassId::ALL`].

use super::Conventions;
use crate::trace::AccessId;
use crate::trace::CallId;
use std::fmt;

/// Names a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PassId {
    /// Constants and algebra.
    Fold,
    /// Integer ranges and known bits.
    Ranges,
    /// Guards that cannot fail.
    Guard,
    /// Common subexpressions.
    Pure,
    /// Objects that need no allocation.
    Virtuals,
    /// Loads of what is known to be there.
    Heap,
    /// Loop peeling.
    Peel,
    /// What nobody uses.
    Dead,
}

impl PassId {
    /// Every pass, in the order in which an op meets them.
    pub const ALL: [PassId; 8] = [
        PassId::Fold,
        PassId::Ranges,
        PassId::Guard,
        PassId::Pure,
        PassId::Virtuals,
        PassId::Heap,
        PassId::Peel,
        PassId::Dead,
    ];

    /// The name in lists and reports.
    pub fn name(self) -> &'static str {
        match self {
            PassId::Fold => "fold",
            PassId::Ranges => "ranges",
            PassId::Guard => "guard",
            PassId::Pure => "pure",
            PassId::Virtuals => "virtuals",
            PassId::Heap => "heap",
            PassId::Peel => "peel",
            PassId::Dead => "dead",
        }
    }
}

/// A set of passes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PassSet(u16);

/// No pass has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPass(pub String);

impl PassSet {
    /// Every pass.
    pub const ALL: PassSet = PassSet((1 << PassId::ALL.len()) - 1);
    /// No pass.
    pub const NONE: PassSet = PassSet(0);

    /// Is this pass in the set?
    pub fn has(self, pass: PassId) -> bool {
        self.0 & 1 << pass as u16 != 0
    }

    /// With this pass.
    #[must_use]
    pub fn with(self, pass: PassId) -> PassSet {
        PassSet(self.0 | 1 << pass as u16)
    }

    /// Without this pass.
    #[must_use]
    pub fn without(self, pass: PassId) -> PassSet {
        PassSet(self.0 & !(1 << pass as u16))
    }

    /// The set that a list says: `all`, `none`, or names with `+` or `-`, separated by anything but letters.
    /// A list that starts with a sign changes the full set (`-peel`) or the empty one (`+fold`); a bare name
    /// counts as `+`.
    pub fn parse(list: &str) -> Result<PassSet, UnknownPass> {
        let mut set = None;
        let mut rest = list;
        while let Some(start) = rest.find(|c: char| c.is_alphanumeric()) {
            let minus = rest[..start].ends_with('-');
            let word = &rest[start..];
            let end = word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len());
            let (name, after) = word.split_at(end);
            rest = after;
            set = Some(match (name, minus) {
                ("all", false) => PassSet::ALL,
                ("none", false) => PassSet::NONE,
                _ => {
                    let found = PassId::ALL.into_iter().find(|p| p.name() == name);
                    let pass = found.ok_or_else(|| UnknownPass(name.to_string()))?;
                    match minus {
                        true => set.unwrap_or(PassSet::ALL).without(pass),
                        false => set.unwrap_or(PassSet::NONE).with(pass),
                    }
                }
            });
        }
        Ok(set.unwrap_or(PassSet::ALL))
    }
}

impl fmt::Display for PassSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == PassSet::ALL || *self == PassSet::NONE {
            return f.write_str(if *self == PassSet::ALL { "all" } else { "none" });
        }
        f.write_str("none")?;
        PassId::ALL.iter().filter(|p| self.has(**p)).try_for_each(|p| write!(f, "+{}", p.name()))
    }
}

impl fmt::Debug for PassSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for UnknownPass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no optimizer pass is called `{}`; there are all, none", self.0)?;
        PassId::ALL.iter().try_for_each(|p| write!(f, ", {}", p.name()))
    }
}

impl std::error::Error for UnknownPass {}

/// Reads constant objects and runs elidable functions on constants: what folding needs from the world.
///
/// Words are those of the IR: an integer, the bits of a double, 0 or 1, an address.
pub trait Oracle {
    /// The word in an immutable field of a constant object, or in its element `index`.
    fn load(&self, access: AccessId, object: u64, index: Option<i64>) -> Option<u64>;

    /// The word in a field of a constant object whose words never change, or in its element `index`.
    fn frozen(&self, access: AccessId, object: u64, index: Option<i64>) -> Option<u64> {
        let _ = (access, object, index);
        None
    }

    /// What an elidable function that cannot fail yields.
    fn call(&self, callee: CallId, arguments: &[u64]) -> Option<u64>;
}

/// Knows nothing: folding stops at loads and calls.
#[derive(Clone, Copy, Debug)]
pub struct Ignorant;

impl Oracle for Ignorant {
    fn load(&self, _: AccessId, _: u64, _: Option<i64>) -> Option<u64> {
        None
    }

    fn call(&self, _: CallId, _: &[u64]) -> Option<u64> {
        None
    }
}

/// How to optimize.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The passes that run.
    pub passes: PassSet,
    /// What constant loads and calls yield.
    pub oracle: &'a dyn Oracle,
    /// Do not give up on a loop for constants that change from iteration to iteration: let them be variables.
    pub generalize: bool,
    /// How functions take arguments in registers; without it all of them lie in memory.
    pub conventions: Option<&'a Conventions>,
}

impl Options<'static> {
    /// These passes, and loads and calls are never folded.
    pub fn passes(passes: PassSet) -> Options<'static> {
        Options { passes, oracle: &Ignorant, generalize: false, conventions: None }
    }
}

impl Default for Options<'static> {
    fn default() -> Self {
        Options::passes(PassSet::ALL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_say_what_they_mean() {
        let only = |p| PassSet::NONE.with(p);
        for (list, want) in [
            ("", PassSet::ALL),
            ("all", PassSet::ALL),
            ("none", PassSet::NONE),
            ("-peel", PassSet::ALL.without(PassId::Peel)),
            ("all-peel-heap", PassSet::ALL.without(PassId::Peel).without(PassId::Heap)),
            ("+fold", only(PassId::Fold)),
            ("none+fold+pure", only(PassId::Fold).with(PassId::Pure)),
            ("fold", only(PassId::Fold)),
        ] {
            assert_eq!(PassSet::parse(list), Ok(want), "{list}");
            assert_eq!(PassSet::parse(&want.to_string()), Ok(want), "{list}");
        }
        assert_eq!(PassSet::parse("+fald"), Err(UnknownPass("fald".into())));
    }
}
